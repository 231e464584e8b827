"""How firm a ranking is: the panel is drawn again and again from its own members, and each time the money is handed out.

The members are resampled, not the sheets: who sits on the panel is the chance a proposal is exposed to, and a strict
member is strict with all proposals at once. Graves, Barnett & Clarke (Funding grant proposals for scientific research,
BMJ 343, 2011, d4797) did it with the grants of a national council; that intervals of ranks come out of the same
resamples: Goldstein & Spiegelhalter, J. R. Statist. Soc. A 159 (1996), Hall & Miller, Annals of Statistics 37 (2009).
With k members a bootstrap shows about (k - 1) / k of the variance of a mean (Davison & Hinkley, Bootstrap Methods and
Their Application, 1997, ch. 2), so a small panel is a little less firm than its shares say.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from fundapp.rating.fairness import Given
from fundapp.rating.scoring import FOUR_PLACES

TIMES = 2000
TOLD_APART = Fraction(1, 20)
"""Two proposals cannot be told apart when the lower one equals or passes the other in more than one resample of twenty."""
LOW, HIGH = 0.05, 0.95

Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Ranked:
    """A proposal of the official ranking: its score, what it asks for in minor units, and whether it cannot be funded
    whatever its score (`barred`: knocked out, or too few sheets)."""

    key: str
    score: Decimal
    requested: int
    barred: bool = False


@dataclass(frozen=True)
class Firm:
    """What the resamples say about a proposal: how many of them fund it (`funded` of `times`), between which ranks 5 and
    95 of a hundred leave it, the number of its bracket from 1, and in how many none of its members was drawn (`unseen`)."""

    key: str
    times: int
    funded: int
    low: int
    high: int
    bracket: int
    unseen: int

    @property
    def share(self) -> Fraction:
        return Fraction(self.funded, self.times)


def firmness(
    sheets: Sequence[Given],
    ranked: Sequence[Ranked],
    *,
    available: int,
    smallest: int,
    fundable_from: Decimal,
    seed: int,
    times: int = TIMES,
) -> list[Firm]:
    """What becomes of each proposal of the official order (`ranked`, best first) when the panel is drawn `times` times.

    A resample draws as many members as there are, with replacement; one drawn twice counts twice. The score of a
    proposal is the mean of its sheets by members drawn, rounded as the official one; equals keep their official order.
    Then money goes down the order as in `scoring.allocate`, to those who reach `fundable_from` and are not barred:
    `available` and the `smallest` viable grant in minor units; who gets a part of what was asked counts as funded. A
    proposal none of whose members was drawn keeps its official score: a new draw until all are seen would never end
    where each proposal has few sheets, and leaving it out would hand its money to others; it looks a little firmer than
    it is (with 3 of 7 members in one resample of fifty), so `unseen` counts those.

    The same seed gives the same result, with any version of NumPy: only the stream of bits of PCG64 is used, which
    NumPy guarantees (NEP 19). ValueError when a sheet belongs to no ranked proposal, or nothing can be drawn.
    """
    if not sheets or times < 1:
        raise ValueError("there is no sheet, or nothing to draw")
    given, there = _tables(sheets, [proposal.key for proposal in ranked])
    drawn = _draws(len(given), seed, times)
    scores, seen = _scores(drawn, given, there, [_whole(proposal.score) for proposal in ranked])
    order = np.argsort(-scores, axis=1, kind="stable")
    ranks = np.empty_like(order)
    np.put_along_axis(ranks, order, np.arange(1, len(ranked) + 1)[None, :], axis=1)
    fundable = (scores >= _whole(fundable_from)) & ~np.array([proposal.barred for proposal in ranked])
    funded = _funded(order, fundable, [proposal.requested for proposal in ranked], available, smallest)
    low, high = np.quantile(ranks, (LOW, HIGH), axis=0, method="inverted_cdf")
    heads = _heads(scores)
    return [
        Firm(
            key=proposal.key,
            times=times,
            funded=int(funded[:, at].sum()),
            low=int(low[at]),
            high=int(high[at]),
            bracket=heads[at],
            unseen=times - int(seen[:, at].sum()),
        )
        for at, proposal in enumerate(ranked)
    ]


def brackets(found: Sequence[Firm]) -> list[list[str]]:
    """The proposals in official order, in groups that cannot be told apart.

    A group goes from its first proposal down as long as the next one equals or passes this first one in more than 5 %
    of the resamples; the one that does not opens a new group. It is compared with the head of the group, not with its
    neighbour: neighbours nearly always change places, and the whole ranking would be one group.
    """
    groups: dict[int, list[str]] = {}
    for firm in found:
        groups.setdefault(firm.bracket, []).append(firm.key)
    return list(groups.values())


def _whole(points: Decimal) -> int:
    """Points as ten-thousandths, which they are kept in."""
    return int(points * FOUR_PLACES)


def _tables(sheets: Sequence[Given], keys: Sequence[str]) -> tuple[Counts, Counts]:
    """The totals, and where there are any: rows are members by key, columns the proposals in order."""
    column = {key: at for at, key in enumerate(keys)}
    row = {member: at for at, member in enumerate(sorted({sheet.member for sheet in sheets}))}
    given, there = np.zeros((2, len(row), len(column)), dtype=np.int64)
    for sheet in sheets:
        if sheet.proposal not in column:
            raise ValueError(f"{sheet.proposal} has a sheet and no rank")
        given[row[sheet.member], column[sheet.proposal]] = _whole(sheet.total)
        there[row[sheet.member], column[sheet.proposal]] = 1
    return given, there


def _draws(members: int, seed: int, times: int) -> Counts:
    """How often each member is drawn in each resample; the remainder of 64 bits is uniform to 1 in 10 to the power 18."""
    picked = (np.random.PCG64(seed).random_raw((times, members)) % members).astype(np.int64)
    places = picked + members * np.arange(times)[:, None]
    return np.bincount(places.ravel(), minlength=times * members).reshape(times, members).astype(np.int64)


def _scores(drawn: Counts, given: Counts, there: Counts, official: Sequence[int]) -> tuple[Counts, NDArray[np.bool_]]:
    """The score of each proposal in each resample in ten-thousandths, half up, and whether anybody drawn scored it."""
    sums, numbers = _product(drawn, given), _product(drawn, there)
    seen = numbers > 0
    mean = (2 * sums + numbers) // np.where(seen, 2 * numbers, 1)
    return np.where(seen, mean, np.array(official, dtype=np.int64)), seen


def _product(drawn: Counts, values: Counts) -> Counts:
    """The product of two matrices of integers; in floats, which are quick, and exact up to 9 x 10 to the power 15."""
    return np.rint(drawn.astype(np.float64) @ values.astype(np.float64)).astype(np.int64)


def _funded(
    order: NDArray[np.intp], fundable: NDArray[np.bool_], requested: Sequence[int], available: int, smallest: int
) -> NDArray[np.bool_]:
    """`scoring.allocate` for all resamples at once: who is reached while at least the smallest viable grant is left."""
    asked = np.where(fundable, np.array(requested, dtype=np.int64), 0)
    down = np.take_along_axis(asked, order, axis=1)
    left = available - (np.cumsum(down, axis=1) - down)
    reached = np.empty_like(fundable)
    np.put_along_axis(reached, order, left >= max(smallest, 1), axis=1)
    return reached & fundable


def _heads(scores: Counts) -> list[int]:
    """The number of the bracket of each proposal, in official order."""
    head, number, found = 0, 1, []
    for at in range(scores.shape[1]):
        level = int((scores[:, at] >= scores[:, head]).sum())
        if level <= TOLD_APART * len(scores):
            head, number = at, number + 1
        found.append(number)
    return found
