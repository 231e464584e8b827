from datetime import date, timedelta

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError

from fundapp.documents.models import Document
from fundapp.grants import contracts, offers, queries
from fundapp.grants.letters import CONTRACT, Grantor
from fundapp.grants.models import Contract
from fundapp.history import queries as history
from fundapp.kit.errors import NotAllowed, Refused
from fundapp.lifecycle.service import take_back
from fundapp.mail.models import Message
from fundapp.measures.lifecycle import SIGN
from fundapp.measures.models import Measure, Party
from fundapp.reminders.models import Obligation
from tests.grants.case import Case


def test_a_contract_freezes_amount_payee_and_plan(case: Case) -> None:
    issued = case.issue()
    assert (issued.number, issued.status, issued.amount, issued.total_cost) == (
        "C-2026-0001",
        "issued",
        750000,
        1000000,
    )
    assert (issued.payee_bank, issued.payee_account) == ("Khan Bank", "MN120005001234567890")
    parts = case.do(lambda s: [(p.no, p.amount, p.needs_report) for p in queries.instalments(s, issued.id)])
    assert parts == [(1, 375000, ""), (2, 300000, "interim"), (3, 75000, "final")]


def test_the_letter_gets_its_fields_from_the_database(case: Case) -> None:
    issued = case.issue(grantor=Grantor(name="Chamber of Töv", signatory="B. Bold", function="Director"))
    fields = case.do(lambda s: s.get_one(Document, issued.document_id).fields)
    assert fields["money"]["grant"] == "EUR\u00a07,500.00"
    assert fields["money"]["grant_words"] == "seven thousand five hundred euros"
    assert fields["money"]["share"] == "75.0"
    assert fields["grantor"]["signatory"] == "B. Bold"
    assert [part["amount"] for part in fields["instalments"]] == [
        "EUR\u00a03,750.00",
        "EUR\u00a03,000.00",
        "EUR\u00a0750.00",
    ]
    assert fields["reports"][-1]["due"] == "29 January 2027"
    assert fields["budget_total"] == {"total": "10,000.00", "grant": "7,500.00", "own": "2,500.00", "other": "0.00"}


def shape(value: object) -> object:
    if isinstance(value, dict):
        return {name: shape(inner) for name, inner in value.items()}
    return [shape(value[0])] if isinstance(value, list) and value else type(value)


def test_the_fields_have_the_shape_of_the_sample(case: Case) -> None:
    issued = case.issue()
    fields = case.do(lambda s: s.get_one(Document, issued.document_id).fields)
    assert shape(fields) == shape(dict(CONTRACT.sample))


def test_numbers_are_gapless_although_one_was_refused(case: Case) -> None:
    case.issue()
    with pytest.raises(Refused, match="has been issued already"):
        case.issue()
    again = case.do(
        lambda s: contracts.reissue(s, case.contract(s), because="other dates", by=case.manager, at=case.at)
    )
    assert again.number == "C-2026-0002"
    assert case.do(lambda s: [(c.number, c.status) for c in queries.void_contracts(s, case.id)]) == [
        ("C-2026-0001", "void")
    ]


def test_issuing_again_needs_a_reason(case: Case) -> None:
    case.issue()
    with pytest.raises(Refused, match="Please give a reason"):
        case.do(lambda s: contracts.reissue(s, case.contract(s), because=" ", by=case.manager, at=case.at))


def test_all_that_is_missing_is_said_at_once(case: Case) -> None:
    def spoil(session: object) -> None:
        session.execute(update(Measure).values(requested=800000))
        session.execute(update(Party).where(Party.part == "account").values(account=""))
        session.execute(update(Party).where(Party.part == "signs").values(organisation=" "))

    case.do(spoil)
    with pytest.raises(Refused) as refused:
        case.issue()
    assert refused.value.reasons == (
        "Less was awarded than asked for: the plan has to be fitted to the award first.",
        "Not named yet: who signs.",
        "The bank and the account number of the account holder are missing.",
    )


def test_a_plan_that_has_ended_is_not_contracted(case: Case) -> None:
    case.do(lambda s: s.execute(update(Measure).values(starts_on=date(2025, 1, 1), ends_on=date(2025, 12, 31))))
    with pytest.raises(Refused, match="which has passed; give later dates"):
        case.issue()


