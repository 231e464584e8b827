"""Who leads what a committee rates: its chair, and where the chair is away or has a conflict its deputy. The role alone is not enough."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from fundapp.funds.models import Call, Fund
from fundapp.kit.database import ReadSession
from fundapp.kit.dates import on
from fundapp.kit.i18n import gettext as _
from fundapp.measures.models import Measure
from fundapp.people.deputies import deputies_of, hands
from fundapp.people.models import Person
from fundapp.people.permissions import Action
from fundapp.rating import queries, sitting
from fundapp.rating.models import Committee, Member


def led(
    session: ReadSession, call: Call, measures: Sequence[Measure], by: Person, action: Action, at: datetime
) -> set[int]:
    """The ids of those measures of the call that `by` leads, or somebody they stand in for. A constant number of questions."""
    deciding = sitting.committees_deciding(session, measures)
    seats = _heads(session, call, deciding.values(), at)
    away = _away(session, call, seats, at)
    tied = queries.conflicted(session, measures, seats)
    closed = queries.closed_to(session, measures, by)
    ids = hands(by, action, None)
    return {
        m.id
        for m in measures
        if m.id not in closed
        and _leads([seat for seat in seats if seat.committee_id == deciding.get(m.id)], ids, away | tied[m.id])
    }


def why_not(session: ReadSession, measure: Measure, by: Person, action: Action, at: datetime) -> list[str]:
    """Says who leads the measure, where `by` does not."""
    call = session.get(Call, measure.call_id) if measure.call_id is not None else None
    committee_id = sitting.committees_deciding(session, [measure]).get(measure.id)
    if call is None or committee_id is None or measure.id in led(session, call, [measure], by, action, at):
        return []
    return _only(session, committee_id)


def why_not_all(
    session: ReadSession, call: Call, measures: Sequence[Measure], by: Person, action: Action, at: datetime
) -> list[str]:
    """As `why_not` of a whole call, which the committee of its scheme leads. A conflict in one of several measures keeps nobody
    from it, and lets the deputy do it too."""
    owns = next(iter(sitting.committees_of_call(session, call.id)), None)
    if owns is None:
        return []
    seats = _heads(session, call, [owns], at)
    tied = set[int]().union(*queries.conflicted(session, measures, seats).values())
    everything = bool(measures) and len(queries.closed_to(session, measures, by)) == len(measures)
    if not everything and _leads(seats, hands(by, action, None), _away(session, call, seats, at) | tied):
        return []
    return _only(session, owns)


def _only(session: ReadSession, committee_id: int) -> list[str]:
    name = session.get_one(Committee, committee_id).name
    return [
        _("Only the chair of “%(name)s” does this; where the chair has a conflict or is away, the deputy.", name=name)
    ]


def _heads(session: ReadSession, call: Call, committee_ids: Iterable[int], at: datetime) -> list[Member]:
    """Chairs and deputies whose term is not over."""
    day = on(at, session.get_one(Fund, call.fund_id).zone)
    found = sitting.members_of(session, set(committee_ids), on=day)
    return [seat for seats in found.values() for seat in seats if seat.chair or seat.deputy]


def _away(session: ReadSession, call: Call, seats: Collection[Member], at: datetime) -> set[int]:
    """Of them, who was switched off, or has somebody stand in today."""
    day = on(at, session.get_one(Fund, call.fund_id).zone)
    return {seat.person_id for seat in seats if not seat.person.active}.union(
        deputies_of(session, [seat.person_id for seat in seats], day)
    )


def _leads(seats: Collection[Member], ids: Collection[int], out: Collection[int]) -> bool:
    """One of these persons is the chair, or the deputy where the chair is out."""
    mine = [seat for seat in seats if seat.person_id in ids]
    there = any(seat.chair and seat.person_id not in out for seat in seats)
    return any(seat.chair for seat in mine) or (not there and any(seat.deputy for seat in mine))
