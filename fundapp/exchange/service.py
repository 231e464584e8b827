"""Importing and exporting a file in one transaction: what the command line calls."""

import io
import os
import tempfile
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from fundapp.exchange import queries
from fundapp.exchange.columns import AMOUNTS, DATES
from fundapp.exchange.exports import export_grants
from fundapp.exchange.imports import Report, sorted_out, take_over
from fundapp.exchange.reading import guess, opened, read, seen
from fundapp.exchange.register import register
from fundapp.exchange.workbook import write_register
from fundapp.funds.models import Fund
from fundapp.kit import i18n
from fundapp.kit.database import Database, ReadSession, WriteSession
from fundapp.kit.errors import Refused
from fundapp.kit.i18n import gettext as _
from fundapp.lifecycle.service import SYSTEM
from fundapp.measures.listing import Filters

FORMATS = ("csv", "xlsx")


def import_file(
    database: Database,
    path: Path,
    fund: str | None,
    dry_run: bool,
    at: datetime,
    *,
    zone: str = "UTC",
    dates: str = "",
    numbers: str = "",
) -> Report:
    """`fundapp import grants FILE`: takes over the grants of a CSV or XLSX file, all or none. `dates`, `numbers`: a style for all of them.

    The columns are understood as a person has last agreed to in the browser for this fund and these titles, else by their names.
    Raises Refused with everything that would have to be asked, and OSError.
    """
    source = opened(path.read_bytes())
    with database.reading() as session:
        chosen = find_fund(session, fund)
        found = guess(session, source, chosen)
    said = {code: dates for code in DATES if dates} | {code: numbers for code in AMOUNTS if numbers}
    if said:
        meaning = replace(found.meaning, styles={**found.meaning.styles, **said})
        found = seen(source, found.layout, meaning, chosen)
    if found.gaps:
        raise Refused(*found.gaps.values(), field="file")
    lines = read(source, found.layout, found.meaning, chosen)

    def sort(session: ReadSession) -> Report:
        return sorted_out(session, lines, find_fund(session, fund), twins=found.meaning.twins)

    def work(session: WriteSession) -> Report:
        report = sort(session)
        if not report.refused:
            take_over(session, report.new, find_fund(session, fund), of=None, by=SYSTEM, at=at, zone=zone)
        return report

    if not dry_run:
        return database.write(work)
    with database.reading() as session:
        return sort(session)


def export_file(
    database: Database, format: str, path: Path, fund: str | None, at: datetime, *, language: str = "en"
) -> int:
    """`fundapp export csv|xlsx --to FILE`: says how many rows were written. The file stands whole or not at all.

    Raises Refused for a format, fund or language that is not there, and OSError.
    """
    if format not in FORMATS:
        raise Refused(
            _("There is no export “%(format)s”. Formats: %(formats)s.", format=format, formats=", ".join(FORMATS))
        )
    if language not in i18n.NAMES:
        raise Refused(
            _("There is no language “%(code)s”. Languages: %(codes)s.", code=language, codes=", ".join(i18n.NAMES))
        )
    with database.reading() as session:
        chosen = find_fund(session, fund)
        token = i18n.LANGUAGE.set(language)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as out:
                if format == "xlsx":
                    rows = write_register(session, out, register(session, None, Filters(fund=fund or ""), at=at))
                else:
                    rows = written(session, out, chosen)
            os.replace(temporary, path)
        except BaseException:
            os.unlink(temporary)
            raise
        finally:
            i18n.LANGUAGE.reset(token)
    return rows


def written(session: ReadSession, out: BinaryIO, fund: Fund | None) -> int:
    """Writes the grants of a fund (None: of all) as CSV and says how many."""
    text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=True)
    try:
        return export_grants(session, text, fund)
    finally:
        text.detach()


def find_fund(session: ReadSession, code: str | None) -> Fund | None:
    """The fund with this code, None for none given. Raises Refused when there is no such fund."""
    if code is None:
        return None
    fund = queries.fund_with(session, (code,))
    if fund is None:
        raise Refused(_("There is no fund with the code “%(code)s”.", code=code), field="fund")
    return fund
