"""The budget: lines with who pays for them, and the totals kept with the measure. Minor units; quantities in thousandths."""

from collections.abc import Mapping, Sequence
from typing import Any

from fundapp.kit.database import WriteSession
from fundapp.kit.errors import Refused, Stale
from fundapp.kit.i18n import gettext as _
from fundapp.kit.money import times
from fundapp.measures import queries
from fundapp.measures.codes import SOURCES
from fundapp.measures.lifecycle import Status
from fundapp.measures.models import BudgetLine, Measure

WRITTEN = ("category", "description", "unit", "quantity", "unit_price", "quoted_by", "quoted_on", "quoted_until")
LARGEST = 10**15  # minor units of one line: no fund is larger
Kept = list[tuple[BudgetLine | None, Mapping[str, Any]]]
Split = list[tuple[BudgetLine, dict[str, int]]]


def add_up(session: WriteSession, measure: Measure) -> None:
    """The kept totals follow the lines; what was asked for stays once it has been decided on."""
    session.flush()
    measure.total_cost, asked = queries.total(session, measure)
    if measure.status in (Status.DRAFT, Status.RETURNED):
        measure.requested = asked


def write_lines(
    session: WriteSession, measure: Measure, wanted: Sequence[tuple[BudgetLine | None, Mapping[str, Any]]]
) -> None:
    """Makes the budget these lines in this order; a line keeps its sources, and what the fund pays takes up the difference."""
    there = {line.id for line, _ in wanted if line is not None}
    free = max([line.slot for line, _ in wanted if line is not None] + [-1]) + 1
    for kept in queries.lines(session, measure):
        if kept.id not in there:
            session.delete(kept)
        else:
            kept.no += 1000  # out of the way, numbers are unique
    session.flush()
    for no, (line, row) in enumerate(wanted, start=1):
        amount = times(row["quantity"], row["unit_price"])
        if line is None:
            line = BudgetLine(measure_id=measure.id, amount=0, from_grant=0, **dict.fromkeys(SOURCES, 0))
            line.slot = row.get("slot", free)
            free = max(free, line.slot) + 1
            session.add(line)
        for name in WRITTEN:
            if name in row:
                setattr(line, name, row[name])
        line.no = no
        _refit(line, amount)
    session.flush()


def check_amount(row: Mapping[str, Any], field: str) -> int:
    """The amount of a line in minor units; Refused at `field` when it is larger than any fund."""
    amount = times(row["quantity"], row["unit_price"])
    if amount > LARGEST:
        raise Refused(_("This line is larger than any fund. Check the quantity and the price."), field=field)
    return amount


def _refit(line: BudgetLine, amount: int) -> None:
    """The fund's part takes up the difference; where it is too small, the other sources shrink, the last first."""
    line.amount = amount
    line.from_grant = amount - sum(getattr(line, source) for source in SOURCES)
    for source in reversed(SOURCES):
        if line.from_grant >= 0:
            break
        less = min(getattr(line, source), -line.from_grant)
        setattr(line, source, getattr(line, source) - less)
        line.from_grant += less


def differ(session: WriteSession, measure: Measure, rows: Sequence[Mapping[str, Any]]) -> bool:
    """Whether these rows are not what stands there."""
    there = queries.lines(session, measure)
    if len(there) != len(rows):
        return True
    return any(getattr(old, name) != value for old, new in zip(there, rows, strict=True) for name, value in new.items())


def kept(before: Sequence[BudgetLine], rows: Sequence[Mapping[str, Any]]) -> Kept:
    """Each row of the page of costs with the line it edits, None for a new one."""
    left = list(before)
    found: Kept = []
    for number, row in enumerate(rows):
        check_amount(row, f"lines-{number}-unit_price")
        line = _edited(left, row)
        if line is not None:
            left.remove(line)
        found.append((line, row))
    return found


def split(before: Sequence[BudgetLine], rows: Sequence[Mapping[str, Any]]) -> Split:
    """Each line with who pays for it: what the others do not pay, the fund is asked for."""
    found: Split = []
    for number, row in enumerate(rows):
        line = _edited(before, row)
        if line is None:
            raise Stale
        sources = {source: int(row.get(source) or 0) for source in SOURCES}
        rest = line.amount - sum(sources.values())
        if rest < 0:
            raise Refused(_("Together this is more than the line costs."), field=f"sources-{number}-own_cash")
        found.append((line, {**sources, "from_grant": rest}))
    return found


def _edited(lines: Sequence[BudgetLine], row: Mapping[str, Any]) -> BudgetLine | None:
    """The line that a row speaks of, by its id or its slot."""
    name = "id" if row.get("id") else "slot"
    return next((line for line in lines if getattr(line, name) == row.get(name)), None)
