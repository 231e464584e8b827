"""Sessions. Reading cannot write because the database refuses it; writing is one transaction, run again as a whole when the database asks."""

import asyncio
import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

from sqlalchemy import BigInteger, Connection, DateTime, Dialect, MetaData, String, create_engine, event, inspect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column
from sqlalchemy.types import TypeDecorator

Result = TypeVar("Result")
Row = TypeVar("Row")
Minor = Annotated[int, mapped_column(BigInteger)]  # an amount of money; which currency, the row or its owner says
TRIES, WRITERS, READERS = 6, 8, 16  # together below the 40 threads of the server: who holds a connection finds a thread
NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Moment(TypeDecorator[datetime]):
    """An aware moment, kept as UTC on both databases."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value if value is None else value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {datetime: Moment, str: String}  # noqa: RUF012 - SQLAlchemy's own form


class ReadSession(Session):
    """What questions take: one snapshot, and the database refuses any write."""


class WriteSession(ReadSession):
    """What verbs take. Verbs may ask; a question's session cannot be handed to a verb (type checker)."""


class Database:
    """One address, one pool, two kinds of session."""

    def __init__(self, url: str, wait: float = 5.0) -> None:
        lite = url.startswith("sqlite")
        self.url = url
        self.engine = create_engine(
            url,
            pool_size=READERS + WRITERS + 8,
            max_overflow=0,
            pool_timeout=wait,
            pool_pre_ping=not lite,
            query_cache_size=2000,
        )
        reading = {"reading": True} if lite else {"postgresql_readonly": True, "isolation_level": "REPEATABLE READ"}
        self.reader = self.engine.execution_options(**reading)
        self.queue = {True: asyncio.Semaphore(READERS), False: asyncio.Semaphore(1 if lite else WRITERS)}  # by "safe"
        if lite:
            event.listen(self.engine, "connect", lambda raw, _: _prepare(raw, wait))
            event.listen(self.engine, "begin", _begin)

    def session(self, safe: bool) -> ReadSession:
        return ReadSession(self.reader) if safe else WriteSession(self.engine, expire_on_commit=False)

    @contextmanager
    def reading(self) -> Iterator[ReadSession]:
        with ReadSession(self.reader) as session:
            yield session

    def write(self, work: Callable[[WriteSession], Result]) -> Result:
        """For commands and the heartbeat: `work(session)` in one transaction, run again as a whole if need be."""
        for attempt in range(1, TRIES + 1):
            try:
                with WriteSession(self.engine, expire_on_commit=False) as session, session.begin():
                    return work(session)
            except DBAPIError as error:
                if attempt == TRIES or not again(error):
                    raise
            time.sleep(pause(attempt))
        raise AssertionError("unreachable")

    def close(self) -> None:
        self.engine.dispose()


def again(error: DBAPIError) -> bool:
    """Serialisation failure, deadlock, busy, or a twin that was first: run again, the verb finds what is there.

    On PostgreSQL two may look for a row, find none, and both add it; the second meets the unique constraint (23505).
    """
    original: Any = error.orig
    return getattr(original, "sqlstate", None) in {"40001", "40P01", "23505"} or "database is locked" in str(original)


def pause(attempt: int) -> float:
    """Seconds to wait before the next try, growing and spread."""
    return random.uniform(0.01, 0.02) * float(2**attempt)  # noqa: S311 - spreads retries, keeps no secret


def locked(session: WriteSession, row: Row) -> Row:
    """The row that owns a limit: locked AND read afresh. A bare `select … with_for_update()` keeps the values loaded before.

    A session that says in its `info` that it is `alone` reads nothing again: a new database is filled in one transaction.
    """
    session.flush()
    if session.info.get("alone"):
        return row
    columns = [attribute.key for attribute in inspect(type(row)).column_attrs]
    session.refresh(row, columns, with_for_update=True)  # its own columns only: what was joined to it cannot be locked
    return row


def undo(session: WriteSession) -> None:
    """Nothing of what this transaction did is kept; it may go on reading, to show a refused form again."""
    session.rollback()
    for waiting in ("history", "wake"):
        session.info.pop(waiting, None)


def let_go(session: ReadSession) -> None:
    """Ends the snapshot, or the lock, before something slow that needs neither; what was loaded stays, what comes after begins anew.

    Only before anything was written.
    """
    waiting = [*session.new, *session.dirty, *session.deleted]
    assert not waiting, "something waits to be written"
    expires, session.expire_on_commit = session.expire_on_commit, False
    session.commit()
    session.expire_on_commit = expires


def _prepare(raw: sqlite3.Connection, wait: float) -> None:
    raw.isolation_level = None
    journal = "journal_mode=DELETE"  # WAL only where sqlite_version has the fix of the WAL-reset bug
    for pragma in (
        journal,
        "foreign_keys=ON",
        "recursive_triggers=ON",
        "synchronous=FULL",
        f"busy_timeout={wait * 1000:.0f}",
    ):
        raw.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql(f"PRAGMA query_only={reading:d}")
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
