from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from fundapp.history import queries as history
from fundapp.kit.errors import NotAllowed, Refused
from fundapp.lifecycle.service import take_back
from fundapp.mail.models import Message
from fundapp.measures import lifecycle as life
from fundapp.measures.models import Measure
from fundapp.rating import committees, ranking, rounds, schemes, sheets, standing
from fundapp.rating.models import Committee, Result, Scheme, Sheet
from fundapp.rating.offers import OFFERS
from fundapp.rating.queries import criteria
from fundapp.rating.rules import Limits, Row
from fundapp.reminders.models import Obligation
from tests import factories as make
from tests.factories import MORNING
from tests.rating.conftest import FIRST, Round, declare, given, open_and_declare, rated_call, sheet_of, sign, sign_all

UNDO = {offer.step: offer.back for offer in OFFERS}


def test_opening_gives_every_member_a_sheet_due_in_two_weeks_and_one_mail(write: Any, rated: Round) -> None:
    def look(session: Any) -> tuple[Any, ...]:
        found = session.scalars(select(Sheet)).all()
        owed = session.scalars(select(Obligation).where(Obligation.kind == "rating.sheet")).all()
        mails = session.scalars(select(Message.kind)).all()
        return len(found), {str(o.due) for o in owed}, len(owed), mails

    assert write(look) == (15, {"2026-03-16"}, 15, ["rating/opened"] * 5)


def test_the_title_of_a_sheets_obligation_does_not_name_who_proposes(write: Any, rated: Round) -> None:
    titles = write(lambda s: s.scalars(select(Obligation.title)).all())
    assert not [title for title in titles if "canary" in title]


def test_numbers_are_drawn_by_lot_and_belong_to_one_measure_each(write: Any, rated: Round) -> None:
    from fundapp.rating.queries import numbers  # noqa: PLC0415

    drawn = write(lambda s: numbers(s, rated.call.id))
    assert sorted(drawn.values()) == [1, 2, 3]


def test_rating_opens_only_with_enough_members_without_a_known_conflict(write: Any) -> None:
    def work(session: Any) -> list[str]:
        found = rated_call(session)
        for person in found.members[:3]:
            declare(session, found, person, conflict=found.first)
        with pytest.raises(Refused) as refused:
            rounds.open_rating(session, found.first, by=found.chair, at=MORNING)
        return list(refused.value.reasons)

    assert write(work) == ["2 members without a known conflict can rate it, 3 are needed."]


def test_a_member_whose_own_organisation_proposes_gets_no_sheet(write: Any) -> None:
    def work(session: Any) -> set[int]:
        found = rated_call(session)
        found.members[0].organisation_id = found.first.organisation_id
        session.flush()
        rounds.open_rating(session, found.first, by=found.manager, at=MORNING)
        return (
            {sheet.person_id for sheet in standing.live_sheets(session, found.first.id, 1)}
            ^ {person.id for person in found.everybody}
            ^ {found.members[0].id}
        )

    assert write(work) == set()


def test_a_round_closes_only_with_enough_signed_sheets_for_every_measure(write: Any, rated: Round) -> None:
    def work(session: Any) -> tuple[str, ...]:
        for measure in rated.measures:
            sign(session, session.get_one(Measure, measure.id), rated.chair, FIRST)
        sign(session, session.get_one(Measure, rated.first.id), rated.members[0], FIRST)
        with pytest.raises(Refused) as refused:
            rounds.close_round(session, rated.call, by=rated.chair, at=MORNING)
        return refused.value.reasons

    reasons = write(work)
    assert sorted(reason.split(": ")[1] for reason in reasons) == [
        "1 of 3 sheets needed are signed.", "1 of 3 sheets needed are signed.", "2 of 3 sheets needed are signed.",
    ]  # fmt: skip


def test_a_chair_with_own_sheets_to_sign_is_refused_alike_however_far_the_others_are(write: Any, client: Any) -> None:
    def work(session: Any) -> Round:
        found = rated_call(session, blind=False)
        open_and_declare(session, found)
        return found

    found = write(work)
    told = "Not enough sheets are signed yet. What is missing is shown once you have signed your own sheets."
    browser, call, answers = client(found.chair), f"/rating/calls/{found.call.id}", []
    for people in ([], [0], [1, 2, 3]):  # the third proposal always lacks its sheets
        for n in people:
            for measure in found.measures[:2]:
                write(lambda s, m=measure, n=n: sign(s, s.get_one(Measure, m.id), found.members[n], FIRST))
        asked = [browser.post(f"{call}/close"), browser.post(f"/rating/measures/{found.measures[2].id}/close")]
        said = [(answer.status_code, told in answer.text, "of 3 sheets" in answer.text) for answer in asked]
        answers.append((browser.get(call).text, said))
    assert answers[0] == answers[1] == answers[2]
    assert answers[0][1] == [(409, True, False)] * 2


