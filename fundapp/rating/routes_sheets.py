"""A member's own sheet: reading, scoring, locking, signing, changing, and declaring a conflict late."""

from typing import Annotated, Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from fundapp.funds.models import Call
from fundapp.kit.database import ReadSession
from fundapp.kit.i18n import gettext as _
from fundapp.kit.i18n import mark, ngettext
from fundapp.kit.web.forms import Bound, PostedForm, bind, shown
from fundapp.kit.web.pages import go, language, page
from fundapp.kit.web.route import Reading, Route, Writing
from fundapp.measures.codes import CONFLICTS
from fundapp.people.access import At, By, allowed, read_sensitive, to
from fundapp.people.models import Person
from fundapp.people.permissions import Action
from fundapp.rating import blind, declaring, filled, forms, progress, queries, resigning, sheets, showing, standing
from fundapp.rating.filled import Filled
from fundapp.rating.models import Sheet

router = APIRouter(prefix="/rating", route_class=Route)
ToRead = Annotated[Sheet, to(Action.READ_BLIND, standing.find_sheet)]
ToScore = Annotated[Sheet, to(Action.SCORE, standing.find_sheet)]
Scorer = Annotated[Person, allowed(Action.SCORE)]
ACall = Annotated[Call, to(Action.SEE_ROUND, queries.find_call)]
Chair = Annotated[Person, allowed(Action.REOPEN_SHEET)]
Unread = dict[str, Bound[forms.ScoreRow]]


@router.get("/sheets/{id}")
def read(request: Request, sheet: ToRead, by: By, session: Reading, at: At) -> Response:
    names = _names(session, sheet)
    if names is not None and showing.is_blind(sheet):
        read_sensitive(session, sheet.measure, mark("names in a blind rating"), by=by, at=at)
    found = filled.of(session, sheet)
    return page(request, "rating/sheet.html", **showing.whole(session, sheet, found, by, names, language(request, by)))


@router.post("/sheets/{id}")
def save(request: Request, sheet: ToScore, by: By, session: Writing, at: At, posted: PostedForm) -> Response:
    given, unread = forms.scores(posted, sheet.scheme.highest)
    found = sheets.save(session, sheet, given, by=by, at=at)
    if unread:
        return _again(request, session, sheet, found, by, unread)
    return go(f"/rating/sheets/{sheet.id}", _("Saved."))


@router.post("/sheets/{id}/save")
def autosave(request: Request, sheet: ToScore, by: By, session: Writing, at: At, posted: PostedForm) -> Response:
    """One criterion, or what else was sent; answers with the lines that changed."""
    given, unread = forms.scores(posted, sheet.scheme.highest)
    found = sheets.save(session, sheet, given, by=by, at=at)
    kept = showing.of_sheet(session, sheet, found, language(request, by)) | {"errors": _told(unread)}
    return page(request, "rating/_saved.html", 422 if unread else 200, at=at, codes={*given, *unread}, **kept)


@router.post("/sheets/{id}/lock")
def lock(request: Request, sheet: ToScore, by: By, session: Writing, at: At, posted: PostedForm) -> Response:
    given, unread = forms.scores(posted, sheet.scheme.highest)
    found = sheets.save(session, sheet, given, by=by, at=at)
    if unread or (why := sheets.why_not_lock(session, sheet, found)):
        return _again(request, session, sheet, found, by, unread, why if not unread else [])
    sheets.lock(session, sheet, by=by, at=at)
    return go(f"/rating/sheets/{sheet.id}", _("Your scores are locked, and the names are open."))


@router.post("/sheets/{id}/review")
def review(request: Request, sheet: ToScore, by: By, session: Writing, at: At, posted: PostedForm) -> Response:
    given, unread = forms.scores(posted, sheet.scheme.highest)
    found = sheets.save(session, sheet, given, by=by, at=at)
    if unread or (why := sheets.why_not_sign(session, sheet, found)):
        return _again(request, session, sheet, found, by, unread, why if not unread else [])
    return go(f"/rating/sheets/{sheet.id}/sign")


@router.get("/sheets/{id}/sign")
def sign_page(request: Request, sheet: ToScore, by: By, session: Reading) -> Response:
    found = filled.of(session, sheet)
    why = sheets.why_not_sign(session, sheet, found)
    shown_ = showing.whole(session, sheet, found, by, None, language(request, by)) | {"why": why}
    return page(request, "rating/sign.html", **shown_)


@router.post("/sheets/{id}/sign")
def sign(request: Request, sheet: ToScore, by: By, session: Writing, at: At, posted: PostedForm) -> Response:
    """Straight from the sheet with all its scores, or from the page on which they were looked over."""
    given, unread = forms.scores(posted, sheet.scheme.highest)
    found = sheets.save(session, sheet, given, by=by, at=at)
    why = sheets.why_not_sign(session, sheet, found)
    if unread or (given and why):
        return _again(request, session, sheet, found, by, unread, why if not unread else [])
    sheets.sign(session, sheet, by=by, at=at)
    return _signed(session, sheet, by)


