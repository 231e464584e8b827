"""Deputies: who stands in for whom, from one day to another."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, select

from fundapp.history.models import Entry
from fundapp.history.service import record, subject_of
from fundapp.kit.database import ReadSession, WriteSession
from fundapp.kit.errors import Refused
from fundapp.kit.i18n import gettext as _
from fundapp.people import queries
from fundapp.people.models import Deputy, Person
from fundapp.people.permissions import Action, Actor, Lender, Role, lender


def holding(on: date) -> ColumnElement[bool]:
    """Which deputies hold on this day, as a condition on Deputy."""
    return (Deputy.ended_at.is_(None)) & (Deputy.first_day <= on) & (Deputy.last_day >= on)


def stands_in_for(session: ReadSession, person: Person, on: date) -> list[Person]:
    """Whom this person stands in for on `on` (a day of the fund's zone), by id; not who was switched off."""
    asked = select(Person).join(Deputy, Deputy.person_id == Person.id)
    asked = asked.where(Deputy.deputy_id == person.id, Person.active, holding(on)).distinct()
    return list(session.scalars(asked.order_by(Person.id)))


def lenders(
    session: ReadSession, person: Person, on: date, closed_to: Callable[[ReadSession, int], Iterable[int]]
) -> tuple[Lender, ...]:
    """Whose rights this person has besides their own on `on`; `closed_to` says which cases a conflict closes to somebody.

    An applicant's proposals are not lent: they belong to the applicant, not to the office.
    """
    return tuple(
        Lender(
            one.id,
            tuple(held for held in one.roles if held.role != Role.APPLICANT),
            frozenset(closed_to(session, one.id)),
        )
        for one in stands_in_for(session, person, on)
    )


def deputies_of(session: ReadSession, person_ids: Sequence[int], on: date) -> dict[int, list[Person]]:
    """Who stands in on `on` for each of these persons; active persons only."""
    asked = select(Deputy.person_id, Person).join(Person, Person.id == Deputy.deputy_id)
    found: dict[int, list[Person]] = {}
    for id, deputy in session.execute(
        asked.where(Deputy.person_id.in_(person_ids), Person.active, holding(on)).order_by(Person.id)
    ):
        found.setdefault(id, []).append(deputy)
    return found


def one_hand(session: ReadSession, by: Actor, action: Action, thing: Any, first_id: int | None, verb: str) -> list[str]:
    """A reason against `by` doing `action` when it would be the same hand that did `verb` to `thing` before.

    Asks who acts and whom they stand in for, then as now. That `by` did it themselves, the rule of the room says.
    """
    if first_id is None or by.id is None or first_id == by.id:
        return []
    lent_by = lender(by, action, thing)
    now = {by.id, lent_by.id if lent_by else None}
    asked = select(Entry.for_id).where(
        Entry.subject == subject_of(thing), Entry.action == verb, Entry.by_id == first_id
    )
    both = now & {first_id, *session.scalars(asked)} - {None}
    return [
        _("%(name)s took the step before, in person or through a deputy; somebody else takes this one.", name=name)
        for name in queries.names(session, sorted(both)).values()
    ]


def hands(by: Actor, action: Action, thing: Any) -> set[int]:
    """The ids of who acts, and of whom they stand in for when they need that right."""
    lent_by = lender(by, action, thing)
    return {id for id in (by.id, lent_by.id if lent_by else None) if id is not None}


def of_person(session: ReadSession, person_id: int) -> list[tuple[Deputy, Person]]:
    """Who stands or stood in for this person, newest first, with the deputy."""
    asked = select(Deputy, Person).join(Person, Person.id == Deputy.deputy_id).where(Deputy.person_id == person_id)
    return [(row, person) for row, person in session.execute(asked.order_by(Deputy.id.desc()).limit(20))]


def of_deputy(session: ReadSession, deputy_id: int, on: date) -> list[tuple[Deputy, Person]]:
    """Whom this person stands in for now or later, with the person stood in for."""
    asked = select(Deputy, Person).join(Person, Person.id == Deputy.person_id).where(Deputy.deputy_id == deputy_id)
    asked = asked.where(Deputy.ended_at.is_(None), Deputy.last_day >= on)
    return [(row, person) for row, person in session.execute(asked.order_by(Deputy.first_day, Deputy.id))]


def can_stand_in(session: ReadSession, person: Person) -> list[Person]:
    """Colleagues who may be named: active staff, without the person."""
    asked = select(Person).where(Person.active, Person.id != person.id).order_by(Person.given_name, Person.id)
    return [found for found in session.scalars(asked) if is_staff(found)]


def is_staff(person: Person) -> bool:
    return any(held.role != Role.APPLICANT for held in person.roles)


def name(
    session: WriteSession,
    person: Person,
    deputy: Person,
    first: date,
    last: date,
    *,
    by: Person,
    at: datetime,
    on: date,
) -> Deputy:
    """`deputy` stands in for `person` from `first` to `last`, both included; `on` is today. Raises Refused."""
    if deputy.id == person.id:
        raise Refused(_("Nobody stands in for themselves."), field="deputy")
    if last < first:
        raise Refused(_("The last day lies before the first."), field="last_day")
    if last < on:
        raise Refused(_("The last day has passed already."), field="last_day")
    if not deputy.active or not is_staff(deputy):
        raise Refused(_("Only a colleague who can sign in can stand in."), field="deputy")
    if not is_staff(person):
        raise Refused(_("Only staff have deputies; an applicant's proposal stays with the applicant."), field="deputy")
    found = Deputy(person_id=person.id, deputy_id=deputy.id, first_day=first, last_day=last, by_id=by.id, at=at)
    session.add(found)
    session.flush()
    record(
        session, "people.name_deputy", person, by=by, at=at, deputy=deputy.id, first=first.isoformat(), last=last.isoformat()
    )  # fmt: skip
    return found


def end(session: WriteSession, row: Deputy, *, by: Person, at: datetime) -> None:
    """Ends a deputy at once; raises Refused when it has ended already."""
    if row.ended_at is not None:
        raise Refused(_("This has ended already."))
    row.ended_at, row.ended_by_id = at, by.id
    person = session.get_one(Person, row.person_id)
    record(session, "people.end_deputy", person, by=by, at=at, deputy=row.deputy_id)
