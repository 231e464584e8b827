from dataclasses import replace
from decimal import Decimal
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fundapp.rating.fitting import (
    AtLeastNumber,
    AtMost,
    AtMostNumber,
    Candidate,
    Choice,
    HeldBack,
    Rule,
    best,
    cost_of_each,
)


def candidate(key: str, points: str, amount: int, rank: int, *groups: str) -> Candidate:
    return Candidate(key, Decimal(points), amount, rank, frozenset(groups))


FIVE = [
    candidate("wool", "90", 600, 1, "branch:1", "organisation:1"),
    candidate("weld", "80", 500, 2, "branch:2"),
    candidate("paper", "70", 300, 3, "branch:1", "organisation:1"),
    candidate("bees", "65", 300, 4, "branch:1"),
    candidate("bread", "62", 200, 5, "branch:3"),
]


def test_the_best_set_has_the_most_points_the_money_can_buy() -> None:
    assert best(FIVE, [AtMost("money", 1000)]) == Choice(("weld", "paper", "bread"), Decimal(212), 1000)
    assert best(FIVE, [AtMost("money", 999)]) == Choice(("paper", "bees", "bread"), Decimal(197), 800)
    assert best(FIVE, []).points == 367


def test_each_rule_says_what_it_costs_in_points() -> None:
    rules = [
        AtMost("money", 1000),
        HeldBack("reserve", 100),
        AtMost("ceiling", 900, "branch:1"),
        AtLeastNumber("branch 2", "branch:2", 1),
        AtMostNumber("one each", "organisation:1", 1),
    ]
    assert best(FIVE, rules) == Choice(("weld", "paper"), Decimal(150), 800)
    assert cost_of_each(FIVE, rules) == {"money": 147, "reserve": 62, "ceiling": 0, "branch 2": 47, "one each": 0}


def test_equal_points_go_to_the_higher_ranked() -> None:
    equals = [candidate(f"p{rank}", "70", 100, rank) for rank in (4, 2, 3, 1)]
    assert best(equals, [AtMost("money", 299)]).keys == ("p1", "p2")


def test_who_is_not_fundable_is_never_chosen() -> None:
    out = [replace(c, fundable=c.key != "paper") for c in FIVE]
    assert best(out, [AtMost("money", 1000)]).keys == ("weld", "bees", "bread")
    assert best(out, [AtLeastNumber("two", "organisation:1", 2)]) == Choice((), Decimal(0), 0, ("two",))


def test_rules_that_contradict_each_other_are_named() -> None:
    rules = [
        AtMostNumber("two of branch 1", "branch:1", 2),
        AtMost("money", 900),
        AtLeastNumber("one of branch 2", "branch:2", 1),
        HeldBack("reserve", 300),
        AtLeastNumber("one of branch 3", "branch:3", 1),
    ]
    assert best(FIVE, rules).contradicting == ("money", "one of branch 2", "reserve", "one of branch 3")
    with pytest.raises(ValueError):
        cost_of_each(FIVE, rules)


def test_more_held_back_than_there_is_contradicts_the_money() -> None:
    for candidates in (FIVE, []):
        assert best(candidates, [AtMost("money", 5), HeldBack("reserve", 6)]).contradicting == ("money", "reserve")
    assert best([], [AtMost("money", 5)]) == Choice((), Decimal(0), 0)


def test_a_single_minor_unit_of_a_very_large_sum_decides() -> None:
    large = [candidate(f"p{n}", "70", 10**13 + n, n) for n in range(1, 6)]
    exact = 3 * 10**13 + 6
    assert best(large, [AtMost("money", exact)]).keys == ("p1", "p2", "p3")
    assert len(best(large, [AtMost("money", exact - 1)]).keys) == 2


@pytest.mark.parametrize(
    ("candidates", "rules"),
    [
        ([*FIVE, FIVE[0]], []),
        (FIVE, [AtMost("a", 1), HeldBack("a", 1)]),
        ([candidate("a", "70", -1, 1)], []),
        ([candidate("a", "-1", 1, 1)], []),
    ],
)
def test_what_has_no_name_of_its_own_or_is_below_zero_is_refused(
    candidates: list[Candidate], rules: list[Rule]
) -> None:
    with pytest.raises(ValueError):
        best(candidates, rules)


def _keeps(chosen: tuple[Candidate, ...], rule: Rule, rules: list[Rule]) -> bool:
    inside = [c for c in chosen if getattr(rule, "group", None) in (None, *c.groups)]
    if isinstance(rule, AtMost):
        held = sum(other.amount for other in rules if isinstance(other, HeldBack)) if rule.group is None else 0
        return sum(c.amount for c in inside) + held <= rule.amount
    if isinstance(rule, HeldBack):
        return True
    return len(inside) >= rule.number if isinstance(rule, AtLeastNumber) else len(inside) <= rule.number


def _all_sets(candidates: list[Candidate], rules: list[Rule]) -> list[tuple[Candidate, ...]]:
    can = sorted((c for c in candidates if c.fundable), key=lambda c: c.rank)
    sets = [chosen for size in range(len(can) + 1) for chosen in combinations(can, size)]
    return [chosen for chosen in sets if all(_keeps(chosen, rule, rules) for rule in rules)]


GROUP = st.sampled_from(["a", "b", "c"])
RULES = st.lists(
    st.one_of(
        st.builds(AtMost, st.just(""), st.integers(0, 400), st.none() | GROUP),
        st.builds(HeldBack, st.just(""), st.integers(0, 100)),
        st.builds(AtLeastNumber, st.just(""), GROUP, st.integers(0, 3)),
        st.builds(AtMostNumber, st.just(""), GROUP, st.integers(0, 3)),
    ),
    max_size=5,
)
CANDIDATES = st.lists(
    st.tuples(st.integers(500000, 990000), st.integers(0, 150), st.sets(GROUP), st.integers(0, 5)), max_size=8
)


@settings(max_examples=120, deadline=None)
@given(CANDIDATES, RULES)
def test_no_set_at_all_is_better_than_the_chosen_one(
    drawn: list[tuple[int, int, set[str], int]], unnamed: list[Rule]
) -> None:
    rules = [replace(rule, name=str(at)) for at, rule in enumerate(unnamed)]
    candidates = [
        Candidate(f"p{at}", Decimal(points).scaleb(-4), amount, at + 1, frozenset(groups), fundable=luck > 0)
        for at, (points, amount, groups, luck) in enumerate(drawn)
    ]
    lawful = _all_sets(candidates, rules)
    found = best(candidates, rules)
    if not lawful:
        left = [rule for rule in rules if rule.name in found.contradicting]
        assert not _all_sets(candidates, left)
        assert all(_all_sets(candidates, [r for r in left if r is not rule]) for rule in left)
        return
    order = [c.key for c in reversed(candidates) if c.fundable]

    def worth(chosen: tuple[Candidate, ...]) -> tuple[Decimal, int]:
        return sum((c.points for c in chosen), Decimal(0)), sum(1 + order.index(c.key) for c in chosen)

    chosen = tuple(c for c in candidates if c.key in found.keys)
    assert chosen in lawful
    assert (found.points, found.spent) == (worth(chosen)[0], sum(c.amount for c in chosen))
    assert worth(chosen) == max(map(worth, lawful))
    assert cost_of_each(candidates, rules) == {
        rule.name: max(
            worth(other)[0] for other in _all_sets(candidates, [r for r in rules if r is not rule])
        ) - found.points
        for rule in rules
    }  # fmt: skip
