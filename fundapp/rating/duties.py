"""What the rating owes: a member's sheet, an applicant's answers, the end of a reserve list, a no-objection, the answer to a complaint."""

from collections.abc import Iterable

from sqlalchemy import select

from fundapp.kit.database import ReadSession
from fundapp.measures.lifecycle import Status
from fundapp.measures.models import Measure
from fundapp.people.models import Person
from fundapp.people.permissions import Role
from fundapp.people.queries import with_role
from fundapp.rating import afterwards, screen
from fundapp.rating.models import Sheet
from fundapp.rating.proceedings import Meeting
from fundapp.reminders.duties import Duty, subject_id
from fundapp.reminders.models import Obligation


def _sheet_open(session: ReadSession, obligation: Obligation) -> bool:
    found = session.execute(
        select(Sheet.status, Measure.status)
        .join(Measure, Measure.id == Sheet.measure_id)
        .where(Sheet.id == subject_id(obligation))
    ).first()
    return found is not None and found[0] in ("open", "locked") and found[1] == Status.IN_RATING


def _rater(session: ReadSession, obligation: Obligation) -> Iterable[Person]:
    sheet = session.get(Sheet, subject_id(obligation))
    person = session.get(Person, sheet.person_id) if sheet else None
    return [person] if person else []


def _in(status: Status, session: ReadSession, obligation: Obligation) -> bool:
    measure = session.get(Measure, subject_id(obligation))
    return measure is not None and measure.status == status


def _deferred(session: ReadSession, obligation: Obligation) -> bool:
    return _in(Status.DEFERRED, session, obligation)


def _reserved(session: ReadSession, obligation: Obligation) -> bool:
    return _in(Status.RESERVED, session, obligation)


def _applicant(session: ReadSession, obligation: Obligation) -> Iterable[Person]:
    measure = session.get(Measure, subject_id(obligation))
    owner = session.get(Person, measure.owner_id) if measure and measure.owner_id else None
    return [owner] if owner else []


def _managers(session: ReadSession, obligation: Obligation) -> Iterable[Person]:
    return with_role(session, Role.MANAGER)


def _waits(session: ReadSession, obligation: Obligation) -> bool:
    return afterwards.waiting(session, subject_id(obligation)) is not None


def _complained(session: ReadSession, obligation: Obligation) -> bool:
    return afterwards.open_complaint(session, subject_id(obligation)) is not None


def _outside(session: ReadSession, obligation: Obligation) -> Iterable[Person]:
    """Managers who may answer; all of them where none may, so that somebody asks for help."""
    measure = session.get_one(Measure, subject_id(obligation))
    managers = with_role(session, Role.MANAGER)
    return [m for m in managers if measure.call_id not in afterwards.calls_decided_by(session, m.id)] or managers


def _asked(session: ReadSession, obligation: Obligation) -> bool:
    meeting = session.get(Meeting, subject_id(obligation))
    return meeting is not None and meeting.status == "open" and bool(screen.silent(session, meeting))


def _silent(session: ReadSession, obligation: Obligation) -> Iterable[Person]:
    meeting = session.get(Meeting, subject_id(obligation))
    return screen.silent(session, meeting) if meeting else []


DUTIES: tuple[Duty, ...] = (
    Duty("rating.written", (1, -1), _asked, _silent, "rating/answer_in_writing", "/rating/meetings/{id}/live"),
    Duty("rating.sheet", (3, -1), _sheet_open, _rater, "rating/sheet_due", "/rating/sheets/{id}"),
    Duty("rating.answer", (3, -1), _deferred, _applicant, "rating/answer_due", "/rating/measures/{id}/answer"),
    Duty("rating.reserve", (14, -1), _reserved, _managers, "rating/list_ends", "/cases/{id}"),
    Duty("rating.clearance", (0, -1, -7), _waits, _managers, "rating/clearance_due", "/rating/measures/{id}/clearance"),
    Duty(
        "rating.complaint",
        (14, 3, -1),
        _complained,
        _outside,
        "rating/complaint_due",
        "/rating/measures/{id}/complaints",
    ),
)
