"""Setting up committees: national or for regions, who sits on them, how, and from when to when."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, select

from fundapp.history.service import record
from fundapp.kit import i18n
from fundapp.kit.database import WriteSession, locked
from fundapp.kit.errors import NotAllowed, Refused
from fundapp.kit.i18n import gettext as _
from fundapp.kit.texts import show_date
from fundapp.measures.lifecycle import Status
from fundapp.measures.models import Measure
from fundapp.people.models import Person
from fundapp.people.permissions import Action, Role, holds, may
from fundapp.rating import finding, quorum, seating, sitting, standing
from fundapp.rating.models import Committee, Member, Panel, Scheme, Sheet
from fundapp.regions.areas import AREAS
from fundapp.regions.areas import name as area_name


@dataclass(frozen=True)
class Seat:
    """How somebody sits. `substitute`: first, second, ... of those who stand in; `until`: the last day of the term."""

    sector: str
    chair: bool = False
    voting: bool = True
    deputy: bool = False
    substitute: int | None = None
    woman: bool | None = None
    until: date | None = None


def set_up(
    session: WriteSession,
    *,
    name: str,
    smallest_quorum: int = 3,
    regions: Collection[str] = (),
    ceiling: int | None = None,
    by: Person,
    at: datetime,
) -> Committee:
    """A new committee, for some regions (ISO 3166-2) or, without any, national; raises Refused when the name is taken."""
    _manages(by)
    _fit(session, name, smallest_quorum, regions, ceiling, None)
    committee = Committee(
        name=name.strip(), smallest_quorum=smallest_quorum, regions=sorted(regions), ceiling=ceiling, created_at=at
    )
    session.add(committee)
    session.flush()
    record(
        session, "rating.set_up", committee, by=by, at=at, smallest_quorum=smallest_quorum, regions=committee.regions,
        ceiling=ceiling,
    )  # fmt: skip
    return committee


def change(
    session: WriteSession,
    committee: Committee,
    *,
    name: str,
    smallest_quorum: int,
    regions: Collection[str] | None = None,
    ceiling: int | None = None,
    by: Person,
    at: datetime,
) -> None:
    """Another name or smallest quorum; with `regions` also its area and ceiling (minor units). What it rates already stays with it."""
    _manages(by)
    area = committee.regions if regions is None else sorted(regions)
    most = committee.ceiling if regions is None else ceiling
    _fit(session, name, smallest_quorum, area, most, committee)
    committee.name, committee.smallest_quorum = name.strip(), smallest_quorum
    committee.regions, committee.ceiling = area, most
    record(
        session, "rating.change_committee", committee, by=by, at=at, smallest_quorum=smallest_quorum, regions=area,
        ceiling=most,
    )  # fmt: skip


def add_member(
    session: WriteSession,
    committee: Committee,
    person: Person,
    *,
    sector: str,
    chair: bool = False,
    voting: bool = True,
    deputy: bool = False,
    substitute: int | None = None,
    woman: bool | None = None,
    until: date | None = None,
    by: Person,
    at: datetime,
) -> Member:
    """A seat for `person`, who also gets sheets for what is in rating now. The role of a member or chair is given by the administrator.

    Rules look at once whether a conflict closes something to them.
    """
    _manages(by)
    locked(session, committee)
    seat = Seat(sector, chair, voting, deputy, substitute, woman, until)
    reasons = _unfit(session, committee, seat, None)
    if not person.active:
        reasons.append(_("%(name)s has no active account.", name=i18n.called(person)))
    if committee.id in sitting.committees_of(session, person.id):
        reasons.append(_("%(name)s sits on this committee already.", name=i18n.called(person)))
    if reasons:
        raise Refused(*reasons)
    member = Member(committee_id=committee.id, person_id=person.id, joined_at=at, **vars(seat))
    session.add(member)
    session.flush()
    record(
        session, "rating.add_member", member, by=by, at=at, person=person.id, committee=committee.id, chair=chair,
        deputy=deputy, voting=voting, substitute=substitute, until=until.isoformat() if until else None,
    )  # fmt: skip
    finding.look_at_person(session, person, at=at)
    _give(session, committee.id, at)
    return member


def change_seat(session: WriteSession, member: Member, seat: Seat, *, by: Person, at: datetime) -> None:
    """Another sector, chair, vote, place among the substitutes, or term. Who may vote from now on gets sheets; signed ones stand.

    Who only advises, or becomes a substitute, keeps no open sheet.
    """
    _manages(by)
    committee = locked(session, session.get_one(Committee, member.committee_id))
    if member.left_at is not None:
        raise Refused(_("This membership has ended already."))
    if reasons := _unfit(session, committee, seat, member):
        raise Refused(*reasons)
    before = Seat(*(getattr(member, name) for name in vars(seat)))
    if before == seat:
        return
    for name, value in vars(seat).items():
        setattr(member, name, value)
    session.flush()
    record(
        session, "rating.change_seat", member, by=by, at=at, person=member.person_id, chair=seat.chair, deputy=seat.deputy,
        voting=seat.voting, substitute=seat.substitute, until=seat.until.isoformat() if seat.until else None,
    )  # fmt: skip
    if not seat.voting or (seat.substitute is not None and before.substitute is None):
        _void_open(session, member, at)
    _give(session, committee.id, at)


def end_membership(session: WriteSession, member: Member, *, by: Person, at: datetime) -> None:
    """The seat is free from now on; sheets not yet signed become void, and substitutes get them; signed ones count."""
    _manages(by)
    if member.left_at is not None:
        raise Refused(_("This membership has ended already."))
    member.left_at = at
    session.flush()
    _void_open(session, member, at)
    record(session, "rating.end_membership", member, by=by, at=at, person=member.person_id)
    _give(session, member.committee_id, at)


def choose_panels(
    session: WriteSession, scheme: Scheme, committees: Sequence[Committee], *, by: Person, at: datetime
) -> None:
    """Which regional committees decide their part of the call; the rest stays with the scheme's own. What is in rating stays where it is."""
    _manages(by)
    locked(session, scheme)
    reasons = [_("“%(name)s” has no regions.", name=one.name) for one in committees if not one.regions]
    reasons += [
        _("“%(name)s” decides on the rest of the call already.", name=one.name)
        for one in committees
        if one.id == scheme.committee_id
    ]
    for n, one in enumerate(committees):
        for other in committees[:n]:
            if shared := sorted(set(one.regions) & set(other.regions)):
                named = ", ".join(area_name(code) for code in shared)
                reasons.append(
                    _("“%(one)s” and “%(other)s” share %(regions)s.", one=other.name, other=one.name, regions=named)
                )
    if reasons:
        raise Refused(*reasons, field="committees")
    session.execute(delete(Panel).where(Panel.scheme_id == scheme.id))
    session.add_all(Panel(scheme_id=scheme.id, committee_id=one.id) for one in committees)
    session.flush()
    record(session, "rating.choose_panels", scheme, by=by, at=at, committees=sorted(one.id for one in committees))
    for one in committees:
        for seat in sitting.members(session, one.id):
            finding.look_at_person(session, seat.person, at=at)


