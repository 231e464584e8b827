"""Verbs about persons, organisations and branches: inviting, roles, and registering."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import false, select

from fundapp.history.service import Somebody, record
from fundapp.kit.database import WriteSession
from fundapp.kit.errors import Refused
from fundapp.kit.i18n import gettext as _
from fundapp.people import queries
from fundapp.people.models import Branch, Link, Organisation, Person, RoleHeld, SignIn
from fundapp.people.passwords import new_key
from fundapp.people.permissions import BRANCH_ROLES, BUNDLES, GRAVE_ROLES, Role
from fundapp.people.secrets import hashed

INVITE, RESET, CONFIRM = timedelta(days=7), timedelta(minutes=30), timedelta(days=2)


def add_person(
    session: WriteSession,
    *,
    given_name: str,
    family_name: str = "",
    email: str | None = None,
    phone: str = "",
    language: str = "en",
    by: Somebody,
    at: datetime,
    invented: bool = False,
) -> Person:
    """A new person without a role; an e-mail address or a telephone number is needed, an address only once."""
    email = email.strip().lower() if email else None
    if email and queries.find_by_email(session, email):
        raise Refused(_("There is a person with this e-mail address already."), field="email")
    if not email and not phone:
        raise Refused(_("Please give an e-mail address or a telephone number."), field="email")
    person = Person(
        given_name=given_name,
        family_name=family_name,
        email=email,
        phone=phone,
        language=language,
        invented=invented,
        created_at=at,
    )
    session.add(person)
    session.flush()
    record(session, "people.add", person, by=by, at=at)
    return person


def make_link(
    session: WriteSession, purpose: str, person: Person | None, *, lasts: timedelta, at: datetime, next_url: str = "",
    address: str = "",
) -> str:  # fmt: skip
    """The key of a new one-time link; only its hash is kept. Older links of the same purpose, person and address end."""
    if person is not None or address:
        whose = Link.address == address if address else Link.person_id == person.id if person else false()
        for older in session.scalars(select(Link).where(whose, Link.purpose == purpose, Link.used_at.is_(None))):
            older.used_at = at
    key = new_key()
    session.add(
        Link(
            key_hash=hashed(key),
            purpose=purpose,
            person_id=person.id if person else None,
            address=address,
            next_url=next_url,
            made_at=at,
            ends_at=at + lasts,
        )
    )
    session.flush()
    return key


def use_link(session: WriteSession, key: str, purpose: str, *, at: datetime) -> Link:
    """Uses a link up; raises Refused when it was used, is over, or never was."""
    link = queries.find_link(session, hashed(key), purpose, at)
    if link is None:
        raise Refused(_("This link has been used or is over. Please ask for a new one."))
    link.used_at = at
    return link


def give_role(
    session: WriteSession, person: Person, role: Role, *, branch: Branch | None = None, by: Person | None, at: datetime,
    succeeds: RoleHeld | None = None, waits: bool = False,
) -> RoleHeld:  # fmt: skip
    """Gives a role. A grave role counts once a second person has confirmed it; until there are two administrators, at once.

    `by` None: the console or the first start. `succeeds`: somebody else's role that ends as soon as this one counts; `waits`:
    a second person confirms this one too. Nobody gives a role to themselves, except the only administrator.
    """
    if (role in BRANCH_ROLES) != (branch is not None):
        raise Refused(_("A branch officer needs a branch; no other role has one."), field="branch")
    if any(
        held.role == role and held.branch_id == (branch.id if branch else None)
        for held in queries.roles_of(session, person.id)
        if held.ended_at is None
    ):
        raise Refused(_("This person holds this role already."), field="role")
    alone = queries.administrators(session) < 2
    if by is not None and by.id == person.id and not alone:
        raise Refused(_("Nobody gives a role to themselves; ask another administrator."), field="role")
    confirmed = (role not in GRAVE_ROLES or by is None or alone) and not waits
    held = RoleHeld(
        person_id=person.id,
        role=role,
        branch_id=branch.id if branch else None,
        given_by_id=by.id if by else None,
        given_at=at,
        confirmed_by_id=by.id if by and confirmed else None,
        confirmed_at=at if confirmed else None,
        succeeds_id=succeeds.id if succeeds else None,
    )
    session.add(held)
    session.flush()
    session.expire(person, ["roles"])
    record(
        session,
        "people.give_role",
        person,
        by=by or person,
        at=at,
        role=role.value,
        branch=held.branch_id,
        confirmed=confirmed,
    )
    return held


def give_roles(
    session: WriteSession, person: Person, name: str, *, branch: Branch | None = None, by: Person | None, at: datetime
) -> None:
    """Gives a single role, or all that one of the four names of a small fund means; what the person holds already stays.

    A branch officer's role among them is given for `branch`, or for the only branch there is; without branches it is left out.
    """
    if name not in BUNDLES:
        give_role(session, person, Role(name), branch=branch, by=by, at=at)
        return
    there = queries.branches(session)
    place = branch or (there[0] if len(there) == 1 else None)
    if Role.OFFICER in BUNDLES[name] and place is None and there:
        raise Refused(_("Choose the branch for which this person works."), field="branch")
    held = {row.role for row in queries.roles_of(session, person.id) if row.ended_at is None}
    for role in BUNDLES[name]:
        if role not in held and (role not in BRANCH_ROLES or place is not None):
            give_role(session, person, role, branch=place if role in BRANCH_ROLES else None, by=by, at=at)


def confirm_role(session: WriteSession, held: RoleHeld, *, by: Person, at: datetime) -> None:
    """The second person's confirmation; not by who gave the role nor by who holds it."""
    if held.confirmed_at is not None or held.ended_at is not None:
        raise Refused(_("This role does not wait for a confirmation."))
    if by.id in (held.given_by_id, held.person_id):
        raise Refused(_("A second person confirms: neither who gave the role nor who holds it."))
    held.confirmed_by_id, held.confirmed_at = by.id, at
    person = session.get_one(Person, held.person_id)
    session.flush()
    session.expire(person, ["roles"])
    record(session, "people.confirm_role", person, by=by, at=at, role=held.role, branch=held.branch_id)
    end_predecessor(session, held, by=by, at=at)


