"""The file of a backup: a zip with `tables/NAME.jsonl`, `files/SHA256` and `manifest.json`, written and read as a stream.

The manifest says what must be in it: rows and hash of every table, size and hash of every file, the schema's revision and
the head of the history. `check` reads the whole of it and compares before anything is done with it.
"""

import hashlib
import json
import os
import re
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, text

from fundapp.backups.tables import Shape, lines, shapes
from fundapp.files.store import Store
from fundapp.kit.errors import Refused
from fundapp.kit.i18n import gettext as _

FORMAT = 1
CHUNK = 1024 * 1024
MANIFEST = "manifest.json"
NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
HASH = re.compile(r"[0-9a-f]{64}")
Progress = Callable[[int, int], None]  # (parts written, parts in all)


@dataclass(frozen=True)
class Kept:
    """A table in the file."""

    shape: Shape
    rows: int
    sha256: str


@dataclass
class Manifest:
    made_at: str
    database: str
    revision: str
    head: tuple[int, str]  # number and hash of the last entry of the history
    tables: list[Kept] = field(default_factory=list)
    files: list[tuple[str, int]] = field(default_factory=list)  # SHA-256 and size
    broken: list[str] = field(default_factory=list)  # files that were missing or changed in the store already

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables)

    def told(self) -> bytes:
        tables = [table.shape.told() | {"rows": table.rows, "sha256": table.sha256} for table in self.tables]
        return json.dumps(
            {
                "format": FORMAT, "made_at": self.made_at, "database": self.database, "revision": self.revision,
                "head": self.head, "tables": tables, "files": self.files, "broken": self.broken,
            }, indent=1,
        ).encode()  # fmt: skip


@dataclass(frozen=True)
class Made:
    """A backup that is whole: its manifest, size in bytes and hash."""

    manifest: Manifest
    size: int
    sha256: str


def write(
    source: Connection, named: set[str], store: Store, target: Path, *, at: datetime, progress: Progress | None = None
) -> Made:
    """Writes `target` from a snapshot and the store, private, whole or not at all; `named`: the files that must be there.

    Raises Refused when `target` is there already, OSError when it cannot be written.
    """
    if target.exists():
        raise Refused(_("There is a file %(file)s already; nothing was written over it.", file=str(target)))
    handle, partial = tempfile.mkstemp(dir=target.parent, prefix=".backup-", suffix=".part")  # mode 600
    try:
        with os.fdopen(handle, "w+b") as file:
            manifest = _fill(file, source, named, store, at, progress or (lambda done, total: None))
            file.flush()
            os.fsync(file.fileno())
            file.seek(0)
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            size = file.tell()
        os.replace(partial, target)
    except BaseException:
        with suppress(OSError):
            os.unlink(partial)
        raise
    return Made(manifest, size, sha256)


def _fill(
    file: IO[bytes], source: Connection, named: set[str], store: Store, at: datetime, progress: Progress
) -> Manifest:
    revision = source.scalar(text("SELECT version_num FROM alembic_version"))
    number, newest = source.execute(text("SELECT seq, hash FROM history_head")).one()
    manifest = Manifest(at.isoformat(), source.dialect.name, str(revision), (number, newest))
    tables, hashes = shapes(source), sorted(named | set(store.hashes()))
    total = len(tables) + len(hashes)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=5) as archive:
        for done, shape in enumerate(tables):
            progress(done, total)
            with archive.open(_entry(f"tables/{shape.name}.jsonl", at), "w", force_zip64=True) as member:
                manifest.tables.append(_table(member, shape, source))
        for done, sha256 in enumerate(hashes, len(tables)):
            if done % 20 == 0:
                progress(done, total)
            _file(archive, sha256, store, at, manifest)
        archive.writestr(_entry(MANIFEST, at), manifest.told())
    progress(total, total)
    return manifest


def _entry(name: str, at: datetime, packed: bool = True) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, at.timetuple()[:6])
    entry.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
    entry.external_attr = 0o600 << 16
    return entry


