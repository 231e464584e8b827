"""Importing and exporting a file in one transaction: what the command line calls. Keeping a file that was sent to be imported."""

import io
import os
import tempfile
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from fundapp.exchange import queries
from fundapp.exchange.exports import export_grants
from fundapp.exchange.giving import NEEDED as NEEDED
from fundapp.exchange.imports import Report, import_grants
from fundapp.exchange.register import register
from fundapp.exchange.workbook import write_register
from fundapp.files.models import File
from fundapp.files.store import Kept
from fundapp.funds.models import Fund
from fundapp.kit import i18n
from fundapp.kit.database import Database, ReadSession, WriteSession
from fundapp.kit.errors import Refused
from fundapp.kit.i18n import gettext as _
from fundapp.lifecycle.service import SYSTEM
from fundapp.measures.listing import Filters
from fundapp.people.models import Person

FORMATS = ("csv", "xlsx")


def import_file(
    database: Database, path: Path, fund: str | None, dry_run: bool, at: datetime, *, zone: str = "UTC"
) -> Report:
    """`fundapp import grants FILE`: takes over the grants of a CSV file, all or none. Raises Refused and OSError."""

    def work(session: WriteSession) -> Report:
        return _import(session, path, fund, dry_run, at, zone)

    if not dry_run:
        return database.write(work)
    with database.reading() as session:
        return _import(session, path, fund, dry_run, at, zone)


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


def _import(session: ReadSession, path: Path, fund: str | None, dry_run: bool, at: datetime, zone: str) -> Report:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return import_grants(session, lines, fund_code=fund, dry_run=dry_run, by=SYSTEM, at=at, zone=zone)


def keep_upload(session: WriteSession, kept: Kept, *, by: Person, at: datetime) -> File:
    """The row of a CSV file that waits to be taken over; it stays as the source."""
    file = File(
        sha256=kept.sha256, size=kept.size, name=kept.name, media_type=kept.media_type, subject=queries.UPLOAD,
        by_id=by.id, kept_at=at,
    )  # fmt: skip
    session.add(file)
    session.flush()
    return file


def find_fund(session: ReadSession, code: str | None) -> Fund | None:
    """The fund with this code, None for none given. Raises Refused when there is no such fund."""
    if code is None:
        return None
    fund = queries.fund_with(session, (code,))
    if fund is None:
        raise Refused(_("There is no fund with the code “%(code)s”.", code=code), field="fund")
    return fund
