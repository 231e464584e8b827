from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fundapp.rating import scoring
from fundapp.rating.scheme import DEFAULT_SCHEME
from fundapp.rating.scoring import Band, Criterion, Entry, Sheet

CODES = [criterion.code for criterion in DEFAULT_SCHEME.criteria]
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def points(*given_points: int) -> dict[str, int]:
    return dict(zip(CODES, given_points, strict=True))


FIRST = Sheet("a", points(4, 4, 3, 3, 4, 5, 3, 2))
SECOND = Sheet("b", points(5, 4, 4, 2, 3, 4, 4, 3))
THIRD = Sheet("c", points(3, 2, 4, 4, 3, 3, 2, 4))

SHEETS = st.lists(st.tuples(*[st.integers(0, 5)] * 8), min_size=1, max_size=9)


def entry(key: str, score: str = "70", **changes: object) -> Entry:
    means = {"R4": Decimal(3), "R2": Decimal(3)}
    return replace(Entry(key, Decimal(score), means, 500000, 200, NOON), **changes)


def test_a_sheet_totals_to_points_of_a_hundred() -> None:
    assert [str(scoring.total(DEFAULT_SCHEME, sheet.points)) for sheet in (FIRST, SECOND, THIRD)] == [
        "72.0000",
        "75.0000",
        "62.0000",
    ]


def test_three_sheets_give_their_mean_spread_and_criterion_means() -> None:
    result = scoring.outcome(DEFAULT_SCHEME, [FIRST, SECOND, THIRD])
    assert result.score == Decimal("69.6667")
    assert str(scoring.shown(result.score)) == "69.7"
    assert result.spread == Decimal("13.0")
    assert not result.needs_moderation
    assert result.means["R2"] == Decimal("3.3333")
    assert (result.knocked_out, result.band) == ((), Band.FUNDABLE)


def test_a_conflicted_sheet_counts_nowhere() -> None:
    spoiled = Sheet("d", points(*[0] * 8), conflicted=True)
    with_it = scoring.outcome(DEFAULT_SCHEME, [FIRST, spoiled, SECOND, THIRD])
    assert with_it == scoring.outcome(DEFAULT_SCHEME, [FIRST, SECOND, THIRD])


def test_fewer_sheets_than_the_minimum_give_no_band() -> None:
    result = scoring.outcome(DEFAULT_SCHEME, [FIRST, SECOND])
    assert (result.score, result.enough_sheets, result.band) == (Decimal("73.5"), False, None)
    assert scoring.outcome(replace(DEFAULT_SCHEME, minimum_sheets=2), [FIRST, SECOND]).band == Band.FUNDABLE


def test_no_sheet_gives_no_score() -> None:
    result = scoring.outcome(DEFAULT_SCHEME, [])
    assert (result.score, result.spread, result.enough_sheets, result.band) == (None, None, False, None)


def test_a_knock_out_tests_the_mean_and_not_a_single_score() -> None:
    low = Sheet("c", points(5, 1, 5, 5, 5, 5, 5, 5))
    assert scoring.outcome(DEFAULT_SCHEME, [FIRST, SECOND, low]).knocked_out == ()
    lower = Sheet("c", points(5, 0, 5, 5, 5, 5, 5, 5))
    result = scoring.outcome(DEFAULT_SCHEME, [FIRST, SECOND, lower])
    assert result.knocked_out == ("R2",)
    assert result.band == Band.REJECT


def test_a_spread_of_exactly_twenty_needs_no_moderation() -> None:
    threes = points(*[3] * 8)
    at = scoring.outcome(DEFAULT_SCHEME, [Sheet("a", threes), Sheet("b", points(*[4] * 8))])
    above = scoring.outcome(DEFAULT_SCHEME, [Sheet("a", threes), Sheet("b", points(4, 4, 4, 4, 4, 4, 4, 5))])
    assert (at.spread, at.needs_moderation) == (Decimal(20), False)
    assert (above.spread, above.needs_moderation) == (Decimal(21), True)


