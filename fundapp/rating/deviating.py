"""Where decisions depart from the ranking: values only. Each departure needs a reason and a chair's countersign (domain.md 4.3).

A departure is told once, where it begins: who is passed over although the money reaches them is told there, and those who
then come next in turn are not told again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """A proposal in the ranking; `rank` 1 is best, equals share one. `points`: it has as many as are needed. Money in minor units."""

    id: int
    rank: int
    requested: int
    points: bool = True
    knocked_out: bool = False

    @property
    def fundable(self) -> bool:
        return self.points and not self.knocked_out


@dataclass(frozen=True)
class Decided:
    """What was decided on it: approve (with `amount`, minor units), reserve, defer or reject."""

    outcome: str
    amount: int | None = None

    @property
    def approved(self) -> bool:
        return self.outcome == "approve"


def reached(places: Iterable[Place], decided: Mapping[int, Decided], money: int) -> set[int]:
    """Who the money reaches, going down the ranking until it does not. Approved ones take what they are given, those that are
    not yet decided on what they ask for; who is not approved must have fitted in, and leaves the money to the next.

    Equals at the line are reached together or not at all.
    """
    found: set[int] = set()
    left = money
    for equals in _by_rank(place for place in places if place.fundable):
        if sum(_asks(place, decided) for place in equals) > left:
            break
        left -= sum(_asks(place, decided) for place in equals if place.id not in decided or decided[place.id].approved)
        found |= {place.id for place in equals}
    return found


def departures(places: Iterable[Place], decided: Mapping[int, Decided], money: int) -> dict[int, tuple[str, ...]]:
    """id -> codes of DEPARTURES, for decided ones that depart. `money`: what can be given before the meeting, minor units."""
    places = list(places)
    near = reached(places, decided, money)
    passed = {p.id for p in places if p.id in near and p.id in decided and not decided[p.id].approved}
    return {
        place.id: codes
        for place in places
        if place.id in decided and (codes := tuple(_codes(place, places, decided, near, passed)))
    }


def _codes(
    place: Place, places: Iterable[Place], decided: Mapping[int, Decided], near: set[int], passed: set[int]
) -> Iterable[str]:
    if place.id in passed:
        yield "passed_over"
    if not decided[place.id].approved:
        return
    if place.knocked_out:
        yield "knocked_out"
    elif not place.points:
        yield "below"
    if place.id not in near and any(_better_waits(other, place, decided, passed) for other in places):
        yield "out_of_turn"


def _better_waits(other: Place, place: Place, decided: Mapping[int, Decided], passed: set[int]) -> bool:
    """A better one that could be funded is not approved, and nothing else says why."""
    taken = other.id in decided and decided[other.id].approved
    return other.rank < place.rank and other.fundable and not taken and other.id not in passed


def _asks(place: Place, decided: Mapping[int, Decided]) -> int:
    found = decided.get(place.id)
    return found.amount if found is not None and found.amount is not None else place.requested


def _by_rank(places: Iterable[Place]) -> Iterable[list[Place]]:
    found: dict[int, list[Place]] = {}
    for place in places:
        found.setdefault(place.rank, []).append(place)
    return (found[rank] for rank in sorted(found))
