from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fundapp.kit.database import Base, Minor
from fundapp.measures.models import Measure
from fundapp.people.models import Person


class Committee(Base):
    """Who decides. Quorum: more than half of the voting members without a conflict on the item, and at least `smallest_quorum`."""

    __tablename__ = "rating_committee"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    smallest_quorum: Mapped[int] = mapped_column(default=3)
    created_at: Mapped[datetime]


class Member(Base):
    """A seat on a committee. The chair votes too and breaks a tie."""

    __tablename__ = "rating_member"
    __table_args__ = (
        Index(
            "uq_rating_member_once",
            "committee_id",
            "person_id",
            unique=True,
            sqlite_where=text("left_at IS NULL"),
            postgresql_where=text("left_at IS NULL"),
        ),
        CheckConstraint("sector IN ('private', 'public', 'semi_public')", name="sector"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    committee_id: Mapped[int] = mapped_column(ForeignKey("rating_committee.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"), index=True)
    sector: Mapped[str]
    chair: Mapped[bool] = mapped_column(default=False)
    voting: Mapped[bool] = mapped_column(default=True)
    joined_at: Mapped[datetime]
    left_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(lazy="raise_on_sql")


class Scheme(Base):
    """The rating scheme of a call: versioned, frozen once a sheet is signed. Points in tenths (600 = 60.0)."""

    __tablename__ = "rating_scheme"
    __table_args__ = (UniqueConstraint("call_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("funds_call.id"))
    committee_id: Mapped[int] = mapped_column(ForeignKey("rating_committee.id"))
    version: Mapped[int] = mapped_column(default=1)
    smallest_sheets: Mapped[int] = mapped_column(default=3)
    fundable_from: Mapped[int] = mapped_column(default=600)
    spread_limit: Mapped[int] = mapped_column(default=200)
    frozen_at: Mapped[datetime | None]


class Criterion(Base):
    """A row of the scheme. `titles` and `questions` by language; `threshold` in tenths of a point of the mean (30 = 3.0)."""

    __tablename__ = "rating_criterion"
    __table_args__ = (UniqueConstraint("scheme_id", "code"), CheckConstraint("weight > 0", name="weight"))

    id: Mapped[int] = mapped_column(primary_key=True)
    scheme_id: Mapped[int] = mapped_column(ForeignKey("rating_scheme.id"), index=True)
    no: Mapped[int]
    code: Mapped[str]
    titles: Mapped[dict[str, str]] = mapped_column(JSON)
    questions: Mapped[dict[str, str]] = mapped_column(JSON)
    weight: Mapped[int]
    threshold: Mapped[int | None]
    needs_identity: Mapped[bool] = mapped_column(default=False)


class Number(Base):
    """Under which number the committee knows a measure of a call: drawn by lot, so that it tells nothing about who proposes it."""

    __tablename__ = "rating_number"
    __table_args__ = (UniqueConstraint("call_id", "no", name="uq_rating_number_once"),)

    measure_id: Mapped[int] = mapped_column(ForeignKey("measures_measure.id"), primary_key=True, autoincrement=False)
    call_id: Mapped[int] = mapped_column(ForeignKey("funds_call.id"))
    no: Mapped[int]


class Sheet(Base):
    """One member's scores for one measure in one round. In a blind call: open, blind part locked (names open), signed.

    It names no case: neither the case file nor the applicant may learn from the history who has scored what.
    """

    __tablename__ = "rating_sheet"
    __table_args__ = (
        Index(
            "uq_rating_sheet_once",
            "measure_id",
            "person_id",
            "round",
            unique=True,
            sqlite_where=text("status <> 'void'"),
            postgresql_where=text("status <> 'void'"),
        ),
        CheckConstraint("status IN ('open', 'locked', 'signed', 'void')", name="status"),
        CheckConstraint("status <> 'signed' OR (signed_at IS NOT NULL AND total IS NOT NULL)", name="signed"),
        CheckConstraint("(status = 'void') = (void_at IS NOT NULL)", name="void"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    measure_id: Mapped[int] = mapped_column(ForeignKey("measures_measure.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"), index=True)
    scheme_id: Mapped[int] = mapped_column(ForeignKey("rating_scheme.id"))
    round: Mapped[int] = mapped_column(default=1)
    status: Mapped[str] = mapped_column(default="open")
    total: Mapped[int | None]  # tenths of a thousandth of a point (720000 = 72.0), once signed
    version: Mapped[int] = mapped_column(default=1)
    opened_at: Mapped[datetime]
    locked_at: Mapped[datetime | None]
    signed_at: Mapped[datetime | None]
    void_at: Mapped[datetime | None]

    measure: Mapped[Measure] = relationship(lazy="raise_on_sql")

    @property
    def assigned_to(self) -> tuple[int, ...]:
        return (self.person_id,)

    @property
    def status_of_case(self) -> str:
        return self.measure.status


class Score(Base):
    """Points 0-5 for one criterion; None: not yet given."""

    __tablename__ = "rating_score"
    __table_args__ = (
        UniqueConstraint("sheet_id", "criterion_id"),
        CheckConstraint("points BETWEEN 0 AND 5", name="points"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    sheet_id: Mapped[int] = mapped_column(ForeignKey("rating_sheet.id"), index=True)
    criterion_id: Mapped[int] = mapped_column(ForeignKey("rating_criterion.id"))
    points: Mapped[int | None]
    comment: Mapped[str] = mapped_column(default="")


class Result(Base):
    """What a closed round says of a measure, frozen: total and spread in tenths of a thousandth, means per criterion as text.

    Void when the closing was taken back; it stays in the record.
    """

    __tablename__ = "rating_result"
    __table_args__ = (
        Index(
            "uq_rating_result_once",
            "measure_id",
            "round",
            unique=True,
            sqlite_where=text("void_at IS NULL"),
            postgresql_where=text("void_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    measure_id: Mapped[int] = mapped_column(ForeignKey("measures_measure.id"), index=True)
    round: Mapped[int]
    sheets: Mapped[int]
    total: Mapped[int]
    spread: Mapped[int]
    means: Mapped[dict[str, str]] = mapped_column(JSON)  # code -> mean with four decimals
    knocked_out: Mapped[list[str]] = mapped_column(JSON)
    closed_at: Mapped[datetime]
    void_at: Mapped[datetime | None]


class Meeting(Base):
    """A meeting of a committee on a call: who is there, and one decision per measure. Closing it takes the decisions' steps."""

    __tablename__ = "rating_meeting"
    __table_args__ = (
        CheckConstraint("status IN ('open', 'closed')", name="status"),
        CheckConstraint("(status = 'closed') = (closed_at IS NOT NULL AND closed_by_id IS NOT NULL)", name="closed"),
        Index(
            "uq_rating_meeting_open_once",
            "call_id",
            unique=True,
            sqlite_where=text("status = 'open'"),
            postgresql_where=text("status = 'open'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    committee_id: Mapped[int] = mapped_column(ForeignKey("rating_committee.id"), index=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("funds_call.id"), index=True)
    held_on: Mapped[date]
    place: Mapped[str]
    began: Mapped[str] = mapped_column(default="")  # as written: 10:00
    ended: Mapped[str] = mapped_column(default="")
    status: Mapped[str] = mapped_column(default="open")
    typed_by_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"))
    present: Mapped[list[int]] = mapped_column(JSON, default=list)  # person ids
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    closed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class Decision(Base):
    """What the meeting decided on one measure: votes, outcome, amount (minor units), conditions and reasons."""

    __tablename__ = "rating_decision"
    __table_args__ = (
        UniqueConstraint("meeting_id", "measure_id"),
        CheckConstraint("outcome IN ('approve', 'reserve', 'defer', 'reject')", name="outcome"),
        CheckConstraint("yes >= 0 AND no >= 0 AND abstained >= 0", name="votes"),
        CheckConstraint("(outcome = 'approve') = (amount IS NOT NULL)", name="approved_amount"),
        CheckConstraint("amount IS NULL OR amount > 0", name="amount"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("rating_meeting.id"), index=True)
    measure_id: Mapped[int] = mapped_column(ForeignKey("measures_measure.id"), index=True)
    outcome: Mapped[str]
    yes: Mapped[int]
    no: Mapped[int]
    abstained: Mapped[int] = mapped_column(default=0)
    left_room: Mapped[list[int]] = mapped_column(JSON, default=list)  # person ids of conflicted members
    amount: Mapped[Minor | None]
    arguments: Mapped[str] = mapped_column(default="")
    conditions: Mapped[str] = mapped_column(default="")
    reasons: Mapped[str] = mapped_column(default="")
    frozen: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # as it stood at closing: see decisions.py
