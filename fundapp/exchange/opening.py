"""Opening a file that was sent: what it is, where its table stands, its titles and lines."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from fundapp.exchange import columns, delimited
from fundapp.exchange.book import Book
from fundapp.exchange.cells import MOST_COLUMNS, MOST_LINES, Layout, Line, NotATable, Table
from fundapp.kit.i18n import gettext as _

HEAD = 25  # the titles stand in one of these first lines
SHEETS = 10


class Source:
    """The bytes of a file as a table. Raises NotATable when they cannot be one."""

    def __init__(self, data: bytes) -> None:
        self.book: Book | None = None
        self.data = data
        if data.startswith(b"\xd0\xcf\x11\xe0"):
            raise NotATable(
                _("This is an old Excel file (XLS), or one locked with a password. Save it as XLSX without password.")
            )
        if data.startswith(b"PK\x03\x04"):
            if b"opendocument" in data[:200]:
                raise NotATable(_("This is an OpenDocument file. Save it as XLSX or CSV and send that."))
            self.book = Book(data)
        elif data.startswith(b"%PDF") or _is_binary(data):
            raise NotATable(_("This is neither a text file (CSV) nor an Excel workbook (XLSX)."))
        elif data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
            raise NotATable(_("This is a web page or XML. Open it in your spreadsheet program and save it as XLSX."))

    def guessed(self) -> Layout:
        """The sheet, encoding and delimiter that fit best, and the line that looks most like titles."""
        if self.book is None:
            encoding = delimited.encoding_of(self.data)
            found = Layout(encoding, delimited.delimiter_of(self.data, encoding))
            return replace(found, header=self.header_of(found)[0])
        best, most = Layout(sheet=self.book.sheets[0]), -1
        for sheet in self.book.sheets[:SHEETS]:
            line, points = self.header_of(Layout(sheet=sheet))
            if points > most:
                best, most = Layout(sheet=sheet, header=line), points
        return best

    def header_of(self, layout: Layout) -> tuple[int, int]:
        """(line, points) of the first of those that look most like titles."""
        best, most = 1, 0
        for line, cells in islice(self._lines(layout), HEAD):
            points = columns.points(cells)
            if points > most:
                best, most = line, points
        return best, most

    def table(self, layout: Layout) -> Table:
        """Titles and lines. A title that is blank or there already gets its place, so that each is there once."""
        lines = self._lines(layout)
        for line, cells in lines:
            if line >= layout.header:
                if line > layout.header:
                    break
                width = None if layout.is_workbook else len(cells)
                return Table(titles(cells), self._beneath(lines, layout), width)
        raise NotATable(_("Line %(line)s holds no titles. Choose the line that does.", line=layout.header))

    def _beneath(self, lines: Iterator[Line], layout: Layout) -> Iterator[Line]:
        count = 0
        for line, cells in lines:
            if any(cell and not cell.isspace() for cell in cells):
                count += 1
                if count > MOST_LINES:
                    raise NotATable(
                        _("The table has more than %(most)s lines. Send it in parts.", most=f"{MOST_LINES:,}")
                    )
                yield line, cells

    def _lines(self, layout: Layout) -> Iterator[Line]:
        if self.book is not None:
            yield from self.book.lines(layout.sheet)
            return
        for line, cells in delimited.lines(self.data, layout.encoding, layout.delimiter):
            if not (line == 1 and delimited.is_hint(cells)):
                yield line, cells


def titles(cells: list[str]) -> tuple[str, ...]:
    """Each title once: ('Name', 'Sum', '#3', 'Sum (2)')."""
    while cells and not cells[-1].strip():
        cells = cells[:-1]
    if len(cells) > MOST_COLUMNS:
        raise NotATable(_("The table has more than %(most)s columns.", most=MOST_COLUMNS))
    found: dict[str, None] = {}
    for place, cell in enumerate(cells, start=1):
        bare = " ".join(cell.split()) or f"#{place}"
        title, times = bare, 1
        while title in found:
            times += 1
            title = f"{bare} ({times})"
        found[title] = None
    return tuple(found)


def _is_binary(data: bytes) -> bool:
    head = data[:4096]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or head.count(0) > len(head) // 4:
        return False  # UTF-16
    return sum(head.count(each) for each in (*range(9), 11, 12, *range(14, 27), *range(28, 32))) > len(head) // 50
