"""First rooms."""

from textwrap import dedent

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_first_rooms"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "files_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("branch_id", sa.Integer(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("size >= 0", name=op.f("ck_files_file_size")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_files_file")),
    )
    op.create_index(op.f("ix_files_file_case_id"), "files_file", ["case_id"], unique=False)
    op.create_index(op.f("ix_files_file_sha256"), "files_file", ["sha256"], unique=False)
    op.create_index(op.f("ix_files_file_subject"), "files_file", ["subject"], unique=False)

    op.create_table(
        "funds_counter",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_funds_counter")),
    )
    op.create_table(
        "funds_fund",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("preset", sa.String(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("preset IN ('small', 'national')", name=op.f("ck_funds_fund_preset")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_funds_fund")),
        sa.UniqueConstraint("code", name=op.f("uq_funds_fund_code")),
    )
    op.create_table(
        "history_entry",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("branch_id", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(), nullable=True),
        sa.Column("target", sa.String(), nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("commitment", sa.String(), nullable=True),
        sa.Column("prev", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_history_entry")),
        sa.UniqueConstraint("hash", name=op.f("uq_history_entry_hash")),
        sa.UniqueConstraint("prev", name=op.f("uq_history_entry_prev")),
        info={"append_only": True},
    )
    op.create_index(op.f("ix_history_entry_branch_id"), "history_entry", ["branch_id"], unique=False)
    op.create_index("ix_history_entry_case", "history_entry", ["case_id", "seq"], unique=False)
    op.create_index("ix_history_entry_subject", "history_entry", ["subject", "seq"], unique=False)

    op.create_table(
        "history_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_history_head_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_history_head")),
    )
    op.create_table(
        "people_branch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("partner_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["people_branch.id"], name=op.f("fk_people_branch_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_branch")),
        sa.UniqueConstraint("code", name=op.f("uq_people_branch_code")),
    )
    op.create_table(
        "people_failed_sign_in",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_failed_sign_in")),
    )
    op.create_index("ix_people_failed_sign_in_account", "people_failed_sign_in", ["account", "at"], unique=False)
    op.create_index("ix_people_failed_sign_in_address", "people_failed_sign_in", ["address", "at"], unique=False)

    op.create_table(
        "people_organisation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("sector", sa.String(), nullable=False),
        sa.Column("register", sa.String(), nullable=False),
        sa.Column("tax_number", sa.String(), nullable=False),
        sa.Column("founded_on", sa.Date(), nullable=True),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "sector IN ('private', 'public', 'semi_public')", name=op.f("ck_people_organisation_sector")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_organisation")),
    )
    op.create_table(
        "rating_committee",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("smallest_quorum", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating_committee")),
        sa.UniqueConstraint("name", name=op.f("uq_rating_committee_name")),
    )
    op.create_table(
        "reminders_beat",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminders_beat")),
    )
    op.create_table(
        "reminders_day_off",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("working", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_reminders_day_off")),
    )
    op.create_table(
        "funds_call",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fund_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("smallest", sa.BigInteger(), nullable=False),
        sa.Column("largest", sa.BigInteger(), nullable=False),
        sa.Column("own_share", sa.Integer(), nullable=False),
        sa.Column("own_cash", sa.Integer(), nullable=False),
        sa.Column("longest_months", sa.Integer(), nullable=False),
        sa.Column("regions", sa.JSON(), nullable=False),
        sa.Column("applicant_kinds", sa.JSON(), nullable=False),
        sa.Column("annexes", sa.JSON(), nullable=False),
        sa.Column("budget", sa.BigInteger(), nullable=False),
        sa.Column("blind", sa.Boolean(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("closes_at > opens_at", name=op.f("ck_funds_call_window")),
        sa.CheckConstraint(
            "own_share BETWEEN 0 AND 1000 AND own_cash BETWEEN 0 AND own_share", name=op.f("ck_funds_call_shares")
        ),
        sa.CheckConstraint("smallest > 0 AND largest >= smallest", name=op.f("ck_funds_call_limits")),
        sa.ForeignKeyConstraint(["fund_id"], ["funds_fund.id"], name=op.f("fk_funds_call_fund_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_funds_call")),
        sa.UniqueConstraint("code", name=op.f("uq_funds_call_code")),
    )
    op.create_index(op.f("ix_funds_call_fund_id"), "funds_call", ["fund_id"], unique=False)

    op.create_table(
        "funds_donor",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fund_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("contact", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["fund_id"], ["funds_fund.id"], name=op.f("fk_funds_donor_fund_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_funds_donor")),
        sa.UniqueConstraint("fund_id", "name", name=op.f("uq_funds_donor_fund_id_name")),
    )
    op.create_index(op.f("ix_funds_donor_fund_id"), "funds_donor", ["fund_id"], unique=False)

    op.create_table(
        "history_words",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("salt", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["seq"], ["history_entry.seq"], name=op.f("fk_history_words_seq")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_history_words")),
    )
    op.create_table(
        "people_person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("given_name", sa.String(), nullable=False),
        sa.Column("family_name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("invented", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("email IS NOT NULL OR phone <> ''", name=op.f("ck_people_person_reachable")),
        sa.CheckConstraint("email IS NULL OR email = lower(email)", name=op.f("ck_people_person_email_lower")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["people_organisation.id"], name=op.f("fk_people_person_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_person")),
        sa.UniqueConstraint("email", name=op.f("uq_people_person_email")),
    )
    op.create_table(
        "regions_bottleneck",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("factor", sa.String(), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("reach", sa.Integer(), nullable=False),
        sa.Column("changeable", sa.Integer(), nullable=False),
        sa.Column("named_on", sa.Date(), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "severity BETWEEN 1 AND 5 AND reach BETWEEN 1 AND 5 AND changeable BETWEEN 0 AND 2",
            name=op.f("ck_regions_bottleneck_scales"),
        ),
        sa.ForeignKeyConstraint(["branch_id"], ["people_branch.id"], name=op.f("fk_regions_bottleneck_branch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_regions_bottleneck")),
    )
    op.create_index(op.f("ix_regions_bottleneck_branch_id"), "regions_bottleneck", ["branch_id"], unique=False)

    op.create_table(
        "regions_branch_year",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.Column("staff", sa.Integer(), nullable=False),
        sa.Column("dues", sa.BigInteger(), nullable=False),
        sa.Column("service_income", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.CheckConstraint("members >= 0 AND staff >= 0", name=op.f("ck_regions_branch_year_counts")),
        sa.ForeignKeyConstraint(["branch_id"], ["people_branch.id"], name=op.f("fk_regions_branch_year_branch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_regions_branch_year")),
        sa.UniqueConstraint("branch_id", "year", name=op.f("uq_regions_branch_year_branch_id_year")),
    )
    op.create_table(
        "documents_template",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("fit", sa.Boolean(), nullable=False),
        sa.Column("uploaded_by_id", sa.Integer(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("activated_by_id", sa.Integer(), nullable=True),
        sa.Column("activated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(activated_at IS NULL) = (activated_by_id IS NULL)", name=op.f("ck_documents_template_activated")
        ),
        sa.ForeignKeyConstraint(
            ["activated_by_id"], ["people_person.id"], name=op.f("fk_documents_template_activated_by_id")
        ),
        sa.ForeignKeyConstraint(["file_id"], ["files_file.id"], name=op.f("fk_documents_template_file_id")),
        sa.ForeignKeyConstraint(
            ["uploaded_by_id"], ["people_person.id"], name=op.f("fk_documents_template_uploaded_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents_template")),
    )
    op.create_index(
        "uq_documents_template_active_once",
        "documents_template",
        ["name", "language"],
        unique=True,
        sqlite_where=sa.text("activated_at IS NOT NULL AND retired_at IS NULL"),
        postgresql_where=sa.text("activated_at IS NOT NULL AND retired_at IS NULL"),
    )

    op.create_table(
        "funds_contribution",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("donor_id", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("arrived_on", sa.Date(), nullable=False),
        sa.Column("bank_reference", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_funds_contribution_positive")),
        sa.ForeignKeyConstraint(["by_id"], ["people_person.id"], name=op.f("fk_funds_contribution_by_id")),
        sa.ForeignKeyConstraint(["donor_id"], ["funds_donor.id"], name=op.f("fk_funds_contribution_donor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_funds_contribution")),
        sa.UniqueConstraint("key", name="uq_funds_contribution_key_once"),
    )
    op.create_index(op.f("ix_funds_contribution_donor_id"), "funds_contribution", ["donor_id"], unique=False)

    op.create_table(
        "funds_journal",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("fund_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("reverses_id", sa.Integer(), nullable=True),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["people_person.id"], name=op.f("fk_funds_journal_by_id")),
        sa.ForeignKeyConstraint(["fund_id"], ["funds_fund.id"], name=op.f("fk_funds_journal_fund_id")),
        sa.ForeignKeyConstraint(["reverses_id"], ["funds_journal.id"], name=op.f("fk_funds_journal_reverses_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_funds_journal")),
        sa.UniqueConstraint("key", name="uq_funds_journal_key_once"),
        sa.UniqueConstraint("reverses_id", name="uq_funds_journal_reverses_once"),
        info={"append_only": True},
    )
    op.create_index(op.f("ix_funds_journal_case_id"), "funds_journal", ["case_id"], unique=False)
    op.create_index(op.f("ix_funds_journal_fund_id"), "funds_journal", ["fund_id"], unique=False)

    op.create_table(
        "mail_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("to_address", sa.String(), nullable=False),
        sa.Column("to_id", sa.Integer(), nullable=True),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("branch_id", sa.Integer(), nullable=True),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("send_after", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["to_id"], ["people_person.id"], name=op.f("fk_mail_message_to_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_message")),
        sa.UniqueConstraint("key", name="uq_mail_message_key_once"),
    )
    op.create_index(op.f("ix_mail_message_case_id"), "mail_message", ["case_id"], unique=False)
    op.create_index("ix_mail_message_waiting", "mail_message", ["sent_at", "send_after"], unique=False)

    op.create_table(
        "measures_measure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("fund_id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=True),
        sa.Column("branch_id", sa.Integer(), nullable=True),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("prepared_by_id", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("admitted_late", sa.Boolean(), nullable=False),
        sa.Column("return_by", sa.Date(), nullable=True),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("short_title", sa.String(), nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("intervention", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("bottleneck_id", sa.Integer(), nullable=True),
        sa.Column("no_bottleneck", sa.String(), nullable=False),
        sa.Column("problem", sa.String(), nullable=False),
        sa.Column("objective", sa.String(), nullable=False),
        sa.Column("outputs", sa.String(), nullable=False),
        sa.Column("outcomes", sa.String(), nullable=False),
        sa.Column("visible_effect", sa.String(), nullable=False),
        sa.Column("visible_by", sa.Date(), nullable=True),
        sa.Column("public_benefit", sa.String(), nullable=False),
        sa.Column("breadth", sa.Integer(), nullable=True),
        sa.Column("breadth_method", sa.String(), nullable=False),
        sa.Column("after_funding", sa.String(), nullable=False),
        sa.Column("organisation_note", sa.String(), nullable=False),
        sa.Column("declarations", sa.JSON(), nullable=False),
        sa.Column("requested", sa.BigInteger(), nullable=False),
        sa.Column("total_cost", sa.BigInteger(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("awarded", sa.BigInteger(), nullable=True),
        sa.Column("conditions", sa.String(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("reserved_until", sa.Date(), nullable=True),
        sa.Column("plan_fitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("contracted_on", sa.Date(), nullable=True),
        sa.Column("funding_ends", sa.Date(), nullable=True),
        sa.Column("settled_grant", sa.BigInteger(), nullable=True),
        sa.Column("imported_key", sa.String(), nullable=True),
        sa.Column("imported_row", sa.JSON(), nullable=True),
        sa.Column("recipient_name", sa.String(), nullable=False),
        sa.CheckConstraint(
            "contracted_on IS NOT NULL OR status NOT IN ('contracted', 'running', 'suspended', 'settled')",
            name=op.f("ck_measures_measure_contracted"),
        ),
        sa.CheckConstraint(
            "status = 'draft' OR number IS NOT NULL OR submitted_at IS NULL", name=op.f("ck_measures_measure_numbered")
        ),
        sa.CheckConstraint(
            "status IN ('draft', 'submitted', 'returned', 'eligible', 'ineligible', 'in_rating', 'rated', 'approved', 'reserved', 'deferred', 'rejected', 'contracted', 'running', 'suspended', 'terminated', 'settled', 'closed', 'withdrawn', 'lapsed')",
            name=op.f("ck_measures_measure_status"),
        ),
        sa.CheckConstraint(
            "status NOT IN ('approved', 'contracted', 'running', 'settled') OR awarded > 0",
            name=op.f("ck_measures_measure_awarded"),
        ),
        sa.ForeignKeyConstraint(
            ["bottleneck_id"], ["regions_bottleneck.id"], name=op.f("fk_measures_measure_bottleneck_id")
        ),
        sa.ForeignKeyConstraint(["branch_id"], ["people_branch.id"], name=op.f("fk_measures_measure_branch_id")),
        sa.ForeignKeyConstraint(["call_id"], ["funds_call.id"], name=op.f("fk_measures_measure_call_id")),
        sa.ForeignKeyConstraint(["fund_id"], ["funds_fund.id"], name=op.f("fk_measures_measure_fund_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["people_organisation.id"], name=op.f("fk_measures_measure_organisation_id")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["people_person.id"], name=op.f("fk_measures_measure_owner_id")),
        sa.ForeignKeyConstraint(
            ["prepared_by_id"], ["people_person.id"], name=op.f("fk_measures_measure_prepared_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measures_measure")),
        sa.UniqueConstraint("imported_key", name="uq_measures_measure_imported_once"),
        sa.UniqueConstraint("number", name=op.f("uq_measures_measure_number")),
    )
    op.create_index("ix_measures_measure_branch", "measures_measure", ["branch_id", "status"], unique=False)
    op.create_index("ix_measures_measure_call", "measures_measure", ["call_id", "status"], unique=False)
    op.create_index(op.f("ix_measures_measure_fund_id"), "measures_measure", ["fund_id"], unique=False)
    op.create_index("ix_measures_measure_owner", "measures_measure", ["owner_id"], unique=False)
    op.create_index("ix_measures_measure_status", "measures_measure", ["status", "id"], unique=False)

    op.create_table(
        "people_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key_hash", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("next_url", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people_person.id"], name=op.f("fk_people_link_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_link")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_people_link_key_hash")),
    )
    op.create_index(op.f("ix_people_link_person_id"), "people_link", ["person_id"], unique=False)

    op.create_table(
        "people_role_held",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=True),
        sa.Column("given_by_id", sa.Integer(), nullable=True),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(role = 'officer') = (branch_id IS NOT NULL)", name=op.f("ck_people_role_held_branch_role")
        ),
        sa.ForeignKeyConstraint(["branch_id"], ["people_branch.id"], name=op.f("fk_people_role_held_branch_id")),
        sa.ForeignKeyConstraint(
            ["confirmed_by_id"], ["people_person.id"], name=op.f("fk_people_role_held_confirmed_by_id")
        ),
        sa.ForeignKeyConstraint(["given_by_id"], ["people_person.id"], name=op.f("fk_people_role_held_given_by_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people_person.id"], name=op.f("fk_people_role_held_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_role_held")),
    )
    op.create_index("ix_people_role_held_person", "people_role_held", ["person_id"], unique=False)
    op.create_index(
        "uq_people_role_held_branch_once",
        "people_role_held",
        ["person_id", "role", "branch_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL AND branch_id IS NOT NULL"),
        postgresql_where=sa.text("ended_at IS NULL AND branch_id IS NOT NULL"),
    )
    op.create_index(
        "uq_people_role_held_once",
        "people_role_held",
        ["person_id", "role"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL AND branch_id IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL AND branch_id IS NULL"),
    )

    op.create_table(
        "people_sign_in",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key_hash", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("idle_minutes", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("address", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people_person.id"], name=op.f("fk_people_sign_in_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_sign_in")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_people_sign_in_key_hash")),
    )
    op.create_index(op.f("ix_people_sign_in_person_id"), "people_sign_in", ["person_id"], unique=False)

    op.create_table(
        "rating_meeting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("committee_id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("began", sa.String(), nullable=False),
        sa.Column("ended", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("typed_by_id", sa.Integer(), nullable=False),
        sa.Column("present", sa.JSON(), nullable=False),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(status = 'closed') = (closed_at IS NOT NULL AND closed_by_id IS NOT NULL)",
            name=op.f("ck_rating_meeting_closed"),
        ),
        sa.CheckConstraint("status IN ('open', 'closed')", name=op.f("ck_rating_meeting_status")),
        sa.ForeignKeyConstraint(["call_id"], ["funds_call.id"], name=op.f("fk_rating_meeting_call_id")),
        sa.ForeignKeyConstraint(["closed_by_id"], ["people_person.id"], name=op.f("fk_rating_meeting_closed_by_id")),
        sa.ForeignKeyConstraint(["committee_id"], ["rating_committee.id"], name=op.f("fk_rating_meeting_committee_id")),
        sa.ForeignKeyConstraint(["typed_by_id"], ["people_person.id"], name=op.f("fk_rating_meeting_typed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating_meeting")),
    )
    op.create_index(op.f("ix_rating_meeting_call_id"), "rating_meeting", ["call_id"], unique=False)
    op.create_index(op.f("ix_rating_meeting_committee_id"), "rating_meeting", ["committee_id"], unique=False)
    op.create_index(
        "uq_rating_meeting_open_once",
        "rating_meeting",
        ["call_id"],
        unique=True,
        sqlite_where=sa.text("status = 'open'"),
        postgresql_where=sa.text("status = 'open'"),
    )

    op.create_table(
        "rating_member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("committee_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("sector", sa.String(), nullable=False),
        sa.Column("chair", sa.Boolean(), nullable=False),
        sa.Column("voting", sa.Boolean(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("sector IN ('private', 'public', 'semi_public')", name=op.f("ck_rating_member_sector")),
        sa.ForeignKeyConstraint(["committee_id"], ["rating_committee.id"], name=op.f("fk_rating_member_committee_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people_person.id"], name=op.f("fk_rating_member_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating_member")),
    )
    op.create_index(op.f("ix_rating_member_committee_id"), "rating_member", ["committee_id"], unique=False)
    op.create_index(op.f("ix_rating_member_person_id"), "rating_member", ["person_id"], unique=False)
    op.create_index(
        "uq_rating_member_once",
        "rating_member",
        ["committee_id", "person_id"],
        unique=True,
        sqlite_where=sa.text("left_at IS NULL"),
        postgresql_where=sa.text("left_at IS NULL"),
    )

    op.create_table(
        "rating_scheme",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("committee_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("smallest_sheets", sa.Integer(), nullable=False),
        sa.Column("fundable_from", sa.Integer(), nullable=False),
        sa.Column("spread_limit", sa.Integer(), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["funds_call.id"], name=op.f("fk_rating_scheme_call_id")),
        sa.ForeignKeyConstraint(["committee_id"], ["rating_committee.id"], name=op.f("fk_rating_scheme_committee_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating_scheme")),
        sa.UniqueConstraint("call_id", "version", name=op.f("uq_rating_scheme_call_id_version")),
    )
    op.create_table(
        "regions_interview",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("branch_id", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("sector", sa.String(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("sector IN ('private', 'public', 'semi_public')", name=op.f("ck_regions_interview_sector")),
        sa.ForeignKeyConstraint(["branch_id"], ["people_branch.id"], name=op.f("fk_regions_interview_branch_id")),
        sa.ForeignKeyConstraint(["by_id"], ["people_person.id"], name=op.f("fk_regions_interview_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_regions_interview")),
    )
    op.create_index(op.f("ix_regions_interview_branch_id"), "regions_interview", ["branch_id"], unique=False)

    op.create_table(
        "reminders_obligation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("branch_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded", sa.JSON(), nullable=False),
        sa.Column("promised", sa.Date(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("contacted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("contacted_by_id", sa.Integer(), nullable=True),
        sa.Column("spoken_to", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["contacted_by_id"], ["people_person.id"], name=op.f("fk_reminders_obligation_contacted_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminders_obligation")),
        sa.UniqueConstraint("kind", "subject", name="uq_reminders_obligation_once"),
    )
    op.create_index(op.f("ix_reminders_obligation_branch_id"), "reminders_obligation", ["branch_id"], unique=False)
    op.create_index(op.f("ix_reminders_obligation_case_id"), "reminders_obligation", ["case_id"], unique=False)
    op.create_index(
        "ix_reminders_obligation_open", "reminders_obligation", ["done_at", "cancelled_at", "due"], unique=False
    )
    op.create_index(op.f("ix_reminders_obligation_subject"), "reminders_obligation", ["subject"], unique=False)

    op.create_table(
        "disbursement_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("measure_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("done", sa.String(), nullable=False),
        sa.Column("results", sa.String(), nullable=False),
        sa.Column("problems", sa.String(), nullable=False),
        sa.Column("lessons", sa.String(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_by_id", sa.Integer(), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind IN ('interim', 'final')", name=op.f("ck_disbursement_report_kind")),
        sa.CheckConstraint("status IN ('due', 'sent', 'accepted')", name=op.f("ck_disbursement_report_status")),
        sa.ForeignKeyConstraint(
            ["accepted_by_id"], ["people_person.id"], name=op.f("fk_disbursement_report_accepted_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["measure_id"], ["measures_measure.id"], name=op.f("fk_disbursement_report_measure_id")
        ),
        sa.ForeignKeyConstraint(["sent_by_id"], ["people_person.id"], name=op.f("fk_disbursement_report_sent_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disbursement_report")),
        sa.UniqueConstraint("measure_id", "kind", "no", name=op.f("uq_disbursement_report_measure_id_kind_no")),
    )
    op.create_index(op.f("ix_disbursement_report_measure_id"), "disbursement_report", ["measure_id"], unique=False)

    op.create_table(
        "documents_document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("branch_id", sa.Integer(), nullable=True),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("template_id", sa.Integer(), nullable=True),
        sa.Column("template_sha256", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.Column("ordered_by_id", sa.Integer(), nullable=True),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(status = 'issued') = (file_id IS NOT NULL)", name=op.f("ck_documents_document_issued_has_file")
        ),
        sa.CheckConstraint("status IN ('ordered', 'issued', 'failed')", name=op.f("ck_documents_document_status")),
        sa.ForeignKeyConstraint(["file_id"], ["files_file.id"], name=op.f("fk_documents_document_file_id")),
        sa.ForeignKeyConstraint(
            ["ordered_by_id"], ["people_person.id"], name=op.f("fk_documents_document_ordered_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["template_id"], ["documents_template.id"], name=op.f("fk_documents_document_template_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents_document")),
    )
    op.create_index(op.f("ix_documents_document_case_id"), "documents_document", ["case_id"], unique=False)
    op.create_index("ix_documents_document_subject", "documents_document", ["subject"], unique=False)

    op.create_table(
        "evaluation_evaluation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("measure_id", sa.Integer(), nullable=False),
        sa.Column("point", sa.Integer(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("visited_on", sa.Date(), nullable=True),
        sa.Column("manner", sa.String(), nullable=False),
        sa.Column("effective", sa.String(), nullable=True),
        sa.Column("score_ease", sa.Integer(), nullable=True),
        sa.Column("score_fit", sa.Integer(), nullable=True),
        sa.Column("score_cost", sa.Integer(), nullable=True),
        sa.Column("effects", sa.String(), nullable=False),
        sa.Column("carried_by", sa.String(), nullable=False),
        sa.Column("voice", sa.String(), nullable=False),
        sa.Column("lesson", sa.String(), nullable=False),
        sa.Column("photo_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "effective IN ('yes', 'partly', 'no', 'unknown')", name=op.f("ck_evaluation_evaluation_effective")
        ),
        sa.CheckConstraint(
            "(done_at IS NULL) = (effective IS NULL)", name=op.f("ck_evaluation_evaluation_done_has_answer")
        ),
        sa.CheckConstraint("point IN (0, 6, 12, 24)", name=op.f("ck_evaluation_evaluation_point")),
        sa.CheckConstraint(
            "score_ease BETWEEN 0 AND 5 AND score_fit BETWEEN 0 AND 5 AND score_cost BETWEEN 0 AND 5",
            name=op.f("ck_evaluation_evaluation_scores"),
        ),
        sa.ForeignKeyConstraint(["done_by_id"], ["people_person.id"], name=op.f("fk_evaluation_evaluation_done_by_id")),
        sa.ForeignKeyConstraint(
            ["measure_id"], ["measures_measure.id"], name=op.f("fk_evaluation_evaluation_measure_id")
        ),
        sa.ForeignKeyConstraint(["photo_id"], ["files_file.id"], name=op.f("fk_evaluation_evaluation_photo_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation_evaluation")),
        sa.UniqueConstraint("measure_id", "point", name=op.f("uq_evaluation_evaluation_measure_id_point")),
    )
    op.create_index(op.f("ix_evaluation_evaluation_measure_id"), "evaluation_evaluation", ["measure_id"], unique=False)

    op.create_table(
        "funds_posting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("journal_id", sa.Integer(), nullable=False),
        sa.Column("fund_id", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("donor_id", sa.Integer(), nullable=True),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_funds_posting_not_zero")),
        sa.ForeignKeyConstraint(["donor_id"], ["funds_donor.id"], name=op.f("fk_funds_posting_donor_id")),
        sa.ForeignKeyConstraint(["fund_id"], ["funds_fund.id"], name=op.f("fk_funds_posting_fund_id")),
        sa.ForeignKeyConstraint(
            ["journal_id"],
            ["funds_journal.id"],
            name=op.f("fk_funds_posting_journal_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_funds_posting")),
        info={"append_only": True},
    )
    op.create_index("ix_funds_posting_balance", "funds_posting", ["fund_id", "account", "currency"], unique=False)
    op.create_index("ix_funds_posting_case", "funds_posting", ["case_id", "account"], unique=False)
    op.create_index(op.f("ix_funds_posting_donor_id"), "funds_posting", ["donor_id"], unique=False)
    op.create_index(op.f("ix_funds_posting_journal_id"), "funds_posting", ["journal_id"], unique=False)

    op.create_table(
        "grants_pause",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("measure_id", sa.Integer(), nullable=False),
        sa.Column("began_on", sa.Date(), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["measure_id"], ["measures_measure.id"], name=op.f("fk_grants_pause_measure_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grants_pause")),
    )
    op.create_index(op.f("ix_grants_pause_measure_id"), "grants_pause", ["measure_id"], unique=False)

    op.create_table(
        "measures_annex",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("measure_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["files_file.id"], name=op.f("fk_measures_annex_file_id")),
        sa.ForeignKeyConstraint(["measure_id"], ["measures_measure.id"], name=op.f("fk_measures_annex_measure_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measures_annex")),
    )
    op.create_index(op.f("ix_measures_annex_measure_id"), "measures_annex", ["measure_id"], unique=False)

    op.create_table(
        "measures_budget_line",
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("unit_price", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("from_grant", sa.BigInteger(), nullable=False),
        sa.Column("own_cash", sa.BigInteger(), nullable=False),
        sa.Column("in_kind", sa.BigInteger(), nullable=False),
        sa.Column("local_government", sa.BigInteger(), nullable=False),
        sa.Column("other_donor", sa.BigInteger(), nullable=False),
        sa.Column("revenue", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("measure_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "from_grant + own_cash + in_kind + local_government + other_donor + revenue = amount",
            name=op.f("ck_measures_budget_line_sources_add_up"),
        ),
        sa.CheckConstraint(
            "from_grant >= 0 AND own_cash >= 0 AND in_kind >= 0 AND local_government >= 0 AND other_donor >= 0 AND revenue >= 0",
            name=op.f("ck_measures_budget_line_sources_positive"),
        ),
        sa.CheckConstraint(
            "quantity > 0 AND unit_price >= 0 AND amount >= 0", name=op.f("ck_measures_budget_line_positive")
        ),
        sa.ForeignKeyConstraint(
            ["measure_id"], ["measures_measure.id"], name=op.f("fk_measures_budget_line_measure_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measures_budget_line")),
        sa.UniqueConstraint("measure_id", "no", name=op.f("uq_measures_budget_line_measure_id_no")),
    )
    op.create_index(op.f("ix_measures_budget_line_measure_id"), "measures_budget_line", ["measure_id"], unique=False)

    op.create_table(
        "measures_check",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("result", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("measure_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("result IN ('pass', 'fail', 'n/a', 'cured')", name=op.f("ck_measures_check_result")),
        sa.ForeignKeyConstraint(["by_id"], ["people_person.id"], name=op.f("fk_measures_check_by_id")),
        sa.ForeignKeyConstraint(["measure_id"], ["measures_measure.id"], name=op.f("fk_measures_check_measure_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measures_check")),
        sa.UniqueConstraint("measure_id", "code", name=op.f("uq_measures_check_measure_id_code")),
    )
    op.create_index(op.f("ix_measures_check_measure_id"), "measures_check", ["measure_id"], unique=False)

    op.create_table(
        "measures_declaration",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("conflict", sa.Boolean(), nullable=False),
        sa.Column("kind", sa.String(), nullable=True),
        sa.Column("explanation", sa.String(), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("measure_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("conflict = (kind IS NOT NULL)", name=op.f("ck_measures_declaration_conflict_has_kind")),
        sa.ForeignKeyConstraint(
            ["measure_id"], ["measures_measure.id"], name=op.f("fk_measures_declaration_measure_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people_person.id"], name=op.f("fk_measures_declaration_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measures_declaration")),
    )
    op.create_index(op.f("ix_measures_declaration_measure_id"), "measures_declaration", ["measure_id"], unique=False)
    op.create_index("ix_measures_declaration_person", "measures_declaration", ["person_id"], unique=False)
    op.create_index(
        "uq_measures_declaration_once",
        "measures_declaration",
        ["measure_id", "person_id"],
        unique=True,
        sqlite_where=sa.text("replaced_at IS NULL"),
        postgresql_where=sa.text("replaced_at IS NULL"),
    )

    op.create_table(
        "measures_indicator",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("baseline", sa.BigInteger(), nullable=False),
        sa.Column("target", sa.BigInteger(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("verification", sa.String(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("measure_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["measure_id"], ["measures_measure.id"], name=op.f("fk_measures_indicator_measure_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measures_indicator")),
    )
    op.create_index(op.f("ix_measures_indicator_measure_id"), "measures_indicator", ["measure_id"], unique=False)

    op.create_table(
        "measures_partner",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sector", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("contribution", sa.String(), nullable=False),
        sa.Column("key_person", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("measure_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["measure_id"], ["measures_measure.id"], name=op.f("fk_measures_partner_measure_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measures_partner")),
    )
    op.create_index(op.f("ix_measures_partner_measure_id"), "measures_partner", ["measure_id"], unique=False)

    op.create_table(
        "measures_party",
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("function", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("bank", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("measure_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("part IN ('acts', 'signs', 'account', 'reports')", name=op.f("ck_measures_party_part")),
        sa.ForeignKeyConstraint(["measure_id"], ["measures_measure.id"], name=op.f("fk_measures_party_measure_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measures_party")),
        sa.UniqueConstraint("measure_id", "part", name=op.f("uq_measures_party_measure_id_part")),
    )
    op.create_index(op.f("ix_measures_party_measure_id"), "measures_party", ["measure_id"], unique=False)

    op.create_table(
        "measures_snapshot",
        sa.Column("occasion", sa.String(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("measure_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["measure_id"], ["measures_measure.id"], name=op.f("fk_measures_snapshot_measure_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measures_snapshot")),
    )
    op.create_index(op.f("ix_measures_snapshot_measure_id"), "measures_snapshot", ["measure_id"], unique=False)

    op.create_table(
        "measures_target_group",
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("female", sa.Integer(), nullable=False),
        sa.Column("male", sa.Integer(), nullable=False),
        sa.Column("not_stated", sa.Integer(), nullable=False),
        sa.Column("youth", sa.Integer(), nullable=False),
        sa.Column("vulnerable", sa.Integer(), nullable=False),
        sa.Column("disability", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("measure_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("female + male + not_stated = total", name=op.f("ck_measures_target_group_adds_up")),
        sa.CheckConstraint(
            "youth <= total AND vulnerable <= total AND disability <= total",
            name=op.f("ck_measures_target_group_parts"),
        ),
        sa.ForeignKeyConstraint(
            ["measure_id"], ["measures_measure.id"], name=op.f("fk_measures_target_group_measure_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measures_target_group")),
    )
    op.create_index(op.f("ix_measures_target_group_measure_id"), "measures_target_group", ["measure_id"], unique=False)

    op.create_table(
        "rating_criterion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("scheme_id", sa.Integer(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("titles", sa.JSON(), nullable=False),
        sa.Column("questions", sa.JSON(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("threshold", sa.Integer(), nullable=True),
        sa.Column("needs_identity", sa.Boolean(), nullable=False),
        sa.CheckConstraint("weight > 0", name=op.f("ck_rating_criterion_weight")),
        sa.ForeignKeyConstraint(["scheme_id"], ["rating_scheme.id"], name=op.f("fk_rating_criterion_scheme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating_criterion")),
        sa.UniqueConstraint("scheme_id", "code", name=op.f("uq_rating_criterion_scheme_id_code")),
    )
    op.create_index(op.f("ix_rating_criterion_scheme_id"), "rating_criterion", ["scheme_id"], unique=False)

    op.create_table(
        "rating_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("measure_id", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("yes", sa.Integer(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("abstained", sa.Integer(), nullable=False),
        sa.Column("left_room", sa.JSON(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("arguments", sa.String(), nullable=False),
        sa.Column("conditions", sa.String(), nullable=False),
        sa.Column("reasons", sa.String(), nullable=False),
        sa.Column("frozen", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "(outcome = 'approve') = (amount IS NOT NULL)", name=op.f("ck_rating_decision_approved_amount")
        ),
        sa.CheckConstraint(
            "outcome IN ('approve', 'reserve', 'defer', 'reject')", name=op.f("ck_rating_decision_outcome")
        ),
        sa.CheckConstraint("amount IS NULL OR amount > 0", name=op.f("ck_rating_decision_amount")),
        sa.CheckConstraint("yes >= 0 AND no >= 0 AND abstained >= 0", name=op.f("ck_rating_decision_votes")),
        sa.ForeignKeyConstraint(["measure_id"], ["measures_measure.id"], name=op.f("fk_rating_decision_measure_id")),
        sa.ForeignKeyConstraint(["meeting_id"], ["rating_meeting.id"], name=op.f("fk_rating_decision_meeting_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating_decision")),
        sa.UniqueConstraint("meeting_id", "measure_id", name=op.f("uq_rating_decision_meeting_id_measure_id")),
    )
    op.create_index(op.f("ix_rating_decision_measure_id"), "rating_decision", ["measure_id"], unique=False)
    op.create_index(op.f("ix_rating_decision_meeting_id"), "rating_decision", ["meeting_id"], unique=False)

    op.create_table(
        "rating_number",
        sa.Column("measure_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["funds_call.id"], name=op.f("fk_rating_number_call_id")),
        sa.ForeignKeyConstraint(["measure_id"], ["measures_measure.id"], name=op.f("fk_rating_number_measure_id")),
        sa.PrimaryKeyConstraint("measure_id", name=op.f("pk_rating_number")),
        sa.UniqueConstraint("call_id", "no", name="uq_rating_number_once"),
    )
    op.create_table(
        "rating_result",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("measure_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("sheets", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("spread", sa.Integer(), nullable=False),
        sa.Column("means", sa.JSON(), nullable=False),
        sa.Column("knocked_out", sa.JSON(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("void_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["measure_id"], ["measures_measure.id"], name=op.f("fk_rating_result_measure_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating_result")),
    )
    op.create_index(op.f("ix_rating_result_measure_id"), "rating_result", ["measure_id"], unique=False)
    op.create_index(
        "uq_rating_result_once",
        "rating_result",
        ["measure_id", "round"],
        unique=True,
        sqlite_where=sa.text("void_at IS NULL"),
        postgresql_where=sa.text("void_at IS NULL"),
    )

    op.create_table(
        "rating_sheet",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("measure_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("scheme_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("locked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("void_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(status = 'void') = (void_at IS NOT NULL)", name=op.f("ck_rating_sheet_void")),
        sa.CheckConstraint(
            "status <> 'signed' OR (signed_at IS NOT NULL AND total IS NOT NULL)", name=op.f("ck_rating_sheet_signed")
        ),
        sa.CheckConstraint("status IN ('open', 'locked', 'signed', 'void')", name=op.f("ck_rating_sheet_status")),
        sa.ForeignKeyConstraint(["measure_id"], ["measures_measure.id"], name=op.f("fk_rating_sheet_measure_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people_person.id"], name=op.f("fk_rating_sheet_person_id")),
        sa.ForeignKeyConstraint(["scheme_id"], ["rating_scheme.id"], name=op.f("fk_rating_sheet_scheme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating_sheet")),
    )
    op.create_index(op.f("ix_rating_sheet_measure_id"), "rating_sheet", ["measure_id"], unique=False)
    op.create_index(op.f("ix_rating_sheet_person_id"), "rating_sheet", ["person_id"], unique=False)
    op.create_index(
        "uq_rating_sheet_once",
        "rating_sheet",
        ["measure_id", "person_id", "round"],
        unique=True,
        sqlite_where=sa.text("status <> 'void'"),
        postgresql_where=sa.text("status <> 'void'"),
    )

    op.create_table(
        "regions_finding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("interview_id", sa.Integer(), nullable=False),
        sa.Column("factor", sa.String(), nullable=False),
        sa.Column("obstacle", sa.Boolean(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("bottleneck_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["bottleneck_id"], ["regions_bottleneck.id"], name=op.f("fk_regions_finding_bottleneck_id")
        ),
        sa.ForeignKeyConstraint(
            ["interview_id"], ["regions_interview.id"], name=op.f("fk_regions_finding_interview_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_regions_finding")),
    )
    op.create_index(op.f("ix_regions_finding_bottleneck_id"), "regions_finding", ["bottleneck_id"], unique=False)
    op.create_index(op.f("ix_regions_finding_interview_id"), "regions_finding", ["interview_id"], unique=False)

    op.create_table(
        "disbursement_receipt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("measure_id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("payee", sa.String(), nullable=False),
        sa.Column("what_for", sa.String(), nullable=False),
        sa.Column("document_number", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("accepted", sa.BigInteger(), nullable=True),
        sa.Column("cut_reason", sa.String(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_by_id", sa.Integer(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "accepted IS NULL OR accepted = amount OR cut_reason <> ''",
            name=op.f("ck_disbursement_receipt_cut_has_reason"),
        ),
        sa.CheckConstraint(
            "accepted IS NULL OR (accepted >= 0 AND accepted <= amount)", name=op.f("ck_disbursement_receipt_accepted")
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_disbursement_receipt_positive")),
        sa.ForeignKeyConstraint(
            ["checked_by_id"], ["people_person.id"], name=op.f("fk_disbursement_receipt_checked_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["people_person.id"], name=op.f("fk_disbursement_receipt_entered_by_id")
        ),
        sa.ForeignKeyConstraint(["file_id"], ["files_file.id"], name=op.f("fk_disbursement_receipt_file_id")),
        sa.ForeignKeyConstraint(["line_id"], ["measures_budget_line.id"], name=op.f("fk_disbursement_receipt_line_id")),
        sa.ForeignKeyConstraint(
            ["measure_id"], ["measures_measure.id"], name=op.f("fk_disbursement_receipt_measure_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disbursement_receipt")),
        sa.UniqueConstraint("key", name="uq_disbursement_receipt_key_once"),
        sa.UniqueConstraint("measure_id", "no", name=op.f("uq_disbursement_receipt_measure_id_no")),
    )
    op.create_index(op.f("ix_disbursement_receipt_line_id"), "disbursement_receipt", ["line_id"], unique=False)
    op.create_index(op.f("ix_disbursement_receipt_measure_id"), "disbursement_receipt", ["measure_id"], unique=False)

    op.create_table(
        "disbursement_settlement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("measure_id", sa.Integer(), nullable=False),
        sa.Column("financing", sa.String(), nullable=False),
        sa.Column("planned_cost", sa.BigInteger(), nullable=False),
        sa.Column("awarded", sa.BigInteger(), nullable=False),
        sa.Column("accepted_cost", sa.BigInteger(), nullable=False),
        sa.Column("other_income", sa.BigInteger(), nullable=False),
        sa.Column("paid", sa.BigInteger(), nullable=False),
        sa.Column("grant_due", sa.BigInteger(), nullable=False),
        sa.Column("balance", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("refund_due", sa.Date(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("computed_by_id", sa.Integer(), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("refunded_on", sa.Date(), nullable=True),
        sa.Column("bank_reference", sa.String(), nullable=False),
        sa.CheckConstraint(
            "outcome <> 'refunded' OR refunded_on IS NOT NULL", name=op.f("ck_disbursement_settlement_refunded")
        ),
        sa.CheckConstraint(
            "outcome IN ('open', 'even', 'paid_out', 'refunded', 'written_off')",
            name=op.f("ck_disbursement_settlement_outcome"),
        ),
        sa.CheckConstraint(
            "balance = grant_due - paid AND grant_due >= 0 AND grant_due <= awarded",
            name=op.f("ck_disbursement_settlement_balance"),
        ),
        sa.ForeignKeyConstraint(
            ["computed_by_id"], ["people_person.id"], name=op.f("fk_disbursement_settlement_computed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents_document.id"], name=op.f("fk_disbursement_settlement_document_id")
        ),
        sa.ForeignKeyConstraint(
            ["measure_id"], ["measures_measure.id"], name=op.f("fk_disbursement_settlement_measure_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disbursement_settlement")),
        sa.UniqueConstraint("measure_id", name=op.f("uq_disbursement_settlement_measure_id")),
    )
    op.create_table(
        "evaluation_value",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("evaluation_id", sa.Integer(), nullable=False),
        sa.Column("measure_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("women", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("women IS NULL OR women <= value", name=op.f("ck_evaluation_value_women")),
        sa.ForeignKeyConstraint(
            ["evaluation_id"], ["evaluation_evaluation.id"], name=op.f("fk_evaluation_value_evaluation_id")
        ),
        sa.ForeignKeyConstraint(["measure_id"], ["measures_measure.id"], name=op.f("fk_evaluation_value_measure_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation_value")),
        sa.UniqueConstraint("evaluation_id", "code", name=op.f("uq_evaluation_value_evaluation_id_code")),
    )
    op.create_index(op.f("ix_evaluation_value_evaluation_id"), "evaluation_value", ["evaluation_id"], unique=False)
    op.create_index(op.f("ix_evaluation_value_measure_id"), "evaluation_value", ["measure_id"], unique=False)

    op.create_table(
        "grants_contract",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("measure_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("financing", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("total_cost", sa.BigInteger(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("payee", sa.String(), nullable=False),
        sa.Column("payee_bank", sa.String(), nullable=False),
        sa.Column("payee_account", sa.String(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("issued_by_id", sa.Integer(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("signed_file_id", sa.Integer(), nullable=True),
        sa.Column("original_with", sa.String(), nullable=False),
        sa.Column("void_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("journal_id", sa.Integer(), nullable=True),
        sa.Column("terminated_on", sa.Date(), nullable=True),
        sa.Column("at_fault", sa.Boolean(), nullable=True),
        sa.Column("equipment", sa.String(), nullable=False),
        sa.CheckConstraint(
            "financing IN ('share', 'deficit', 'fixed', 'full')", name=op.f("ck_grants_contract_financing")
        ),
        sa.CheckConstraint(
            "status <> 'signed' OR (signed_on IS NOT NULL AND signed_file_id IS NOT NULL)",
            name=op.f("ck_grants_contract_signed"),
        ),
        sa.CheckConstraint("status IN ('issued', 'signed', 'void')", name=op.f("ck_grants_contract_status")),
        sa.CheckConstraint("(terminated_on IS NULL) = (at_fault IS NULL)", name=op.f("ck_grants_contract_terminated")),
        sa.CheckConstraint("amount > 0 AND total_cost >= amount", name=op.f("ck_grants_contract_amount")),
        sa.CheckConstraint("ends_on > starts_on", name=op.f("ck_grants_contract_dates")),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents_document.id"], name=op.f("fk_grants_contract_document_id")
        ),
        sa.ForeignKeyConstraint(["issued_by_id"], ["people_person.id"], name=op.f("fk_grants_contract_issued_by_id")),
        sa.ForeignKeyConstraint(["journal_id"], ["funds_journal.id"], name=op.f("fk_grants_contract_journal_id")),
        sa.ForeignKeyConstraint(["measure_id"], ["measures_measure.id"], name=op.f("fk_grants_contract_measure_id")),
        sa.ForeignKeyConstraint(["signed_file_id"], ["files_file.id"], name=op.f("fk_grants_contract_signed_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grants_contract")),
        sa.UniqueConstraint("number", name=op.f("uq_grants_contract_number")),
    )
    op.create_index(op.f("ix_grants_contract_measure_id"), "grants_contract", ["measure_id"], unique=False)
    op.create_index(
        "uq_grants_contract_once",
        "grants_contract",
        ["measure_id"],
        unique=True,
        sqlite_where=sa.text("status <> 'void'"),
        postgresql_where=sa.text("status <> 'void'"),
    )

    op.create_table(
        "rating_score",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sheet_id", sa.Integer(), nullable=False),
        sa.Column("criterion_id", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=True),
        sa.Column("comment", sa.String(), nullable=False),
        sa.CheckConstraint("points BETWEEN 0 AND 5", name=op.f("ck_rating_score_points")),
        sa.ForeignKeyConstraint(["criterion_id"], ["rating_criterion.id"], name=op.f("fk_rating_score_criterion_id")),
        sa.ForeignKeyConstraint(["sheet_id"], ["rating_sheet.id"], name=op.f("fk_rating_score_sheet_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating_score")),
        sa.UniqueConstraint("sheet_id", "criterion_id", name=op.f("uq_rating_score_sheet_id_criterion_id")),
    )
    op.create_index(op.f("ix_rating_score_sheet_id"), "rating_score", ["sheet_id"], unique=False)

    op.create_table(
        "grants_instalment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("condition", sa.String(), nullable=False),
        sa.Column("needs_report", sa.String(), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_grants_instalment_positive")),
        sa.ForeignKeyConstraint(["contract_id"], ["grants_contract.id"], name=op.f("fk_grants_instalment_contract_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grants_instalment")),
        sa.UniqueConstraint("contract_id", "no", name=op.f("uq_grants_instalment_contract_id_no")),
    )
    op.create_index(op.f("ix_grants_instalment_contract_id"), "grants_instalment", ["contract_id"], unique=False)

    op.create_table(
        "disbursement_payment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("measure_id", sa.Integer(), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("instalment_id", sa.Integer(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("payee", sa.String(), nullable=False),
        sa.Column("payee_account", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("policy", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("prepared_by_id", sa.Integer(), nullable=False),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("authorised_by_id", sa.Integer(), nullable=True),
        sa.Column("authorised_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paid_by_id", sa.Integer(), nullable=True),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("bank_reference", sa.String(), nullable=False),
        sa.Column("journal_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(authorised_by_id IS NULL OR authorised_by_id <> prepared_by_id) AND (paid_by_id IS NULL OR (authorised_by_id <> paid_by_id AND (policy = 'two' OR paid_by_id <> prepared_by_id)))",
            name=op.f("ck_disbursement_payment_separate"),
        ),
        sa.CheckConstraint("policy IN ('two', 'three')", name=op.f("ck_disbursement_payment_policy")),
        sa.CheckConstraint(
            "status IN ('prepared', 'authorised', 'paid', 'returned', 'cancelled')",
            name=op.f("ck_disbursement_payment_status"),
        ),
        sa.CheckConstraint(
            "status NOT IN ('authorised', 'paid', 'returned') OR authorised_by_id IS NOT NULL",
            name=op.f("ck_disbursement_payment_authorised"),
        ),
        sa.CheckConstraint(
            "status NOT IN ('paid', 'returned') OR paid_by_id IS NOT NULL", name=op.f("ck_disbursement_payment_paid")
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_disbursement_payment_positive")),
        sa.ForeignKeyConstraint(
            ["authorised_by_id"], ["people_person.id"], name=op.f("fk_disbursement_payment_authorised_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["grants_contract.id"], name=op.f("fk_disbursement_payment_contract_id")
        ),
        sa.ForeignKeyConstraint(
            ["instalment_id"], ["grants_instalment.id"], name=op.f("fk_disbursement_payment_instalment_id")
        ),
        sa.ForeignKeyConstraint(["journal_id"], ["funds_journal.id"], name=op.f("fk_disbursement_payment_journal_id")),
        sa.ForeignKeyConstraint(
            ["measure_id"], ["measures_measure.id"], name=op.f("fk_disbursement_payment_measure_id")
        ),
        sa.ForeignKeyConstraint(["paid_by_id"], ["people_person.id"], name=op.f("fk_disbursement_payment_paid_by_id")),
        sa.ForeignKeyConstraint(
            ["prepared_by_id"], ["people_person.id"], name=op.f("fk_disbursement_payment_prepared_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disbursement_payment")),
        sa.UniqueConstraint("key", name="uq_disbursement_payment_key_once"),
    )
    op.create_index(op.f("ix_disbursement_payment_contract_id"), "disbursement_payment", ["contract_id"], unique=False)
    op.create_index(op.f("ix_disbursement_payment_measure_id"), "disbursement_payment", ["measure_id"], unique=False)
    op.create_index(
        "uq_disbursement_payment_instalment_once",
        "disbursement_payment",
        ["instalment_id"],
        unique=True,
        sqlite_where=sa.text("status IN ('prepared', 'authorised', 'paid')"),
        postgresql_where=sa.text("status IN ('prepared', 'authorised', 'paid')"),
    )

    for statement in {
        "sqlite": (
            """
            CREATE TRIGGER history_entry_no_UPDATE BEFORE UPDATE ON "history_entry" BEGIN SELECT RAISE(ABORT, 'history_entry only grows\\: no UPDATE'); END
            """,
            """
            CREATE TRIGGER history_entry_no_DELETE BEFORE DELETE ON "history_entry" BEGIN SELECT RAISE(ABORT, 'history_entry only grows\\: no DELETE'); END
            """,
            """
            INSERT INTO history_head (id, seq, hash) VALUES (1, 0, '0000000000000000000000000000000000000000000000000000000000000000')
            """,
            """
            CREATE TRIGGER funds_journal_no_UPDATE BEFORE UPDATE ON "funds_journal" BEGIN SELECT RAISE(ABORT, 'funds_journal only grows\\: no UPDATE'); END
            """,
            """
            CREATE TRIGGER funds_journal_no_DELETE BEFORE DELETE ON "funds_journal" BEGIN SELECT RAISE(ABORT, 'funds_journal only grows\\: no DELETE'); END
            """,
            """
            CREATE TRIGGER funds_journal_seal BEFORE INSERT ON funds_journal BEGIN
            SELECT CASE WHEN (SELECT count(*) FROM funds_posting WHERE journal_id = NEW.id) < 2
            OR EXISTS (SELECT 1 FROM funds_posting WHERE journal_id = NEW.id GROUP BY currency HAVING sum(amount) <> 0)
            THEN RAISE(ABORT, 'journal entry does not balance') END; END
            """,
            """
            CREATE TRIGGER funds_posting_no_UPDATE BEFORE UPDATE ON "funds_posting" BEGIN SELECT RAISE(ABORT, 'funds_posting only grows\\: no UPDATE'); END
            """,
            """
            CREATE TRIGGER funds_posting_no_DELETE BEFORE DELETE ON "funds_posting" BEGIN SELECT RAISE(ABORT, 'funds_posting only grows\\: no DELETE'); END
            """,
            """
            CREATE TRIGGER funds_posting_late BEFORE INSERT ON funds_posting
            WHEN EXISTS (SELECT 1 FROM funds_journal WHERE id = NEW.journal_id) BEGIN
            SELECT RAISE(ABORT, 'journal entry is sealed'); END
            """,
        ),
        "postgresql": (
            """
            CREATE OR REPLACE FUNCTION only_grows() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            RAISE EXCEPTION '% only grows\\: no %', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation'; END $$
            """,
            """
            CREATE TRIGGER history_entry_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON "history_entry" FOR EACH STATEMENT EXECUTE FUNCTION only_grows()
            """,
            """
            INSERT INTO history_head (id, seq, hash) VALUES (1, 0, '0000000000000000000000000000000000000000000000000000000000000000')
            """,
            """
            CREATE TRIGGER funds_journal_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON "funds_journal" FOR EACH STATEMENT EXECUTE FUNCTION only_grows()
            """,
            """
            CREATE OR REPLACE FUNCTION funds_journal_seal() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF (SELECT count(*) FROM funds_posting WHERE journal_id = NEW.id) < 2
            OR EXISTS (SELECT 1 FROM funds_posting WHERE journal_id = NEW.id GROUP BY currency HAVING sum(amount) <> 0)
            THEN RAISE EXCEPTION 'journal entry does not balance' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$
            """,
            """
            CREATE TRIGGER funds_journal_seal BEFORE INSERT ON funds_journal FOR EACH ROW EXECUTE FUNCTION funds_journal_seal()
            """,
            """
            CREATE TRIGGER funds_posting_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON "funds_posting" FOR EACH STATEMENT EXECUTE FUNCTION only_grows()
            """,
            """
            CREATE OR REPLACE FUNCTION funds_posting_late() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF EXISTS (SELECT 1 FROM funds_journal WHERE id = NEW.journal_id)
            THEN RAISE EXCEPTION 'journal entry is sealed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$
            """,
            """
            CREATE TRIGGER funds_posting_late BEFORE INSERT ON funds_posting FOR EACH ROW EXECUTE FUNCTION funds_posting_late()
            """,
        ),
    }[op.get_bind().dialect.name]:
        op.execute(sa.text(dedent(statement).strip()))


def downgrade() -> None:
    op.drop_index("uq_disbursement_payment_instalment_once", "disbursement_payment")
    op.drop_index(op.f("ix_disbursement_payment_measure_id"), "disbursement_payment")
    op.drop_index(op.f("ix_disbursement_payment_contract_id"), "disbursement_payment")

    op.drop_table("disbursement_payment")
    op.drop_index(op.f("ix_grants_instalment_contract_id"), "grants_instalment")

    op.drop_table("grants_instalment")
    op.drop_index(op.f("ix_rating_score_sheet_id"), "rating_score")

    op.drop_table("rating_score")
    op.drop_index("uq_grants_contract_once", "grants_contract")
    op.drop_index(op.f("ix_grants_contract_measure_id"), "grants_contract")

    op.drop_table("grants_contract")
    op.drop_index(op.f("ix_evaluation_value_measure_id"), "evaluation_value")
    op.drop_index(op.f("ix_evaluation_value_evaluation_id"), "evaluation_value")

    op.drop_table("evaluation_value")
    op.drop_table("disbursement_settlement")
    op.drop_index(op.f("ix_disbursement_receipt_measure_id"), "disbursement_receipt")
    op.drop_index(op.f("ix_disbursement_receipt_line_id"), "disbursement_receipt")

    op.drop_table("disbursement_receipt")
    op.drop_index(op.f("ix_regions_finding_interview_id"), "regions_finding")
    op.drop_index(op.f("ix_regions_finding_bottleneck_id"), "regions_finding")

    op.drop_table("regions_finding")
    op.drop_index("uq_rating_sheet_once", "rating_sheet")
    op.drop_index(op.f("ix_rating_sheet_person_id"), "rating_sheet")
    op.drop_index(op.f("ix_rating_sheet_measure_id"), "rating_sheet")

    op.drop_table("rating_sheet")
    op.drop_index("uq_rating_result_once", "rating_result")
    op.drop_index(op.f("ix_rating_result_measure_id"), "rating_result")

    op.drop_table("rating_result")
    op.drop_table("rating_number")
    op.drop_index(op.f("ix_rating_decision_meeting_id"), "rating_decision")
    op.drop_index(op.f("ix_rating_decision_measure_id"), "rating_decision")

    op.drop_table("rating_decision")
    op.drop_index(op.f("ix_rating_criterion_scheme_id"), "rating_criterion")

    op.drop_table("rating_criterion")
    op.drop_index(op.f("ix_measures_target_group_measure_id"), "measures_target_group")

    op.drop_table("measures_target_group")
    op.drop_index(op.f("ix_measures_snapshot_measure_id"), "measures_snapshot")

    op.drop_table("measures_snapshot")
    op.drop_index(op.f("ix_measures_party_measure_id"), "measures_party")

    op.drop_table("measures_party")
    op.drop_index(op.f("ix_measures_partner_measure_id"), "measures_partner")

    op.drop_table("measures_partner")
    op.drop_index(op.f("ix_measures_indicator_measure_id"), "measures_indicator")

    op.drop_table("measures_indicator")
    op.drop_index("uq_measures_declaration_once", "measures_declaration")
    op.drop_index("ix_measures_declaration_person", "measures_declaration")
    op.drop_index(op.f("ix_measures_declaration_measure_id"), "measures_declaration")

    op.drop_table("measures_declaration")
    op.drop_index(op.f("ix_measures_check_measure_id"), "measures_check")

    op.drop_table("measures_check")
    op.drop_index(op.f("ix_measures_budget_line_measure_id"), "measures_budget_line")

    op.drop_table("measures_budget_line")
    op.drop_index(op.f("ix_measures_annex_measure_id"), "measures_annex")

    op.drop_table("measures_annex")
    op.drop_index(op.f("ix_grants_pause_measure_id"), "grants_pause")

    op.drop_table("grants_pause")
    op.drop_index(op.f("ix_funds_posting_journal_id"), "funds_posting")
    op.drop_index(op.f("ix_funds_posting_donor_id"), "funds_posting")
    op.drop_index("ix_funds_posting_case", "funds_posting")
    op.drop_index("ix_funds_posting_balance", "funds_posting")

    op.drop_table("funds_posting")
    op.drop_index(op.f("ix_evaluation_evaluation_measure_id"), "evaluation_evaluation")

    op.drop_table("evaluation_evaluation")
    op.drop_index("ix_documents_document_subject", "documents_document")
    op.drop_index(op.f("ix_documents_document_case_id"), "documents_document")

    op.drop_table("documents_document")
    op.drop_index(op.f("ix_disbursement_report_measure_id"), "disbursement_report")

    op.drop_table("disbursement_report")
    op.drop_index(op.f("ix_reminders_obligation_subject"), "reminders_obligation")
    op.drop_index("ix_reminders_obligation_open", "reminders_obligation")
    op.drop_index(op.f("ix_reminders_obligation_case_id"), "reminders_obligation")
    op.drop_index(op.f("ix_reminders_obligation_branch_id"), "reminders_obligation")

    op.drop_table("reminders_obligation")
    op.drop_index(op.f("ix_regions_interview_branch_id"), "regions_interview")

    op.drop_table("regions_interview")
    op.drop_table("rating_scheme")
    op.drop_index("uq_rating_member_once", "rating_member")
    op.drop_index(op.f("ix_rating_member_person_id"), "rating_member")
    op.drop_index(op.f("ix_rating_member_committee_id"), "rating_member")

    op.drop_table("rating_member")
    op.drop_index("uq_rating_meeting_open_once", "rating_meeting")
    op.drop_index(op.f("ix_rating_meeting_committee_id"), "rating_meeting")
    op.drop_index(op.f("ix_rating_meeting_call_id"), "rating_meeting")

    op.drop_table("rating_meeting")
    op.drop_index(op.f("ix_people_sign_in_person_id"), "people_sign_in")

    op.drop_table("people_sign_in")
    op.drop_index("uq_people_role_held_once", "people_role_held")
    op.drop_index("uq_people_role_held_branch_once", "people_role_held")
    op.drop_index("ix_people_role_held_person", "people_role_held")

    op.drop_table("people_role_held")
    op.drop_index(op.f("ix_people_link_person_id"), "people_link")

    op.drop_table("people_link")
    op.drop_index("ix_measures_measure_status", "measures_measure")
    op.drop_index("ix_measures_measure_owner", "measures_measure")
    op.drop_index(op.f("ix_measures_measure_fund_id"), "measures_measure")
    op.drop_index("ix_measures_measure_call", "measures_measure")
    op.drop_index("ix_measures_measure_branch", "measures_measure")

    op.drop_table("measures_measure")
    op.drop_index("ix_mail_message_waiting", "mail_message")
    op.drop_index(op.f("ix_mail_message_case_id"), "mail_message")

    op.drop_table("mail_message")
    op.drop_index(op.f("ix_funds_journal_fund_id"), "funds_journal")
    op.drop_index(op.f("ix_funds_journal_case_id"), "funds_journal")

    op.drop_table("funds_journal")
    op.drop_index(op.f("ix_funds_contribution_donor_id"), "funds_contribution")

    op.drop_table("funds_contribution")
    op.drop_index("uq_documents_template_active_once", "documents_template")

    op.drop_table("documents_template")
    op.drop_table("regions_branch_year")
    op.drop_index(op.f("ix_regions_bottleneck_branch_id"), "regions_bottleneck")

    op.drop_table("regions_bottleneck")
    op.drop_table("people_person")
    op.drop_table("history_words")
    op.drop_index(op.f("ix_funds_donor_fund_id"), "funds_donor")

    op.drop_table("funds_donor")
    op.drop_index(op.f("ix_funds_call_fund_id"), "funds_call")

    op.drop_table("funds_call")
    op.drop_table("reminders_day_off")
    op.drop_table("reminders_beat")
    op.drop_table("rating_committee")
    op.drop_table("people_organisation")
    op.drop_index("ix_people_failed_sign_in_address", "people_failed_sign_in")
    op.drop_index("ix_people_failed_sign_in_account", "people_failed_sign_in")

    op.drop_table("people_failed_sign_in")
    op.drop_table("people_branch")
    op.drop_table("history_head")
    op.drop_index("ix_history_entry_subject", "history_entry")
    op.drop_index("ix_history_entry_case", "history_entry")
    op.drop_index(op.f("ix_history_entry_branch_id"), "history_entry")

    op.drop_table("history_entry")
    op.drop_table("funds_fund")
    op.drop_table("funds_counter")
    op.drop_index(op.f("ix_files_file_subject"), "files_file")
    op.drop_index(op.f("ix_files_file_sha256"), "files_file")
    op.drop_index(op.f("ix_files_file_case_id"), "files_file")

    op.drop_table("files_file")
    for statement in {
        "sqlite": (),
        "postgresql": (
            """
            DROP FUNCTION IF EXISTS only_grows()
            """,
            """
            DROP FUNCTION IF EXISTS funds_journal_seal()
            """,
            """
            DROP FUNCTION IF EXISTS funds_posting_late()
            """,
        ),
    }[op.get_bind().dialect.name]:
        op.execute(sa.text(dedent(statement).strip()))
