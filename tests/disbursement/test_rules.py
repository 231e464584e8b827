from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fundapp.disbursement import rules
from fundapp.disbursement.rules import Facts

PAYABLE = Facts(
    currency="EUR",
    today=date(2026, 11, 23),
    status="running",
    number=2,
    last=False,
    amount=320000,
    awarded=800000,
    signed=True,
    paid=400000,
    pending=0,
    paid_before=(400000,),
    evidenced=280000,
    report_needed=True,
    report_accepted=True,
    own_share_due=140000,
    own_share_in=140000,
    open_milestones=(),
    open_major_findings=0,
    final_report_accepted=False,
    settlement_balance=None,
    committed=400000,
    fund_cash=4750000,
    account_matches=True,
    account_waits_until=None,
)
LAST = replace(
    PAYABLE,
    number=3,
    last=True,
    amount=80000,
    paid=720000,
    paid_before=(400000, 320000),
    evidenced=0,
    final_report_accepted=True,
    settlement_balance=80000,
    committed=80000,
)
THIRD = replace(PAYABLE, number=3, amount=80000, paid=720000, paid_before=(400000, 320000), evidenced=624000)

TABLE: list[tuple[rules.Rule, Facts, dict[str, object], str]] = [
    (rules.no_amount, PAYABLE, {"amount": 0}, "The amount is not above zero."),
    (rules.not_signed, PAYABLE, {"signed": False}, "The contract is not registered as signed."),
    (
        rules.measure_not_open,
        PAYABLE,
        {"status": "suspended"},
        "The measure is suspended; this instalment is paid while it is contracted or running.",
    ),
    (
        rules.contract_exceeded,
        PAYABLE,
        {"pending": 80001, "committed": 500000},
        "The grant would be exceeded: EUR 4,000.00 + EUR 800.01 + EUR 3,200.00 of EUR 8,000.00.",
    ),
    (
        rules.not_committed,
        PAYABLE,
        {"committed": 319999},
        "Only EUR 3,199.99 are committed to this contract and not yet paid.",
    ),
    (rules.fund_empty, PAYABLE, {"fund_cash": 319999}, "The fund holds EUR 3,199.99; EUR 0.01 are wanting."),
    (rules.other_account, PAYABLE, {"account_matches": False}, "The bank account is not the one in the contract."),
    (
        rules.account_just_changed,
        PAYABLE,
        {"account_waits_until": date(2026, 11, 24)},
        "The bank account was changed; nothing is paid to it before 24 November 2026.",
    ),
    (rules.earlier_instalment_unpaid, PAYABLE, {"paid_before": ()}, "Instalment 1 has not been paid yet."),
    (
        rules.earlier_not_evidenced,
        THIRD,
        {"evidenced": 719999, "paid_before": (400000, 320000, 80000), "number": 4},
        "EUR 7,199.99 of EUR 7,200.00 of instalments 1 to 2 are shown by receipts; all of it is needed.",
    ),
    (
        rules.last_not_evidenced,
        PAYABLE,
        {"evidenced": 248000},
        "62.0 % of instalment 1 is shown by receipts; 70 % is needed. EUR 320.00 more in accepted receipts will do.",
    ),
    (rules.report_missing, PAYABLE, {"report_accepted": False}, "The interim report is not accepted."),
    (
        rules.own_share_missing,
        PAYABLE,
        {"own_share_in": 139999},
        "Own share paid in: EUR 1,399.99 of EUR 1,400.00 due by now.",
    ),
    (
        rules.milestone_open,
        PAYABLE,
        {"open_milestones": ("press installed", "two men trained")},
        "Not reached yet: press installed, two men trained.",
    ),
    (rules.finding_open, PAYABLE, {"open_major_findings": 1}, "A major finding is open."),
    (rules.final_report_missing, LAST, {"final_report_accepted": False}, "The final report is not accepted."),
    (rules.beyond_settlement, LAST, {"settlement_balance": 79999}, "The settlement leaves EUR 799.99 to pay."),
]


def plain(text: str | None) -> str:
    return (text or "").replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(("rule", "facts", "changes", "reason"), TABLE)
def test_each_rule_gives_its_reason(rule: rules.Rule, facts: Facts, changes: dict[str, object], reason: str) -> None:
    assert plain(rule(replace(facts, **changes))) == reason  # type: ignore[arg-type]


def test_every_rule_has_its_row() -> None:
    assert [rule for rule, *_ in TABLE] == [rule for _, rule in rules.RULES]


