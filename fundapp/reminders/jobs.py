"""What the heartbeat calls: the sweep, and the sign that it is alive."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite

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
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.execute(insert(Beat).values(id=1, at=at).on_conflict_do_nothing())  # the first beats may come at once
    session.execute(update(Beat).where(Beat.id == 1, Beat.at < at).values(at=at))


def alive(session: ReadSession, at: datetime, *, within: timedelta) -> bool:
    """Whether a heartbeat came through lately."""
    beat = session.get(Beat, 1)
    return beat is not None and at - beat.at <= within
