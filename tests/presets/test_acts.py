"""How many acts of people a measure of EUR 5,000 takes from submission to closing: at most 26 in a small fund, at most 60 in a national one."""

from typing import Any

from fundapp.disbursement.models import Payment, Receipt
from fundapp.history import queries as history
from tests.presets.acts import RECEIPTS, Life

SMALL = {
    "office": ("officer", "manager", "admin", "finance"),
    "second": ("manager", "chair"),
    "member": ("member",),
    "teacher": ("member",),
    "applicant": ("applicant",),
}
NATIONAL = {
    "office": ("manager",),
    "second": ("manager",),
    "officer": ("officer",),
    "finance": ("finance",),
    "chair": ("chair",),
    **{f"member{n}": ("member",) for n in range(4)},
    "applicant": ("applicant",),
}
DECISION = {"outcome": "approve", "no": "0", "abstained": "0", "amount": "5,000.00", "arguments": "It washes wool."}


def test_a_measure_takes_26_acts_in_a_small_fund(app: Any, client: Any, clock: Any, write: Any) -> None:
    life = Life(app, client, clock, write, "small", SMALL)
    life.submit()
    life.check("office")
    assert life.status() == "in_rating"  # opened by itself
    life.declare_and_sign()
    assert life.status() == "rated"  # closed with the last signature
    life.on("2026-03-20")
    assert "Record and close the meeting" in life.page("second", f"/rating/meetings/new?call={life.call}")
    decided = {f"items-0-{name}": value for name, value in DECISION.items() if name != "measure"}
    decided |= {
        "items-0-measure": str(life.id),
        "items-0-yes": "3",
        "held_on": "2026-03-20",
        "place": "Office",
        "act": "close",
    }
    life.act("decide", "second", f"/rating/calls/{life.call}/meetings", decided | {"present": life.present()})
    assert life.status() == "approved"
    life.contract("office", "office")
    life.on("2026-06-01")
    assert life.status() == "running"
    life.pay(1, prepares="office", authorises="second", pays="office")
    life.on("2027-04-05")
    counts = {"counts-0-code": "people_trained", "counts-0-value": "8", "effective": "yes"}
    report = life.report(RECEIPTS, "2026-11-03", **counts)
    assert life.check_receipts("office") == (15, 5)  # two above EUR 250, and every fifth
    assert "Accept it with its results" in life.page("office", f"/disbursement/reports/{report}")
    life.visit(
        0, "office", report=str(report), **{name: value for name, value in counts.items() if name != "effective"}
    )
    life.act("settle", "office", f"/disbursement/measures/{life.id}/settlement")
    life.pay(2, prepares="office", authorises="second", pays="office")
    assert life.status() == "settled"  # closed with its balance
    for point, day in ((6, "2027-09-30"), (12, "2028-03-31"), (24, "2029-03-31")):
        life.on(day)
        life.visit(point, "office")
    life.act("close", "office", f"/evaluation/measures/{life.id}/close")
    assert life.status() == "closed"
    assert life.acts == {
        "send": 1, "check": 2, "declare": 3, "sign": 3, "decide": 1, "contract": 2, "payment": 6, "receipts": 1, "report": 2,
        "settle": 1, "visit": 3, "close": 1,
    }  # fmt: skip
    assert life.acts.total() == 26
    paid = life.ask(lambda session: [(p.policy, p.amount) for p in session.query(Payment).order_by(Payment.id)])
    assert paid == [("two", 3_500_00), ("two", 1_500_00)]
    assert life.ask(lambda session: session.query(Receipt).filter(~Receipt.singly).count()) == 10
    assert life.ask(history.broken) == []


def test_a_measure_takes_41_acts_in_a_national_fund(app: Any, client: Any, clock: Any, write: Any) -> None:
    life = Life(app, client, clock, write, "national", NATIONAL)
    life.submit()
    life.check("officer")
    assert life.status() == "eligible"
    life.act("open", "chair", f"/rating/calls/{life.call}/open")
    life.declare_and_sign()
    life.act("close the rating", "chair", f"/rating/calls/{life.call}/close")
    life.on("2026-03-20")
    facts = {"held_on": "2026-03-20", "place": "Office", "present": life.present()}
    meeting = life.act("decide", "office", f"/rating/calls/{life.call}/meetings", facts)
    decided = DECISION | {"measure": str(life.id), "yes": "5", "version": life.hidden("office", meeting, "version")}
    life.act("decide", "office", f"{meeting}/decisions", decided)
    life.act("decide", "chair", f"{meeting}/close")
    life.contract("office", "second")
    life.on("2026-06-01")
    life.pay(1, prepares="officer", authorises="office", pays="finance")
    life.on("2026-09-07")
    life.enter_receipts(RECEIPTS[:2], "2026-08-03")
    assert life.check_receipts("officer") == (2, 2)
    life.pay(2, prepares="officer", authorises="office", pays="finance")  # without an interim report up to EUR 5,000
    life.on("2027-04-05")
    report = life.report(RECEIPTS[2:], "2026-11-03")
    assert life.check_receipts("officer") == (13, 13)
    life.act("report", "officer", f"/disbursement/reports/{report}/accept")
    life.visit(0, "officer")
    life.act("settle", "finance", f"/disbursement/measures/{life.id}/settlement")
    life.pay(3, prepares="officer", authorises="office", pays="finance")
    assert life.status() == "running"
    life.act("settle", "office", f"/disbursement/measures/{life.id}/settle")
    for point, day in ((6, "2027-09-30"), (12, "2028-03-31"), (24, "2029-03-31")):
        life.on(day)
        life.visit(point, "officer")
    life.act("close", "office", f"/evaluation/measures/{life.id}/close")
    assert life.acts == {
        "send": 1, "check": 2, "open": 1, "declare": 5, "sign": 5, "close the rating": 1, "decide": 3, "contract": 2,
        "payment": 9, "receipts": 3, "report": 2, "settle": 2, "visit": 4, "close": 1,
    }  # fmt: skip
    assert life.acts.total() == 41
    paid = life.ask(lambda session: [(p.policy, p.amount) for p in session.query(Payment).order_by(Payment.id)])
    assert paid == [("three", 2_500_00), ("three", 2_000_00), ("three", 500_00)]
    assert life.ask(history.broken) == []
