"""Setting up committees: who sits on them, from when to when."""

from datetime import datetime

from sqlalchemy import select

from fundapp.history.service import record
from fundapp.kit import i18n
from fundapp.kit.database import WriteSession
from fundapp.kit.errors import NotAllowed, Refused
from fundapp.kit.i18n import gettext as _
from fundapp.measures.lifecycle import Status
from fundapp.measures.models import Measure
from fundapp.people.models import Person
from fundapp.people.permissions import Action, Role, holds, may
from fundapp.rating import queries, quorum, seating, standing
from fundapp.rating.models import Committee, Member, Scheme, Sheet


def set_up(session: WriteSession, *, name: str, smallest_quorum: int = 3, by: Person, at: datetime) -> Committee:
    """A new committee; raises Refused when the name is taken."""
    _manages(by)
    _fit(session, name, smallest_quorum, None)
    committee = Committee(name=name.strip(), smallest_quorum=smallest_quorum, created_at=at)
    session.add(committee)
    session.flush()
    record(session, "rating.set_up", committee, by=by, at=at, smallest_quorum=smallest_quorum)
    return committee


def change(
    session: WriteSession, committee: Committee, *, name: str, smallest_quorum: int, by: Person, at: datetime
) -> None:
    """Another name or smallest quorum."""
    _manages(by)
    _fit(session, name, smallest_quorum, committee)
    committee.name, committee.smallest_quorum = name.strip(), smallest_quorum
    record(session, "rating.change_committee", committee, by=by, at=at, smallest_quorum=smallest_quorum)


def add_member(
    session: WriteSession,
    committee: Committee,
    person: Person,
    *,
    sector: str,
    chair: bool = False,
    voting: bool = True,
    by: Person,
    at: datetime,
) -> Member:
    """A seat for `person`, who also gets sheets for what is in rating now. The role of a member or chair is given by the administrator."""
    _manages(by)
    reasons = []
    if sector not in quorum.SECTORS:
        reasons.append(_("Choose the sector: private, public or semi-public."))
    if not person.active:
        reasons.append(_("%(name)s has no active account.", name=i18n.called(person)))
    if committee.id in queries.committees_of(session, person.id):
        reasons.append(_("%(name)s sits on this committee already.", name=i18n.called(person)))
    if reasons:
        raise Refused(*reasons)
    member = Member(
        committee_id=committee.id, person_id=person.id, sector=sector, chair=chair, voting=voting, joined_at=at
    )
    session.add(member)
    session.flush()
    record(session, "rating.add_member", member, by=by, at=at, person=person.id, committee=committee.id, chair=chair)
    for measure in _in_rating(session, committee):
        seating.give_sheets(session, measure, standing.round_of(session, measure.id), at=at)
    return member


def end_membership(session: WriteSession, member: Member, *, by: Person, at: datetime) -> None:
    """The seat is free from now on; sheets not yet signed become void, signed ones count."""
    _manages(by)
    if member.left_at is not None:
        raise Refused(_("This membership has ended already."))
    member.left_at = at
    asked = (
        select(Sheet)
        .join(Scheme, Scheme.id == Sheet.scheme_id)
        .where(
            Sheet.person_id == member.person_id,
            Sheet.status.in_(("open", "locked")),
            Scheme.committee_id == member.committee_id,
        )
    )
    seating.void(session, list(session.scalars(asked)), at=at)
    record(session, "rating.end_membership", member, by=by, at=at, person=member.person_id)


def notes(seats: list[Member]) -> list[str]:
    """Advice on who sits on the committee, and who still lacks the role that the seat needs."""
    voting = [seat for seat in seats if seat.voting]
    found = quorum.composition([seat.sector for seat in voting], sum(seat.chair for seat in seats))
    for seat in seats:
        role = Role.CHAIR if seat.chair else Role.MEMBER
        if not holds(seat.person, role):
            found.append(
                _(
                    "%(name)s does not have the role “%(role)s” yet; the administrator gives it under People.",
                    name=i18n.called(seat.person),
                    role=i18n.words(role.value),
                )
            )
    return found


def _in_rating(session: WriteSession, committee: Committee) -> list[Measure]:
    newest = queries.schemes(
        session, session.scalars(select(Scheme.call_id).where(Scheme.committee_id == committee.id))
    )
    calls = [call_id for call_id, scheme in newest.items() if scheme.committee_id == committee.id]
    asked = select(Measure).where(Measure.call_id.in_(calls), Measure.status == Status.IN_RATING)
    return list(session.scalars(asked.order_by(Measure.id)))


def _fit(session: WriteSession, name: str, smallest_quorum: int, committee: Committee | None) -> None:
    if not name.strip():
        raise Refused(_("Please give the committee a name."), field="name")
    found = session.scalars(select(Committee).where(Committee.name == name.strip())).first()
    if found is not None and found is not committee:
        raise Refused(_("There is a committee “%(name)s” already.", name=name.strip()), field="name")
    if not 2 <= smallest_quorum <= 15:
        raise Refused(_("The smallest quorum lies between 2 and 15 members."), field="smallest_quorum")


def _manages(by: Person) -> None:
    if not may(by, Action.MANAGE_COMMITTEE):
        raise NotAllowed
