"""Dates and moments. Obligations fall due on a date in the fund's time zone; moments are aware and in UTC."""

import calendar
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date

from fundapp.kit.i18n import mark

FIRST_YEAR, LAST_YEAR = 1900, 2199

_YEAR_FIRST = re.compile(r"([0-9]{4})([-./])([0-9]{1,2})\2([0-9]{1,2})")
_DAY_FIRST = re.compile(r"([0-9]{1,2})\.\s?([0-9]{1,2})\.\s?([0-9]{4})")


class NotADate(ValueError):
    """What was typed is no date. `message` names what was typed and what to write instead;
    `template % values` is the same, for translation."""

    def __init__(self, template: str, **values: object) -> None:
        self.template = template
        self.values = values
        self.message = template % values
        super().__init__(self.message)


def add_months(start: date, months: int) -> date:
    """The same day `months` later (earlier when negative), or the last day of a shorter month: 31 Jan + 1 = 28 Feb."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))


def months_between(start: date, end: date) -> int:
    """How many whole months have passed from start to end: the largest n with `add_months(start, n) <= end`.

    Negative when the end lies before the start.
    """
    months = (end.year - start.year) * 12 + end.month - start.month
    return months if add_months(start, months) <= end else months - 1


def working_day_on_or_after(day: date, is_working: Callable[[date], bool]) -> date:
    """The day itself or the next one that `is_working`; ValueError when a whole year holds none."""
    for later in range(366):
        if is_working(day + timedelta(days=later)):
            return day + timedelta(days=later)
    raise ValueError(f"no working day within a year of {day.isoformat()}")


def in_days(due: date, today: date) -> int:
    """Days from today until due; 0 is today, negative is late."""
    return (due - today).days


def on(moment: datetime, zone: ZoneInfo | str) -> date:
    """The date of an aware moment in the time zone; ValueError for a moment without zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return moment.astimezone(ZoneInfo(zone) if isinstance(zone, str) else zone).date()


def parse(text: str) -> date:
    """The date that a person or a date field wrote: 2026-03-09, 2026.03.09, 2026/3/9 or 9.3.2026. Raises `NotADate`.

    3/9/2026 is refused, because day and month could be either.
    """
    typed = text.strip()
    said = typed if len(typed) <= 40 else typed[:39] + "…"
    if not typed:
        raise NotADate(mark("Write a date, such as 2026-03-09."))
    if found := _YEAR_FIRST.fullmatch(typed):
        year, month, day = int(found[1]), int(found[3]), int(found[4])
    elif found := _DAY_FIRST.fullmatch(typed):
        year, month, day = int(found[3]), int(found[2]), int(found[1])
    else:
        raise NotADate(mark('"%(typed)s" is not a date. Write it as 2026-03-09 or 9.3.2026.'), typed=said)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise NotADate(mark('"%(typed)s" has a year that cannot be meant. Write it as 2026-03-09.'), typed=said)
    try:
        return date(year, month, day)
    except ValueError:
        raise NotADate(mark('"%(typed)s" is not in the calendar. Write it as 2026-03-09.'), typed=said) from None


def show(day: date, locale: str, *, short: bool = False) -> str:
    """The date as the locale writes it: "9 March 2026", "9. März 2026", "2026 оны 3-р сарын 9".

    Short: "9 Mar 2026", "09.03.2026", "2026.03.09". Plain English puts the day first.
    """
    known = Locale.parse(locale.replace("-", "_"))
    if str(known) == "en":
        known = Locale.parse("en_GB")
    if known.language == "mn":
        text = format_date(day, "short" if short else "medium", locale=known)
    else:
        text = format_date(day, "medium" if short else "long", locale=known)
    return str(text).replace("\N{NARROW NO-BREAK SPACE}", "\N{NO-BREAK SPACE}")


def offset(moment: datetime, zone: str) -> str:
    """'UTC+08:00': how far the zone is from UTC at that moment."""
    text = f"{moment.astimezone(ZoneInfo(zone)):%z}"
    return f"UTC{text[:3]}:{text[3:5]}"


def town(zone: str) -> str:
    """The town a zone is named after: Asia/Ulaanbaatar -> Ulaanbaatar."""
    return zone.split("/")[-1].replace("_", " ")
