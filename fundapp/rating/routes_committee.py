"""Setting up committees, their seats, and which regional ones decide their part of a call."""

from typing import Annotated

from fastapi import APIRouter, Request
from sqlalchemy import select
from starlette.responses import Response

from fundapp.funds.models import Call, Fund
from fundapp.kit import i18n
from fundapp.kit.database import ReadSession
from fundapp.kit.errors import NotFound
from fundapp.kit.i18n import gettext as _
from fundapp.kit.web.forms import Bound, PostedForm, bind, shown
from fundapp.kit.web.pages import go, language, page
from fundapp.kit.web.route import Reading, Route, Writing
from fundapp.people.access import At, By, allowed, to
from fundapp.people.models import Person
from fundapp.people.permissions import Action, Role
from fundapp.people.queries import with_role
from fundapp.presets.queries import value
from fundapp.rating import committees, queries, quorum, sitting
from fundapp.rating import forms_committee as forms
from fundapp.rating.models import Committee, Member
from fundapp.rating.switches import ENOUGH, MEMBERS
from fundapp.regions import areas

router = APIRouter(prefix="/rating", route_class=Route)
Manager = Annotated[Person, allowed(Action.MANAGE_COMMITTEE)]
ACommittee = Annotated[Committee, to(Action.MANAGE_COMMITTEE, sitting.find_committee)]
AMember = Annotated[Member, to(Action.MANAGE_COMMITTEE, sitting.find_member)]
ACall = Annotated[Call, to(Action.MANAGE_COMMITTEE, queries.find_call)]
STAFF = (Role.MEMBER, Role.CHAIR, Role.OFFICER, Role.MANAGER)


@router.get("/committees")
def list_committees(request: Request, by: Manager, session: Reading) -> Response:
    return _committees(
        request, session, shown(forms.CommitteeForm, {"smallest_quorum": ENOUGH[value(session, MEMBERS)]})
    )


@router.post("/committees")
def set_up(request: Request, by: Manager, session: Writing, at: At, posted: PostedForm) -> Response:
    form = bind(forms.CommitteeForm, posted, currency=currency(session), locale=language(request, by))
    if not form.ok:
        return _committees(request, session, form, 422)
    value = form.value
    made = committees.set_up(
        session, name=value.name, smallest_quorum=value.smallest_quorum, regions=value.regions, ceiling=value.ceiling,
        by=by, at=at,
    )  # fmt: skip
    return go(f"/rating/committees/{made.id}", _("The committee is set up. Now add its members."))


@router.get("/committees/{id}")
def committee_page(request: Request, committee: ACommittee, by: By, session: Reading, at: At) -> Response:
    return _committee(request, committee, by, session, at)


@router.post("/committees/{id}")
def change(request: Request, committee: ACommittee, by: By, session: Writing, at: At, posted: PostedForm) -> Response:
    form = bind(forms.CommitteeForm, posted, currency=currency(session), locale=language(request, by))
    if not form.ok:
        return _committee(request, committee, by, session, at, form=form)
    value = form.value
    committees.change(
        session, committee, name=value.name, smallest_quorum=value.smallest_quorum, regions=value.regions,
        ceiling=value.ceiling, by=by, at=at,
    )  # fmt: skip
    return go(f"/rating/committees/{committee.id}", _("Saved."))


@router.post("/committees/{id}/members")
def add_member(
    request: Request, committee: ACommittee, by: By, session: Writing, at: At, posted: PostedForm
) -> Response:
    form = bind(forms.MemberForm, posted)
    if not form.ok:
        return _committee(request, committee, by, session, at, member=form)
    person = session.get(Person, form.value.person)
    if person is None:
        raise NotFound
    seat = form.value.seated(_next_turn(session, committee.id))
    committees.add_member(session, committee, person, by=by, at=at, **vars(seat))
    return go(
        f"/rating/committees/{committee.id}", _("%(name)s sits on the committee.") % {"name": i18n.called(person)}
    )


@router.get("/members/{id}")
def seat_page(request: Request, member: AMember, session: Reading) -> Response:
    return _seat(request, member, session, shown(forms.SeatForm, forms.typed(member)))


@router.post("/members/{id}")
def change_seat(request: Request, member: AMember, by: By, session: Writing, at: At, posted: PostedForm) -> Response:
    form = bind(forms.SeatForm, posted)
    if not form.ok:
        return _seat(request, member, session, form, 422)
    turn = member.substitute or _next_turn(session, member.committee_id)
    committees.change_seat(session, member, form.value.seated(turn), by=by, at=at)
    return go(f"/rating/committees/{member.committee_id}", _("The seat is changed."))


