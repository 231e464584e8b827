"""A Word file as a package of parts: what is too large, has macros or reaches outside is refused before it is read."""

from __future__ import annotations

import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Mapping

from lxml import etree

from fundapp.documents import wording

UNPACKED = 50 * 1024 * 1024  # bytes of all members together
RATIO = 200  # unpacked to packed, of one member
SMALL = 100 * 1024  # members below this may shrink as far as they like
MEMBERS = 2000
MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
DAMAGED = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, UnicodeDecodeError, NotImplementedError, EOFError, OSError, RuntimeError,
)  # fmt: skip
LINK = re.compile(r"(https?://|mailto:)", re.IGNORECASE)


class NotAWordFile(ValueError):
    """The file cannot be taken as a Word document. `reasons` holds all of them, each a sentence."""

    def __init__(self, *reasons: str) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = reasons


def parts(data: bytes) -> dict[str, bytes]:
    """All parts of a Word file by name; what is active or fetches from outside is refused. Raises NotAWordFile with every reason."""
    found = members(data)
    if reasons := [*_kind(found), *_active(found), *_outside(found)]:
        raise NotAWordFile(*reasons)
    return found


def members(data: bytes) -> dict[str, bytes]:
    """All parts of a package by name; the sizes are looked at before anything is unpacked. Raises NotAWordFile."""
    if data[:4] == b"\xd0\xcf\x11\xe0":
        raise NotAWordFile(wording.OLD)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if reasons := _too_large(packed.infolist()):
                raise NotAWordFile(*reasons)
            return {info.filename: packed.read(info) for info in packed.infolist() if not info.is_dir()}
    except DAMAGED as error:
        raise NotAWordFile(wording.DAMAGED) from error


def tree(xml: bytes) -> etree._Element:
    """The part as a tree. Raises NotAWordFile where it is no XML or declares a document type."""
    try:
        root = etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    except etree.XMLSyntaxError as error:
        raise NotAWordFile(wording.NOT_FORMED) from error
    if str(getattr(root.getroottree().docinfo, "doctype", "")):
        raise NotAWordFile(wording.DOCTYPE)
    return root


def packed(members: Mapping[str, bytes], level: int = 6) -> bytes:
    """A package of these members. The same members give the same bytes at any time."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in members.items():
            add(archive, name, content, level)
    return out.getvalue()


def add(archive: zipfile.ZipFile, name: str, content: bytes, level: int) -> None:
    info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    archive.writestr(info, content, zipfile.ZIP_DEFLATED, level)


def _too_large(members: list[zipfile.ZipInfo]) -> list[str]:
    reasons = []
    if len(members) > MEMBERS:
        reasons.append(wording.TOO_MANY % {"count": len(members), "most": MEMBERS})
    if (total := sum(info.file_size for info in members)) > UNPACKED:
        reasons.append(wording.TOO_LARGE % {"size": total >> 20, "most": UNPACKED >> 20})
    names = [info.filename for info in members]
    if len(set(names)) < len(names) or any(name.startswith("/") or ".." in name.split("/") for name in names):
        reasons.append(wording.BAD_NAMES)
    if any(info.flag_bits & 1 for info in members):
        reasons.append(wording.PASSWORD)
    for info in members:
        if info.file_size > SMALL and info.file_size > RATIO * max(info.compress_size, 1):
            reasons.append(wording.TOO_PACKED % {"name": info.filename, "times": RATIO})
    return reasons


def _kind(found: Mapping[str, bytes]) -> list[str]:
    if "[Content_Types].xml" not in found or "word/document.xml" not in found:
        return [wording.NO_DOCUMENT]
    types = {element.get("ContentType", "") for element in tree(found["[Content_Types].xml"])}
    if MAIN not in types and not any("macroEnabled" in kind for kind in types):
        return [wording.NOT_PLAIN]
    return []


def _active(found: Mapping[str, bytes]) -> list[str]:
    reasons = []
    macros = any(name.endswith("vbaProject.bin") for name in found)
    if macros or b"macroEnabled" in found.get("[Content_Types].xml", b""):
        reasons.append(wording.MACROS)
    if any("/activeX/" in name or re.fullmatch(r"word/embeddings/.*\.bin", name) for name in found):
        reasons.append(wording.EMBEDDED)
    return reasons


def _outside(found: Mapping[str, bytes]) -> list[str]:
    reasons = []
    for name in (name for name in found if name.endswith(".rels")):
        for element in tree(found[name]).iter(RELATIONSHIP):
            kind, target = element.get("Type", "").rpartition("/")[2], element.get("Target", "")
            if element.get("TargetMode") == "External" and not (kind == "hyperlink" and LINK.match(target)):
                reasons.append(wording.FETCHES % {"kind": kind, "target": target[:100]})
    return reasons
