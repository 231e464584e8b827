"""Closing the account of a measure: by hand, or - where the fund has it so - as soon as its balance is carried out."""

from datetime import datetime

from fundapp.disbursement import duties, queries, reasons
from fundapp.disbursement.announcing import tell
from fundapp.disbursement.lifecycle import DECIDED, REPORT_DUTIES
from fundapp.disbursement.models import Settlement
from fundapp.disbursement.switches import CLOSING
from fundapp.funds import ledger
from fundapp.funds import queries as funds
from fundapp.funds.models import Fund
from fundapp.grants import queries as grants
from fundapp.kit.database import WriteSession, locked
from fundapp.kit.dates import on
from fundapp.kit.errors import Refused
from fundapp.kit.i18n import keep
from fundapp.lifecycle.service import take
from fundapp.measures.lifecycle import SETTLE
from fundapp.measures.models import Measure
from fundapp.people.models import Person
from fundapp.presets.queries import value
from fundapp.reminders.service import cancel_case

UNCOMMITTED = keep("settlement of %(number)s")


def settle(session: WriteSession, measure: Measure, *, by: Person, at: datetime) -> None:
    """Closes the account of a measure: what was committed and not needed is free again."""
    if (held := queries.settlement_of(session, measure.id)) is not None:
        hold(session, held)
    if against := reasons.why_not_settle(session, measure, by, at):
        raise Refused(*against)
    settlement = queries.settlement_of(session, measure.id)
    assert settlement is not None
    fund = session.get_one(Fund, measure.fund_id)
    left = funds.figures_of_case(session, measure.id).committed
    if left > 0:
        contract = grants.signed_contract(session, measure.id)
        document = UNCOMMITTED % {"number": contract.number if contract else ""}
        key = f"uncommit:{measure.id}:{at.isoformat()}"
        today = on(at, fund.zone)
        ledger.uncommit(session, fund, settlement, left, booked_on=today, document=document, key=key, by=by, at=at)
    measure.settled_grant = settlement.grant_due
    cancel_case(session, measure.id, at=at, kinds=(*REPORT_DUTIES.values(), duties.REFUND))
    tell(
        session,
        measure,
        "disbursement/settled",
        f"disbursement.settled:{measure.id}:{at.isoformat()}",
        at,
        settlement=settlement,
        fund=fund,
    )
    take(session, measure, SETTLE, by=by, at=at, grant=settlement.grant_due, freed=left)


def settle_by_itself(session: WriteSession, measure: Measure, *, by: Person, at: datetime) -> bool:
    """After an act that carried out the balance: settles too, in the name of who did that act, where the fund's switch says so."""
    settlement = queries.settlement_of(session, measure.id)
    if settlement is None or settlement.outcome not in DECIDED:
        return False
    if value(session, CLOSING, session.get_one(Fund, measure.fund_id)) != "with_balance":
        return False
    if reasons.why_not_settle(session, measure, by, at):  # then it stays open and says why; what was done stands
        return False
    settle(session, measure, by=by, at=at)
    return True


def hold(session: WriteSession, settlement: Settlement) -> Measure:
    """Locks what payments and the settlement share, in the order of payments: contract, then settlement."""
    measure = session.get_one(Measure, settlement.measure_id)
    contract = grants.signed_contract(session, measure.id)
    if contract is not None:
        locked(session, contract)
        contract.measure = measure
    locked(session, settlement)
    settlement.measure = measure
    return measure
