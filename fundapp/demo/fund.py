"""What `fundapp demo` calls: is there a demonstration, make one, and whom it can be shown through."""

import gc
from datetime import datetime
from functools import partial

from sqlalchemy import event, select

from fundapp.config import Settings
from fundapp.demo import national
from fundapp.demo.cast import NATIONAL, PASSWORD
from fundapp.demo.story import Story
from fundapp.files.store import Store
from fundapp.funds.models import Fund
from fundapp.kit.database import Database, ReadSession, WriteSession
from fundapp.mail.models import Message
from fundapp.mail.service import stop
from fundapp.people.passwords import hash_password
from fundapp.people.queries import find_by_email

CODE = national.CODE


def is_demo(session: ReadSession) -> bool:
    return session.scalars(select(Fund).where(Fund.code == CODE)).first() is not None


def accounts(session: ReadSession) -> list[tuple[str, str, str]]:
    """(role, e-mail, password) of one account for each role, and the other members."""
    found = [(account.roles[0].value, account.email, PASSWORD) for account in NATIONAL]
    return [row for row in found if find_by_email(session, row[1])]


def prepare(settings: Settings, database: Database, now: datetime) -> None:
    """Fills the empty database with its documents; all or nothing."""
    store = Store(settings.home / "files")
    password = hash_password(PASSWORD, quick=True)
    gc.disable()  # everything is needed until the end
    try:
        database.write(partial(_tell, settings, store, now, password))
    finally:
        gc.enable()


def _tell(settings: Settings, store: Store, now: datetime, password: str, session: WriteSession) -> None:
    session.info["alone"] = True
    kept = session.info.setdefault("kept", [])  # a session forgets what nobody holds, and would ask again
    event.listen(session, "loaded_as_persistent", lambda _, row: kept.append(row))
    event.listen(session, "pending_to_persistent", lambda _, row: kept.append(row))
    story = Story(settings, session, store, now)
    with story.printer:
        national.tell(story, password)
        story.printer.issue(session, at=now)
    for message in session.scalars(select(Message).where(Message.sent_at.is_(None))):
        stop(session, message, at=now)  # nobody invented reads mail
