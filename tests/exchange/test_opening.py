"""Files as they come: encodings, delimiters, line ends, workbooks with all that people do in them, and those that are refused."""

import io
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from fundapp.exchange import book as books
from fundapp.exchange.cells import MOST_COLUMNS, Broken, Day, Layout, NotATable, Number
from fundapp.exchange.columns import Meaning
from fundapp.exchange.giving import Grant, Refusal, grants
from fundapp.exchange.guessing import columns_of, look_at
from fundapp.exchange.opening import Source, titles

TEXT = "Name;Betrag;Datum\nJürg Ñandú;5,50;2019-04-03\nB;6;2019-04-04\n"


def table(data: bytes) -> list[list[str]]:
    source = Source(data)
    found = source.table(source.guessed())
    return [list(found.titles), *(cells for _line, cells in found.lines)]


def meant(source: Source) -> Meaning:
    layout = source.guessed()
    return look_at(source, layout, Meaning(columns_of(source, layout)))[1]


def workbook(fill: Callable[[Any, Any], None], **options: Any) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, options) as made:
        fill(made, made.add_worksheet("Grants"))
    return out.getvalue()


def rows(*lines: list[Any]) -> bytes:
    return workbook(lambda _book, sheet: [sheet.write_row(n, 0, line) for n, line in enumerate(lines)])  # type: ignore[func-returns-value]


