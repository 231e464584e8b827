"""What speaks against paying an instalment. Every rule is one function that returns the reason why not, or None.

To add a rule: write the function, name it with its condition in `RULES`, add a row to the table test. All reasons are
shown together. Amounts are minor units of one currency.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from fundapp.kit import i18n
from fundapp.kit.i18n import gettext as _
from fundapp.kit.i18n import mark
from fundapp.kit.money import show
from fundapp.kit.texts import show_date

EVIDENCE_PERCENT = 70
"""How much of the last instalment has to be shown by receipts before the next, of all earlier ones everything (EU grants)."""

OPEN_TO_PAYMENTS = ("contracted", "running")
OPEN_TO_THE_LAST = ("running", "terminated")


@dataclass(frozen=True)
class Facts:
    """What is known when an instalment is to be paid.

    `paid_before` has the sum paid for each earlier instalment in order, 0 where nothing was; `evidenced` is what
    accepted receipts count towards the grant in all, the oldest instalment first. `paid` counts everything paid on the
    contract, `pending` what is prepared or authorised and not yet paid, without this payment. `committed` is what the
    fund still holds for this contract, `fund_cash` what it has in the bank and other contracts have no payment
    pending for. `settlement_balance` is None until the settlement is made; it is the grant due less `paid`.
    """

    currency: str
    today: date
    status: str
    number: int
    last: bool
    amount: int
    awarded: int
    signed: bool
    paid: int
    pending: int
    paid_before: tuple[int, ...]
    evidenced: int
    report_needed: bool
    report_accepted: bool
    own_share_due: int
    own_share_in: int
    open_milestones: tuple[str, ...]
    open_major_findings: int
    final_report_accepted: bool
    settlement_balance: int | None
    committed: int
    fund_cash: int
    account_matches: bool
    account_waits_until: date | None

    def money(self, amount: int) -> str:
        return show(amount, self.currency, i18n.LANGUAGE.get(), with_currency=True)


def no_amount(facts: Facts) -> str | None:
    return None if facts.amount > 0 else _("The amount is not above zero.")


def not_signed(facts: Facts) -> str | None:
    return None if facts.signed else _("The contract is not registered as signed.")


def measure_not_open(facts: Facts) -> str | None:
    fitting = OPEN_TO_THE_LAST if facts.last else OPEN_TO_PAYMENTS
    if facts.status in fitting:
        return None
    return _(
        "The measure is %(status)s; this instalment is paid while it is %(fitting)s.",
        status=i18n.words(facts.status),
        fitting=i18n.listed((i18n.words(status) for status in fitting), "or"),
    )


def contract_exceeded(facts: Facts) -> str | None:
    if facts.paid + facts.pending + facts.amount <= facts.awarded:
        return None
    parts = " + ".join(facts.money(part) for part in (facts.paid, facts.pending, facts.amount) if part)
    return _("The grant would be exceeded: %(parts)s of %(awarded)s.", parts=parts, awarded=facts.money(facts.awarded))


def not_committed(facts: Facts) -> str | None:
    if facts.amount + facts.pending <= facts.committed:
        return None
    return _(
        "Only %(committed)s are committed to this contract and not yet paid.", committed=facts.money(facts.committed)
    )


def fund_empty(facts: Facts) -> str | None:
    wanting = facts.amount + facts.pending - facts.fund_cash
    if wanting <= 0:
        return None
    return _(
        "The fund holds %(fund_cash)s; %(wanting)s are wanting.",
        fund_cash=facts.money(facts.fund_cash),
        wanting=facts.money(wanting),
    )


def other_account(facts: Facts) -> str | None:
    return None if facts.account_matches else _("The bank account is not the one in the contract.")


def account_just_changed(facts: Facts) -> str | None:
    if facts.account_waits_until is None or facts.today >= facts.account_waits_until:
        return None
    return _(
        "The bank account was changed; nothing is paid to it before %(account_waits_until)s.",
        account_waits_until=show_date(facts.account_waits_until),
    )


def earlier_instalment_unpaid(facts: Facts) -> str | None:
    for number in range(1, facts.number):
        if number > len(facts.paid_before) or facts.paid_before[number - 1] == 0:
            return _("Instalment %(number)s has not been paid yet.", number=number)
    return None


def earlier_not_evidenced(facts: Facts) -> str | None:
    earlier = sum(facts.paid_before[:-1])
    if facts.last or facts.evidenced >= earlier:
        return None
    which = _("instalment 1") if facts.number == 3 else _("instalments 1 to %(number)s", number=facts.number - 2)
    return _(
        "%(evidenced)s of %(earlier)s of %(which)s are shown by receipts; all of it is needed.",
        evidenced=facts.money(facts.evidenced),
        earlier=facts.money(earlier),
        which=which,
    )


def last_not_evidenced(facts: Facts) -> str | None:
    before = facts.paid_before[-1] if facts.paid_before else 0
    if facts.last or before == 0:
        return None
    evidenced = facts.evidenced - sum(facts.paid_before[:-1])
    wanting = -(-before * EVIDENCE_PERCENT // 100) - evidenced
    if wanting <= 0:
        return None
    tenths = max(0, evidenced) * 1000 // before
    return _(
        "%(shown)s %% of instalment %(number)s is shown by receipts; %(evidence_percent)s %% is needed. "
        "%(wanting)s more in accepted receipts will do.",
        shown=i18n.number(tenths / 10, 1),
        number=facts.number - 1,
        evidence_percent=EVIDENCE_PERCENT,
        wanting=facts.money(wanting),
    )


def report_missing(facts: Facts) -> str | None:
    return _("The interim report is not accepted.") if facts.report_needed and not facts.report_accepted else None


def own_share_missing(facts: Facts) -> str | None:
    if facts.own_share_in >= facts.own_share_due:
        return None
    return _(
        "Own share paid in: %(own_share_in)s of %(own_share_due)s due by now.",
        own_share_in=facts.money(facts.own_share_in),
        own_share_due=facts.money(facts.own_share_due),
    )


def milestone_open(facts: Facts) -> str | None:
    return (
        _("Not reached yet: %(open_milestones)s.", open_milestones=", ".join(facts.open_milestones))
        if facts.open_milestones
        else None
    )


def finding_open(facts: Facts) -> str | None:
    if not facts.open_major_findings:
        return None
    return (
        _("A major finding is open.")
        if facts.open_major_findings == 1
        else _("%(open_major_findings)s major findings are open.", open_major_findings=facts.open_major_findings)
    )


def final_report_missing(facts: Facts) -> str | None:
    return _("The final report is not accepted.") if facts.last and not facts.final_report_accepted else None


def beyond_settlement(facts: Facts) -> str | None:
    if not facts.last:
        return None
    if facts.settlement_balance is None:
        return _("The settlement has not been made.")
    if facts.settlement_balance <= 0:
        return _("The settlement leaves nothing to pay.")
    if facts.amount + facts.pending <= facts.settlement_balance:
        return None
    return _(
        "The settlement leaves %(settlement_balance)s to pay.", settlement_balance=facts.money(facts.settlement_balance)
    )


Rule = Callable[[Facts], str | None]

RULES: tuple[tuple[str, Rule], ...] = (
    (mark("There is an amount to pay"), no_amount),
    (mark("The contract is signed"), not_signed),
    (mark("The measure is open to payments"), measure_not_open),
    (mark("The grant is not exceeded"), contract_exceeded),
    (mark("The money is committed to this contract"), not_committed),
    (mark("The fund has the money"), fund_empty),
    (mark("The bank account is that of the contract"), other_account),
    (mark("The bank account was not changed lately"), account_just_changed),
    (mark("Earlier instalments are paid"), earlier_instalment_unpaid),
    (mark("Earlier instalments are shown by receipts"), earlier_not_evidenced),
    (mark("The last instalment is mostly shown by receipts"), last_not_evidenced),
    (mark("The interim report is accepted where one is needed"), report_missing),
    (mark("The own share is paid in"), own_share_missing),
    (mark("Milestones are reached"), milestone_open),
    (mark("No major finding is open"), finding_open),
    (mark("The final report is accepted before the last instalment"), final_report_missing),
    (mark("The last instalment is what the settlement leaves"), beyond_settlement),
)


def why_not(facts: Facts) -> list[str]:
    """All reasons against paying this instalment; empty means pay."""
    return [reason for _, rule in RULES if (reason := rule(facts)) is not None]


def checklist(facts: Facts) -> list[tuple[str, str | None]]:
    """Every condition with the reason why it is not met, or None where it is; what is not met comes first."""
    conditions = [(condition, rule(facts)) for condition, rule in RULES]
    return sorted(conditions, key=lambda condition: condition[1] is None)


def own_share_due(own_cash: int, planned_cost: int, accepted_cost: int) -> int:
    """How much of the own cash (minor units) has to be in once this much of the planned cost is shown: pro rata, rounded
    down, never above the own cash (Anteilfinanzierung, domain.md 6.2). 0 without a planned cost.
    """
    return min(own_cash, own_cash * accepted_cost // planned_cost) if planned_cost else 0
