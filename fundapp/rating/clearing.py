"""Approvals that wait for a donor's or a board's no-objection: asked by a mailed link, answered once, then carried out or let go.

From the scheme's `clearance_above` on. The money is reserved when the meeting closes, the applicant hears nothing before
all who were asked have agreed. Silence is never consent.
"""

import secrets
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select

from fundapp.files.service import attach
from fundapp.files.store import Kept
from fundapp.funds.ledger import release
from fundapp.funds.models import Fund
from fundapp.history.service import record
from fundapp.kit.database import WriteSession, locked
from fundapp.kit.dates import on
from fundapp.kit.errors import NotAllowed, Refused
from fundapp.kit.i18n import gettext as _
from fundapp.lifecycle.service import SYSTEM
from fundapp.mail.service import queue
from fundapp.measures.lifecycle import Status
from fundapp.measures.models import Measure
from fundapp.people.entering import Newcomer
from fundapp.people.models import Person
from fundapp.people.permissions import Action, Actor, Role, may
from fundapp.people.queries import with_role
from fundapp.people.secrets import hashed
from fundapp.rating import afterwards, decisions, queries, sitting
from fundapp.rating.afterwards import Asked
from fundapp.rating.codes import CLEARANCE_TITLE, TAKEN_BACK
from fundapp.rating.proceedings import Clearance, Decision, Meeting
from fundapp.reminders.service import cancel, done, owe, working_day

ANSWER_WORKING_DAYS, ASK_WITHIN = 10, 3
DUTY = "rating.clearance"


def hold_back(session: WriteSession, decision: Decision, *, by: Person, at: datetime) -> None:
    """Instead of carrying it out: the money is reserved, the measure stays RATED, a manager owes the asking."""
    measure = session.get_one(Measure, decision.measure_id)
    fund = session.get_one(Fund, measure.fund_id)
    decisions.reserve_for(session, decision, by=by, at=at)
    decision.waits = True
    _owe(session, measure, _working_days(session, on(at, fund.zone), ASK_WITHIN), at)
    record(session, "rating.wait", measure, by=by, at=at, decision=decision.id, amount=decision.amount)


def due_day(session: WriteSession, fund: Fund, at: datetime) -> date:
    return _working_days(session, on(at, fund.zone), ANSWER_WORKING_DAYS)


def ask(
    session: WriteSession,
    waiting: Sequence[Decision],
    people: Sequence[Asked],
    *,
    due: date | None = None,
    by: Person,
    at: datetime,
) -> int:
    """Asks everybody about every decision, one mail each with a link for each decision; says how many links were made.

    Who has answered already is not asked again; a new link for the same address ends the old one. `due`: the last day for
    an answer, ten working days from now unless given. Raises Refused, NotAllowed.
    """
    if not may(by, Action.ASK_CLEARANCE):
        raise NotAllowed
    rows = [locked(session, row) for row in waiting]
    people = list({person.email.strip().lower(): person for person in people if person.email.strip()}.values())
    if not people or not rows or not all(row.waits for row in rows):
        raise Refused(_("Please write who is asked.") if not people else _("Nothing waits here any more."))
    measures = {measure.id: measure for measure in queries.loaded(session, [row.measure_id for row in rows])}
    fund = session.get_one(Fund, next(iter(measures.values())).fund_id)
    due = due or due_day(session, fund, at)
    if due < on(at, fund.zone):
        raise Refused(_("The day for the answer lies in the past."), field="due")
    links = 0
    for person in people:
        keys = [(measures[row.measure_id], row, _link(session, row, person, due, by, at)) for row in rows]
        new = [(measure, row, key) for measure, row, key in keys if key]
        links += len(new)
        if new:
            _mail(session, person, new, due, fund, at)
    for row in rows:
        measure = measures[row.measure_id]
        _owe(session, measure, due, at)
        record(session, "rating.ask_clearance", measure, by=by, at=at, decision=row.id, people=len(people))
    return links


def ask_again(session: WriteSession, clearance: Clearance, *, by: Person, at: datetime) -> None:
    """A new link to somebody who has not answered, and ten working days from now; the old link ends."""
    decision = _open(session, clearance)
    ask(session, [decision], [Asked(clearance.name, clearance.email, clearance.language)], by=by, at=at)


