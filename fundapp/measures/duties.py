"""What is owed in this room: the officer's check, the applicant's answer to a proposal that was sent back,
and the plan fitted to an award."""

from collections.abc import Iterable

from sqlalchemy import select

from fundapp.kit.database import ReadSession
from fundapp.kit.i18n import mark
from fundapp.measures.checkers import checkers as checkers_of
from fundapp.measures.codes import CONSENTS, PUBLICATION
from fundapp.measures.lifecycle import Status
from fundapp.measures.models import Correction, Measure
from fundapp.people.models import Person
from fundapp.people.queries import officers_or_managers
from fundapp.reminders.duties import Duty
from fundapp.reminders.models import Obligation

CHECK_TITLE, ANSWER_TITLE = (
    mark("Eligibility check"),
    mark("What is missing"),
)  # the proposal's own title follows, after a colon
EXPIRE_TITLE = mark("Confirm that it has expired")
CONSENT_TITLE = mark("Answer a consent that was withdrawn")


def is_submitted(session: ReadSession, obligation: Obligation) -> bool:
    return _status(session, obligation) == Status.SUBMITTED


def is_returned(session: ReadSession, obligation: Obligation) -> bool:
    return _status(session, obligation) == Status.RETURNED


def is_to_fit(session: ReadSession, obligation: Obligation) -> bool:
    measure = session.get(Measure, obligation.case_id)
    return measure is not None and measure.status == Status.APPROVED and measure.plan_fitted_at is None


def checkers(session: ReadSession, obligation: Obligation) -> Iterable[Person]:
    """The officers of the branch without those who typed or wrote it, else the partner branch, else head office."""
    return checkers_of(session, session.get_one(Measure, obligation.case_id))


def applicant(session: ReadSession, obligation: Obligation) -> Iterable[Person]:
    measure = session.get_one(Measure, obligation.case_id)
    owner = session.get(Person, measure.owner_id) if measure.owner_id else None
    return [owner] if owner else []


def is_over(session: ReadSession, obligation: Obligation) -> bool:
    """A draft or a returned proposal whose time has run out, until somebody confirms it."""
    return _status(session, obligation) in (Status.DRAFT, Status.RETURNED)


def is_open_objection(session: ReadSession, obligation: Obligation) -> bool:
    open_ = Correction.objected_at.is_not(None) & Correction.answered_at.is_(None)
    return (
        session.scalar(select(Correction.id).where(Correction.measure_id == obligation.case_id, open_).limit(1))
        is not None
    )


def waiting_consents(measure: Measure) -> list[str]:
    """What was withdrawn and waits for an answer; publication ends by itself."""
    gone = measure.consents_withdrawn
    return [code for code in CONSENTS if code != PUBLICATION and code in gone and f"{code}_answered" not in gone]


def is_consent_open(session: ReadSession, obligation: Obligation) -> bool:
    measure = session.get(Measure, obligation.case_id)
    return measure is not None and bool(waiting_consents(measure))


def managers(session: ReadSession, obligation: Obligation) -> Iterable[Person]:
    return officers_or_managers(session, None)


def branch(session: ReadSession, obligation: Obligation) -> Iterable[Person]:
    return officers_or_managers(session, obligation.branch_id)


def _status(session: ReadSession, obligation: Obligation) -> str | None:
    measure = session.get(Measure, obligation.case_id)
    return measure.status if measure else None


DUTIES: tuple[Duty, ...] = (
    Duty("measures.check", (3, 0, -3), is_submitted, checkers, "measures/check_due", "/measures/{case}/check"),
    Duty("measures.answer", (7, 2), is_returned, applicant, "measures/answer_due", "/measures/{case}/review"),
    Duty("measures.fit", (7, 2, -1), is_to_fit, applicant, "measures/fit_due", "/measures/{case}/fit"),
    Duty(
        "measures.objection",
        (7, 0, -7),
        is_open_objection,
        managers,
        "measures/objection_due",
        "/measures/{case}/office",
    ),
    Duty(
        "measures.consent",
        (14, 3, -3),
        is_consent_open,
        managers,
        "measures/consent_due",
        "/measures/{case}/after#consents",
    ),
    Duty("measures.expire", (0, -7), is_over, branch, "measures/expire_due", "/cases/{case}"),
)
