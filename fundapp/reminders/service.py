"""Owing, doing, promising; and the sweep that reminds."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import or_, select

from fundapp.history.service import record, subject_of
from fundapp.kit.database import WriteSession
from fundapp.kit.dates import working_day_on_or_after
from fundapp.kit.errors import Refused
from fundapp.kit.i18n import gettext as _
from fundapp.mail.service import queue
from fundapp.people.deputies import deputies_of
from fundapp.people.models import Person
from fundapp.reminders.duties import NOTICE_DAYS, NOTICE_TITLES, NOTICES, Duty, subject_id
from fundapp.reminders.models import DayOff, Notice, Obligation


def owe(session: WriteSession, kind: str, thing: Any, *, due: date, title: str, at: datetime) -> Obligation:
    """Something is due for `thing` on `due`, moved to the next working day. Owed again, the date follows; one row per kind and thing."""
    due = working_day(session, due)
    found = session.scalars(
        select(Obligation).where(Obligation.kind == kind, Obligation.subject == subject_of(thing))
    ).first()
    if found is None:
        found = Obligation(kind=kind, subject=subject_of(thing), reminded=[], created_at=at)
        session.add(found)
    elif found.due != due:
        found.reminded = []
    found.case_id, found.branch_id = getattr(thing, "case_id", None), getattr(thing, "branch_id", None)
    found.title, found.due, found.done_at, found.cancelled_at = title, due, None, None
    session.flush()
    return found


def done(session: WriteSession, kind: str, thing: Any, *, at: datetime) -> None:
    """The obligation of this kind for this thing is met."""
    for found in _open(session, kind, thing):
        found.done_at = at


def cancel(session: WriteSession, kind: str, thing: Any, *, at: datetime) -> None:
    for found in _open(session, kind, thing):
        found.cancelled_at = at


def cancel_case(session: WriteSession, case_id: int, *, at: datetime, kinds: Iterable[str] = ()) -> None:
    """Cancels what is open for a whole case (only of `kinds`, when given)."""
    asked = select(Obligation).where(
        Obligation.case_id == case_id, Obligation.done_at.is_(None), Obligation.cancelled_at.is_(None)
    )
    if kinds:
        asked = asked.where(Obligation.kind.in_(tuple(kinds)))
    for found in session.scalars(asked):
        found.cancelled_at = at


def note_contact(
    session: WriteSession,
    obligation: Obligation,
    *,
    by: Person,
    at: datetime,
    spoken_to: str = "",
    note: str = "",
    promised: date | None = None,
) -> None:
    """A call was made: with whom, what was said, what was promised. A promise moves the reminder, never the due date."""
    if not (spoken_to or note or promised):
        raise Refused(_("Say with whom you spoke, what was said, or what was promised."), field="note")
    obligation.contacted_at, obligation.contacted_by_id = at, by.id
    obligation.spoken_to, obligation.note, obligation.promised = spoken_to, note, promised
    record(session, "reminders.contact", obligation, by=by, at=at, because=note, promised=promised)


def tell(
    session: WriteSession,
    thing: Any,
    kind: str,
    *,
    words: str,
    phone: str,
    key: str,
    by: Person,
    at: datetime,
    on: date,
) -> Notice:
    """The applicant says that something has changed, or asks to be called; the branch owes an answer within two working days.

    Sent twice with the same key it is one notice. Raises Refused when something changed and nothing is said about it.
    """
    found = session.scalars(select(Notice).where(Notice.key == key)).first()
    if found is not None:
        return found
    if kind == "changed" and not words.strip():
        raise Refused(_("Please say in a few words what has changed."), field="words")
    notice = Notice(
        kind=kind,
        case_id=thing.case_id,
        branch_id=thing.branch_id,
        words=words,
        phone=phone,
        key=key,
        by_id=by.id,
        at=at,
    )
    session.add(notice)
    session.flush()
    due = on
    for _day in range(NOTICE_DAYS):
        due = working_day(session, due + timedelta(days=1))
    owe(session, NOTICES[kind], notice, due=due, title=NOTICE_TITLES[kind], at=at)
    record(session, f"reminders.{kind}", notice, by=by, at=at, because=words)
    return notice


def take_back(session: WriteSession, notice: Notice, *, by: Person, at: datetime) -> None:
    """The applicant no longer needs an answer. Raises Refused when one was given."""
    if notice.answered_at is not None:
        raise Refused(_("This was answered already."))
    if notice.taken_back_at is None:
        notice.taken_back_at = at
        cancel(session, NOTICES[notice.kind], notice, at=at)
        record(session, "reminders.take_back", notice, by=by, at=at)


def answered(session: WriteSession, obligation: Obligation, *, by: Person, at: datetime) -> None:
    """What an applicant told the branch was dealt with. Raises Refused for what is done by its own step."""
    if obligation.kind not in NOTICES.values():
        raise Refused(_("This is done where it is done: open it."))
    notice = session.get_one(Notice, subject_id(obligation))
    if obligation.open:
        notice.answered_at, notice.answered_by_id, obligation.done_at = at, by.id, at
        record(session, "reminders.answer", notice, by=by, at=at)


def working_day(session: WriteSession, day: date) -> date:
    """`day` or the next working day of the calendar after it."""
    special = session.info.get("days_off")  # asked once in a transaction, however much is owed in it
    if special is None:
        special = session.info["days_off"] = {row.day: row.working for row in session.scalars(select(DayOff))}
    return working_day_on_or_after(day, lambda d: special.get(d, d.weekday() < 5))


def sweep(session: WriteSession, duties: Mapping[str, Duty], *, on: date, at: datetime, limit: int = 200) -> int:
    """Queues the reminders that are due on `on`; says how many. Run at any time, any number of times, by any number of processes.

    After downtime one mail for the newest stage. A promise later than `on` holds the reminder back.
    """
    horizon = on + timedelta(days=max((day for duty in duties.values() for day in duty.before), default=0))
    rows = session.scalars(
        select(Obligation)
        .where(Obligation.done_at.is_(None), Obligation.cancelled_at.is_(None), Obligation.due <= horizon)
        .where(or_(Obligation.promised.is_(None), Obligation.promised < on))
        .order_by(Obligation.due, Obligation.id)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()
    queued = 0
    for obligation in rows:
        duty = duties[obligation.kind]
        stages = [
            day for day in duty.before if obligation.due - timedelta(days=day) <= on and day not in obligation.reminded
        ]
        if not stages:
            continue
        if not duty.still_due(session, obligation):
            obligation.cancelled_at = at
            continue
        if queued >= limit:
            break
        obligation.reminded = sorted({*obligation.reminded, *stages}, reverse=True)
        for person in _with_deputies(session, duty.to(session, obligation), on):
            key = f"{obligation.kind}:{obligation.id}:{obligation.due}:{min(stages)}:{person.id}"
            link = duty.url.format(case=obligation.case_id, id=subject_id(obligation))
            days = (obligation.due - on).days
            queue(
                session,
                duty.text,
                person,
                key=key,
                at=at,
                case=obligation,
                obligation=obligation,
                on=on,
                days=days,
                link=link,
            )
            queued += 1
    return queued


def _with_deputies(session: WriteSession, persons: Iterable[Person], on: date) -> list[Person]:
    """Those who are reminded and who stands in for them on `on`, each once."""
    asked = list(persons)
    standing = deputies_of(session, [person.id for person in asked], on)
    return list(dict.fromkeys([*asked, *(one for person in asked for one in standing.get(person.id, []))]))


def _open(session: WriteSession, kind: str, thing: Any) -> list[Obligation]:
    return list(
        session.scalars(
            select(Obligation).where(
                Obligation.kind == kind,
                Obligation.subject == subject_of(thing),
                Obligation.done_at.is_(None),
                Obligation.cancelled_at.is_(None),
            )
        )
    )
