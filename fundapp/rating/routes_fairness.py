"""What the scores of a closed round say, and which set of proposals would fit the money: for who may see scores."""

from typing import Annotated

from fastapi import APIRouter, Request
from starlette.responses import Response

from fundapp.kit.web.pages import page
from fundapp.kit.web.route import Reading, Route
from fundapp.people.access import allowed
from fundapp.people.models import Person
from fundapp.people.permissions import Action, may
from fundapp.rating import fairly, ranking

router = APIRouter(prefix="/rating", route_class=Route)
SeesScores = Annotated[Person, allowed(Action.SEE_SCORES)]


@router.get("/calls/{id}/fairness")
def fairness_page(request: Request, id: int, by: SeesScores, session: Reading) -> Response:
    """Proposals, members, the panel and how firm the ranking is; a small round sees the first only."""
    found = ranking.get(session, id, visible_to=by)
    return page(
        request, "rating/fairness.html", found=found, fair=fairly.of(found, visible_to=by), call=found.call,
        fund=found.fund, enters=may(by, Action.SEE_ROUND), reopens=may(by, Action.REOPEN_RATING),
    )  # fmt: skip
