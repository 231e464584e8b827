"""Committees: national and regional, seats that change, terms, substitutes, and which part of a call is whose."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import event, select

from fundapp.kit.errors import Refused
from fundapp.measures.models import FoundConflict, Measure
from fundapp.people.models import Person
from fundapp.rating import committees, declaring, progress, queries, rounds, seating, sitting, standing
from fundapp.rating.committees import Seat
from fundapp.rating.models import Assignment, Committee, Member, Number, Sheet
from tests import factories as make
from tests.factories import MORNING
from tests.rating.conftest import FIRST, Round, rated_call, sign

WEST = "MN-043"


def raters(session: Any, measure: Measure, round: int = 1) -> set[int]:
    return {sheet.person_id for sheet in standing.live_sheets(session, measure.id, round)}


def seat_of(session: Any, found: Round, person: Person) -> Member:
    return next(seat for seat in sitting.members(session, found.committee.id) if seat.person_id == person.id)


def regional(session: Any, **how: Any) -> tuple[Round, Committee, list[Person]]:
    """A call whose first measure lies in a region with a committee of three of its own, up to 6,000."""
    found = rated_call(session, blind=False, **how)
    west = committees.set_up(
        session, name="West", regions=[WEST], ceiling=6_000_00, smallest_quorum=2, by=found.manager, at=MORNING
    )
    people = [make.person(session, role="chair"), *(make.person(session, role="member") for _n in range(2))]
    for n, person in enumerate(people):
        committees.add_member(session, west, person, sector="private", chair=n == 0, by=found.manager, at=MORNING)
    found.first.region = WEST
    session.flush()
    committees.choose_panels(session, found.scheme, [west], by=found.manager, at=MORNING)
    return found, west, people


def test_a_regional_committee_decides_its_region_up_to_its_ceiling_and_the_national_one_the_rest(write: Any) -> None:
    def work(session: Any) -> tuple[Any, ...]:
        found, west, _people = regional(session)
        second = found.measures[1]
        second.region, second.requested = WEST, 6_000_01
        session.flush()
        by_id = sitting.committees_deciding(session, found.measures)
        return [by_id[m.id] == west.id for m in found.measures], by_id[second.id] == found.committee.id

    assert write(work) == ([True, False, False], True)


def test_what_a_branch_of_the_chamber_proposes_stays_with_the_national_committee(write: Any) -> None:
    def work(session: Any) -> bool:
        found, _west, _people = regional(session)
        session.get_one(make.Organisation, found.first.organisation_id).kind = "chamber_branch"
        return sitting.committees_deciding(session, [found.first])[found.first.id] == found.committee.id

    assert write(work)


def test_who_rates_and_sees_what_follows_the_committee_that_decides(write: Any) -> None:
    def work(session: Any) -> tuple[Any, ...]:
        found, _west, people = regional(session)
        mine = [m.id for m in queries.undeclared(session, found.call.id, people[1])]
        theirs = [m.id for m in queries.undeclared(session, found.call.id, found.members[0])]
        rounds.open_round(session, found.call, by=found.manager, at=MORNING)
        return (
            mine == [found.first.id],
            theirs == [m.id for m in found.measures[1:]],
            raters(session, found.first) == {person.id for person in people},
            raters(session, found.measures[1]) == {person.id for person in found.everybody},
            [m.id for m in queries.of_call(session, found.call.id, ("in_rating",), visible_to=people[1])] == mine,
            queries.find_measure(session, found.measures[1].id, visible_to=people[1]),
            found.call.id in progress.calls_of_member(session, people[1]),
        )

    assert write(work) == (True, True, True, True, True, None, True)


def test_the_committee_is_settled_when_the_rating_opens(write: Any) -> None:
    def work(session: Any) -> tuple[bool, bool]:
        found, west, _people = regional(session)
        rounds.open_round(session, found.call, by=found.manager, at=MORNING)
        committees.choose_panels(session, found.scheme, [], by=found.manager, at=MORNING)
        kept = session.get_one(Number, found.first.id).committee_id
        return kept == west.id, sitting.committees_deciding(session, [found.first])[found.first.id] == west.id

    assert write(work) == (True, True)


def test_what_is_in_rating_stays_with_its_committee_though_a_sheet_is_given_anew(write: Any) -> None:
    def work(session: Any) -> tuple[bool, bool]:
        found, regional_one, _people = regional(session)
        measure = session.get_one(Measure, found.first.id)
        rounds.open_round(session, found.call, by=found.chair, at=MORNING)
        kept = sitting.committees_deciding(session, [measure])[measure.id]
        regional_one.regions, regional_one.ceiling = [], 1
        session.flush()
        seating.give_sheets(session, measure, 1, at=MORNING)
        return kept == regional_one.id, sitting.committees_deciding(session, [measure])[measure.id] == kept

    assert write(work) == (True, True)


def test_two_committees_do_not_share_a_region(write: Any) -> None:
    def work(session: Any) -> list[str]:
        found, west, _people = regional(session)
        other = committees.set_up(session, name="Also west", regions=[WEST, "MN-1"], by=found.manager, at=MORNING)
        with pytest.raises(Refused) as why:
            committees.choose_panels(
                session, found.scheme, [west, other, found.committee], by=found.manager, at=MORNING
            )
        return why.value.reasons

    said = write(work)
    assert said[-1] == "“West” and “Also west” share Khovd."
    assert len(said) == 3  # the scheme's own committee has no regions, and decides on the rest already


def test_a_seat_is_changed_and_who_only_advises_keeps_no_open_sheet(write: Any, rated: Round) -> None:
    def work(session: Any) -> tuple[Any, ...]:
        member = rated.members[0]
        seat = seat_of(session, rated, member)
        sign(session, session.get_one(Measure, rated.first.id), session.get_one(Person, member.id), FIRST)
        committees.change_seat(session, seat, Seat("public", voting=False), by=rated.manager, at=MORNING)
        asked = select(Sheet.status).where(Sheet.person_id == member.id)
        return sorted(session.scalars(asked)), seat.sector, seat.voting

    assert write(work) == (["signed", "void", "void"], "public", False)


def test_one_chair_one_deputy_and_each_turn_once(write: Any, rated: Round) -> None:
    def work(session: Any) -> list[str]:
        one, two = (seat_of(session, rated, person) for person in rated.members[:2])
        committees.change_seat(session, one, Seat("public", substitute=1), by=rated.manager, at=MORNING)
        said = []
        for wrong in (
            Seat("public", chair=True), Seat("public", substitute=1), Seat("public", chair=True, deputy=True),
            Seat("public", deputy=True, voting=False), Seat("public", deputy=True, substitute=2),
        ):  # fmt: skip
            with pytest.raises(Refused) as why:
                committees.change_seat(session, two, wrong, by=rated.manager, at=MORNING)
            said.append(
                why.value.reasons[0].replace(rated.chair.given_name, "A").replace(rated.members[0].given_name, "B")
            )
        return said

    assert write(work) == [
        "A is the chair already.", "B is substitute 1 already.", "Somebody is the chair or the deputy, not both.",
        "The chair and the deputy vote.", "A substitute votes, and is neither chair nor deputy.",
    ]  # fmt: skip


def test_a_term_that_is_over_is_no_seat_and_a_substitute_rates(write: Any) -> None:
    def work(session: Any) -> tuple[bool, list[str]]:
        found = rated_call(session)
        seat_of(session, found, found.members[0]).until = date(2026, 3, 1)
        stands_in = make.person(session, role="member")
        make.seat(session, found.committee, stands_in, substitute=1)
        rounds.open_round(session, found.call, by=found.chair, at=MORNING)
        said = committees.notes(sitting.members(session, found.committee.id), MORNING.date())
        expected = {person.id for person in found.everybody} - {found.members[0].id} | {stands_in.id}
        return raters(session, found.first) == expected, [note for note in said if "term" in note]

    good, said = write(work)
    assert good
    assert len(said) == 1
    assert said[0].endswith("ended on 1 March 2026: the seat is empty until it is renewed.")


def test_who_leaves_while_others_rate_is_replaced_by_the_substitute_except_where_already_signed(write: Any) -> None:
    def work(session: Any) -> tuple[bool, bool]:
        found = rated_call(session, blind=False)
        stands_in = make.person(session, role="member")
        make.seat(session, found.committee, stands_in, substitute=1)
        for measure in found.measures:
            declaring.declare(session, measure, conflict=False, by=found.members[0], at=MORNING)
        rounds.open_round(session, found.call, by=found.chair, at=MORNING)
        sign(session, found.first, found.members[0], FIRST)
        committees.end_membership(session, seat_of(session, found, found.members[0]), by=found.manager, at=MORNING)
        return stands_in.id in raters(session, found.first), stands_in.id in raters(session, found.measures[1])

    assert write(work) == (False, True)


def test_a_declared_conflict_gives_the_sheet_to_the_substitute(write: Any) -> None:
    def work(session: Any) -> tuple[bool, int]:
        found = rated_call(session)
        stands_in = make.person(session, role="member")
        make.seat(session, found.committee, stands_in, substitute=1)
        rounds.open_round(session, found.call, by=found.chair, at=MORNING)
        declaring.declare(
            session,
            found.first,
            conflict=True,
            kind="board",
            explanation="On its board",
            by=found.members[0],
            at=MORNING,
        )
        return stands_in.id in raters(session, found.first), len(raters(session, found.first))

    assert write(work) == (True, 5)


def test_only_those_who_were_chosen_get_a_sheet(write: Any) -> None:
    def work(session: Any) -> bool:
        found = rated_call(session)
        chosen = {person.id for person in found.members[:3]}
        session.add_all(
            Assignment(measure_id=found.first.id, person_id=id, by_id=found.chair.id, at=MORNING) for id in chosen
        )
        session.flush()
        rounds.open_round(session, found.call, by=found.chair, at=MORNING)
        return raters(session, found.first) == chosen

    assert write(work)


def test_a_manager_sets_up_a_regional_committee_changes_a_seat_and_chooses_it_for_a_call(
    write: Any, client: Any
) -> None:
    def world(session: Any) -> tuple[Round, Person]:
        return rated_call(session), make.person(session, role="member")

    found, person = write(world)
    browser = client(found.manager)
    posted = {"name": "West", "smallest_quorum": "2", "regions": [WEST], "ceiling": "6000"}
    url = browser.post("/rating/committees", data=posted).headers["location"]
    west = int(url.rsplit("/", 1)[1])
    added = {"person": str(person.id), "sector": "private", "seat": "substitute", "woman": "yes", "until": "2026-03-20"}
    assert browser.post(f"{url}/members", data=added).status_code == 303
    [seat] = write(lambda s: sitting.members(s, west))
    assert (seat.substitute, seat.woman, seat.until) == (1, True, date(2026, 3, 20))
    assert "ends on 20 March 2026" in browser.get(url).text
    page = browser.get(f"/rating/members/{seat.id}")
    assert page.status_code == 200
    assert browser.post(f"/rating/members/{seat.id}", data={"sector": "public", "seat": "deputy"}).status_code == 303
    [seat] = write(lambda s: sitting.members(s, west))
    assert (seat.sector, seat.deputy, seat.substitute) == ("public", True, None)
    panels = f"/rating/calls/{found.call.id}/panels"
    assert "Khovd" in browser.get(panels).text
    assert browser.post(panels, data={"committees": [str(west)]}).status_code == 303
    assert write(lambda s: sitting.committees_of_call(s, found.call.id)) == [found.committee.id, west]
    assert client(found.chair).get(panels).status_code == 403


PAGES = ("/rating/committees/{committee}", "/rating/calls/{call}/declare", "/rating/calls/{call}/conflicts")


@pytest.mark.parametrize("page", PAGES)
def test_a_page_costs_the_same_for_many_members_and_proposals(
    write: Any, client: Any, database: Any, page: str
) -> None:
    few = write(lambda s: rated_call(s, measures=1, blind=False))
    many = write(lambda s: rated_call(s, measures=6, blind=False))

    def more(session: Any) -> None:
        for each in (few, many):
            for measure in each.measures:
                session.add(
                    FoundConflict(
                        measure_id=measure.id,
                        person_id=each.members[0].id,
                        rule="phone",
                        evidence={"end": "123"},
                        found_at=MORNING,
                    )
                )
        for n in range(6):
            make.seat(session, many.committee, make.person(session, role="member"), substitute=n + 1)

    write(more)
    asked: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *facts: asked.append(facts[2]))
    counts = []
    for found in (few, many):
        browser = client(found.chair if "calls" in page else found.manager)
        url = page.format(committee=found.committee.id, call=found.call.id)
        assert browser.get(url).status_code == 200
        asked.clear()
        browser.get(url)
        counts.append(len(asked))
    assert counts[0] == counts[1]
