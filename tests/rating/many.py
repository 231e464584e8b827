"""A closed round of any size, by rows inserted in bulk: what many sheets cost, and what they say."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

from sqlalchemy import event, insert

from fundapp.funds.models import Call, Fund
from fundapp.measures.models import Indicator, Measure
from fundapp.people.models import Person
from fundapp.rating import filled, queries, scoring, sealing
from fundapp.rating.models import Number, Result, Scheme, Score, Sheet
from tests import factories as make
from tests.factories import MORNING
from tests.rating.conftest import Round, money_in

Points = Callable[[int, int, str], int | None]
"""(proposal, member, criterion code) -> points; None: this member has no sheet there."""


def by_lot(proposals: int, seed: int = 1) -> Points:
    """Proposals of different worth, members of different severity, a little chance."""
    lot = Random(seed)
    worth = [lot.uniform(2.4, 4.6) for _ in range(proposals)]
    strict = [lot.uniform(-0.5, 0.5) for _ in range(50)]
    noise = {(p, m, c): lot.gauss(0, 0.6) for p in range(proposals) for m in range(7) for c in range(1, 9)}
    return lambda p, m, code: min(5, max(0, round(worth[p] - strict[m] + noise.get((p, m, int(code[1:])), 0.0))))


def many(
    session: Any, proposals: int, members: int = 7, points: Points | None = None, *, with_scores: bool = True,
    branches: int = 5, **more: Any,
) -> Round:  # fmt: skip
    """A call whose round is closed; sheets, totals, digests and results agree with each other."""
    fund: Fund = make.fund(session)
    manager = make.person(session, role="manager")
    money_in(session, fund, 10_000_000_00, manager)
    call: Call = make.call(session, fund=fund, **({"budget": proposals * 2_500_00} | more))
    chair = make.person(session, role="chair")
    committee = make.committee(session, members=members - 1, chair=chair)
    scheme = make.scheme(session, call=call, committee=committee, seed=20261125, frozen_at=MORNING)
    places = [make.branch(session) for _ in range(branches)]
    one: Measure = make.measure(session, status="rated", call=call, branch=places[0])
    facts = {
        c.key: getattr(one, c.key) for c in Measure.__table__.columns if c.key not in ("id", "number", "branch_id")
    }
    rows = [
        facts
        | {
            "number": f"{call.code}-{n:04}", "branch_id": places[n % branches].id, "title": f"Proposal {n:03}",
            "short_title": f"P{n:03}", "requested": 3_000_00 + n % 9 * 500_00, "submitted_at": MORNING - timedelta(minutes=n),
        }
        for n in range(1, proposals)
    ]  # fmt: skip
    if rows:
        session.execute(insert(Measure), rows)
    measures = queries.all_of_call(session, call.id, ("rated",))
    session.execute(insert(Indicator), [
        {"measure_id": m.id, "code": "jobs", "title": "Jobs", "unit": "jobs", "target": 3_500} for m in measures[1:]
    ] or [{"measure_id": one.id, "code": "visitors", "title": "Visitors", "unit": "persons", "target": 1_000}])  # fmt: skip
    session.execute(
        insert(Number), [{"measure_id": m.id, "call_id": call.id, "no": no} for no, m in enumerate(measures, start=1)]
    )
    persons = make.members_of(session, committee)
    _sheets(session, scheme, measures, persons, points or by_lot(proposals), with_scores)
    session.flush()
    return Round(fund, call, committee, scheme, manager, chair, persons[1:], measures)


def _sheets(
    session: Any, scheme: Scheme, measures: list[Measure], persons: list[Person], points: Points, with_scores: bool
) -> None:
    criteria = queries.criteria(session, scheme.id)
    plain = queries.plain(scheme, criteria)
    comment = "as the text says"
    sheets, given, results = [], [], []
    for p, measure in enumerate(measures):
        values = []
        for m, person in enumerate(persons):
            got = {c.code: points(p, m, c.code) for c in criteria}
            if None in got.values():
                continue
            mine = {code: point for code, point in got.items() if point is not None}
            values.append(scoring.Sheet(str(person.id), mine))
            given.append(mine)
            sheets.append({
                "measure_id": measure.id, "person_id": person.id, "scheme_id": scheme.id, "status": "signed",
                "opened_at": MORNING, "signed_at": MORNING,
                "total": int(scoring.total(plain, mine).scaleb(4)),
                "digest": sealing.digest_of(
                    plain, points=mine, unjudged=(), comments=dict.fromkeys(mine, comment), person_id=person.id,
                    measure_id=measure.id, round=1, signed_at=MORNING,
                ),
            })  # fmt: skip
        found = scoring.outcome(plain, values)
        measure.score = int((found.score or Decimal(0)).scaleb(4))
        results.append({
            "measure_id": measure.id, "round": 1, "sheets": len(values), "total": measure.score,
            "spread": int((found.spread or Decimal(0)).scaleb(4)),
            "means": {code: f"{mean:.4f}" for code, mean in found.means.items()},
            "knocked_out": list(found.knocked_out), "closed_at": MORNING + timedelta(hours=1),
        })  # fmt: skip
    ids = session.scalars(insert(Sheet).returning(Sheet.id, sort_by_parameter_order=True), sheets).all()
    session.execute(insert(Result), results)
    if with_scores:
        session.execute(insert(Score), [
            {"sheet_id": id, "criterion_id": c.id, "points": mine[c.code], "comment": comment}
            for id, mine in zip(ids, given, strict=True) for c in criteria
        ])  # fmt: skip


def asked(database: Any, work: Callable[[], Any]) -> tuple[Any, list[str]]:
    """What this gives, and the statements it sends to the database."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        return work(), seen
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


__all__ = ["asked", "by_lot", "filled", "many"]
