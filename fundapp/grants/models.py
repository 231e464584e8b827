from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fundapp.kit.database import Base, Minor
from fundapp.measures.models import Measure


class Contract(Base):
    """The grant agreement: what was agreed, frozen when it is issued. The payee is copied here and never follows later edits."""

    __tablename__ = "grants_contract"
    __table_args__ = (
        UniqueConstraint("number"),
        Index(
            "uq_grants_contract_once",
            "measure_id",
            unique=True,
            sqlite_where=text("status <> 'void'"),
            postgresql_where=text("status <> 'void'"),
        ),
        CheckConstraint("status IN ('issued', 'signed', 'void')", name="status"),
        CheckConstraint("status <> 'signed' OR (signed_on IS NOT NULL AND signed_file_id IS NOT NULL)", name="signed"),
        CheckConstraint("amount > 0 AND total_cost >= amount", name="amount"),
        CheckConstraint("financing IN ('share', 'deficit', 'fixed', 'full')", name="financing"),
        CheckConstraint("ends_on > starts_on", name="dates"),
        CheckConstraint("(terminated_on IS NULL) = (at_fault IS NULL)", name="terminated"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    measure_id: Mapped[int] = mapped_column(ForeignKey("measures_measure.id"), index=True)
    number: Mapped[str]
    status: Mapped[str] = mapped_column(default="issued")
    financing: Mapped[str] = mapped_column(default="share")
    amount: Mapped[Minor]
    total_cost: Mapped[Minor]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    payee: Mapped[str]
    payee_bank: Mapped[str]
    payee_account: Mapped[str]
    document_id: Mapped[int] = mapped_column(ForeignKey("documents_document.id"))
    issued_by_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"))
    issued_at: Mapped[datetime]
    signed_on: Mapped[date | None]
    signed_file_id: Mapped[int | None] = mapped_column(ForeignKey("files_file.id"))
    original_with: Mapped[str] = mapped_column(default="")
    void_at: Mapped[datetime | None]
    journal_id: Mapped[int | None] = mapped_column(
        ForeignKey("funds_journal.id")
    )  # the booking that committed the money
    terminated_on: Mapped[date | None]
    at_fault: Mapped[bool | None]  # how it was terminated
    equipment: Mapped[str] = mapped_column(default="")  # what becomes of the equipment after an early end

    measure: Mapped[Measure] = relationship(lazy="selectin")

    @property
    def case_id(self) -> int:
        return self.measure_id

    @property
    def branch_id(self) -> int | None:
        return self.measure.branch_id

    @property
    def owner_id(self) -> int | None:
        return self.measure.owner_id

    @property
    def organisation_id(self) -> int | None:
        return self.measure.organisation_id

    @property
    def status_of_case(self) -> str:
        return self.measure.status


class Instalment(Base):
    """A part of the grant and what must be there before it is paid."""

    __tablename__ = "grants_instalment"
    __table_args__ = (UniqueConstraint("contract_id", "no"), CheckConstraint("amount > 0", name="positive"))

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("grants_contract.id"), index=True)
    no: Mapped[int]
    amount: Mapped[Minor]
    condition: Mapped[str]  # in words, as the contract prints it
    needs_report: Mapped[str] = mapped_column(default="")  # '', interim, final
    planned_on: Mapped[date | None]


class Pause(Base):
    """A suspension: its review date, and when it ended."""

    __tablename__ = "grants_pause"

    id: Mapped[int] = mapped_column(primary_key=True)
    measure_id: Mapped[int] = mapped_column(ForeignKey("measures_measure.id"), index=True)
    began_on: Mapped[date]
    review_on: Mapped[date]
    ended_on: Mapped[date | None]
