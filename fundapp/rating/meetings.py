"""The meeting: typed in by the manager or the chair, closed by the chair. Closing takes every decision's step at once, or none."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from fundapp.funds.ledger import reserve
from fundapp.funds.models import Call, Fund
from fundapp.funds.queries import figures
from fundapp.history.service import record
from fundapp.kit import i18n, money
from fundapp.kit.database import ReadSession, WriteSession, locked
from fundapp.kit.dates import add_months, on
from fundapp.kit.errors import NotAllowed, Refused, Stale
from fundapp.kit.i18n import gettext as _
from fundapp.lifecycle.service import take
from fundapp.lifecycle.steps import Step
from fundapp.measures import lifecycle as life
from fundapp.measures.lifecycle import Status
from fundapp.measures.models import Measure
from fundapp.people.deputies import hands
from fundapp.people.models import Person
from fundapp.people.permissions import Action, may
from fundapp.rating import announcing, queries, quorum, ranking, standing
from fundapp.rating.codes import ANSWER_TITLE, MINUTES, RESERVE_TITLE
from fundapp.rating.models import Committee, Member
from fundapp.rating.proceedings import Decision, Meeting
from fundapp.reminders.service import owe

LIST_MONTHS = 6  # how long a reserve list is valid
DAYS_TO_ANSWER = 14
STEPS: dict[str, Step] = {"approve": life.APPROVE, "reserve": life.RESERVE, "defer": life.DEFER, "reject": life.REJECT}


@dataclass(frozen=True)
class Typed:
    """What was decided on one measure. `amount` in minor units, for approval only; `reasons` holds the questions when deferred."""

    outcome: str
    yes: int
    no: int
    abstained: int = 0
    amount: int | None = None
    conditions: str = ""
    reasons: str = ""
    arguments: str = ""


def hold(
    session: WriteSession,
    call: Call,
    *,
    held_on: date,
    place: str,
    present: Sequence[int],
    began: str = "",
    ended: str = "",
    by: Person,
    at: datetime,
) -> Meeting:
    """A meeting of the call's committee is typed in. `present`: person ids of members. One meeting of a call is open at a time."""
    _types(by)
    locked(session, call)
    scheme = queries.scheme_of(session, call.id)
    if scheme is None:
        raise Refused(_("The call has no committee and no rating scheme yet."))
    if standing.open_meeting(session, call.id) is not None:
        raise Refused(_("A meeting on this call is still open; close it first."))
    meeting = Meeting(
        committee_id=scheme.committee_id, call_id=call.id, held_on=held_on, place=place.strip(), began=began, ended=ended,
        present=_members(session, scheme.committee_id, present), typed_by_id=by.id,
    )  # fmt: skip
    session.add(meeting)
    session.flush()
    record(session, "rating.hold", meeting, by=by, at=at, call=call.id, present=meeting.present)
    return meeting


def change_meeting(
    session: WriteSession,
    meeting: Meeting,
    *,
    held_on: date,
    place: str,
    present: Sequence[int],
    version: int,
    began: str = "",
    ended: str = "",
    by: Person,
    at: datetime,
) -> None:
    """Another date, place or list of those present, as long as the meeting is open."""
    _still_open(session, meeting, by, version)
    meeting.held_on, meeting.place, meeting.began, meeting.ended = held_on, place.strip(), began, ended
    meeting.present = _members(session, meeting.committee_id, present)
    meeting.version += 1
    record(session, "rating.change_meeting", meeting, by=by, at=at, present=meeting.present)


def decide(
    session: WriteSession, meeting: Meeting, measure: Measure, typed: Typed, *, version: int, by: Person, at: datetime
) -> Decision:
    """Types in what was decided on a measure; a second time replaces it. It takes effect when the chair closes the meeting."""
    _still_open(session, meeting, by, version)
    if queries.find_measure(session, measure.id, visible_to=by) is None:
        raise NotAllowed(_("You have declared a conflict of interest here; somebody else types in what was decided."))
    _about(measure, meeting, typed)
    if typed.outcome == "approve" and not typed.amount:
        raise Refused(_("Please write how much is given."), field="amount")
    decision = standing.decisions(session, meeting.id).get(measure.id)
    if decision is None:
        decision = Decision(meeting_id=meeting.id, measure_id=measure.id, left_room=[], frozen={})
        session.add(decision)
    decision.outcome, decision.yes, decision.no, decision.abstained = (
        typed.outcome,
        typed.yes,
        typed.no,
        typed.abstained,
    )
    decision.amount = typed.amount if typed.outcome == "approve" else None
    decision.conditions, decision.reasons = typed.conditions.strip(), typed.reasons.strip()
    decision.arguments = typed.arguments.strip()
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
        meeting.version += 1
        session.flush()


