"""`import`, `export` and `report`: what comes in from elsewhere, and what is given out."""

from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from fundapp.cli.console import opened, say, stop, using
from fundapp.config import Settings
from fundapp.kit.money import show

import_app = typer.Typer(no_args_is_help=True, help="Take over what was kept elsewhere.")
export_app = typer.Typer(no_args_is_help=True, help="Give out what is kept here.")


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
