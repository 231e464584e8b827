"""Visits: what is due, the form that is filled in on a phone, the photograph; closing a measure; and the results of all."""

import re
from datetime import date, datetime, timedelta
from functools import partial
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.responses import Response

from fundapp.documents import service as documents
from fundapp.evaluation import forms, letters, portfolio, queries, service
from fundapp.evaluation.forms import ReportForm
from fundapp.evaluation.models import Evaluation
from fundapp.files.models import File
from fundapp.files.store import Unfit
from fundapp.funds import queries as funds
from fundapp.kit.database import ReadSession
from fundapp.kit.dates import on
from fundapp.kit.errors import NotFound, Refused
from fundapp.kit.i18n import NAMES
from fundapp.kit.i18n import gettext as _
from fundapp.kit.web.forms import Bound, PostedForm, bind, shown
from fundapp.kit.web.pages import go, language, page, send
from fundapp.kit.web.route import Reading, Route, Writing
from fundapp.measures import queries as measures
from fundapp.measures.models import Measure
from fundapp.people import queries as people
from fundapp.people.access import At, By, allowed, to
from fundapp.people.models import Person
from fundapp.people.permissions import Action, may

router = APIRouter(prefix="/evaluation", route_class=Route)
ToRead = Annotated[Evaluation, to(Action.READ_CASE, queries.find)]
ToAnswer = Annotated[Evaluation, to(Action.EVALUATE, queries.find)]
ToClose = Annotated[Measure, to(Action.CLOSE, measures.find)]
Reader = Annotated[Person, allowed(Action.READ_RESULTS)]
Visiting = Annotated[Person, allowed(Action.EVALUATE)]
SOON = timedelta(days=90)
ON_PAGE = 50


@router.get("/")
def visits(request: Request, session: Reading, by: Visiting, at: At, show: str = "due", after: str = "") -> Response:
    """The visits to make: those due within 90 days, all that are planned, or those that were made."""
    today = on(at, request.app.state.settings.zone)
    until = today + SOON if show == "due" else None
    found = queries.visits(session, by, until=until, done=show == "done", after=_key(after), limit=ON_PAGE + 1)
    late = queries.count_late(session, by, today=today)
    return page(request, "evaluation/visits.html", show=show, today=today, late=late, **_paged(found, show))


def _key(after: str) -> tuple[date, int] | None:
    """The place in the list that 'due.id' names; None for anything else."""
    due, _, id = after.partition("_")
    if not re.fullmatch(r"[0-9]{1,9}", id):
        return None
    try:
        return (date.fromisoformat(due), int(id))
    except ValueError:
        return None


def _paged(found: list[queries.Due], show: str) -> dict[str, Any]:
    last = found[ON_PAGE - 1].evaluation if len(found) > ON_PAGE else None
    next_url = f"/evaluation/?show={show}&after={last.due}_{last.id}" if last else None
    return {"visits": found[:ON_PAGE], "next_url": next_url}


# Results


@router.get("/results")
def results(request: Request, session: Reading, by: Reader, at: At, fund: str = "", year: str = "") -> Response:
    """The figures of the chosen fund and year of contract, as pictures and tables."""
    return page(request, "evaluation/results.html", **_results(request, session, by, at, fund, year))


def _results(request: Request, session: ReadSession, by: Person, at: datetime, code: str, year: str) -> dict[str, Any]:
    chosen = {"fund": code, "year": year}
    found = portfolio.portfolio(session, at=at, fund_ids=_ids(session, code), year=_year(year))
    spoken = language(request, by)
    return {
        "found": found,
        "form": shown(ReportForm, chosen | {"language": spoken}),
        "fund_options": [(row.code, row.name) for row in funds.funds(session)],
        "year_options": [(str(number), str(number)) for number in portfolio.years(session)],
        "language_options": list(NAMES.items()),
        "reports": queries.reports(session),
        "rows": partial(_rows_url, chosen),
        "rate": lambda answers: letters.rate_text(answers, spoken),
        "number": lambda thousandths: letters.number(thousandths, spoken),
        "point_name": letters.point_name,
        "branch_name": letters.branch_name,
        "exports": may(by, Action.EXPORT),
    }


def _rows_url(chosen: dict[str, str], figure: str, **more: Any) -> str:
    """Where the measures behind a figure stand; `branch` 0 is those without a branch."""
    wanted = urlencode({name: value for name, value in (chosen | more).items() if value not in ("", None)})
    return f"/evaluation/results/{figure}" + (f"?{wanted}" if wanted else "")


@router.get("/results/{figure}")
def figure_rows(
    request: Request, session: Reading, by: Reader, at: At, figure: str, fund: str = "", year: str = "",
    branch: int | None = None, after: int = 0,
) -> Response:  # fmt: skip
    """The measures behind a figure, as far as this person may know of them."""
    if figure not in portfolio.FIGURES:
        raise NotFound
    found = portfolio.rows(
        session, figure, at=at, fund_ids=_ids(session, fund), year=_year(year), branch_id=branch,
        only=measures.visible_to(by), after=after, limit=ON_PAGE + 1,
    )  # fmt: skip
    last = found[ON_PAGE - 1].measure.id if len(found) > ON_PAGE else None
    chosen = {"fund": fund, "year": year}
    return page(
        request, "evaluation/rows.html", figure=figure, rows=found[:ON_PAGE], fund=fund, year=year,
        next_url=_rows_url(chosen, figure, branch=branch, after=last) if last else None,
        back=_rows_url(chosen, "").replace("results/", "results"), number=partial(letters.number, lang=language(request, by)),
    )  # fmt: skip


