from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from fundapp.documents.models import Document
from fundapp.funds.models import Call
from fundapp.funds.queries import figures, figures_of_case
from fundapp.kit.errors import NotAllowed, Refused, Stale
from fundapp.lifecycle.service import take_back
from fundapp.mail.models import Message
from fundapp.measures import lifecycle as life
from fundapp.measures.models import Measure
from fundapp.people.models import Person
from fundapp.rating import agenda, decisions, meetings, queries, reasons, rounds, standing
from fundapp.rating.meetings import Typed
from fundapp.rating.offers import OFFERS
from fundapp.rating.proceedings import Decision, Meeting
from fundapp.reminders.models import Obligation
from tests import factories as make
from tests.factories import MORNING, TODAY
from tests.rating.conftest import Round, open_and_declare, rated_call, sign_all

UNDO = {offer.step: offer.back for offer in OFFERS}
YES = Typed("approve", 5, 0, amount=5_000_00)


def hold(session: Any, found: Round, present: list[Person] | None = None, by: Person | None = None) -> Meeting:
    return meetings.hold(
        session, session.get_one(Call, found.call.id), held_on=TODAY, place="Ulaanbaatar", by=by or found.manager, at=MORNING,
        present=[person.id for person in (found.everybody if present is None else present)],
    )  # fmt: skip


def decide(session: Any, found: Round, meeting: Meeting, n: int, typed: Typed) -> Decision:
    measure = session.get_one(Measure, found.measures[n].id)
    return meetings.decide(session, meeting, measure, typed, version=meeting.version, by=found.manager, at=MORNING)


def meet(session: Any, found: Round, *typed: Typed) -> Meeting:
    """A meeting that decides on the measures in their order, closed by the chair."""
    meeting = hold(session, found)
    for n, each in enumerate(typed):
        decide(session, found, meeting, n, each)
    meetings.close_meeting(session, meeting, by=found.chair, at=MORNING, countersign=True)
    return meeting


def test_closing_takes_every_decisions_step_and_reserves_the_money(write: Any, closed: Round) -> None:
    def work(session: Any) -> Any:
        meet(
            session, closed, Typed("approve", 5, 0, amount=4_000_00, conditions="Clean the water."),
            Typed("reserve", 3, 2, reasons="Good, the money does not reach."), Typed("reject", 4, 0, 1, reasons="Too narrow."),
        )  # fmt: skip
        rows = [session.get_one(Measure, m.id) for m in closed.measures]
        return (
            [m.status for m in rows], [m.awarded for m in rows], rows[0].conditions, rows[1].reserved_until,
            figures_of_case(session, rows[0].id).reserved, figures(session, closed.fund.id).free,
        )  # fmt: skip

    assert write(work) == (
        ["approved", "reserved", "rejected"], [4_000_00, None, None], "Clean the water.", date(2026, 9, 2), 4_000_00, 196_000_00,
    )  # fmt: skip


def test_each_applicant_gets_a_mail_that_waits_and_a_letter_and_the_meeting_its_minutes(
    write: Any, closed: Round
) -> None:
    def work(session: Any) -> Any:
        meet(
            session, closed, Typed("approve", 5, 0, amount=4_000_00), Typed("defer", 5, 0, reasons="Who repairs it?"),
            Typed("approve", 5, 0, amount=5_000_00),
        )  # fmt: skip
        mails = session.scalars(select(Message).where(Message.kind != "rating/opened").order_by(Message.id)).all()
        names = sorted(session.scalars(select(Document.name)))
        return {m.kind for m in mails}, {m.send_after - MORNING for m in mails}, names

    assert write(work) == (
        {"rating/less", "rating/deferred", "rating/approved"}, {timedelta(minutes=30)}, ["decision"] * 3 + ["minutes"],
    )  # fmt: skip


