"""How dates and numbers are written: told from a whole column, asked where it could be either, then read strictly."""

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import cache

from babel import Locale
from babel.numbers import is_currency

from fundapp.exchange.book import of_serial
from fundapp.exchange.cells import Broken, Day, NotRead, Number
from fundapp.kit.dates import FIRST_YEAR, LAST_YEAR
from fundapp.kit.i18n import gettext as _
from fundapp.kit.i18n import mark
from fundapp.kit.money import APOSTROPHES, MOST_DIGITS, SPACES, exponent

DATES = {
    "ymd": mark("year first: 2019-03-31"),
    "dmy": mark("day first: 31.3.2019, 31/03/19"),
    "mdy": mark("month first: 3/31/2019"),
    "serial": mark("days as a spreadsheet counts them: 43555"),
}
NUMBERS = {
    "point": mark("point before the decimals: 1,234.50 or 1 234.50 or 1'234.50"),
    "comma": mark("comma before the decimals: 1.234,50 or 1 234,50"),
}
MARKS = {"point": (".", ","), "comma": (",", ".")}  # decimal mark, thousands mark
SIGNS = {"€": "EUR", "£": "GBP", "₮": "MNT", "¥": "JPY CNY", "$": "USD AUD CAD NZD SGD HKD"}
PIVOT = 70  # a year of two digits: 69 is 2069, 70 is 1970

_TIME = r"(?:[T ][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?(?: ?[AaPp][Mm])?(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?"
_YEAR_FIRST = re.compile(rf"([0-9]{{4}})([-./])([0-9]{{1,2}})\2([0-9]{{1,2}})\.?{_TIME}")
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_YEAR_LAST = re.compile(rf"([0-9]{{1,2}})([-./]) ?([0-9]{{1,2}})\2 ?([0-9]{{4}}|[0-9]{{2}})\.?{_TIME}")
_MONGOLIAN = re.compile(
    r"([0-9]{4}) ?он(?:ы)? ?([0-9]{1,2})(?:-?р|-?ы|-?ий|\.| дугаар| дүгээр)? ?сар(?:ын)? ?([0-9]{1,2})(?:[- ]?\w{1,4})?(?: өдөр)?"
)
_DAY_NAME = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th)?[. -]{1,2}([^\W\d_]{3,12})[., -]{1,2}([0-9]{4}|[0-9]{2})")
_NAME_DAY = re.compile(r"([^\W\d_]{3,12})[. ]{1,2}([0-9]{1,2})(?:st|nd|rd|th)?,? ([0-9]{4})")
_SERIAL = re.compile(r"[0-9]{4,6}(?:\.[0-9]+)?")
_SIGNED = re.compile(r"([A-Z]{3}|[€£₮¥$])?\s*(.*?)\s*([A-Z]{3}|[€£₮¥$])?", re.DOTALL)
_MONTHS = re.compile(r"([0-9]{1,3})(?:[.,]0+)?(?: ?(?:months?|mths?|Monate?|Mon\.|сар))?", re.IGNORECASE)
_SPACES = re.compile(rf"[{SPACES}]")


def day(text: str, style: str) -> date:
    """The date of a cell in this style; year-first dates, named months and the dates of a workbook are clear in any. Raises NotRead."""
    _whole(text)
    bare = " ".join(text.split())
    found = _clear(bare)
    if found is None and style == "serial" and _SERIAL.fullmatch(bare):
        moment = of_serial(Decimal(bare))
        found = (moment.year, moment.month, moment.day) if moment else None
    elif found is None and style in ("dmy", "mdy") and (match := _YEAR_LAST.fullmatch(bare)):
        first, second, year = int(match[1]), int(match[3]), _full(match[4])
        found = (year, second, first) if style == "dmy" else (year, first, second)
    if found is None:
        raise NotRead(_("“%(text)s” is not a date as this column writes them.", text=_short(text)))
    try:
        read = date(*found)
    except ValueError:
        raise NotRead(_("“%(text)s” is not in the calendar.", text=_short(text))) from None
    if not FIRST_YEAR <= read.year <= LAST_YEAR:
        raise NotRead(_("“%(text)s” has a year that cannot be meant.", text=_short(text)))
    return read


def style_of_days(cells: Iterable[str]) -> str:
    """Of a whole column; '' when day and month could be either, or both orders stand in it: then a person says it."""
    day_first = month_first = either = same = dotted = serials = clear = 0
    for cell in cells:
        bare = " ".join(cell.split())
        if isinstance(cell, Day) or _clear(bare):
            clear += 1
        elif match := _YEAR_LAST.fullmatch(bare):
            first, second = int(match[1]), int(match[3])
            dotted += match[2] == "."
            same += first == second <= 12
            either += first != second and max(first, second) <= 12
            day_first += first > 12 >= second
            month_first += second > 12 >= first
        elif _SERIAL.fullmatch(bare):
            serials += 1
    if day_first and month_first:
        return ""
    if day_first or month_first:
        return "dmy" if day_first else "mdy"
    if either:
        return "dmy" if dotted >= either + same else ""
    if same:
        return "dmy"
    return "serial" if serials > clear else "ymd"


