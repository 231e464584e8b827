"""Ordering a document in a transaction; the job renders it afterwards. Uploading and activating templates."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from fundapp.documents import queries
from fundapp.documents.letters import Letter
from fundapp.documents.models import Document, WordTemplate
from fundapp.files.service import attach
from fundapp.files.store import Kept
from fundapp.history.service import Somebody, record, subject_of
from fundapp.kit.database import WriteSession
from fundapp.kit.errors import Refused
from fundapp.people.models import Person


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
    language, template, data = queries.template_for(session, letter.name, language)
    document = Document(
        name=letter.name,
        language=language,
        title=title,
        subject=subject_of(thing),
        case_id=getattr(thing, "case_id", None),
        branch_id=getattr(thing, "branch_id", None),
        fields=dict(fields),
        template_id=template.id if template else None,
        template_sha256=hashlib.sha256(data).hexdigest() if data else "",
        ordered_by_id=by.id,
        ordered_at=at,
    )
    session.add(document)
    session.flush()
    record(session, "documents.order", document, by=by, at=at, letter=letter.name, language=language)
    session.info.setdefault("wake", []).append("documents")
    return document


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
    """Keeps a new version of a template with the checker's findings; it is used once a second person activates it."""
    template = WordTemplate(
        name=letter.name,
        language=language,
        findings=findings,
        fit=not any(finding["severity"] == "error" for finding in findings),
        uploaded_by_id=by.id,
        uploaded_at=at,
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


def activate(session: WriteSession, template: WordTemplate, *, by: Person, at: datetime) -> None:
    """From now on this version is used; raises Refused for an unfit one, or by the person who uploaded it."""
    reasons = why_not_activate(template, by)
    if reasons:
        raise Refused(*reasons)
    active = queries.active(session, template.name, template.language)
    if active is not None:
        active.retired_at = at
        session.flush()
    template.activated_by_id, template.activated_at = by.id, at
    record(session, "documents.activate", template, by=by, at=at, letter=template.name, language=template.language)


def why_not_activate(template: WordTemplate, by: Person) -> list[str]:
    """Reasons against activating this version."""
    reasons = []
    if template.activated_at is not None:
        reasons.append("This version has been activated already.")
    if not template.fit:
        reasons.append("The checker found errors in it; upload a corrected version.")
    if template.uploaded_by_id == by.id:
        reasons.append("You uploaded it yourself; a second person activates it.")
    return reasons
