"""The meeting: typed in by the manager or the chair, or led from the screen (running.py, voting.py), closed by the chair.

Closing takes every decision's step at once, or none.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from fundapp.funds.models import Call, Fund
from fundapp.history.service import record
from fundapp.kit.database import ReadSession, WriteSession, locked
from fundapp.kit.dates import on
from fundapp.kit.errors import NotAllowed, Refused, Stale
from fundapp.kit.i18n import gettext as _
from fundapp.measures.models import Measure
from fundapp.people.deputies import hands
from fundapp.people.models import Person
from fundapp.people.permissions import Action, may
from fundapp.rating import (
    afterwards,
    agenda,
    announcing,
    clearing,
    decisions,
    figures,
    moving,
    sitting,
    standing,
)
from fundapp.rating.codes import DEPARTURES
from fundapp.rating.models import Member
from fundapp.rating.moving import Typed as Typed
from fundapp.rating.proceedings import Decision, Meeting
from fundapp.reminders.service import cancel


def hold(
    session: WriteSession,
    call: Call,
    *,
    held_on: date,
    place: str,
    present: Sequence[int],
    began: str = "",
    ended: str = "",
    committee_id: int | None = None,
    by: Person,
    at: datetime,
) -> Meeting:
    """A meeting is typed in: of the call's committee, or of the regional one that is given. `present`: person ids of members.

    One meeting of a committee on a call is open at a time.
    """
    committee_id = may_begin(session, call, committee_id, by)
    meeting = Meeting(
        committee_id=committee_id, call_id=call.id, held_on=held_on, place=place.strip(), began=began, ended=ended,
        present=members_among(session, committee_id, present), typed_by_id=by.id,
    )  # fmt: skip
    session.add(meeting)
    session.flush()
    record(session, "rating.hold", meeting, by=by, at=at, call=call.id, present=meeting.present)
    return meeting


def may_begin(session: WriteSession, call: Call, committee_id: int | None, by: Person) -> int:
    """The committee that may meet on the call now: the one given, if it decides a part of it, else the call's own."""
    moving.types(by)
    locked(session, call)
    deciding = sitting.committees_of_call(session, call.id)
    if not deciding:
        raise Refused(_("The call has no committee and no rating scheme yet."))
    wanted = committee_id or deciding[0]
    if wanted not in deciding:
        raise Refused(_("This committee decides no part of the call."))
    if standing.open_meeting(session, call.id, wanted) is not None:
        raise Refused(_("A meeting on this call is still open; close it first."))
    return wanted


def change_meeting(
    session: WriteSession,
    meeting: Meeting,
    *,
    held_on: date,
    place: str,
    present: Sequence[int] | None,
    version: int,
    began: str = "",
    ended: str = "",
    by: Person,
    at: datetime,
) -> None:
    """Another date, place or list of those present (None: as it is), as long as the meeting is open."""
    _still_open(session, meeting, by, version)
    meeting.held_on, meeting.place, meeting.began, meeting.ended = held_on, place.strip(), began, ended
    if present is not None:
        meeting.present = members_among(session, meeting.committee_id, present)
    meeting.version += 1
    record(session, "rating.change_meeting", meeting, by=by, at=at, present=meeting.present)


def decide(
    session: WriteSession, meeting: Meeting, measure: Measure, typed: Typed, *, version: int, by: Person, at: datetime
) -> Decision:
    """Types in what was decided on a measure; a second time replaces it, and votes given on the screen.

    It takes effect when the chair closes the meeting.
    """
    _still_open(session, meeting, by, version)
    decision = moving.put(session, meeting, measure, typed, by=by)
    decision.yes, decision.no, decision.abstained = typed.yes, typed.no, typed.abstained
    decision.present = list(meeting.present) if meeting.began_at else []
    item = agenda.items(session, meeting.id).get(measure.id)
    if item is not None:
        moving.forget_votes(session, item)
    meeting.version += 1
    session.flush()
    return decision


def leave_out(
    session: WriteSession, meeting: Meeting, measure: Measure, *, version: int, by: Person, at: datetime
) -> None:
    """The open meeting does not decide on this measure after all."""
    _still_open(session, meeting, by, version)
    decision = standing.decisions(session, meeting.id).get(measure.id)
    if decision is not None:
        session.delete(decision)
        item = agenda.items(session, meeting.id).get(measure.id)
        if item is not None:
            moving.forget_votes(session, item)
        meeting.version += 1
        session.flush()


