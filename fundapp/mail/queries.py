"""The outbox as the administrator reads it."""

from collections.abc import Sequence

from sqlalchemy import func, or_, select

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


def of_case(session: ReadSession, case_id: int) -> list[Message]:
    return list(session.scalars(select(Message).where(Message.case_id == case_id).order_by(Message.id.desc())))


def find(session: ReadSession, id: int, *, visible_to: object) -> Message | None:
    return session.get(Message, id)


def waiting(session: ReadSession) -> int:
    """How many have not gone out and are neither stopped nor given up."""
    return (
        session.scalar(
            select(func.count()).where(
                Message.sent_at.is_(None), Message.stopped_at.is_(None), Message.failed_at.is_(None)
            )
        )
        or 0
    )
