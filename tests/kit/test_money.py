from contextlib import suppress
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fundapp.kit import money

NBSP = "\N{NO-BREAK SPACE}"
AMOUNTS = st.integers(min_value=0, max_value=10**15 - 1)
LOCALES = st.sampled_from(["en", "de", "mn", "fr", "ru", "de_CH", "de-CH", "en-GB"])
CURRENCIES = st.sampled_from(["EUR", "MNT", "JPY", "KWD", "GBP"])


@pytest.mark.parametrize(
    ("text", "currency", "locale", "minor"),
    [
        ("120", "EUR", "en", 12000),
        ("120.5", "EUR", "en", 12050),
        ("1,234,567.50", "EUR", "en", 123456750),
        ("1.234.567,50", "EUR", "de", 123456750),
        ("1 234 567,50", "EUR", "de", 123456750),
        ("1 234,56", "EUR", "fr", 123456),
        (f"1{NBSP}234,56", "EUR", "fr", 123456),
        ("1\N{NARROW NO-BREAK SPACE}234,56", "EUR", "fr", 123456),
        ("1'234'567.50", "EUR", "de_CH", 123456750),
        ("1’234.50", "EUR", "en", 123450),
        (" 18 500 000 ", "MNT", "mn", 1850000000),
        ("18,500,000.00", "MNT", "mn", 1850000000),
        ("1.234", "EUR", "de", 123400),
        ("120", "JPY", "en", 120),
        ("0", "EUR", "en", 0),
        ("9999999999999.99", "EUR", "en", 999999999999999),
    ],
)
def test_amounts_are_read_as_the_locale_writes_them(text: str, currency: str, locale: str, minor: int) -> None:
    assert money.parse(text, currency, locale) == minor


NO_AMOUNTS = [
    *("12o", "1,5", "1_000", "1e400", "1E3", "100.005", "12.", ".50", "1,23", "12,34,567", "1234,567", "0x10", "NaN"),
    *("Infinity", "+5", "1 2", "1  000", "1,234 567", "1'234,567", "1.2.3", "120 EUR", "(5)", "²", "１２０", "٫٥"),
    *("-5", "−5", "١٢٠", "12345678901234", "", "  ", "0,500", "12\n000"),
]


@pytest.mark.parametrize("text", NO_AMOUNTS)
def test_what_is_no_amount_is_refused_with_a_message(text: str) -> None:
    with pytest.raises(money.NotMoney) as refused:
        money.parse(text, "EUR", "en")
    assert refused.value.message.endswith(".")


@pytest.mark.parametrize(
    ("text", "currency", "locale", "message"),
    [
        ("12o", "EUR", "en", '"12o" is not a number. Write 120 or 120.50.'),
        ("12o", "EUR", "de", '"12o" is not a number. Write 120 or 120,50.'),
        ("12o", "JPY", "en", '"12o" is not a number. Write 120.'),
        ("12o", "KWD", "en", '"12o" is not a number. Write 120 or 120.500.'),
        ("", "EUR", "en", "Write an amount, such as 120 or 120.50."),
        ("-5", "EUR", "en", '"-5" is below zero. Write an amount such as 120 or 120.50.'),
        ("١٢٠", "EUR", "en", '"١٢٠" is not written in the digits 0 to 9. Write 120 or 120.50.'),
        ("1.005", "EUR", "en", '"1.005" has more decimals than EUR has (2). Write 120 or 120.50.'),
        ("1" * 14, "EUR", "en", '"11111111111111" is too large. An amount has at most 13 digits.'),
    ],
)
def test_the_message_repeats_what_was_typed_and_says_what_to_write(
    text: str, currency: str, locale: str, message: str
) -> None:
    with pytest.raises(money.NotMoney) as refused:
        money.parse(text, currency, locale)
    assert refused.value.message == message
    assert refused.value.template % refused.value.values == message


@given(AMOUNTS, CURRENCIES, LOCALES, st.booleans())
def test_what_is_shown_can_be_read_again(amount: int, currency: str, locale: str, short: bool) -> None:
    shown = money.show(amount, currency, locale, short=short)
    if money.exponent(currency) == 0 and amount >= 10**money.MOST_DIGITS:
        return
    assert money.parse(shown, currency, locale) == amount


@given(st.text(), CURRENCIES, LOCALES)
def test_any_text_is_an_amount_or_refused_and_nothing_else(text: str, currency: str, locale: str) -> None:
    with suppress(money.NotMoney):
        assert money.parse(text, currency, locale) >= 0


@pytest.mark.parametrize(
    ("amount", "currency", "locale", "short", "shown"),
    [
        (320000, "EUR", "en", False, f"EUR{NBSP}3,200.00"),
        (320000, "EUR", "de", False, f"3.200,00{NBSP}EUR"),
        (800000, "EUR", "en", True, f"EUR{NBSP}8,000"),
        (800050, "EUR", "en", True, f"EUR{NBSP}8,000.50"),
        (1850000000, "MNT", "en", False, f"18{NBSP}500{NBSP}000{NBSP}₮"),
        (1850000050, "MNT", "mn", False, f"18{NBSP}500{NBSP}000.50{NBSP}₮"),
        (-45000, "EUR", "en", False, f"EUR{NBSP}-450.00"),
        (1500, "JPY", "en", False, f"JPY{NBSP}1,500"),
        (5, "KWD", "en", False, f"KWD{NBSP}0.005"),
    ],
)
def test_amounts_are_shown_with_their_currency(
    amount: int, currency: str, locale: str, short: bool, shown: str
) -> None:
    assert money.show(amount, currency, locale, with_currency=True, short=short) == shown


