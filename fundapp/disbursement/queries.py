"""Questions about payments, receipts, reports and the settlement. All amounts are minor units of the fund's currency."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased, contains_eager

from fundapp.disbursement.lifecycle import ACCEPTED, DUE, FINAL, INTERIM, PAID, PENDING, REPORT_DUTIES, RETURNED
from fundapp.disbursement.models import Payment, Receipt, Report, Settlement
from fundapp.disbursement.switches import END
from fundapp.funds.models import Fund
from fundapp.grants import queries as grants
from fundapp.grants.models import Contract, Instalment
from fundapp.kit.database import ReadSession
from fundapp.measures import queries as measures
from fundapp.measures.models import BudgetLine, Measure
from fundapp.people.models import Person
from fundapp.presets.queries import value
from fundapp.reminders.models import Obligation

Kind = TypeVar("Kind", Payment, Receipt, Report)


@dataclass(frozen=True)
class Line:
    """A budget line and how far it is shown: planned, claimed by receipts, accepted, still unchecked."""

    line: BudgetLine
    claimed: int
    accepted: int
    unchecked: int

    @property
    def left(self) -> int:
        return self.line.amount - self.accepted - self.unchecked


@dataclass(frozen=True)
class Paid:
    """What was paid on a contract: in all, waiting, and per instalment (id -> amount)."""

    paid: int
    pending: int
    by_instalment: dict[int | None, int]


def find_payment(session: ReadSession, id: int, *, visible_to: Person) -> Payment | None:
    return _find(session, Payment, id, visible_to)


def find_receipt(session: ReadSession, id: int, *, visible_to: Person) -> Receipt | None:
    return _find(session, Receipt, id, visible_to)


def find_report(session: ReadSession, id: int, *, visible_to: Person) -> Report | None:
    return _find(session, Report, id, visible_to)


def find_settlement(session: ReadSession, id: int, *, visible_to: Person) -> Settlement | None:
    """The settlement of a measure, by the measure's id."""
    return settlement_of(session, id) if grants.find_measure(session, id, visible_to=visible_to) else None


def _find(session: ReadSession, kind: type[Kind], id: int, visible_to: Person) -> Kind | None:
    found = session.get(kind, id)
    return found if found and grants.find_measure(session, found.measure_id, visible_to=visible_to) else None


def instalment_of(session: ReadSession, measure_id: int, no: int) -> Instalment | None:
    """Instalment number `no` of the contract that holds."""
    asked = select(Instalment).join(Contract, Contract.id == Instalment.contract_id)
    asked = asked.where(Contract.measure_id == measure_id, Contract.status != "void", Instalment.no == no)
    return session.scalars(asked).first()


def payments(session: ReadSession, measure_id: int) -> list[Payment]:
    asked = select(Payment).where(Payment.measure_id == measure_id)
    return list(session.scalars(asked.order_by(Payment.id)))


def find_by_key(session: ReadSession, key: str) -> Payment | None:
    return session.scalars(select(Payment).where(Payment.key == key)).first()


def paid(session: ReadSession, contract_id: int, *, without: int | None = None) -> Paid:
    """What was paid and what waits on a contract, leaving out one payment by id."""
    asked = select(Payment.id, Payment.instalment_id, Payment.status, Payment.amount).where(
        Payment.contract_id == contract_id, Payment.status.in_((*PENDING, PAID))
    )
    rows = [row for row in session.execute(asked) if row.id != without]
    by_instalment: dict[int | None, int] = {}
    for row in rows:
        if row.status == PAID:
            by_instalment[row.instalment_id] = by_instalment.get(row.instalment_id, 0) + row.amount
    pending = sum(row.amount for row in rows if row.status != PAID)
    return Paid(sum(by_instalment.values()), pending, by_instalment)


def pending_elsewhere(session: ReadSession, fund_id: int, contract_id: int) -> int:
    """What is prepared or authorised on the fund's other contracts: its bank money is spoken for."""
    asked = (
        select(func.coalesce(func.sum(Payment.amount), 0))
        .join(Measure, Measure.id == Payment.measure_id)
        .where(Measure.fund_id == fund_id, Payment.contract_id != contract_id, Payment.status.in_(PENDING))
    )
    return int(session.scalar(asked) or 0)


def waiting(session: ReadSession, by: Person, *, after: int = 0, limit: int = 100) -> list[Payment]:
    """Payments that wait to be authorised or paid, of all funds, oldest first, paged by id; only in cases that `by` may read."""
    asked = (
        select(Payment)
        .join(Payment.measure)
        .where(Payment.status.in_(PENDING), Payment.id > after)
        .options(contains_eager(Payment.measure).joinedload(Measure.fund))
        .order_by(Payment.id)
        .limit(limit)
    )
    return list(session.scalars(asked.where(measures.visible_to(by))))


