"""Office."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_office"
down_revision = "2026_11_22_first_rooms"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("people_branch", sa.Column("names", sa.JSON(), nullable=False, server_default="{}"))
    op.create_table(
        "presets_setting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("switch", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("fund_id", sa.Integer(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["people_person.id"], name=op.f("fk_presets_setting_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_presets_setting")),
    )
    op.create_index("ix_presets_setting_newest", "presets_setting", ["fund_id", "switch", "id"])
    only_grows("presets_setting")
    op.add_column("disbursement_receipt", sa.Column("singly", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("disbursement_report", sa.Column("figures", sa.JSON(), nullable=False, server_default="{}"))
    op.create_table(
        "reminders_notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=True),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind IN ('changed', 'call_back')", name=op.f("ck_reminders_notice_kind")),
        sa.CheckConstraint("kind <> 'changed' OR words <> ''", name=op.f("ck_reminders_notice_said")),
        sa.CheckConstraint("taken_back_at IS NULL OR answered_at IS NULL", name=op.f("ck_reminders_notice_ended")),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["people_person.id"], name=op.f("fk_reminders_notice_answered_by_id")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["people_person.id"], name=op.f("fk_reminders_notice_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminders_notice")),
        sa.UniqueConstraint("key", name="uq_reminders_notice_key_once"),
    )
    op.create_index(op.f("ix_reminders_notice_case_id"), "reminders_notice", ["case_id"], unique=False)
    op.create_table(
        "people_deputy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("deputy_id", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("person_id <> deputy_id", name=op.f("ck_people_deputy_two_persons")),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_people_deputy_in_order")),
        sa.ForeignKeyConstraint(["by_id"], ["people_person.id"], name=op.f("fk_people_deputy_by_id")),
        sa.ForeignKeyConstraint(["deputy_id"], ["people_person.id"], name=op.f("fk_people_deputy_deputy_id")),
        sa.ForeignKeyConstraint(["ended_by_id"], ["people_person.id"], name=op.f("fk_people_deputy_ended_by_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people_person.id"], name=op.f("fk_people_deputy_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_deputy")),
    )
    op.create_index(op.f("ix_people_deputy_deputy_id"), "people_deputy", ["deputy_id"], unique=False)
    op.create_index(op.f("ix_people_deputy_person_id"), "people_deputy", ["person_id"], unique=False)
    op.create_table(
        "backups_folder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["people_person.id"], name=op.f("fk_backups_folder_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backups_folder")),
    )
    only_grows("backups_folder")
    op.create_table(
        "backups_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("claim", sa.String(), nullable=True),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("file", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("files", sa.Integer(), nullable=False),
        sa.Column("missing", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(claim IS NULL) = (asked_at IS NOT NULL)", name=op.f("ck_backups_run_asked_or_nightly")),
        sa.CheckConstraint("ended_at IS NULL OR began_at IS NOT NULL", name=op.f("ck_backups_run_begun")),
        sa.CheckConstraint(
            "ended_at IS NULL OR (error = '') = (sha256 <> '')", name=op.f("ck_backups_run_file_or_error")
        ),
        sa.ForeignKeyConstraint(["asked_by_id"], ["people_person.id"], name=op.f("fk_backups_run_asked_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backups_run")),
        sa.UniqueConstraint("claim", name="uq_backups_run_once"),
    )
    op.create_index("ix_backups_run_ended", "backups_run", ["ended_at"], unique=False)
    op.add_column("history_entry", sa.Column("for_id", sa.Integer(), nullable=True))
    op.add_column("people_role_held", sa.Column("succeeds_id", sa.Integer(), nullable=True))


def only_grows(table: str) -> None:
    """The triggers of a table that only grows; `only_grows()` itself stands in the first revision."""
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            refuse = f"SELECT RAISE(ABORT, '{table} only grows\\: no {verb}')"
            op.execute(sa.text(f'CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON "{table}" BEGIN {refuse}; END'))
    else:
        event, act = (
            f'BEFORE UPDATE OR DELETE OR TRUNCATE ON "{table}"',
            "FOR EACH STATEMENT EXECUTE FUNCTION only_grows()",
        )
        op.execute(sa.text(f"CREATE TRIGGER {table}_only_grows {event} {act}"))


def downgrade() -> None:
    op.drop_column("people_role_held", "succeeds_id")
    op.drop_column("history_entry", "for_id")
    op.drop_index("ix_backups_run_ended", "backups_run")
    op.drop_table("backups_run")
    op.drop_table("backups_folder")
    op.drop_index(op.f("ix_people_deputy_person_id"), "people_deputy")
    op.drop_index(op.f("ix_people_deputy_deputy_id"), "people_deputy")
    op.drop_table("people_deputy")
    op.drop_index(op.f("ix_reminders_notice_case_id"), "reminders_notice")
    op.drop_table("reminders_notice")
    op.drop_column("disbursement_report", "figures")
    op.drop_column("disbursement_receipt", "singly")
    op.drop_index("ix_presets_setting_newest", "presets_setting")
    op.drop_table("presets_setting")
    op.drop_column("people_branch", "names")