def _ids(session: ReadSession, code: str) -> list[int] | None:
    """The fund chosen by its code; '' is all. Raises NotFound."""
    if not code:
        return None
    fund = funds.find_by_code(session, code)
    if fund is None:
        raise NotFound
    return [fund.id]


def _year(text: str) -> int | None:
    if text and not (text.isascii() and text.isdigit() and len(text) == 4):
        raise NotFound
    return int(text) if text else None


@router.post("/results")
def order_report(request: Request, session: Writing, by: Reader, at: At, posted: PostedForm) -> Response:
    """Orders the report on what the page shows; it is written after this answer."""
    form = bind(ReportForm, posted)
    if not form.ok:
        raise NotFound
    ids, year, spoken = _ids(session, form.value.fund), _year(form.value.year), form.value.language
    fields = letters.portfolio_fields(session, ids, year, at, spoken)
    thing = letters.Chosen(ids[0] if ids else 0)
    title = letters.report_title(year, spoken)
    document = documents.order(session, letters.PORTFOLIO, thing, fields, language=spoken, title=title, by=by, at=at)
    return go(f"/documents/{document.id}", _("The report is being written."))


# One visit


@router.get("/{id}")
def visit(request: Request, session: Reading, evaluation: ToRead, by: By, at: At, correct: bool = False) -> Response:
    """The form for who may fill it in, else what was found."""
    return _visit(request, session, evaluation, by, at, correct=correct)


def _visit(
    request: Request, session: Reading, evaluation: Evaluation, by: Person, at: At, status: int = 200, *,
    correct: bool = False, form: Bound[Any] | None = None, photo_error: str = "",
) -> Response:  # fmt: skip
    counts = queries.counts(session, evaluation)
    fills = may(by, Action.EVALUATE, evaluation)
    why_not = queries.why_not_answer(evaluation, by, at)
    today = on(at, evaluation.measure.fund.zone)
    return page(
        request, "evaluation/visit.html", status,
        evaluation=evaluation, measure=evaluation.measure, window=queries.window(evaluation), today=today,
        counts=counts, form=form or forms.first(evaluation, counts, today), why_not=why_not,
        asks=fills and not why_not and (form is not None or correct or evaluation.done_at is None), fills=fills and not why_not,
        titles=queries.TITLES, shown_count=lambda found: forms.plain(found) or "–", lists=may(by, Action.EVALUATE),
        others=queries.of_measure(session, evaluation.measure_id),
        names=people.names(session, [evaluation.done_by_id]), photo_error=photo_error,
    )  # fmt: skip


@router.post("/{id}")
def answer(request: Request, session: Writing, evaluation: ToAnswer, by: By, at: At, posted: PostedForm) -> Response:
    """Keeps what the visit found."""
    form, counts = forms.visit(posted)
    if form.ok:
        try:
            found = forms.found(form.value, counts)
            service.answer(session, evaluation, found, version=form.value.version, by=by, at=at)
            return go(f"/evaluation/{evaluation.id}", _("The visit is kept. Thank you."))
        except Refused as refused:
            if refused.field is None:
                raise
            form.errors[_field(posted.rows("counts"), refused.field)] = refused.reasons[0]
    return _visit(request, session, evaluation, by, at, 422, form=form)


def _field(rows: list[dict[str, str]], field: str) -> str:
    """The name of the field on the page: a count is named by its code."""
    return next((f"counts-{n}-value" for n, row in enumerate(rows) if row.get("code") == field), field)


@router.post("/{id}/photo")
def add_photo(request: Request, session: Writing, evaluation: ToAnswer, by: By, at: At, posted: PostedForm) -> Response:
    """A photograph of the thing in use."""
    kept = next(iter(posted.files("photo")), None)
    if kept is None or isinstance(kept, Unfit):
        said = str(kept) if kept else _("Please choose a photograph first.")
        return _visit(request, session, evaluation, by, at, 422, photo_error=said)
    service.add_photo(session, evaluation, kept, by=by, at=at)
    return go(f"/evaluation/{evaluation.id}", _("The photograph is kept."))


@router.get("/{id}/photo")
def photo(request: Request, session: Reading, evaluation: ToRead) -> Response:
    file = session.get(File, evaluation.photo_id) if evaluation.photo_id else None
    if file is None:
        raise NotFound
    return send(request.app.state.store.read(file.sha256), file.name, file.media_type, inline=True)


@router.post("/measures/{id}/close")
def close(session: Writing, measure: ToClose, by: By, at: At) -> Response:
    """Closes a measure after its last evaluation."""
    service.close(session, measure, by=by, at=at)
    return go(f"/cases/{measure.id}", _("The measure is closed."))
