from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint, text, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fundapp.kit.database import Base, Minor
from fundapp.measures.models import Measure

SEPARATE = (
    "(authorised_by_id IS NULL OR authorised_by_id <> prepared_by_id) AND (paid_by_id IS NULL OR "
    "(authorised_by_id <> paid_by_id AND (policy = 'two' OR paid_by_id <> prepared_by_id)))"
)


class Payment(Base):
    """Money to the grantee, prepared, authorised and paid by different people. `policy` is the separation rule that held."""

    __tablename__ = "disbursement_payment"
    __table_args__ = (
        CheckConstraint("amount > 0", name="positive"),
        CheckConstraint("policy IN ('two', 'three')", name="policy"),
        CheckConstraint("status IN ('prepared', 'authorised', 'paid', 'returned', 'cancelled')", name="status"),
        CheckConstraint(SEPARATE, name="separate"),
        CheckConstraint(
            "status NOT IN ('authorised', 'paid', 'returned') OR authorised_by_id IS NOT NULL", name="authorised"
        ),
        CheckConstraint("status NOT IN ('paid', 'returned') OR paid_by_id IS NOT NULL", name="paid"),
        UniqueConstraint("key", name="uq_disbursement_payment_key_once"),
        Index(
            "uq_disbursement_payment_instalment_once",
            "instalment_id",
            unique=True,
            sqlite_where=text("status IN ('prepared', 'authorised', 'paid')"),
            postgresql_where=text("status IN ('prepared', 'authorised', 'paid')"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    measure_id: Mapped[int] = mapped_column(ForeignKey("measures_measure.id"), index=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("grants_contract.id"), index=True)
    instalment_id: Mapped[int | None] = mapped_column(ForeignKey("grants_instalment.id"))  # None: balance at settlement
    amount: Mapped[Minor]
    payee: Mapped[str]
    payee_account: Mapped[str]
    status: Mapped[str] = mapped_column(default="prepared")
    policy: Mapped[str]
    key: Mapped[str]
    prepared_by_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"))
    prepared_at: Mapped[datetime]
    authorised_by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    authorised_at: Mapped[datetime | None]
    paid_by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    paid_at: Mapped[datetime | None]
    paid_on: Mapped[date | None]
    bank_reference: Mapped[str] = mapped_column(default="")
    journal_id: Mapped[int | None] = mapped_column(ForeignKey("funds_journal.id"))

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


class Report(Base):
    """A report of the grantee: interim or final. Values of its indicators stand with the evaluation."""

    __tablename__ = "disbursement_report"
    __table_args__ = (
        UniqueConstraint("measure_id", "kind", "no"),
        CheckConstraint("kind IN ('interim', 'final')", name="kind"),
        CheckConstraint("status IN ('due', 'sent', 'accepted')", name="status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    measure_id: Mapped[int] = mapped_column(ForeignKey("measures_measure.id"), index=True)
    kind: Mapped[str]
    no: Mapped[int] = mapped_column(default=1)
    status: Mapped[str] = mapped_column(default="due")
    due: Mapped[date]
    done: Mapped[str] = mapped_column(default="")
    results: Mapped[str] = mapped_column(default="")
    problems: Mapped[str] = mapped_column(default="")
    lessons: Mapped[str] = mapped_column(default="")
    question: Mapped[str] = mapped_column(default="")  # what the officer asked when sending it back
    figures: Mapped[dict[str, Any]] = mapped_column(
        JSON, default=dict, server_default="{}"
    )  # with the final one: results.py
    version: Mapped[int] = mapped_column(default=1)
    sent_at: Mapped[datetime | None]
    sent_by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    accepted_at: Mapped[datetime | None]
    accepted_by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))

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


class Receipt(Base):
    """A proof of cost against a budget line. `accepted` is what counts, with the reason when it was cut."""

    __tablename__ = "disbursement_receipt"
    __table_args__ = (
        UniqueConstraint("measure_id", "no"),
        UniqueConstraint("key", name="uq_disbursement_receipt_key_once"),
        CheckConstraint("amount > 0", name="positive"),
        CheckConstraint("accepted IS NULL OR (accepted >= 0 AND accepted <= amount)", name="accepted"),
        CheckConstraint("accepted IS NULL OR accepted = amount OR cut_reason <> ''", name="cut_has_reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    measure_id: Mapped[int] = mapped_column(ForeignKey("measures_measure.id"), index=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("measures_budget_line.id"), index=True)
    no: Mapped[int]
    paid_on: Mapped[date]
    payee: Mapped[str]
    what_for: Mapped[str]
    document_number: Mapped[str] = mapped_column(default="")
    amount: Mapped[Minor]
    accepted: Mapped[Minor | None]
    cut_reason: Mapped[str] = mapped_column(default="")
    singly: Mapped[bool] = mapped_column(
        default=True, server_default=true()
    )  # False: accepted as a row of a list, not opened
    file_id: Mapped[int | None] = mapped_column(ForeignKey("files_file.id"))
    key: Mapped[str]
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"))
    entered_at: Mapped[datetime]
    checked_by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    checked_at: Mapped[datetime | None]

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


class Settlement(Base):
    """The final account of a measure, all in minor units: the grant due by its formula against what was paid."""

    __tablename__ = "disbursement_settlement"
    __table_args__ = (
        UniqueConstraint("measure_id"),
        CheckConstraint("outcome IN ('open', 'even', 'paid_out', 'refunded', 'written_off')", name="outcome"),
        CheckConstraint("balance = grant_due - paid AND grant_due >= 0 AND grant_due <= awarded", name="balance"),
        CheckConstraint("outcome <> 'refunded' OR refunded_on IS NOT NULL", name="refunded"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    measure_id: Mapped[int] = mapped_column(ForeignKey("measures_measure.id"))
    financing: Mapped[str]
    planned_cost: Mapped[Minor]
    awarded: Mapped[Minor]
    accepted_cost: Mapped[Minor]
    other_income: Mapped[Minor] = mapped_column(default=0)
    paid: Mapped[Minor]
    grant_due: Mapped[Minor]
    balance: Mapped[Minor]  # positive: to pay out; negative: to claim back
    outcome: Mapped[str] = mapped_column(default="open")  # open, even, paid_out, refunded, written_off
    refund_due: Mapped[date | None]
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    document_id: Mapped[int | None] = mapped_column(ForeignKey("documents_document.id"))
    computed_by_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"))
    computed_at: Mapped[datetime]
    refunded_on: Mapped[date | None]
    bank_reference: Mapped[str] = mapped_column(default="")

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
