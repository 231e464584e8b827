"""Ordering a document in a transaction, claiming and issuing it for the job; uploading and activating templates."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select

from fundapp.documents import queries
from fundapp.documents.letters import Letter
from fundapp.documents.models import Document, WordTemplate
from fundapp.documents.switches import ACTIVATION
from fundapp.files.models import File
from fundapp.files.service import attach
from fundapp.files.store import Kept
from fundapp.history.service import Somebody, record, subject_of
from fundapp.kit.database import ReadSession, WriteSession, locked
from fundapp.kit.errors import Refused
from fundapp.kit.i18n import gettext as _
from fundapp.lifecycle.service import SYSTEM
from fundapp.mail.service import queue
from fundapp.people.deputies import hands
from fundapp.people.models import Person
from fundapp.people.permissions import Action
from fundapp.presets.queries import value

JOB = "documents"  # the heartbeat's job that renders
LEASE = timedelta(minutes=2)  # after which a document whose process was lost is claimed again
FORBIDDEN = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')


def order(
    session: WriteSession,
    letter: Letter,
    thing: Any,
    fields: Mapping[str, Any],
    *,
    language: str,
    title: str,
    by: Somebody,
    at: datetime,
) -> Document:
    """Orders a document about `thing` with frozen plain `fields` (the letter's sample shows their shape). Rendered after the commit."""
    document = Document(
        name=letter.name,
        language=language,
        title=title,
        subject=subject_of(thing),
        case_id=getattr(thing, "case_id", None),
        branch_id=getattr(thing, "branch_id", None),
        fields=dict(fields),
        template_sha256="",
        ordered_by_id=by.id,
        ordered_at=at,
    )
    _take_template(session, document)
    session.add(document)
    session.flush()
    record(session, "documents.order", document, by=by, at=at, letter=letter.name, language=document.language)
    _wake(session)
    return document


def reorder(session: WriteSession, document: Document, *, by: Person, at: datetime) -> None:
    """Orders a failed document again: the same fields, in the template that holds now. Raises Refused for any other."""
    if locked(session, document).status != "failed":
        raise Refused(_("Only a document that could not be written is ordered again."))
    document.status, document.error, document.claimed_until = "ordered", "", None
    document.ordered_by_id, document.ordered_at = by.id, at
    _take_template(session, document)
    record(session, "documents.reorder", document, by=by, at=at, letter=document.name, language=document.language)
    _wake(session)


def _take_template(session: WriteSession, document: Document) -> None:
    """The template that holds now, fixed by its version or by the hash of the shipped file."""
    document.language, template, data = queries.template_for(session, document.name, document.language)
    document.template_id = template.id if template else None
    document.template_sha256 = queries.sha256_of(session, template, data)


def _wake(session: WriteSession) -> None:
    jobs = session.info.setdefault("wake", [])
    if JOB not in jobs:
        jobs.append(JOB)


@dataclass(frozen=True)
class Claimed:
    """A document that one process renders until the lease ends; its template is shipped bytes, or `uploaded` in the store."""

    id: int
    until: datetime
    name: str
    file_name: str
    fields: Mapping[str, Any]
    shipped: bytes | None
    uploaded: str


def claim(session: WriteSession, *, at: datetime) -> Claimed | None:
    """The oldest ordered document that nobody holds. When the shipped template changed since the order, what holds now is taken."""
    free = or_(Document.claimed_until.is_(None), Document.claimed_until <= at)
    asked = select(Document).where(Document.status == "ordered", free).order_by(Document.id).limit(1)
    document = session.scalars(asked.with_for_update(skip_locked=True)).first()
    if document is None:
        return None
    document.claimed_until = at + LEASE
    data = _shipped(document)
    if document.template_id is None and data is None:
        _take_template(session, document)
        data = _shipped(document)
    uploaded = "" if document.template_id is None else document.template_sha256
    return Claimed(
        document.id, document.claimed_until, document.name, file_name(document.title), document.fields, data, uploaded
    )


def _shipped(document: Document) -> bytes | None:
    """The shipped template, if it is the very one the document was ordered with."""
    data = queries.shipped(document.name, document.language) if document.template_id is None else None
    return data if data and hashlib.sha256(data).hexdigest() == document.template_sha256 else None


def issue(session: WriteSession, claimed: Claimed, kept: Kept, *, at: datetime) -> bool:
    """Issues the rendered file; False when the lease was lost and another process has taken over."""
    document = _still_held(session, claimed)
    if document is None:
        return False
    file = attach(session, kept, document, by=SYSTEM, at=at)
    document.status, document.file_id, document.issued_at, document.claimed_until = "issued", file.id, at, None
    record(
        session, "documents.issue", document, by=SYSTEM, at=at, letter=document.name, sha256=kept.sha256,
        template=document.template_sha256,
    )  # fmt: skip
    return True


def fail(session: WriteSession, claimed: Claimed, why: str, *, at: datetime) -> None:
    """Keeps why the document could not be written, and tells the person who ordered it."""
    document = _still_held(session, claimed)
    if document is None:
        return
    document.status, document.error, document.claimed_until = "failed", why, None
    to = session.get(Person, document.ordered_by_id) if document.ordered_by_id else None
    if to is not None:
        key = f"documents.failed:{document.id}:{document.ordered_at.isoformat()}"
        link = f"/documents/{document.id}"
        queue(session, "documents/failed", to, key=key, at=at, case=document, title=document.title, why=why, link=link)


def _still_held(session: WriteSession, claimed: Claimed) -> Document | None:
    document = locked(session, session.get_one(Document, claimed.id))
    return document if document.status == "ordered" and document.claimed_until == claimed.until else None


def file_name(title: str) -> str:
    """'Minutes 3/2026' -> 'Minutes 3-2026.docx': a name that every system takes."""
    return f"{FORBIDDEN.sub('-', title).strip(' .-') or 'document'}.docx"


def upload(
    session: WriteSession,
    letter: Letter,
    language: str,
    kept: Kept,
    findings: list[dict[str, Any]],
    *,
    by: Person,
    at: datetime,
) -> WordTemplate:
    """Keeps a new version of a template with the checker's findings; it is used once somebody activates it: who, `switches.ACTIVATION` says.

    The same file sent twice by the same person gives the version that waits already, with the newer findings.
    """
    fit = not any(finding["severity"] == "error" for finding in findings)
    twin = _waiting(session, letter.name, language, kept, by)
    if twin is not None:
        twin.findings, twin.fit = findings, fit
        return twin
    template = WordTemplate(
        name=letter.name, language=language, findings=findings, fit=fit, uploaded_by_id=by.id, uploaded_at=at
    )
    file = attach(session, kept, template, by=by, at=at)
    template.file_id = file.id
    session.add(template)
    session.flush()
    file.subject = subject_of(template)
    record(
        session, "documents.upload", template, by=by, at=at, letter=letter.name, language=language, sha256=kept.sha256
    )
    return template


def _waiting(session: WriteSession, name: str, language: str, kept: Kept, by: Person) -> WordTemplate | None:
    asked = (
        select(WordTemplate)
        .join(File, File.id == WordTemplate.file_id)
        .where(WordTemplate.name == name, WordTemplate.language == language, File.sha256 == kept.sha256)
        .where(WordTemplate.uploaded_by_id == by.id, WordTemplate.activated_at.is_(None))
    )
    return session.scalars(asked.limit(1)).first()


def activate(session: WriteSession, template: WordTemplate, *, by: Person, at: datetime) -> None:
    """From now on this version is used; raises Refused for an unfit one, or by the person who uploaded it."""
    reasons = why_not_activate(session, locked(session, template), by)
    if reasons:
        raise Refused(*reasons)
    active = queries.active(session, template.name, template.language)
    if active is not None:
        active.retired_at = at
        session.flush()
    template.activated_by_id, template.activated_at = by.id, at
    record(session, "documents.activate", template, by=by, at=at, letter=template.name, language=template.language)


def why_not_activate(session: ReadSession, template: WordTemplate, by: Person) -> list[str]:
    """Reasons against activating this version."""
    reasons = []
    if template.activated_at is not None:
        reasons.append(_("This version has been activated already."))
    if not template.fit:
        reasons.append(_("The checker found errors in it; upload a corrected version."))
    if (
        template.uploaded_by_id in hands(by, Action.ACTIVATE_TEMPLATE, template)
        and value(session, ACTIVATION) == "another"
    ):
        reasons.append(_("You uploaded it yourself; a second person activates it."))
    return reasons
