from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fundapp.disbursement import settlement
from fundapp.disbursement.settlement import Financing

CENTS = st.integers(0, 10**12)


def settled(financing: Financing, accepted_cost: int, other_income: int = 0) -> tuple[int, int, int, int]:
    result = settlement.settle(
        financing,
        awarded=750000,
        planned_cost=1000000,
        accepted_cost=accepted_cost,
        paid=675000,
        other_income=other_income,
    )
    return result.grant, result.balance, result.to_pay, result.refund


@pytest.mark.parametrize(
    ("financing", "accepted_cost", "other_income", "expected"),
    [
        (Financing.SHARE, 920000, 0, (690000, 15000, 15000, 0)),
        (Financing.SHARE, 840000, 0, (630000, -45000, 0, 45000)),
        (Financing.SHARE, 1200000, 0, (750000, 75000, 75000, 0)),
        (Financing.DEFICIT, 920000, 260000, (660000, -15000, 0, 15000)),
        (Financing.DEFICIT, 920000, 1000000, (0, -675000, 0, 675000)),
        (Financing.FIXED, 920000, 260000, (750000, 75000, 75000, 0)),
        (Financing.FIXED, 700000, 0, (700000, 25000, 25000, 0)),
        (Financing.FULL, 920000, 0, (750000, 75000, 75000, 0)),
        (Financing.FULL, 600000, 0, (600000, -75000, 0, 75000)),
        (Financing.FULL, 0, 0, (0, -675000, 0, 675000)),
    ],
)
def test_the_grant_follows_the_accepted_cost(
    financing: Financing, accepted_cost: int, other_income: int, expected: tuple[int, int, int, int]
) -> None:
    assert settled(financing, accepted_cost, other_income) == expected


def test_a_share_is_rounded_half_up_once() -> None:
    assert settlement.grant_due(Financing.SHARE, awarded=1, planned_cost=2, accepted_cost=1) == 1
    assert settlement.grant_due(Financing.SHARE, awarded=100, planned_cost=300, accepted_cost=100) == 33


def test_a_share_of_nothing_and_negative_amounts_are_refused() -> None:
    with pytest.raises(ValueError):
        settlement.grant_due(Financing.SHARE, awarded=1, planned_cost=0, accepted_cost=1)
    with pytest.raises(ValueError):
        settlement.grant_due(Financing.FULL, awarded=1, planned_cost=1, accepted_cost=-1)


@given(st.sampled_from(Financing), CENTS, st.integers(1, 10**12), CENTS, CENTS, CENTS)
def test_a_settlement_never_exceeds_the_award_and_always_adds_up(
    financing: Financing, awarded: int, planned: int, accepted: int, paid: int, other: int
) -> None:
    result = settlement.settle(
        financing, awarded=awarded, planned_cost=planned, accepted_cost=accepted, paid=paid, other_income=other
    )
    assert 0 <= result.grant <= awarded
    assert result.paid + result.to_pay - result.refund == result.grant
    assert min(result.to_pay, result.refund) == 0


@pytest.mark.parametrize(
    ("amount", "base", "days", "interest"),
    [
        (200000, "2.27", 60, 2390),
        (200000, "2.27", 0, 0),
        (200000, "-0.88", 365, 8240),
        (200000, "-6", 365, 0),
        (100000, "0", 73, 1000),
    ],
)
def test_money_used_late_bears_interest(amount: int, base: str, days: int, interest: int) -> None:
    assert settlement.late_use_interest(amount, Decimal(base), days) == interest


def test_the_day_count_and_the_margin_can_be_agreed() -> None:
    assert settlement.late_use_interest(100000, Decimal(3), 360, margin=Decimal(2), year_days=360) == 5000


@pytest.mark.parametrize(("amount", "days"), [(-1, 5), (5, -1)])
def test_interest_on_nothing_real_is_refused(amount: int, days: int) -> None:
    with pytest.raises(ValueError):
        settlement.late_use_interest(amount, Decimal(2), days)


@pytest.mark.parametrize(
    ("planned", "actual", "percent", "needs_consent"),
    [
        (100000, 120000, Decimal("20.0"), False),
        (100000, 120001, Decimal("20.0"), True),
        (100000, 80000, Decimal("-20.0"), False),
        (0, 1, None, True),
        (0, 0, None, False),
    ],
)
def test_a_budget_line_may_run_over_by_a_fifth(
    planned: int, actual: int, percent: Decimal | None, needs_consent: bool
) -> None:
    assert settlement.overrun(planned, actual) == percent
    assert settlement.overrun_needs_consent(planned, actual) is needs_consent


def test_another_limit_can_be_agreed() -> None:
    assert not settlement.overrun_needs_consent(100000, 130000, allowed_percent=30)
