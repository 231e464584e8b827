"""What speaks against paying an instalment. Every rule is one function that returns the reason why not, or None.

To add a rule: write the function, name it with its condition in `RULES`, add a row to the table test. All reasons are
shown together. Amounts are minor units of one currency.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from fundapp.kit.dates import show as show_date
from fundapp.kit.money import show

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
        return show(amount, self.currency, "en", with_currency=True)


def no_amount(facts: Facts) -> str | None:
    return None if facts.amount > 0 else "The amount is not above zero."


def not_signed(facts: Facts) -> str | None:
    return None if facts.signed else "The contract is not registered as signed."


def measure_not_open(facts: Facts) -> str | None:
    fitting = OPEN_TO_THE_LAST if facts.last else OPEN_TO_PAYMENTS
    if facts.status in fitting:
        return None
    return (
        f"The measure is {facts.status.replace('_', ' ')}; this instalment is paid while it is {' or '.join(fitting)}."
    )


def contract_exceeded(facts: Facts) -> str | None:
    if facts.paid + facts.pending + facts.amount <= facts.awarded:
        return None
    parts = " + ".join(facts.money(part) for part in (facts.paid, facts.pending, facts.amount) if part)
    return f"The grant would be exceeded: {parts} of {facts.money(facts.awarded)}."


def not_committed(facts: Facts) -> str | None:
    if facts.amount + facts.pending <= facts.committed:
        return None
    return f"Only {facts.money(facts.committed)} are committed to this contract and not yet paid."


def fund_empty(facts: Facts) -> str | None:
    wanting = facts.amount + facts.pending - facts.fund_cash
    if wanting <= 0:
        return None
    return f"The fund holds {facts.money(facts.fund_cash)}; {facts.money(wanting)} are wanting."


def other_account(facts: Facts) -> str | None:
    return None if facts.account_matches else "The bank account is not the one in the contract."


def account_just_changed(facts: Facts) -> str | None:
    if facts.account_waits_until is None or facts.today >= facts.account_waits_until:
        return None
    return f"The bank account was changed; nothing is paid to it before {show_date(facts.account_waits_until, 'en')}."


def earlier_instalment_unpaid(facts: Facts) -> str | None:
    for number in range(1, facts.number):
        if number > len(facts.paid_before) or facts.paid_before[number - 1] == 0:
            return f"Instalment {number} has not been paid yet."
    return None


def earlier_not_evidenced(facts: Facts) -> str | None:
    earlier = sum(facts.paid_before[:-1])
    if facts.last or facts.evidenced >= earlier:
        return None
    which = "instalment 1" if facts.number == 3 else f"instalments 1 to {facts.number - 2}"
    evidenced = f"{facts.money(facts.evidenced)} of {facts.money(earlier)}"
    return f"{evidenced} of {which} are shown by receipts; all of it is needed."


def last_not_evidenced(facts: Facts) -> str | None:
    before = facts.paid_before[-1] if facts.paid_before else 0
    if facts.last or before == 0:
        return None
    evidenced = facts.evidenced - sum(facts.paid_before[:-1])
    wanting = -(-before * EVIDENCE_PERCENT // 100) - evidenced
    if wanting <= 0:
        return None
    whole, tenth = divmod(max(0, evidenced) * 1000 // before, 10)
    return (
        f"{whole}.{tenth} % of instalment {facts.number - 1} is shown by receipts; {EVIDENCE_PERCENT} % is needed. "
        f"{facts.money(wanting)} more in accepted receipts will do."
    )


def report_missing(facts: Facts) -> str | None:
    return "The interim report is not accepted." if facts.report_needed and not facts.report_accepted else None


def own_share_missing(facts: Facts) -> str | None:
    if facts.own_share_in >= facts.own_share_due:
        return None
    return f"Own share paid in: {facts.money(facts.own_share_in)} of {facts.money(facts.own_share_due)} due by now."


def milestone_open(facts: Facts) -> str | None:
    return f"Not reached yet: {', '.join(facts.open_milestones)}." if facts.open_milestones else None


def finding_open(facts: Facts) -> str | None:
    if not facts.open_major_findings:
        return None
    return (
        "A major finding is open."
        if facts.open_major_findings == 1
        else f"{facts.open_major_findings} major findings are open."
    )


def final_report_missing(facts: Facts) -> str | None:
    return "The final report is not accepted." if facts.last and not facts.final_report_accepted else None


def beyond_settlement(facts: Facts) -> str | None:
    if not facts.last:
        return None
    if facts.settlement_balance is None:
        return "The settlement has not been made."
    if facts.settlement_balance <= 0:
        return "The settlement leaves nothing to pay."
    if facts.amount + facts.pending <= facts.settlement_balance:
        return None
    return f"The settlement leaves {facts.money(facts.settlement_balance)} to pay."


Rule = Callable[[Facts], str | None]

RULES: tuple[tuple[str, Rule], ...] = (
    ("There is an amount to pay", no_amount),
    ("The contract is signed", not_signed),
    ("The measure is open to payments", measure_not_open),
    ("The grant is not exceeded", contract_exceeded),
    ("The money is committed to this contract", not_committed),
    ("The fund has the money", fund_empty),
    ("The bank account is that of the contract", other_account),
    ("The bank account was not changed lately", account_just_changed),
    ("Earlier instalments are paid", earlier_instalment_unpaid),
    ("Earlier instalments are shown by receipts", earlier_not_evidenced),
    ("The last instalment is mostly shown by receipts", last_not_evidenced),
    ("The interim report is accepted where one is needed", report_missing),
    ("The own share is paid in", own_share_missing),
    ("Milestones are reached", milestone_open),
    ("No major finding is open", finding_open),
    ("The final report is accepted before the last instalment", final_report_missing),
    ("The last instalment is what the settlement leaves", beyond_settlement),
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
