from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from fundapp.rating.fairness import icc, icc_interval, krippendorff_alpha

SHROUT_AND_FLEISS = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]

NO = None
KRIPPENDORFF = list(
    zip(
        [1, 2, 3, 3, 2, 1, 4, 1, 2, NO, NO, NO],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NO, 3],
        [NO, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NO],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NO],
        strict=True,
    )
)


@pytest.mark.parametrize(
    ("form", "published"), [("1,1", 0.17), ("2,1", 0.29), ("3,1", 0.71), ("1,4", 0.44), ("2,4", 0.62), ("3,4", 0.91)]
)
def test_correlations_are_those_of_shrout_and_fleiss(form: str, published: float) -> None:
    assert round(icc(SHROUT_AND_FLEISS, form), 2) == published
    assert icc(SHROUT_AND_FLEISS, form.replace("4", "k")) == icc(SHROUT_AND_FLEISS, form)


@pytest.mark.parametrize(("form", "published"), [("2,1", (0.019, 0.761)), ("2,k", (0.071, 0.927))])
def test_intervals_are_the_published_ones(form: str, published: tuple[float, float]) -> None:
    low, high = icc_interval(SHROUT_AND_FLEISS, form)
    assert (round(low, 3), round(high, 3)) == published


def test_a_wider_confidence_gives_a_wider_interval_around_the_value() -> None:
    (low, high), (lower, higher) = (icc_interval(SHROUT_AND_FLEISS, "2,1", c) for c in (0.9, Decimal("0.99")))
    assert lower < low < icc(SHROUT_AND_FLEISS, "2,1") < high < higher


def test_judges_who_agree_have_a_correlation_of_one() -> None:
    alike = [[1, 1, 1], [2, 2, 2], [4, 4, 4]]
    assert [icc(alike, form) for form in ("1,1", "2,1", "3,1", "1,k", "2,k", "3,k")] == [1.0] * 6
    assert icc_interval(alike, "2,k") == (1.0, 1.0)


def test_judges_with_a_constant_distance_are_consistent_but_do_not_agree() -> None:
    apart = [[1, 11], [2, 12], [3, 13]]
    assert icc(apart, "3,1") == 1.0
    assert icc(apart, "2,1") == pytest.approx(1 / 51)
    low, high = icc_interval(apart, "2,1")
    assert low <= icc(apart, "2,1") <= high


@pytest.mark.parametrize("form", ["4,1", "2,3", "2", "2,0", "", "k,2", "1,k,1"])
def test_a_form_nobody_knows_is_refused(form: str) -> None:
    with pytest.raises(ValueError):
        icc(SHROUT_AND_FLEISS, form)


@pytest.mark.parametrize("wrong", [[], [[1, 2]], [[1], [2]], [[1, 2], [3]], [[1, None], [2, 3]], [[7, 7], [7, 7]]])
def test_a_table_that_says_nothing_about_agreement_is_refused(wrong: list[list[int]]) -> None:
    for ask in (icc, icc_interval):
        with pytest.raises(ValueError):
            ask(wrong, "2,1")


def test_an_interval_needs_model_two_and_proposals_that_differ() -> None:
    for rows, form in ((SHROUT_AND_FLEISS, "3,1"), ([[1, 2], [1, 2]], "2,1"), ([[1, 2], [2, 1]], "2,1")):
        with pytest.raises(ValueError):
            icc_interval(rows, form)


@pytest.mark.parametrize(
    ("level", "published"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)]
)
def test_alpha_is_that_of_krippendorffs_example(level: str, published: float) -> None:
    assert round(krippendorff_alpha(KRIPPENDORFF, level), 3) == published


def test_alpha_is_not_defined_where_nothing_varies_or_compares() -> None:
    for rows in ([[3, 3], [3, 3]], [[3, None], [None, 4]], []):
        with pytest.raises(ValueError):
            krippendorff_alpha(rows, "interval")
    with pytest.raises(ValueError):
        krippendorff_alpha(KRIPPENDORFF, "cardinal")
    with pytest.raises(ValueError):
        krippendorff_alpha([[-1, 2], [3, 4]], "ratio")


def _textbook(level: str, values: Sequence[int]) -> Callable[[int, int], Fraction]:
    def ordinal(c: int, k: int) -> Fraction:
        between = sum(values.count(g) for g in range(min(c, k), max(c, k) + 1))
        return (between - Fraction(values.count(c) + values.count(k), 2)) ** 2

    return {
        "nominal": lambda c, k: Fraction(c != k),
        "ordinal": ordinal,
        "interval": lambda c, k: Fraction(c - k) ** 2,
        "ratio": lambda c, k: Fraction(c - k, c + k or 1) ** 2,
    }[level]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(st.none() | st.integers(0, 5), min_size=3, max_size=3), min_size=2, max_size=6),
    st.sampled_from(["nominal", "ordinal", "interval", "ratio"]),
)
def test_alpha_is_what_the_definition_says_pair_by_pair(rows: list[list[int | None]], level: str) -> None:
    units = [unit for unit in ([cell for cell in row if cell is not None] for row in rows) if len(unit) > 1]
    values = [value for unit in units for value in unit]
    assume(len(set(values)) > 1)
    apart = _textbook(level, values)
    observed = sum(apart(c, k) / (len(unit) - 1) for unit in units for c, k in permutations(unit, 2)) / len(values)
    by_chance = sum(apart(c, k) for c, k in permutations(values, 2)) / (len(values) * (len(values) - 1))
    assert krippendorff_alpha(rows, level) == pytest.approx(float(1 - observed / by_chance), abs=1e-12)
