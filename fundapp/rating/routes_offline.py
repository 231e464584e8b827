"""Scoring without a line: a member's sheets as Word and what a filled file says; sheets signed on paper, typed in with a scan."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from fundapp.documents.controls import WORD
from fundapp.documents.package import NotAWordFile
from fundapp.files.models import File
from fundapp.files.service import attach
from fundapp.files.store import Unfit
from fundapp.funds.models import Call, Fund
from fundapp.history.service import subject_of
from fundapp.kit.database import ReadSession
from fundapp.kit.dates import on
from fundapp.kit.errors import NotAllowed, NotFound
from fundapp.kit.i18n import gettext as _
from fundapp.kit.i18n import ngettext
from fundapp.kit.web.forms import Form, PostedForm, shown
from fundapp.kit.web.pages import go, language, page, send
from fundapp.kit.web.route import Reading, Route, Writing
from fundapp.people.access import At, By, allowed, to
from fundapp.people.models import Person
from fundapp.people.permissions import Action
from fundapp.rating import filed, filled, forms, forms_offline, queries, sheetforms, showing, standing, typing
from fundapp.rating.models import Sheet

router = APIRouter(prefix="/rating", route_class=Route)
ACall = Annotated[Call, to(Action.SEE_ROUND, queries.find_call)]
Typist = Annotated[Person, allowed(Action.TYPE_SHEET)]
Own = Annotated[Sheet, to(Action.SCORE, standing.find_sheet)]
Rated = Annotated[queries.OfCommittee, to(Action.SEE_SCORES, queries.find_rated)]


# Word, by the members


@router.get("/calls/{id}/sheets.docx")
def as_word(request: Request, call: ACall, by: By, session: Reading, at: At, sheet: int = 0) -> Response:
    """The member's open sheets, or one of them."""
    today = on(at, session.get_one(Fund, call.fund_id).zone)
    data = sheetforms.own(session, call, by, language=language(request, by), today=today, sheet=sheet)
    return send(data, f"sheets-{call.code}.docx", WORD)


@router.get("/calls/{id}/sheets-file")
def word(request: Request, call: ACall, by: By, session: Reading) -> Response:
    return _word(request, session, call, by, [])


def _word(
    request: Request, session: ReadSession, call: Call, by: Person, why: list[str], status: int = 200
) -> Response:
    mine = standing.my_sheets(session, by, [call.id])
    rows = [(sheet.id, sheetforms.title_of(call, sheet, no)) for sheet, no, _n in mine if sheet.status != "signed"]
    return page(request, "rating/offline.html", status, call=call, rows=rows, form=shown(Form), reasons=why)


@router.post("/calls/{id}/sheets-file")
def upload(request: Request, call: ACall, by: By, session: Writing, posted: PostedForm, at: At) -> Response:
    """Keeps the file and shows what it says; the sheets stay as they are."""
    kept, seat = posted.files("file"), sheetforms.seat_of(session, call, by)
    why = [str(each) for each in kept if isinstance(each, Unfit)] or ([] if kept else [_("Please choose a file.")])
    if not why:
        why = _unreadable(request, session, call, by, kept[0].sha256)
    if seat is None:
        raise NotAllowed
    if why:
        return _word(request, session, call, by, why, 422)
    file = attach(session, kept[0], seat, by=by, at=at)
    return go(f"/rating/calls/{call.id}/sheets-file/{file.id}")


def _unreadable(request: Request, session: ReadSession, call: Call, by: Person, sha256: str) -> list[str]:
    try:
        sheetforms.report(session, call, by, request.app.state.store.read(sha256), language="en")
    except NotAWordFile as wrong:
        return [_(reason) for reason in wrong.reasons]
    return []


def _sent(request: Request, session: ReadSession, call: Call, by: Person, file_id: int) -> tuple[File, bytes]:
    """A file that this member has sent before, and its bytes; nobody else's is found."""
    file, seat = session.get(File, file_id), sheetforms.seat_of(session, call, by)
    if file is None or seat is None or file.by_id != by.id or file.subject != subject_of(seat):
        raise NotFound
    return file, request.app.state.store.read(file.sha256)


@router.get("/calls/{id}/sheets-file/{file_id}")
def report(request: Request, call: ACall, by: By, session: Reading, file_id: int) -> Response:
    """What was read, what differs from the sheets, what could not be read and why."""
    file, data = _sent(request, session, call, by, file_id)
    found = sheetforms.report(session, call, by, data, language=language(request, by))
    was = json.dumps({each.name: each.there for each in found.differences})
    return page(request, "rating/offline-report.html", call=call, file=file, found=found, was=was)


