"""A proposal as a Word file, and a filled Word form read back: shown first, taken over once somebody has confirmed it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from fundapp.documents.controls import WORD
from fundapp.files.models import File
from fundapp.files.service import attach as attach_file
from fundapp.files.store import Kept, Unfit
from fundapp.funds.codes import ANNEXES
from fundapp.history.service import subject_of
from fundapp.kit import i18n
from fundapp.kit.database import ReadSession
from fundapp.kit.errors import NotFound, Refused
from fundapp.kit.web.forms import Form, PostedForm, shown
from fundapp.kit.web.pages import go, language, page, send
from fundapp.kit.web.route import Reading, Route, Writing
from fundapp.measures import attaching, codes, offline, pages, queries, reading
from fundapp.measures.models import Measure
from fundapp.people.access import At, By, to
from fundapp.people.permissions import Action

router = APIRouter(prefix="/measures", route_class=Route)
_ = i18n.gettext
Writable = Annotated[Measure, to(Action.WRITE_PROPOSAL, queries.find)]
Readable = Annotated[Measure, to(Action.READ_CASE, queries.find)]


@router.get("/{id}/form.docx")
def as_word(request: Request, session: Reading, measure: Readable, by: By) -> Response:
    """The proposal as it stands."""
    if measure.call is None:
        raise NotFound
    data = offline.proposal(session, measure, language=language(request, by))
    return send(data, f"{measure.number or f'proposal-{measure.id}'}.docx", WORD)


@router.get("/{id}/word")
def word(request: Request, measure: Writable) -> Response:
    return page(request, "measures/word.html", measure=measure, form=shown(Form), reasons=[])


@router.post("/{id}/word")
def upload(request: Request, session: Writing, posted: PostedForm, measure: Writable, by: By, at: At) -> Response:
    """Keeps the file and shows what it says; the proposal stays as it is."""
    kept = posted.files("file")
    reasons = [str(each) for each in kept if isinstance(each, Unfit)] or ([] if kept else [_("Please choose a file.")])
    if not reasons:
        reasons = _why_not(request, session, measure, kept[0])
    if reasons:
        return page(request, "measures/word.html", 422, measure=measure, form=shown(Form), reasons=reasons)
    file = attach_file(session, kept[0], measure, by=by, at=at)
    return go(f"/measures/{measure.id}/word/{file.id}")


def _why_not(request: Request, session: Any, measure: Measure, kept: Kept) -> list[str]:
    """Why the file cannot be read as a filled form; all reasons."""
    try:
        offline.report(session, measure, request.app.state.store.read(kept.sha256), language="en")
    except reading.NotAWordFile as wrong:
        return [_(reason) for reason in wrong.reasons]
    return []


def _file(session: ReadSession, measure: Measure, file_id: int) -> File:
    found = session.get(File, file_id)
    if found is None or found.subject != subject_of(measure) or found.media_type != WORD:
        raise NotFound
    return found


def _report(request: Request, session: Any, measure: Measure, file: File, spoken: str) -> offline.Report:
    """What a file of the proposal says."""
    with _readable():
        return offline.report(session, measure, request.app.state.store.read(file.sha256), language=spoken)


@contextmanager
def _readable() -> Iterator[None]:
    """A file that was sent as a paper may be no Word file: Refused with the reasons."""
    try:
        yield
    except reading.NotAWordFile as wrong:
        raise Refused(*(_(reason) for reason in wrong.reasons)) from None


@router.get("/{id}/word/{file_id}")
def report(request: Request, session: Reading, measure: Writable, file_id: int, by: By) -> Response:
    """What was read, what differs from what is already there, what could not be read and why."""
    file = _file(session, measure, file_id)
    found = _report(request, session, measure, file, language(request, by))
    was = json.dumps({f"{each.page}/{each.name}": each.there for each in found.differences})
    pictures = shown(Form, {f"picture-{number}": "photos" for number in range(len(found.reading.pictures))})
    return page(
        request, "measures/word-report.html", measure=measure, file=file, found=found, was=was, sections=codes.BY_NAME,
        annex_kinds=ANNEXES, form=pictures,
    )  # fmt: skip


@router.get("/{id}/word/{file_id}/pictures/{number}")
def picture(request: Request, session: Reading, measure: Writable, file_id: int, number: int) -> Response:
    """One of the pictures pasted into the document."""
    file = _file(session, measure, file_id)
    with _readable():
        found = reading.pictures(request.app.state.store.read(file.sha256))
    if not 0 <= number < len(found):
        raise NotFound
    return send(found[number].data, found[number].name, found[number].media_type, inline=True)


@router.post("/{id}/word/{file_id}")
def confirm(
    request: Request, session: Writing, posted: PostedForm, measure: Writable, file_id: int, by: By, at: At
) -> Response:
    """Takes over the fields that were chosen, and the pictures; again changes nothing."""
    file, store = _file(session, measure, file_id), request.app.state.store
    found = _report(request, session, measure, file, language(request, by))
    chosen, was = set(posted.all("take")), pages.as_opened(posted.text("was")) or {}
    spoken = found.reading.key.get("language", language(request, by))
    unread, theirs = pages.take_reading(session, measure, found.reading.texts, chosen, was, locale=spoken, by=by, at=at)
    for number, one in enumerate(found.reading.pictures):
        kind = posted.text(f"picture-{number}")
        if kind:
            attaching.attach(session, measure, store.keep(one.name, one.data, one.media_type), kind, by=by, at=at)
    if theirs:
        return go(
            f"/measures/{measure.id}/word/{file.id}",
            _("Somebody has changed something meanwhile. Please look again."),
            refused=True,
        )
    if unread:
        said = _("The file is taken over. Something on this page cannot be read yet.")
        return go(f"/measures/{measure.id}/form/{unread[0]}", said, refused=True)
    return go(f"/measures/{measure.id}/review", _("The file is taken over."))
