"""A PDF without what tells who made it: its pages only."""

from __future__ import annotations

import io
from collections.abc import Iterator

from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, ByteStringObject, DictionaryObject, NameObject, StreamObject, TextStringObject

from fundapp.documents.stains import BROKEN, HOLDS_MORE, LOCKED, TOO_LARGE, Names, NotStripped

PAGES = 200
IGNORED = (
    "/Annots", "/Metadata", "/PieceInfo", "/LastModified", "/AA", "/Thumb", "/B", "/StructParents", "/StructParent",
    "/AF", "/EF", "/OPI", "/ID",
)  # fmt: skip
SEGMENTS = frozenset(
    (*range(0xE1, 0xEE), 0xEF, 0xFE)
)  # of a JPEG: all about the program and the camera; E0, EE: its colours


def strip(data: bytes, names: Names) -> bytes:
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted:
            raise NotStripped(LOCKED)
        if len(reader.pages) > PAGES:
            raise NotStripped(TOO_LARGE)
        writer = PdfWriter()
        for page in reader.pages:
            kinds = {note.get_object().get("/Subtype") for note in page.get("/Annots", ()) or ()}
            if "/Widget" in kinds:
                raise NotStripped(HOLDS_MORE)
            writer.add_page(page, excluded_keys=IGNORED)
        for page in writer.pages:
            names.forbid(page.extract_text())
        for thing in writer._objects:
            _bare(thing, names)
        writer.metadata = None
        out = io.BytesIO()
        writer.write(out)
        return out.getvalue()
    except NotStripped:
        raise
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, OSError) as error:
        raise NotStripped(BROKEN) from error


def _bare(thing: object, names: Names) -> None:
    """Takes out of one object what tells of makers, and looks at its strings and its own text."""
    for text in _strings(thing):
        names.forbid(text)
    if not isinstance(thing, StreamObject):
        return
    filters = thing.get("/Filter", ())
    used = [filters] if isinstance(filters, NameObject) else list(filters)
    if "/JPXDecode" in used or "/JBIG2Decode" in used[:-1]:
        raise NotStripped(HOLDS_MORE)
    if used and used[-1] == "/DCTDecode":
        if len(used) > 1:
            raise NotStripped(HOLDS_MORE)
        thing._data = _bare_jpeg(thing._data)
    elif thing.get("/Subtype") != "/Image":
        content = thing.get_data()
        names.forbid(content.decode("latin-1"))
        names.forbid(content.decode("utf-8", "ignore"))


def _strings(thing: object) -> Iterator[str]:
    todo = [thing]
    while todo:
        match todo.pop():
            case DictionaryObject() as found:
                for key in IGNORED:
                    found.pop(NameObject(key), None)
                todo += [*found.keys(), *(value for value in found.values() if not _points(value))]
            case ArrayObject() as found:
                todo += [value for value in found if not _points(value)]
            case TextStringObject() | NameObject() as found:
                yield str(found)
            case ByteStringObject() as found:
                yield found.decode("latin-1")


def _points(value: object) -> bool:
    """To another object, which is looked at by itself."""
    return hasattr(value, "idnum")


def _bare_jpeg(data: bytes) -> bytes:
    """The same pixels; the segments with EXIF, XMP, thumbnails and comments are left out."""
    if data[:2] != b"\xff\xd8":
        raise NotStripped(BROKEN)
    out, at = bytearray(data[:2]), 2
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] != 0xDA:
        if data[at + 1] == 0xFF:
            at += 1
            continue
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if data[at + 1] not in SEGMENTS:
            out += data[at:end]
        at = end
    end = data.rfind(b"\xff\xd9")
    return bytes(out + data[at : end + 2 if end > at else len(data)])
