"""The administrator's pages: persons, roles, branches, organisations, and the table of rights."""

from typing import Annotated, Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from fundapp.kit import i18n
from fundapp.kit.database import undo
from fundapp.kit.errors import NotFound, Refused
from fundapp.kit.web.forms import PostedForm, bind, shown
from fundapp.kit.web.pages import go, page
from fundapp.kit.web.route import Reading, Route, Writing
from fundapp.mail.service import queue
from fundapp.people import forms, pairing, queries, service
from fundapp.people.access import At, allowed, to
from fundapp.people.codes import KINDS
from fundapp.people.models import Branch, Person, RoleHeld
from fundapp.people.permissions import BUNDLE_NAMES, GRAVE_ROLES, RIGHTS, Action, Role
from fundapp.people.secrets import hashed

router = APIRouter(prefix="/people", route_class=Route)
Admin = Annotated[Person, allowed(Action.MANAGE_PEOPLE)]
APerson = Annotated[Person, to(Action.MANAGE_PEOPLE, queries.find_person)]
ABranch = Annotated[Branch, to(Action.MANAGE_PEOPLE, queries.find_branch)]


@router.get("/persons")
def persons(request: Request, session: Reading, by: Admin, q: str = "", after: int = 0) -> Response:
    found = queries.people(session, q=q, after=after)
    waiting = queries.to_confirm(session)
    return page(request, "people/persons.html", found=found, waiting=waiting, q=q, branches=_branches(session))


def _branches(session: Any) -> dict[int, str]:
    return {branch.id: i18n.named(branch) for branch in queries.branches(session)}


@router.get("/persons/new")
def new_person(request: Request, session: Reading, by: Admin, roles: str = "") -> Response:
    """The roles by four names where a small fund has it so, or one by one with ?roles=eight."""
    return _new_person(request, session, shown(forms.PersonForm, {"language": by.language}), roles=roles)


def _new_person(request: Request, session: Any, form: Any, status: int = 200, roles: str = "") -> Response:
    single = roles == "eight" or form.values.get("role") in {*Role} - {Role.APPLICANT}
    four = not single and request.app.state.four_roles(session)
    return page(
        request, "people/person-new.html", status, form=form, branches=_branches(session), roles=list(Role), four=four,
        names=BUNDLE_NAMES,
    )  # fmt: skip


@router.post("/persons/new")
def invite(request: Request, session: Writing, posted: PostedForm, by: Admin, at: At) -> Response:
    form = bind(forms.PersonForm, posted)
    if form.ok and form.value.email and queries.find_by_email(session, form.value.email):
        form.errors["email"] = i18n.gettext("There is a person with this e-mail address already.")
    if not form.ok:
        return _new_person(request, session, form, 422)
    new = form.value
    person = service.add_person(
        session, given_name=new.given_name, family_name=new.family_name, email=new.email, phone=new.phone,
        language=new.language, by=by, at=at,
    )  # fmt: skip
    branch = session.get(Branch, new.branch) if new.branch else None
    try:
        service.give_roles(session, person, new.role, branch=branch, by=by, at=at)
    except Refused as refused:
        undo(session)
        form.errors[refused.field or "form"] = " ".join(refused.reasons)
        return _new_person(request, session, form, 422)
    return _invited(request, session, person, at)


def _invited(request: Request, session: Any, person: Person, at: Any) -> Response:
    """The link goes by mail and stands on this one page to be printed; it cannot be shown again."""
    key = service.make_link(session, "invite", person, lasts=service.INVITE, at=at)
    link = f"/people/link/invite/{key}"
    mailed = queue(session, "people/invite", person, key=f"invite:{hashed(key)[:16]}", at=at, link=link)
    url = request.app.state.settings.base_url.rstrip("/") + link
    return page(request, "people/invited.html", who=person, url=url, mailed=mailed is not None)


@router.get("/persons/{id}")
def person_page(request: Request, session: Reading, who: APerson) -> Response:
    return _person(request, session, who, shown(forms.RoleForm), 200)


def _person(request: Request, session: Any, who: Person, form: Any, status: int) -> Response:
    held = queries.roles_of(session, who.id)
    names = queries.names(session, [role.given_by_id for role in held] + [role.confirmed_by_id for role in held])
    return page(
        request, "people/person.html", status, who=who, held=held, names=names, form=form, branches=_branches(session),
        roles=list(Role), grave=GRAVE_ROLES,
    )  # fmt: skip


