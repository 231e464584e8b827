"""Noting who helped with a proposal, and giving it to the partner branch where its own cannot check it."""

from datetime import datetime

from sqlalchemy import select

from fundapp.history.service import record
from fundapp.kit.database import WriteSession, locked
from fundapp.kit.errors import NotAllowed, Refused
from fundapp.kit.i18n import gettext as _
from fundapp.measures.checkers import HELPED, PARTNER, Turn, turn
from fundapp.measures.lifecycle import Status
from fundapp.measures.models import Help, Measure
from fundapp.people.models import Person
from fundapp.people.permissions import Action, Role, holds, may


def note_help(session: WriteSession, measure: Measure, person: Person, kind: str, *, by: Person, at: datetime) -> None:
    """`person` explained the rules, typed, or wrote text (checkers.HELPED). While the proposal waits for its check, it may go to others.

    Noted twice, it stands once. Raises Refused for somebody who is not of the office.
    """
    locked(session, measure)
    if not may(by, Action.NOTE_HELP, measure):
        raise NotAllowed
    if kind not in HELPED:
        raise Refused(_("Please choose how they helped."), field="kind")
    if not holds(person, Role.OFFICER, Role.MANAGER):
        raise Refused(_("Only people of the office are noted here."), field="person")
    helped(session, measure, person, kind, by=by, at=at)
    if measure.status == Status.SUBMITTED:
        route(session, measure, at=at)


def helped(session: WriteSession, measure: Measure, person: Person, kind: str, *, by: Person, at: datetime) -> None:
    """Keeps it, once; for verbs in which helping shows by itself. Asks no right."""
    there = select(Help.id).where(Help.measure_id == measure.id, Help.person_id == person.id, Help.kind == kind)
    if session.scalar(there) is None:
        session.add(Help(measure_id=measure.id, person_id=person.id, kind=kind, at=at))
        session.flush()
        record(session, "measures.note_help", measure, by=by, at=at, person=person.id, kind=kind)


def route(session: WriteSession, measure: Measure, *, at: datetime) -> Turn:
    """Gives the proposal to who checks it: the partner branch gets to read and check it only where its own cannot."""
    found = turn(session, measure)
    branch_id = found.branch.id if found.place == PARTNER and found.branch else None
    if measure.check_branch_id != branch_id:
        measure.check_branch_id = branch_id
        session.flush()
    return found
