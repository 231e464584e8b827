"""What the heartbeat calls: backups that were asked for, and the one of the night; one process makes each."""

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy.exc import DBAPIError

from fundapp.backups import service
from fundapp.backups.archive import Made
from fundapp.backups.copying import back_up
from fundapp.backups.keeping import night_of
from fundapp.backups.service import Claimed
from fundapp.files.store import Store
from fundapp.kit.database import Database
from fundapp.kit.errors import FundError

SECONDS = 2  # between two signs of progress
log = logging.getLogger("fundapp.backups")


def make_due(database: Database, store: Store, zone: ZoneInfo, clock: Callable[[], datetime]) -> int:
    """Makes what is due, outside any transaction, and removes what newer nights have replaced; says how many were made."""
    made = 0
    while claimed := database.write(partial(service.claim, night=night_of(clock(), zone), at=clock())):
        try:
            done = _made(database, store, claimed, clock())
        except (FundError, OSError, DBAPIError) as error:
            log.error("backup %s failed: %s", claimed.id, error)
            database.write(partial(service.fail, id=claimed.id, why=_why(error), at=clock()))
            continue
        database.write(partial(service.succeed, id=claimed.id, file=claimed.file, made=done, at=clock()))
        made += 1
        _remove(database, clock())
    return made


def _made(database: Database, store: Store, claimed: Claimed, at: datetime) -> Made:
    shown = [0.0]

    def progress(done: int, total: int) -> None:
        if time.monotonic() - shown[0] >= SECONDS:
            shown[0] = time.monotonic()
            database.write(partial(service.progress, id=claimed.id, done=done, total=total))

    folder = claimed.file.parent
    if not folder.is_dir():  # a disk that was taken out: nothing is written where it would have been
        raise FileNotFoundError(2, "The folder is not there", str(folder))
    return back_up(database, store, claimed.file, at=at, progress=progress)


def _remove(database: Database, at: datetime) -> None:
    """Removes files of the heartbeat's own making, each only while its bytes are still those that were written."""
    with database.reading() as session:
        found = service.to_remove(session)
    for id, file, sha256 in found:
        path = Path(file)
        if not path.parent.is_dir():
            continue
        if Store.hash_of(path) == sha256:
            with suppress(OSError):
                path.unlink()
        database.write(partial(service.removed, id=id, at=at))


def _why(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}: {error.filename}" if error.filename else f"{error.strerror}."
    return str(error)
