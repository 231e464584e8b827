from datetime import date

import pytest

from fundapp.disbursement.rules import EVIDENCE_PERCENT
from fundapp.grants.plan import SPENT_PERCENT, default_plan, final_report_due, limit, parse_plan, plan, wants_interim

START, END = date(2026, 5, 1), date(2026, 10, 31)


@pytest.mark.parametrize(
    ("award", "percents"),
    [(250000, (90, 10)), (250001, (50, 40, 10)), (1000000, (50, 40, 10)), (1000001, (40, 30, 20, 10))],
)
def test_the_default_plan_follows_the_size_of_the_award(award: int, percents: tuple[int, ...]) -> None:
    assert default_plan(award) == percents
    assert sum(percents) == 100


def test_limits_of_the_plan_are_round_sums_in_another_currency() -> None:
    assert limit(2_500_00, "MNT") == 10_000_000_00
    assert [default_plan(award, currency="MNT") for award in (10_000_000_00, 18_500_000_00)] == [(90, 10), (50, 40, 10)]


@pytest.mark.parametrize(
    ("award", "percents"), [(250000, (100,)), (250001, (70, 30)), (500000, (70, 30)), (500001, (50, 40, 10))]
)
def test_a_small_fund_pays_in_few_instalments(award: int, percents: tuple[int, ...]) -> None:
    assert default_plan(award, "few") == percents


def test_a_single_instalment_is_paid_for_what_receipts_have_shown() -> None:
    [only] = plan(250_000, (100,), starts_on=START, ends_on=END)
    assert (only.amount, only.needs_report, only.planned_on) == (250_000, "final", date(2027, 1, 29))


def test_an_interim_report_is_asked_for_above_five_thousand_or_not_at_all() -> None:
    assert [wants_interim(award) for award in (500_000, 500_001)] == [False, True]
    assert not wants_interim(1_200_000, "none")
    parts = plan(750_000, (50, 40, 10), starts_on=START, ends_on=END, interim=False)
    assert [part.needs_report for part in parts] == ["", "", "final"]
    assert parts[1].condition == "70 % of instalment 1 spent and shown by accepted receipts; own contribution in step."


def test_instalments_sum_to_the_award_to_the_cent() -> None:
    parts = plan(750_001, (50, 40, 10), starts_on=START, ends_on=END)
    assert [part.amount for part in parts] == [375_001, 300_000, 75_000]
    assert sum(part.amount for part in parts) == 750_001


def test_the_last_instalment_waits_for_the_final_report_and_the_middle_ones_for_interim_reports() -> None:
    parts = plan(1_200_000, (40, 30, 20, 10), starts_on=START, ends_on=END)
    assert [part.needs_report for part in parts] == ["", "interim", "interim", "final"]
    assert [part.planned_on for part in parts] == [START, date(2026, 7, 1), date(2026, 8, 31), date(2027, 1, 29)]
    assert parts[1].condition == (
        "70 % of instalment 1 spent and shown by accepted receipts; interim report 1 accepted; own contribution in step."
    )
    assert parts[2].condition == (
        "70 % of instalment 2 spent and shown by accepted receipts; earlier instalments wholly shown by receipts; "
        "interim report 2 accepted; own contribution in step."
    )


def test_the_final_report_is_due_ninety_days_after_the_end() -> None:
    assert final_report_due(END) == date(2027, 1, 29)


def test_the_contract_promises_what_the_rule_asks() -> None:
    assert SPENT_PERCENT == EVIDENCE_PERCENT


@pytest.mark.parametrize(("text", "percents"), [("50/40/10", (50, 40, 10)), (" 90 / 10 ", (90, 10))])
def test_a_plan_can_be_written_in_percentages(text: str, percents: tuple[int, ...]) -> None:
    assert parse_plan(text) == percents


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("50/40", "“50/40” makes 90 percent in 2 parts; one to six parts make 100."),
        ("50/-40/90", "“50/-40/90” is not a plan. Write percentages such as 50/40/10."),
        ("٥٠/٥٠", "“٥٠/٥٠” is not a plan. Write percentages such as 50/40/10."),
    ],
)
def test_an_odd_plan_is_refused_with_what_was_typed(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=r"plan|percent") as refused:
        parse_plan(text)
    assert str(refused.value) == said
