from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ColumnElement, ForeignKey, Index, UniqueConstraint, func, or_, text
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fundapp.funds.models import Call, Fund
from fundapp.kit.database import Base, Minor
from fundapp.measures.lifecycle import Status
from fundapp.people.models import Branch, Organisation, Person

STATUSES = ", ".join(f"'{status}'" for status in Status)


class Measure(Base):
    """A measure from its first draft to its last evaluation: the case. Amounts are minor units of the fund's currency.

    `requested` follows the budget lines; `awarded`, `score` (tenths of a thousandth of a point), `contracted_on`, `funding_ends`
    and `settled_grant` are written by later rooms' verbs, because earlier stages ask for them.
    """

    __tablename__ = "measures_measure"
    __table_args__ = (
        CheckConstraint(f"status IN ({STATUSES})", name="status"),
        CheckConstraint("status = 'draft' OR number IS NOT NULL OR submitted_at IS NULL", name="numbered"),
        CheckConstraint(
            "status NOT IN ('approved', 'contracted', 'running', 'settled') OR awarded > 0", name="awarded"
        ),
        CheckConstraint(
            "contracted_on IS NOT NULL OR status NOT IN ('contracted', 'running', 'suspended', 'settled')",
            name="contracted",
        ),
        UniqueConstraint("number"),
        UniqueConstraint("imported_key", name="uq_measures_measure_imported_once"),
        Index("ix_measures_measure_status", "status", "id"),
        Index("ix_measures_measure_branch", "branch_id", "status"),
        Index("ix_measures_measure_check_branch", "check_branch_id"),
        Index("ix_measures_measure_owner", "owner_id"),
        Index("ix_measures_measure_call", "call_id", "status"),
        CheckConstraint("form IN ('first', 'short', 'full')", name="form"),
        CheckConstraint("confirmed_how IN ('', 'self', 'code', 'photo')", name="confirmed_how"),
        CheckConstraint("vat IN ('', 'none', 'not_recoverable', 'recoverable')", name="vat"),
        CheckConstraint("env_effect BETWEEN -2 AND 2", name="env_effect"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str | None]
    status: Mapped[str] = mapped_column(default=Status.DRAFT)
    fund_id: Mapped[int] = mapped_column(ForeignKey("funds_fund.id"), index=True)
    call_id: Mapped[int | None] = mapped_column(ForeignKey("funds_call.id"))
    branch_id: Mapped[int | None] = mapped_column(ForeignKey("people_branch.id"))
    check_branch_id: Mapped[int | None] = mapped_column(ForeignKey("people_branch.id"))  # checks where its own cannot
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    prepared_by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))  # the officer who wrote it
    confirmed_at: Mapped[datetime | None]  # the applicant's confirmation of what an officer wrote
    confirmed_how: Mapped[str] = mapped_column(
        default="", server_default=""
    )  # signed in themselves, by a code, or by a photo of the signed page
    confirmation_file_id: Mapped[int | None] = mapped_column(ForeignKey("files_file.id"))
    form: Mapped[str] = mapped_column(
        default="full", server_default="first"
    )  # which form was filled in: first, short or full (codes.SECTIONS)
    copied_from_id: Mapped[int | None] = mapped_column(ForeignKey("measures_measure.id"))
    paper_received_at: Mapped[datetime | None]  # over the counter: this moment counts against the deadline
    paper_received_by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    paper_file_id: Mapped[int | None] = mapped_column(ForeignKey("files_file.id"))  # photo of its first page
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("people_organisation.id"))
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]  # the first time; sent again after it was returned, it stays
    admitted_late: Mapped[bool] = mapped_column(default=False)
    return_by: Mapped[date | None]  # new deadline after it was sent back
    returned_at: Mapped[datetime | None]
    asked: Mapped[list[dict[str, str]]] = mapped_column(
        JSON, default=list, server_default="[]"
    )  # what was asked for when sent back: section, field, words

    # 1 Measure
    title: Mapped[str] = mapped_column(default="")
    short_title: Mapped[str] = mapped_column(default="")
    summary: Mapped[str] = mapped_column(default="")
    region: Mapped[str] = mapped_column(default="")
    place: Mapped[str] = mapped_column(default="")
    topic: Mapped[str] = mapped_column(default="")
    intervention: Mapped[str] = mapped_column(default="")
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    # 4 Problem, 5 objective and results, 8 public benefit, 10 sustainability
    bottleneck_id: Mapped[int | None] = mapped_column(ForeignKey("regions_bottleneck.id"))
    no_bottleneck: Mapped[str] = mapped_column(default="")
    problem: Mapped[str] = mapped_column(default="")
    objective: Mapped[str] = mapped_column(default="")
    outputs: Mapped[str] = mapped_column(default="")
    outcomes: Mapped[str] = mapped_column(default="")
    visible_effect: Mapped[str] = mapped_column(default="")
    visible_by: Mapped[date | None]
    public_benefit: Mapped[str] = mapped_column(default="")
    breadth: Mapped[int | None]
    breadth_method: Mapped[str] = mapped_column(default="")
    after_funding: Mapped[str] = mapped_column(default="")
    # 2, 9, 13, 14, 16 and the call's own questions
    organisation_note: Mapped[str] = mapped_column(default="")  # capacity and earlier work
    staff_female: Mapped[int | None]
    staff_male: Mapped[int | None]
    annual_budget: Mapped[Minor | None]
    env_effect: Mapped[int | None]  # from -2, harms, to +2, helps
    env_note: Mapped[str] = mapped_column(default="", server_default="")
    land: Mapped[str] = mapped_column(
        default="", server_default=""
    )  # yes or no: land is used otherwise, or people move
    permits: Mapped[str] = mapped_column(default="", server_default="")
    vat: Mapped[str] = mapped_column(default="", server_default="")
    own_when: Mapped[str] = mapped_column(
        default="", server_default=""
    )  # when the own part comes: after the cashmere, in May
    own_by: Mapped[date | None]
    in_kind_note: Mapped[str] = mapped_column(default="", server_default="")  # how work, animals and rooms were valued
    supported: Mapped[str] = mapped_column(
        default="", server_default=""
    )  # yes or no: other support in the last three years
    open_duties: Mapped[str] = mapped_column(
        default="", server_default=""
    )  # advances not accounted for, reports overdue
    answers: Mapped[dict[str, Any]] = mapped_column(
        JSON, default=dict, server_default="{}"
    )  # question of the call -> answer
    declarations: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # code -> true; name, place, date
    consents_withdrawn: Mapped[dict[str, str]] = mapped_column(
        JSON, default=dict, server_default="{}"
    )  # consent -> moment, ISO
    # facts that later rooms store here
    requested: Mapped[Minor] = mapped_column(default=0)
    total_cost: Mapped[Minor] = mapped_column(default=0)
    score: Mapped[int | None]
    awarded: Mapped[Minor | None]
    conditions: Mapped[str] = mapped_column(default="")
    decided_on: Mapped[date | None]
    reserved_until: Mapped[date | None]
    plan_fitted_at: Mapped[datetime | None]
    contracted_on: Mapped[date | None]
    funding_ends: Mapped[date | None]
    settled_grant: Mapped[Minor | None]
    # take over
    imported_key: Mapped[str | None]
    imported_row: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    recipient_name: Mapped[str] = mapped_column(default="")  # the name as given, stays with the grant

    fund: Mapped[Fund] = relationship(lazy="raise_on_sql")
    call: Mapped[Call | None] = relationship(lazy="raise_on_sql")
    branch: Mapped[Branch | None] = relationship(lazy="raise_on_sql", foreign_keys=[branch_id])
    owner: Mapped[Person | None] = relationship(lazy="raise_on_sql", foreign_keys=[owner_id])
    organisation: Mapped[Organisation | None] = relationship(lazy="raise_on_sql")

    @property
    def case_id(self) -> int:
        return self.id

    @hybrid_property
    def fits_award(self) -> bool:
        """Whether nothing was cut, or the plan has been fitted to the award and accepted; also in questions."""
        return self.plan_fitted_at is not None or (self.awarded or 0) >= self.requested

    @fits_award.inplace.expression
    @classmethod
    def _fits_award(cls) -> ColumnElement[bool]:
        return or_(cls.plan_fitted_at.is_not(None), func.coalesce(cls.awarded, 0) >= cls.requested)


