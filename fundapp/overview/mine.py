"""My measure: what an applicant on a telephone needs to know and can do, and nothing else. A constant number of questions."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import String, and_, case, cast, func, literal, select
from sqlalchemy.orm import joinedload, lazyload

from fundapp.disbursement.models import Payment, Receipt, Report
from fundapp.evaluation.models import Evaluation
from fundapp.grants.models import Contract, Instalment
from fundapp.kit import i18n
from fundapp.kit.database import ReadSession
from fundapp.kit.dates import show
from fundapp.kit.i18n import gettext as _
from fundapp.kit.i18n import ngettext
from fundapp.measures.lifecycle import Status
from fundapp.measures.models import Measure
from fundapp.measures.queries import owned_by
from fundapp.overview.owed import OF_APPLICANTS, OWED
from fundapp.overview.rows import OPEN, Name
from fundapp.people.models import Person, RoleHeld
from fundapp.people.permissions import Role
from fundapp.reminders.models import Notice, Obligation

S = Status
UNDER_WAY = (S.CONTRACTED, S.RUNNING, S.SUSPENDED, S.TERMINATED)
# What an applicant reads while nothing is theirs to do
WAITS = {
    S.CONTRACTED: lambda m: _("Your contract is signed. Your measure begins on %(day)s.", day=_day(m.starts_on)) if m.starts_on else _("Your contract is signed."),
    S.SUSPENDED: lambda m: _("Your measure is paused. Nothing is due while it is."),
    S.TERMINATED: lambda m: _("The contract was ended early. We settle it with you."),
}  # fmt: skip


@dataclass(frozen=True)
class Officer:
    """Whom to call."""

    name: str
    phone: str


@dataclass(frozen=True)
class Money:
    """Minor units: received, of the whole grant; receipts sent, accepted in full or in part."""

    received: int
    grant: int
    sent: int
    accepted: int


@dataclass(frozen=True)
class Next:
    """The one sentence, and the one button."""

    text: str
    late: bool
    label: str = ""
    url: str = ""


@dataclass(frozen=True)
class Mine:
    measure: Measure
    officer: Officer
    money: Money
    questions: list[Report]
    next: Next
    steps: list[dict[str, Any]]
    notices: list[Notice]


def under_way(session: ReadSession, person: Person) -> list[Measure]:
    """The person's measures that have a contract and are not settled, the newest first."""
    asked = select(Measure).where(owned_by(person), Measure.status.in_(UNDER_WAY))
    return list(session.scalars(asked.options(*WITH).order_by(Measure.id.desc()).limit(50)))


WITH = (joinedload(Measure.fund), joinedload(Measure.branch))


def find(session: ReadSession, id: int, *, visible_to: Person) -> Measure | None:
    """A measure of the person, or of an organisation they edit for."""
    asked = select(Measure).where(Measure.id == id, owned_by(visible_to))
    return session.scalars(asked.options(*WITH)).first()


def mine(session: ReadSession, measure: Measure, *, on: date) -> Mine:
    money, officer = _money(session, measure)
    asked = select(Report).where(Report.measure_id == measure.id).options(lazyload(Report.measure))
    reports = list(session.scalars(asked.order_by(Report.due, Report.id)))
    owed, notices = _owed(session, measure)
    return Mine(
        measure, officer, money, [r for r in reports if r.question and r.status == "due"],
        _next(measure, owed, reports, on), _steps(session, measure, reports, on), notices,
    )  # fmt: skip


def _money(session: ReadSession, measure: Measure) -> tuple[Money, Officer]:
    """Money, receipts and the officer of the branch, in one question."""
    paid = select(func.coalesce(func.sum(Payment.amount), 0)).where(
        Payment.measure_id == measure.id, Payment.status == "paid"
    )
    sent = select(func.count()).where(Receipt.measure_id == measure.id)
    accepted = sent.where(Receipt.accepted > 0)
    officer = and_(
        RoleHeld.person_id == Person.id, RoleHeld.role == Role.OFFICER, RoleHeld.branch_id == measure.branch_id,
        RoleHeld.ended_at.is_(None), RoleHeld.confirmed_at.is_not(None),
    )  # fmt: skip
    who = select(Person.id).join(RoleHeld, officer).where(Person.active).order_by(Person.id).limit(1).scalar_subquery()
    sums = select(
        paid.scalar_subquery().label("paid"),
        sent.scalar_subquery().label("sent"),
        accepted.scalar_subquery().label("accepted"),
    ).subquery()
    asked = select(sums, Person.given_name, Person.family_name, Person.phone).outerjoin(Person, Person.id == who)
    found = session.execute(asked).one()
    branch = measure.branch
    name = i18n.called(Name(found.given_name, found.family_name or "")) if found.given_name else ""
    phone = found.phone or (branch.phone if branch else "")
    money = Money(int(found.paid), measure.awarded or 0, found.sent, found.accepted)
    return money, Officer(name or (i18n.named(branch) if branch else ""), phone)


