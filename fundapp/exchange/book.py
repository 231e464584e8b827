"""Workbooks (XLSX), read row by row: sizes are looked at before anything is unpacked, nothing is fetched, no formula is computed."""

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Context, Decimal, InvalidOperation
from functools import lru_cache

from lxml import etree

from fundapp.exchange.cells import MOST_COLUMNS, Broken, Day, Line, NotATable, Number
from fundapp.kit.i18n import gettext as _

UNPACKED = 150 * 1024 * 1024  # bytes of all members together
RATIO, SMALL, MEMBERS = 200, 100 * 1024, 2000  # unpacked to packed of one member, from this size on
AS_DATES = {*range(14, 18), 22, *range(27, 37), *range(50, 59)}  # number formats that every program shows as dates
FIFTEEN = Context(prec=15)  # what a spreadsheet program keeps of a number
SIMPLE = re.compile(r"-?[0-9]{1,15}")
FIRST, LAST = date(1900, 1, 1), date(2199, 12, 31)
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"


class Book:
    """A workbook. Raises NotATable, here and while it is read, with the reason."""

    def __init__(self, data: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            _look_at(self._zip.infolist())
            book = self._tree("xl/workbook.xml")
        except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, RuntimeError):
            raise NotATable(
                _("The workbook is damaged. Open it in your spreadsheet program and save it again.")
            ) from None
        places = {
            each.get("Id"): posixpath.normpath(posixpath.join("/xl", each.get("Target", ""))).lstrip("/")
            for each in self._tree("xl/_rels/workbook.xml.rels")
            if each.get("Type", "").endswith("/worksheet")
        }
        settings = book.find("{*}workbookPr")
        self._from_1904 = settings is not None and settings.get("date1904") in ("1", "true")
        found = [
            (sheet.get("state", "visible") != "visible", sheet.get("name", ""), places[place])
            for sheet in book.iterfind("{*}sheets/{*}sheet")
            if (place := sheet.get(RELATION) or sheet.get(STRICT_RELATION)) in places
        ]
        self._parts = {name: part for _hidden, name, part in sorted(found, key=lambda each: each[0])}
        if not self._parts:
            raise NotATable(_("The workbook has no sheet with cells."))
        self._dates = self._date_styles()
        self._texts: list[str] | None = None

    @property
    def sheets(self) -> list[str]:
        """The names of the sheets with cells, hidden ones last."""
        return list(self._parts)

    def lines(self, sheet: str) -> Iterator[Line]:
        """Every row that holds anything, with its number."""
        if sheet not in self._parts:
            raise NotATable(_("The workbook has no sheet “%(name)s”.", name=sheet))
        if self._texts is None:
            self._texts = list(self._shared())
        number = 0
        for row in self._each(self._parts[sheet], "row"):
            number = _whole(row.get("r"), number + 1)
            cells = self._cells(row)
            if cells:
                yield number, cells

    def _cells(self, row: etree._Element) -> list[str]:
        cells: list[str] = []
        for cell in row:
            place = _column((cell.get("r") or "").rstrip("0123456789")) or len(cells) + 1
            value = self._value(cell)
            if place == len(cells) + 1 <= MOST_COLUMNS:
                cells.append(value)
            elif place <= MOST_COLUMNS:
                cells += [""] * (place - len(cells))
                cells[place - 1] = value
            elif value:
                raise NotATable(_("The sheet has more than %(most)s columns.", most=MOST_COLUMNS))
        while cells and not cells[-1]:
            cells.pop()
        return cells

    def _value(self, cell: etree._Element) -> str:
        kind, value, formula = cell.get("t", "n"), None, False
        for child in cell:
            tag = str(child.tag)
            if tag.endswith("}v"):
                value = child.text or ""
            elif tag.endswith("}is"):
                return _text(child)
            elif tag.endswith("}f"):
                formula = True
        if not value:
            return _without_result() if formula and value is None else ""
        match kind:
            case "s":
                assert self._texts is not None
                place = _whole(value, -1)
                return self._texts[place] if 0 <= place < len(self._texts) else ""
            case "n":
                return self._day(value) if cell.get("s") in self._dates else _number(value)
            case "b":
                return "TRUE" if value == "1" else "FALSE"
            case "e":
                return Broken(value, _("The cell holds the error %(error)s.", error=value))
            case "d":
                return Day(value)
        return _unescaped(value)

    def _day(self, value: str) -> str:
        try:
            serial = Decimal(value)
        except InvalidOperation:
            return value
        moment = of_serial(serial, from_1904=self._from_1904)
        if moment is None:
            return _number(value)
        return Day(moment.date().isoformat() if moment.time() == datetime.min.time() else moment.isoformat())

    def _date_styles(self) -> set[str]:
        """The places of the cell styles that show a number as a date."""
        if "xl/styles.xml" not in self._zip.namelist():
            return set()
        styles = self._tree("xl/styles.xml")
        own = {
            each.get("numFmtId", ""): _shows_a_date(each.get("formatCode", ""))
            for each in styles.iterfind("{*}numFmts/{*}numFmt")
        }
        formats = [each.get("numFmtId", "0") for each in styles.iterfind("{*}cellXfs/{*}xf")]
        return {
            str(place)
            for place, code in enumerate(formats)
            if own.get(code, code.isdecimal() and int(code) in AS_DATES)
        }

    def _shared(self) -> Iterator[str]:
        if "xl/sharedStrings.xml" in self._zip.namelist():
            for item in self._each("xl/sharedStrings.xml", "si"):
                yield _text(item)

    def _each(self, part: str, tag: str) -> Iterator[etree._Element]:
        """The elements of this name, one after the other; what was read is let go."""
        try:
            with self._zip.open(part) as stream:
                for _event, element in etree.iterparse(
                    stream, tag=f"{{*}}{tag}", resolve_entities=False, load_dtd=False, no_network=True
                ):
                    if element.getprevious() is None and str(getattr(element.getroottree().docinfo, "doctype", "")):
                        raise NotATable(_("The workbook declares a document type; that is not read here."))
                    yield element
                    element.clear()
                    while element.getprevious() is not None:
                        del element.getparent()[0]
        except (etree.XMLSyntaxError, zipfile.BadZipFile, KeyError, EOFError, OSError, RuntimeError):
            raise NotATable(
                _("The workbook is damaged. Open it in your spreadsheet program and save it again.")
            ) from None

    def _tree(self, part: str) -> etree._Element:
        try:
            root = etree.fromstring(
                self._zip.read(part), etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
            )
        except (etree.XMLSyntaxError, KeyError):
            raise NotATable(_("The file is not an Excel workbook (XLSX).")) from None
        if str(getattr(root.getroottree().docinfo, "doctype", "")):
            raise NotATable(_("The workbook declares a document type; that is not read here."))
        return root


