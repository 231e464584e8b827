from dataclasses import fields
from typing import Any

import pytest
from sqlalchemy import event

from fundapp.kit.errors import NotAllowed, Refused, Stale
from fundapp.measures.models import Measure
from fundapp.rating import blind, filled, queries, rounds, sheets, standing
from fundapp.rating.sheets import Given
from tests.factories import MORNING
from tests.house.test_lists import counted
from tests.rating.conftest import CODES, FIRST, Round, given, open_and_declare, rated_call, sheet_of, sign

BLIND = tuple(code for code in CODES if code != "R6")


def look(session: Any, found: Round, n: int = 0) -> tuple[Any, Any, Any]:
    measure, member = session.get_one(Measure, found.measures[n].id), found.members[n]
    return measure, member, sheet_of(session, measure, member)


def test_scores_are_kept_as_they_come_and_the_total_so_far_is_of_what_is_scored(write: Any, rated: Round) -> None:
    def work(session: Any) -> tuple[Any, ...]:
        _measure, member, sheet = look(session, rated)
        sheets.save(session, sheet, {"R1": Given(4), "R2": Given(2)}, by=member, at=MORNING)
        now = filled.of(session, sheet).now
        return now.total, now.out_of, now.without_reason, now.unscored

    assert write(work) == (220000, 35, ["R2"], ["R3", "R4", "R5", "R6", "R7", "R8"])


@pytest.mark.parametrize("points", [-1, 6])
def test_points_outside_the_scale_are_refused(write: Any, rated: Round, points: int) -> None:
    def work(session: Any) -> None:
        _measure, member, sheet = look(session, rated)
        with pytest.raises(Refused):
            sheets.save(session, sheet, {"R1": Given(points)}, by=member, at=MORNING)

    write(work)


def test_what_another_page_saved_in_between_is_not_overwritten(write: Any, rated: Round) -> None:
    def work(session: Any) -> dict[str, str]:
        _measure, member, sheet = look(session, rated)
        sheets.save(session, sheet, {"R1": Given(4, "a dated plan", None, "")}, by=member, at=MORNING)
        with pytest.raises(Stale) as stale:
            sheets.save(session, sheet, {"R1": Given(1, "nothing", None, "")}, by=member, at=MORNING)
        return stale.value.theirs

    assert write(work) == {"R1": "4 a dated plan"}


def test_a_criterion_that_needs_the_identity_waits_until_the_blind_part_is_locked(write: Any, rated: Round) -> None:
    def work(session: Any) -> tuple[str, str]:
        _measure, member, sheet = look(session, rated)
        with pytest.raises(Refused) as early:
            sheets.save(session, sheet, {"R6": Given(4)}, by=member, at=MORNING)
        sheets.save(session, sheet, given(FIRST, BLIND), by=member, at=MORNING)
        sheets.lock(session, sheet, by=member, at=MORNING)
        with pytest.raises(Refused) as late:
            sheets.save(session, sheet, {"R1": Given(1, "now I know them")}, by=member, at=MORNING)
        return early.value.reasons[0], late.value.reasons[0]

    assert write(work) == (
        "R6 is scored once the names are open: lock the blind criteria first.",
        "R1 was locked before the names opened; it stands.",
    )


def test_the_blind_part_is_locked_only_when_it_is_complete_with_its_reasons(write: Any, rated: Round) -> None:
    def work(session: Any) -> tuple[str, ...]:
        _measure, member, sheet = look(session, rated)
        sheets.save(
            session, sheet, {"R1": Given(5), "R2": Given(1, "too narrow"), "R3": Given(4)}, by=member, at=MORNING
        )
        with pytest.raises(Refused) as why:
            sheets.lock(session, sheet, by=member, at=MORNING)
        return why.value.reasons

    assert write(work) == (
        "Not scored yet: R4, R5, R7, R8.",
        "A reason is needed for R1: for 0, 1, 2, 5; below the mean needed; where you cannot judge.",
    )


def test_names_open_for_the_member_who_has_locked_and_for_nobody_else(write: Any, rated: Round) -> None:
    def work(session: Any) -> tuple[bool, bool]:
        measure, member, sheet = look(session, rated)
        sheets.save(session, sheet, given(FIRST, BLIND), by=member, at=MORNING)
        sheets.lock(session, sheet, by=member, at=MORNING)
        other = sheet_of(session, measure, rated.members[1])
        return blind.names_are_open(sheet, blind=True), blind.names_are_open(other, blind=True)

    assert write(work) == (True, False)