def _owed(session: ReadSession, measure: Measure) -> tuple[list[Obligation], list[Notice]]:
    """What is open of this measure: what the applicant owes, and what the branch owes the applicant an answer to."""
    subject = Obligation.subject == literal("reminders.notice:") + cast(Notice.id, String)
    asked = (
        select(Obligation, Notice)
        .outerjoin(Notice, and_(Notice.case_id == measure.id, subject))
        .where(Obligation.case_id == measure.id, OPEN)
        .where(Obligation.kind.in_((*OF_APPLICANTS, "reminders.changed", "reminders.call_back")))
        .order_by(case((Obligation.kind == "disbursement.refund", 1), else_=0), Obligation.due)
    )
    found = session.execute(asked).all()
    return [row[0] for row in found if row[0].kind in OF_APPLICANTS], [row[1] for row in found if row[1] is not None]


def _day(day: date) -> str:
    return show(day, i18n.LANGUAGE.get())


def when(due: date, on: date) -> str:
    """'30 June 2026 (in 12 days)'."""
    days = (due - on).days
    if days == 0:
        near = _("today")
    elif days > 0:
        near = ngettext("in %(num)d day", "in %(num)d days", days, num=days)
    else:
        near = ngettext("%(num)d day ago", "%(num)d days ago", -days, num=-days)
    return f"{_day(due)} ({near})"


def _next(measure: Measure, owed: list[Obligation], reports: list[Report], on: date) -> Next:
    due = next(iter(owed), None)
    if due is not None and measure.status != S.SUSPENDED:
        late = due.due < on
        url = OWED[due.kind].url.format(case=measure.id, id=due.subject.rpartition(":")[2])
        if due.kind.endswith("_report"):
            text = (
                _("Your report was due on %(when)s. Need help or time? Tell us.")
                if late
                else _("Your report is due on %(when)s.")
            )
            return Next(text % {"when": when(due.due, on)}, late, _("Write the report"), url)
        if due.kind == "disbursement.refund":
            return Next(
                _("Please pay back the rest by %(when)s.", when=when(due.due, on)),
                late,
                _("See how much, and where to"),
                url,
            )
        return Next(
            _("%(what)s by %(when)s.", what=_(OWED[due.kind].what), when=when(due.due, on)),
            late,
            _(OWED[due.kind].what),
            url,
        )
    if any(report.status == "sent" for report in reports):
        return Next(_("We have your report and are reading it. Nothing is left for you to do now."), False)
    wait = WAITS.get(S(measure.status))
    return Next(wait(measure) if wait else _("Nothing is due now. Keep the receipts as they come."), False)


def _steps(session: ReadSession, measure: Measure, reports: list[Report], on: date) -> list[dict[str, Any]]:
    """The course of the measure as dots with dates: contract, money, reports, visits; what is done first."""
    rows = session.execute(
        select(Instalment, Payment.paid_on, Contract.signed_on)
        .join(Contract, and_(Contract.id == Instalment.contract_id, Contract.status == "signed"))
        .outerjoin(Payment, and_(Payment.instalment_id == Instalment.id, Payment.status == "paid"))
        .where(Contract.measure_id == measure.id)
        .order_by(Instalment.no)
    ).all()
    visits = list(
        session.scalars(select(Evaluation).where(Evaluation.measure_id == measure.id).order_by(Evaluation.point))
    )
    coming = next((visit for visit in visits if visit.done_at is None), None)
    found: list[tuple[date, bool, str]] = []
    if rows and rows[0].signed_on:
        found.append((rows[0].signed_on, True, _("Contract signed")))
    for report in reports:
        label = _("Interim report") if report.kind == "interim" else _("Final report")
        sent = report.sent_at is not None and report.status != "due"
        found.append((report.sent_at.date() if sent and report.sent_at else report.due, sent, label))
    last = max((report.due for report in reports if report.kind == "final"), default=on)
    for instalment, paid_on, _signed in rows:
        planned = paid_on or instalment.planned_on or measure.ends_on or on
        if paid_on is None and instalment is rows[-1][0]:
            planned = max(planned, last)  # the rest follows the final report
        found.append((planned, paid_on is not None, _("Money %(no)s of %(all)s", no=instalment.no, all=len(rows))))
    for visit in [v for v in visits if v.done_at is not None or v is coming]:
        label = (
            _("Visit at the end")
            if visit.point == 0
            else ngettext("Visit after %(num)d month", "Visit after %(num)d months", visit.point, num=visit.point)
        )
        found.append((visit.visited_on or visit.due, visit.done_at is not None, label))
    found.sort(key=lambda step: (not step[1], step[0]))  # on one day: report, money, visit
    first = next((n for n, step in enumerate(found) if not step[1]), None)
    return [
        {
            "label": label,
            "date": show(day, i18n.LANGUAGE.get(), short=True),
            "state": "done" if done else "now" if n == first else "ahead",
        }
        for n, (day, done, label) in enumerate(found)
    ]


def several(session: ReadSession, running: list[Measure], *, on: date) -> list[tuple[Measure, Next]]:
    """For each measure its one sentence, in one question for all."""
    owed: dict[int, list[Obligation]] = {}
    asked = select(Obligation).where(
        Obligation.case_id.in_([m.id for m in running]), OPEN, Obligation.kind.in_(OF_APPLICANTS)
    )
    for row in session.scalars(asked.order_by(Obligation.due)):
        owed.setdefault(row.case_id or 0, []).append(row)
    return [(measure, _next(measure, owed.get(measure.id, []), [], on)) for measure in running]
