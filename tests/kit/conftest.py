"""The tools are tested in an application without rooms: the tests bring their own routes."""

from collections.abc import Iterator
from typing import Any

import pytest

import fundapp.main


@pytest.fixture
def app(settings: Any, clock: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setattr(fundapp.main, "routers", list)
    made = fundapp.main.create_app(settings, clock=clock)
    yield made
    made.state.database.close()
