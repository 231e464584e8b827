"""The case file: everything about one measure on one page, in a constant number of questions."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from fundapp.disbursement.models import Payment, Receipt, Report, Settlement
from fundapp.documents import queries as documents
from fundapp.documents.models import Document
from fundapp.evaluation.models import Evaluation, Value
from fundapp.evaluation.queries import code_of
from fundapp.grants.models import Contract, Instalment
from fundapp.history import queries as history
from fundapp.kit.database import ReadSession
from fundapp.kit.i18n import gettext as _
from fundapp.kit.i18n import mark
from fundapp.measures.eligibility import CHECKS
from fundapp.measures.lifecycle import BY_NAME, ENDED, Status
from fundapp.measures.models import BudgetLine, Check, Indicator, Measure, Partner, Party, TargetGroup
from fundapp.overview.owed import BY_HAND, OF_APPLICANTS
from fundapp.overview.rows import Row, rows
from fundapp.overview.telling import signed
from fundapp.overview.telling import told as wording
from fundapp.people import queries as people
from fundapp.people.models import Person
from fundapp.people.permissions import Action, Role, holds, may, own
from fundapp.rating import afterwards, standing
from fundapp.rating.models import Result, Scheme, Sheet
from fundapp.rating.proceedings import Complaint, Decision, Meeting
from fundapp.reminders.models import Obligation

S = Status
# The line of a measure's life: (label, the steps that lead there, the statuses in which it stands there)
LINE: tuple[tuple[str, tuple[str, ...], tuple[Status, ...]], ...] = (
    (mark("Draft"), (), (S.DRAFT, S.RETURNED)),
    (mark("Submitted"), ("submit", "admit_late"), (S.SUBMITTED,)),
    (mark("Eligible"), ("accept", "uphold_eligibility"), (S.ELIGIBLE, S.IN_RATING)),
    (mark("Rated"), ("close_rating",), (S.RATED, S.DEFERRED, S.RESERVED)),
    (mark("Approved"), ("approve", "promote"), (S.APPROVED,)),
    (mark("Contracted"), ("sign",), (S.CONTRACTED,)),
    (mark("Running"), ("start", "resume"), (S.RUNNING, S.SUSPENDED)),
    (mark("Settled"), ("settle",), (S.SETTLED,)),
    (mark("Closed"), ("close", "take_over"), (S.CLOSED,)),
)


@dataclass(frozen=True)
class Money:
    """Sums in minor units: awarded, paid out, proven by accepted receipts, receipts still to check."""

    awarded: int
    paid: int
    proven: int
    unchecked: int

    @property
    def left(self) -> int:
        return max(self.awarded - self.paid, 0)


@dataclass(frozen=True)
class Case:
    """What the page shows; parts a person may not see are empty."""

    measure: Measure
    parties: list[Party]
    partners: list[Partner]
    groups: list[TargetGroup]
    indicators: list[tuple[Indicator, int | None]]
    lines: list[BudgetLine]
    checks: list[tuple[str, bool, Check]]
    results: list[Result]
    totals: list[int]
    threshold: int | None
    decision: tuple[Decision, Meeting] | None
    complaints: list[Complaint]
    complain_until: date | None
    contract: Contract | None
    instalments: list[tuple[Instalment, Payment | None]]
    money: Money
    reports: list[Report]
    settlement: Settlement | None
    evaluations: list[Evaluation]
    documents: list[Document]
    open: list[Row]
    life: list[dict[str, Any]]
    told: list[dict[str, Any]]
    sees_scores: bool


def case(session: ReadSession, measure: Measure, person: Person, *, at: datetime, on: date) -> Case:
    """The whole case file of a measure that the person may read."""
    this = select(Measure.id).where(Measure.id == measure.id)
    sees = may(person, Action.SEE_SCORES, measure)
    contract = session.scalars(
        select(Contract).where(Contract.measure_id == measure.id, Contract.status != "void")
    ).first()
    entries = history.of_case(session, measure.id)
    return Case(
        measure=measure,
        parties=_all(session, Party, measure),
        partners=_all(session, Partner, measure),
        groups=_all(session, TargetGroup, measure),
        indicators=_indicators(session, measure),
        lines=list(session.scalars(select(BudgetLine).where(BudgetLine.measure_id.in_(this)).order_by(BudgetLine.no))),
        checks=[] if own(person, measure, reading=True) else _checks(session, measure),
        results=_all(session, Result, measure) if sees else [],
        totals=_totals(session, measure) if sees else [],
        threshold=session.scalar(select(Scheme.fundable_from).where(Scheme.call_id == measure.call_id))
        if sees
        else None,
        decision=_decision(session, measure, person),
        complaints=afterwards.complaints(session, measure.id) if _complains(measure, person) else [],
        complain_until=_complain_until(session, measure, person, at),
        contract=contract,
        instalments=_instalments(session, contract),
        money=_money(session, measure),
        reports=_all(session, Report, measure),
        settlement=session.scalars(select(Settlement).where(Settlement.measure_id == measure.id)).first(),
        evaluations=list(
            session.scalars(select(Evaluation).where(Evaluation.measure_id == measure.id).order_by(Evaluation.point))
        ),
        documents=[d for d in documents.of_case(session, measure.id) if sees or d.name != "minutes"],
        open=_open(session, measure, person, on),
        life=_life(measure, entries),
        told=_told(session, measure, entries, person),
        sees_scores=sees,
    )


def _open(session: ReadSession, measure: Measure, person: Person, on: date) -> list[Row]:
    """What is owed; applicants read what is theirs, and what they wait for an answer to."""
    wanted = [Obligation.case_id == measure.id]
    if own(person, measure, reading=True):
        wanted.append(Obligation.kind.in_((*OF_APPLICANTS, *BY_HAND)))
    return rows(session, person, *wanted, on=on, every=True)


def _all(session: ReadSession, kind: Any, measure: Measure) -> list[Any]:
    return list(session.scalars(select(kind).where(kind.measure_id == measure.id).order_by(kind.id)))


def _checks(session: ReadSession, measure: Measure) -> list[tuple[str, bool, Check]]:
    """(title, whether it is a hard one, answer) in the order of the list."""
    there = {check.code: check for check in _all(session, Check, measure)}
    return [(check.title, check.kind != "soft", there[check.code]) for check in CHECKS if check.code in there]


def _indicators(session: ReadSession, measure: Measure) -> list[tuple[Indicator, int | None]]:
    """Each promise with the latest value counted, in thousandths."""
    latest: dict[str, int] = {}
    rows = session.execute(
        select(Value.code, Value.value)
        .join(Evaluation, Evaluation.id == Value.evaluation_id)
        .where(Value.measure_id == measure.id)
        .order_by(Evaluation.point)
    )
    for code, value in rows:
        latest[code] = value
    return [(indicator, latest.get(code_of(indicator))) for indicator in _all(session, Indicator, measure)]


def _totals(session: ReadSession, measure: Measure) -> list[int]:
    """The signed sheets' totals of the newest closed round."""
    newest = select(func.max(Result.round)).where(Result.measure_id == measure.id).scalar_subquery()
    asked = select(Sheet.total).where(Sheet.measure_id == measure.id, Sheet.status == "signed", Sheet.round == newest)
    return [total for total in session.scalars(asked.order_by(Sheet.total)) if total is not None]


