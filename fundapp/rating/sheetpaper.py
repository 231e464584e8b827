"""Score sheets as a Word document: written for one member, and what stands in a filled one. Knows no database.

A field is named by its sheet, its criterion, what it asks, and a fingerprint of what stood there when the file was made. So
a file that comes back tells what was changed in it from what was changed on the screen meanwhile.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT
from docx.shared import Cm, Pt

from fundapp.documents import blanks, controls, package
from fundapp.documents.blanks import WIDTH
from fundapp.documents.controls import Control, control, wide
from fundapp.kit.i18n import gettext as _
from fundapp.kit.i18n import ngettext, speaking

KEYWORD = "led-sheets"
UNJUDGED = "unjudged"
POINTS, COMMENT = "points", "comment"
FIELD = re.compile(r"s([0-9]{1,9})-c([0-9]{1,9})-(points|unjudged|comment)-([0-9a-f]{6})")
LEFT = 12.0  # centimetres of the column with the question


@dataclass(frozen=True)
class Stand:
    """What stands for a criterion: `score` is '' (none yet), the points as text, or 'unjudged'."""

    score: str = ""
    comment: str = ""


@dataclass(frozen=True)
class Asked:
    """A criterion. `weight`: 0 outside the total; `anchors`: point -> words; `closed`: why it has no fields now."""

    id: int
    code: str
    title: str
    question: str
    weight: int
    highest: int
    anchors: Mapping[int, str]
    note: str = ""
    closed: str = ""

    @property
    def choices(self) -> tuple[tuple[str, str], ...]:
        return tuple((str(n), f"{n} {self.anchors.get(n, '')}".strip()) for n in range(self.highest + 1))


@dataclass(frozen=True)
class Form:
    """The sheet of one proposal; `stands` by criterion id."""

    id: int
    title: str
    asked: tuple[Asked, ...]
    stands: Mapping[int, Stand]


@dataclass(frozen=True)
class Paper:
    """What the document is made of. `to_sign`: with lines for a signature by hand."""

    title: str
    head: Sequence[str]
    key: str
    language: str
    forms: Sequence[Form]
    to_sign: bool = False


def name_of(sheet: int, criterion: int, what: str, stands: str) -> str:
    return f"s{sheet}-c{criterion}-{what}-{mark_of(stands)}"


def mark_of(text: str) -> str:
    """Six signs that tell one text from another; how lines break does not matter."""
    return sha256(" ".join(text.split()).encode()).hexdigest()[:6]


def document(paper: Paper) -> bytes:
    """The sheets as a Word file, each proposal from a new page."""
    with speaking(paper.language):
        doc = blanks.started(paper.title, paper.head, key=paper.key, language=paper.language)
        for number, form in enumerate(paper.forms):
            heading = doc.add_heading(form.title, 1)
            heading.paragraph_format.page_break_before = number > 0
            for asked in form.asked:
                _criterion(doc, form, asked, by_hand=paper.to_sign)
            if paper.to_sign:
                _signature(doc)
        return blanks.saved(doc)


def _criterion(doc: Any, form: Form, asked: Asked, *, by_hand: bool) -> None:
    """The question on the left, the score beside it, the comment below; none of the three is torn by the end of a page."""
    table = doc.add_table(2, 2)
    wide(table, (LEFT, WIDTH - LEFT))
    left, right = table.rows[0].cells
    left.width, right.width = Cm(LEFT), Cm(WIDTH - LEFT)
    outside = _("outside the total")
    weight = ngettext("%(num)s point", "%(num)s points", asked.weight) if asked.weight else outside  # of 100
    title = left.paragraphs[0]
    title.add_run(f"{asked.code}  {asked.title}").bold = True
    title.add_run(f"  {weight}")
    anchors = ", ".join(f"{n} {words}" for n, words in asked.anchors.items())
    blanks.told(title, [line for line in (asked.question, anchors, asked.note) if line])
    below = table.rows[1].cells[0].merge(table.rows[1].cells[1])
    stand = form.stands.get(asked.id, Stand())
    if asked.closed:
        right.paragraphs[0].add_run(asked.closed).italic = True
        table._tbl.remove(table.rows[1]._tr)
    else:
        _fields(right, below, form, asked, stand)
        if by_hand:
            table.rows[1].height = Cm(2)
    for row in table.rows:
        blanks.whole(row)
    for paragraph in (*left.paragraphs, *right.paragraphs):
        paragraph.paragraph_format.keep_with_next = not asked.closed
    doc.add_paragraph().paragraph_format.space_after = Pt(0)


def _fields(right: Any, below: Any, form: Form, asked: Asked, stand: Stand) -> None:
    points = "" if stand.score == UNJUDGED else stand.score
    first, second = right.paragraphs[0], right.add_paragraph()
    right.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.TOP
    first.add_run(_("Points") + "  ").bold = True
    name = name_of(form.id, asked.id, POINTS, stand.score)
    control(first, Control(name, _("Points for %(code)s", code=asked.code), "choice", points, asked.choices))
    name = name_of(form.id, asked.id, UNJUDGED, stand.score)
    title = _("I cannot judge %(code)s", code=asked.code)
    control(second, Control(name, title, "tick", "yes" if stand.score == UNJUDGED else ""))
    second.add_run("  " + _("I cannot judge this"))
    label = below.paragraphs[0]
    label.add_run(_("Reason for this score")).bold = True
    label.paragraph_format.keep_with_next = True
    name = name_of(form.id, asked.id, COMMENT, stand.comment)
    control(below.add_paragraph(), Control(name, _("Reason for %(code)s", code=asked.code), "text", stand.comment))


def _signature(doc: Any) -> None:
    doc.add_paragraph(_("I have rated this proposal by myself and have no conflict of interest in it."))
    line = doc.add_paragraph()
    line.paragraph_format.space_before = Pt(26)
    line.add_run("_" * 22 + "      " + "_" * 44)
    blanks.told(line, [_("Date") + " " * 56 + _("Signature")])


@dataclass
class Written:
    """What a file says of one criterion of a sheet, by what was asked, and the fingerprints of what stood there."""

    texts: dict[str, str] = field(default_factory=dict)
    marks: dict[str, str] = field(default_factory=dict)

    def kept(self, what: str, stands: str) -> bool:
        """Whether the file says what stood there when it was made, or does not have the field any more."""
        return self.marks.get(what, mark_of(stands)) == mark_of(stands)


@dataclass
class Reading:
    """What was read: (sheet, criterion) -> what is written there; `key`: for what the file was made."""

    key: dict[str, str]
    found: dict[tuple[int, int], Written] = field(default_factory=dict)
    strange: list[tuple[str, str]] = field(default_factory=list)  # (name, text) of fields that are none of ours


def read(data: bytes) -> Reading:
    """Reads a Word file. Raises package.NotAWordFile, with every reason, for one that cannot be taken."""
    parts = package.parts(data)
    reading = Reading(blanks.key_in(parts, KEYWORD))
    for each in controls.read(package.tree(parts["word/document.xml"])):
        match = FIELD.fullmatch(each.name)
        if match is None:
            if each.text:
                reading.strange.append((each.name, each.text))
            continue
        sheet, criterion, what, mark = match.groups()
        written = reading.found.setdefault((int(sheet), int(criterion)), Written())
        written.texts[what] = each.text.strip()
        written.marks[POINTS if what == UNJUDGED else what] = mark
    return reading


def key_of(**facts: object) -> str:
    return blanks.key_of(KEYWORD, **facts)


def points_in(text: str, choices: Sequence[Mapping[int, str]], highest: int) -> int | None:
    """The points that were chosen or typed: '4', or '4' with its words in any of these languages. None for anything else."""
    match = re.fullmatch(r"([0-9]{1,2})(?:[ .:–-]+(.*))?", " ".join(text.split()))
    if match is None or int(match[1]) > highest:
        return None
    points = int(match[1])
    said = (match[2] or "").strip().casefold()
    return points if not said or said in {words.get(points, "").casefold() for words in choices} else None