class Part(Base):
    """What every part of a proposal has."""

    __abstract__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    measure_id: Mapped[int] = mapped_column(ForeignKey("measures_measure.id"), index=True)


class Party(Part):
    """Who acts, who signs (a sponsor where the group has no legal form), who holds the account, who reports."""

    __tablename__ = "measures_party"
    __table_args__ = (
        UniqueConstraint("measure_id", "part"),
        CheckConstraint("part IN ('acts', 'signs', 'account', 'reports')", name="part"),
    )

    part: Mapped[str]
    organisation: Mapped[str]
    person: Mapped[str] = mapped_column(default="")
    function: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    bank: Mapped[str] = mapped_column(default="")
    account: Mapped[str] = mapped_column(default="")


class Row(Part):
    """A row of a page of the form; `slot` is its number in the names of the page's fields and stays its own."""

    __abstract__ = True

    slot: Mapped[int] = mapped_column(default=0, server_default="0")


class Typed(Part):
    """What was typed on a page of the form and is not taken over yet: field -> text, as the writer writes numbers and dates."""

    __tablename__ = "measures_typed"
    __table_args__ = (UniqueConstraint("measure_id", "section", name="uq_measures_typed_section_once"),)

    section: Mapped[str]
    content: Mapped[dict[str, str]] = mapped_column(JSON)
    locale: Mapped[str]
    by_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"))
    at: Mapped[datetime]


