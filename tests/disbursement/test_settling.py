from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from fundapp.disbursement import offers, settling
from fundapp.disbursement.letters import SETTLEMENT
from fundapp.disbursement.models import Payment, Settlement
from fundapp.documents.models import Document
from fundapp.funds import queries as funds
from fundapp.grants import service
from fundapp.kit.database import Database
from fundapp.kit.errors import Refused
from fundapp.lifecycle.service import take_back
from fundapp.measures.lifecycle import SETTLE
from fundapp.reminders.models import Obligation
from tests.grants.case import Case
from tests.grants.test_contracts import shape


def settled_to(case: Case, accepted: int) -> None:
    """Two instalments of 6,750 paid, cost shown and accepted, reports in."""
    case.pay_all(1)
    case.receipt(400000, line=1, accepted=-1)
    case.report("interim")
    case.pay_all(2)
    case.receipt(accepted - 400000, line=2, accepted=-1)
    case.report("final")


def held(session: Any, case: Case) -> Settlement:
    found = session.scalars(select(Settlement).where(Settlement.measure_id == case.id)).one()
    session.refresh(found, ["measure"])
    return found


def refused(act: Any) -> tuple[str, ...]:
    with pytest.raises(Refused) as found:
        act()
    return found.value.reasons


def test_the_first_oracle_leaves_150_to_pay_through_three_signatures(case: Case) -> None:
    settled_to(case, 920000)
    made = case.compute()
    assert (made.accepted_cost, made.grant_due, made.paid, made.balance, made.outcome) == (
        920000,
        690000,
        675000,
        15000,
        "open",
    )
    assert refused(case.settle) == ("The balance of EUR\u00a0150.00 is not paid yet.",)
    assert case.pay_all(3).amount == 15000
    assert case.do(lambda s: held(s, case).outcome) == "paid_out"
    case.settle()
    assert (case.status(), case.figures()) == ("settled", (0, 0, 690000, 0))
    assert case.do(lambda s: case.measure(s).settled_grant) == 690000
    assert case.do(lambda s: funds.verify(s)) == []


def test_the_second_oracle_claims_450_back(case: Case) -> None:
    settled_to(case, 840000)
    made = case.compute()
    assert (made.grant_due, made.balance, made.refund_due) == (630000, -45000, date(2026, 4, 1))
    owed = case.do(lambda s: s.scalars(select(Obligation).where(Obligation.kind == "disbursement.refund")).one())
    assert owed.due == date(2026, 4, 1)
    assert refused(case.settle) == ("The refund of EUR\u00a0450.00 is neither received nor written off.",)
    case.later(days=5)
    case.do(
        lambda s: settling.register_refund(
            s, held(s, case), refunded_on=case.at.date(), bank_reference="IN-9", by=case.finance, at=case.at
        )
    )
    assert case.figures() == (0, 75000, 630000, 45000)
    case.settle()
    assert (case.status(), case.figures()) == ("settled", (0, 0, 630000, 45000))


def test_the_deficit_oracle_counts_other_income(database: Database) -> None:
    case = Case(database)
    case.run(financing="deficit")
    settled_to(case, 920000)
    made = case.compute(other_income=260000)
    assert (made.financing, made.grant_due, made.balance) == ("deficit", 660000, -15000)


def test_nothing_left_on_either_side_is_even(case: Case) -> None:
    settled_to(case, 900000)
    assert case.compute().outcome == "even"
    case.settle()
    assert (case.status(), case.figures()) == ("settled", (0, 0, 675000, 0))


def test_settling_waits_for_report_receipts_and_payments(case: Case) -> None:
    case.pay_all(1)
    case.receipt(100000)
    case.receipt(200000)
    assert refused(case.compute) == ("The final report is not accepted.", "2 receipts are not checked yet.")
    assert refused(case.settle) == (
        "The final report is not accepted.",
        "2 receipts are not checked yet.",
        "The settlement has not been made.",
    )


def test_a_line_beyond_its_plan_needs_consent(case: Case) -> None:
    case.pay_all(1)
    case.receipt(600000, line=1, accepted=-1)
    case.report("final")
    case.compute()
    case.do(lambda s: settling.drop(s, held(s, case), because="one more receipt", by=case.finance, at=case.at))
    case.receipt(100, line=1, accepted=-1)
    assert refused(case.compute) == ("Line 1, Part 1, is 20.0 % over its plan; more than 20 % needs your consent.",)
    assert case.compute(consent="wool was dearer").facts == {"overruns": [1]}


def test_receipts_rest_once_the_settlement_is_made(case: Case) -> None:
    settled_to(case, 900000)
    case.compute()
    assert refused(lambda: case.receipt(100)) == ("The settlement has been made; take it back before receipts change.",)


def test_a_balance_being_paid_holds_the_settlement(case: Case) -> None:
    settled_to(case, 920000)
    case.compute()
    case.prepare(3)
    drop = lambda: case.do(lambda s: settling.drop(s, held(s, case), because="x", by=case.finance, at=case.at))  # noqa: E731
    assert refused(drop) == ("Its balance is being paid; cancel that payment first.",)