def _decision(session: ReadSession, measure: Measure, person: Person) -> tuple[Decision, Meeting] | None:
    """The newest decision of a closed meeting; an applicant hears nothing of one that waits or never took effect."""
    found = session.execute(
        select(Decision, Meeting)
        .join(Meeting, Meeting.id == Decision.meeting_id)
        .where(Decision.measure_id == measure.id, Meeting.status == "closed")
        .order_by(Decision.id.desc())
    ).all()
    told = own(person, measure, reading=True)
    return next(((d, m) for d, m in found if not told or not (d.waits or standing.ENDED & d.frozen.keys())), None)


def _complains(measure: Measure, person: Person) -> bool:
    """Complaints are for who complained, for who answers, and for auditors."""
    return own(person, measure, reading=True) or holds(person, Role.MANAGER, Role.AUDITOR)


def _complain_until(session: ReadSession, measure: Measure, person: Person, at: datetime) -> date | None:
    """The last day for a complaint, for who may send one now."""
    if not may(person, Action.COMPLAIN, measure) or afterwards.why_not_complain(session, measure, at):
        return None
    return afterwards.complain_until(session, measure)


def _instalments(session: ReadSession, contract: Contract | None) -> list[tuple[Instalment, Payment | None]]:
    if contract is None:
        return []
    live = Payment.status.in_(("prepared", "authorised", "paid"))
    rows = session.execute(
        select(Instalment, Payment)
        .outerjoin(Payment, (Payment.instalment_id == Instalment.id) & live)
        .where(Instalment.contract_id == contract.id)
        .order_by(Instalment.no)
    )
    return [(instalment, payment) for instalment, payment in rows]


def _money(session: ReadSession, measure: Measure) -> Money:
    paid = session.scalar(
        select(func.coalesce(func.sum(Payment.amount), 0)).where(
            Payment.measure_id == measure.id, Payment.status == "paid"
        )
    )
    proven, unchecked = session.execute(
        select(
            func.coalesce(func.sum(Receipt.accepted), 0),
            func.coalesce(func.sum(Receipt.amount).filter(Receipt.accepted.is_(None)), 0),
        ).where(Receipt.measure_id == measure.id)
    ).one()
    return Money(measure.awarded or 0, int(paid or 0), int(proven or 0), int(unchecked or 0))


