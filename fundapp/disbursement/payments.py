"""A payment through three pairs of hands: prepared, authorised, paid - exactly once and never too much.

Every verb holds the contract's row first and the fund's row in the ledger, so that what is asked under the limit is still
true when it is written.
"""

from datetime import date, datetime, timedelta

from fundapp.disbursement import duties, queries, reasons
from fundapp.disbursement.announcing import tell
from fundapp.disbursement.closing import settle_by_itself
from fundapp.disbursement.lifecycle import AUTHORISE, CANCEL, OPEN, PAID_OUT, PAY, RETURN
from fundapp.disbursement.models import Payment
from fundapp.disbursement.switches import SEPARATION
from fundapp.funds import ledger
from fundapp.funds.models import Fund, Journal
from fundapp.grants import queries as grants
from fundapp.grants.models import Contract, Instalment
from fundapp.history.service import record
from fundapp.kit import i18n
from fundapp.kit.database import WriteSession, locked
from fundapp.kit.errors import NotAllowed, Refused
from fundapp.kit.i18n import gettext as _
from fundapp.kit.texts import show_date
from fundapp.lifecycle.service import take
from fundapp.measures.models import Measure
from fundapp.people.models import Person
from fundapp.people.permissions import Action, may
from fundapp.presets.queries import value
from fundapp.reminders.service import cancel, done, owe


def prepare(
    session: WriteSession,
    instalment: Instalment,
    *,
    key: str,
    by: Person,
    at: datetime,
    amount: int | None = None,
) -> Payment:
    """Prepares the payment of an instalment, in minor units; of the last one what the settlement leaves, unless less is given.

    The same `key` again gives the payment that is there. The separation of people that holds is written on it.
    Raises Refused with all reasons.
    """
    contract = session.get_one(Contract, instalment.contract_id)
    measure = session.get_one(Measure, contract.measure_id)
    fund = _hold(session, contract, measure)
    found = queries.find_by_key(session, key)
    if found is not None:
        return _same(found, instalment, amount)
    if not may(by, Action.PREPARE_PAYMENT, measure):
        raise NotAllowed
    wanted = reasons.to_pay(session, contract, instalment) if amount is None else amount
    if against := reasons.why_not_prepare(session, contract, instalment, wanted, by, at):
        raise Refused(*against)
    payment = Payment(
        measure_id=measure.id,
        contract_id=contract.id,
        instalment_id=instalment.id,
        amount=wanted,
        payee=contract.payee,
        payee_account=contract.payee_account,
        policy=value(session, SEPARATION, fund),
        key=key,
        prepared_by_id=by.id,
        prepared_at=at,
        measure=measure,
    )
    session.add(payment)
    session.flush()
    _owe(session, duties.AUTHORISE, payment, at)
    record(session, "disbursement.prepare", payment, by=by, at=at, amount=wanted, instalment=instalment.no)
    return payment


def _same(found: Payment, instalment: Instalment, amount: int | None) -> Payment:
    if found.instalment_id != instalment.id or (amount is not None and amount != found.amount):
        raise Refused(_("This page has been used for another payment already. Open it again and look what is there."))
    return found


def authorise(session: WriteSession, payment: Payment, *, by: Person, at: datetime) -> None:
    """A second person authorises. Raises Refused with every open condition and with who may not sign."""
    _hold(session, *_of(session, payment), payment)
    if not may(by, Action.AUTHORISE_PAYMENT, payment):
        raise NotAllowed
    if against := reasons.why_not_authorise(session, payment, by, at):
        raise Refused(*against)
    payment.authorised_by_id, payment.authorised_at = by.id, at
    done(session, duties.AUTHORISE, payment, at=at)
    _owe(session, duties.PAY, payment, at)
    take(session, payment, AUTHORISE, by=by, at=at, amount=payment.amount)


