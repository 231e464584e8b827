"""What is due, for whom."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from fundapp.kit.database import ReadSession
from fundapp.kit.dates import working_day_on_or_after
from fundapp.people.models import Person
from fundapp.people.permissions import Role, branches, holds
from fundapp.reminders.models import DayOff, Notice, Obligation


def open_for(
    session: ReadSession, person: Person, *, until: date, cases: Any = None, limit: int = 50
) -> list[Obligation]:
    """Open obligations due until a day, earliest first: all for managers, of the branch for officers.

    `cases`: a select of case ids to which it is limited besides: what the person may see.
    """
    asked = select(Obligation).where(
        Obligation.done_at.is_(None), Obligation.cancelled_at.is_(None), Obligation.due <= until
    )
    if not holds(person, Role.MANAGER, Role.AUDITOR, Role.FINANCE):
        asked = asked.where(Obligation.branch_id.in_(branches(person) or {0}))
    if cases is not None:
        asked = asked.where(Obligation.case_id.in_(cases))
    return list(session.scalars(asked.order_by(Obligation.due, Obligation.id).limit(limit)))


def of_case(session: ReadSession, case_id: int) -> list[Obligation]:
    """All obligations of a case, open ones first, then by date."""
    rows = session.scalars(
        select(Obligation).where(Obligation.case_id == case_id).order_by(Obligation.due, Obligation.id)
    )
    return sorted(rows, key=lambda o: (o.done_at is not None or o.cancelled_at is not None, o.due))


def find(session: ReadSession, id: int, *, visible_to: Person) -> Obligation | None:
    """Officers know those of their branch, others by their right."""
    return session.get(Obligation, id)


def find_notice(session: ReadSession, id: int, *, visible_to: Person) -> Notice | None:
    """A person's own notice."""
    notice = session.get(Notice, id)
    return notice if notice and notice.by_id == visible_to.id else None


def notices(session: ReadSession, case_id: int) -> list[Notice]:
    """What the applicant told the branch and waits for an answer, newest first."""
    asked = select(Notice).where(
        Notice.case_id == case_id, Notice.answered_at.is_(None), Notice.taken_back_at.is_(None)
    )
    return list(session.scalars(asked.order_by(Notice.id.desc())))


def working_days_after(session: ReadSession, day: date, count: int) -> date:
    """The day that lies `count` working days of the calendar after `day`."""
    special = {row.day: row.working for row in session.scalars(select(DayOff).where(DayOff.day > day))}
    for _one in range(count):
        day = working_day_on_or_after(day + timedelta(days=1), lambda d: special.get(d, d.weekday() < 5))
    return day
