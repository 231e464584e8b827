from datetime import date

import pytest
from sqlalchemy import select, update

from fundapp.disbursement import reports
from fundapp.disbursement.jobs import open_reports
from fundapp.disbursement.models import Report
from fundapp.grants import jobs, offers, queries, service
from fundapp.kit.errors import NotAllowed, Refused
from fundapp.lifecycle.service import take_back
from fundapp.measures.lifecycle import LAPSE, RESUME, SIGN, TERMINATE, WITHDRAW
from fundapp.measures.models import Measure
from fundapp.rating.models import Sheet
from fundapp.reminders.models import Obligation
from tests import factories
from tests.grants.case import Case


def start(case: Case, **how: object) -> None:
    case.do(lambda s: service.start(s, case.measure(s), by=case.officer, at=case.at, **how))


def obligations(case: Case) -> dict[str, date]:
    """What is open for the case: kind -> due."""
    open_ = (Obligation.done_at.is_(None), Obligation.cancelled_at.is_(None), Obligation.case_id == case.id)
    return case.do(lambda s: {o.kind: o.due for o in s.scalars(select(Obligation).where(*open_))})


def test_a_measure_starts_on_the_agreed_day_or_by_a_notice(case: Case) -> None:
    case.issue()
    case.sign()
    with pytest.raises(Refused, match="The agreed start is 1 May 2026"):
        start(case)
    start(case, notice="the builders came early")
    assert case.status() == "running"


def test_the_heartbeat_starts_a_measure_once_on_its_day(case: Case) -> None:
    case.issue()
    case.sign()
    began = []
    for days in (59, 1, 0):
        case.later(days=days)
        began.append(jobs.start_due(case.database, lambda: case.at))
    assert began == [0, 1, 0]
    assert case.status() == "running"


def test_the_heartbeat_has_every_approval_owe_its_signature(case: Case) -> None:
    assert jobs.watch_approved(case.database, lambda: case.at) == 1
    assert jobs.watch_approved(case.database, lambda: case.at) == 0
    assert obligations(case) == {"grants.signature": date(2026, 5, 25)}


def suspend(case: Case, **how: object) -> None:
    given = {"review_on": date(2026, 4, 1), "because": "snow"} | how
    case.do(lambda s: service.suspend(s, case.measure(s), by=case.manager, at=case.at, **given))


def test_a_pause_moves_what_is_due_and_the_end(case: Case) -> None:
    case.run()
    assert obligations(case) == {
        "disbursement.interim_report": date(2026, 7, 31),
        "disbursement.final_report": date(2027, 1, 29),
    }
    suspend(case)
    case.later(days=30)
    case.do(lambda s: service.resume(s, case.measure(s), because="thaw", by=case.manager, at=case.at))
    assert obligations(case) == {
        "disbursement.interim_report": date(2026, 8, 31),
        "disbursement.final_report": date(2027, 3, 1),
    }
    assert case.do(lambda s: case.measure(s).funding_ends) == date(2026, 11, 30)
    open_reports(case.database, lambda: case.at)
    assert case.do(lambda s: [r.due for r in s.scalars(select(Report).order_by(Report.id))]) == [
        date(2026, 8, 31),
        date(2027, 3, 1),
    ]


def test_a_resumed_pause_can_be_taken_back(case: Case) -> None:
    case.run()
    suspend(case)
    case.later(days=28)
    case.do(lambda s: service.resume(s, case.measure(s), because="thaw", by=case.manager, at=case.at))
    back(case, RESUME, offers.unresume)
    assert case.status() == "suspended"
    assert case.do(lambda s: case.measure(s).funding_ends) == date(2026, 10, 31)
    assert obligations(case)["grants.review"] == date(2026, 4, 1)


@pytest.mark.parametrize("review", [date(2026, 3, 2), date(2026, 6, 3)])
def test_a_pause_is_looked_at_within_three_months(case: Case, review: date) -> None:
    case.run()
    with pytest.raises(Refused, match="no later than 2 June 2026") as refused:
        suspend(case, review_on=review)
    assert refused.value.field == "review_on"


def terminate(case: Case) -> None:
    case.do(
        lambda s: service.terminate(
            s,
            case.measure(s),
            at_fault=False,
            equipment="to the neighbours",
            because="dzud",
            by=case.manager,
            at=case.at,
        )
    )


