"""The template store, and the documents themselves. A document is shown to who reads its case; that, main.py is asked."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from fundapp.documents import forms, process, queries, service
from fundapp.documents.checker import Report
from fundapp.documents.letters import Letter
from fundapp.documents.models import Document, WordTemplate
from fundapp.documents.process import Rendered, RenderFailed
from fundapp.files.models import File
from fundapp.files.store import TYPES, Kept
from fundapp.kit.database import ReadSession
from fundapp.kit.errors import NotFound, Refused
from fundapp.kit.i18n import NAMES
from fundapp.kit.i18n import gettext as _
from fundapp.kit.web.forms import PostedForm, shown
from fundapp.kit.web.pages import go, page, send
from fundapp.kit.web.route import Reading, Route, Writing, prepared_by
from fundapp.people import queries as people
from fundapp.people.access import At, By, allowed, read_sensitive, to
from fundapp.people.deputies import is_staff
from fundapp.people.models import Person
from fundapp.people.permissions import Action, may
from fundapp.people.secrets import hashed

router = APIRouter(prefix="/documents", route_class=Route)
WORD = TYPES[".docx"]
Reader = Annotated[Person, allowed(Action.READ_TEMPLATES)]
Uploader = Annotated[Person, allowed(Action.UPLOAD_TEMPLATE)]
AVersion = Annotated[WordTemplate, to(Action.READ_TEMPLATES, queries.find_version)]
ToActivate = Annotated[WordTemplate, to(Action.ACTIVATE_TEMPLATE, queries.find_version)]


def _letter(request: Request, name: str, language: str) -> Letter:
    letter: Letter | None = request.app.state.letters.get(name)
    if letter is None or language not in NAMES:
        raise NotFound
    return letter


ALetter = Annotated[Letter, Depends(_letter)]


def _readable(id: int, request: Request, by: By, session: Reading) -> Document:
    """The document, if this person may read it; what it is about, `overview.reading` knows."""
    document = session.get(Document, id)
    if document is None:
        raise NotFound
    if not request.app.state.reads(session, by, document):
        raise NotFound
    return document


ADocument = Annotated[Document, Depends(_readable)]


# Before the transaction, in a bounded pool: what the document process does for somebody who has the right to it


def _may(request: Request, session: ReadSession, action: Action) -> bool:
    sign_in = people.find_sign_in(session, hashed(request.cookies.get(request.app.state.cookie, "")))
    person = session.get(Person, sign_in.person_id) if sign_in and sign_in.ends_at > request.state.at else None
    return person is not None and person.active and may(person, action)


def _check(request: Request, form: FormData) -> Report | None:
    kept, letter = next(iter(request.state.received.get("file", ())), None), _asked(request)
    with request.app.state.database.reading() as session:
        if letter is None or not isinstance(kept, Kept) or not _may(request, session, Action.UPLOAD_TEMPLATE):
            return None
    return process.check(request.app.state.store.read(kept.sha256), letter.sample) if kept.media_type == WORD else None


def _try(request: Request, form: FormData) -> Rendered | RenderFailed | None:
    """The template filled with its letter's sample; None when there is none, or not for this person."""
    with request.app.state.database.reading() as session:
        if not _may(request, session, Action.READ_TEMPLATES):
            return None
        id = request.path_params.get("id", "")
        version = session.get(WordTemplate, int(id)) if id.isdecimal() else None
        letter = request.app.state.letters.get(version.name) if version else _asked(request)
        data = _bytes(request, session, version) if version else _held(request, session, letter)
    if letter is None or data is None:
        return None
    try:
        return process.render(data, letter.sample)
    except RenderFailed as failed:
        return failed


def _asked(request: Request) -> Letter | None:
    found: Letter | None = request.app.state.letters.get(request.path_params.get("name"))
    return found


def _bytes(request: Request, session: ReadSession, version: WordTemplate) -> bytes:
    data: bytes = request.app.state.store.read(session.get_one(File, version.file_id).sha256)
    return data


def _held(request: Request, session: ReadSession, letter: Letter | None) -> bytes | None:
    """The template of a letter that holds in the language of the path."""
    if letter is None:
        return None
    language = request.path_params["language"]
    version = queries.active(session, letter.name, language)
    return _bytes(request, session, version) if version else queries.shipped(letter.name, language)


def _tried(request: Request, title: str) -> Response:
    done = request.state.prepared
    if done is None:
        raise NotFound
    if isinstance(done, RenderFailed):
        raise Refused(_("The template cannot be filled with the sample: %(why)s.") % {"why": done.reason.rstrip(".")})
    return send(done.data, service.file_name(_("%(title)s, sample") % {"title": title}), WORD)


# The template store


@router.get("/templates")
def templates(request: Request, session: Reading, by: Reader) -> Response:
    found = queries.holdings(session, request.app.state.letters)
    ids = [i for held in found if (v := held.version) for i in (v.uploaded_by_id, v.activated_by_id)]
    return page(
        request, "documents/templates.html", found=found, names=people.names(session, ids), languages_named=NAMES
    )


