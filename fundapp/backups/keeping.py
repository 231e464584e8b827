"""Which nights' backups are kept: the last fourteen, and of the last twelve months the newest each."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

DAILY, MONTHLY = 14, 12
HOUR = 2  # o'clock, in the zone of the fund


def night_of(at: datetime, zone: ZoneInfo) -> date:
    """The night whose backup is due at this moment: after two o'clock today's, before it yesterday's."""
    local = at.astimezone(zone)
    return local.date() if local.hour >= HOUR else local.date() - timedelta(days=1)


def superseded(nights: Iterable[date]) -> set[date]:
    """The nights whose backups can go."""
    newest_first = sorted(set(nights), reverse=True)
    of_month: dict[tuple[int, int], date] = {}
    for night in newest_first:
        of_month.setdefault((night.year, night.month), night)
    kept = {*newest_first[:DAILY], *list(of_month.values())[:MONTHLY]}
    return set(newest_first) - kept