@router.post("/calls/{id}/sheets-file/{file_id}")
def confirm(
    request: Request, call: ACall, by: By, session: Writing, posted: PostedForm, file_id: int, at: At
) -> Response:
    """Takes over what was chosen; again changes nothing."""
    _file, data = _sent(request, session, call, by, file_id)
    chosen, was, lang = forms_offline.chosen(posted), forms_offline.as_shown(posted), language(request, by)
    count, held = filed.take_over(session, call, data, chosen, was, language=lang, by=by, at=at)
    if not held:
        said = _("Something was changed on the screen meanwhile. Please look again; nothing was taken over yet.")
        return go(f"/rating/calls/{call.id}/sheets-file/{file_id}", said, refused=True)
    said = ngettext("%(num)s entry is taken over.", "%(num)s entries are taken over.", count)
    return go("/rating/", said + " " + _("Sign your sheets when they are complete."))


# Paper, by the office


@router.get("/calls/{id}/paper")
def paper(request: Request, by: Typist, call: ACall, session: Reading, member: int = 0, proposal: int = 0) -> Response:
    """Whose sheet, on which proposal; then the sheet itself."""
    found = typing.choice(session, call, by)
    sheet = found.sheets.get((proposal, member))
    return _paper(request, session, call, by, found, member, proposal, typing.start(session, sheet) if sheet else None)


def _paper(
    request: Request, session: ReadSession, call: Call, by: Person, found: typing.Choice, member: int, proposal: int,
    given: filled.Filled | None, status: int = 200, **told: Any,
) -> Response:  # fmt: skip
    lines = showing.lines(given, given.now, language(request, by)) if given else []
    return page(
        request, "rating/paper.html", status, call=call, found=found, member=member, proposal=proposal, lines=lines,
        barred=typing.why_not_here(session, call, by), rule=given.rule if given else "",
        form=shown(Form, {"member": member or None, "proposal": proposal or None}),
        who=next((p for p in found.members if p.id == member), None), **({"why": [], "errors": {}} | told),
    )  # fmt: skip


@router.get("/calls/{id}/paper.docx")
def to_print(request: Request, by: Typist, call: ACall, session: Reading, at: At, member: int) -> Response:
    """Empty sheets of a member, to print and to sign."""
    found = typing.choice(session, call, by)
    person = next((each for each in found.members if each.id == member), None)
    rows = [(found.sheets[id, member], no) for id, (no, _m) in found.measures.items() if (id, member) in found.sheets]
    if person is None or not rows:
        raise NotFound
    today = on(at, session.get_one(Fund, call.fund_id).zone)
    data = sheetforms.to_sign(session, call, person, rows, language=language(request, by), today=today)
    return send(data, f"paper-{call.code}-{member}.docx", WORD)


@router.post("/calls/{id}/paper")
def type_in(request: Request, by: Typist, call: ACall, session: Writing, posted: PostedForm, at: At) -> Response:
    """The sheet as it stands on the paper, signed, with its scan."""
    found = typing.choice(session, call, by)
    member, proposal = forms_offline.whole(posted, "member"), forms_offline.whole(posted, "proposal")
    sheet, person = found.sheets.get((proposal, member)), next((p for p in found.members if p.id == member), None)
    if sheet is None or person is None:
        raise NotFound
    start = typing.start(session, sheet)
    given, unread = forms.scores(posted, start.scheme.highest)
    scan, errors = _scan(posted)
    why = [] if unread or errors else typing.why_not(session, call, sheet, person, given, by)
    if scan is None or why or unread or errors:
        told = {code: " ".join(bound.errors.values()) for code, bound in unread.items()} | errors
        typed = typing.as_given(start, given)
        return _paper(request, session, call, by, found, member, proposal, typed, 422, why=why, errors=told)
    typing.type_in(session, found.measures[proposal][1], person, given, scan, by=by, at=at)
    return go(f"/rating/calls/{call.id}/paper?member={member}", _("The sheet is typed in, and the member gets a mail."))


def _scan(posted: PostedForm) -> tuple[Any, dict[str, str]]:
    """The scan, or what is wrong with it."""
    kept = posted.files("scan")
    if not kept:
        return None, {"scan": _("Please attach the scan or a picture of the signed sheet.")}
    if isinstance(kept[0], Unfit):
        return None, {"scan": str(kept[0])}
    wrong = kept[0].media_type not in typing.SCANS
    return kept[0], {"scan": _("The scan is a picture (JPEG or PNG) or a PDF.")} if wrong else {}


@router.get("/sheets/{id}/scan")
def own_scan(request: Request, sheet: Own, session: Reading) -> Response:
    """The paper of one's own sheet."""
    return _sent_scan(request, session, sheet)


@router.get("/measures/{id}/scans/{sheet_id}")
def scan(request: Request, given: Rated, session: Reading, sheet_id: int) -> Response:
    """The paper of a sheet of a closed round, for who may see all scores."""
    return _sent_scan(request, session, typing.find_sheet_of(session, given.measure.id, sheet_id))


def _sent_scan(request: Request, session: ReadSession, sheet: Sheet | None) -> Response:
    file = typing.scan_of(session, sheet) if sheet is not None else None
    if file is None:
        raise NotFound
    return send(request.app.state.store.read(file.sha256), file.name, file.media_type, inline=True)
