"""Colleagues: who works for an applicant's organisation, as editor or reader; asked in, taken on, removed, leaving."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, cast, func, select
from sqlalchemy.orm import InstrumentedAttribute, joinedload

from fundapp.history.models import Entry
from fundapp.history.service import Somebody, record, subject_of
from fundapp.kit.database import ReadSession, WriteSession, locked
from fundapp.kit.errors import Refused
from fundapp.kit.i18n import gettext as _
from fundapp.people.models import Code, Invitation, Membership, Organisation, Person
from fundapp.people.permissions import EDITOR, READER, Role
from fundapp.people.service import give_role

MOST_OPEN = 10  # invitations of one organisation that nobody has answered yet
PassOn = Callable[[WriteSession, int, Person, Person, Person, datetime], None]
"""pass_on(session, organisation_id, from, to, by, at): what the first answers for in the organisation is the second's from now on."""


def works_for() -> ColumnElement[str]:
    """What `read` reads, for a question about Person: the organisations and kinds as one text, in the same question."""
    said = cast(Membership.organisation_id, String) + ":" + Membership.kind
    asked = select(func.aggregate_strings(said, " ")).where(
        Membership.person_id == Person.id, Membership.ended_at.is_(None)
    )
    return asked.correlate(Person).scalar_subquery()


def read(works: str | None) -> dict[int, str]:
    """organisation -> editor or reader."""
    parts = (each.partition(":") for each in (works or "").split())
    return {int(id): kind for id, _colon, kind in parts}


def known(session: ReadSession, person: Person) -> Person:
    """The person with the organisations they work for, as they are when signed in."""
    asked = select(Membership.organisation_id, Membership.kind)
    rows = session.execute(asked.where(Membership.person_id == person.id, Membership.ended_at.is_(None)))
    person.member_of = dict(rows.all())
    return person


def find_organisation(session: ReadSession, id: int, *, visible_to: Person) -> Organisation | None:
    """An organisation that this person works for."""
    return session.get(Organisation, id) if id in visible_to.member_of else None


def organisations(session: ReadSession, person: Person) -> list[Organisation]:
    """Those the person works for, the one they write new proposals for first."""
    asked = select(Organisation).where(Organisation.id.in_(person.member_of)).order_by(Organisation.id)
    return sorted(session.scalars(asked), key=lambda one: one.id != person.organisation_id)


def of(session: ReadSession, organisation_id: int) -> list[Membership]:
    """The present members with their persons, editors first."""
    asked = select(Membership).where(Membership.organisation_id == organisation_id, Membership.ended_at.is_(None))
    return list(session.scalars(asked.options(joinedload(Membership.person)).order_by(Membership.kind, Membership.id)))


def find(session: ReadSession, organisation: Organisation, id: int) -> Membership | None:
    return next((row for row in of(session, organisation.id) if row.id == id), None)


def _open() -> ColumnElement[bool]:
    return Invitation.ended_at.is_(None)


def invited(session: ReadSession, organisation_id: int) -> list[Invitation]:
    """Who was asked and has not answered yet."""
    asked = select(Invitation).where(Invitation.organisation_id == organisation_id, _open())
    return list(session.scalars(asked.order_by(Invitation.id)))


def invitations(session: ReadSession, person: Person) -> list[Invitation]:
    """To which organisations this person is asked, by their address or number, with the organisation and who asks."""
    addresses = [each for each in (person.email, _number_of(session, person)) if each]
    asked = select(Invitation).where(_open(), Invitation.address.in_(addresses))
    asked = asked.options(joinedload(Invitation.organisation), joinedload(Invitation.by))
    return [
        one for one in session.scalars(asked.order_by(Invitation.id)) if one.organisation_id not in person.member_of
    ]


