"""Journeys run on a real server with a real mail server."""

from collections.abc import Iterator
from typing import Any

import pytest

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
