"""What speaks against each act with money, all reasons at once: the rules of a payment, who may sign, what a settlement needs."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from fundapp.disbursement import queries, rules
from fundapp.disbursement.lifecycle import AUTHORISED, DECIDED, FINAL, INTERIM, PENDING, PREPARED
from fundapp.disbursement.models import Payment, Receipt, Settlement
from fundapp.disbursement.rules import Facts
from fundapp.disbursement.settlement import Financing, grant_due, overrun_needs_consent
from fundapp.funds import queries as funds
from fundapp.funds.models import Fund
from fundapp.grants import queries as grants
from fundapp.grants.models import Contract, Instalment
from fundapp.kit import i18n, money
from fundapp.kit.database import ReadSession
from fundapp.kit.i18n import gettext as _
from fundapp.kit.i18n import ngettext
from fundapp.measures.models import Measure
from fundapp.people.deputies import hands, one_hand
from fundapp.people.permissions import Action, Actor, Role, holds
from fundapp.rating.models import Sheet

NOT_KEPT_YET = frozenset(
    {"Milestones are reached", "No major finding is open", "The bank account was not changed lately"}
)
"""Conditions for which nothing is kept: a contract has no milestones, findings or change of account. Not shown while met."""

TO_CLOSE = ("running", "terminated")


def facts(
    session: ReadSession,
    contract: Contract,
    instalment: Instalment,
    amount: int,
    at: datetime,
    *,
    payment: Payment | None = None,
) -> Facts:
    """What is known when `amount` of an instalment is to be paid, without what `payment` itself counts for.

    A receipt counts towards the grant only by the grant's share of the planned cost; the rest of it is own money. So
    the own share is shown by the same receipts, pro rata (Anteilfinanzierung, domain.md 6.2).
    """
    measure = session.get_one(Measure, contract.measure_id)
    fund = session.get_one(Fund, measure.fund_id)
    parts = grants.instalments(session, contract.id)
    last = instalment.no == parts[-1].no
    money_of = queries.paid(session, contract.id, without=payment.id if payment else None)
    before = tuple(money_of.by_instalment.get(part.id, 0) for part in parts if part.no < instalment.no)
    if last:  # what was not called for before is part of the balance
        before = before[: before.index(0)] if 0 in before else before
    accepted = queries.accepted_cost(session, measure.id)
    evidenced = evidenced_grant(contract, accepted)
    own_cash = queries.own_cash(session, measure.id)
    share = contract.financing == Financing.SHARE
    settlement = queries.settlement_of(session, measure.id)
    account = grants.parties(session, measure.id).get("account")
    there = (account.bank, account.account) if account else None
    agreed = (payment.payee_account if payment else contract.payee_account) == contract.payee_account
    return Facts(
        currency=fund.currency,
        today=grants.today_of(session, measure, at),
        status=measure.status,
        number=len(before) + 1 if last else instalment.no,
        last=last,
        amount=amount,
        awarded=contract.amount,
        signed=contract.status == "signed",
        paid=money_of.paid,
        pending=money_of.pending,
        paid_before=before,
        evidenced=evidenced,
        report_needed=instalment.needs_report == INTERIM,
        report_accepted=queries.report_accepted(session, measure.id, INTERIM, instalment.no - 1),
        own_share_due=rules.own_share_due(own_cash, contract.total_cost, accepted) if share else 0,
        own_share_in=accepted - evidenced,
        open_milestones=(),
        open_major_findings=0,
        final_report_accepted=final_report_in(session, measure, money_of.paid),
        settlement_balance=settlement.grant_due - money_of.paid if settlement else None,
        committed=funds.figures_of_case(session, measure.id).committed,
        fund_cash=funds.figures(session, fund.id).bank - queries.pending_elsewhere(session, fund.id, contract.id),
        account_matches=agreed and there == (contract.payee_bank, contract.payee_account),
        account_waits_until=None,
    )


def evidenced_grant(contract: Contract, accepted_cost: int) -> int:
    """What accepted receipts count towards the grant, minor units."""
    return grant_due(
        Financing(contract.financing),
        awarded=contract.amount,
        planned_cost=contract.total_cost,
        accepted_cost=accepted_cost,
    )


def final_report_in(session: ReadSession, measure: Measure, paid: int) -> bool:
    """Whether the final report is accepted, or none is asked for: ended early before any money went out."""
    nothing_to_report = measure.status == "terminated" and paid == 0
    return nothing_to_report or queries.report_accepted(session, measure.id, FINAL)


def checklist(given: Facts) -> list[tuple[str, str | None]]:
    """The conditions that ask something of this payment, with the reason why one is not met; what is not met comes first."""
    idle = _idle(given)
    return [(name, reason) for name, reason in rules.checklist(given) if reason or name not in idle]


def _idle(given: Facts) -> frozenset[str]:
    """Conditions that ask nothing of this payment: there is no earlier instalment, no report, or it is not the last one."""
    idle = set(NOT_KEPT_YET)
    if given.last or len(given.paid_before) < 2:
        idle.add("Earlier instalments are shown by receipts")
    if given.last or not given.paid_before:
        idle.add("The last instalment is mostly shown by receipts")
    if not given.paid_before:
        idle.add("Earlier instalments are paid")
    if not given.report_needed:
        idle.add("The interim report is accepted where one is needed")
    if given.own_share_due == 0:
        idle.add("The own share is paid in")
    if not given.last:
        idle |= {
            "The final report is accepted before the last instalment",
            "The last instalment is what the settlement leaves",
        }
    return frozenset(idle)


def shown(given: Facts) -> dict[str, str]:
    """The fact behind a condition that is met, by the condition's name."""
    say = given.money
    balance = given.settlement_balance
    parts = " + ".join(say(part) for part in (given.paid + given.pending, given.amount) if part)
    return {
        "The grant is not exceeded": _("%(part)s of %(whole)s", part=parts, whole=say(given.awarded)),
        "The money is committed to this contract": _("%(amount)s committed", amount=say(given.committed)),
        "The fund has the money": _("%(amount)s in the bank", amount=say(given.fund_cash)),
        "Earlier instalments are paid": _("%(count)s paid", count=sum(1 for part in given.paid_before if part)),
        "The last instalment is mostly shown by receipts": _("%(amount)s shown", amount=say(given.evidenced)),
        "The own share is paid in": _(
            "%(part)s of %(whole)s due by now", part=say(given.own_share_in), whole=say(given.own_share_due)
        ),
        "The last instalment is what the settlement leaves": say(balance) if balance is not None else "",
    }


