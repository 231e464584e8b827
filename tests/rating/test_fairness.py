from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fundapp.rating import scoring
from fundapp.rating.fairness import Given, enough_for_more, figures, of_members, of_proposals, table
from fundapp.rating.firmness import Firm, Ranked, brackets, firmness
from fundapp.rating.scheme import DEFAULT_SCHEME
from fundapp.rating.severity import Adjusted, Refusal, adjusted

SHROUT_AND_FLEISS = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]


def sheets(rows: Sequence[Sequence[object]]) -> list[Given]:
    """Proposals p0, p1 … in rows, members a, b, c … in columns."""
    return [
        Given(f"p{row}", "abcdefghijklmno"[column], Decimal(str(cell)))
        for row, cells in enumerate(rows)
        for column, cell in enumerate(cells)
        if cell is not None
    ]


def ranked(given_sheets: Sequence[Given], requested: int = 100, **barred: bool) -> list[Ranked]:
    """The proposals as the official ranking has them, equals by key."""
    means = {key: found.mean for key, found in of_proposals(given_sheets).items()}
    order = sorted(means, key=lambda key: (-means[key], key))
    return [Ranked(key, means[key], requested, barred.get(key, False)) for key in order]


def draw(given_sheets: Sequence[Given], **changes: object) -> list[Firm]:
    settings = {"available": 100, "smallest": 50, "fundable_from": Decimal(60), "seed": 5, "times": 200}
    return firmness(given_sheets, **{"ranked": ranked(given_sheets), **settings, **changes})  # type: ignore[arg-type]


# Proposals and members


def test_a_proposal_has_mean_median_spread_and_deviation() -> None:
    found = figures([Decimal("72.0000"), Decimal("75.0000"), Decimal("62.0000"), Decimal("66.6667")])
    assert [found.number, found.mean, found.median, found.spread, found.deviation] == [
        4, Decimal("68.9167"), Decimal("69.3334"), Decimal(13), Decimal("5.7566")
    ]  # fmt: skip
    assert (found.lowest, found.highest) == (62, 75)
    assert figures([Decimal(70)]).deviation is None


def test_severity_counts_from_the_others_on_the_same_proposals() -> None:
    found = of_members(sheets([[70, 80, 90], [50, 60, None], [None, None, 95]]))
    assert [(m.common, m.severity, m.scatter) for m in found.values()] == [
        (2, Decimal("12.5"), Decimal("2.5")),
        (2, Decimal(-5), Decimal(5)),
        (1, Decimal(-15), None),
    ]
    assert (found["c"].figures.number, found["c"].figures.spread) == (2, Decimal(5))


def test_a_member_alone_has_neither_severity_nor_scatter() -> None:
    (found,) = of_members(sheets([[70], [80]])).values()
    assert (found.figures.mean, found.common, found.severity, found.scatter) == (75, 0, None, None)


def test_fifteen_proposals_with_four_sheets_are_enough_for_more() -> None:
    assert enough_for_more(sheets([[60] * 4] * 15))
    assert not enough_for_more(sheets([[60] * 7] * 14 + [[60] * 3] * 9))


def test_a_table_has_gaps_where_there_is_no_sheet() -> None:
    assert table(sheets([[1, None], [2, 3]])) == [[1, None], [2, 3]]


# How firm


def _by_hand(given_sheets: Sequence[Given], places: Sequence[Ranked], seed: int, times: int) -> list[list[str]]:
    """Keys funded in each resample by the official functions; the order of submission is the official one."""
    members = sorted({sheet.member for sheet in given_sheets})
    bits = np.random.PCG64(seed).random_raw((times, len(members)))
    found = []
    for row in bits:
        drawn = [members[int(bit) % len(members)] for bit in row]
        entries = []
        for at, place in enumerate(places):
            totals = [
                s.total for member in drawn for s in given_sheets if (s.proposal, s.member) == (place.key, member)
            ]
            score = scoring.four(Fraction(sum(totals)) / len(totals)) if totals else place.score
            when = datetime(2026, 11, 23, 12, at, tzinfo=UTC)
            if score >= 60 and not place.barred:
                entries.append(scoring.Entry(place.key, score, {}, place.requested, 0, when))
        shares = scoring.allocate(scoring.ranking(DEFAULT_SCHEME, entries), 250, 40)
        found.append([share.key for share in shares if not share.reserve])
    return found


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.lists(st.none() | st.integers(50, 75), min_size=4, max_size=4).filter(any), min_size=1, max_size=6),
    st.integers(0, 2**32),
    st.lists(st.tuples(st.integers(1, 120), st.booleans()), min_size=6, max_size=6),
)
def test_each_resample_funds_whom_the_official_rules_fund(
    rows: list[list[int | None]], seed: int, asked: list[tuple[int, bool]]
) -> None:
    given_sheets = sheets(rows)
    places = [
        replace(place, requested=amount, barred=barred)
        for place, (amount, barred) in zip(ranked(given_sheets), asked, strict=False)
    ]
    found = draw(given_sheets, ranked=places, available=250, smallest=40, seed=seed, times=20)
    funded = [key for keys in _by_hand(given_sheets, places, seed, 20) for key in keys]
    assert {firm.key: firm.funded for firm in found} == {place.key: funded.count(place.key) for place in places}


