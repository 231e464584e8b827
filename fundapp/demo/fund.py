"""What `fundapp demo` calls: is there a demonstration, make one, and whom it can be shown through."""

import gc
import os
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import event, select

from fundapp.backups.service import choose_folder
from fundapp.config import Settings
from fundapp.demo import national, small
from fundapp.demo.cast import NATIONAL, PASSWORD, SMALL, Account
from fundapp.demo.story import Story
from fundapp.files.store import Store
from fundapp.funds.models import Fund
from fundapp.kit.database import Database, ReadSession, WriteSession
from fundapp.mail.models import Message
from fundapp.mail.service import stop
from fundapp.people.models import RoleHeld
from fundapp.people.passwords import hash_password
from fundapp.people.permissions import Role

Tell = Callable[[Story, str], None]
TOLD: dict[str, Tell] = {"national": national.tell, "small": small.tell}
ACCOUNTS: dict[str, tuple[Account, ...]] = {national.CODE: NATIONAL, small.CODE: SMALL}  # by the fund's code
ADMINISTRATORS = ("admin", "office")
TOLD_AFTER, STILL_TO_TELL = timedelta(hours=2), timedelta(days=10)


def is_demo(session: ReadSession) -> bool:
    return bool(accounts(session))


def accounts(session: ReadSession) -> list[tuple[str, str, str]]:
    """(what it is for, e-mail, password) of each account; empty when this is no demonstration."""
    fund = session.scalars(select(Fund).where(Fund.code.in_(ACCOUNTS))).first()
    return [(account.second, account.email, PASSWORD) for account in ACCOUNTS[fund.code]] if fund else []


def prepare(settings: Settings, database: Database, now: datetime, preset: str = "national") -> None:
    """Fills the empty database with its documents; all or nothing."""
    store = Store(settings.home / "files", sync=False)
    password = hash_password(PASSWORD, quick=True)
    gc.disable()  # everything is needed until the end
    try:
        database.write(partial(_tell, TOLD[preset], settings, store, now, password))
    finally:
        gc.enable()
    if hasattr(os, "sync"):
        os.sync()  # hundreds of small files, once


def _tell(tell: Tell, settings: Settings, store: Store, now: datetime, password: str, session: WriteSession) -> None:
    session.info["alone"] = True
    kept = session.info.setdefault("kept", [])  # a session forgets what nobody holds, and would ask again
    event.listen(session, "loaded_as_persistent", lambda _, row: kept.append(row))
    event.listen(session, "pending_to_persistent", lambda _, row: kept.append(row))
    story = Story(settings, session, store, now)
    with story.printer:
        tell(story, password)
        story.printer.issue(session, at=now, ordered=story.end)
    administrator = next(story.who[key] for key in ADMINISTRATORS if key in story.who)
    choose_folder(session, str((settings.home / "backups").resolve()), by=administrator, at=now)
    _heard(session, now)


def _heard(session: WriteSession, now: datetime) -> None:
    """Nobody invented reads mail. Short texts were told by the branch's officer, but for those of the last days."""
    asked = select(RoleHeld.branch_id, RoleHeld.person_id).where(RoleHeld.role == Role.OFFICER)
    officers = dict(session.execute(asked.order_by(RoleHeld.id.desc())).all())
    for message in session.scalars(select(Message).where(Message.sent_at.is_(None))):
        if message.channel == "mail" or message.branch_id not in officers:
            stop(session, message, at=now)
        elif message.send_after < now - STILL_TO_TELL:
            message.told_at, message.told_by_id = message.send_after + TOLD_AFTER, officers[message.branch_id]