def to_pay(session: ReadSession, contract: Contract, instalment: Instalment) -> int:
    """The amount of an instalment; of the last one what the settlement leaves, once it is made."""
    parts = grants.instalments(session, contract.id)
    settlement = queries.settlement_of(session, contract.measure_id)
    if instalment.no == parts[-1].no and settlement is not None:
        return max(0, settlement.grant_due - queries.paid(session, contract.id).paid)
    return instalment.amount


def why_not_prepare(
    session: ReadSession, contract: Contract, instalment: Instalment, amount: int, by: Actor, at: datetime
) -> list[str]:
    """Reasons against preparing a payment of this instalment."""
    given = facts(session, contract, instalment, amount, at)
    reasons = rules.why_not(given)
    for other in queries.payments(session, contract.measure_id):
        if other.instalment_id == instalment.id and other.status in (*PENDING, "paid"):
            reasons.insert(
                0,
                _(
                    "Instalment %(no)s has a payment already; it is %(status)s.",
                    no=instalment.no,
                    status=i18n.words(other.status),
                ),
            )
    if not given.last and amount > instalment.amount:
        reasons.append(
            _(
                "Instalment %(no)s is %(amount)s; no more of it can be paid.",
                no=instalment.no,
                amount=given.money(instalment.amount),
            )
        )
    return reasons


def why_not_authorise(session: ReadSession, payment: Payment, by: Actor, at: datetime) -> list[str]:
    """Reasons against authorising: the conditions, and who prepared it."""
    reasons = (
        []
        if payment.status == PREPARED
        else [_("The payment is %(status)s; only a prepared one is authorised.", status=i18n.words(payment.status))]
    )
    if payment.prepared_by_id == by.id:
        reasons.append(_("You prepared this payment yourself; another person authorises it."))
    reasons += one_hand(session, by, Action.AUTHORISE_PAYMENT, payment, payment.prepared_by_id, "disbursement.prepare")
    rated = _rated(session, payment, by, Action.AUTHORISE_PAYMENT) if payment.policy == "three" else []
    return reasons + rated + conditions_open(session, payment, at)


def why_not_pay(session: ReadSession, payment: Payment, by: Actor, at: datetime) -> list[str]:
    """Reasons against paying: the conditions, and who prepared and authorised it."""
    reasons = (
        []
        if payment.status == AUTHORISED
        else [_("The payment is %(status)s; only an authorised one is paid.", status=i18n.words(payment.status))]
    )
    if payment.authorised_by_id == by.id:
        reasons.append(_("You authorised this payment yourself; another person pays it."))
    reasons += one_hand(session, by, Action.PAY, payment, payment.authorised_by_id, "disbursement.authorise")
    if payment.policy == "three" and payment.prepared_by_id == by.id:
        reasons.append(_("You prepared this payment yourself; a third person pays it."))
    if payment.policy == "three":
        reasons += one_hand(session, by, Action.PAY, payment, payment.prepared_by_id, "disbursement.prepare")
    return reasons + _rated(session, payment, by, Action.PAY) + conditions_open(session, payment, at)


def why_not_return(session: ReadSession, measure: Measure) -> list[str]:
    """Reasons against booking a returned payment: a settlement that asks for no more money was reckoned with it as paid."""
    settlement = queries.settlement_of(session, measure.id)
    if settlement is None or settlement.balance > 0:
        return []
    return [_("The settlement counts this payment as paid; take the settlement back first.")]


def conditions_open(session: ReadSession, payment: Payment, at: datetime) -> list[str]:
    return rules.why_not(facts_of(session, payment, at))


