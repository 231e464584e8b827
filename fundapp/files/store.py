"""The store: a folder of files named by their SHA-256. Writing is temp, fsync, rename; the same bytes are kept once."""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO

import puremagic

from fundapp.kit.i18n import gettext as _
from fundapp.kit.i18n import mark

LARGEST = 15 * 1024 * 1024
TYPES = {
    ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
}
ALLOWED = mark("PDF, Word (docx), Excel (xlsx), JPEG or PNG")


class Unfit(ValueError):
    """A file that is not kept; the message says why and what to do."""


@dataclass(frozen=True)
class Kept:
    """What the store knows of a file once its bytes are safe."""

    sha256: str
    size: int
    name: str
    media_type: str


class Store:
    """Files by their hash. Each is safe on the disk when it is kept; with `sync` False whoever keeps many sees to that once."""

    def __init__(self, folder: Path, *, sync: bool = True) -> None:
        self.folder, self.sync = folder, sync

    def path(self, sha256: str) -> Path:
        return self.folder / sha256[:2] / sha256

    def receive(self, name: str, stream: BinaryIO, size: int | None) -> Kept:
        """Checks and keeps an upload. Raises Unfit for the wrong size or content."""
        name = _plain(name)
        if size is not None and size > LARGEST:
            raise Unfit(
                _(
                    "“%(name)s” has %(size)s MB; a file may have at most 15 MB. Please send a smaller one.",
                    name=name,
                    size=round(size / 1024 / 1024),
                )
            )
        data = stream.read(LARGEST + 1)
        if len(data) > LARGEST:
            raise Unfit(_("“%(name)s” is larger than 15 MB. Please send a smaller one.", name=name))
        if not data:
            raise Unfit(_("“%(name)s” is empty.", name=name))
        return self.keep(name, data, media_type(name, data))

    def keep(self, name: str, data: bytes, media: str) -> Kept:
        """Keeps bytes that the program itself made, or that `receive` has checked."""
        sha256 = hashlib.sha256(data).hexdigest()
        target = self.path(sha256)
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=target.parent)
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                if self.sync:
                    os.fsync(file.fileno())
            os.replace(temporary, target)
            if self.sync:
                _sync(target.parent)
        return Kept(sha256, len(data), _plain(name), media)

    def put(self, sha256: str, stream: IO[bytes]) -> None:
        """Keeps the bytes of a backup under their hash; raises ValueError when they are not those."""
        target, digest = self.path(sha256), hashlib.sha256()
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=target.parent)
        with os.fdopen(handle, "wb") as file:
            while chunk := stream.read(1024 * 1024):
                digest.update(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        if digest.hexdigest() != sha256:
            os.unlink(temporary)
            raise ValueError(f"{sha256} is not what it was")
        os.replace(temporary, target)
        _sync(target.parent)

    def read(self, sha256: str) -> bytes:
        return self.path(sha256).read_bytes()

    def broken(self, sha256: str) -> str | None:
        """Why the stored bytes are not what they were, or None."""
        found = self.hash_of(self.path(sha256))
        return None if found == sha256 else _("is missing") if found is None else _("was changed")

    @staticmethod
    def hash_of(path: Path) -> str | None:
        """The SHA-256 of a file, None when it is not there."""
        try:
            with path.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
        except FileNotFoundError:
            return None

    def hashes(self) -> Iterator[str]:
        return (path.name for path in self.folder.glob("??/*") if len(path.name) == 64)


def media_type(name: str, data: bytes) -> str:
    """The type by content; raises Unfit when it is not one of the allowed types or not what its name says."""
    suffix = Path(name).suffix.lower()
    try:
        found = {match.extension.lower() for match in puremagic.magic_string(data, name)}
    except (puremagic.PureError, ValueError):
        found = set()
    zipped = (
        data.startswith(b"PK\x03\x04")
        and suffix in {".docx", ".xlsx"}
        and (b"word/document.xml" in data if suffix == ".docx" else b"xl/workbook.xml" in data)
    )
    same = {".jpg", ".jpeg"} if suffix in {".jpg", ".jpeg"} else {suffix}
    if suffix not in TYPES or not (found & same or zipped):
        raise Unfit(
            _("“%(name)s” is not a file that can be read here. Please send %(allowed)s.", name=name, allowed=_(ALLOWED))
        )
    return TYPES[suffix]


def _plain(name: str) -> str:
    """A name without path, control or direction characters, at most 120 long."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    clean = "".join(
        c for c in last if c.isprintable() and c not in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    ).strip()
    stem, dot, suffix = clean.rpartition(".")
    return f"{stem[:110]}{dot}{suffix[:9]}" if dot else clean[:120] or "file"


def _sync(folder: Path) -> None:
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