def _table(member: IO[bytes], shape: Shape, source: Connection) -> Kept:
    rows, digest, waiting = 0, hashlib.sha256(), bytearray()
    for line in lines(source, shape):
        rows += 1
        waiting += line
        if len(waiting) > CHUNK:
            digest.update(waiting)
            member.write(waiting)
            waiting.clear()
    digest.update(waiting)
    member.write(waiting)
    return Kept(shape, rows, digest.hexdigest())


def _file(archive: zipfile.ZipFile, sha256: str, store: Store, at: datetime, manifest: Manifest) -> None:
    """One kept file, packed already by its own format; what is missing or was changed is named and left out."""
    if why := store.broken(sha256):
        manifest.broken.append(f"{sha256} {why}")
        return
    with (
        store.path(sha256).open("rb") as kept,
        archive.open(_entry(f"files/{sha256}", at, packed=False), "w") as member,
    ):
        size = 0
        while chunk := kept.read(CHUNK):
            size += member.write(chunk)
    manifest.files.append((sha256, size))


class Archive:
    """A backup that was read and compared as a whole."""

    def __init__(self, path: Path) -> None:
        """Raises Refused with a sentence when the file is cut, changed, or no backup."""
        try:
            self.zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError, EOFError) as error:
            raise Refused(
                _("%(file)s cannot be read as a backup; it may have been cut off.", file=path.name)
            ) from error
        try:
            self.manifest = _told(self.zip.read(MANIFEST))
            self._check()
        except Refused:
            self.zip.close()
            raise
        except (KeyError, ValueError, TypeError) as error:
            self.zip.close()
            raise Refused(_("%(file)s is no backup of this program.", file=path.name)) from error
        except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError) as error:
            self.zip.close()
            raise Refused(_("%(file)s is damaged; it cannot be restored from.", file=path.name)) from error

    def __enter__(self) -> "Archive":
        return self

    def __exit__(self, *_error: object) -> None:
        self.zip.close()

    def lines(self, table: str) -> Iterator[bytes]:
        with self.zip.open(f"tables/{table}.jsonl") as member:
            yield from member

    def file(self, sha256: str) -> IO[bytes]:
        return self.zip.open(f"files/{sha256}")

    def _check(self) -> None:
        wanted = {MANIFEST, *(f"tables/{table.shape.name}.jsonl" for table in self.manifest.tables)}
        wanted |= {f"files/{sha256}" for sha256, _size in self.manifest.files}
        if sorted(wanted) != sorted(self.zip.namelist()):
            raise Refused(_("This backup was changed: what it holds is not what it says it holds."))
        for table in self.manifest.tables:
            self._same(f"tables/{table.shape.name}.jsonl", table.sha256, None)
        for sha256, size in self.manifest.files:
            self._same(f"files/{sha256}", sha256, size)

    def _same(self, name: str, sha256: str, size: int | None) -> None:
        with self.zip.open(name) as member:
            digest, read = hashlib.sha256(), 0
            while chunk := member.read(CHUNK):
                digest.update(chunk)
                read += len(chunk)
        if digest.hexdigest() != sha256 or size not in (None, read):
            raise Refused(_("This backup was changed: %(part)s is not what was written.", part=name))


def _told(data: bytes) -> Manifest:
    """The manifest, every name in it checked. Raises Refused, ValueError, KeyError or TypeError."""
    said: dict[str, Any] = json.loads(data)
    if said["format"] != FORMAT:
        raise Refused(_("This backup was made by a newer version of the program. Please update it first."))
    tables = [
        Kept(
            Shape(table["name"], tuple((name, kind) for name, kind in table["columns"]), tuple(table["key"])),
            int(table["rows"]),
            table["sha256"],
        )
        for table in said["tables"]
    ]
    names = [name for kept in tables for name in (kept.shape.name, *dict(kept.shape.columns), *kept.shape.key)]
    files = [(sha256, int(size)) for sha256, size in said["files"]]
    if not all(map(NAME.fullmatch, names)) or not all(HASH.fullmatch(sha256) for sha256, _size in files):
        raise ValueError("a name that no table has")
    number, newest = said["head"]
    return Manifest(
        said["made_at"], said["database"], said["revision"], (int(number), str(newest)), tables, files, said["broken"]
    )
