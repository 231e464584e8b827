"""Receipts as a list: typed or pasted, entered in one act, gone through in one act."""

import re
from typing import Any

import pytest

from fundapp.disbursement import lists, pasting, queries, sampling
from fundapp.disbursement.models import Receipt
from fundapp.history import queries as history
from fundapp.kit.errors import Refused
from tests.grants.case import Case

ROW = {"paid_on": "2026-03-01", "payee": "Workshop", "what_for": "Steel", "line": "1", "amount": "100.00"}
KEY = {"key": "key of a page"}


@pytest.fixture
def case(database: Any) -> Case:
    made = Case(database, award=5_000_00, preset="small")
    made.run()
    return made


def rows(*changed: dict[str, str]) -> dict[str, str]:
    return {f"lines-{n}-{name}": value for n, more in enumerate(changed) for name, value in (ROW | more).items()}


def entered(case: Case) -> list[tuple[int, int]]:
    return case.do(lambda session: [(r.no, r.amount) for r in queries.receipts(session, case.id)])


def told(case: Case, action: str) -> list[dict[str, Any]]:
    found = case.do(lambda session: history.of_case(session, case.id))
    return [each.entry.data for each in found if each.entry.action == f"disbursement.{action}"]


def test_those_above_250_and_every_fifth_are_opened_or_all() -> None:
    receipts = [(no, 250_00 + (no == 3)) for no in range(1, 12)]
    assert sampling.to_open(receipts, "sample", "EUR") == {3, 5, 10}
    assert sampling.to_open(receipts, "each", "EUR") == set(range(1, 12))
    assert sampling.to_open([(1, 999_999_00), (2, 1_000_001_00)], "sample", "MNT") == {2}


def test_rows_of_a_spreadsheet_are_read_with_tabs_or_semicolons() -> None:
    text = "Date\tTo\tFor\tNo\tLine\tSum\n1.3.2026\tWorkshop\tSteel\tA-1\t1\t1,250.50\n\n2026-03-02;Shop;Paint;;2;80\n"
    first, second = pasting.rows(text)
    assert list(first.values()) == ["2026-03-01", "Workshop", "Steel", "A-1", "1", "1,250.50"]
    assert (second["paid_on"], second["document_number"], second["amount"]) == ("2026-03-02", "", "80")


def test_typed_and_pasted_rows_are_entered_together_and_once(case: Case, client: Any) -> None:
    owner, url = client(case.owner), f"/disbursement/measures/{case.id}/receipts/list"
    assert "Six columns in this order" in owner.get(url).text
    form = rows({}, {"amount": "20.00"}) | KEY | {"pasted": "1.3.2026\tShop\tPaint\t\t2\t7.5"}
    for _twice in range(2):
        assert owner.post(url, data=form).headers["location"].endswith("#receipts")
    assert entered(case) == [(1, 100_00), (2, 20_00), (3, 7_50)]
    assert told(case, "enter_receipts") == [{"receipts": [1, 2, 3], "amount": 127_50}]
    assert told(case, "enter_receipt") == []


@pytest.mark.parametrize(
    ("wrong", "field", "said"),
    [
        ({"amount": "much"}, "amount", "is not a number"),
        ({"line": "9"}, "line", "There is no line 9 in the budget."),
        ({"paid_on": "2026-03-03"}, "paid_on", "has not come yet"),
        ({"payee": ""}, "payee", "Please fill this in."),
    ],
)
def test_one_wrong_row_is_told_in_its_cell_and_nothing_is_entered(
    case: Case, client: Any, wrong: dict[str, str], field: str, said: str
) -> None:
    url = f"/disbursement/measures/{case.id}/receipts/list"
    pasted = {"pasted": "1.3.2026\tShop\tPaint\t\t2\t7.5"}
    answer = client(case.owner).post(url, data=rows({}, wrong) | KEY | pasted)
    error = re.search(rf'id="lines-1-{field}-error">([^<]+)<', answer.text)
    assert (answer.status_code, error and said in error[1]) == (422, True)
    assert 'value="Paint"' in answer.text  # what was pasted stands as a row
    assert (entered(case), told(case, "enter_receipts")) == ([], [])


def test_a_list_is_accepted_once_what_has_to_be_opened_was_opened(case: Case, client: Any) -> None:
    amounts = ({"amount": "300.00"}, {}, {}, {"amount": "80.00"}, {})
    client(case.owner).post(f"/disbursement/measures/{case.id}/receipts/list", data=rows(*amounts) | KEY)
    officer, url = client(case.officer), f"/disbursement/measures/{case.id}/receipts/check"
    shown = officer.get(url).text
    ids = re.findall(r'name="receipt" value="(\d+)"', shown)
    assert "5 receipts wait, 2 of them to be opened." in shown
    answer = officer.post(url, data={"receipt": ids})
    assert (answer.status_code, "Open receipt 1 and tick that you have looked at it." in answer.text) == (422, True)
    ticked = {f"rows-{ids[n]}-opened": "yes" for n in (0, 4)}
    cut = {f"rows-{ids[3]}-accepted": "50.00"}
    answer = officer.post(url, data={"receipt": ids} | ticked | cut)
    assert (answer.status_code, "Please say why it is cut" in answer.text) == (422, True)
    assert case.do(lambda session: queries.unchecked_receipts(session, case.id)) == 5
    done = officer.post(url, data={"receipt": ids} | ticked | cut | {f"rows-{ids[3]}-because": "Private part"})
    assert done.status_code == 303
    found = case.do(lambda session: [(r.accepted, r.singly) for r in session.query(Receipt).order_by(Receipt.no)])
    assert found == [(300_00, True), (100_00, False), (100_00, False), (50_00, True), (100_00, True)]
    assert told(case, "check_receipts") == [{"receipts": [2, 3], "accepted": 200_00}]
    assert sorted(entry["no"] for entry in told(case, "check_receipt")) == [1, 4, 5]
    assert case.do(history.broken) == []


def test_who_entered_a_receipt_does_not_go_through_it(case: Case, client: Any) -> None:
    officer = client(case.officer)
    officer.post(f"/disbursement/measures/{case.id}/receipts/list", data=rows({}) | KEY)
    assert "One receipt was entered by you" in officer.get(f"/disbursement/measures/{case.id}/receipts/check").text
    [id] = case.do(lambda session: [receipt.id for receipt in queries.unchecked(session, case.id)])
    with pytest.raises(Refused, match="You entered this receipt yourself"):
        case.do(
            lambda s: lists.check_list(s, case.measure(s), {id: lists.Judged(opened=True)}, by=case.officer, at=case.at)
        )


def test_a_twin_is_shown_on_the_list(case: Case, client: Any) -> None:
    client(case.owner).post(f"/disbursement/measures/{case.id}/receipts/list", data=rows({}, {}) | KEY)
    shown = client(case.officer).get(f"/disbursement/measures/{case.id}/receipts/check").text
    assert shown.count("Looks like receipt") == 2