def _life(measure: Measure, entries: list[history.Told]) -> list[dict[str, Any]]:
    """The nine stations with their dates; the present one is 'now', a measure that ended early stops where it was."""
    zone = ZoneInfo(measure.fund.zone)
    dates: dict[str, date] = {}
    for told in reversed(entries):
        dates[told.entry.action.partition(".")[2]] = told.entry.at.astimezone(zone).date()
    here = next((n for n, (_label, _steps, standing) in enumerate(LINE) if measure.status in standing), None)
    reached = [n for n, (_label, steps, _standing) in enumerate(LINE) if any(step in dates for step in steps)]
    now = here if here is not None else max(reached, default=0)
    line = []
    for n, (label, steps, _standing) in enumerate(LINE):
        when = max((dates[step] for step in steps if step in dates), default=None) if n <= now else None
        state = "now" if n == now else "done" if n < now else "ahead"
        small = (
            _(measure.status.replace("_", " "))
            if n == now and (here is None or measure.status != label.lower())
            else None
        )
        line.append({"label": _(label), "date": when, "state": state, "small": small})
    return line


def what_next(found: Case, person: Person, on: date) -> Row | None:
    """The one next action that is not a step of the measure itself; None when there is none for this person."""
    measure, currency = found.measure, found.measure.fund.currency
    here = f"/disbursement/measures/{measure.id}"

    def may_do(action: Action) -> bool:
        return may(person, action, measure)

    if measure.status in (S.DRAFT, S.RETURNED) and may_do(Action.WRITE_PROPOSAL):
        return Row(_("Go on writing the proposal"), f"/measures/{measure.id}/review", "", measure.return_by)
    if measure.status == S.SUBMITTED and may_do(Action.CHECK):
        return Row(_("Go through the eligibility checks"), f"/measures/{measure.id}/check", "")
    for instalment, payment in found.instalments:
        if payment is None:
            continue
        url, why = f"/disbursement/payments/{payment.id}", _("Instalment %(no)s") % {"no": instalment.no}
        hands = {payment.prepared_by_id, payment.authorised_by_id}
        if payment.status == "prepared" and may_do(Action.AUTHORISE_PAYMENT) and person.id not in hands:
            return Row(_("Authorise the payment"), url, why, None, payment.amount, currency)
        if payment.policy == "two":
            hands = {payment.authorised_by_id}  # who prepared it may pay
        if payment.status == "authorised" and may_do(Action.PAY) and person.id not in hands:
            return Row(_("Pay"), url, why, None, payment.amount, currency)
    for report in found.reports:
        what = _("interim report") if report.kind == "interim" else _("final report")
        if report.status == "sent" and may_do(Action.ACCEPT_REPORT):
            return Row(_("Check the %(what)s") % {"what": what}, f"/disbursement/reports/{report.id}", "")
    if found.money.unchecked and may_do(Action.CHECK_RECEIPT):
        return Row(_("Check receipts"), here, _("Not yet checked"), None, found.money.unchecked, currency)
    for report in found.reports:
        what = _("interim report") if report.kind == "interim" else _("final report")
        if report.status == "due" and may_do(Action.SEND_REPORT) and (report.due - on).days <= 60:
            return Row(_("Write the %(what)s") % {"what": what}, f"/disbursement/reports/{report.id}", "", report.due)
    for visit in found.evaluations:
        if visit.done_at is None and may_do(Action.EVALUATE) and (visit.due - on).days <= 30:
            return Row(_("Fill in the visit"), f"/evaluation/{visit.id}", "", visit.due)
    waiting = [instalment for instalment, payment in found.instalments if payment is None]
    if waiting and may_do(Action.PREPARE_PAYMENT):
        first = waiting[0]
        return Row(
            _("Look at the next payment"), here, _("Instalment %(no)s") % {"no": first.no}, None, first.amount, currency
        )
    if measure.status == S.APPROVED and not measure.fits_award and may_do(Action.FIT_PLAN):
        return Row(_("Fit the plan to the award"), f"/measures/{measure.id}/fit", "")
    if measure.status == S.APPROVED and may_do(Action.ISSUE_CONTRACT) and found.contract is None:
        return Row(_("Prepare the contract"), f"/grants/measures/{measure.id}", "")
    return None


def stopped(measure: Measure) -> bool:
    return measure.status in ENDED


def _told(session: ReadSession, measure: Measure, entries: list[history.Told], person: Person) -> list[dict[str, Any]]:
    """The history as sentences; an applicant reads the steps in words meant for them and nothing of the committee's work."""
    applicant = own(person, measure, reading=True)
    names = people.names(session, [id for told in entries for id in (told.entry.by_id, told.entry.for_id)])
    found = []
    for told in entries:
        step = BY_NAME.get(told.entry.action.partition(".")[2])
        if applicant:
            if step is None or step.public is None:
                continue
            text = _(step.public)
        else:
            who = signed(names, told.entry)
            what = step.told if step else wording(told.entry.action)
            text = f"{who} {_(what)}."
        found.append({"at": told.entry.at, "text": text, "because": "" if applicant else told.because})
    return found
