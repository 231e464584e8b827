"""Questions about backups."""

from datetime import datetime

from sqlalchemy import select

from fundapp.backups.models import Folder, Run
from fundapp.kit.database import ReadSession


def folder(session: ReadSession) -> Folder | None:
    """The folder that holds now."""
    return session.scalars(select(Folder).order_by(Folder.id.desc()).limit(1)).first()


def runs(session: ReadSession, limit: int = 30) -> list[Run]:
    """The newest runs, newest first."""
    return list(session.scalars(select(Run).order_by(Run.id.desc()).limit(limit)))


def last_good(session: ReadSession) -> datetime | None:
    """When the newest successful backup ended."""
    asked = select(Run.ended_at).where(Run.ended_at.is_not(None), Run.error == "")
    return session.scalars(asked.order_by(Run.ended_at.desc()).limit(1)).first()


def waiting(session: ReadSession) -> Run | None:
    """The backup that somebody asked for and that has not ended."""
    asked = select(Run).where(Run.asked_at.is_not(None), Run.ended_at.is_(None))
    return session.scalars(asked.order_by(Run.id).limit(1)).first()
