"""No-objections: whom a manager asks, what came back, and the one page that a mailed link opens."""

from typing import Annotated, Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from fundapp.files.store import Unfit
from fundapp.history.service import subject_of
from fundapp.kit import i18n
from fundapp.kit.database import ReadSession
from fundapp.kit.dates import on
from fundapp.kit.errors import NotFound, Refused
from fundapp.kit.i18n import gettext as _
from fundapp.kit.i18n import ngettext
from fundapp.kit.web.forms import Bound, PostedForm, bind, shown
from fundapp.kit.web.pages import go, page, send
from fundapp.kit.web.route import Reading, Route, Writing
from fundapp.measures.models import Measure
from fundapp.people.access import Anyone, At, By, to
from fundapp.people.models import Person
from fundapp.people.permissions import Action
from fundapp.rating import afterwards, clearing, forms_after, queries, standing
from fundapp.rating.proceedings import Clearance, Decision, Meeting

router = APIRouter(prefix="/rating", route_class=Route)
ToAsk = Annotated[Measure, to(Action.ASK_CLEARANCE, queries.find_measure)]
AClearance = Annotated[Clearance, to(Action.ASK_CLEARANCE, afterwards.find_clearance)]


@router.get("/clearance/{key}", dependencies=[Anyone])
def link_page(request: Request, session: Reading, key: str, at: At) -> Response:
    return _link(request, session, key, at, shown(forms_after.AnswerLinkForm), 200)


@router.post("/clearance/{key}", dependencies=[Anyone])
def use_link(request: Request, session: Writing, posted: PostedForm, key: str, at: At) -> Response:
    form = bind(forms_after.AnswerLinkForm, posted)
    if form.ok:
        try:
            value = form.value
            row = clearing.answer_link(
                session, key, agreed=value.answer == "agreed", note=value.note, name=value.name, at=at
            )
            return page(request, "rating/clearance_done.html", thanks=row, why=[])
        except Refused as refused:
            form.errors[refused.field or "form"] = " ".join(refused.reasons)
    return _link(request, session, key, at, form, 422)


def _link(
    request: Request, session: ReadSession, key: str, at: At, form: Bound[forms_after.AnswerLinkForm], status: int
) -> Response:
    """What is decided, without anything about persons; a link that is unknown, used or over says so and no more."""
    row = afterwards.by_key(session, key)
    decision = session.get(Decision, row.decision_id) if row else None
    if row is None or decision is None:
        return page(request, "rating/clearance_done.html", 410, thanks=None, why=[])
    [measure] = queries.loaded(session, [decision.measure_id])
    why = afterwards.why_not_answer(session, row, on(at, measure.fund.zone))
    if why:
        return page(request, "rating/clearance_done.html", 410, thanks=None, why=why)
    return page(
        request, "rating/clearance_link.html", status, clearance=row, decision=decision, measure=measure,
        meeting=session.get_one(Meeting, decision.meeting_id), form=form, key=key,
    )  # fmt: skip


@router.get("/measures/{id}/clearance")
def clearance_page(request: Request, measure: ToAsk, session: Reading) -> Response:
    return _page(request, session, measure)


def _page(
    request: Request, session: ReadSession, measure: Measure, status: int = 200, *, ask: Any = None, answer: Any = None,
    about: int = 0, back: Any = None,
) -> Response:  # fmt: skip
    decision = afterwards.waiting(session, measure.id)
    usual = [] if decision is None else afterwards.usually_asked(session, measure.fund_id)
    if ask is None:
        values = {
            f"people-{n}-{field}": getattr(person, field)
            for n, person in enumerate(usual)
            for field in ("name", "email", "language")
        }
        ask = shown(forms_after.AskForm, values)
    rows = afterwards.clearances(session, [decision.id]).get(decision.id, []) if decision else []
    return page(
        request, "rating/clearance.html", status, measure=measure, decision=decision, rows=rows, ask=ask, about=about,
        answer=answer or shown(forms_after.PaperForm), back=back or shown(forms_after.TakeBackForm), languages_=i18n.languages(),
        places=max(forms_after.PLACES, len(usual) + 1), others=_others(session, decision),
        meeting=session.get(Meeting, decision.meeting_id) if decision else None,
        earlier=afterwards.objections(session, [measure.id]).get(measure.id),
        files={row.id: afterwards.files_of(session, subject_of(row)) for row in rows if row.answer is not None},
    )  # fmt: skip