def pay(
    session: WriteSession, payment: Payment, *, bank_reference: str, paid_on: date, by: Person, at: datetime
) -> None:
    """The money has left the bank: posted to the ledger with the bank's reference and day. Raises Refused with all reasons."""
    contract, measure = _of(session, payment)
    fund = _hold(session, contract, measure, payment)
    if not may(by, Action.PAY, payment):
        raise NotAllowed
    if against := reasons.why_not_pay(session, payment, by, at):
        raise Refused(*against)
    _on_a_day(paid_on, contract.signed_on, grants.today_of(session, measure, at), "paid_on")
    if not bank_reference.strip():
        raise Refused(_("Give the reference of the bank, as it stands on the statement."), field="bank_reference")
    payment.bank_reference, payment.paid_on = bank_reference.strip(), paid_on
    payment.paid_by_id, payment.paid_at = by.id, at
    payment.journal_id = ledger.pay(
        session, fund, payment, payment.amount, booked_on=paid_on, document=payment.bank_reference,
        key=f"payment:{payment.id}", by=by, at=at,
    ).id  # fmt: skip
    done(session, duties.PAY, payment, at=at)
    take(session, payment, PAY, by=by, at=at, amount=payment.amount, journal=payment.journal_id)
    _settlement_follows(session, measure)
    tell(session, measure, "disbursement/money_sent", f"disbursement.paid:{payment.id}", at, payment=payment, fund=fund)
    settle_by_itself(session, measure, by=by, at=at)


def bank_returned(
    session: WriteSession, payment: Payment, *, returned_on: date, because: str, by: Person, at: datetime
) -> None:
    """The bank sent the money back: the booking is reversed, and the instalment can be prepared anew."""
    contract, measure = _of(session, payment)
    fund = _hold(session, contract, measure, payment)
    if not may(by, Action.PAY, payment):
        raise NotAllowed
    if payment.journal_id is None or payment.paid_on is None:
        raise Refused(
            _("The payment is %(status)s; only one that was paid can come back.", status=i18n.words(payment.status))
        )
    if against := reasons.why_not_return(session, measure):
        raise Refused(*against)
    _on_a_day(returned_on, payment.paid_on, grants.today_of(session, measure, at), "returned_on")
    journal = session.get_one(Journal, payment.journal_id)
    document = f"returned: {payment.bank_reference}"
    ledger.reverse(session, journal, booked_on=returned_on, document=document, by=by, at=at)
    take(session, payment, RETURN, by=by, at=at, because=because, amount=payment.amount)
    _settlement_follows(session, measure)
    key = f"disbursement.returned:{payment.id}"
    tell(session, measure, "disbursement/bank_returned", key, at, payment=payment, fund=fund)


def cancel_payment(session: WriteSession, payment: Payment, *, because: str, by: Person, at: datetime) -> None:
    """Stops a payment that has not gone out; the instalment can be prepared anew."""
    _hold(session, *_of(session, payment), payment)
    cancel(session, duties.AUTHORISE, payment, at=at)
    cancel(session, duties.PAY, payment, at=at)
    take(session, payment, CANCEL, by=by, at=at, because=because, amount=payment.amount)


def _of(session: WriteSession, payment: Payment) -> tuple[Contract, Measure]:
    return session.get_one(Contract, payment.contract_id), session.get_one(Measure, payment.measure_id)


def _hold(session: WriteSession, contract: Contract, measure: Measure, payment: Payment | None = None) -> Fund:
    """Locks and reads afresh the rows that own the limits, always in this order: contract, payment, measure, fund."""
    locked(session, contract)
    contract.measure = measure
    if payment is not None:
        locked(session, payment)
        payment.measure = measure
    session.refresh(measure, ["status"], with_for_update=True)
    return locked(session, session.get_one(Fund, measure.fund_id))


def _owe(session: WriteSession, kind: str, payment: Payment, at: datetime) -> None:
    due = at.date() + timedelta(days=duties.SIGN_DAYS)
    owe(session, kind, payment, due=due, title=duties.TITLES[kind], at=at)


def _on_a_day(day: date, earliest: date | None, today: date, field: str) -> None:
    if day > today:
        raise Refused(_("%(day)s has not come yet.", day=show_date(day)), field=field)
    if earliest is not None and day < earliest:
        raise Refused(
            _(
                "%(day)s is before %(earliest)s, when that could first be.",
                day=show_date(day),
                earliest=show_date(earliest),
            ),
            field=field,
        )


def _settlement_follows(session: WriteSession, measure: Measure) -> None:
    """Once the balance is paid the settlement is carried out; when the bank returns it, it is open again."""
    settlement = queries.settlement_of(session, measure.id)
    if settlement is None or settlement.balance <= 0:
        return
    contract = grants.signed_contract(session, measure.id)
    paid = queries.paid(session, contract.id).paid if contract else 0
    settlement.outcome = PAID_OUT if paid == settlement.grant_due else OPEN
