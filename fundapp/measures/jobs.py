"""What the heartbeat does here: proposals whose time has run out are proposed for expiry; a person confirms."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from fundapp.kit.database import Database, WriteSession
from fundapp.measures import missing, queries, submission


def propose_expiry(database: Database, clock: Callable[[], datetime]) -> int:
    """Asks the branch to confirm every expiry that is not proposed yet; says how many."""
    at = clock()
    with database.reading() as session:
        waiting = [
            measure.id
            for measure in queries.run_out(session, at)
            if not missing.why_not_expire(session, measure, None, at)
        ]
    for id in waiting:
        database.write(partial(_propose, id, at))
    return len(waiting)


def _propose(id: int, at: datetime, session: WriteSession) -> None:
    submission.propose_expiry(session, queries.get(session, id), at=at)