def _number_of(session: ReadSession, person: Person) -> str:
    """The dialled number of this person; '' for one that they wrote themselves and the branch has not made a code for since.

    Anybody can write anybody's number into their own account: by it nobody joins an organisation.
    """
    own = select(Entry.seq).where(Entry.subject == subject_of(person), Entry.action == "people.change_phone").limit(1)
    if not person.dialled or session.scalars(own).first() is None:
        return person.dialled
    made = select(Code.id).where(
        Code.person_id == person.id, Code.dialled == person.dialled, Code.made_by_id.is_not(None)
    )
    return person.dialled if session.scalars(made.limit(1)).first() is not None else ""


def found(session: WriteSession, organisation: Organisation, person: Person, *, at: datetime) -> Membership:
    """The first editor: who brought the organisation in."""
    return _add(session, organisation.id, person, EDITOR, None, at)


def change_organisation(
    session: WriteSession, organisation: Organisation, *, by: Somebody, at: datetime, **values: Any
) -> None:
    """What its own people keep up to date: any of its columns; proposals that were sent keep what was sent."""
    changed = {name: value for name, value in values.items() if getattr(organisation, name) != (value or _blank(name))}
    for name, value in changed.items():
        setattr(organisation, name, value or _blank(name))
    if changed:
        record(session, "people.change_organisation", organisation, by=by, at=at, fields=sorted(changed))


def _blank(name: str) -> str | None:
    return None if name == "founded_on" else ""


def invite(
    session: WriteSession, organisation: Organisation, address: str, name: str, kind: str, *, by: Person, at: datetime
) -> Invitation:
    """Asks somebody by e-mail address or dialled number; asked again, the kind given last holds."""
    locked(session, organisation)
    if any(address in (row.person.email, row.person.dialled) for row in of(session, organisation.id)):
        raise Refused(_("This person is a member already."), field="address")
    waiting = invited(session, organisation.id)
    there = next((one for one in waiting if one.address == address), None)
    if there is None and len(waiting) >= MOST_OPEN:
        most = _("%(most)s invitations wait for an answer. Take one back, or wait for an answer first.", most=MOST_OPEN)
        raise Refused(most, field="address")
    if there is None:
        there = Invitation(organisation_id=organisation.id, address=address, by_id=by.id, at=at)
        session.add(there)
    there.name, there.kind = name, kind
    record(session, "people.invite_member", organisation, by=by, at=at, kind=kind)
    return there


def take_back(
    session: WriteSession, organisation: Organisation, invitation: Invitation, *, by: Person, at: datetime
) -> None:
    if invitation.ended_at is None:
        invitation.ended_at = at
        record(session, "people.take_invitation_back", organisation, by=by, at=at)


def answer(session: WriteSession, invitation: Invitation, *, joins: bool, by: Person, at: datetime) -> None:
    """The person asked says yes or no; who says yes becomes an applicant if they were none."""
    locked(session, invitation)
    if invitation.ended_at is not None or invitation.address not in (by.email, _number_of(session, by)):
        raise Refused(_("This invitation does not stand any more."))
    invitation.ended_at = at
    if not joins:
        record(session, "people.decline", invitation.organisation, by=by, at=at)
        return
    _add(session, invitation.organisation_id, by, invitation.kind, invitation.by_id, at)
    if not any(held.role == Role.APPLICANT for held in by.roles):
        give_role(session, by, Role.APPLICANT, by=None, at=at)
    record(session, "people.join", invitation.organisation, by=by, at=at, kind=invitation.kind)


def change(
    session: WriteSession, membership: Membership, kind: str, *, pass_on: PassOn, by: Person, at: datetime
) -> None:
    """Makes an editor of a reader, or a reader of an editor; one editor stays. What a reader answered for passes on, as when leaving."""
    organisation = session.get_one(Organisation, membership.organisation_id)
    locked(session, organisation)
    if membership.kind == kind or membership.ended_at is not None:
        return
    others = [row for row in _editors(session, organisation.id) if row.id != membership.id]
    if kind == READER and not others:
        raise Refused(_("One editor has to stay. Make somebody else an editor first."))
    membership.kind = kind
    _writes_for(membership.person, organisation.id, kind)
    if kind == READER:
        pass_on(session, organisation.id, membership.person, _heir(others, by), by, at)
    record(session, "people.change_member", organisation, by=by, at=at, person=membership.person_id, kind=kind)


