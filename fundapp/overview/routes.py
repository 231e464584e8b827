"""The plain addresses: Today, the case file, steps, history, outbox, health."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from fundapp.kit.web.pages import page
from fundapp.kit.web.route import Reading, Route
from fundapp.people.access import Anyone, Visitor

router = APIRouter(route_class=Route)


@router.get("/", dependencies=[Anyone])
def home(request: Request, session: Reading, visitor: Visitor) -> Response:
    return page(request, "styleguide.html")
