"""The five questions of the first start, on one page; they wait until they are answered."""

from typing import Annotated

from fastapi import APIRouter, Request
from starlette.responses import Response

from fundapp.funds.queries import no_fund_yet
from fundapp.kit.database import undo
from fundapp.kit.dates import on
from fundapp.kit.errors import Refused
from fundapp.kit.i18n import gettext as _
from fundapp.kit.web.forms import Bound, PostedForm, bind, shown
from fundapp.kit.web.pages import go, language, page
from fundapp.kit.web.route import Reading, Route, Writing
from fundapp.overview import forms, starting
from fundapp.people.access import At, allowed
from fundapp.people.models import Person
from fundapp.people.permissions import Action

router = APIRouter(route_class=Route)
Starter = Annotated[Person, allowed(Action.START_FUND)]


@router.get("/start")
def questions(request: Request, session: Reading, by: Starter, at: At) -> Response:
    if not no_fund_yet(session):
        return go("/settings")
    settings = request.app.state.settings
    first = {
        "currency": settings.currency, "zone": settings.time_zone, "arrived_on": on(at, settings.time_zone).isoformat(),
        "preset": "", "donor_rules": "none", "folder": str((settings.home / "backups").resolve()), "staff": "3",
    }  # fmt: skip
    return _questions(request, shown(forms.StartForm, first))


@router.post("/start")
def answer(request: Request, session: Writing, posted: PostedForm, by: Starter, at: At) -> Response:
    currency = posted.text("currency").strip().upper() or request.app.state.settings.currency
    form = bind(forms.StartForm, posted, currency=currency, locale=language(request, by))
    if form.ok:
        try:
            fund = starting.start(session, form.value.answers(), by=by, at=at)
            return go("/", _("%(fund)s is set up. Now invite the others, under People and roles.", fund=fund.name))
        except Refused as refused:
            undo(session)
            form.errors[forms.PLACES.get(refused.field or "form", refused.field or "form")] = " ".join(refused.reasons)
    return _questions(request, form, 422)


def _questions(request: Request, form: Bound[forms.StartForm], status: int = 200) -> Response:
    return page(request, "overview/start.html", status, form=form, small_staff=starting.SMALL_STAFF)
