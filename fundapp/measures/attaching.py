"""The papers of a proposal: adding them, replacing them, taking them out. Each file is kept."""

from collections.abc import Sequence
from datetime import datetime

from fundapp.files.models import File
from fundapp.files.service import attach as attach_file
from fundapp.files.store import Kept
from fundapp.funds import questions
from fundapp.funds.codes import ANNEXES, SEVERAL
from fundapp.history.service import record
from fundapp.kit.database import WriteSession
from fundapp.kit.errors import Refused
from fundapp.kit.i18n import gettext as _
from fundapp.measures import drafting, queries
from fundapp.measures.gaps import call_of, is_open
from fundapp.measures.lifecycle import Status
from fundapp.measures.models import Annex, Measure
from fundapp.people.models import Person

MOST_PAPERS = 40


def attach_all(
    session: WriteSession, measure: Measure, kept: Sequence[Kept], kind: str, *, by: Person, at: datetime
) -> None:
    """Adds several papers of one kind, such as the pages of a certificate: all or none."""
    papers = queries.annexes(session, measure)
    alike = {annex.id for annex, _file in papers if annex.kind == kind and kind in ANNEXES and kind not in SEVERAL}
    if len(papers) - len(alike) + len(kept) > MOST_PAPERS:
        raise Refused(
            _(
                "A proposal has at most %(most)s papers. Take one out, or put several pages into one file.",
                most=MOST_PAPERS,
            ),
            field="file",
        )
    for each in kept:
        attach(session, measure, each, kind, by=by, at=at)


def attach(session: WriteSession, measure: Measure, kept: Kept, kind: str, *, by: Person, at: datetime) -> Annex:
    """Adds a paper; of kinds that stand alone the newer replaces the older, which is kept."""
    drafting.writable(session, measure, by)
    asked = {each.annex for each in questions.of(call_of(measure)) if each.kind == "file"}
    if kind not in ANNEXES and kind not in asked:
        raise Refused(_("Please say what kind of paper this is."), field="kind")
    there = [(annex, file) for annex, file in queries.annexes(session, measure) if annex.kind == kind]
    twin = next((annex for annex, file in there if file.sha256 == kept.sha256), None)
    if twin is not None:
        return twin
    if not is_open(measure, "annexes", kind):
        raise Refused(_("Only what was asked for can be changed now."), field="kind")
    several = kind in SEVERAL or kind in asked
    for annex, file_there in there:
        if not several and file_there.kept_at != at:  # several pages sent at once are one paper
            annex.replaced_at = at
    file: File = attach_file(session, kept, measure, by=by, at=at)
    added = Annex(measure_id=measure.id, kind=kind, file_id=file.id)
    session.add(added)
    session.flush()
    if measure.status == Status.RETURNED:
        record(session, "measures.attach", measure, by=by, at=at, kind=kind, file=file.id, sha256=kept.sha256)
    return added


def remove(session: WriteSession, measure: Measure, annex: Annex, *, by: Person, at: datetime) -> None:
    """Takes a paper out of the proposal; the file itself is kept."""
    drafting.writable(session, measure, by)
    if not is_open(measure, "annexes", annex.kind):
        raise Refused(_("Only what was asked for can be changed now."))
    if annex.replaced_at is None:
        annex.replaced_at = at
        if measure.status == Status.RETURNED:
            record(session, "measures.remove", measure, by=by, at=at, kind=annex.kind, file=annex.file_id)
