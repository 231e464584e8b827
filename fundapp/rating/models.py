"""Who rates what, by which scheme, and what was scored. What the committee then decides stands in `proceedings.py`."""

from datetime import date, datetime
from secrets import randbelow

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint, false, text, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fundapp.kit.database import Base, Minor
from fundapp.measures.models import Measure
from fundapp.people.models import Person


class Committee(Base):
    """Who decides. Quorum: more than half of the voting members without a conflict on the item, and at least `smallest_quorum`.

    A regional one has `regions` (ISO 3166-2) and decides what is proposed there up to its `ceiling` (minor units of the
    fund's currency; None: no limit). Empty `regions`: a national one.
    """

    __tablename__ = "rating_committee"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    smallest_quorum: Mapped[int] = mapped_column(default=3)
    regions: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    ceiling: Mapped[Minor | None]
    created_at: Mapped[datetime]


class Member(Base):
    """A seat on a committee, to the last day of its term (`until`). The chair votes too and breaks a tie; a deputy does when the
    chair is away. A substitute (first, second, ...) rates and votes in place of a member who may not or is not there.
    `woman`: for the composition of the committee, None where nobody said.
    """

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
        CheckConstraint(
            "substitute IS NULL OR (substitute > 0 AND voting AND NOT chair AND NOT deputy)", name="substitute"
        ),
        CheckConstraint("NOT (chair AND deputy)", name="deputy"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    committee_id: Mapped[int] = mapped_column(ForeignKey("rating_committee.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"), index=True)
    sector: Mapped[str]
    chair: Mapped[bool] = mapped_column(default=False)
    voting: Mapped[bool] = mapped_column(default=True)
    deputy: Mapped[bool] = mapped_column(default=False, server_default=false())
    substitute: Mapped[int | None]
    woman: Mapped[bool | None]
    until: Mapped[date | None]
    joined_at: Mapped[datetime]
    left_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(lazy="raise_on_sql")


class Interest(Base):
    """What a member keeps on record about themselves: a seat, a share, family. It closes every proposal of that organisation.

    `kind`: a code of measures.codes.CONFLICTS. `number`: register or tax number, where the organisation is not in the system.
    """

    __tablename__ = "rating_interest"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("people_organisation.id"), index=True)
    name: Mapped[str]
    number: Mapped[str] = mapped_column(default="")
    kind: Mapped[str]
    until: Mapped[date | None]  # last day of the seat, where it has ended
    noted_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]  # no longer kept


