"""Verbs: choosing the folder, asking for a backup, and writing down what became of it."""

import os
import tempfile
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select, update

from fundapp.backups import queries
from fundapp.backups.archive import Made
from fundapp.backups.keeping import superseded
from fundapp.backups.models import Folder, Run
from fundapp.history.models import Entry
from fundapp.history.service import Somebody, record
from fundapp.kit.database import ReadSession, WriteSession, locked
from fundapp.kit.errors import Refused
from fundapp.kit.i18n import gettext as _

AGAIN, CUT_OFF = timedelta(hours=1), timedelta(hours=2)


def choose_folder(session: WriteSession, path: str, *, by: Somebody, at: datetime) -> Folder:
    """Backups go to `path` from now on: absolute, there or able to be made, writable. Raises Refused (field `folder`)."""
    chosen = _written_in(path.strip())
    held = queries.folder(session)
    if held is not None and held.path == str(chosen):
        return held
    found = Folder(path=str(chosen), by_id=by.id, at=at)
    session.add(found)
    session.flush()
    record(session, "backups.choose_folder", found, by=by, at=at)
    return found


def ask(session: WriteSession, *, by: Somebody, at: datetime) -> Run:
    """A backup as soon as the heartbeat comes by; asked twice it is the same one."""
    if queries.folder(session) is None:
        raise Refused(_("Choose a folder first."), field="folder")
    if (waits := queries.waiting(session)) is not None:
        return waits
    run = Run(asked_by_id=by.id, asked_at=at)
    session.add(run)
    session.flush()
    record(session, "backups.ask", run, by=by, at=at)
    return run


@dataclass(frozen=True)
class Claimed:
    """A backup that this process makes, and the file it becomes."""

    id: int
    file: Path


def claim(session: WriteSession, *, night: date, at: datetime) -> Claimed | None:
    """The backup to make now: one that was asked for, else that of the night; None when nothing is due or no folder chosen.

    A failed night is tried again after an hour. A run that has not ended after two hours was cut off.
    """
    chosen = queries.folder(session)
    if chosen is None:
        return None
    locked(session, chosen)  # of several processes one claims at a time
    for dead in session.scalars(select(Run).where(Run.began_at < at - CUT_OFF, Run.ended_at.is_(None))):
        dead.ended_at, dead.error = (dead.began_at or at) + CUT_OFF, "It was cut off before it was whole."
    session.flush()
    if session.scalars(select(Run.id).where(Run.began_at.is_not(None), Run.ended_at.is_(None))).first():
        return None
    asked = select(Run).where(Run.asked_at.is_not(None), Run.began_at.is_(None)).order_by(Run.id).with_for_update()
    run = session.scalars(asked).first() or _of_the_night(session, night, at)
    if run is None:
        return None
    run.began_at = at
    session.flush()
    return Claimed(run.id, Path(chosen.path) / f"fund-{at:%Y-%m-%d-%H%M%S}-{run.id}.zip")


def _of_the_night(session: WriteSession, night: date, at: datetime) -> Run | None:
    tried = list(session.scalars(select(Run).where(Run.claim.like(f"{night}:%")).order_by(Run.id)))
    if any(run.well for run in tried):
        return None
    if tried and (tried[-1].ended_at is None or at - tried[-1].ended_at < AGAIN):
        return None
    run = Run(claim=f"{night}:{len(tried) + 1}")  # unique: of two processes the second finds the first one's
    session.add(run)
    return run


def progress(session: WriteSession, *, id: int, done: int, total: int) -> None:
    session.execute(update(Run).where(Run.id == id, Run.ended_at.is_(None)).values(done=done, total=total))


def succeed(session: WriteSession, *, id: int, file: Path, made: Made, at: datetime) -> None:
    """Writes down what was made; files that were missing in the store are named."""
    run, found = session.get_one(Run, id), made.manifest
    run.ended_at, run.file, run.size, run.sha256, run.error = at, str(file), made.size, made.sha256, ""
    run.rows, run.files, run.missing = found.rows, len(found.files), len(found.broken)


def fail(session: WriteSession, *, id: int, why: str, at: datetime) -> None:
    run = session.get_one(Run, id)
    run.ended_at, run.error = at, why


def made_by_hand(session: WriteSession, *, file: Path, made: Made, at: datetime) -> None:
    """A backup that the command wrote counts like any other; it is never removed."""
    run = Run(asked_at=at, began_at=at)
    session.add(run)
    session.flush()
    succeed(session, id=run.id, file=file, made=made, at=at)


def to_remove(session: ReadSession) -> list[tuple[int, str, str]]:
    """(id, file, hash) of the nights that newer ones have replaced. What was made before a restore belongs to the fund restored from."""
    asked = select(Run).where(Run.claim.is_not(None), Run.sha256 != "", Run.removed_at.is_(None))
    restored = session.scalar(select(func.max(Entry.at)).where(Entry.action == "backups.restore"))
    if restored is not None:
        asked = asked.where(Run.began_at > restored)
    nights = {date.fromisoformat(str(run.claim)[:10]): run for run in session.scalars(asked.order_by(Run.id))}
    return [(nights[night].id, nights[night].file, nights[night].sha256) for night in sorted(superseded(nights))]


def removed(session: WriteSession, *, id: int, at: datetime) -> None:
    session.get_one(Run, id).removed_at = at


def _written_in(path: str) -> Path:
    """The folder, once a file could be written into it and removed again."""
    folder = Path(path)
    if not folder.is_absolute():
        raise Refused(_("Please give the whole path of the folder, for example /media/usb/backups."), field="folder")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, trial = tempfile.mkstemp(dir=folder)
        os.close(handle)
        os.unlink(trial)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise Refused(
            _("Nothing can be written to %(folder)s: %(reason)s.", folder=path, reason=reason), field="folder"
        ) from error
    return folder
