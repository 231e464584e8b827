from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from fundapp.funds.models import Call
from fundapp.history.models import Entry
from fundapp.kit.errors import NotAllowed, Refused
from fundapp.measures.models import Declaration, Measure
from fundapp.overview.news import KINDS
from fundapp.people.models import Person
from fundapp.rating import (
    agenda,
    blind,
    declaring,
    meetings,
    queries,
    ranking,
    rounds,
    sheets,
    sitting,
    standing,
    verifying,
)
from fundapp.rating.models import Result, Sheet
from fundapp.rating.moving import Typed
from tests import factories as make
from tests.factories import MORNING
from tests.rating.conftest import FIRST, Round, declare, given, open_and_declare, rated_call, sheet_of, sign, sign_all

LATER = MORNING + timedelta(days=1)


def test_the_text_opens_only_after_the_word_that_there_is_no_conflict(write: Any) -> None:
    def work(session: Any) -> tuple[bool, bool]:
        found = rated_call(session, measures=1)
        rounds.open_round(session, found.call, by=found.chair, at=MORNING)
        member = found.members[0]
        sheet = sheet_of(session, found.first, member)
        before = standing.find_sheet(session, sheet.id, visible_to=member)
        declare(session, found, member)
        return before is None, standing.find_sheet(session, sheet.id, visible_to=member) is sheet

    assert write(work) == (True, True)


def test_nothing_is_scored_before_it_is_declared(write: Any) -> None:
    def work(session: Any) -> None:
        found = rated_call(session, measures=1)
        rounds.open_round(session, found.call, by=found.chair, at=MORNING)
        sheet = sheet_of(session, found.first, found.members[0])
        with pytest.raises(NotAllowed):
            sheets.save(session, sheet, given(FIRST, ("R1",)), by=found.members[0], at=MORNING)

    write(work)


def test_in_a_blind_call_a_sheet_opens_once_all_that_is_in_rating_is_declared(write: Any) -> None:
    """Else a member could match the one name just answered with the one sheet just opened."""

    def work(session: Any) -> tuple[int, int]:
        found = rated_call(session, measures=2)
        rounds.open_round(session, found.call, by=found.chair, at=MORNING)
        member = found.members[0]
        declaring.declare(session, found.first, conflict=False, by=member, at=MORNING)
        before = len(standing.my_sheets(session, member, [found.call.id]))
        declaring.declare(session, found.measures[1], conflict=False, by=member, at=MORNING)
        return before, len(standing.my_sheets(session, member, [found.call.id]))

    assert write(work) == (0, 2)


def test_a_conflict_gives_no_sheet_and_closes_the_measure_in_every_question(write: Any) -> None:
    def work(session: Any) -> tuple[Any, ...]:
        found = rated_call(session)
        member = found.members[4 - 1]
        open_and_declare(session, found, conflict=member)
        sign_all(session, found)
        rounds.close_round(session, found.call, by=found.chair, at=MORNING)
        made = ranking.of_call(session, found.call, visible_to=member, at=MORNING)
        return (
            [s.person_id for s in standing.live_sheets(session, found.first.id, 1)].count(member.id),
            queries.find_measure(session, found.first.id, visible_to=member),
            queries.find_rated(session, found.first.id, visible_to=member),
            found.first.id in [row.measure.id for row in made.rows],
            made.hidden,
            len(standing.my_sheets(session, member, [found.call.id])),
        )

    assert write(work) == (0, None, None, False, 1, 0)


def test_a_late_conflict_voids_the_sheet_and_keeps_it(write: Any, rated: Round) -> None:
    def work(session: Any) -> tuple[Any, ...]:
        member, measure = rated.members[0], session.get_one(Measure, rated.first.id)
        sheet = sign(session, measure, member, FIRST)
        declaring.declare(
            session, measure, conflict=True, kind="family", explanation="My sister", by=member, at=MORNING
        )
        counted = standing.signed(session, {measure.id: 1})[measure.id]
        return sheet.status, sheet.total, len(standing.scores(session, [sheet.id])[sheet.id]), counted

    assert write(work) == ("void", 720000, 8, [])


