"""What a committee decides and how: the meeting, its agenda and votes, decisions, what they wait for, and complaints."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from fundapp.kit.database import Base, Minor


class Meeting(Base):
    """A meeting of a committee on a call: who is there, and one decision per measure. Closing it takes the decisions' steps.

    `starts_at`: planned for; `began_at`: it runs from the screen since then, at `current_id` of its agenda. `written`: decided
    by answers in writing until `answer_by`. `version` counts every change: whoever looks on asks by it.
    """

    __tablename__ = "rating_meeting"
    __table_args__ = (
        CheckConstraint("status IN ('open', 'closed')", name="status"),
        CheckConstraint("(status = 'closed') = (closed_at IS NOT NULL AND closed_by_id IS NOT NULL)", name="closed"),
        CheckConstraint("NOT written OR answer_by IS NOT NULL", name="written"),
        Index(
            "uq_rating_meeting_open_once",
            "call_id",
            "committee_id",
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
    written: Mapped[bool] = mapped_column(default=False, server_default=false())
    answer_by: Mapped[date | None]
    starts_at: Mapped[datetime | None]
    invited_at: Mapped[datetime | None]
    began_at: Mapped[datetime | None]
    secret: Mapped[bool] = mapped_column(default=False, server_default=false())
    current_id: Mapped[int | None]  # the item of the agenda on the screen
    typed_by_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"))
    present: Mapped[list[int]] = mapped_column(JSON, default=list)  # person ids
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    closed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class AgendaItem(Base):
    """A measure on the agenda. `rank`: in the ranking when the agenda was made. Members vote from `voting_from` to `voting_to`;
    `yes`, `no`, `abstained` count a secret vote.
    """

    __tablename__ = "rating_agenda_item"
    __table_args__ = (
        UniqueConstraint("meeting_id", "measure_id", name="uq_rating_agenda_item_once"),
        CheckConstraint("voting_to IS NULL OR voting_from IS NOT NULL", name="voting"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("rating_meeting.id"))
    measure_id: Mapped[int] = mapped_column(ForeignKey("measures_measure.id"), index=True)
    no: Mapped[int]
    rank: Mapped[int]
    opened_at: Mapped[datetime | None]
    voting_from: Mapped[datetime | None]
    voting_to: Mapped[datetime | None]
    yes: Mapped[int] = mapped_column(default=0)
    no_: Mapped[int] = mapped_column("no_votes", default=0)
    abstained: Mapped[int] = mapped_column(default=0)


class Vote(Base):
    """That a member voted on an item, and how; `choice` None where the vote is secret. `note`: a word to an open vote in writing."""

    __tablename__ = "rating_vote"
    __table_args__ = (
        UniqueConstraint("item_id", "person_id", name="uq_rating_vote_once"),
        CheckConstraint("choice IN ('yes', 'no', 'abstain')", name="choice"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("rating_agenda_item.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"))
    choice: Mapped[str | None]
    note: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]


class Decision(Base):
    """What the meeting decided on one measure: votes, outcome, amount (minor units), conditions and reasons.

    `rule`: a code of rating.codes.GROUNDS for a refusal. `casting`: how the chair broke a tie. `deviation`: why it departs from
    the ranking, countersigned by a chair. `present`: who was there for it. `feedback`: what the applicant is told once released.
    `waits`: closed, and not yet carried out because a no-objection is asked for.
    """

    __tablename__ = "rating_decision"
    __table_args__ = (
        UniqueConstraint("meeting_id", "measure_id"),
        CheckConstraint("outcome IN ('approve', 'reserve', 'defer', 'reject')", name="outcome"),
        CheckConstraint("yes >= 0 AND no >= 0 AND abstained >= 0", name="votes"),
        CheckConstraint("(outcome = 'approve') = (amount IS NOT NULL)", name="approved_amount"),
        CheckConstraint("amount IS NULL OR amount > 0", name="amount"),
        CheckConstraint("casting IN ('yes', 'no')", name="casting"),
        CheckConstraint("(countersigned_by_id IS NULL) = (countersigned_at IS NULL)", name="countersigned"),
        CheckConstraint("NOT waits OR outcome = 'approve'", name="waits"),
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
    rule: Mapped[str] = mapped_column(default="", server_default="")
    casting: Mapped[str | None]
    deviation: Mapped[str] = mapped_column(default="", server_default="")
    countersigned_by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    countersigned_at: Mapped[datetime | None]
    present: Mapped[list[int]] = mapped_column(JSON, default=list, server_default="[]")
    feedback: Mapped[str] = mapped_column(default="", server_default="")
    feedback_by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    feedback_at: Mapped[datetime | None]
    waits: Mapped[bool] = mapped_column(default=False, server_default=false())


class Clearance(Base):
    """A donor or a board is asked, by a link, whether it objects to an approval; the link is kept as a hash. Days of the fund's zone.

    `withdrawn_at`: the question no longer stands, and its link leads nowhere.
    """

    __tablename__ = "rating_clearance"
    __table_args__ = (
        UniqueConstraint("decision_id", "email", name="uq_rating_clearance_once"),
        CheckConstraint("answer IN ('agreed', 'objected')", name="answer"),
        CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered"),
        CheckConstraint("answer IS NULL OR answer = 'agreed' OR note <> ''", name="reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    decision_id: Mapped[int] = mapped_column(ForeignKey("rating_decision.id"))
    name: Mapped[str]
    email: Mapped[str]
    language: Mapped[str]
    key_hash: Mapped[str] = mapped_column(unique=True)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"))
    asked_at: Mapped[datetime]
    due: Mapped[date]
    answer: Mapped[str | None]
    answered_by: Mapped[str] = mapped_column(default="")  # the name written beside the answer
    note: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]


class Addendum(Base):
    """A correction of closed minutes: the minutes stay, this is added."""

    __tablename__ = "rating_addendum"
    __table_args__ = (UniqueConstraint("meeting_id", "no", name="uq_rating_addendum_once"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("rating_meeting.id"))
    no: Mapped[int]
    text: Mapped[str]
    by_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"))
    at: Mapped[datetime]


class Complaint(Base):
    """An applicant objects to what was decided; answered by somebody outside the committee until `due` (the fund's zone)."""

    __tablename__ = "rating_complaint"
    __table_args__ = (
        Index(
            "uq_rating_complaint_open_once",
            "measure_id",
            unique=True,
            sqlite_where=text("answered_at IS NULL"),
            postgresql_where=text("answered_at IS NULL"),
        ),
        CheckConstraint("(answered_at IS NULL) = (upheld IS NULL)", name="answered"),
        CheckConstraint("answered_at IS NULL OR (answer <> '' AND answered_by_id IS NOT NULL)", name="answer"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    measure_id: Mapped[int] = mapped_column(ForeignKey("measures_measure.id"), index=True)
    text: Mapped[str]
    by_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"))
    at: Mapped[datetime]
    due: Mapped[date]
    answer: Mapped[str] = mapped_column(default="")
    upheld: Mapped[bool | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    answered_at: Mapped[datetime | None]