def end_predecessor(session: WriteSession, held: RoleHeld, *, by: Somebody, at: datetime) -> None:
    """The role counts: the one that it takes over ends."""
    before = session.get(RoleHeld, held.succeeds_id) if held.succeeds_id else None
    if before is not None and before.ended_at is None:
        end_role(session, before, by=by, at=at)


def end_role(session: WriteSession, held: RoleHeld, *, by: Somebody, at: datetime) -> None:
    """Ends a role at once; the last administrator stays."""
    if held.ended_at is not None:
        raise Refused(_("This role has ended already."))
    person = session.get_one(Person, held.person_id)
    if held.role == Role.ADMIN and held.confirmed_at:
        _not_the_last(session, person)
    held.ended_at = at
    session.flush()
    session.expire(person, ["roles"])
    record(session, "people.end_role", person, by=by, at=at, role=held.role, branch=held.branch_id)


def _not_the_last(session: WriteSession, person: Person) -> None:
    if [one.id for one in queries.with_role(session, Role.ADMIN)] == [person.id]:
        raise Refused(_("This is the last administrator. Give the role to another person first."))


def set_active(session: WriteSession, person: Person, active: bool, *, by: Somebody, at: datetime) -> None:
    """Switches sign-in off (ending every session) or on again; the last administrator stays."""
    if not active and person.id == by.id:
        raise Refused(_("You cannot switch yourself off."))
    if not active:
        _not_the_last(session, person)
    person.active = active
    if not active:
        end_sign_ins(session, person, at=at)
    record(session, "people.activate" if active else "people.deactivate", person, by=by, at=at)


def end_sign_ins(session: WriteSession, person: Person, *, at: datetime, but: int | None = None) -> int:
    """Signs the person out everywhere (except in the session `but`); says in how many places."""
    found = [sign_in for sign_in in queries.open_sign_ins(session, person.id, at) if sign_in.id != but]
    for sign_in in found:
        sign_in.ended_at = at
    return len(found)


