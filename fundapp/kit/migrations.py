"""Migrations: find them, run them, and the triggers that let a table only grow."""

from collections.abc import Callable
from tempfile import TemporaryDirectory

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Table, event, inspect, text

from fundapp.kit.database import Base, Database
from fundapp.kit.places import MIGRATIONS

SQLITE = """CREATE TRIGGER {t}_no_{v} BEFORE {v} ON "{t}" BEGIN SELECT RAISE(ABORT, '{t} only grows: no {v}'); END"""
POSTGRES = """CREATE OR REPLACE FUNCTION only_grows() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
RAISE EXCEPTION '% only grows: no %', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation'; END $$"""

Statements = Callable[[str], list[str]]  # dialect -> what to run after the table is created
STATEMENTS: dict[str, list[Statements]] = {}


def only_grows(table: str, dialect: str) -> list[str]:
    """The statements that refuse UPDATE, DELETE, REPLACE and TRUNCATE on a table."""
    if dialect == "sqlite":
        return [SQLITE.format(t=table, v=verb) for verb in ("UPDATE", "DELETE")]
    return [
        POSTGRES,
        f'CREATE TRIGGER {table}_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON "{table}" '
        "FOR EACH STATEMENT EXECUTE FUNCTION only_grows()",
    ]


def append_only(table: Table) -> Table:
    """Marks a table that only grows; the triggers come with it wherever it is created."""
    table.info["append_only"] = True
    return with_statements(table, lambda dialect: only_grows(table.name, dialect))


def with_statements(table: Table, statements: Statements) -> Table:
    """Runs `statements(dialect)` after the table is created, in migrations and in `create_all` alike."""
    STATEMENTS.setdefault(table.name, []).append(statements)

    def after_create(target: Table, connection: Connection, **_: object) -> None:
        for statement in statements(connection.dialect.name):
            connection.execute(text(statement.replace(":", "\\:")))

    event.listen(table, "after_create", after_create)
    return table


def config(database: Database) -> Config:
    found = Config()
    found.set_main_option("script_location", str(MIGRATIONS))
    found.attributes["engine"] = database.engine
    return found


def migrate(database: Database, to: str = "head") -> None:
    """Brings the database to the newest (or named) revision; one process at a time."""
    command.upgrade(config(database), to)


def downgrade(database: Database, to: str) -> None:
    command.downgrade(config(database), to)


def knows(database: Database, revision: str) -> bool:
    """Whether this program can bring a database to and from the revision."""
    return any(script.revision == revision for script in ScriptDirectory.from_config(config(database)).walk_revisions())


def is_current(database: Database) -> bool:
    """Whether the database stands at the newest revision."""
    with database.engine.connect() as connection:
        held = MigrationContext.configure(connection).get_current_revision()
    return held == ScriptDirectory.from_config(config(database)).get_current_head()


def revise(message: str) -> None:
    """For developers: writes the revision that brings the migrations so far to the models of today. Read it before committing."""
    with TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/empty.sqlite3")
        migrate(database)
        asked = config(database)
        asked.set_main_option("file_template", "%%(year)d-%%(month).2d-%%(day).2d_%%(slug)s")
        command.revision(asked, message, autogenerate=True)
        database.close()


def triggers(connection: Connection) -> set[str]:
    """Names of all triggers there are, for the house test."""
    if connection.dialect.name == "sqlite":
        rows = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
    else:
        rows = connection.execute(text("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"))
    return {row[0] for row in rows}


def is_empty(connection: Connection) -> bool:
    return not (set(inspect(connection).get_table_names()) & set(Base.metadata.tables))
