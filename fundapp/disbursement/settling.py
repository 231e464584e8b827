"""The settlement: reckoned from accepted receipts, its balance paid, refunded or written off, then the account is closed.

The order: `compute` makes the settlement and its letter. A positive balance is the last payment, through the same three
signatures; a negative one is claimed back and registered as refunded, or written off. Then `settle` closes the account.
"""

from datetime import date, datetime, timedelta

from fundapp.disbursement import duties, queries, reasons
from fundapp.disbursement.announcing import tell
from fundapp.disbursement.closing import hold, settle_by_itself
from fundapp.disbursement.closing import settle as settle
from fundapp.disbursement.letters import SETTLEMENT, Words, settlement_fields
from fundapp.disbursement.lifecycle import EVEN, OPEN, REFUNDED, WRITTEN_OFF
from fundapp.disbursement.models import Settlement
from fundapp.disbursement.settlement import Financing
from fundapp.disbursement.settlement import settle as reckon
from fundapp.documents.queries import template_for
from fundapp.documents.service import order
from fundapp.funds import ledger
from fundapp.funds.models import Fund
from fundapp.grants import queries as grants
from fundapp.history.service import record
from fundapp.kit import i18n
from fundapp.kit.database import WriteSession, locked
from fundapp.kit.dates import on
from fundapp.kit.errors import NotAllowed, Refused
from fundapp.kit.i18n import gettext as _
from fundapp.kit.money import share
from fundapp.kit.texts import show_date
from fundapp.measures.models import Measure
from fundapp.people.models import Person
from fundapp.people.permissions import Action, may
from fundapp.reminders.service import cancel, done, owe


def compute(
    session: WriteSession,
    measure: Measure,
    *,
    by: Person,
    at: datetime,
    other_income: int = 0,
    consent: str = "",
    refund_account: str = "",
) -> Settlement:
    """Makes the settlement from the accepted receipts, orders its letter and claims a refund; amounts in minor units.

    A budget line beyond its plan by more than allowed needs `consent`: the reason why it is accepted all the same.
    Raises Refused with all reasons.
    """
    if not may(by, Action.SETTLE, measure):
        raise NotAllowed
    contract = grants.signed_contract(session, measure.id)
    if contract is not None:
        locked(session, contract)
        contract.measure = measure
    if against := reasons.why_not_compute(session, measure, by, at):
        raise Refused(*against)
    assert contract is not None
    over = reasons.overruns(session, measure)
    if over and not consent.strip():
        raise Refused(*(_over(*line) for line in over), field="consent")
    fund = session.get_one(Fund, measure.fund_id)
    accepted, paid = queries.accepted_cost(session, measure.id), queries.paid(session, contract.id).paid
    result = reckon(
        Financing(contract.financing),
        awarded=contract.amount,
        planned_cost=contract.total_cost,
        accepted_cost=accepted,
        paid=paid,
        other_income=other_income,
    )
    settlement = queries.settlement_of(session, measure.id) or Settlement(measure_id=measure.id, measure=measure)
    settlement.financing, settlement.planned_cost, settlement.awarded = (
        contract.financing,
        contract.total_cost,
        contract.amount,
    )
    settlement.accepted_cost, settlement.other_income, settlement.paid = accepted, other_income, paid
    settlement.grant_due, settlement.balance = result.grant, result.balance
    settlement.outcome = OPEN if result.balance else EVEN
    settlement.computed_by_id, settlement.computed_at = by.id, at
    settlement.refund_due = on(at, fund.zone) + timedelta(days=duties.REFUND_DAYS) if result.refund else None
    settlement.facts = {"overruns": [line[0] for line in over]}
    session.add(settlement)
    session.flush()
    owner = session.get(Person, measure.owner_id) if measure.owner_id else None
    language = template_for(session, SETTLEMENT.name, owner.language if owner else "en")[0]
    with i18n.speaking(language):
        fields = settlement_fields(session, measure, contract, settlement, Words(refund_account.strip()), lang=language)
        title = _("Settlement of %(number)s", number=contract.number)
    document = order(session, SETTLEMENT, measure, fields, language=language, title=title, by=by, at=at)
    settlement.document_id = document.id
    if settlement.refund_due:
        owe(session, duties.REFUND, settlement, due=settlement.refund_due, title=duties.TITLES[duties.REFUND], at=at)
    else:
        cancel(session, duties.REFUND, settlement, at=at)
    key = f"disbursement.computed:{settlement.id}:{at.isoformat()}"
    tell(session, measure, "disbursement/computed", key, at, settlement=settlement, fund=fund)
    record(
        session, "disbursement.compute", settlement, by=by, at=at, because=consent,
        accepted_cost=accepted, grant_due=result.grant, paid=paid, balance=result.balance,
    )  # fmt: skip
    settle_by_itself(session, measure, by=by, at=at)
    return settlement


