"""All branches side by side; a branch's page: its yearly figures and the bottlenecks of its region."""

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
from fundapp.people.permissions import Action, branches, may
from fundapp.regions import areas, forms, queries, service
from fundapp.regions.models import Bottleneck, BranchYear
from fundapp.regions.queries import BranchGrowth, BranchPage

router = APIRouter(prefix="/regions", route_class=Route)
_ = i18n.gettext
Reader = Annotated[Person, allowed(Action.READ_RESULTS)]
ToRead = Annotated[BranchPage, to(Action.READ_RESULTS, queries.find_branch)]
ABranch = Annotated[BranchPage, to(Action.MANAGE_REGIONS, queries.find_branch)]


@router.get("")
def index(request: Request, session: Reading, by: Reader) -> Response:
    """All branches: how many members each has had, on one scale, each about where it lies."""
    rows, growth = queries.growth(session)
    return page(
        request, "regions/branches.html", rows=rows, growth=growth, areas=areas.named(), own=branches(by),
        **_tiles(rows, queries.all_years(session)),
    )  # fmt: skip


def _tiles(rows: list[BranchGrowth], years: dict[int, dict[int, BranchYear]]) -> dict[str, Any]:
    """The map: branches from north-west to south-east where each has a place of its own, else in their alphabet."""
    last = max((year for its in years.values() for year in its), default=0)
    span = range(min((year for its in years.values() for year in its), default=0), last + 1)
    places = [areas.PLACES.get(row.branch.region) for row in rows]
    mapped = None not in places and len(set(places)) == len(places)
    order = sorted(rows, key=lambda row: areas.PLACES[row.branch.region]) if mapped else rows
    members = {row.branch.id: [_members(years.get(row.branch.id, {}).get(year)) for year in span] for row in rows}
    most = max((count or 0 for its in members.values() for count in its), default=0)
    columns = {row.branch.id: areas.PLACES[row.branch.region][1] for row in rows} if mapped else {}
    return {"tiles": order, "columns": columns, "members": members, "most": most, "span": span}


def _members(year: BranchYear | None) -> int | None:
    return year.members if year else None


@router.get("/branches/{id}")
def branch_page(request: Request, session: Reading, found: ToRead, by: By) -> Response:
    return _branch(request, session, found, by, shown(forms.BottleneckForm), shown(forms.YearForm), 200)


def _branch(
    request: Request, session: Any, found: BranchPage, by: Person, form: Bound[Any], year: Bound[Any], status: int
) -> Response:
    years = queries.years(session, found.id)
    recent = [row for row in reversed(years[: queries.SHOWN]) if row.currency == years[0].currency]
    return page(
        request, "regions/branch.html", status, branch=found.branch, form=form, year_form=year, areas=areas.named(),
        factors=areas.FACTORS, bottlenecks=queries.bottlenecks(session, found.id), years=years, recent=recent,
        growth=queries.BranchGrowth(found.branch, years[-1] if years else None, years[0] if years else None),
        currency=_currency(request, years), keeps=may(by, Action.MANAGE_REGIONS, found),
    )  # fmt: skip


def _currency(request: Request, years: list[BranchYear]) -> str:
    """A branch goes on counting in the currency of its last year."""
    return years[0].currency if years else str(request.app.state.settings.currency)


@router.post("/branches/{id}/bottlenecks")
def add_bottleneck(request: Request, session: Writing, posted: PostedForm, found: ABranch, by: By, at: At) -> Response:
    form = bind(forms.BottleneckForm, posted)
    try:
        if form.ok:
            service.add_bottleneck(session, found.branch, **form.value.model_dump(), by=by, at=at)
    except Refused as refused:
        form.errors[refused.field or "form"] = " ".join(refused.reasons)
    if not form.ok:
        return _branch(request, session, found, by, form, shown(forms.YearForm), 422)
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
    currency = _currency(request, queries.years(session, found.id))
    form = bind(forms.YearForm, posted, currency=currency, locale=language(request, by))
    try:
        if form.ok:
            service.add_year(session, found.branch, **form.value.model_dump(), currency=currency, by=by, at=at)
    except Refused as refused:
        form.errors[refused.field or "form"] = " ".join(refused.reasons)
    if not form.ok:
        return _branch(request, session, found, by, shown(forms.BottleneckForm), form, 422)
    return go(f"/regions/branches/{found.id}", _("The figures are kept."))
