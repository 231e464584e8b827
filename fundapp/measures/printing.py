"""The proposal's form as a Word document, blank or filled: a content control for every field, its name as tag and bookmark.

`reading.py` takes it back. Word keeps the tags; programs that lose them keep the bookmarks.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Cm, Pt
from docx.text.paragraph import Paragraph

from fundapp.documents import blanks
from fundapp.documents.blanks import SOFT, WIDTH
from fundapp.documents.controls import Control, control, wide
from fundapp.funds import questions
from fundapp.funds.questions import Question
from fundapp.kit.i18n import gettext as _
from fundapp.kit.i18n import speaking
from fundapp.measures.codes import BANK, FUND_INDICATORS, HOLDER, PARTS, Section, sections
from fundapp.measures.fields import PAGES, Field, Table

ROWS = {
    "partners": 5,
    "activities": 10,
    "groups": 4,
    "risks": 5,
    "lines": 12,
    "sources": 12,
    "support": 4,
    "indicators": 6,
}
BRIEF = {"lines": 8, "sources": 8, "risks": 2, "groups": 2}
BIG = 200  # a field that takes more characters has a box of its own


@dataclass(frozen=True)
class Blank:
    """What the form is made of. `head`: what stands above it; `texts`: page -> field -> text; `lists`: (code, words) of the region and bottleneck."""

    title: str
    head: Sequence[str]
    key: str  # what names the call, its edition, the form, the language and the proposal; kept with the document
    form: str
    language: str
    currency: str
    asked: Sequence[Question] = ()
    figures: Sequence[str] = tuple(FUND_INDICATORS)
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    lists: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)


def document(blank: Blank) -> bytes:
    """The form as a Word file."""
    with speaking(blank.language):
        return _Writer(blank).write()


class _Writer:
    """Writes the pages one after the other."""

    def __init__(self, blank: Blank) -> None:
        self.blank = blank
        self.doc = blanks.started(blank.title, blank.head, key=blank.key, language=blank.language)

    def write(self) -> bytes:
        for page in sections(self.blank.form, questions=bool(self.blank.asked)):
            if page.name != "annexes":
                self._page(page)
        return blanks.saved(self.doc)

    def _page(self, page: Section) -> None:
        doc, name = self.doc, page.name
        doc.add_heading(f"{page.no}  {_(page.label)}".strip(), 1)
        found = PAGES[name]
        fields = [each for each in found.fields if each.asked(self.blank.form)]
        self._fields(name, [(each, each.name) for each in fields])
        if name == "questions":
            self._questions()
        if found.table is not None:
            self._rows(name, found.table)

    def _fields(self, page: str, fields: Sequence[tuple[Field, str]]) -> None:
        """Short fields in two columns, long ones with a box of their own, in their order; what is ticked has its box first."""
        grid = ticks = None
        for each, name in fields:
            if each.kind == "bottleneck" and not self.blank.lists.get("bottleneck"):
                continue
            if each.kind == "tick":
                grid, ticks = None, self._grid(0.9) if ticks is None else ticks
                cells = ticks.add_row().cells
                self._control(cells[0].paragraphs[0], page, each, name)
                cells[1].paragraphs[0].add_run(_(each.label))
            elif each.kind == "text" or (each.kind == "line" and each.most > BIG):
                grid = ticks = None
                self._box(page, each, name)
            else:
                grid, ticks = self._grid(6.5) if grid is None else grid, None
                row = grid.add_row()
                row._tr.get_or_add_trPr().append(parse_xml(f"<w:cantSplit {nsdecls('w')}/>"))
                cells = row.cells
                cells[0].width, cells[1].width = Cm(6.5), Cm(WIDTH - 6.5)
                self._label(cells[0].paragraphs[0], each)
                self._control(cells[1].paragraphs[0], page, each, name)

    def _grid(self, first: float) -> Any:
        """A table of two columns, the first so many centimetres wide."""
        table = self.doc.add_table(0, 2)
        wide(table, (first, WIDTH - first))
        return table

    def _box(self, page: str, each: Field, name: str) -> None:
        paragraph = self.doc.add_paragraph()
        paragraph.paragraph_format.keep_with_next = True
        paragraph.paragraph_format.space_before = Pt(6)
        self._label(paragraph, each)
        made = self._made(each, name, self.blank.texts.get(page, {}).get(name, ""))
        blanks.box(self.doc, made, 1.2 if each.most <= BIG * 5 else 2.6)

    def _label(self, paragraph: Paragraph, each: Field) -> None:
        label = _(each.label) + (f", {self.blank.currency}" if each.kind == "money" else "")
        paragraph.add_run(label).bold = True
        blanks.told(paragraph, list(self._told(each)))

    def _told(self, each: Field) -> Iterator[str]:
        if each.hint:
            yield _(each.hint)
        least, most = each.shortest(self.blank.form), each.most
        if each.kind == "text":
            yield (
                _("%(least)s to %(most)s characters", least=least, most=most)
                if least
                else _("at most %(most)s characters", most=most)
            )

    def _control(self, paragraph: Paragraph, page: str, each: Field, name: str, text: str | None = None) -> None:
        stands = self.blank.texts.get(page, {}).get(name, "") if text is None else text
        control(paragraph, self._made(each, name, stands))

    def _made(self, each: Field, name: str, stands: str) -> Control:
        options = self.blank.lists.get(each.kind) or [(code, _(words)) for code, words in each.choices.items()]
        kind = "choice" if options else each.kind
        return Control(name, _(each.label), kind, stands, tuple((str(code), words) for code, words in options))

    def _questions(self) -> None:
        lang = self.blank.language
        for question in self.blank.asked:
            self._question(question, lang)

    def _question(self, question: Question, lang: str) -> None:
        paragraph = self.doc.add_paragraph()
        paragraph.paragraph_format.keep_with_next = True
        paragraph.add_run(questions.words(question.label, lang)).bold = True
        blanks.told(paragraph, list(self._conditions(question, lang)))
        if question.kind == "file":
            return
        name, stands = f"q_{question.code}", self.blank.texts.get("questions", {}).get(f"q_{question.code}", "")
        options = questions.choices_of(question, lang)
        table = self.doc.add_table(0, 1)
        wide(table, (WIDTH,))
        if question.kind == "several":
            for code, words in options:
                cell = table.add_row().cells[0].paragraphs[0]
                control(cell, Control(f"{name}-{code}", words, "tick", "yes" if code in stands.split("\n") else ""))
                cell.add_run(f"  {words}")
        else:
            kind = {"short": "line", "long": "text", "yes_no": "choice", "one": "choice"}.get(
                question.kind, question.kind
            )
            choices = tuple((code, _(words) if question.kind == "yes_no" else words) for code, words in options)
            control(table.add_row().cells[0].paragraphs[0], Control(name, name, kind, stands, choices))
        self.doc.add_paragraph().paragraph_format.space_after = Pt(0)

    def _conditions(self, question: Question, lang: str) -> Iterator[str]:
        if help_ := questions.words(question.help, lang):
            yield help_
        if question.shown_if:
            earlier = next(each for each in self.blank.asked if each.code == question.shown_if[0])
            choice = dict(questions.choices_of(earlier, lang))[question.shown_if[1]]
            told = _(choice) if earlier.kind == "yes_no" else choice
            yield _(
                "Only if you answered “%(choice)s” to “%(question)s”",
                choice=told,
                question=questions.words(earlier.label, lang),
            )
        if question.kind == "file":
            yield _("Please send this paper together with the form, or as a photograph.")

    def _rows(self, page: str, table: Table) -> None:
        if table.prefix == "parties":
            for slot, (title, what) in enumerate(PARTS.values()):
                self.doc.add_heading(f"{_(title)} – {_(what)}", 2)
                asked = [each for each in table.fields if each.name not in BANK or slot == HOLDER]
                self._fields(page, [(each, f"parties-{slot}-{each.name}") for each in asked])
            return
        if table.hint:
            run = self.doc.add_paragraph().add_run(_(table.hint))
            run.font.color.rgb = SOFT
        fields = [each for each in table.fields if each.asked(self.blank.form)]
        slots = self._slots(page, table)
        made, widths = self.doc.add_table(1, len(fields) + 1), _widths(fields)
        wide(made, widths)
        for cell, text in zip(made.rows[0].cells, ["", *(self._heading(each) for each in fields)], strict=True):
            run = cell.paragraphs[0].add_run(text)
            run.bold, run.font.size = True, Pt(7.5)
        made.rows[0]._tr.get_or_add_trPr().append(parse_xml(f"<w:tblHeader {nsdecls('w')}/>"))
        for number, slot in enumerate(slots, start=1):
            cells = made.add_row().cells
            self._first(cells[0].paragraphs[0], page, table.prefix, slot, number)
            for cell, each in zip(cells[1:], fields, strict=True):
                if table.prefix == "indicators" and slot < len(FUND_INDICATORS) and each.name in ("title", "unit"):
                    text = list(FUND_INDICATORS.values())[slot][0 if each.name == "title" else 1]
                    cell.paragraphs[0].add_run(_(text)).font.size = Pt(8)
                else:
                    self._control(cell.paragraphs[0], page, each, f"{table.prefix}-{slot}-{each.name}")
        for row in made.rows:
            blanks.whole(row)
            for cell, width in zip(row.cells, widths, strict=True):
                cell.width = Cm(width)
        self.doc.add_paragraph().paragraph_format.space_after = Pt(0)

    def _heading(self, each: Field) -> str:
        return _(each.label) + (f", {self.blank.currency}" if each.kind == "money" else "")

    def _first(self, paragraph: Paragraph, page: str, prefix: str, slot: int, number: int) -> None:
        """The number of a row; who pays stands beside what it is paid for."""
        what = self.blank.texts.get("costs", {}).get(f"lines-{slot}-description", "") if prefix == "sources" else ""
        run = paragraph.add_run(f"{number}. {what}".strip())
        run.font.size = Pt(8)

    def _slots(self, page: str, table: Table) -> list[int]:
        """Those that stand there, and enough blank ones."""
        prefix = "lines" if table.prefix == "sources" else table.prefix
        source = "costs" if table.prefix == "sources" else page
        there = {
            int(name.split("-")[1])
            for name, text in self.blank.texts.get(source, {}).items()
            if name.startswith(f"{prefix}-") and text
        }
        if prefix == "indicators":
            codes = list(FUND_INDICATORS)
            there = {slot for slot in there if slot >= len(codes)} | {codes.index(code) for code in self.blank.figures}
        rows = BRIEF.get(prefix, ROWS[prefix]) if self.blank.form == "short" else ROWS[prefix]
        free = (
            slot for slot in range(len(FUND_INDICATORS) if prefix == "indicators" else 0, 1000) if slot not in there
        )
        missing = rows - len(there)
        return sorted([*there, *(next(free) for _each in range(missing))]) if missing > 0 else sorted(there)


def _widths(fields: Sequence[Field]) -> list[float]:
    """Centimetres of the columns: words take more than figures."""
    weight = {"text": 3.2, "line": 2.6, "choice": 2.0, "money": 1.7, "date": 1.7, "tick": 1.1, "tel": 2.0, "email": 2.2}
    first = 0.8 if fields[0].name != "own_cash" else 3.6
    parts = [weight.get(each.kind, 1.5) for each in fields]
    return [first, *((WIDTH - first) * part / sum(parts) for part in parts)]
