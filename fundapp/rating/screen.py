"""What is on the screen of a running meeting, for one person: the item, who sits around it, the motion and how far the vote is.

Single votes are told to nobody before the vote is closed, and of a secret one never.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from fundapp.kit.database import ReadSession
from fundapp.measures.models import Measure
from fundapp.people.models import Person
from fundapp.people.permissions import Role, holds
from fundapp.rating import agenda, queries, quorum
from fundapp.rating.models import Committee, Member
from fundapp.rating.proceedings import AgendaItem, Decision, Meeting, Vote


@dataclass(frozen=True)
class Around:
    """Who sits around the table at an item."""

    members: Sequence[Member]
    conflicted: set[int]
    seats: tuple[quorum.Seat, ...]
    smallest: int

    @property
    def there(self) -> int:
        return quorum.present(self.seats)

    @property
    def needed(self) -> int:
        return quorum.needed(self.seats, self.smallest)

    @property
    def entitled(self) -> set[int]:
        return set(quorum.voters(self.seats))

    @property
    def left_room(self) -> list[int]:
        return [seat.person_id for seat in self.seats if seat.present and seat.conflict]


def around(
    session: ReadSession, meeting: Meeting, measure_id: int, present: Sequence[int] | None = None, *,
    members: Sequence[Member] | None = None,
) -> Around:  # fmt: skip
    """`present`: who answered in writing, in place of who is ticked as there; `members`: all of the committee, where known."""
    if members is None:
        members = queries.members(session, meeting.committee_id)
    voting = [seat for seat in members if seat.voting]
    measure = session.get_one(Measure, measure_id)
    out = queries.conflicted(session, [measure], voting)[measure.id]
    seats = agenda.seats_on(voting, agenda.there(meeting, voting) if present is None else present, out)
    return Around(voting, out, seats, session.get_one(Committee, meeting.committee_id).smallest_quorum)


@dataclass(frozen=True)
class Screen:
    """`rows`: the agenda as the reader may see it; `row` the item on the screen. `table` is None where that is closed to the reader."""

    meeting: Meeting
    reader: Person
    rows: tuple[agenda.Row, ...]
    members: tuple[Member, ...]
    row: agenda.Row | None = None
    table: Around | None = None
    votes: dict[int, list[Vote]] = field(default_factory=dict)

    @property
    def seat(self) -> Member | None:
        """The reader's own."""
        return next((seat for seat in self.members if seat.person_id == self.reader.id), None)

    @property
    def here(self) -> bool:
        return self.reader.id in self.meeting.present

    @property
    def voting(self) -> bool:
        return self.row is not None and self.row.state == "voting"

    @property
    def may_vote(self) -> bool:
        return self.voting and self.table is not None and self.reader.id in self.table.entitled

    @property
    def leads(self) -> bool:
        """The reader leads the item on the screen."""
        if self.row is None or self.row.decision is None or self.table is None:
            return False
        present = self.row.decision.present or self.meeting.present
        return agenda.leader(self.table.members, present, self.table.conflicted) == self.reader.id

    @property
    def tied(self) -> bool:
        """The vote is closed with a tie that nobody has broken yet."""
        if self.row is None or self.row.decision is None or self.row.item.voting_to is None:
            return False
        decision: Decision = self.row.decision
        return decision.yes == decision.no and decision.casting is None

    def given(self, item: AgendaItem) -> int:
        """How many have voted on the item."""
        return len(self.votes.get(item.id, ()))

    def mine(self, item: AgendaItem) -> Vote | None:
        return next((vote for vote in self.votes.get(item.id, ()) if vote.person_id == self.reader.id), None)

    def who_voted(self, item: AgendaItem) -> list[tuple[int, str]]:
        """(person id, choice) once an open vote is closed; else nothing."""
        if self.meeting.secret or item.voting_to is None:
            return []
        return [(vote.person_id, vote.choice or "") for vote in self.votes.get(item.id, ())]


def of_meeting(session: ReadSession, meeting: Meeting, reader: Person, item_id: int | None = None) -> Screen:
    """The screen of the reader at the item that is called up, or at `item_id`; in a constant number of questions."""
    rows = agenda.rows(session, meeting, reader)
    members = queries.members(session, meeting.committee_id)
    row = next((row for row in rows if row.item.id == (item_id or meeting.current_id)), None)
    seen = [row.item.id for row in rows if not row.closed] if meeting.written else [row.item.id] if row else []
    votes = agenda.votes(session, seen) if seen and not (row and row.closed) else {}
    if row is None or row.closed:
        return Screen(meeting, reader, tuple(rows), tuple(members), row, None, votes)
    table = around(session, meeting, row.item.measure_id, members=members)
    return Screen(meeting, reader, tuple(rows), tuple(members), row, table, votes)


def find_meeting(session: ReadSession, id: int, *, visible_to: Person) -> Meeting | None:
    """As standing.find_meeting, in one question with its committee: asked every two seconds by everybody."""
    sits = Meeting.committee_id.in_(queries.seats_of(visible_to.id)).label("sits")
    found = session.execute(
        select(Meeting, Committee, sits).join(Committee, Committee.id == Meeting.committee_id).where(Meeting.id == id)
    ).first()
    if found is None:
        return None
    session.info.setdefault("kept", []).append(found[1])  # else nobody holds it, and it is asked for again
    return found[0] if found[2] or holds(visible_to, Role.MANAGER, Role.AUDITOR) else None
