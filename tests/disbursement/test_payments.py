from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DatabaseError, IntegrityError

from fundapp.disbursement import payments, queries, reasons
from fundapp.disbursement.models import Payment
from fundapp.funds import queries as funds
from fundapp.kit.errors import FundError, NotAllowed, Refused
from fundapp.mail.models import Message
from fundapp.measures.models import Measure, Party
from fundapp.people.models import Person
from fundapp.reminders.models import Obligation
from tests import factories
from tests.grants.case import Case, day


def get(case: Case, payment: Payment) -> Payment:
    return case.do(lambda s: s.get_one(Payment, payment.id))


def refused(act: Any) -> tuple[str, ...]:
    with pytest.raises(Refused) as found:
        act()
    return found.value.reasons


def test_three_persons_pay_and_the_ledger_follows(case: Case) -> None:
    payment = case.prepare(1)
    assert (payment.amount, payment.policy, payment.payee_account) == (375000, "three", "MN120005001234567890")
    case.authorise(payment)
    assert case.figures() == (0, 750000, 0, 0)
    case.pay(payment, bank_reference="KB-4711", paid_on=day("2026-03-02"))
    paid = get(case, payment)
    assert (paid.status, paid.bank_reference, paid.paid_on) == ("paid", "KB-4711", day("2026-03-02"))
    assert (paid.prepared_by_id, paid.authorised_by_id, paid.paid_by_id) == (
        case.officer.id,
        case.manager.id,
        case.finance.id,
    )
    assert case.figures() == (0, 375000, 375000, 0)
    assert case.do(lambda s: funds.figures(s, case.fund_id).bank) == 50_000_00 - 375000


def test_a_payment_on_a_contract_that_has_not_begun_is_possible(database: Any) -> None:
    case = Case(database)
    case.issue()
    case.sign()
    case.pay_all(1)
    assert (case.status(), case.figures()) == ("contracted", (0, 375000, 375000, 0))


def test_who_prepared_does_not_authorise(case: Case) -> None:
    payment = case.prepare(1, by=case.manager)
    assert refused(lambda: case.authorise(payment, by=case.manager)) == (
        "You prepared this payment yourself; another person authorises it.",
    )


def test_who_authorised_or_prepared_does_not_pay(case: Case) -> None:
    for person in (case.officer, case.manager):
        case.do(lambda s, person=person: factories.give(s, s.get_one(Person, person.id), role="finance"))
    officer, manager = (case.do(lambda s, id=id: s.get_one(Person, id)) for id in (case.officer.id, case.manager.id))
    payment = case.prepare(1)
    case.authorise(payment)
    assert refused(lambda: case.pay(payment, by=manager)) == (
        "You authorised this payment yourself; another person pays it.",
    )
    assert refused(lambda: case.pay(payment, by=officer)) == (
        "You prepared this payment yourself; a third person pays it.",
    )


def test_in_a_small_fund_the_preparer_may_pay(database: Any) -> None:
    case = Case(database, preset="small")
    case.run()
    case.do(lambda s: factories.give(s, s.get_one(Person, case.officer.id), role="finance"))
    officer = case.do(lambda s: s.get_one(Person, case.officer.id))
    payment = case.prepare(1)
    case.authorise(payment)
    case.pay(payment, by=officer)
    assert (payment.policy, get(case, payment).status) == ("two", "paid")


def test_who_rated_the_measure_signs_for_no_money(case: Case) -> None:
    payment = case.prepare(1)

    def rate(session: Any) -> None:
        measure = case.measure(session)
        committee = factories.committee(session)
        scheme = factories.scheme(session, call=session.get_one(factories.Call, measure.call_id), committee=committee)
        for person in (case.manager, case.finance):
            factories.sheet(session, measure=measure, person=person, scheme=scheme)

    case.do(rate)
    said = ("You rated this measure; somebody else signs for its money.",)
    assert refused(lambda: case.authorise(payment)) == said
    case.authorise(payment, by=case.second)
    assert refused(lambda: case.pay(payment)) == said


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE disbursement_payment SET authorised_by_id = prepared_by_id",
        "UPDATE disbursement_payment SET authorised_by_id = {second}, paid_by_id = {second}",
        "UPDATE disbursement_payment SET authorised_by_id = {second}, paid_by_id = prepared_by_id",
        "UPDATE disbursement_payment SET status = 'authorised'",
        "UPDATE disbursement_payment SET status = 'paid', authorised_by_id = {second}",
        "UPDATE disbursement_payment SET amount = 0",
    ],
)
def test_the_database_itself_keeps_the_three_apart(case: Case, sql: str) -> None:
    case.prepare(1)
    with pytest.raises((IntegrityError, DatabaseError)):
        case.do(lambda s: s.execute(text(sql.format(second=case.second.id))))


