from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fundapp.kit.database import Base, Minor


class Interview(Base):
    """A conversation or workshop of the regional analysis; findings rest on it."""

    __tablename__ = "regions_interview"
    __table_args__ = (CheckConstraint("sector IN ('private', 'public', 'semi_public')", name="sector"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("people_branch.id"), index=True)
    held_on: Mapped[date]
    sector: Mapped[str]
    who: Mapped[str]
    by_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"))


class Finding(Base):
    """What an interview said: an advantage or an obstacle of a location factor."""

    __tablename__ = "regions_finding"

    id: Mapped[int] = mapped_column(primary_key=True)
    interview_id: Mapped[int] = mapped_column(ForeignKey("regions_interview.id"), index=True)
    factor: Mapped[str]
    obstacle: Mapped[bool]
    text: Mapped[str]
    bottleneck_id: Mapped[int | None] = mapped_column(ForeignKey("regions_bottleneck.id"), index=True)


class Bottleneck(Base):
    """An obstacle that a region has named; proposals refer to it. Severity, reach 1-5; changeable locally within 12 months 0-2."""

    __tablename__ = "regions_bottleneck"
    __table_args__ = (
        CheckConstraint(
            "severity BETWEEN 1 AND 5 AND reach BETWEEN 1 AND 5 AND changeable BETWEEN 0 AND 2", name="scales"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("people_branch.id"), index=True)
    title: Mapped[str]
    factor: Mapped[str]
    severity: Mapped[int]
    reach: Mapped[int]
    changeable: Mapped[int]
    named_on: Mapped[date]
    retired_at: Mapped[datetime | None]


class BranchYear(Base):
    """The scorecard of a branch for one year; money in minor units of `currency`."""

    __tablename__ = "regions_branch_year"
    __table_args__ = (
        UniqueConstraint("branch_id", "year"),
        CheckConstraint("members >= 0 AND staff >= 0", name="counts"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    branch_id: Mapped[int] = mapped_column(ForeignKey("people_branch.id"))
    year: Mapped[int]
    members: Mapped[int]
    staff: Mapped[int]
    dues: Mapped[Minor]
    service_income: Mapped[Minor]
    currency: Mapped[str]
