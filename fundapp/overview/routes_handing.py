"""Handing over the work of one person: what is open, to whom, and taking it back."""

from typing import Annotated, Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from fundapp.kit import i18n
from fundapp.kit.errors import NotFound
from fundapp.kit.i18n import gettext as _
from fundapp.kit.web.forms import PostedForm, bind, shown
from fundapp.kit.web.pages import go, page
from fundapp.kit.web.route import Reading, Route, Writing
from fundapp.overview import forms, handing
from fundapp.people import deputies, queries
from fundapp.people.access import At, By, allowed, to
from fundapp.people.models import Person
from fundapp.people.permissions import Action, may

router = APIRouter(prefix="/handing-over", route_class=Route)
APerson = Annotated[Person, to(Action.HAND_OVER, queries.find_person)]
Whoever = Annotated[Person, allowed(Action.HAND_OVER)]


@router.get("")
def colleagues(request: Request, session: Reading, by: Whoever) -> Response:
    found = [person for person in queries.people(session, limit=500) if deputies.is_staff(person)]
    return page(request, "overview/colleagues.html", found=found, branches=_branches(session))


def _branches(session: Any) -> dict[int, str]:
    return {branch.id: i18n.named(branch) for branch in queries.branches(session)}


@router.get("/{id}")
def open_work(request: Request, session: Reading, who: APerson, by: By, at: At) -> Response:
    found = handing.in_hand(session, who, _on(request, at))
    chosen = {"roles": [held.id for held in found.roles]}
    if may(by, Action.MANAGE_COMMITTEE):
        chosen["seats"] = [seat.id for seat, _committee in found.seats]
    return _page(request, session, who, by, at, shown(forms.HandOverForm, chosen), 200)


@router.post("/{id}")
def hand_over(request: Request, session: Writing, posted: PostedForm, who: APerson, by: By, at: At) -> Response:
    form = bind(forms.HandOverForm, posted)
    if not form.ok:
        return _page(request, session, who, by, at, form, 422)
    successor = session.get(Person, form.value.to)
    if successor is None:
        raise NotFound
    chosen = handing.Chosen(form.value.roles, form.value.seats, form.value.leaves == "yes")
    handing.hand_over(session, who, successor, chosen, by=by, at=at, on=_on(request, at))
    return go(f"/handing-over/{who.id}", _("The work is handed over."))


@router.post("/{id}/back")
def hand_back(session: Writing, who: APerson, by: By, at: At) -> Response:
    handing.hand_back(session, who, by=by, at=at)
    return go(f"/handing-over/{who.id}", _("The work is handed back."))


def _on(request: Request, at: Any) -> Any:
    return at.astimezone(request.app.state.settings.zone).date()


def _page(request: Request, session: Any, who: Person, by: Person, at: Any, form: Any, status: int) -> Response:
    found, act = handing.in_hand(session, who, _on(request, at)), handing.last_act(session, who)
    names = queries.names(session, [act.by_id, act.data["to"]]) if act else {}
    return page(
        request, "overview/handing-over.html", status, who=who, form=form, open=found, act=act, names=names,
        branches=_branches(session), on=_on(request, at), moves_seats=may(by, Action.MANAGE_COMMITTEE),
        gives_roles=may(by, Action.MANAGE_PEOPLE), reads=may(by, Action.READ_CASE), why_not_leave=_why_not_leave(session, who, by),
        colleagues=[(str(one.id), i18n.called(one, "full")) for one in deputies.can_stand_in(session, who)],
    )  # fmt: skip


def _why_not_leave(session: Any, who: Person, by: Person) -> str:
    if who.id == by.id:
        return _("You cannot switch yourself off.")
    return "" if who.active else _("Sign-in is switched off already.")
