"""Questions about backups."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from fundapp.backups.models import Folder, Run
from fundapp.kit.database import ReadSession

LATE = timedelta(days=7)


@dataclass(frozen=True)
class Overdue:
    """`folder`: whether one was ever chosen; `days` since the last backup that succeeded, None when none ever did."""

    folder: bool
    days: int | None


def folder(session: ReadSession) -> Folder | None:
    """The folder that holds now."""
    return session.scalars(select(Folder).order_by(Folder.id.desc()).limit(1)).first()


def runs(session: ReadSession, limit: int = 30) -> list[Run]:
    """The newest runs, newest first."""
    return list(session.scalars(select(Run).order_by(Run.id.desc()).limit(limit)))


def waiting(session: ReadSession) -> Run | None:
    """The backup that somebody asked for and that has not ended."""
    asked = select(Run).where(Run.asked_at.is_not(None), Run.ended_at.is_(None))
    return session.scalars(asked.order_by(Run.id).limit(1)).first()


def under_way(session: ReadSession) -> Run | None:
    """The backup that is being made, or waits to be."""
    return session.scalars(select(Run).where(Run.ended_at.is_(None)).order_by(Run.id).limit(1)).first()


def overdue(session: ReadSession, at: datetime) -> Overdue | None:
    """What staff must know about backups at this moment: none for seven days, or no folder; None when all is well. One question."""
    began = select(Folder.at).order_by(Folder.id).limit(1).scalar_subquery()
    good = select(func.max(Run.ended_at)).where(Run.error == "").scalar_subquery()
    row: Any = session.execute(select(began, good)).one()
    since, last = row
    if since is None:
        return Overdue(folder=False, days=None)
    late = at - (last or since)
    return Overdue(folder=True, days=late.days if last else None) if late > LATE else None
