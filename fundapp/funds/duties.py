"""What head office owes to who asked about a call: an answer within two working days."""

from collections.abc import Iterable

from fundapp.funds.models import Inquiry
from fundapp.kit.database import ReadSession
from fundapp.kit.i18n import mark
from fundapp.people.models import Person
from fundapp.people.permissions import Role
from fundapp.people.queries import with_role
from fundapp.reminders.duties import Duty, subject_id
from fundapp.reminders.models import Obligation

INQUIRY = "funds.inquiry"
INQUIRY_TITLE = mark("Answer a public question")
INQUIRY_DAYS = 2


def _unanswered(session: ReadSession, obligation: Obligation) -> bool:
    row = session.get(Inquiry, subject_id(obligation))
    return row is not None and row.published_at is None and row.set_aside_at is None


def _managers(session: ReadSession, obligation: Obligation) -> Iterable[Person]:
    return with_role(session, Role.MANAGER)


DUTIES: tuple[Duty, ...] = (Duty(INQUIRY, (10, -1), _unanswered, _managers, "funds/inquiry", "/funds/inquiries/{id}"),)
