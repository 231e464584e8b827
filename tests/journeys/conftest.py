"""Journeys run on a real server with a real mail server."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from fundapp.cli import app as command
from fundapp.config import Settings
from tests.journeys.stage import Stage


@pytest.fixture
def settings(settings: Settings, smtp: Any) -> Settings:
    return settings.model_copy(update={"smtp_url": smtp.url, "mail_from": "fund@example.org"})


@pytest.fixture
def stage(server: Any, browser: Any, clock: Any, smtp: Any, database: Any) -> Iterator[Stage]:
    made = Stage(server, browser, clock, smtp, database)
    yield made
    made.close()


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a demonstration on SQLite, made once; who changes it takes a copy."""
    home = tmp_path_factory.mktemp("demonstration") / "home"
    with pytest.MonkeyPatch.context() as patch:
        for name in ("FUNDAPP_DEMO", "FUNDAPP_BRAND_SMALL", "FUNDAPP_BASE_URL", "FUNDAPP_TIME_ZONE"):  # it sets them
            patch.setenv(name, "")
            patch.delenv(name)
        patch.setenv("FUNDAPP_HOME", str(home))
        done = CliRunner().invoke(command, ["demo", "--prepare-only"])
    assert done.exit_code == 0, done.output
    return home
