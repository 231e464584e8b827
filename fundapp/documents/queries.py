"""Which template holds, and which documents there are."""

from sqlalchemy import select

from fundapp.documents.models import Document, WordTemplate
from fundapp.files.models import File
from fundapp.kit.database import ReadSession
from fundapp.kit.places import DOCUMENTS


def active(session: ReadSession, name: str, language: str) -> WordTemplate | None:
    """The uploaded version that holds; None: the shipped template."""
    return session.scalars(
        select(WordTemplate).where(
            WordTemplate.name == name,
            WordTemplate.language == language,
            WordTemplate.activated_at.is_not(None),
            WordTemplate.retired_at.is_(None),
        )
    ).first()


def shipped(name: str, language: str) -> bytes | None:
    """The template that comes with the program, or None."""
    path = DOCUMENTS / f"{name}.{language}.docx"
    return path.read_bytes() if path.exists() else None


def template_for(session: ReadSession, name: str, language: str) -> tuple[str, WordTemplate | None, bytes | None]:
    """(language, uploaded version, shipped bytes) that a new document takes; English when there is none in the language wanted."""
    template = active(session, name, language)
    data = shipped(name, language)
    if template is None and data is None and language != "en":
        return template_for(session, name, "en")
    return language, template, data


def versions(session: ReadSession) -> list[WordTemplate]:
    return list(
        session.scalars(select(WordTemplate).order_by(WordTemplate.name, WordTemplate.language, WordTemplate.id.desc()))
    )


def of_case(session: ReadSession, case_id: int) -> list[Document]:
    return list(session.scalars(select(Document).where(Document.case_id == case_id).order_by(Document.id.desc())))


def latest(session: ReadSession, name: str, subject: str) -> Document | None:
    """The newest document of this name about `subject`."""
    asked = select(Document).where(Document.name == name, Document.subject == subject).order_by(Document.id.desc())
    return session.scalars(asked.limit(1)).first()


def file_of(session: ReadSession, document: Document) -> File | None:
    return session.get(File, document.file_id) if document.file_id else None
