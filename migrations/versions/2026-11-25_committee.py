"""The rating committee: conflicts that rules find, assignment, schemes as data, meetings on the screen, and what follows them."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_25_committee"
down_revision = "2026_11_24_proposals"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _tables()
    _committees()
    _schemes()
    _sheets()
    _meetings()


def downgrade() -> None:
    _meetings_back()
    _sheets_back()
    _schemes_back()
    _committees_back()
    for table in TABLES:
        op.drop_table(table)


def _flag(name: str, default: sa.sql.expression.ColumnElement[bool]) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False, server_default=default)


def _words(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=False, server_default="")


def _maybe(name: str, kind: sa.types.TypeEngine[object]) -> sa.Column[object]:
    return sa.Column(name, kind, nullable=True)


TABLES = (
    "rating_vote",
    "rating_clearance",
    "rating_panel",
    "measures_found_conflict",
    "rating_complaint",
    "rating_assignment",
    "rating_agenda_item",
    "rating_addendum",
    "rating_interest",
)


def _tables() -> None:
    op.create_table(
        "rating_interest",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["people_organisation.id"], name=op.f("fk_rating_interest_organisation_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people_person.id"], name=op.f("fk_rating_interest_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating_interest")),
    )
    op.create_index("ix_rating_interest_organisation_id", "rating_interest", ["organisation_id"])
    op.create_index("ix_rating_interest_person_id", "rating_interest", ["person_id"])

    op.create_table(
        "rating_addendum",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["people_person.id"], name=op.f("fk_rating_addendum_by_id")),
        sa.ForeignKeyConstraint(["meeting_id"], ["rating_meeting.id"], name=op.f("fk_rating_addendum_meeting_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating_addendum")),
        sa.UniqueConstraint("meeting_id", "no", name="uq_rating_addendum_once"),
    )
    op.create_table(
        "rating_agenda_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("measure_id", sa.Integer(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("voting_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("voting_to", sa.DateTime(timezone=True), nullable=True),
        sa.Column("yes", sa.Integer(), nullable=False),
        sa.Column("no_votes", sa.Integer(), nullable=False),
        sa.Column("abstained", sa.Integer(), nullable=False),
        sa.CheckConstraint("voting_to IS NULL OR voting_from IS NOT NULL", name=op.f("ck_rating_agenda_item_voting")),
        sa.ForeignKeyConstraint(["measure_id"], ["measures_measure.id"], name=op.f("fk_rating_agenda_item_measure_id")),
        sa.ForeignKeyConstraint(["meeting_id"], ["rating_meeting.id"], name=op.f("fk_rating_agenda_item_meeting_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating_agenda_item")),
        sa.UniqueConstraint("meeting_id", "measure_id", name="uq_rating_agenda_item_once"),
    )
    op.create_index("ix_rating_agenda_item_measure_id", "rating_agenda_item", ["measure_id"])

    op.create_table(
        "rating_assignment",
        sa.Column("measure_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["people_person.id"], name=op.f("fk_rating_assignment_by_id")),
        sa.ForeignKeyConstraint(["measure_id"], ["measures_measure.id"], name=op.f("fk_rating_assignment_measure_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people_person.id"], name=op.f("fk_rating_assignment_person_id")),
        sa.PrimaryKeyConstraint("measure_id", "person_id", name=op.f("pk_rating_assignment")),
    )
    op.create_index("ix_rating_assignment_person_id", "rating_assignment", ["person_id"])

    op.create_table(
        "rating_complaint",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("measure_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("upheld", sa.Boolean(), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "answered_at IS NULL OR (answer <> '' AND answered_by_id IS NOT NULL)",
            name=op.f("ck_rating_complaint_answer"),
        ),
        sa.CheckConstraint("(answered_at IS NULL) = (upheld IS NULL)", name=op.f("ck_rating_complaint_answered")),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["people_person.id"], name=op.f("fk_rating_complaint_answered_by_id")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["people_person.id"], name=op.f("fk_rating_complaint_by_id")),
        sa.ForeignKeyConstraint(["measure_id"], ["measures_measure.id"], name=op.f("fk_rating_complaint_measure_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating_complaint")),
    )
    op.create_index("ix_rating_complaint_measure_id", "rating_complaint", ["measure_id"])
    op.create_index(
        "uq_rating_complaint_open_once",
        "rating_complaint",
        ["measure_id"],
        unique=True,
        sqlite_where=sa.text("answered_at IS NULL"),
        postgresql_where=sa.text("answered_at IS NULL"),
    )

    op.create_table(
        "measures_found_conflict",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("measure_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("waived_by_id", sa.Integer(), nullable=True),
        sa.Column("because", sa.String(), nullable=False),
        sa.CheckConstraint("waived_at IS NULL OR because <> ''", name=op.f("ck_measures_found_conflict_reason")),
        sa.CheckConstraint(
            "(waived_at IS NULL) = (waived_by_id IS NULL)", name=op.f("ck_measures_found_conflict_waived")
        ),
        sa.ForeignKeyConstraint(
            ["measure_id"], ["measures_measure.id"], name=op.f("fk_measures_found_conflict_measure_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people_person.id"], name=op.f("fk_measures_found_conflict_person_id")),
        sa.ForeignKeyConstraint(
            ["waived_by_id"], ["people_person.id"], name=op.f("fk_measures_found_conflict_waived_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measures_found_conflict")),
        sa.UniqueConstraint("measure_id", "person_id", "rule", name="uq_measures_found_conflict_once"),
    )
    op.create_index("ix_measures_found_conflict_measure_id", "measures_found_conflict", ["measure_id"])
    op.create_index("ix_measures_found_conflict_person", "measures_found_conflict", ["person_id"])

    op.create_table(
        "rating_panel",
        sa.Column("scheme_id", sa.Integer(), nullable=False),
        sa.Column("committee_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["committee_id"], ["rating_committee.id"], name=op.f("fk_rating_panel_committee_id")),
        sa.ForeignKeyConstraint(["scheme_id"], ["rating_scheme.id"], name=op.f("fk_rating_panel_scheme_id")),
        sa.PrimaryKeyConstraint("scheme_id", "committee_id", name=op.f("pk_rating_panel")),
    )
    op.create_index("ix_rating_panel_committee_id", "rating_panel", ["committee_id"])

    op.create_table(
        "rating_clearance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("key_hash", sa.String(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("answered_by", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("answer IN ('agreed', 'objected')", name=op.f("ck_rating_clearance_answer")),
        sa.CheckConstraint(
            "answer IS NULL OR answer = 'agreed' OR note <> ''", name=op.f("ck_rating_clearance_reason")
        ),
        sa.CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name=op.f("ck_rating_clearance_answered")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["people_person.id"], name=op.f("fk_rating_clearance_asked_by_id")),
        sa.ForeignKeyConstraint(["decision_id"], ["rating_decision.id"], name=op.f("fk_rating_clearance_decision_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating_clearance")),
        sa.UniqueConstraint("decision_id", "email", name="uq_rating_clearance_once"),
        sa.UniqueConstraint("key_hash", name=op.f("uq_rating_clearance_key_hash")),
    )
    op.create_table(
        "rating_vote",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("choice", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("choice IN ('yes', 'no', 'abstain')", name=op.f("ck_rating_vote_choice")),
        sa.ForeignKeyConstraint(["item_id"], ["rating_agenda_item.id"], name=op.f("fk_rating_vote_item_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people_person.id"], name=op.f("fk_rating_vote_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating_vote")),
        sa.UniqueConstraint("item_id", "person_id", name="uq_rating_vote_once"),
    )


def _committees() -> None:
    op.add_column("rating_committee", sa.Column("regions", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("rating_committee", _maybe("ceiling", sa.BigInteger()))
    with op.batch_alter_table("rating_member") as table:
        table.add_column(_flag("deputy", sa.false()))
        table.add_column(_maybe("substitute", sa.Integer()))
        table.add_column(_maybe("woman", sa.Boolean()))
        table.add_column(_maybe("until", sa.Date()))
        table.create_check_constraint(
            op.f("ck_rating_member_substitute"),
            "substitute IS NULL OR (substitute > 0 AND voting AND NOT chair AND NOT deputy)",
        )
        table.create_check_constraint(op.f("ck_rating_member_deputy"), "NOT (chair AND deputy)")
    with op.batch_alter_table("rating_number") as table:
        table.add_column(_maybe("committee_id", sa.Integer()))
        table.create_foreign_key(op.f("fk_rating_number_committee_id"), "rating_committee", ["committee_id"], ["id"])


def _committees_back() -> None:
    with op.batch_alter_table("rating_number") as table:
        table.drop_constraint(op.f("fk_rating_number_committee_id"), type_="foreignkey")
        table.drop_column("committee_id")
    with op.batch_alter_table("rating_member") as table:
        table.drop_constraint(op.f("ck_rating_member_deputy"), type_="check")
        table.drop_constraint(op.f("ck_rating_member_substitute"), type_="check")
        for name in ("until", "woman", "substitute", "deputy"):
            table.drop_column(name)
    op.drop_column("rating_committee", "ceiling")
    op.drop_column("rating_committee", "regions")


def _schemes() -> None:
    """What every scheme had so far is the default; those that exist draw by one seed, which is on record here."""
    for column in (
        sa.Column("highest", sa.Integer(), nullable=False, server_default="5"),
        sa.Column("comment_for", sa.JSON(), nullable=False, server_default="[0, 1, 2, 5]"),
        _maybe("per_proposal", sa.Integer()),
        _flag("secret", sa.false()),
        _maybe("clearance_above", sa.BigInteger()),
        sa.Column("complaint_reserve", sa.BigInteger(), nullable=False, server_default="0"),
        _maybe("branch_ceiling", sa.BigInteger()),
        sa.Column("seed", sa.Integer(), nullable=False, server_default="20261125"),
    ):
        op.add_column("rating_scheme", column)
    with op.batch_alter_table("rating_criterion") as table:
        table.add_column(_flag("counts", sa.true()))
        table.add_column(sa.Column("anchors", sa.JSON(), nullable=False, server_default="{}"))
        table.drop_constraint(op.f("ck_rating_criterion_weight"), type_="check")
        table.create_check_constraint(op.f("ck_rating_criterion_weight"), "(weight > 0) = counts")


def _schemes_back() -> None:
    op.execute("DELETE FROM rating_score WHERE criterion_id IN (SELECT id FROM rating_criterion WHERE NOT counts)")
    op.execute("DELETE FROM rating_criterion WHERE NOT counts")
    with op.batch_alter_table("rating_criterion") as table:
        table.drop_constraint(op.f("ck_rating_criterion_weight"), type_="check")
        table.create_check_constraint(op.f("ck_rating_criterion_weight"), "weight > 0")
        table.drop_column("anchors")
        table.drop_column("counts")
    for name in (
        "seed", "branch_ceiling", "complaint_reserve", "clearance_above", "secret", "per_proposal", "comment_for", "highest",
    ):  # fmt: skip
        op.drop_column("rating_scheme", name)


def _sheets() -> None:
    with op.batch_alter_table("rating_score") as table:
        table.add_column(_flag("unjudged", sa.false()))
        table.drop_constraint(op.f("ck_rating_score_points"), type_="check")
        table.create_check_constraint(op.f("ck_rating_score_points"), "points BETWEEN 0 AND 20")
        table.create_check_constraint(op.f("ck_rating_score_unjudged"), "NOT unjudged OR points IS NULL")
    with op.batch_alter_table("rating_sheet") as table:
        table.add_column(sa.Column("source", sa.String(), nullable=False, server_default="screen"))
        for name in ("typed_by_id", "scan_id", "replaces_id"):
            table.add_column(_maybe(name, sa.Integer()))
        table.add_column(_words("because"))
        table.add_column(_words("digest"))
        table.create_foreign_key(op.f("fk_rating_sheet_typed_by_id"), "people_person", ["typed_by_id"], ["id"])
        table.create_foreign_key(op.f("fk_rating_sheet_scan_id"), "files_file", ["scan_id"], ["id"])
        table.create_foreign_key(op.f("fk_rating_sheet_replaces_id"), "rating_sheet", ["replaces_id"], ["id"])
        table.create_check_constraint(op.f("ck_rating_sheet_source"), "source IN ('screen', 'file', 'paper')")
        table.create_check_constraint(op.f("ck_rating_sheet_typed"), "source <> 'paper' OR typed_by_id IS NOT NULL")


def _sheets_back() -> None:
    """Scores on a longer scale than five have no place in the earlier table."""
    with op.batch_alter_table("rating_sheet") as table:
        for name in ("typed", "source"):
            table.drop_constraint(op.f(f"ck_rating_sheet_{name}"), type_="check")
        for name in ("replaces_id", "scan_id", "typed_by_id"):
            table.drop_constraint(op.f(f"fk_rating_sheet_{name}"), type_="foreignkey")
        for name in ("digest", "because", "replaces_id", "scan_id", "typed_by_id", "source"):
            table.drop_column(name)
    op.execute("UPDATE rating_score SET points = 5 WHERE points > 5")
    with op.batch_alter_table("rating_score") as table:
        table.drop_constraint(op.f("ck_rating_score_unjudged"), type_="check")
        table.drop_constraint(op.f("ck_rating_score_points"), type_="check")
        table.create_check_constraint(op.f("ck_rating_score_points"), "points BETWEEN 0 AND 5")
        table.drop_column("unjudged")


def _meetings() -> None:
    op.drop_index("uq_rating_meeting_open_once", "rating_meeting")
    with op.batch_alter_table("rating_meeting") as table:
        table.add_column(_flag("written", sa.false()))
        table.add_column(_maybe("answer_by", sa.Date()))
        for name in ("starts_at", "invited_at", "began_at"):
            table.add_column(_maybe(name, sa.DateTime(timezone=True)))
        table.add_column(_flag("secret", sa.false()))
        table.add_column(_maybe("current_id", sa.Integer()))
        table.create_check_constraint(op.f("ck_rating_meeting_written"), "NOT written OR answer_by IS NOT NULL")
    open_ = sa.text("status = 'open'")
    op.create_index(
        "uq_rating_meeting_open_once", "rating_meeting", ["call_id", "committee_id"], unique=True,
        sqlite_where=open_, postgresql_where=open_,
    )  # fmt: skip
    with op.batch_alter_table("rating_decision") as table:
        for name in ("rule", "deviation", "feedback"):
            table.add_column(_words(name))
        table.add_column(_maybe("casting", sa.String()))
        table.add_column(sa.Column("present", sa.JSON(), nullable=False, server_default="[]"))
        for name in ("countersigned", "feedback"):
            table.add_column(_maybe(f"{name}_by_id", sa.Integer()))
            table.add_column(_maybe(f"{name}_at", sa.DateTime(timezone=True)))
            table.create_foreign_key(
                op.f(f"fk_rating_decision_{name}_by_id"), "people_person", [f"{name}_by_id"], ["id"]
            )
        table.add_column(_flag("waits", sa.false()))
        table.create_check_constraint(op.f("ck_rating_decision_casting"), "casting IN ('yes', 'no')")
        table.create_check_constraint(
            op.f("ck_rating_decision_countersigned"), "(countersigned_by_id IS NULL) = (countersigned_at IS NULL)"
        )
        table.create_check_constraint(op.f("ck_rating_decision_waits"), "NOT waits OR outcome = 'approve'")


def _meetings_back() -> None:
    with op.batch_alter_table("rating_decision") as table:
        for name in ("waits", "countersigned", "casting"):
            table.drop_constraint(op.f(f"ck_rating_decision_{name}"), type_="check")
        table.drop_column("waits")
        for name in ("feedback", "countersigned"):
            table.drop_constraint(op.f(f"fk_rating_decision_{name}_by_id"), type_="foreignkey")
            table.drop_column(f"{name}_at")
            table.drop_column(f"{name}_by_id")
        for name in ("present", "casting", "feedback", "deviation", "rule"):
            table.drop_column(name)
    op.drop_index("uq_rating_meeting_open_once", "rating_meeting")
    with op.batch_alter_table("rating_meeting") as table:
        table.drop_constraint(op.f("ck_rating_meeting_written"), type_="check")
        for name in ("current_id", "secret", "began_at", "invited_at", "starts_at", "answer_by", "written"):
            table.drop_column(name)
    open_ = sa.text("status = 'open'")
    op.create_index(
        "uq_rating_meeting_open_once",
        "rating_meeting",
        ["call_id"],
        unique=True,
        sqlite_where=open_,
        postgresql_where=open_,
    )
