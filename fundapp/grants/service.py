"""The life of a contracted measure: start, pause, early end - and the ends before a contract: withdrawal and lapse."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update

from fundapp.funds import ledger
from fundapp.funds import queries as funds
from fundapp.funds.models import Fund
from fundapp.grants import duties, queries
from fundapp.grants.lifecycle import END_UNSIGNED
from fundapp.grants.models import Pause
from fundapp.kit.database import WriteSession, locked
from fundapp.kit.dates import add_months
from fundapp.kit.errors import Refused
from fundapp.kit.i18n import gettext as _
from fundapp.kit.i18n import keep, mark
from fundapp.kit.texts import show_date
from fundapp.lifecycle.service import SYSTEM, take
from fundapp.mail.service import LETTERS_WAIT, queue
from fundapp.measures.lifecycle import LAPSE, RESUME, START, SUSPEND, TERMINATE, WITHDRAW, Status
from fundapp.measures.models import Measure
from fundapp.people.models import Person
from fundapp.people.permissions import Actor
from fundapp.rating import clearing, moving
from fundapp.rating.models import Sheet
from fundapp.reminders.models import Obligation
from fundapp.reminders.service import cancel, cancel_case, done, owe, working_day

WITHDRAWAL, WITHDRAWAL_OF_A_DRAFT = keep("withdrawal of %(number)s"), mark("withdrawal of a draft")
LAPSE_OF = keep("lapse of %(number)s")

LONGEST_PAUSE = 3  # months; then the fund decides whether the measure goes on


def start(session: WriteSession, measure: Measure, *, by: Actor, at: datetime, notice: str = "") -> None:
    """The measure has begun: on the agreed day, or earlier with the words of a notice of start."""
    unless = [] if notice.strip() else queries.why_not_start(session, measure, by, at)
    contract = queries.signed_contract(session, measure.id)
    take(
        session, measure, START, by=by, at=at, unless=unless, because=notice, contract=contract.id if contract else None
    )


def start_by_date(session: WriteSession, measure: Measure, *, at: datetime) -> bool:
    """What the heartbeat does on the agreed day; False when it is not time yet or somebody was first."""
    if locked(session, measure).status != Status.CONTRACTED or queries.why_not_start(session, measure, SYSTEM, at):
        return False
    start(session, measure, by=SYSTEM, at=at)
    return True


def suspend(
    session: WriteSession, measure: Measure, *, review_on: date, because: str, by: Person, at: datetime
) -> None:
    """Pauses the measure until it is looked at again; no payments go out and its dates stand still."""
    today = queries.today_of(session, measure, at)
    if not today < review_on <= add_months(today, LONGEST_PAUSE):
        latest = show_date(add_months(today, LONGEST_PAUSE))
        raise Refused(
            _("The day to look at it again lies after today and no later than %(latest)s.", latest=latest),
            field="review_on",
        )
    if reasons := queries.why_not_suspend(session, measure, by, at):
        raise Refused(*reasons)
    session.add(Pause(measure_id=measure.id, began_on=today, review_on=review_on))
    owe(session, duties.REVIEW, measure, due=review_on, title=duties.REVIEW_TITLE, at=at)
    _tell(session, measure, "grants/paused", at, because=because, review_on=review_on)
    take(session, measure, SUSPEND, by=by, at=at, because=because, review_on=review_on.isoformat())


def resume(session: WriteSession, measure: Measure, *, because: str, by: Person, at: datetime) -> None:
    """The measure goes on; what was due and the end of funding move by the length of the pause."""
    today = queries.today_of(session, measure, at)
    days = _end_pause(session, measure, today)
    done(session, duties.REVIEW, measure, at=at)
    _move_obligations(session, measure.id, days)
    session.info.setdefault("wake", []).append(duties.REPORTS_JOB)
    contract = queries.signed_contract(session, measure.id)
    if contract is not None:
        measure.funding_ends = queries.funding_end(session, contract)
    _tell(session, measure, "grants/resumed", at, because=because, days=days, ends=measure.funding_ends)
    take(session, measure, RESUME, by=by, at=at, because=because, days=days)


def _end_pause(session: WriteSession, measure: Measure, today: date) -> int:
    pause = queries.open_pause(session, measure.id)
    if pause is None:
        return 0
    pause.ended_on = today
    session.flush()
    return (today - pause.began_on).days


def _move_obligations(session: WriteSession, case_id: int, days: int) -> None:
    """What is open for the case falls due `days` later, on a working day; reminders begin anew."""
    if days == 0:
        return
    asked = select(Obligation).where(
        Obligation.case_id == case_id, Obligation.done_at.is_(None), Obligation.cancelled_at.is_(None)
    )
    for obligation in session.scalars(asked):
        obligation.due = working_day(session, date.fromordinal(obligation.due.toordinal() + days))
        obligation.reminded = []


def terminate(
    session: WriteSession, measure: Measure, *, at_fault: bool, equipment: str, because: str, by: Person, at: datetime
) -> None:
    """Ends the contract early, with or without fault; `equipment` says what becomes of it.

    Properly spent cost is settled; only the final report is still owed, counted from this day.
    """
    if reasons := queries.why_not_terminate(session, measure, by, at):
        raise Refused(*reasons)
    contract = queries.signed_contract(session, measure.id)
    assert contract is not None
    today = queries.today_of(session, measure, at)
    _end_pause(session, measure, today)
    contract.terminated_on, contract.at_fault, contract.equipment = today, at_fault, equipment.strip()
    measure.funding_ends = queries.funding_end(session, contract)
    cancel_case(session, measure.id, at=at, kinds=(duties.REVIEW, *duties.REPORTS))
    session.info.setdefault("wake", []).append(duties.REPORTS_JOB)
    _tell(session, measure, "grants/ended", at, because=because, at_fault=at_fault, equipment=equipment)
    take(session, measure, TERMINATE, by=by, at=at, because=because, at_fault=at_fault, contract=contract.id)


def withdraw(session: WriteSession, measure: Measure, *, because: str, by: Actor, at: datetime) -> None:
    """The applicant takes the proposal back: reserved money is free again, an unsigned contract and all sheets are void."""
    _end_before_contract(
        session, measure, WITHDRAWAL % {"number": measure.number} if measure.number else WITHDRAWAL_OF_A_DRAFT, by, at
    )
    clearing.drop(session, measure, by=by, at=at)
    moving.drop(session, measure)
    void_sheets(session, measure, at=at)
    cancel_case(session, measure.id, at=at)
    _tell(session, measure, "grants/withdrawn", at)
    take(session, measure, WITHDRAW, by=by, at=at, because=because)


def lapse(session: WriteSession, measure: Measure, *, by: Actor, at: datetime) -> None:
    """Three months without signature: the approval ends and the money is free again."""
    if reasons := queries.why_not_lapse(session, measure, by, at):
        raise Refused(*reasons)
    _end_before_contract(session, measure, LAPSE_OF % {"number": measure.number}, by, at)
    cancel(session, duties.SIGNATURE, measure, at=at)
    _tell(session, measure, "grants/lapsed", at)
    take(session, measure, LAPSE, by=by, at=at)


def _end_before_contract(session: WriteSession, measure: Measure, document: str, by: Actor, at: datetime) -> None:
    contract = queries.contract_of(session, measure.id)
    if contract is not None and contract.status == "issued":
        locked(session, contract)
        contract.measure, contract.void_at = measure, at
        take(session, contract, END_UNSIGNED, by=SYSTEM, at=at, number=contract.number)
    reserved = funds.figures_of_case(session, measure.id).reserved
    if reserved > 0 and measure.status == Status.APPROVED:
        fund, today = session.get_one(Fund, measure.fund_id), queries.today_of(session, measure, at)
        key = f"release:{measure.id}:{at.isoformat()}"
        ledger.release(session, fund, measure, reserved, booked_on=today, document=document, key=key, by=by, at=at)


def void_sheets(session: WriteSession, measure: Measure, *, at: datetime) -> None:
    """Every sheet of a withdrawn proposal is void."""
    session.flush()
    session.execute(
        update(Sheet).where(Sheet.measure_id == measure.id, Sheet.status != "void").values(status="void", void_at=at)
    )


def watch_approved(session: WriteSession, measure: Measure, *, at: datetime) -> None:
    """An approved measure owes its signature within three months of the decision; then a manager may let it lapse."""
    day = queries.lapses_on(measure)
    if day is not None:
        owe(session, duties.SIGNATURE, measure, due=day, title=duties.SIGNATURE_TITLE, at=at)


def _tell(session: WriteSession, measure: Measure, text: str, at: datetime, **fields: Any) -> None:
    """A letter to the applicant about a step; waits long enough to be stopped."""
    owner = session.get(Person, measure.owner_id) if measure.owner_id else None
    if owner is not None:
        key, link = f"{text}:{measure.id}:{at.isoformat()}", f"/cases/{measure.id}"
        queue(
            session, text, owner, key=key, at=at, wait=LETTERS_WAIT, case=measure, measure=measure, link=link, **fields
        )
