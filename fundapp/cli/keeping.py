"""Commands that keep the data well: what is due, the proof that all holds, backup and restore."""

from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.exc import DBAPIError

from fundapp.cli.console import opened, say, stop, using
from fundapp.config import Settings
from fundapp.history import queries as history
from fundapp.kit.database import Database
from fundapp.kit.errors import FundError
from fundapp.kit.migrations import is_current
from fundapp.lifecycle.service import SYSTEM
from fundapp.mail import queries as mail


def due(
    on: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="count due dates as on this day")] = None,
) -> None:
    """One heartbeat: mark what is due, queue and send mail. Safe to run at any time, any number of times."""
    from fundapp.rooms import jobs, store_of  # noqa: PLC0415 - other commands start faster without

    settings = Settings()
    database = opened(settings)
    clock = lambda: datetime.now(UTC)  # noqa: E731
    failed = []
    for name, job in jobs(settings, database, store_of(settings), clock, on.date() if on else None).items():
        try:
            result = job()
        except FundError as error:
            failed.append(f"{name}: {error}")
            continue
        if isinstance(result, int) and result:
            say(f"{name}: {result}")
    with database.reading() as session:
        waiting = mail.waiting(session)
    if waiting and not settings.smtp_url:
        say(f"{waiting} mails wait in the outbox: FUNDAPP_SMTP_URL is not set.")
    database.close()
    if failed:
        raise stop("\n".join(failed))


def verify(
    head: Annotated[str | None, typer.Option(help="hash of an earlier head, as the daily mail gave it")] = None,
) -> None:
    """Prove the history's chain, the ledger, the kept totals and every file. Exit 0 only when all hold."""
    from fundapp.rooms import store_of, verified  # noqa: PLC0415 - other commands start faster without

    settings = Settings()
    database = Database(settings.database)
    with database.reading() as session:
        problems = verified(session, store_of(settings), head)
        seq, newest = history.head(session)
    database.close()
    if problems:
        raise stop("\n".join(problems))
    say(f"All holds: {seq} history entries, ledger, totals and files.", f"Head: {newest}")


def backup(file: Annotated[Path, typer.Argument(dir_okay=False, help="file to write; must not be there yet")]) -> None:
    """Write everything - database and files - into one file, while the server runs. It holds personal data: keep it safe."""
    from fundapp.backups.copying import back_up  # noqa: PLC0415 - other commands start faster without
    from fundapp.backups.service import made_by_hand  # noqa: PLC0415 - other commands start faster without
    from fundapp.rooms import store_of  # noqa: PLC0415 - other commands start faster without

    settings = Settings()
    with using(Database(settings.database), OSError, DBAPIError, said="No backup was made: ") as database:
        at = datetime.now(UTC)
        made = back_up(database, store_of(settings), file.absolute(), at=at)
        if is_current(database):
            database.write(partial(made_by_hand, file=file.absolute(), made=made, at=at))
    found = made.manifest
    say(f"{found.rows} rows and {len(found.files)} files in {file}, {made.size} bytes.", f"SHA-256: {made.sha256}")
    if found.broken:
        raise stop("\n".join(["These files could not be saved:", *found.broken]))


def restore(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="file that `backup` wrote")],
) -> None:
    """Fill an empty database and an empty FUNDAPP_HOME from a backup, compare every row and file with it, and verify."""
    from fundapp.backups.copying import restore as fill  # noqa: PLC0415 - other commands start faster without
    from fundapp.rooms import store_of, verified  # noqa: PLC0415 - other commands start faster without

    settings = Settings()
    settings.home.mkdir(parents=True, exist_ok=True)
    store = store_of(settings)
    with using(Database(settings.database), OSError, DBAPIError, said="Nothing was restored: ") as database:
        found = fill(database, store, file, by=SYSTEM, at=datetime.now(UTC)).manifest
        with database.reading() as session:
            problems = verified(session, store, found.head[1])
    say(
        f"{found.rows} rows in {len(found.tables)} tables and {len(found.files)} files, from {found.made_at}.",
        "Every row and every file is equal to the backup.",
    )
    if problems := [*found.broken, *problems]:
        raise stop("\n".join(problems))
    say(f"All holds: {found.head[0]} history entries, ledger, totals and files.", f"Head: {found.head[1]}")
