"""Fitting the plan to the award: where less is given than was asked, the budget and the targets follow before the contract."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from fundapp.history.service import record
from fundapp.kit.database import WriteSession, locked
from fundapp.kit.errors import NotAllowed, Refused, Stale
from fundapp.kit.i18n import gettext as _
from fundapp.measures import budget, missing, queries
from fundapp.measures.codes import SOURCES
from fundapp.measures.models import Indicator, Measure
from fundapp.measures.submission import freeze
from fundapp.people.models import Person
from fundapp.people.permissions import Action, may
from fundapp.reminders.service import done


def fit(
    session: WriteSession,
    measure: Measure,
    rows: Sequence[Mapping[str, Any]],
    targets: Mapping[int, int],
    *,
    version: int | None = None,
    by: Person,
    at: datetime,
) -> None:
    """Saves the plan: budget lines (with `id`, `quantity`, `unit_price` and their sources; what the others do not pay is
    the fund's) and targets (indicator id -> thousandths). The plan as proposed is kept; a manager accepts the new one.
    """
    locked(session, measure)
    if not may(by, Action.FIT_PLAN, measure):
        raise NotAllowed
    if reasons := missing.why_not_fit(measure):
        raise Refused(*reasons)
    if version is not None and version != measure.version:
        raise Stale
    wanted = budget.kept(queries.lines(session, measure), rows)
    for number, row in enumerate(rows):
        if sum(int(row.get(source) or 0) for source in SOURCES) > budget.check_amount(
            row, f"lines-{number}-unit_price"
        ):
            raise Refused(_("Together this is more than the line costs."), field=f"lines-{number}-own_cash")
    if not any(snapshot.occasion == "before_fit" for snapshot in queries.snapshots(session, measure)):
        freeze(session, measure, "before_fit", at=at)
    budget.write_lines(session, measure, wanted)
    for line, row in zip(queries.lines(session, measure), rows, strict=True):
        for source in SOURCES:
            setattr(line, source, int(row.get(source) or 0))
        line.from_grant = line.amount - sum(getattr(line, source) for source in SOURCES)
    for indicator in queries.parts(session, Indicator, measure):
        indicator.target = targets.get(indicator.id, indicator.target)
    budget.add_up(session, measure)
    measure.plan_fitted_at = None
    measure.version += 1
    record(session, "measures.fit_plan", measure, by=by, at=at, total_cost=measure.total_cost, version=measure.version)


def accept_plan(session: WriteSession, measure: Measure, *, by: Person, at: datetime) -> None:
    """A manager accepts the plan: it asks the fund for what was awarded, and the own share still holds."""
    locked(session, measure)
    if not may(by, Action.ACCEPT_PLAN, measure):
        raise NotAllowed
    if measure.plan_fitted_at is not None:
        return
    if reasons := missing.why_not_accept_plan(session, measure):
        raise Refused(*reasons)
    measure.plan_fitted_at = at
    done(session, "measures.fit", measure, at=at)
    snapshot = freeze(session, measure, "fitted", at=at)
    record(session, "measures.accept_plan", measure, by=by, at=at, awarded=measure.awarded, sha256=snapshot.sha256)
