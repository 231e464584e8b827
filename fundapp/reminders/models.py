from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fundapp.kit.database import Base


class Obligation(Base):
    """Something due on a date. `kind` names its Duty ('evaluation.visit'), `subject` the thing ('evaluation.evaluation:4')."""

    __tablename__ = "reminders_obligation"
    __table_args__ = (
        UniqueConstraint("kind", "subject", name="uq_reminders_obligation_once"),
        Index("ix_reminders_obligation_open", "done_at", "cancelled_at", "due"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    subject: Mapped[str] = mapped_column(index=True)
    case_id: Mapped[int | None] = mapped_column(index=True)
    branch_id: Mapped[int | None] = mapped_column(index=True)
    title: Mapped[str]
    due: Mapped[date]
    done_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    reminded: Mapped[list[int]] = mapped_column(JSON, default=list)  # the stages (days before) that have gone out
    promised: Mapped[date | None]  # moves the reminder, never the due date
    note: Mapped[str] = mapped_column(default="")
    contacted_at: Mapped[datetime | None]
    contacted_by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    spoken_to: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]

    @property
    def what(self) -> str:
        """What is owed, in English; older titles name the measure after a colon, which shows its title by itself."""
        return self.title.partition(":")[0]

    @property
    def about(self) -> str:
        """The title of the measure where the title names it, else ''."""
        return self.title.partition(": ")[2]

    @property
    def open(self) -> bool:
        return self.done_at is None and self.cancelled_at is None


class Notice(Base):
    """What an applicant tells the branch: something has changed, or please call me. It is owed an answer, or taken back."""

    __tablename__ = "reminders_notice"
    __table_args__ = (
        CheckConstraint("kind IN ('changed', 'call_back')", name="kind"),
        CheckConstraint("kind <> 'changed' OR words <> ''", name="said"),
        CheckConstraint("taken_back_at IS NULL OR answered_at IS NULL", name="ended"),
        UniqueConstraint("key", name="uq_reminders_notice_key_once"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    case_id: Mapped[int] = mapped_column(index=True)
    branch_id: Mapped[int | None]
    words: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    key: Mapped[str]
    by_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"))
    at: Mapped[datetime]
    taken_back_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))

    @property
    def owner_id(self) -> int:
        return self.by_id


class DayOff(Base):
    """A public holiday (working = False) or a Saturday or Sunday worked instead (working = True)."""

    __tablename__ = "reminders_day_off"

    day: Mapped[date] = mapped_column(primary_key=True)
    name: Mapped[str]
    working: Mapped[bool] = mapped_column(default=False)


class Beat(Base):
    """When a heartbeat last came through, per process; /healthz looks at the newest."""

    __tablename__ = "reminders_beat"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
