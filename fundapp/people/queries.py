"""Questions about people."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import lazyload

from fundapp.kit import i18n
from fundapp.kit.database import ReadSession
from fundapp.people.models import Branch, Code, FailedSignIn, Link, Organisation, Person, RoleHeld, SignIn
from fundapp.people.permissions import Role
from fundapp.people.secrets import hashed

WINDOW = timedelta(minutes=15)
PER_ACCOUNT, PER_ADDRESS = 5, 30  # failed sign-ins within the window before a pause
TRIES = 5  # wrong ones that end a code


def find_by_email(session: ReadSession, email: str) -> Person | None:
    return session.scalars(select(Person).where(Person.email == email.strip().lower())).first()


def by_number(session: ReadSession, number: str) -> list[Person]:
    """Everybody who can sign in and has this number, as `kit.phones.dialled` writes it."""
    asked = select(Person).where(Person.dialled == number, Person.dialled != "", Person.active)
    return list(session.scalars(asked.order_by(Person.id)))


def works_for_the_fund(session: ReadSession, person: Person) -> bool:
    """Whether the person holds any role but that of an applicant, confirmed or not: then only the password lets them in."""
    asked = select(RoleHeld.id).where(
        RoleHeld.person_id == person.id, RoleHeld.role != Role.APPLICANT, RoleHeld.ended_at.is_(None)
    )
    return session.scalars(asked.limit(1)).first() is not None


def find_person(session: ReadSession, id: int, *, visible_to: Person) -> Person | None:
    return session.get(Person, id)


def find_branch(session: ReadSession, id: int, *, visible_to: Person) -> Branch | None:
    return session.get(Branch, id)


def find_organisation(session: ReadSession, id: int, *, visible_to: Person) -> Organisation | None:
    return session.get(Organisation, id)


def people(session: ReadSession, *, q: str = "", after: int = 0, limit: int = 100) -> list[Person]:
    """Persons by id, paged; `q` looks into names and addresses."""
    asked = select(Person).where(Person.id > after).order_by(Person.id).limit(limit)
    if q:
        like = f"%{q.lower()}%"
        asked = asked.where(
            or_(
                func.lower(Person.given_name).like(like),
                func.lower(Person.family_name).like(like),
                Person.email.like(like),
            )
        )
    return list(session.scalars(asked))


def branches(session: ReadSession) -> list[Branch]:
    """All branches, in the alphabet of the language of the moment."""
    return sorted(session.scalars(select(Branch)), key=lambda branch: i18n.by_name(i18n.named(branch)))


def organisations(session: ReadSession, *, after: int = 0, limit: int = 100) -> list[Organisation]:
    return list(
        session.scalars(select(Organisation).where(Organisation.id > after).order_by(Organisation.id).limit(limit))
    )


def with_role(session: ReadSession, *roles: Role, branch_id: int | None = None) -> list[Person]:
    """Active persons who hold one of the roles (branch roles: in this branch)."""
    held = (
        select(RoleHeld.person_id)
        .where(RoleHeld.role.in_(roles), RoleHeld.ended_at.is_(None), RoleHeld.confirmed_at.is_not(None))
        .where(or_(RoleHeld.branch_id.is_(None), RoleHeld.branch_id == branch_id) if branch_id else RoleHeld.id > 0)
    )
    return list(session.scalars(select(Person).where(Person.id.in_(held), Person.active).order_by(Person.id)))


def officers_or_managers(session: ReadSession, branch_id: int | None) -> list[Person]:
    """Who looks after a case: the officers of its branch, else the managers."""
    officers = with_role(session, Role.OFFICER, branch_id=branch_id) if branch_id else []
    return officers or with_role(session, Role.MANAGER)


def names(session: ReadSession, ids: Sequence[int | None]) -> dict[int, str]:
    """id -> name as staff lists show it, for all ids in one question."""
    wanted = {id for id in ids if id is not None}
    if not wanted:
        return {}
    return {
        person.id: i18n.called(person, "initial")
        for person in session.scalars(select(Person).where(Person.id.in_(wanted)).options(lazyload(Person.roles)))
    }


def to_confirm(session: ReadSession) -> list[tuple[RoleHeld, Person]]:
    """Grave roles that wait for a second person."""
    rows = session.execute(
        select(RoleHeld, Person)
        .join(Person, Person.id == RoleHeld.person_id)
        .where(RoleHeld.confirmed_at.is_(None), RoleHeld.ended_at.is_(None))
        .order_by(RoleHeld.id)
    )
    return [(held, person) for held, person in rows]


def roles_of(session: ReadSession, person_id: int) -> list[RoleHeld]:
    """All roles a person ever held, newest first."""
    return list(session.scalars(select(RoleHeld).where(RoleHeld.person_id == person_id).order_by(RoleHeld.id.desc())))


def anybody(session: ReadSession) -> bool:
    return session.scalar(select(func.count()).select_from(Person)) != 0


def administrators(session: ReadSession) -> int:
    return len(with_role(session, Role.ADMIN))


def too_many_failures(
    session: ReadSession, account: str, address: str, at: datetime, *, most: int = PER_ACCOUNT
) -> bool:
    """Whether this account or address has to pause. Passwords, codes and links each count under names of their own."""
    since = FailedSignIn.at > at - WINDOW
    by_account = session.scalar(select(func.count()).where(since, FailedSignIn.account == account)) or 0
    by_address = session.scalar(select(func.count()).where(since, FailedSignIn.address == address)) or 0
    return by_account >= most or by_address >= PER_ADDRESS


def find_link(session: ReadSession, key_hash: str, purpose: str, at: datetime) -> Link | None:
    """The link, when it is of this purpose, unused and not yet over."""
    found = session.scalars(select(Link).where(Link.key_hash == key_hash, Link.purpose == purpose)).first()
    return found if found and found.used_at is None and found.ends_at > at else None


def find_entry(session: ReadSession, key: str, at: datetime) -> Link | None:
    """A link that signs in: asked for on the page for signing in, or mailed with an invitation to an organisation."""
    return find_link(session, hashed(key), "enter", at) or find_link(session, hashed(key), "join", at)


def open_codes(session: ReadSession, number: str, at: datetime) -> list[Code]:
    """The codes that may still be typed for this number; several when several people have it."""
    asked = select(Code).where(Code.dialled == number, Code.used_at.is_(None), Code.ends_at > at, Code.tries < TRIES)
    return list(session.scalars(asked.order_by(Code.id)))


def open_sign_ins(session: ReadSession, person_id: int, at: datetime) -> list[SignIn]:
    return list(
        session.scalars(
            select(SignIn)
            .where(SignIn.person_id == person_id, SignIn.ended_at.is_(None), SignIn.ends_at > at)
            .order_by(SignIn.id.desc())
        )
    )


def find_sign_in(session: ReadSession, key_hash: str) -> SignIn | None:
    return session.scalars(select(SignIn).where(SignIn.key_hash == key_hash, SignIn.ended_at.is_(None))).first()


def had_password(session: ReadSession, key_hash: str) -> bool:
    """Whether the session of this key, over or not, is of somebody with a password: their browser, so their way in."""
    asked = select(SignIn.id).join(Person, Person.id == SignIn.person_id)
    return session.scalar(asked.where(SignIn.key_hash == key_hash, Person.password_hash.is_not(None))) is not None


def recent_link(session: ReadSession, person_id: int | None, purpose: str, at: datetime, address: str = "") -> bool:
    """Whether a link of this purpose was made within the last minute: mail is not sent twice for a double click.

    For a person, or for an address whoever has it.
    """
    whose = Link.address == address if address else Link.person_id == person_id
    asked = select(func.count()).where(whose, Link.purpose == purpose, Link.made_at > at - timedelta(minutes=1))
    return session.scalar(asked) != 0


def recent_code(session: ReadSession, number: str, at: datetime) -> bool:
    """Whether a code was sent to this number within the last minute."""
    since = at - timedelta(minutes=1)
    asked = select(func.count()).where(Code.dialled == number, Code.made_by_id.is_(None), Code.made_at > since)
    return session.scalar(asked) != 0


def invented(session: ReadSession) -> list[Person]:
    """The people of the demonstration who can be signed in with one click."""
    asked = select(Person).where(Person.invented, Person.active, Person.email.is_not(None))
    return list(session.scalars(asked.order_by(Person.id)))