def amount(text: str, style: str, currency: str) -> int:
    """Minor units of a cell in this style; a currency may stand beside it when it is this one. Raises NotRead, also for zero decimals too many."""
    _whole(text)
    digits = exponent(currency)
    said = {"text": _short(text)}
    if isinstance(text, Number):
        bare, decimal, thousands = str(text), ".", ""
    else:
        decimal, thousands = MARKS[style]
        bare = _without_currency(text.strip(), currency, said)
        bare = re.sub(r"[.,][-–—]{1,2}$", "", bare)  # 1.234,-
    if bare[:1] in ("-", "\N{MINUS SIGN}") or (bare.startswith("(") and bare.endswith(")")):
        raise NotRead(_("“%(text)s” is below zero.", **said))
    if any(sign.isdigit() and sign not in "0123456789" for sign in bare):
        raise NotRead(_("“%(text)s” is not written in the digits 0 to 9.", **said))
    whole, point, fraction = bare.partition(decimal)
    whole = _ungrouped(whole, thousands)
    if not re.fullmatch("[0-9]+", whole) or (point and not re.fullmatch("[0-9]+", fraction)):
        raise NotRead(_("“%(text)s” is not a number as this column writes them.", **said))
    if len(whole.lstrip("0")) > MOST_DIGITS:
        raise NotRead(_("“%(text)s” is too large. An amount has at most %(most)s digits.", most=MOST_DIGITS, **said))
    kept = (
        fraction.rstrip("0") if isinstance(text, Number) or len(fraction) != 3 else fraction
    )  # 2.500 may mean thousands
    if len(kept) > digits:
        raise NotRead(_("“%(text)s” has more decimals than %(currency)s has.", currency=currency, **said))
    return int(whole + kept.ljust(digits, "0"))


def style_of_numbers(cells: Iterable[str], currency: str) -> str:
    """Of a whole column; '' when the two ways of writing give different amounts, or as many lines speak for one as for the other."""
    read = dict.fromkeys(NUMBERS, 0)
    alone = dict.fromkeys(NUMBERS, 0)
    for cell in cells:
        if isinstance(cell, Number | Broken) or not cell.strip():
            continue
        found = {style: value for style in NUMBERS if (value := _try(cell, style, currency)) is not None}
        if len(set(found.values())) == 2:
            return ""
        for style in found:
            read[style] += 1
            alone[style] += len(found) == 1
    if alone["point"] == alone["comma"]:
        return "" if alone["point"] else "point"
    return max(read, key=lambda style: read[style])


def months(text: str) -> int:
    """A number of months, such as 12 or '12 months'. Raises NotRead."""
    _whole(text)
    match = _MONTHS.fullmatch(text.strip())
    if match is None:
        raise NotRead(_("“%(text)s” is not a whole number of months, such as 12.", text=_short(text)))
    return int(match[1])


@cache
def known(currency: str) -> bool:
    """Whether this is a code of ISO 4217."""
    return bool(re.fullmatch("[A-Z]{3}", currency)) and bool(is_currency(currency))


def _try(text: str, style: str, currency: str) -> int | None:
    try:
        return amount(text, style, currency)
    except NotRead:
        return None


def _whole(text: str) -> None:
    if isinstance(text, Broken):
        raise NotRead(text.reason)


def _without_currency(text: str, currency: str, said: dict[str, str]) -> str:
    match = _SIGNED.fullmatch(text)
    assert match is not None
    for sign in (match[1], match[3]):
        if sign and currency not in SIGNS.get(sign, sign):
            raise NotRead(_("“%(text)s” is not in %(currency)s.", currency=currency, **said))
    return match[2]


def _ungrouped(whole: str, thousands: str) -> str:
    """The digits without their grouping, or the text unchanged when it is not grouped by threes with one mark."""
    for marks in filter(None, (thousands, SPACES, APOSTROPHES)):
        if re.fullmatch(rf"[1-9][0-9]{{0,2}}(?:[{re.escape(marks)}][0-9]{{3}})+", whole):
            return re.sub(rf"[{re.escape(marks)}]", "", whole)
    return whole


def _clear(bare: str) -> tuple[int, int, int] | None:
    """Year, month and day where nobody can be in doubt."""
    if match := _YEAR_FIRST.fullmatch(bare):
        return int(match[1]), int(match[3]), int(match[4])
    if (match := _COMPACT.fullmatch(bare)) and 1900 <= int(match[1]) <= 2199 and 1 <= int(match[2]) <= 12:
        return int(match[1]), int(match[2]), int(match[3])
    if match := _DAY_NAME.fullmatch(bare):
        month = _month_names().get(match[2].casefold())
        return (_full(match[3]), month, int(match[1])) if month else None
    if match := _NAME_DAY.fullmatch(bare):
        month = _month_names().get(match[1].casefold())
        return (int(match[3]), month, int(match[2])) if month else None
    if match := _MONGOLIAN.fullmatch(bare):
        return int(match[1]), int(match[2]), int(match[3])
    return None


@cache
def _month_names() -> dict[str, int]:
    """'march', 'mar', 'märz', 'mär' -> 3."""
    found = {"sept": 9, "mrz": 3, "jän": 1, "jänner": 1, "maerz": 3}
    for language in ("en", "de"):
        for width in ("wide", "abbreviated"):
            names = Locale.parse(language).months["format"][width]
            found |= {name.casefold().rstrip("."): number for number, name in names.items()}
    return found


def _full(year: str) -> int:
    return int(year) if len(year) == 4 else int(year) + (2000 if int(year) < PIVOT else 1900)


def _short(text: str) -> str:
    bare = " ".join(text.split())
    return bare if len(bare) <= 40 else bare[:39] + "…"
