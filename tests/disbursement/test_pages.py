"""The money of one measure through the browser's own requests, each by the right person."""

import re
from typing import Any

import pytest

from fundapp.disbursement import queries, reports
from fundapp.grants import service
from fundapp.history import queries as history
from tests import factories
from tests.grants.case import Case

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@pytest.fixture
def case(database: Any) -> Case:
    return Case(database)


def hidden(page: Any, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', page.text)
    assert found, f"no field {name} in {page.url}"
    return found[1]


def ok(answer: Any) -> Any:
    assert answer.status_code == 200, f"{answer.url}: {answer.status_code} {answer.text[-2000:]}"
    return answer


def done(answer: Any) -> str:
    assert answer.status_code == 303, f"{answer.url}: {answer.status_code} {answer.text[:3000]}"
    return str(answer.headers["location"])


def test_a_whole_life_of_money_through_the_pages(case: Case, client: Any, clock: Any) -> None:
    manager, second, finance, officer, owner = (
        client(person) for person in (case.manager, case.second, case.finance, case.officer, case.owner)
    )
    contract, money = f"/grants/measures/{case.id}", f"/disbursement/measures/{case.id}"
    ok(owner.get(contract))
    first = ok(manager.get(contract))
    assert "50/40/10" in first.text
    form = {
        "starts_on": "2026-03-02",
        "ends_on": "2026-08-31",
        "plan": "50/40/10",
        "financing": "share",
        "name": "Chamber",
    }
    assert done(manager.post(f"{contract}/issue", data=form)) == contract
    issued = ok(manager.get(contract))
    assert "C-2026-0001 waits for signature" in issued.text
    assert "MN120005001234567890" not in issued.text
    assert "MN120005001234567890" in ok(manager.get(f"{contract}?show=account")).text
    ok(second.get(f"{contract}/sign"))
    signed = {"signed_on": "2026-03-02", "original_with": "binder 3"}
    refused = second.post(f"{contract}/sign", data=signed)
    assert (refused.status_code, "Please choose the scan" in refused.text) == (422, True)
    done(second.post(f"{contract}/sign", data=signed, files={"signed_copy": ("signed.pdf", PDF, "application/pdf")}))
    held = case.do(case.contract)
    assert ok(manager.get(f"/grants/contracts/{held.id}/signed")).content == PDF
    assert "The agreed day has come" in ok(officer.get(contract)).text
    done(officer.post(f"{contract}/start"))
    case.do(lambda s: reports.open_reports(s, case.contract(s), at=case.at))

    def pay(no: int) -> None:
        page = ok(officer.get(money))
        url = done(officer.post(f"{money}/payments", data={"instalment": no, "key": hidden(page, "key")}))
        ok(officer.get(url))
        ok(manager.get("/disbursement/"))
        ok(manager.get(url))
        done(manager.post(f"{url}/authorise"))
        ok(finance.get(url))
        assert finance.post(f"{url}/pay", data={"paid_on": "2026-03-02"}).status_code == 422
        done(finance.post(f"{url}/pay", data={"paid_on": "2026-03-02", "bank_reference": f"KB-{no}"}))
        assert f"KB-{no}" in ok(finance.get(url)).text

    def enter(amount: str, line: int) -> None:
        page = ok(owner.get(f"{money}/receipts/new"))
        id = case.do(lambda s: case.line(s, line).id)
        form = {"line": id, "paid_on": "2026-03-01", "payee": "Workshop", "what_for": "Steel", "amount": amount}
        files = {"photo": ("receipt.pdf", PDF, "application/pdf")}
        done(owner.post(f"{money}/receipts", data=form | {"key": hidden(page, "key")}, files=files))
        receipt = case.do(lambda s: queries.receipts(s, case.id)[-1].id)
        ok(officer.get(f"/disbursement/receipts/{receipt}"))
        assert ok(owner.get(f"/disbursement/receipts/{receipt}/file")).content == PDF
        done(officer.post(f"/disbursement/receipts/{receipt}/check", data={"whole": "yes"}))

    def report(kind: str) -> None:
        id = case.do(lambda s: next(r.id for r in queries.reports(s, case.id) if r.kind == kind))
        page = ok(owner.get(f"/disbursement/reports/{id}"))
        words = {"done": "Built.", "version": hidden(page, "version"), "act": "send"}
        refused = owner.post(f"/disbursement/reports/{id}", data=words)
        assert (refused.status_code, "Still missing: what came of it." in refused.text) == (422, True)
        words |= {"results": "It runs.", "version": hidden(refused, "version")}
        done(owner.post(f"/disbursement/reports/{id}", data=words))
        ok(officer.get(f"/disbursement/reports/{id}"))
        done(officer.post(f"/disbursement/reports/{id}/accept"))

    pay(1)
    enter("4,000.00", 1)
    report("interim")
    pay(2)
    enter("4,400.00", 2)
    report("final")
    assert "over 20 %" not in ok(finance.get(f"{money}/settlement")).text
    for person in (owner, officer, finance):
        ok(person.get(money))
        assert "claimed back" in ok(person.get(f"{money}/settlement")).text
    done(finance.post(f"{money}/settlement", data={"refund_account": "MN77"}))
    assert "450.00 are claimed back by 1 April 2026" in ok(finance.get(f"{money}/settlement")).text
    assert finance.post(f"{money}/settle").status_code == 409
    refund = {"refunded_on": "2026-03-02", "bank_reference": "IN-1"}
    done(finance.post(f"{money}/settlement/refund", data=refund))
    done(manager.post(f"{money}/settle"))
    assert (case.status(), case.figures()) == ("settled", (0, 0, 630000, 45000))
    for person in (manager, owner):
        ok(person.get(f"{money}/settlement"))
        ok(person.get(money))
    read = case.do(
        lambda s: [t.entry.data["what"] for t in history.of_case(s, case.id) if t.entry.action == "people.read"]
    )
    assert sorted(read) == ["bank data", "signed contract"]
    assert case.do(history.broken) == []


def test_strangers_get_404_and_wrong_roles_403(case: Case, client: Any) -> None:
    case.run()
    payment = case.prepare(1)
    stranger = client(case.do(lambda s: factories.person(s, role="applicant")))
    owner, finance = client(case.owner), client(case.finance)
    addresses = (
        f"/grants/measures/{case.id}",
        f"/disbursement/measures/{case.id}",
        f"/disbursement/payments/{payment.id}",
    )
    assert [stranger.get(address).status_code for address in addresses] == [404, 404, 404]
    assert owner.post(f"/disbursement/payments/{payment.id}/authorise").status_code == 403
    assert (
        finance.post(f"/grants/measures/{case.id}/terminate", data={"at_fault": "no", "because": "x"}).status_code
        == 403
    )
    assert owner.get("/disbursement/").status_code == 403
    assert client().get("/disbursement/").status_code == 303


def test_odd_input_is_told_beside_its_field_and_nothing_is_lost(case: Case, client: Any) -> None:
    case.run()
    owner, line = client(case.owner), case.do(lambda s: case.line(s, 1).id)
    url = f"/disbursement/measures/{case.id}/receipts"
    good = {"line": line, "paid_on": "2026-03-01", "payee": "Workshop", "what_for": "Steel", "key": "a page key"}
    for amount, said in (
        ("1,5", "is not a number"),
        ("-5", "is below zero"),
        ("٥٠", "is not written in the digits 0 to 9"),
        ("99999999999999", "is too large"),
        ("0", "The amount must be greater than zero."),
    ):
        answer = owner.post(url, data=good | {"amount": amount})
        assert (answer.status_code, said in answer.text, 'value="Workshop"' in answer.text) == (422, True, True), amount
    answer = owner.post(url, data=good | {"amount": "5", "paid_on": "2026-03-03"})
    assert (answer.status_code, "3 March 2026 has not come yet." in answer.text) == (422, True)
    answer = owner.post(url, data=good | {"amount": "5", "line": 999999})
    assert answer.status_code == 422
    answer = owner.post(
        url, data=good | {"amount": "5"}, files={"photo": ("a.exe", b"MZ not a paper", "application/pdf")}
    )
    assert (answer.status_code, "is not a file that can be read here" in answer.text) == (422, True)


def test_a_second_send_of_the_same_page_prepares_nothing_more(case: Case, client: Any) -> None:
    case.run()
    officer, form = client(case.officer), {"instalment": 1, "key": "one page's key"}
    first = done(officer.post(f"/disbursement/measures/{case.id}/payments", data=form))
    assert done(officer.post(f"/disbursement/measures/{case.id}/payments", data=form)) == first


def test_a_step_that_is_not_open_is_refused_with_its_reasons(case: Case, client: Any) -> None:
    case.run()
    payment = case.pay_all(1)
    answer = client(case.manager).post(f"/disbursement/payments/{payment.id}/authorise")
    assert (answer.status_code, "only a prepared one is authorised" in answer.text) == (409, True)
    again = client(case.officer).post(
        f"/disbursement/measures/{case.id}/payments", data={"instalment": 2, "key": "another key"}
    )
    assert (again.status_code, "The interim report is not accepted." in again.text) == (409, True)


def test_a_stale_report_shows_the_other_text(case: Case, client: Any) -> None:
    case.run()
    owner, officer = client(case.owner), client(case.officer)
    id = case.do(lambda s: queries.reports(s, case.id)[0].id)
    url, words = f"/disbursement/reports/{id}", {"version": 1, "act": "save"}
    done(owner.post(url, data=words | {"done": "Mine."}))
    answer = officer.post(url, data=words | {"done": "Theirs."})
    assert (answer.status_code, "Mine." in answer.text, "Theirs." in answer.text) == (409, True, True)


def test_pause_and_early_end_ask_for_what_they_need(case: Case, client: Any) -> None:
    case.run()
    manager, root = client(case.manager), f"/grants/measures/{case.id}"
    ok(manager.get(f"{root}/suspend"))
    answer = manager.post(f"{root}/suspend", data={"review_on": "2027-01-01", "because": "snow"})
    assert (answer.status_code, "no later than 2 June 2026" in answer.text, "snow" in answer.text) == (422, True, True)
    done(manager.post(f"{root}/suspend", data={"review_on": "2026-04-01", "because": "snow"}))
    ok(manager.get(root))
    ok(manager.get(f"{root}/terminate"))
    assert manager.post(f"{root}/terminate", data={"because": "dzud"}).status_code == 422
    done(manager.post(f"{root}/resume", data={"because": "thaw"}))
    done(manager.post(f"{root}/terminate", data={"because": "dzud", "at_fault": "no"}))
    ok(client(case.owner).get(root))
    assert case.status() == "terminated"


def test_an_earlier_start_needs_a_notice(case: Case, client: Any) -> None:
    case.issue()
    case.sign()
    officer, root = client(case.officer), f"/grants/measures/{case.id}"
    assert "Notice of start" in ok(officer.get(root)).text
    refused = officer.post(f"{root}/start", data={"because": " "})
    assert (refused.status_code, "The agreed start is 1 May 2026." in refused.text) == (409, True)
    done(officer.post(f"{root}/start", data={"because": "the builders came early"}))
    assert case.status() == "running"


def test_withdraw_and_lapse_through_the_pages(case: Case, client: Any) -> None:
    manager, owner, root = client(case.manager), client(case.owner), f"/grants/measures/{case.id}"
    assert manager.post(f"{root}/lapse").status_code == 409
    assert owner.post(f"{root}/withdraw").status_code == 409
    done(owner.post(f"{root}/withdraw", data={"because": "no partner"}))
    assert case.status() == "withdrawn"


def test_the_money_page_costs_the_same_for_ten_and_a_hundred_receipts(case: Case, client: Any) -> None:
    from sqlalchemy import event  # noqa: PLC0415

    case.run()
    officer = client(case.officer)
    asked: list[str] = []

    def count() -> int:
        asked.clear()
        ok(officer.get(f"/disbursement/measures/{case.id}"))
        return len(asked)

    def fill(session: Any, many: int) -> None:
        for _ in range(many):
            factories.receipt(session, measure=case.measure(session), by=case.owner)

    engine = officer.app.state.database.engine
    event.listen(engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    case.do(lambda s: fill(s, 10))
    ten = count()
    case.do(lambda s: fill(s, 85))
    assert count() == ten
    assert ten < 60


def test_nothing_is_paid_while_a_measure_is_paused(case: Case, client: Any) -> None:
    case.run()
    case.do(
        lambda s: service.suspend(
            s, case.measure(s), review_on=case.at.date().replace(month=4), because="snow", by=case.manager, at=case.at
        )
    )
    answer = client(case.officer).post(
        f"/disbursement/measures/{case.id}/payments", data={"instalment": 1, "key": "a key here"}
    )
    assert answer.status_code == 409


def test_a_line_beyond_its_plan_is_flagged_and_asks_for_consent(case: Case, client: Any) -> None:
    case.run()
    case.pay_all(1)
    case.receipt(600100, line=1, accepted=-1)
    case.report("final")
    finance, url = client(case.finance), f"/disbursement/measures/{case.id}/settlement"
    assert "over 20 %" in ok(finance.get(url)).text
    refused = finance.post(url, data={"consent": ""})
    assert (refused.status_code, "more than 20 % needs your consent" in refused.text) == (422, True)
    done(finance.post(url, data={"consent": "wool was dearer"}))