class Partner(Row):
    """A partner or key person, and why they are engaged. `sector` shows which of the three sectors take part."""

    __tablename__ = "measures_partner"

    name: Mapped[str]
    sector: Mapped[str]
    role: Mapped[str] = mapped_column(default="")
    contribution: Mapped[str] = mapped_column(default="")
    key_person: Mapped[bool] = mapped_column(default=False)
    why: Mapped[str] = mapped_column(default="", server_default="")


class Activity(Row):
    """What is done, by whom, from when to when, within the measure; a milestone is reached on its last day."""

    __tablename__ = "measures_activity"
    __table_args__ = (CheckConstraint("ends_on >= starts_on", name="in_order"),)

    title: Mapped[str]
    responsible: Mapped[str] = mapped_column(default="")
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    milestone: Mapped[bool] = mapped_column(default=False)


class Risk(Row):
    """What can go wrong: how likely and how grave (1 to 5), what is done about it, and by whom."""

    __tablename__ = "measures_risk"
    __table_args__ = (CheckConstraint("likelihood BETWEEN 1 AND 5 AND impact BETWEEN 1 AND 5", name="grades"),)

    text: Mapped[str]
    likelihood: Mapped[int] = mapped_column(default=3)
    impact: Mapped[int] = mapped_column(default=3)
    mitigation: Mapped[str] = mapped_column(default="")
    owner: Mapped[str] = mapped_column(default="")


class Support(Row):
    """A grant or other support of the last three years; minor units of the fund's currency."""

    __tablename__ = "measures_support"

    giver: Mapped[str]
    purpose: Mapped[str] = mapped_column(default="")
    year: Mapped[int]
    amount: Mapped[Minor] = mapped_column(default=0)
    ended: Mapped[bool] = mapped_column(default=False)


class TargetGroup(Row):
    """Persons reached: female + male + not stated = total; youth, vulnerable and disabled are each part of it."""

    __tablename__ = "measures_target_group"
    __table_args__ = (
        CheckConstraint("female + male + not_stated = total", name="adds_up"),
        CheckConstraint("youth <= total AND vulnerable <= total AND disability <= total", name="parts"),
    )

    label: Mapped[str]
    total: Mapped[int]
    female: Mapped[int] = mapped_column(default=0)
    male: Mapped[int] = mapped_column(default=0)
    not_stated: Mapped[int] = mapped_column(default=0)
    youth: Mapped[int] = mapped_column(default=0)
    vulnerable: Mapped[int] = mapped_column(default=0)
    disability: Mapped[int] = mapped_column(default=0)


class Indicator(Row):
    """What is promised; `code` of a fund indicator (people_trained, jobs, higher_income) or 'own'. Values in thousandths."""

    __tablename__ = "measures_indicator"

    code: Mapped[str]
    title: Mapped[str]
    unit: Mapped[str] = mapped_column(default="")
    baseline: Mapped[Minor] = mapped_column(default=0)
    target: Mapped[Minor]
    due_on: Mapped[date | None]
    verification: Mapped[str] = mapped_column(default="")


class BudgetLine(Row):
    """A line of the budget with who pays for it; quantity in thousandths, money in minor units; the sources add up to the amount."""

    __tablename__ = "measures_budget_line"
    __table_args__ = (
        UniqueConstraint("measure_id", "no"),
        CheckConstraint("quantity > 0 AND unit_price >= 0 AND amount >= 0", name="positive"),
        CheckConstraint(
            "from_grant >= 0 AND own_cash >= 0 AND in_kind >= 0 AND local_government >= 0 AND other_donor >= 0 AND revenue >= 0",
            name="sources_positive",
        ),
        CheckConstraint(
            "from_grant + own_cash + in_kind + local_government + other_donor + revenue = amount", name="sources_add_up"
        ),
    )

    no: Mapped[int]
    category: Mapped[str]
    description: Mapped[str]
    unit: Mapped[str] = mapped_column(default="")
    quantity: Mapped[Minor]
    unit_price: Mapped[Minor]
    amount: Mapped[Minor]
    from_grant: Mapped[Minor] = mapped_column(default=0)
    own_cash: Mapped[Minor] = mapped_column(default=0)
    in_kind: Mapped[Minor] = mapped_column(default=0)
    local_government: Mapped[Minor] = mapped_column(default=0)
    other_donor: Mapped[Minor] = mapped_column(default=0)
    revenue: Mapped[Minor] = mapped_column(default=0)
    quoted_by: Mapped[str] = mapped_column(default="", server_default="")  # whose offer the price comes from
    quoted_on: Mapped[date | None]
    quoted_until: Mapped[date | None]


