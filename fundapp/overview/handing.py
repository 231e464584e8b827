"""Handing over: everything open of one person, handed to another in one act, and taken back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from fundapp.disbursement.lifecycle import PENDING
from fundapp.disbursement.models import Payment
from fundapp.history.models import Entry
from fundapp.history.service import record, subject_of
from fundapp.kit import i18n
from fundapp.kit.database import ReadSession, WriteSession
from fundapp.kit.errors import Refused
from fundapp.kit.i18n import gettext as _
from fundapp.mail.service import queue
from fundapp.measures.models import Measure
from fundapp.people import deputies, handing, queries
from fundapp.people.models import Deputy, Person, RoleHeld
from fundapp.people.permissions import Action, may
from fundapp.people.service import end_role, set_active
from fundapp.rating import committees
from fundapp.rating.models import Committee, Member, Sheet
from fundapp.reminders.models import Obligation


@dataclass(frozen=True)
class Open:
    """What a person has in hand: roles and seats can be moved; the rest goes along with the roles."""

    roles: list[RoleHeld]
    seats: list[tuple[Member, Committee]]
    sheets: list[tuple[Sheet, Measure]]
    drafts: list[Measure]  # written for applicants
    payments: list[tuple[Payment, Measure]]  # prepared, not yet paid
    obligations: list[Obligation]  # due in the branches of the person, soonest first
    due: int  # how many they are in all
    late: int
    standing: list[tuple[Deputy, Person]]  # whom the person stands in for

    @property
    def nothing(self) -> bool:
        return not (self.roles or self.seats or self.sheets or self.drafts or self.payments or self.standing)


def in_hand(session: ReadSession, person: Person, on: date, limit: int = 10) -> Open:
    """Everything open of one person, in a constant number of questions."""
    roles = [held for held in queries.roles_of(session, person.id) if held.ended_at is None]
    branches = {held.branch_id for held in roles if held.branch_id is not None}
    open_ = (Obligation.branch_id.in_(branches), Obligation.done_at.is_(None), Obligation.cancelled_at.is_(None))
    late = func.count().filter(Obligation.due < on)
    due, overdue = session.execute(select(func.count(), late).where(*open_)).one()
    drafts = select(Measure).where(Measure.prepared_by_id == person.id, Measure.status.in_(("draft", "returned")))
    return Open(
        roles=roles,
        seats=_pairs(session, select(Member, Committee).join(Committee).where(Member.person_id == person.id, Member.left_at.is_(None))),
        sheets=_pairs(session, select(Sheet, Measure).join(Measure).where(Sheet.person_id == person.id, Sheet.status.in_(("open", "locked")))),
        drafts=list(session.scalars(drafts.order_by(Measure.id).limit(limit))),
        payments=_pairs(
            session,
            select(Payment, Measure).join(Measure).where(Payment.prepared_by_id == person.id, Payment.status.in_(PENDING)),
        ),
        obligations=list(session.scalars(select(Obligation).where(*open_).order_by(Obligation.due).limit(limit))),
        due=due,
        late=overdue,
        standing=deputies.of_deputy(session, person.id, on),
    )  # fmt: skip


def _pairs(session: ReadSession, asked: Any) -> list[tuple[Any, Any]]:
    return [(one, other) for one, other in session.execute(asked.limit(50))]


@dataclass(frozen=True)
class Chosen:
    """What is handed over, by id, and whether the person leaves: then sign-in is switched off at once."""

    roles: Sequence[int]
    seats: Sequence[int]
    leaves: bool = False


def hand_over(
    session: WriteSession, person: Person, to: Person, chosen: Chosen, *, by: Person, at: datetime, on: date
) -> None:
    """One act: roles and seats move, being a deputy ends, and `to` is written to. Raises Refused with the first reason.

    Duties are addressed to who holds a role in a branch: they follow the roles. Signed sheets and who prepared what stay
    as they are: those are facts.
    """
    if to.id == person.id:
        raise Refused(_("Choose another person."), field="to")
    found = in_hand(session, person, on)
    roles = [held for held in found.roles if held.id in chosen.roles]
    seats = [(seat, committee) for seat, committee in found.seats if seat.id in chosen.seats]
    if not roles and not seats and not chosen.leaves:
        raise Refused(_("Choose what is handed over."), field="roles")
    if seats and not may(by, Action.MANAGE_COMMITTEE):
        raise Refused(_("A manager moves the seat on a committee."), field="seats")
    new = [handing.move_role(session, held, to, by=by, at=at) for held in roles]
    taken = [_move_seat(session, seat, committee, to, by=by, at=at) for seat, committee in seats]
    ended = handing.end_deputies(session, person, leaves=chosen.leaves, on=on, by=by, at=at)
    if chosen.leaves and person.active:
        set_active(session, person, False, by=by, at=at)
    record(
        session, "people.hand_over", person, by=by, at=at, to=to.id, left=chosen.leaves, deputies=ended,
        roles=[[held.id, given.id if given else None] for held, given in zip(roles, new, strict=True)],
        seats=[[seat.id, place.id if place else None] for (seat, _c), place in zip(seats, taken, strict=True)],
    )  # fmt: skip
    queue(
        session, "overview/handed_over", to, key=f"handed:{person.id}:{to.id}:{at.isoformat()}", at=at,
        who=i18n.called(person, "full"), due=found.due, late=found.late, link="/",
    )  # fmt: skip


def _move_seat(
    session: WriteSession, seat: Member, committee: Committee, to: Person, *, by: Person, at: datetime
) -> Member | None:
    """The same seat, chair, vote and term, for `to`; None when `to` sits there already. Open sheets become void, new ones are given."""
    committees.end_membership(session, seat, by=by, at=at)
    asked = select(Member.id).where(
        Member.committee_id == committee.id, Member.person_id == to.id, Member.left_at.is_(None)
    )
    if session.scalars(asked).first():
        return None
    return _seated(session, seat, committee, to, by=by, at=at)


def _seated(
    session: WriteSession, seat: Member, committee: Committee, to: Person, *, by: Person, at: datetime
) -> Member:
    return committees.add_member(
        session, committee, to, sector=seat.sector, chair=seat.chair, voting=seat.voting, deputy=seat.deputy,
        substitute=seat.substitute, until=seat.until, by=by, at=at,
    )  # fmt: skip


def last_act(session: ReadSession, person: Person) -> Entry | None:
    """The newest handing over of this person's work that was not taken back."""
    mine = Entry.subject == subject_of(person)
    back = select(Entry.data).where(mine, Entry.action == "people.hand_back")
    taken_back = {data["taken_back"] for data in session.scalars(back)}
    asked = select(Entry).where(mine, Entry.action == "people.hand_over").order_by(Entry.seq.desc())
    return next((entry for entry in session.scalars(asked) if entry.seq not in taken_back), None)


