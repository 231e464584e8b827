"""The plan is fitted to the award."""

import pytest

from fundapp.kit.errors import NotAllowed, Refused, Stale
from fundapp.measures import missing, planning, queries
from fundapp.measures.models import Indicator
from tests import factories
from tests.factories import MORNING


def awarded(session, awarded=3_750_00):
    """5,000.00 asked for of 6,666.66; less awarded."""
    made = factories.measure(session, status="approved", requested=5_000_00, awarded=awarded)
    return queries.get(session, made.id), factories.person(session, role="manager")


def rows(session, measure, cut=1_250_00, cash=0):
    """The lines, the first one cheaper by `cut`, with `cash` more of own money."""
    found = []
    for number, line in enumerate(queries.lines(session, measure)):
        row = {
            name: getattr(line, name) for name in ("id", "category", "description", "unit", "quantity", "unit_price")
        }
        row["own_cash"] = line.own_cash
        if number == 0:
            row["unit_price"] -= cut
            row["own_cash"] += cash
        found.append(row)
    return found


def test_a_plan_is_saved_accepted_and_kept_before_and_after(write):
    def work(session):
        measure, manager = awarded(session)
        before = missing.why_not_fitted(session, measure)
        indicator = queries.parts(session, Indicator, measure)[0]
        planning.fit(session, measure, rows(session, measure), {indicator.id: 12_000}, by=measure.owner, at=MORNING)
        planning.accept_plan(session, measure, by=manager, at=MORNING)
        snapshots = [(s.occasion, s.content["measure"]["total_cost"]) for s in queries.snapshots(session, measure)]
        after = missing.why_not_fitted(session, measure)
        return before, snapshots, measure.requested, measure.plan_fitted_at, indicator.target, after

    assert write(work) == (
        ["Less was awarded than asked for: the plan is fitted to the award first, and a manager accepts it."],
        [("before_fit", 6_666_66), ("fitted", 5_416_66)],
        5_000_00,
        MORNING,
        12_000,
        [],
    )


def test_a_plan_that_asks_for_more_than_was_awarded_is_not_accepted(write):
    def work(session):
        measure, manager = awarded(session)
        planning.fit(session, measure, rows(session, measure, cut=1_249_99), {}, by=manager, at=MORNING)
        with pytest.raises(Refused) as refused:
            planning.accept_plan(session, measure, by=manager, at=MORNING)
        return refused.value.reasons, measure.plan_fitted_at

    assert write(work) == (
        ("The plan takes EUR\N{NO-BREAK SPACE}3,750.01 from the fund; EUR\N{NO-BREAK SPACE}3,750 were awarded.",),
        None,
    )


def test_the_own_share_still_holds(write):
    def work(session):
        measure, manager = awarded(session)
        planning.fit(session, measure, rows(session, measure, cut=2_083_33, cash=-833_33), {}, by=manager, at=MORNING)
        return [queries.total(session, measure), missing.why_not_accept_plan(session, measure)]

    assert write(work) == [(4_583_33, 3_750_00), ["Your own share is 18.1 %; at least 25 % is needed."]]


def test_the_whole_award_needs_no_fitting(write):
    def work(session):
        measure, manager = awarded(session, awarded=5_000_00)
        with pytest.raises(Refused):
            planning.fit(session, measure, rows(session, measure), {}, by=manager, at=MORNING)
        return missing.why_not_fitted(session, measure)

    assert write(work) == []


def test_the_applicant_does_not_accept_the_plan_and_an_older_page_does_not_overwrite(write):
    def work(session):
        measure, _ = awarded(session)
        with pytest.raises(NotAllowed):
            planning.accept_plan(session, measure, by=measure.owner, at=MORNING)
        with pytest.raises(Stale):
            planning.fit(
                session, measure, rows(session, measure), {}, version=measure.version - 1, by=measure.owner, at=MORNING
            )

    write(work)


def test_a_plan_changed_again_is_accepted_again(write):
    def work(session):
        measure, manager = awarded(session)
        planning.fit(session, measure, rows(session, measure), {}, by=manager, at=MORNING)
        planning.accept_plan(session, measure, by=manager, at=MORNING)
        planning.fit(session, measure, rows(session, measure, cut=0), {}, by=manager, at=MORNING)
        return measure.plan_fitted_at

    assert write(work) is None