def _others(session: ReadSession, decision: Decision | None) -> list[Decision]:
    """The other approvals of the same meeting that wait."""
    found = standing.decisions(session, decision.meeting_id).values() if decision else ()
    return [other for other in found if other.waits and decision is not None and other.id != decision.id]


@router.post("/measures/{id}/clearance")
def ask(request: Request, measure: ToAsk, by: By, session: Writing, posted: PostedForm, at: At) -> Response:
    form = bind(forms_after.AskForm, posted)
    people = forms_after.people(posted, form)
    decision = afterwards.waiting(session, measure.id)
    if form.ok and decision is not None:
        others = _visible(session, _others(session, decision), by) if form.value.all == "yes" else []
        try:
            n = clearing.ask(session, [decision, *others], people, due=form.value.due, by=by, at=at)
            return go(
                f"/rating/measures/{measure.id}/clearance",
                ngettext("Asked: one link is on its way.", "Asked: %(num)s links are on their way.", n),
            )
        except Refused as refused:
            form.errors[refused.field or "form"] = " ".join(refused.reasons)
    return _page(request, session, measure, 422, ask=form)


def _visible(session: ReadSession, found: list[Decision], by: Person) -> list[Decision]:
    return [row for row in found if queries.find_measure(session, row.measure_id, visible_to=by) is not None]


@router.post("/measures/{id}/clearance/take-back")
def take_back(request: Request, measure: ToAsk, by: By, session: Writing, posted: PostedForm, at: At) -> Response:
    form = bind(forms_after.TakeBackForm, posted)
    decision = afterwards.waiting(session, measure.id)
    if decision is None:
        raise NotFound
    if not form.values.get("because", "").strip():
        form.errors["because"] = _("Please give a reason; it stays in the history.")
        return _page(request, session, measure, 422, back=form)
    clearing.take_back(session, decision, because=posted.text("because"), by=by, at=at)
    return go(
        f"/cases/{measure.id}", _("The approval is taken back. The money is free, the next meeting decides again.")
    )


@router.post("/clearances/{id}/again")
def again(row: AClearance, by: By, session: Writing, posted: PostedForm, at: At) -> Response:
    clearing.ask_again(session, row, by=by, at=at)
    return go(_back(session, row), _("Asked again, with a new link."))


@router.post("/clearances/{id}/withdraw")
def withdraw(row: AClearance, by: By, session: Writing, posted: PostedForm, at: At) -> Response:
    clearing.withdraw(session, row, by=by, at=at)
    return go(_back(session, row), _("This person is not asked any more."))


@router.post("/clearances/{id}/answer")
def on_paper(request: Request, row: AClearance, by: By, session: Writing, posted: PostedForm, at: At) -> Response:
    form = bind(forms_after.PaperForm, posted, ignore=["file"])
    kept = posted.files("file")
    unfit = [str(each) for each in kept if isinstance(each, Unfit)]
    if unfit or len(kept) != 1:
        form.errors["file"] = " ".join(unfit) or _("Please choose a file.")
    if form.ok:
        try:
            clearing.answer_on_paper(
                session, row, agreed=form.value.answer == "agreed", note=form.value.note, name=form.value.name, kept=kept[0],
                by=by, at=at,
            )  # fmt: skip
            return go(_back(session, row), _("The answer is noted."))
        except Refused as refused:
            form.errors[refused.field or "form"] = " ".join(refused.reasons)
    return _page(request, session, _measure(session, row), 422, answer=form, about=row.id)


@router.get("/clearances/{id}/file")
def paper(request: Request, row: AClearance, session: Reading) -> Response:
    found = afterwards.files_of(session, subject_of(row))
    if not found:
        raise NotFound
    return send(request.app.state.store.read(found[-1].sha256), found[-1].name, found[-1].media_type, inline=True)


def _measure(session: ReadSession, row: Clearance) -> Measure:
    [measure] = queries.loaded(session, [session.get_one(Decision, row.decision_id).measure_id])
    return measure


def _back(session: ReadSession, row: Clearance) -> str:
    return f"/rating/measures/{_measure(session, row).id}/clearance"
