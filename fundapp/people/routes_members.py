"""Your organisation: its data, kept once for every proposal, and who works for it."""

from typing import Annotated, Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from fundapp.kit import i18n
from fundapp.kit.errors import NotFound, Refused
from fundapp.kit.web.forms import PostedForm, bind, shown
from fundapp.kit.web.pages import go, page
from fundapp.kit.web.route import Reading, Route, Writing
from fundapp.people import entering, forms, members
from fundapp.people.access import At, By, to
from fundapp.people.codes import KINDS
from fundapp.people.models import Invitation, Membership, Organisation, Person
from fundapp.people.permissions import EDITOR, Action

router = APIRouter(prefix="/people/account/organisation", route_class=Route)
_ = i18n.gettext
Mine = Annotated[Organisation, to(Action.READ_ORGANISATION, members.find_organisation)]
Kept = Annotated[Organisation, to(Action.KEEP_ORGANISATION, members.find_organisation)]
HERE = "/people/account/organisation"
DATA = ("name", "kind", "sector", "tax_number", "founded_on", "address", "phone", "email")


@router.get("")
def organisation(request: Request, session: Reading, by: By) -> Response:
    """The organisation one writes for; invitations that wait; or, without either, where it comes from."""
    found = members.organisations(session, by)
    return _page(request, session, by, found[0] if found else None)


@router.get("/{id}")
def one_of_several(request: Request, session: Reading, organisation: Mine, by: By) -> Response:
    return _page(request, session, by, organisation)


def _page(
    request: Request, session: Any, by: Person, organisation: Organisation | None, form: Any = None, status: int = 200
) -> Response:
    data = (
        {name: getattr(organisation, name) for name in DATA} | {"registration": organisation.register}
        if organisation
        else {}
    )
    there: dict[Any, Any] = {
        forms.OrganisationForm: shown(forms.OrganisationForm, data),
        forms.InviteForm: shown(forms.InviteForm, {"kind": EDITOR}),
        forms.LeaveForm: shown(forms.LeaveForm),
    } | ({form.model: form} if form else {})
    there[forms.InviteForm].prefix = "invite-"
    working = members.of(session, organisation.id) if organisation else []
    return page(
        request, "people/organisation.html", status, organisation=organisation, others=members.organisations(session, by),
        members=working, invited=members.invited(session, organisation.id) if organisation else [],
        asked=members.invitations(session, by), edits=organisation is not None and by.member_of.get(organisation.id) == EDITOR,
        alone=len([row for row in working if row.kind == EDITOR]) == 1, form=there[forms.OrganisationForm],
        invite=there[forms.InviteForm], leave=there[forms.LeaveForm], kinds=KINDS,
    )  # fmt: skip


@router.post("/{id}")
def save(request: Request, session: Writing, posted: PostedForm, organisation: Kept, by: By, at: At) -> Response:
    form = bind(forms.OrganisationForm, posted)
    if not form.ok:
        return _page(request, session, by, organisation, form, 422)
    new = form.value.model_dump()
    members.change_organisation(session, organisation, register=new.pop("registration"), **new, by=by, at=at)
    return go(f"{HERE}/{organisation.id}", _("Saved. Your next proposals begin with it."))


@router.post("/{id}/invite")
def invite(request: Request, session: Writing, posted: PostedForm, organisation: Kept, by: By, at: At) -> Response:
    form = bind(forms.InviteForm, posted)
    found = forms.reach(form.value.address) if form.ok else None
    if form.ok and found is None:
        form.errors["address"] = _("Write an e-mail address, or a telephone number such as 9911 2233.")
    if not form.ok or found is None:
        return _page(request, session, by, organisation, form, 422)
    how, where = found
    try:
        made = members.invite(session, organisation, where, form.value.name, form.value.kind, by=by, at=at)
    except Refused as refused:
        form.errors[refused.field or "form"] = str(refused)
        return _page(request, session, by, organisation, form, 422)
    if how == "phone":
        say = _(
            "%(name)s is invited. Your branch makes the code: please call it, or let %(name)s call.", name=made.name
        )
        return go(f"{HERE}/{organisation.id}", say)
    entering.mail_invitation(session, made, by=by, organisation=organisation.name, at=at)
    return go(f"{HERE}/{organisation.id}", _("%(name)s is invited; a link is on its way by mail.", name=made.name))


@router.post("/{id}/invitations/{invitation_id}/take-back")
def take_back(session: Writing, organisation: Kept, invitation_id: int, by: By, at: At) -> Response:
    found = session.get(Invitation, invitation_id)
    if found is None or found.organisation_id != organisation.id:
        raise NotFound
    members.take_back(session, organisation, found, by=by, at=at)
    return go(f"{HERE}/{organisation.id}", _("The invitation is taken back."))


def _member(session: Any, organisation: Organisation, id: int | None) -> Membership:
    found = members.find(session, organisation, id or 0)
    if found is None:
        raise NotFound
    return found


@router.post("/{id}/members/{member_id}")
def change(
    request: Request, session: Writing, posted: PostedForm, organisation: Kept, member_id: int, by: By, at: At
) -> Response:
    form = bind(forms.KindForm, posted)
    if not form.ok:
        raise Refused(*form.errors.values())
    row = _member(session, organisation, member_id)
    members.change(session, row, form.value.kind, pass_on=request.app.state.pass_on, by=by, at=at)
    return go(f"{HERE}/{organisation.id}", _("Saved."))


@router.post("/{id}/members/{member_id}/remove")
def remove(request: Request, session: Writing, organisation: Kept, member_id: int, by: By, at: At) -> Response:
    row = _member(session, organisation, member_id)
    if row.person_id == by.id:
        raise Refused(_("You leave at the end of this page, where you can say who carries on."))
    members.end(session, row, pass_on=request.app.state.pass_on, by=by, at=at)
    name = i18n.called(row.person, "full")
    return go(f"{HERE}/{organisation.id}", _("%(name)s does not work for your organisation any more.", name=name))


@router.post("/{id}/leave")
def leave(request: Request, session: Writing, posted: PostedForm, organisation: Mine, by: By, at: At) -> Response:
    form = bind(forms.LeaveForm, posted)
    own = next(row for row in members.of(session, organisation.id) if row.person_id == by.id)
    heir = _member(session, organisation, form.value.heir) if form.ok and form.value.heir else None
    try:
        members.end(session, own, heir=heir, pass_on=request.app.state.pass_on, by=by, at=at)
    except Refused as refused:
        form.errors[refused.field or "form"] = str(refused)
        return _page(request, session, by, organisation, form, 422)
    return go("/people/account", _("You have left %(organisation)s.", organisation=organisation.name))


@router.post("/invitations/{invitation_id}")
def answer(session: Writing, posted: PostedForm, invitation_id: int, by: By, at: At) -> Response:
    found = next((one for one in members.invitations(session, by) if one.id == invitation_id), None)
    if found is None:
        raise NotFound
    joins = posted.text("joins") == "yes"
    members.answer(session, found, joins=joins, by=by, at=at)
    say = _("You work for %(organisation)s now.") if joins else _("You have declined.")
    return go(HERE if joins else "/people/account", say % {"organisation": found.organisation.name})
