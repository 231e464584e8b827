"""Recording. `record` in the verb's transaction; `note` for what must outlive a refusal (who read, who was refused)."""

import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from sqlalchemy import event

from fundapp.history.links import commitment, digest
from fundapp.history.models import Entry, Head, Words
from fundapp.kit.database import ReadSession, WriteSession


class Somebody(Protocol):
    """Who did it; `id` is None for the system itself."""

    @property
    def id(self) -> Any: ...


@dataclass(frozen=True)
class Happened:
    """An entry that waits in the session to be chained."""

    action: str
    subject: str
    by_id: int | None
    for_id: int | None
    at: datetime
    case_id: int | None
    branch_id: int | None
    source: str | None
    target: str | None
    because: str
    data: Mapping[str, Any]


def subject_of(thing: Any) -> str:
    """'<room>.<noun>:<id>', as every row of a lower room that speaks of something higher names it."""
    room = type(thing).__module__.split(".")[1]
    return f"{room}.{type(thing).__name__.lower()}:{thing.id}"


def record(
    session: WriteSession,
    action: str,
    thing: Any,
    *,
    by: Somebody,
    at: datetime,
    because: str = "",
    source: str | None = None,
    target: str | None = None,
    **data: Any,
) -> None:
    """Writes down that `by` did `action` to `thing`, and for whom, when they needed somebody else's right. `data` takes ids, codes, amounts and ISO dates only, never words about people."""
    session.flush()
    stood_for: int | None = getattr(by, "acts_for", None)
    case_id, branch_id = getattr(thing, "case_id", None), getattr(thing, "branch_id", None)
    happened = Happened(
        action, subject_of(thing), by.id, stood_for, at, case_id, branch_id, source, target, because.strip(), data
    )
    session.info.setdefault("history", []).append(happened)


def note(session: ReadSession, work: Callable[[WriteSession], None]) -> None:
    """Lets `work` run in a short transaction of its own after the request's session has closed; ids only, no rows."""
    session.info.setdefault("notes", []).append(work)


def _chain(session: WriteSession) -> None:
    waiting: list[Happened] = session.info.pop("history", [])
    if not waiting:
        return
    session.flush()
    head = session.get_one(Head, 1, with_for_update=True, populate_existing=True)
    now = datetime.now(UTC)
    for item in waiting:
        head.seq += 1
        salt = secrets.token_hex(16)
        entry = Entry(
            seq=head.seq,
            at=item.at,
            recorded_at=now,
            by_id=item.by_id,
            for_id=item.for_id,
            action=item.action,
            subject=item.subject,
            case_id=item.case_id,
            branch_id=item.branch_id,
            source=item.source,
            target=item.target,
            data=json.loads(json.dumps(dict(item.data), default=str)),
            commitment=commitment(salt, item.because) if item.because else None,
            prev=head.hash,
        )
        entry.hash = head.hash = digest(entry)
        session.add(entry)
        if item.because:
            session.flush()
            session.add(Words(seq=entry.seq, salt=salt, text=item.because))
    session.flush()


event.listen(WriteSession, "before_commit", _chain)
