"""The heartbeat makes one backup a night, tries again after an hour, and removes only files of its own making."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from fundapp.backups import queries, service
from fundapp.backups.jobs import make_due
from fundapp.backups.keeping import night_of, superseded
from fundapp.backups.models import Run
from fundapp.files.store import Store
from fundapp.kit.database import Database
from fundapp.kit.errors import Refused
from fundapp.lifecycle.service import SYSTEM
from fundapp.overview.navigation import notice
from tests import factories as make

BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = datetime(2026, 3, 3, 1, 0, tzinfo=UTC)  # two o'clock in Berlin


@pytest.fixture
def folder(tmp_path: Path, database: Database) -> Path:
    path = tmp_path / "disk" / "backups"
    database.write(lambda session: service.choose_folder(session, str(path), by=SYSTEM, at=make.MORNING))
    return path


@pytest.fixture
def beat(database: Database, store: Store, clock: Any) -> Any:
    return lambda: make_due(database, store, BERLIN, clock)


def runs(database: Database) -> list[Run]:
    with database.reading() as session:
        return list(session.scalars(select(Run).order_by(Run.id)))


def test_a_night_begins_at_two_o_clock_in_the_zone_of_the_fund() -> None:
    assert night_of(NIGHT, BERLIN) == date(2026, 3, 3)
    assert night_of(NIGHT - timedelta(seconds=1), BERLIN) == date(2026, 3, 2)


def test_fourteen_nights_and_the_newest_of_twelve_months_are_kept() -> None:
    nights = [date(2026, 3, 20) - timedelta(days=n) for n in range(500)]
    kept = sorted(set(nights) - superseded(nights))
    assert kept[-14:] == sorted(nights[:14])
    assert kept[:-14] == [
        date(2025, 4, 30), date(2025, 5, 31), date(2025, 6, 30), date(2025, 7, 31), date(2025, 8, 31), date(2025, 9, 30),
        date(2025, 10, 31), date(2025, 11, 30), date(2025, 12, 31), date(2026, 1, 31), date(2026, 2, 28),
    ]  # fmt: skip


def test_without_a_folder_nothing_happens(beat: Any, database: Database) -> None:
    assert (beat(), runs(database)) == (0, [])


def test_one_backup_a_night_however_often_the_heart_beats(
    beat: Any, clock: Any, database: Database, filled: Any, folder: Path
) -> None:
    clock.set(NIGHT)
    assert [beat(), beat()] == [1, 0]
    clock.forward(hours=8)
    assert beat() == 0
    clock.forward(hours=16)
    assert beat() == 1
    made = runs(database)
    assert [run.claim for run in made] == ["2026-03-03:1", "2026-03-04:1"]
    assert sorted(str(path) for path in folder.iterdir()) == sorted(run.file for run in made)
    assert all(Store.hash_of(Path(run.file)) == run.sha256 and run.rows > 20 and run.files == 3 for run in made)


def test_of_processes_that_beat_at_once_one_makes_it(
    beat: Any, clock: Any, database: Database, filled: Any, folder: Path
) -> None:
    clock.set(NIGHT)
    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(lambda _: beat(), range(4))) == 1
    assert [run.well for run in runs(database)] == [True]


def test_a_night_the_machine_slept_through_is_made_up_in_the_morning(
    beat: Any, clock: Any, database: Database, filled: Any, folder: Path
) -> None:
    clock.set(NIGHT + timedelta(hours=6))
    assert beat() == 1
    assert [run.claim for run in runs(database)] == ["2026-03-03:1"]


def test_a_folder_that_is_gone_is_on_record_and_tried_again_after_an_hour(
    beat: Any, clock: Any, database: Database, filled: Any, folder: Path
) -> None:
    clock.set(NIGHT)
    folder.rename(folder.parent / "taken away")
    assert [beat(), beat()] == [0, 0]
    clock.forward(minutes=59)
    assert beat() == 0
    clock.forward(minutes=1)
    (folder.parent / "taken away").rename(folder)
    assert beat() == 1
    assert [(run.claim, run.error) for run in runs(database)] == [
        ("2026-03-03:1", f"The folder is not there: {folder}"), ("2026-03-03:2", ""),
    ]  # fmt: skip


def test_a_full_disk_is_on_record_and_leaves_nothing_behind(
    beat: Any, clock: Any, database: Database, filled: Any, folder: Path, monkeypatch: Any
) -> None:
    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device", str(folder))

    clock.set(NIGHT)
    monkeypatch.setattr("os.fsync", full)
    assert beat() == 0
    assert [run.error for run in runs(database)] == [f"No space left on device: {folder}"]
    assert list(folder.iterdir()) == []


def test_a_backup_cut_off_in_the_middle_ends_after_two_hours(
    beat: Any, clock: Any, database: Database, filled: Any, folder: Path
) -> None:
    clock.set(NIGHT)
    database.write(lambda session: session.add(Run(claim="2026-03-03:1", began_at=NIGHT)))
    clock.forward(hours=2)
    assert beat() == 0
    clock.forward(hours=1, seconds=1)
    assert beat() == 1
    assert [(run.claim, run.well) for run in runs(database)] == [("2026-03-03:1", False), ("2026-03-03:2", True)]


def test_what_is_asked_for_is_made_at_once_and_stays(
    beat: Any, clock: Any, database: Database, filled: Any, folder: Path
) -> None:
    clock.set(NIGHT)
    beat()
    clock.forward(hours=9)
    ask = lambda session: service.ask(session, by=filled.manager, at=clock()).id  # noqa: E731
    assert database.write(ask) == database.write(ask)
    assert beat() == 1
    assert [run.asked_by_id for run in runs(database)] == [None, filled.manager.id]


def nights(database: Database, folder: Path, count: int) -> list[Path]:
    """Files of as many nights up to 2 March, each written down as made."""
    made = []
    for n in range(count, 0, -1):
        night = date(2026, 3, 3) - timedelta(days=n)
        path = folder / f"fund-{night}.zip"
        path.write_text(str(night))
        at = datetime(night.year, night.month, night.day, 2, tzinfo=UTC)
        how = {"began_at": at, "ended_at": at, "file": str(path), "sha256": Store.hash_of(path), "size": 10}
        database.write(lambda session, how=how, night=night: session.add(Run(claim=f"{night}:1", **how)))
        made.append(path)
    return made


def test_only_files_of_its_own_making_are_removed(
    beat: Any, clock: Any, database: Database, filled: Any, folder: Path
) -> None:
    older, changed, *_rest = nights(database, folder, 17)
    changed.write_text("somebody's own file under that name")
    (folder / "holiday.jpg").write_text("a picture")
    clock.set(NIGHT)
    assert beat() == 1
    there = {path.name for path in folder.iterdir()}
    assert (older.exists(), changed.exists(), "holiday.jpg" in there, len(there)) == (False, True, True, 16)
    assert [run.removed_at is not None for run in runs(database)] == [*[True] * 4, *[False] * 14]


def test_a_restored_fund_leaves_the_files_of_the_one_before_alone(
    beat: Any, clock: Any, database: Database, filled: Any, folder: Path
) -> None:
    from fundapp.history.service import record  # noqa: PLC0415

    made = nights(database, folder, 17)
    at = NIGHT - timedelta(hours=1)
    database.write(lambda session: record(session, "backups.restore", filled.manager, by=SYSTEM, at=at))
    clock.set(NIGHT)
    assert beat() == 1
    assert [path for path in made if not path.exists()] == []


def test_everybody_in_the_office_learns_when_no_backup_succeeds(
    beat: Any, clock: Any, database: Database, filled: Any, tmp_path: Path
) -> None:
    officer, admin, applicant = database.write(
        lambda session: [make.person(session, role=role) for role in ("officer", "admin", "applicant")]
    )

    def told(person: Any) -> Any:
        with database.reading() as session:
            found = notice(session, person, clock())
            return found and (found.text, found.url, found.late)

    none = ("No folder for backups has been chosen yet.", "/backups", False)
    assert [told(officer), told(admin), told(applicant)] == [None, none, None]
    clock.set(NIGHT)
    path = tmp_path / "disk"
    database.write(lambda session: service.choose_folder(session, str(path), by=SYSTEM, at=clock()))
    assert [told(officer), told(admin)] == [None, None]
    path.rmdir()
    clock.forward(days=7, seconds=1)
    beat()
    assert [told(officer), told(applicant)] == [("No backup has succeeded yet.", "", True), None]
    path.mkdir()
    clock.forward(hours=1)
    assert (beat(), told(officer)) == (1, None)
    clock.forward(days=9)
    assert told(admin) == ("No backup has succeeded for 9 days.", "/backups", True)


@pytest.mark.parametrize(
    ("path", "says"), [("backups", "whole path"), ("/dev/null/x", "Nothing can be written"), ("/proc/x", "Nothing can be")]
)  # fmt: skip
def test_a_folder_nothing_can_be_written_to_is_not_chosen(database: Database, path: str, says: str) -> None:
    with pytest.raises(Refused, match=says) as refused:
        database.write(lambda session: service.choose_folder(session, path, by=SYSTEM, at=make.MORNING))
    assert refused.value.field == "folder"
    with database.reading() as session:
        assert queries.folder(session) is None