def test_three_sheets_of_72_75_and_62_give_69_6667(write: Any, closed: Round) -> None:
    def look(session: Any) -> Result:
        return standing.results(session, [closed.first.id])[closed.first.id]

    result = write(look)
    assert (result.total, result.spread, result.sheets, result.knocked_out) == (696667, 130000, 3, [])
    assert result.means["R2"] == "3.3333"
    measure = write(lambda s: s.get_one(Measure, closed.first.id))
    assert (measure.status, measure.score) == ("rated", 696667)


def test_the_sheets_keep_their_totals(write: Any, closed: Round) -> None:
    found = write(
        lambda s: s.scalars(
            select(Sheet.total).where(Sheet.measure_id == closed.first.id, Sheet.status == "signed")
        ).all()
    )
    assert sorted(found) == [620000, 720000, 750000]


def test_the_ranking_shows_total_spread_and_criterion_means(write: Any, closed: Round) -> None:
    found = write(lambda s: ranking.of_call(s, closed.call, visible_to=closed.chair, at=MORNING))
    row = found.rows[0]
    assert (row.total, row.spread, row.totals) == (
        Decimal("69.6667"),
        Decimal(13),
        (Decimal(62), Decimal(72), Decimal(75)),
    )
    assert dict(row.means)["R2"] == Decimal("3.3333")
    assert [r.added for r in found.rows] == [5_000_00, 10_000_00, 15_000_00]
    assert [r.reached for r in found.rows] == [True, True, True]


def test_the_money_line_falls_where_the_calls_money_ends_and_the_last_gets_what_is_left(write: Any) -> None:
    def work(session: Any) -> tuple[list[int], int]:
        found = rated_call(session, budget=12_000_00)
        open_and_declare(session, found)
        sign_all(session, found)
        rounds.close_round(session, found.call, by=found.chair, at=MORNING)
        made = ranking.of_call(session, found.call, visible_to=found.chair, at=MORNING)
        return [row.amount for row in made.rows], made.left

    assert write(work) == ([5_000_00, 5_000_00, 2_000_00], 0)


def test_only_a_chair_closes_and_a_member_opens_nothing(write: Any, rated: Round) -> None:
    def work(session: Any) -> None:
        sign_all(session, _fresh(session, rated))
        for by in (rated.manager, rated.members[0]):
            with pytest.raises(NotAllowed):
                rounds.close_rating(session, session.get_one(Measure, rated.first.id), by=by, at=MORNING)

    write(work)


def test_a_second_round_keeps_the_first_and_opens_new_sheets(write: Any, closed: Round) -> None:
    def work(session: Any) -> tuple[Any, ...]:
        measure = session.get_one(Measure, closed.first.id)
        rounds.reopen_rating(session, measure, by=closed.chair, at=MORNING, because="13 points apart")
        sheets_now = standing.live_sheets(session, measure.id, 2)
        return (
            measure.status,
            measure.score,
            len(sheets_now),
            {s.status for s in sheets_now},
            len(standing.live_sheets(session, measure.id, 1)),
        )

    assert write(work) == ("in_rating", None, 5, {"open"}, 5)


def test_a_second_round_needs_a_reason(write: Any, closed: Round) -> None:
    def work(session: Any) -> None:
        with pytest.raises(Refused):
            rounds.reopen_rating(
                session, session.get_one(Measure, closed.first.id), by=closed.chair, at=MORNING, because=" "
            )

    write(work)