def test_the_letters_have_exactly_the_fields_of_their_samples(write: Any, closed: Round) -> None:
    from fundapp.rating.samples import DECISION, MINUTES  # noqa: PLC0415

    def shape(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: shape(inner) for key, inner in value.items()}
        return [] if isinstance(value, list) else type(value)

    def work(session: Any) -> dict[str, Any]:
        meet(session, closed, Typed("approve", 5, 0, amount=4_000_00, conditions="One\nTwo"))
        return {d.name: d.fields for d in session.scalars(select(Document))}

    made = write(work)
    assert shape(made["decision"]) == shape(DECISION)
    assert shape(made["minutes"]) == shape(MINUTES)
    assert shape(made["minutes"]["proposals"][0]) == shape(MINUTES["proposals"][0])
    assert shape(made["minutes"]["ranking"][0]) == shape(MINUTES["ranking"][0])
    assert made["decision"]["amount"] == "EUR\u00a04,000.00"
    assert made["decision"]["decision"] == "less"
    assert made["minutes"]["ranking"][0]["total"] == "69.7"
    assert made["minutes"]["money"] == {
        "available": "EUR\u00a0100,000.00", "awarded": "EUR\u00a04,000.00", "left": "EUR\u00a096,000.00",
    }  # fmt: skip


def test_less_than_asked_for_owes_a_fitted_plan(write: Any, closed: Round) -> None:
    def work(session: Any) -> list[tuple[str, date]]:
        meet(session, closed, Typed("approve", 5, 0, amount=4_000_00), Typed("approve", 5, 0, amount=5_000_00))
        owed = session.scalars(select(Obligation).where(Obligation.kind == "measures.fit"))
        return [(o.subject, o.due) for o in owed]

    assert write(work) == [(f"measures.measure:{closed.first.id}", date(2026, 3, 30))]


def test_only_the_chair_of_the_committee_closes(write: Any, closed: Round) -> None:
    def work(session: Any) -> None:
        meeting = hold(session, closed)
        decide(session, closed, meeting, 0, YES)
        for by in (closed.manager, closed.members[0], make.person(session, role="chair")):
            with pytest.raises(NotAllowed):
                meetings.close_meeting(session, meeting, by=by, at=MORNING)

    write(work)


def test_what_stands_against_closing_comes_all_at_once(write: Any, closed: Round) -> None:
    def work(session: Any) -> tuple[list[str], str | None, str | None]:
        meeting = hold(session, closed, present=closed.everybody[:2])
        decide(session, closed, meeting, 0, Typed("approve", 2, 0, amount=5_000_01))
        decide(session, closed, meeting, 1, Typed("reject", 1, 1))
        with pytest.raises(Refused) as why:
            meetings.close_meeting(session, meeting, by=closed.chair, at=MORNING)
        return list(why.value.reasons), closed.first.number, closed.measures[1].number

    found, first, second = write(work)
    assert found == [
        f"{first}: 2 members without a conflict are present, 3 are needed.",
        f"{first}: the amount is more than was asked for.",
        f"{second}: 2 members without a conflict are present, 3 are needed.",
        f"{second}: the reasons are missing.",
    ]


def test_the_quorum_of_an_item_is_without_who_has_a_conflict_in_it(write: Any) -> None:
    def work(session: Any) -> Any:
        found = rated_call(session)
        open_and_declare(session, found, conflict=found.members[3])
        sign_all(session, found)
        rounds.close_round(session, found.call, by=found.chair, at=MORNING)
        meeting = hold(session, found)
        decide(session, found, meeting, 0, Typed("approve", 5, 0, amount=5_000_00))
        before = agenda.why_not_close(session, meeting, TODAY)
        decide(session, found, meeting, 0, Typed("approve", 4, 0, amount=5_000_00))
        meetings.close_meeting(session, meeting, by=found.chair, at=MORNING)
        [decision] = standing.decisions(session, meeting.id).values()
        return before[0].split(": ")[1], decision.left_room == [found.members[3].id], decision.frozen["quorum"]

    assert write(work) == ("5 votes are counted, 4 members may vote", True, 3)