def test_only_a_manager_issues(case: Case) -> None:
    with pytest.raises(NotAllowed):
        case.do(lambda s: contracts.issue(s, case.measure(s), by=case.officer, at=case.at))


def test_signing_commits_the_money_and_says_when_funding_ends(case: Case) -> None:
    case.issue()
    assert case.figures() == (750000, 0, 0, 0)
    case.sign()
    assert case.figures() == (0, 750000, 0, 0)
    measure = case.do(case.measure)
    assert (measure.status, measure.contracted_on, measure.funding_ends) == (
        "contracted",
        date(2026, 3, 2),
        date(2026, 10, 31),
    )


def test_a_contract_cannot_be_signed_before_it_is_issued(case: Case) -> None:
    with pytest.raises(Refused, match="No contract has been issued yet"):
        case.sign()


def test_the_day_of_signature_lies_between_issue_and_today(case: Case) -> None:
    case.issue()
    case.later(days=3)
    with pytest.raises(Refused, match="6 March 2026 has not come yet") as refused:
        case.sign(signed_on=date(2026, 3, 6))
    assert refused.value.field == "signed_on"
    with pytest.raises(Refused, match="it was not signed before"):
        case.sign(signed_on=date(2026, 3, 1))


def test_another_account_since_the_issue_stops_the_signature(case: Case) -> None:
    case.issue()
    case.do(lambda s: s.execute(update(Party).where(Party.part == "account").values(account="MN99")))
    with pytest.raises(Refused, match="The bank account has changed since the contract was issued"):
        case.sign()


def test_that_the_same_person_issued_and_filed_is_allowed_and_noted(case: Case) -> None:
    case.issue()
    case.sign(by=case.manager)
    told = case.do(lambda s: [t.entry for t in history.of_case(s, case.id) if t.entry.action == "grants.file_signed"])
    assert told[0].data["same_person"] is True


def test_a_signature_can_be_taken_back_and_given_again(case: Case) -> None:
    case.issue()
    case.sign()

    def back(session: object) -> None:
        measure = case.measure(session)
        take_back(session, measure, SIGN, by=case.second, at=case.at, because="", undo=offers.unsign)

    case.later(hours=1)
    case.do(back)
    assert case.status() == "approved"
    assert case.figures() == (750000, 0, 0, 0)
    assert case.do(lambda s: case.contract(s).status) == "issued"
    case.later(hours=1)
    case.sign()
    assert case.figures() == (0, 750000, 0, 0)


def test_a_signature_stays_once_money_has_gone_out(case: Case) -> None:
    case.run()
    case.pay_all(1)
    with pytest.raises(Refused, match="Money has been paid on this contract"):
        case.do(lambda s: offers.unsign(s, case.measure(s), case.second, case.at))


def test_the_approval_owes_a_signature_within_three_months(case: Case) -> None:
    case.issue()
    owed = case.do(lambda s: s.scalars(select(Obligation).where(Obligation.kind == "grants.signature")).one())
    assert owed.due == date(2026, 5, 25)
    case.sign()
    assert case.do(lambda s: s.get_one(Obligation, owed.id).done_at) is not None


def test_the_applicant_hears_after_half_an_hour(case: Case) -> None:
    case.issue()
    mail = case.do(lambda s: s.scalars(select(Message)).one())
    assert mail.subject == "Your contract is ready to be signed"
    assert mail.send_after - mail.queued_at == timedelta(minutes=30)


def test_the_database_keeps_one_contract_at_a_time(case: Case) -> None:
    case.issue()
    twin = text(
        "INSERT INTO grants_contract (measure_id, number, status, financing, amount, total_cost, starts_on, ends_on, payee, payee_bank,"
        " payee_account, document_id, issued_by_id, issued_at, original_with, equipment) SELECT measure_id, 'X', status, financing, amount,"
        " total_cost, starts_on, ends_on, payee, payee_bank, payee_account, document_id, issued_by_id, issued_at, '', '' FROM grants_contract"
    )
    with pytest.raises(IntegrityError):
        case.do(lambda s: s.execute(twin))


def test_another_fund_goes_on_with_the_next_number(case: Case) -> None:
    case.issue()
    other = Case(case.database)
    assert other.issue().number == "C-2026-0002"
    assert case.do(lambda s: s.scalars(select(Contract.number).order_by(Contract.id)).all()) == [
        "C-2026-0001",
        "C-2026-0002",
    ]
