"""What fits: beside the official allocation the set with the most points under the money and some rules, and what each
rule costs. Advice that decides nothing; the arithmetic stands in `fitting.py`."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select

from fundapp.kit import i18n
from fundapp.kit.database import ReadSession
from fundapp.kit.i18n import gettext as _
from fundapp.kit.i18n import ngettext
from fundapp.measures.lifecycle import Status
from fundapp.measures.models import Measure
from fundapp.rating import fitting, queries, scoring
from fundapp.rating.fitting import AtLeastNumber, AtMost, AtMostNumber, Candidate, HeldBack, Limit, Rule
from fundapp.rating.proceedings import Decision
from fundapp.rating.ranking import Ranking, Row
from fundapp.regions.areas import name as area

SECONDS = 2.0  # for one search; a page asks for one or two, and one more for each rule


@dataclass(frozen=True)
class Least:
    """At least `number` from a group: "branch:7" or "region:MN-067"."""

    group: str
    number: int


@dataclass(frozen=True)
class Rules:
    """What holds besides the ranking; amounts in minor units of the fund's currency."""

    money: int
    held: int = 0
    ceiling: int | None = None
    one_each: bool = False
    leasts: tuple[Least, ...] = ()


@dataclass(frozen=True)
class Pool:
    """What there is to choose from. `past`: all is decided, so this is the round as it was before. `groups`: what a rule may ask
    for, by key and in words. `given`: what branches got in this call, by id."""

    ranking: Ranking
    rows: tuple[Row, ...]
    money: int
    past: bool
    groups: dict[str, str]
    given: dict[int, int]

    @property
    def standard(self) -> Rules:
        """The rules of the scheme."""
        kept = self.ranking.kept
        return Rules(self.money, self.ranking.held, kept.branch_ceiling if kept else None)


@dataclass(frozen=True)
class Chosen:
    """A proposal that is in the official allocation (`amount`, minor units) or in the best set."""

    row: Row
    amount: int
    best: bool


@dataclass(frozen=True)
class Cost:
    """A rule in words and the points that are lost because of it; None where that took too long to find out."""

    name: str
    points: Decimal | None


@dataclass(frozen=True)
class Fits:
    """`contradicting`: rules, in words, that cannot all hold; then no set is chosen. `found`: False when time was too short.
    `points` and `spent` of the best set, `official_...` of the allocation down the ranking."""

    chosen: tuple[Chosen, ...]
    neither: int
    found: bool
    proven: bool
    contradicting: tuple[str, ...]
    points: Decimal
    spent: int
    official_points: Decimal
    official_spent: int
    costs: tuple[Cost, ...]
    money: int

    @property
    def number(self) -> int:
        return sum(each.best for each in self.chosen)

    @property
    def official_number(self) -> int:
        return sum(each.amount > 0 for each in self.chosen)

    @property
    def same(self) -> bool:
        return all(each.best == (each.amount > 0) for each in self.chosen)


def pool(session: ReadSession, ranking: Ranking) -> Pool:
    """The proposals that are rated and not decided, and the money not given yet; all of them once all are decided.

    Reckoned from what the reader sees: what a closed proposal was given is not taken off.
    """
    asked = select(Decision.measure_id, Decision.amount).join(Measure, Measure.id == Decision.measure_id)
    waiting = {
        int(id): int(amount or 0)
        for id, amount in session.execute(asked.where(Measure.call_id == ranking.call.id, Decision.waits))
    }
    open_ = tuple(r for r in ranking.rows if r.measure.status == Status.RATED and r.measure.id not in waiting)
    given: Counter[int] = Counter()
    spent = 0
    for row in ranking.rows if open_ else ():
        m = row.measure
        amount = int(m.awarded or 0) if m.status in queries.SPENT else waiting.get(m.id, 0)
        spent += amount
        given[m.branch_id or 0] += amount
    rows = open_ or ranking.rows
    return Pool(ranking, rows, max(0, ranking.whole - spent), not open_, _groups(rows), dict(given))


