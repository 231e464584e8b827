"""Before the meeting: it is planned, its agenda is made, the members are invited; or they are asked to answer in writing."""

from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from fundapp.funds.models import Call, Fund
from fundapp.history.service import record
from fundapp.kit.database import WriteSession
from fundapp.kit.dates import on
from fundapp.kit.errors import Refused, Stale
from fundapp.kit.i18n import gettext as _
from fundapp.mail.service import queue
from fundapp.measures.models import Measure
from fundapp.people.models import Person
from fundapp.rating import agenda, meetings, moving, queries, ranking, sitting, standing
from fundapp.rating.codes import IN_WRITING, WRITTEN_TITLE
from fundapp.rating.proceedings import AgendaItem, Meeting
from fundapp.reminders.service import owe

ASKED = "rating.written"


def plan(
    session: WriteSession,
    call: Call,
    *,
    starts_at: datetime | None = None,
    answer_by: date | None = None,
    place: str = "",
    secret: bool | None = None,
    committee_id: int | None = None,
    by: Person,
    at: datetime,
) -> Meeting:
    """A meeting to come, with everything that waits on its agenda; with `answer_by` it is held in writing until that day.

    `secret`: None is as the rating scheme says.
    """
    committee_id = meetings.may_begin(session, call, committee_id, by)
    zone = ZoneInfo(session.get_one(Fund, call.fund_id).zone)
    _fit(starts_at, answer_by, place, at, zone)
    scheme = queries.scheme_of(session, call.id)
    day = on(starts_at, zone) if starts_at else answer_by
    assert day is not None, "_fit has asked for one of them"
    meeting = Meeting(
        committee_id=committee_id, call_id=call.id, held_on=day, place=place.strip() or IN_WRITING,
        starts_at=starts_at, answer_by=answer_by, written=answer_by is not None, present=[], typed_by_id=by.id,
        secret=bool(scheme and scheme.secret) if secret is None else secret,
    )  # fmt: skip
    session.add(meeting)
    session.flush()
    record(session, "rating.plan", meeting, by=by, at=at, call=call.id, on=day.isoformat(), written=meeting.written)
    put_all(session, meeting, by=by, at=at)
    return meeting


def put_off(
    session: WriteSession, meeting: Meeting, *, starts_at: datetime | None, answer_by: date | None, place: str,
    secret: bool, version: int, by: Person, at: datetime,
) -> None:  # fmt: skip
    """Another day, place, or way of voting, before it has begun. Who was invited is invited again."""
    _before(session, meeting, version, by)
    zone = ZoneInfo(session.get_one(Fund, session.get_one(Call, meeting.call_id).fund_id).zone)
    if meeting.written and meeting.invited_at is not None and secret != meeting.secret:
        raise Refused(_("The members are voting already; whether votes are secret stays as it is."))
    _fit(None if meeting.written else starts_at, answer_by if meeting.written else None, place, at, zone)
    if meeting.written:
        assert answer_by is not None
        meeting.answer_by = meeting.held_on = answer_by
    else:
        assert starts_at is not None
        meeting.starts_at, meeting.held_on, meeting.place = starts_at, on(starts_at, zone), place.strip()
    meeting.secret = secret
    meeting.version += 1
    record(session, "rating.put_off", meeting, by=by, at=at, on=meeting.held_on.isoformat())
    if meeting.invited_at is not None:
        _tell(session, meeting, at)


def put_all(session: WriteSession, meeting: Meeting, *, by: Person, at: datetime) -> int:
    """Everything that waits for this committee comes on the agenda in the order of the ranking; says how many are new."""
    there = agenda.items(session, meeting.id)
    ranks = ranking.ranks(session, meeting.call_id)
    new = [m for m in agenda.waiting(session, meeting.call_id, meeting.committee_id) if m.id not in there]
    for measure in new:
        session.add(AgendaItem(meeting_id=meeting.id, measure_id=measure.id, no=0, rank=ranks.get(measure.id, 0)))
    session.flush()
    items = list(agenda.items(session, meeting.id).values())
    _number(sorted(items, key=lambda item: (item.no == 0, item.no, item.rank or len(items) + 1, item.measure_id)))
    meeting.version += 1
    return len(new)


