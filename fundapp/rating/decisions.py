"""Carrying out what a meeting decided, and what follows: promoting, upholding a complaint, confirming that the list has expired."""

from datetime import date, datetime

from fundapp.funds.ledger import reserve
from fundapp.funds.models import Fund
from fundapp.kit.database import WriteSession, locked
from fundapp.kit.dates import add_months, on
from fundapp.lifecycle.service import take
from fundapp.lifecycle.steps import Step
from fundapp.measures import lifecycle as life
from fundapp.measures.lifecycle import Status
from fundapp.measures.models import Measure
from fundapp.people.permissions import Actor
from fundapp.rating import afterwards, announcing, letters, queries, reasons, seating, standing
from fundapp.rating.codes import ANSWER_TITLE, MINUTES, PROMOTED, RESERVE_TITLE
from fundapp.rating.proceedings import Complaint, Decision, Meeting
from fundapp.reminders.service import cancel, done, owe

LIST_MONTHS = 6  # how long a reserve list is valid
STEPS: dict[str, Step] = {"approve": life.APPROVE, "reserve": life.RESERVE, "defer": life.DEFER, "reject": life.REJECT}


def carry_out(session: WriteSession, decision: Decision, *, by: Actor, at: datetime) -> None:
    """The facts and letters of one decision, then its step as the last entry of the case. The caller has locked the fund."""
    measure = session.get_one(Measure, decision.measure_id)
    held_on = session.get_one(Meeting, decision.meeting_id).held_on
    measure.decided_on, measure.conditions, measure.awarded = held_on, decision.conditions, decision.amount
    measure.reserved_until = add_months(held_on, LIST_MONTHS) if decision.outcome == "reserve" else None
    session.flush()
    if decision.amount is not None:
        reserve_for(session, decision, by=by, at=at)
        announcing.owe_fit(session, measure, at=at)
    elif measure.reserved_until is not None:
        _owe_list(session, measure, measure.reserved_until, at)
    elif decision.outcome == "defer":
        due = announcing.later(seating.today(session, measure, at), letters.DAYS_TO_ANSWER)
        owe(session, "rating.answer", measure, due=due, title=ANSWER_TITLE, at=at)
    take(session, measure, STEPS[decision.outcome], by=by, at=at, decision=decision.id, amount=decision.amount)
    announcing.decided(session, measure, decision, held_on, by=by, at=at)


def reserve_for(session: WriteSession, decision: Decision, *, by: Actor, at: datetime) -> None:
    """Reserves the amount of an approval, once: what waited for a no-objection was reserved when the meeting was closed."""
    measure = session.get_one(Measure, decision.measure_id)
    fund = session.get_one(Fund, measure.fund_id)
    held_on = session.get_one(Meeting, decision.meeting_id).held_on
    reserve(
        session, fund, measure, decision.amount or 0, booked_on=on(at, fund.zone),
        document=MINUTES % {"day": held_on.isoformat()}, key=f"rating.decision:{decision.id}", by=by, at=at,
    )  # fmt: skip


def promote(session: WriteSession, measure: Measure, *, amount: int, by: Actor, at: datetime) -> None:
    """RESERVED -> APPROVED with `amount` (minor units), which is reserved in the ledger; mail and letter go out."""
    fund = locked(session, session.get_one(Fund, measure.fund_id))
    day = on(at, fund.zone)
    why = reasons.why_not_promote(session, measure, by, at) or reasons.why_not_award(session, measure, amount, at)
    if not why and measure.status == Status.RESERVED:
        measure.awarded, measure.decided_on = amount, day
        session.flush()
    take(session, measure, life.PROMOTE, by=by, at=at, unless=why, amount=amount)
    key = f"rating.promote:{measure.id}:{at.isoformat()}"
    document = PROMOTED % {"day": day.isoformat()}
    reserve(session, fund, measure, amount, booked_on=day, document=document, key=key, by=by, at=at)
    done(session, "rating.reserve", measure, at=at)
    announcing.owe_fit(session, measure, at=at)
    announcing.decided(session, measure, standing.last_decision(session, measure.id), day, by=by, at=at, key=key)


def uphold(session: WriteSession, measure: Measure, *, by: Actor, at: datetime, because: str) -> None:
    """A complaint is right: INELIGIBLE -> ELIGIBLE, or REJECTED -> RESERVED as the first on the list, valid six months.

    An open complaint is answered by `because`; one that came by word or letter is noted.
    """
    step = life.UPHOLD_ELIGIBLE if measure.status == Status.INELIGIBLE else life.UPHOLD_REJECTED
    why = reasons.why_not_uphold(session, measure, by, at)
    take(session, measure, step, by=by, at=at, unless=why, because=because)
    _answered(session, measure, by, at, because)
    if step is life.UPHOLD_REJECTED:
        _first_on_list(session, measure, at)
    [whole] = queries.loaded(session, [measure.id])
    text = "rating/upheld_list" if step is life.UPHOLD_REJECTED else "rating/upheld"
    announcing.tell(session, whole, text, key=f"rating.uphold:{measure.id}:{at.isoformat()}", at=at)


def expire_reserve(session: WriteSession, measure: Measure, *, by: Actor, at: datetime) -> None:
    """RESERVED -> REJECTED once the list has ended; the applicant gets a mail."""
    why = reasons.why_not_expire(session, measure, by, at)
    take(session, measure, life.EXPIRE_RESERVE, by=by, at=at, unless=why)
    cancel(session, "rating.reserve", measure, at=at)
    [whole] = queries.loaded(session, [measure.id])
    announcing.tell(session, whole, "rating/list_expired", key=f"rating.expire:{measure.id}:{at.isoformat()}", at=at)


def _answered(session: WriteSession, measure: Measure, by: Actor, at: datetime, because: str) -> None:
    row = afterwards.open_complaint(session, measure.id)
    if row is None:
        due = announcing.later(seating.today(session, measure, at), afterwards.ANSWER_DAYS)
        row = Complaint(measure_id=measure.id, text=because.strip(), by_id=by.id, at=at, due=due)
        session.add(row)
    row.answer, row.upheld, row.answered_by_id, row.answered_at = because.strip(), True, by.id, at
    session.flush()
    done(session, "rating.complaint", measure, at=at)


def _first_on_list(session: WriteSession, measure: Measure, at: datetime) -> None:
    measure.reserved_until = add_months(seating.today(session, measure, at), LIST_MONTHS)
    decision = standing.last_decision(session, measure.id)
    if decision is not None:
        decision.frozen = decision.frozen | {"upheld": at.isoformat()}
    _owe_list(session, measure, measure.reserved_until, at)


def _owe_list(session: WriteSession, measure: Measure, until: date, at: datetime) -> None:
    owe(session, "rating.reserve", measure, due=until, title=RESERVE_TITLE % {"number": measure.number}, at=at)