@router.post("/members/{id}/end")
def end_membership(member: AMember, by: By, session: Writing, at: At, posted: PostedForm) -> Response:
    committees.end_membership(session, member, by=by, at=at)
    return go(f"/rating/committees/{member.committee_id}", _("The membership has ended."))


@router.get("/calls/{id}/panels")
def panels_page(request: Request, call: ACall, by: By, session: Reading) -> Response:
    return _panels(request, call, by, session)


@router.post("/calls/{id}/panels")
def choose_panels(request: Request, call: ACall, by: By, session: Writing, at: At, posted: PostedForm) -> Response:
    form = bind(forms.PanelsForm, posted)
    scheme = queries.scheme_of(session, call.id)
    if scheme is None:
        raise NotFound
    if not form.ok:
        return _panels(request, call, by, session, form)
    chosen = list(
        session.scalars(select(Committee).where(Committee.id.in_(form.value.committees)).order_by(Committee.id))
    )
    committees.choose_panels(session, scheme, chosen, by=by, at=at)
    return go(f"/rating/calls/{call.id}/panels", _("Saved: each region’s part goes to its committee."))


def currency(session: ReadSession) -> str:
    """Of ceilings: the first fund's, since a committee belongs to no fund."""
    return session.scalar(select(Fund.currency).order_by(Fund.id).limit(1)) or "EUR"


def _next_turn(session: ReadSession, committee_id: int) -> int:
    return max((seat.substitute or 0 for seat in sitting.members(session, committee_id)), default=0) + 1


def _committees(
    request: Request, session: ReadSession, form: Bound[forms.CommitteeForm], status: int = 200
) -> Response:
    return page(
        request, "rating/committees.html", status, committees=sitting.committees(session), form=form, areas=_areas(),
        currency=currency(session), area_name=areas.name,
    )  # fmt: skip


def _committee(
    request: Request,
    committee: Committee,
    by: Person,
    session: ReadSession,
    at: At,
    *,
    form: Bound[forms.CommitteeForm] | None = None,
    member: Bound[forms.MemberForm] | None = None,
) -> Response:
    seats = sitting.members(session, committee.id)
    taken = {seat.person_id for seat in seats}
    kept = {
        "name": committee.name, "smallest_quorum": committee.smallest_quorum, "regions": committee.regions,
        "ceiling": committee.ceiling,
    }  # fmt: skip
    return page(
        request, "rating/committee.html", 422 if form or member else 200, committee=committee, seats=seats,
        notes=committees.notes(seats, at.date()), form=form or shown(forms.CommitteeForm, kept),
        member=member or shown(forms.MemberForm, {"seat": "member"}), area_name=areas.name, areas=_areas(),
        persons=[person for person in with_role(session, *STAFF) if person.id not in taken],
        sectors=list(quorum.SECTORS.items()), seat_of=forms.seat_of, currency=currency(session),
        calls=sitting.calls_before(session, committee.id), today=at.date(), term=quorum.term,
        region_names=i18n.listed([areas.name(code) for code in committee.regions]),
    )  # fmt: skip


def _seat(
    request: Request, member: Member, session: ReadSession, form: Bound[forms.SeatForm], status: int = 200
) -> Response:
    return page(
        request, "rating/seat.html", status, seat=member, form=form, sectors=list(quorum.SECTORS.items()),
        committee=session.get_one(Committee, member.committee_id),
    )  # fmt: skip


def _panels(
    request: Request, call: Call, by: Person, session: ReadSession, form: Bound[forms.PanelsForm] | None = None
) -> Response:
    scheme = queries.scheme_of(session, call.id)
    chosen = sitting.committees_of_call(session, call.id)
    regional = [one for one, _n in sitting.committees(session) if one.regions and one.id not in chosen[:1]]
    return page(
        request, "rating/panels.html", 422 if form else 200, call=call, scheme=scheme, regional=regional,
        committee=queries.committee_of(session, scheme), form=form or shown(forms.PanelsForm, {"committees": chosen[1:]}),
        currency=currency(session), area_name=areas.name,
    )  # fmt: skip


def _areas() -> list[tuple[str, str]]:
    return sorted(((code, areas.name(code)) for code in areas.AREAS), key=lambda one: i18n.by_name(one[1]))
