"""What the heartbeat calls: the sweep, and the sign that it is alive."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from fundapp.kit.database import Database, ReadSession, WriteSession
from fundapp.kit.dates import on as date_on
from fundapp.reminders.duties import Duty
from fundapp.reminders.models import Beat
from fundapp.reminders.service import sweep


def sweep_due(
    database: Database, duties: Mapping[str, Duty], zone: ZoneInfo, clock: Callable[[], datetime], on: date | None
) -> int:
    """Queues all reminders due today (or on `on`) in the zone; says how many."""
    at = clock()
    queued = database.write(partial(sweep, duties=duties, on=on or date_on(at, zone), at=at))
    database.write(partial(_beat, at=at))
    return queued


def _beat(session: WriteSession, at: datetime) -> None:
    beat = session.get(Beat, 1, with_for_update=True)
    if beat is None:
        session.add(Beat(id=1, at=at))
    elif beat.at < at:
        beat.at = at


def alive(session: ReadSession, at: datetime, *, within: timedelta) -> bool:
    """Whether a heartbeat came through lately."""
    beat = session.get(Beat, 1)
    return beat is not None and at - beat.at <= within