def recently_paid(session: ReadSession, by: Person, *, before: int | None = None, limit: int = 50) -> list[Payment]:
    """Payments that went out or came back, newest first, paged by id."""
    asked = (
        select(Payment)
        .join(Payment.measure)
        .where(Payment.status.in_((PAID, RETURNED)))
        .options(contains_eager(Payment.measure).joinedload(Measure.fund))
        .order_by(Payment.id.desc())
        .limit(limit)
    )
    if before:
        asked = asked.where(Payment.id < before)
    return list(session.scalars(asked.where(measures.visible_to(by))))


def budget(session: ReadSession, measure_id: int) -> list[Line]:
    """The budget lines with what receipts show of each, in one question."""
    claimed = func.coalesce(func.sum(Receipt.amount), 0)
    accepted = func.coalesce(func.sum(Receipt.accepted), 0)
    unchecked = func.coalesce(func.sum(Receipt.amount).filter(Receipt.accepted.is_(None)), 0)
    asked = (
        select(BudgetLine, claimed, accepted, unchecked)
        .outerjoin(Receipt, Receipt.line_id == BudgetLine.id)
        .where(BudgetLine.measure_id == measure_id)
        .group_by(BudgetLine.id)
        .order_by(BudgetLine.no)
    )
    return [Line(line, int(a or 0), int(b or 0), int(c or 0)) for line, a, b, c in session.execute(asked)]


def own_cash(session: ReadSession, measure_id: int) -> int:
    """What the plan has of the grantee's own money."""
    asked = select(func.coalesce(func.sum(BudgetLine.own_cash), 0)).where(BudgetLine.measure_id == measure_id)
    return int(session.scalar(asked) or 0)


def accepted_cost(session: ReadSession, measure_id: int) -> int:
    asked = select(func.coalesce(func.sum(Receipt.accepted), 0)).where(Receipt.measure_id == measure_id)
    return int(session.scalar(asked) or 0)


def unchecked_receipts(session: ReadSession, measure_id: int) -> int:
    asked = select(func.count()).where(Receipt.measure_id == measure_id, Receipt.checked_at.is_(None))
    return session.scalar(asked) or 0


def receipts(session: ReadSession, measure_id: int, *, after: int = 0, limit: int = 100) -> list[Receipt]:
    """The receipts of a measure in the order of their numbers, paged by number."""
    asked = select(Receipt).where(Receipt.measure_id == measure_id, Receipt.no > after)
    return list(session.scalars(asked.order_by(Receipt.no).limit(limit)))


def unchecked(session: ReadSession, measure_id: int, limit: int = 200) -> list[Receipt]:
    """The receipts that nobody has checked yet, in the order of their numbers."""
    asked = select(Receipt).where(Receipt.measure_id == measure_id, Receipt.checked_at.is_(None))
    return list(session.scalars(asked.order_by(Receipt.no).limit(limit)))


def next_unchecked(session: ReadSession, receipt: Receipt) -> int | None:
    """The id of the next receipt to check after this one, around to the first."""
    asked = select(Receipt.id, Receipt.no).where(Receipt.measure_id == receipt.measure_id, Receipt.checked_at.is_(None))
    rows = [row for row in session.execute(asked.order_by(Receipt.no)) if row.id != receipt.id]
    return next((row.id for row in rows if row.no > receipt.no), rows[0].id if rows else None)


def newest_receipt(session: ReadSession, measure_id: int) -> Receipt | None:
    """The receipt entered last."""
    asked = select(Receipt).where(Receipt.measure_id == measure_id).order_by(Receipt.no.desc()).limit(1)
    return session.scalars(asked).first()


def find_receipt_by_key(session: ReadSession, key: str) -> Receipt | None:
    return session.scalars(select(Receipt).where(Receipt.key == key)).first()


def twins(session: ReadSession, receipt: Receipt) -> Sequence[Receipt]:
    """Other receipts of the same fund with the same document number and payee, or the same payee, day and amount."""
    fund = select(Measure.fund_id).where(Measure.id == receipt.measure_id).scalar_subquery()
    same = and_(Receipt.payee == receipt.payee, Receipt.paid_on == receipt.paid_on, Receipt.amount == receipt.amount)
    if receipt.document_number:
        numbered = and_(Receipt.payee == receipt.payee, Receipt.document_number == receipt.document_number)
        same = or_(same, numbered)
    asked = select(Receipt).join(Measure, Measure.id == Receipt.measure_id).where(Measure.fund_id == fund)
    asked = asked.where(Receipt.id != receipt.id, same)
    return session.scalars(asked.order_by(Receipt.id).limit(5)).all()


