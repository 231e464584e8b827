"""What follows a meeting, for the part of its page below the decisions: what waits, objections, feedback, corrections."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from fundapp.documents.models import Document
from fundapp.history.service import subject_of
from fundapp.kit.database import ReadSession
from fundapp.measures.conflicts import conflict_of
from fundapp.measures.models import Measure
from fundapp.people.models import Person
from fundapp.people.permissions import Action, may
from fundapp.rating import afterwards, standing
from fundapp.rating.proceedings import Addendum, Clearance, Decision, Meeting


@dataclass(frozen=True)
class Waiting:
    """An approval that waits, and who was asked."""

    measure: Measure
    decision: Decision
    asked: tuple[Clearance, ...]

    @property
    def agreed(self) -> int:
        return sum(row.answer == "agreed" for row in self.asked)

    @property
    def due(self) -> date:
        return max(row.due for row in self.asked)


@dataclass(frozen=True)
class Objected:
    """An approval to which somebody objected."""

    measure: Measure
    by: Clearance


@dataclass(frozen=True)
class After:
    """`documents`: number of an addendum -> its Word document. What a conflict closes to the reader is left out."""

    waits: tuple[Waiting, ...]
    objected: tuple[Objected, ...]
    addenda: tuple[Addendum, ...]
    documents: dict[int, int]
    decided: int
    released: int
    asks: bool
    adds: bool
    releases: bool


def of_meeting(session: ReadSession, meeting: Meeting, by: Person) -> After:
    """A constant number of questions."""
    found = standing.decisions(session, meeting.id)
    asked = select(Measure).where(Measure.id.in_(tuple(found)), ~conflict_of(by.id))
    measures = {m.id: m for m in session.scalars(asked)}
    mine = [d for d in found.values() if d.measure_id in measures]
    clearances = afterwards.clearances(session, [d.id for d in mine])
    waits = [
        Waiting(measures[d.measure_id], d, tuple(c for c in clearances.get(d.id, ()) if c.withdrawn_at is None))
        for d in mine
        if d.waits
    ]
    objected = [
        Objected(measures[d.measure_id], c) for d in mine for c in clearances.get(d.id, ()) if c.answer == "objected"
    ]
    rows = afterwards.addenda(session, meeting.id)
    written = select(Document.id).where(Document.name == "addendum", Document.subject == subject_of(meeting))
    documents = list(session.scalars(written.order_by(Document.id))) if rows else []
    return After(
        tuple(waits), tuple(objected), tuple(rows), {row.no: id for row, id in zip(rows, documents, strict=False)}, len(mine),
        sum(d.feedback_at is not None for d in mine), may(by, Action.ASK_CLEARANCE), may(by, Action.ADD_TO_MINUTES),
        may(by, Action.RELEASE_FEEDBACK),
    )  # fmt: skip