def begin_sign_in(session: WriteSession, person: Person, *, at: datetime, address: str, light: bool = False) -> str:
    """A new session; the key for the cookie. Staff: 30 idle minutes, 12 hours; applicants only: 14 days.

    `light`: by link or code, without a password; such a session ends when the person becomes staff.
    """
    staff = any(held.role != Role.APPLICANT for held in person.roles)
    lasts, idle = (timedelta(hours=12), 30) if staff else (timedelta(days=14), 14 * 24 * 60)
    key = new_key()
    session.add(
        SignIn(
            key_hash=hashed(key),
            person_id=person.id,
            began_at=at,
            last_seen_at=at,
            ends_at=at + lasts,
            idle_minutes=idle,
            address=address,
            light=light,
        )
    )
    record(session, "people.sign_in", person, by=person, at=at)
    return key


def set_password(
    session: WriteSession, person: Person, password_hash: str, *, at: datetime, keep: int | None = None
) -> None:
    """Sets the hash made before the transaction and signs out everywhere else."""
    person.password_hash = password_hash
    end_sign_ins(session, person, at=at, but=keep)
    record(session, "people.set_password", person, by=person, at=at)


def remove_password(session: WriteSession, person: Person, *, at: datetime, keep: int | None = None) -> None:
    """From now on links and codes let this person in; who works for the fund keeps the password. Raises Refused."""
    if queries.works_for_the_fund(session, person):
        raise Refused(_("Who works for the fund signs in with a password. You can change it, not remove it."))
    person.password_hash = None
    end_sign_ins(session, person, at=at, but=keep)
    record(session, "people.remove_password", person, by=person, at=at)


def add_branch(
    session: WriteSession,
    *,
    code: str,
    name: str,
    region: str,
    phone: str = "",
    names: Mapping[str, str] | None = None,
    by: Somebody,
    at: datetime,
) -> Branch:
    """A branch under a code of its own; `names` by language, blank where it is the same in all. Raises Refused."""
    if session.scalars(select(Branch).where(Branch.code == code)).first():
        raise Refused(_("There is a branch with this code already."), field="code")
    own = {language: text.strip() for language, text in (names or {}).items() if text.strip()}
    branch = Branch(code=code, name=name, names=own, region=region, phone=phone, created_at=at)
    session.add(branch)
    session.flush()
    record(session, "people.add_branch", branch, by=by, at=at, code=code)
    return branch


def add_organisation(
    session: WriteSession,
    *,
    name: str,
    kind: str,
    sector: str,
    register: str = "",
    tax_number: str = "",
    founded_on: date | None = None,
    address: str = "",
    phone: str = "",
    email: str = "",
    by: Somebody,
    at: datetime,
) -> Organisation:
    organisation = Organisation(
        name=name, kind=kind, sector=sector, register=register, tax_number=tax_number, founded_on=founded_on,
        address=address, phone=phone, email=email, created_at=at,
    )  # fmt: skip
    session.add(organisation)
    session.flush()
    record(session, "people.add_organisation", organisation, by=by, at=at)
    return organisation


def register_applicant(
    session: WriteSession,
    *,
    given_name: str,
    family_name: str,
    email: str | None,
    phone: str,
    language: str,
    at: datetime,
) -> Person:
    """An applicant without a password, who came in by a link to their address or a code for their number."""
    person = Person(
        given_name=given_name, family_name=family_name, email=email, phone=phone, language=language, created_at=at
    )
    session.add(person)
    session.flush()
    record(session, "people.register", person, by=person, at=at)
    give_role(session, person, Role.APPLICANT, by=None, at=at)
    return person


def first_administrator(
    session: WriteSession, given_name: str, family_name: str, email: str, *, at: datetime
) -> Person:
    """The very first person; raises Refused when there is anybody already."""
    if queries.anybody(session):
        raise Refused(_("There is an administrator already; ask them for an invitation."))
    person = Person(given_name=given_name, family_name=family_name, email=email.lower(), created_at=at)
    session.add(person)
    session.flush()
    give_role(session, person, Role.ADMIN, by=None, at=at)
    return person
