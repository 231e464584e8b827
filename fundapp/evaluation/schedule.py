"""When a measure is evaluated: at the end of funding and 6, 12 and 24 months later, each within a window of days."""

from dataclasses import dataclass
from datetime import date, timedelta

from fundapp.kit.dates import add_months


@dataclass(frozen=True)
class Point:
    """One evaluation: months after the end of funding, and the days before and after that it may take place."""

    code: str
    months: int
    days_before: int
    days_after: int


@dataclass(frozen=True)
class Visit:
    """An evaluation of one measure: due on a day, open from `opens` to `closes` (both included)."""

    code: str
    due: date
    opens: date
    closes: date

    def is_open(self, today: date) -> bool:
        """Whether it may be filled in today."""
        return self.opens <= today <= self.closes

    def is_overdue(self, today: date) -> bool:
        """Whether its window has passed."""
        return today > self.closes


POINTS = (
    Point("E0", months=0, days_before=30, days_after=60),
    Point("E6", months=6, days_before=30, days_after=30),
    Point("E12", months=12, days_before=45, days_after=45),
    Point("E24", months=24, days_before=60, days_after=60),
)
LAST = POINTS[-1]
INDEPENDENT = ("E12", "E24")
"""Points at which the evaluator is not the measure's adviser."""


def visit(point: Point, funding_ended: date) -> Visit:
    """When the point falls for a measure; a month end clamps, so 31 August + 6 months is the last day of February."""
    due = add_months(funding_ended, point.months)
    return Visit(
        point.code, due, opens=due - timedelta(days=point.days_before), closes=due + timedelta(days=point.days_after)
    )


def schedule(funding_ended: date) -> tuple[Visit, ...]:
    """All four evaluations of a measure, in order; terminated measures are evaluated like all others."""
    return tuple(visit(point, funding_ended) for point in POINTS)
