"""Questions that anybody asks about a call, and their answers: public, so that nobody knows more than the others."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from fundapp.funds import listing
from fundapp.funds.duties import INQUIRY, INQUIRY_DAYS, INQUIRY_TITLE
from fundapp.funds.models import Call, Fund, Inquiry
from fundapp.history.service import Somebody, record
from fundapp.kit.database import WriteSession, locked
from fundapp.kit.dates import on
from fundapp.kit.errors import Refused
from fundapp.kit.i18n import gettext as _
from fundapp.lifecycle.service import SYSTEM
from fundapp.mail.service import queue
from fundapp.reminders.service import cancel, done, owe, working_day

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FROM_ONE_PLACE = 5  # questions an hour from one address of the network
ABOUT_ONE_CALL = 200  # questions a day about one call, wherever they come from


def ask(
    session: WriteSession,
    call: Call,
    *,
    text: str,
    name: str,
    email: str | None,
    phone: str,
    language: str,
    source: str,
    key: str,
    at: datetime,
) -> Inquiry:
    """Somebody asks about a call that takes proposals or soon will. With the same key a second time, gives what is there.

    `source` is where it came from, hashed. Raises Refused for a call that is closed, and for too many questions.
    """
    if found := listing.find_inquiry_by_key(session, key):
        return found
    if call.state(at) == "closed":
        raise Refused(_("This call is closed; questions about it are not taken any more."), field="text")
    _not_too_many(session, call, source, at)
    row = Inquiry(
        call_id=call.id,
        text=text,
        question=text,
        name=name,
        email=email,
        phone=phone,
        language=language,
        source=source,
        asked_at=at,
        key=key,
    )
    session.add(row)
    session.flush()
    due = on(at, ZoneInfo(session.get_one(Fund, call.fund_id).zone))
    for _day in range(INQUIRY_DAYS):
        due = working_day(session, due + timedelta(days=1))
    owe(session, INQUIRY, row, due=due, title=INQUIRY_TITLE, at=at)
    record(session, "funds.ask", row, by=SYSTEM, at=at, call=call.id)
    return row


def _not_too_many(session: WriteSession, call: Call, source: str, at: datetime) -> None:
    from_here = select(func.count()).where(Inquiry.source == source, Inquiry.asked_at > at - HOUR).scalar_subquery()
    about_it = select(func.count()).where(Inquiry.call_id == call.id, Inquiry.asked_at > at - DAY).scalar_subquery()
    here, about = session.execute(select(from_here, about_it)).one()
    if here >= FROM_ONE_PLACE or about >= ABOUT_ONE_CALL:
        raise Refused(
            _("Many questions have come in a short time. Please wait an hour, or call your branch."), field="text"
        )


def answer(
    session: WriteSession, inquiry: Inquiry, *, question: str, words: str, by: Somebody, at: datetime
) -> Inquiry:
    """The question, worded for all, and its answer are public from now on; answered again, the answer is corrected.

    What was asked stays as it was. Who left an address is told, once.
    """
    locked(session, inquiry)
    if inquiry.set_aside_at is not None:
        raise Refused(_("This question was set aside."))
    first = inquiry.published_at is None
    inquiry.question, inquiry.answer, inquiry.by_id = question, words, by.id
    if first:
        inquiry.published_at = at
        done(session, INQUIRY, inquiry, at=at)
    record(session, "funds.answer" if first else "funds.correct_answer", inquiry, by=by, at=at, call=inquiry.call_id)
    if first and (inquiry.email or inquiry.phone):
        call = session.get_one(Call, inquiry.call_id)
        queue(
            session, "funds/answered", Asker(inquiry), key=f"inquiry:{inquiry.id}", at=at, asker=inquiry.name,
            title=call.said("title", inquiry.language), question=question, answer=words, link=f"/calls/{call.id}#questions",
        )  # fmt: skip
    return inquiry


def set_aside(session: WriteSession, inquiry: Inquiry, *, because: str, by: Somebody, at: datetime) -> None:
    """A question that is none: advertising, an insult, somebody's private matter. It is kept and never shown."""
    locked(session, inquiry)
    if inquiry.published_at is not None:
        raise Refused(_("This question is answered and public."))
    if inquiry.set_aside_at is None:
        inquiry.set_aside_at, inquiry.because, inquiry.by_id = at, because, by.id
        cancel(session, INQUIRY, inquiry, at=at)
        record(session, "funds.set_aside", inquiry, by=by, at=at, because=because, call=inquiry.call_id)


class Asker:
    """Who asked, as the mail room writes to somebody it has no account of."""

    def __init__(self, inquiry: Inquiry) -> None:
        self.id = None
        self.email = inquiry.email
        self.phone = inquiry.phone
        self.language = inquiry.language
