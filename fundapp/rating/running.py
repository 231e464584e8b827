"""The meeting on the day: it begins, people come and go, one item after the other is called up."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from fundapp.funds.models import Call, Fund
from fundapp.history.service import record
from fundapp.kit.database import WriteSession, locked
from fundapp.kit.dates import on
from fundapp.kit.errors import NotAllowed, Refused
from fundapp.kit.i18n import gettext as _
from fundapp.people.models import Person
from fundapp.people.permissions import Action, may
from fundapp.rating import agenda, inviting, meetings, moving
from fundapp.rating.proceedings import AgendaItem, Meeting, Vote


def begin(session: WriteSession, meeting: Meeting, *, by: Person, at: datetime) -> None:
    """The meeting runs from now on; without an agenda it gets one. Whoever is not ticked as there says so themselves."""
    moving.unclosed(session, meeting, by)
    if meeting.written:
        raise Refused(_("This meeting is held in writing."))
    if meeting.began_at is not None:
        raise Refused(_("The meeting has begun already."))
    if not agenda.items(session, meeting.id):
        inviting.put_all(session, meeting, by=by, at=at)
    zone = ZoneInfo(session.get_one(Fund, session.get_one(Call, meeting.call_id).fund_id).zone)
    meeting.began_at, meeting.held_on, meeting.began = at, on(at, zone), f"{at.astimezone(zone):%H:%M}"
    meeting.version += 1
    record(session, "rating.begin", meeting, by=by, at=at, present=meeting.present)
    first = next(iter(agenda.items(session, meeting.id).values()), None)
    if first is not None:
        call_up(session, meeting, first, by=by, at=at)


def come(session: WriteSession, meeting: Meeting, *, by: Person, at: datetime) -> None:
    """A member says that they are there; once the meeting has begun."""
    if not may(by, Action.VOTE):
        raise NotAllowed
    _attend(session, meeting, by.id, there=True, by=by, at=at)


def tick(session: WriteSession, meeting: Meeting, person_id: int, *, there: bool, by: Person, at: datetime) -> None:
    """Who leads the meeting ticks somebody as there, or as gone."""
    moving.types(by)
    _attend(session, meeting, person_id, there=there, by=by, at=at)


def call_up(session: WriteSession, meeting: Meeting, item: AgendaItem, *, by: Person, at: datetime) -> None:
    """The item is on every screen; refused while another one is being voted on."""
    moving.unclosed(session, meeting, by)
    if meeting.began_at is None:
        raise Refused(_("The meeting has not begun."))
    if item.meeting_id != meeting.id:
        raise Refused(_("This is not on the agenda of this meeting."))
    if any(each.id != item.id for each in _voted_on(session, meeting)):
        raise Refused(_("A vote is open; close it first."))
    meeting.current_id = item.id
    item.opened_at = item.opened_at or at
    meeting.version += 1
    session.flush()


def _attend(session: WriteSession, meeting: Meeting, person_id: int, *, there: bool, by: Person, at: datetime) -> None:
    locked(session, meeting)
    if meeting.status != "open":
        raise Refused(_("The meeting is closed; its minutes stand."))
    if meeting.began_at is None and by.id == person_id and not may(by, Action.TYPE_MEETING):
        raise Refused(_("The meeting has not begun."))
    if there == (person_id in meeting.present):
        return
    if there:
        meeting.present = meetings.members_among(session, meeting.committee_id, [*meeting.present, person_id])
    else:
        _may_go(session, meeting, person_id)
        meeting.present = [id for id in meeting.present if id != person_id]
    session.flush()
    record(session, "rating.attend", meeting, by=by, at=at, person=person_id, there=there)


def _may_go(session: WriteSession, meeting: Meeting, person_id: int) -> None:
    """Not with a vote in a ballot that is still open: it would be counted without them."""
    items = [item.id for item in _voted_on(session, meeting)]
    given = session.scalars(select(Vote.id).where(Vote.item_id.in_(items), Vote.person_id == person_id)).first()
    if given is not None:
        raise Refused(_("This member has voted in the vote that is open; close it first."))


def _voted_on(session: WriteSession, meeting: Meeting) -> list[AgendaItem]:
    found = agenda.items(session, meeting.id).values()
    return [item for item in found if item.voting_from is not None and item.voting_to is None]
