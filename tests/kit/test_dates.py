from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fundapp.kit import dates

DAYS = st.dates(date(1990, 1, 1), date(2150, 12, 31))


def test_months_are_added_and_month_ends_clamp() -> None:
    assert dates.add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert dates.add_months(date(2028, 1, 31), 1) == date(2028, 2, 29)
    assert dates.add_months(date(2028, 2, 29), 12) == date(2029, 2, 28)
    assert dates.add_months(date(2026, 11, 30), 24) == date(2028, 11, 30)
    assert dates.add_months(date(2026, 3, 31), -1) == date(2026, 2, 28)


def test_whole_months_between_two_days() -> None:
    assert dates.months_between(date(2026, 1, 15), date(2027, 1, 14)) == 11
    assert dates.months_between(date(2026, 1, 15), date(2027, 1, 15)) == 12
    assert dates.months_between(date(2026, 1, 31), date(2026, 2, 28)) == 1
    assert dates.months_between(date(2026, 3, 1), date(2026, 2, 28)) == -1


@given(DAYS, DAYS)
def test_months_between_is_the_largest_number_that_still_fits(start: date, end: date) -> None:
    months = dates.months_between(start, end)
    assert dates.add_months(start, months) <= end < dates.add_months(start, months + 1)


def test_a_due_day_moves_to_the_next_working_day() -> None:
    def is_working(day: date) -> bool:
        return day.weekday() < 5 and day != date(2026, 3, 9)

    assert dates.working_day_on_or_after(date(2026, 3, 6), is_working) == date(2026, 3, 6)
    assert dates.working_day_on_or_after(date(2026, 3, 7), is_working) == date(2026, 3, 10)


def test_a_calendar_without_working_days_is_refused() -> None:
    with pytest.raises(ValueError):
        dates.working_day_on_or_after(date(2026, 3, 7), lambda _: False)


def test_days_until_due_are_negative_when_late() -> None:
    today = date(2026, 2, 27)
    assert [dates.in_days(today + timedelta(days=n), today) for n in (3, 0, -9)] == [3, 0, -9]


def test_a_moment_falls_on_the_date_of_the_funds_zone() -> None:
    moment = datetime(2026, 3, 8, 17, 30, tzinfo=UTC)
    assert dates.on(moment, "Asia/Ulaanbaatar") == date(2026, 3, 9)
    assert dates.on(moment, ZoneInfo("Europe/Berlin")) == date(2026, 3, 8)
    assert dates.on(moment.astimezone(timezone(timedelta(hours=-9))), "UTC") == date(2026, 3, 8)


def test_a_moment_without_zone_is_refused() -> None:
    with pytest.raises(ValueError):
        dates.on(datetime(2026, 3, 8, 17, 30), "UTC")


@pytest.mark.parametrize("text", ["2026-03-09", "2026.03.09", "2026/3/9", "9.3.2026", "09.03.2026", " 9. 3. 2026 "])
def test_dates_are_read_in_the_ways_people_write_them(text: str) -> None:
    assert dates.parse(text) == date(2026, 3, 9)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("3/9/2026", '"3/9/2026" is not a date. Write it as 2026-03-09 or 9.3.2026.'),
        ("2026-02-30", '"2026-02-30" is not in the calendar. Write it as 2026-03-09.'),
        ("0202-03-09", '"0202-03-09" has a year that cannot be meant. Write it as 2026-03-09.'),
        ("٢٠٢٦-٠٣-٠٩", '"٢٠٢٦-٠٣-٠٩" is not a date. Write it as 2026-03-09 or 9.3.2026.'),
        ("2026-03.09", '"2026-03.09" is not a date. Write it as 2026-03-09 or 9.3.2026.'),
        ("", "Write a date, such as 2026-03-09."),
    ],
)
def test_what_is_no_date_is_refused_with_a_message(text: str, message: str) -> None:
    with pytest.raises(dates.NotADate) as refused:
        dates.parse(text)
    assert refused.value.message == message


@given(DAYS)
def test_an_iso_date_is_read_as_itself(day: date) -> None:
    assert dates.parse(day.isoformat()) == day


@pytest.mark.parametrize(
    ("locale", "long", "short"),
    [
        ("en", "9 March 2026", "9 Mar 2026"),
        ("de", "9. März 2026", "09.03.2026"),
        ("mn", "2026\N{NO-BREAK SPACE}оны 3-р сарын 9", "2026.03.09"),
        ("en-US", "March 9, 2026", "Mar 9, 2026"),
    ],
)
def test_dates_are_shown_as_the_locale_writes_them(locale: str, long: str, short: str) -> None:
    assert dates.show(date(2026, 3, 9), locale) == long
    assert dates.show(date(2026, 3, 9), locale, short=True) == short
