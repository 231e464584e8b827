"""How a migration runs: one transaction, one process at a time."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection, Engine, text

import fundapp.rooms  # noqa: F401 - brings the tables of all rooms
from fundapp.kit.database import Base, Moment

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


engine: Engine | None = context.config.attributes.get("engine")
if engine is None:
    raise RuntimeError("Run migrations with `fundapp migrate`.")
run(engine)