def back(case: Case, step: object, undo: object) -> None:
    def work(session: object) -> None:
        measure = case.measure(session)
        take_back(session, measure, step, by=case.manager, at=case.at, because="a slip", undo=undo)

    case.do(work)


def test_an_early_end_sets_the_end_of_funding_and_drops_the_interim_report(case: Case) -> None:
    case.run()
    case.later(days=40)
    terminate(case)
    measure = case.do(case.measure)
    assert (measure.status, measure.funding_ends) == ("terminated", date(2026, 4, 11))
    assert obligations(case) == {}
    assert open_reports(case.database, lambda: case.at) == 1
    assert obligations(case) == {"disbursement.final_report": date(2026, 7, 10)}
    contract = case.do(case.contract)
    assert (contract.terminated_on, contract.at_fault, contract.equipment) == (
        date(2026, 4, 11),
        False,
        "to the neighbours",
    )


def test_an_early_end_can_be_taken_back_into_the_pause_it_came_from(case: Case) -> None:
    case.run()
    suspend(case)
    terminate(case)
    back(case, TERMINATE, offers.unterminate)
    assert case.status() == "suspended"
    assert case.do(lambda s: queries.open_pause(s, case.id)) is not None
    open_reports(case.database, lambda: case.at)
    assert set(obligations(case)) == {"disbursement.interim_report", "disbursement.final_report", "grants.review"}


def test_withdrawing_frees_the_money_and_voids_contract_and_sheets(case: Case) -> None:
    case.issue()

    def rate(session: object) -> None:
        measure = case.measure(session)
        call = session.get_one(factories.Call, measure.call_id)
        committee = factories.committee(session)
        member = factories.members_of(session, committee)[1]
        scheme = factories.scheme(session, call=call, committee=committee)
        factories.sheet(session, measure=measure, person=member, scheme=scheme, status="signed", points=4)

    case.do(rate)
    case.do(lambda s: service.withdraw(s, case.measure(s), because="no partner", by=case.owner, at=case.at))
    assert case.status() == "withdrawn"
    assert case.figures() == (0, 0, 0, 0)
    assert case.do(lambda s: s.scalars(select(Sheet.status)).all()) == ["void"]
    assert case.do(lambda s: queries.contract_of(s, case.id)) is None
    with pytest.raises(Refused, match="propose the measure anew"):
        case.do(lambda s: offers.unwithdraw(s, case.measure(s), case.owner, case.at))


def test_an_early_withdrawal_can_be_taken_back(case: Case) -> None:
    case.do(lambda s: s.execute(update(Measure).values(status="submitted", awarded=None)))
    case.do(lambda s: service.withdraw(s, case.measure(s), because="a slip", by=case.owner, at=case.at))
    back(case, WITHDRAW, offers.unwithdraw)
    assert case.status() == "submitted"


def test_nobody_else_withdraws(case: Case) -> None:
    with pytest.raises(NotAllowed):
        case.do(lambda s: service.withdraw(s, case.measure(s), because="tidy", by=case.manager, at=case.at))


def test_an_approval_lapses_after_three_months_and_frees_the_money(case: Case) -> None:
    case.issue()
    with pytest.raises(Refused, match="There is time for the signature until 25 May 2026"):
        case.do(lambda s: service.lapse(s, case.measure(s), by=case.manager, at=case.at))
    case.later(days=84)
    case.do(lambda s: service.lapse(s, case.measure(s), by=case.manager, at=case.at))
    assert (case.status(), case.figures(), obligations(case)) == ("lapsed", (0, 0, 0, 0), {})


def test_a_lapse_taken_back_reserves_the_money_again(case: Case) -> None:
    case.later(days=84)
    case.do(lambda s: service.lapse(s, case.measure(s), by=case.manager, at=case.at))
    back(case, LAPSE, offers.unlapse)
    assert (case.status(), case.figures()) == ("approved", (750000, 0, 0, 0))


def test_a_contract_signed_again_gets_its_reports_again(case: Case) -> None:
    case.issue()
    case.sign()
    case.do(lambda s: reports.open_reports(s, case.contract(s), at=case.at))
    back(case, SIGN, offers.unsign)
    assert set(obligations(case)) == {"grants.signature"}
