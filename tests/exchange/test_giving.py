from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fundapp.exchange.cells import Broken, Table
from fundapp.exchange.columns import Meaning, guessed
from fundapp.exchange.giving import TITLES, Grant, Refusal, grants, plain, safe

TITLE_LINE = (
    "Identifier",
    "Title",
    "Currency",
    "Amount Awarded",
    "Award Date",
    "Recipient Org:Name",
    "Funding Org:Identifier",
    "Planned Dates:Duration (months)",
    "Planned Dates:End Date",
)
GOOD = ["360G-x-1", "A grant", "GBP", "3028.63", "2013-01-18", "Be Active", "GB-LAE-TRF", "12", ""]
MEANING = Meaning(guessed(TITLE_LINE, [[]] * 9))


def all_of(*lines: list[str], meaning: Meaning = MEANING, **how: Any) -> list[Grant | Refusal]:
    return list(grants(Table(TITLE_LINE, iter(enumerate(lines, start=2)), 9), meaning, **how))


def read(**changes: str) -> Grant | Refusal:
    return all_of([changes.get(title, cell) for title, cell in zip(TITLE_LINE, GOOD, strict=True)])[0]


def test_a_row_becomes_a_grant_with_exact_amount_and_dates() -> None:
    grant = read()
    assert isinstance(grant, Grant)
    assert (grant.awarded, grant.awarded_on.isoformat(), str(grant.ends_on)) == (302863, "2013-01-18", "2014-01-18")
    assert grant.row == dict(zip(TITLE_LINE, GOOD, strict=True))


def test_a_given_end_stands_before_a_duration() -> None:
    grant = read(**{"Planned Dates:End Date": "2013-06-30T00:00:00Z"})
    assert isinstance(grant, Grant)
    assert str(grant.ends_on) == "2013-06-30"


@pytest.mark.parametrize(
    ("title", "cell", "reason"),
    [
        ("Identifier", "", "The cell is empty."),
        ("Title", "   ", "The cell is empty."),
        ("Recipient Org:Name", "", "The cell is empty."),
        ("Funding Org:Identifier", "", "The cell is empty."),
        ("Currency", "gbp", "“gbp” is not an ISO 4217 code such as EUR."),
        ("Currency", "QQQ", "“QQQ” is not an ISO 4217 code such as EUR."),
        ("Amount Awarded", "1.000,00", "“1.000,00” is not a number as this column writes them."),
        ("Amount Awarded", "-5", "“-5” is below zero."),
        ("Amount Awarded", "(5.00)", "“(5.00)” is below zero."),
        ("Amount Awarded", "1e400", "“1e400” is not a number as this column writes them."),
        ("Amount Awarded", "NaN", "“NaN” is not a number as this column writes them."),
        ("Amount Awarded", "=cmd|' /C calc'!A0", "“=cmd|' /C calc'!A0” is not a number as this column writes them."),
        ("Amount Awarded", "٣٠", "“٣٠” is not written in the digits 0 to 9."),
        ("Amount Awarded", "1" * 50, f"“{'1' * 39}…” is too large. An amount has at most 13 digits."),
        ("Amount Awarded", "1.005", "“1.005” has more decimals than GBP has."),
        ("Amount Awarded", "1.500", "“1.500” has more decimals than GBP has."),
        ("Amount Awarded", "EUR 12", "“EUR 12” is not in GBP."),
        ("Award Date", "18/01/2013", "“18/01/2013” is not a date as this column writes them."),
        ("Award Date", "2013-02-30", "“2013-02-30” is not in the calendar."),
        ("Award Date", "1313-02-03", "“1313-02-03” has a year that cannot be meant."),
        ("Planned Dates:Duration (months)", "a year", "“a year” is not a whole number of months, such as 12."),
        ("Planned Dates:End Date", "2012-12-31", ""),
        ("Title", "a\x00b", "The cell holds a character that is not text."),
        ("Title", Broken("#REF!", "The cell holds the error #REF!."), "The cell holds the error #REF!."),
    ],
)
def test_a_row_that_cannot_be_read_says_where_and_why(title: str, cell: str, reason: str) -> None:
    found = read(**{title: cell})
    if reason:
        assert found == Refusal(2, title, reason)
    else:
        assert isinstance(found, Grant)


def test_an_end_before_the_beginning_is_refused() -> None:
    titles = ("Name", "Amount", "Date", "Start", "End")
    table = Table(titles, iter([(2, ["A", "5", "2019-01-01", "2019-02-01", "2019-01-31"])]))
    found = list(grants(table, Meaning(guessed(titles, [[]] * 5)), currency="EUR"))
    assert found == [Refusal(2, "End", "The end lies before the beginning.")]


def test_a_line_with_too_many_or_too_few_cells_is_refused() -> None:
    assert all_of([*GOOD, ""], GOOD[:8]) == [
        Refusal(2, "", "The line has 10 cells, the titles are 9."),
        Refusal(3, "", "The line has 8 cells, the titles are 9."),
    ]


def test_without_identifier_a_grant_is_named_by_what_it_is_and_counted() -> None:
    columns = {title: code for title, code in MEANING.columns.items() if code != "identifier"}
    first, second, other = all_of(GOOD, GOOD, ["", *GOOD[1:3], "1", *GOOD[4:]], meaning=Meaning(columns))
    assert isinstance(first, Grant)
    assert isinstance(second, Grant)
    assert isinstance(other, Grant)
    assert (first.key, second.key, other.key) == (
        "2013-01-18/a0fbea1c7d", "2013-01-18/a0fbea1c7d-2", "2013-01-18/3f6710c84a",
    )  # fmt: skip
    assert first.is_named_here
    assert first.alike == second.alike != other.alike


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("+44 161", "'+44 161"),
        ("-2.35", "-2.35"),
        ("-cmd", "'-cmd"),
        ("@x", "'@x"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("'=x", "''=x"),
        ("'tis", "'tis"),
        ("a=b", "a=b"),
    ],
)
def test_no_cell_is_a_formula(text: str, cell: str) -> None:
    assert (safe(text), plain(cell)) == (cell, text)


@given(st.text(alphabet="'=+-@\t\r1.a", max_size=6))
def test_what_is_written_safely_is_read_as_it_was(text: str) -> None:
    assert plain(safe(text)) == text


def test_the_titles_are_the_columns_of_the_standard() -> None:
    assert len(TITLES) == len(set(TITLES)) == 39
