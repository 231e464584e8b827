from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fundapp.files.models import File
from fundapp.funds.models import Fund
from fundapp.kit.database import Base
from fundapp.people.models import Person


class Import(Base):
    """A file of earlier grants on its way in: sent, read as a person says, taken over, perhaps taken back.

    `layout` says where the table stands in the file, `meaning` what its columns are (columns.Meaning); once a person has agreed
    (`agreed_at`), the next file with the same `fingerprint` for the same fund is understood the same way.
    `outcome` holds what was stored, by code.
    """

    __tablename__ = "exchange_import"
    __table_args__ = (
        CheckConstraint("taken_at IS NULL OR agreed_at IS NOT NULL", name="agreed_before_taken"),
        CheckConstraint("(taken_at IS NULL) = (taken_by_id IS NULL)", name="taken_by_somebody"),
        CheckConstraint("undone_at IS NULL OR taken_at IS NOT NULL", name="taken_before_undone"),
        Index("ix_exchange_import_known", "fingerprint", "fund_id", "id"),
        Index("ix_exchange_import_by", "by_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("files_file.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"))
    sent_at: Mapped[datetime]
    fund_id: Mapped[int | None] = mapped_column(
        ForeignKey("funds_fund.id")
    )  # None: the fund of each funding organisation
    version: Mapped[int] = mapped_column(default=1)
    layout: Mapped[dict[str, Any]] = mapped_column(JSON)
    meaning: Mapped[dict[str, Any]] = mapped_column(JSON)
    fingerprint: Mapped[str]
    remembered: Mapped[bool] = mapped_column(default=False)  # understood as an earlier file was
    agreed_at: Mapped[datetime | None]
    taken_at: Mapped[datetime | None]
    taken_by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    outcome: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))

    file: Mapped[File] = relationship(lazy="raise_on_sql")
    fund: Mapped[Fund | None] = relationship(lazy="raise_on_sql")
    by: Mapped[Person] = relationship(lazy="raise_on_sql", foreign_keys=[by_id])
    taken_by: Mapped[Person | None] = relationship(lazy="raise_on_sql", foreign_keys=[taken_by_id])


class Taken(Base):
    """Which measures an import has brought, as long as it is not taken back."""

    __tablename__ = "exchange_taken"

    measure_id: Mapped[int] = mapped_column(ForeignKey("measures_measure.id"), primary_key=True, autoincrement=False)
    import_id: Mapped[int] = mapped_column(ForeignKey("exchange_import.id"), index=True)
