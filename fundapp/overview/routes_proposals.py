"""The list of proposals in the check, for the branch that checks them."""

from collections import Counter
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.responses import Response

from fundapp.kit import i18n
from fundapp.kit.i18n import gettext as _
from fundapp.kit.web.pages import page
from fundapp.kit.web.route import Reading, Route
from fundapp.overview.proposals import GROUPS, LATE, Filters, proposals
from fundapp.people.access import At, allowed
from fundapp.people.models import Person
from fundapp.people.permissions import Action

router = APIRouter(route_class=Route)
Checker = Annotated[Person, allowed(Action.CHECK)]


@router.get("/proposals")
def listed(
    request: Request, session: Reading, by: Checker, at: At, show: str = "", branch: str = "", mine: str = ""
) -> Response:
    zone, filters = request.app.state.settings.zone, Filters(show, branch, mine)
    on = at.astimezone(zone).date()
    rows = proposals(session, by, on=on, zone=zone)
    there = filters.keep(rows, group=False)
    counts = Counter(row.group for row in there)
    tabs = [{"label": _("All"), "url": _address(filters, show=""), "count": len(there), "current": show not in GROUPS}]
    tabs += [
        {"label": _(label), "url": _address(filters, show=name), "count": counts[name], "current": show == name,
         "late": name == LATE and counts[name] > 0}
        for name, label in GROUPS.items()
    ]  # fmt: skip
    branches = {row.branch.code: row.branch for row in rows if row.branch is not None}
    chosen = sorted(branches.values(), key=lambda one: i18n.by_name(i18n.named(one)))
    return page(
        request, "overview/proposals.html", rows=filters.keep(rows), tabs=tabs, counts=counts, filters=filters, branches=chosen,
        on=on, mine_count=sum(row.mine for row in rows), groups=GROUPS,
    )  # fmt: skip


def _address(filters: Filters, **changed: str) -> str:
    kept = {"show": filters.show, "branch": filters.branch, "mine": filters.mine} | changed
    asked = urlencode({name: value for name, value in kept.items() if value})
    return f"/proposals?{asked}" if asked else "/proposals"
