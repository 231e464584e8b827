"""One head; the migrations make exactly what the models say, triggers and checks included; up, down and up again on filled tables."""

import re
import subprocess
import sys

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import JSON, inspect, text

from fundapp.kit.database import Base
from fundapp.kit.migrations import config, downgrade, migrate, triggers
from fundapp.kit.places import MIGRATIONS
from fundapp.measures.models import Measure
from tests import factories as make

APPEND_ONLY = {name for name, table in Base.metadata.tables.items() if table.info.get("append_only")}


@pytest.fixture
def scripts(database):
    return ScriptDirectory.from_config(config(database))


def test_there_is_one_head_and_one_beginning(scripts):
    assert len(scripts.get_heads()) == 1
    assert len(scripts.get_bases()) == 1


def test_migrations_are_named_by_their_day(scripts):
    for script in scripts.walk_revisions():
        assert re.search(r"/\d{4}-\d\d-\d\d_[a-z0-9_]+\.py$", script.path), script.path


def other_default(context, inspected, column, there, default, rendered):
    """PostgreSQL cannot compare JSON values: there the text is compared. SQLite writes empty text as ('').

    None: as Alembic does it.
    """
    if there == "('')":
        return rendered is None or rendered.strip("'") != ""
    return (rendered or "").strip("'") not in (there or "") if isinstance(column.type, JSON) else None


def test_the_models_say_nothing_that_the_migrations_do_not(database):
    with database.engine.connect() as connection:
        opts = {"compare_type": True, "compare_server_default": other_default}
        context = MigrationContext.configure(connection, opts=opts)
        assert compare_metadata(context, Base.metadata) == []


def described(database):
    """What the database itself says of its tables, without the names' quotes and spaces."""
    with database.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            asked = "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'alembic%' AND sql IS NOT NULL"
            found = {(kind, name): re.sub(r'[\s"]+', "", sql) for kind, name, sql in connection.execute(text(asked))}
            return {key: parts(sql) for key, sql in found.items()}
        asked = """
            SELECT conrelid::regclass::text || '.' || conname, pg_get_constraintdef(oid) FROM pg_constraint
            WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text NOT LIKE 'alembic%'
            UNION ALL SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND indexname NOT LIKE 'alembic%'
            UNION ALL SELECT tgrelid::regclass::text || '.' || tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
            UNION ALL SELECT proname, regexp_replace(prosrc, '\\s+', ' ', 'g') FROM pg_proc
            WHERE pronamespace = 'public'::regnamespace
            UNION ALL SELECT table_name || '.' || column_name, data_type || is_nullable || coalesce(column_default, '')
            FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE 'alembic%'
        """
        return dict(connection.execute(text(asked)).all())


def parts(sql):
    """The columns and constraints of a table in any order, since a migration may add one at the end, with its own rule behind it."""
    if not sql.startswith("CREATETABLE"):
        return sql
    found = []
    for part in re.split(r",(?![^(]*\))", sql[sql.index("(") + 1 : -1]):
        column, constraint, rule = part.partition("CONSTRAINT")
        pointed = re.sub(r"(fk_\w+?)(REFERENCES)", rf"\1FOREIGNKEY({column.removesuffix('INTEGER')})\2", rule)
        found += [column] * bool(column) + [constraint + (pointed if column else rule)] * bool(constraint)
    return sorted(found)


def test_the_migrations_make_what_the_models_make(database, fresh):
    Base.metadata.create_all(fresh.engine)
    assert described(database) == described(fresh)


def test_tables_that_only_grow_have_their_triggers(database):
    assert {"history_entry", "funds_journal", "funds_posting"} <= APPEND_ONLY
    with database.engine.connect() as connection:
        lite, found = connection.dialect.name == "sqlite", triggers(connection)
    wanted = {
        name
        for table in APPEND_ONLY
        for name in ((f"{table}_no_UPDATE", f"{table}_no_DELETE") if lite else (f"{table}_only_grows",))
    }
    assert found == wanted | {"funds_journal_seal", "funds_posting_late"}


def fill(session):
    make.contract(session, measure=make.measure(session, status="running"))
    make.scheme(session, call=make.call(session), committee=make.committee(session))
    session.execute(
        text(
            "INSERT INTO funds_posting (id, journal_id, fund_id, account, currency, amount) "
            "SELECT 1, 1, min(id), 'bank', 'EUR', 5 FROM funds_fund UNION SELECT 2, 1, min(id), 'donor', 'EUR', -5 FROM funds_fund"
        )
    )
    session.execute(
        text(
            "INSERT INTO funds_journal (id, fund_id, kind, booked_on, document, subject, key, at) "
            "SELECT 1, min(id), 'receive', '2026-03-02', 'B-1', 'x.y:1', 'k', '2026-03-02 00:00:00' FROM funds_fund"
        )
    )


def test_filled_tables_go_down_and_up_again(database, write):
    write(fill)
    scripts = ScriptDirectory.from_config(config(database))
    for script in list(scripts.walk_revisions())[:-1]:  # down one by one to the first, keeping the rows
        downgrade(database, script.down_revision)
    migrate(database)
    assert write(lambda session: session.query(Measure).count()) == 1
    downgrade(database, "base")
    with database.engine.connect() as connection:
        assert set(inspect(connection).get_table_names()) == {"alembic_version"}
        assert triggers(connection) == set()
        if connection.dialect.name == "postgresql":
            assert (
                connection.scalar(text("SELECT count(*) FROM pg_proc WHERE pronamespace = 'public'::regnamespace")) == 0
            )
    migrate(database)
    write(fill)


def test_migrating_again_changes_nothing(database):
    before = described(database)
    migrate(database)
    assert described(database) == before


def test_processes_that_migrate_at_once_queue(fresh):
    code = "import sys; from fundapp.kit.database import Database; from fundapp.kit.migrations import migrate; migrate(Database(sys.argv[1]))"
    running = [subprocess.Popen([sys.executable, "-c", code, fresh.url], cwd=MIGRATIONS.parent) for _ in range(3)]
    assert [process.wait(120) for process in running] == [0, 0, 0]
    assert described(fresh)
