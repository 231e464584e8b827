"""What fits: the best set beside the official allocation, under rules that a form sends, and what each costs."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import update

from fundapp.measures.models import Measure
from fundapp.rating import fits, ranking
from fundapp.rating.fits import Least, Rules
from fundapp.rating.models import Scheme
from tests import factories as make
from tests.factories import MORNING
from tests.rating.conftest import Round
from tests.rating.many import many

AMOUNTS = (9_000_00, 5_000_00, 4_000_00, 4_000_00)


def points(p: int, m: int, code: str) -> int:
    return 5 if p == 0 else 4


@pytest.fixture
def made(write: Any) -> Round:
    """One at 100 points for 9,000; three at 80 for 5,000, 4,000 and 4,000; 9,000 at hand; two branches in turn."""

    def work(session: Any) -> Round:
        found = many(session, 4, points=points, budget=9_000_00, branches=2)
        for measure, amount in zip(found.measures, AMOUNTS, strict=True):
            measure.requested = amount
        return found

    return write(work)


def pool_of(write: Any, made: Round, person: Any = None) -> fits.Pool:
    return write(lambda s: fits.pool(s, ranking.get(s, made.call.id, visible_to=person or made.chair, at=MORNING)))


def test_two_modest_ones_have_more_points_than_the_dear_first_one(write: Any, made: Round) -> None:
    pool = pool_of(write, made)
    found = fits.of(pool, pool.standard)
    assert [(each.row.measure.id, each.amount, each.best) for each in found.chosen] == [
        (made.measures[0].id, 9_000_00, False), (made.measures[3].id, 0, True), (made.measures[2].id, 0, True),
    ]  # fmt: skip
    assert (found.official_points, found.official_spent, found.points) == (Decimal(100), 9_000_00, Decimal(160))
    assert [(cost.name, cost.points) for cost in found.costs] == [("The money at hand", Decimal(180))]


def test_each_rule_says_what_it_costs(write: Any, made: Round) -> None:
    pool = pool_of(write, made)
    branch = made.measures[1].branch_id
    found = fits.of(pool, Rules(9_000_00, 1_000_00, 4_500_00, True, (Least(f"branch:{branch}", 1),)))
    name = pool.groups[f"branch:{branch}"]
    assert {cost.name: cost.points for cost in found.costs} == {
        "The money at hand": Decimal(0), "What is held back for complaints": Decimal(0),
        "The ceiling for one branch": Decimal(0), f"At least one from {name}": Decimal(0),
        "One proposal of an organisation": Decimal(80),
    }  # fmt: skip
    assert (found.number, found.points) == (1, Decimal(80))


def test_rules_that_cannot_all_hold_are_named(write: Any, made: Round) -> None:
    pool = pool_of(write, made)
    branch = f"branch:{made.measures[0].branch_id}"
    found = fits.of(pool, Rules(1_000_00, leasts=(Least(branch, 1),)))
    assert found.contradicting == ("The money at hand", f"At least one from {pool.groups[branch]}")
    assert (found.number, found.costs) == (0, ())


def test_only_what_is_not_decided_is_chosen_from(write: Any, made: Round) -> None:
    write(
        lambda s: s.execute(
            update(Measure).where(Measure.id == made.measures[1].id).values(status="approved", awarded=5_000_00)
        )
    )
    pool = pool_of(write, made)
    assert (len(pool.rows), pool.money, pool.past) == (3, 4_000_00, False)
    assert fits.of(pool, pool.standard).points == Decimal(80)


def test_once_all_is_decided_the_round_is_shown_as_it_was(write: Any, made: Round) -> None:
    write(lambda s: s.execute(update(Measure).where(Measure.call_id == made.call.id).values(status="rejected")))
    pool = pool_of(write, made)
    assert (len(pool.rows), pool.money, pool.past) == (4, 9_000_00, True)


def test_a_closed_proposal_is_in_no_set_and_its_award_in_no_sum(write: Any, made: Round) -> None:
    member = made.members[0]
    write(lambda s: make.declaration(s, measure=made.first, person=member, kind="family"))
    write(
        lambda s: s.execute(
            update(Measure).where(Measure.id == made.first.id).values(status="approved", awarded=8_000_00)
        )
    )
    pool = pool_of(write, made, member)
    assert (pool.money, made.first.id in [row.measure.id for row in pool.rows]) == (9_000_00, False)


def test_the_page_takes_rules_from_its_address(write: Any, client: Any, made: Round) -> None:
    write(lambda s: s.execute(update(Scheme).where(Scheme.id == made.scheme.id).values(branch_ceiling=4_500_00)))
    browser = client(made.chair)
    url = f"/rating/calls/{made.call.id}/fits"
    first = browser.get(url).text
    assert (
        "Another set would have 80.0 points in all; down the ranking it is 100.0." in first or "160.0 points" in first
    )
    branch = made.measures[0].branch_id
    rules = {"money": "9,000", "held": "", "ceiling": "", "least-0-number": "1", "least-0-group": f"branch:{branch}"}
    assert "160.0 points in all" in browser.get(url, params=rules).text
    wrong = browser.get(url, params=rules | {"money": "much", "least-0-group": "branch:0"})
    assert wrong.status_code == 422
    assert "Say from which branch or region." in wrong.text


def test_nothing_is_decided_by_looking(write: Any, client: Any, made: Round) -> None:
    client(made.chair).get(f"/rating/calls/{made.call.id}/fits")
    assert set(write(lambda s: [m.status for m in s.query(Measure)])) == {"rated"}


def test_a_search_without_time_says_so(write: Any) -> None:
    big = write(lambda s: many(s, 200, with_scores=False))
    pool = pool_of(write, big)
    found = fits.of(pool, Rules(pool.money, ceiling=pool.money // 6, one_each=False), seconds=0.0)
    assert not (found.found and found.proven)
    assert all(cost.points in (None, Decimal(0)) for cost in found.costs)
