"""Proposals: from the public call to an eligible proposal. One pair of functions for each room."""

import sqlalchemy as sa
from alembic import op

from fundapp.kit.phones import dialled

revision = "2026_11_24_proposals"
down_revision = "2026_11_23_office"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for room in (_people, _mail, _funds, _measures, _checks, _exchange):
        room()


def downgrade() -> None:
    for room in (_exchange_back, _checks_back, _measures_back, _funds_back, _mail_back, _people_back):
        room()


def _people() -> None:
    """Telephone numbers as they are dialled, one-time codes, and who works for an applicant's organisation."""
    op.add_column("people_person", sa.Column("dialled", sa.String(), nullable=False, server_default=""))
    op.create_index("ix_people_person_dialled", "people_person", ["dialled"])
    op.add_column("people_sign_in", sa.Column("light", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("people_link", sa.Column("address", sa.String(), nullable=False, server_default=""))
    op.create_index("ix_people_link_address", "people_link", ["address"])
    op.create_table(
        "people_membership",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("invited_by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('editor', 'reader')", name=op.f("ck_people_membership_kind")),
        sa.ForeignKeyConstraint(["organisation_id"], ["people_organisation.id"], name=op.f("fk_people_membership_organisation_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people_person.id"], name=op.f("fk_people_membership_person_id")),
        sa.ForeignKeyConstraint(["invited_by_id"], ["people_person.id"], name=op.f("fk_people_membership_invited_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_membership")),
    )  # fmt: skip
    op.create_index("ix_people_membership_organisation", "people_membership", ["organisation_id"])
    once = sa.text("ended_at IS NULL")
    op.create_index(
        "uq_people_membership_open_once", "people_membership", ["person_id", "organisation_id"], unique=True,
        sqlite_where=once, postgresql_where=once,
    )  # fmt: skip
    op.create_table(
        "people_invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('editor', 'reader')", name=op.f("ck_people_invitation_kind")),
        sa.ForeignKeyConstraint(["organisation_id"], ["people_organisation.id"], name=op.f("fk_people_invitation_organisation_id")),
        sa.ForeignKeyConstraint(["by_id"], ["people_person.id"], name=op.f("fk_people_invitation_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_invitation")),
    )  # fmt: skip
    op.create_index("ix_people_invitation_organisation", "people_invitation", ["organisation_id"])
    op.create_index(
        "uq_people_invitation_open_once", "people_invitation", ["address", "organisation_id"], unique=True,
        sqlite_where=once, postgresql_where=once,
    )  # fmt: skip
    op.create_table(
        "people_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dialled", sa.String(), nullable=False),
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people_person.id"], name=op.f("fk_people_code_person_id")),
        sa.ForeignKeyConstraint(["made_by_id"], ["people_person.id"], name=op.f("fk_people_code_made_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_code")),
    )
    op.create_index("ix_people_code_dialled", "people_code", ["dialled", "ends_at"])
    _people_filled()


def _people_filled() -> None:
    """Numbers that are there are made findable; who is known to write for an organisation may go on doing so."""
    to = op.get_bind()
    for id, phone in to.execute(sa.text("SELECT id, phone FROM people_person WHERE phone <> ''")).all():
        to.execute(sa.text("UPDATE people_person SET dialled = :d WHERE id = :i"), {"d": dialled(phone), "i": id})
    op.execute("""
        INSERT INTO people_membership (organisation_id, person_id, kind, at)
        SELECT organisation_id, id, 'editor', created_at FROM people_person
        WHERE organisation_id IS NOT NULL AND EXISTS (SELECT 1 FROM people_role_held AS held
            WHERE held.person_id = people_person.id AND held.role = 'applicant' AND held.ended_at IS NULL)
    """)


def _people_back() -> None:
    for table in ("people_code", "people_invitation", "people_membership"):
        op.drop_table(table)
    op.drop_index("ix_people_link_address", "people_link")
    op.drop_column("people_link", "address")
    op.drop_column("people_sign_in", "light")
    op.drop_index("ix_people_person_dialled", "people_person")
    op.drop_column("people_person", "dialled")


