"""Word templates in docxtpl's syntax: compiled once, filled in a sandbox, and read back against the template."""

from __future__ import annotations

import base64
import binascii
import io
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any
from xml.sax.saxutils import quoteattr

import jinja2
from jinja2 import TemplateError, TemplateSyntaxError
from lxml import etree

from fundapp.documents.package import add, packed, parts, tree
from fundapp.documents.reading import places, plain, texts
from fundapp.documents.sandbox import PLAIN, WORD, Picture

SPEAKING = re.compile(r"word/(document|header\d*|footer\d*|footnotes|endnotes)\.xml")
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
TAGS = ("{{", "{%", "{#")
HOLLOW = re.compile(
    r"(<w:tc( [^>]*)?>|</w:tcPr>|<w:tcPr/>|</w:tbl>)\s*</w:tc>|<w:tc/>|(</w:tblGrid>|<w:tblGrid/>)\s*</w:tbl>"
)
FLUSH = '<wp:inline distT="0" distB="0" distL="0" distR="0" '  # else LibreOffice sets pictures 3 mm in
DRAWN_IN_LOOP = re.compile(r"{%(tr|tc|p|r)? *for .*<w:drawing", re.DOTALL)
PNG, PNG_BYTES, WIDEST = b"\x89PNG\r\n\x1a\n", 5 * 1024 * 1024, 25.0
TROUBLE = (TemplateError, ValueError, TypeError, ArithmeticError, RecursionError)


class CannotFill(ValueError):
    """The template cannot be read or filled: `reason` in plain words, `place` where it happens ('' if unknown)."""

    def __init__(self, reason: str, place: str = "") -> None:
        super().__init__(f"{place}: {reason}" if place else reason)
        self.reason, self.place = reason, place


@dataclass(frozen=True, slots=True)
class Difference:
    """A paragraph of a filled file that is not what template and fields say; None where it should not be, or is not."""

    part: str
    place: str
    expected: str | None
    found: str | None


@dataclass(frozen=True, slots=True)
class _Part:
    plain: jinja2.Template
    numbered: str
    places: list[str]
    word: jinja2.Template | None  # None: nothing to fill


