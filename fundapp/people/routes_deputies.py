"""Who stands in for whom: one's own page, and the administrator's for each person."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from fundapp.kit import i18n
from fundapp.kit.errors import NotFound, Refused
from fundapp.kit.web.forms import PostedForm, bind, shown
from fundapp.kit.web.pages import go, page
from fundapp.kit.web.route import Reading, Route, Writing
from fundapp.people import deputies, forms, queries
from fundapp.people.access import At, By, allowed, to
from fundapp.people.models import Deputy, Person
from fundapp.people.permissions import Action

router = APIRouter(prefix="/people", route_class=Route)
APerson = Annotated[Person, to(Action.MANAGE_PEOPLE, queries.find_person)]
Admin = Annotated[Person, allowed(Action.MANAGE_PEOPLE)]


@router.get("/deputies")
def own(request: Request, session: Reading, by: By, at: At) -> Response:
    return _page(request, session, by, at, shown(forms.DeputyForm), 200, "/people/deputies")


@router.post("/deputies")
def name_own(request: Request, session: Writing, posted: PostedForm, by: By, at: At) -> Response:
    return _name(request, session, posted, by, by, at, "/people/deputies")


@router.post("/deputies/{deputy_id}/end")
def end_own(session: Writing, by: By, at: At, deputy_id: int) -> Response:
    row = session.get(Deputy, deputy_id)
    if row is None or by.id not in (row.person_id, row.deputy_id):
        raise NotFound
    deputies.end(session, row, by=by, at=at)
    return go("/people/deputies", i18n.gettext("This has ended."))


@router.get("/persons/{id}/deputies")
def of_person(request: Request, session: Reading, who: APerson, at: At) -> Response:
    return _page(request, session, who, at, shown(forms.DeputyForm), 200, f"/people/persons/{who.id}/deputies")


@router.post("/persons/{id}/deputies")
def name_for(request: Request, session: Writing, posted: PostedForm, who: APerson, by: Admin, at: At) -> Response:
    return _name(request, session, posted, who, by, at, f"/people/persons/{who.id}/deputies")


@router.post("/persons/{id}/deputies/{deputy_id}/end")
def end_for(session: Writing, who: APerson, by: Admin, at: At, deputy_id: int) -> Response:
    row = session.get(Deputy, deputy_id)
    if row is None or who.id not in (row.person_id, row.deputy_id):
        raise NotFound
    deputies.end(session, row, by=by, at=at)
    return go(f"/people/persons/{who.id}/deputies", i18n.gettext("This has ended."))


def _name(
    request: Request, session: Any, posted: PostedForm, who: Person, by: Person, at: datetime, url: str
) -> Response:
    form = bind(forms.DeputyForm, posted)
    deputy: Any = session.get(Person, form.value.deputy) if form.ok else None
    if form.ok and deputy is None:
        form.errors["deputy"] = i18n.gettext("Please choose a colleague.")
    if form.ok:
        first, last = form.value.first_day, form.value.last_day
        try:
            deputies.name(session, who, deputy, first, last, by=by, at=at, on=_on(request, at))
            return go(url, i18n.gettext("The deputy is named."))
        except Refused as refused:
            form.errors[refused.field or "form"] = str(refused)
    return _page(request, session, who, at, form, 422, url)


def _on(request: Request, at: datetime) -> date:
    return at.astimezone(request.app.state.settings.zone).date()


def _page(request: Request, session: Any, who: Person, at: datetime, form: Any, status: int, url: str) -> Response:
    on = _on(request, at)
    able = deputies.can_stand_in(session, who) if deputies.is_staff(who) else []
    colleagues = [(str(one.id), i18n.called(one, "full")) for one in able]
    return page(
        request, "people/deputies.html", status, who=who, url=url, form=form, colleagues=colleagues, on=on,
        standing=deputies.of_person(session, who.id), stands_in=deputies.of_deputy(session, who.id, on),
        has_deputies=deputies.is_staff(who),
    )  # fmt: skip