def _mail() -> None:
    """Short texts beside the mails, and who told them by telephone."""
    with op.batch_alter_table("mail_message") as table:
        table.add_column(sa.Column("channel", sa.String(), nullable=False, server_default="mail"))
        table.add_column(sa.Column("short", sa.String(), nullable=False, server_default=sa.text("''")))
        table.add_column(sa.Column("told_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("told_by_id", sa.Integer(), nullable=True))
        table.create_check_constraint(op.f("ck_mail_message_channel"), "channel IN ('mail', 'text')")
        table.create_check_constraint(op.f("ck_mail_message_told"), "(told_at IS NULL) = (told_by_id IS NULL)")
        table.create_foreign_key(op.f("fk_mail_message_told_by_id"), "people_person", ["told_by_id"], ["id"])
    waits = sa.text("sent_at IS NULL AND stopped_at IS NULL AND told_at IS NULL")
    op.create_index(
        "ix_mail_message_open", "mail_message", ["send_after"], sqlite_where=waits, postgresql_where=waits
    )  # fmt: skip


def _mail_back() -> None:
    op.drop_index("ix_mail_message_open", "mail_message")
    with op.batch_alter_table("mail_message") as table:
        table.drop_constraint(op.f("fk_mail_message_told_by_id"), type_="foreignkey")
        table.drop_constraint(op.f("ck_mail_message_told"), type_="check")
        table.drop_constraint(op.f("ck_mail_message_channel"), type_="check")
        for name in ("told_by_id", "told_at", "short", "channel"):
            table.drop_column(name)


def _funds() -> None:
    for column in (
        sa.Column("language", sa.String(), nullable=False, server_default="en"),
        sa.Column("texts", sa.JSON(), nullable=False, server_default="{}"),
        sa.Column("questions", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("indicators", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("short_limit", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("contact", sa.String(), nullable=False, server_default=""),
        sa.Column("edition", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("copied_from_id", sa.Integer(), nullable=True),
        sa.Column("extensions", sa.JSON(), nullable=False, server_default="[]"),
    ):
        op.add_column("funds_call", column)
    op.create_table(
        "funds_inquiry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("set_aside_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("because", sa.String(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("key", sa.String(), nullable=False),
        sa.CheckConstraint(
            "(published_at IS NULL) = (answer = '')", name=op.f("ck_funds_inquiry_public_once_answered")
        ),
        sa.CheckConstraint("published_at IS NULL OR set_aside_at IS NULL", name=op.f("ck_funds_inquiry_ended")),
        sa.CheckConstraint("set_aside_at IS NULL OR because <> ''", name=op.f("ck_funds_inquiry_reason")),
        sa.ForeignKeyConstraint(["by_id"], ["people_person.id"], name=op.f("fk_funds_inquiry_by_id")),
        sa.ForeignKeyConstraint(["call_id"], ["funds_call.id"], name=op.f("fk_funds_inquiry_call_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_funds_inquiry")),
        sa.UniqueConstraint("key", name="uq_funds_inquiry_key_once"),
    )
    op.create_index("ix_funds_inquiry_public", "funds_inquiry", ["call_id", "published_at"])
    op.create_index("ix_funds_inquiry_source", "funds_inquiry", ["source", "asked_at"])


def _funds_back() -> None:
    op.drop_table("funds_inquiry")
    for name in (
        "extensions", "copied_from_id", "version", "edition", "contact", "short_limit", "indicators", "questions", "texts",
        "language",
    ):  # fmt: skip
        op.drop_column("funds_call", name)


def _words(table: str, *names: str) -> None:
    for name in names:
        op.add_column(table, sa.Column(name, sa.String(), nullable=False, server_default=""))


def _part(table: str, *columns: sa.Column, **constraints: str) -> None:
    """A table whose rows belong to a proposal."""
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("measure_id", sa.Integer(), nullable=False),
        *columns,
        *(sa.CheckConstraint(text, name=op.f(f"ck_{table}_{name}")) for name, text in constraints.items()),
        sa.ForeignKeyConstraint(["measure_id"], ["measures_measure.id"], name=op.f(f"fk_{table}_measure_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    op.create_index(op.f(f"ix_{table}_measure_id"), table, ["measure_id"])


def _text(name: str) -> sa.Column:
    return sa.Column(name, sa.String(), nullable=False)


def _slot() -> sa.Column:
    return sa.Column("slot", sa.Integer(), nullable=False, server_default="0")


SLOTS = ("measures_partner", "measures_target_group", "measures_indicator", "measures_budget_line")
ON_MEASURE = ("env_note", "land", "permits", "own_when", "in_kind_note", "supported", "open_duties")
NULLABLE = {
    "paper_received_at": sa.DateTime(timezone=True), "staff_female": sa.Integer(), "staff_male": sa.Integer(),
    "annual_budget": sa.BigInteger(), "own_by": sa.Date(),
}  # fmt: skip
POINTERS = {
    "confirmation_file_id": "files_file", "copied_from_id": "measures_measure", "paper_received_by_id": "people_person",
    "paper_file_id": "files_file",
}  # fmt: skip
JSONS = {"asked": "[]", "answers": "{}", "consents_withdrawn": "{}"}
CHECKED = {  # what was written so far was written in the first form
    "form": "VARCHAR DEFAULT 'first' NOT NULL CHECK (form IN ('first', 'short', 'full'))",
    "confirmed_how": "VARCHAR DEFAULT '' NOT NULL CHECK (confirmed_how IN ('', 'self', 'code', 'photo'))",
    "vat": "VARCHAR DEFAULT '' NOT NULL CHECK (vat IN ('', 'none', 'not_recoverable', 'recoverable'))",
    "env_effect": "INTEGER CHECK (env_effect BETWEEN -2 AND 2)",
}


def _measures() -> None:
    _words("measures_measure", *ON_MEASURE)
    for name, kind in NULLABLE.items():
        op.add_column("measures_measure", sa.Column(name, kind, nullable=True))
    for name, empty in JSONS.items():
        op.add_column("measures_measure", sa.Column(name, sa.JSON(), nullable=False, server_default=empty))
    for name, column in CHECKED.items():  # a rule of its own comes with its column: both databases know this form
        column, _, rule = column.partition(" CHECK ")
        rule = f"CONSTRAINT ck_measures_measure_{name} CHECK {rule}"
        op.execute(f"ALTER TABLE measures_measure ADD COLUMN {name} {column} {rule}")
    for name, target in POINTERS.items():
        rule = f"CONSTRAINT fk_measures_measure_{name} REFERENCES {target} (id)"
        op.execute(f"ALTER TABLE measures_measure ADD COLUMN {name} INTEGER {rule}")
    _words("measures_partner", "why")
    _words("measures_budget_line", "quoted_by")
    for name in ("quoted_on", "quoted_until"):
        op.add_column("measures_budget_line", sa.Column(name, sa.Date(), nullable=True))
    for name in SLOTS:
        op.add_column(name, _slot())
        rows = sa.table(name, sa.column("id", sa.Integer()), sa.column("slot", sa.Integer()))
        op.execute(rows.update().values(slot=rows.c.id + 100))
    _part(
        "measures_activity", _slot(), _text("title"), _text("responsible"), sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False), sa.Column("milestone", sa.Boolean(), nullable=False),
        in_order="ends_on >= starts_on",
    )  # fmt: skip
    _part(
        "measures_risk", _slot(), _text("text"), sa.Column("likelihood", sa.Integer(), nullable=False),
        sa.Column("impact", sa.Integer(), nullable=False), _text("mitigation"), _text("owner"),
        grades="likelihood BETWEEN 1 AND 5 AND impact BETWEEN 1 AND 5",
    )  # fmt: skip
    _part(
        "measures_support", _slot(), _text("giver"), _text("purpose"), sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False), sa.Column("ended", sa.Boolean(), nullable=False),
    )  # fmt: skip
    _part(
        "measures_typed", _text("section"), sa.Column("content", sa.JSON(), nullable=False), _text("locale"),
        sa.Column("by_id", sa.Integer(), sa.ForeignKey("people_person.id", name="fk_measures_typed_by_id"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("measure_id", "section", name="uq_measures_typed_section_once"),
    )  # fmt: skip
    _part(
        "measures_correction", _text("section"), _text("field"), _text("before"), _text("after"), _text("because"),
        sa.Column("by_id", sa.Integer(), sa.ForeignKey("people_person.id", name="fk_measures_correction_by_id"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("objected_at", sa.DateTime(timezone=True), nullable=True), _text("objection"),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
    )  # fmt: skip


def _measures_back() -> None:
    op.drop_table("measures_correction")
    for name in ("measures_typed", "measures_support", "measures_risk", "measures_activity"):
        op.drop_table(name)
    for name in SLOTS:
        op.drop_column(name, "slot")
    for name in ("quoted_by", "quoted_on", "quoted_until"):
        op.drop_column("measures_budget_line", name)
    op.drop_column("measures_partner", "why")
    for name in (*POINTERS, *JSONS, *NULLABLE, *CHECKED, *ON_MEASURE):
        op.execute(f"ALTER TABLE measures_measure DROP COLUMN {name}")  # with its own rule, on both databases


def _checks() -> None:
    """Who checks a proposal, who helped to write it, what a list was asked."""
    rule = "CONSTRAINT fk_measures_measure_check_branch_id REFERENCES people_branch (id)"
    op.execute(f"ALTER TABLE measures_measure ADD COLUMN check_branch_id INTEGER {rule}")
    op.create_index("ix_measures_measure_check_branch", "measures_measure", ["check_branch_id"])
    _words("measures_check", "why")
    op.add_column("measures_check", sa.Column("looked", sa.JSON(), nullable=False, server_default="{}"))
    _part(
        "measures_help", sa.Column("person_id", sa.Integer(), nullable=False), _text("kind"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people_person.id"], name=op.f("fk_measures_help_person_id")),
        sa.UniqueConstraint("measure_id", "person_id", "kind", name="uq_measures_help_once"),
        kind="kind IN ('explained', 'typed', 'wrote')",
    )  # fmt: skip


def _checks_back() -> None:
    op.drop_table("measures_help")
    op.drop_column("measures_check", "looked")
    op.drop_column("measures_check", "why")
    op.drop_index("ix_measures_measure_check_branch", "measures_measure")
    op.drop_column("measures_measure", "check_branch_id")


def _exchange() -> None:
    op.create_table(
        "exchange_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fund_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("layout", sa.JSON(), nullable=False),
        sa.Column("meaning", sa.JSON(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("remembered", sa.Boolean(), nullable=False),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_by_id", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.JSON(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "taken_at IS NULL OR agreed_at IS NOT NULL", name=op.f("ck_exchange_import_agreed_before_taken")
        ),
        sa.CheckConstraint(
            "(taken_at IS NULL) = (taken_by_id IS NULL)", name=op.f("ck_exchange_import_taken_by_somebody")
        ),
        sa.CheckConstraint(
            "undone_at IS NULL OR taken_at IS NOT NULL", name=op.f("ck_exchange_import_taken_before_undone")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["people_person.id"], name=op.f("fk_exchange_import_by_id")),
        sa.ForeignKeyConstraint(["file_id"], ["files_file.id"], name=op.f("fk_exchange_import_file_id")),
        sa.ForeignKeyConstraint(["fund_id"], ["funds_fund.id"], name=op.f("fk_exchange_import_fund_id")),
        sa.ForeignKeyConstraint(["taken_by_id"], ["people_person.id"], name=op.f("fk_exchange_import_taken_by_id")),
        sa.ForeignKeyConstraint(["undone_by_id"], ["people_person.id"], name=op.f("fk_exchange_import_undone_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchange_import")),
    )
    op.create_index("ix_exchange_import_known", "exchange_import", ["fingerprint", "fund_id", "id"], unique=False)
    op.create_index("ix_exchange_import_by", "exchange_import", ["by_id", "id"], unique=False)
    op.create_table(
        "exchange_taken",
        sa.Column("measure_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["exchange_import.id"], name=op.f("fk_exchange_taken_import_id")),
        sa.ForeignKeyConstraint(["measure_id"], ["measures_measure.id"], name=op.f("fk_exchange_taken_measure_id")),
        sa.PrimaryKeyConstraint("measure_id", name=op.f("pk_exchange_taken")),
    )
    op.create_index(op.f("ix_exchange_taken_import_id"), "exchange_taken", ["import_id"], unique=False)


def _exchange_back() -> None:
    op.drop_table("exchange_taken")
    op.drop_table("exchange_import")
