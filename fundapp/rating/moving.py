"""The words of a decision: a motion put on an item of the agenda, or what is typed in afterwards. Its votes: voting.py.

Nothing takes effect before the chair closes the meeting.
"""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import delete, select

from fundapp.history.service import record
from fundapp.kit.database import ReadSession, WriteSession, locked
from fundapp.kit.errors import NotAllowed, Refused, Stale
from fundapp.kit.i18n import gettext as _
from fundapp.measures.lifecycle import Status
from fundapp.measures.models import Measure
from fundapp.people.models import Person
from fundapp.people.permissions import Action, may
from fundapp.rating import afterwards, queries, sitting, standing
from fundapp.rating.codes import GROUNDS, OUTCOMES
from fundapp.rating.proceedings import AgendaItem, Decision, Meeting, Vote


@dataclass(frozen=True)
class Typed:
    """What was decided on one measure. `amount` in minor units, for approval only; `reasons` holds the questions when deferred.

    `rule`: a code of GROUNDS for a refusal; `deviation`: why it departs from the ranking.
    """

    outcome: str
    yes: int
    no: int
    abstained: int = 0
    amount: int | None = None
    conditions: str = ""
    reasons: str = ""
    arguments: str = ""
    rule: str = ""
    deviation: str = ""


def move(
    session: WriteSession, meeting: Meeting, item: AgendaItem, motion: Typed, *, seen: str, by: Person, at: datetime
) -> Decision:
    """Puts a motion on an item. `seen`: the mark of the one that stood there (`mark_of`); raises Stale when it is another by now.

    Another motion voids the votes given on the one before; other arguments for the minutes do not.
    """
    unclosed(session, meeting, by)
    locked(session, item)
    measure = session.get_one(Measure, item.measure_id)
    before = standing.decisions(session, meeting.id).get(measure.id)
    if mark_of(before) != seen:
        raise Stale
    moved, kept = _moved(before), _counted(before)
    decision = put(session, meeting, measure, motion, by=by)
    if moved == _moved(decision):
        decision.yes, decision.no, decision.abstained, decision.casting, decision.present = kept
    else:
        decision.yes = decision.no = decision.abstained = 0
        decision.present = []
        if item.voting_from is not None:
            forget_votes(session, item)
            record(session, "rating.void_votes", item, by=by, at=at)
    if meeting.written and item.voting_from is None and meeting.invited_at is not None:
        item.voting_from = at
    meeting.version += 1
    session.flush()
    return decision


def mark_of(decision: Decision | None) -> str:
    """A short mark of the words of a decision, so that two who write at once are noticed."""
    if decision is None:
        return ""
    said = (*_moved(decision), decision.arguments, decision.deviation)
    return sha256(repr(said).encode()).hexdigest()[:16]


def put(session: WriteSession, meeting: Meeting, measure: Measure, typed: Typed, *, by: Person) -> Decision:
    """The words of a decision, without its votes; a new text needs a new countersign."""
    if queries.find_measure(session, measure.id, visible_to=by) is None:
        raise NotAllowed(_("You have declared a conflict of interest here; somebody else types in what was decided."))
    _about(session, measure, meeting, typed)
    decision = standing.decisions(session, meeting.id).get(measure.id)
    if decision is None:
        decision = Decision(meeting_id=meeting.id, measure_id=measure.id, left_room=[], frozen={}, yes=0, no=0)
        session.add(decision)
    decision.outcome = typed.outcome
    decision.amount = typed.amount if typed.outcome == "approve" else None
    decision.rule = typed.rule if typed.outcome == "reject" else ""
    decision.conditions, decision.reasons = typed.conditions.strip(), typed.reasons.strip()
    decision.arguments, decision.deviation = typed.arguments.strip(), typed.deviation.strip()
    decision.casting = decision.countersigned_at = decision.countersigned_by_id = None
    return decision


def forget_votes(session: WriteSession, item: AgendaItem) -> None:
    """The item has not been voted on: votes given on the screen are void and gone."""
    session.flush()
    session.execute(delete(Vote).where(Vote.item_id == item.id))
    item.voting_from = item.voting_to = None
    item.yes = item.no_ = item.abstained = 0


def drop(session: WriteSession, measure: Measure) -> None:
    """A withdrawn proposal leaves the meetings that are not closed yet, with its motion and the votes on it."""
    asked = select(Meeting).where(Meeting.status == "open", Meeting.call_id == measure.call_id)
    for meeting in session.scalars(asked.order_by(Meeting.id)).all():
        locked(session, meeting)
        of_it = [
            *session.scalars(select(Decision).filter_by(meeting_id=meeting.id, measure_id=measure.id)),
            *session.scalars(select(AgendaItem).filter_by(meeting_id=meeting.id, measure_id=measure.id)),
        ]
        for row in of_it:
            if isinstance(row, AgendaItem):
                forget_votes(session, row)
                meeting.current_id = None if meeting.current_id == row.id else meeting.current_id
            session.delete(row)
        meeting.version += bool(of_it)
    session.flush()


def sign(session: WriteSession, decision: Decision, *, by: Person, at: datetime) -> None:
    """A chair countersigns that a decision departs from the ranking, for the reason that stands there."""
    decision.countersigned_by_id, decision.countersigned_at = by.id, at
    record(session, "rating.countersign", decision, by=by, at=at, because=decision.deviation or decision.reasons)


def unclosed(session: WriteSession, meeting: Meeting, by: Person) -> None:
    """Locks the meeting for who types in or leads; raises Refused when it is closed."""
    types(by)
    locked(session, meeting)
    if meeting.status != "open":
        raise Refused(_("The meeting is closed; its minutes stand."))


def types(by: Person) -> None:
    """Raises NotAllowed unless `by` leads meetings or types them in."""
    if not may(by, Action.TYPE_MEETING):
        raise NotAllowed


def _about(session: ReadSession, measure: Measure, meeting: Meeting, typed: Typed) -> None:
    if typed.outcome not in OUTCOMES:
        raise Refused(_("Choose what was decided."), field="outcome")
    if typed.rule and typed.rule not in GROUNDS:
        raise Refused(_("Please choose one of the grounds given."), field="rule")
    if measure.call_id != meeting.call_id or measure.status != Status.RATED:
        raise Refused(_("Only measures of this call whose rating is closed are decided on."))
    if why := afterwards.why_not_now(session, measure):
        raise Refused(*why)
    if sitting.committees_deciding(session, [measure]).get(measure.id) != meeting.committee_id:
        raise Refused(_("Another committee decides on this measure."))
    if typed.outcome == "approve" and not typed.amount:
        raise Refused(_("Please write how much is given."), field="amount")


def _moved(decision: Decision | None) -> tuple[object, ...]:
    """What is voted on."""
    if decision is None:
        return ()
    return (decision.outcome, decision.amount, decision.conditions, decision.reasons, decision.rule)


def _counted(decision: Decision | None) -> tuple[int, int, int, str | None, list[int]]:
    if decision is None:
        return 0, 0, 0, None, []
    return decision.yes, decision.no, decision.abstained, decision.casting, decision.present
