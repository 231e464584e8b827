"""The form of a proposal page by page, its papers, reading it whole, and sending it."""

import re
from typing import Annotated, Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from fundapp.funds import questions
from fundapp.funds.codes import ANNEXES, APPLICANTS
from fundapp.funds.queries import find_call, funds_of, open_calls
from fundapp.history.queries import of_case
from fundapp.kit import i18n, money
from fundapp.kit.errors import NotFound
from fundapp.kit.phones import dialled
from fundapp.kit.web.forms import Bound, PostedForm, bind, shown
from fundapp.kit.web.pages import go, page, send
from fundapp.kit.web.route import Reading, Route, Writing
from fundapp.measures import (
    checking,
    codes,
    correcting,
    forms,
    gaps,
    missing,
    pages,
    queries,
    renewing,
    standing,
    starting,
    submission,
)
from fundapp.measures.models import Measure
from fundapp.people.access import At, By, allowed, to
from fundapp.people.models import Person
from fundapp.people.permissions import Action, Role, holds, may, own
from fundapp.people.queries import by_number, find_by_email
from fundapp.regions import areas
from fundapp.regions.queries import bottlenecks_of_region

router = APIRouter(prefix="/measures", route_class=Route)
_ = i18n.gettext
Starter = Annotated[Person, allowed(Action.START_PROPOSAL)]
Writable = Annotated[Measure, to(Action.WRITE_PROPOSAL, queries.find)]
Readable = Annotated[Measure, to(Action.READ_CASE, queries.find)]


@router.get("/new")
def new(request: Request, session: Reading, by: Starter, at: At, call: int = 0, earlier: int = 0) -> Response:
    return _new(request, session, by, at, shown(forms.StartForm, {"call": call, "earlier": earlier}), 200)


def _new(request: Request, session: Any, by: Person, at: Any, form: Bound[Any], status: int) -> Response:
    number = str(form.values.get("call") or "0")
    call = find_call(session, int(number) if re.fullmatch(r"[0-9]{1,9}", number) else 0, visible_to=by)
    for_another, calls = holds(by, Role.OFFICER), open_calls(session, at)
    return page(
        request,
        "measures/new.html",
        status,
        form=form,
        call=call,
        calls=calls,
        funds=funds_of(session, calls),
        for_another=for_another,
        earlier=renewing.offered(session, by),
        at=at,
    )


@router.post("/new")
def start(request: Request, session: Writing, posted: PostedForm, by: Starter, at: At) -> Response:
    form = bind(forms.StartForm, posted)
    call = find_call(session, form.value.call, visible_to=by) if form.ok else None
    owner = _whom(session, form) if form.ok and form.value.whom else None
    if call is None:
        form.errors.setdefault("call", _("Please choose a call."))
    if form.ok and owner is None and not holds(by, Role.APPLICANT):
        form.errors["whom"] = _("Write the e-mail address or telephone number of the applicant.")
    if not form.ok or call is None:
        return _new(request, session, by, at, form, 422)
    if form.value.earlier:
        old = queries.find(session, form.value.earlier, visible_to=by)
        if old is None:
            raise NotFound
        renewed = renewing.copy(session, old, call, by=by, at=at, form=form.value.form)
        say = _("The words are taken over. Please write the dates anew, and look whether everything still holds.")
        return go(f"/measures/{renewed.id}/review", say)
    measure = starting.start(session, call, by=by, owner=owner, form=form.value.form, at=at)
    return go(f"/measures/{measure.id}/form/measure")


def _whom(session: Any, form: Bound[forms.StartForm]) -> Person | None:
    """The applicant an officer writes for, by e-mail or telephone; the error says how to become one."""
    whom = form.value.whom
    one = find_by_email(session, whom)
    found = [each for each in ([one] if one else by_number(session, dialled(whom))) if holds(each, Role.APPLICANT)]
    if len(found) == 1:
        return found[0]
    form.errors["whom"] = (
        _("Several applicants have this number: write the e-mail address of the one you write for.")
        if found
        else _("No applicant is registered with this address or number. Make them a code to sign in; then they are.")
    )
    return None


@router.get("/{id}/annexes/{annex_id}")
def annex(request: Request, session: Reading, measure: Readable, annex_id: int) -> Response:
    found = queries.find_annex(session, measure, annex_id)
    if found is None:
        raise NotFound
    file = found[1]
    return send(request.app.state.store.read(file.sha256), file.name, file.media_type)