def test_roles_pay_only_what_is_theirs(case: Case) -> None:
    with pytest.raises(NotAllowed):
        case.prepare(1, by=case.finance)
    payment = case.prepare(1)
    with pytest.raises(NotAllowed):
        case.authorise(payment, by=case.finance)
    case.authorise(payment)
    with pytest.raises(NotAllowed):
        case.pay(payment, by=case.second)


def test_all_open_conditions_are_said_at_once(case: Case) -> None:
    case.pay_all(1)
    case.later(days=30)
    case.receipt(310000, accepted=-1)
    assert refused(lambda: case.prepare(2)) == (
        "62.0 % of instalment 1 is shown by receipts; 70 % is needed. EUR\u00a0300.00 more in accepted receipts will do.",
        "The interim report is not accepted.",
    )


def test_the_second_instalment_goes_out_once_its_conditions_are_met(case: Case) -> None:
    case.pay_all(1)
    case.receipt(350000, accepted=-1)
    case.report("interim")
    assert case.pay_all(2).amount == 300000
    assert case.figures() == (0, 75000, 675000, 0)


def test_conditions_are_asked_again_at_every_signature(case: Case) -> None:
    payment = case.prepare(1)
    case.do(lambda s: s.execute(update(Measure).values(status="suspended")))
    with pytest.raises(NotAllowed):
        case.authorise(payment)
    case.do(lambda s: s.execute(update(Measure).values(status="running")))
    case.do(lambda s: s.execute(update(Party).where(Party.part == "account").values(account="MN99")))
    assert refused(lambda: case.authorise(payment)) == ("The bank account is not the one in the contract.",)


def test_the_last_instalment_waits_for_report_and_settlement(case: Case) -> None:
    case.pay_all(1)
    said = refused(lambda: case.prepare(3))
    assert said == ("The final report is not accepted.", "The settlement has not been made.")


def test_no_more_than_the_instalment_is_prepared(case: Case) -> None:
    assert refused(lambda: case.prepare(1, amount=375001)) == (
        "Instalment 1 is EUR\u00a03,750.00; no more of it can be paid.",
    )
    assert refused(lambda: case.prepare(1, amount=0)) == ("The amount is not above zero.",)
    assert case.prepare(1, amount=100000).amount == 100000


def test_an_instalment_has_one_payment(case: Case) -> None:
    case.prepare(1, key="a")
    assert refused(lambda: case.prepare(1, key="b"))[0] == "Instalment 1 has a payment already; it is prepared."


def test_the_same_page_sent_twice_prepares_once(case: Case) -> None:
    assert case.prepare(1, key="page").id == case.prepare(1, key="page").id
    assert "used for another payment already" in refused(lambda: case.prepare(1, key="page", amount=5))[0]


def test_a_cancelled_payment_makes_room_for_another(case: Case) -> None:
    payment = case.prepare(1)
    with pytest.raises(Refused, match="Please give a reason"):
        case.do(
            lambda s: payments.cancel_payment(
                s, s.get_one(Payment, payment.id), because="", by=case.manager, at=case.at
            )
        )
    case.do(
        lambda s: payments.cancel_payment(
            s, s.get_one(Payment, payment.id), because="typo", by=case.manager, at=case.at
        )
    )
    assert get(case, payment).status == "cancelled"
    case.prepare(1, key="again")


def test_the_day_of_payment_lies_between_signature_and_today(case: Case) -> None:
    payment = case.prepare(1)
    case.authorise(payment)
    assert refused(lambda: case.pay(payment, paid_on=date(2026, 3, 3))) == ("3 March 2026 has not come yet.",)
    assert refused(lambda: case.pay(payment, paid_on=date(2026, 3, 1))) == (
        "1 March 2026 is before 2 March 2026, when that could first be.",
    )
    assert refused(lambda: case.pay(payment, bank_reference=" ")) == (
        "Give the reference of the bank, as it stands on the statement.",
    )


