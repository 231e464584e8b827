"""The outbox as the administrator reads it, what was written about a case, what is to be told by telephone."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import ColumnElement, and_, func, or_, select

from fundapp.kit.database import ReadSession
from fundapp.mail.models import Message


def outbox(
    session: ReadSession, *, before: int | None = None, limit: int = 100, without: Sequence[int] = ()
) -> list[Message]:
    """Messages, newest first, paged by id; `without` the cases that are closed to the reader."""
    asked = select(Message).order_by(Message.id.desc()).limit(limit)
    if without:
        asked = asked.where(or_(Message.case_id.is_(None), Message.case_id.not_in(without)))
    return list(session.scalars(asked.where(Message.id < before) if before else asked))


class Somebody(Protocol):
    @property
    def id(self) -> Any: ...


def of_case(
    session: ReadSession, case_id: int, to: Somebody | None = None, *, at: datetime | None = None
) -> list[Message]:
    """What was written about a case, newest first; `to`: to this person only.

    `at`: without what was stopped or may yet be stopped, that is, what the person may read by now.
    """
    asked = select(Message).where(Message.case_id == case_id).order_by(Message.id.desc())
    if to is not None:
        asked = asked.where(Message.to_id == to.id)
    if at is not None:
        asked = asked.where(Message.stopped_at.is_(None), Message.send_after <= at)
    return list(session.scalars(asked))


def to_tell(before: datetime) -> ColumnElement[bool]:
    """What somebody has to tell by telephone, as a condition on Message: texts that wait since `before` or were given up.

    Also mail that could not be delivered, if it has a short text.
    """
    waits = and_(Message.channel == "text", Message.send_after <= before)
    return and_(
        Message.sent_at.is_(None), Message.stopped_at.is_(None), Message.told_at.is_(None), Message.short != "",
        or_(waits, Message.failed_at.is_not(None)),
    )  # fmt: skip


PATIENCE = timedelta(hours=1)


def told_since(at: datetime, *, gateway: bool) -> datetime:
    """Texts that wait since this moment are told by telephone; a gateway, where there is one, has an hour to send them."""
    return at - PATIENCE if gateway else at


def find(session: ReadSession, id: int, *, visible_to: object) -> Message | None:
    return session.get(Message, id)


def waiting(session: ReadSession) -> int:
    """How many mails have not gone out and are neither stopped nor given up."""
    return (
        session.scalar(
            select(func.count()).where(
                Message.channel == "mail",
                Message.sent_at.is_(None),
                Message.stopped_at.is_(None),
                Message.failed_at.is_(None),
            )
        )
        or 0
    )
