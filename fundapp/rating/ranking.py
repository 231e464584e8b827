"""The ranking of a call: what closed rounds say, best first, and how far the money reaches (domain.md 4.2).

Everything here is reckoned from what the reader may see. A proposal that a conflict closes to the reader is left out of
every sum, so that neither its amount nor its score can be worked out; the ranks then count what is seen.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, exists, func, or_, select, true
from sqlalchemy.orm import aliased, joinedload, load_only

from fundapp.funds.models import Call, Fund
from fundapp.funds.queries import figures
from fundapp.kit.database import ReadSession
from fundapp.kit.dates import on
from fundapp.kit.errors import NotFound
from fundapp.measures.conflicts import conflict_of
from fundapp.measures.models import Indicator, Measure
from fundapp.people.models import Person
from fundapp.people.permissions import Role, holds
from fundapp.rating import afterwards, queries, scoring, sitting, standing
from fundapp.rating.models import Criterion, Member, Panel, Result, Scheme, Sheet
from fundapp.rating.scoring import Band

NEEDED = (
    Measure.id, Measure.number, Measure.status, Measure.fund_id, Measure.call_id, Measure.branch_id, Measure.owner_id,
    Measure.organisation_id, Measure.prepared_by_id, Measure.title, Measure.short_title, Measure.place, Measure.region,
    Measure.requested, Measure.awarded, Measure.score, Measure.submitted_at, Measure.created_at,
)  # fmt: skip
"""What a list shows of a measure: hundreds of proposals are not read whole."""


@dataclass(frozen=True)
class Signed:
    """A signed sheet of a closed round: who gave how many tenths of a thousandth of a point."""

    measure_id: int
    person_id: int
    given_name: str
    family_name: str
    total: int


@dataclass(frozen=True)
class Row:
    """A measure in the ranking. `rank` is the official one; `place` counts only what the reader sees.

    `totals` of its sheets in points, shuffled by size; `unjudged`: criteria with a threshold that nobody judged; `added`:
    requests down to here; `amount`: what the money gives it, less than asked where it ends here. Minor units.
    """

    rank: int
    place: int
    measure: Measure
    result: Result
    totals: tuple[Decimal, ...]
    means: tuple[tuple[str, Decimal], ...]
    band: Band | None
    apart: bool
    unjudged: tuple[str, ...]
    enough: bool
    added: int
    amount: int

    @property
    def reached(self) -> bool:
        """The money is enough for it, or for a part."""
        return self.amount > 0

    @property
    def reduced(self) -> bool:
        return 0 < self.amount < self.measure.requested

    @property
    def fundable(self) -> bool:
        return self.band is Band.FUNDABLE

    @property
    def barred(self) -> bool:
        """No score would get it money: knocked out, too few sheets, or a threshold that nobody judged."""
        return bool(self.result.knocked_out or self.unjudged or not self.enough)

    @property
    def total(self) -> Decimal:
        return points(self.result.total)

    @property
    def spread(self) -> Decimal:
        return points(self.result.spread)


@dataclass(frozen=True)
class Ranking:
    """`money`: what this round has to give, of `whole` without what is `held` back for complaints, minor units; `hidden`
    measures are closed to the reader by a conflict of interest, `waiting` ones are not rated yet. `sheets` are those that
    count, in the order of signing."""

    rows: tuple[Row, ...]
    scheme: scoring.Scheme | None
    money: int
    hidden: int
    call: Call
    fund: Fund
    kept: Scheme | None = None
    whole: int = 0
    held: int = 0
    waiting: int = 0
    sheets: tuple[Signed, ...] = ()

    @property
    def reached(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.reached)

    @property
    def left(self) -> int:
        return self.money - sum(row.amount for row in self.rows)

    @property
    def last(self) -> int | None:
        """The measure after which the money line is drawn."""
        return self.reached[-1].measure.id if self.reached else None


def points(kept: int) -> Decimal:
    """Tenths of a thousandth of a point as points."""
    return Decimal(kept).scaleb(-4)


def get(session: ReadSession, call_id: int, *, visible_to: Person, at: datetime) -> Ranking:
    """The ranking of all measures of the call whose rating is closed, in four questions. Only for who may see scores.

    Raises NotFound for who is neither manager nor auditor nor on a committee of the call.
    """
    around = session.execute(_around(call_id, visible_to)).all()
    if not around:
        raise NotFound
    call, fund, kept = around[0][:3]
    waiting, hidden, given = (int(n or 0) for n in around[0][4:7])
    if kept is None:
        return Ranking((), None, call.budget, hidden, call, fund, waiting=waiting)
    scheme = queries.plain(kept, [row[3] for row in around if row[3] is not None])
    # As when nothing of the round was given yet: what was reserved for it since is added to what the fund has left.
    whole = max(0, min(call.budget, figures(session, fund.id).free + given))
    held = afterwards.still_kept(kept, fund, on(at, fund.zone), *around[0][7:])
    money = max(0, whole - held)
    found = session.execute(_measures(call_id, visible_to)).all()
    ranks = {int(p.entry.key): p.rank for p in scoring.ranking(scheme, [_entry(m, r, j) for m, r, j, _s in found])}
    mine = sorted((row for row in found if row[3]), key=lambda row: (ranks[row[0].id], row[0].id))
    sheets = _sheets(session, call_id, {m.id: r.round for m, r, _j, _s in mine})
    rows = _rows(scheme, [(m, r) for m, r, _j, _s in mine], ranks, sheets, money, call.smallest)
    return Ranking(tuple(rows), scheme, money, hidden, call, fund, kept, whole, held, waiting, tuple(sheets))


def of_call(session: ReadSession, call: Call, *, visible_to: Person, at: datetime) -> Ranking:
    """As `get`, of a call that is at hand."""
    return get(session, call.id, visible_to=visible_to, at=at)


def ranks(session: ReadSession, call_id: int) -> dict[int, int]:
    """measure id -> its rank among all measures of the call whose rating is closed; equals share a rank."""
    kept = queries.scheme_of(session, call_id)
    if kept is None:
        return {}
    scheme = queries.plain(kept, queries.criteria(session, kept.id))
    found = session.execute(_measures(call_id, None)).all()
    return {int(place.entry.key): place.rank for place in scoring.ranking(scheme, [_entry(*row[:3]) for row in found])}


def _around(call_id: int, person: Person) -> Any:
    """Call, fund, newest scheme and each of its criteria; then how many wait and are hidden, what was awarded or waits for a
    no-objection, and what tells how much is kept back for complaints."""
    newest = select(func.max(Scheme.id)).where(Scheme.call_id == call_id).correlate(None).scalar_subquery()
    of_call = select(func.count()).select_from(Measure).where(Measure.call_id == call_id)
    closed = Measure.status.in_(queries.CLOSED)
    conflict = conflict_of(person.id)
    asked = (
        select(
            Call, Fund, Scheme, Criterion,
            of_call.where(Measure.status.in_(queries.TO_DECLARE)).scalar_subquery(),
            of_call.where(closed, conflict, _before(person)).scalar_subquery(),
            standing.given_of(call_id), *afterwards.about_reserve(call_id),
        )
        .join(Fund, Fund.id == Call.fund_id)
        .outerjoin(Scheme, Scheme.id == newest)
        .outerjoin(Criterion, Criterion.scheme_id == Scheme.id)
        .where(Call.id == call_id)
        .order_by(Criterion.no, Criterion.id)
    )  # fmt: skip
    if holds(person, Role.MANAGER, Role.AUDITOR):
        return asked
    panels = select(Panel.committee_id).where(Panel.scheme_id == Scheme.id)
    seat = exists().where(
        Member.person_id == person.id,
        Member.left_at.is_(None),
        or_(Member.committee_id == Scheme.committee_id, Member.committee_id.in_(panels)),
    )
    return asked.where(seat)


def _before(person: Person) -> ColumnElement[bool]:
    """The measure of the row, whose rating was opened, is one of those that this person may see scores of."""
    return true() if holds(person, Role.MANAGER, Role.AUDITOR) else sitting.settled_before(person)


def _measures(call_id: int, person: Person | None) -> Any:
    """(measure, the result of its last closed round, planned jobs in thousandths, whether this person sees it)."""
    each = aliased(Result)
    last = select(func.max(each.round)).where(each.measure_id == Measure.id, each.void_at.is_(None))
    jobs = select(func.sum(Indicator.target)).where(Indicator.measure_id == Measure.id, Indicator.code == "jobs")
    sees = true() if person is None else ~conflict_of(person.id) & _before(person)
    return (
        select(Measure, Result, jobs.scalar_subquery(), sees)
        .join(Result, Result.measure_id == Measure.id)
        .where(Measure.call_id == call_id, Measure.status.in_(queries.CLOSED))
        .where(Result.void_at.is_(None), Result.round == last.scalar_subquery())
        .options(load_only(*NEEDED), joinedload(Measure.organisation), joinedload(Measure.branch))
        .order_by(Measure.id)
    )


def _entry(measure: Measure, result: Result, jobs: int | None) -> scoring.Entry:
    return scoring.Entry(
        key=f"{measure.id:09}",
        score=points(result.total),
        means={code: Decimal(mean) for code, mean in result.means.items()},
        requested=measure.requested,
        planned_fte_hundredths=int(jobs or 0) // 10,
        submitted_at=measure.submitted_at or measure.created_at,
    )


def _sheets(session: ReadSession, call_id: int, rounds: Mapping[int, int]) -> list[Signed]:
    """The signed sheets of these rounds (measure id -> round), in the order of signing."""
    asked = (
        select(Sheet.measure_id, Sheet.person_id, Person.given_name, Person.family_name, Sheet.total, Sheet.round)
        .join(Measure, Measure.id == Sheet.measure_id)
        .join(Person, Person.id == Sheet.person_id)
        .where(Measure.call_id == call_id, Sheet.status == "signed")
        .order_by(Sheet.signed_at, Sheet.id)
    )
    return [
        Signed(measure_id, person_id, given, family, int(total or 0))
        for measure_id, person_id, given, family, total, round in session.execute(asked)
        if rounds.get(measure_id) == round
    ]


def _rows(
    scheme: scoring.Scheme, found: Sequence[tuple[Measure, Result]], ranks: Mapping[int, int], sheets: Sequence[Signed],
    money: int, smallest: int,
) -> list[Row]:  # fmt: skip
    totals: dict[int, list[Decimal]] = {measure.id: [] for measure, _result in found}
    for sheet in sheets:
        totals[sheet.measure_id].append(points(sheet.total))
    tested = [c.code for c in scheme.criteria if c.threshold is not None]
    rows: list[Row] = []
    added = 0
    for at, (measure, result) in enumerate(found):
        unjudged = tuple(code for code in tested if code not in result.means)
        enough = result.sheets >= scheme.minimum_sheets
        band = scoring.band(scheme, points(result.total), result.knocked_out) if enough and not unjudged else None
        rank, place = ranks[measure.id], at + 1
        if rows and rows[-1].rank == rank:
            place = rows[-1].place
        added += measure.requested
        rows.append(
            Row(
                rank=rank,
                place=place,
                measure=measure,
                result=result,
                totals=tuple(sorted(totals[measure.id])),
                means=tuple((c.code, Decimal(result.means[c.code])) for c in scheme.criteria if c.code in result.means),
                band=band,
                apart=points(result.spread) > scheme.moderation_above,
                unjudged=unjudged,
                enough=enough,
                added=added,
                amount=0,
            )
        )
    return _with_money(rows, money, smallest)


def _with_money(rows: Sequence[Row], money: int, smallest: int) -> list[Row]:
    """The money handed out down the ranking, to those that are fundable."""
    places = [scoring.Place(row.rank, _entry(row.measure, row.result, 0)) for row in rows if row.fundable]
    amounts = {int(share.key): share.amount for share in scoring.allocate(places, money, smallest)}
    return [replace(row, amount=amounts.get(row.measure.id, 0)) for row in rows]