def _over(no: int, description: str, planned: int, actual: int) -> str:
    if not planned:
        return _(
            "Line %(no)s, %(description)s, was not planned; spending on it needs your consent.",
            no=no,
            description=description,
        )
    return _(
        "Line %(no)s, %(description)s, is %(actual)s %% over its plan; more than 20 %% needs your consent.",
        no=no,
        description=description,
        actual=share(actual - planned, planned),
    )


def drop(session: WriteSession, settlement: Settlement, *, because: str, by: Person, at: datetime) -> None:
    """Takes a settlement back, so that receipts may change again; its letter is kept."""
    if not may(by, Action.SETTLE, settlement):
        raise NotAllowed
    hold(session, settlement)
    if against := reasons.why_not_drop(session, settlement, by):
        raise Refused(*against)
    if not because.strip():
        raise Refused(_("Please give a reason; it stays in the history."), field="because")
    cancel(session, duties.REFUND, settlement, at=at)
    record(
        session, "disbursement.drop_settlement", settlement, by=by, at=at, because=because, balance=settlement.balance
    )
    session.delete(settlement)
    session.flush()


def register_refund(
    session: WriteSession, settlement: Settlement, *, refunded_on: date, bank_reference: str, by: Person, at: datetime
) -> None:
    """The grantee has paid back what was claimed: booked with the bank's reference and day."""
    if not may(by, Action.SETTLE, settlement):
        raise NotAllowed
    measure = hold(session, settlement)
    if against := reasons.why_not_refund(settlement):
        raise Refused(*against)
    fund = session.get_one(Fund, measure.fund_id)
    today, since = on(at, fund.zone), on(settlement.computed_at, fund.zone)
    if refunded_on > today:
        raise Refused(_("%(refunded_on)s has not come yet.", refunded_on=show_date(refunded_on)), field="refunded_on")
    if refunded_on < since:
        raise Refused(
            _("The money was claimed on %(since)s; it cannot have come before.", since=show_date(since)),
            field="refunded_on",
        )
    if not bank_reference.strip():
        raise Refused(_("Give the reference of the bank, as it stands on the statement."), field="bank_reference")
    amount, reference = -settlement.balance, bank_reference.strip()
    ledger.take_return(
        session,
        fund,
        settlement,
        amount,
        booked_on=refunded_on,
        document=reference,
        key=f"refund:{settlement.id}",
        by=by,
        at=at,
    )
    settlement.refunded_on, settlement.bank_reference, settlement.outcome = refunded_on, reference, REFUNDED
    done(session, duties.REFUND, settlement, at=at)
    record(session, "disbursement.refund", settlement, by=by, at=at, amount=amount)
    settle_by_itself(session, measure, by=by, at=at)


def write_off(session: WriteSession, settlement: Settlement, *, because: str, by: Person, at: datetime) -> None:
    """Gives up a refund that will not come; a manager who did not make the settlement, with a reason."""
    if not may(by, Action.SETTLE, settlement):
        raise NotAllowed
    measure = hold(session, settlement)
    if against := reasons.why_not_write_off(session, settlement, by):
        raise Refused(*against)
    if not because.strip():
        raise Refused(_("Please give a reason; it stays in the history."), field="because")
    settlement.outcome = WRITTEN_OFF
    cancel(session, duties.REFUND, settlement, at=at)
    record(session, "disbursement.write_off", settlement, by=by, at=at, because=because, amount=-settlement.balance)
    settle_by_itself(session, measure, by=by, at=at)
