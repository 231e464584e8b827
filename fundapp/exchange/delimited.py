"""Text files with a table: which encoding, which delimiter, and their lines, however they end."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator

from fundapp.exchange.cells import Line, NotATable
from fundapp.kit.i18n import gettext as _
from fundapp.kit.i18n import mark

LONGEST_CELL = 100_000
SAMPLE, RECORDS = 65_536, 30

ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16 LE",
    "utf-16-be": "UTF-16 BE",
    "cp1252": mark("Windows, Western Europe (CP1252)"),
    "cp1251": mark("Windows, Cyrillic (CP1251)"),
    "mac_roman": mark("Mac, Western Europe"),
}
DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}
SAID = {"comma": mark("comma"), "semicolon": mark("semicolon"), "tab": mark("tab"), "bar": mark("vertical bar")}
CODECS = {"utf-8": "utf-8-sig"}

csv.field_size_limit(LONGEST_CELL)


def encoding_of(data: bytes) -> str:
    """By the mark at the beginning, else by what the bytes can be. Cyrillic is told from Western by whole words above ASCII."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    head = data[:SAMPLE]
    if head.count(0) > len(head) // 4:
        return "utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be"
    if _can_be(data, "utf-8"):
        return "utf-8"
    high = len(re.findall(rb"[\x80-\xff]", data))
    in_words = sum(len(run) for run in re.findall(rb"[\x80-\xff]{2,}", data))
    if in_words * 2 > high and _can_be(data, "cp1251"):
        return "cp1251"
    old_mac = b"\r" in data and b"\n" not in data
    if old_mac and len(re.findall(rb"[\x80-\x9f]", data)) > len(re.findall(rb"[\xc0-\xff]", data)):
        return "mac_roman"
    return "cp1252" if _can_be(data, "cp1252") else "mac_roman"


def delimiter_of(data: bytes, encoding: str) -> str:
    """The one that cuts most of the first lines into the same number of cells; 'sep=;' in the first line says it."""
    text = data[:SAMPLE].decode(CODECS.get(encoding, encoding), "replace").removeprefix("\ufeff")
    if said := re.match(r"sep=([,;|\t])[\r\n]", text, re.IGNORECASE):
        return said[1]
    return max(DELIMITERS.values(), key=lambda each: _agreement(text, each))


def lines(data: bytes, encoding: str, delimiter: str) -> Iterator[Line]:
    """Every record with the line in which it begins; a quoted cell may run over several. Raises NotATable."""
    text = io.TextIOWrapper(io.BytesIO(data), CODECS.get(encoding, encoding), newline="")
    begins = 1
    try:
        reader = csv.reader(text, delimiter=delimiter, strict=True)
        for cells in reader:
            if begins == 1 and cells:
                cells[0] = cells[0].removeprefix("\ufeff")
            yield begins, [cell.replace("\r\n", "\n").replace("\r", "\n") if "\r" in cell else cell for cell in cells]
            begins = reader.line_num + 1
    except csv.Error:
        raise NotATable(
            _(
                "Line %(line)s cannot be read as CSV: a quotation mark is opened there and not closed, or text follows it.",
                line=begins,
            )
        ) from None
    except UnicodeError:
        name = _(ENCODINGS[encoding])
        raise NotATable(_("The file is not encoded as %(encoding)s. Choose another one.", encoding=name)) from None


def is_hint(cells: list[str]) -> bool:
    """The line 'sep=;' that a spreadsheet program writes for itself."""
    return bool(cells) and cells[0].casefold().startswith("sep=") and len(cells) <= 2 and not any(cells[1:])


def _can_be(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _agreement(text: str, delimiter: str) -> float:
    counts: Counter[int] = Counter()
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            if any(cells):
                counts[len(cells)] += 1
            if counts.total() == RECORDS:
                break
    except csv.Error:
        return 0.0
    width, times = max(counts.items(), key=lambda item: (item[0] - 1) * item[1], default=(1, 0))
    return (width - 1) * times / max(counts.total(), 1)
