from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fundapp.evaluation import impact
from fundapp.evaluation.impact import Answer, Outcome, Rate

KEPT = Outcome(Decimal(10), Decimal(7))
LOST = Outcome(Decimal(10), Decimal("6.99"))


@pytest.mark.parametrize(
    ("reached", "in_use", "outcomes", "answer"),
    [
        (True, True, [LOST, KEPT], Answer.YES),
        (True, True, [LOST], Answer.PARTLY),
        (True, True, [], Answer.PARTLY),
        (True, False, [KEPT], Answer.PARTLY),
        (True, False, [LOST], Answer.NO),
        (True, False, [], Answer.NO),
        (False, True, [KEPT], Answer.UNKNOWN),
    ],
)
def test_a_measure_is_effective_when_in_use_and_an_outcome_lasts(
    reached: bool, in_use: bool, outcomes: list[Outcome], answer: Answer
) -> None:
    assert impact.still_effective(reached=reached, in_use=in_use, outcomes=outcomes) == answer


@pytest.mark.parametrize(
    "outcome",
    [Outcome(None, Decimal(5)), Outcome(Decimal(5), None), Outcome(Decimal(0), Decimal(5))],
)
def test_an_outcome_without_value_does_not_count_as_lasting(outcome: Outcome) -> None:
    assert not outcome.lasts


@pytest.mark.parametrize(
    ("yes", "due", "percent"), [(94, 104, Decimal("90.4")), (0, 5, Decimal("0.0")), (5, 5, Decimal("100.0"))]
)
def test_the_rate_is_yes_of_all_due(yes: int, due: int, percent: Decimal) -> None:
    assert Rate(yes, due).percent == percent


def test_the_rate_is_blank_while_nothing_is_due() -> None:
    assert Rate(0, 0).percent is None


@pytest.mark.parametrize(("yes", "due"), [(1, 0), (-1, 5)])
def test_more_yeses_than_due_are_refused(yes: int, due: int) -> None:
    with pytest.raises(ValueError):
        Rate(yes, due)


def test_rates_at_twelve_and_twenty_four_months_stand_apart() -> None:
    rates = impact.EffectiveRates(latest=Rate(94, 104), at_12_months=Rate(60, 70), at_24_months=Rate(0, 0))
    assert (rates.latest.percent, rates.at_12_months.percent) == (Decimal("90.4"), Decimal("85.7"))
    assert rates.at_24_months.percent is None


@pytest.mark.parametrize(
    ("results", "cost"), [(3, 266667), (Decimal("2.5"), 320000), (0, None), (None, None), (Decimal(0), None)]
)
def test_the_cost_of_a_result_is_blank_without_results(results: int | Decimal | None, cost: int | None) -> None:
    assert impact.cost_per(800000, results) == cost


@given(st.integers(0, 10**12), st.integers(1, 10**6))
def test_the_cost_of_all_results_is_the_amount_but_for_rounding(amount: int, results: int) -> None:
    cost = impact.cost_per(amount, results)
    assert cost is not None
    assert abs(cost * results - amount) * 2 <= results
