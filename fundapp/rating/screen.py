"""What is on the screen of a running meeting, for one person: the item, who sits around it, the motion and how far the vote is.

Single votes are told to nobody before the vote is closed, and of a secret one never.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from fundapp.funds.models import Call, Fund
from fundapp.kit.database import ReadSession
from fundapp.measures.conflicts import conflict_of
from fundapp.measures.models import Measure
from fundapp.people.models import Person
from fundapp.people.permissions import Role, holds
from fundapp.rating import agenda, queries, quorum, sitting
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
        members = members_of(session, meeting)
    voting = [seat for seat in members if seat.voting]
    out = closed_to(session, meeting, measure_id)
    seats = agenda.seats_on(voting, agenda.there(meeting, voting) if present is None else present, out)
    return Around(voting, out, seats, session.get_one(Committee, meeting.committee_id).smallest_quorum)


def closed_to(session: ReadSession, meeting: Meeting, measure_id: int) -> set[int]:
    """The members to whom a conflict closes the measure: what queries.conflicted says, in one question."""
    member, person = cast("Any", Member.person_id), cast("Any", Person)  # columns in place of values
    asked = select(Member.person_id).join(Person, Person.id == Member.person_id).join(Measure, Measure.id == measure_id)
    sits = (Member.committee_id == meeting.committee_id) & Member.left_at.is_(None)
    return set(session.scalars(asked.where(sits, or_(conflict_of(member), queries.own_hand(person)))))


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
    members = members_of(session, meeting)
    row = next((row for row in rows if row.item.id == (item_id or meeting.current_id)), None)
    seen = [row.item.id for row in rows if not row.closed] if meeting.written else [row.item.id] if row else []
    votes = agenda.votes(session, seen) if seen and not (row and row.closed) else {}
    if row is None or row.closed:
        return Screen(meeting, reader, tuple(rows), tuple(members), row, None, votes)
    table = around(session, meeting, row.item.measure_id, members=members)
    return Screen(meeting, reader, tuple(rows), tuple(members), row, table, votes)


def find_meeting(session: ReadSession, id: int, *, visible_to: Person) -> Meeting | None:
    """As standing.find_meeting, in one question with its committee, call and fund: asked every two seconds by everybody."""
    sits = Meeting.committee_id.in_(sitting.seats_of(visible_to.id)).label("sits")
    asked = (
        select(Meeting, sits, Committee, Call, Fund)
        .join(Committee, Committee.id == Meeting.committee_id)
        .join(Call, Call.id == Meeting.call_id)
        .join(Fund, Fund.id == Call.fund_id)
    )
    found = session.execute(asked.where(Meeting.id == id)).first()
    if found is None:
        return None
    session.info["meeting"] = tuple(found)  # else nobody holds them, and they are asked for again
    return found[0] if found[1] or holds(visible_to, Role.MANAGER, Role.AUDITOR) else None


def members_of(session: ReadSession, meeting: Meeting) -> list[Member]:
    """As sitting.members on the day of the meeting, without the roles of the persons."""
    asked = select(Member).where(
        Member.committee_id == meeting.committee_id, Member.left_at.is_(None),
        or_(Member.until.is_(None), Member.until >= meeting.held_on),
    )  # fmt: skip
    order = (Member.chair.desc(), Member.deputy.desc(), func.coalesce(Member.substitute, 0), Member.id)
    return list(session.scalars(asked.options(joinedload(Member.person).lazyload(Person.roles)).order_by(*order)))


def silent(session: ReadSession, meeting: Meeting) -> list[Person]:
    """Who may vote and has not answered every item of a meeting in writing yet."""
    found = agenda.items(session, meeting.id)
    given = agenda.votes(session, [item.id for item in found.values()])
    seats = agenda.seats_of(session, meeting, queries.loaded(session, found))
    missing = {
        person_id
        for id, item in found.items()
        if item.voting_to is None
        for person_id in quorum.voters(seats[id])
        if person_id not in {vote.person_id for vote in given[item.id]}
    }
    members = sitting.members(session, meeting.committee_id, voting=True, on=meeting.held_on)
    return [seat.person for seat in members if seat.person_id in missing]
