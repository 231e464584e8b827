"""What the scores of a closed round say, as the pages show it: proposals, members, the panel, and how firm the ranking is.

A small round sees mean, spread, and the top and bottom sheet; the rest comes by itself from 15 proposals with 4 sheets.
Words for agreement: Koo & Li, A guideline of selecting and reporting intraclass correlation coefficients, Journal of
Chiropractic Medicine 15 (2016), by the 95 % interval; Krippendorff, Content Analysis, 2nd ed. (2004), p. 241.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256

from fundapp.kit import i18n
from fundapp.kit.i18n import gettext as _
from fundapp.kit.i18n import mark
from fundapp.people.models import Person
from fundapp.people.permissions import Role, holds
from fundapp.rating import fairness, firmness, severity
from fundapp.rating.fairness import Figures, Given, MemberFigures
from fundapp.rating.firmness import Firm
from fundapp.rating.ranking import Ranking, Row, Signed, points
from fundapp.rating.severity import AdjustedTotal, Refusal

KOO_LI = ((0.9, mark("excellent")), (0.75, mark("good")), (0.5, mark("moderate")))
KRIPPENDORFF = (
    (0.8, mark("good: conclusions can rest on it")),
    (0.667, mark("moderate: only tentative conclusions can rest on it")),
)


@dataclass(frozen=True)
class Group:
    """Proposals (`members`: measure ids, best first) that cannot be told apart, from one place to another; one alone is."""

    number: int
    low: int
    high: int
    members: tuple[int, ...]

    @property
    def size(self) -> int:
        return len(self.members)


@dataclass(frozen=True)
class Firmness:
    """What the resamples say, by measure id, and the brackets; drawn `times` times from `seed`. `heads`: the first of each."""

    of: Mapping[int, Firm]
    groups: Mapping[int, Group]
    heads: frozenset[int]
    seed: int
    times: int

    def share(self, row: Row) -> int:
        """In how many of a thousand resamples it would be funded: tenths of a percent."""
        return 1000 * self.of[row.measure.id].funded // self.times


@dataclass(frozen=True)
class Proposal:
    """A proposal with its figures; `adjusted`: with severity taken out, advisory, None where that is refused."""

    row: Row
    figures: Figures
    firm: Firm | None
    group: Group | None
    adjusted: AdjustedTotal | None

    @property
    def moved(self) -> int:
        """By how many places it stands higher (or, below zero, lower) without the severity of its members."""
        return self.row.place - self.adjusted.rank if self.adjusted else 0


@dataclass(frozen=True)
class Voice:
    """A member as this reader may see them. `own`: the reader."""

    name: str
    own: bool
    figures: MemberFigures
    out: Decimal | None  # the severity that the advisory rank takes out


@dataclass(frozen=True)
class Coefficient:
    """A measure of agreement with its interval (None: there is none), and what it means in words."""

    name: str
    what: str
    value: float
    low: float | None
    high: float | None
    words: str


@dataclass(frozen=True)
class Fair:
    """`more`: the round is large enough for all but mean and spread. `why_not`: why severity is not taken out."""

    proposals: tuple[Proposal, ...]
    members: tuple[Voice, ...]
    panel: tuple[Coefficient, ...]
    no_panel: str
    complete: bool
    more: bool
    named: bool
    firm: Firmness | None
    why_not: str
    between: Decimal | None

    @property
    def top(self) -> Proposal:
        return self.proposals[0]


def of(ranking: Ranking, *, visible_to: Person) -> Fair:
    """All of it, from a ranking at hand; asks the database nothing."""
    sheets = given(ranking)
    more = fairness.enough_for_more(sheets)
    figures = fairness.of_proposals(sheets)
    firm = firm_of(ranking)
    without = severity.adjusted(sheets) if more else None
    adjusted = None if without is None or isinstance(without, Refusal) else without
    panel, why, complete = _panel(sheets) if more else ((), "", False)
    proposals = [
        Proposal(
            row=row,
            figures=figures[_key(row.measure.id)],
            firm=firm.of[row.measure.id] if firm else None,
            group=firm.groups[row.measure.id] if firm else None,
            adjusted=adjusted.totals[_key(row.measure.id)] if adjusted else None,
        )
        for row in ranking.rows
        if _key(row.measure.id) in figures
    ]
    named = sees_names(visible_to)
    return Fair(
        proposals=tuple(proposals),
        members=tuple(_members(ranking, sheets, adjusted.severity if adjusted else {}, visible_to)) if more else (),
        panel=panel,
        no_panel=why,
        complete=complete,
        more=more,
        named=named,
        firm=firm,
        why_not=_(without.sentence, have=without.have, need=without.need) if isinstance(without, Refusal) else "",
        between=adjusted.between_members if adjusted else None,
    )


def sees_names(person: Person) -> bool:
    """Chair, manager and auditor read which member is strict; members read it of themselves only."""
    return holds(person, Role.CHAIR, Role.MANAGER, Role.AUDITOR)


def given(ranking: Ranking) -> list[Given]:
    """The sheets that count, as values."""
    return [Given(_key(s.measure_id), _key(s.person_id), points(s.total)) for s in ranking.sheets]


def firm_of(ranking: Ranking) -> Firmness | None:
    """How firm the ranking is, for the money of the round; None where there are too few sheets to say."""
    sheets = given(ranking)
    if ranking.kept is None or ranking.scheme is None or not fairness.enough_for_more(sheets):
        return None
    ranked = [firmness.Ranked(_key(r.measure.id), r.total, r.measure.requested, r.barred) for r in ranking.rows]
    found = firmness.firmness(
        sheets, ranked, available=ranking.money, smallest=ranking.call.smallest,
        fundable_from=ranking.scheme.fundable_from, seed=ranking.kept.seed,
    )  # fmt: skip
    places = {_key(row.measure.id): row.place for row in ranking.rows}
    brackets = firmness.brackets(found)
    groups = {
        int(key): Group(number, places[keys[0]], places[keys[-1]], tuple(int(each) for each in keys))
        for number, keys in enumerate(brackets, start=1)
        for key in keys
    }
    heads = frozenset(int(keys[0]) for keys in brackets)
    return Firmness({int(firm.key): firm for firm in found}, groups, heads, ranking.kept.seed, firmness.TIMES)


def at_the_line(ranking: Ranking, firm: Firmness | None) -> Group | None:
    """The bracket through which the money line goes: what the committee should talk about."""
    last = ranking.last
    if firm is None or last is None:
        return None
    group = firm.groups[last]
    within = [row.measure.id for row in ranking.rows if row.fundable and firm.groups[row.measure.id] == group]
    return group if within[-1] != last else None


def _members(ranking: Ranking, sheets: Sequence[Given], out: Mapping[str, Decimal], reader: Person) -> list[Voice]:
    """By name for who may read names, in the order of the alphabet; else one's own first and the others by a number that is
    drawn by lot for this call, so that it says nothing about seats."""
    found = fairness.of_members(sheets)
    who = {_key(sheet.person_id): sheet for sheet in ranking.sheets}
    own = _key(reader.id)
    if sees_names(reader):
        names = {key: i18n.called(sheet) for key, sheet in who.items()}
        order = sorted(found, key=lambda key: i18n.by_name(names[key]))
    else:
        seed = ranking.kept.seed if ranking.kept else 0
        order = sorted(found, key=lambda key: (key != own, sha256(f"{seed}:{key}".encode()).digest()))
        names = {key: _own_name(who[key]) if key == own else _("Member %(n)s", n=n) for n, key in enumerate(order, 1)}
    return [Voice(names[key], key == own, found[key], out.get(key)) for key in order]


def _own_name(sheet: Signed) -> str:
    return _("%(name)s (you)", name=i18n.called(sheet))


def _panel(sheets: Sequence[Given]) -> tuple[tuple[Coefficient, ...], str, bool]:
    """How well the members agree: the coefficients, or the sentence that says why there are none; whether all rated all."""
    table = fairness.table(sheets)
    full = [[cell for cell in row if cell is not None] for row in table]
    complete = all(len(cells) == len(row) for cells, row in zip(full, table, strict=True))
    try:
        if not complete:
            alpha = fairness.krippendorff_alpha(table, "interval")
            return (_alpha(alpha),), "", complete
        one, all_ = fairness.icc(full, "2,1"), fairness.icc(full, "2,k")
        of_one, of_all = fairness.icc_interval(full, "2,1"), fairness.icc_interval(full, "2,k")
    except ValueError as error:
        return (), _(str(error)), complete
    return (
        (
            Coefficient("ICC(2,1)", _("one member alone"), one, *of_one, _in_words(*of_one)),
            Coefficient(
                f"ICC(2,{len(full[0])})",
                _("the mean of all %(n)s members", n=len(full[0])),
                all_,
                *of_all,
                _in_words(*of_all),
            ),
        ),
        "",
        complete,
    )


def _alpha(alpha: float) -> Coefficient:
    found = next((_(text) for least, text in KRIPPENDORFF if alpha >= least), _("poor: too little to rest anything on"))
    return Coefficient(_("Krippendorff’s alpha"), _("members who rated the same proposal"), alpha, None, None, found)


def _in_words(low: float, high: float) -> str:
    """Poor, moderate, good or excellent; from one to another where the interval does not say."""
    worst, best = (next((_(t) for least, t in KOO_LI if value >= least), _("poor")) for value in (low, high))
    return worst if worst == best else _("%(worst)s to %(best)s", worst=worst, best=best)


def _key(id: int) -> str:
    return f"{id:09}"
