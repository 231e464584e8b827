"""Who may read a document: the rooms below issue them, but only here all that they speak of is known."""

from sqlalchemy import exists, select

from fundapp.documents.models import Document
from fundapp.kit.database import ReadSession
from fundapp.measures import queries as measures
from fundapp.measures.conflicts import conflict_of
from fundapp.people.models import Person
from fundapp.people.permissions import Action, may
from fundapp.rating.proceedings import Decision
from fundapp.rating.standing import find_meeting


def reads(session: ReadSession, person: Person, document: Document) -> bool:
    """A document of a case: who reads the case. Minutes and what was added to them: who sees scores, may see the meeting,
    and has no conflict on anything decided in it.

    Others, such as the portfolio report: who reads results.
    """
    if document.case_id is not None:
        return measures.find(session, document.case_id, visible_to=person) is not None
    if document.name not in ("minutes", "addendum"):
        return may(person, Action.READ_RESULTS)
    meeting_id = int(document.subject.rpartition(":")[2])
    conflict = exists().where(
        Decision.meeting_id == meeting_id,
        conflict_of(person.id, measure=Decision.measure_id),
    )
    of_theirs = find_meeting(session, meeting_id, visible_to=person) is not None
    return of_theirs and may(person, Action.SEE_SCORES) and not session.scalar(select(conflict))
