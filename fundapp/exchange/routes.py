"""The public pages: which calls are open and coming, and what a call says."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from sqlalchemy import select
from starlette.responses import Response

from fundapp.funds import queries
from fundapp.funds.codes import ANNEXES, APPLICANTS
from fundapp.funds.models import Call, Fund
from fundapp.kit.database import ReadSession
from fundapp.kit.errors import NotFound
from fundapp.kit.web.pages import page
from fundapp.kit.web.route import Reading, Route
from fundapp.people.access import Anyone, At, Visitor
from fundapp.people.permissions import Action, may
from fundapp.people.queries import branches
from fundapp.rating.models import Criterion, Scheme
from fundapp.regions import areas

router = APIRouter(route_class=Route)


@router.get("/calls", dependencies=[Anyone])
def calls(request: Request, session: Reading, at: At, visitor: Visitor) -> Response:
    """Open and coming calls; also where a stranger begins."""
    open_, coming = queries.open_calls(session, at), queries.coming_calls(session, at)
    funds = queries.funds_of(session, [*open_, *coming])
    return page(
        request, "exchange/home.html", open_calls=open_, coming=coming, funds=funds, at=at, branches=branches(session)
    )


@router.get("/calls/{id}", dependencies=[Anyone])
def call(request: Request, session: Reading, id: int, at: At, visitor: Visitor) -> Response:
    found = queries.find_public_call(session, id)
    if found is None:
        raise NotFound
    fund = session.get_one(Fund, found.fund_id)
    return page(
        request, "exchange/call.html", starts=visitor is None or may(visitor, Action.START_PROPOSAL), call=found, fund=fund, currency=fund.currency, at=at, state=_state(found, at),
        criteria=_criteria(session, found), needed=_needed(session, found), applicants=APPLICANTS, annexes=ANNEXES, areas=areas.named(),
        branches=[b for b in branches(session) if not found.regions or b.region in found.regions],
    )  # fmt: skip


def _state(call: Call, at: datetime) -> str:
    return "coming" if at < call.opens_at else "open" if at <= call.closes_at else "closed"


def _scheme(call: Call) -> Any:
    """The newest version of the call's scheme."""
    return select(Scheme.id).where(Scheme.call_id == call.id).order_by(Scheme.version.desc()).limit(1).scalar_subquery()


def _criteria(session: ReadSession, call: Call) -> list[Criterion]:
    """How proposals are rated, in the order of the sheet."""
    asked = select(Criterion).where(Criterion.scheme_id == _scheme(call)).order_by(Criterion.no)
    return list(session.scalars(asked))


def _needed(session: ReadSession, call: Call) -> int | None:
    """The points a proposal needs, in tenths; None before there is a scheme."""
    return session.scalar(select(Scheme.fundable_from).where(Scheme.id == _scheme(call)))
