"""The ranking of a call: what closed rounds say, best first, with requests added up and the line the money reaches."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, select

from fundapp.funds.models import Call
from fundapp.kit.database import ReadSession
from fundapp.measures.models import Indicator, Measure
from fundapp.people.models import Person
from fundapp.rating import queries, scoring, standing
from fundapp.rating.models import Result, Sheet
from fundapp.rating.scoring import Band


@dataclass(frozen=True)
class Row:
    """A measure in the ranking. `totals` of its sheets in points, shuffled by size; `added` requests down to here, minor units;
    `reached`: the money is enough for it."""

    rank: int
    measure: Measure
    result: Result
    totals: tuple[Decimal, ...]
    means: tuple[tuple[str, Decimal], ...]
    band: Band | None
    apart: bool
    added: int
    reached: bool

    @property
    def total(self) -> Decimal:
        return points(self.result.total)

    @property
    def spread(self) -> Decimal:
        return points(self.result.spread)


@dataclass(frozen=True)
class Ranking:
    """`hidden` measures are closed to the reader by a conflict of interest; their requests are not added up."""

    rows: tuple[Row, ...]
    scheme: scoring.Scheme | None
    money: int
    hidden: int

    @property
    def reached(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.reached)

    @property
    def left(self) -> int:
        return self.money - (self.reached[-1].added if self.reached else 0)


def points(kept: int) -> Decimal:
    """Tenths of a thousandth of a point as points."""
    return Decimal(kept).scaleb(-4)


def of_call(session: ReadSession, call: Call, *, visible_to: Person) -> Ranking:
    """The ranking of all measures of the call whose rating is closed, in a constant number of questions. Only for who may see scores."""
    scheme_row = queries.scheme_of(session, call.id)
    hidden = queries.hidden_count(session, call.id, queries.CLOSED, visible_to)
    if scheme_row is None:
        return Ranking((), None, call.budget, hidden)
    criteria = queries.criteria(session, scheme_row.id)
    scheme = queries.plain(scheme_row, criteria)
    measures = {m.id: m for m in queries.of_call(session, call.id, queries.CLOSED, visible_to=visible_to)}
    results = standing.results(session, measures)
    ranks = _ranks(session, scheme, call.id)
    sheets = standing.signed(session, {id: result.round for id, result in results.items()})
    rows, added, reached = [], 0, True
    for id in sorted(results, key=lambda id: (ranks.get(id, 0), id)):
        measure, result = measures[id], results[id]
        band = scoring.band(scheme, points(result.total), result.knocked_out)
        added += measure.requested
        reached = reached and band is Band.FUNDABLE and added <= call.budget
        rows.append(_row(ranks.get(id, 0), measure, result, sheets[id], band, scheme, added, reached))
    return Ranking(tuple(rows), scheme, call.budget, hidden)


def ranks(session: ReadSession, call_id: int) -> dict[int, int]:
    """measure id -> its rank among all measures of the call whose rating is closed; equals share a rank."""
    scheme = queries.scheme_of(session, call_id)
    return _ranks(session, queries.plain(scheme, queries.criteria(session, scheme.id)), call_id) if scheme else {}


def _ranks(session: ReadSession, scheme: scoring.Scheme, call_id: int) -> dict[int, int]:
    asked = select(Measure.id, Measure.requested, Measure.submitted_at, Measure.created_at).where(
        Measure.call_id == call_id, Measure.status.in_(queries.CLOSED)
    )
    found = {row.id: row for row in session.execute(asked)}
    jobs = _jobs(session, list(found))
    entries = [
        scoring.Entry(
            key=f"{id:09}",
            score=points(result.total),
            means={code: Decimal(mean) for code, mean in result.means.items()},
            requested=found[id].requested,
            planned_fte_hundredths=jobs.get(id, 0),
            submitted_at=found[id].submitted_at or found[id].created_at,
        )
        for id, result in standing.results(session, found).items()
    ]
    return {int(place.entry.key): place.rank for place in scoring.ranking(scheme, entries)}


def _jobs(session: ReadSession, ids: Sequence[int]) -> dict[int, int]:
    """measure id -> planned jobs in hundredths of a full-time job."""
    asked = select(Indicator.measure_id, func.sum(Indicator.target)).where(
        Indicator.measure_id.in_(ids), Indicator.code == "jobs"
    )
    return {int(id): int(target) // 10 for id, target in session.execute(asked.group_by(Indicator.measure_id))}


def _row(
    rank: int,
    measure: Measure,
    result: Result,
    sheets: Sequence[Sheet],
    band: Band,
    scheme: scoring.Scheme,
    added: int,
    reached: bool,
) -> Row:
    return Row(
        rank=rank,
        measure=measure,
        result=result,
        totals=tuple(sorted(points(sheet.total or 0) for sheet in sheets)),
        means=tuple((c.code, Decimal(result.means[c.code])) for c in scheme.criteria if c.code in result.means),
        band=band,
        apart=points(result.spread) > scheme.moderation_above,
        added=added,
        reached=reached,
    )
