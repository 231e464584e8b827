"""Who reads what: members for each proposal without a conflict, with even load, each pair meeting often enough to compare.

Two steps. The load is a transportation problem with convex costs, whose integral optimum makes loads as even as the
conflicts allow (Harvey, Ladner, Lovász & Tamir, Semi-matchings for bipartite graphs and load balancing, J. Algorithms 59,
2006); ties are random. Then members change places between two proposals, which keeps every load, as long as pairs
meet more evenly: a balanced incomplete block design is what this comes near to (Fleiss, Balanced incomplete block
designs for inter-rater reliability studies, Applied Psychological Measurement 5, 1981).
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

TRIES_PER_SEAT = 200

Pair = tuple[str, str]


@dataclass(frozen=True)
class Plan:
    """Who reads what. `seats`: the members of each proposal, those there `already` included; `load`: how many proposals
    each member reads; `meetings`: how many proposals each two members (in the order of their keys) read both; `short`:
    how many members a proposal lacks because the others have a conflict. The same `seed` gives the same plan."""

    seats: Mapping[str, tuple[str, ...]]
    load: Mapping[str, int]
    meetings: Mapping[Pair, int]
    short: Mapping[str, int]
    seed: int

    @property
    def fewest_meetings(self) -> int:
        return min(self.meetings.values(), default=0)

    @property
    def most_meetings(self) -> int:
        return max(self.meetings.values(), default=0)


def assign(
    members: Collection[str],
    proposals: Collection[str],
    conflicts: Collection[Pair],
    per_proposal: int,
    seed: int,
    already: Collection[Pair] = (),
) -> Plan:
    """A plan with `per_proposal` members for each proposal; `conflicts` and `already` are pairs (member, proposal).

    Pairs there already stay (made by hand, or with a sheet), count in the loads, and may be more than `per_proposal`.
    Where fewer members are free of a conflict, all of them are planned and `short` says how many are missing. The order
    of the arguments changes nothing. ValueError when a pair names nobody, or is there already against a conflict.
    """
    people, things = sorted(set(members)), sorted(set(proposals))
    fixed, barred = set(already), set(conflicts)
    if not all(member in set(people) and proposal in set(things) for member, proposal in fixed):
        raise ValueError("a pair that is there already names no member or no proposal of this plan")
    if clash := sorted(fixed & barred):
        raise ValueError(f"{clash[0][0]} has a conflict with {clash[0][1]} and is assigned to it")
    free = {p: [m for m in people if (m, p) not in barred and (m, p) not in fixed] for p in things}
    there = Counter(proposal for _, proposal in fixed)
    wanted = {p: max(per_proposal - there[p], 0) for p in things}
    needed = {p: min(wanted[p], len(free[p])) for p in things}
    seats = _even(people, free, needed, Counter(member for member, _ in fixed), seed)
    for member, proposal in fixed:
        seats[proposal].add(member)
    _mix(seats, barred, fixed, people, seed)
    return Plan(
        seats={proposal: tuple(sorted(seats[proposal])) for proposal in things},
        load={member: sum(member in sitting for sitting in seats.values()) for member in people},
        meetings=_meetings(seats.values(), people),
        short={p: wanted[p] - needed[p] for p in things if wanted[p] > needed[p]},
        seed=seed,
    )


def _even(
    people: Sequence[str],
    free: Mapping[str, Sequence[str]],
    needed: Mapping[str, int],
    held: Mapping[str, int],
    seed: int,
) -> dict[str, set[str]]:
    """Seats with the most even loads: a flow from proposals over members, in which each further proposal of a member
    costs more than the one before, and always more than all edges together, whose costs are random. The simplex method
    ends in a corner, and every corner of a network is whole (Hoffman & Kruskal 1956)."""
    from scipy.optimize import linprog  # noqa: PLC0415 - slow to import, asked for by few pages
    from scipy.sparse import coo_array  # noqa: PLC0415 - as above

    open_ = [proposal for proposal in free if needed[proposal]]
    edges = [(at, people.index(member)) for at, proposal in enumerate(open_) for member in free[proposal]]
    seats: dict[str, set[str]] = {proposal: set() for proposal in free}
    if not edges:
        return seats
    most = Counter(member for _, member in edges)
    steps = [(member, step) for member in most for step in range(most[member])]
    rows = [at for at, _ in edges] + [len(open_) + m for _, m in edges] + [len(open_) + m for m, _ in steps]
    columns = [*range(len(edges)), *range(len(edges)), *range(len(edges), len(edges) + len(steps))]
    flows = coo_array(
        ([1] * (2 * len(edges)) + [-1] * len(steps), (rows, columns)),
        shape=(len(open_) + len(people), len(edges) + len(steps)),
    )
    sums = [needed[proposal] for proposal in open_] + [0] * len(people)
    by_chance = np.random.PCG64(seed).random_raw(len(edges)) % 1000 / 1000
    more = (sum(sums) + 1) * np.array([held.get(people[member], 0) + step for member, step in steps])
    costs = np.concatenate([by_chance, more])
    sparse: Any = flows.tocsr()  # the stubs of scipy know no sparse matrix here
    found = linprog(costs, A_eq=sparse, b_eq=sums, bounds=(0, 1), method="highs-ds")
    if found.x is None:
        raise RuntimeError(f"the load could not be shared out: {found.message}")
    for (at, member), taken in zip(edges, found.x, strict=False):
        if taken > 0.5:
            seats[open_[at]].add(people[member])
    return seats


def _meetings(sittings: Iterable[Collection[str]], people: Sequence[str]) -> dict[Pair, int]:
    met = Counter(pair for sitting in sittings for pair in combinations(sorted(sitting), 2))
    return {pair: met[pair] for pair in combinations(people, 2)}


def _mix(
    seats: Mapping[str, set[str]], barred: Collection[Pair], fixed: Collection[Pair], people: Sequence[str], seed: int
) -> None:
    """Two members change places between two proposals as long as that brings the meetings of pairs nearer to each other:
    the sum of their squares falls, or stays, which leads out of dead ends. A bounded number of tries at random."""
    loose = sorted(
        (proposal, member)
        for proposal, sitting in seats.items()
        for member in sitting
        if (member, proposal) not in fixed
    )
    if len(loose) < 2:
        return
    met = {a: dict.fromkeys(people, 0) for a in people}
    for a, b in (pair for sitting in seats.values() for pair in combinations(sitting, 2)):
        met[a][b] += 1
        met[b][a] += 1
    if _level(met):
        return
    tries = len(loose) * TRIES_PER_SEAT
    chance = (np.random.PCG64(seed + 1).random_raw((tries, 2)) % len(loose)).tolist()
    for one, two in chance:
        (p, a), (q, b) = loose[one], loose[two]
        if a in seats[q] or b in seats[p] or (a, q) in barred or (b, p) in barred:
            continue
        leave, join = seats[p] - seats[q] - {a}, seats[q] - seats[p] - {b}
        gain = sum(met[a][o] - met[b][o] - 1 for o in leave) + sum(met[b][o] - met[a][o] - 1 for o in join)
        if gain < 0:
            continue
        for other, change in [*((o, -1) for o in leave), *((o, 1) for o in join)]:
            for member, step in ((a, change), (b, -change)):
                met[member][other] += step
                met[other][member] += step
        seats[p] ^= {a, b}
        seats[q] ^= {a, b}
        loose[one], loose[two] = (p, b), (q, a)
        if gain and _level(met):
            return


def _level(met: Mapping[str, Mapping[str, int]]) -> bool:
    """Whether no pair meets more than once more often than another: better is not possible."""
    counts = [met[a][b] for a, b in combinations(met, 2)]
    return max(counts, default=0) - min(counts, default=0) <= 1