def _heir(others: list[Membership], by: Person) -> Person:
    """Who takes over: who does it, if they are an editor who stays, else the first editor."""
    return next((row.person for row in others if row.person_id == by.id), others[0].person)


def end(
    session: WriteSession,
    membership: Membership,
    *,
    pass_on: PassOn,
    by: Person,
    at: datetime,
    heir: Membership | None = None,
) -> None:
    """A member leaves, or an editor removes them. What they answered for passes to `heir`, else to who removes, else to the first editor.

    The last editor leaves only by naming an heir, who becomes editor. Raises Refused.
    """
    organisation = session.get_one(Organisation, membership.organisation_id)
    locked(session, organisation)
    if membership.ended_at is not None:
        return
    others = [row for row in _editors(session, organisation.id) if row.id != membership.id]
    if heir is not None and heir.kind == READER:
        change(session, heir, EDITOR, pass_on=pass_on, by=by, at=at)
    elif heir is None and not others and membership.kind == EDITOR:
        raise Refused(_("You are the last editor. Say who carries on, or invite somebody first."), field="heir")
    to = heir.person if heir is not None else _heir(others, by)
    membership.ended_at = at
    _writes_for(membership.person, organisation.id, "")
    pass_on(session, organisation.id, membership.person, to, by, at)
    verb = "people.leave" if by.id == membership.person_id else "people.remove_member"
    record(session, verb, organisation, by=by, at=at, person=membership.person_id, heir=to.id)


def _editors(session: ReadSession, organisation_id: int) -> list[Membership]:
    return [row for row in of(session, organisation_id) if row.kind == EDITOR]


def _add(
    session: WriteSession, organisation_id: int, person: Person, kind: str, by_id: int | None, at: datetime
) -> Membership:
    asked = select(Membership).where(Membership.person_id == person.id, Membership.organisation_id == organisation_id)
    row = session.scalars(asked.where(Membership.ended_at.is_(None))).first()
    if row is None:
        row = Membership(organisation_id=organisation_id, person_id=person.id, kind=kind, invited_by_id=by_id, at=at)
        session.add(row)
        session.flush()
    _writes_for(person, organisation_id, row.kind)
    person.member_of = {**person.member_of, organisation_id: row.kind}
    return row


def _writes_for(person: Person, organisation_id: int, kind: str) -> None:
    """An editor's new proposals are written for the organisation, unless they have one; nobody else's are."""
    if kind == EDITOR and person.organisation_id is None:
        person.organisation_id = organisation_id
    elif kind != EDITOR and person.organisation_id == organisation_id:
        person.organisation_id = None


def works_there(organisation: InstrumentedAttribute[int | None], person_id: int) -> ColumnElement[bool]:
    """Whether the person works for the organisation in this column, editor or reader; as a condition."""
    there = select(Membership.organisation_id).where(Membership.person_id == person_id, Membership.ended_at.is_(None))
    return organisation.in_(there)


def people_of(session: ReadSession, organisation_id: int | None) -> list[int]:
    """The ids of who works for an organisation."""
    asked = select(Membership.person_id).where(
        Membership.organisation_id == (organisation_id or 0), Membership.ended_at.is_(None)
    )
    return list(session.scalars(asked))


def working(session: ReadSession, person_ids: list[int], organisation_ids: list[int]) -> set[tuple[int, int]]:
    """(person, organisation) of all these who work for one of these, in one question."""
    asked = select(Membership.person_id, Membership.organisation_id).where(
        Membership.person_id.in_(person_ids),
        Membership.organisation_id.in_(organisation_ids),
        Membership.ended_at.is_(None),
    )
    return {(person_id, organisation_id) for person_id, organisation_id in session.execute(asked)}