def test_not_more_is_given_than_call_and_fund_have_left(write: Any) -> None:
    def work(session: Any) -> list[str]:
        found = rated_call(session, budget=9_000_00)
        open_and_declare(session, found)
        sign_all(session, found)
        rounds.close_round(session, found.call, by=found.chair, at=MORNING)
        meeting = hold(session, found)
        decide(session, found, meeting, 0, YES)
        decide(session, found, meeting, 1, YES)
        return agenda.why_not_close(session, meeting, TODAY)

    assert write(work) == ["EUR\u00a010,000.00 are to be given, EUR\u00a09,000.00 are left in the call and the fund."]


def test_two_who_type_at_once_do_not_overwrite_each_other(write: Any, closed: Round) -> None:
    def work(session: Any) -> None:
        meeting = hold(session, closed)
        measure = session.get_one(Measure, closed.first.id)
        meetings.decide(session, meeting, measure, YES, version=1, by=closed.manager, at=MORNING)
        with pytest.raises(Stale):
            meetings.decide(session, meeting, measure, YES, version=1, by=closed.chair, at=MORNING)

    write(work)


def test_who_has_a_conflict_does_not_type_in_the_decision(write: Any) -> None:
    def work(session: Any) -> None:
        found = rated_call(session)
        open_and_declare(session, found, conflict=found.chair)
        sign_all(session, found)
        rounds.close_round(session, found.call, by=found.chair, at=MORNING)
        meeting = hold(session, found)
        with pytest.raises(NotAllowed):
            meetings.decide(session, meeting, found.first, YES, version=1, by=found.chair, at=MORNING)

    write(work)


def test_a_reader_with_a_conflict_reads_no_reason_against_the_item_that_is_closed_to_them(
    write: Any, client: Any
) -> None:
    def work(session: Any) -> tuple[Round, int]:
        found = rated_call(session, blind=False)
        open_and_declare(session, found, conflict=found.chair)
        sign_all(session, found)
        rounds.close_round(session, found.call, by=found.chair, at=MORNING)
        meeting = hold(session, found)
        decide(session, found, meeting, 0, Typed("reject", 0, 4, reasons="Too narrow."))
        decide(session, found, meeting, 1, Typed("defer", 5, 0))
        return found, meeting.id

    found, id = write(work)
    closed_, open_ = found.first.number, found.measures[1].number
    shut, free = (client(p).get(f"/rating/meetings/{id}").text for p in (found.chair, found.manager))
    assert [word for word in (closed_, found.first.title, "no majority", "0 yes and 4 no") if word in shut] == []
    assert f"{open_}: the questions are missing." in shut
    assert "An item that is closed to you is not ready yet." in shut
    assert f"{closed_}: 0 yes and 4 no: there is no majority for this decision." in free
    assert "An item that is closed to you" not in free


def test_one_meeting_of_a_call_is_open_at_a_time(write: Any, closed: Round) -> None:
    def work(session: Any) -> str:
        hold(session, closed)
        with pytest.raises(Refused) as why:
            hold(session, closed)
        return why.value.reasons[0]

    assert write(work) == "A meeting on this call is still open; close it first."


def test_an_approval_taken_back_releases_the_money_and_stops_nothing_else(write: Any, closed: Round) -> None:
    write(lambda session: meet(session, closed, Typed("approve", 5, 0, amount=4_000_00)))

    def back(session: Any) -> Any:
        measure = session.get_one(Measure, closed.first.id)
        undo = UNDO[life.APPROVE]
        take_back(session, measure, life.APPROVE, by=closed.chair, at=MORNING, because="", undo=undo)
        owed = session.scalars(select(Obligation.cancelled_at).where(Obligation.kind == "measures.fit")).all()
        return measure.status, figures(session, closed.fund.id).free, standing.last_decision(session, measure.id), owed

    assert write(back) == ("rated", 200_000_00, None, [MORNING])

    def again(session: Any) -> str:
        closed.measures = [session.get_one(Measure, m.id) for m in closed.measures]
        meet(session, closed, Typed("reject", 5, 0, reasons="On second thought."))
        return closed.first.status

    assert write(again) == "rejected"


