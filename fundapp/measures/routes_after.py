"""What an applicant does after a proposal was sent: where it stands, messages, consents, giving it to a colleague, using it again."""

from typing import Annotated, Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from fundapp.documents.queries import of_case as papers_of
from fundapp.history.queries import of_case
from fundapp.kit import i18n
from fundapp.kit.errors import Refused
from fundapp.kit.texts import BASE
from fundapp.kit.web.forms import Bound, PostedForm, bind, shown
from fundapp.kit.web.pages import go, page
from fundapp.kit.web.route import Reading, Route, Writing
from fundapp.mail import queries as mail
from fundapp.measures import afterwards, checking, codes, consents, correcting, duties, forms, handing, queries
from fundapp.measures.models import Measure
from fundapp.people.access import At, By, to
from fundapp.people.permissions import Action, may, own

router = APIRouter(prefix="/measures", route_class=Route)
_ = i18n.gettext
Readable = Annotated[Measure, to(Action.READ_CASE, queries.find)]
Consenting = Annotated[Measure, to(Action.WITHDRAW_CONSENT, queries.find)]
Answering = Annotated[Measure, to(Action.ANSWER_CONSENT, queries.find)]
Giving = Annotated[Measure, to(Action.GIVE_PROPOSAL, queries.find)]


@router.get("/{id}/after")
def after(request: Request, session: Reading, measure: Readable, by: By, at: At) -> Response:
    return _after(request, session, measure, by, at, shown(forms.ConsentAnswerForm), 200)


def _after(
    request: Request, session: Any, measure: Measure, by: Any, at: Any, form: Bound[Any], status: int
) -> Response:
    """Where the proposal stands; its own people read their messages there, the office only what it answers."""
    mine, gives = own(by, measure, reading=True), may(by, Action.GIVE_PROPOSAL, measure)
    entries, due = of_case(session, measure.id), afterwards.owed(session, [measure]).get(measure.id, {})
    return page(
        request, "measures/after.html", status, measure=measure, form=form, own=mine, codes=codes, at=at,
        life=afterwards.life(measure, entries), stopped=afterwards.stopped(measure), next=afterwards.next_of(measure, due),
        told=afterwards.told(entries), goes_on=measure.status in afterwards.GOES_ON, consents=consents.of(measure),
        withdraws_consent=may(by, Action.WITHDRAW_CONSENT, measure), answer_due=due.get("measures.consent"),
        answers=may(by, Action.ANSWER_CONSENT, measure) and duties.waiting_consents(measure),
        withdraws=may(by, Action.WITHDRAW, measure), withdrawing=afterwards.withdrawing(measure), renews=own(by, measure) and measure.call_id,
        messages=mail.of_case(session, measure.id, by, at=at) if mine else [], base=BASE, base_url=request.app.state.settings.base_url.rstrip("/"),
        letters=[paper for paper in papers_of(session, measure.id) if paper.name != "minutes"] if mine else [],
        asked_label=checking.label_in(measure) if measure.status == "returned" else None,
        colleagues=handing.colleagues(session, measure) if gives else [], corrections=correcting.of(session, measure),
    )  # fmt: skip


@router.post("/{id}/consents/{code}/withdraw")
def withdraw_consent(session: Writing, measure: Consenting, code: str, by: By, at: At) -> Response:
    consents.withdraw(session, measure, code, by=by, at=at)
    say = _("Withdrawn. Nothing new is published.") if code == codes.PUBLICATION else _("Withdrawn. A manager answers.")
    return go(f"/measures/{measure.id}/after#consents", say)


@router.post("/{id}/consents/{code}/give")
def give_consent(session: Writing, measure: Consenting, code: str, by: By, at: At) -> Response:
    consents.give_again(session, measure, code, by=by, at=at)
    return go(f"/measures/{measure.id}/after#consents", _("The consent holds again."))


@router.post("/{id}/consents-answer")
def answer_consents(
    request: Request, session: Writing, posted: PostedForm, measure: Answering, by: By, at: At
) -> Response:
    form = bind(forms.ConsentAnswerForm, posted)
    if form.ok:
        try:
            consents.answer(session, measure, form.value.words, by=by, at=at)
            return go(f"/measures/{measure.id}/after#consents", _("The applicant is told."))
        except Refused as refused:
            form.errors[refused.field or "words"] = " ".join(refused.reasons)
    return _after(request, session, measure, by, at, form, 422)


@router.post("/{id}/give")
def give(session: Writing, posted: PostedForm, measure: Giving, by: By, at: At) -> Response:
    """To another editor of the organisation."""
    chosen = posted.text("to")
    found = next((one for one in handing.colleagues(session, measure) if str(one.id) == chosen), None)
    if found is None:
        raise Refused(_("Please choose one of your colleagues."))
    handing.give(session, measure, found, by=by, at=at)
    here = f"/measures/{measure.id}/after" if own(by, measure) else "/measures"
    return go(here, _("Given to %(name)s.", name=i18n.called(found, "full")))
