from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from fundapp.mail.models import Message
from fundapp.measures.duties import DUTIES as OF_MEASURES
from fundapp.measures.models import Measure
from fundapp.people.models import Person
from fundapp.rating import decisions, seating
from fundapp.rating.duties import DUTIES
from fundapp.rating.meetings import Typed
from fundapp.reminders.service import sweep
from tests import factories as make
from tests.factories import MORNING
from tests.rating.conftest import FIRST, Round, sign
from tests.rating.test_meetings import meet

KINDS = {duty.kind: duty for duty in (*OF_MEASURES, *DUTIES)}


def kinds_queued(session: Any, on: date) -> list[str]:
    before = {m.id for m in session.scalars(select(Message))}
    sweep(session, KINDS, on=on, at=MORNING)
    return sorted(m.kind for m in session.scalars(select(Message)) if m.id not in before)


def test_members_are_reminded_of_sheets_they_have_not_signed(write: Any, rated: Round) -> None:
    def work(session: Any) -> tuple[int, int]:
        for measure in rated.measures:
            sign(session, session.get_one(Measure, measure.id), rated.members[0], FIRST)
        first = kinds_queued(session, date(2026, 3, 13))
        again = kinds_queued(session, date(2026, 3, 13))
        return len(first), len(again)

    assert write(work) == (12, 0)


def test_a_reminder_of_a_sheet_names_nobody(write: Any, rated: Round) -> None:
    def work(session: Any) -> list[str]:
        kinds_queued(session, date(2026, 3, 13))
        return [m.subject + m.body for m in session.scalars(select(Message))]

    assert not [text for text in write(work) if "canary" in text]


def test_answers_fitted_plans_and_the_end_of_a_list_are_reminded_of(write: Any, closed: Round) -> None:
    def work(session: Any) -> list[str]:
        meet(
            session, closed, Typed("defer", 5, 0, reasons="Who repairs it?"), Typed("approve", 5, 0, amount=4_000_00),
            Typed("reserve", 5, 0, reasons="Good."),
        )  # fmt: skip
        return kinds_queued(session, date(2026, 8, 25))

    assert write(work) == ["measures/fit_due", "rating/answer_due", "rating/list_ends"]


def test_who_was_turned_down_and_is_right_gets_to_the_committee(write: Any, closed: Round) -> None:
    def work(session: Any) -> tuple[str, list[str]]:
        call = session.get_one(type(closed.call), closed.call.id)
        measure = make.measure(session, status="ineligible", call=call)
        manager = session.get_one(Person, closed.manager.id)
        decisions.uphold(session, measure, by=manager, at=MORNING, because="The offer was there.")
        kinds = session.scalars(select(Message.kind).where(Message.case_id == measure.id)).all()
        return measure.status, list(kinds)

    assert write(work) == ("eligible", ["rating/upheld"])


def test_a_withdrawn_proposal_reminds_nobody(write: Any, rated: Round) -> None:
    def work(session: Any) -> list[str]:
        for measure in rated.measures:
            row = session.get_one(Measure, measure.id)
            seating.void_all(session, row, at=MORNING)
            row.status = "withdrawn"
        session.flush()
        return kinds_queued(session, date(2026, 3, 2) + timedelta(days=30))

    assert write(work) == []
