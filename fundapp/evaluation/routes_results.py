"""The results of all measures: the published table, the rows behind each figure, and the report as a Word file."""

from collections.abc import Sequence
from functools import partial
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.responses import Response

from fundapp.documents import service as documents
from fundapp.evaluation import figures, letters, portfolio, queries
from fundapp.evaluation.counting import FIGURES, LATEST
from fundapp.evaluation.forms import ReportForm
from fundapp.funds import queries as funds
from fundapp.funds.models import Fund
from fundapp.kit.errors import NotFound
from fundapp.kit.i18n import NAMES
from fundapp.kit.i18n import gettext as _
from fundapp.kit.web.forms import PostedForm, bind, shown
from fundapp.kit.web.pages import go, language, page
from fundapp.kit.web.route import Reading, Route, Writing
from fundapp.measures import queries as measures
from fundapp.people.access import At, allowed
from fundapp.people.models import Person
from fundapp.people.permissions import Action, may

router = APIRouter(prefix="/evaluation/results", route_class=Route)
Reader = Annotated[Person, allowed(Action.READ_RESULTS)]
ON_PAGE = 120


@router.get("")
def results(request: Request, session: Reading, by: Reader, at: At, fund: str = "", year: str = "") -> Response:
    """The figures of the chosen fund and year of contract, as pictures and tables."""
    known = funds.funds(session)
    found = portfolio.portfolio(session, at=at, fund_ids=_ids(known, fund), year=_year(year), among=known)
    chosen, spoken = {"fund": fund, "year": year}, language(request, by)
    return page(
        request, "evaluation/results.html",
        found=found,
        form=shown(ReportForm, chosen | {"language": spoken}),
        fund_options=[(row.code, row.name) for row in known],
        year_options=[(str(number), str(number)) for number in found.choices],
        language_options=list(NAMES.items()),
        reports=queries.reports(session),
        rows=partial(_rows_url, chosen),
        listed=partial(_list_url, chosen),
        published=figures.published(found),
        told=figures,
        exports=may(by, Action.EXPORT),
    )  # fmt: skip


def _rows_url(chosen: dict[str, str], figure: str, **more: Any) -> str:
    """Where the measures behind a figure stand; `branch` 0 is those without a branch, `point` the months of a visit."""
    wanted = urlencode({name: value for name, value in (chosen | more).items() if value not in ("", None)})
    return f"/evaluation/results/{figure}" + (f"?{wanted}" if wanted else "")


def _list_url(chosen: dict[str, str], path: str = "/measures", **more: Any) -> str:
    """The same measures in the list of measures, or as its workbook."""
    return f"{path}?" + urlencode({name: value for name, value in (chosen | more).items() if value not in ("", None)})


@router.get("/{figure}")
def figure_rows(
    request: Request, session: Reading, by: Reader, at: At, figure: str, fund: str = "", year: str = "",
    branch: int | None = None, point: int = LATEST, after: int = 0,
) -> Response:  # fmt: skip
    """The measures behind a figure, as far as this person may know of them."""
    if figure not in FIGURES or (point != LATEST and (figure != "effective" or point not in queries.POINTS)):
        raise NotFound
    known = funds.funds(session)
    asked = portfolio.Asked(session, figure, at, _ids(known, fund), _year(year), branch, point, known)
    only = measures.visible_to(by)
    found = portfolio.rows(session, asked, only=only, after=after, limit=ON_PAGE + 1)
    last = found[ON_PAGE - 1].measure.id if len(found) > ON_PAGE else None
    chosen = {"fund": fund, "year": year}
    narrower = {"branch": branch, "point": None if point == LATEST else point}
    counted = f"due-{point}" if point != LATEST else None
    return page(
        request, "evaluation/rows.html", figure=figure, rows=found[:ON_PAGE], fund=fund, year=year, branch=branch, point=point,
        totals=portfolio.totals(session, asked, only=only), told=figures,
        next_url=_rows_url(chosen, figure, **narrower, after=last) if last else None,
        list_url=_list_url(chosen, counted=None if counted else figure, effective=counted, branch=branch),
        back=_rows_url(chosen, "").replace("results/", "results"), rows_url=partial(_rows_url, {}, figure),
    )  # fmt: skip


def _ids(known: Sequence[Fund], code: str) -> list[int] | None:
    """The fund chosen by its code; '' is all. Raises NotFound."""
    if not code:
        return None
    found = [fund.id for fund in known if fund.code == code]
    if not found:
        raise NotFound
    return found


def _year(text: str) -> int | None:
    if text and not (text.isascii() and text.isdigit() and len(text) == 4):
        raise NotFound
    return int(text) if text else None


@router.post("")
def order_report(request: Request, session: Writing, by: Reader, at: At, posted: PostedForm) -> Response:
    """Orders the report on what the page shows; it is written after this answer."""
    form = bind(ReportForm, posted)
    if not form.ok:
        raise NotFound
    ids, year = _ids(funds.funds(session), form.value.fund), _year(form.value.year)
    spoken = form.value.language
    fields = letters.portfolio_fields(session, ids, year, at, spoken)
    thing = letters.Chosen(ids[0] if ids else 0)
    title = letters.report_title(year, spoken)
    document = documents.order(session, letters.PORTFOLIO, thing, fields, language=spoken, title=title, by=by, at=at)
    return go(f"/documents/{document.id}", _("The report is being written."))
