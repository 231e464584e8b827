"""A member's own sheet: reading, scoring, locking, signing, and declaring a conflict late."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from fundapp.kit.database import ReadSession
from fundapp.kit.i18n import gettext as _
from fundapp.kit.i18n import mark
from fundapp.kit.web.forms import Bound, PostedForm, shown
from fundapp.kit.web.pages import go, language, page
from fundapp.kit.web.route import Reading, Route, Writing
from fundapp.measures.codes import CATEGORIES, CONFLICTS, EFFECTS, INTERVENTIONS, TOPICS
from fundapp.people.access import At, By, read_sensitive, to
from fundapp.people.models import Person
from fundapp.people.permissions import Action
from fundapp.rating import blind, declaring, forms, queries, scoring, sheets, standing
from fundapp.rating.models import Scheme, Sheet
from fundapp.rating.scheme import ANCHORS

router = APIRouter(prefix="/rating", route_class=Route)
ToRead = Annotated[Sheet, to(Action.READ_BLIND, standing.find_sheet)]
ToScore = Annotated[Sheet, to(Action.SCORE, standing.find_sheet)]
SOURCES = {
    "from_grant": mark("The fund"), "own_cash": mark("Own money"), "in_kind": mark("Own work and goods"), "local_government": mark("Local government"),
    "other_donor": mark("Others"), "revenue": mark("Income of the measure"),
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """A criterion on the page. `state`: open, locked (stands), waiting (for the names)."""

    no: int
    code: str
    title: str
    question: str
    weight: int
    points: int | None
    comment: str
    state: str
    needed: bool


@router.get("/sheets/{id}")
def read(request: Request, sheet: ToRead, by: By, session: Reading, at: At) -> Response:
    names = _names(session, sheet)
    if names is not None and _blind(sheet):
        read_sensitive(session, sheet.measure, mark("names in a blind rating"), by=by, at=at)
    return page(request, "rating/sheet.html", **_everything(request, session, sheet, by, names))


@router.post("/sheets/{id}")
def save(request: Request, sheet: ToScore, by: By, session: Writing, at: At, posted: PostedForm) -> Response:
    given, unread = forms.scores(posted)
    sheets.save(session, sheet, given, by=by, at=at)
    if unread:
        return _again(request, session, sheet, by, unread)
    return go(f"/rating/sheets/{sheet.id}", _("Saved."))


@router.post("/sheets/{id}/save")
def autosave(request: Request, sheet: ToScore, by: By, session: Writing, at: At, posted: PostedForm) -> Response:
    """One criterion, or what else was sent; answers with the lines that changed."""
    given, unread = forms.scores(posted)
    sheets.save(session, sheet, given, by=by, at=at)
    told = _told(unread)
    found = _everything(request, session, sheet, by, None, errors=told)
    return page(request, "rating/_saved.html", 422 if told else 200, at=at, codes={*given, *unread}, **found)


@router.post("/sheets/{id}/lock")
def lock(request: Request, sheet: ToScore, by: By, session: Writing, at: At, posted: PostedForm) -> Response:
    given, unread = forms.scores(posted)
    sheets.save(session, sheet, given, by=by, at=at)
    if unread or (why := sheets.why_not_lock(session, sheet)):
        return _again(request, session, sheet, by, unread, why if not unread else [])
    sheets.lock(session, sheet, by=by, at=at)
    return go(f"/rating/sheets/{sheet.id}", _("Your scores are locked, and the names are open."))


@router.post("/sheets/{id}/review")
def review(request: Request, sheet: ToScore, by: By, session: Writing, at: At, posted: PostedForm) -> Response:
    given, unread = forms.scores(posted)
    sheets.save(session, sheet, given, by=by, at=at)
    if unread or (why := sheets.why_not_sign(session, sheet)):
        return _again(request, session, sheet, by, unread, why if not unread else [])
    return go(f"/rating/sheets/{sheet.id}/sign")


@router.get("/sheets/{id}/sign")
def sign_page(request: Request, sheet: ToScore, by: By, session: Reading) -> Response:
    why = sheets.why_not_sign(session, sheet)
    return page(request, "rating/sign.html", **_everything(request, session, sheet, by, None, why=why))


@router.post("/sheets/{id}/sign")
def sign(request: Request, sheet: ToScore, by: By, session: Writing, at: At, posted: PostedForm) -> Response:
    """Straight from the sheet with all its scores, or from the page on which they were looked over."""
    given, unread = forms.scores(posted)
    sheets.save(session, sheet, given, by=by, at=at)
    why = sheets.why_not_sign(session, sheet)
    if unread or (given and why):
        return _again(request, session, sheet, by, unread, why if not unread else [])
    sheets.sign(session, sheet, by=by, at=at)
    return go("/rating/", _("Your sheet is signed. It counts once the round is closed."))


@router.get("/sheets/{id}/conflict")
def conflict_page(request: Request, sheet: ToScore, session: Reading) -> Response:
    return page(request, "rating/conflict.html", sheet=sheet, form=shown(forms.TieForm), kinds=list(CONFLICTS.items()))


@router.post("/sheets/{id}/conflict")
def conflict(request: Request, sheet: ToScore, by: By, session: Writing, at: At, posted: PostedForm) -> Response:
    form = forms.tie(posted)
    if not form.ok:
        return page(request, "rating/conflict.html", 422, sheet=sheet, form=form, kinds=list(CONFLICTS.items()))
    value = form.value
    declaring.declare(
        session, sheet.measure, conflict=True, kind=value.kind, explanation=value.explanation, by=by, at=at
    )
    return go("/rating/", _("Thank you. The proposal is closed to you; your sheet is kept and does not count."))


def _blind(sheet: Sheet) -> bool:
    return sheet.measure.call is not None and sheet.measure.call.blind


def _names(session: ReadSession, sheet: Sheet) -> blind.Names | None:
    """Who proposes: only when the names are open on this sheet."""
    if not blind.names_are_open(sheet, blind=_blind(sheet)):
        return None
    return blind.names(session, [sheet.measure])[sheet.measure_id]


def _everything(
    request: Request, session: ReadSession, sheet: Sheet, by: Person, names: blind.Names | None, **told: Any
) -> dict[str, Any]:
    """What the page of a sheet shows; without `names` nothing in it says who proposes."""
    lang = language(request, by)
    criteria = queries.criteria(session, sheet.scheme_id)
    scheme = queries.plain(session.get_one(Scheme, sheet.scheme_id), criteria)
    now = sheets.stands(session, sheet, criteria, scheme)
    opened = blind.names_are_open(sheet, blind=_blind(sheet))
    two = sheets.two_parts(session, sheet, criteria)
    call = sheet.measure.call
    no = queries.numbers(session, call.id).get(sheet.measure_id) if call is not None else None
    lines = [
        Line(
            no=c.no,
            code=c.code,
            title=c.titles.get(lang) or c.titles["en"],
            question=c.questions.get(lang) or c.questions.get("en", ""),
            weight=c.weight,
            points=now.points.get(c.code),
            comment=now.comments.get(c.code, ""),
            state=_state(sheet, two, opened, c.needs_identity),
            needed=c.code in now.without_reason,
        )
        for c in criteria
    ]
    mine = standing.my_sheets(session, by, [call.id]) if call is not None else []
    return {
        "id": sheet.id,
        "state": sheet.status,
        "call": call,
        "is_blind": _blind(sheet),
        "two_parts": two,
        "proposal": blind.proposal(session, sheet.measure, no, hide=_blind(sheet) and not opened),
        "names": names,
        "lines": lines,
        "now": now,
        "total": sheet.total,
        "why": [],
        "errors": {},
        "anchors": {value: texts.get(lang) or texts["en"] for value, texts in ANCHORS.items()},
        "needs_reason": {c.code: [p for p in range(6) if scoring.comment_needed(scheme, c.code, p)] for c in criteria},
        "topics": TOPICS,
        "interventions": INTERVENTIONS,
        "categories": CATEGORIES,
        "sources": SOURCES,
        "effects": EFFECTS,
        "round": sheet.round,
        "mine": [(other.id, number, other.status) for other, number, _n in mine],
    } | told


def _state(sheet: Sheet, two: bool, opened: bool, needs_identity: bool) -> str:
    if sheet.status == "signed" or (two and opened and not needs_identity):
        return "locked"
    return "waiting" if two and needs_identity and not opened else "open"


def _told(unread: dict[str, Bound[forms.ScoreRow]]) -> dict[str, str]:
    return {code: " ".join(bound.errors.values()) for code, bound in unread.items()}


def _again(
    request: Request,
    session: ReadSession,
    sheet: Sheet,
    by: Person,
    unread: dict[str, Bound[forms.ScoreRow]],
    why: list[str] | None = None,
) -> Response:
    """The sheet once more, with what could be saved and the reasons beside it."""
    names = _names(session, sheet)
    found = _everything(request, session, sheet, by, names, why=why or [], errors=_told(unread))
    return page(request, "rating/sheet.html", 422, **found)
