"""A fund with money, files and history, and a second, empty one beside it, of the same and of the other kind."""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

from fundapp.files.service import attach
from fundapp.files.store import Store
from fundapp.funds import service
from fundapp.funds.models import Donor
from fundapp.history.service import record
from fundapp.kit.database import Database
from fundapp.measures.models import Measure
from fundapp.people.models import Person
from tests import factories as make


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "home" / "files")


@pytest.fixture
def other_store(tmp_path: Path) -> Store:
    return Store(tmp_path / "other" / "files")


@pytest.fixture
def other_kind(request: pytest.FixtureRequest, database: Database, tmp_path: Path) -> Iterator[Database]:
    """An empty PostgreSQL for a SQLite, an empty SQLite for a PostgreSQL."""
    if not database.url.startswith("sqlite"):
        made = Database(f"sqlite:///{tmp_path / 'other.sqlite3'}")
        yield made
        made.close()
        return
    url, name = request.getfixturevalue("postgres_url"), f"fundapp_{secrets.token_hex(6)}"
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]
        made = Database(urlsplit(url)._replace(scheme="postgresql+psycopg", path=f"/{name}").geturl())
        yield made
        made.close()
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")  # type: ignore[arg-type]


@dataclass(frozen=True)
class Filled:
    """A fund at work: `more(n)` posts money, keeps a file and writes history, in one transaction."""

    manager: Person
    measure: Measure
    more: Callable[[int], None]


@pytest.fixture
def filled(database: Database, store: Store) -> Filled:
    def begin(session: Any) -> tuple[Person, Measure, Donor]:
        manager = make.person(session, role="manager", name="Бүргэд 'quoted' \\ tab\t\\N")
        fund = make.fund(session)
        measure = make.measure(session, fund=fund, status="submitted", title="Ноос угаах\nшугам — “wool” & <b>")
        return manager, measure, make.donor(session, fund=fund)

    manager, measure, donor = database.write(begin)

    def more(n: int) -> None:
        kept = store.keep(f"paper {n}.pdf", b"%PDF-1.4 " + str(n).encode() * 500, "application/pdf")

        def work(session: Any) -> None:
            given = session.get_one(Donor, donor.id)
            service.add_contribution(
                session, given, amount=1_00 + n, arrived_on=make.TODAY, bank_reference=f"B-{n}", key=f"k{n}",
                by=manager, at=make.MORNING,
            )  # fmt: skip
            attach(session, kept, measure, by=manager, at=make.MORNING)
            record(session, "measures.noted", measure, by=manager, at=make.MORNING, because="Шалтгаан\nline", n=n)

        database.write(work)

    for n in range(3):
        more(n)
    return Filled(manager, measure, more)