def changed(data: bytes, part: str, old: str, new: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            text = before.read(name)
            after.writestr(name, text.replace(old.encode(), new.encode()) if name == part else text)
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


WRITTEN = [
    (encoding, ends)
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252")
    for ends in ("\n", "\r\n", "\r")
]


@pytest.mark.parametrize(("encoding", "ends"), [*WRITTEN, ("mac_roman", "\r")])
def test_every_encoding_and_line_end_is_read(encoding: str, ends: str) -> None:
    data = TEXT.replace("\n", ends).encode(encoding)
    assert table(data) == [
        ["Name", "Betrag", "Datum"],
        ["Jürg Ñandú", "5,50", "2019-04-03"],
        ["B", "6", "2019-04-04"],
    ]


def test_cyrillic_of_old_programs_is_told_from_western_letters() -> None:
    data = "Нэр;Дун;Огноо\nЭсгий урлан;5;2019-04-03\n".encode("cp1251")
    assert Source(data).guessed().encoding == "cp1251"
    assert table(data)[1] == ["Эсгий урлан", "5", "2019-04-03"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_every_delimiter_is_found_also_with_others_in_the_texts(delimiter: str) -> None:
    line = delimiter.join(['"a, b; c | d\te"', "5", "2019-04-03"])
    assert table(f"Name{delimiter}Sum{delimiter}Date\n{line}\n".encode()) == [
        ["Name", "Sum", "Date"],
        ["a, b; c | d\te", "5", "2019-04-03"],
    ]


def test_the_line_that_names_the_delimiter_is_no_line_of_the_table() -> None:
    assert table(b"sep=;\nName;Amount\nA,B,C;5\n") == [["Name", "Amount"], ["A,B,C", "5"]]


def test_quoted_line_breaks_empty_lines_and_trailing_spaces_do_no_harm() -> None:
    data = b'Name ,Amount\r\n"two\r\nlines",5\r\n\r\n,\r\n B ,6\r\n'
    source = Source(data)
    found = source.table(source.guessed())
    assert found.titles == ("Name", "Amount")
    assert list(found.lines) == [(2, ["two\nlines", "5"]), (6, [" B ", "6"])]


def test_titles_are_found_beneath_a_heading_and_each_stands_once() -> None:
    data = b"List of grants,,,\nas of 2019,,,\nRecipient,Amount,Amount,\nA,5,6,x\n"
    assert table(data)[0] == ["Recipient", "Amount", "Amount (2)"]
    assert titles(["", "a ", "a", "b\nc"]) == ("#1", "a", "a (2)", "b c")


def test_a_workbook_gives_texts_numbers_and_dates_as_they_are_kept() -> None:
    def fill(book: Any, sheet: Any) -> None:
        sheet.merge_range(0, 0, 0, 4, "Our grants")
        sheet.write_row(2, 0, ["Recipient", "Amount", "Date", "Paid", "Note"])
        sheet.write_row(3, 0, ["  Wool & <felt>  ", 1234.1])
        sheet.write_datetime(3, 2, datetime(2019, 3, 31), book.add_format({"num_format": "dd.mm.yyyy"}))
        sheet.write_boolean(3, 3, True)
        sheet.write_rich_string(3, 4, "a ", book.add_format({"bold": True}), "bold", " word")
        sheet.write_row(5, 0, ["B", 0.1 + 0.2])
        sheet.write_formula(5, 2, "=A1", book.add_format({"num_format": 14}), 43555)

    data = workbook(fill)
    source = Source(data)
    layout = source.guessed()
    assert layout == Layout(sheet="Grants", header=3)
    found = list(source.table(layout).lines)
    assert found == [
        (4, ["  Wool & <felt>  ", "1234.1", "2019-03-31", "TRUE", "a bold word"]),
        (6, ["B", "0.3", "2019-03-31"]),
    ]
    assert [type(cell) for cell in found[0][1][:3]] == [str, Number, Day]


@pytest.mark.parametrize(
    ("kept", "read"),
    [
        ("1234.0999999999999", "1234.1"), ("1E+400", "1E+400"), ("NaN", "NaN"), ("1.5E3", "1500"), ("100000000000000000000", "100000000000000000000"),
        ("-5", "-5"), ("5.0", "5"), ("1E-300", "1E-300"),
    ],
)  # fmt: skip
def test_a_number_has_fifteen_digits_and_what_is_none_stays_text(kept: str, read: str) -> None:
    data = changed(rows(["Name", "Amount"], ["A", 77]), SHEET, "<v>77</v>", f"<v>{kept}</v>")
    cell = table(data)[1][1]
    assert cell == read
    assert isinstance(cell, Number) == (read.lstrip("-").replace(".", "").isdigit() and len(read) < 16)


def test_days_are_counted_from_1904_where_the_workbook_says_so() -> None:
    def fill(book: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, ["Name", "Date"])
        sheet.write(1, 0, "A")
        sheet.write_datetime(1, 1, datetime(2019, 3, 31, 10, 30), book.add_format({"num_format": "yyyy-mm-dd hh:mm"}))

    for from_1904 in (False, True):
        assert table(workbook(fill, date_1904=from_1904))[1] == ["A", "2019-03-31T10:30:00"]


def test_a_formula_without_result_and_an_error_are_refused_where_they_count() -> None:
    def fill(_book: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, ["Name", "Amount", "Date"])
        for line in (1, 2, 3):
            sheet.write_row(line, 0, [f"Group {line}", 5, "2019-03-31"])
        sheet.write_formula(1, 1, "=6*7", None, 42)
        sheet.write_formula(2, 1, "=6*7", None, 43)

    data = changed(workbook(fill), SHEET, "<f>6*7</f><v>43</v>", "<f>6*7</f>")
    data = changed(data, SHEET, '<c r="B4"><v>5</v></c>', '<c r="B4" t="e"><v>#REF!</v></c>')
    source = Source(data)
    layout = source.guessed()
    found = list(grants(source.table(layout), meant(source), currency="EUR"))
    assert isinstance(found[0], Grant)
    assert found[0].awarded == 4200
    assert found[1:] == [
        Refusal(3, "Amount", "The cell holds a formula without its result. Open the file in your spreadsheet program, save it, send it again."),
        Refusal(4, "Amount", "The cell holds the error #REF!."),
    ]  # fmt: skip
    assert isinstance(list(source.table(layout).lines)[2][1][1], Broken)


def test_the_sheet_with_the_grants_is_found_and_hidden_ones_come_last() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as made:
        first, hidden, grants_ = (made.add_worksheet(name) for name in ("Cover", "Old", "All"))
        first.write(0, 0, "Our fund")
        hidden.hide()
        grants_.write_row(4, 1, ["Recipient", "Amount", "Date"])
        grants_.write_row(5, 1, ["A", 5, "2019-03-31"])
    source = Source(out.getvalue())
    assert source.book is not None
    assert source.book.sheets == ["Cover", "All", "Old"]
    assert source.guessed() == Layout(sheet="All", header=5)
    assert source.table(source.guessed()).titles == ("#1", "Recipient", "Amount", "Date")


def bomb() -> bytes:
    out = io.BytesIO(rows(["Name", "Amount"], ["A", 5]))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/media/zeros.bin", b"0" * 60_000_000)
    return out.getvalue()


def lying() -> bytes:
    """Says that its sheet is small when unpacked."""
    data = bytearray(rows(["Name", "Amount"], *([f"Group {n}", n] for n in range(5000))))
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        info = packed.getinfo(SHEET)
    size, small = info.file_size.to_bytes(4, "little"), (1000).to_bytes(4, "little")
    return bytes(data.replace(size, small))


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (bomb, "too large when it is unpacked"),
        (lying, "damaged"),
        (lambda: changed(rows(["A", "B"]), SHEET, "<worksheet", '<!DOCTYPE x [<!ENTITY e "boom">]><worksheet'), "document type"),
        (lambda: changed(rows(["A", "B"]), "xl/workbook.xml", "<workbook ", '<!DOCTYPE x SYSTEM "http://127.0.0.1/x"><workbook '), "document type"),
        (lambda: changed(rows(["A", "B"]), SHEET, "</row>", ""), "damaged"),
        (lambda: rows(["A"] * (MOST_COLUMNS + 1)), "more than 200 columns"),
        (lambda: (",".join(["A"] * (MOST_COLUMNS + 1)) + "\n").encode(), "more than 200 columns"),
        (lambda: b"Name,Amount\n" + b"A,5\n" * 20_001, "more than 20,000 lines"),
        (lambda: b"\xd0\xcf\x11\xe0", "old Excel file"),
        (lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(32)) * 20, "neither a text file"),
        (lambda: b"", "holds no titles"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_its_reason(make: Callable[[], bytes], said: str) -> None:
    with pytest.raises(NotATable, match=said):
        table(make())


def test_a_workbook_with_macros_is_refused() -> None:
    out = io.BytesIO(rows(["Name", "Amount"]))
    with zipfile.ZipFile(out, "a") as packed:
        packed.writestr("xl/vbaProject.bin", b"x")
    with pytest.raises(NotATable, match="macros"):
        Source(out.getvalue())


def test_an_external_reference_is_never_fetched(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("the secret")
    data = changed(
        rows(["Name", "Amount"], ["A", 5]), SHEET, "<worksheet",
        f'<!DOCTYPE worksheet [<!ENTITY e SYSTEM "{secret.as_uri()}">]><worksheet',
    )  # fmt: skip
    with pytest.raises(NotATable, match="document type"):
        table(data)


def test_a_wrong_encoding_or_an_open_quote_is_told_with_its_place() -> None:
    with pytest.raises(NotATable, match="not encoded as UTF-8"):
        list(Source(b"Name,Amount\nJ\xfcrg,5\n").table(Layout("utf-8", ",")).lines)
    with pytest.raises(NotATable, match="Line 3 cannot be read as CSV"):
        table(b'Name,Amount\nA,5\n"B,6\n')


def test_columns_are_known_by_name_in_three_languages_and_by_content() -> None:
    for line in (
        "Grantee,Grant amount,Decision date",
        "Zuwendungsempfänger,Bewilligter Betrag (EUR),Bewilligungsdatum",
        "Хүлээн авагч,Олгосон дүн,Олгосон огноо",
    ):
        source = Source(f"{line}\nA,5,2019-03-31\n".encode())
        assert list(meant(source).columns.values()) == ["recipient", "awarded", "awarded_on"]
    source = Source(b"Grantee,x,y,z\nA,1,31.3.2019,5.50\nB,2,1.4.2019,600\n")
    found = meant(source)
    assert found == Meaning(
        {"Grantee": "recipient", "y": "awarded_on", "z": "awarded"}, {"awarded_on": "dmy", "awarded": "point"}
    )


def test_a_serial_beyond_the_calendar_stays_a_number() -> None:
    assert books.of_serial(books.Decimal("60")) is None
    assert books.of_serial(books.Decimal("1E+30")) is None