@pytest.mark.parametrize(
    ("amount", "currency", "lang", "words"),
    [
        (320000, "EUR", "en", "three thousand two hundred euros"),
        (100, "EUR", "en", "one euro"),
        (320050, "EUR", "en", "three thousand two hundred euros and fifty cents"),
        (320001, "GBP", "en", "three thousand two hundred pounds sterling and one penny"),
        (320000, "EUR", "de", "dreitausendzweihundert Euro"),
        (100, "EUR", "de", "ein Euro"),
        (10150, "EUR", "de", "einhundertein Euro und fünfzig Cent"),
        (1850000000, "MNT", "en", "eighteen million five hundred thousand tögrög"),
        (1850000000, "MNT", "mn", "арван найман сая таван зуун мянган төгрөг"),
        (320050, "EUR", "mn", "гурван мянга хоёр зуун евро тавин цент"),
        (150050, "CHF", "en", "one thousand five hundred Swiss francs and 50/100"),
        (1500, "JPY", "de", "eintausendfünfhundert Japanische Yen"),
        (0, "EUR", "mn", "тэг евро"),
    ],
)
def test_amounts_are_written_in_words(amount: int, currency: str, lang: str, words: str) -> None:
    assert money.in_words(amount, currency, lang) == words


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (1, "нэг"),
        (45, "дөчин таван"),
        (100, "нэг зуун"),
        (1000, "нэг мянган"),
        (1234, "нэг мянга хоёр зуун гучин дөрвөн"),
        (2_000_000_000_003, "хоёр их наяд гурван"),
        (6_078_009_000, "зургаан тэрбум далан найман сая есөн мянган"),
    ],
)
def test_mongolian_numbers_stand_before_their_noun(number: int, words: str) -> None:
    assert money.mongolian(number) == words


@given(st.lists(st.integers(0, 10**15 - 1), min_size=2, max_size=2, unique=True))
def test_two_numbers_never_share_their_mongolian_words(numbers: list[int]) -> None:
    assert money.mongolian(numbers[0]) != money.mongolian(numbers[1])


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "тэг"),
        (1, "нэг"),
        (10, "арван"),
        (11, "арван нэг"),
        (15, "арван таван"),
        (20, "хорин"),
        (21, "хорин нэг"),
        (30, "гучин"),
        (40, "дөчин"),
        (50, "тавин"),
        (60, "жаран"),
        (70, "далан"),
        (80, "наян"),
        (99, "ерэн есөн"),
        (100, "нэг зуун"),
        (101, "нэг зуун нэг"),
        (110, "нэг зуун арван"),
        (999, "есөн зуун ерэн есөн"),
        (1000, "нэг мянган"),
        (1001, "нэг мянга нэг"),
        (7_400_000, "долоон сая дөрвөн зуун мянган"),
        (18_500_000, "арван найман сая таван зуун мянган"),
        (1_000_000_000, "нэг тэрбум"),
    ],
)
def test_mongolian_numbers_stand_in_words_before_what_they_count(number: int, words: str) -> None:
    assert money.mongolian(number) == words


@pytest.mark.parametrize(("amount", "lang"), [(-1, "en"), (1, "fr")])
def test_no_words_for_negative_amounts_and_other_languages(amount: int, lang: str) -> None:
    with pytest.raises(ValueError):
        money.in_words(amount, "EUR", lang)


def test_instalments_of_a_plan_are_exact() -> None:
    assert money.split(800000, (50, 40, 10)) == [400000, 320000, 80000]


def test_units_left_over_go_to_the_parts_that_lost_most_and_of_equals_to_the_later() -> None:
    assert money.split(10001, (50, 50)) == [5000, 5001]
    assert money.split(10001, (40, 30, 20, 10)) == [4001, 3000, 2000, 1000]


@given(AMOUNTS, st.lists(st.integers(1, 99), unique=True, max_size=8))
def test_parts_always_sum_to_the_amount(amount: int, cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), 100]
    percents = [after - before for before, after in pairwise(edges)]
    parts = money.split(amount, percents)
    assert sum(parts) == amount
    assert all(abs(part * 100 - amount * percent) < 100 for part, percent in zip(parts, percents, strict=True))


@pytest.mark.parametrize(
    ("amount", "percents"), [(100, (50, 40)), (100, ()), (-1, (100,)), (100, (110, -10)), (1, (0, 100))]
)
def test_a_split_that_makes_no_sense_is_refused(amount: int, percents: tuple[int, ...]) -> None:
    with pytest.raises(ValueError):
        money.split(amount, percents)


def test_a_share_is_percent_with_one_decimal_half_up() -> None:
    assert money.share(1, 3) == Decimal("33.3")
    assert money.share(1, 8) == Decimal("12.5")
    assert money.share(1, 2000) == Decimal("0.1")
    assert money.share(-1, 2000) == Decimal("-0.1")
    assert str(money.share(750000, 1000000)) == "75.0"


def test_there_is_no_share_of_nothing() -> None:
    with pytest.raises(ValueError):
        money.share(1, 0)


def test_quantity_times_price_rounds_half_up() -> None:
    assert money.times(2500, 1999) == 4998
    assert money.times(14000, 8500) == 119000
    assert money.times(1, 499) == 0
    assert money.times(1, 500) == 1
