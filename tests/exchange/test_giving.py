import pytest
from hypothesis import given
from hypothesis import strategies as st

from fundapp.exchange.giving import TITLES, Grant, NotAGrant, amount, grants, plain, plain_amount, safe

TITLE_LINE = [
    "Identifier",
    "Title",
    "Currency",
    "Amount Awarded",
    "Award Date",
    "Recipient Org:Name",
    "Funding Org:Identifier",
    "Planned Dates:Duration (months)",
    "Planned Dates:End Date",
]
GOOD = ["360G-x-1", "A grant", "GBP", "3028.63", "2013-01-18", "Be Active", "GB-LAE-TRF", "12", ""]


def read(**changes: str) -> Grant | tuple[int, str]:
    cells = [changes.get(title, cell) for title, cell in zip(TITLE_LINE, GOOD, strict=True)]
    return next(grants([(1, TITLE_LINE), (2, cells)]))


def test_a_row_becomes_a_grant_with_exact_amount_and_dates() -> None:
    grant = read()
    assert isinstance(grant, Grant)
    assert (grant.awarded, grant.awarded_on.isoformat(), str(grant.ends_on)) == (302863, "2013-01-18", "2014-01-18")


def test_a_given_end_stands_before_a_duration() -> None:
    grant = read(**{"Planned Dates:End Date": "2013-06-30T00:00:00Z"})
    assert isinstance(grant, Grant)
    assert str(grant.ends_on) == "2013-06-30"


@pytest.mark.parametrize(
    ("title", "cell", "reason"),
    [
        ("Identifier", "", "Identifier is missing."),
        ("Title", "   ", "Title is missing."),
        ("Recipient Org:Name", "", "Recipient Org:Name is missing."),
        ("Funding Org:Identifier", "", "Funding Org:Name is missing."),
        ("Currency", "gbp", "Currency “gbp” is not an ISO 4217 code such as EUR."),
        ("Currency", "QQQ", "Currency “QQQ” is not an ISO 4217 code such as EUR."),
        ("Amount Awarded", "1,000", "Amount Awarded “1,000” is not a plain number such as 2266 or 3028.63."),
        ("Amount Awarded", "-5", "Amount Awarded “-5” is not a plain number such as 2266 or 3028.63."),
        ("Amount Awarded", "1e3", "Amount Awarded “1e3” is not a plain number such as 2266 or 3028.63."),
        ("Amount Awarded", "٣٠", "Amount Awarded “٣٠” is not a plain number such as 2266 or 3028.63."),
        ("Amount Awarded", "1.005", "Amount Awarded “1.005” has more decimals than GBP has."),
        ("Award Date", "18/01/2013", "Award Date “18/01/2013” is not a date such as 2026-03-31."),
        ("Award Date", "2013-02-30", "Award Date “2013-02-30” is not a date such as 2026-03-31."),
        (
            "Planned Dates:Duration (months)",
            "a year",
            "Planned Dates:Duration (months) “a year” is not a whole number such as 12.",
        ),
        ("Title", "a\x00b", "Title holds a character that is not text."),
    ],
)
def test_a_row_that_cannot_be_read_says_why(title: str, cell: str, reason: str) -> None:
    assert read(**{title: cell}) == (2, reason)


def test_a_missing_title_refuses_the_whole_file() -> None:
    with pytest.raises(NotAGrant, match=r"missing: Amount Awarded\."):
        list(grants([(1, [title for title in TITLE_LINE if title != "Amount Awarded"])]))


def test_an_empty_file_has_no_titles() -> None:
    with pytest.raises(NotAGrant, match="missing: Identifier"):
        list(grants([]))


def test_the_same_identifier_twice_is_named_with_both_lines() -> None:
    second = list(grants([(1, TITLE_LINE), (2, GOOD), (3, GOOD)]))[1]
    assert second == (3, "Identifier “360G-x-1” stands in line 2 already.")


def test_a_line_with_too_many_cells_is_refused() -> None:
    assert list(grants([(1, TITLE_LINE), (2, [*GOOD, "more"])])) == [(2, "The line has 10 cells, the titles are 9.")]


def test_a_blank_line_is_nothing() -> None:
    assert list(grants([(1, TITLE_LINE), (2, [""] * 9), (3, [])])) == []


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("2266", "GBP", 226600),
        ("3028.63", "GBP", 302863),
        ("0.10", "EUR", 10),
        ("12.500", "EUR", 1250),
        ("7", "JPY", 7),
    ],
)
def test_amounts_are_exact(text: str, currency: str, minor: int) -> None:
    assert amount("Amount Awarded", text, currency) == minor


@given(st.integers(0, 10**13 - 1), st.sampled_from(["EUR", "GBP", "JPY", "KWD", "MNT"]))
def test_an_amount_written_is_read_again(minor: int, currency: str) -> None:
    assert amount("Amount Awarded", plain_amount(minor, currency), currency) == minor


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
