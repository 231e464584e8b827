"""The strip of branches that head office reads: what is late, due this week and running in each. One question."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select

from fundapp.kit import i18n
from fundapp.kit.database import ReadSession
from fundapp.measures import queries as measures
from fundapp.measures.lifecycle import Status
from fundapp.measures.models import Measure
from fundapp.overview.owed import APPLICANT, BRANCH, OWED
from fundapp.overview.rows import OPEN
from fundapp.people.models import Branch, Person
from fundapp.people.permissions import Role, holds
from fundapp.reminders.models import Obligation

OF_BRANCHES = tuple(kind for kind, owed in OWED.items() if owed.by in (APPLICANT, BRANCH))
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Cell:
    branch: Branch
    late: int
    week: int
    running: int


@dataclass(frozen=True)
class Place:
    """A branch as what may be looked after by its own officers."""

    branch: Branch

    @property
    def id(self) -> int:
        return self.branch.id

    @property
    def branch_id(self) -> int:
        return self.branch.id


def find_place(session: ReadSession, id: int, *, visible_to: Person) -> Place | None:
    branch = session.get(Branch, id)
    return Place(branch) if branch else None


def strip(session: ReadSession, person: Person, *, on: date) -> list[Cell]:
    """A cell for each branch, in the reader's alphabet; none for who belongs to a branch."""
    if not holds(person, Role.MANAGER, Role.FINANCE, Role.AUDITOR):
        return []
    return cells(session, person, on=on)


def cells(session: ReadSession, person: Person, *, on: date, branch_id: int | None = None) -> list[Cell]:
    seen = measures.visible_to(person)
    due = (
        select(
            Obligation.branch_id.label("branch_id"),
            func.count().filter(Obligation.due < on).label("late"),
            func.count().filter(Obligation.due >= on).label("week"),
        )
        .join(Measure, Measure.id == Obligation.case_id)
        .where(OPEN, Obligation.kind.in_(OF_BRANCHES), Obligation.due <= on + WEEK, seen)
        .group_by(Obligation.branch_id)
        .subquery()
    )
    running = (
        select(Measure.branch_id.label("branch_id"), func.count().label("n"))
        .where(Measure.status.in_((Status.RUNNING, Status.SUSPENDED)), seen)
        .group_by(Measure.branch_id)
        .subquery()
    )

    def number(column: Any) -> Any:
        return func.coalesce(column, 0)

    asked = (
        select(Branch, number(due.c.late), number(due.c.week), number(running.c.n))
        .outerjoin(due, due.c.branch_id == Branch.id)
        .outerjoin(running, running.c.branch_id == Branch.id)
    )
    if branch_id is not None:
        asked = asked.where(Branch.id == branch_id)
    found = [Cell(branch, int(late), int(week), int(n)) for branch, late, week, n in session.execute(asked)]
    return sorted(found, key=lambda cell: i18n.by_name(i18n.named(cell.branch)))