def hand_back(session: WriteSession, person: Person, *, by: Person, at: datetime) -> None:
    """Undoes the last handing over: what was given ends, what was ended is given again (grave roles wait for a second person)."""
    act = last_act(session, person)
    if act is None:
        raise Refused(_("Nothing of this person has been handed over."))
    if act.data["left"] and not person.active:
        set_active(session, person, True, by=by, at=at)
    for old_id, new_id in act.data["roles"]:
        old, new = session.get_one(RoleHeld, old_id), session.get(RoleHeld, new_id) if new_id else None
        if old.ended_at is not None:
            handing.give_again(session, old, person, succeeds=new, by=by, at=at)
        elif new is not None and new.ended_at is None:
            end_role(session, new, by=by, at=at)
    if act.data["seats"] and not may(by, Action.MANAGE_COMMITTEE):
        raise Refused(_("A manager moves the seat on a committee."))
    for old_id, new_id in act.data["seats"]:
        seat = session.get_one(Member, old_id)
        committee = session.get_one(Committee, seat.committee_id)
        if new_id and (place := session.get_one(Member, new_id)).left_at is None:
            _move_seat(session, place, committee, person, by=by, at=at)
        else:
            _seated(session, seat, committee, person, by=by, at=at)
    record(session, "people.hand_back", person, by=by, at=at, to=act.data["to"], taken_back=act.seq)
