"""Who scores what: drawn by lot or ticked by hand, looked at, and applied."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Request
from starlette.responses import Response

from fundapp.funds.models import Call, Fund
from fundapp.kit.database import ReadSession
from fundapp.kit.dates import on
from fundapp.kit.i18n import gettext as _
from fundapp.kit.i18n import ngettext
from fundapp.kit.web.forms import Form, PostedForm, shown
from fundapp.kit.web.pages import go, page
from fundapp.kit.web.route import Reading, Route, Writing
from fundapp.people.access import At, By, to
from fundapp.people.permissions import Action
from fundapp.rating import assigned, forms_offline, plans

router = APIRouter(prefix="/rating", route_class=Route)
ACall = Annotated[Call, to(Action.ASSIGN, assigned.find_call)]
SEEDS = 2**31 - 1


@router.get("/calls/{id}/assignment")
def assignment(
    request: Request, call: ACall, by: By, session: Reading, at: At, per: int | None = None, seed: int | None = None
) -> Response:
    """As it stands, or a plan as drawn for `per` members; nothing is applied."""
    per = None if per is None else min(max(per, 0), 99)
    seed = None if seed is None else min(max(seed, 0), SEEDS)
    board = plans.board(session, call, by, _today(session, call, at), per=per, seed=seed)
    return _page(request, call, board)


def _page(request: Request, call: Call, board: plans.Board | None) -> Response:
    sizes: list[tuple[str, str]] = []
    if board is not None:
        most = max((sum(m.substitute is None for m in row.members) for row in board.everything), default=0)
        counts = range(board.scheme.smallest_sheets, most + 1)
        sizes = [("0", _("All members")), *((str(n), ngettext("%(num)s member", "%(num)s members", n)) for n in counts)]
    default = None if board is None else board.per if board.per is not None else board.scheme.per_proposal
    return page(
        request, "rating/assignment.html", call=call, board=board, sizes=sizes,
        form=shown(Form, {"per": default if default is not None else 0}),
    )  # fmt: skip


def _today(session: ReadSession, call: Call, at: datetime) -> date:
    return on(at, session.get_one(Fund, call.fund_id).zone)


@router.post("/calls/{id}/assignment/count")
def count(request: Request, call: ACall, by: By, session: Writing, posted: PostedForm, at: At) -> Response:
    """The page as ticked now, with its sums; nothing is applied."""
    per, seed = forms_offline.drawn(posted)
    ticks = forms_offline.ticks(posted)
    rows = plans.board(session, call, by, _today(session, call, at))
    whole = {row.measure.id: ticks.get(row.measure.id, set()) for row in rows.rows} if rows else {}
    board = plans.board(session, call, by, _today(session, call, at), per=per, seed=seed, ticks=whole)
    return _page(request, call, board)


@router.post("/calls/{id}/assignment")
def apply(request: Request, call: ACall, by: By, session: Writing, posted: PostedForm, at: At) -> Response:
    per, seed = forms_offline.drawn(posted)
    ticks, version = forms_offline.ticks(posted), posted.text("version")
    changed = assigned.apply(session, call, ticks, shown=version, per=per, seed=seed, by=by, at=at)
    said = ngettext("Applied: one proposal has changed.", "Applied: %(num)s proposals have changed.", changed)
    return go(f"/rating/calls/{call.id}/assignment", said if changed else _("Nothing had changed."))
