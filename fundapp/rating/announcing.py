"""Telling a decision: mail to the applicant, which waits so that the step can be taken back, and the Word documents."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from fundapp.documents.queries import template_for
from fundapp.documents.service import order
from fundapp.funds.models import Call, Fund
from fundapp.kit import i18n
from fundapp.kit.database import WriteSession
from fundapp.kit.dates import on
from fundapp.mail.service import LETTERS_WAIT, queue
from fundapp.measures.models import Measure
from fundapp.people.models import Person
from fundapp.people.permissions import Actor
from fundapp.rating import afterwards, letters, queries, ranking
from fundapp.rating import minutes as minutes_of
from fundapp.rating.codes import FIT_TITLE
from fundapp.rating.proceedings import Decision, Meeting
from fundapp.reminders.service import owe

FIT = "measures.fit"
TOLD = {"approve": "approved", "reserve": "reserved", "defer": "deferred", "reject": "rejected"}


def later(day: date, days: int) -> date:
    return day + timedelta(days=days)


def owe_fit(session: WriteSession, measure: Measure, *, at: datetime) -> None:
    """Less was given than was asked for: the plan has to be fitted to it within four weeks."""
    if measure.awarded is not None and measure.awarded < measure.requested:
        due = later(on(at, session.get_one(Fund, measure.fund_id).zone), letters.FIT_DAYS)
        owe(session, FIT, measure, due=due, title=FIT_TITLE, at=at)


def decided(
    session: WriteSession,
    measure: Measure,
    decision: Decision | None,
    held_on: date,
    *,
    by: Actor,
    at: datetime,
    key: str = "",
) -> None:
    """Mail and letter on what was decided; `decision` None or `key`: promoted from the reserve list without a new meeting."""
    [whole] = queries.loaded(session, [measure.id])
    outcome = "approve" if decision is None or key else decision.outcome
    told = _told(outcome, whole)
    with i18n.speaking(whole.owner.language if whole.owner else "en"):
        reasons = letters.because(decision)
    tell(
        session, whole, f"rating/{told}", key=key or f"rating.decision:{decision.id if decision else measure.id}", at=at,
        reasons=reasons,
    )  # fmt: skip
    language = template_for(session, letters.DECISION_LETTER.name, whole.owner.language if whole.owner else "en")[0]
    today = on(at, whole.fund.zone)
    place = _place(session, whole) if told == "reserved" else ""
    fields = letters.decision_fields(
        session, whole, decision, decided=told, held_on=held_on, place=place, today=today, language=language
    )
    with i18n.speaking(language):
        title = letters.decision_title(whole)
    order(session, letters.DECISION_LETTER, whole, fields, language=language, title=title, by=by, at=at)


def tell(session: WriteSession, measure: Measure, text: str, *, key: str, at: datetime, reasons: str = "") -> None:
    """A mail to the applicant of `measure` (loaded with fund, call and owner); waits half an hour in the outbox."""
    if measure.owner is None:
        return
    today = on(at, measure.fund.zone)
    queue(
        session, text, measure.owner, key=key, at=at, wait=LETTERS_WAIT, case=measure,
        measure=measure, currency=measure.fund.currency, reasons=reasons, fit_by=later(today, letters.FIT_DAYS),
        answer_by=later(today, letters.DAYS_TO_ANSWER), object_by=later(today, afterwards.COMPLAINT_DAYS), link=f"/cases/{measure.id}",
        answer_link=f"/rating/measures/{measure.id}/answer",
    )  # fmt: skip


def minutes(
    session: WriteSession, meeting: Meeting, decisions: Sequence[Decision], left: int, *, by: Person, at: datetime
) -> None:
    """The minutes of a closed meeting, in the language of who closed it."""
    call = session.get_one(Call, meeting.call_id)
    fund = session.get_one(Fund, call.fund_id)
    language = template_for(session, letters.MINUTES_LETTER.name, by.language)[0]
    fields = minutes_of.fields(
        session,
        meeting,
        decisions,
        left,
        ranks=ranking.ranks(session, call.id),
        today=on(at, fund.zone),
        language=language,
    )
    with i18n.speaking(language):
        title = letters.minutes_title(call, meeting)
    order(session, letters.MINUTES_LETTER, meeting, fields, language=language, title=title, by=by, at=at)


def _told(outcome: str, measure: Measure) -> str:
    if outcome == "approve":
        return "less" if (measure.awarded or 0) < measure.requested else "approved"
    return TOLD[outcome]


def _place(session: WriteSession, measure: Measure) -> str:
    """The place on the reserve list by score, as it stands now."""
    if measure.call_id is None:
        return ""
    waiting = queries.all_of_call(session, measure.call_id, ("reserved",))
    return str(1 + sum((other.score or 0) > (measure.score or 0) for other in waiting if other.id != measure.id))
