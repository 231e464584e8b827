"""Queueing mail in the transaction of the verb it speaks of, and stopping it while it waits."""

from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import select

from fundapp.kit import i18n, texts
from fundapp.kit.database import WriteSession
from fundapp.mail.models import Message

LETTERS_WAIT = timedelta(minutes=30)  # so that a step can be taken back before its letter is out


class Reader(Protocol):
    """Who is written to: a person, of whom this room knows no more."""

    @property
    def id(self) -> Any: ...
    @property
    def email(self) -> Any: ...
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
    **fields: Any,
) -> Message | None:
    """Queues the mail text `text` ('room/name', a file in templates/<room>/mails) for a person; None when they have no e-mail.

    `key` makes it one message: queued again with the same key, the first stays. `case` is the measure it speaks of.
    """
    if to.email is None:
        return None
    found = session.scalars(select(Message).where(Message.key == key)).first()
    if found is not None:
        return found
    subject, body = compose(text, to.language, to=to, **fields)
    message = Message(
        key=key,
        kind=text,
        to_address=to.email,
        to_id=to.id,
        subject=subject,
        body=body,
        case_id=getattr(case, "case_id", None),
        branch_id=getattr(case, "branch_id", None),
        queued_at=at,
        send_after=at + wait,
    )
    session.add(message)
    session.flush()
    return message


def compose(text: str, language: str, **fields: Any) -> tuple[str, str]:
    """(subject, body): the first line of the text and the rest."""
    token = i18n.LANGUAGE.set(language)
    try:
        room, name = text.split("/")
        whole = texts.text(f"{room}/mails/{name}.txt", **fields)
    finally:
        i18n.LANGUAGE.reset(token)
    subject, _, body = whole.strip().partition("\n")
    return " ".join(subject.split()), body.strip() + "\n"


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