def withdraw(session: WriteSession, clearance: Clearance, *, by: Person, at: datetime) -> None:
    """This person is not asked any more. If all others have agreed, the approval is carried out."""
    if not may(by, Action.ASK_CLEARANCE):
        raise NotAllowed
    decision = _open(session, clearance)
    clearance.withdrawn_at = at
    measure = session.get_one(Measure, decision.measure_id)
    record(session, "rating.withdraw_clearance", measure, by=by, at=at, decision=decision.id, clearance=clearance.id)
    _settle(session, decision, at=at)


def answer_link(session: WriteSession, key: str, *, agreed: bool, note: str, name: str, at: datetime) -> Clearance:
    """Uses the link up. Raises Refused when it was used, is over, or an objection gives no reason."""
    clearance = afterwards.by_key(session, key)
    if clearance is None:
        raise Refused(_("This link does not work any more."))
    return _answer(session, clearance, agreed=agreed, note=note, name=name, by=SYSTEM, at=at, late=False)


def answer_on_paper(
    session: WriteSession,
    clearance: Clearance,
    *,
    agreed: bool,
    note: str,
    name: str,
    kept: Kept,
    by: Person,
    at: datetime,
) -> None:
    """A manager notes an answer that came on paper, with a picture of it."""
    if not may(by, Action.ASK_CLEARANCE):
        raise NotAllowed
    _answer(session, clearance, agreed=agreed, note=note, name=name, by=by, at=at, late=True)
    attach(session, kept, clearance, by=by, at=at)


def take_back(session: WriteSession, decision: Decision, *, because: str, by: Person, at: datetime) -> None:
    """The approval is not waited for any more: the money is free again, the measure goes to the next meeting."""
    if not may(by, Action.ASK_CLEARANCE):
        raise NotAllowed
    if not because.strip():
        raise Refused(_("Please give a reason; it stays in the history."), field="because")
    measure = session.get_one(Measure, locked(session, decision).measure_id)
    if not decision.waits:
        raise Refused(_("Nothing waits here any more."))
    _let_go(session, decision, measure, "taken_back", by, at)
    record(session, "rating.take_back_waiting", measure, by=by, at=at, because=because, decision=decision.id)


def drop(session: WriteSession, measure: Measure, *, by: Actor, at: datetime) -> None:
    """For who withdraws a proposal: an approval that waits is let go, and nobody is asked any more."""
    decision = afterwards.waiting(session, measure.id)
    if decision is not None:
        _let_go(session, locked(session, decision), measure, "taken_back", by, at)


def _answer(
    session: WriteSession,
    clearance: Clearance,
    *,
    agreed: bool,
    note: str,
    name: str,
    by: Actor,
    at: datetime,
    late: bool,
) -> Clearance:
    decision = locked(session, session.get_one(Decision, clearance.decision_id))
    locked(session, clearance)
    measure = session.get_one(Measure, decision.measure_id)
    today = clearance.due if late else on(at, session.get_one(Fund, measure.fund_id).zone)
    if reasons := afterwards.why_not_answer(session, clearance, today):
        raise Refused(*reasons)
    if not name.strip():
        raise Refused(_("Please write your name."), field="name")
    if not agreed and len(note.strip()) < 3:
        raise Refused(_("Please say in a sentence why."), field="note")
    clearance.answer, clearance.answered_at = "agreed" if agreed else "objected", at
    clearance.note, clearance.answered_by = note.strip(), " ".join(name.split())
    step = "rating.agree_clearance" if agreed else "rating.object_clearance"
    record(
        session, step, measure, by=by, at=at, because=note, decision=decision.id, clearance=clearance.id, amount=decision.amount
    )  # fmt: skip
    _settle(session, decision, at=at)
    return clearance


