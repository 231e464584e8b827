"""Reports of the grantee: opened by the signed contract, written and sent by the grantee, accepted or asked back by the staff."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from fundapp.disbursement import duties, queries
from fundapp.disbursement.announcing import tell
from fundapp.disbursement.lifecycle import ACCEPT_REPORT, ASK_BACK, DUE, FINAL, INTERIM, REPORT_DUTIES, SEND_REPORT
from fundapp.disbursement.models import Report
from fundapp.grants import queries as grants
from fundapp.grants.models import Contract
from fundapp.grants.plan import final_report_due
from fundapp.kit import i18n
from fundapp.kit.database import ReadSession, WriteSession, locked
from fundapp.kit.errors import NotAllowed, Refused, Stale
from fundapp.kit.i18n import gettext as _
from fundapp.lifecycle.service import take
from fundapp.measures.models import Measure
from fundapp.people.deputies import one_hand
from fundapp.people.models import Person
from fundapp.people.permissions import Action, may
from fundapp.reminders.service import done, owe

ANSWER_DAYS = 14  # to answer a question about a report
FIELDS = ("done", "results", "problems", "lessons")


def open_reports(session: WriteSession, contract: Contract, *, at: datetime) -> list[Report]:
    """The reports a signed contract asks for, with their dates: an interim one for each instalment that needs it, and the final one.

    Can be called at any time: what is there stays, what is due gets its obligation (back). After an early end only the
    final report is due, counted from that day.
    """
    locked(session, contract)
    measure = session.get_one(Measure, contract.measure_id)
    wanted: list[tuple[str, int, date]] = []
    if contract.terminated_on is None:
        for part in grants.instalments(session, contract.id):
            if part.needs_report == INTERIM:
                wanted.append((INTERIM, part.no - 1, part.planned_on or contract.ends_on))
    wanted.append((FINAL, 1, final_report_due(grants.funding_end(session, contract))))
    there = {(report.kind, report.no): report for report in queries.reports(session, measure.id)}
    made = []
    for kind, no, due in wanted:
        report = there.get((kind, no))
        if report is None:
            report = Report(measure_id=measure.id, kind=kind, no=no, due=due, status=DUE, measure=measure)
            session.add(report)
            session.flush()
        if report.status == DUE:
            report.due = owe(session, REPORT_DUTIES[kind], report, due=due, title=duties.TITLES[kind], at=at).due
        made.append(report)
    return made


def ensure_reports(session: WriteSession, measure: Measure, *, at: datetime) -> None:
    """Opens the reports of one measure when the heartbeat has not come by yet."""
    if not queries.reports(session, measure.id) and (contract := grants.signed_contract(session, measure.id)):
        open_reports(session, contract, at=at)


def save(
    session: WriteSession,
    report: Report,
    words: dict[str, str],
    *,
    version: int,
    by: Person,
    at: datetime,
    figures: Mapping[str, Any] | None = None,
) -> None:
    """Keeps a report that is being written. Raises Stale when somebody else saved first.

    `figures` come with the final report where it answers the evaluation at the end: {"effective": …, "counts": {code:
    [value, of them women]}}, in thousandths, as the grantee says.
    """
    if not may(by, Action.SEND_REPORT, report):
        raise NotAllowed
    if report.status != DUE:
        raise Refused(_("The report has been sent; it cannot be changed any more."))
    if report.version != version:
        theirs = {name: getattr(report, name) for name in FIELDS if getattr(report, name) != words.get(name, "")}
        raise Stale(theirs)
    for name in FIELDS:
        setattr(report, name, words.get(name, "").strip())
    if figures is not None:
        report.figures = dict(figures)
    report.version += 1


def send(session: WriteSession, report: Report, *, by: Person, at: datetime) -> None:
    """Sends the report: what was done and what came of it must be said."""
    missing = [
        words
        for name, words in (("done", _("what was done")), ("results", _("what came of it")))
        if not getattr(report, name)
    ]
    reasons = [_("Still missing: %(missing)s.", missing=i18n.listed(missing))] if missing else []
    if reasons and may(by, Action.SEND_REPORT, report):
        raise Refused(*reasons, field="done" if not report.done else "results")
    done(session, REPORT_DUTIES[report.kind], report, at=at)
    due = at.date() + timedelta(days=duties.CHECK_DAYS)
    owe(session, duties.CHECK_REPORT, report, due=due, title=duties.TITLES[duties.CHECK_REPORT], at=at)
    report.sent_at, report.sent_by_id, report.question = at, by.id, ""
    take(session, report, SEND_REPORT, by=by, at=at, kind=report.kind, no=report.no)


def why_not_judge(session: ReadSession, report: Report, by: Person) -> list[str]:
    """Reasons against accepting a report or asking back: who sent it does not judge it."""
    if report.sent_by_id == by.id:
        return [_("You sent this report yourself; somebody else reads it.")]
    return one_hand(session, by, Action.ACCEPT_REPORT, report, report.sent_by_id, "disbursement.send_report")


def ask_back(session: WriteSession, report: Report, *, because: str, by: Person, at: datetime) -> None:
    """Asks for more: the report can be changed again and is due two weeks on, or on its own day if that is later."""
    measure = session.get_one(Measure, report.measure_id)
    unless = why_not_judge(session, report, by)
    take(session, report, ASK_BACK, by=by, at=at, unless=unless, because=because, kind=report.kind, no=report.no)
    done(session, duties.CHECK_REPORT, report, at=at)
    due = max(report.due, grants.today_of(session, measure, at) + timedelta(days=ANSWER_DAYS))
    report.question = because.strip()
    report.due = owe(session, REPORT_DUTIES[report.kind], report, due=due, title=duties.TITLES[report.kind], at=at).due
    key = f"disbursement.asked:{report.id}:{at.isoformat()}"
    tell(session, measure, "disbursement/report_question", key, at, report=report)


def accept(session: WriteSession, report: Report, *, by: Person, at: datetime) -> None:
    """The report is accepted; what waited for it may go on."""
    unless = why_not_judge(session, report, by)
    report.accepted_at, report.accepted_by_id = (None, None) if unless else (at, by.id)
    take(session, report, ACCEPT_REPORT, by=by, at=at, unless=unless, kind=report.kind, no=report.no)
    done(session, duties.CHECK_REPORT, report, at=at)
    measure = session.get_one(Measure, report.measure_id)
    key = f"disbursement.accepted:{report.id}:{at.isoformat()}"
    tell(session, measure, "disbursement/report_accepted", key, at, report=report)
