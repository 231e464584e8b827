"""Setting up a call: its rules and texts, its own questions, publishing, copying, and more time for a region."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from fundapp.funds import calling, editor, forms, listing, queries, service
from fundapp.funds.codes import ANNEXES, APPLICANTS, FUND_INDICATORS
from fundapp.funds.editor import Editor
from fundapp.funds.models import Call, Fund
from fundapp.funds.questions import KINDS
from fundapp.funds.switches import DONOR_RULES, OWN_SHARE, PER_EURO, QUESTIONS, SHORT_FORM
from fundapp.kit import i18n, money
from fundapp.kit.errors import Refused
from fundapp.kit.i18n import gettext as _
from fundapp.kit.web.forms import Bound, PostedForm, bind, shown
from fundapp.kit.web.pages import go, language, page
from fundapp.kit.web.route import Reading, Route, Writing
from fundapp.people.access import At, By, to
from fundapp.people.permissions import Action
from fundapp.presets.queries import value
from fundapp.regions import areas

router = APIRouter(prefix="/funds", route_class=Route)
CallFund = Annotated[Fund, to(Action.MANAGE_CALL, queries.find_fund)]
ManagedCall = Annotated[Call, to(Action.MANAGE_CALL, queries.find_call)]


@router.get("/{id}/calls/new")
def new_call(request: Request, session: Reading, fund: CallFund, by: By, first: str = "") -> Response:
    share = OWN_SHARE[value(session, DONOR_RULES, fund)]
    values = {
        "own_share": f"{share / 10:g}",
        "own_cash": "5",
        "longest_months": 12,
        "opens_time": "00:00",
        "closes_time": "17:00",
        "short_limit": _short_limit(session, fund),
        "language": first if first in i18n.NAMES else queries.first_language(session, fund.id) or language(request, by),
    }
    return _call(request, session, fund, None, shown(forms.CallForm, values), 200)


def _short_limit(session: Any, fund: Fund) -> int:
    """What the switch offers, in minor units of the fund's currency."""
    euros = int(value(session, SHORT_FORM, fund))
    return int(euros * PER_EURO.get(fund.currency, 1) * 10 ** money.exponent(fund.currency))


def _call(
    request: Request, session: Any, fund: Fund, call: Call | None, form: Bound[Any], status: int, at: Any = None
) -> Response:
    first = form.values.get("language") or "en"
    more: dict[str, Any] = {}
    if call is not None:
        more = {
            "why_not_publish": service.why_not_publish(call, at), "why_not_edit": service.why_not_edit_call(call), "history": listing.history(session, call, fund.zone),
             "state": call.state(at),
            "inquiries": listing.count_unanswered(session, call.id),
            "copied_from": session.get(Call, call.copied_from_id) if call.copied_from_id else None,
            "asks": bool(call.questions) or value(session, QUESTIONS, fund) == "offered",
        }  # fmt: skip
    return page(
        request, "funds/call.html", status, fund=fund, call=call, form=form, currency=fund.currency, areas=areas.named(), annexes=_options(ANNEXES),
        applicants=_options(APPLICANTS), indicators=_options({code: title for code, (title, _unit) in FUND_INDICATORS.items()}), languages_of=_ordered(first), names=i18n.NAMES, **more,
    )  # fmt: skip


def _options(labels: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(code, _(label)) for code, label in labels.items()]


def _ordered(first: str) -> list[str]:
    """All languages, the call's own first."""
    return [first, *(lang for lang in i18n.NAMES if lang != first)]


@router.post("/{id}/calls/new")
def open_call(request: Request, session: Writing, posted: PostedForm, fund: CallFund, by: By, at: At) -> Response:
    form = bind(forms.CallForm, posted, currency=fund.currency, locale=language(request, by))
    if form.ok:
        try:
            call = service.open_call(session, fund, form.value.terms(fund.zone), code=form.value.code, by=by, at=at)
            return go(
                f"/funds/calls/{call.id}", _("The call is prepared. Nobody outside sees it before you publish it.")
            )
        except Refused as refused:
            _tell(form, refused)
    return _call(request, session, fund, None, form, 422)


def _tell(form: Bound[Any], refused: Refused) -> None:
    """The refusal next to its field; one about the whole thing is a page of its own."""
    if refused.field is None:
        raise refused
    form.errors[refused.field] = " ".join(refused.reasons)


@router.get("/calls/{id}")
def call_page(request: Request, session: Reading, call: ManagedCall, at: At) -> Response:
    fund = session.get_one(Fund, call.fund_id)
    return _call(request, session, fund, call, shown(forms.CallForm, forms.values_of(call, fund.zone)), 200, at)


