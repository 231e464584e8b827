from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from fundapp.disbursement import jobs, queries, reports
from fundapp.disbursement.models import Report
from fundapp.kit.errors import NotAllowed, Refused, Stale
from fundapp.reminders.models import Obligation
from tests.grants.case import Case

WORDS = {"done": "Built.", "results": "It runs."}


def get(session: Any, id: int) -> Report:
    report = session.get_one(Report, id)
    session.refresh(report, ["measure"])
    return report


def first(case: Case, kind: str = "interim") -> int:
    return case.do(lambda s: next(r.id for r in queries.reports(s, case.id) if r.kind == kind))


def open_kinds(case: Case) -> set[str]:
    asked = select(Obligation.kind).where(Obligation.done_at.is_(None), Obligation.cancelled_at.is_(None))
    return case.do(lambda s: set(s.scalars(asked)))


def test_a_signed_contract_opens_its_reports_once(database: Any) -> None:
    case = Case(database, award=12_000_00)
    case.issue()
    case.sign()
    assert jobs.open_reports(database, lambda: case.at) == 1
    assert jobs.open_reports(database, lambda: case.at) == 0
    found = case.do(lambda s: [(r.kind, r.no, r.due) for r in queries.reports(s, case.id)])
    assert found == [
        ("interim", 1, date(2026, 7, 1)),
        ("interim", 2, date(2026, 8, 31)),
        ("final", 1, date(2027, 1, 29)),
    ]


def test_a_small_grant_has_only_a_final_report(database: Any) -> None:
    case = Case(database, award=2_500_00)
    case.run()
    assert case.do(lambda s: [r.kind for r in queries.reports(s, case.id)]) == ["final"]


def test_sending_meets_the_obligation_and_asks_for_a_reader(case: Case) -> None:
    case.report("interim", accept=False)
    assert open_kinds(case) == {"disbursement.final_report", "disbursement.check_report"}


def test_an_empty_report_is_not_sent(case: Case) -> None:
    with pytest.raises(Refused, match="Still missing: what was done and what came of it"):
        case.do(lambda s: reports.send(s, get(s, first(case)), by=case.owner, at=case.at))


def test_a_question_brings_the_report_back_with_two_weeks(case: Case) -> None:
    id = case.report("interim", accept=False)
    case.later(days=200)
    case.do(lambda s: reports.ask_back(s, get(s, id), because="Which machine?", by=case.officer, at=case.at))
    report = case.do(lambda s: s.get_one(Report, id))
    assert (report.status, report.question, report.due) == ("due", "Which machine?", date(2026, 10, 2))
    assert open_kinds(case) == {"disbursement.final_report", "disbursement.interim_report"}


def test_who_sent_a_report_does_not_accept_it(case: Case) -> None:
    def send(session: Any) -> None:
        report = get(session, first(case))
        reports.save(session, report, WORDS, version=1, by=case.officer, at=case.at)
        reports.send(session, report, by=case.officer, at=case.at)

    case.do(send)
    with pytest.raises(Refused, match="You sent this report yourself"):
        case.do(lambda s: reports.accept(s, get(s, first(case)), by=case.officer, at=case.at))
    case.do(lambda s: reports.accept(s, get(s, first(case)), by=case.manager, at=case.at))
    assert case.do(lambda s: queries.report_accepted(s, case.id, "interim"))


def test_two_people_writing_at_once_lose_nothing(case: Case) -> None:
    id = first(case)
    case.do(lambda s: reports.save(s, get(s, id), WORDS, version=1, by=case.owner, at=case.at))
    with pytest.raises(Stale) as stale:
        case.do(lambda s: reports.save(s, get(s, id), {"done": "Other."}, version=1, by=case.officer, at=case.at))
    assert stale.value.theirs == {"done": "Built.", "results": "It runs."}


def test_a_sent_report_stays_as_it_is(case: Case) -> None:
    id = case.report("interim", accept=False)
    with pytest.raises(Refused, match="The report has been sent"):
        case.do(lambda s: reports.save(s, get(s, id), WORDS, version=2, by=case.owner, at=case.at))


def test_a_stranger_reads_and_sends_nothing(case: Case) -> None:
    with pytest.raises(NotAllowed):
        case.do(lambda s: reports.save(s, get(s, first(case)), WORDS, version=1, by=case.finance, at=case.at))
