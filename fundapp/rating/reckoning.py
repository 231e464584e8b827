"""What the sheets of a round say together: its result, frozen at the close, and reckoned again when a sheet no longer counts."""

from datetime import datetime

from fundapp.kit.database import WriteSession
from fundapp.measures.models import Measure
from fundapp.rating import queries, scoring, standing
from fundapp.rating.models import Result, Scheme, Sheet


def result_of(
    session: WriteSession, measure: Measure, scheme: Scheme, round: int, sheets: list[Sheet], at: datetime
) -> Result:
    """The result of these signed sheets (at least one), not yet added to the session."""
    criteria = queries.criteria(session, scheme.id)
    given = standing.scores(session, [sheet.id for sheet in sheets])
    values = [
        scoring.Sheet(
            str(sheet.person_id),
            {c.code: points for c in criteria if (points := given[sheet.id][c.id].points) is not None},
            unjudged=frozenset(c.code for c in criteria if given[sheet.id][c.id].unjudged),
        )
        for sheet in sheets
    ]
    found = scoring.outcome(queries.plain(scheme, criteria), values)
    assert found.score is not None
    assert found.spread is not None
    return Result(
        measure_id=measure.id,
        round=round,
        sheets=len(sheets),
        total=int(found.score.scaleb(4)),
        spread=int(found.spread.scaleb(4)),
        means={code: f"{mean:.4f}" for code, mean in found.means.items()},
        knocked_out=list(found.knocked_out),
        closed_at=at,
    )


def count_again(session: WriteSession, measure: Measure, *, at: datetime) -> None:
    """A sheet of the closed round became void: what it says is reckoned again without it; what it said before stays on record."""
    before = standing.results(session, [measure.id])[measure.id]
    scheme = queries.scheme_of(session, measure.call_id)
    assert scheme is not None
    left = [s for s in standing.live_sheets(session, measure.id, before.round) if s.status == "signed"]
    before.void_at = at
    session.flush()
    after = result_of(session, measure, scheme, before.round, left, at) if left else _nothing(before, at)
    session.add(after)
    measure.score = after.total
    session.flush()


def _nothing(before: Result, at: datetime) -> Result:
    """No sheet of the round counts any more."""
    return Result(
        measure_id=before.measure_id, round=before.round, sheets=0, total=0, spread=0, means={}, knocked_out=[], closed_at=at
    )  # fmt: skip
