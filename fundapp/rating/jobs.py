"""What the heartbeat does here: rules look for conflicts; where a fund has it so, the rating of an accepted proposal opens by itself."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from fundapp.kit.database import Database, WriteSession
from fundapp.measures.models import Measure
from fundapp.presets.queries import value
from fundapp.rating import finding, queries, rounds
from fundapp.rating.switches import OPENS


def open_accepted(database: Database, clock: Callable[[], datetime]) -> int:
    """Opens the rating of every eligible measure of such funds, unless its call is blind or has too few members; says how many."""
    with database.reading() as session:
        found = queries.to_open(session)
        funds = {fund.id: fund for fund, _id in found}
        itself = {id for id, fund in funds.items() if value(session, OPENS, fund) == "itself"}
        waiting = [measure_id for fund, measure_id in found if fund.id in itself]
    at = clock()
    return sum(database.write(partial(_open, id, at)) for id in waiting)


def _open(id: int, at: datetime, session: WriteSession) -> bool:
    return rounds.open_by_itself(session, session.get_one(Measure, id), at=at)


def find_conflicts(database: Database, clock: Callable[[], datetime]) -> int:
    """Rules look at what was accepted, so that it is closed before anybody declares; says how many were new."""
    at = clock()
    with database.reading() as session:
        tied = sorted(
            {measure_id for measure_id, _person in finding.new_clues(session, finding.waiting(session), at=at)}
        )
    return len(database.write(partial(_look, tied, at))) if tied else 0


def _look(ids: list[int], at: datetime, session: WriteSession) -> list[int]:
    return [row.id for row in finding.look(session, [session.get_one(Measure, id) for id in ids], at=at)]