@pytest.mark.parametrize("facts", [PAYABLE, LAST, THIRD])
def test_an_instalment_with_all_conditions_met_may_be_paid(facts: Facts) -> None:
    assert rules.why_not(facts) == []


def test_all_reasons_are_given_together_and_stand_first_in_the_checklist() -> None:
    facts = replace(PAYABLE, evidenced=0, report_accepted=False, signed=False)
    reasons = rules.why_not(facts)
    assert len(reasons) == 3
    assert [reason for _, reason in rules.checklist(facts)][:4] == [*reasons, None]
    assert len(rules.checklist(facts)) == len(rules.RULES)


def test_receipts_count_for_the_oldest_instalment_first() -> None:
    assert rules.why_not(replace(THIRD, evidenced=624000)) == []
    assert len(rules.why_not(replace(THIRD, evidenced=623999))) == 1
    short, of_last = (plain(reason) for reason in rules.why_not(replace(THIRD, evidenced=399000)))
    assert short == "EUR 3,990.00 of EUR 4,000.00 of instalment 1 are shown by receipts; all of it is needed."
    assert of_last.endswith("EUR 2,250.00 more in accepted receipts will do.")


def test_a_percentage_just_below_the_limit_is_not_shown_as_the_limit() -> None:
    reason = rules.last_not_evidenced(replace(PAYABLE, evidenced=279999))
    assert plain(reason).startswith("69.9 % of instalment 1 is shown by receipts; 70 % is needed. EUR 0.01 more")


def test_the_first_instalment_needs_no_receipts() -> None:
    first = replace(PAYABLE, number=1, paid=0, paid_before=(), evidenced=0, report_needed=False, own_share_in=140000)
    assert rules.why_not(first) == []


@pytest.mark.parametrize(
    ("balance", "reason"),
    [(None, "The settlement has not been made."), (0, "The settlement leaves nothing to pay.")],
)
def test_the_last_instalment_waits_for_the_settlement(balance: int | None, reason: str) -> None:
    assert rules.why_not(replace(LAST, settlement_balance=balance)) == [reason]


@pytest.mark.parametrize("facts", [replace(PAYABLE, committed=320000, fund_cash=320000), LAST])
def test_what_is_pending_leaves_less_to_pay(facts: Facts) -> None:
    facts = replace(facts, awarded=10**9)
    assert rules.why_not(facts) == []
    limited = {rules.not_committed, rules.beyond_settlement if facts.last else rules.fund_empty}
    assert {rule for _, rule in rules.RULES if rule(replace(facts, pending=1))} == limited


@pytest.mark.parametrize(("status", "payable"), [("running", True), ("terminated", True), ("contracted", False)])
def test_a_terminated_measure_is_paid_its_balance(status: str, payable: bool) -> None:
    assert (rules.why_not(replace(LAST, status=status)) == []) is payable


def test_a_changed_account_is_paid_when_the_cooling_off_is_over() -> None:
    assert rules.why_not(replace(PAYABLE, account_waits_until=PAYABLE.today)) == []


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(1, 10**9), st.integers(0, 10**9))
def test_no_payment_passes_that_exceeds_the_contract(paid: int, pending: int, amount: int, awarded: int) -> None:
    facts = replace(PAYABLE, paid=paid, pending=pending, amount=amount, awarded=awarded)
    assert (rules.contract_exceeded(facts) is None) == (paid + pending + amount <= awarded)


@given(st.lists(st.integers(0, 10**9), max_size=4), st.integers(0, 10**10), st.booleans())
def test_any_history_of_payments_is_judged_without_failing(before: list[int], evidenced: int, last: bool) -> None:
    facts = replace(
        PAYABLE,
        number=len(before) + 1,
        last=last,
        paid=sum(before),
        paid_before=tuple(before),
        evidenced=evidenced,
        committed=10**12,
        awarded=10**12,
    )
    mostly = last or evidenced >= sum(before)
    assert (not mostly) or rules.last_not_evidenced(facts) is None
    assert (0 in before) == (rules.earlier_instalment_unpaid(facts) is not None)
    assert rules.why_not(facts) == [reason for _, reason in rules.checklist(facts) if reason]


def test_the_own_share_is_due_pro_rata_with_what_is_shown() -> None:
    assert rules.own_share_due(280000, 1120000, 560000) == 140000
    assert rules.own_share_due(280000, 1120000, 1200000) == 280000
    assert rules.own_share_due(250000, 1000000, 2) == 0
    assert rules.own_share_due(280000, 0, 0) == 0