def test_after_the_close_the_result_is_reckoned_again_without_the_sheet(write: Any, closed: Round) -> None:
    """72, 75 and 62 give 69.6667; without the first it is 68.5, of two sheets where three are asked for."""

    def work(session: Any) -> tuple[Any, ...]:
        member, measure = closed.members[0], session.get_one(Measure, closed.first.id)
        declaring.declare(session, measure, conflict=True, kind="family", explanation="Mine", by=member, at=LATER)
        result = standing.results(session, [measure.id])[measure.id]
        asked = select(Result).where(Result.measure_id == measure.id).order_by(Result.id)
        kept = [(row.round, row.total, row.sheets, row.void_at is None) for row in session.scalars(asked)]
        meeting = meetings.hold(
            session,
            session.get_one(Call, closed.call.id),
            held_on=MORNING.date(),
            place="Here",
            present=[],
            by=closed.chair,
            at=LATER,
        )
        meetings.decide(
            session, meeting, measure, Typed("reserve", 3, 0, reasons="x"), version=1, by=closed.chair, at=LATER
        )
        why = agenda.why_not_close(session, meeting, LATER.date())
        return kept, result.spread, measure.score, verifying.verify(session), why[0]

    kept, spread, score, wrong, why = write(work)
    assert kept == [(1, 696667, 3, False), (1, 685000, 2, True)]
    assert (spread, score, wrong) == (130000, 685000, [])
    assert why.endswith("too few sheets count since a late declaration; the chair opens a second round.")


def test_who_declares_in_the_meeting_does_so_on_a_page(client: Any, closed: Round) -> None:
    web = client(closed.members[0])
    page = f"/rating/measures/{closed.first.id}/conflict"
    assert web.post(page, data={"kind": "family", "explanation": ""}).status_code == 422
    assert (
        web.post(page, data={"kind": "family", "explanation": "My sister"}, follow_redirects=False).status_code == 303
    )
    assert web.get(page).status_code == 404


def test_a_declared_conflict_stands(write: Any, rated: Round) -> None:
    def work(session: Any) -> str:
        member, measure = rated.members[0], session.get_one(Measure, rated.first.id)
        declaring.declare(session, measure, conflict=True, kind="family", explanation="x", by=member, at=MORNING)
        with pytest.raises(Refused) as why:
            declaring.declare(session, measure, conflict=False, by=member, at=MORNING)
        return why.value.reasons[0]

    assert write(work) == "You have declared a conflict of interest here; it stands."


def test_a_stranger_to_the_committee_declares_nothing(write: Any, rated: Round) -> None:
    def work(session: Any) -> None:
        stranger = make.person(session, role="member")
        with pytest.raises(NotAllowed):
            declaring.declare(
                session, session.get_one(Measure, rated.first.id), conflict=False, by=stranger, at=MORNING
            )

    write(work)


def test_several_answers_are_given_at_once(write: Any) -> None:
    def work(session: Any) -> tuple[int, int]:
        found = rated_call(session)
        member = found.members[0]
        answers = [declaring.Said(m.id, m is found.first, "business", "We buy there") for m in found.measures]
        done = declaring.declare_all(session, found.call, answers, by=member, at=MORNING)
        kept = session.scalars(select(Declaration).where(Declaration.person_id == member.id, Declaration.conflict))
        return done, len(kept.all())

    assert write(work) == (3, 1)


def test_who_leaves_the_committee_keeps_signed_sheets_and_loses_open_ones(write: Any, rated: Round) -> None:
    from fundapp.rating import committees  # noqa: PLC0415

    def work(session: Any) -> list[str]:
        member = rated.members[0]
        sign(session, session.get_one(Measure, rated.first.id), member, FIRST)
        [seat] = [m for m in sitting.members(session, rated.committee.id) if m.person_id == member.id]
        committees.end_membership(session, seat, by=rated.manager, at=MORNING)
        return sorted(session.scalars(select(Sheet.status).where(Sheet.person_id == member.id)))

    assert write(work) == ["signed", "void", "void"]


def test_a_late_declaration_stands_among_the_exceptions_and_one_in_time_does_not(write: Any, rated: Round) -> None:
    def work(session: Any) -> list[str]:
        for measure in rated.measures[:1]:
            declaring.declare(
                session, session.get_one(Measure, measure.id), conflict=True, kind="board", explanation="On its board",
                by=session.get_one(Person, rated.members[0].id), at=MORNING,
            )  # fmt: skip
        return []

    write(work)
    asked = select(Entry.action).where(Entry.action.in_(KINDS["exceptions"]))
    assert write(lambda s: list(s.scalars(asked))) == ["rating.declare_late"]


def test_in_a_blind_call_the_declaration_shows_organisation_place_partners_and_account_holder_only(
    write: Any, client: Any
) -> None:
    found = write(rated_call)
    text = client(found.members[0]).get(f"/rating/calls/{found.call.id}/declare").text
    shown = write(lambda s: blind.names(s, queries.loaded(s, [found.first.id]))[found.first.id])
    assert all(
        word in text for word in (shown.place, shown.account_holder, *(partner.name for partner in shown.partners))
    )
    measure = found.first
    hidden = (
        measure.title,
        measure.short_title,
        measure.summary,
        measure.number,
        measure.problem,
        measure.organisation_note,
    )
    assert [word for word in hidden if word and word in text] == []
