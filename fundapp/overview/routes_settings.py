"""Settings: every switch that has an effect, and changing one after being asked again."""

from typing import Annotated, Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from fundapp.funds import queries as funds
from fundapp.funds.models import Fund
from fundapp.funds.service import choose_preset
from fundapp.kit.database import ReadSession
from fundapp.kit.errors import NotFound
from fundapp.kit.i18n import gettext as _
from fundapp.kit.presets import PRESETS, Switch
from fundapp.kit.web.forms import PostedForm, bind, shown
from fundapp.kit.web.pages import go, page
from fundapp.kit.web.route import Reading, Route, Writing
from fundapp.overview import forms, settings
from fundapp.people.access import At, allowed
from fundapp.people.models import Person
from fundapp.people.permissions import Action
from fundapp.people.queries import names
from fundapp.presets import queries as presets
from fundapp.presets.models import PRESET
from fundapp.presets.service import choose, turn

router = APIRouter(prefix="/settings", route_class=Route)
Manager = Annotated[Person, allowed(Action.MANAGE_SETTINGS)]


@router.get("")
def index(request: Request, session: Reading, by: Manager, fund: int = 0, before: int | None = None) -> Response:
    """What holds for one fund and for the installation, and what was changed."""
    all_funds = funds.funds(session)
    chosen = next((each for each in all_funds if each.id == fund), all_funds[0] if all_funds else None)
    switches = request.app.state.switches
    groups = settings.lines(session, switches, chosen)
    found = settings.changes(session, switches, chosen, before)
    last, shown_ = presets.preset(session, chosen), found[: settings.ON_PAGE]
    told = [line.setting.by_id for lines in groups.values() for line in lines if line.setting]
    told += [change.setting.by_id for change in shown_] + ([last.setting.by_id] if last.setting else [])
    return page(
        request, "overview/settings.html", funds=all_funds, fund=chosen, groups=groups, changes=shown_, preset=last, presets=PRESETS,
        names=names(session, told), next=shown_[-1].setting.id if len(found) > settings.ON_PAGE else None,
        several=len(all_funds) > 1,
    )  # fmt: skip


@router.get("/{name}")
def one(request: Request, session: Reading, by: Manager, name: str, fund: int = 0) -> Response:
    """One switch, or the preset: what it does, what it may be, and what a change means."""
    return _one(request, session, name, _fund(session, fund), 200)


@router.post("/{name}")
def change(request: Request, session: Writing, posted: PostedForm, by: Manager, at: At, name: str) -> Response:
    form = bind(forms.SettingForm, posted)
    chosen = _fund(session, form.value.fund if form.ok else 0)
    if not form.ok or (name == PRESET and form.value.value not in PRESETS):
        return _one(request, session, name, chosen, 422, form)
    value = form.value.value
    if name == PRESET and chosen is not None:
        choose_preset(session, chosen, value, by=by, at=at)
        if form.value.whole == "yes":
            choose(session, value, by=by, at=at)
    elif name == PRESET:
        choose(session, value, by=by, at=at)
    else:
        turn(session, _switch(request, name), value, fund=chosen, by=by, at=at)
    where = f"?fund={chosen.id}" if chosen else ""
    return go(f"/settings{where}", _("The change holds from now on. What was agreed before stays as it was."))


def _one(
    request: Request, session: ReadSession, name: str, fund: Fund | None, status: int, form: Any = None
) -> Response:
    if name == PRESET:
        now = presets.preset(session, fund).value
        switch, choices = None, PRESETS
        differs = [
            line for lines in settings.lines(session, request.app.state.switches, fund).values() for line in lines
        ]
    else:
        switch = _switch(request, name)
        now, choices, differs = presets.value(session, switch, fund), dict(switch.choices), []
    return page(
        request, "overview/setting.html", status, name=name, switch=switch, choices=choices, now=now, fund=fund, presets=PRESETS,
        lines=[line for line in differs if fund is not None or line.switch.whole], form=form or shown(forms.SettingForm, {"value": now}),
    )  # fmt: skip


def _switch(request: Request, name: str) -> Switch:
    found = next((switch for switch in request.app.state.switches if switch.name == name), None)
    if found is None:
        raise NotFound
    return found  # type: ignore[no-any-return]


def _fund(session: ReadSession, id: int) -> Fund | None:
    """The fund chosen, or the only one; None where there is none yet. Raises NotFound for a number that no fund has."""
    if id:
        found = session.get(Fund, id)
        if found is None:
            raise NotFound
        return found
    there = funds.funds(session)
    return there[0] if there else None