def notes(seats: Sequence[Member], today: date) -> list[str]:
    """Advice on who sits on the committee, whose term ends, and who still lacks the role that the seat needs."""
    found = quorum.composition(seats)
    for seat in seats:
        name = i18n.called(seat.person)
        match quorum.term(seat.until, today):
            case "over" if seat.until is not None:
                found.append(
                    _(
                        "The term of %(name)s ended on %(day)s: the seat is empty until it is renewed.",
                        name=name,
                        day=show_date(seat.until),
                    )
                )
            case "soon" if seat.until is not None:
                found.append(_("The term of %(name)s ends on %(day)s.", name=name, day=show_date(seat.until)))
        role = Role.CHAIR if seat.chair or seat.deputy else Role.MEMBER
        if not holds(seat.person, role):
            found.append(
                _(
                    "%(name)s does not have the role “%(role)s” yet; the administrator gives it under People.",
                    name=name,
                    role=i18n.words(role.value),
                )
            )
    return found


def _give(session: WriteSession, committee_id: int, at: datetime) -> None:
    """Whoever should have a sheet of what this committee rates now gets one, with one mail each."""
    new: dict[int, list[Sheet]] = {}
    for measure in _in_rating(session, committee_id):
        made = seating.give_sheets(session, measure, standing.round_of(session, measure.id), at=at)
        new.setdefault(measure.call_id or 0, []).extend(made)
    for call_id, sheets in new.items():
        seating.tell(session, call_id, sheets, at=at)


