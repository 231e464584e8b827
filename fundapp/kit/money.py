"""Money: an integer of minor units with its ISO 4217 currency, never a float.

Amounts are read strictly and shown in the reader's locale ("en", "de", "mn", "de_CH" or "de-CH").
"""

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache

from babel import Locale
from babel.numbers import get_currency_name, get_currency_precision, get_decimal_symbol, get_group_symbol
from num2words import num2words

from fundapp.kit.i18n import listed, mark

MOST_DIGITS = 13
"""Digits before the decimal mark: what fits a 64-bit integer of minor units with room for totals."""

SPACES = " \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}"
APOSTROPHES = "'\N{RIGHT SINGLE QUOTATION MARK}"
WITHOUT_DECIMALS_WHEN_WHOLE = {"MNT"}

_PLAIN = re.compile(r"[0-9]+")


class NotMoney(ValueError):
    """What was typed is no amount of this currency. `message` names what was typed and what to write instead;
    `template % values` is the same, for translation."""

    def __init__(self, template: str, **values: object) -> None:
        self.template = template
        self.values = values
        self.message = template % values
        super().__init__(self.message)


@lru_cache(maxsize=64)
def _symbols(locale: str) -> tuple[str, str, bool]:
    """Group mark, decimal mark, and whether the currency stands before the number."""
    known = Locale.parse(locale.replace("-", "_"))
    group = get_group_symbol(known, numbering_system="latn")
    decimal = get_decimal_symbol(known, numbering_system="latn")
    return group, decimal, known.currency_formats["standard"].pattern.startswith("¤")


@lru_cache(maxsize=256)
def exponent(currency: str) -> int:
    """How many decimals the currency has (ISO 4217): EUR 2, JPY 0. MNT has 2, though whole amounts are shown bare."""
    return int(get_currency_precision(currency))


def parse(text: str, currency: str, locale: str) -> int:
    """Minor units of what a person typed; zero is an amount. Raises `NotMoney`.

    Digits 0 to 9, the locale's decimal mark, and groups of three parted by the locale's own mark, by any space
    or by apostrophes. "1,5" in English is refused and not read as 15; show the understood amount back to the person.
    """
    group, decimal, _ = _symbols(locale)
    digits = exponent(currency)
    typed = text.strip()
    example = "120" if digits == 0 else listed(("120", f"120{decimal}{'50'.ljust(digits, '0')[:digits]}"), "or")
    said = {"typed": typed if len(typed) <= 40 else typed[:39] + "…", "example": example}
    if not typed:
        raise NotMoney(mark("Write an amount, such as %(example)s."), **said)
    if typed[0] in "-\N{MINUS SIGN}":
        raise NotMoney(mark('"%(typed)s" is below zero. Write an amount such as %(example)s.'), **said)
    if any(sign.isdigit() and sign not in "0123456789" for sign in typed):
        raise NotMoney(mark('"%(typed)s" is not written in the digits 0 to 9. Write %(example)s.'), **said)
    whole, _, fraction = typed.partition(decimal)
    whole = _ungrouped(whole, group)
    if not _PLAIN.fullmatch(whole) or (decimal in typed and not _PLAIN.fullmatch(fraction)):
        raise NotMoney(mark('"%(typed)s" is not a number. Write %(example)s.'), **said)
    if len(fraction) > digits:
        raise NotMoney(
            mark('"%(typed)s" has more decimals than %(currency)s has (%(digits)s). Write %(example)s.'),
            currency=currency,
            digits=digits,
            **said,
        )
    if len(whole) > MOST_DIGITS:
        raise NotMoney(
            mark('"%(typed)s" is too large. An amount has at most %(most)s digits.'), most=MOST_DIGITS, **said
        )
    return int(whole + fraction.ljust(digits, "0"))


def _ungrouped(whole: str, group: str) -> str:
    """The digits without their grouping, or the text unchanged when it is not grouped by threes with one mark."""
    for marks in (group, SPACES, APOSTROPHES):
        if re.fullmatch(rf"[1-9][0-9]{{0,2}}(?:[{re.escape(marks)}][0-9]{{3}})+", whole):
            return re.sub(rf"[{re.escape(marks)}]", "", whole)
    return whole


def show(amount: int, currency: str, locale: str, *, with_currency: bool = False, short: bool = False) -> str:
    """The amount (minor units) as the locale writes it: "3,200.00", or "EUR 3,200.00" with an unbreakable blank.

    `short` leaves out decimals of whole amounts ("EUR 8,000"); tögrög never show ".00", and their sign stands behind.
    Tögrög, and every amount in Mongolian, are grouped by spaces: 18 500 000 ₮.
    """
    group, decimal, currency_first = _symbols(locale)
    if currency == "MNT" or locale.startswith("mn"):
        group = "\N{NO-BREAK SPACE}"
    digits = exponent(currency)
    whole, fraction = divmod(abs(amount), 10**digits)
    text = f"{'-' if amount < 0 else ''}{whole:,}".replace(",", group)
    if digits and (fraction or not (short or currency in WITHOUT_DECIMALS_WHEN_WHOLE)):
        text += f"{decimal}{fraction:0{digits}d}"
    if not with_currency:
        return text
    if currency == "MNT":
        return f"{text}\N{NO-BREAK SPACE}₮"
    return f"{currency}\N{NO-BREAK SPACE}{text}" if currency_first else f"{text}\N{NO-BREAK SPACE}{currency}"


