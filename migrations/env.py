"""How a migration runs: one transaction, one process at a time."""

import re
from typing import Any, Literal

from alembic import context
from alembic.autogenerate import renderers
from alembic.autogenerate.api import AutogenContext
from alembic.operations import ops
from sqlalchemy import Connection, Engine, text

import fundapp.rooms  # noqa: F401 - brings the tables of all rooms
from fundapp.kit.database import Base, Moment
from fundapp.kit.migrations import STATEMENTS

LOCK = 5_331_779  # any number that means "fundapp migrates" on a PostgreSQL server


def run(engine: Engine) -> None:
    """SQLite: batch mode rebuilds tables, so foreign keys rest meanwhile and are checked before the commit."""
    with engine.connect() as connection:
        lite = connection.dialect.name == "sqlite"
        raw: Any = connection.connection.driver_connection
        if lite:
            raw.execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                migrate(connection, lite)
        finally:
            if lite:
                raw.execute("PRAGMA foreign_keys=ON")


def migrate(connection: Connection, lite: bool) -> None:
    if not lite:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=lite,
        compare_type=True,
        render_item=render_item,
        process_revision_directives=with_statements,
    )
    with context.begin_transaction():
        context.run_migrations()
    if lite and (broken := connection.execute(text("PRAGMA foreign_key_check")).fetchall()):
        raise RuntimeError(f"rows point to nothing after the migration: {broken[:5]}")


def render_item(kind: str, thing: Any, autogen: AutogenContext) -> str | Literal[False]:
    """Our own column types are written down as what they are in the database, so that a migration needs no code of today."""
    if kind == "type" and isinstance(thing, Moment):
        return "sa.DateTime(timezone=True)"
    return False


class Statements(ops.MigrateOperation):
    """SQL by dialect, written into the revision as it stands today."""

    def __init__(self, by_dialect: dict[str, list[str]]) -> None:
        self.by_dialect = by_dialect


@renderers.dispatch_for(Statements)
def _write_down(autogen: AutogenContext, op: Statements) -> str:
    autogen.imports.add("from textwrap import dedent")
    lines = ["for statement in {"]
    for dialect, statements in op.by_dialect.items():
        lines.append(f'    "{dialect}": (')
        for statement in (each.replace(":", "\\\\:") for each in statements):
            lines += ['        """', *(f"        {line}" for line in statement.splitlines()), '        """,']
        lines.append("    ),")
    return "\n".join([*lines, "}[op.get_bind().dialect.name]:", "    op.execute(sa.text(dedent(statement).strip()))"])


def with_statements(_: object, __: object, scripts: list[ops.MigrationScript]) -> None:
    """What follows a table's creation (triggers, first rows) is part of the revision that creates it."""
    script = scripts[0]
    created = [op.table_name for op in script.upgrade_ops.ops if isinstance(op, ops.CreateTableOp)]
    made = {
        dialect: [one for table in created for make in STATEMENTS.get(table, ()) for one in make(dialect)]
        for dialect in ("sqlite", "postgresql")
    }
    if not any(made.values()):
        return
    made = {dialect: list(dict.fromkeys(found)) for dialect, found in made.items()}
    functions = re.findall(r"CREATE OR REPLACE FUNCTION (\w+\(\))", "\n".join(made["postgresql"]))
    gone = {"sqlite": [], "postgresql": [f"DROP FUNCTION IF EXISTS {name}" for name in dict.fromkeys(functions)]}
    script.upgrade_ops.ops.append(Statements(made))
    script.downgrade_ops.ops.append(Statements(gone))


engine: Engine | None = context.config.attributes.get("engine")
if engine is None:
    raise RuntimeError("Run migrations with `fundapp migrate`.")
run(engine)
