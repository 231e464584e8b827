from datetime import date, timedelta

import pytest

from fundapp.evaluation import schedule


def test_a_measure_is_evaluated_at_the_end_and_three_times_later() -> None:
    visits = schedule.schedule(date(2026, 8, 31))
    assert [(visit.code, visit.due) for visit in visits] == [
        ("E0", date(2026, 8, 31)),
        ("E6", date(2027, 2, 28)),
        ("E12", date(2027, 8, 31)),
        ("E24", date(2028, 8, 31)),
    ]


@pytest.mark.parametrize(
    ("code", "before", "after"), [("E0", 30, 60), ("E6", 30, 30), ("E12", 45, 45), ("E24", 60, 60)]
)
def test_each_evaluation_has_its_window(code: str, before: int, after: int) -> None:
    visit = next(visit for visit in schedule.schedule(date(2026, 6, 30)) if visit.code == code)
    assert visit.due - visit.opens == timedelta(days=before)
    assert visit.closes - visit.due == timedelta(days=after)


def test_an_evaluation_is_open_within_its_window_and_overdue_after_it() -> None:
    visit = schedule.schedule(date(2026, 6, 30))[1]
    days = [visit.opens - timedelta(days=1), visit.opens, visit.closes, visit.closes + timedelta(days=1)]
    assert [visit.is_open(day) for day in days] == [False, True, True, False]
    assert [visit.is_overdue(day) for day in days] == [False, False, False, True]


def test_the_last_evaluation_is_two_years_after_the_end() -> None:
    assert schedule.LAST.code == "E24"
    assert set(schedule.INDEPENDENT) == {point.code for point in schedule.POINTS if point.months >= 12}
