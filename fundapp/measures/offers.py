"""The steps this room offers, each with its page and the reasons against it."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from fundapp.kit.database import ReadSession, WriteSession
from fundapp.kit.dates import on
from fundapp.kit.i18n import ngettext
from fundapp.lifecycle.offers import Offer
from fundapp.measures import checklist, gaps, missing, queries
from fundapp.measures.duties import ANSWER_TITLE, CHECK_TITLE
from fundapp.measures.lifecycle import ACCEPT, ADMIT_LATE, EXPIRE_DRAFT, SEND_BACK, SUBMIT, TURN_DOWN
from fundapp.measures.models import Measure
from fundapp.people.permissions import Actor
from fundapp.reminders.service import cancel, owe


def why_not_send(session: ReadSession, measure: Measure, by: Actor, at: datetime) -> list[str]:
    """As why_not_submit, with one line for all that is missing: the form lists it."""
    count = len(gaps.gaps(queries.proposal(session, measure)))
    open_ = [ngettext("One thing is still missing.", "%(num)s things are still missing; the form says which.", count)]
    return missing.why_too_late(measure, at) + missing.why_not_confirmed(measure) + (open_ if count else [])


def unsend(session: WriteSession, measure: Measure, by: Actor, at: datetime) -> None:
    """Sent, and taken back: no check is owed; a returned proposal is owed an answer again."""
    cancel(session, "measures.check", measure, at=at)
    measure.admitted_late = False
    if measure.returned_at is None:
        measure.submitted_at = None
    elif measure.return_by is not None:
        owe(session, "measures.answer", measure, due=measure.return_by, title=f"{ANSWER_TITLE}: {measure.title}", at=at)


def unreturn(session: WriteSession, measure: Measure, by: Actor, at: datetime) -> None:
    """Sent back, and taken back: it may be sent back again, and the check is owed."""
    cancel(session, "measures.answer", measure, at=at)
    measure.return_by = measure.returned_at = None
    recheck(session, measure, by, at)


def recheck(session: WriteSession, measure: Measure, by: Actor, at: datetime) -> None:
    """The check is owed again, by today."""
    today = on(at, ZoneInfo(measure.fund.zone))
    owe(session, "measures.check", measure, due=today, title=f"{CHECK_TITLE}: {measure.title}", at=at)


def unexpire(session: WriteSession, measure: Measure, by: Actor, at: datetime) -> None:
    if measure.return_by is not None:
        owe(session, "measures.answer", measure, due=measure.return_by, title=f"{ANSWER_TITLE}: {measure.title}", at=at)


def _offer(step: Any, url: str, why_not: Any, method: str = "post", back: Any = None) -> Offer:
    return Offer(step, url, why_not, method, back)


OFFERS: tuple[Offer, ...] = (
    _offer(SUBMIT, "/measures/{id}/review", why_not_send, "get", unsend),
    _offer(ADMIT_LATE, "/measures/{id}/admit-late", missing.why_not_admit_late, back=unsend),
    _offer(ACCEPT, "/measures/{id}/accept", checklist.why_not_accept, back=recheck),
    _offer(SEND_BACK, "/measures/{id}/send-back", checklist.why_not_send_back, "get", unreturn),
    _offer(TURN_DOWN, "/measures/{id}/turn-down", checklist.why_not_turn_down, back=recheck),
    _offer(EXPIRE_DRAFT, "/measures/{id}/expire", missing.why_not_expire, back=unexpire),
)
