"""Where the money of a measure goes: instalments through three pairs of hands, receipts, reports, the settlement."""

from dataclasses import dataclass
from datetime import timedelta

from fundapp.demo.case import Case
from fundapp.demo.proposal import Line, budget, said, theme_of
from fundapp.demo.story import EURO
from fundapp.disbursement import payments, queries, receipts, reports, settling
from fundapp.disbursement.models import Payment, Receipt, Settlement
from fundapp.disbursement.settlement import Financing, grant_due
from fundapp.grants import queries as grants
from fundapp.measures import queries as measures

CUT, CUT_BECAUSE = 60 * EURO, "Fuel for a private journey is not part of the plan."


@dataclass
class Bill:
    """A receipt to be entered: for which line, of how many cents, and how much of it counts."""

    line: int
    what: str
    payee: str
    amount: int
    cut: int = 0


def bills(case: Case) -> tuple[list[Bill], list[Bill]]:
    """What is shown with the interim and with the final report. Together they carry the grant, or less where some comes back."""
    lines = budget(case.plan)
    first, second = [], []
    for no, line in enumerate(lines):
        if no == 0 or line.kind:
            first.append(_bill(no, line, line.amount * EURO))
        elif no == 1:
            half = line.amount * EURO // 2
            first.append(_bill(no, line, half))
            second.append(_bill(no, line, line.amount * EURO - half))
        else:
            second.append(_bill(no, line, line.amount * EURO))
    if case.plan.refunded:
        _spend_less(case, [*first, *second])
    elif sum(case.plan.key.encode()) % 4 == 0:
        second[0].amount, second[0].cut = second[0].amount + CUT, CUT
    return first, [bill for bill in second if bill.amount]


def _bill(no: int, line: Line, amount: int) -> Bill:
    return Bill(no, line.what, line.payee, amount)


def _spend_less(case: Case, all_: list[Bill]) -> None:
    """Less was needed than planned, the last bills shrink: what was paid is then more than is due, by what comes back."""
    contract, plan = case.contract, case.plan
    last = grants.instalments(case.session, contract.id)[-1]
    wanted = contract.amount - last.amount - plan.refunded * EURO
    spent = wanted * contract.total_cost // contract.amount
    while (
        grant_due(Financing.SHARE, awarded=contract.amount, planned_cost=contract.total_cost, accepted_cost=spent)
        < wanted
    ):
        spent += 1
    less = contract.total_cost - spent
    for bill in reversed(all_):
        taken = min(less, bill.amount)
        bill.amount, less = bill.amount - taken, less - taken


class Spending:
    """The money of one case. `prepares`, `authorises` and `pays` are three people, or two in a small office."""

    def __init__(self, case: Case) -> None:
        self.case, self.story, self.session = case, case.story, case.session
        self.pays = case.story.who["finance"]
        self.authorises = case.story.who["authoriser"]
        self.unchecked: list[Receipt] = []
        self.payment: Payment

    def prepare(self, no: int) -> Payment:
        """Instalment `no`; the last one is what the settlement leaves."""
        instalment = grants.instalments(self.session, self.case.contract.id)[no - 1]
        key = f"demo-payment-{instalment.id}"
        self.payment = payments.prepare(self.session, instalment, key=key, by=self.case.officer, at=self.story.at)
        return self.payment

    def authorise(self) -> None:
        payments.authorise(self.session, self.payment, by=self.authorises, at=self.story.at)

    def pay(self) -> None:
        reference = f"Bank {self.story.today:%y%m%d}-{self.payment.id}"
        payments.pay(
            self.session,
            self.payment,
            bank_reference=reference,
            paid_on=self.story.today,
            by=self.pays,
            at=self.story.at,
        )

    def enter(self, bills: list[Bill]) -> None:
        """The receipts as one list, numbered by the applicant."""
        measure, story = self.case.measure, self.story
        lines = measures.lines(self.session, measure)
        for place, bill in enumerate(bills):
            paid_on = story.today - timedelta(days=12 - 2 * place)
            number = f"F-{measure.id}{bill.line}{place}"
            proof = receipts.Proof(paid_on, bill.payee, bill.what, bill.amount, number)
            key = f"demo-receipt-{measure.id}-{story.today}-{place}"
            receipt = receipts.enter(
                self.session, measure, lines[bill.line], proof, key=key, by=self.case.owner, at=story.at
            )
            self.unchecked.append(receipt)

    def check(self, bills: list[Bill]) -> None:
        """The officer accepts them, and cuts what does not count."""
        for receipt, bill in zip(self.unchecked, bills, strict=True):
            accepted, because = receipt.amount - bill.cut, CUT_BECAUSE if bill.cut else ""
            receipts.check(
                self.session, receipt, accepted=accepted, because=because, by=self.case.officer, at=self.story.at
            )
        self.unchecked = []

    def send_report(self, kind: str) -> None:
        """What was done and what came of it, in the applicant's words."""
        theme, report, plan = theme_of(self.case.plan), self.case.reports[kind], self.case.plan
        told = {"done": said(theme.done, plan), "results": said(theme.results, plan), "problems": theme.problems}
        if kind == "interim":
            told |= {"results": "The larger part is bought and set up; the rest follows as planned."}
        else:
            told |= {"lessons": theme.lesson}
        reports.save(self.session, report, told, version=report.version, by=self.case.owner, at=self.story.at)
        reports.send(self.session, report, by=self.case.owner, at=self.story.at)

    def accept_report(self, kind: str) -> None:
        reports.accept(self.session, self.case.reports[kind], by=self.case.officer, at=self.story.at)

    def compute(self) -> Settlement:
        return settling.compute(self.session, self.case.measure, by=self.case.manager, at=self.story.at)

    def refund(self) -> None:
        """What was paid and not needed has come back."""
        settlement = queries.settlement_of(self.session, self.case.measure.id)
        assert settlement is not None
        settling.register_refund(
            self.session, settlement, refunded_on=self.story.today, bank_reference=f"Bank {self.story.today:%y%m%d}",
            by=self.pays, at=self.story.at,
        )  # fmt: skip

    def settle(self) -> None:
        settling.settle(self.session, self.case.measure, by=self.case.manager, at=self.story.at)
