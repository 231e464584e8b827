"""The steps this room offers, why they cannot be taken now, and what taking them back undoes besides the status."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from fundapp.funds import ledger
from fundapp.funds import queries as funds
from fundapp.funds.models import Journal
from fundapp.grants import duties, queries
from fundapp.grants.lifecycle import REOPEN
from fundapp.history import queries as history
from fundapp.kit.database import WriteSession, locked
from fundapp.kit.errors import Refused
from fundapp.kit.i18n import gettext as _
from fundapp.kit.i18n import keep
from fundapp.lifecycle.offers import Offer
from fundapp.lifecycle.service import SYSTEM, take
from fundapp.measures.lifecycle import LAPSE, RESUME, SIGN, START, SUSPEND, TERMINATE, WITHDRAW, Status
from fundapp.measures.models import Measure
from fundapp.people.permissions import Actor
from fundapp.reminders.models import Obligation
from fundapp.reminders.service import cancel, cancel_case, owe

TAKEN_BACK, APPROVED_AGAIN = keep("%(number)s taken back"), keep("%(number)s approved again")


def unsign(session: WriteSession, measure: Measure, by: Actor, at: datetime) -> None:
    """Un-commits the money and opens the contract again as issued. Raises Refused when money has gone out already."""
    if funds.figures_of_case(session, measure.id).paid > 0:
        raise Refused(_("Money has been paid on this contract; it cannot be taken back, only terminated."))
    contract = queries.signed_contract(session, measure.id)
    if contract is None:
        raise Refused(_("There is no signed contract."))
    locked(session, contract)
    contract.measure = measure
    if contract.journal_id is not None:
        today = queries.today_of(session, measure, at)
        journal = session.get_one(Journal, contract.journal_id)
        ledger.reverse(
            session, journal, booked_on=today, document=TAKEN_BACK % {"number": contract.number}, by=by, at=at
        )
    take(session, contract, REOPEN, by=SYSTEM, at=at, number=contract.number)
    contract.signed_on = contract.signed_file_id = contract.journal_id = None
    measure.contracted_on = measure.funding_ends = None
    cancel_case(session, measure.id, at=at)
    if day := queries.lapses_on(measure):
        owe(session, duties.SIGNATURE, measure, due=day, title=duties.SIGNATURE_TITLE, at=at)


def unsuspend(session: WriteSession, measure: Measure, by: Actor, at: datetime) -> None:
    """The pause never was."""
    if pause := queries.open_pause(session, measure.id):
        session.delete(pause)
    cancel(session, duties.REVIEW, measure, at=at)


def unresume(session: WriteSession, measure: Measure, by: Actor, at: datetime) -> None:
    """The pause goes on; what was moved by it moves back."""
    pause = next(iter(reversed(queries.pauses(session, measure.id))), None)
    contract = queries.signed_contract(session, measure.id)
    if pause is None or pause.ended_on is None or contract is None:
        return
    days = (pause.ended_on - pause.began_on).days
    pause.ended_on = None
    session.flush()
    measure.funding_ends = queries.funding_end(session, contract)
    for obligation in session.scalars(_open(measure)):
        obligation.due = type(obligation.due).fromordinal(obligation.due.toordinal() - days)
        obligation.reminded = []
    owe(session, duties.REVIEW, measure, due=pause.review_on, title=duties.REVIEW_TITLE, at=at)


def unterminate(session: WriteSession, measure: Measure, by: Actor, at: datetime) -> None:
    """The contract goes on as it was, or in the pause it was in; what was cancelled is due again."""
    contract = queries.signed_contract(session, measure.id)
    last = history.last_step(session, measure.id)
    if contract is None or last is None:
        raise Refused(_("There is no signed contract."))
    pause = next(iter(reversed(queries.pauses(session, measure.id))), None)
    if last.source == Status.SUSPENDED and pause is not None:
        pause.ended_on = None
        session.flush()
    contract.terminated_on = contract.at_fault = None
    contract.equipment = ""
    measure.funding_ends = queries.funding_end(session, contract)
    _owe_again(session, measure, last.at)
    session.flush()
    cancel_case(session, measure.id, at=at, kinds=duties.REPORTS)  # their own room gives them their first dates again
    session.info.setdefault("wake", []).append(duties.REPORTS_JOB)


def _owe_again(session: WriteSession, measure: Measure, moment: datetime) -> None:
    cancelled = select(Obligation).where(Obligation.case_id == measure.id, Obligation.cancelled_at == moment)
    for obligation in session.scalars(cancelled):
        obligation.cancelled_at = None


def unlapse(session: WriteSession, measure: Measure, by: Actor, at: datetime) -> None:
    """The approval stands again and its money is reserved anew. Raises Refused when it is no longer free."""
    last = history.last_step(session, measure.id)
    released = select(Journal).where(
        Journal.case_id == measure.id, Journal.kind == "release", Journal.reverses_id.is_(None)
    )
    journal = session.scalars(released.order_by(Journal.id.desc())).first()
    if journal is not None and last is not None and journal.at == last.at:
        today = queries.today_of(session, measure, at)
        ledger.reverse(
            session, journal, booked_on=today, document=APPROVED_AGAIN % {"number": measure.number}, by=by, at=at
        )
    if day := queries.lapses_on(measure):
        owe(session, duties.SIGNATURE, measure, due=day, title=duties.SIGNATURE_TITLE, at=at)


def unwithdraw(session: WriteSession, measure: Measure, by: Actor, at: datetime) -> None:
    """Before the rating nothing else was touched. Raises Refused after it: the sheets are void."""
    last = history.last_step(session, measure.id)
    if last is None or last.source not in {Status.DRAFT, Status.SUBMITTED, Status.RETURNED, Status.ELIGIBLE}:
        raise Refused(_("The committee’s sheets are void and the money is free again; propose the measure anew."))
    _owe_again(session, measure, last.at)


def _open(measure: Measure) -> Any:
    return select(Obligation).where(
        Obligation.case_id == measure.id, Obligation.done_at.is_(None), Obligation.cancelled_at.is_(None)
    )


ROOT = "/grants/measures/{id}"
OFFERS: tuple[Offer, ...] = (
    Offer(SIGN, ROOT + "/sign", queries.why_not_sign, "get", unsign),
    Offer(START, ROOT + "/start", queries.why_not_start),
    Offer(SUSPEND, ROOT + "/suspend", queries.why_not_suspend, "get", unsuspend),
    Offer(RESUME, ROOT + "/resume", queries.why_not_resume, "post", unresume),
    Offer(TERMINATE, ROOT + "/terminate", queries.why_not_terminate, "get", unterminate),
    Offer(WITHDRAW, ROOT + "/withdraw", queries.why_not_withdraw, "post", unwithdraw),
    Offer(LAPSE, ROOT + "/lapse", queries.why_not_lapse, "post", unlapse),
)
