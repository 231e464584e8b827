"""What was backed up is restored as it was: rows, files, the chain; into either database; made while people work."""

import stat
import threading
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from fundapp.backups.copying import back_up, restore
from fundapp.backups.models import Run
from fundapp.files.models import File
from fundapp.files.store import Store
from fundapp.history.models import Entry
from fundapp.history.queries import broken, head
from fundapp.kit.database import Base, Database
from fundapp.kit.errors import Refused
from fundapp.kit.migrations import migrate
from fundapp.lifecycle.service import SYSTEM
from fundapp.people.models import Person
from fundapp.rooms import verified
from tests import factories as make
from tests.factories import MORNING

HOW: dict[str, Any] = {"by": SYSTEM, "at": MORNING}
CHANGED_BY_RESTORING = {"history_entry", "history_head", "backups_run"}  # it is on record there


def rows(database: Database) -> dict[str, set[str]]:
    """Every row of every table, as the models read it."""
    with database.reading() as session:
        return {
            table.name: {repr(tuple(row)) for row in session.execute(select(table))}
            for table in Base.metadata.sorted_tables
        }


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "fund.zip"


@pytest.mark.parametrize("kind", ["fresh", "other_kind"])
def test_a_fund_is_restored_row_by_row_and_file_by_file_in_either_database(
    request: Any, kind: str, database: Database, store: Store, other_store: Store, filled: Any, target: Path
) -> None:
    made = back_up(database, store, target, at=MORNING)
    empty = request.getfixturevalue(kind)
    restore(empty, other_store, target, **HOW)
    before, after = rows(database), rows(empty)
    assert {name for name in before if before[name] != after[name]} <= CHANGED_BY_RESTORING
    assert before["history_entry"] < after["history_entry"]
    assert len(after["history_entry"]) == len(before["history_entry"]) + 1
    assert sorted(store.hashes()) == sorted(other_store.hashes()) == [sha256 for sha256, _size in made.manifest.files]
    assert all(store.read(sha256) == other_store.read(sha256) for sha256 in store.hashes())
    with empty.reading() as session:
        assert verified(session, other_store, made.manifest.head[1]) == []


def test_after_restoring_the_next_rows_get_the_next_numbers(
    database: Database, fresh: Database, store: Store, other_store: Store, filled: Any, target: Path
) -> None:
    back_up(database, store, target, at=MORNING)
    restore(fresh, other_store, target, **HOW)
    added = fresh.write(lambda session: make.person(session).id)
    assert added == database.write(lambda session: make.person(session).id)


def test_a_backup_made_while_people_work_is_of_one_moment(
    database: Database, fresh: Database, store: Store, other_store: Store, filled: Any, target: Path
) -> None:
    stop, slowest, failed, began = threading.Event(), [0.0], [], time.monotonic()

    def work(worker: int) -> None:
        n = 0
        while not stop.is_set():
            n += 1
            start = time.monotonic()
            try:
                filled.more(1000 * worker + n)
            except Exception as error:
                failed.append(error)
            slowest[0] = max(slowest[0], time.monotonic() - start)

    workers = [threading.Thread(target=work, args=(worker,)) for worker in range(1, 5)]
    for worker in workers:
        worker.start()
    time.sleep(0.5)
    made = back_up(database, store, target, at=MORNING)
    time.sleep(0.2)
    stop.set()
    for worker in workers:
        worker.join()
    restore(fresh, other_store, target, **HOW)
    assert (failed, slowest[0] < 10, time.monotonic() - began < 60) == ([], True, True)
    live, restored = rows(database), rows(fresh)
    seq, newest = made.manifest.head
    with database.reading() as session:
        assert session.get_one(Entry, seq).hash == newest
        assert head(session)[0] > seq > 6
    for table in ("files_file", "funds_posting", "funds_journal", "funds_contribution", "history_words"):
        assert restored[table] < live[table], table
    noted = {row for row in restored["history_entry"] if "measures.noted" in row}
    assert noted < live["history_entry"]
    assert len(noted) == len(restored["files_file"]) == len(restored["funds_contribution"])
    assert len(restored["funds_posting"]) == 2 * len(restored["funds_journal"]) == 2 * len(noted)
    assert {sha256 for sha256, _size in made.manifest.files} >= kept(fresh)
    with fresh.reading() as session:
        assert verified(session, other_store, newest) == []


def kept(database: Database) -> set[str]:
    with database.reading() as session:
        return set(session.scalars(select(File.sha256)))


def test_a_backup_is_private_whole_and_never_written_over(
    database: Database, store: Store, filled: Any, target: Path
) -> None:
    made = back_up(database, store, target, at=MORNING)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert (target.stat().st_size, Store.hash_of(target)) == (made.size, made.sha256)
    assert [path.name for path in target.parent.iterdir() if "backup" in path.name or "part" in path.name] == []
    with pytest.raises(Refused, match="There is a file"):
        back_up(database, store, target, at=MORNING)
    assert Store.hash_of(target) == made.sha256


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-40_00])


