"""Taking a step, two at once, and taking it back."""

import threading
from contextlib import suppress

import pytest

from fundapp.history import queries as history
from fundapp.history.service import record
from fundapp.kit.errors import NotAllowed, Refused, Stale
from fundapp.lifecycle.service import SYSTEM, take, take_back, why_not_back
from fundapp.measures.lifecycle import ACCEPT, OPEN_RATING, SEND_BACK, START, SUSPEND
from fundapp.measures.models import Measure
from tests import factories as make
from tests.kit.test_database import run_together


@pytest.fixture
def case(write):
    """(a submitted measure, an officer of its branch, a manager)"""

    def work(session):
        branch = make.branch(session)
        officer = make.person(session, role="officer", branch=branch)
        return make.measure(session, status="submitted", branch=branch), officer, make.person(session, role="manager")

    return write(work)


def of(session, measure):
    return session.get_one(Measure, measure.id)


@pytest.fixture
def accepted(write, case, clock):
    measure, officer, _manager = case
    write(lambda session: take(session, of(session, measure), ACCEPT, by=officer, at=clock(), score=7))
    return case


def test_a_step_writes_who_took_it_from_where_to_where(write, accepted, clock):
    measure, officer, _manager = accepted
    (told,) = write(lambda session: history.of_case(session, measure.id))
    assert (told.entry.action, told.entry.source, told.entry.target) == ("measures.accept", "submitted", "eligible")
    assert (told.entry.by_id, told.entry.at, told.entry.data) == (officer.id, clock(), {"score": 7})


def test_two_who_take_steps_at_once_do_not_both_succeed(write, case, clock):
    measure, officer, manager = case
    loaded = threading.Barrier(2, timeout=2)
    outcomes = []

    def work(session, step, by):
        mine = of(session, measure)
        with suppress(threading.BrokenBarrierError):
            loaded.wait()
        take(session, mine, step, by=by, at=clock(), because="a reason")

    def attempt(n):
        step, by = ((ACCEPT, officer), (SEND_BACK, manager))[n]
        try:
            write(lambda session: work(session, step, by))
            outcomes.append("taken")
        except (Stale, Refused):
            outcomes.append("refused")

    run_together(attempt, 2)
    assert sorted(outcomes) == ["refused", "taken"]
    assert len(write(lambda session: history.of_case(session, measure.id))) == 1


def test_the_system_takes_steps_that_need_no_judgement(write, clock):
    measure = write(lambda session: make.measure(session, status="contracted"))
    write(lambda session: take(session, of(session, measure), START, by=SYSTEM, at=clock()))
    (told,) = write(lambda session: history.of_case(session, measure.id))
    assert (told.entry.by_id, write(lambda session: of(session, measure).status)) == (None, "running")


def test_a_reason_is_kept_with_the_step(write, clock):
    measure, manager = write(
        lambda session: (make.measure(session, status="running"), make.person(session, role="manager"))
    )
    write(lambda s: take(s, of(s, measure), SUSPEND, by=manager, at=clock(), because="  The river flooded the site.  "))
    (told,) = write(lambda session: history.of_case(session, measure.id))
    assert told.because == "The river flooded the site."


def back(write, measure, step, by, at, because=""):
    write(lambda session: take_back(session, of(session, measure), step, by=by, at=at, because=because))
    return write(lambda session: of(session, measure).status)


def test_who_took_the_step_takes_it_back_without_a_reason(write, accepted, clock):
    measure, officer, _manager = accepted
    assert back(write, measure, ACCEPT, officer, clock.forward(hours=24)) == "submitted"
    newest = write(lambda session: history.of_case(session, measure.id))[0]
    assert (newest.entry.action, newest.entry.data) == ("measures.take_back", {"step": "accept", "taken_back": 1})


def test_after_a_day_only_a_manager_does_and_says_why(write, accepted, clock):
    measure, officer, manager = accepted
    later = clock.forward(hours=24, seconds=1)
    with pytest.raises(Refused):
        back(write, measure, ACCEPT, officer, later)
    with pytest.raises(Refused) as told:
        back(write, measure, ACCEPT, manager, later)
    assert told.value.field == "because"
    assert back(write, measure, ACCEPT, manager, later, because="The wrong proposal was accepted.") == "submitted"


def test_another_officer_does_not_take_it_back(write, accepted, clock):
    measure, _officer, _manager = accepted
    other = write(
        lambda session: make.person(session, role="officer", branch=session.get_one(make.Branch, measure.branch_id))
    )
    with pytest.raises(Refused):
        back(write, measure, ACCEPT, other, clock())


def test_a_step_is_taken_back_once(write, accepted, clock):
    measure, officer, _manager = accepted
    back(write, measure, ACCEPT, officer, clock())
    with pytest.raises(Refused):
        back(write, measure, ACCEPT, officer, clock())
    assert write(lambda session: of(session, measure).status) == "submitted"


def test_a_step_on_which_something_was_built_stays(write, accepted, clock):
    measure, officer, manager = accepted
    at = clock.forward(hours=1)
    write(lambda session: record(session, "measures.noted", of(session, measure), by=manager, at=at))
    assert write(lambda s: why_not_back(s, of(s, measure), ACCEPT, by=officer, at=at)) != []
    with pytest.raises(Refused):
        back(write, measure, ACCEPT, officer, at)


def test_reading_builds_nothing(write, accepted, clock):
    measure, officer, manager = accepted
    at = clock.forward(hours=1)
    write(lambda session: record(session, "people.read", of(session, measure), by=manager, at=at))
    assert back(write, measure, ACCEPT, officer, at) == "submitted"


def test_only_the_newest_step_is_taken_back(write, accepted, clock):
    measure, officer, manager = accepted
    write(lambda session: take(session, of(session, measure), OPEN_RATING, by=manager, at=clock.forward(minutes=5)))
    assert back(write, measure, OPEN_RATING, manager, clock()) == "eligible"
    with pytest.raises(Refused):
        back(write, measure, ACCEPT, officer, clock.forward(minutes=1))


def test_what_else_the_step_did_is_undone_with_it_or_nothing_is(write, accepted, clock):
    measure, officer, _manager = accepted

    def undo(session, thing, by, at):
        thing.conditions = "undone"
        raise Refused("The money has gone.")

    with pytest.raises(Refused, match="The money has gone"):
        write(lambda s: take_back(s, of(s, measure), ACCEPT, by=officer, at=clock(), because="", undo=undo))
    assert write(lambda session: (of(session, measure).status, of(session, measure).conditions)) == ("eligible", "")


def test_a_step_taken_back_can_be_taken_again(write, accepted, clock):
    measure, officer, _manager = accepted
    back(write, measure, ACCEPT, officer, clock())
    write(lambda session: take(session, of(session, measure), ACCEPT, by=officer, at=clock.forward(minutes=1)))
    assert write(lambda session: history.broken(session)) == []
    assert write(lambda session: of(session, measure).status) == "eligible"


def test_a_right_is_asked_before_the_reasons_are_told(write, case, clock):
    measure, _officer, _manager = case
    stranger = write(lambda session: make.person(session, role="member"))
    with pytest.raises(NotAllowed):
        write(lambda s: take(s, of(s, measure), ACCEPT, by=stranger, at=clock(), unless=["a secret reason"]))
