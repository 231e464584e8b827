"""After a meeting: feedback that the chair releases, and corrections of the minutes."""

from typing import Annotated, Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from fundapp.funds.models import Call
from fundapp.kit.database import ReadSession, undo
from fundapp.kit.errors import NotFound, Refused
from fundapp.kit.i18n import gettext as _
from fundapp.kit.i18n import ngettext
from fundapp.kit.web.forms import PostedForm, bind
from fundapp.kit.web.pages import go, page
from fundapp.kit.web.route import Reading, Route, Writing
from fundapp.measures.lifecycle import Status
from fundapp.people.access import At, By, to
from fundapp.people.models import Person
from fundapp.people.permissions import Action
from fundapp.rating import addenda, forms_after, letters, queries, releasing, standing
from fundapp.rating.proceedings import Decision, Meeting

router = APIRouter(prefix="/rating", route_class=Route)
ToRelease = Annotated[Meeting, to(Action.RELEASE_FEEDBACK, standing.find_meeting)]
ToCorrect = Annotated[Meeting, to(Action.ADD_TO_MINUTES, standing.find_meeting)]


@router.get("/meetings/{id}/feedback")
def feedback_page(request: Request, meeting: ToRelease, by: By, session: Reading) -> Response:
    return _feedback(request, session, meeting, by)


@router.post("/meetings/{id}/feedback")
def feedback(request: Request, meeting: ToRelease, by: By, session: Writing, posted: PostedForm, at: At) -> Response:
    """One text is kept or released."""
    form = bind(forms_after.FeedbackForm, posted)
    if not form.ok:
        return _feedback(request, session, meeting, by, 422, form=form)
    decision = _of(session, meeting, form.value.decision, by)
    try:
        if form.value.act == "keep":
            releasing.keep(session, decision, form.value.feedback, by=by, at=at)
            return go(f"/rating/meetings/{meeting.id}/feedback#d{decision.id}", _("Kept. Nobody is told yet."))
        anyway = form.value.anyway == "yes"
        releasing.release(session, decision, form.value.feedback, anyway=anyway, by=by, at=at)
        return go(f"/rating/meetings/{meeting.id}/feedback#d{decision.id}", _("Released for the applicant."))
    except Refused as refused:
        undo(session)
        form.errors[refused.field or "form"] = " ".join(refused.reasons)
        return _feedback(request, session, meeting, by, 422, form=form)


@router.post("/meetings/{id}/feedback/all")
def release_all(meeting: ToRelease, by: By, session: Writing, posted: PostedForm, at: At) -> Response:
    """All that was kept and not yet released; refused as a whole when one of them looks like personal data."""
    found = [d for d in standing.decisions(session, meeting.id).values() if d.feedback and d.feedback_at is None]
    mine = [d for d in found if queries.find_measure(session, d.measure_id, visible_to=by) is not None]
    for decision in mine:
        releasing.release(session, decision, decision.feedback, by=by, at=at)
    return go(
        f"/rating/meetings/{meeting.id}/feedback",
        ngettext("One text is released.", "%(num)s texts are released.", len(mine)),
    )


def _of(session: ReadSession, meeting: Meeting, id: int, by: Person) -> Decision:
    decision = session.get(Decision, id)
    if decision is None or decision.meeting_id != meeting.id:
        raise NotFound
    if queries.find_measure(session, decision.measure_id, visible_to=by) is None:
        raise NotFound
    return decision


def _feedback(
    request: Request, session: ReadSession, meeting: Meeting, by: Person, status: int = 200, *, form: Any = None
) -> Response:
    found = standing.decisions(session, meeting.id)
    call = session.get_one(Call, meeting.call_id)
    open_ = {m.id: m for m in queries.of_call(session, call.id, tuple(Status), visible_to=by) if m.id in found}
    drafts = releasing.drafts(session, list(open_.values()))
    return page(
        request, "rating/feedback.html", status, meeting=meeting, call=call, form=form, drafts=drafts, measures=open_,
        decisions=[found[id] for id in found if id in open_], hidden=len(found) - len(open_), words=letters.outcome_in_words,
        kept=sum(bool(d.feedback) and d.feedback_at is None for id, d in found.items() if id in open_),
    )  # fmt: skip


@router.post("/meetings/{id}/addenda")
def add(meeting: ToCorrect, by: By, session: Writing, posted: PostedForm, at: At) -> Response:
    form = bind(forms_after.AddendumForm, posted)
    if not form.ok:
        raise Refused(*form.errors.values(), field="text")
    row = addenda.add(session, meeting, form.value.text, by=by, at=at)
    return go(f"/rating/meetings/{meeting.id}#addenda", _("Addendum %(no)s is being written.", no=row.no))
