"""Visits: what is due, the form that is filled in on a phone, the photograph; closing a measure."""

import re
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from fundapp.disbursement import queries as reporting
from fundapp.disbursement.models import Report
from fundapp.disbursement.reports import why_not_judge
from fundapp.evaluation import forms, queries, service
from fundapp.evaluation.models import Evaluation
from fundapp.files.models import File
from fundapp.files.store import Unfit
from fundapp.kit.dates import on
from fundapp.kit.errors import NotFound, Refused
from fundapp.kit.i18n import gettext as _
from fundapp.kit.web.forms import Bound, PostedForm, plain
from fundapp.kit.web.pages import go, page, send
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


# One visit


@router.get("/reports/{id}")
def with_report(
    session: Reading, report: Annotated[Report, to(Action.ACCEPT_REPORT, reporting.find_report)]
) -> Response:
    """To the evaluation that is answered by accepting this final report; back to the report when it cannot be."""
    found = queries.at_the_end(session, report.measure_id)
    if found is None or found.done_at is not None:
        return go(
            f"/disbursement/reports/{report.id}",
            _("The visit at the end is made already, or not planned yet. Accept the report by itself."),
        )
    return go(f"/evaluation/{found.id}")


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
    why_not = queries.why_not_answer(session, evaluation, by, at)
    today = on(at, evaluation.measure.fund.zone)
    report = queries.report_for(session, evaluation) if fills else None
    if report is not None and (not may(by, Action.ACCEPT_REPORT, report) or why_not_judge(session, report, by)):
        report = None
    form = form or forms.first(evaluation, counts, today, report.figures if report else None)
    return page(
        request, "evaluation/visit.html", status, report=report,
        evaluation=evaluation, measure=evaluation.measure, window=queries.window(evaluation), today=today,
        counts=counts, form=form, why_not=why_not,
        asks=fills and not why_not and not photo_error and (status != 200 or correct or evaluation.done_at is None), fills=fills and not why_not,
        titles=queries.TITLES, shown_count=lambda found: plain(found) or "–", lists=may(by, Action.EVALUATE),
        others=queries.of_measure(session, evaluation.measure_id),
        names=people.names(session, [evaluation.done_by_id]), photo_error=photo_error,
    )  # fmt: skip


@router.post("/{id}")
def answer(request: Request, session: Writing, evaluation: ToAnswer, by: By, at: At, posted: PostedForm) -> Response:
    """Keeps what the visit found."""
    form, counts = forms.visit(posted)
    if form.ok:
        try:
            found, version = forms.found(form.value, counts), form.value.version
            if form.value.report is not None:
                service.accept_with_report(session, evaluation, found, version=version, by=by, at=at)
                return go(f"/cases/{evaluation.measure_id}", _("The report is accepted, and its results are kept."))
            service.answer(session, evaluation, found, version=version, by=by, at=at)
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