@router.get("/{id}")
@router.get("/{id}/review")
def review(request: Request, session: Reading, measure: Readable, by: By, at: At) -> Response:
    """The proposal as others read it; while it is written also what is missing, and the button that sends it."""
    if measure.call is None:
        return go(f"/cases/{measure.id}")
    proposal = queries.proposal(session, measure)
    asked = next((x for x in of_case(session, measure.id) if x.entry.action == "measures.send_back"), None)
    return page(
        request, "measures/review.html", measure=measure, proposal=proposal, gaps=gaps.gaps(proposal), codes=codes, areas=areas.named(),
        currency=measure.fund.currency, annex_kinds=ANNEXES, applicant_kinds=APPLICANTS, writes=may(by, Action.WRITE_PROPOSAL, measure),
        why_not=missing.why_too_late(measure, at) + missing.why_not_confirmed(measure), deadline=missing.deadline(measure),
        asked=asked if measure.status == "returned" else None, confirms=may(by, Action.CONFIRM_PROPOSAL, measure), at=at,
        bottleneck=_bottleneck(session, measure), asked_label=checking.label_in(measure) if measure.status == "returned" else None,
        offices=may(by, Action.CORRECT, measure) or may(by, Action.RECEIVE_PAPER, measure) or bool(correcting.of(session, measure)), own=own(by, measure, reading=True), sections=gaps.pages(measure),
        standings=standing.standings(proposal.lines, measure.call, measure.fund.currency, measure.form),
        asked_of_fund=money.in_words(proposal.sum("from_grant"), measure.fund.currency, i18n.LANGUAGE.get()),
        questions=questions.shown(questions.of(measure.call), measure.answers),
    )  # fmt: skip


def _bottleneck(session: Any, measure: Measure) -> str:
    found = {each.id: each.title for each in bottlenecks_of_region(session, measure.region)}
    return found.get(measure.bottleneck_id or 0, "")


@router.post("/{id}/submit")
def submit(session: Writing, measure: Readable, by: By, at: At) -> Response:
    """Sends it; pressed again the number is shown again. The verb asks for the right to send."""
    if may(by, Action.WRITE_PROPOSAL, measure):
        pages.take_over(session, measure, by=by, at=at)
    sent = submission.submit(session, measure, by=by, at=at)
    say = _("Thank you. We have your proposal. Number: %(number)s") % {"number": sent.number}
    return go(f"/measures/{measure.id}/review", say)


@router.post("/{id}/confirm")
def confirm(
    session: Writing, measure: Annotated[Measure, to(Action.CONFIRM_PROPOSAL, queries.find)], by: By, at: At
) -> Response:
    before = measure.version
    pages.take_over(session, measure, by=by, at=at)
    if measure.version != before:  # what was typed meanwhile did not stand on the page that was read
        return go(
            f"/measures/{measure.id}/review", _("Something has changed meanwhile. Please read it again."), refused=True
        )
    submission.confirm(session, measure, by=by, at=at)
    return go(f"/measures/{measure.id}/review", _("You have confirmed it; now it can be sent."))


@router.post("/{id}/ask")
def ask(request: Request, session: Writing, measure: Writable, by: By, at: At) -> Response:
    asked, here = submission.ask_to_confirm(session, measure, by=by, at=at), f"/measures/{measure.id}/review"
    if asked is not None and asked.channel == "mail":
        return go(here, _("The applicant is asked by mail."))
    if asked is not None and request.app.state.settings.sms_url:
        return go(here, _("The applicant is asked by a short text to the telephone."))
    say = _("The applicant has no e-mail address: please call. The text to read out stands under Messages.")
    return go(here, say, refused=asked is None)


@router.post("/{id}/admit-late")
def admit_late(
    session: Writing,
    posted: PostedForm,
    measure: Annotated[Measure, to(Action.ADMIT_LATE, queries.find)],
    by: By,
    at: At,
) -> Response:
    submission.admit_late(session, measure, because=posted.text("because"), by=by, at=at)
    return go(f"/cases/{measure.id}", _("The proposal is admitted. It stands in the report of exceptions."))


@router.post("/{id}/expire")
def expire(session: Writing, measure: Annotated[Measure, to(Action.EXPIRE, queries.find)], by: By, at: At) -> Response:
    submission.expire(session, measure, by=by, at=at)
    return go(f"/cases/{measure.id}", _("The proposal is closed; the applicant hears of it in half an hour."))