def all_twins(session: ReadSession, measure_id: int) -> dict[int, list[Receipt]]:
    """As `twins`, of all unchecked receipts of a measure in one question: receipt id -> its twins."""
    here, other, own, theirs = aliased(Receipt), aliased(Receipt), aliased(Measure), aliased(Measure)
    same_day = and_(other.paid_on == here.paid_on, other.amount == here.amount)
    numbered = and_(here.document_number != "", other.document_number == here.document_number)
    asked = (
        select(here.id, other)
        .join(other, and_(other.payee == here.payee, other.id != here.id, or_(same_day, numbered)))
        .join(own, own.id == here.measure_id)
        .join(theirs, and_(theirs.id == other.measure_id, theirs.fund_id == own.fund_id))
        .where(here.measure_id == measure_id, here.checked_at.is_(None))
        .order_by(here.id, other.id)
    )
    found: dict[int, list[Receipt]] = {}
    for id, twin in session.execute(asked):
        found.setdefault(id, []).append(twin)
    return found


def reports(session: ReadSession, measure_id: int) -> list[Report]:
    asked = select(Report).where(Report.measure_id == measure_id)
    return list(session.scalars(asked.order_by(Report.due, Report.id)))


def reports_wanted(session: ReadSession, measure_id: int, contract: Contract | None) -> list[Report]:
    """The reports that are still asked for or were sent: after an early end no interim report is due any more."""
    ended = contract is not None and contract.terminated_on is not None
    return [r for r in reports(session, measure_id) if not (ended and r.kind == INTERIM and r.status == DUE)]


def report_dates(session: ReadSession, measure_id: int) -> dict[int, date]:
    """Report id -> when it is due as its obligation says; a pause moves it."""
    kinds = tuple(REPORT_DUTIES.values())
    asked = select(Obligation.subject, Obligation.due).where(
        Obligation.case_id == measure_id, Obligation.kind.in_(kinds)
    )
    return {int(subject.rpartition(":")[2]): due for subject, due in session.execute(asked)}


def reports_off_date(session: ReadSession) -> list[tuple[int, date]]:
    """Reports whose obligation has moved, by a pause: (report id, the day that holds)."""
    kinds = tuple(REPORT_DUTIES.values())
    asked = select(Obligation.subject, Obligation.due).where(
        Obligation.kind.in_(kinds), Obligation.done_at.is_(None), Obligation.cancelled_at.is_(None)
    )
    holds = {int(subject.rpartition(":")[2]): due for subject, due in session.execute(asked)}
    written = session.execute(select(Report.id, Report.due).where(Report.status == DUE, Report.id.in_(holds)))
    return [(id, holds[id]) for id, due in written if due != holds[id]]


def report_accepted(session: ReadSession, measure_id: int, kind: str, no: int = 1) -> bool:
    asked = select(Report.id).where(Report.measure_id == measure_id, Report.kind == kind, Report.no == no)
    return session.scalars(asked.where(Report.status == ACCEPTED)).first() is not None


def with_results(session: ReadSession, report: Report) -> bool:
    """Whether the evaluation at the end of funding is answered with this report, by the fund's switch."""
    if report.kind != FINAL:
        return False
    return value(session, END, session.get_one(Fund, report.measure.fund_id)) == "with_report"


def final_report(session: ReadSession, measure_id: int) -> Report | None:
    asked = select(Report).where(Report.measure_id == measure_id, Report.kind == FINAL)
    return session.scalars(asked).first()


def settlement_of(session: ReadSession, measure_id: int) -> Settlement | None:
    asked = select(Settlement).where(Settlement.measure_id == measure_id)
    return session.scalars(asked).first()


def contracts_wanting_reports(session: ReadSession) -> list[Contract]:
    """Signed contracts whose final report is neither owed nor sent: their reports have to be opened, or lost their dates."""
    owed = select(Obligation.case_id).where(
        Obligation.kind == REPORT_DUTIES[FINAL], Obligation.done_at.is_(None), Obligation.cancelled_at.is_(None)
    )
    sent = select(Report.measure_id).where(Report.kind == FINAL, Report.status != DUE)
    asked = (
        select(Contract)
        .join(Contract.measure)
        .where(Contract.status == "signed", Measure.status.in_(("contracted", "running", "suspended", "terminated")))
        .where(Contract.measure_id.not_in(owed), Contract.measure_id.not_in(sent))
    )
    return list(session.scalars(asked.order_by(Contract.id)))