def close_meeting(
    session: WriteSession, meeting: Meeting, *, by: Person, at: datetime, countersign: bool = False
) -> None:
    """Only a chair closes, all or nothing: each decision takes its step, money is reserved, letters and minutes are ordered.

    `countersign`: the chair has ticked that decisions depart from the ranking for the reasons given. Raises Refused with
    every reason of every item at once.
    """
    if not may(by, Action.CLOSE_MEETING) or not closes(session, meeting, by):
        raise NotAllowed(_("Only a chair of this committee closes its meetings."))
    locked(session, meeting)
    call = locked(session, session.get_one(Call, meeting.call_id))
    fund = locked(session, session.get_one(Fund, call.fund_id))
    today = on(at, fund.zone)
    items = agenda.items_of(session, meeting, today)
    reasons = agenda.why_not_close(session, meeting, today)
    departing = agenda.departing(items)
    if not countersign:
        reasons += [_countersigns(item) for item in departing if item.because]
    reasons += [
        _(
            "%(number)s: you have a conflict of interest here; the deputy countersigns first.",
            number=item.measure.number,
        )
        for item in departing
        if any(seat.person_id == by.id and seat.conflict for seat in item.seats)
    ]
    if reasons:
        raise Refused(*reasons)
    for item in departing:
        moving.sign(session, item.decision, by=by, at=at)
    left = figures.left_before(session, call, today)
    meeting.status, meeting.closed_by_id, meeting.closed_at = "closed", by.id, at
    if meeting.written:
        meeting.held_on = today
        cancel(session, "rating.written", meeting, at=at)
    elif meeting.began_at and not meeting.ended:
        meeting.ended = f"{at.astimezone(ZoneInfo(fund.zone)):%H:%M}"
    meeting.version += 1
    record(session, "rating.close_meeting", meeting, by=by, at=at, decisions=len(items), call=call.id)
    for item in items:
        _freeze(meeting, item)
        waits = afterwards.needs_clearance(session, call.id, item.decision.amount)
        carry_out = decisions.carry_out if waits is None else clearing.hold_back
        carry_out(session, item.decision, by=by, at=at)
    announcing.minutes(session, meeting, [item.decision for item in items], left, by=by, at=at)


def hold_and_close(
    session: WriteSession, call: Call, items: Sequence[tuple[Measure, Typed]], *, by: Person, at: datetime,
    countersign: bool = False, **facts: Any,
) -> Meeting:  # fmt: skip
    """A whole meeting in one go, by a chair: what `hold`, `decide` and `close_meeting` do one after another."""
    meeting = hold(session, call, by=by, at=at, **facts)
    for measure, typed in items:
        decide(session, meeting, measure, typed, version=meeting.version, by=by, at=at)
    close_meeting(session, meeting, by=by, at=at, countersign=countersign)
    return meeting


def _countersigns(item: agenda.Item) -> str:
    said = " ".join(_(DEPARTURES[code]) for code in item.departs)
    return _("%(number)s: %(how)s A chair countersigns this.", number=item.measure.number, how=said)


def _freeze(meeting: Meeting, item: agenda.Item) -> None:
    """What stands in the minutes, as it was."""
    decision = item.decision
    decision.left_room = item.left_room
    decision.present = decision.present or list(meeting.present)
    decision.frozen = {
        "rank": item.rank,
        "total": item.measure.score,
        "quorum": item.needed,
        "entitled": len(item.seats),
        "voting": item.voting,
        "tie": item.tie,
        "departs": list(item.departs),
    }


def members_among(session: ReadSession, committee_id: int, present: Iterable[int]) -> list[int]:
    """These person ids, sorted; raises Refused when one of them does not sit on the committee."""
    known = {seat.person_id for seat in sitting.members(session, committee_id)}
    found = sorted(set(present))
    if set(found) - known:
        raise Refused(_("Only members of the committee can be present as members."), field="present")
    return found


def closes(session: ReadSession, meeting: Meeting, by: Person) -> bool:
    """A chair closes; where none is there, the deputy."""
    seats: list[Member] = sitting.members(session, meeting.committee_id)
    mine = [seat for seat in seats if seat.person_id in hands(by, Action.CLOSE_MEETING, None)]
    if any(seat.chair for seat in mine):
        return True
    there = any(seat.chair and seat.person_id in meeting.present for seat in seats)
    return not there and any(seat.deputy and seat.person_id in meeting.present for seat in mine)


def _still_open(session: WriteSession, meeting: Meeting, by: Person, version: int) -> None:
    moving.unclosed(session, meeting, by)
    if meeting.version != version:
        raise Stale