def of_serial(serial: Decimal, *, from_1904: bool = False) -> datetime | None:
    """The moment that a spreadsheet counts in days, None for what is no date there (a time alone, 29 February 1900)."""
    if not serial.is_finite() or not 1 <= serial < 200_000:
        return None
    if from_1904:
        begin = datetime(1904, 1, 1)  # noqa: DTZ001 - a day, not a moment of the world
    elif serial >= 61:
        begin = datetime(1899, 12, 30)  # noqa: DTZ001
    elif serial < 60:
        begin = datetime(1899, 12, 31)  # noqa: DTZ001
    else:
        return None
    seconds = int((serial * 86_400).to_integral_value())
    found = begin + timedelta(seconds=seconds)
    return found if FIRST <= found.date() <= LAST else None


def _look_at(members: list[zipfile.ZipInfo]) -> None:
    names = {info.filename for info in members}
    if any(name.endswith("vbaProject.bin") for name in names):
        raise NotATable(_("The workbook holds macros. Save it as an Excel workbook (XLSX) and send that."))
    if "xl/workbook.xml" not in names:
        raise NotATable(_("The file is not an Excel workbook (XLSX). Save your table as XLSX or CSV and send that."))
    if any(info.flag_bits & 1 for info in members):
        raise NotATable(_("The workbook is locked with a password. Save it without and send it again."))
    packed = any(info.file_size > SMALL and info.file_size > RATIO * max(info.compress_size, 1) for info in members)
    if len(members) > MEMBERS or sum(info.file_size for info in members) > UNPACKED or packed:
        raise NotATable(_("The workbook is too large when it is unpacked. Send it in parts, or as CSV."))


def _number(text: str) -> str:
    """As a spreadsheet keeps it, with fifteen digits; what is none stays text and is refused where a number is needed."""
    if SIMPLE.fullmatch(text):
        return Number(text)
    try:
        value = FIFTEEN.create_decimal(text)
    except InvalidOperation:
        return text
    if not value.is_finite() or value.adjusted() > 15 or value.adjusted() < -15:
        return Number("0") if value == 0 else text
    plain = f"{value:f}"
    return Number(plain.rstrip("0").rstrip(".") if "." in plain else plain)


def _text(element: etree._Element) -> str:
    """All runs of a text; how it is pronounced is left out."""
    found = []
    for child in element:
        tag = str(child.tag)
        if tag.endswith("}t"):
            found.append(child.text or "")
        elif tag.endswith("}r"):
            found += [part.text or "" for part in child.iterfind("{*}t")]
    return _unescaped(found[0] if len(found) == 1 else "".join(found))


def _unescaped(text: str) -> str:
    if "_x" in text:
        text = re.sub(r"_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), text)
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _without_result() -> Broken:
    why = _(
        "The cell holds a formula without its result. Open the file in your spreadsheet program, save it, send it again."
    )
    return Broken(_("(formula)"), why)


def _shows_a_date(code: str) -> bool:
    bare = re.sub(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.', "", code).casefold()
    return bool(re.search("[yd]", bare)) and bare != "general"


def _whole(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 10 else otherwise


@lru_cache(maxsize=1000)
def _column(letters: str) -> int:
    """'AB' -> 28; 0 where there is no letter."""
    place = 0
    for letter in letters[:4]:
        place = place * 26 + ord(letter) - 64 if "A" <= letter <= "Z" else 0
    return place
