"""What an administrator looks at: whether the heart beats, backups come, mail goes out, and who is who."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from fundapp.backups.models import Folder, Run
from fundapp.kit.database import ReadSession
from fundapp.kit.i18n import gettext as _
from fundapp.mail.models import Message
from fundapp.overview.rows import Name, Row
from fundapp.people.models import Person, RoleHeld
from fundapp.reminders.models import Beat

BEAT_WITHIN, BACKUP_WITHIN = timedelta(minutes=10), timedelta(days=7)


@dataclass(frozen=True)
class Upkeep:
    beat: datetime | None
    backup: datetime | None
    folder: str | None
    waiting: int
    failed: int
    to_confirm: list[tuple[int, Name, str]]  # person, name, role
    roles: list[tuple[str, int]]
    at: datetime

    @property
    def beats(self) -> bool:
        return self.beat is not None and self.at - self.beat <= BEAT_WITHIN

    @property
    def backed_up(self) -> bool:
        return self.backup is not None and self.at - self.backup <= BACKUP_WITHIN

    def work(self) -> list[Row]:
        """What is the administrator's to do about it."""
        if not self.folder:
            return [Row(_("Choose a folder for the nightly backup"), "/backups", _("No backup was made yet."))]
        if not self.backed_up:
            return [Row(_("See why no backup was made"), "/backups", _("None has succeeded for seven days."))]
        return []


def upkeep(session: ReadSession, *, at: datetime) -> Upkeep:
    last = select(func.max(Run.ended_at)).where(Run.error == "").scalar_subquery()
    folder = select(Folder.path).order_by(Folder.id.desc()).limit(1).scalar_subquery()
    open_ = (Message.channel == "mail", Message.sent_at.is_(None), Message.stopped_at.is_(None))
    waiting = select(func.count()).where(*open_, Message.failed_at.is_(None)).scalar_subquery()
    failed = select(func.count()).where(*open_, Message.failed_at.is_not(None)).scalar_subquery()
    beat = select(func.max(Beat.at)).scalar_subquery()
    row = session.execute(select(beat, last, folder, waiting, failed)).one()
    unconfirmed = session.execute(
        select(Person.id, Person.given_name, Person.family_name, RoleHeld.role)
        .join(RoleHeld, RoleHeld.person_id == Person.id)
        .where(RoleHeld.confirmed_at.is_(None), RoleHeld.ended_at.is_(None))
        .order_by(RoleHeld.id)
    )
    roles = session.execute(
        select(RoleHeld.role, func.count(func.distinct(RoleHeld.person_id)))
        .where(RoleHeld.ended_at.is_(None), RoleHeld.confirmed_at.is_not(None))
        .group_by(RoleHeld.role)
        .order_by(RoleHeld.role)
    )
    people = [(id, Name(given, family or ""), role) for id, given, family, role in unconfirmed]
    return Upkeep(row[0], row[1], row[2], row[3], row[4], people, [(role, n) for role, n in roles], at)
