"""Money for who is on the reserve list: the ceiling of a branch, the no-objection, and what is kept back for complaints."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from fundapp.funds.models import Call
from fundapp.funds.queries import figures as figures_of
from fundapp.kit.errors import Refused
from fundapp.kit.i18n import named
from fundapp.lifecycle.service import take_back
from fundapp.measures import lifecycle as life
from fundapp.measures.models import Measure
from fundapp.people.models import Branch, Person
from fundapp.rating import afterwards, agenda, clearing, complaining, decisions, figures, fits, ranking
from fundapp.rating.meetings import Typed
from fundapp.rating.models import Scheme
from fundapp.rating.offers import OFFERS
from tests import factories as make
from tests.factories import MORNING, TODAY
from tests.rating.aftermath import NO, YES, begin, keeps, meet, waits_from
from tests.rating.conftest import Round

LISTED = Typed("reserve", 5, 0, reasons="Good, the money does not reach.")
NEXT_DAY = MORNING + timedelta(days=1)
UNDO = {offer.step: offer.back for offer in OFFERS}


def given(amount: int) -> Typed:
    return Typed("approve", 5, 0, amount=amount, reasons="Many herders gain.")


def at_most(session: Any, found: Round, amount: int) -> Branch:
    """All measures are of one branch, which gets no more than this."""
    session.get_one(Scheme, found.scheme.id).branch_ceiling = amount
    branch = make.branch(session)
    for measure in found.measures:
        session.get_one(Measure, measure.id).branch_id = branch.id
    session.flush()
    return branch


def promote(session: Any, found: Round, measure: Measure, amount: int) -> Measure:
    row = session.get_one(Measure, measure.id)
    decisions.promote(session, row, amount=amount, by=session.get_one(Person, found.manager.id), at=MORNING)
    return row


def uphold(session: Any, measure: Measure, at: Any = MORNING) -> None:
    row = session.get_one(Measure, measure.id)
    owner, other = session.get_one(Person, row.owner_id), make.person(session, role="manager")
    complaint = complaining.complain(session, row, "The second offer lies in the file.", by=owner, at=at)
    complaining.answer(session, complaint, "The offer was overlooked.", upheld=True, by=other, at=at)


def kept(session: Any, found: Round, days: int = 0) -> int:
    return afterwards.reserve_needed(session, session.get_one(Call, found.call.id), TODAY + timedelta(days=days))


def keep_and_meet(session: Any, found: Round, *typed: Typed) -> None:
    """10,000 are kept back for complaints."""
    keeps(session, found, 10_000_00)
    meet(session, found, *typed)


def seen(session: Any, found: Round, days: int = 0) -> ranking.Ranking:
    return ranking.get(session, found.call.id, visible_to=found.chair, at=MORNING + timedelta(days=days))


# The ceiling of a branch


def test_a_promotion_keeps_to_the_ceiling_of_the_branch_in_the_words_of_a_meeting(write: Any, closed: Round) -> None:
    def work(session: Any) -> Any:
        branch = at_most(session, closed, 4_500_00)
        meet(session, closed, LISTED, given(1_000_00), NO)
        with pytest.raises(Refused) as why:
            promote(session, closed, closed.first, 3_500_01)
        return named(branch), why.value.reasons, promote(session, closed, closed.first, 3_500_00).awarded

    branch, why, awarded = write(work)
    said = f"{branch}: EUR\u00a03,500.01 are to be given, EUR\u00a03,500.00 are left for one branch."
    assert (why, awarded) == ((said,), 3_500_00)


def test_what_waits_counts_for_the_ceiling_of_a_branch_until_it_is_let_go(write: Any, closed: Round) -> None:
    """4,500 for the branch, 1,000 given, 2,000 wait: 1,500 are left for the next meeting; 3,500 once nothing waits."""

    def work(session: Any) -> Any:
        branch = at_most(session, closed, 4_500_00)
        waits_from(session, closed, 2_000_00)
        first, *others = closed.measures
        meet(session, replace(closed, measures=others), given(2_000_00), given(1_000_00))
        meeting = begin(session, replace(closed, measures=[first]), given(1_500_01))
        found = [(item.measure, item.decision) for item in agenda.items_of(session, meeting, TODAY)]
        too_much = figures.too_much(session, meeting, found, TODAY)
        [part] = figures.of_meeting(session, meeting, found, TODAY).branches
        waiting, manager = afterwards.waiting(session, others[0].id), session.get_one(Person, closed.manager.id)
        clearing.take_back(session, waiting, because="The donor is gone.", by=manager, at=MORNING)
        [free] = figures.of_meeting(session, meeting, found, TODAY).branches
        return named(branch), too_much, (part.whole, part.given, part.left), (free.whole, free.left)

    branch, too_much, before, after = write(work)
    assert too_much == [f"{branch}: EUR\u00a01,500.01 are to be given, EUR\u00a01,500.00 are left for one branch."]
    assert (before, after) == ((1_500_00, 1_500_01, -1), (3_500_00, 1_999_99))


# The no-objection


def test_above_the_limit_of_the_no_objection_a_promotion_says_the_way_through_a_meeting(
    write: Any, client: Any, closed: Round
) -> None:
    """Listed, refused from 3,000 on, taken back, approved in the next meeting: there it waits, its money reserved."""

    def listed(session: Any) -> None:
        waits_from(session, closed, 3_000_00)
        meet(session, closed, LISTED)

    write(listed)
    manager, id = client(closed.manager), closed.first.id
    refused = manager.post(f"/rating/measures/{id}/promote", data={"amount": "3,000"})
    assert refused.status_code == 422
    assert (
        "From EUR\u00a03,000.00 on a no-objection is needed: take its place on the list back and bring it into a meeting, or give less."
        in refused.text
    )
    back = manager.post(f"/cases/{id}/take-back", data={"because": "A donor is asked first."})
    assert (back.status_code, write(lambda s: s.get_one(Measure, id).status)) == (303, "rated")

    def decided(session: Any) -> Any:
        meet(session, closed, given(3_000_00))
        decision = afterwards.waiting(session, id)
        return session.get_one(Measure, id).status, decision.amount, figures_of(session, closed.fund.id).reserved

    assert write(decided) == ("rated", 3_000_00, 3_000_00)


def test_below_the_limit_of_the_no_objection_a_promotion_takes_effect(write: Any, closed: Round) -> None:
    def work(session: Any) -> Any:
        waits_from(session, closed, 3_000_00)
        meet(session, closed, LISTED)
        row = promote(session, closed, closed.first, 2_999_99)
        return row.status, row.awarded

    assert write(work) == ("approved", 2_999_99)


# What is kept back for complaints


def test_what_was_given_before_the_complaint_did_not_come_out_of_the_reserve(write: Any, closed: Round) -> None:
    """10,000 kept; 5,000 given, then the complaint about it upheld: 10,000. Upheld, then promoted with 4,000: 6,000."""
    write(lambda s: keep_and_meet(s, closed, YES, NO, NO))
    write(lambda s: uphold(s, closed.first, NEXT_DAY))
    before = write(lambda s: kept(s, closed, 1))
    write(lambda s: uphold(s, closed.measures[1]))
    write(lambda s: promote(s, closed, closed.measures[1], 4_000_00) and None)
    assert (before, write(lambda s: kept(s, closed, 1))) == (10_000_00, 6_000_00)


def test_what_waits_after_a_complaint_was_upheld_comes_out_of_the_reserve(write: Any, closed: Round) -> None:
    def listed(session: Any) -> None:
        keeps(session, closed, 10_000_00)
        waits_from(session, closed, 3_000_00)
        meet(session, closed, LISTED)

    write(listed)
    write(lambda s: uphold(s, closed.first))

    def again(session: Any) -> Any:
        row, by = session.get_one(Measure, closed.first.id), session.get_one(Person, closed.manager.id)
        undo = UNDO[life.RESERVE]
        take_back(session, row, life.RESERVE, by=by, at=MORNING, because="A donor is asked first.", undo=undo)
        meet(session, closed, given(3_000_00))
        return row.status, kept(session, closed), figures.left_before(session, closed.call, TODAY)

    # 100,000 of the call, less 3,000 that wait, less 7,000 that are still kept
    assert write(again) == ("rated", 7_000_00, 90_000_00)


def test_the_ranking_keeps_back_what_complaints_still_need(write: Any, closed: Round) -> None:
    """Of 100,000: 10,000 kept, 6,000 once 4,000 went to who was upheld, nothing once the time is over."""

    def told(days: int = 0) -> tuple[int, int, int]:
        found = write(lambda s: seen(s, closed, days))
        return found.whole, found.held, found.money

    write(lambda s: keep_and_meet(s, closed, YES, NO, NO))
    assert told() == (100_000_00, 10_000_00, 90_000_00)
    write(lambda s: uphold(s, closed.measures[1]))
    write(lambda s: promote(s, closed, closed.measures[1], 4_000_00) and None)
    assert told() == (100_000_00, 6_000_00, 94_000_00)
    assert told(15) == (100_000_00, 0, 100_000_00)


def test_what_waits_is_taken_off_once_where_the_fund_has_less_than_the_call(write: Any, closed: Round) -> None:
    """The fund has 200,000, the call would have 300,000; 5,000 wait: the round had 200,000, and 195,000 are left."""

    def work(session: Any) -> Any:
        session.get_one(Call, closed.call.id).budget = 300_000_00
        keeps(session, closed, 10_000_00)
        waits_from(session, closed, 5_000_00)
        meet(session, closed, YES)
        found = seen(session, closed)
        pool = fits.pool(session, found)
        left = figures.left_before(session, session.get_one(Call, closed.call.id), TODAY)
        return found.whole, found.money, pool.money, pool.standard.held, fits.of(pool, pool.standard).money, left

    assert write(work) == (200_000_00, 190_000_00, 195_000_00, 10_000_00, 185_000_00, 185_000_00)


def test_what_fits_keeps_back_what_complaints_still_need(write: Any, closed: Round) -> None:
    """One given 5,000, one upheld and promoted with 4,000 out of 10,000 kept, one not decided: 91,000 less 6,000."""
    write(lambda s: keep_and_meet(s, closed, YES, NO))
    write(lambda s: uphold(s, closed.measures[1]))
    write(lambda s: promote(s, closed, closed.measures[1], 4_000_00) and None)

    def work(session: Any) -> Any:
        pool = fits.pool(session, seen(session, closed))
        left = figures.left_before(session, closed.call, TODAY)
        return pool.money, pool.standard.held, fits.of(pool, pool.standard).money, left

    assert write(work) == (91_000_00, 6_000_00, 85_000_00, 85_000_00)
