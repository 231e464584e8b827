"""Who closes a round, opens a second one, and opens sheets again: who leads the committee, not whoever has the role."""

from typing import Any

import pytest

from fundapp.kit.errors import NotAllowed
from fundapp.measures.models import Measure
from fundapp.people import deputies
from fundapp.people.models import Person
from fundapp.rating import committees, declaring, resigning, rounds, sitting, standing
from fundapp.rating.models import Member
from tests import factories as make
from tests.factories import MORNING, TODAY
from tests.rating.conftest import FIRST, SECOND, THIRD, Round, open_and_declare, rated_call, sheet_of, sign, sign_all
from tests.rating.test_committees import regional


def signed(session: Any) -> tuple[Round, list[Person]]:
    """The first of three proposals is rated by a regional committee, and every proposal has three signed sheets."""
    found, _west, people = regional(session)
    mine = [(found.first, person) for person in people]
    theirs = [(measure, person) for measure in found.measures[1:] for person in found.everybody]
    for measure, person in mine + theirs:
        declaring.declare(session, measure, conflict=False, by=person, at=MORNING)
    rounds.open_round(session, found.call, by=found.manager, at=MORNING)
    for measure in found.measures:
        raters = people if measure is found.first else found.members[:3]
        for person, points in zip(raters, (FIRST, SECOND, THIRD), strict=True):
            sign(session, measure, person, points)
    return found, people


def refused(verb: Any, *args: Any, **how: Any) -> str:
    with pytest.raises(NotAllowed) as why:
        verb(*args, at=MORNING, **how)
    return why.value.reason


def only(name: str) -> str:
    return f"Only the chair of “{name}” does this; where the chair has a conflict or is away, the deputy."


def statuses(session: Any, found: Round) -> list[str]:
    return [session.get_one(Measure, measure.id).status for measure in found.measures]


def test_only_who_leads_the_committee_of_the_call_closes_its_round(write: Any) -> None:
    def work(session: Any) -> Any:
        found, people = signed(session)
        stranger = make.person(session, role="chair")
        colleague = found.members[3]
        make.give(session, colleague, role="chair")
        said = {refused(rounds.close_round, session, found.call, by=by) for by in (people[0], stranger, colleague)}
        count = rounds.close_round(session, found.call, by=found.chair, at=MORNING)
        return said == {only(found.committee.name)}, count, statuses(session, found)

    assert write(work) == (True, 3, ["rated"] * 3)


def test_the_chair_of_a_region_closes_and_reopens_what_it_rates_and_nothing_else(write: Any) -> None:
    def work(session: Any) -> Any:
        found, (chair, *_others) = signed(session)
        other = found.measures[1]
        said = [
            refused(rounds.close_rating, session, other, by=chair),
            refused(rounds.close_rating, session, found.first, by=found.chair),
        ]
        rounds.close_rating(session, found.first, by=chair, at=MORNING)
        rounds.close_rating(session, other, by=found.chair, at=MORNING)
        said += [
            refused(rounds.reopen_rating, session, other, by=chair, because="13 points apart"),
            refused(rounds.reopen_rating, session, found.first, by=found.chair, because="13 points apart"),
        ]
        rounds.reopen_rating(session, found.first, by=chair, at=MORNING, because="13 points apart")
        return said == [only(found.committee.name), only("West")] * 2, statuses(session, found)

    assert write(work) == (True, ["in_rating", "rated", "in_rating"])


def test_the_deputy_closes_where_the_chair_has_a_conflict_or_is_away(write: Any) -> None:
    def work(session: Any, hindered: str) -> Any:
        found = rated_call(session, blind=False)
        deputy = found.members[0]
        next(s for s in sitting.members(session, found.committee.id) if s.person_id == deputy.id).deputy = True
        make.give(session, deputy, role="chair")
        open_and_declare(session, found, conflict=found.chair if hindered == "conflict" else None)
        sign_all(session, found)
        if hindered == "away":
            helper = make.person(session, role="manager")
            deputies.name(session, found.chair, helper, TODAY, TODAY, by=found.chair, at=MORNING, on=TODAY)
        if hindered == "gone":
            seat = next(s for s in sitting.members(session, found.committee.id) if s.chair)
            committees.end_membership(session, seat, by=found.manager, at=MORNING)
        if not hindered:
            return refused(rounds.close_round, session, found.call, by=deputy) == only(found.committee.name)
        return rounds.close_round(session, found.call, by=deputy, at=MORNING)

    said = [write(lambda session, why=why: work(session, why)) for why in ("", "conflict", "away", "gone")]
    assert said == [True, 3, 3, 3]


