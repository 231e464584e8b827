"""An import in the browser: sent, understood, agreed to, taken over once, and perhaps taken back."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from fundapp.exchange import queries
from fundapp.exchange.imports import Report, take_over
from fundapp.exchange.models import Import, Taken
from fundapp.exchange.reading import Understood
from fundapp.files.models import File
from fundapp.files.store import Kept
from fundapp.funds.models import Fund
from fundapp.history.service import record, subject_of
from fundapp.kit.database import ReadSession, WriteSession, locked
from fundapp.kit.errors import NotAllowed, Refused, Stale
from fundapp.kit.i18n import gettext as _
from fundapp.kit.i18n import keep
from fundapp.lifecycle.service import move
from fundapp.lifecycle.steps import TAKE_BACK_WITHIN
from fundapp.measures.lifecycle import TAKE_OVER, Status
from fundapp.measures.models import Measure
from fundapp.people.models import Person
from fundapp.people.permissions import Role, holds, may

TRACE = keep("Taken back: %(count)s measures from “%(name)s”")


def begin(
    session: WriteSession, kept: Kept, found: Understood, *, fund: Fund | None, by: Person, at: datetime
) -> Import:
    """A file that was sent, as it seems to be meant. One that is understood as an earlier one is agreed to with it."""
    file = File(
        sha256=kept.sha256, size=kept.size, name=kept.name, media_type=kept.media_type, subject=queries.UPLOAD,
        by_id=by.id, kept_at=at,
    )  # fmt: skip
    session.add(file)
    session.flush()
    assert found.look is not None
    agreed = found.remembered and not found.gaps
    made = Import(
        file_id=file.id, by_id=by.id, sent_at=at, fund_id=fund.id if fund else None, layout=asdict(found.layout),
        meaning=found.meaning.as_json(), fingerprint=found.look.fingerprint, remembered=found.remembered,
        agreed_at=at if agreed else None,
    )  # fmt: skip
    session.add(made)
    session.flush()
    file.subject = subject_of(made)
    return made


def read_as(
    session: WriteSession,
    import_: Import,
    found: Understood,
    *,
    fund: Fund | None,
    agreed: bool,
    version: int,
    at: datetime,
) -> None:
    """Keeps how the file is meant; `agreed`: by a person, so that the next such file is understood the same way. Raises Refused, Stale."""
    assert found.look is not None
    _still_open(session, import_, version)
    import_.layout, import_.meaning = asdict(found.layout), found.meaning.as_json()
    import_.fingerprint, import_.remembered = found.look.fingerprint, found.remembered
    import_.fund_id, import_.agreed_at = fund.id if fund else None, at if agreed else None
    import_.version += 1
    session.flush()


def why_not_take(report: Report) -> list[str]:
    return [] if report.new else [_("No line of the file can be taken over.")]


def take(
    session: WriteSession, import_: Import, report: Report, *, version: int, by: Person, at: datetime, zone: str
) -> bool:
    """Stores every new grant of the file in this transaction; refused lines stay out. False, and nothing stored, when that was done
    before. Raises Refused, Stale, NotAllowed."""
    if not may(by, TAKE_OVER.action):
        raise NotAllowed
    if locked(session, import_).taken_at is not None:
        return False
    _still_open(session, import_, version)
    if import_.agreed_at is None:
        raise Refused(_("Please say first what the columns mean."))
    if reasons := why_not_take(report):
        raise Refused(*reasons)
    take_over(session, report.new, import_.fund, of=import_, by=by, at=at, zone=zone)
    import_.taken_at, import_.taken_by_id = at, by.id
    import_.version += 1
    import_.outcome = {
        "taken": report.taken, "refused": len(report.refused), "doubles": len(report.doubles), "known": len(report.known),
        "sums": [
            [code, year, each.new, each.new_amount] for (code, year), each in sorted(report.sums.items()) if each.new
        ],
    }  # fmt: skip
    amounts = {code: report.total(code).new_amount for code in report.totals}
    record(session, "exchange.take_over", import_, by=by, at=at, taken=report.taken, amounts=amounts)
    return True


def _still_open(session: WriteSession, import_: Import, version: int) -> None:
    locked(session, import_)
    if import_.taken_at is not None:
        raise Refused(_("This file has been taken over already. Nothing was stored twice."))
    if import_.version != version:
        raise Stale


def why_not_undo(session: ReadSession, import_: Import, *, by: Person, at: datetime) -> list[str]:
    """Reasons against taking an import back. Who took it has 24 hours; a manager may later, with a reason."""
    if import_.taken_at is None or import_.undone_at is not None:
        return [_("There is nothing to take back.")]
    late = by.id != import_.taken_by_id or at - import_.taken_at > TAKE_BACK_WITHIN
    if late and not holds(by, Role.MANAGER):
        return [_("Only who took it over, within 24 hours, or a manager can take it back.")]
    if built := queries.built_upon(session, import_):
        return [
            _("Something was built on it: of its measures, %(count)s have something new in their history.", count=built)
        ]
    return []


def needs_reason(import_: Import, *, by: Person, at: datetime) -> bool:
    """Whether taking it back has to be explained: it was somebody else's doing, or it was long ago."""
    return by.id != import_.taken_by_id or (import_.taken_at is not None and at - import_.taken_at > TAKE_BACK_WITHIN)


def undo(session: WriteSession, import_: Import, *, because: str, by: Person, at: datetime) -> None:
    """Takes the measures of an import out again. The last of them stays as its trace, withdrawn and without number and money:
    so no id is given twice, and the history of each stays its own. Funds and organisations that were made stay. Raises Refused."""
    locked(session, import_)
    if reasons := why_not_undo(session, import_, by=by, at=at):
        raise Refused(*reasons)
    if needs_reason(import_, by=by, at=at) and not because.strip():
        raise Refused(_("Please give a reason; it stays in the history."), field="because")
    ids = session.scalars(
        select(Taken.measure_id).where(Taken.import_id == import_.id).order_by(Taken.measure_id)
    ).all()
    trace = session.get_one(Measure, ids[-1])
    move(session, trace, TAKE_OVER.target, Status.WITHDRAWN)
    name = session.get_one(File, import_.file_id).name
    _emptied(trace, TRACE % {"count": len(ids), "name": name})
    session.flush()
    _delete(session, import_, ids[:-1])
    import_.undone_at, import_.undone_by_id = at, by.id
    import_.version += 1
    facts: dict[str, Any] = {"taken_back": len(ids), "trace": trace.id}
    record(session, "exchange.take_back", import_, by=by, at=at, because=because, **facts)
    record(session, "measures.take_back", trace, by=by, at=at, because=because, step=TAKE_OVER.name)


def _emptied(trace: Measure, title: str) -> None:
    trace.title, trace.summary, trace.place, trace.recipient_name = title, "", "", ""
    trace.number = trace.imported_key = trace.imported_row = trace.organisation_id = None
    trace.awarded = trace.decided_on = trace.contracted_on = None
    trace.starts_on = trace.ends_on = trace.funding_ends = None
    trace.requested = 0


def _delete(session: WriteSession, import_: Import, ids: Sequence[int]) -> None:
    """What still refers to one of them stops it."""
    session.execute(delete(Taken).where(Taken.import_id == import_.id))
    try:
        for begin_ in range(0, len(ids), queries.AT_ONCE):
            some = ids[begin_ : begin_ + queries.AT_ONCE]
            session.execute(
                delete(Measure).where(Measure.id.in_(some)), execution_options={"synchronize_session": False}
            )
    except IntegrityError:
        raise Refused(_("Something was built on it: other records speak of its measures.")) from None