@pytest.mark.parametrize(
    ("score", "band"),
    [
        ("60.0000", Band.FUNDABLE),
        ("59.9999", Band.IMPROVE),
        ("50.0000", Band.IMPROVE),
        ("49.9999", Band.REJECT),
    ],
)
def test_a_score_falls_into_its_band(score: str, band: Band) -> None:
    assert scoring.band(DEFAULT_SCHEME, Decimal(score)) == band


@pytest.mark.parametrize(
    ("code", "given_points", "needed"), [("R1", 0, True), ("R4", 2, True), ("R4", 3, False), ("R4", 4, False)]
)
def test_extreme_points_need_a_comment(code: str, given_points: int, needed: bool) -> None:
    assert scoring.comment_needed(DEFAULT_SCHEME, code, given_points) is needed


def test_points_below_a_knock_out_need_a_comment_whatever_the_list_says() -> None:
    sparing = replace(DEFAULT_SCHEME, comment_for=frozenset({0, 1}))
    assert [scoring.comment_needed(sparing, code, 2) for code in ("R1", "R3", "R4")] == [True, False, False]


@pytest.mark.parametrize("wrong", [{"R1": 6}, {"R1": -1}, {"R9": 3}])
def test_points_outside_the_scheme_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError):
        scoring.total(DEFAULT_SCHEME, {**FIRST.points, **wrong})


def test_an_incomplete_sheet_has_no_total() -> None:
    gaps = {code: given_points for code, given_points in FIRST.points.items() if code not in ("R3", "R6")}
    assert scoring.missing(DEFAULT_SCHEME, gaps) == ["R3", "R6"]
    with pytest.raises(ValueError):
        scoring.total(DEFAULT_SCHEME, gaps)


def test_two_sheets_of_one_member_are_refused() -> None:
    with pytest.raises(ValueError):
        scoring.outcome(DEFAULT_SCHEME, [FIRST, FIRST])


def without(sheet: Sheet, *codes: str) -> Sheet:
    """The same sheet by a member who cannot judge these criteria."""
    judged = {code: given_points for code, given_points in sheet.points.items() if code not in codes}
    return replace(sheet, points=judged, unjudged=frozenset(codes))


def changed(code: str, **changes: object) -> scoring.Scheme:
    """The default scheme with one criterion changed."""
    lines = (replace(c, **changes) if c.code == code else c for c in DEFAULT_SCHEME.criteria)
    return replace(DEFAULT_SCHEME, criteria=tuple(lines))


def test_what_cannot_be_judged_is_no_zero_and_leaves_the_other_weights_in_proportion() -> None:
    partial = without(FIRST, "R1", "R8")
    assert scoring.total(DEFAULT_SCHEME, partial.points, partial.unjudged) == Decimal("72.0000")
    assert scoring.total(DEFAULT_SCHEME, without(SECOND, "R1").points, {"R1"}) == Decimal("68.75")
    assert scoring.total(DEFAULT_SCHEME, without(THIRD, "R2", "R4", "R5").points, {"R2", "R4", "R5"}) == Decimal(
        "63.3333"
    )


def test_the_mean_of_a_criterion_is_over_those_who_judged_it() -> None:
    result = scoring.outcome(DEFAULT_SCHEME, [without(FIRST, "R2"), SECOND, without(THIRD, "R4")])
    assert (result.means["R2"], result.means["R4"]) == (Decimal(3), Decimal("2.5"))
    assert (result.unjudged_knockouts, result.band) == ((), Band.FUNDABLE)


def test_a_knock_out_that_nobody_judged_leaves_no_band_and_has_to_be_talked_about() -> None:
    result = scoring.outcome(DEFAULT_SCHEME, [without(sheet, "R3", "R4") for sheet in (FIRST, SECOND, THIRD)])
    assert (result.unjudged_knockouts, result.band, result.needs_moderation) == (("R3",), None, True)
    assert {"R3", "R4"} & set(result.means) == set()
    assert result.enough_sheets