@router.post("/calls/{id}")
def edit_call(request: Request, session: Writing, posted: PostedForm, call: ManagedCall, by: By, at: At) -> Response:
    fund = session.get_one(Fund, call.fund_id)
    form = bind(forms.CallForm, posted, currency=fund.currency, locale=language(request, by))
    if form.ok:
        try:
            terms = form.value.terms(fund.zone)
            service.edit_call(session, call, terms, version=form.value.version, by=by, at=at)
            return go(f"/funds/calls/{call.id}", _("The call is changed."))
        except Refused as refused:
            _tell(form, refused)
    return _call(request, session, fund, call, form, 422, at)


@router.post("/calls/{id}/publish")
def publish(session: Writing, call: ManagedCall, by: By, at: At) -> Response:
    service.publish_call(session, call, by=by, at=at)
    return go(f"/calls/{call.id}", _("The call is public."))


@router.get("/calls/{id}/questions")
def questions_page(request: Request, session: Reading, call: ManagedCall) -> Response:
    return _questions(request, session, call, editor.shown(call, _ordered(call.language)), 200)


def _questions(
    request: Request, session: Any, call: Call, edited: Editor, status: int, place: int | None = None
) -> Response:
    return page(
        request, "funds/questions.html", status, call=call, fund=session.get_one(Fund, call.fund_id), form=edited, kinds=KINDS,
        why_not_edit=service.why_not_edit_call(call), names=i18n.NAMES, place=place, most=editor.MOST,
    )  # fmt: skip


@router.post("/calls/{id}/questions")
def keep_questions(
    request: Request, session: Writing, posted: PostedForm, call: ManagedCall, by: By, at: At
) -> Response:
    edited, do = editor.read(call, _ordered(call.language), posted), posted.text("do", "keep")
    if do != "keep":
        return _questions(request, session, call, edited, 200, edited.act(do))
    asked, version = edited.questions(), posted.text("version")
    if not edited.ok:
        return _questions(request, session, call, edited, 422)
    known = int(version) if version.isascii() and version.isdigit() else None
    calling.keep_questions(session, call, asked, version=known, by=by, at=at)
    return go(f"/funds/calls/{call.id}/questions", _("The questions are kept."))


@router.get("/calls/{id}/copy")
def copy_page(request: Request, session: Reading, call: ManagedCall) -> Response:
    fund = session.get_one(Fund, call.fund_id)
    opens, closes = calling.dates_of(call, fund)
    return _copy(request, fund, call, shown(forms.CopyForm, {"opens_time": opens, "closes_time": closes}), 200)


def _copy(request: Request, fund: Fund, call: Call, form: Bound[Any], status: int) -> Response:
    return page(request, "funds/copy.html", status, fund=fund, call=call, form=form)


@router.post("/calls/{id}/copy")
def copy_call(request: Request, session: Writing, posted: PostedForm, call: ManagedCall, by: By, at: At) -> Response:
    fund, form = session.get_one(Fund, call.fund_id), bind(forms.CopyForm, posted)
    if form.ok:
        said = form.value
        opens, closes = (
            forms.moment(said.opens, said.opens_time, fund.zone),
            forms.moment(said.closes, said.closes_time, fund.zone),
        )
        try:
            made = calling.copy_call(session, call, code=said.code, opens_at=opens, closes_at=closes, by=by, at=at)
            return go(f"/funds/calls/{made.id}", _("The call is copied. Nobody outside sees it before you publish it."))
        except Refused as refused:
            _tell(form, refused)
    return _copy(request, fund, call, form, 422)


@router.get("/calls/{id}/extend")
def extend_page(request: Request, session: Reading, call: ManagedCall) -> Response:
    fund = session.get_one(Fund, call.fund_id)
    _opens, closes = calling.dates_of(call, fund)
    return _extend(request, fund, call, shown(forms.ExtendForm, {"until_time": closes}), 200)


def _extend(request: Request, fund: Fund, call: Call, form: Bound[Any], status: int) -> Response:
    return page(
        request, "funds/extend.html", status, fund=fund, call=call, form=form, areas=areas.named(),
        why_not=calling.why_not_extend(call),
    )  # fmt: skip


@router.post("/calls/{id}/extend")
def extend(request: Request, session: Writing, posted: PostedForm, call: ManagedCall, by: By, at: At) -> Response:
    fund, form = session.get_one(Fund, call.fund_id), bind(forms.ExtendForm, posted)
    if form.ok:
        said = form.value
        until = forms.moment(said.until, said.until_time, fund.zone)
        try:
            calling.extend_deadline(session, call, region=said.region, until=until, reason=said.reason, by=by, at=at)
            return go(f"/funds/calls/{call.id}", _("The deadline is extended, and the page of the call says so."))
        except Refused as refused:
            _tell(form, refused)
    return _extend(request, fund, call, form, 422)