def test_a_returned_balance_opens_the_settlement_again(case: Case) -> None:
    from fundapp.disbursement import payments  # noqa: PLC0415

    settled_to(case, 920000)
    case.compute()
    payment = case.pay_all(3)
    case.do(
        lambda s: payments.bank_returned(
            s, s.get_one(Payment, payment.id), returned_on=case.at.date(), because="closed", by=case.finance, at=case.at
        )
    )
    assert case.do(lambda s: held(s, case).outcome) == "open"
    assert refused(case.settle) == ("The balance of EUR\u00a0150.00 is not paid yet.",)


def test_a_payment_that_an_even_settlement_counts_comes_back_only_after_it(case: Case) -> None:
    from fundapp.disbursement import payments  # noqa: PLC0415

    settled_to(case, 900000)
    case.compute()

    def back(session: Any) -> None:
        paid = session.scalars(select(Payment).where(Payment.measure_id == case.id).order_by(Payment.id.desc())).first()
        payments.bank_returned(session, paid, returned_on=case.at.date(), because="closed", by=case.finance, at=case.at)

    assert refused(lambda: case.do(back)) == (
        "The settlement counts this payment as paid; take the settlement back first.",
    )
    case.do(lambda s: settling.drop(s, held(s, case), because="a payment came back", by=case.finance, at=case.at))
    case.do(back)
    assert case.compute().balance > 0


def test_a_refund_is_written_off_by_a_second_person_with_a_reason(case: Case) -> None:
    settled_to(case, 840000)
    case.compute(by=case.manager)

    def write_off(by: Any, because: str = "insolvent") -> None:
        case.do(lambda s: settling.write_off(s, held(s, case), because=because, by=by, at=case.at))

    assert refused(lambda: write_off(case.manager)) == (
        "You made this settlement yourself; a second person writes off.",
    )
    assert refused(lambda: write_off(case.finance)) == ("Only a manager writes off.",)
    assert refused(lambda: write_off(case.second, " ")) == ("Please give a reason; it stays in the history.",)
    write_off(case.second)
    case.settle()
    assert (case.status(), case.figures()) == ("settled", (0, 0, 675000, 0))


def test_a_refund_is_registered_once(case: Case) -> None:
    settled_to(case, 840000)
    case.compute()
    register = lambda: case.do(  # noqa: E731
        lambda s: settling.register_refund(
            s, held(s, case), refunded_on=case.at.date(), bank_reference="IN-9", by=case.finance, at=case.at
        )
    )
    register()
    assert refused(register) == ("Nothing has to be paid back.",)


def test_a_settled_account_can_be_opened_again(case: Case) -> None:
    settled_to(case, 840000)
    case.compute(by=case.manager)
    case.do(lambda s: settling.write_off(s, held(s, case), because="insolvent", by=case.second, at=case.at))
    case.settle()

    def back(session: Any) -> None:
        measure = case.measure(session)
        offers.unsettle(session, measure, case.manager, case.at)
        take_back(session, measure, SETTLE, by=case.manager, at=case.at, because="")

    case.do(back)
    assert (case.status(), case.figures()) == ("running", (0, 75000, 675000, 0))
    case.later(hours=1)
    case.settle()
    assert case.figures() == (0, 0, 675000, 0)


def test_a_measure_ended_before_any_money_went_out_settles_without_a_report(case: Case) -> None:
    case.do(
        lambda s: service.terminate(
            s, case.measure(s), at_fault=False, equipment="", because="dzud", by=case.manager, at=case.at
        )
    )
    case.compute()
    case.settle()
    assert (case.status(), case.figures()) == ("settled", (0, 0, 0, 0))


def test_an_early_end_settles_on_what_was_properly_spent(case: Case) -> None:
    case.pay_all(1)
    case.receipt(400000, line=1, accepted=-1)
    case.do(
        lambda s: service.terminate(
            s, case.measure(s), at_fault=True, equipment="sold", because="fraud", by=case.manager, at=case.at
        )
    )
    case.report("final")
    made = case.compute()
    assert (made.grant_due, made.balance) == (300000, -75000)


def test_a_balance_also_covers_an_instalment_never_called_for(case: Case) -> None:
    case.pay_all(1)
    case.receipt(500000, line=1, accepted=-1)
    case.receipt(500000, line=2, accepted=-1)
    case.report("final")
    assert case.compute().balance == 375000
    assert case.pay_all(3).amount == 375000
    case.settle()
    assert case.figures() == (0, 0, 750000, 0)


def test_the_letter_says_what_the_settlement_says(case: Case) -> None:
    settled_to(case, 840000)
    made = case.compute(refund_account="Khan Bank, MN77")
    fields = case.do(lambda s: s.get_one(Document, made.document_id).fields)
    assert (fields["due"], fields["paid"], fields["balance"], fields["outcome"]) == (
        "EUR\u00a06,300.00", "EUR\u00a06,750.00", "EUR\u00a0450.00", "claim",
    )  # fmt: skip
    assert fields["refund"]["account"] == "Khan Bank, MN77"
    assert fields["total"] == {"planned": "10,000.00", "claimed": "8,400.00", "accepted": "8,400.00"}
    assert shape(fields) == shape(dict(SETTLEMENT.sample))


def test_the_database_refuses_a_settlement_that_does_not_add_up(case: Case) -> None:
    settled_to(case, 840000)
    case.compute()
    with pytest.raises(IntegrityError):
        case.do(lambda s: s.execute(text("UPDATE disbursement_settlement SET balance = 1")))
