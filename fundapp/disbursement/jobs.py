"""What the heartbeat does here: the reports that a signed contract asks for are opened and fall due."""

from collections.abc import Callable
from datetime import date, datetime
from functools import partial

from fundapp.disbursement import queries
from fundapp.disbursement.models import Report
from fundapp.disbursement.reports import open_reports as open_for
from fundapp.grants.models import Contract
from fundapp.kit.database import Database, WriteSession


def open_reports(database: Database, clock: Callable[[], datetime]) -> int:
    """Opens the reports of every contract that has none yet, and moves those that a pause has moved; says of how many contracts."""
    with database.reading() as session:
        waiting = [contract.id for contract in queries.contracts_wanting_reports(session)]
        moved = queries.reports_off_date(session)
    at = clock()
    for id in waiting:
        database.write(partial(_open, id, at))
    if moved:
        database.write(partial(_move, moved))
    return len(waiting)


def _move(moved: list[tuple[int, date]], session: WriteSession) -> None:
    for id, due in moved:
        session.get_one(Report, id).due = due


def _open(id: int, at: datetime, session: WriteSession) -> None:
    open_for(session, session.get_one(Contract, id), at=at)
