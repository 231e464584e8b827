"""What the heartbeat calls: the history's head leaves the machine once a day, so that a chain cut off later is found out."""

from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from zoneinfo import ZoneInfo

from fundapp.history import queries as history
from fundapp.kit.database import Database, WriteSession
from fundapp.kit.dates import on
from fundapp.mail.service import queue
from fundapp.people import queries as people
from fundapp.people.permissions import Role


def send_head(database: Database, zone: ZoneInfo, clock: Callable[[], datetime]) -> int:
    """Queues today's head for every auditor, once a day; says for how many."""
    at = clock()
    return database.write(partial(_queue_head, day=on(at, zone), at=at))


def _queue_head(session: WriteSession, day: date, at: datetime) -> int:
    number, head = history.head(session)
    auditors = people.with_role(session, Role.AUDITOR)
    queued = [
        queue(
            session, "overview/head", auditor, key=f"head:{day}:{auditor.id}", at=at, day=day, number=number, head=head
        )
        for auditor in auditors
    ]
    return sum(1 for message in queued if message is not None and message.queued_at == at)