@router.post("/sheets/{id}/change")
def change(sheet: ToScore, by: By, session: Writing, at: At, posted: PostedForm) -> Response:
    new = resigning.change(session, sheet, by=by, at=at)
    return go(f"/rating/sheets/{new.id}", _("Your sheet is open again. The signed one is kept and does not count."))


@router.get("/next")
def next_unrated(by: Scorer, session: Reading, after: int | None = None) -> Response:
    """The next sheet that is not signed yet, from this one on, over all calls."""
    mine = standing.my_sheets(session, by, progress.calls_of_member(session, by))
    id = showing.next_unsigned([(sheet.id, sheet.status) for sheet, _no, _n in mine], after)
    return go(
        "/rating/" if id is None else f"/rating/sheets/{id}", _("No other sheet waits for you.") if id is None else ""
    )


@router.get("/sign")
def sign_all_page(request: Request, by: Scorer, session: Reading) -> Response:
    return page(request, "rating/sign_all.html", queue=showing.queue(session, by))


@router.post("/sign")
def sign_all(request: Request, by: Scorer, session: Writing, at: At, posted: PostedForm) -> Response:
    """Those that the page listed, as it listed them."""
    count = sheets.sign_listed(session, forms.versions(posted), by=by, at=at)
    return go("/rating/", ngettext("One sheet is signed.", "%(num)s sheets are signed.", count))


@router.get("/sheets/{id}/conflict")
def conflict_page(request: Request, sheet: ToScore, session: Reading) -> Response:
    return _conflict(request, sheet, shown(forms.TieForm))


@router.post("/sheets/{id}/conflict")
def conflict(request: Request, sheet: ToScore, by: By, session: Writing, at: At, posted: PostedForm) -> Response:
    form = forms.tie(posted)
    if not form.ok:
        return _conflict(request, sheet, form, 422)
    value = form.value
    declaring.declare(
        session, sheet.measure, conflict=True, kind=value.kind, explanation=value.explanation, by=by, at=at
    )
    return go("/rating/", _("Thank you. The proposal is closed to you; your sheet is kept and does not count."))


@router.get("/calls/{id}/reopen")
def reopen_page(request: Request, call: ACall, by: Chair, session: Reading, at: At) -> Response:
    return page(request, "rating/reopen.html", form=shown(forms.ReopenForm), **showing.reopening(session, call, by, at))


@router.post("/calls/{id}/reopen")
def reopen(request: Request, call: ACall, by: Chair, session: Writing, at: At, posted: PostedForm) -> Response:
    form = bind(forms.ReopenForm, posted)
    if not form.ok:
        return page(request, "rating/reopen.html", 422, form=form, **showing.reopening(session, call, by, at))
    value = form.value
    resigning.reopen(session, call, value.measure, value.member, by=by, at=at, because=value.because)
    return go(f"/rating/calls/{call.id}", _("If that sheet was signed, it is open again, and its member gets a mail."))


def _conflict(request: Request, sheet: Sheet, form: Bound[forms.TieForm], status: int = 200) -> Response:
    return page(
        request, "rating/conflict.html", status, here=f"/rating/sheets/{sheet.id}/conflict", back=f"/rating/sheets/{sheet.id}",
        back_to=_("Sheet"), form=form, kinds=list(CONFLICTS.items()),
    )  # fmt: skip


def _names(session: ReadSession, sheet: Sheet) -> blind.Names | None:
    """Who proposes: only when the names are open on this sheet."""
    if not blind.names_are_open(sheet, blind=showing.is_blind(sheet)):
        return None
    return blind.names(session, [sheet.measure])[sheet.measure_id]


def _signed(session: ReadSession, sheet: Sheet, by: Person) -> Response:
    """On to the next one that waits, or to the list."""
    call: Call | None = sheet.measure.call
    mine = standing.my_sheets(session, by, [call.id]) if call is not None else []
    id = showing.next_unsigned([(other.id, other.status) for other, _no, _n in mine], sheet.id)
    if id is None:
        return go("/rating/", _("Your sheet is signed. It counts once the round is closed."))
    return go(f"/rating/sheets/{id}", _("Your sheet is signed. This is the next one that waits for you."))


def _told(unread: Unread) -> dict[str, str]:
    return {code: " ".join(bound.errors.values()) for code, bound in unread.items()}


def _again(
    request: Request,
    session: ReadSession,
    sheet: Sheet,
    found: Filled,
    by: Person,
    unread: Unread,
    why: list[str] | None = None,
) -> Response:
    """The sheet once more, with what could be saved and the reasons beside it."""
    told: dict[str, Any] = {"why": why or [], "errors": _told(unread)}
    everything = showing.whole(session, sheet, found, by, _names(session, sheet), language(request, by)) | told
    return page(request, "rating/sheet.html", 422, **everything)