def test_in_a_blind_call_a_sheet_is_locked_before_it_is_signed(write: Any, rated: Round) -> None:
    def work(session: Any) -> tuple[str, ...]:
        _measure, member, sheet = look(session, rated)
        sheets.save(session, sheet, given(FIRST, BLIND), by=member, at=MORNING)
        with pytest.raises(Refused) as why:
            sheets.sign(session, sheet, by=member, at=MORNING)
        return why.value.reasons

    assert write(work) == ("Lock the scores of the blind criteria first; then the names open.",)


def test_a_signed_sheet_has_its_total_and_is_not_changed(write: Any, rated: Round) -> None:
    def work(session: Any) -> tuple[Any, ...]:
        measure, member, _sheet = look(session, rated)
        sheet = sign(session, measure, member, FIRST)
        with pytest.raises(Refused) as why:
            sheets.save(session, sheet, {"R1": Given(0, "changed my mind")}, by=member, at=MORNING)
        return sheet.status, sheet.total, why.value.reasons[0]

    assert write(work) == ("signed", 720000, "The sheet is signed. To change it, take the signature back first.")


def test_in_an_open_call_all_criteria_are_scored_and_signed_at_once(write: Any) -> None:
    def work(session: Any) -> tuple[str, int | None]:
        found = rated_call(session, blind=False, measures=1)
        open_and_declare(session, found)
        sheet = sign(session, found.first, found.members[0], FIRST)
        return sheet.status, sheet.total

    assert write(work) == ("signed", 720000)


def test_nobody_touches_or_finds_the_sheet_of_another(write: Any, rated: Round) -> None:
    def work(session: Any) -> None:
        _measure, _member, sheet = look(session, rated)
        for other in (rated.members[1], rated.chair, rated.manager):
            assert standing.find_sheet(session, sheet.id, visible_to=other) is None
            with pytest.raises(NotAllowed):
                sheets.save(session, sheet, {"R1": Given(4)}, by=other, at=MORNING)

    write(work)


def test_nobody_sees_scores_before_the_round_is_closed_and_the_members_do_afterwards(write: Any, rated: Round) -> None:
    from fundapp.people.permissions import Action, may  # noqa: PLC0415

    def work(session: Any) -> tuple[list[bool], list[bool]]:
        measure = session.get_one(Measure, rated.first.id)
        who = [rated.chair, rated.manager, rated.members[0]]
        for person in rated.members[:3]:
            sign(session, measure, person, FIRST)
        before = [may(p, Action.SEE_SCORES, queries.of_committee(session, measure)) for p in who]
        rounds.close_rating(session, measure, by=rated.chair, at=MORNING)
        return before, [may(p, Action.SEE_SCORES, queries.of_committee(session, measure)) for p in who]

    assert write(work) == ([False] * 3, [True] * 3)


def test_a_blind_proposal_has_no_field_for_who_where_and_with_whom() -> None:
    assert {field.name for field in fields(blind.BlindProposal)} == {
        "no", "topic", "intervention", "months", "problem", "objective", "outputs", "outcomes", "visible_effect", "public_benefit",
        "breadth", "after_funding", "requested", "total_cost", "currency", "groups", "lines", "shares", "promises", "questions",
        "steps", "env_effect", "env_note", "land", "permits", "dangers", "own_when", "answers",
    }  # fmt: skip
    assert {field.name for field in fields(blind.Step)} == {"title", "first", "last", "milestone"}
    assert {field.name for field in fields(blind.Danger)} == {"text", "likelihood", "impact", "mitigation"}


def test_names_inside_the_texts_are_taken_out(write: Any, rated: Round) -> None:
    def work(session: Any) -> blind.BlindProposal:
        measure = next(m for m in queries.loaded(session, [rated.first.id]))
        return blind.proposal(session, measure, 2, hide=True)

    read = write(work)
    assert read.problem == "Wool is sold unwashed, says […] of the place; […] helps."
    assert [(step.title, step.first, step.last) for step in read.steps] == [("[…] sets the line up", 2, 5)]
    assert [(danger.text, danger.mitigation) for danger in read.dangers] == [("[…] loses its buyer", "[…] asks")]
    assert (read.env_note, read.permits, read.own_when) == ("[…] cleans it", "Of […]", "[…] pays in May")
    assert not [word for word in rated.secrets if word in repr(read)]


