from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fundapp.kit.database import Base, Minor
from fundapp.kit.migrations import append_only


class Folder(Base):
    """Where backups go from now on; the newest row holds."""

    __tablename__ = "backups_folder"

    id: Mapped[int] = mapped_column(primary_key=True)
    path: Mapped[str]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    at: Mapped[datetime]


class Run(Base):
    """One backup: asked for or of a night (`claim`), begun, ended; `error` says in words why there is no file.

    `done` of `total` parts are written. `size` in bytes. `removed_at`: the heartbeat removed the file, newer ones are there.
    """

    __tablename__ = "backups_run"
    __table_args__ = (
        UniqueConstraint("claim", name="uq_backups_run_once"),
        CheckConstraint("(claim IS NULL) = (asked_at IS NOT NULL)", name="asked_or_nightly"),
        CheckConstraint("ended_at IS NULL OR began_at IS NOT NULL", name="begun"),
        CheckConstraint("ended_at IS NULL OR (error = '') = (sha256 <> '')", name="file_or_error"),
        Index("ix_backups_run_ended", "ended_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    claim: Mapped[str | None]  # of the nightly ones: '2026-11-23:1', the night and which attempt
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    asked_at: Mapped[datetime | None]
    began_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    file: Mapped[str] = mapped_column(default="")
    size: Mapped[Minor | None]
    sha256: Mapped[str] = mapped_column(default="")
    rows: Mapped[int] = mapped_column(default=0)
    files: Mapped[int] = mapped_column(default=0)
    missing: Mapped[int] = mapped_column(default=0)  # files that were missing or changed in the store
    error: Mapped[str] = mapped_column(default="")
    removed_at: Mapped[datetime | None]

    @property
    def well(self) -> bool:
        return self.ended_at is not None and not self.error


append_only(Folder.__table__)  # type: ignore[arg-type]