def test_the_same_seed_gives_the_same_answer_whatever_the_order_of_sheets() -> None:
    given_sheets = sheets([[61, 70, 55], [66, 60, 64], [62, 63, 61]])
    assert draw(given_sheets) == draw(given_sheets[::-1]) != draw(given_sheets, seed=6)


def test_two_members_who_disagree_fund_the_second_in_one_of_four_panels() -> None:
    first, second = draw(sheets([[80, 60], [60, 80]]), times=2000)
    assert (first.funded, second.funded) == (2000 - second.funded, second.funded)
    assert second.share == pytest.approx(0.25, abs=0.03)
    assert (first.low, first.high, second.low, second.high) == (1, 2, 1, 2)


def test_who_is_knocked_out_has_a_rank_and_no_money() -> None:
    given_sheets = sheets([[90, 91], [70, 71]])
    first, second = draw(given_sheets, ranked=ranked(given_sheets, p0=True))
    assert (first.funded, first.high, second.funded, second.low) == (0, 1, 200, 2)


def test_a_proposal_whose_members_are_not_drawn_keeps_its_score() -> None:
    first, second = draw(sheets([[80, None], [None, 70]]))
    assert (first.funded, first.high, second.low) == (200, 1, 2)
    assert 30 < first.unseen < 70


def test_brackets_hold_what_cannot_be_told_apart_from_their_first() -> None:
    found = draw(sheets([[90, 91, 89], [70, 64, 61], [63, 65, 66], [64, 64, 64], [30, 31, 30], [30, 31, 30]]))
    assert brackets(found) == [["p0"], ["p1", "p2", "p3"], ["p4", "p5"]]


def test_a_sheet_without_a_rank_is_refused_and_so_is_nothing() -> None:
    given_sheets = sheets([[80, 60]])
    for changes in ({"ranked": []}, {"times": 0}):
        with pytest.raises(ValueError):
            draw(given_sheets, **changes)
    with pytest.raises(ValueError):
        firmness([], [], available=1, smallest=1, fundable_from=Decimal(60), seed=1)


# Severity taken out


def test_severity_without_noise_is_taken_out_wholly() -> None:
    worth, milder = [50, 60, 70, 80, 65, 55, 75], [-6, -2, 3, 5]
    rows = [[w + m for m in milder] for w in worth]
    for row, gap in enumerate([0, 1, 2, 3, None, 0, 1]):
        if gap is not None:
            rows[row][gap] = None  # type: ignore[call-overload]
    found = adjusted(sheets(rows))
    assert isinstance(found, Adjusted)
    assert [found.totals[f"p{at}"].total for at in range(7)] == worth
    assert [found.severity[m] for m in "abcd"] == [6, 2, -3, -5]
    assert (next(iter(found.totals)), found.totals["p3"].rank, found.totals["p0"].rank, found.noise) == ("p3", 1, 7, 0)


def test_variances_of_a_complete_table_are_those_of_its_mean_squares() -> None:
    found = adjusted(sheets(SHROUT_AND_FLEISS))
    assert isinstance(found, Adjusted)
    assert (found.noise, found.between_members) == (Decimal("1.0097"), Decimal("2.2901"))
    means = [Fraction(sum(column), 6) for column in zip(*SHROUT_AND_FLEISS, strict=True)]
    shrunk = [float(sum(means) / 4 - mean) * 6 / (6 + 1.019444 / 5.244444) for mean in means]
    assert [float(found.severity[m]) for m in "abcd"] == pytest.approx(shrunk, abs=0.0001)


def test_members_who_differ_no_more_than_by_chance_change_nothing() -> None:
    found = adjusted(sheets([[60, 62, 61], [72, 70, 71], [51, 51, 54], [66, 69, 66], [80, 77, 77]]))
    assert isinstance(found, Adjusted)
    assert (found.between_members, set(found.severity.values())) == (0, {Decimal(0)})
    assert found.totals["p1"].total == 71


@pytest.mark.parametrize(
    ("rows", "have", "need"),
    [
        ([], 0, 3),
        ([[60, 61, 62]] * 5 + [[60, 61, None]], 2, 3),
        ([[60, 61, 62]] * 4, 4, 5),
        ([[*[60, 61, 62], *[None] * 3]] * 5 + [[*[None] * 3, *[60, 61, 62]]] * 5, 2, 1),
    ],
)
def test_too_small_a_round_is_refused_with_a_sentence(rows: list[list[int | None]], have: int, need: int) -> None:
    found = adjusted(sheets(rows))
    assert isinstance(found, Refusal)
    assert (found.have, found.need) == (have, need)
    assert found.sentence % {"have": have, "need": need}


def test_equals_share_an_adjusted_rank() -> None:
    found = adjusted(sheets([[a, a, a] for a in (60, 70, 70, 50, 40)]))
    assert isinstance(found, Adjusted)
    assert [found.totals[f"p{at}"].rank for at in range(5)] == [3, 1, 1, 4, 5]


def test_two_sheets_of_one_member_on_one_proposal_are_refused() -> None:
    with pytest.raises(ValueError):
        adjusted([Given(p, m, Decimal(60)) for p, m in product("pq", "aa")])
