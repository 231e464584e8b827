"""The arithmetic of the rating: from points to totals, means, bands, a ranking, and who gets how much.

All exact; results carry 4 decimals and are shown with one. Decisions are taken on the 4 decimals, so 59.96 is shown
as 60.0 and still is no 60. The default scheme stands in `scheme.py`.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from fundapp.kit.money import half_up

FOUR_PLACES = 10_000


class Band(StrEnum):
    """What a score proposes; the committee decides."""

    FUNDABLE = "fundable"
    IMPROVE = "improve"
    REJECT = "reject"


@dataclass(frozen=True)
class Criterion:
    """One line of a scheme. `weight` counts in points of 100; a mean below `threshold` (on its scale) knocks out.

    Points go from 0 to `highest` (None: the scheme's); `anchors` say what a point means, by point and language. What
    does not count (`counts`) is outside the total, whatever its weight; it can still knock out. `title` and `question`
    by language. What `needs_identity` cannot be scored blind.
    """

    code: str
    weight: int
    title: Mapping[str, str]
    question: Mapping[str, str]
    threshold: Decimal | None = None
    needs_identity: bool = False
    highest: int | None = None
    counts: bool = True
    anchors: Mapping[int, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Scheme:
    """What the committee of a call scores by: the weights of the criteria that count sum to 100, points go from 0 to
    `highest` where a criterion has no scale of its own, and the limits.

    ValueError when weights, codes, scales or limits make no sense.
    """

    criteria: tuple[Criterion, ...]
    highest: int = 5
    comment_for: frozenset[int] = frozenset({0, 1, 2, 5})
    minimum_sheets: int = 3
    moderation_above: Decimal = Decimal(20)
    fundable_from: Decimal = Decimal(60)
    improve_from: Decimal = Decimal(50)
    tie_codes: tuple[str, ...] = ("R4", "R2")

    def __post_init__(self) -> None:
        codes = [criterion.code for criterion in self.criteria]
        if len(set(codes)) != len(codes):
            raise ValueError("two criteria have the same code")
        counting = [criterion.weight for criterion in self.criteria if criterion.counts]
        if sum(counting) != 100 or any(weight <= 0 for weight in counting):
            raise ValueError("weights are positive and sum to 100")
        for c in self.criteria:
            if self.top(c) < 1 or any(not 0 <= point <= self.top(c) for point in c.anchors):
                raise ValueError(f"{c.code} has no scale, or words for points outside of it")
            if c.threshold is not None and not 0 <= c.threshold <= self.top(c):
                raise ValueError(f"the threshold of {c.code} lies between 0 and {self.top(c)}")
        if self.minimum_sheets < 2 or not 0 <= self.improve_from <= self.fundable_from <= 100:
            raise ValueError("at least two sheets, and limits in order")

    def top(self, criterion: Criterion) -> int:
        """The most points this criterion can get."""
        return self.highest if criterion.highest is None else criterion.highest


@dataclass(frozen=True)
class Sheet:
    """What one member gave: points by criterion, and the codes of those the member cannot judge (`unjudged`).

    A sheet of a conflicted member stays on record and counts nowhere.
    """

    rater: str
    points: Mapping[str, int]
    conflicted: bool = False
    unjudged: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Outcome:
    """One proposal after its round. Numbers have 4 decimals; `totals` are those of the sheets that count, in order.

    Without any sheet that counts, score and spread are None; with fewer than the minimum there is no band. `means` has
    no entry for a criterion that nobody judged; where such a criterion has a threshold, it stands in
    `unjudged_knockouts`: then there is no band, and the committee has to talk.
    """

    totals: Mapping[str, Decimal]
    score: Decimal | None
    means: Mapping[str, Decimal]
    spread: Decimal | None
    needs_moderation: bool
    knocked_out: tuple[str, ...]
    enough_sheets: bool
    band: Band | None
    unjudged_knockouts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Entry:
    """A scored proposal in the ranking. `requested` in minor units of the call's currency; planned jobs in hundredths
    of a full-time equivalent; a proposal without planned jobs, or without a mean that breaks ties, stands behind its
    equals that have one."""

    key: str
    score: Decimal
    means: Mapping[str, Decimal]
    requested: int
    planned_fte_hundredths: int
    submitted_at: datetime


@dataclass(frozen=True)
class Place:
    """A rank and who holds it; complete equals share a rank, and the next one is left out."""

    rank: int
    entry: Entry


@dataclass(frozen=True)
class Share:
    """What the money reaches for: `amount` in minor units, 0 on the reserve list; `reduced` when less than asked."""

    key: str
    amount: int
    reserve: bool
    reduced: bool


def missing(scheme: Scheme, points: Mapping[str, int], unjudged: Collection[str] = ()) -> list[str]:
    """Codes of the criteria that have neither points nor "cannot judge" yet, in the scheme's order."""
    return [c.code for c in scheme.criteria if c.code not in points and c.code not in unjudged]


def comment_needed(scheme: Scheme, code: str, points: int | None) -> bool:
    """Whether these points need a reason: those the scheme lists (0, 1, 2 and 5), any below a threshold, and None,
    which is "cannot judge"."""
    threshold = _criterion(scheme, code).threshold
    return points is None or points in scheme.comment_for or (threshold is not None and points < threshold)


def enough_judged(scheme: Scheme, points: Mapping[str, int], unjudged: Collection[str] = ()) -> bool:
    """Whether the criteria that have points, and are not among the unjudged, carry at least half of the weight."""
    return 2 * sum(c.weight for c in _judged(scheme, points, unjudged) if c.counts) >= 100


def total(scheme: Scheme, points: Mapping[str, int], unjudged: Collection[str] = ()) -> Decimal:
    """What a complete sheet gives, 0 to 100: 100 x sum(weight x points / highest) / sum(weight) over the criteria that
    count and were judged, 4 decimals. What cannot be judged is no zero: the other weights stay in proportion.

    ValueError for missing or unknown criteria, for points outside the scale, for points where the member cannot judge,
    and when less than half of the weight was judged.
    """
    return four(_total(scheme, points, unjudged))


def outcome(scheme: Scheme, sheets: Iterable[Sheet]) -> Outcome:
    """What the sheets of one proposal say together. Means are over members without a conflict, the mean of a criterion
    over those who judged it; a knock-out tests that mean, never a single score; a spread above the limit, or a
    knock-out that nobody judged, asks for moderation; a knocked-out proposal is in the lowest band whatever its score.
    ValueError as in `total`."""
    counted = [sheet for sheet in sheets if not sheet.conflicted]
    totals = {sheet.rater: _total(scheme, sheet.points, sheet.unjudged) for sheet in counted}
    if len(totals) != len(counted):
        raise ValueError("a member has two sheets in one round")
    if not counted:
        return Outcome({}, None, {}, None, False, (), False, None)
    score = Fraction(sum(totals.values()), len(counted))
    spread = max(totals.values()) - min(totals.values())
    means = _means(scheme, counted)
    tested = {c.code: Fraction(c.threshold) for c in scheme.criteria if c.threshold is not None}
    out = tuple(code for code, least in tested.items() if code in means and means[code] < least)
    open_ = tuple(code for code in tested if code not in means)
    enough = len(counted) >= scheme.minimum_sheets
    return Outcome(
        totals={rater: four(value) for rater, value in totals.items()},
        score=four(score),
        means={code: four(mean) for code, mean in means.items()},
        spread=four(spread),
        needs_moderation=spread > Fraction(scheme.moderation_above) or bool(open_),
        knocked_out=out,
        enough_sheets=enough,
        band=band(scheme, four(score), out) if enough and not open_ else None,
        unjudged_knockouts=open_,
    )


def band(scheme: Scheme, score: Decimal, knocked_out: Sequence[str] = ()) -> Band:
    """Fundable from 60, to be improved from 50, else to be rejected; a knock-out always is the last."""
    if knocked_out or score < scheme.improve_from:
        return Band.REJECT
    return Band.FUNDABLE if score >= scheme.fundable_from else Band.IMPROVE


def four(value: Fraction) -> Decimal:
    """Four decimals, half up: how totals, means and spreads are kept."""
    return Decimal(half_up(value.numerator * FOUR_PLACES, value.denominator)).scaleb(-4)


def shown(value: Decimal) -> Decimal:
    """One decimal, half up, for reading: 69.6667 is 69.7."""
    return Decimal(half_up(*(value * 10).as_integer_ratio())).scaleb(-1)


def ranking(scheme: Scheme, entries: Iterable[Entry]) -> list[Place]:
    """Best first: score; among equals the mean of jobs and incomes, then of public benefit, then the lower grant per
    planned full-time job, then the earlier submission. Criteria that a scheme lacks decide nothing; where nobody judged
    one, the proposal stands behind its equals, even behind a mean of zero."""
    ordered = sorted(entries, key=lambda entry: (_merit(scheme, entry), entry.key))
    places: list[Place] = []
    for position, entry in enumerate(ordered, start=1):
        level = bool(places) and _merit(scheme, places[-1].entry) == _merit(scheme, entry)
        places.append(Place(places[-1].rank if level else position, entry))
    return places


def allocate(places: Iterable[Place], available: int, smallest: int) -> list[Share]:
    """Who gets money, down the ranking (fundable proposals only, amounts in minor units of one currency).

    As long as at least the `smallest` viable grant is left, the next proposal gets what it asks or what is left; from
    then on all stand on the reserve list, also those asking for less. Sums never exceed `available`.
    """
    left = available
    stopped = False
    shares: list[Share] = []
    for place in places:
        stopped = stopped or left < max(smallest, 1)
        amount = 0 if stopped else min(place.entry.requested, left)
        left -= amount
        shares.append(Share(place.entry.key, amount, reserve=stopped, reduced=0 < amount < place.entry.requested))
    return shares


def _merit(scheme: Scheme, entry: Entry) -> tuple[object, ...]:
    ties = tuple((code not in entry.means, -entry.means.get(code, Decimal(0))) for code in scheme.tie_codes)
    jobs = entry.planned_fte_hundredths
    per_job = (0, Fraction(entry.requested, jobs)) if jobs > 0 else (1, Fraction(0))
    return (-entry.score, ties, per_job, entry.submitted_at)


def _criterion(scheme: Scheme, code: str) -> Criterion:
    for criterion in scheme.criteria:
        if criterion.code == code:
            return criterion
    raise ValueError(f"the scheme has no criterion {code}")


def _judged(scheme: Scheme, points: Mapping[str, int], unjudged: Collection[str]) -> list[Criterion]:
    return [c for c in scheme.criteria if c.code in points and c.code not in unjudged]


def _means(scheme: Scheme, sheets: Sequence[Sheet]) -> dict[str, Fraction]:
    """The mean points of each criterion that at least one of the sheets judges."""
    given = {c.code: [s.points[c.code] for s in sheets if c.code not in s.unjudged] for c in scheme.criteria}
    return {code: Fraction(sum(points), len(points)) for code, points in given.items() if points}


def _total(scheme: Scheme, points: Mapping[str, int], unjudged: Collection[str]) -> Fraction:
    if gaps := missing(scheme, points, unjudged):
        raise ValueError(f"no points for {', '.join(gaps)}")
    for code in unjudged:
        _criterion(scheme, code)
        if code in points:
            raise ValueError(f"{code} has points and cannot be judged")
    for code, given in points.items():
        top = scheme.top(_criterion(scheme, code))
        if not 0 <= given <= top:
            raise ValueError(f"{code} has {given} points, the scale is 0 to {top}")
    if not enough_judged(scheme, points, unjudged):
        raise ValueError("less than half of the weight was judged")
    counting = [c for c in _judged(scheme, points, unjudged) if c.counts]
    gained = sum((Fraction(c.weight * points[c.code], scheme.top(c)) for c in counting), Fraction(0))
    return 100 * gained / sum(c.weight for c in counting)
