from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fundapp.kit.database import Base, Minor
from fundapp.measures.models import Measure


class Evaluation(Base):
    """A visit or call: is the measure still effective? `point` is the months after the end of funding (0, 6, 12, 24)."""

    __tablename__ = "evaluation_evaluation"
    __table_args__ = (
        UniqueConstraint("measure_id", "point"),
        CheckConstraint("point IN (0, 6, 12, 24)", name="point"),
        CheckConstraint("effective IN ('yes', 'partly', 'no', 'unknown')", name="effective"),
        CheckConstraint("(done_at IS NULL) = (effective IS NULL)", name="done_has_answer"),
        CheckConstraint(
            "score_ease BETWEEN 0 AND 5 AND score_fit BETWEEN 0 AND 5 AND score_cost BETWEEN 0 AND 5", name="scores"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    measure_id: Mapped[int] = mapped_column(ForeignKey("measures_measure.id"), index=True)
    point: Mapped[int]
    due: Mapped[date]
    visited_on: Mapped[date | None]
    manner: Mapped[str] = mapped_column(default="visit")  # visit, call, link
    effective: Mapped[str | None]
    score_ease: Mapped[int | None]  # did it ease the bottleneck
    score_fit: Mapped[int | None]
    score_cost: Mapped[int | None]
    effects: Mapped[str] = mapped_column(default="")
    carried_by: Mapped[str] = mapped_column(default="")
    voice: Mapped[str] = mapped_column(default="")
    lesson: Mapped[str] = mapped_column(default="")
    photo_id: Mapped[int | None] = mapped_column(ForeignKey("files_file.id"))
    version: Mapped[int] = mapped_column(default=1)
    done_at: Mapped[datetime | None]
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))

    measure: Mapped[Measure] = relationship(lazy="raise_on_sql")

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


class Value(Base):
    """A counted result at an evaluation, in thousandths (jobs may be half); `women` is part of it where persons are counted."""

    __tablename__ = "evaluation_value"
    __table_args__ = (
        UniqueConstraint("evaluation_id", "code"),
        CheckConstraint("women IS NULL OR women <= value", name="women"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    evaluation_id: Mapped[int] = mapped_column(ForeignKey("evaluation_evaluation.id"), index=True)
    measure_id: Mapped[int] = mapped_column(ForeignKey("measures_measure.id"), index=True)
    code: Mapped[str]  # people_trained, jobs, higher_income, or an own indicator's code
    value: Mapped[Minor]
    women: Mapped[Minor | None]