def test_what_the_bank_returns_is_booked_back_and_can_be_paid_again(case: Case) -> None:
    payment = case.pay_all(1)
    case.later(days=2)
    case.do(
        lambda s: payments.bank_returned(
            s,
            s.get_one(Payment, payment.id),
            returned_on=case.at.date(),
            because="old account",
            by=case.finance,
            at=case.at,
        )
    )
    assert get(case, payment).status == "returned"
    assert case.figures() == (0, 750000, 0, 0)
    again = case.pay_all(1)
    assert (again.id != payment.id, case.figures()) == (True, (0, 375000, 375000, 0))
    assert case.do(lambda s: funds.verify(s)) == []


def test_a_payment_is_paid_once(case: Case) -> None:
    payment = case.pay_all(1)
    assert refused(lambda: case.pay(payment))[0] == "The payment is paid; only an authorised one is paid."


def test_who_signs_next_is_owed_and_the_applicant_hears_of_the_money(case: Case) -> None:
    def owed() -> list[str]:
        open_ = (Obligation.done_at.is_(None), Obligation.kind.in_(("disbursement.authorise", "disbursement.pay")))
        return case.do(lambda s: list(s.scalars(select(Obligation.kind).where(*open_))))

    payment = case.prepare(1)
    assert owed() == ["disbursement.authorise"]
    case.authorise(payment)
    assert owed() == ["disbursement.pay"]
    case.pay(payment)
    assert owed() == []
    mail = case.do(lambda s: s.scalars(select(Message).where(Message.kind == "disbursement/money_sent")).one())
    assert "EUR 3,750.00" in mail.body


def test_the_conditions_come_with_their_facts(case: Case) -> None:
    case.pay_all(1)
    given = case.do(lambda s: reasons.facts(s, case.contract(s), case.instalment(s, 2), 300000, case.at))
    shown = reasons.shown(given)
    assert shown["The grant is not exceeded"] == "EUR\u00a03,750.00 + EUR\u00a03,000.00 of EUR\u00a07,500.00"
    names = [name for name, _ in reasons.checklist(given)]
    assert names[:2] == [
        "The last instalment is mostly shown by receipts",
        "The interim report is accepted where one is needed",
    ]
    assert names[2:] == [
        "There is an amount to pay",
        "The contract is signed",
        "The measure is open to payments",
        "The grant is not exceeded",
        "The money is committed to this contract",
        "The fund has the money",
        "The bank account is that of the contract",
        "Earlier instalments are paid",
    ]


def test_fifty_equal_prepares_at_once_make_one_payment(case: Case) -> None:
    with ThreadPoolExecutor(10) as pool:
        made = list(pool.map(lambda _: case.prepare(1, key="one page").id, range(50)))
    assert len(set(made)) == 1
    assert case.do(lambda s: s.scalar(select(func.count()).select_from(Payment))) == 1


def test_twelve_writers_never_exceed_the_contract(case: Case) -> None:
    """Each prepares, authorises, pays, sometimes has the bank return it; nobody ever reads more than the contract allows."""

    def writer(no: int) -> list[int]:
        seen = []
        for turn in range(3):
            try:
                payment = case.prepare(1, key=f"{no}-{turn}")
                case.authorise(payment, by=(case.manager, case.second)[no % 2])
                case.pay(payment)
                if turn < 2:
                    case.do(
                        lambda s, id=payment.id: payments.bank_returned(
                            s,
                            s.get_one(Payment, id),
                            returned_on=case.at.date(),
                            because="test",
                            by=case.finance,
                            at=case.at,
                        )
                    )
            except FundError:
                pass
            with case.database.reading() as session:
                found = funds.figures_of_case(session, case.id)
                seen.append(found.paid + found.committed)
                assert found.paid <= 375000
        return seen

    with ThreadPoolExecutor(12) as pool:
        seen = [total for totals in pool.map(writer, range(12)) for total in totals]
    assert set(seen) == {750000}
    live = case.do(
        lambda s: s.scalar(
            select(func.sum(Payment.amount)).where(Payment.status.in_(("prepared", "authorised", "paid")))
        )
    )
    assert live in (None, 375000)
    assert case.do(lambda s: funds.verify(s)) == []


def test_waiting_payments_are_listed_for_those_who_sign_and_for_the_branch(case: Case) -> None:
    payment = case.prepare(1)
    other = case.do(lambda s: factories.person(s, role="officer"))

    def listed(person: Person) -> list[int]:
        return case.do(lambda s: [p.id for p in queries.waiting(s, person)])

    assert [listed(person) for person in (case.manager, case.finance, case.officer, other)] == [[payment.id]] * 3 + [[]]
