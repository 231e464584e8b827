from datetime import date

from fundapp.reminders.models import DayOff
from fundapp.reminders.queries import working_days_after


def test_ten_working_days_skip_weekends_holidays_and_count_a_saturday_that_is_worked(write):
    def work(session):
        plain = working_days_after(session, date(2026, 3, 2), 10)
        session.add(DayOff(day=date(2026, 3, 9), name="A holiday"))
        session.add(DayOff(day=date(2026, 3, 10), name="Another"))
        session.add(DayOff(day=date(2026, 3, 14), name="Worked instead", working=True))
        session.flush()
        return plain, working_days_after(session, date(2026, 3, 2), 10)

    assert write(work) == (date(2026, 3, 16), date(2026, 3, 17))