@router.post("/persons/{id}/invite")
def invite_again(request: Request, session: Writing, who: APerson, at: At) -> Response:
    """Not once a password is set: the link signs in as this person, and who shows it could act in their name."""
    if who.password_hash is not None:
        raise Refused(
            i18n.gettext("This person has a password already; they ask for a new one on the page for signing in.")
        )
    return _invited(request, session, who, at)


@router.post("/persons/{id}/roles")
def give_role(request: Request, session: Writing, posted: PostedForm, who: APerson, by: Admin, at: At) -> Response:
    form = bind(forms.RoleForm, posted)
    if not form.ok:
        return _person(request, session, who, form, 422)
    branch = session.get(Branch, form.value.branch) if form.value.branch else None
    held = service.give_role(session, who, form.value.role, branch=branch, by=by, at=at)
    say = (
        i18n.gettext("The role is given.") if held.confirmed_at else i18n.gettext("The role waits for a second person.")
    )
    return go(f"/people/persons/{who.id}", say)


@router.post("/persons/{id}/roles/{role_id}/confirm")
def confirm_role(session: Writing, who: APerson, role_id: int, by: Admin, at: At) -> Response:
    service.confirm_role(session, _role(session, who, role_id), by=by, at=at)
    return go(f"/people/persons/{who.id}", i18n.gettext("The role is confirmed."))


@router.post("/persons/{id}/roles/{role_id}/end")
def end_role(session: Writing, who: APerson, role_id: int, by: Admin, at: At) -> Response:
    service.end_role(session, _role(session, who, role_id), by=by, at=at)
    return go(f"/people/persons/{who.id}", i18n.gettext("The role has ended."))


def _role(session: Any, who: Person, role_id: int) -> RoleHeld:
    held = session.get(RoleHeld, role_id)
    if held is None or held.person_id != who.id:
        raise NotFound
    return held  # type: ignore[no-any-return]


@router.post("/persons/{id}/active")
def set_active(session: Writing, posted: PostedForm, who: APerson, by: Admin, at: At) -> Response:
    active = posted.text("active") == "yes"
    service.set_active(session, who, active, by=by, at=at)
    say = (
        i18n.gettext("Sign-in is switched on.")
        if active
        else i18n.gettext("Sign-in is switched off, every session has ended.")
    )
    return go(f"/people/persons/{who.id}", say)


@router.get("/branches")
def branches(request: Request, session: Reading, by: Admin) -> Response:
    return page(request, "people/branches.html", found=queries.branches(session), form=shown(forms.BranchForm))


@router.post("/branches/{id}/partner")
def pair_branches(session: Writing, posted: PostedForm, branch: ABranch, by: Admin, at: At) -> Response:
    form = bind(forms.PartnerForm, posted)
    if not form.ok:
        raise Refused(*form.errors.values())
    partner = session.get(Branch, form.value.partner) if form.value.partner else None
    if form.value.partner and partner is None:
        raise NotFound
    pairing.pair(session, branch, partner, by=by, at=at)
    say = i18n.gettext("The two branches check for each other.") if partner else i18n.gettext("The pair has ended.")
    return go("/people/branches", say)


@router.post("/branches")
def add_branch(request: Request, session: Writing, posted: PostedForm, by: Admin, at: At) -> Response:
    form = bind(forms.BranchForm, posted)
    if not form.ok:
        return page(request, "people/branches.html", 422, found=queries.branches(session), form=form)
    new = form.value
    service.add_branch(session, **new.kept(), by=by, at=at)
    return go("/people/branches", i18n.gettext("The branch is there."))


@router.get("/organisations")
def organisations(request: Request, session: Reading, by: Admin, after: int = 0) -> Response:
    found = queries.organisations(session, after=after)
    return page(request, "people/organisations.html", found=found, form=shown(forms.OrganisationForm), kinds=KINDS)


@router.post("/organisations")
def add_organisation(request: Request, session: Writing, posted: PostedForm, by: Admin, at: At) -> Response:
    form = bind(forms.OrganisationForm, posted)
    if not form.ok:
        found = queries.organisations(session)
        return page(request, "people/organisations.html", 422, found=found, form=form, kinds=KINDS)
    new = form.value.model_dump(exclude_none=True)
    service.add_organisation(session, register=new.pop("registration"), **new, by=by, at=at)
    return go("/people/organisations", i18n.gettext("The organisation is there."))


@router.get("/rights")
def rights(request: Request, by: Admin) -> Response:
    rows = [(action, held) for action, held in RIGHTS.items()]
    return page(request, "people/rights.html", rows=rows)
