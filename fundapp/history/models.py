from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from fundapp.kit.database import Base
from fundapp.kit.migrations import append_only, with_statements

START = "0" * 64


class Entry(Base):
    """One thing that happened. `at` is when it is said to have happened, `recorded_at` when it was written down."""

    __tablename__ = "history_entry"
    __table_args__ = (
        Index("ix_history_entry_case", "case_id", "seq"),
        Index("ix_history_entry_subject", "subject", "seq"),
    )

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    by_id: Mapped[int | None]
    for_id: Mapped[int | None]  # whom `by` stood in for, when the right was theirs
    action: Mapped[str]
    subject: Mapped[str]
    case_id: Mapped[int | None]
    branch_id: Mapped[int | None] = mapped_column(index=True)
    source: Mapped[str | None]
    target: Mapped[str | None]
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    commitment: Mapped[str | None]
    prev: Mapped[str] = mapped_column(unique=True)
    hash: Mapped[str] = mapped_column(unique=True)


class Words(Base):
    """What a person wrote about an entry; may be erased, the commitment in the entry stays."""

    __tablename__ = "history_words"

    seq: Mapped[int] = mapped_column(ForeignKey("history_entry.seq"), primary_key=True)
    salt: Mapped[str]
    text: Mapped[str]


class Head(Base):
    """The last link; its row is the last lock that a transaction takes."""

    __tablename__ = "history_head"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int]
    hash: Mapped[str]


append_only(Entry.__table__)  # type: ignore[arg-type]
with_statements(Head.__table__, lambda _: [f"INSERT INTO history_head (id, seq, hash) VALUES (1, 0, '{START}')"])  # type: ignore[arg-type]  # noqa: S608
