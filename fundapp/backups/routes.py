"""The page about backups: their state, one at once, the folder, and how to restore."""

from typing import Annotated, Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from fundapp.backups import forms, queries, service
from fundapp.kit.errors import Refused
from fundapp.kit.i18n import gettext as _
from fundapp.kit.web.forms import PostedForm, bind, shown
from fundapp.kit.web.pages import go, page
from fundapp.kit.web.route import Reading, Route, Writing
from fundapp.people.access import At, allowed
from fundapp.people.models import Person
from fundapp.people.permissions import Action, may

router = APIRouter(prefix="/backups", route_class=Route)
Reader = Annotated[Person, allowed(Action.READ_BACKUPS)]
Keeper = Annotated[Person, allowed(Action.MANAGE_BACKUPS)]


@router.get("")
def backups(request: Request, session: Reading, by: Reader) -> Response:
    held = queries.folder(session)
    return _backups(request, session, by, shown(forms.FolderForm, {"folder": held.path if held else ""}), 200)


def _backups(request: Request, session: Any, by: Person, form: Any, status: int) -> Response:
    made = queries.runs(session)
    return page(
        request, "backups/backups.html", status, form=form, folder=queries.folder(session), runs=made, newest=made[:1],
        waiting=queries.under_way(session), keeps=may(by, Action.MANAGE_BACKUPS),
        store=str(request.app.state.settings.home),
    )  # fmt: skip


@router.get("/progress")
def progress(request: Request, session: Reading, by: Reader) -> Response:
    """The line that says how far a backup is; asked again by itself while one is under way."""
    return page(request, "backups/_progress.html", waiting=queries.under_way(session), newest=queries.runs(session, 1))


@router.post("/now")
def back_up_now(request: Request, session: Writing, by: Keeper, at: At) -> Response:
    service.ask(session, by=by, at=at)
    request.app.state.wake("backups")
    return go("/backups", _("A backup is being made."))


@router.post("/folder")
def choose_folder(request: Request, session: Writing, posted: PostedForm, by: Keeper, at: At) -> Response:
    form = bind(forms.FolderForm, posted)
    if form.ok:
        try:
            service.choose_folder(session, form.value.folder, by=by, at=at)
            return go("/backups", _("Backups go to this folder from now on."))
        except Refused as refused:
            form.errors["folder"] = str(refused)
    return _backups(request, session, by, form, 422)
