"""Content controls of a Word document: written here, found again here, also after a program that keeps only their bookmarks."""

import copy
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm
from docx.table import Table
from docx.text.paragraph import Paragraph
from lxml import etree

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
BLANK = "………"  # stands where nothing was written yet
W14 = "http://schemas.microsoft.com/office/word/2010/wordml"
TICKED, EMPTY = "☒", "☐"
LONGEST = 40  # characters of a bookmark
_ids = itertools.count(1)


@dataclass(frozen=True)
class Control:
    """A field: its name, what a screen reader calls it, its kind (text, line, date, choice, tick ...), what stands in it, what may be chosen."""

    name: str
    title: str
    kind: str
    text: str = ""
    options: tuple[tuple[str, str], ...] = ()


def _w(tag: str, **attributes: str) -> Any:
    made = etree.Element(qn(f"w:{tag}"))
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), value)
    return made


def control(paragraph: Paragraph, made: Control) -> None:
    """Puts the field into a paragraph of its own, inside a bookmark. Long text is a control around whole paragraphs,
    one a line: LibreOffice 7 moves line breaks within a control to its front."""
    number, mark = str(next(_ids)), mark_of(made.name)
    start = [_w("bookmarkStart", id=number, name=mark)] if mark else []
    end = [_w("bookmarkEnd", id=number)] if mark else []
    sdt, content = _sdt(made, number)
    inside = sdt.find(qn("w:sdtContent"))
    if made.kind == "text":
        paragraph._p.addprevious(sdt)
        for run in content:
            line = copy.deepcopy(paragraph._p)
            line.append(run)
            inside.append(line)
        for mark_ in start:
            inside[0].insert(len(inside[0]) - 1, mark_)
        inside[-1].extend(end)
        if sdt.getnext().getnext() is None:  # a cell ends with a paragraph
            sdt.addnext(_thin())
        sdt.getparent().remove(paragraph._p)
    else:
        inside.extend(content)
        paragraph._p.extend([*start, sdt, *end])


def _thin() -> Any:
    return parse_xml(
        f'<w:p {nsdecls("w")}><w:pPr><w:spacing w:after="0" w:line="20" w:lineRule="exact"/><w:rPr><w:sz w:val="2"/></w:rPr></w:pPr></w:p>'
    )


def _sdt(made: Control, number: str) -> tuple[Any, list[Any]]:
    """The control without content, and the runs that belong into it."""
    sdt, properties = _w("sdt"), _w("sdtPr")
    properties.append(_w("alias", val=made.title[:60]))
    properties.append(_w("tag", val=made.name))
    properties.append(_w("id", val=number))
    shown = dict(made.options).get(made.text, made.text) if made.kind == "choice" else made.text
    if made.kind == "tick":
        shown = TICKED if made.text == "yes" else EMPTY
    elif not made.text:
        properties.append(_w("showingPlcHdr"))
        shown = BLANK
    properties.append(_kind(made))
    sdt.extend([properties, _w("sdtContent")])
    lines = shown.split("\n") if made.kind == "text" else [shown]
    return sdt, [_run(line, soft=shown == BLANK) for line in lines]


def _kind(made: Control) -> Any:
    match made.kind:
        case "tick":
            on = "1" if made.text == "yes" else "0"
            return parse_xml(
                f'<w14:checkbox xmlns:w14="{W14}"><w14:checked w14:val="{on}"/>'
                '<w14:checkedState w14:val="2612" w14:font="MS Gothic"/><w14:uncheckedState w14:val="2610" w14:font="MS Gothic"/></w14:checkbox>'
            )
        case "choice":
            listed = _w("dropDownList")
            listed.extend(_w("listItem", displayText=words, value=code) for code, words in made.options)
            return listed
        case "date":
            dated = _w("date")
            dated.append(_w("dateFormat", val="yyyy-MM-dd"))
            return dated
        case "text":
            return _w("richText")
        case _other:
            return _w("text")


def _run(text: str, *, soft: bool) -> Any:
    run = _w("r")
    properties = _w("rPr")
    if soft:
        properties.append(_w("color", val="9AA19D"))
    properties.append(_w("sz", val="18"))
    run.append(properties)
    for number, line in enumerate(text.split("\n")):
        if number:
            run.append(_w("br"))
        for place, piece in enumerate(line.split("\t")):
            if place:
                run.append(_w("tab"))
            words = _w("t")
            words.text = piece
            words.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
            run.append(words)
    return run


