"""What this room reminds of: an approved measure whose contract is not signed, and a pause that has to be looked at."""

from collections.abc import Iterable

from fundapp.grants import queries
from fundapp.kit.database import ReadSession
from fundapp.kit.i18n import mark
from fundapp.measures.lifecycle import Status
from fundapp.measures.models import Measure
from fundapp.people import queries as people
from fundapp.people.models import Person
from fundapp.people.permissions import Role
from fundapp.reminders.duties import Duty
from fundapp.reminders.models import Obligation

SIGNATURE, SIGNATURE_TITLE = queries.SIGNATURE, mark("Contract to be signed")
REPORTS = ("disbursement.interim_report", "disbursement.final_report")  # kinds whose Duty stands in the room above
REPORTS_JOB = "reports"  # opens the reports that a contract asks for and gives them their dates; in the room above
REVIEW, REVIEW_TITLE = "grants.review", mark("Pause to be looked at")


def _measure(session: ReadSession, obligation: Obligation) -> Measure:
    return session.get_one(Measure, obligation.case_id)


def _still_approved(session: ReadSession, obligation: Obligation) -> bool:
    return _measure(session, obligation).status == Status.APPROVED


def _still_paused(session: ReadSession, obligation: Obligation) -> bool:
    return _measure(session, obligation).status == Status.SUSPENDED


def _managers(session: ReadSession, obligation: Obligation) -> Iterable[Person]:
    return people.with_role(session, Role.MANAGER)


DUTIES: tuple[Duty, ...] = (
    Duty(SIGNATURE, (30, 14, 0), _still_approved, _managers, "grants/signature_due", "/grants/measures/{case}"),
    Duty(REVIEW, (7, 0), _still_paused, _managers, "grants/review_due", "/grants/measures/{case}"),
)