def test_a_conflict_in_one_proposal_keeps_the_chair_from_it_and_not_from_the_round(write: Any) -> None:
    def work(session: Any) -> Any:
        found = rated_call(session, blind=False)
        open_and_declare(session, found, conflict=found.chair)
        sign_all(session, found)
        said = refused(rounds.close_rating, session, found.first, by=found.chair)
        return said == only(found.committee.name), rounds.close_round(session, found.call, by=found.chair, at=MORNING)

    assert write(work) == (True, 3)


def test_who_stands_in_for_the_chair_closes_the_round(write: Any, client: Any) -> None:
    def work(session: Any) -> tuple[Round, Person]:
        found = rated_call(session, blind=False)
        open_and_declare(session, found)
        sign_all(session, found)
        helper = make.person(session, role="manager")
        deputies.name(session, found.chair, helper, TODAY, TODAY, by=found.chair, at=MORNING, on=TODAY)
        return found, helper

    found, helper = write(work)
    assert client(helper).post(f"/rating/calls/{found.call.id}/close").status_code == 303
    assert write(lambda session: statuses(session, found)) == ["rated"] * 3


def test_a_sheet_is_opened_again_by_who_leads_the_committee_that_rates_the_proposal(write: Any) -> None:
    def work(session: Any) -> Any:
        found, (chair, member, _other) = signed(session)
        make.give(session, chair, role="manager")  # so that they see every proposal of the call
        because = {"because": "The wrong proposal was scored."}
        second, theirs = found.measures[1], found.members[0]
        said = refused(resigning.reopen, session, found.call, second.id, theirs.id, by=chair, **because)
        resigning.reopen(session, found.call, found.first.id, member.id, by=chair, at=MORNING, **because)
        resigning.reopen(session, found.call, second.id, theirs.id, by=found.chair, at=MORNING, **because)
        again = [sheet_of(session, found.first, member).status, sheet_of(session, second, theirs).status]
        return said == only(found.committee.name), again

    assert write(work) == (True, ["open", "open"])


def test_the_page_offers_the_chair_of_a_region_its_own_proposals_only(write: Any, client: Any) -> None:
    def work(session: Any) -> tuple[Round, list[Person], list[int]]:
        found, people = signed(session)
        make.give(session, people[0], role="manager")
        return found, people, [sheet.id for sheet in standing.live_sheets(session, found.measures[1].id, 1)]

    found, (chair, member, _other), theirs = write(work)
    browser, url = client(chair), f"/rating/calls/{found.call.id}"
    page = browser.get(f"{url}/reopen").text
    offered = [f'<option value="{measure.id}"' in page for measure in found.measures]
    assert offered == [True, False, False]
    assert f'value="{found.members[0].id}"' not in page
    data = {"because": "The wrong proposal was scored.", "member": str(found.members[0].id)}
    assert browser.post(f"{url}/reopen", data=data | {"measure": str(found.measures[1].id)}).status_code == 403
    data |= {"measure": str(found.first.id), "member": str(member.id)}
    assert browser.post(f"{url}/reopen", data=data).status_code == 303
    assert write(lambda s: [sheet.id for sheet in standing.live_sheets(s, found.measures[1].id, 1)]) == theirs


def test_the_page_of_the_round_says_who_closes_it(write: Any, client: Any) -> None:
    found, (chair, *_others) = write(signed)
    url = f"/rating/calls/{found.call.id}"
    assert only(found.committee.name) in client(chair).get(url).text
    answer = client(chair).post(f"{url}/close")
    assert (answer.status_code, only(found.committee.name) in answer.text) == (403, True)
    assert only(found.committee.name) not in client(found.chair).get(url).text
    assert client(found.chair).post(f"{url}/close").status_code == 303


def test_a_chair_whose_term_is_over_leads_no_more(write: Any) -> None:
    def work(session: Any) -> bool:
        found, _people = signed(session)
        seat = next(s for s in sitting.members(session, found.committee.id) if s.chair)
        session.get_one(Member, seat.id).until = MORNING.date().replace(day=1)
        session.flush()
        return refused(rounds.close_round, session, found.call, by=found.chair) == only(found.committee.name)

    assert write(work)
