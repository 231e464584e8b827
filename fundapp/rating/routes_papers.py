"""The papers of a proposal, for the member who has a sheet on it."""

from typing import Annotated

from fastapi import APIRouter, Request
from starlette.responses import Response

from fundapp.kit.i18n import mark
from fundapp.kit.web.pages import send
from fundapp.kit.web.route import Reading, Route
from fundapp.people.access import At, By, read_sensitive, to
from fundapp.people.permissions import Action
from fundapp.rating import blind, showing, standing, stripped
from fundapp.rating.models import Sheet

router = APIRouter(prefix="/rating", route_class=Route)
ToRead = Annotated[Sheet, to(Action.READ_BLIND, standing.find_sheet)]


@router.get("/sheets/{id}/papers/{no}")
def paper(request: Request, sheet: ToRead, no: int, by: By, session: Reading, at: At) -> Response:
    """As it was sent where the names are open to this member; else stripped, under a number."""
    is_blind = showing.is_blind(sheet)
    hide = not blind.names_are_open(sheet, blind=is_blind)
    data, found = stripped.read(session, request.app.state.store, sheet.measure, no, hide=hide)
    if is_blind and not hide:
        read_sensitive(session, sheet.measure, mark("names in a blind rating"), by=by, at=at)
    return send(data, found.name, found.media_type)
