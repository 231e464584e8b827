"""One approved measure with its money reserved, and the people who carry it on. Each act is a transaction of its own."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import select

from fundapp.disbursement import payments, receipts, reports, settling
from fundapp.disbursement.models import Payment, Receipt, Report, Settlement
from fundapp.files.store import Kept
from fundapp.funds import ledger
from fundapp.funds import queries as funds
from fundapp.grants import contracts, queries, service
from fundapp.grants.models import Contract, Instalment
from fundapp.kit.database import Database, WriteSession
from fundapp.measures.models import BudgetLine, Measure
from fundapp.people.models import Person
from tests import factories
from tests.factories import MORNING, TODAY

Result = TypeVar("Result")
SCAN = Kept("ab" * 32, 1234, "signed.pdf", "application/pdf")


class Case:
    """`case.issue()`, `case.sign()` ... take the measure on; `case.pay_all(no)` pays an instalment by three persons."""

    def __init__(self, database: Database, award: int = 7_500_00, preset: str = "national", **more: Any) -> None:
        self.database, self.at = database, MORNING
        database.write(lambda session: self._make(session, award, preset, more))

    def _make(self, session: WriteSession, award: int, preset: str, more: dict[str, Any]) -> None:
        fund = factories.fund(session, preset=preset)
        donor = factories.donor(session, fund=fund)
        self.branch = factories.branch(session)
        self.officer = factories.person(session, role="officer", branch=self.branch)
        self.manager, self.second = (factories.person(session, role="manager") for _ in range(2))
        self.finance = factories.person(session, role="finance")
        self.owner = factories.person(session, role="applicant")
        measure = factories.measure(
            session, status="approved", fund=fund, owner=self.owner, branch=self.branch, requested=award, **more
        )
        postings = (
            ledger.Leg(ledger.Account.BANK, 50_000_00, donor.id),
            ledger.Leg(ledger.Account.FREE, -50_000_00, donor.id),
        )
        ledger.book(
            session,
            fund,
            "receive",
            postings,
            booked_on=TODAY,
            document="B-1",
            thing=fund,
            key=f"gift:{fund.id}",
            by=self.finance,
            at=MORNING,
        )
        ledger.reserve(
            session,
            fund,
            measure,
            measure.awarded or 0,
            booked_on=TODAY,
            document="minutes",
            key=f"reserve:{measure.id}",
            by=self.manager,
            at=MORNING,
        )
        self.id, self.fund_id = measure.id, fund.id

    def do(self, work: Callable[[WriteSession], Result]) -> Result:
        return self.database.write(work)

    def later(self, **time: float) -> datetime:
        self.at += timedelta(**time)
        return self.at

    def measure(self, session: Any) -> Measure:
        return session.get_one(Measure, self.id)

    def figures(self) -> tuple[int, int, int, int]:
        """(reserved, committed, paid, returned) in the ledger."""
        found = self.do(lambda session: funds.figures_of_case(session, self.id))
        return found.reserved, found.committed, found.paid, found.returned

    def status(self) -> str:
        return self.do(lambda session: self.measure(session).status)

    def contract(self, session: Any) -> Contract:
        found = queries.contract_of(session, self.id)
        assert found is not None
        return found

    def issue(self, **how: Any) -> Contract:
        return self.do(lambda s: contracts.issue(s, self.measure(s), by=self.manager, at=self.at, **how))

    def sign(self, by: Person | None = None, **how: Any) -> Contract:
        given = {"signed_on": self.at.date(), "signed_copy": SCAN, "original_with": "Office, binder 3"} | how
        return self.do(lambda s: contracts.sign(s, self.measure(s), by=by or self.second, at=self.at, **given))

    def run(self, **how: Any) -> None:
        """Issued, signed, its reports opened, and begun by a notice."""
        self.issue(**how)
        self.sign()
        self.do(lambda s: reports.open_reports(s, self.contract(s), at=self.at))
        self.do(lambda s: service.start(s, self.measure(s), by=self.officer, at=self.at, notice="began early"))

    def instalment(self, session: Any, no: int) -> Instalment:
        asked = select(Instalment).where(Instalment.contract_id == self.contract(session).id, Instalment.no == no)
        return session.scalars(asked).one()

    def prepare(self, no: int = 1, by: Person | None = None, key: str | None = None, **how: Any) -> Payment:
        key = key or f"key-{self.id}-{no}-{self.at.isoformat()}"
        return self.do(
            lambda s: payments.prepare(s, self.instalment(s, no), key=key, by=by or self.officer, at=self.at, **how)
        )

    def authorise(self, payment: Payment, by: Person | None = None) -> None:
        self.do(lambda s: payments.authorise(s, s.get_one(Payment, payment.id), by=by or self.manager, at=self.at))

    def pay(self, payment: Payment, by: Person | None = None, **how: Any) -> None:
        given = {"bank_reference": f"BANK-{payment.id}", "paid_on": self.at.date()} | how
        self.do(lambda s: payments.pay(s, s.get_one(Payment, payment.id), by=by or self.finance, at=self.at, **given))

    def pay_all(self, no: int) -> Payment:
        payment = self.prepare(no)
        self.authorise(payment)
        self.pay(payment)
        return payment

    def line(self, session: Any, no: int) -> BudgetLine:
        return session.scalars(select(BudgetLine).where(BudgetLine.measure_id == self.id, BudgetLine.no == no)).one()

    def receipt(
        self, amount: int, line: int = 1, accepted: int | None = None, because: str = "", **how: Any
    ) -> Receipt:
        """Entered by the applicant; checked by the officer when `accepted` is given (-1: all of it)."""
        key = how.pop("key", f"receipt-{self.id}-{self.at.isoformat()}-{amount}-{line}")
        proof = receipts.Proof(
            **({"paid_on": self.at.date(), "payee": "Workshop", "what_for": "Steel", "amount": amount} | how)
        )
        made = self.do(
            lambda s: receipts.enter(s, self.measure(s), self.line(s, line), proof, key=key, by=self.owner, at=self.at)
        )
        if accepted is not None:
            given = amount if accepted < 0 else accepted
            self.do(
                lambda s: receipts.check(
                    s, s.get_one(Receipt, made.id), accepted=given, because=because, by=self.officer, at=self.at
                )
            )
        return made

    def report(self, kind: str, no: int = 1, accept: bool = True) -> int:
        """Sent by the applicant, accepted by the officer."""

        def send(session: WriteSession) -> int:
            asked = select(Report).where(Report.measure_id == self.id, Report.kind == kind, Report.no == no)
            report = session.scalars(asked).one()
            session.refresh(report, ["measure"])
            words = {"done": "The line runs.", "results": "Wool is washed."}
            reports.save(session, report, words, version=report.version, by=self.owner, at=self.at)
            reports.send(session, report, by=self.owner, at=self.at)
            if accept:
                reports.accept(session, report, by=self.officer, at=self.at)
            return report.id

        return self.do(send)

    def compute(self, by: Person | None = None, **how: Any) -> Settlement:
        return self.do(lambda s: settling.compute(s, self.measure(s), by=by or self.finance, at=self.at, **how))

    def settle(self, by: Person | None = None) -> None:
        self.do(lambda s: settling.settle(s, self.measure(s), by=by or self.manager, at=self.at))


def day(text: str) -> date:
    return date.fromisoformat(text)