def test_a_sheet_judges_at_least_half_of_the_weight() -> None:
    half, less = without(FIRST, "R1", "R2", "R3"), without(FIRST, "R1", "R2", "R3", "R8")
    assert scoring.enough_judged(DEFAULT_SCHEME, half.points, half.unjudged)
    assert not scoring.enough_judged(DEFAULT_SCHEME, less.points, less.unjudged)
    with pytest.raises(ValueError):
        scoring.outcome(DEFAULT_SCHEME, [less])


def test_cannot_judge_is_an_answer_that_needs_a_comment() -> None:
    partial = without(FIRST, "R4")
    assert scoring.missing(DEFAULT_SCHEME, partial.points, partial.unjudged) == []
    assert scoring.missing(DEFAULT_SCHEME, partial.points) == ["R4"]
    assert scoring.comment_needed(DEFAULT_SCHEME, "R4", None)


@pytest.mark.parametrize("unjudged", [{"R1"}, {"R9"}])
def test_points_for_what_cannot_be_judged_are_refused(unjudged: set[str]) -> None:
    with pytest.raises(ValueError):
        scoring.total(DEFAULT_SCHEME, FIRST.points, unjudged)


def test_a_criterion_can_have_a_scale_of_its_own() -> None:
    scheme = changed("R1", highest=10, anchors={10: {"en": "outstanding"}})
    assert scoring.total(scheme, {**FIRST.points, "R1": 10}) == Decimal(76)
    assert scoring.total(scheme, {**FIRST.points, "R1": 4}) == Decimal(64)
    with pytest.raises(ValueError):
        scoring.total(scheme, {**FIRST.points, "R1": 11})


def test_a_criterion_outside_the_total_counts_nowhere_but_can_knock_out() -> None:
    lawful = Criterion("L", 0, {}, {}, threshold=Decimal(1), highest=1, counts=False)
    scheme = replace(DEFAULT_SCHEME, criteria=(*DEFAULT_SCHEME.criteria, lawful))
    given_sheets = [
        replace(sheet, points={**sheet.points, "L": int(sheet is FIRST)}) for sheet in (FIRST, SECOND, THIRD)
    ]
    result = scoring.outcome(scheme, given_sheets)
    assert (result.score, result.means["L"], result.knocked_out) == (Decimal("69.6667"), Decimal("0.3333"), ("L",))
    assert scoring.missing(scheme, FIRST.points) == ["L"]


def test_a_tie_criterion_nobody_judged_stands_behind_a_mean_of_zero() -> None:
    unknown = entry("unknown", means={"R2": Decimal(5)})
    zero = entry("zero", means={"R4": Decimal(0), "R2": Decimal(1)})
    places = scoring.ranking(DEFAULT_SCHEME, [unknown, zero])
    assert [(place.rank, place.entry.key) for place in places] == [(1, "zero"), (2, "unknown")]


@given(SHEETS)
def test_score_and_spread_stay_within_the_sheets(rows: list[tuple[int, ...]]) -> None:
    result = scoring.outcome(DEFAULT_SCHEME, [Sheet(str(n), points(*row)) for n, row in enumerate(rows)])
    totals = result.totals.values()
    assert result.score is not None
    assert min(totals) <= result.score <= max(totals)
    assert result.spread == max(totals) - min(totals)
    assert result.enough_sheets == (len(rows) >= 3) == (result.band is not None)


@given(SHEETS, st.randoms(use_true_random=False))
def test_the_order_of_sheets_changes_nothing(rows: list[tuple[int, ...]], random: object) -> None:
    sheets = [Sheet(str(n), points(*row)) for n, row in enumerate(rows)]
    mixed = list(sheets)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert scoring.outcome(DEFAULT_SCHEME, mixed) == scoring.outcome(DEFAULT_SCHEME, sheets)


