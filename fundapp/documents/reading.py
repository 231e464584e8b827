"""What a part of a Word file says, paragraph by paragraph: its text, its place, and the same as a plain template."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
P, T, R, TABLE, ROW, CELL = (f"{W}{name}" for name in ("p", "t", "r", "tbl", "tr", "tc"))
SIGNS = {
    f"{W}{name}": sign
    for name, sign in (("br", "\v"), ("cr", "\v"), ("tab", "\t"), ("drawing", "\ufffc"), ("noBreakHyphen", "\u2011"))
}
WHOLE = {
    kind: re.compile(rf"{{([%#]){kind} ([^}}%]*[%#]}})") for kind in ("tr", "tc", "p")
}  # for a row, cell, paragraph
TAG = re.compile(r"(?<={[{%])(.*?)(?=[}%]})")
QUOTES = str.maketrans("“”‘’", "\"\"''")
PART = re.compile(r"word/(header|footer|footnotes|endnotes)")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a paragraph stands, and the row and cell it stands in (None outside a table)."""

    name: str
    row: etree._Element | None = None
    cell: etree._Element | None = None


def texts(root: etree._Element) -> list[str]:
    """The text of every paragraph in order. A line break is \\v, a picture \\ufffc."""
    found: dict[etree._Element, list[str]] = {}
    for element in root.iter(P, T, *SIGNS):
        if element.tag == P:
            found[element] = []
            continue
        if element.tag != T and (parent := element.getparent()) is not None and parent.tag != R:
            continue  # a tab stop of the paragraph, not a tab in its text
        owner = next(element.iterancestors(P), None)
        if owner is not None:
            said = re.sub(r"[\r\n]", " ", element.text or "") if element.tag == T else SIGNS[str(element.tag)]
            found[owner].append(said)
    return ["".join(pieces) for pieces in found.values()]


def places(root: etree._Element, part: str = "word/document.xml") -> list[Place]:
    """The place of every paragraph: 'table 2, row 1, cell 3' or 'paragraph 31'; the part first if not the body."""
    match = PART.match(part)
    prefix = f"{match[1]}, " if match else ""
    tables = {table: number for number, table in enumerate(root.iter(TABLE), 1)}
    counted: Counter[etree._Element] = Counter()
    numbers: dict[etree._Element, int] = {}
    for kind, owner in ((ROW, TABLE), (CELL, ROW)):
        for element in root.iter(kind):
            above = next(element.iterancestors(owner))
            counted[above] += 1
            numbers[element] = counted[above]
    found, paragraph = [], 0
    for element in root.iter(P):
        cell = next(element.iterancestors(CELL), None)
        if cell is None:
            paragraph += 1
            found.append(Place(f"{prefix}paragraph {paragraph}"))
        else:
            row = next(cell.iterancestors(ROW))
            table = tables[next(row.iterancestors(TABLE))]
            found.append(Place(f"{prefix}table {table}, row {numbers[row]}, cell {numbers[cell]}", row, cell))
    return found


def plain(lines: list[str], at: list[Place], *, numbered: bool = False) -> str:
    """The part as plain Jinja, a line for each paragraph.

    A row with {%tr …%}, a cell with {%tc …%} and a paragraph with {%p …%} leave only their tag, as in the filled file;
    `numbered` gives them a line all the same, so that line n is paragraph n.
    """
    whole = _whole(lines, at)
    source, done = [], set()
    for line, place in zip(lines, at, strict=True):
        owner = next((thing for thing in (place.row, place.cell) if thing is not None and thing in whole), None)
        if owner is not None:
            source.append(whole[owner] if owner not in done else "")
            done.add(owner)
        elif tags := WHOLE["p"].findall(line):
            source.append(_opened(tags[-1]))
        else:
            source.append(re.sub(r"{%r ", "{% ", line) + ("" if numbered else "\n"))
        if numbered:
            source.append("\n")
    text = re.sub(r"{%\s*(colspan|cellbg)\s+[^%]*%}", "", "".join(source))
    if not numbered:
        text = text.replace("\n{%-", "{%").replace("-%}\n", "%}")
    return TAG.sub(lambda match: match[0].translate(QUOTES), text)


def _whole(lines: list[str], at: list[Place]) -> dict[etree._Element, str]:
    found: dict[etree._Element, str] = {}
    for line, place in zip(lines, at, strict=True):
        for kind, owner in (("tr", place.row), ("tc", place.cell)):
            if owner is not None and (tags := WHOLE[kind].findall(line)):
                found[owner] = _opened(tags[-1])
    return found


def _opened(tag: tuple[str, str]) -> str:
    return f"{{{tag[0]} {tag[1]}"
