"""The public pages: which calls are open and coming, what a call says, what was asked about it; as a page, a calendar and a feed."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request
from starlette.responses import Response

from fundapp.documents.controls import WORD
from fundapp.exchange import calls as told
from fundapp.exchange import feeds
from fundapp.exchange.asking import AskForm
from fundapp.funds import inquiries, listing, queries, questions
from fundapp.funds.codes import ANNEXES, APPLICANTS
from fundapp.funds.models import Call, Fund
from fundapp.kit import i18n
from fundapp.kit.database import ReadSession
from fundapp.kit.dates import offset, town
from fundapp.kit.errors import NotFound, Refused
from fundapp.kit.i18n import gettext as _
from fundapp.kit.web.forms import Bound, PostedForm, bind, shown
from fundapp.kit.web.pages import go, language, page, send
from fundapp.kit.web.route import Reading, Route, Writing
from fundapp.measures import offline
from fundapp.measures.codes import FULL, SECTIONS, SHORT
from fundapp.measures.fields import PAGES
from fundapp.people.access import Anyone, At, By, Visitor, address_of, to
from fundapp.people.permissions import Action, may
from fundapp.people.queries import branches
from fundapp.regions import areas

router = APIRouter(route_class=Route)
ManagedCall = Annotated[Call, to(Action.MANAGE_CALL, queries.find_call)]


@router.get("/calls", dependencies=[Anyone])
def index(request: Request, session: Reading, at: At, visitor: Visitor) -> Response:
    """Open and coming calls, and those that closed lately; also where a stranger begins."""
    found = queries.recent_calls(session, at)
    by_state = {state: [call for call in found if call.state(at) == state] for state in ("open", "coming", "closed")}
    return page(
        request, "exchange/home.html", open_calls=by_state["open"], coming=sorted(by_state["coming"], key=lambda call: call.opens_at), closed=by_state["closed"][::-1],
        funds=queries.funds_of(session, found), at=at, branches=branches(session), time_left=told.time_left,
    )  # fmt: skip


@router.get("/calls.ics", dependencies=[Anyone])
def calendar(request: Request, session: Reading, at: At, visitor: Visitor) -> Response:
    found = [call for call in queries.recent_calls(session, at) if call.state(at) != "closed"]
    return _calendar(request, session, found, "calls.ics", visitor)


@router.get("/calls/{id}.ics", dependencies=[Anyone])
def call_calendar(request: Request, session: Reading, id: int, visitor: Visitor) -> Response:
    return _calendar(request, session, [_public(session, id)], f"call-{id}.ics", visitor)


def _calendar(request: Request, session: ReadSession, found: list[Call], name: str, visitor: Any) -> Response:
    settings = request.app.state.settings
    funds = queries.funds_of(session, found)
    rows = told.told(session, found, funds, settings.base_url, language(request, visitor))
    data = feeds.calendar(settings.brand, told.host(settings.base_url), rows)
    disposition = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(data, media_type="text/calendar; charset=utf-8", headers=disposition)


@router.get("/calls.atom", dependencies=[Anyone])
def feed(request: Request, session: Reading, at: At, visitor: Visitor) -> Response:
    settings, found = request.app.state.settings, queries.recent_calls(session, at)
    found.sort(key=lambda call: (call.published_at or at, call.id), reverse=True)
    funds = queries.funds_of(session, found)
    rows = told.told(session, found, funds, settings.base_url, language(request, visitor))
    data = feeds.feed(_("Calls of %(name)s", name=settings.brand), settings.base_url, rows, at)
    return Response(data, media_type="application/atom+xml; charset=utf-8")


@router.get("/calls/{id}", dependencies=[Anyone])
def call(request: Request, session: Reading, id: int, at: At, visitor: Visitor) -> Response:
    return _call(request, session, _public(session, id), at, visitor, shown(AskForm), 200)


def _public(session: ReadSession, id: int) -> Call:
    found = queries.find_public_call(session, id)
    if found is None:
        raise NotFound
    return found


def _call(
    request: Request, session: ReadSession, call: Call, at: datetime, visitor: Any, form: Bound[Any], status: int
) -> Response:
    starts = visitor is None or may(visitor, Action.START_PROPOSAL)
    return page(
        request, "exchange/call.html", status, **_told(request, session, call, at, visitor), starts=starts, form=form,
        asks=call.state(at) != "closed", answered=listing.answered(session, call.id), word_forms={lang: f"/calls/{call.id}/form.{lang}.docx" for lang in call.languages},
    )  # fmt: skip


def _told(request: Request, session: ReadSession, call: Call, at: datetime, visitor: Any) -> dict[str, Any]:
    """What the page of a call says, and its preview."""
    fund, lang = session.get_one(Fund, call.fund_id), language(request, visitor)
    criteria, needed = told.criteria(session, call)
    return {
        "call": call, "fund": fund, "currency": fund.currency, "at": at, "state": call.state(at), "criteria": criteria, "needed": needed,
        "applicants": APPLICANTS, "annexes": ANNEXES, "areas": areas.named(), "names": i18n.NAMES,
        "branches": [b for b in branches(session) if not call.regions or b.region in call.regions],
        "time_left": told.time_left(call.closes_at, at), "left": told.time_left, "town": town(fund.zone),
        "offset": offset(call.closes_at, fund.zone), "written_in": told.written_in(call, lang),
        "other_language": told.other_language(call, lang),
    }  # fmt: skip


@router.get("/calls/{id}/form.{lang}.docx", dependencies=[Anyone])
def word_form(
    session: Reading, id: int, lang: Literal["en", "de", "mn"], form: Literal["full", "short", ""] = ""
) -> Response:
    """The form to fill in without a line. Where the call has a short form, that one unless the full one is asked for."""
    call = _public(session, id)
    which = form or (SHORT if call.short_limit else FULL)
    data = offline.blank(session, call, form=which, language=lang)
    return send(data, f"proposal-form-{call.code}.{lang}.docx", WORD)


@router.post("/calls/{id}/questions", dependencies=[Anyone])
def ask(request: Request, session: Writing, posted: PostedForm, id: int, at: At, visitor: Visitor) -> Response:
    call, form = _public(session, id), bind(AskForm, posted)
    if form.ok:
        said = form.value
        try:
            inquiries.ask(
                session, call, text=said.text, name=said.name, email=said.email or None, phone=said.phone,
                language=language(request, visitor), source=address_of(request), key=said.key, at=at,
            )  # fmt: skip
            return go(
                f"/calls/{id}", _("Thank you. Your question is with us; question and answer will stand on this page.")
            )
        except Refused as refused:
            form.errors[refused.field or "form"] = " ".join(refused.reasons)
    return _call(request, session, call, at, visitor, form, 422)


@router.get("/calls/{id}/preview")
def preview(request: Request, session: Reading, call: ManagedCall, by: By, at: At) -> Response:
    """The public page and the empty form, as the applicant will see them."""
    lang, asked = language(request, by), questions.of(call)
    empty_forms = [(FULL, _("The whole form, page by page"))]
    if call.short_limit:
        empty_forms.append((SHORT, _("The short form, page by page")))
    return page(
        request, "exchange/preview.html", **_told(request, session, call, at, by), starts=False, form=shown(AskForm), asks=False,
        answered=[], word_forms={}, questions=asked, conditions=_conditions(asked, lang), sections=SECTIONS, pages=PAGES, empty_forms=empty_forms,
    )  # fmt: skip


def _conditions(asked: list[questions.Question], lang: str) -> dict[str, str]:
    """Code of a question -> when it is shown, in words."""
    by_code = {question.code: question for question in asked}
    found = {}
    for question in asked:
        if question.shown_if is not None:
            code, choice = question.shown_if
            answer = dict(questions.choices_of(by_code[code], lang)).get(choice, choice)
            title = questions.words(by_code[code].label, lang)
            found[question.code] = _("Shown only if “%(question)s” is: %(answer)s", question=title, answer=_(answer))
    return found