class Template:
    """A Word file with fields. Read once; `render` then costs Jinja and one deflate.

    Fields are plain: text, numbers, yes/no, lists and mappings of them, and pictures
    {"png": base64, "width_cm": 16, "alt": "what it shows"}. Raises NotAWordFile or CannotFill.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        members = parts(data)
        if any(tag in members.get("docProps/core.xml", b"").decode(errors="replace") for tag in TAGS):
            raise CannotFill("fields in the properties of the file (title, author) are not filled; remove them")
        self._parts: dict[str, _Part] = {}
        self._by_docxtpl = False
        for name in filter(SPEAKING.fullmatch, members):
            self._parts[name] = self._read(name, members[name])
        self._base = packed({name: content for name, content in members.items() if not self._live(name)})

    def render(self, fields: Mapping[str, Any]) -> bytes:
        """The filled file; the same fields give the same bytes unless there are pictures. Raises CannotFill."""
        try:
            if self._by_docxtpl or _any_picture(fields):
                return self._filled_by_docxtpl(fields)
            out = io.BytesIO(self._base)
            with zipfile.ZipFile(out, "a") as archive:
                for name, part in self._parts.items():
                    if part.word is not None:
                        add(archive, name, (DECLARATION + _sound(part.word.render(fields))).encode(), 4)
            return out.getvalue()
        except TROUBLE as error:
            raise self._failure(error, fields) from error

    def differences(self, data: bytes, fields: Mapping[str, Any]) -> list[Difference]:
        """Reads a filled file back, paragraph by paragraph: [] when nothing was lost, added or changed."""
        found: list[Difference] = []
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name, part in self._parts.items():
                root = tree(archive.read(name))
                want, got = part.plain.render(_marked(fields)).split("\n")[:-1], texts(root)
                if want != got:
                    found += _compared(name, root, want, got)
        return found

    def _live(self, name: str) -> bool:
        return name in self._parts and self._parts[name].word is not None

    def _read(self, name: str, content: bytes) -> _Part:
        from docxtpl import DocxTemplate  # noqa: PLC0415 - costs most of a second, and only here

        root = tree(content)
        lines, at = texts(root), places(root, name)
        numbered, names = plain(lines, at, numbered=True), [place.name for place in at]
        try:
            PLAIN.from_string(numbered)
            mirror = PLAIN.from_string(plain(lines, at))
            if not any(tag in line for line in lines for tag in TAGS):
                return _Part(mirror, numbered, names, None)
            xml = etree.tostring(root, encoding="unicode")
            self._by_docxtpl |= "{%tc " in "".join(lines) or DRAWN_IN_LOOP.search(xml) is not None
            return _Part(mirror, numbered, names, WORD.from_string(DocxTemplate(io.BytesIO(self._data)).patch_xml(xml)))
        except TemplateSyntaxError as error:
            place = names[min(error.lineno, len(names)) - 1] if names else ""
            raise CannotFill(str(error.message), place) from error

    def _filled_by_docxtpl(self, fields: Mapping[str, Any]) -> bytes:
        from docx.shared import Cm  # noqa: PLC0415
        from docxtpl import DocxTemplate, InlineImage  # noqa: PLC0415

        document = DocxTemplate(io.BytesIO(self._data))

        def drawn(picture: Mapping[str, Any]) -> Picture:
            image = InlineImage(document, io.BytesIO(_png(picture)), width=Cm(_width(picture)))
            described = f"<wp:docPr descr={quoteattr(str(picture.get('alt', '')))} "
            return Picture(lambda: str(image).replace("<wp:docPr ", described, 1).replace("<wp:inline ", FLUSH, 1))

        document.render(_replaced(fields, drawn), jinja_env=WORD)
        out = io.BytesIO()
        document.save(out)
        _sound(etree.tostring(document.docx.element, encoding="unicode"))
        return out.getvalue()

    def _failure(self, error: Exception, fields: Mapping[str, Any]) -> CannotFill:
        """The same error met again in the plain text of the template, where a line is a paragraph and so a place."""
        for part in self._parts.values():
            try:
                PLAIN.from_string(part.numbered).render(_marked(fields))
            except TROUBLE as again:
                line, trace = 0, again.__traceback__
                while trace is not None:
                    line = trace.tb_lineno if trace.tb_frame.f_code.co_filename == "<template>" else line
                    trace = trace.tb_next
                return CannotFill(str(again), part.places[line - 1] if 0 < line <= len(part.places) else "")
        return CannotFill(str(error))


def is_picture(value: object) -> bool:
    """Whether a field is a picture rather than a group of fields."""
    return isinstance(value, Mapping) and isinstance(value.get("png"), str)


def _sound(xml: str) -> str:
    """The same, unless Word could not open it: a cell must keep a paragraph, a table a row."""
    if HOLLOW.search(xml):
        raise ValueError(
            "a table would be left without rows, or a cell without a paragraph, and Word could not open it"
        )
    return xml


def _any_picture(value: object) -> bool:
    if isinstance(value, Mapping):
        return is_picture(value) or any(_any_picture(inner) for inner in value.values())
    return isinstance(value, list | tuple) and any(_any_picture(inner) for inner in value)


def _replaced(value: Any, drawn: Callable[[Mapping[str, Any]], object]) -> Any:
    if is_picture(value):
        return drawn(value)
    if isinstance(value, Mapping):
        return {key: _replaced(inner, drawn) for key, inner in value.items()}
    return [_replaced(inner, drawn) for inner in value] if isinstance(value, list | tuple) else value


def _marked(fields: Mapping[str, Any]) -> Any:
    return _replaced(fields, lambda _: "\ufffc") if _any_picture(fields) else fields


def _png(picture: Mapping[str, Any]) -> bytes:
    try:
        data = base64.b64decode(picture["png"], validate=True)
    except binascii.Error as error:
        raise ValueError("a picture is not written in base64") from error
    if not data.startswith(PNG) or len(data) > PNG_BYTES:
        raise ValueError("a picture must be a PNG of at most 5 MB")
    return data


def _width(picture: Mapping[str, Any]) -> float:
    width = float(picture.get("width_cm", 16))
    if not 0 < width <= WIDEST:
        raise ValueError(f"a picture must be at most {WIDEST:g} cm wide")
    return width


def _compared(name: str, root: etree._Element, want: list[str], got: list[str]) -> list[Difference]:
    at = [place.name for place in places(root, name)]
    pairs = enumerate(zip_longest(want, got))
    return [Difference(name, at[i] if i < len(at) else "end of the file", w, g) for i, (w, g) in pairs if w != g]
