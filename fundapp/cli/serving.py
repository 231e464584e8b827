"""Commands that serve: the application with its first start, and the demonstration."""

import os
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import typer

from fundapp.cli.console import opened, say, stop
from fundapp.config import Settings
from fundapp.kit.database import Database
from fundapp.people import queries as people
from fundapp.people import service


def migrate() -> None:
    """Bring the database to the newest revision."""
    opened(Settings()).close()
    say("The database is up to date.")


def serve(
    host: Annotated[str, typer.Option(help="address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="port to listen on")] = 8000,
    workers: Annotated[int, typer.Option(min=1, help="processes; more than one is for PostgreSQL")] = 1,
) -> None:
    """Migrate, then serve the application with its heartbeat. Needs nothing but a folder; reads FUNDAPP_ settings."""
    settings = Settings()
    database = opened(settings)
    first_start(database, settings)
    database.close()
    run(host, port, workers)


def run(host: str, port: int, workers: int = 1) -> None:
    import uvicorn  # noqa: PLC0415 - commands do not need the web

    uvicorn.run("fundapp.cli.serving:web", factory=True, host=host, port=port, workers=workers, log_level="warning")


def web() -> object:
    """The application of one serving process."""
    from fundapp.main import create_app  # noqa: PLC0415 - commands do not need the web

    return create_app(Settings(), beat=True)


def first_start(database: Database, settings: Settings) -> None:
    """Without any person: prints a one-time link that makes the first administrator."""
    with database.reading() as session:
        somebody = people.anybody(session)
    if somebody:
        say(f"Serving {settings.brand} at {settings.base_url}")
        return
    at = datetime.now(UTC)
    key = database.write(
        lambda session: service.make_link(session, "first_administrator", None, lasts=service.INVITE, at=at)
    )
    say(
        "Nobody is here yet. Open this link once to become the administrator:",
        "",
        f"    {settings.base_url}/people/first/{key}",
        "",
    )


class Preset(StrEnum):
    """Which demonstration."""

    NATIONAL = "national"
    SMALL = "small"


def demo(
    prepare_only: Annotated[bool, typer.Option("--prepare-only", help="fill the fund and stop")] = False,
    host: Annotated[str, typer.Option(help="address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="port to listen on")] = 8000,
    preset: Annotated[
        Preset, typer.Option(help="a national chamber, or the fund of one small office")
    ] = Preset.NATIONAL,
) -> None:
    """Fill FUNDAPP_HOME (default ./demo-fund) with an invented fund when it is empty, and serve it. Refuses any other data."""
    from fundapp.demo.fund import accounts, is_demo, prepare  # noqa: PLC0415 - other commands start faster without

    os.environ.setdefault("FUNDAPP_HOME", "demo-fund")
    os.environ.setdefault("FUNDAPP_DEMO", "true")
    os.environ.setdefault("FUNDAPP_BRAND_SMALL", "Demonstration")
    os.environ.setdefault("FUNDAPP_TIME_ZONE", "Asia/Ulaanbaatar")
    os.environ.setdefault("FUNDAPP_BASE_URL", f"http://127.0.0.1:{port}")
    settings = Settings()
    database = opened(settings)
    with database.reading() as session:
        empty, ours = not people.anybody(session), is_demo(session)
    if not empty and not ours:
        database.close()
        raise stop(
            "This database holds a fund that is not a demonstration. Nothing was changed. Set FUNDAPP_HOME to an empty folder."
        )
    if empty:
        prepare(settings, database, datetime.now(UTC), preset.value)
    with database.reading() as session:
        people_there = accounts(session)
    database.close()
    say(f"The demonstration fund lies in {settings.home}. Everything in it is invented.", "")
    say(*(f"  {what:<16} {email:<28} {password}" for what, email, password in people_there), "")
    say(
        "For other commands:",
        *(
            f"  export {name}={os.environ[name]}"
            for name in ("FUNDAPP_HOME", "FUNDAPP_DEMO", "FUNDAPP_BASE_URL", "FUNDAPP_TIME_ZONE")
        ),
        "",
    )
    if not prepare_only:
        say(f"Open {settings.base_url} and sign in with one click. Stop with Ctrl+C.")
        run(host, port)
