"""Complaints: what the applicant writes, and how a manager outside the committee answers."""

from typing import Annotated, Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from fundapp.files.models import File
from fundapp.files.store import Unfit
from fundapp.history.service import subject_of
from fundapp.kit.database import ReadSession, undo
from fundapp.kit.errors import NotFound, Refused
from fundapp.kit.i18n import gettext as _
from fundapp.kit.web.forms import Bound, PostedForm, bind, shown
from fundapp.kit.web.pages import go, page, send
from fundapp.kit.web.route import Reading, Route, Writing
from fundapp.measures.models import Measure
from fundapp.people.access import At, By, allowed, to
from fundapp.people.models import Person
from fundapp.people.permissions import Action, may, own
from fundapp.people.queries import names
from fundapp.rating import afterwards, complaining, forms_after, letters, queries, standing
from fundapp.rating.proceedings import Complaint, Decision, Meeting

router = APIRouter(prefix="/rating", route_class=Route)
Complains = Annotated[Measure, to(Action.COMPLAIN, queries.find_measure)]
Judged = Annotated[Measure, to(Action.ANSWER_COMPLAINT, queries.find_measure)]
Judge = Annotated[Person, allowed(Action.ANSWER_COMPLAINT)]


@router.get("/measures/{id}/complaint")
def complaint_page(request: Request, measure: Complains, session: Reading, at: At) -> Response:
    return _complaint(request, session, measure, at, shown(forms_after.ComplaintForm), 200)


@router.post("/measures/{id}/complaint")
def complain(request: Request, measure: Complains, by: By, session: Writing, posted: PostedForm, at: At) -> Response:
    form = bind(forms_after.ComplaintForm, posted, ignore=["file"])
    kept = posted.files("file")
    unfit = [str(each) for each in kept if isinstance(each, Unfit)]
    if unfit:
        form.errors["file"] = " ".join(unfit)
    if form.ok:
        try:
            complaining.complain(session, measure, form.value.text, kept[0] if kept else None, by=by, at=at)
            return go(f"/cases/{measure.id}#complaints", _("We have your complaint. You get an answer within 30 days."))
        except Refused as refused:
            form.errors[refused.field or "form"] = " ".join(refused.reasons)
    return _complaint(request, session, measure, at, form, 422)


def _complaint(
    request: Request,
    session: ReadSession,
    measure: Measure,
    at: At,
    form: Bound[forms_after.ComplaintForm],
    status: int,
) -> Response:
    return page(
        request, "rating/complaint.html", status, measure=measure, form=form, until=afterwards.complain_until(session, measure),
        why=afterwards.why_not_complain(session, measure, at), days=afterwards.ANSWER_DAYS,
    )  # fmt: skip


@router.get("/complaints")
def complaints(request: Request, by: Judge, session: Reading, answered: str = "") -> Response:
    """Open complaints by call, or those that have been answered."""
    return page(
        request, "rating/complaints.html", rows=afterwards.all_complaints(session, visible_to=by, answered=bool(answered)),
        answered=bool(answered),
    )  # fmt: skip


@router.get("/measures/{id}/complaints")
def of_measure(request: Request, measure: Judged, by: By, session: Reading) -> Response:
    return _judge(request, session, measure, by, shown(forms_after.JudgeForm), 200)


@router.post("/measures/{id}/complaints")
def answer(request: Request, measure: Judged, by: By, session: Writing, posted: PostedForm, at: At) -> Response:
    form = bind(forms_after.JudgeForm, posted)
    if form.ok:
        row = session.get(Complaint, form.value.complaint)
        if row is None or row.measure_id != measure.id:
            raise NotFound
        try:
            complaining.answer(session, row, form.value.answer, upheld=form.value.upheld == "yes", by=by, at=at)
            return go(
                f"/rating/measures/{measure.id}/complaints", _("The complaint is answered; mail and letter go out.")
            )
        except Refused as refused:
            undo(session)
            form.errors[refused.field or "form"] = " ".join(refused.reasons)
    return _judge(request, session, measure, by, form, 422)


def _judge(
    request: Request, session: ReadSession, measure: Measure, by: Person, form: Bound[Any], status: int
) -> Response:
    [measure] = queries.loaded(session, [measure.id])
    rows = afterwards.complaints(session, measure.id)
    decision = standing.last_decision(session, measure.id)
    return page(
        request, "rating/complaint_answer.html", status, measure=measure, rows=rows, form=form, words=letters.outcome_in_words,
        why=afterwards.why_not_judge(session, measure, by, Action.ANSWER_COMPLAINT), decision=decision,
        meeting=_meeting(session, decision), who=names(session, [id for c in rows for id in (c.by_id, c.answered_by_id)]),
        files={row.id: afterwards.files_of(session, subject_of(row)) for row in rows},
        returns=measure.status in complaining.BY_STEP,
    )  # fmt: skip


def _meeting(session: ReadSession, decision: Decision | None) -> Meeting | None:
    return session.get(Meeting, decision.meeting_id) if decision else None


@router.get("/measures/{id}/complaints/{number}/file")
def paper(
    request: Request,
    measure: Annotated[Measure, to(Action.READ_CASE, queries.find_measure)],
    by: By,
    session: Reading,
    number: int,
) -> Response:
    """The file that came with a complaint: for who complained, and for managers."""
    row = session.get(Complaint, number)
    reads = may(by, Action.ANSWER_COMPLAINT, measure) or own(by, measure, reading=True)
    if row is None or row.measure_id != measure.id or not reads:
        raise NotFound
    found: list[File] = afterwards.files_of(session, subject_of(row))
    if not found:
        raise NotFound
    return send(request.app.state.store.read(found[-1].sha256), found[-1].name, found[-1].media_type, inline=True)
