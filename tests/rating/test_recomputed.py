"""The official arithmetic against one written a second time, from the text of the rules, in whole numbers and plain loops."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fundapp.rating import scoring
from fundapp.rating.scoring import Band, Criterion, Entry, Scheme, Sheet

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
WEIGHTS = {1: [100], 2: [65, 35], 3: [50, 30, 20], 4: [40, 30, 20, 10], 5: [33, 27, 20, 13, 7]}


@dataclass(frozen=True)
class Proposal:
    key: str
    sheets: list[Sheet]
    requested: int
    jobs: int
    submitted: datetime


@dataclass(frozen=True)
class Round:
    scheme: Scheme
    proposals: list[Proposal]
    available: int
    smallest: int


def _scheme(row: bytes) -> Scheme:
    """One to five criteria that count, perhaps one outside the total, with scales and thresholds of their own."""
    codes = ["R4", "R2", "R1", "R7", "R3"][: row[0] % 5 + 1]
    weights = [*zip(codes, WEIGHTS[len(codes)], strict=True), *([("X", 0)] if row[1] % 2 else [])]
    criteria = []
    for (code, weight), scale, limit in zip(weights, row[6:12], row[12:18], strict=False):
        own = (None, 1, 2, 3, 10)[scale % 5]
        least = None if limit % 2 else Decimal(limit % 11 * (own or 5)).scaleb(-1)
        criteria.append(Criterion(code, weight, {}, {}, least, highest=own, counts=code != "X"))
    return Scheme(
        criteria=tuple(criteria),
        minimum_sheets=2 + row[2] % 2,
        moderation_above=Decimal(5 + row[3] % 56),
        fundable_from=Decimal(400 + row[4] % 201).scaleb(-1),
        improve_from=Decimal(300 + row[5] % 101).scaleb(-1),
    )


@st.composite
def rounds(draw: st.DrawFn) -> Round:
    """Up to six proposals with up to five sheets; some sheets come from a conflicted member, some criteria are not
    judged, some proposals are rated like the one before, so that ties arise. Bytes are drawn, which is quick."""
    scheme = _scheme(draw(st.binary(min_size=18, max_size=18)))
    found: list[Proposal] = []
    for at, row in enumerate(draw(st.lists(st.binary(min_size=40, max_size=40), min_size=1, max_size=6))):
        sheets = [_sheet(scheme, f"m{no}", row[5 + 7 * no :]) for no in range(row[0] % 6)]
        if found and row[1] % 3 == 0:
            sheets = found[-1].sheets
        kept = [s for s in sheets if s.conflicted or scoring.enough_judged(scheme, s.points, s.unjudged)]
        hour = NOON + timedelta(hours=row[4] % 3)
        found.append(Proposal(f"p{at}", kept, (100, 200, 350)[row[2] % 3], row[3] % 3 * 100, hour))
    return Round(scheme, found, draw(st.integers(0, 700)), draw(st.integers(0, 150)))


def _sheet(scheme: Scheme, member: str, row: bytes) -> Sheet:
    """The first byte says whether there is a conflict, the others the points: high ones often, one of six not judged."""
    conflicted, *values = row
    given_points = {
        c.code: max(value // 6 % (scheme.top(c) + 1), value // 6 % 3 * scheme.top(c) // 3)
        for c, value in zip(scheme.criteria, values, strict=False)
        if value % 6 != 5
    }
    unjudged = frozenset(c.code for c in scheme.criteria if c.code not in given_points)
    return Sheet(member, given_points, conflicted % 6 == 5, unjudged)


# A second time. A fraction is a pair of whole numbers, the second above zero.

Pair = tuple[int, int]


def places(value: Pair) -> Decimal:
    whole, rest = divmod(value[0] * 10000, value[1])
    return Decimal(whole + (1 if rest * 2 >= value[1] else 0)) / 10000


def above(one: Pair, other: Pair) -> bool:
    return one[0] * other[1] > other[0] * one[1]


def mean(values: list[Pair]) -> Pair:
    top, bottom = 0, 1
    for value in values:
        top, bottom = top * value[1] + value[0] * bottom, bottom * value[1]
    return top, bottom * len(values)


def total_of(scheme: Scheme, sheet: Sheet) -> Pair:
    weight, gained = 0, (0, 1)
    for criterion in scheme.criteria:
        if criterion.counts and criterion.code not in sheet.unjudged:
            scale = criterion.highest if criterion.highest is not None else scheme.highest
            weight += criterion.weight
            share = (criterion.weight * sheet.points[criterion.code], scale)
            gained = (gained[0] * share[1] + share[0] * gained[1], gained[1] * share[1])
    return gained[0] * 100, gained[1] * weight


@dataclass
class Again:
    totals: dict[str, Decimal]
    score: Decimal | None = None
    spread: Decimal | None = None
    means: dict[str, Decimal] | None = None
    talk: bool = False
    out: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    band: Band | None = None


def again(scheme: Scheme, proposal: Proposal) -> Again:
    counted = [sheet for sheet in proposal.sheets if not sheet.conflicted]
    exact = [total_of(scheme, sheet) for sheet in counted]
    found = Again({sheet.rater: places(value) for sheet, value in zip(counted, exact, strict=True)}, means={})
    if not counted:
        return found
    found.score = places(mean(exact))
    top = low = exact[0]
    for value in exact:
        top, low = value if above(value, top) else top, value if above(low, value) else low
    apart = (top[0] * low[1] - low[0] * top[1], top[1] * low[1])
    found.spread, found.talk = places(apart), above(apart, (int(scheme.moderation_above), 1))
    for criterion in scheme.criteria:
        given_points = [(s.points[criterion.code], 1) for s in counted if criterion.code not in s.unjudged]
        tenths = None if criterion.threshold is None else int(criterion.threshold * 10)
        if given_points:
            found.means[criterion.code] = places(mean(given_points))  # type: ignore[index]
            if tenths is not None and above((tenths, 10), mean(given_points)):
                found.out += (criterion.code,)
        elif tenths is not None:
            found.unknown += (criterion.code,)
            found.talk = True
    if len(counted) >= scheme.minimum_sheets and not found.unknown:
        found.band = Band.REJECT if found.out or found.score < scheme.improve_from else Band.IMPROVE
        if found.band is Band.IMPROVE and found.score >= scheme.fundable_from:
            found.band = Band.FUNDABLE
    return found


def better(one: tuple[Proposal, Again], other: tuple[Proposal, Again]) -> bool:
    """Whether the first stands before the second: score, R4, R2, money for a job, time."""
    (p, a), (q, b) = one, other
    if a.score != b.score:
        return a.score > b.score  # type: ignore[operator]
    for code in ("R4", "R2"):
        mine, theirs = a.means.get(code, Decimal(-1)), b.means.get(code, Decimal(-1))  # type: ignore[union-attr]
        if mine != theirs:
            return mine > theirs
    if (p.jobs > 0) != (q.jobs > 0):
        return p.jobs > 0
    if p.jobs and p.requested * q.jobs != q.requested * p.jobs:
        return p.requested * q.jobs < q.requested * p.jobs
    return p.submitted < q.submitted


@settings(max_examples=1000, deadline=None, suppress_health_check=list(HealthCheck))
@given(rounds())
def test_a_thousand_rounds_come_out_the_same_when_computed_again(rated: Round) -> None:
    second = [(proposal, again(rated.scheme, proposal)) for proposal in rated.proposals]
    entries, fundable = [], []
    for proposal, expected in second:
        found = scoring.outcome(rated.scheme, proposal.sheets)
        assert found == scoring.Outcome(
            totals=expected.totals, score=expected.score, means=expected.means or {}, spread=expected.spread,
            needs_moderation=expected.talk, knocked_out=expected.out, band=expected.band,
            enough_sheets=len(expected.totals) >= rated.scheme.minimum_sheets, unjudged_knockouts=expected.unknown,
        )  # fmt: skip
        if found.score is not None:
            asked = (proposal.requested, proposal.jobs, proposal.submitted)
            entries.append(Entry(proposal.key, found.score, found.means, *asked))
            fundable += [entries[-1]] if found.band is Band.FUNDABLE else []
    scored = [pair for pair in second if pair[1].score is not None]
    ranks = {pair[0].key: 1 + sum(better(other, pair) for other in scored) for pair in scored}
    assert {place.entry.key: place.rank for place in scoring.ranking(rated.scheme, entries)} == ranks

    shares = scoring.allocate(scoring.ranking(rated.scheme, fundable), rated.available, rated.smallest)
    left, open_, expected_shares = rated.available, True, []
    for key in sorted((entry.key for entry in fundable), key=lambda key: (ranks[key], key)):
        asked_for = next(p.requested for p in rated.proposals if p.key == key)
        if left < rated.smallest or left <= 0:
            open_ = False
        given_now = (asked_for if asked_for < left else left) if open_ else 0
        left -= given_now
        expected_shares.append((key, given_now, not open_, open_ and given_now < asked_for))
    assert [(share.key, share.amount, share.reserve, share.reduced) for share in shares] == expected_shares