def test_ties_are_broken_by_jobs_benefit_cost_of_a_job_and_time() -> None:
    best = entry("best", "70.0001")
    jobs = entry("jobs", means={"R4": Decimal("3.5"), "R2": Decimal(1)})
    benefit = entry("benefit", means={"R4": Decimal(3), "R2": Decimal(4)})
    cheap = entry("cheap", requested=400000)
    early = entry("early", submitted_at=NOON - timedelta(seconds=1))
    jobless = entry("jobless", requested=1, planned_fte_hundredths=0)
    places = scoring.ranking(DEFAULT_SCHEME, [jobless, entry("late"), early, cheap, benefit, jobs, best])
    assert [place.entry.key for place in places] == ["best", "jobs", "benefit", "cheap", "early", "late", "jobless"]
    assert [place.rank for place in places] == [1, 2, 3, 4, 5, 6, 7]


def test_complete_equals_share_a_rank() -> None:
    places = scoring.ranking(DEFAULT_SCHEME, [entry("b"), entry("a"), entry("c", "60")])
    assert [(place.rank, place.entry.key) for place in places] == [(1, "a"), (1, "b"), (3, "c")]


def test_money_goes_down_the_ranking_and_the_rest_stands_in_reserve() -> None:
    places = scoring.ranking(
        DEFAULT_SCHEME, [entry("a", "80"), entry("b", "75"), entry("c", "70"), entry("d", "65", requested=10)]
    )
    shares = scoring.allocate(places, available=820000, smallest=100000)
    assert [(s.key, s.amount, s.reserve, s.reduced) for s in shares] == [
        ("a", 500000, False, False),
        ("b", 320000, False, True),
        ("c", 0, True, False),
        ("d", 0, True, False),
    ]


def test_less_than_the_smallest_viable_grant_is_not_given() -> None:
    places = scoring.ranking(DEFAULT_SCHEME, [entry("a", "80"), entry("b", "75")])
    assert [share.amount for share in scoring.allocate(places, available=599999, smallest=100000)] == [500000, 0]


@given(st.lists(st.integers(1, 10**9), max_size=12), st.integers(0, 10**9), st.integers(0, 10**6))
def test_allocated_money_never_exceeds_what_there_is(asked: list[int], available: int, smallest: int) -> None:
    entries = [entry(str(n), requested=amount) for n, amount in enumerate(asked)]
    shares = scoring.allocate(scoring.ranking(DEFAULT_SCHEME, entries), available, smallest)
    assert sum(share.amount for share in shares) <= available
    assert all((share.amount == 0) == share.reserve for share in shares)


def test_the_default_scheme_is_complete_in_three_languages() -> None:
    assert [(c.code, c.weight) for c in DEFAULT_SCHEME.criteria] == list(
        zip(CODES, (20, 15, 15, 15, 10, 10, 10, 5), strict=True)
    )
    assert [c.threshold for c in DEFAULT_SCHEME.criteria] == [3, 3, 2, None, 2, 3, None, None]
    assert [c.code for c in DEFAULT_SCHEME.criteria if c.needs_identity] == ["R6"]
    assert all(set(c.title) == set(c.question) == {"en", "de", "mn"} for c in DEFAULT_SCHEME.criteria)


@pytest.mark.parametrize(
    "changes",
    [
        {"criteria": DEFAULT_SCHEME.criteria[:7]},
        {"criteria": (*DEFAULT_SCHEME.criteria[:7], DEFAULT_SCHEME.criteria[0])},
        {"criteria": (replace(DEFAULT_SCHEME.criteria[0], weight=100, threshold=Decimal(6)),)},
        {"criteria": (replace(DEFAULT_SCHEME.criteria[0], weight=100, highest=0),)},
        {"criteria": (replace(DEFAULT_SCHEME.criteria[0], weight=100, highest=2),)},
        {"criteria": (replace(DEFAULT_SCHEME.criteria[0], weight=100, anchors={6: {"en": "more"}}),)},
        {"criteria": (replace(DEFAULT_SCHEME.criteria[0], weight=100, counts=False),)},
        {"minimum_sheets": 1},
        {"improve_from": Decimal(61)},
    ],
)
def test_a_scheme_that_makes_no_sense_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        replace(DEFAULT_SCHEME, **changes)  # type: ignore[arg-type]
