from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fundapp.kit.dates import add_months
from fundapp.measures import eligibility, findings
from fundapp.measures.eligibility import Earlier, Facts, Kind, Result, Row, Rules

DEADLINE = datetime(2026, 3, 12, 9, 0, tzinfo=UTC)
RULES = Rules(
    currency="EUR",
    zone="Asia/Ulaanbaatar",
    deadline=DEADLINE,
    regions=frozenset({"MN-073", "MN-041"}),
    legal_forms=frozenset({"cooperative", "association"}),
    smallest_grant=150000,
    largest_grant=1000000,
    cap=2000000,
)
FITTING = Facts(
    rules=RULES,
    today=date(2026, 3, 16),
    submitted_at=DEADLINE,
    legal_form="cooperative",
    registered_on=date(2019, 5, 4),
    region="MN-073",
    start=date(2026, 6, 1),
    end=date(2027, 5, 31),
    total_cost=635000,
    fund_grants=360000,
    own_cash=50800,
    bottleneck="Wool is sold unwashed",
)
SPONSORED = {"legal_form": "group", "registered_on": None, "has_sponsor": True}


def grant(amount: int = 100000, **more: object) -> dict[str, object]:
    return {"earlier": (Earlier("LED-041-2024-0003", "Wool line", "closed", amount, **more),)}  # type: ignore[arg-type]


def found(code: str, facts: Facts) -> tuple[str, str]:
    finding = findings.computed(facts)[code]
    return finding.result.value, finding.evidence.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("code", "evidence"),
    [
        ("E1", "received 12 March 2026 17:00, deadline 12 March 2026 17:00"),
        ("E2", "complete, all annexes are there"),
        ("E3", "Cooperative, registered 4 May 2019: 82 months ≥ 12"),
        ("E4", "MN-073 is part of the call"),
        ("E5", "1 June 2026 to 31 May 2027 is within 12 months"),
        ("E6", "request EUR 3,600.00 ≥ EUR 1,500.00, ≤ EUR 10,000.00"),
        ("E7", "own share 43.3 % ≥ 25 %; cash 8.0 % ≥ 5 %"),
        ("E10", "no old advance, late report or unpaid refund on record"),
        ("E11", "all grants EUR 3,600.00 ≤ EUR 20,000.00"),
        ("E16", "linked to “Wool is sold unwashed”"),
    ],
)
def test_a_fitting_proposal_passes_with_evidence(code: str, evidence: str) -> None:
    assert found(code, FITTING) == ("pass", evidence)


@pytest.mark.parametrize(
    ("code", "changes", "result", "evidence"),
    [
        (
            "E1",
            {"submitted_at": DEADLINE + timedelta(minutes=1)},
            "fail",
            "received 12 March 2026 17:01, after the deadline 12 March 2026 17:00",
        ),
        (
            "E1",
            {"submitted_at": DEADLINE + timedelta(minutes=1), "admitted_late": True},
            "pass",
            "received 12 March 2026 17:01 after the deadline 12 March 2026 17:00, admitted late",
        ),
        ("E1", {"submitted_at": None}, "open", "not sent yet"),
        ("E1", {"on_paper": True}, "pass", "received on paper 12 March 2026 17:00, deadline 12 March 2026 17:00"),
        ("E2", {"returned": True}, "cured", "complete since it was sent back"),
        ("E4", {"region_name": "Arkhangai"}, "pass", "Arkhangai is part of the call"),
        ("E2", {"missing": ("statutes", "offers")}, "fail", "missing (2): statutes, offers"),
        (
            "E3",
            {"registered_on": date(2025, 3, 17)},
            "fail",
            "Cooperative, registered 17 March 2025: 11 months < 12",
        ),
        ("E3", {"legal_form": "party"}, "fail", "party is not among the applicants of this call, and no sponsor signs"),
        ("E3", SPONSORED, "pass", "Group of citizens, with a sponsor who signs"),
        ("E3", {"registered_on": None}, "open", "Cooperative, date of registration not known"),
        ("E3", {"legal_form": None}, "open", "kind of applicant not known"),
        ("E4", {"region": "MN-001"}, "fail", "MN-001 is not among the regions of this call"),
        ("E4", {"region": None}, "open", "region not known"),
        (
            "E5",
            {"end": date(2027, 7, 1)},
            "fail",
            "1 June 2026 to 1 July 2027 is longer than 12 months, which end on 1 June 2027",
        ),
        (
            "E5",
            {"end": date(2026, 6, 1)},
            "fail",
            "1 June 2026 to 1 June 2026: the end is not after the start",
        ),
        ("E5", {"end": None}, "open", "dates not known"),
        ("E6", {"fund_grants": 149999}, "fail", "request EUR 1,499.99 < EUR 1,500.00"),
        ("E6", {"fund_grants": 1000001}, "fail", "request EUR 10,000.01 > EUR 10,000.00"),
        ("E6", {"fund_grants": 0}, "open", "nothing asked for yet"),
        ("E7", {"fund_grants": 476251}, "fail", "own share 24.99 % < 25 %; cash 8.0 % ≥ 5 %"),
        ("E7", {"own_cash": 0}, "fail", "own share 43.3 % ≥ 25 %; cash 0.0 % < 5 %"),
        ("E7", {"total_cost": 0}, "open", "no costs yet"),
        ("E10", grant(advance_days=91), "fail", "an advance is open for 91 days, 90 are allowed"),
        (
            "E10",
            grant(report_days=31, refund=45000),
            "fail",
            "a report is 31 days late, 30 are allowed; a refund of EUR 450.00 is unpaid",
        ),
        (
            "E11",
            grant(1640001, delivered=True),
            "fail",
            "all grants EUR 20,000.01 > EUR 20,000.00; one earlier grant of EUR 16,400.01; the earlier grant has delivered",
        ),
        (
            "E11",
            grant(delivered=False),
            "fail",
            "all grants EUR 4,600.00 ≤ EUR 20,000.00; one earlier grant of EUR 1,000.00; the earlier grant has not delivered",
        ),
        (
            "E11",
            grant(),
            "open",
            "all grants EUR 4,600.00 ≤ EUR 20,000.00; one earlier grant of EUR 1,000.00; results of the earlier grant not known",
        ),
        ("E16", {"bottleneck": None}, "fail", "not linked to a bottleneck"),
    ],
)
def test_what_does_not_fit_is_named_with_its_figures(
    code: str, changes: dict[str, object], result: str, evidence: str
) -> None:
    assert found(code, replace(FITTING, **changes)) == (result, evidence)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("code", "changes", "result", "evidence"),
    [
        ("E1", {"deadline": None}, "n/a", "the call has no deadline"),
        ("E4", {"regions": frozenset()}, "pass", "MN-073 is part of the call"),
        ("E6", {"smallest_grant": 0, "largest_grant": None}, "pass", "request EUR 3,600.00"),
        ("E7", {"own_share_percent": Decimal("43.5")}, "fail", "own share 43.3 % < 43.5 %; cash 8.0 % ≥ 5 %"),
        ("E7", {"own_cash_percent": Decimal(0)}, "pass", "own share 43.3 % ≥ 25 %"),
        ("E11", {"cap": None}, "n/a", "no earlier grant on record, no cap"),
    ],
)
def test_the_call_sets_the_rules(code: str, changes: dict[str, object], result: str, evidence: str) -> None:
    assert found(code, replace(FITTING, rules=replace(RULES, **changes))) == (result, evidence)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("E3", {"registered_on": date(2025, 3, 16)}),
        ("E5", {"end": date(2027, 6, 1)}),
        ("E6", {"fund_grants": 150000}),
        ("E6", {"fund_grants": 1000000}),
        ("E10", grant(advance_days=90, report_days=30)),
        ("E11", grant(1640000, delivered=True)),
    ],
)
def test_exactly_at_the_limit_still_passes(code: str, changes: dict[str, object]) -> None:
    assert found(code, replace(FITTING, **changes))[0] == "pass"  # type: ignore[arg-type]


