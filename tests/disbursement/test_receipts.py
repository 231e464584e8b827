from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest

from fundapp.disbursement import queries, receipts
from fundapp.disbursement.models import Receipt
from fundapp.kit.errors import NotAllowed, Refused
from tests.grants.case import SCAN, Case


def check(case: Case, receipt: Receipt, accepted: int, because: str = "", by: Any = None) -> None:
    case.do(
        lambda s: receipts.check(
            s, s.get_one(Receipt, receipt.id), accepted=accepted, because=because, by=by or case.officer, at=case.at
        )
    )


def test_receipts_have_numbers_without_gaps_in_each_measure(case: Case) -> None:
    assert [case.receipt(amount).no for amount in (100, 200, 300)] == [1, 2, 3]


def test_twenty_receipts_at_once_get_twenty_numbers(case: Case) -> None:
    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(lambda n: case.receipt(100 + n).no, range(20)))
    assert sorted(numbers) == list(range(1, 21))


def test_the_same_page_sent_twice_enters_one_receipt(case: Case) -> None:
    assert case.receipt(100, key="page").id == case.receipt(100, key="page").id


def test_a_line_says_what_is_planned_shown_and_left(case: Case) -> None:
    case.receipt(200000, line=1, accepted=-1)
    case.receipt(100000, line=1, accepted=80000, because="private part")
    case.receipt(50000, line=1)
    line = case.do(lambda s: queries.budget(s, case.id))[0]
    assert (line.line.amount, line.claimed, line.accepted, line.unchecked, line.left) == (
        500000,
        350000,
        280000,
        50000,
        170000,
    )


def test_cutting_needs_a_reason(case: Case) -> None:
    receipt = case.receipt(20000)
    with pytest.raises(Refused, match="Please say why it is cut"):
        check(case, receipt, 16000)
    check(case, receipt, 16000, "VAT can be reclaimed")
    kept = case.do(lambda s: s.get_one(Receipt, receipt.id))
    assert (kept.accepted, kept.cut_reason, kept.checked_by_id) == (16000, "VAT can be reclaimed", case.officer.id)


def test_no_more_than_the_receipt_is_accepted(case: Case) -> None:
    with pytest.raises(Refused, match="Between nothing and the amount"):
        check(case, case.receipt(20000), 20001)


def test_who_entered_it_does_not_check_it(case: Case) -> None:
    proof = receipts.Proof(case.at.date(), "Workshop", "Steel", 5000)
    made = case.do(
        lambda s: receipts.enter(
            s, case.measure(s), case.line(s, 1), proof, key="by officer", by=case.officer, at=case.at
        )
    )
    with pytest.raises(Refused, match="You entered this receipt yourself"):
        check(case, made, 5000)
    check(case, made, 5000, by=case.finance)


def test_a_stranger_enters_nothing(case: Case) -> None:
    proof = receipts.Proof(case.at.date(), "Workshop", "Steel", 5000)
    with pytest.raises(NotAllowed):
        case.do(
            lambda s: receipts.enter(s, case.measure(s), case.line(s, 1), proof, key="x", by=case.finance, at=case.at)
        )


@pytest.mark.parametrize(
    ("how", "field"),
    [({"amount": 0}, "amount"), ({"paid_on": date(2026, 3, 3)}, "paid_on")],
)
def test_what_cannot_be_is_refused_next_to_its_field(case: Case, how: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refused:
        case.receipt(how.get("amount", 100), **{name: value for name, value in how.items() if name != "amount"})
    assert refused.value.field == field


def test_a_line_of_another_measure_is_refused(case: Case) -> None:
    other = Case(case.database)
    proof = receipts.Proof(case.at.date(), "Workshop", "Steel", 5000)
    with pytest.raises(Refused, match="This budget line belongs to another measure"):
        case.do(
            lambda s: receipts.enter(s, case.measure(s), other.line(s, 1), proof, key="x", by=case.owner, at=case.at)
        )


def test_a_checker_is_told_what_to_look_at(case: Case) -> None:
    first = case.receipt(120000, document_number="17")
    second = case.receipt(120000, paid_on=date(2026, 2, 28), document_number="17", key="second")

    def flags(receipt: Receipt) -> list[str]:
        return case.do(
            lambda s: receipts.flags(s, queries.find_receipt(s, receipt.id, visible_to=case.manager), case.contract(s))
        )

    case.do(
        lambda s: receipts.add_photo(
            s, queries.find_receipt(s, first.id, visible_to=case.owner), SCAN, by=case.owner, at=case.at
        )
    )
    assert flags(first) == [
        "Paid before the measure began on 1 May 2026.",
        "A round sum.",
        "Looks like receipt 2 here: same payee with the same number, or the same day and amount.",
    ]
    assert flags(second)[1:3] == ["No photo or PDF of it is there.", "Paid on a Saturday."]


def test_the_next_receipt_to_check_comes_around(case: Case) -> None:
    made = [case.receipt(amount) for amount in (100, 200, 300)]
    last = case.do(lambda s: queries.next_unchecked(s, s.get_one(Receipt, made[2].id)))
    assert last == made[0].id
