"""Dates and numbers as people write them: what is told from a column, what is asked, what is read, what is refused."""

from contextlib import suppress
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fundapp.exchange import styles
from fundapp.exchange.cells import Day, NotRead, Number
from fundapp.exchange.giving import plain_amount
from fundapp.kit.money import exponent

DAYS = st.dates(date(1970, 1, 1), date(2069, 12, 31))
CURRENCIES = st.sampled_from(["EUR", "GBP", "JPY", "KWD", "MNT"])
AMOUNTS = st.integers(0, 10**13 - 1)


@pytest.mark.parametrize(
    ("text", "style"),
    [
        ("2019-03-31", "ymd"), ("2019/3/31", "ymd"), ("2019.03.31", "mdy"), ("20190331", "ymd"), ("2019-03-31T10:30:00Z", "dmy"),
        ("2019-03-31 00:00", "ymd"), ("31.3.2019", "dmy"), ("31.03.19", "dmy"), ("31/03/2019", "dmy"), ("31-03-2019", "dmy"),
        (" 31. 3. 2019 ", "dmy"), ("31/03/2019 14:05", "dmy"), ("3/31/2019", "mdy"), ("03-31-19", "mdy"), ("43555", "serial"),
        ("43555.5", "serial"), ("31 March 2019", "ymd"), ("31-Mar-19", "ymd"), ("March 31st, 2019", "ymd"), ("31. März 2019", "dmy"),
        ("31. Mrz. 2019", "ymd"), ("2019 оны 3 дугаар сарын 31", "ymd"), ("2019 оны 3-р сарын 31-ний өдөр", "ymd"),
        (Day("2019-03-31"), "dmy"), (Day("2019-03-31T10:30:00"), "serial"),
    ],
)  # fmt: skip
def test_a_date_is_read_in_the_style_of_its_column(text: str, style: str) -> None:
    assert styles.day(text, style) == date(2019, 3, 31)


@pytest.mark.parametrize(
    ("text", "style"),
    [
        ("31.3.2019", "ymd"), ("31.3.2019", "mdy"), ("3/31/2019", "dmy"), ("31.2.2019", "dmy"), ("2019-02-29", "ymd"), ("43555", "dmy"),
        ("60", "serial"), ("3/2019", "dmy"), ("2019", "ymd"), ("31.3./2019", "dmy"), ("٣١.٣.٢٠١٩", "dmy"), ("31 Foo 2019", "dmy"),
        ("yesterday", "dmy"), ("=TODAY()", "dmy"), ("1219-03-31", "ymd"), ("0.5", "serial"), ("99999999", "serial"),
    ],
)  # fmt: skip
def test_what_is_no_date_in_this_style_is_refused(text: str, style: str) -> None:
    with pytest.raises(NotRead):
        styles.day(text, style)


@given(DAYS)
def test_every_date_comes_back_from_every_style(day: date) -> None:
    d, m, y = day.day, day.month, day.year
    for text, style in (
        (f"{d}.{m}.{y}", "dmy"), (f"{d:02}/{m:02}/{y % 100:02}", "dmy"), (f"{m}/{d}/{y}", "mdy"), (day.isoformat(), "ymd"),
        (day.strftime("%Y%m%d"), "ymd"), (day.strftime("%d %B %Y"), "ymd"), (f"{y} оны {m} сарын {d}", "ymd"),
        (str((day - date(1899, 12, 30)).days), "serial"),
    ):  # fmt: skip
        assert styles.day(text, style) == day


@given(st.lists(DAYS, min_size=30, max_size=60, unique=True), st.sampled_from(["dmy", "mdy"]))
def test_the_order_of_a_column_is_never_told_wrongly(days: list[date], style: str) -> None:
    pattern = "%d/%m/%Y" if style == "dmy" else "%m/%d/%Y"
    assert styles.style_of_days(day.strftime(pattern) for day in days) in (style, "")


@pytest.mark.parametrize(
    ("cells", "style"),
    [
        (["03/04/2019", "31/03/2019"], "dmy"), (["03/04/2019", "03/31/2019"], "mdy"), (["03/04/2019", "05/06/2019"], ""),
        (["31/03/2019", "03/31/2019"], ""), (["3.4.2019", "5.6.2019"], "dmy"), (["3.3.2019"], "dmy"), (["03/03/2019"], "dmy"),
        (["2019-03-31"], "ymd"), (["43555", "43556"], "serial"), ([Day("2019-03-31"), "3/4/2019"], ""), ([], "ymd"), (["", "x"], "ymd"),
    ],
)  # fmt: skip
def test_the_style_of_dates_is_told_from_the_whole_column(cells: list[str], style: str) -> None:
    assert styles.style_of_days(cells) == style