def of(pool: Pool, rules: Rules, *, seconds: float = SECONDS) -> Fits:
    """The best set under these rules beside the official allocation; asks the database nothing."""
    candidates = [_candidate(row) for row in pool.rows]
    families = _families(pool, rules)
    official = _official(pool, rules)
    limit = Limit(seconds)
    every = [rule for _name, part in families for rule in part]
    names = {rule.name: name for name, part in families for rule in part}
    found = True
    try:
        choice = fitting.best(candidates, every, limit)
    except fitting.TooSlow:
        choice, found = fitting.Choice((), Decimal(0), 0, proven=False), False
    costs = _costs(candidates, families, choice, seconds) if found and not choice.contradicting else []
    best = {int(key) for key in choice.keys}
    chosen = [
        Chosen(row, official.get(row.measure.id, 0), row.measure.id in best)
        for row in pool.rows
        if official.get(row.measure.id) or row.measure.id in best
    ]
    return Fits(
        chosen=tuple(chosen),
        neither=len(pool.rows) - len(chosen),
        found=found,
        proven=choice.proven,
        contradicting=tuple(dict.fromkeys(names[name] for name in choice.contradicting)),
        points=choice.points,
        spent=choice.spent,
        official_points=sum((each.row.total for each in chosen if each.amount), Decimal(0)),
        official_spent=sum(each.amount for each in chosen),
        costs=tuple(costs),
        money=max(0, rules.money - rules.held),
    )


def _costs(
    candidates: list[Candidate], families: list[tuple[str, list[Rule]]], choice: fitting.Choice, seconds: float
) -> Iterable[Cost]:
    for name, part in families:
        limit = Limit(seconds)
        rest = [rule for other, rules in families if other != name for rule in rules]
        try:
            without = fitting.most(candidates, rest, limit)
        except fitting.TooSlow:
            without = None
        known = without is not None and not limit.hit and choice.proven
        yield Cost(
            name, without - choice.points if known and without is not None and part else None if part else Decimal(0)
        )


def _official(pool: Pool, rules: Rules) -> dict[int, int]:
    """measure id -> what it gets when the money is handed out down the ranking."""
    places = [
        scoring.Place(row.rank, scoring.Entry(f"{row.measure.id:09}", row.total, {}, row.measure.requested, 0, row.measure.created_at))
        for row in pool.rows
        if row.fundable
    ]  # fmt: skip
    shares = scoring.allocate(places, max(0, rules.money - rules.held), pool.ranking.call.smallest)
    return {int(share.key): share.amount for share in shares if share.amount}


def _candidate(row: Row) -> Candidate:
    m = row.measure
    groups = {f"branch:{m.branch_id or 0}", f"region:{m.region}", f"organisation:{m.organisation_id or 0}"}
    return Candidate(f"{m.id:09}", row.total, m.requested, row.rank, frozenset(groups), row.fundable)


def _families(pool: Pool, rules: Rules) -> list[tuple[str, list[Rule]]]:
    """Each rule in words with what it means for the single groups; those that bind nothing are left out."""
    money: list[Rule] = [AtMost("money", rules.money)]
    found: list[tuple[str, list[Rule]]] = [(_("The money at hand"), money)]
    if rules.held:
        found.append((_("What is held back for complaints"), [HeldBack("held", rules.held)]))
    if rules.ceiling is not None:
        branches = sorted({row.measure.branch_id or 0 for row in pool.rows})
        caps: list[Rule] = [
            AtMost(f"ceiling {id}", max(0, rules.ceiling - pool.given.get(id, 0)), f"branch:{id}") for id in branches
        ]
        found.append((_("The ceiling for one branch"), caps))
    for n, least in enumerate(rules.leasts):
        name = ngettext(
            "At least one from %(group)s",
            "At least %(num)s from %(group)s",
            least.number,
            group=pool.groups[least.group],
        )
        found.append((name, [AtLeastNumber(f"least {n}", least.group, least.number)]))
    if rules.one_each:
        several = Counter(row.measure.organisation_id for row in pool.rows if row.measure.organisation_id)
        one: list[Rule] = [
            AtMostNumber(f"one {id}", f"organisation:{id}", 1) for id, number in sorted(several.items()) if number > 1
        ]
        found.append((_("One proposal of an organisation"), one))
    return found


def _groups(rows: Iterable[Row]) -> dict[str, str]:
    """Branches and regions of these proposals, in the order of the alphabet."""
    branches = {f"branch:{r.measure.branch_id}": i18n.named(r.measure.branch) for r in rows if r.measure.branch}
    regions = {f"region:{r.measure.region}": area(r.measure.region) for r in rows if r.measure.region}
    return {
        key: text
        for part in (branches, regions)
        for key, text in sorted(part.items(), key=lambda each: i18n.by_name(each[1]))
    }
