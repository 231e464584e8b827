"""Making a backup while people work, and restoring one into an empty fund."""

import errno
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import zip_longest
from pathlib import Path

from sqlalchemy import Connection, create_engine, delete, inspect, select, sql, text, update

from fundapp.backups.archive import Archive, Kept, Made, Manifest, Progress, write
from fundapp.backups.models import Run
from fundapp.backups.tables import continue_counting, count, lines, load
from fundapp.files.models import File
from fundapp.files.store import Store
from fundapp.history.service import Somebody, record
from fundapp.kit.database import Database, WriteSession
from fundapp.kit.errors import Refused
from fundapp.kit.i18n import gettext as _
from fundapp.kit.migrations import downgrade, knows, migrate


def back_up(database: Database, store: Store, target: Path, *, at: datetime, progress: Progress | None = None) -> Made:
    """One file with the whole database and all files, of one moment, while others write. Raises Refused or OSError."""
    with snapshot(database, store.folder.parent) as source:
        named = set(source.scalars(select(File.sha256)))
        return write(source, named, store, target, at=at, progress=progress)


@contextmanager
def snapshot(database: Database, folder: Path) -> Iterator[Connection]:
    """One moment of the database. PostgreSQL keeps it for a reader; SQLite is copied first, so that writers wait for no reader."""
    if database.engine.dialect.name != "sqlite":
        with database.reader.connect() as connection:
            yield connection
        return
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=folder) as private:
        copy = Path(private) / "copy.sqlite3"
        live, target = database.engine.raw_connection(), sqlite3.connect(copy)
        try:
            live.driver_connection.backup(target, pages=-1)  # type: ignore[union-attr] # in one go: never begun again
        except sqlite3.Error as error:
            raise OSError(errno.EIO, str(error), str(folder)) from error
        finally:
            target.close()
            live.close()
        engine = create_engine(f"sqlite:///{copy}")
        try:
            with engine.connect() as connection:
                yield connection
        finally:
            engine.dispose()


@dataclass(frozen=True)
class Restored:
    """What was restored; in the history under the number of the last entry that it brought back."""

    manifest: Manifest

    @property
    def id(self) -> int:
        return self.manifest.head[0]


def restore(database: Database, store: Store, path: Path, *, by: Somebody, at: datetime) -> Restored:
    """Fills an empty database and an empty store from a backup, compared row by row and file by file.

    Everything is read and checked before anything is changed; rows come in one transaction, triggers in place. Raises
    Refused when the file is damaged, the fund is not empty, or what was read back differs: then nothing has changed.
    """
    with Archive(path) as archive:
        manifest = archive.manifest
        _is_empty(database, store)
        if not knows(database, manifest.revision):
            raise Refused(_("This backup was made by a newer version of the program. Please update it first."))
        _schema(database, manifest.revision)
        written: list[str] = []
        try:
            for sha256, _size in manifest.files:
                store.put(sha256, archive.file(sha256))
                written.append(sha256)
            database.write(partial(_rows, archive=archive))
        except BaseException:
            for sha256 in written:
                store.path(sha256).unlink()
            raise
    migrate(database)
    if wrong := [sha256 for sha256, _size in manifest.files if store.broken(sha256)]:
        raise Refused(_("Files were not restored as they were: %(files)s.", files=", ".join(wrong[:5])))
    restored = Restored(manifest)
    database.write(partial(_told, restored=restored, by=by, at=at))
    return restored


def _is_empty(database: Database, store: Store) -> None:
    if next(store.hashes(), None) is not None:
        raise Refused(
            _(
                "There are files in %(folder)s. Restore into an empty folder; nothing was changed.",
                folder=str(store.folder),
            )
        )
    with database.engine.connect() as connection:
        for name in inspect(connection).get_table_names():
            if name == "alembic_version":
                continue
            rows = select(sql.text("1")).select_from(sql.table(name)).limit(1)
            if name == "history_head":
                rows = rows.where(sql.column("seq") > 0)
            if connection.execute(rows).first():
                raise Refused(_("This database holds a fund already. Restore into an empty one; nothing was changed."))


def _schema(database: Database, revision: str) -> None:
    """The empty tables as they were when the backup was made."""
    with database.engine.connect() as connection:
        there = bool(inspect(connection).get_table_names())
        held = connection.scalar(text("SELECT version_num FROM alembic_version")) if there else None
    if there and held != revision:
        downgrade(database, "base")
    migrate(database, revision)


def _rows(session: WriteSession, archive: Archive) -> None:
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
    connection.execute(delete(sql.table("history_head")))  # the beginning that an empty history has
    tables = archive.manifest.tables
    for kept in tables:
        load(connection, kept.shape, archive.lines(kept.shape.name))
    for kept in tables:
        continue_counting(connection, kept.shape)
        _compare(connection, kept, archive)


def _compare(connection: Connection, kept: Kept, archive: Archive) -> None:
    """Reads a table back and compares it with the file, row by row."""
    shape = kept.shape
    pairs = zip_longest(lines(connection, shape), archive.lines(shape.name))
    for number, (found, wanted) in enumerate(pairs, 1):
        if found != wanted:
            raise Refused(
                _(
                    "Row %(number)s of %(table)s was not restored as it was; nothing was changed.",
                    number=number,
                    table=shape.name,
                )
            )
    if count(connection, shape) != kept.rows:
        raise Refused(
            _(
                "The backup says that %(table)s has %(rows)s rows; it has not. Nothing was changed.",
                table=shape.name,
                rows=kept.rows,
            )
        )


def _told(session: WriteSession, restored: Restored, by: Somebody, at: datetime) -> None:
    """On record: who restored what; runs that the snapshot caught in the middle have ended with it."""
    cut = update(Run).where(Run.began_at.is_not(None), Run.ended_at.is_(None))
    session.execute(cut.values(ended_at=at, error="The fund was restored from the backup that was being made."))
    manifest = restored.manifest
    record(
        session, "backups.restore", restored, by=by, at=at, rows=manifest.rows, files=len(manifest.files),
        made_at=manifest.made_at, head=manifest.head[1],
    )  # fmt: skip
