"""Conflicts that rules find: kept once, closing everything as a declared one does, waived only by a chair with a reason."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from fundapp.history.models import Entry
from fundapp.kit.errors import Refused
from fundapp.measures import queries as measures
from fundapp.measures.models import FoundConflict, Measure
from fundapp.people.models import Person
from fundapp.rating import conflicts, declaring, finding, jobs, queries, rounds, sitting, standing
from fundapp.rating.models import Interest
from tests import factories as make
from tests.factories import MORNING
from tests.rating.conftest import FIRST, Round, declare, open_and_declare, rated_call, sheet_of, sign

BECAUSE = "They only share a building with forty firms."


def alike(session: Any, found: Round, person: Person) -> None:
    """The applicant of the first measure can be called at this member's number."""
    session.get_one(Measure, found.first.id)
    owner = session.get_one(Person, found.first.owner_id)
    person.phone = owner.phone = "+976 8811 2233"
    session.flush()


def rules(session: Any) -> list[tuple[int, int, str]]:
    asked = select(FoundConflict).order_by(FoundConflict.id)
    return [(row.measure_id, row.person_id, row.rule) for row in session.scalars(asked)]


def actions(session: Any) -> list[str]:
    return list(session.scalars(select(Entry.action).where(Entry.action.like("rating.%")).order_by(Entry.seq)))


@pytest.fixture
def tied(write: Any) -> Round:
    """Opened and declared; the first member has the telephone number of the first measure's applicant."""

    def work(session: Any) -> Round:
        found = rated_call(session, blind=False)
        alike(session, found, found.members[0])
        open_and_declare(session, found, None)
        return found

    return write(work)


def tie(session: Any, found: Round) -> Round:
    """The same, before anybody has declared and nothing is open."""
    alike(session, found, found.members[0])
    return found


def test_the_opening_of_a_rating_finds_conflicts_and_gives_no_sheet(write: Any) -> None:
    def work(session: Any) -> tuple[Any, ...]:
        found = tie(session, rated_call(session))
        rounds.open_round(session, found.call, by=found.chair, at=MORNING)
        with_sheet = {sheet.person_id for sheet in standing.live_sheets(session, found.first.id, 1)}
        return rules(session) == [(found.first.id, found.members[0].id, "phone")], found.members[0].id in with_sheet

    assert write(work) == (True, False)


def test_what_is_found_is_kept_once_and_holds_no_whole_number(write: Any) -> None:
    def work(session: Any) -> tuple[Any, ...]:
        found = tie(session, rated_call(session))
        counts = [len(finding.look_at_call(session, found.call, at=MORNING)) for _n in range(3)]
        [row] = session.scalars(select(FoundConflict))
        return counts, row.evidence

    assert write(work) == ([1, 0, 0], {"end": "233"})
    [entry] = write(lambda s: s.scalars(select(Entry).where(Entry.action == "rating.find_conflict")).all())
    assert (entry.data["rules"], entry.by_id, set(entry.data)) == (["phone"], None, {"person", "rules"})


def test_a_found_conflict_closes_the_proposal_as_a_declared_one_does(write: Any) -> None:
    def work(session: Any) -> tuple[Any, ...]:
        found = tie(session, rated_call(session, blind=False))
        member, first = found.members[0], found.first
        make.give(session, member, role="manager")
        make.give(session, member, role="auditor")
        finding.look_at_call(session, found.call, at=MORNING)
        seats = sitting.members(session, found.committee.id)
        return (
            measures.find(session, first.id, visible_to=member),
            queries.find_measure(session, first.id, visible_to=member),
            first.id in [m.id for m in queries.of_call(session, found.call.id, ("eligible",), visible_to=member)],
            first.id in [m.id for m in queries.undeclared(session, found.call.id, member)],
            queries.hidden_count(session, found.call.id, ("eligible",), member),
            queries.conflicted(session, [first], seats)[first.id] == {member.id},
        )

    assert write(work) == (None, None, False, False, 1, True)


def test_a_conflict_found_late_voids_the_sheet_which_stays_and_names_it_among_the_exceptions(
    write: Any, rated: Round
) -> None:
    def work(session: Any) -> tuple[Any, ...]:
        member = session.get_one(Person, rated.members[0].id)
        sheet = sign(session, session.get_one(Measure, rated.first.id), member, FIRST)
        alike(session, rated, member)
        finding.look_at_call(session, rated.call, at=MORNING)
        return sheet.status, sheet.total, len(standing.scores(session, [sheet.id])[sheet.id])

    assert write(work) == ("void", 720000, 8)
    assert write(actions)[-2:] == ["rating.find_conflict", "rating.void_sheet"]