def in_words(amount: int, currency: str, lang: str) -> str:
    """The amount (minor units, not negative) in words for contracts and receipts: "three thousand two hundred euros".

    `lang` is "en", "de" or "mn"; ValueError for others. Currencies without a name of their minor unit end in "50/100".
    """
    if amount < 0:
        raise ValueError("a negative amount is not written in words")
    say = {"en": _english, "de": _german, "mn": mongolian}.get(lang)
    if say is None:
        raise ValueError(f"no number words for {lang!r}")
    digits = exponent(currency)
    whole, fraction = divmod(amount, 10**digits)
    text = f"{say(whole)} {_name(currency, whole, lang)}"
    if fraction == 0:
        return text
    joint = {"en": "and ", "de": "und ", "mn": ""}[lang]
    cents = _MINOR_NAMES.get(currency, {}).get(lang)
    if cents is None:
        return f"{text} {joint}{fraction}/{10**digits}"
    return f"{text} {joint}{say(fraction)} {cents[0] if fraction == 1 else cents[1]}"


_CENT = {"en": ("cent", "cents"), "de": ("Cent", "Cent"), "mn": ("цент", "цент")}
_MINOR_NAMES: dict[str, dict[str, tuple[str, str]]] = {
    "EUR": _CENT,
    "USD": _CENT,
    "GBP": {"en": ("penny", "pence"), "de": ("Penny", "Pence"), "mn": ("пенни", "пенни")},
    "MNT": {"en": ("möngö", "möngö"), "de": ("Möngö", "Möngö"), "mn": ("мөнгө", "мөнгө")},
}
_NAMES: dict[str, dict[str, tuple[str, str]]] = {
    "EUR": {"en": ("euro", "euros"), "de": ("Euro", "Euro"), "mn": ("евро", "евро")},
    "USD": {"en": ("US dollar", "US dollars"), "de": ("US-Dollar", "US-Dollar"), "mn": ("ам.доллар", "ам.доллар")},
    "GBP": {
        "en": ("pound sterling", "pounds sterling"),
        "de": ("Pfund Sterling", "Pfund Sterling"),
        "mn": ("фунт стерлинг", "фунт стерлинг"),
    },
    "MNT": {"en": ("tögrög", "tögrög"), "de": ("Tögrög", "Tögrög"), "mn": ("төгрөг", "төгрөг")},
}


def _name(currency: str, count: int, lang: str) -> str:
    if names := _NAMES.get(currency):
        return names[lang][0] if count == 1 else names[lang][1]
    return str(get_currency_name(currency, count=count, locale=lang))


def _english(number: int) -> str:
    return str(num2words(number, lang="en")).replace(",", "")


def _german(number: int) -> str:
    words = str(num2words(number, lang="de"))
    return words.removesuffix("s") if words.endswith("eins") else words


_ONES = ("", "нэг", "хоёр", "гурван", "дөрвөн", "таван", "зургаан", "долоон", "найман", "есөн")
_TENS = ("", "арван", "хорин", "гучин", "дөчин", "тавин", "жаран", "далан", "наян", "ерэн")
_THOUSANDS = ("", "мянга", "сая", "тэрбум", "их наяд")


def mongolian(number: int) -> str:
    """The number (0 to 10**15 - 1) in Mongolian words as they stand before a noun: 3200 "гурван мянга хоёр зуун"."""
    if not 0 <= number < 10**15:
        raise ValueError(f"no Mongolian words for {number}")
    if number == 0:
        return "тэг"
    words: list[str] = []
    for power in range(4, -1, -1):
        three = number // 1000**power % 1000
        hundreds, rest = divmod(three, 100)
        tens, ones = divmod(rest, 10)
        words += [_ONES[hundreds], "зуун"] if hundreds else []
        words += [_TENS[tens], _ONES[ones], _THOUSANDS[power]] if three else []
    text = " ".join(word for word in words if word)
    return text + "н" if text.endswith("мянга") else text


def split(amount: int, parts_in_percent: Sequence[int]) -> list[int]:
    """Parts of the amount (minor units, not negative) that sum to it exactly; ValueError unless the percentages are
    positive and sum to 100.

    Each part is rounded down; the minor units left over go one each to the parts that lost most by it, among equals
    to the later part, so that what cannot be shared evenly falls to the last instalment.
    """
    if amount < 0 or sum(parts_in_percent) != 100 or any(part <= 0 for part in parts_in_percent):
        raise ValueError(f"cannot split {amount} into {list(parts_in_percent)} percent")
    parts = [amount * percent // 100 for percent in parts_in_percent]
    lost_most = sorted(
        range(len(parts)), key=lambda place: (amount * parts_in_percent[place] % 100, place), reverse=True
    )
    for place in lost_most[: amount - sum(parts)]:
        parts[place] += 1
    return parts


def share(part: int, whole: int) -> Decimal:
    """Percent of the whole with one decimal, half up (half away from zero); ValueError when the whole is 0.

    For showing only: limits are tested on the amounts themselves.
    """
    if whole == 0:
        raise ValueError("no share of nothing")
    tenths, rest = divmod(abs(part) * 1000, abs(whole))
    tenths += 2 * rest >= abs(whole)
    return Decimal(tenths if (part < 0) == (whole < 0) else -tenths).scaleb(-1)


def times(quantity_thousandths: int, price_minor: int) -> int:
    """Quantity (in thousandths, so 2.5 is 2500) times the price of one unit, in minor units, rounded half up."""
    return half_up(quantity_thousandths * price_minor, 1000)


def quantity(thousandths: int) -> str:
    """A quantity as it is typed: 3500 -> '3.5', 24000 -> '24'."""
    whole, rest = divmod(thousandths, 1000)
    return f"{whole}.{rest:03}".rstrip("0") if rest else str(whole)


def half_up(numerator: int, denominator: int) -> int:
    """The nearest integer of the fraction (denominator > 0), halves away from zero."""
    exact = abs(numerator) * 2 + denominator
    return (exact // (2 * denominator)) * (-1 if numerator < 0 else 1)
