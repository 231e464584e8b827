"""The command line. Each command says what it needs and exits 0 only when it did what it says."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from fundapp.config import Settings
from fundapp.history import queries as history
from fundapp.kit.database import Database, WriteSession
from fundapp.kit.errors import FundError, NotFound
from fundapp.kit.migrations import is_current
from fundapp.kit.migrations import migrate as run_migrations
from fundapp.kit.money import show
from fundapp.lifecycle.service import SYSTEM
from fundapp.mail import queries as mail
from fundapp.people import queries as people
from fundapp.people import service
from fundapp.people.handing import from_console
from fundapp.people.models import Branch
from fundapp.people.permissions import Role

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)
person_app = typer.Typer(no_args_is_help=True, help="Persons and their roles.")
app.add_typer(person_app, name="person")
import_app = typer.Typer(no_args_is_help=True, help="Take over what was kept elsewhere.")
app.add_typer(import_app, name="import")
export_app = typer.Typer(no_args_is_help=True, help="Give out what is kept here.")
app.add_typer(export_app, name="export")


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


@app.command()
def migrate() -> None:
    """Bring the database to the newest revision."""
    opened(Settings()).close()
    say("The database is up to date.")


@app.command()
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

    uvicorn.run("fundapp.cli:web", factory=True, host=host, port=port, workers=workers, log_level="warning")


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


@app.command()
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


@app.command()
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


@app.command()
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


@app.command()
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


@person_app.command("add")
def person_add(
    email: str,
    name: Annotated[str, typer.Option(help="given name, then family or father's name")],
    role: Annotated[Role, typer.Option(help="the role given")],
    branch: Annotated[str | None, typer.Option(help="code of the branch, for a branch officer")] = None,
) -> None:
    """Add a person with a role, or let one in again who was switched off, and print a link that sets the password."""
    settings = Settings()
    at = datetime.now(UTC)
    given, _, family = name.partition(" ")

    def add(session: WriteSession) -> str:
        office = session.scalars(select(Branch).where(Branch.code == branch)).first() if branch else None
        if branch and office is None:
            raise NotFound(f"there is no branch {branch}")
        return from_console(
            session, email, given_name=given, family_name=family, role=role, branch=office, by=SYSTEM, at=at
        )

    with using(opened(settings)) as database:
        key = database.write(add)
    say(
        f"{name} is {role.value}. Link to set the password, valid for seven days:",
        f"    {settings.base_url}/people/link/invite/{key}",
    )


class Preset(StrEnum):
    """Which demonstration."""

    NATIONAL = "national"
    SMALL = "small"


@app.command()
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


class Dates(StrEnum):
    """As `exchange.styles.DATES`."""

    YEAR_FIRST = "ymd"
    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"
    SERIAL = "serial"


class Numbers(StrEnum):
    """As `exchange.styles.NUMBERS`."""

    POINT = "point"
    COMMA = "comma"


@import_app.command("grants")
def import_grants(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV or XLSX, one grant a line")],
    fund: Annotated[
        str | None, typer.Option(help="code of the fund; else by funding organisation and currency")
    ] = None,
    dates: Annotated[
        Dates | None, typer.Option(help="how dates are written, where day and month could be either")
    ] = None,
    numbers: Annotated[
        Numbers | None, typer.Option(help="which mark stands before the decimals, where it could be either")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="say what would be taken over, change nothing")] = False,
) -> None:
    """Take over finished grants, all or none; twice changes nothing. Lines that cannot be read are named.

    Columns are understood by their titles, or as somebody has agreed to in the browser for this fund and these titles.
    """
    from fundapp.exchange.service import import_file  # noqa: PLC0415 - other commands start faster without

    settings = Settings()
    with using(opened(settings), OSError) as database:
        report = import_file(
            database, file, fund, dry_run, datetime.now(UTC), zone=settings.time_zone,
            dates=dates or "", numbers=numbers or "",
        )  # fmt: skip
    for refusal in report.refused:
        typer.echo(f"line {refusal.line}: {refusal}", err=True)
    if report.refused:
        raise stop("Nothing was taken over. Correct these lines and try again.")
    for double in report.doubles:
        say(f"line {double.line}: left out, {double.why} as line {double.of}")
    say(f"{report.taken} {'would be taken over' if dry_run else 'taken over'}, {len(report.known)} there already.")
    for currency, total in report.totals.items():
        say(f"{currency} {show(total, currency, 'en')}")


@export_app.command("csv")
def export_csv(
    to: Annotated[Path, typer.Option(help="file to write; an older one is replaced once the new one is whole")],
    fund: Annotated[str | None, typer.Option(help="code of one fund; else all")] = None,
) -> None:
    """Write the grants with the same columns that `import grants` reads."""
    from fundapp.exchange.service import export_file  # noqa: PLC0415 - other commands start faster without

    with using(opened(Settings()), OSError) as database:
        rows = export_file(database, "csv", to, fund, datetime.now(UTC))
    say(f"{rows} grants written to {to}.")


@export_app.command("xlsx")
def export_xlsx(
    to: Annotated[Path, typer.Option(help="file to write; an older one is replaced once the new one is whole")],
    fund: Annotated[str | None, typer.Option(help="code of one fund; else all")] = None,
    language: Annotated[str, typer.Option(help="language of the heads: en, de or mn")] = "en",
) -> None:
    """Write the list of measures as a workbook: number, title, branch, holder, status, money, what is due next; sums beneath."""
    from fundapp.exchange.service import export_file  # noqa: PLC0415 - other commands start faster without

    with using(opened(Settings()), OSError) as database:
        rows = export_file(database, "xlsx", to, fund, datetime.now(UTC), language=language)
    say(f"{rows} measures written to {to}.")


@app.command()
def report(
    name: Annotated[str, typer.Argument(help="portfolio, or proposal-form (of --call)")],
    to: Annotated[Path, typer.Option(help="Word file to write")],
    call: Annotated[str, typer.Option(help="code of the call whose form is written")] = "",
    form: Annotated[str, typer.Option(help="full or short form")] = "full",
    fund: Annotated[str | None, typer.Option(help="code of one fund; else all, never added across currencies")] = None,
    year: Annotated[int | None, typer.Option(help="only measures contracted in this year")] = None,
    language: Annotated[str, typer.Option(help="language of the report")] = "en",
) -> None:
    """Write a report as a Word file."""
    from fundapp.documents.process import RenderFailed  # noqa: PLC0415 - other commands start faster without
    from fundapp.evaluation.jobs import write_report  # noqa: PLC0415 - other commands start faster without
    from fundapp.rooms import store_of  # noqa: PLC0415 - other commands start faster without

    settings = Settings()
    with using(opened(settings), RenderFailed, OSError) as database:
        if name == "proposal-form":
            from fundapp.measures.offline import of_code  # noqa: PLC0415 - other reports do without

            with database.reading() as session:
                to.write_bytes(of_code(session, call, form=form, language=language))
        else:
            write_report(database, store_of(settings), name, to, fund, year, language, datetime.now(UTC))
    say(f"Written to {to}.")
