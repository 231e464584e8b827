"""What this room reminds of: reports, refunds, and payments and reports that wait for somebody on the staff."""

from collections.abc import Iterable

from fundapp.disbursement.lifecycle import AUTHORISED, DUE, FINAL, INTERIM, OPEN, PREPARED, REPORT_DUTIES, SENT
from fundapp.disbursement.models import Payment, Report, Settlement
from fundapp.kit.database import ReadSession
from fundapp.kit.i18n import mark
from fundapp.measures.models import Measure
from fundapp.people import queries as people
from fundapp.people.models import Person
from fundapp.people.permissions import Role
from fundapp.reminders.duties import Duty, subject_id
from fundapp.reminders.models import Obligation

CHECK_REPORT, AUTHORISE, PAY, REFUND = (
    "disbursement.check_report",
    "disbursement.authorise",
    "disbursement.pay",
    "disbursement.refund",
)
CHECK_DAYS, SIGN_DAYS, REFUND_DAYS = 10, 3, 30
TITLES = {
    INTERIM: mark("Interim report"),
    FINAL: mark("Final report"),
    CHECK_REPORT: mark("Report to be checked"),
    AUTHORISE: mark("Payment to be authorised"),
    PAY: mark("Payment to be paid"),
    REFUND: mark("Money to be paid back"),
}
PAYABLE = ("contracted", "running", "terminated")


def _owner_or_officers(session: ReadSession, obligation: Obligation) -> Iterable[Person]:
    """The applicant, by mail or a short text; who has left is reached through the officer."""
    measure = session.get_one(Measure, obligation.case_id)
    owner = session.get(Person, measure.owner_id) if measure.owner_id else None
    return [owner] if owner and owner.active else people.officers_or_managers(session, measure.branch_id)


def _officers(session: ReadSession, obligation: Obligation) -> Iterable[Person]:
    return people.officers_or_managers(session, obligation.branch_id)


def _authorisers(session: ReadSession, obligation: Obligation) -> Iterable[Person]:
    payment = session.get_one(Payment, subject_id(obligation))
    return [person for person in people.with_role(session, Role.MANAGER) if person.id != payment.prepared_by_id]


def _payers(session: ReadSession, obligation: Obligation) -> Iterable[Person]:
    payment = session.get_one(Payment, subject_id(obligation))
    return [person for person in people.with_role(session, Role.FINANCE) if person.id != payment.authorised_by_id]


def _report_due(session: ReadSession, obligation: Obligation) -> bool:
    report = session.get(Report, subject_id(obligation))
    measure = session.get_one(Measure, obligation.case_id)
    return report is not None and report.status == DUE and measure.status in {*PAYABLE, "suspended"}


def _report_sent(session: ReadSession, obligation: Obligation) -> bool:
    report = session.get(Report, subject_id(obligation))
    return report is not None and report.status == SENT


def _prepared(session: ReadSession, obligation: Obligation) -> bool:
    return session.get_one(Payment, subject_id(obligation)).status == PREPARED


def _authorised(session: ReadSession, obligation: Obligation) -> bool:
    return session.get_one(Payment, subject_id(obligation)).status == AUTHORISED


def _refund_open(session: ReadSession, obligation: Obligation) -> bool:
    settlement = session.get(Settlement, subject_id(obligation))
    return settlement is not None and settlement.outcome == OPEN and settlement.balance < 0


REPORT_STAGES = (14, 0, -7, -21)
REPORT_URL, PAYMENT_URL = "/disbursement/reports/{id}", "/disbursement/payments/{id}"
DUTIES: tuple[Duty, ...] = (
    *(
        Duty(kind, REPORT_STAGES, _report_due, _owner_or_officers, "disbursement/report_due", REPORT_URL)
        for kind in REPORT_DUTIES.values()
    ),
    Duty(CHECK_REPORT, (0, -7), _report_sent, _officers, "disbursement/report_to_check", REPORT_URL),
    Duty(AUTHORISE, (0, -3), _prepared, _authorisers, "disbursement/payment_waits", PAYMENT_URL),
    Duty(PAY, (0, -3), _authorised, _payers, "disbursement/payment_waits", PAYMENT_URL),
    Duty(REFUND, (7, 0, -7, -30), _refund_open, _owner_or_officers, "disbursement/refund_due",
         "/disbursement/measures/{case}/settlement"),
)  # fmt: skip
