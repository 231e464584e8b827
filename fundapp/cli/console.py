"""What every command needs: words on the terminal, and the database of the settings."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from fundapp.config import Settings
from fundapp.kit.database import Database
from fundapp.kit.errors import FundError
from fundapp.kit.migrations import migrate as run_migrations


def say(*lines: str) -> None:
    for line in lines:
        typer.echo(line)


def stop(reason: str) -> typer.Exit:
    typer.echo(reason, err=True)
    return typer.Exit(1)


def opened(settings: Settings) -> Database:
    """The database of the settings, migrated."""
    settings.home.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database)
    run_migrations(database)
    return database


@contextmanager
def using(database: Database, *refused: type[Exception], said: str = "") -> Iterator[Database]:
    """The database, closed at the end; a refusal, or one of `refused`, ends the command with its reason after `said`."""
    ends: tuple[type[Exception], ...] = (FundError, *refused)
    try:
        yield database
    except ends as error:
        raise stop(f"{said}{error}") from error
    finally:
        database.close()
