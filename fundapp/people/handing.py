"""Handing over: a role moves from one person to another; and coming back in from the console."""

from datetime import date, datetime

from sqlalchemy import select

from fundapp.history.service import Somebody, record
from fundapp.kit.database import WriteSession
from fundapp.kit.errors import Refused
from fundapp.kit.i18n import gettext as _
from fundapp.people import deputies, queries
from fundapp.people.models import Branch, Deputy, Person, RoleHeld
from fundapp.people.permissions import Role
from fundapp.people.service import INVITE, add_person, end_predecessor, end_role, give_role, make_link, set_active


def move_role(session: WriteSession, held: RoleHeld, to: Person, *, by: Person, at: datetime) -> RoleHeld | None:
    """Gives `to` the role and ends it where it was, as soon as the new one counts; None when `to` held it already.

    Given by anybody but an administrator, every role waits for one. Raises Refused.
    """
    if held.ended_at is not None:
        raise Refused(_("This role has ended already."))
    if not to.active:
        raise Refused(_("Sign-in is switched off for this person."), field="to")
    there = [row for row in queries.roles_of(session, to.id) if row.ended_at is None]
    if any((row.role, row.branch_id) == (held.role, held.branch_id) for row in there):
        end_role(session, held, by=by, at=at)
        return None
    return _given(session, held, to, succeeds=held, by=by, at=at)


def give_again(
    session: WriteSession, held: RoleHeld, person: Person, *, succeeds: RoleHeld | None, by: Person, at: datetime
) -> None:
    """Gives back a role that was handed over; the one who had it since, `succeeds`, loses it once it counts."""
    live = succeeds if succeeds is not None and succeeds.ended_at is None else None
    if live is not None and live.confirmed_at is None:
        end_role(session, live, by=by, at=at)
        live = None
    _given(session, held, person, succeeds=live, by=by, at=at)


def _given(
    session: WriteSession, held: RoleHeld, to: Person, *, succeeds: RoleHeld | None, by: Person, at: datetime
) -> RoleHeld:
    branch = session.get_one(Branch, held.branch_id) if held.branch_id else None
    gives = any(row.role == Role.ADMIN for row in by.roles)
    waits = not gives or held.confirmed_at is None
    new = give_role(session, to, Role(held.role), branch=branch, by=by, at=at, succeeds=succeeds, waits=waits)
    if new.confirmed_at is not None:
        end_predecessor(session, new, by=by, at=at)
    return new


def end_deputies(
    session: WriteSession, person: Person, *, leaves: bool, on: date, by: Person, at: datetime
) -> list[int]:
    """Ends where this person stands in for others; who leaves has no deputies any more either. Gives the ids."""
    whose = (
        (Deputy.deputy_id == person.id) | (Deputy.person_id == person.id) if leaves else Deputy.deputy_id == person.id
    )
    found = list(session.scalars(select(Deputy).where(whose, Deputy.ended_at.is_(None), Deputy.last_day >= on)))
    for row in found:
        deputies.end(session, row, by=by, at=at)
    return [row.id for row in found]


def from_console(
    session: WriteSession, email: str, *, given_name: str, family_name: str, role: Role, branch: Branch | None,
    by: Somebody, at: datetime,
) -> str:  # fmt: skip
    """Who has the machine can let in anybody, on record: a new person, or one who is there and was switched off.

    Gives the key of the link that sets the password.
    """
    person = queries.find_by_email(session, email) or add_person(
        session, given_name=given_name, family_name=family_name, email=email, by=by, at=at
    )
    if not person.active:
        set_active(session, person, True, by=by, at=at)
    wanted = (role.value, branch.id if branch else None)
    here = [held for held in queries.roles_of(session, person.id) if held.ended_at is None]
    waiting = [held for held in here if (held.role, held.branch_id) == wanted and held.confirmed_at is None]
    for held in waiting:
        held.confirmed_at = at
        session.flush()
        end_predecessor(session, held, by=by, at=at)
    if not any((held.role, held.branch_id) == wanted for held in here):
        give_role(session, person, role, branch=branch, by=None, at=at)
    record(session, "people.from_console", person, by=by, at=at, role=role.value, branch=wanted[1])
    return make_link(session, "invite", person, lasts=INVITE, at=at)
