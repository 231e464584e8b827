"""What the heartbeat and the command line call; opens its own transactions."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from fundapp.documents import queries as documents
from fundapp.documents.process import RenderFailed, render
from fundapp.evaluation import queries, service
from fundapp.evaluation.letters import LETTERS, portfolio_fields
from fundapp.files.models import File
from fundapp.files.store import Store
from fundapp.funds.models import Fund
from fundapp.funds.queries import find_by_code
from fundapp.kit.database import Database, ReadSession
from fundapp.kit.errors import Refused
from fundapp.kit.i18n import gettext as _

REPORTS = {letter.name: letter for letter in LETTERS}


def plan_due(database: Database, clock: Callable[[], datetime]) -> int:
    """Plans the evaluations of contracted measures that have none; says for how many."""
    at = clock()
    with database.reading() as session:
        if not queries.unplanned(session, limit=1):
            return 0
    return database.write(lambda session: service.plan_due(session, at=at))


def write_report(
    database: Database,
    store: Store,
    name: str,
    to: Path,
    fund: str | None,
    year: int | None,
    language: str,
    at: datetime,
) -> None:
    """`fundapp report NAME --to FILE.docx`: fills the letter now and writes the file, whole or not at all.

    Raises Refused for a report or fund that is not there, RenderFailed when the template cannot be filled, and OSError.
    """
    letter = REPORTS.get(name)
    if letter is None:
        raise Refused(_("There is no report “%(name)s”. Reports: %(reports)s.", name=name, reports=", ".join(REPORTS)))
    with database.reading() as session:
        chosen = _fund(session, fund)
        language, uploaded, shipped = documents.template_for(session, letter.name, language)
        fields = portfolio_fields(session, [chosen.id] if chosen else None, year, at, language)
        file = session.get_one(File, uploaded.file_id) if uploaded else None
    template = store.read(file.sha256) if file else shipped
    if template is None:
        raise Refused(_("There is no Word template for the report “%(name)s”.", name=name))
    done = render(template, fields)
    if done.differences:
        raise RenderFailed(f"read back, the file says something else at {done.differences[0].place}")
    written = to.with_name(f".{to.name}.part")
    written.write_bytes(done.data)
    written.replace(to)


def _fund(session: ReadSession, code: str | None) -> Fund | None:
    if code is None:
        return None
    fund = find_by_code(session, code)
    if fund is None:
        raise Refused(_("There is no fund with the code “%(code)s”.", code=code), field="fund")
    return fund