def test_what_a_member_cannot_judge_needs_a_reason_and_leaves_the_others_in_proportion(write: Any) -> None:
    def work(session: Any) -> tuple[Any, ...]:
        found = rated_call(session, blind=False, measures=1)
        open_and_declare(session, found)
        member = found.members[0]
        sheet = sheet_of(session, found.first, member)
        first = given(FIRST) | {"R4": Given(None, "", unjudged=True)}
        sheets.save(session, sheet, first, by=member, at=MORNING)
        why = sheets.why_not_sign(session, sheet)
        sheets.save(session, sheet, {"R4": Given(None, "Not my field", unjudged=True)}, by=member, at=MORNING)
        sheets.sign(session, sheet, by=member, at=MORNING)
        for person in found.members[1:3]:
            sign(session, found.first, person, FIRST)
        result = rounds.close_rating(session, found.first, by=found.chair, at=MORNING)
        return why, sheet.total, result.means["R4"], result.total

    assert write(work) == (
        ["A reason is needed for R4: for 0, 1, 2, 5; below the mean needed; where you cannot judge."],
        741176,
        "3.0000",
        727059,
    )


def test_who_can_judge_less_than_half_of_the_weight_does_not_sign(write: Any) -> None:
    def work(session: Any) -> tuple[str, ...]:
        found = rated_call(session, blind=False, measures=1)
        open_and_declare(session, found)
        member = found.members[0]
        sheet = sheet_of(session, found.first, member)
        none = {code: Given(None, "Not my field", unjudged=True) for code in CODES[:4]}
        sheets.save(session, sheet, given(FIRST) | none, by=member, at=MORNING)
        with pytest.raises(Refused) as why:
            sheets.sign(session, sheet, by=member, at=MORNING)
        with pytest.raises(Refused):
            sheets.save(session, sheet, {"R1": Given(3, unjudged=True)}, by=member, at=MORNING)
        return why.value.reasons

    assert write(work) == (
        "Criteria of less than half of the weight have points. Who cannot judge more does not sign.",
    )


@pytest.mark.parametrize("blind_call", [False, True])
def test_a_score_is_kept_in_eight_questions_and_one_commit(write: Any, client: Any, blind_call: bool) -> None:
    def world(session: Any) -> tuple[Round, int]:
        found = rated_call(session, blind=blind_call, measures=2)
        open_and_declare(session, found)
        return found, sheet_of(session, found.first, found.members[0]).id

    found, id = write(world)
    browser, costs, commits = client(found.members[0]), [], []
    database = browser.app.state.database

    def note(connection: Any) -> None:
        commits.append(connection)

    event.listen(database.engine, "commit", note)
    for points, comment in (("4", ""), ("3", ""), ("2", "too narrow"), ("unjudged", "not my field")):
        posted = {"scores-1-code": "R1", "scores-1-points": points, "scores-1-comment": comment}
        with counted(database) as seen:
            assert browser.post(f"/rating/sheets/{id}/save", data=posted).status_code == 200
        costs.append(len(seen))
    event.remove(database.engine, "commit", note)
    assert max(costs) <= 8
    assert len(commits) <= 4


def test_the_lists_of_a_member_cost_the_same_for_many_sheets(write: Any, client: Any) -> None:
    def cost(size: int) -> list[int]:
        def world(session: Any) -> Round:
            found = rated_call(session, blind=False, measures=size)
            open_and_declare(session, found)
            sign(session, found.first, found.members[0], FIRST)
            return found

        found = write(world)
        browser, costs = client(found.members[0]), []
        sheet = write(lambda s: sheet_of(s, found.measures[1], found.members[0]).id)
        for url in ("/rating/", "/rating/sign", f"/rating/sheets/{sheet}"):
            with counted(browser.app.state.database) as seen:
                assert browser.get(url).status_code == 200
            costs.append(len(seen))
        return costs

    few = cost(2)
    assert few == cost(7)
    assert few[2] <= 26


def test_only_whole_words_are_taken_out_of_a_text() -> None:
    assert blind.without("Bulgan and Bulgani; BULGAN.", ["Bulgan"]) == "[…] and Bulgani; […]."