def mark_of(name: str) -> str:
    """The bookmark of a field: only letters, digits and underscores; '' for a name that is too long."""
    mark = "f_" + name.replace("_", "_u").replace("-", "_d")
    return mark if len(mark) <= LONGEST and re.fullmatch(r"\w+", mark, re.ASCII) else ""


def name_of(mark: str) -> str | None:
    """The field of a bookmark; None for one that is not ours."""
    return mark[2:].replace("_d", "-").replace("_u", "_") if mark.startswith("f_") else None


@dataclass(frozen=True)
class Found:
    """What stands in a field of a document; a ticked box is 'yes'."""

    name: str
    text: str


def read(root: Any) -> Iterator[Found]:
    """All fields of a document's body: by content control, and by bookmark where the control was lost."""
    seen = set()
    for sdt in root.iter(qn("w:sdt")):
        properties = sdt.find(qn("w:sdtPr"))
        tag = properties.find(qn("w:tag")) if properties is not None else None
        name = tag.get(qn("w:val")) if tag is not None else ""
        if name and name not in seen:
            seen.add(name)
            yield Found(name, _value(sdt, properties))
    for start in root.iter(qn("w:bookmarkStart")):
        marked = name_of(start.get(qn("w:name"), ""))
        if marked and marked not in seen:
            seen.add(marked)
            yield Found(marked, _plain("".join(_between(start)) or _around(start)))


def _value(sdt: Any, properties: Any) -> str:
    box = properties.find(f"{{{W14}}}checkbox")
    if box is not None:
        checked = box.find(f"{{{W14}}}checked")
        return "yes" if checked is not None and checked.get(f"{{{W14}}}val") in ("1", "true") else ""
    if properties.find(qn("w:showingPlcHdr")) is not None:
        content = "".join(_texts(sdt))
        return "" if set(content) <= set(BLANK) or not _typed(sdt) else _plain(content)
    return _plain("".join(_texts(sdt)))


def _typed(sdt: Any) -> bool:
    """Whether something other than our own blank stands in a field that says it is blank."""
    return BLANK not in "".join(_texts(sdt))


def _plain(text: str) -> str:
    stripped = text.strip("\n")
    if stripped.strip() in (TICKED, "☑", "✓", "✗", "[x]"):
        return "yes"
    return "" if not stripped.strip() or set(stripped.strip()) <= {"…", EMPTY} else stripped


def _texts(element: Any) -> Iterator[str]:
    """The text of an element; a break or a new paragraph is a line feed."""
    paragraphs = 0
    for each in element.iter(qn("w:p"), qn("w:t"), qn("w:br"), qn("w:cr"), qn("w:tab")):
        if each.tag == qn("w:p"):
            if paragraphs:
                yield "\n"
            paragraphs += 1
        elif each.tag == qn("w:t"):
            yield each.text or ""
        elif each.tag == qn("w:tab"):
            if each.getparent().tag == qn("w:r"):
                yield "\t"
        elif each.get(qn("w:type")) in (None, "textWrapping"):
            yield "\n"


def _between(start: Any) -> Iterator[str]:
    """The text from the start of a bookmark to its end, at most to the end of its cell: some programs lose the end."""
    number = start.get(qn("w:id"))
    whole = next(start.iterancestors(qn("w:tc")), None)
    inside = False
    for each in whole.iter() if whole is not None else ():
        if each is start:
            inside = True
        elif not inside:
            continue
        elif each.tag == qn("w:bookmarkEnd") and each.get(qn("w:id")) == number:
            return
        elif each.tag == qn("w:t"):
            yield each.text or ""
        elif each.tag == qn("w:p") or (each.tag == qn("w:br") and each.get(qn("w:type")) in (None, "textWrapping")):
            yield "\n"
        elif each.tag == qn("w:tab") and each.getparent().tag == qn("w:r"):
            yield "\t"


def _around(start: Any) -> str:
    """The text of the control in which the bookmark begins: LibreOffice ends that of a single paragraph before its text."""
    control = next(start.iterancestors(qn("w:sdt")), None)
    return "" if control is None else "".join(_texts(control))


def wide(table: Table, widths: Sequence[float]) -> None:
    """A table with hair lines whose columns are as wide (centimetres)."""
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
    properties = table._tbl.tblPr
    borders = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="B9C0BC"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    properties.append(parse_xml(f"<w:tblBorders {nsdecls('w')}>{borders}</w:tblBorders>"))
    margins = "".join(f'<w:{side} w:w="70" w:type="dxa"/>' for side in ("left", "right"))
    properties.append(parse_xml(f"<w:tblCellMar {nsdecls('w')}>{margins}</w:tblCellMar>"))
