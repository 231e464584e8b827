"""Reading the history, and proving it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, or_, select

from fundapp.history.links import commitment, digest
from fundapp.history.models import START, Entry, Head, Words
from fundapp.kit.database import ReadSession

BUILDS_NOTHING = ("people.read", "people.refused", "documents.issue", "documents.reorder")


@dataclass(frozen=True)
class Told:
    """An entry together with the words kept beside it ('' when there were none or they were erased)."""

    entry: Entry
    because: str


def of_case(session: ReadSession, case_id: int, limit: int = 200) -> list[Told]:
    """The newest entries of one case, newest first."""
    return _told(session, Entry.case_id == case_id, limit)


def of_subject(session: ReadSession, subject: str, limit: int = 200) -> list[Told]:
    return _told(session, Entry.subject == subject, limit)


def newest(
    session: ReadSession, before: int | None = None, limit: int = 100, *, without: Sequence[int] = ()
) -> list[Told]:
    """All entries, newest first, paged by sequence number; `without` the cases that are closed to the reader."""
    shown = or_(Entry.case_id.is_(None), Entry.case_id.not_in(without)) if without else Entry.seq > 0
    return _told(session, and_(Entry.seq < before, shown) if before else shown, limit)


def last_step(session: ReadSession, case_id: int) -> Entry | None:
    """The newest step of a case on which nothing was built since; None when something was, or there was no step.

    Entries of the same moment belong to the same verb; reading, refusals and the writing of a document build nothing.
    """
    asked = select(Entry).where(Entry.case_id == case_id, Entry.source.is_not(None)).order_by(Entry.seq.desc())
    step = session.scalars(asked.limit(1)).first()
    if step is None:
        return None
    later = select(Entry.seq).where(
        Entry.case_id == case_id, Entry.seq > step.seq, Entry.at > step.at, Entry.action.not_in(BUILDS_NOTHING)
    )
    return None if session.scalars(later.limit(1)).first() else step


def head(session: ReadSession) -> tuple[int, str]:
    """(number of the last entry, its hash)."""
    found = session.get_one(Head, 1)
    return found.seq, found.hash


def broken(session: ReadSession, known_head: str | None = None) -> list[str]:
    """Sentences that say where the chain does not hold; empty when it does. `known_head` is a hash that left the machine earlier."""
    problems, prev, seq, seen = [], START, 0, known_head in (None, START)
    for entry, words in session.execute(
        select(Entry, Words)
        .outerjoin(Words, Words.seq == Entry.seq)
        .order_by(Entry.seq)
        .execution_options(yield_per=500)
    ):
        seq += 1
        if entry.seq != seq:
            problems.append(f"entry {seq} is missing, {entry.seq} follows")
            seq = entry.seq
        if entry.prev != prev:
            problems.append(f"entry {entry.seq} does not continue the entry before it")
        if digest(entry) != entry.hash:
            problems.append(f"entry {entry.seq} was changed")
        if words is not None and commitment(words.salt, words.text) != entry.commitment:
            problems.append(f"the words beside entry {entry.seq} were changed")
        prev = entry.hash
        seen = seen or entry.hash == known_head
    if head(session) != (seq, prev):
        problems.append(f"the chain ends at entry {seq}, but the head says {head(session)[0]}")
    if not seen:
        problems.append("the head given is not in the chain: entries were cut off or rewritten")
    return problems


def _told(session: ReadSession, condition: object, limit: int) -> list[Told]:
    rows: Iterable[tuple[Entry, str | None]] = session.execute(
        select(Entry, Words.text)
        .outerjoin(Words, Words.seq == Entry.seq)
        .where(condition)  # type: ignore[arg-type]
        .order_by(Entry.seq.desc())
        .limit(limit)
    )
    return [Told(entry, because or "") for entry, because in rows]
