"""A form to fill in as a Word document: its page, its styles, its boxes, and the key that says for what it was made."""

import io
import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, unquote

from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from fundapp.documents import package
from fundapp.documents.controls import Control, control, wide
from fundapp.kit import i18n

ACCENT, SOFT = RGBColor(0x1F, 0x5F, 0x4A), RGBColor(0x59, 0x5F, 0x5C)
WIDTH = 17.0  # centimetres between the margins


def started(title: str, head: Sequence[str], *, key: str, language: str) -> Any:
    """A document on A4 with its title, the lines of its head, and page numbers. Nothing in it says who made it."""
    doc = Document()
    page = doc.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = Cm(2)
    page.top_margin, page.bottom_margin = Cm(2), Cm(1.8)
    _styled(doc)
    properties = doc.core_properties
    properties.title, properties.keywords, properties.language = title, key, language
    properties.author = properties.comments = ""
    page.header.paragraphs[0].text = title
    page.footer.paragraphs[0].text = ""
    _numbers(page.footer.paragraphs[0])
    for part in (page.header, page.footer):
        for run in part.paragraphs[0].runs:
            run.font.size, run.font.color.rgb = Pt(8), SOFT
    doc.add_paragraph(title, style="Title")
    for line in head:
        doc.add_paragraph(line)
    return doc


def _styled(doc: Any) -> None:
    normal = doc.styles["Normal"]
    normal.font.name, normal.font.size = "Calibri", Pt(10)
    normal.paragraph_format.space_after = Pt(4)
    for name, size in (("Title", 20), ("Heading 1", 14), ("Heading 2", 11)):
        style = doc.styles[name]
        style.font.name, style.font.size, style.font.color.rgb = "Calibri", Pt(size), ACCENT
        style.element.rPr.rFonts.set(qn("w:ascii"), "Calibri")
        style.element.rPr.rFonts.set(qn("w:hAnsi"), "Calibri")
        for theme in ("asciiTheme", "hAnsiTheme"):
            style.element.rPr.rFonts.attrib.pop(qn(f"w:{theme}"), None)
        if name != "Title":
            style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(14), Pt(3)
            style.paragraph_format.keep_with_next = True


def saved(doc: Any) -> bytes:
    """The document as a Word file."""
    out = io.BytesIO()
    doc.save(out)
    return out.getvalue()


def told(paragraph: Paragraph, lines: Sequence[str]) -> None:
    """Lines in small letters below what stands in the paragraph."""
    for line in lines:
        run = paragraph.add_run(f"\n{line}")
        run.font.size, run.font.color.rgb = Pt(8), SOFT


def box(doc: Any, made: Control, height: float) -> None:
    """A field with a box of its own across the page; `height` in centimetres grows with the text."""
    table = doc.add_table(1, 1)
    wide(table, (WIDTH,))
    control(table.rows[0].cells[0].paragraphs[0], made)
    table.rows[0].height = Cm(height)
    doc.add_paragraph().paragraph_format.space_after = Pt(0)


def whole(row: Any) -> None:
    """The row stays on one page."""
    row._tr.get_or_add_trPr().append(parse_xml(f"<w:cantSplit {nsdecls('w')}/>"))


def _numbers(paragraph: Paragraph) -> None:
    """Page x of y."""
    for code in ("PAGE", "NUMPAGES"):
        if code == "NUMPAGES":
            paragraph.add_run(" / ")
        run = paragraph.add_run()
        for kind in ("begin", None, "end"):
            text = (
                f'<w:fldChar {nsdecls("w")} w:fldCharType="{kind}"/>'
                if kind
                else f"<w:instrText {nsdecls('w')}>{code}</w:instrText>"
            )
            run._r.append(parse_xml(text))


def key_of(keyword: str, **facts: object) -> str:
    """What is kept with a document: what kind of form it is, and for what it was made."""
    return ";".join([keyword, *(f"{name}={quote(str(value), safe='')}" for name, value in facts.items())])


def key_in(parts: Mapping[str, bytes], keyword: str) -> dict[str, str]:
    """What a file says it was made for; {} for one that is not such a form."""
    core = parts.get("docProps/core.xml")
    words = "" if core is None else "".join(each.text or "" for each in package.tree(core).iter("{*}keywords"))
    head, *pairs = re.split(r"[;,\s]+", words.strip())  # LibreOffice puts spaces between them
    found = {name: unquote(value) for name, value in (pair.split("=", 1) for pair in pairs if "=" in pair)}
    if head != keyword:
        return {}
    if found.get("language") not in i18n.NAMES:
        found.pop("language", None)  # anybody can write there what they like
    return found