def put_back(
    session: WriteSession, meeting: Meeting, measure: Measure, *, version: int, by: Person, at: datetime
) -> None:
    """One that was taken off comes back, at the end."""
    _changes(session, meeting, version, by)
    items = agenda.items(session, meeting.id)
    if measure.id in items or measure.id not in {
        m.id for m in agenda.waiting(session, meeting.call_id, meeting.committee_id)
    }:
        raise Refused(_("This does not wait for a decision of this committee."))
    rank = ranking.ranks(session, meeting.call_id).get(measure.id, 0)
    session.add(AgendaItem(meeting_id=meeting.id, measure_id=measure.id, no=len(items) + 1, rank=rank))
    meeting.version += 1
    session.flush()


def take_off(
    session: WriteSession, meeting: Meeting, item: AgendaItem, *, version: int, by: Person, at: datetime
) -> None:
    """The item comes off the agenda; refused once something was moved or voted on it."""
    _changes(session, meeting, version, by)
    if item.voting_from is not None or item.measure_id in standing.decisions(session, meeting.id):
        raise Refused(_("Something is decided on it already; take that out first."))
    session.delete(item)
    session.flush()
    if meeting.current_id == item.id:
        meeting.current_id = None
    _number(agenda.items(session, meeting.id).values())
    meeting.version += 1


def move_to(
    session: WriteSession, meeting: Meeting, item: AgendaItem, no: int, *, version: int, by: Person, at: datetime
) -> None:
    """The item comes to place `no` of the agenda, counted from 1."""
    _changes(session, meeting, version, by)
    items = [each for each in agenda.items(session, meeting.id).values() if each.id != item.id]
    items.insert(max(0, min(no - 1, len(items))), item)
    _number(items)
    meeting.version += 1
    session.flush()


def invite(session: WriteSession, meeting: Meeting, *, version: int, by: Person, at: datetime) -> int:
    """A mail to every member of the committee; of a meeting in writing, with which the vote on every item is open.

    Says how many were written to. Refused without an agenda, and in writing without a motion on every item.
    """
    _before(session, meeting, version, by)
    items = agenda.items(session, meeting.id)
    if not items:
        raise Refused(_("The agenda is empty."))
    if meeting.written:
        missing = len(items.keys() - standing.decisions(session, meeting.id).keys())
        if missing:
            raise Refused(_("%(n)s items have no motion yet; members can only answer to a motion.", n=missing))
        for item in items.values():
            item.voting_from = item.voting_from or at
        call = session.get_one(Call, meeting.call_id)
        assert meeting.answer_by is not None
        owe(session, ASKED, meeting, due=meeting.answer_by, title=WRITTEN_TITLE % {"call": call.title}, at=at)
    meeting.invited_at = at
    meeting.version += 1
    record(session, "rating.invite", meeting, by=by, at=at, items=len(items))
    return _tell(session, meeting, at)


def _tell(session: WriteSession, meeting: Meeting, at: datetime) -> int:
    call = session.get_one(Call, meeting.call_id)
    zone = session.get_one(Fund, call.fund_id).zone
    text = "rating/asked_in_writing" if meeting.written else "rating/invited"
    seats = sitting.members(session, meeting.committee_id)
    for seat in seats:
        queue(
            session, text, seat.person, key=f"rating.invite:{meeting.id}:{seat.person_id}:{meeting.version}", at=at,
            meeting=meeting, call=call, zone=zone, count=len(agenda.items(session, meeting.id)),
            link=f"/rating/meetings/{meeting.id}/live", papers=f"/rating/meetings/{meeting.id}/papers",
            event=f"/rating/meetings/{meeting.id}/meeting.ics",
        )  # fmt: skip
    return len(seats)


def _fit(starts_at: datetime | None, answer_by: date | None, place: str, at: datetime, zone: ZoneInfo) -> None:
    if (starts_at is None) == (answer_by is None):
        raise Refused(_("Please say when the meeting begins, or until when members answer in writing."), field="day")
    if answer_by is not None and answer_by <= on(at, zone):
        raise Refused(_("Please give the members at least until tomorrow."), field="day")
    if starts_at is not None and starts_at < at:
        raise Refused(_("This moment has passed already."), field="day")
    if starts_at is not None and not place.strip():
        raise Refused(_("Please say where, or give the link."), field="place")


def _before(session: WriteSession, meeting: Meeting, version: int, by: Person) -> None:
    _changes(session, meeting, version, by)
    if meeting.began_at is not None:
        raise Refused(_("The meeting has begun already."))


def _changes(session: WriteSession, meeting: Meeting, version: int, by: Person) -> None:
    moving.unclosed(session, meeting, by)
    if meeting.version != version:
        raise Stale


def _number(items: Iterable[AgendaItem]) -> None:
    for no, item in enumerate(items, 1):
        item.no = no