def test_exactly_the_own_share_asked_for_is_enough() -> None:
    facts = replace(FITTING, total_cost=1000000, fund_grants=750000, own_cash=50000)
    assert found("E7", facts) == ("pass", "own share 25.0 % ≥ 25 %; cash 5.0 % ≥ 5 %")


@given(st.integers(1, 10**12), st.integers(0, 10**12), st.integers(0, 100))
def test_own_share_is_compared_exactly(total: int, grants: int, needed: int) -> None:
    rules = replace(RULES, own_share_percent=Decimal(needed), own_cash_percent=Decimal(0))
    finding = findings.own_share(replace(FITTING, rules=rules, total_cost=total, fund_grants=grants))
    assert (finding.result == Result.PASS) == ((total - grants) * 100 >= needed * total)


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(-30, 800))
def test_a_measure_may_last_twelve_months_and_no_day_longer(start: date, days: int) -> None:
    end = start + timedelta(days=days)
    finding = findings.duration(replace(FITTING, start=start, end=end))
    assert (finding.result == Result.PASS) == (start < end <= add_months(start, 12))


def test_an_empty_draft_is_judged_without_failing() -> None:
    results = {code: finding.result for code, finding in findings.computed(Facts(RULES, date(2026, 3, 1))).items()}
    assert [code for code, result in results.items() if result == Result.OPEN] == ["E1", "E3", "E4", "E5", "E6", "E7"]


def test_there_are_sixteen_checks_and_the_computed_ones_are_computed() -> None:
    assert [check.code for check in eligibility.CHECKS] == [f"E{number}" for number in range(1, 17)]
    assert [check.code for check in eligibility.CHECKS if check.computed] == list(findings.computed(FITTING))
    assert {check.code: check.kind for check in eligibility.CHECKS if check.kind != Kind.HARD} == {
        "E2": Kind.CURABLE,
        "E16": Kind.SOFT,
    }


def test_the_earlier_grants_stand_behind_the_finding_with_their_figures() -> None:
    earlier = (
        Earlier("LED-041-2024-0003", "Wool line", "closed", 400000, "/cases/3", delivered=True),
        Earlier("", "Taken over", "running", 250050, delivered=None, advance_days=40, report_days=31),
    )
    rules = replace(RULES, cap=None)
    found = findings.computed(replace(FITTING, rules=rules, earlier=earlier))
    assert (found["E11"].result, found["E11"].evidence.replace("\N{NO-BREAK SPACE}", " ")) == (
        Result.OPEN,
        "2 earlier grants, together EUR 6,500.50; results of the earlier grant not known",
    )
    assert found["E11"].rows[0] == Row("LED-041-2024-0003 Wool line: EUR\N{NO-BREAK SPACE}4,000.00, closed", "/cases/3")
    assert found["E10"].evidence == "a report is 31 days late, 30 are allowed"
    assert found["E10"].rows == (
        Row(
            "Taken over: an advance is open for 40 days, 90 are allowed; a report is 31 days late, 30 are allowed",
            "",
        ),
    )
