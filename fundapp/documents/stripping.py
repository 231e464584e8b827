"""A file without what tells who made it: pictures, PDF, Word and Excel, for readers who must not know.

Pictures are drawn anew without EXIF, text and thumbnail. A PDF keeps its pages only: no /Info, XMP, attachments, notes, outline,
and no EXIF in its pictures. Of Word and Excel stays what is read: no properties, comments, thumbnails, names of pictures or marks
of who changed what. Afterwards the text is searched for the names that must not be read: a file that has one is refused.
What can be seen in a picture is not searched. Runs in the document process (`process.py`), which limits time and memory.
"""

from __future__ import annotations

from collections.abc import Iterable

from fundapp.documents import bare_office, bare_pdf
from fundapp.documents.stains import OTHER, TOO_LARGE, Names, NotStripped, picture

LARGEST = 15 * 1024 * 1024  # bytes of a file, as uploads are limited
PICTURES = {"image/jpeg": ("JPEG",), "image/png": ("PNG",), "image/webp": ("WEBP",)}


def strip(data: bytes, media_type: str, secret: Iterable[str]) -> bytes:
    """The same paper without marks of its makers; the same bytes give the same bytes. `secret`: names its text must not have."""
    if len(data) > LARGEST:
        raise NotStripped(TOO_LARGE)
    names = Names(secret)
    if media_type in PICTURES:
        return picture(data, PICTURES[media_type])
    if media_type == "application/pdf":
        return bare_pdf.strip(data, names)
    if media_type in bare_office.KEPT:
        return bare_office.strip(data, media_type, names)
    raise NotStripped(OTHER)
