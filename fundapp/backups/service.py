"""Verbs: choosing the folder, asking for a backup, and writing down what became of it."""

import os
import tempfile
from datetime import datetime
from pathlib import Path

from fundapp.backups import queries
from fundapp.backups.models import Folder, Run
from fundapp.history.service import Somebody, record
from fundapp.kit.database import WriteSession
from fundapp.kit.errors import Refused
from fundapp.kit.i18n import gettext as _


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