def close_meeting(session: WriteSession, meeting: Meeting, *, by: Person, at: datetime) -> None:
    """Only a chair closes, all or nothing: each decision takes its step, money is reserved, letters and minutes are ordered.

    Raises Refused with every reason of every item at once.
    """
    if not may(by, Action.CLOSE_MEETING) or not _chairs(session, meeting, by):
        raise NotAllowed(_("Only a chair of this committee closes its meetings."))
    locked(session, meeting)
    call = locked(session, session.get_one(Call, meeting.call_id))
    fund = locked(session, session.get_one(Fund, call.fund_id))
    if reasons := why_not_close_meeting(session, meeting, on(at, fund.zone)):
        raise Refused(*reasons)
    items = items_of(session, meeting)
    left = left_before(session, call, fund)
    meeting.status, meeting.closed_by_id, meeting.closed_at = "closed", by.id, at
    meeting.version += 1
    record(session, "rating.close_meeting", meeting, by=by, at=at, decisions=len(items), call=call.id)
    for item in items:
        _freeze(item)
        _carry_out(session, meeting, fund, item, by=by, at=at)
    announcing.minutes(session, meeting, [item.decision for item in items], left, by=by, at=at)


def hold_and_close(
    session: WriteSession, call: Call, items: Sequence[tuple[Measure, Typed]], *, by: Person, at: datetime, **facts: Any
) -> Meeting:
    """A whole meeting in one go, by a chair: what `hold`, `decide` and `close_meeting` do one after another."""
    meeting = hold(session, call, by=by, at=at, **facts)
    for measure, typed in items:
        decide(session, meeting, measure, typed, version=meeting.version, by=by, at=at)
    close_meeting(session, meeting, by=by, at=at)
    return meeting


@dataclass(frozen=True)
class Item:
    """One decision with the measure, its rank, and who sat how."""

    decision: Decision
    measure: Measure
    rank: int
    seats: tuple[quorum.Seat, ...]
    smallest: int

    @property
    def left_room(self) -> list[int]:
        return [seat.person_id for seat in self.seats if seat.conflict and seat.present]

    @property
    def needed(self) -> int:
        return quorum.needed(self.seats, self.smallest)

    @property
    def voting(self) -> int:
        return quorum.present(self.seats)

    @property
    def tie(self) -> bool:
        return self.decision.yes == self.decision.no


def items_of(session: ReadSession, meeting: Meeting) -> list[Item]:
    """The meeting's decisions by rank, each with quorum and who left the room."""
    decisions = standing.decisions(session, meeting.id)
    measures = {m.id: m for m in queries.loaded(session, decisions)}
    ranks = ranking.ranks(session, meeting.call_id)
    seats = seats_of(session, meeting, list(measures.values()))
    smallest = session.get_one(Committee, meeting.committee_id).smallest_quorum
    found = [Item(d, measures[id], ranks.get(id, 0), seats[id], smallest) for id, d in decisions.items()]
    return sorted(found, key=lambda item: (item.rank, item.measure.id))


def seats_of(session: ReadSession, meeting: Meeting, measures: Sequence[Measure]) -> dict[int, tuple[quorum.Seat, ...]]:
    """measure id -> the voting members as they sit when it is decided."""
    voting = queries.members(session, meeting.committee_id, voting=True)
    out = queries.conflicted(session, measures, voting)
    return {
        m.id: tuple(
            quorum.Seat(seat.person_id, seat.chair, seat.person_id in meeting.present, seat.person_id in out[m.id])
            for seat in voting
        )
        for m in measures
    }


def left_before(session: ReadSession, call: Call, fund: Fund) -> int:
    """What can be given in this call now, minor units: the least of what call and fund have left."""
    return max(0, min(figures(session, fund.id).free, call.budget - standing.given(session, call.id)))


