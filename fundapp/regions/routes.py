"""A branch's page: the bottlenecks of its region and its yearly figures."""

from typing import Annotated, Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from fundapp.kit import i18n
from fundapp.kit.errors import NotFound, Refused
from fundapp.kit.web.forms import Bound, PostedForm, bind, shown
from fundapp.kit.web.pages import go, language, page
from fundapp.kit.web.route import Reading, Route, Writing
from fundapp.people.access import At, By, allowed, to
from fundapp.people.models import Person
from fundapp.people.permissions import Action, Role, branches, holds
from fundapp.people.queries import branches as all_branches
from fundapp.regions import areas, forms, queries, service
from fundapp.regions.models import Bottleneck
from fundapp.regions.queries import BranchPage

router = APIRouter(prefix="/regions", route_class=Route)
_ = i18n.gettext
Keeper = Annotated[Person, allowed(Action.MANAGE_REGIONS)]
ABranch = Annotated[BranchPage, to(Action.MANAGE_REGIONS, queries.find_branch)]


@router.get("")
def index(request: Request, session: Reading, by: Keeper) -> Response:
    """The branches this person looks after; one alone opens at once."""
    found = [b for b in all_branches(session) if holds(by, Role.MANAGER) or b.id in branches(by)]
    if len(found) == 1:
        return go(f"/regions/branches/{found[0].id}")
    return page(request, "regions/branches.html", found=found, areas=areas.named())


@router.get("/branches/{id}")
def branch_page(request: Request, session: Reading, found: ABranch) -> Response:
    return _branch(request, session, found, shown(forms.BottleneckForm), shown(forms.YearForm), 200)


def _branch(
    request: Request, session: Any, found: BranchPage, form: Bound[Any], year: Bound[Any], status: int
) -> Response:
    return page(
        request, "regions/branch.html", status, branch=found.branch, form=form, year_form=year, areas=areas.named(),
        factors=areas.FACTORS, bottlenecks=queries.bottlenecks(session, found.id), years=queries.years(session, found.id),
        currency=request.app.state.settings.currency,
    )  # fmt: skip


@router.post("/branches/{id}/bottlenecks")
def add_bottleneck(request: Request, session: Writing, posted: PostedForm, found: ABranch, by: By, at: At) -> Response:
    form = bind(forms.BottleneckForm, posted)
    try:
        if form.ok:
            service.add_bottleneck(session, found.branch, **form.value.model_dump(), by=by, at=at)
    except Refused as refused:
        form.errors[refused.field or "form"] = " ".join(refused.reasons)
    if not form.ok:
        return _branch(request, session, found, form, shown(forms.YearForm), 422)
    return go(f"/regions/branches/{found.id}", _("The bottleneck is named; proposals can refer to it."))


@router.post("/branches/{id}/bottlenecks/{bottleneck_id}/retire")
def retire(session: Writing, found: ABranch, bottleneck_id: int, by: By, at: At) -> Response:
    bottleneck = session.get(Bottleneck, bottleneck_id)
    if bottleneck is None or bottleneck.branch_id != found.id:
        raise NotFound
    service.retire(session, bottleneck, by=by, at=at)
    return go(f"/regions/branches/{found.id}", _("It is not offered any more."))


@router.post("/branches/{id}/years")
def add_year(request: Request, session: Writing, posted: PostedForm, found: ABranch, by: By, at: At) -> Response:
    currency = request.app.state.settings.currency
    form = bind(forms.YearForm, posted, currency=currency, locale=language(request, by))
    try:
        if form.ok:
            service.add_year(session, found.branch, **form.value.model_dump(), currency=currency, by=by, at=at)
    except Refused as refused:
        form.errors[refused.field or "form"] = " ".join(refused.reasons)
    if not form.ok:
        return _branch(request, session, found, shown(forms.BottleneckForm), form, 422)
    return go(f"/regions/branches/{found.id}", _("The figures are kept."))
