"""Nobody has to look for proposals whose time has run out: the heartbeat proposes, a person confirms."""

from datetime import timedelta

import pytest

from fundapp.kit.dates import on
from fundapp.measures import queries, submission
from fundapp.measures.jobs import propose_expiry
from fundapp.reminders.models import Obligation
from tests import factories as make


@pytest.fixture
def world(write):
    def work(session):
        branch = make.branch(session)
        call = make.call(session)
        officer = make.person(session, role="officer", branch=branch)
        draft = make.measure(session, status="draft", call=call, branch=branch)
        returned = make.measure(
            session, status="returned", call=call, branch=branch, return_by=make.TODAY + timedelta(days=90)
        )
        return officer, call, draft, returned

    return write(work)


def proposed(write):
    return write(
        lambda session: [
            o.case_id for o in session.query(Obligation).filter_by(kind="measures.expire", cancelled_at=None)
        ]
    )


def test_a_draft_is_proposed_once_its_call_has_closed_and_a_returned_one_after_its_own_deadline(
    database, write, clock, world
):
    _officer, call, draft, returned = world
    assert propose_expiry(database, clock) == 0
    clock.set(call.closes_at + timedelta(minutes=1))
    assert [propose_expiry(database, clock), propose_expiry(database, clock)] == [1, 0]
    assert proposed(write) == [draft.id]
    clock.set(call.closes_at + timedelta(days=120))
    assert propose_expiry(database, clock) == 1
    assert proposed(write) == [draft.id, returned.id]


def test_confirmed_it_is_no_longer_owed(database, write, clock, world):
    officer, call, draft, _returned = world
    clock.set(call.closes_at + timedelta(days=1))
    propose_expiry(database, clock)
    due = write(lambda session: session.query(Obligation).filter_by(kind="measures.expire").one().due)
    assert timedelta(days=7) <= due - on(clock(), "Europe/Berlin") <= timedelta(days=9)
    write(lambda session: submission.expire(session, queries.get(session, draft.id), by=officer, at=clock()))
    assert proposed(write) == []
    assert propose_expiry(database, clock) == 0
