"""What the heartbeat calls."""

from collections.abc import Callable
from datetime import datetime

from fundapp.evaluation import queries, service
from fundapp.kit.database import Database


def plan_due(database: Database, clock: Callable[[], datetime]) -> int:
    """Plans the evaluations of contracted measures that have none; says for how many."""
    at = clock()
    with database.reading() as session:
        if not queries.unplanned(session, limit=1):
            return 0
    return database.write(lambda session: service.plan_due(session, at=at))