def test_what_is_found_after_the_close_takes_the_sheet_out_of_the_result(write: Any, closed: Round) -> None:
    """72, 75 and 62: without the first member's 72 the mean is 68.5."""

    def work(session: Any) -> tuple[Any, ...]:
        member = session.get_one(Person, closed.members[0].id)
        measure = session.get_one(Measure, closed.first.id)
        before = measure.score
        alike(session, closed, member)
        finding.look(session, [measure], at=MORNING)
        return before, measure.score, standing.results(session, [measure.id])[measure.id].sheets

    assert write(work) == (696667, 685000, 2)


def test_a_substitute_gets_the_sheet_of_who_may_not_rate_and_a_mail(write: Any) -> None:
    def work(session: Any) -> tuple[Any, ...]:
        found = tie(session, rated_call(session))
        for n, one in enumerate(
            (second := make.person(session, role="member"), first := make.person(session, role="member"))
        ):
            make.seat(session, found.committee, one, substitute=2 - n)
        rounds.open_round(session, found.call, by=found.chair, at=MORNING)
        raters = {m.id: {s.person_id for s in standing.live_sheets(session, m.id, 1)} for m in found.measures}
        regular = {person.id for person in found.everybody}
        return (
            raters[found.first.id] == regular - {found.members[0].id} | {first.id},
            raters[found.measures[1].id] == regular,
            second.id in raters[found.first.id],
        )

    assert write(work) == (True, True, False)


def test_a_chair_waives_with_a_reason_and_it_is_never_found_again(write: Any, client: Any) -> None:
    def world(session: Any) -> tuple[Round, int]:
        found = tie(session, rated_call(session, blind=False))
        rounds.open_round(session, found.call, by=found.chair, at=MORNING)
        return found, session.scalars(select(FoundConflict.id)).one()

    found, row = write(world)
    browser = client(found.chair)
    page = browser.get(f"/rating/calls/{found.call.id}/conflicts").text
    assert "The same telephone number, ending in 233." in page
    assert browser.post(f"/rating/conflicts/{row}/waive", data={"because": "no"}).status_code == 409
    assert browser.post(f"/rating/conflicts/{row}/waive", data={"because": BECAUSE}).status_code == 303
    assert BECAUSE in browser.get(f"/rating/calls/{found.call.id}/conflicts").text

    def after(session: Any) -> tuple[Any, ...]:
        assert finding.look_at_call(session, found.call, at=MORNING + timedelta(days=1)) == []
        measure = session.get_one(Measure, found.first.id)
        told = conflicts.waived(session, [measure])[measure.id]
        sheet = sheet_of(session, measure, found.members[0])
        return [(one.person.id, one.by.id, one.because) for one in told], sheet.status

    assert write(after) == ([(found.members[0].id, found.chair.id, BECAUSE)], "open")
    assert "rating.waive_conflict" in write(actions)


def test_members_and_other_chairs_waive_nothing_and_do_not_see_the_list(write: Any, client: Any) -> None:
    def world(session: Any) -> tuple[Round, Person, int]:
        found = tie(session, rated_call(session, blind=False))
        rounds.open_round(session, found.call, by=found.chair, at=MORNING)
        return found, make.person(session, role="chair"), session.scalars(select(FoundConflict.id)).one()

    found, stranger, row = write(world)
    page, waive = f"/rating/calls/{found.call.id}/conflicts", f"/rating/conflicts/{row}/waive"
    for person, sees, posts in (
        (found.members[1], 404, 403), (found.members[0], 404, 404), (stranger, 404, 404), (found.manager, 200, 403),
    ):  # fmt: skip
        browser = client(person)
        assert (browser.get(page).status_code, browser.post(waive, data={"because": BECAUSE}).status_code) == (
            sees,
            posts,
        )


def test_nobody_waives_their_own_nor_what_is_declared_nor_an_own_proposal(write: Any) -> None:
    def work(session: Any) -> list[str]:
        found = rated_call(session, blind=False)
        alike(session, found, found.members[0])
        declaring.declare(
            session, found.first, conflict=True, kind="family", explanation="x", by=found.members[0], at=MORNING
        )
        found.measures[1].owner_id = found.members[1].id
        found.measures[2].prepared_by_id = found.chair.id
        session.flush()
        rounds.open_round(session, found.call, by=found.chair, at=MORNING)
        said = []
        asked = select(FoundConflict).where(FoundConflict.rule.in_(("phone", "own_proposal", "helped")))
        for row in session.scalars(asked.order_by(FoundConflict.measure_id)).all():
            with pytest.raises(Refused) as why:
                declaring.waive(
                    session,
                    conflicts.OfMeasure(row, session.get_one(Measure, row.measure_id)),
                    because=BECAUSE,
                    by=found.chair,
                    at=MORNING,
                )
            said += why.value.reasons
        return said

    assert write(work) == [
        "The member has declared a conflict here as well; what is declared stands.",
        "Nobody rates their own proposal.",
        "This is your own; another of the two, chair or deputy, looks at it.",
    ]


