"""What fits: the set of proposals with the most points in all under the money and the rules, and what each rule costs.

An integer programme (a knapsack with several bounds: Kellerer, Pferschy & Pisinger, Knapsack Problems, 2004, ch. 9),
solved by branch and cut. It is advice beside the ranking: every proposal is funded in full or not at all, and since each
counts with its points whatever it costs, two modest ones at 65 points come before a dear one at 90. Deviating from the
ranking stays a decision of the committee.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import gcd

import numpy as np

from fundapp.rating.scoring import FOUR_PLACES

OUT_OF_TIME, INFEASIBLE = 1, 2
"""What `scipy.optimize.milp` answers when its time is over, and when nothing keeps all rules."""


class TooSlow(Exception):
    """No set at all was found in the time there was."""


@dataclass
class Limit:
    """How many seconds one search may take; `hit` once a search was broken off, so that a better set may exist."""

    seconds: float
    hit: bool = False


@dataclass(frozen=True)
class Candidate:
    """A proposal that might be funded: points of 100 with 4 decimals, the amount in minor units of one currency, its
    official rank, the groups it belongs to ("branch:7", "donor:3", "organisation:12"). What is not `fundable` (knocked
    out, below the threshold, too few sheets, conflict not settled) is never chosen."""

    key: str
    points: Decimal
    amount: int
    rank: int
    groups: frozenset[str] = frozenset()
    fundable: bool = True


@dataclass(frozen=True)
class AtMost:
    """The amounts of a group (None: of all) add up to no more than `amount` minor units: the money there is, a ceiling of a
    branch, an earmark of a donor."""

    name: str
    amount: int
    group: str | None = None


@dataclass(frozen=True)
class HeldBack:
    """`amount` minor units are taken off every rule about the money of all: a reserve for complaints."""

    name: str
    amount: int


@dataclass(frozen=True)
class AtLeastNumber:
    """At least `number` proposals of a group are funded."""

    name: str
    group: str
    number: int


@dataclass(frozen=True)
class AtMostNumber:
    """At most `number` proposals of a group are funded: two of one organisation."""

    name: str
    group: str
    number: int


Rule = AtMost | HeldBack | AtLeastNumber | AtMostNumber


@dataclass(frozen=True)
class Choice:
    """The best set: keys by rank, their points in all, what they cost in minor units. Where no set keeps all rules, nothing
    is chosen and `contradicting` names rules that cannot hold together, none of which could be left out of that list.
    `proven`: no other set has more points; False where the search was broken off."""

    keys: tuple[str, ...]
    points: Decimal
    spent: int
    contradicting: tuple[str, ...] = ()
    proven: bool = True


def best(candidates: Iterable[Candidate], rules: Sequence[Rule], limit: Limit | None = None) -> Choice:
    """The set with the highest sum of points that keeps the rules; among sets with equal points the one that stands higher
    in the ranking (n points for the first of n, one for the last). What it says of money and points is checked in whole
    numbers. ValueError when a key or the name of a rule comes twice, or an amount or points are negative; TooSlow when the
    `limit` leaves no time to find any."""
    fundable = _in_order(candidates, rules)
    chosen = _most_points(fundable, rules, limit)
    if chosen is None:
        return Choice((), Decimal(0), 0, tuple(_contradicting(fundable, rules)))
    if limit is not None and limit.hit:
        return _choice(fundable, chosen, proven=False)
    places = [len(fundable) - at for at in range(len(fundable))]
    points = [_points(c) for c in fundable]
    least = sum(points[at] for at in chosen)
    try:
        higher = _solve(fundable, rules, places, at_least=(points, least), limit=limit and Limit(limit.seconds))
    except TooSlow:  # the points are the most there are; which of equal sets it is, matters less
        higher = None
    return _choice(fundable, chosen if higher is None else higher)


def most(candidates: Iterable[Candidate], rules: Sequence[Rule], limit: Limit | None = None) -> Decimal | None:
    """The points of the best set alone; None where no set keeps all rules. ValueError and TooSlow as in `best`."""
    fundable = _in_order(candidates, rules)
    chosen = _most_points(fundable, rules, limit)
    return None if chosen is None else _sum(fundable, chosen)


def cost_of_each(candidates: Iterable[Candidate], rules: Sequence[Rule]) -> dict[str, Decimal]:
    """By the name of each rule the points in all that are lost because of it: what the best set without it has more.
    ValueError as in `best`, and where the rules contradict each other."""
    fundable = _in_order(candidates, rules)
    with_all = _sum(fundable, _most_points(fundable, rules))
    costs = {rule.name: Decimal(0) for rule in rules}
    # Rules that cost nothing when all of them are left out cost nothing one by one: halve until one is left.
    open_ = [list(rules)]
    while open_:
        part = open_.pop()
        names = {rule.name for rule in part}
        gain = _sum(fundable, _most_points(fundable, [r for r in rules if r.name not in names])) - with_all
        if gain and len(part) == 1:
            costs[part[0].name] = gain
        elif gain:
            half = len(part) // 2
            open_ += [part[:half], part[half:]]
    return costs


def _in_order(candidates: Iterable[Candidate], rules: Sequence[Rule]) -> list[Candidate]:
    found = list(candidates)
    if len({c.key for c in found}) != len(found) or len({rule.name for rule in rules}) != len(rules):
        raise ValueError("every candidate and every rule has a name of its own")
    if any(c.amount < 0 or c.points < 0 for c in found):
        raise ValueError("amounts and points are not negative")
    return sorted((c for c in found if c.fundable), key=lambda c: (c.rank, c.key))


def _choice(fundable: Sequence[Candidate], chosen: Sequence[int], *, proven: bool = True) -> Choice:
    return Choice(
        keys=tuple(fundable[at].key for at in chosen),
        points=_sum(fundable, chosen),
        spent=sum(fundable[at].amount for at in chosen),
        proven=proven,
    )


def _points(candidate: Candidate) -> int:
    return int(candidate.points * FOUR_PLACES)


def _sum(fundable: Sequence[Candidate], chosen: Sequence[int] | None) -> Decimal:
    if chosen is None:
        raise ValueError("the rules contradict each other")
    return sum((fundable[at].points for at in chosen), Decimal(0))


def _most_points(fundable: Sequence[Candidate], rules: Sequence[Rule], limit: Limit | None = None) -> list[int] | None:
    return _solve(fundable, rules, [_points(candidate) for candidate in fundable], limit=limit)


def _contradicting(fundable: Sequence[Candidate], rules: Sequence[Rule]) -> list[str]:
    """Rules of which all but any one can be kept: each is left out in turn, for good where the rest still contradicts
    itself (the deletion filter of Chinneck & Dravnieks, ORSA Journal on Computing 3, 1991)."""
    left = list(rules)
    for rule in rules:
        without = [other for other in left if other is not rule]
        if _most_points(fundable, without) is None:
            left = without
    return [rule.name for rule in left]


Row = tuple[list[int], int]
"""Whole numbers, one for each candidate, whose sum over the chosen is at most the second."""


def _rows(fundable: Sequence[Candidate], rules: Sequence[Rule]) -> list[Row]:
    held = sum(rule.amount for rule in rules if isinstance(rule, HeldBack))
    found: list[Row] = []
    for rule in rules:
        if isinstance(rule, AtMost):
            amounts = [c.amount if rule.group is None or rule.group in c.groups else 0 for c in fundable]
            found.append((amounts, rule.amount - (held if rule.group is None else 0)))
        elif isinstance(rule, AtMostNumber):
            found.append(([int(rule.group in c.groups) for c in fundable], rule.number))
        elif isinstance(rule, AtLeastNumber):
            found.append(([-int(rule.group in c.groups) for c in fundable], -rule.number))
    return found


def _solve(
    fundable: Sequence[Candidate],
    rules: Sequence[Rule],
    gains: Sequence[int],
    at_least: tuple[Sequence[int], int] | None = None,
    limit: Limit | None = None,
) -> list[int] | None:
    """Places of the candidates with the highest sum of `gains`, None where no set keeps the rules.

    The solver counts in floats and takes 0.999999 for one. So its set is checked in whole numbers, and a set that breaks
    a rule by a hair is cut off and the rest solved again.
    """
    rows = _rows(fundable, rules)
    if at_least is not None:
        rows.append(([-value for value in at_least[0]], -at_least[1]))
    while (chosen := _milp(gains, rows, limit)) is not None:
        broken = [row for row in rows if sum(row[0][at] for at in chosen) > row[1]]
        if not broken:
            return chosen
        inside = set(chosen)
        rows.append(([1 if at in inside else -1 for at in range(len(gains))], len(inside) - 1))
    return None


def _milp(gains: Sequence[int], rows: Sequence[Row], limit: Limit | None) -> list[int] | None:
    from scipy.optimize import Bounds, LinearConstraint, milp  # noqa: PLC0415 - slow to import, asked for by few pages

    if not gains:
        return [] if all(most >= 0 for _, most in rows) else None
    scaled = [_scaled(row) for row in rows]
    limits = (
        [LinearConstraint(np.array([r[0] for r in scaled], dtype=float), ub=[r[1] for r in scaled])] if scaled else []
    )
    found = milp(
        -np.array(gains, dtype=float),
        integrality=np.ones(len(gains), dtype=int),
        bounds=Bounds(0, 1),
        constraints=limits,
        options={"mip_rel_gap": 0} if limit is None else {"mip_rel_gap": 0, "time_limit": limit.seconds},
    )
    if limit is not None and found.status == OUT_OF_TIME:
        limit.hit = True
        if found.x is None:
            raise TooSlow
    if found.x is None and found.status != INFEASIBLE:
        raise RuntimeError(f"the best set was not found: {found.message}")
    return None if found.x is None else [at for at, taken in enumerate(found.x) if taken > 0.5]


def _scaled(row: Row) -> Row:
    """The same row in the largest unit that divides it: 25,000.00 of money becomes 25 where all amounts are thousands."""
    unit = gcd(*row[0])
    return ([value // unit for value in row[0]], row[1] // unit) if unit > 1 else row
