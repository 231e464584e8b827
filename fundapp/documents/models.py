from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from fundapp.kit.database import Base


class WordTemplate(Base):
    """An uploaded version of a letter's template. Exactly one version of a name and language is active; none: the shipped one holds."""

    __tablename__ = "documents_template"
    __table_args__ = (
        CheckConstraint("(activated_at IS NULL) = (activated_by_id IS NULL)", name="activated"),
        Index(
            "uq_documents_template_active_once",
            "name",
            "language",
            unique=True,
            sqlite_where=text("activated_at IS NOT NULL AND retired_at IS NULL"),
            postgresql_where=text("activated_at IS NOT NULL AND retired_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    language: Mapped[str]
    file_id: Mapped[int] = mapped_column(ForeignKey("files_file.id"))
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    fit: Mapped[bool]  # the checker found no error
    uploaded_by_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"))
    uploaded_at: Mapped[datetime]
    activated_by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    activated_at: Mapped[datetime | None]
    retired_at: Mapped[datetime | None]


class Document(Base):
    """A Word document: ordered with frozen fields, rendered by the job, issued once read back. An issued file never changes."""

    __tablename__ = "documents_document"
    __table_args__ = (
        CheckConstraint("status IN ('ordered', 'issued', 'failed')", name="status"),
        CheckConstraint("(status = 'issued') = (file_id IS NOT NULL)", name="issued_has_file"),
        Index("ix_documents_document_subject", "subject"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]  # the letter's name, such as contract
    language: Mapped[str]
    title: Mapped[str]
    subject: Mapped[str]
    case_id: Mapped[int | None] = mapped_column(index=True)
    branch_id: Mapped[int | None]
    fields: Mapped[dict[str, Any]] = mapped_column(JSON)
    template_id: Mapped[int | None] = mapped_column(ForeignKey("documents_template.id"))  # None: the shipped template
    template_sha256: Mapped[str]
    status: Mapped[str] = mapped_column(default="ordered")
    error: Mapped[str] = mapped_column(default="")
    claimed_until: Mapped[datetime | None]
    file_id: Mapped[int | None] = mapped_column(ForeignKey("files_file.id"))
    ordered_by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    ordered_at: Mapped[datetime]
    issued_at: Mapped[datetime | None]