class Annex(Part):
    """A file of the proposal; a newer one of the same kind replaces it, both are kept."""

    __tablename__ = "measures_annex"

    kind: Mapped[str]
    file_id: Mapped[int] = mapped_column(ForeignKey("files_file.id"))
    replaced_at: Mapped[datetime | None]


class Snapshot(Part):
    """The whole proposal frozen as canonical JSON: at submission, before and after the plan was fitted to the award."""

    __tablename__ = "measures_snapshot"

    occasion: Mapped[str]  # submitted, before_fit, fitted
    taken_at: Mapped[datetime]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    sha256: Mapped[str]


class Correction(Part):
    """A slip of the pen put right by the office after the proposal was sent: never an amount or the purpose. The applicant sees both texts."""

    __tablename__ = "measures_correction"

    section: Mapped[str]
    field: Mapped[str]
    before: Mapped[str]
    after: Mapped[str]
    because: Mapped[str]
    by_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"))
    at: Mapped[datetime]
    objected_at: Mapped[datetime | None]
    objection: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None]


class Check(Part):
    """The answer to one check of the eligibility list. Computed ones carry their evidence."""

    __tablename__ = "measures_check"
    __table_args__ = (
        UniqueConstraint("measure_id", "code"),
        CheckConstraint("result IN ('pass', 'fail', 'n/a', 'cured')", name="result"),
    )

    code: Mapped[str]
    result: Mapped[str]
    why: Mapped[str] = mapped_column(
        default="", server_default=""
    )  # a reason of the list (grounds.py), before the words of `reason`
    reason: Mapped[str] = mapped_column(default="")
    looked: Mapped[dict[str, str]] = mapped_column(
        JSON, default=dict, server_default="{}"
    )  # into which list, on which day, what was found
    by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    at: Mapped[datetime]


class Help(Part):
    """Who helped with a proposal besides `prepared_by`. Explaining the rules bars nobody; who typed or wrote does not check it."""

    __tablename__ = "measures_help"
    __table_args__ = (
        UniqueConstraint("measure_id", "person_id", "kind", name="uq_measures_help_once"),
        CheckConstraint("kind IN ('explained', 'typed', 'wrote')", name="kind"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"))
    kind: Mapped[str]
    at: Mapped[datetime]


class Declaration(Part):
    """Whether a person has a conflict of interest in this measure. `kind` says which; none: free. A late one keeps its moment."""

    __tablename__ = "measures_declaration"
    __table_args__ = (
        Index(
            "uq_measures_declaration_once",
            "measure_id",
            "person_id",
            unique=True,
            sqlite_where=text("replaced_at IS NULL"),
            postgresql_where=text("replaced_at IS NULL"),
        ),
        Index("ix_measures_declaration_person", "person_id"),
        CheckConstraint("conflict = (kind IS NOT NULL)", name="conflict_has_kind"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"))
    conflict: Mapped[bool]
    kind: Mapped[str | None]
    explanation: Mapped[str] = mapped_column(default="")
    declared_at: Mapped[datetime]
    replaced_at: Mapped[datetime | None]


class FoundConflict(Part):
    """A conflict of interest that a rule of the rating has found. It closes the measure as a declared one does, until a chair waives it.

    `evidence`: what the rule compared, as values for its sentence (rating/clues.py).
    """

    __tablename__ = "measures_found_conflict"
    __table_args__ = (
        UniqueConstraint("measure_id", "person_id", "rule", name="uq_measures_found_conflict_once"),
        Index("ix_measures_found_conflict_person", "person_id"),
        CheckConstraint("(waived_at IS NULL) = (waived_by_id IS NULL)", name="waived"),
        CheckConstraint("waived_at IS NULL OR because <> ''", name="reason"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"))
    rule: Mapped[str]
    evidence: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    found_at: Mapped[datetime]
    waived_at: Mapped[datetime | None]
    waived_by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    because: Mapped[str] = mapped_column(default="")
