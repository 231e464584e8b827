"""What is reminded of, to whom and in which words."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from fundapp.disbursement.duties import DUTIES
from fundapp.grants import service
from fundapp.grants.duties import DUTIES as GRANTS
from fundapp.mail.models import Message
from fundapp.reminders.models import Obligation
from fundapp.reminders.service import sweep
from tests.grants.case import Case

ALL = {duty.kind: duty for duty in (*GRANTS, *DUTIES)}


def reminded(case: Case, on: date) -> list[tuple[str, int]]:
    """(subject, to whom) of what one sweep queues."""

    def run(session: Any) -> list[tuple[str, int]]:
        before = set(session.scalars(select(Message.id)))
        sweep(session, ALL, on=on, at=case.at)
        rows = session.scalars(select(Message).where(Message.id.not_in(before)).order_by(Message.id))
        return [(row.subject, row.to_id) for row in rows]

    return case.do(run)


def test_every_obligation_has_its_duty(case: Case) -> None:
    case.pay_all(1)
    case.report("interim", accept=False)
    kinds = case.do(lambda s: set(s.scalars(select(Obligation.kind))))
    assert kinds <= set(ALL)


def test_the_applicant_is_reminded_of_a_report_at_each_stage_once(case: Case) -> None:
    due = date(2026, 7, 31)
    said = [reminded(case, due + timedelta(days=day)) for day in (-14, -13, 0, 7, 21)]
    assert said == [
        [("Interim report due in 14 days", case.owner.id)],
        [],
        [("Interim report due today", case.owner.id)],
        [("Interim report 7 days late", case.owner.id)],
        [("Interim report 21 days late", case.owner.id)],
    ]


def test_without_an_address_the_applicant_gets_a_short_text(case: Case) -> None:
    def silence(session: Any) -> None:
        owner = session.get_one(type(case.owner), case.owner.id)
        owner.email, owner.phone = None, "9911 2233"

    case.do(silence)
    assert reminded(case, date(2026, 7, 31)) == [("Interim report due today", case.owner.id)]
    [text] = case.do(lambda s: s.scalars(select(Message).where(Message.channel == "text")).all())
    said = "Your report is due on 31 Jul. Need help or time? Tell us."
    assert (text.to_address, text.short) == ("9911 2233", said)


def test_for_an_applicant_who_has_left_the_officer_is_reminded(case: Case) -> None:
    case.do(lambda s: setattr(s.get_one(type(case.owner), case.owner.id), "active", False))
    assert reminded(case, date(2026, 7, 31)) == [("Interim report due today", case.officer.id)]


def test_a_sent_report_waits_for_its_reader(case: Case) -> None:
    case.report("interim", accept=False)
    assert reminded(case, date(2026, 3, 12)) == [("Report to be checked due today", case.officer.id)]


def test_a_payment_reminds_those_who_may_still_sign(case: Case) -> None:
    payment = case.prepare(1, by=case.manager)
    assert reminded(case, date(2026, 3, 5)) == [("Payment to be authorised due today", case.second.id)]
    case.authorise(payment, by=case.second)
    assert reminded(case, date(2026, 3, 5)) == [("Payment to be paid due today", case.finance.id)]
    case.pay(payment)
    assert reminded(case, date(2026, 3, 8)) == []


def test_a_refund_reminds_until_it_is_there(case: Case) -> None:
    case.pay_all(1)
    case.receipt(400000, line=1, accepted=-1)
    case.report("final")
    case.compute()
    assert reminded(case, date(2026, 3, 25)) == [("Money to be paid back due in 7 days", case.owner.id)]
    assert reminded(case, date(2026, 5, 1)) == [
        ("Money to be paid back 30 days late", case.owner.id),
    ]


def test_managers_are_reminded_of_signatures_and_pauses(database: Any) -> None:
    case = Case(database)
    case.issue()
    assert reminded(case, date(2026, 5, 25)) == [
        ("Contract to be signed", case.manager.id),
        ("Contract to be signed", case.second.id),
    ]
    case.sign()
    case.do(lambda s: service.start(s, case.measure(s), by=case.officer, at=case.at, notice="early"))
    case.do(
        lambda s: service.suspend(
            s, case.measure(s), review_on=date(2026, 4, 1), because="snow", by=case.manager, at=case.at
        )
    )
    assert [subject for subject, _ in reminded(case, date(2026, 4, 1))] == ["Pause to be looked at"] * 2


def test_what_is_no_longer_due_reminds_nobody(case: Case) -> None:
    case.report("interim")
    assert reminded(case, date(2026, 7, 31)) == []


def test_every_mail_reads_well(case: Case) -> None:
    case.pay_all(1)
    case.receipt(400000, line=1, accepted=-1)
    case.report("final")
    case.compute()
    reminded(case, date(2026, 7, 31))
    bodies = case.do(lambda s: list(s.scalars(select(Message.body))))
    assert len(bodies) == 7
    assert all(body.startswith("Hello ") and "{{" not in body and "\n\n\n" not in body for body in bodies), bodies
