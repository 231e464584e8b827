"""Setting up committees, and the rating scheme of a call."""

from typing import Annotated

from fastapi import APIRouter, Request
from starlette.responses import Response

from fundapp.funds.models import Call
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
from fundapp.rating import committees, forms, queries, quorum, schemes
from fundapp.rating.models import Committee, Member
from fundapp.rating.switches import ENOUGH, MEMBERS

router = APIRouter(prefix="/rating", route_class=Route)
Manager = Annotated[Person, allowed(Action.MANAGE_COMMITTEE)]
ACommittee = Annotated[Committee, to(Action.MANAGE_COMMITTEE, queries.find_committee)]
ACall = Annotated[Call, to(Action.MANAGE_COMMITTEE, queries.find_call)]
STAFF = (Role.MEMBER, Role.CHAIR, Role.OFFICER, Role.MANAGER)


@router.get("/committees")
def list_committees(request: Request, by: Manager, session: Reading) -> Response:
    form = shown(forms.CommitteeForm, {"smallest_quorum": ENOUGH[value(session, MEMBERS)]})
    return page(request, "rating/committees.html", committees=queries.committees(session), form=form)


@router.post("/committees")
def set_up(request: Request, by: Manager, session: Writing, at: At, posted: PostedForm) -> Response:
    form = bind(forms.CommitteeForm, posted)
    if not form.ok:
        return page(request, "rating/committees.html", 422, committees=queries.committees(session), form=form)
    value = form.value
    made = committees.set_up(session, name=value.name, smallest_quorum=value.smallest_quorum, by=by, at=at)
    return go(f"/rating/committees/{made.id}", _("The committee is set up. Now add its members."))


@router.get("/committees/{id}")
def committee_page(request: Request, committee: ACommittee, session: Reading) -> Response:
    return _committee(request, committee, session)


@router.post("/committees/{id}")
def change(request: Request, committee: ACommittee, by: By, session: Writing, at: At, posted: PostedForm) -> Response:
    form = bind(forms.CommitteeForm, posted)
    if not form.ok:
        return _committee(request, committee, session, form=form)
    value = form.value
    committees.change(session, committee, name=value.name, smallest_quorum=value.smallest_quorum, by=by, at=at)
    return go(f"/rating/committees/{committee.id}", _("Saved."))


@router.post("/committees/{id}/members")
def add_member(
    request: Request, committee: ACommittee, by: By, session: Writing, at: At, posted: PostedForm
) -> Response:
    form = bind(forms.MemberForm, posted)
    if not form.ok:
        return _committee(request, committee, session, member=form)
    value = form.value
    person = session.get(Person, value.person)
    if person is None:
        raise NotFound
    committees.add_member(
        session,
        committee,
        person,
        sector=value.sector,
        chair=value.chair == "yes",
        voting=value.no_vote != "yes",
        by=by,
        at=at,
    )
    return go(
        f"/rating/committees/{committee.id}", _("%(name)s sits on the committee.") % {"name": i18n.called(person)}
    )


@router.post("/members/{id}/end")
def end_membership(
    member: Annotated[Member, to(Action.MANAGE_COMMITTEE, queries.find_member)],
    by: By,
    session: Writing,
    at: At,
    posted: PostedForm,
) -> Response:
    committees.end_membership(session, member, by=by, at=at)
    return go(f"/rating/committees/{member.committee_id}", _("The membership has ended."))


@router.get("/calls/{id}/scheme")
def scheme_page(request: Request, call: ACall, by: By, session: Reading) -> Response:
    return _scheme(request, call, by, session)


@router.post("/calls/{id}/scheme/start")
def start_scheme(request: Request, call: ACall, by: By, session: Writing, at: At, posted: PostedForm) -> Response:
    form = bind(forms.StartSchemeForm, posted)
    committee = session.get(Committee, form.value.committee) if form.ok else None
    if committee is None:
        form.errors.setdefault("committee", _("Please choose the committee."))
        return _scheme(request, call, by, session, start=form)
    schemes.make_scheme(session, call, committee, smallest_sheets=form.value.smallest_sheets, by=by, at=at)
    return go(f"/rating/calls/{call.id}/scheme", _("The call has its committee and the default scheme."))


@router.post("/calls/{id}/scheme")
def change_scheme(request: Request, call: ACall, by: By, session: Writing, at: At, posted: PostedForm) -> Response:
    form, rows, good = forms.scheme(posted)
    scheme = queries.scheme_of(session, call.id)
    if scheme is None:
        raise NotFound
    if not form.ok:
        return _scheme(request, call, by, session, form=form, rows=rows)
    value = form.value
    schemes.change_scheme(
        session, scheme, good, smallest_sheets=value.smallest_sheets, fundable_from=value.fundable_from,
        spread_limit=value.spread_limit, version=value.version, by=by, at=at,
    )  # fmt: skip
    return go(f"/rating/calls/{call.id}/scheme", _("The scheme is saved."))


def _committee(
    request: Request,
    committee: Committee,
    session: ReadSession,
    *,
    form: Bound[forms.CommitteeForm] | None = None,
    member: Bound[forms.MemberForm] | None = None,
) -> Response:
    seats = queries.members(session, committee.id)
    taken = {seat.person_id for seat in seats}
    kept = {"name": committee.name, "smallest_quorum": committee.smallest_quorum}
    return page(
        request, "rating/committee.html", 422 if form or member else 200, committee=committee, seats=seats,
        notes=committees.notes(seats), form=form or shown(forms.CommitteeForm, kept), member=member or shown(forms.MemberForm),
        persons=[person for person in with_role(session, *STAFF) if person.id not in taken],
        sectors=list(quorum.SECTORS.items()),
    )  # fmt: skip


def _scheme(
    request: Request,
    call: Call,
    by: Person,
    session: ReadSession,
    *,
    start: Bound[forms.StartSchemeForm] | None = None,
    form: Bound[forms.SchemeForm] | None = None,
    rows: dict[str, Bound[forms.CriterionRow]] | None = None,
) -> Response:
    scheme = queries.scheme_of(session, call.id)
    kept = {} if scheme is None else {
        "smallest_sheets": scheme.smallest_sheets, "fundable_from": _shown(scheme.fundable_from),
        "spread_limit": _shown(scheme.spread_limit), "version": scheme.version,
    }  # fmt: skip
    criteria = queries.criteria(session, scheme.id) if scheme else []
    filled = {
        c.code: shown(
            forms.CriterionRow,
            {
                "code": c.code,
                "weight": c.weight,
                "threshold": None if c.threshold is None else _shown(c.threshold),
                "needs_identity": "yes" if c.needs_identity else "",
            },
        )
        for c in criteria
    } | (rows or {})
    return page(
        request, "rating/scheme.html", 422 if start or form else 200, call=call, scheme=scheme, criteria=criteria, rows=filled,
        committee=queries.committee_of(session, scheme), committees=queries.committees(session), lang_=language(request, by),
        start=start or shown(forms.StartSchemeForm, {"smallest_sheets": _enough(session, call)}), form=form or shown(forms.SchemeForm, kept),
    )  # fmt: skip


def _enough(session: ReadSession, call: Call) -> int:
    """How many sheets a new scheme asks for, by the fund's switch."""
    return ENOUGH[value(session, MEMBERS, queries.fund_of(session, call))]


def _shown(tenths: int) -> str:
    return f"{tenths // 10}" if tenths % 10 == 0 else f"{tenths / 10:.1f}"
