"""What the office does for a proposal beside checking it: paper over the counter, the signed page, slips of the pen, objections."""

from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from starlette.responses import Response

from fundapp.files.models import File
from fundapp.files.store import Kept, Unfit
from fundapp.kit import i18n
from fundapp.kit.errors import NotFound, Refused
from fundapp.kit.web.forms import Bound, Form, Posted, PostedForm, bind, shown
from fundapp.kit.web.pages import go, page, send
from fundapp.kit.web.route import Reading, Route, Writing
from fundapp.measures import codes, correcting, fields, forms, queries, receiving
from fundapp.measures.models import Correction, Measure
from fundapp.people.access import At, By, to
from fundapp.people.permissions import Action, may
from fundapp.people.queries import names
from fundapp.regions import areas

router = APIRouter(prefix="/measures", route_class=Route)
_ = i18n.gettext
Readable = Annotated[Measure, to(Action.READ_CASE, queries.find)]
Received = Annotated[Measure, to(Action.RECEIVE_PAPER, queries.find)]
Written = Annotated[Measure, to(Action.WRITE_PROPOSAL, queries.find)]
Corrected = Annotated[Measure, to(Action.CORRECT, queries.find)]
Objecting = Annotated[Measure, to(Action.OBJECT, queries.find)]
Upheld = Annotated[Measure, to(Action.UPHOLD_CORRECTION, queries.find)]


@router.get("/{id}/office")
def office(request: Request, session: Reading, measure: Readable, by: By, at: At) -> Response:
    return _office(request, session, measure, by, shown(forms.CorrectForm), 200)


def _office(request: Request, session: Any, measure: Measure, by: Any, form: Bound[Any], status: int) -> Response:
    corrects = may(by, Action.CORRECT, measure)
    found = correcting.of(session, measure)
    return page(
        request, "measures/office.html", status, measure=measure, form=form, corrections=found, codes=codes, label=fields.label,
        receives=may(by, Action.RECEIVE_PAPER, measure), corrects=corrects, objects=may(by, Action.OBJECT, measure),
        answers=may(by, Action.UPHOLD_CORRECTION, measure), writes=may(by, Action.WRITE_PROPOSAL, measure),
        correctable=correcting.correctable(session, measure) if corrects else [], who=names(session, [row.by_id for row in found]),
    )  # fmt: skip


@router.get("/{id}/summary")
def summary(request: Request, session: Reading, measure: Readable) -> Response:
    """One page to print, read out and have signed."""
    proposal = queries.proposal(session, measure)
    return page(
        request, "measures/summary.html", measure=measure, proposal=proposal, codes=codes, areas=areas.named(),
        currency=measure.fund.currency,
    )  # fmt: skip


def _one_file(posted: Posted, form: Bound[Any]) -> Kept | None:
    """The one file that was sent; else the error stands in the form."""
    kept = posted.files("file")
    unfit = [str(each) for each in kept if isinstance(each, Unfit)]
    if unfit or len(kept) != 1:
        form.errors["file"] = " ".join(unfit) or _("Please choose a file.")
        return None
    return kept[0]  # type: ignore[no-any-return]


@router.post("/{id}/paper")
def receive(request: Request, session: Writing, posted: PostedForm, measure: Received, by: By, at: At) -> Response:
    form = bind(forms.PaperForm, posted, ignore=["file"])
    kept = _one_file(posted, form)
    if form.ok and kept is not None:
        moment = datetime.combine(form.value.received_on, form.value.received_time, ZoneInfo(measure.fund.zone))
        try:
            receiving.receive_paper(session, measure, moment, kept, by=by, at=at)
            return go(
                f"/measures/{measure.id}/office",
                _("The paper is noted. Type it in within two weeks; its moment counts."),
            )
        except Refused as refused:
            form.errors[refused.field or "form"] = " ".join(refused.reasons)
    return _office(request, session, measure, by, form, 422)


@router.post("/{id}/signed-page")
def signed_page(request: Request, session: Writing, posted: PostedForm, measure: Written, by: By, at: At) -> Response:
    form = shown(Form)
    kept = _one_file(posted, form)
    if kept is None:
        return _office(request, session, measure, by, form, 422)
    receiving.confirm_by_photo(session, measure, kept, by=by, at=at)
    return go(f"/measures/{measure.id}/review", _("The signed page is kept; the proposal can be sent."))


@router.get("/{id}/papers/{what}")
def paper(request: Request, session: Reading, measure: Readable, what: str) -> Response:
    """The photo of the first page, or of the signed one."""
    ids = {"first-page": measure.paper_file_id, "signed-page": measure.confirmation_file_id}
    file = session.get(File, ids.get(what) or 0)
    if file is None:
        raise NotFound
    return send(request.app.state.store.read(file.sha256), file.name, file.media_type, inline=True)


@router.post("/{id}/correct")
def correct(request: Request, session: Writing, posted: PostedForm, measure: Corrected, by: By, at: At) -> Response:
    form = bind(forms.CorrectForm, posted)
    if form.ok:
        section, _slash, name = form.value.field.partition("/")
        try:
            correcting.correct(
                session, measure, section, name, form.value.text, because=form.value.because, by=by, at=at
            )
            return go(f"/measures/{measure.id}/office", _("It is corrected. The applicant sees both texts."))
        except Refused as refused:
            form.errors[refused.field or "form"] = " ".join(refused.reasons)
    return _office(request, session, measure, by, form, 422)


def _correction(session: Any, measure: Measure, number: int) -> Correction:
    found: Correction | None = session.get(Correction, number)
    if found is None or found.measure_id != measure.id:
        raise NotFound
    return found


@router.post("/{id}/corrections/{number}/object")
def object_(session: Writing, posted: PostedForm, measure: Objecting, number: int, by: By, at: At) -> Response:
    found = _correction(session, measure, number)
    correcting.object_to(session, measure, found, posted.text("words"), by=by, at=at)
    return go(f"/measures/{measure.id}/office", _("We have your objection. A manager answers within two weeks."))


@router.post("/{id}/corrections/{number}/answer")
def answer(session: Writing, posted: PostedForm, measure: Upheld, number: int, by: By, at: At) -> Response:
    found, restore = _correction(session, measure, number), posted.text("restore") == "yes"
    correcting.answer(session, measure, found, restore=restore, because=posted.text("because"), by=by, at=at)
    return go(f"/measures/{measure.id}/office", _("The applicant is told."))