@router.get("/templates/versions/{id}")
def version_page(request: Request, session: Reading, version: AVersion, by: Reader) -> Response:
    letter = request.app.state.letters.get(version.name)
    names = people.names(session, [version.uploaded_by_id, version.activated_by_id])
    why_not = service.why_not_activate(session, version, by) if may(by, Action.ACTIVATE_TEMPLATE) else None
    return page(
        request, "documents/version.html", version=version, letter=letter, names=names, why_not=why_not,
        fields=queries.fields(letter) if letter else [], languages_named=NAMES, may_upload=may(by, Action.UPLOAD_TEMPLATE),
    )  # fmt: skip


@router.get("/templates/versions/{id}/file")
def version_file(request: Request, session: Reading, version: AVersion) -> Response:
    file = session.get_one(File, version.file_id)
    return send(request.app.state.store.read(file.sha256), file.name, file.media_type)


@router.get("/templates/versions/{id}/trial")
@prepared_by(_try)
def try_version(request: Request, version: AVersion) -> Response:
    return _tried(request, f"{version.name} {version.language} {version.id}")


@router.post("/templates/versions/{id}/activate")
def activate(session: Writing, version: ToActivate, by: By, at: At) -> Response:
    service.activate(session, version, by=by, at=at)
    return go(f"/documents/templates/versions/{version.id}", _("From now on this version is used."))


@router.get("/templates/{name}/{language}")
def letter_page(request: Request, session: Reading, by: Reader, letter: ALetter, language: str) -> Response:
    return _letter_page(request, session, by, letter, language, shown(forms.UploadForm), 200)


def _letter_page(
    request: Request, session: ReadSession, by: Person, letter: Letter, language: str, form: Any, status: int
) -> Response:
    versions = queries.versions_of(session, letter.name, language)
    ids = [i for version in versions for i in (version.uploaded_by_id, version.activated_by_id)]
    return page(
        request, "documents/letter.html", status, letter=letter, language=language, versions=versions, form=form,
        version=queries.active(session, letter.name, language), shipped=queries.shipped(letter.name, language),
        names=people.names(session, ids), fields=queries.fields(letter), languages_named=NAMES,
        may_upload=may(by, Action.UPLOAD_TEMPLATE), language_tabs=_tabs(letter, language),
    )  # fmt: skip


def _tabs(letter: Letter, language: str) -> list[dict[str, Any]]:
    return [
        {"label": label, "url": f"/documents/templates/{letter.name}/{code}", "current": code == language}
        for code, label in NAMES.items()
    ]


@router.post("/templates/{name}/{language}")
@prepared_by(_check)
def upload(
    request: Request, session: Writing, posted: PostedForm, by: Uploader, letter: ALetter, language: str, at: At
) -> Response:
    report: Report | None = request.state.prepared
    form, kept = forms.bound(posted, report)
    if kept is None or report is None:
        return _letter_page(request, session, by, letter, language, form, 422)
    findings = [asdict(found) for found in report.findings]
    version = service.upload(session, letter, language, kept, findings, by=by, at=at)
    return go(f"/documents/templates/versions/{version.id}", _("The template is kept. Here is the checker's report."))


@router.get("/templates/{name}/{language}/file")
def held_file(
    request: Request, session: Reading, by: Reader, letter: ALetter, language: str, shipped: bool = False
) -> Response:
    data = queries.shipped(letter.name, language) if shipped else _held(request, session, letter)
    if data is None:
        raise NotFound
    return send(data, f"{letter.name}.{language}.docx", WORD)


@router.get("/templates/{name}/{language}/trial")
@prepared_by(_try)
def try_held(request: Request, by: Reader, letter: ALetter) -> Response:
    return _tried(request, letter.title)


# The documents


@router.get("/{id}")
def document_page(request: Request, session: Reading, document: ADocument, by: By) -> Response:
    names = people.names(session, [document.ordered_by_id]) if is_staff(by) else {}  # no applicant learns who decided
    return page(request, "documents/document.html", names=names, **_state(session, document, by))


@router.get("/{id}/state")
def document_state(request: Request, session: Reading, document: ADocument, by: By) -> Response:
    """The page's part that changes; 204 as long as nothing has, so that nothing is read out twice."""
    if document.status == "ordered":
        return Response(status_code=204)
    return page(request, "documents/_state.html", **_state(session, document, by))


def _state(session: ReadSession, document: Document, by: Person) -> dict[str, Any]:
    return {
        "document": document,
        "file": queries.file_of(session, document),
        "may_reorder": may(by, Action.UPLOAD_TEMPLATE),
        "may_read_templates": may(by, Action.READ_TEMPLATES),
    }


@router.get("/{id}/file")
def document_file(request: Request, session: Reading, document: ADocument, by: By, at: At) -> Response:
    file = queries.file_of(session, document)
    if file is None:
        raise NotFound
    if document.case_id:
        read_sensitive(session, document, "document", by=by, at=at)
    return send(request.app.state.store.read(file.sha256), file.name, file.media_type)


@router.post("/{id}/reorder")
def reorder(session: Writing, document: ADocument, by: Uploader, at: At) -> Response:
    service.reorder(session, document, by=by, at=at)
    return go(f"/documents/{document.id}", _("The document is ordered again."))