def test_from_the_reserve_list_a_measure_is_promoted_with_money(write: Any, closed: Round) -> None:
    def work(session: Any) -> Any:
        meet(session, closed, Typed("reserve", 5, 0, reasons="Good."))
        measure = session.get_one(Measure, closed.first.id)
        with pytest.raises(Refused):
            decisions.promote(session, measure, amount=5_000_01, by=closed.manager, at=MORNING)
        decisions.promote(session, measure, amount=3_000_00, by=closed.manager, at=MORNING)
        return measure.status, measure.awarded, figures_of_case(session, measure.id).reserved

    assert write(work) == ("approved", 3_000_00, 3_000_00)


def test_a_reserve_list_that_has_ended_promotes_nobody_and_its_end_is_confirmed(write: Any, closed: Round) -> None:
    def work(session: Any) -> Any:
        meet(session, closed, Typed("reserve", 5, 0, reasons="Good."))
        measure = session.get_one(Measure, closed.first.id)
        early = reasons.why_not_expire(session, measure, closed.manager, MORNING)
        late = MORNING + timedelta(days=200)
        with pytest.raises(Refused) as why:
            decisions.promote(session, measure, amount=3_000_00, by=closed.manager, at=late)
        decisions.expire_reserve(session, measure, by=closed.manager, at=late)
        return early, why.value.reasons, measure.status

    assert write(work) == (
        ["The reserve list is valid until 2 September 2026."], ("The reserve list was valid until 2 September 2026.",), "rejected",
    )  # fmt: skip


def test_a_complaint_is_upheld_by_a_manager_who_sits_on_no_committee_of_the_call(write: Any, closed: Round) -> None:
    def work(session: Any) -> Any:
        meet(
            session, closed, Typed("reject", 5, 0, reasons="Too narrow."), Typed("reserve", 5, 0, reasons="Good."),
        )  # fmt: skip
        measure = session.get_one(Measure, closed.first.id)
        member = session.get_one(Person, closed.members[0].id)
        make.give(session, member, role="manager")
        with pytest.raises(Refused):
            decisions.uphold(session, measure, by=member, at=MORNING, because="A mistake")
        with pytest.raises(Refused):
            decisions.uphold(session, measure, by=closed.manager, at=MORNING, because="")
        decisions.uphold(session, measure, by=closed.manager, at=MORNING, because="The offer was overlooked.")
        waiting = standing.reserve_list(session, closed.call.id, visible_to=closed.manager)
        return measure.status, [m.id for m in waiting]

    assert write(work) == ("reserved", [closed.first.id, closed.measures[1].id])


def test_answers_open_a_new_round_and_are_read_without_names(write: Any, closed: Round) -> None:
    def work(session: Any) -> Any:
        from fundapp.rating import blind  # noqa: PLC0415

        meet(session, closed, Typed("defer", 5, 0, reasons="Who repairs the line?"))
        measure = queries.loaded(session, [closed.first.id])[0]
        owner = session.get_one(Person, measure.owner_id)
        rounds.answer(session, measure, f"{measure.organisation.name} repairs it.", by=owner, at=MORNING)
        read = blind.proposal(session, measure, 1, hide=True).questions
        return measure.status, standing.round_of(session, measure.id), read

    status, round, read = write(work)
    assert (status, round) == ("in_rating", 2)
    assert [(q.asked, q.answer) for q in read] == [("Who repairs the line?", "[…] repairs it.")]


def test_nobody_but_the_applicant_answers(write: Any, closed: Round) -> None:
    def work(session: Any) -> None:
        meet(session, closed, Typed("defer", 5, 0, reasons="Who repairs the line?"))
        measure = session.get_one(Measure, closed.first.id)
        for by in (closed.manager, closed.chair, make.person(session, role="applicant")):
            with pytest.raises(NotAllowed):
                rounds.answer(session, measure, "We repair it ourselves.", by=by, at=MORNING)

    write(work)