def cut_in_the_middle(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[data.index(b"%PDF-1.4") + 20] ^= 0x40  # in the middle of a kept file
    path.write_bytes(data)


def empty(path: Path) -> None:
    path.write_bytes(b"")


def other(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("letter.txt", "hello")


def changed(name: str, change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    """Written anew with one part changed, so that the zip itself is sound."""

    def work(path: Path) -> None:
        with zipfile.ZipFile(path) as file:
            parts = {info.filename: file.read(info) for info in file.infolist()}
        parts[name] = change(parts[name])
        with zipfile.ZipFile(path, "w") as file:
            for part, data in parts.items():
                file.writestr(part, data)

    return work


def added(path: Path) -> None:
    with zipfile.ZipFile(path, "a") as file:
        file.writestr("tables/../../evil", "x")


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (cut, "cannot be read as a backup"),
        (cut_in_the_middle, "cannot be read as a backup"),
        (empty, "cannot be read as a backup"),
        (flip, "damaged|changed"),
        (other, "no backup of this program"),
        (changed("tables/people_person.jsonl", lambda data: data.replace(b"example.org", b"example.com")), "changed"),
        (changed("tables/people_person.jsonl", lambda data: data + data), "changed"),
        (changed("manifest.json", lambda data: data.replace(b'"format": 1', b'"format": 2')), "newer version"),
        (changed("manifest.json", lambda data: data.replace(b'"people_person"', b'"people_person; DROP"')), "no backup"),
        (changed("manifest.json", lambda data: data.replace(b'"revision": "', b'"revision": "x')), "newer version"),
        (added, "changed"),
    ],
)  # fmt: skip
def test_a_damaged_backup_is_refused_and_nothing_changes(
    database: Database, fresh: Database, store: Store, other_store: Store, filled: Any, target: Path, damage: Any, says: str
) -> None:  # fmt: skip
    migrate(fresh)
    back_up(database, store, target, at=MORNING)
    damage(target)
    with pytest.raises(Refused, match=says):
        restore(fresh, other_store, target, **HOW)
    assert list(other_store.hashes()) == []
    assert {name for name, found in rows(fresh).items() if found} == {"history_head"}


def test_rows_that_no_fund_could_hold_are_refused_and_nothing_changes(
    database: Database, fresh: Database, store: Store, other_store: Store, filled: Any, target: Path, monkeypatch: Any
) -> None:
    """As if the hashes had been reckoned anew: the triggers and keys of the tables still stand."""
    migrate(fresh)
    back_up(database, store, target, at=MORNING)
    monkeypatch.setattr("fundapp.backups.archive.Archive._same", lambda *_: None)
    changed("tables/funds_posting.jsonl", lambda data: b"\n".join(data.splitlines()[:-1]) + b"\n")(target)
    with pytest.raises(Exception, match="does not balance"):
        restore(fresh, other_store, target, **HOW)
    assert list(other_store.hashes()) == []
    assert {name for name, found in rows(fresh).items() if found} == {"history_head"}


def test_a_fund_that_is_there_is_never_restored_over(
    database: Database, fresh: Database, store: Store, other_store: Store, filled: Any, target: Path
) -> None:
    back_up(database, store, target, at=MORNING)
    before = rows(database)
    with pytest.raises(Refused, match="holds a fund already"):
        restore(database, other_store, target, **HOW)
    with pytest.raises(Refused, match="There are files"):
        restore(fresh, store, target, **HOW)
    assert rows(database) == before


def test_a_file_missing_in_the_store_is_named_and_the_rest_is_saved(
    database: Database, fresh: Database, store: Store, other_store: Store, filled: Any, target: Path
) -> None:
    lost, *_rest = store.hashes()
    store.path(lost).unlink()
    made = back_up(database, store, target, at=MORNING)
    assert made.manifest.broken == [f"{lost} is missing"]
    restore(fresh, other_store, target, **HOW)
    with fresh.reading() as session:
        assert [problem for problem in verified(session, other_store) if "missing" not in problem] == []
        assert broken(session) == []


def test_who_restored_is_on_record_and_a_run_caught_in_the_middle_has_ended(
    database: Database, fresh: Database, store: Store, other_store: Store, filled: Any, target: Path
) -> None:
    database.write(lambda session: session.add(Run(claim="2026-03-02:1", began_at=MORNING)))
    made = back_up(database, store, target, at=MORNING)
    restore(fresh, other_store, target, by=SYSTEM, at=MORNING)
    with fresh.reading() as session:
        entry = session.scalars(select(Entry).order_by(Entry.seq.desc())).first()
        assert entry is not None
        assert (entry.action, entry.data["head"]) == ("backups.restore", made.manifest.head[1])
        assert [bool(run.error) for run in session.scalars(select(Run))] == [True]
        assert session.get_one(Person, filled.manager.id).given_name == "Бүргэд 'quoted' \\ tab\t\\N"