def test_who_helped_may_rate_once_it_is_waived(write: Any) -> None:
    def work(session: Any) -> tuple[bool, bool]:
        found = rated_call(session, blind=False)
        member = found.members[0]
        found.first.prepared_by_id = member.id
        session.flush()
        finding.look_at_call(session, found.call, at=MORNING)
        [row] = session.scalars(select(FoundConflict))
        before = found.first in queries.undeclared(session, found.call.id, member)
        declaring.waive(session, conflicts.OfMeasure(row, found.first), because=BECAUSE, by=found.chair, at=MORNING)
        return before, found.first in queries.undeclared(session, found.call.id, member)

    assert write(work) == (False, True)


def test_an_interest_closes_what_it_names_at_once_and_for_three_years_after_it_has_ended(
    write: Any, client: Any
) -> None:
    def world(session: Any) -> tuple[Round, str]:
        found = rated_call(session, blind=False)
        name = session.get_one(make.Organisation, found.first.organisation_id).name
        return found, name

    found, name = write(world)
    browser = client(found.members[0])
    assert browser.post("/rating/interests", data={"kind": "board", "name": name}).status_code == 303
    assert write(rules) == [(found.first.id, found.members[0].id, "interest")]
    assert name in browser.get("/rating/interests").text
    [id] = write(lambda s: s.scalars(select(Interest.id)).all())
    assert client(found.members[1]).post(f"/rating/interests/{id}", data={"until": "2026-03-01"}).status_code == 404
    assert browser.post(f"/rating/interests/{id}", data={"until": "2026-03-01"}).status_code == 303
    assert "counts for three years more" in browser.get("/rating/interests").text

    def later(session: Any) -> list[int]:
        session.execute(FoundConflict.__table__.delete())
        asked = queries.all_of_call(session, found.call.id, ("eligible",))
        person = session.get_one(Person, found.members[0].id)
        years = (timedelta(days=365 * 2), timedelta(days=365 * 4))
        return [len(finding.new_clues(session, asked, person=person, at=MORNING + after)) for after in years]

    assert write(later) == [1, 0]


def test_what_is_declared_against_an_organisation_closes_its_other_proposals(write: Any) -> None:
    def work(session: Any) -> bool:
        found = rated_call(session)
        found.measures[1].organisation_id = found.first.organisation_id
        session.flush()
        declare(session, found, found.members[0], conflict=found.first)
        return rules(session) == [(found.measures[1].id, found.members[0].id, "declared_before")]

    assert write(work)


def test_an_officer_on_the_committee_does_not_rate_the_own_branch_and_goes_on_with_its_cases(write: Any) -> None:
    def work(session: Any) -> tuple[Any, ...]:
        found = rated_call(session, blind=False)
        member = found.members[0]
        make.give(session, member, role="officer", branch=session.get_one(make.Branch, found.first.branch_id))
        finding.look_at_call(session, found.call, at=MORNING)
        return (
            [rule for _m, _p, rule in rules(session)],
            measures.find(session, found.first.id, visible_to=member) is not None,
            queries.find_measure(session, found.first.id, visible_to=member),
        )

    assert write(work) == (["own_branch"], True, None)


def test_where_a_branch_applies_all_its_people_stay_out_and_the_exceptions_say_so(write: Any) -> None:
    def work(session: Any) -> tuple[Any, ...]:
        found = rated_call(session)
        branch = session.get_one(make.Branch, found.first.branch_id)
        organisation = session.get_one(make.Organisation, found.first.organisation_id)
        organisation.kind, organisation.name = "chamber_branch", branch.name
        make.give(session, found.members[0], role="officer", branch=branch)
        rounds.open_round(session, found.call, by=found.chair, at=MORNING)
        raters = {sheet.person_id for sheet in standing.live_sheets(session, found.first.id, 1)}
        return sorted(rule for _m, _p, rule in rules(session)), found.members[0].id in raters, len(raters)

    assert write(work) == (["branch_applies", "own_branch"], False, 4)
    assert write(actions).count("rating.outsiders") == 1


def test_the_heartbeat_looks_at_what_was_accepted_since(write: Any, database: Any, clock: Any) -> None:
    write(lambda session: tie(session, rated_call(session)))
    assert (jobs.find_conflicts(database, clock), jobs.find_conflicts(database, clock)) == (1, 0)


def test_looking_costs_the_same_for_one_proposal_and_for_many(write: Any, database: Any) -> None:
    asked: list[str] = []

    def work(session: Any) -> tuple[int, int]:
        found = rated_call(session, measures=6)
        event.listen(database.engine, "before_cursor_execute", lambda *facts: asked.append(facts[2]))
        counts = []
        for ids in ([found.first.id], [m.id for m in found.measures]):
            session.expire_all()
            some = list(session.scalars(select(Measure).where(Measure.id.in_(ids))))
            asked.clear()
            finding.new_clues(session, some, at=MORNING)
            counts.append(len(asked))
        return counts[0], counts[1]

    one, six = write(work)
    assert one == six <= 20