@pytest.mark.parametrize(
    ("text", "style", "currency", "minor"),
    [
        ("1,234.50", "point", "EUR", 123450), ("1234.5", "point", "EUR", 123450), ("1 234.50", "point", "EUR", 123450),
        ("1'234.50", "point", "EUR", 123450), ("1’234", "point", "EUR", 123400), ("1,234", "point", "EUR", 123400),
        ("1.234,50", "comma", "EUR", 123450), ("1234,5", "comma", "EUR", 123450), ("1 234,50", "comma", "EUR", 123450),
        ("1\u202f234,50", "comma", "EUR", 123450), ("1.234", "comma", "EUR", 123400), ("1.234,-", "comma", "EUR", 123400),
        ("€ 1.234,50", "comma", "EUR", 123450), ("1.234,50 EUR", "comma", "EUR", 123450), ("£2,266", "point", "GBP", 226600),
        ("18 500 000 ₮", "point", "MNT", 1850000000), ("7", "point", "JPY", 7), ("1234.5000", "point", "EUR", 123450),
        (Number("1234.5"), "comma", "EUR", 123450), (Number("2.500"), "comma", "EUR", 250), ("0", "point", "EUR", 0),
        ("1,500", "comma", "KWD", 1500), ("1,500", "point", "KWD", 1500000),
    ],
)  # fmt: skip
def test_an_amount_is_read_in_the_style_of_its_column(text: str, style: str, currency: str, minor: int) -> None:
    assert styles.amount(text, style, currency) == minor


@pytest.mark.parametrize(
    "text",
    [
        "1.234,50", "12,34.5", "1,23", "1e400", "1E5", "NaN", "inf", "-5", "−5", "(5)", "+5", "٥٠", "５０", "=1+1", "=cmd|' /C calc'!A0", "5%",
        "9" * 50, "1.2.3", "1 23", "0x10", "1_000", "five", "$5", "USD 5", "1.005", "1.500", "5 5", ".5", "5.", "", " ",
        Number("0.005"), Number("-5"), Number("99999999999999"),
    ],
)  # fmt: skip
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(NotRead):
        styles.amount(text, "point", "EUR")


@given(
    AMOUNTS,
    CURRENCIES,
    st.sampled_from([("point", ".", ","), ("comma", ",", "."), ("comma", ",", " "), ("point", ".", "'")]),
)
def test_every_amount_comes_back_from_every_style(minor: int, currency: str, how: tuple[str, str, str]) -> None:
    style, decimal, thousands = how
    whole, _, fraction = plain_amount(minor, currency).partition(".")
    text = f"{int(whole):,}".replace(",", thousands) + (decimal + fraction if fraction else "")
    assert styles.amount(text, style, currency) == minor
    assert styles.amount(Number(plain_amount(minor, currency)), "comma", currency) == minor


@given(st.lists(AMOUNTS, min_size=1, max_size=30), st.sampled_from(["point", "comma"]), CURRENCIES)
def test_the_marks_of_a_column_are_never_told_wrongly(amounts: list[int], style: str, currency: str) -> None:
    decimal, thousands = styles.MARKS[style]
    texts = [
        f"{minor // 10 ** exponent(currency):,}".replace(",", thousands)
        + (f"{decimal}{minor % 10 ** exponent(currency):0{exponent(currency)}d}" if exponent(currency) else "")
        for minor in amounts
    ]
    found = styles.style_of_numbers(texts, currency)
    if found:
        assert [styles.amount(text, found, currency) for text in texts] == amounts


@pytest.mark.parametrize(
    ("cells", "currency", "style"),
    [
        (["1,234", "99"], "EUR", "point"), (["1.234", "99"], "EUR", "comma"), (["99", "100"], "EUR", "point"), (["1,5"], "EUR", "comma"),
        (["1,234", "1.234"], "EUR", ""), (["1,234"], "KWD", ""), (["1.234,50", "9"], "EUR", "comma"), ([Number("1.5")], "EUR", "point"),
        (["1,234.50", "1.234,50", "2,500.00"], "EUR", "point"), ([], "EUR", "point"),
    ],
)  # fmt: skip
def test_the_style_of_numbers_is_told_from_the_whole_column(cells: list[str], currency: str, style: str) -> None:
    assert styles.style_of_numbers(cells, currency) == style


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    for style in styles.DATES:
        with suppress(NotRead):
            assert isinstance(styles.day(text, style), date)
    for style in styles.NUMBERS:
        with suppress(NotRead):
            assert styles.amount(text, style, "EUR") >= 0


def test_a_serial_counts_as_the_spreadsheet_does() -> None:
    assert styles.day("36526", "serial") == date(2000, 1, 1)
    assert styles.day("43555", "serial") == date(1899, 12, 30) + timedelta(days=43555)


@pytest.mark.parametrize(
    ("text", "months"), [("12", 12), ("6 months", 6), ("9 Monate", 9), ("12.0", 12), ("18 сар", 18)]
)
def test_months_are_counted(text: str, months: int) -> None:
    assert styles.months(text) == months
