"""How far a round is, for its page: counts only, and only for the chair and managers. Who scored what stays hidden until the close."""

from dataclasses import dataclass

from fundapp.funds.models import Call
from fundapp.kit.database import ReadSession
from fundapp.measures.lifecycle import Status
from fundapp.measures.models import Measure
from fundapp.people.models import Person
from fundapp.people.permissions import Role, holds
from fundapp.rating import blind, queries, standing
from fundapp.rating.models import Scheme, Sheet

STATUSES = (*queries.TO_DECLARE, *queries.CLOSED)


@dataclass(frozen=True)
class Row:
    """A measure of the round. `title`, `organisation` and `measure` are empty while a blind rating hides them from this person."""

    no: int | None
    status: str
    title: str
    organisation: str
    measure: Measure | None
    declared: int
    seats: int
    signed: int
    raters: int
    score: int | None


@dataclass(frozen=True)
class Progress:
    """`counts`: whether this person may see how many have declared and signed."""

    rows: tuple[Row, ...]
    counts: bool
    hidden: int
    scheme: Scheme | None

    @property
    def why_not_open(self) -> list[str]:
        """Reasons against opening all that wait, from the counts."""
        least = self.scheme.smallest_sheets if self.scheme else 0
        short = {row.raters for row in self.of(Status.ELIGIBLE) if row.raters < least}
        return [f"{n} members without a known conflict can rate it, {least} are needed." for n in sorted(short)]

    @property
    def why_not_close(self) -> list[str]:
        """Reasons against closing the round, by proposal."""
        least = self.scheme.smallest_sheets if self.scheme else 0
        return [
            f"Proposal {row.no or '–'}: {row.signed} of {least} sheets needed are signed."
            for row in self.of(Status.IN_RATING)
            if row.signed < least
        ]

    def of(self, *statuses: str) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.status in statuses)


def of_round(session: ReadSession, call: Call, person: Person) -> Progress:
    """The round of a call as this person may see it, in a constant number of questions."""
    scheme = queries.scheme_of(session, call.id)
    hidden = queries.hidden_count(session, call.id, STATUSES, person)
    if scheme is None:
        return Progress((), False, hidden, None)
    seats = queries.members(session, scheme.committee_id, voting=True)
    sits = scheme.committee_id in queries.committees_of(session, person.id)
    chairs = any(seat.chair and seat.person_id == person.id for seat in seats)
    counts = holds(person, Role.MANAGER) or chairs
    measures = queries.of_call(session, call.id, STATUSES, visible_to=person)
    numbers = queries.numbers(session, call.id)
    open_ = [m for m in measures if m.status in queries.TO_DECLARE]
    said = queries.declared(session, [m.id for m in open_], [seat.person_id for seat in seats]) if counts else {}
    out = queries.conflicted(session, open_, seats) if counts else {}
    closed = standing.rounds(session, [m.id for m in open_])
    signed: dict[int, list[Sheet]] = (
        standing.signed(session, {m.id: closed.get(m.id, 0) + 1 for m in open_}) if counts else {}
    )
    named = blind.names(session, measures)
    rows = []
    for measure in measures:
        names = named[measure.id]
        veiled = call.blind and sits and measure.status == Status.IN_RATING
        partly = call.blind and sits and measure.status == Status.ELIGIBLE
        rows.append(
            Row(
                no=numbers.get(measure.id),
                status=measure.status,
                title="" if veiled or partly else measure.title,
                organisation="" if veiled else names.organisation,
                measure=None if veiled else measure,
                declared=sum((measure.id, seat.person_id) in said for seat in seats),
                seats=len(seats),
                signed=len(signed.get(measure.id, ())),
                raters=len(seats) - len(out.get(measure.id, ())),
                score=measure.score if measure.status in queries.CLOSED else None,
            )
        )
    return Progress(tuple(sorted(rows, key=lambda row: _place(row))), counts, hidden, scheme)


def _place(row: Row) -> tuple[int, str, int]:
    """Waiting ones by name, those in rating by their drawn number, so that neither order tells of the other; then by score."""
    if row.status == Status.ELIGIBLE:
        return (0, row.organisation, 0)
    if row.status == Status.IN_RATING:
        return (1, "", row.no or 0)
    return (2, "", -(row.score or 0))