def why_not_close_meeting(session: ReadSession, meeting: Meeting, today: date) -> list[str]:
    """Every reason against closing: of the meeting, then of each item under its number, then of the money."""
    if meeting.status != "open":
        return [_("The meeting is closed already.")]
    items = items_of(session, meeting)
    reasons = [] if items else [_("No decision has been typed in yet.")]
    if meeting.held_on > today:
        reasons.append(_("The meeting lies in the future."))
    if not meeting.place:
        reasons.append(_("The place of the meeting is missing."))
    for item in items:
        reasons += [f"{item.measure.number}: {reason}" for reason in _why_not(item)]
    call = session.get_one(Call, meeting.call_id)
    fund = session.get_one(Fund, call.fund_id)
    wanted = sum(item.decision.amount or 0 for item in items)
    left = left_before(session, call, fund)
    if wanted > left:
        shown = [money.show(x, fund.currency, i18n.LANGUAGE.get(), with_currency=True) for x in (wanted, left)]
        reasons.append(
            _("%(amount)s are to be given, %(rest)s are left in the call and the fund.", amount=shown[0], rest=shown[1])
        )
    return reasons


def _why_not(item: Item) -> list[str]:
    decision = item.decision
    reasons = []
    if item.measure.status != Status.RATED:
        reasons.append(_("it is no longer waiting for a decision."))
    reasons += quorum.why_not_decide(
        item.seats, item.smallest, quorum.Votes(decision.yes, decision.no, decision.abstained)
    )
    if decision.amount is not None and not 0 < decision.amount <= item.measure.requested:
        reasons.append(_("the amount is more than was asked for."))
    if decision.outcome in ("reject", "reserve", "defer") and not decision.reasons:
        deferred = decision.outcome == "defer"
        reasons.append(_("the questions are missing.") if deferred else _("the reasons are missing."))
    return reasons


def _freeze(item: Item) -> None:
    """What stands in the minutes, as it was."""
    decision = item.decision
    decision.left_room = item.left_room
    decision.frozen = {
        "rank": item.rank,
        "total": item.measure.score,
        "quorum": item.needed,
        "entitled": len(item.seats),
        "voting": item.voting,
        "tie": item.tie,
    }


def _carry_out(session: WriteSession, meeting: Meeting, fund: Fund, item: Item, *, by: Person, at: datetime) -> None:
    """The facts and letters of one decision, then its step as the last entry of the case."""
    decision, measure = item.decision, item.measure
    measure.decided_on, measure.conditions, measure.awarded = meeting.held_on, decision.conditions, decision.amount
    measure.reserved_until = add_months(meeting.held_on, LIST_MONTHS) if decision.outcome == "reserve" else None
    session.flush()
    if decision.amount is not None:
        reserve(
            session, fund, measure, decision.amount, booked_on=on(at, fund.zone),
            document=MINUTES % {"day": meeting.held_on.isoformat()}, key=f"rating.decision:{decision.id}", by=by, at=at,
        )  # fmt: skip
        announcing.owe_fit(session, measure, at=at)
    elif measure.reserved_until is not None:
        owe(
            session,
            "rating.reserve",
            measure,
            due=measure.reserved_until,
            title=RESERVE_TITLE % {"number": measure.number},
            at=at,
        )
    elif decision.outcome == "defer":
        due = announcing.later(on(at, fund.zone), DAYS_TO_ANSWER)
        owe(session, "rating.answer", measure, due=due, title=ANSWER_TITLE, at=at)
    take(session, measure, STEPS[decision.outcome], by=by, at=at, decision=decision.id, amount=decision.amount)
    announcing.decided(session, measure, decision, meeting.held_on, by=by, at=at)


def _members(session: ReadSession, committee_id: int, present: Iterable[int]) -> list[int]:
    known = {seat.person_id for seat in queries.members(session, committee_id)}
    found = sorted(set(present))
    if set(found) - known:
        raise Refused(_("Only members of the committee can be present as members."), field="present")
    return found


def _about(measure: Measure, meeting: Meeting, typed: Typed) -> None:
    if typed.outcome not in STEPS:
        raise Refused(_("Choose what was decided."), field="outcome")
    if measure.call_id != meeting.call_id or measure.status != Status.RATED:
        raise Refused(_("Only measures of this call whose rating is closed are decided on."))


def _chairs(session: ReadSession, meeting: Meeting, by: Person) -> bool:
    seats: list[Member] = queries.members(session, meeting.committee_id)
    return any(seat.chair and seat.person_id in hands(by, Action.CLOSE_MEETING, None) for seat in seats)


def _still_open(session: WriteSession, meeting: Meeting, by: Person, version: int) -> None:
    _types(by)
    locked(session, meeting)
    if meeting.status != "open":
        raise Refused(_("The meeting is closed; its minutes stand."))
    if meeting.version != version:
        raise Stale


def _types(by: Person) -> None:
    if not may(by, Action.TYPE_MEETING):
        raise NotAllowed
