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
        sa.ForeignKeyConstraint(["by_id"], ["people_person.id"], name=op.f("fk_presets_setting_by_id_people_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_presets_setting")),
    )
    op.create_index("ix_presets_setting_newest", "presets_setting", ["fund_id", "switch", "id"])
    only_grows("presets_setting")
    op.add_column(
        "disbursement_receipt", sa.Column("singly", sa.Boolean(), nullable=False, server_default=sa.true())
    )
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
            ["answered_by_id"], ["people_person.id"], name=op.f("fk_reminders_notice_answered_by_id_people_person")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["people_person.id"], name=op.f("fk_reminders_notice_by_id_people_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminders_notice")),
        sa.UniqueConstraint("key", name="uq_reminders_notice_key_once"),
    )
    op.create_index(op.f("ix_reminders_notice_case_id"), "reminders_notice", ["case_id"], unique=False)


def only_grows(table: str) -> None:
    """The triggers of a table that only grows; `only_grows()` itself stands in the first revision."""
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            refuse = f"SELECT RAISE(ABORT, '{table} only grows\\: no {verb}')"
            op.execute(sa.text(f'CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON "{table}" BEGIN {refuse}; END'))
    else:
        event, act = f'BEFORE UPDATE OR DELETE OR TRUNCATE ON "{table}"', "FOR EACH STATEMENT EXECUTE FUNCTION only_grows()"
        op.execute(sa.text(f"CREATE TRIGGER {table}_only_grows {event} {act}"))


def downgrade() -> None:
    op.drop_index(op.f("ix_reminders_notice_case_id"), "reminders_notice")
    op.drop_table("reminders_notice")
    op.drop_column("disbursement_report", "figures")
    op.drop_column("disbursement_receipt", "singly")
    op.drop_index("ix_presets_setting_newest", "presets_setting")
    op.drop_table("presets_setting")
    op.drop_column("people_branch", "names")