def _settle(session: WriteSession, decision: Decision, *, at: datetime) -> None:
    """All agreed: the approval is carried out. One objected: it is let go, chair and managers are told."""
    session.flush()
    rows = [c for c in afterwards.clearances(session, [decision.id]).get(decision.id, []) if c.withdrawn_at is None]
    measure = session.get_one(Measure, decision.measure_id)
    meeting = session.get_one(Meeting, decision.meeting_id)
    objected = next((row for row in rows if row.answer == "objected"), None)
    if objected is not None:
        _let_go(session, decision, measure, "objected", SYSTEM, at)
        _tell_objection(session, meeting, decision, measure, objected, at)
    elif rows and all(row.answer == "agreed" for row in rows) and measure.status == Status.RATED:
        locked(session, session.get_one(Fund, measure.fund_id))
        decision.waits = False
        done(session, DUTY, measure, at=at)
        decisions.carry_out(session, decision, by=SYSTEM, at=at)


def _let_go(session: WriteSession, decision: Decision, measure: Measure, why: str, by: Actor, at: datetime) -> None:
    """The decision stays in the minutes, marked; the money is free, open links are over."""
    decision.waits, decision.frozen = False, decision.frozen | {why: at.isoformat()}
    for row in afterwards.clearances(session, [decision.id]).get(decision.id, []):
        if row.answer is None:
            row.withdrawn_at = row.withdrawn_at or at
    fund = session.get_one(Fund, measure.fund_id)
    release(
        session, fund, measure, decision.amount or 0, booked_on=on(at, fund.zone), key=f"rating.let_go:{decision.id}",
        document=TAKEN_BACK % {"number": measure.number}, by=by, at=at,
    )  # fmt: skip
    cancel(session, DUTY, measure, at=at)


def _tell_objection(
    session: WriteSession, meeting: Meeting, decision: Decision, measure: Measure, row: Clearance, at: datetime
) -> None:
    """To the chair and the managers; who has a conflict in the measure does not get it, for the chair the deputy does."""
    seats = sitting.members(session, meeting.committee_id)
    tied = queries.conflicted(session, [measure], seats)[measure.id]
    free = [seat for seat in seats if seat.person_id not in tied]
    leads = [seat.person for seat in free if seat.chair] or [seat.person for seat in free if seat.deputy]
    for person in dict.fromkeys([*leads, *with_role(session, Role.MANAGER)]):
        if queries.closed_to(session, [measure], person):
            continue
        queue(
            session, "rating/clearance_objected", person, key=f"rating.objected:{decision.id}:{person.id}", at=at, case=measure,
            measure=measure, who=row.name, note=row.note, link=f"/rating/meetings/{meeting.id}#m{measure.id}",
        )  # fmt: skip


def _link(session: WriteSession, decision: Decision, to: Asked, due: date, by: Person, at: datetime) -> str:
    """A new link for this address and decision; '' when it has answered already."""
    email = to.email.strip().lower()
    asked = select(Clearance).where(Clearance.decision_id == decision.id, Clearance.email == email)
    row = session.scalars(asked).first()
    if row is not None and row.answer is not None:
        return ""
    key = secrets.token_urlsafe(32)
    if row is None:
        row = Clearance(decision_id=decision.id, email=email)
        session.add(row)
    row.name, row.language, row.key_hash, row.due = " ".join(to.name.split()), to.language, hashed(key), due
    row.asked_by_id, row.asked_at, row.withdrawn_at = by.id, at, None
    session.flush()
    return key


def _mail(
    session: WriteSession, to: Asked, new: Sequence[tuple[Measure, Decision, str]], due: date, fund: Fund, at: datetime
) -> None:
    items = [
        (measure, decision.amount, f"/rating/clearance/{key}?lang={to.language}") for measure, decision, key in new
    ]
    key = f"rating.clearance:{hashed(new[0][2])[:24]}"
    queue(
        session, "rating/clearance", Newcomer(to.language, to.email.strip().lower()), key=key, at=at, who=to.name, items=items,
        due=due, fund=fund.name, currency=fund.currency,
    )  # fmt: skip


def _open(session: WriteSession, clearance: Clearance) -> Decision:
    decision = locked(session, session.get_one(Decision, clearance.decision_id))
    if not decision.waits or clearance.answer is not None:
        raise Refused(_("This question has been answered."))
    return decision


def _owe(session: WriteSession, measure: Measure, due: date, at: datetime) -> None:
    owe(session, DUTY, measure, due=due, title=CLEARANCE_TITLE % {"number": measure.number}, at=at)


def _working_days(session: WriteSession, day: date, count: int) -> date:
    for _n in range(count):
        day = working_day(session, day + timedelta(days=1))
    return day
