"""Sessions: reading cannot write, writing is one transaction, and what crossed runs again."""

import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

from fundapp.funds.models import Contribution, Counter
from fundapp.kit.database import again, locked, pause
from fundapp.people.models import Branch
from tests import factories as make


def refused(database, work):
    with database.reading() as session, pytest.raises(DBAPIError) as told:
        work(session)
    return str(told.value.orig)


def test_a_reading_session_cannot_flush_a_row(database, write):
    def work(session):
        session.add(Branch(code="X", name="X", region="X", created_at=make.MORNING))
        session.flush()

    assert "read" in refused(database, work)
    assert write(lambda session: session.query(Branch).count()) == 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE people_branch SET name = 'changed'",
        "DELETE FROM people_branch",
        "CREATE TABLE extra (id INTEGER)",
        "DROP TABLE people_link",
        "CREATE INDEX extra ON people_branch (name)",
    ],
)
def test_a_reading_session_cannot_change_anything_by_hand(database, statement):
    assert "read" in refused(database, lambda session: session.execute(text(statement)))


def test_a_connection_that_read_can_write_afterwards(database, write):
    with database.reading() as session:
        session.query(Branch).count()
    assert write(lambda session: make.branch(session, code="B")).code == "B"


@pytest.mark.postgresql  # on SQLite a writer waits until the reader is through
def test_reading_sees_one_snapshot(database, write):
    with database.reading() as session:
        before = session.query(Branch).count()
        write(lambda other: make.branch(other))
        assert session.query(Branch).count() == before


def test_what_a_failed_transaction_wrote_is_gone(write):
    def work(session):
        make.branch(session)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write(work)
    assert write(lambda session: session.query(Branch).count()) == 0


@pytest.mark.postgresql  # on SQLite nobody else can commit meanwhile
def test_a_locked_row_shows_what_others_have_committed_meanwhile(database, write):
    write(lambda session: session.add(Counter(name="n", last=1)))
    with database.session(safe=False) as session:
        row = session.get_one(Counter, "n")
        write(lambda other: locked(other, other.get_one(Counter, "n")).__setattr__("last", 5))
        assert (row.last, locked(session, row).last) == (1, 5)


def test_twenty_threads_count_without_losing_one(write):
    write(lambda session: session.add(Counter(name="n", last=0)))

    def work(session):
        locked(session, session.get_one(Counter, "n")).last += 1

    run_together(lambda _: [write(work) for _ in range(5)], 20)
    assert write(lambda session: session.get_one(Counter, "n").last) == 100


def test_crossed_locks_are_tried_again_until_both_are_through(write):
    write(lambda session: session.add_all([Counter(name="a", last=0), Counter(name="b", last=0)]))
    meeting = threading.Barrier(2, timeout=1)

    def move(first, second):
        def work(session):
            locked(session, session.get_one(Counter, first)).last += 1
            with suppress(threading.BrokenBarrierError):
                meeting.wait()
            locked(session, session.get_one(Counter, second)).last += 1

        write(work)

    run_together(lambda n: move("a", "b") if n else move("b", "a"), 2)
    assert write(lambda session: [session.get_one(Counter, name).last for name in "ab"]) == [2, 2]


def test_fifty_twins_with_one_key_make_one_row_and_get_the_same_answer(write):
    donor = write(lambda session: make.donor(session, fund=make.fund(session)))

    def pay(session):
        found = session.query(Contribution).filter_by(key="the key").first()
        if found is None:
            found = Contribution(donor_id=donor.id, amount=5, arrived_on=make.TODAY, bank_reference="B", key="the key")
            session.add(found)
            session.flush()
        return found.id

    answers = []
    run_together(lambda _: answers.append(write(pay)), 50)
    assert len(answers) == 50
    assert len(set(answers)) == 1


@pytest.mark.postgresql  # on SQLite nobody else writes between looking and adding
def test_who_looks_for_a_row_finds_the_twin_that_was_added_meanwhile(write):
    both_looked = threading.Barrier(2, timeout=2)

    def register(session):
        found = session.query(Branch).filter_by(code="same").first()
        with suppress(threading.BrokenBarrierError):
            both_looked.wait()
        return (found or make.branch(session, code="same")).id

    answers = []
    run_together(lambda _: answers.append(write(register)), 2)
    assert len(set(answers)) == 1


def test_a_broken_rule_is_not_tried_again(write):
    runs = []

    def work(session):
        runs.append(1)
        make.call(session, smallest=10, largest=5)

    with pytest.raises(IntegrityError) as told:
        write(work)
    assert (len(runs), again(told.value)) == (1, False)


def test_moments_come_back_aware_and_in_utc(write):
    moment = datetime(2026, 7, 1, 1, 30, 0, 123456, tzinfo=timezone(timedelta(hours=8)))
    made = write(lambda session: make.fund(session, created_at=moment))
    kept = write(lambda session: session.get(type(made), made.id).created_at)
    assert (kept, kept.tzinfo) == (datetime(2026, 6, 30, 17, 30, 0, 123456, tzinfo=UTC), UTC)


def test_a_moment_without_zone_is_not_kept(write):
    with pytest.raises(StatementError, match="needs its zone"):
        write(lambda session: make.fund(session, created_at=datetime(2026, 7, 1)))


def test_large_amounts_fit(write):
    made = write(lambda session: make.measure(session, requested=9_999_999_999_999_99))
    assert write(lambda session: session.get(type(made), made.id).requested) == 9_999_999_999_999_99


def test_pauses_grow():
    assert 0.02 <= pause(1) < 0.04
    assert 0.64 <= pause(6) < 1.28


def run_together(work, threads):
    """Runs work(0) ... work(n - 1) at once and gives back what went wrong, if anything."""
    wrong = []

    def run(n):
        try:
            work(n)
        except Exception as error:
            wrong.append(error)

    running = [threading.Thread(target=run, args=(n,)) for n in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join(60)
    assert wrong == []
