"""The page about backups, and the two commands."""

import resource
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from fundapp.backups.models import Folder, Run
from fundapp.cli import app as commands
from fundapp.kit.database import Database
from tests import factories as make


@pytest.fixture
def staff(write: Any) -> Any:
    return write(lambda session: {role: make.person(session, role=role) for role in ("admin", "manager", "officer")})


def test_the_administrator_chooses_managers_read_and_others_do_neither(client: Any, staff: Any, tmp_path: Path) -> None:
    form = {"folder": str(tmp_path / "disk")}
    got = {role: client(person).get("/backups").status_code for role, person in staff.items()}
    assert got == {"admin": 200, "manager": 200, "officer": 403}
    posted = {role: client(person).post("/backups/folder", data=form).status_code for role, person in staff.items()}
    assert posted == {"admin": 303, "manager": 403, "officer": 403}
    assert client(staff["manager"]).post("/backups/now").status_code == 403
    assert "disk" in client(staff["manager"]).get("/backups").text


def test_a_folder_that_does_not_do_is_told_next_to_the_field(client: Any, staff: Any, database: Database) -> None:
    answer = client(staff["admin"]).post("/backups/folder", data={"folder": "backups"})
    assert answer.status_code == 422
    assert "Please give the whole path of the folder" in answer.text
    with database.reading() as session:
        assert session.scalars(select(Folder)).all() == []


def test_back_up_now_is_made_by_the_heartbeat_and_seen_on_the_page(
    client: Any, app: Any, staff: Any, database: Database, tmp_path: Path
) -> None:
    admin = client(staff["admin"])
    admin.post("/backups/folder", data={"folder": str(tmp_path / "disk")})
    assert admin.post("/backups/now").headers["location"] == "/backups"
    assert "A backup waits for the heartbeat" in admin.get("/backups/progress").text
    app.state.heart.run("backups")
    assert "The backup is whole." in admin.get("/backups/progress").text
    with database.reading() as session:
        run = session.scalars(select(Run).where(Run.asked_at.is_not(None))).one()
    shown = admin.get("/backups").text
    assert (run.sha256[:16] in shown, Path(run.file).name in shown, "by hand" in shown) == (True, True, True)


def run(settings: Any, monkeypatch: Any, *words: str) -> Any:
    monkeypatch.setenv("FUNDAPP_HOME", str(settings.home))
    monkeypatch.setenv("FUNDAPP_DATABASE_URL", settings.database_url)
    return CliRunner().invoke(commands, list(words))


def test_the_commands_say_what_they_did_and_refuse_what_would_lose_something(
    database: Database, fresh: Database, settings: Any, store: Any, filled: Any, tmp_path: Path, monkeypatch: Any
) -> None:
    file = tmp_path / "fund.zip"
    told = run(settings, monkeypatch, "backup", str(file))
    assert (told.exit_code, "3 files" in told.output) == (0, True)
    assert run(settings, monkeypatch, "backup", str(file)).exit_code == 1
    other = settings.model_copy(update={"home": tmp_path / "other", "database_url": fresh.url})
    told = run(other, monkeypatch, "restore", str(file))
    assert (told.exit_code, "Every row and every file is equal to the backup." in told.output) == (0, True)
    assert run(other, monkeypatch, "verify").exit_code == 0
    told = run(other, monkeypatch, "restore", str(file))
    assert (told.exit_code, "nothing was changed" in told.output) == (1, True)
    with database.reading() as session:
        assert [made.well for made in session.scalars(select(Run))] == [True]


def test_a_disk_that_is_full_leaves_no_half_backup(
    database: Database, settings: Any, store: Any, filled: Any, tmp_path: Path
) -> None:
    def little_room() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

    disk = tmp_path / "disk"
    disk.mkdir()
    env = {"FUNDAPP_HOME": str(settings.home), "FUNDAPP_DATABASE_URL": settings.database_url}
    env["PYTHONDONTWRITEBYTECODE"] = "1"  # or it would leave half a compiled module behind
    told = subprocess.run(
        [sys.executable, "-m", "fundapp", "backup", str(disk / "fund.zip")],
        env=env, preexec_fn=little_room, capture_output=True, text=True, cwd=Path(__file__).parents[2], check=False,
    )  # fmt: skip
    assert (told.returncode, told.stderr[:20]) == (1, "No backup was made: ")
    assert list(disk.iterdir()) == []
