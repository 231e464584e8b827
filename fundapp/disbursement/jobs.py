"""What the heartbeat does here: the reports that a signed contract asks for are opened and fall due."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from fundapp.disbursement import queries
from fundapp.disbursement.reports import open_reports as open_for
from fundapp.grants.models import Contract
from fundapp.kit.database import Database, WriteSession


def open_reports(database: Database, clock: Callable[[], datetime]) -> int:
    """Opens the reports of every contract that has none yet; says for how many contracts."""
    with database.reading() as session:
        waiting = [contract.id for contract in queries.contracts_wanting_reports(session)]
    at = clock()
    for id in waiting:
        database.write(partial(_open, id, at))
    return len(waiting)


def _open(id: int, at: datetime, session: WriteSession) -> None:
    open_for(session, session.get_one(Contract, id), at=at)