class Scheme(Base):
    """The rating scheme of a call: versioned, frozen once a sheet is signed. Points in tenths (600 = 60.0), money in minor units.

    `per_proposal`: how many members score each proposal (None: all). `comment_for`: points that need a reason.
    `clearance_above`: from this amount on an approval waits for a no-objection. `complaint_reserve` is kept back until all
    complaints are answered. `branch_ceiling`: the most that measures of one branch get. `seed`: of all that is drawn by lot.
    """

    __tablename__ = "rating_scheme"
    __table_args__ = (UniqueConstraint("call_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("funds_call.id"))
    committee_id: Mapped[int] = mapped_column(ForeignKey("rating_committee.id"))
    version: Mapped[int] = mapped_column(default=1)
    smallest_sheets: Mapped[int] = mapped_column(default=3)
    fundable_from: Mapped[int] = mapped_column(default=600)
    spread_limit: Mapped[int] = mapped_column(default=200)
    highest: Mapped[int] = mapped_column(default=5, server_default="5")
    comment_for: Mapped[list[int]] = mapped_column(JSON, default=lambda: [0, 1, 2, 5], server_default="[0, 1, 2, 5]")
    per_proposal: Mapped[int | None]
    secret: Mapped[bool] = mapped_column(default=False, server_default=false())  # votes in the meeting
    clearance_above: Mapped[Minor | None]
    complaint_reserve: Mapped[Minor] = mapped_column(default=0, server_default="0")
    branch_ceiling: Mapped[Minor | None]
    seed: Mapped[int] = mapped_column(default=lambda: randbelow(2**31), server_default="20261125")
    frozen_at: Mapped[datetime | None]


class Panel(Base):
    """A regional committee that decides its region's part of a call; what is left goes to the scheme's own committee."""

    __tablename__ = "rating_panel"

    scheme_id: Mapped[int] = mapped_column(ForeignKey("rating_scheme.id"), primary_key=True)
    committee_id: Mapped[int] = mapped_column(ForeignKey("rating_committee.id"), primary_key=True, index=True)


class Criterion(Base):
    """A row of the scheme. `titles` and `questions` by language; `threshold` in tenths of a point of the mean (30 = 3.0).

    `anchors`: point -> language -> what it stands for; empty: the usual ones. `counts`: False stands outside the total and has
    no weight.
    """

    __tablename__ = "rating_criterion"
    __table_args__ = (UniqueConstraint("scheme_id", "code"), CheckConstraint("(weight > 0) = counts", name="weight"))

    id: Mapped[int] = mapped_column(primary_key=True)
    scheme_id: Mapped[int] = mapped_column(ForeignKey("rating_scheme.id"), index=True)
    no: Mapped[int]
    code: Mapped[str]
    titles: Mapped[dict[str, str]] = mapped_column(JSON)
    questions: Mapped[dict[str, str]] = mapped_column(JSON)
    weight: Mapped[int]
    threshold: Mapped[int | None]
    counts: Mapped[bool] = mapped_column(default=True, server_default=true())
    anchors: Mapped[dict[str, dict[str, str]]] = mapped_column(JSON, default=dict, server_default="{}")
    needs_identity: Mapped[bool] = mapped_column(default=False)


class Number(Base):
    """Under which number the committee knows a measure of a call: drawn by lot, so that it tells nothing about who proposes it.

    `committee_id`: which committee rates and decides it, settled when the rating opens (None: the scheme's own).
    """

    __tablename__ = "rating_number"
    __table_args__ = (UniqueConstraint("call_id", "no", name="uq_rating_number_once"),)

    measure_id: Mapped[int] = mapped_column(ForeignKey("measures_measure.id"), primary_key=True, autoincrement=False)
    call_id: Mapped[int] = mapped_column(ForeignKey("funds_call.id"))
    no: Mapped[int]
    committee_id: Mapped[int | None] = mapped_column(ForeignKey("rating_committee.id"))


class Assignment(Base):
    """Who is to score a measure, where not all members do. Without any row for a measure: all."""

    __tablename__ = "rating_assignment"

    measure_id: Mapped[int] = mapped_column(ForeignKey("measures_measure.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"), primary_key=True, index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"))
    at: Mapped[datetime]


class Sheet(Base):
    """One member's scores for one measure in one round. In a blind call: open, blind part locked (names open), signed.

    It names no case: neither the case file nor the applicant may learn from the history who has scored what.
    `source`: filled in on the screen, in a file, or typed from signed paper (then `scan_id`). `digest`: SHA-256 of what was
    signed. Changed after signing: the old one is void, with `because`, and the new one `replaces_id` it.
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
        CheckConstraint("source IN ('screen', 'file', 'paper')", name="source"),
        CheckConstraint("source <> 'paper' OR typed_by_id IS NOT NULL", name="typed"),
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
    source: Mapped[str] = mapped_column(default="screen", server_default="screen")
    typed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    scan_id: Mapped[int | None] = mapped_column(ForeignKey("files_file.id"))
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("rating_sheet.id"))
    because: Mapped[str] = mapped_column(default="", server_default="")
    digest: Mapped[str] = mapped_column(default="", server_default="")

    measure: Mapped[Measure] = relationship(lazy="raise_on_sql")
    scheme: Mapped[Scheme] = relationship(lazy="raise_on_sql")

    @property
    def assigned_to(self) -> tuple[int, ...]:
        return (self.person_id,)

    @property
    def status_of_case(self) -> str:
        return self.measure.status


class Score(Base):
    """Points for one criterion, 0 to the scheme's highest; None: not yet given, or the member cannot judge it."""

    __tablename__ = "rating_score"
    __table_args__ = (
        UniqueConstraint("sheet_id", "criterion_id"),
        CheckConstraint("points BETWEEN 0 AND 20", name="points"),
        CheckConstraint("NOT unjudged OR points IS NULL", name="unjudged"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    sheet_id: Mapped[int] = mapped_column(ForeignKey("rating_sheet.id"), index=True)
    criterion_id: Mapped[int] = mapped_column(ForeignKey("rating_criterion.id"))
    points: Mapped[int | None]
    unjudged: Mapped[bool] = mapped_column(default=False, server_default=false())
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
