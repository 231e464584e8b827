"""What rules have found between members and proposals, waiving it, and the interests that members keep on record."""

from typing import Annotated

from fastapi import APIRouter, Request
from starlette.responses import Response

from fundapp.funds.models import Call
from fundapp.kit.database import ReadSession
from fundapp.kit.i18n import gettext as _
from fundapp.kit.i18n import ngettext
from fundapp.kit.web.forms import Bound, PostedForm, bind, shown
from fundapp.kit.web.pages import go, page
from fundapp.kit.web.route import Reading, Route, Writing
from fundapp.measures.codes import CONFLICTS
from fundapp.measures.models import Measure
from fundapp.people.access import At, By, allowed, to
from fundapp.people.models import Person
from fundapp.people.permissions import Action
from fundapp.rating import conflicts, declaring, finding, forms, forms_committee, queries, sitting

router = APIRouter(prefix="/rating", route_class=Route)
ACall = Annotated[Call, to(Action.SEE_ROUND, conflicts.find_call)]
Declared = Annotated[queries.OfCommittee, to(Action.DECLARE, queries.find_rated)]
Declarer = Annotated[Person, allowed(Action.DECLARE)]


@router.get("/calls/{id}/conflicts")
def of_call(request: Request, call: ACall, by: By, session: Reading) -> Response:
    found = conflicts.of_call(session, call, by)
    return page(request, "rating/conflicts.html", call=call, found=found, leads=bool(sitting.leads(session, by)))


@router.post("/calls/{id}/conflicts")
def look(call: ACall, session: Writing, at: At, posted: PostedForm) -> Response:
    count = len({(row.measure_id, row.person_id) for row in finding.look_at_call(session, call, at=at)})
    told = ngettext("One more conflict was found.", "%(num)s more conflicts were found.", count)
    return go(f"/rating/calls/{call.id}/conflicts", told if count else _("Nothing new was found."))


@router.post("/conflicts/{id}/waive")
def waive(
    found: Annotated[conflicts.OfMeasure, to(Action.WAIVE_CONFLICT, conflicts.find)],
    by: By,
    session: Writing,
    at: At,
    posted: PostedForm,
) -> Response:
    form = bind(forms_committee.WaiveForm, posted)
    declaring.waive(session, found, because=form.value.because if form.ok else "", by=by, at=at)
    return go(f"/rating/calls/{found.measure.call_id}/conflicts", _("The conflict is waived; the minutes will say so."))


@router.get("/measures/{id}/conflict")
def late_page(request: Request, given: Declared, session: Reading) -> Response:
    """For a proposal that waits for its decision; before that the sheet asks."""
    return _late(request, given.measure, shown(forms.TieForm))


@router.post("/measures/{id}/conflict")
def late(request: Request, given: Declared, by: By, session: Writing, at: At, posted: PostedForm) -> Response:
    form = forms.tie(posted)
    if not form.ok:
        return _late(request, given.measure, form, 422)
    kind, explanation = form.value.kind, form.value.explanation
    declaring.declare(session, given.measure, conflict=True, kind=kind, explanation=explanation, by=by, at=at)
    return go("/rating/", _("Thank you. The proposal is closed to you; your sheet is kept and does not count."))


@router.get("/interests")
def interests(request: Request, by: Declarer, session: Reading, at: At) -> Response:
    return _interests(request, by, session, shown(forms_committee.InterestForm))


@router.post("/interests")
def note(request: Request, by: Declarer, session: Writing, at: At, posted: PostedForm) -> Response:
    form = bind(forms_committee.InterestForm, posted)
    if not form.ok:
        return _interests(request, by, session, form, 422)
    value = form.value
    declaring.note_interest(session, kind=value.kind, name=value.name, number=value.number, by=by, at=at)
    return go("/rating/interests", _("Noted. What it touches is closed to you from now on."))


@router.get("/interests/{id}")
def end_page(request: Request, id: int, by: Declarer, session: Reading, at: At) -> Response:
    interest = conflicts.get_interest(session, id, visible_to=by)
    form = shown(forms_committee.EndInterestForm, {"until": at.date()})
    return page(request, "rating/interest.html", interest=interest, form=form, kinds=CONFLICTS)


@router.post("/interests/{id}")
def end(request: Request, id: int, by: Declarer, session: Writing, at: At, posted: PostedForm) -> Response:
    interest = conflicts.get_interest(session, id, visible_to=by)
    form = bind(forms_committee.EndInterestForm, posted)
    if not form.ok:
        return page(request, "rating/interest.html", 422, interest=interest, form=form, kinds=CONFLICTS)
    declaring.end_interest(session, interest, until=form.value.until, by=by, at=at)
    return go("/rating/interests", _("Ended. It stays on record."))


def _late(request: Request, measure: Measure, form: Bound[forms.TieForm], status: int = 200) -> Response:
    return page(
        request, "rating/conflict.html", status, here=f"/rating/measures/{measure.id}/conflict", back="/rating/",
        back_to=_("Rating"), form=form, kinds=list(CONFLICTS.items()),
    )  # fmt: skip


def _interests(
    request: Request, by: Person, session: ReadSession, form: Bound[forms_committee.InterestForm], status: int = 200
) -> Response:
    return page(
        request, "rating/interests.html", status, form=form, kinds=CONFLICTS, interests=conflicts.interests(session, by)
    )
