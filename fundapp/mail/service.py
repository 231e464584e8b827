"""Queueing mail and short texts in the transaction of the verb they speak of, stopping them while they wait, telling them by phone."""

from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import select

from fundapp.history.service import Somebody, record
from fundapp.kit import i18n, texts
from fundapp.kit.database import WriteSession, locked
from fundapp.kit.errors import Refused
from fundapp.kit.i18n import gettext as _
from fundapp.mail.models import Message

LETTERS_WAIT = timedelta(minutes=30)  # so that a step can be taken back before its letter is out

PLAIN = str.maketrans({"₮": "MNT", "’": "'", "‘": "'", "“": '"', "”": '"', "„": '"', "–": "-", "…": "..."})
"""A single character beyond an SMS's own alphabet makes it count as Cyrillic."""


class Reader(Protocol):
    """Who is written to: a person, of whom this room knows no more."""

    @property
    def id(self) -> Any: ...
    @property
    def email(self) -> Any: ...
    @property
    def phone(self) -> Any: ...
    @property
    def language(self) -> Any: ...


def queue(
    session: WriteSession,
    text: str,
    to: Reader,
    *,
    key: str,
    at: datetime,
    wait: timedelta = timedelta(0),
    case: Any = None,
    by_text: bool = False,
    **fields: Any,
) -> Message | None:
    """Queues the text `text` ('room/name', a file in templates/<room>/mails, its short form in .../texts) for a person.

    Who has an e-mail address gets mail, who has none a short text to the telephone; None when there is no short text
    either. `by_text`: to the telephone in any case. `key` makes it one message: queued again with the same key, the
    first stays. `case` is the measure it speaks of.
    """
    found = session.scalars(select(Message).where(Message.key == key)).first()
    if found is not None:
        return found
    short = compose_short(text, to.language, to=to, **fields)
    channel, address = ("text", to.phone) if by_text or to.email is None else ("mail", to.email)
    if not address or (channel == "text" and not short):
        return None
    subject, body = compose(text, to.language, to=to, **fields)
    message = Message(
        key=key,
        kind=text,
        channel=channel,
        to_address=address,
        to_id=to.id,
        subject=subject,
        body=body,
        short=short,
        case_id=getattr(case, "case_id", None),
        branch_id=getattr(case, "branch_id", None),
        queued_at=at,
        send_after=at + wait,
    )
    session.add(message)
    session.flush()
    return message


def compose(text: str, language: str, **fields: Any) -> tuple[str, str]:
    """(subject, body): the first line of the text and the rest. What is only a short text, such as a code, has it as its body."""
    room, name = text.split("/")
    if not texts.written(f"{room}/mails/{name}.txt"):
        with i18n.speaking(language):
            return _("Short text"), compose_short(text, language, **fields) + "\n"
    with i18n.speaking(language):
        whole = texts.text(f"{room}/mails/{name}.txt", **fields)
    subject, _line, body = whole.strip().partition("\n")
    return " ".join(subject.split()), body.strip() + "\n"


def compose_short(text: str, language: str, **fields: Any) -> str:
    """The short text, one line; '' when there is none. One SMS: 70 Cyrillic characters, or 160 of those every telephone has."""
    room, name = text.split("/")
    if not texts.written(f"{room}/texts/{name}.txt"):
        return ""
    with i18n.speaking(language):
        line = " ".join(texts.text(f"{room}/texts/{name}.txt", **fields).split())
        return line if i18n.LANGUAGE.get() == "mn" else line.translate(PLAIN)


def stop_letters(session: WriteSession, case_id: int, *, at: datetime) -> int:
    """Stops the letters of a case that still wait in the outbox; says how many. Called when a step is taken back."""
    waiting = session.scalars(
        select(Message).where(
            Message.case_id == case_id, Message.sent_at.is_(None), Message.stopped_at.is_(None), Message.send_after > at
        )
    ).all()
    for message in waiting:
        message.stopped_at = at
    return len(waiting)


def stop(session: WriteSession, message: Message, *, at: datetime) -> None:
    if message.sent_at is None:
        message.stopped_at = at


def told_by_phone(session: WriteSession, message: Message, *, by: Somebody, at: datetime) -> None:
    """Somebody has told it on the telephone: a short text is not sent any more. Raises Refused while it may yet be stopped."""
    locked(session, message)
    if message.told_at is not None:
        return
    if message.stopped_at is not None:
        raise Refused(_("This was stopped: the step was taken back."))
    if message.send_after > at:
        raise Refused(_("This waits a little, because the step may yet be taken back. Tell it after that."))
    if not message.short:
        raise Refused(_("This has no short text to tell."))
    message.told_at, message.told_by_id, message.claimed_until = at, by.id, None
    record(session, "mail.tell", message, by=by, at=at, text=message.kind)


def not_told(session: WriteSession, message: Message, *, by: Somebody, at: datetime) -> None:
    """It was noted by mistake: the message waits again."""
    locked(session, message)
    if message.told_at is not None:
        message.told_at = message.told_by_id = None
        record(session, "mail.not_told", message, by=by, at=at, text=message.kind)
