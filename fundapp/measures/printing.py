"""The proposal's form as a Word document, blank or filled: a content control for every field, its name as tag and bookmark.

`reading.py` takes it back. Word keeps the tags; programs that lose them keep the bookmarks.
"""

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from fundapp.funds import questions
from fundapp.funds.questions import Question
from fundapp.kit.i18n import gettext as _
from fundapp.kit.i18n import speaking
from fundapp.measures.codes import FUND_INDICATORS, PARTS, Section, sections
from fundapp.measures.fields import PAGES, Field, Table
from fundapp.measures.plainword import Control, control, wide

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
ACCENT, SOFT = RGBColor(0x1F, 0x5F, 0x4A), RGBColor(0x59, 0x5F, 0x5C)
WIDTH = 17.0  # centimetres between the margins


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
        self.doc = Document()
        self._ticks: Any = None
        self._style()

    def write(self) -> bytes:
        doc, blank = self.doc, self.blank
        doc.add_paragraph(blank.title, style="Title")
        for line in blank.head:
            doc.add_paragraph(line)
        for page in sections(blank.form, questions=bool(blank.asked)):
            if page.name != "annexes":
                self._page(page)
        out = io.BytesIO()
        doc.save(out)
        return out.getvalue()

    def _style(self) -> None:
        doc = self.doc
        page = doc.sections[0]
        page.page_width, page.page_height = Cm(21), Cm(29.7)
        page.left_margin = page.right_margin = Cm(2)
        page.top_margin, page.bottom_margin = Cm(2), Cm(1.8)
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
        properties = doc.core_properties
        properties.title, properties.keywords, properties.language = (
            self.blank.title,
            self.blank.key,
            self.blank.language,
        )
        properties.author = properties.comments = ""
        page.header.paragraphs[0].text = self.blank.title
        page.footer.paragraphs[0].text = ""
        _numbers(page.footer.paragraphs[0])
        for part in (page.header, page.footer):
            for run in part.paragraphs[0].runs:
                run.font.size, run.font.color.rgb = Pt(8), SOFT

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
        """Short fields in two columns, long ones with a box of their own, in their order."""
        grid = None
        for each, name in fields:
            if each.kind == "bottleneck" and not self.blank.lists.get("bottleneck"):
                continue
            if each.kind == "tick":
                self._tick(page, each, name)
                grid = None
                continue
            if each.kind == "text" or (each.kind == "line" and each.most > BIG):
                grid = None
                self._box(page, each, name)
                continue
            grid = grid if grid is not None else self._grid()
            row = grid.add_row()
            row._tr.get_or_add_trPr().append(parse_xml(f"<w:cantSplit {nsdecls('w')}/>"))
            cells = row.cells
            cells[0].width, cells[1].width = Cm(6.5), Cm(WIDTH - 6.5)
            self._label(cells[0].paragraphs[0], each)
            self._control(cells[1].paragraphs[0], page, each, name)

    def _grid(self) -> Any:
        table = self.doc.add_table(0, 2)
        wide(table, (6.5, WIDTH - 6.5))
        return table

    def _tick(self, page: str, each: Field, name: str) -> None:
        """The box to tick before what is declared; one table for all that follow each other."""
        last = self.doc.element.body[-2] if len(self.doc.element.body) > 1 else None
        ticks = self._ticks if self._ticks is not None and last is self._ticks._tbl else self.doc.add_table(0, 2)
        if ticks is not self._ticks:
            wide(ticks, (0.9, WIDTH - 0.9))
            self._ticks = ticks
        cells = ticks.add_row().cells
        self._control(cells[0].paragraphs[0], page, each, name)
        cells[1].paragraphs[0].add_run(_(each.label))

    def _box(self, page: str, each: Field, name: str) -> None:
        paragraph = self.doc.add_paragraph()
        paragraph.paragraph_format.keep_with_next = True
        paragraph.paragraph_format.space_before = Pt(6)
        self._label(paragraph, each)
        table = self.doc.add_table(1, 1)
        wide(table, (WIDTH,))
        cell = table.rows[0].cells[0]
        self._control(cell.paragraphs[0], page, each, name)
        table.rows[0].height = Cm(1.2 if each.most <= BIG * 5 else 2.6)
        self.doc.add_paragraph().paragraph_format.space_after = Pt(0)

    def _label(self, paragraph: Paragraph, each: Field) -> None:
        label = _(each.label) + (f", {self.blank.currency}" if each.kind == "money" else "")
        paragraph.add_run(label).bold = True
        for told in self._told(each):
            run = paragraph.add_run(f"\n{told}")
            run.font.size, run.font.color.rgb = Pt(8), SOFT

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
        for told in self._conditions(question, lang):
            run = paragraph.add_run(f"\n{told}")
            run.font.size, run.font.color.rgb = Pt(8), SOFT
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
                asked = [each for each in table.fields if each.name not in ("bank", "account") or slot == ACCOUNT]
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
            row._tr.get_or_add_trPr().append(parse_xml(f"<w:cantSplit {nsdecls('w')}/>"))
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


ACCOUNT = list(PARTS).index("account")


def _widths(fields: Sequence[Field]) -> list[float]:
    """Centimetres of the columns: words take more than figures."""
    weight = {"text": 3.2, "line": 2.6, "choice": 2.0, "money": 1.7, "date": 1.7, "tick": 1.1, "tel": 2.0, "email": 2.2}
    first = 0.8 if fields[0].name != "own_cash" else 3.6
    parts = [weight.get(each.kind, 1.5) for each in fields]
    return [first, *((WIDTH - first) * part / sum(parts) for part in parts)]


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