def _void_open(session: WriteSession, member: Member, at: datetime) -> None:
    measures = [measure.id for measure in _in_rating(session, member.committee_id)]
    asked = select(Sheet).where(
        Sheet.person_id == member.person_id, Sheet.status.in_(("open", "locked")), Sheet.measure_id.in_(measures)
    )
    seating.void(session, list(session.scalars(asked)), at=at)


def _in_rating(session: WriteSession, committee_id: int) -> list[Measure]:
    asked = select(Measure).where(Measure.status == Status.IN_RATING, sitting.deciding(session) == committee_id)
    return list(session.scalars(asked.order_by(Measure.id)))


def _fit(
    session: WriteSession,
    name: str,
    smallest_quorum: int,
    regions: Iterable[str],
    ceiling: int | None,
    committee: Committee | None,
) -> None:
    if not name.strip():
        raise Refused(_("Please give the committee a name."), field="name")
    found = session.scalars(select(Committee).where(Committee.name == name.strip())).first()
    if found is not None and found is not committee:
        raise Refused(_("There is a committee “%(name)s” already.", name=name.strip()), field="name")
    if not 2 <= smallest_quorum <= 15:
        raise Refused(_("The smallest quorum lies between 2 and 15 members."), field="smallest_quorum")
    if any(code not in AREAS for code in regions):
        raise Refused(_("Choose regions from the list."), field="regions")
    if ceiling is not None and ceiling <= 0:
        raise Refused(_("The ceiling is above zero."), field="ceiling")
    if ceiling is not None and not regions:
        raise Refused(_("Only a regional committee has a ceiling; choose its regions."), field="ceiling")


def _unfit(session: WriteSession, committee: Committee, seat: Seat, member: Member | None) -> list[str]:
    """Reasons against a seat: one chair, one deputy, one first substitute; who leads votes and stands in for nobody."""
    reasons = []
    if seat.sector not in quorum.SECTORS:
        reasons.append(_("Choose the sector: private, public or semi-public."))
    if seat.chair and seat.deputy:
        reasons.append(_("Somebody is the chair or the deputy, not both."))
    if seat.substitute is not None and (seat.chair or seat.deputy or not seat.voting or seat.substitute < 1):
        reasons.append(_("A substitute votes, and is neither chair nor deputy."))
    if (seat.chair or seat.deputy) and not seat.voting:
        reasons.append(_("The chair and the deputy vote."))
    others = [other for other in sitting.members(session, committee.id) if other is not member]
    if seat.chair and (chair := next((other for other in others if other.chair), None)):
        reasons.append(_("%(name)s is the chair already.", name=i18n.called(chair.person)))
    if seat.deputy and (deputy := next((other for other in others if other.deputy), None)):
        reasons.append(_("%(name)s is the deputy already.", name=i18n.called(deputy.person)))
    if seat.substitute is not None and (
        same := next((other for other in others if other.substitute == seat.substitute), None)
    ):
        reasons.append(_("%(name)s is substitute %(n)s already.", name=i18n.called(same.person), n=seat.substitute))
    return reasons


def _manages(by: Person) -> None:
    if not may(by, Action.MANAGE_COMMITTEE):
        raise NotAllowed