def facts_of(session: ReadSession, payment: Payment, at: datetime) -> Facts:
    """The facts of a payment that is there already."""
    contract = session.get_one(Contract, payment.contract_id)
    instalment = session.get_one(Instalment, payment.instalment_id)
    return facts(session, contract, instalment, payment.amount, at, payment=payment)


def _rated(session: ReadSession, payment: Payment, by: Actor, action: Action) -> list[str]:
    """Who rated a measure does not pay its money, and with three persons does not authorise it either (domain.md 6.1)."""
    who = hands(by, action, payment)
    asked = select(Sheet.id).where(Sheet.measure_id == payment.measure_id, Sheet.person_id.in_(who))
    rated = session.scalars(asked.where(Sheet.status != "void").limit(1)).first() is not None
    return [_("You rated this measure; somebody else signs for its money.")] if rated else []


def why_not_enter(session: ReadSession, measure: Measure) -> list[str]:
    """Reasons against entering or checking receipts now."""
    if queries.settlement_of(session, measure.id) is None:
        return []
    return [_("The settlement has been made; take it back before receipts change.")]


def why_not_check(session: ReadSession, receipt: Receipt, by: Actor) -> list[str]:
    reasons = why_not_enter(session, receipt.measure)
    if receipt.entered_by_id == by.id:
        reasons.append(_("You entered this receipt yourself; somebody else checks it."))
    reasons += one_hand(session, by, Action.CHECK_RECEIPT, receipt, receipt.entered_by_id, "disbursement.enter_receipt")
    return reasons


def why_not_compute(session: ReadSession, measure: Measure, by: Actor, at: datetime) -> list[str]:
    """Reasons against making the settlement."""
    reasons = _not_ready(session, measure)
    settlement = queries.settlement_of(session, measure.id)
    if settlement is not None and settlement.outcome not in ("open", "even"):
        reasons.append(_("The settlement has been carried out already."))
    return reasons


def _not_ready(session: ReadSession, measure: Measure) -> list[str]:
    contract = grants.signed_contract(session, measure.id)
    if contract is None:
        return [_("There is no signed contract.")]
    money_of = queries.paid(session, contract.id)
    reasons = []
    if measure.status not in TO_CLOSE:
        reasons.append(
            _(
                "The measure is %(status)s; it is settled when it is running or has been terminated.",
                status=i18n.words(measure.status),
            )
        )
    if not final_report_in(session, measure, money_of.paid):
        reasons.append(_("The final report is not accepted."))
    if unchecked := queries.unchecked_receipts(session, measure.id):
        reasons.append(ngettext("One receipt is not checked yet.", "%(num)s receipts are not checked yet.", unchecked))
    if money_of.pending:
        reasons.append(_("A payment is prepared and not yet paid; pay or cancel it first."))
    return reasons


def why_not_drop(session: ReadSession, settlement: Settlement, by: Actor) -> list[str]:
    """Reasons against taking a settlement back."""
    reasons = [] if settlement.outcome in ("open", "even") else [_("The settlement has been carried out already.")]
    contract = grants.signed_contract(session, settlement.measure_id)
    if contract is not None and queries.paid(session, contract.id).pending:
        reasons.append(_("Its balance is being paid; cancel that payment first."))
    return reasons


def why_not_refund(settlement: Settlement) -> list[str]:
    if settlement.balance < 0 and settlement.outcome == "open":
        return []
    return [_("Nothing has to be paid back.")]


def why_not_write_off(session: ReadSession, settlement: Settlement, by: Actor) -> list[str]:
    """Reasons against giving up a refund: it takes a manager, and not who made the settlement."""
    reasons = why_not_refund(settlement)
    if not holds(by, Role.MANAGER):
        reasons.append(_("Only a manager writes off."))
    if settlement.computed_by_id == by.id:
        reasons.append(_("You made this settlement yourself; a second person writes off."))
    reasons += one_hand(session, by, Action.SETTLE, settlement, settlement.computed_by_id, "disbursement.compute")
    return reasons


def why_not_settle(session: ReadSession, measure: Measure, by: Actor, at: datetime) -> list[str]:
    """Reasons against closing the account of a measure."""
    reasons = _not_ready(session, measure)
    settlement = queries.settlement_of(session, measure.id)
    if settlement is None:
        return [*reasons, _("The settlement has not been made.")]
    fund = session.get_one(Fund, measure.fund_id)
    if settlement.outcome not in DECIDED:
        amount = money.show(abs(settlement.balance), fund.currency, i18n.LANGUAGE.get(), with_currency=True)
        reasons.append(
            _("The balance of %(amount)s is not paid yet.", amount=amount)
            if settlement.balance > 0
            else _("The refund of %(amount)s is neither received nor written off.", amount=amount)
        )
    return reasons


def overruns(session: ReadSession, measure: Measure) -> Sequence[tuple[int, str, int, int]]:
    """Budget lines beyond what is allowed without consent: (number, description, planned, accepted)."""
    return [
        (line.line.no, line.line.description, line.line.amount, line.accepted)
        for line in queries.budget(session, measure.id)
        if overrun_needs_consent(line.line.amount, line.accepted)
    ]
