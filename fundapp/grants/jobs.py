"""What the heartbeat does here: measures begin on the agreed day; approved ones owe their signature."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from fundapp.grants import queries, service
from fundapp.kit.database import Database, WriteSession
from fundapp.measures.models import Measure


def start_due(database: Database, clock: Callable[[], datetime]) -> int:
    """Begins every contracted measure whose agreed day has come; says how many."""
    with database.reading() as session:
        waiting = [contract.measure_id for contract in queries.to_start(session)]
    at = clock()
    return sum(database.write(partial(_start, id, at)) for id in waiting)


def _start(id: int, at: datetime, session: WriteSession) -> bool:
    return service.start_by_date(session, session.get_one(Measure, id), at=at)


def watch_approved(database: Database, clock: Callable[[], datetime]) -> int:
    """Every approved measure owes its signature until three months after the decision; says how many there are."""
    with database.reading() as session:
        waiting = [measure.id for measure in queries.unwatched(session)]
    at = clock()
    for id in waiting:
        database.write(partial(_watch, id, at))
    return len(waiting)


def _watch(id: int, at: datetime, session: WriteSession) -> None:
    service.watch_approved(session, session.get_one(Measure, id), at=at)