def test_taking_the_opening_back_voids_the_sheets_until_somebody_has_scored(write: Any, rated: Round) -> None:
    def work(session: Any) -> tuple[str, set[str]]:
        measure = session.get_one(Measure, rated.first.id)
        take_back(
            session, measure, life.OPEN_RATING, by=rated.chair, at=MORNING, because="", undo=UNDO[life.OPEN_RATING]
        )
        return measure.status, set(session.scalars(select(Sheet.status).where(Sheet.measure_id == measure.id)))

    assert write(work) == ("eligible", {"void"})

    def refused(session: Any) -> str:
        measure = session.get_one(Measure, rated.measures[1].id)
        sheet = sheet_of(session, measure, rated.members[0])
        sheets.save(session, sheet, given(FIRST, ("R1",)), by=rated.members[0], at=MORNING)
        with pytest.raises(Refused) as why:
            take_back(
                session, measure, life.OPEN_RATING, by=rated.chair, at=MORNING, because="", undo=UNDO[life.OPEN_RATING]
            )
        return why.value.reasons[0]

    assert write(refused) == "Members have begun to score it; the rating stays open."


def test_taking_the_closing_back_is_refused_while_a_member_has_not_signed(write: Any, closed: Round) -> None:
    def work(session: Any) -> str:
        measure = session.get_one(Measure, closed.first.id)
        with pytest.raises(Refused) as why:
            take_back(
                session,
                measure,
                life.CLOSE_RATING,
                by=closed.chair,
                at=MORNING,
                because="",
                undo=UNDO[life.CLOSE_RATING],
            )
        return why.value.reasons[0]

    assert write(work) == "2 members have not signed and may have seen the other sheets. Open a second round instead."


def test_taking_the_closing_back_voids_the_result_and_keeps_it(write: Any, rated: Round) -> None:
    def close(session: Any) -> None:
        measure = session.get_one(Measure, rated.first.id)
        for person in rated.everybody:
            sign(session, measure, person, FIRST)
        rounds.close_rating(session, measure, by=rated.chair, at=MORNING)

    def back(session: Any) -> tuple[Any, ...]:
        measure = session.get_one(Measure, rated.first.id)
        undo = UNDO[life.CLOSE_RATING]
        take_back(session, measure, life.CLOSE_RATING, by=rated.chair, at=MORNING, because="", undo=undo)
        kept = session.scalars(select(Result).where(Result.measure_id == measure.id)).one()
        return measure.status, measure.score, kept.void_at == MORNING, standing.round_of(session, measure.id)

    write(close)
    assert write(back) == ("in_rating", None, True, 1)


def test_the_scheme_stands_once_somebody_has_rated_by_it(write: Any, rated: Round) -> None:
    def work(session: Any) -> str:
        measure = session.get_one(Measure, rated.first.id)
        sign(session, measure, rated.members[0], FIRST)
        scheme = session.get_one(Scheme, rated.scheme.id)
        rows = [Row(c.code, c.weight, c.threshold, c.needs_identity, c.id) for c in criteria(session, scheme.id)]
        with pytest.raises(Refused) as why:
            schemes.change_scheme(session, scheme, rows, Limits(), version=1, by=rated.manager, at=MORNING)
        return why.value.reasons[0]

    assert write(work) == "A member has rated by this scheme; it cannot be changed any more."


def test_weights_that_do_not_add_up_are_refused_with_their_sum(write: Any) -> None:
    def work(session: Any) -> tuple[str, ...]:
        found = rated_call(session, measures=0)
        kept = criteria(session, found.scheme.id)
        rows = [Row(c.code, 25 if c.code == "R1" else c.weight, c.threshold, id=c.id) for c in kept]
        with pytest.raises(Refused) as why:
            schemes.change_scheme(
                session, found.scheme, rows, Limits(smallest_sheets=1), version=1, by=found.manager, at=MORNING
            )
        return why.value.reasons

    assert write(work) == (
        "The weights add up to 105; they must add up to 100.",
        "At least two sheets are needed for a measure.",
    )


def test_who_joins_later_gets_sheets_for_what_is_in_rating(write: Any, rated: Round) -> None:
    def work(session: Any) -> int:
        person = make.person(session, role="member")
        committee = session.get_one(Committee, rated.committee.id)
        committees.add_member(session, committee, person, sector="public", by=rated.manager, at=MORNING)
        return len([s for s in session.scalars(select(Sheet)) if s.person_id == person.id])

    assert write(work) == 3


def test_nothing_about_a_sheet_stands_in_the_history_of_the_case(write: Any, closed: Round) -> None:
    actions = write(lambda s: {told.entry.action for told in history.of_case(s, closed.first.id)})
    assert actions == {"measures.declare", "measures.open_rating", "measures.close_rating"}


def _fresh(session: Any, found: Round) -> Round:
    found.measures = [session.get_one(Measure, measure.id) for measure in found.measures]
    return found
