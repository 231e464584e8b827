"""The history: one unbroken chain, however many write, and whatever is changed afterwards is found."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from fundapp.history import queries
from fundapp.history.models import START, Entry, Words
from fundapp.history.service import record
from tests import factories as make
from tests.kit.test_database import run_together


@pytest.fixture
def told(write, clock):
    """Three entries about a measure; the measure."""
    measure = write(lambda session: make.measure(session))

    def work(session, n):
        by = make.person(session, role="officer")
        record(session, f"measures.verb{n}", measure, by=by, at=clock(), because=f"reason {n}", amount=n * 100)

    for n in (1, 2, 3):
        write(lambda session, n=n: work(session, n))
    return measure


def tamper(write, database, *statements):
    """As somebody would who has the database itself in hands: the triggers away, then the change."""
    lite = database.url.startswith("sqlite")
    off = ["DROP TRIGGER history_entry_no_UPDATE", "DROP TRIGGER history_entry_no_DELETE"]
    if not lite:
        off = ["ALTER TABLE history_entry DISABLE TRIGGER USER"]
    write(lambda session: [session.execute(text(statement)) for statement in (*off, *statements)])


def problems(write, head=None):
    return write(lambda session: queries.broken(session, head))


def test_an_entry_says_what_happened_to_what(write, told, clock):
    (third, _second, first) = write(lambda session: queries.of_case(session, told.id))
    assert (first.entry.seq, first.entry.action, first.entry.subject) == (
        1,
        "measures.verb1",
        f"measures.measure:{told.id}",
    )
    assert (first.entry.case_id, first.entry.branch_id, first.entry.at) == (told.id, told.branch_id, clock())
    assert (first.entry.data, first.because) == ({"amount": 100}, "reason 1")
    assert (first.entry.prev, third.entry.seq) == (START, 3)
    assert problems(write) == []


def test_words_about_people_are_not_in_the_chain(write, told):
    for entry in write(lambda session: session.scalars(select(Entry)).all()):
        assert "reason" not in str(vars(entry))
        assert len(entry.commitment) == 64


def test_words_can_be_erased_and_the_chain_still_holds(write, told):
    write(lambda session: session.execute(text("DELETE FROM history_words WHERE seq = 2")))
    assert problems(write) == []
    assert [t.because for t in write(lambda session: queries.of_case(session, told.id))] == ["reason 3", "", "reason 1"]


def test_words_that_were_changed_are_found(write, told):
    write(lambda session: session.execute(text("UPDATE history_words SET text = 'another' WHERE seq = 2")))
    assert problems(write) == ["the words beside entry 2 were changed"]


def test_words_cannot_be_put_beside_an_entry_that_had_none(write, clock):
    person = write(lambda session: make.person(session))
    write(lambda session: record(session, "people.verb", person, by=person, at=clock()))
    write(lambda session: session.add(Words(seq=1, salt="s", text="made up")))
    assert problems(write) == ["the words beside entry 1 were changed"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE history_entry SET action = 'x' WHERE seq = 1",
        "UPDATE history_entry SET seq = seq",
        "DELETE FROM history_entry WHERE seq = 3",
        "DELETE FROM history_entry",
    ],
)
def test_the_database_refuses_to_change_or_remove_an_entry(write, told, statement):
    with pytest.raises(DBAPIError, match="only grows"):
        write(lambda session: session.execute(text(statement)))
    assert problems(write) == []


@pytest.mark.sqlite
def test_replacing_an_entry_is_refused(write, told):
    with pytest.raises(DBAPIError, match="only grows"):
        write(
            lambda s: s.execute(text("INSERT OR REPLACE INTO history_entry SELECT * FROM history_entry WHERE seq = 1"))
        )


@pytest.mark.postgresql
@pytest.mark.parametrize("statement", ["TRUNCATE history_entry CASCADE", "TRUNCATE history_words, history_entry"])
def test_emptying_the_table_is_refused(write, told, statement):
    with pytest.raises(DBAPIError, match="only grows"):
        write(lambda session: session.execute(text(statement)))


@pytest.mark.parametrize(
    "change",
    [
        "action = 'measures.other'",
        "by_id = by_id + 1",
        "case_id = NULL",
        "branch_id = 999",
        "subject = 'measures.measure:999'",
        "target = 'approved'",
        "source = 'draft'",
        "commitment = NULL",
        "data = '{\"amount\": 201}'",
        "at = '2026-03-01 09:00:00'",
        "recorded_at = '2026-03-01 09:00:00'",
    ],
)
def test_every_changed_field_is_found(write, database, told, change):
    tamper(write, database, f"UPDATE history_entry SET {change} WHERE seq = 2")
    assert "entry 2 was changed" in problems(write)


def test_a_removed_entry_is_found(write, database, told):
    tamper(write, database, "DELETE FROM history_words WHERE seq = 2", "DELETE FROM history_entry WHERE seq = 2")
    assert problems(write) == ["entry 2 is missing, 3 follows", "entry 3 does not continue the entry before it"]


def test_entries_that_changed_places_are_found(write, database, told):
    tamper(
        write, database, "DELETE FROM history_words",
        "UPDATE history_entry SET seq = 99 WHERE seq = 1", "UPDATE history_entry SET seq = 1 WHERE seq = 2",
        "UPDATE history_entry SET seq = 2 WHERE seq = 99",
    )  # fmt: skip
    found = problems(write)
    assert {"entry 1 was changed", "entry 2 was changed"} <= set(found)


def test_a_cut_tail_is_found_by_the_head_in_the_database(write, database, told):
    tamper(write, database, "DELETE FROM history_words WHERE seq = 3", "DELETE FROM history_entry WHERE seq = 3")
    assert problems(write) == ["the chain ends at entry 2, but the head says 3"]


def test_a_cut_tail_with_a_forged_head_is_found_by_a_head_that_left_the_machine(write, database, told):
    _seq, known = write(queries.head)
    tamper(
        write, database, "DELETE FROM history_words WHERE seq = 3", "DELETE FROM history_entry WHERE seq = 3",
        "UPDATE history_head SET seq = 2, hash = (SELECT hash FROM history_entry WHERE seq = 2)",
    )  # fmt: skip
    assert problems(write) == []
    assert problems(write, known) == ["the head given is not in the chain: entries were cut off or rewritten"]


def test_an_older_head_is_still_found_when_the_chain_has_grown(write, told, clock):
    _seq, known = write(queries.head)
    write(lambda session: record(session, "measures.more", told, by=make.person(session), at=clock()))
    assert problems(write, known) == []
    assert problems(write, START) == []


def test_sixteen_writers_make_one_chain(write, clock):
    measure = write(lambda session: make.measure(session))

    def work(session):
        for n in range(3):
            record(session, "measures.verb", measure, by=measure.owner_as_actor, at=clock(), n=n)

    measure.owner_as_actor = write(lambda session: make.person(session))
    run_together(lambda _: [write(work) for _ in range(5)], 16)
    assert write(queries.head)[0] == 16 * 5 * 3
    assert problems(write) == []


def test_what_is_rolled_back_leaves_no_entry(write, told, clock):
    def work(session):
        record(session, "measures.verb", told, by=make.person(session), at=clock())
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write(work)
    assert write(queries.head)[0] == 3
    assert problems(write) == []


def test_entries_of_one_verb_stay_together_and_in_order(write, told, clock):
    def work(session):
        person = make.person(session)
        for n in range(4):
            record(session, f"measures.part{n}", told, by=person, at=clock() + timedelta(seconds=n))

    write(work)
    newest = write(lambda session: [t.entry.action for t in queries.newest(session, limit=4)])
    assert newest == ["measures.part3", "measures.part2", "measures.part1", "measures.part0"]


def test_the_history_is_read_in_pages(write, told):
    assert [t.entry.seq for t in write(lambda session: queries.newest(session, limit=2))] == [3, 2]
    assert [t.entry.seq for t in write(lambda session: queries.newest(session, before=2))] == [1]
