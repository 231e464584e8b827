"""Passing on: a proposal is given to a colleague; what somebody who leaves an organisation has answered for is a colleague's from then on."""

from datetime import datetime

from sqlalchemy import select

from fundapp.history.service import record
from fundapp.kit.database import ReadSession, WriteSession, locked
from fundapp.kit.errors import NotAllowed, Refused
from fundapp.kit.i18n import gettext as _
from fundapp.mail.service import queue
from fundapp.measures.models import Measure
from fundapp.measures.submission import letter_fields
from fundapp.people import members
from fundapp.people.models import Person
from fundapp.people.permissions import EDITOR, Action, may


def pass_on(
    session: WriteSession, organisation_id: int, before: Person, after: Person, by: Person, at: datetime
) -> None:
    """The organisation's measures that `before` owned are `after`'s; letters and reminders go there."""
    theirs = select(Measure).where(Measure.organisation_id == organisation_id, Measure.owner_id == before.id)
    for measure in session.scalars(theirs.order_by(Measure.id)):
        measure.owner_id = after.id
        record(session, "measures.pass_on", measure, by=by, at=at, before=before.id, after=after.id)
        session.expire(measure, ["owner"])


def give(session: WriteSession, measure: Measure, to: Person, *, by: Person, at: datetime) -> None:
    """The owner, or an editor of the organisation, makes `to`, another editor of it, the one who answers for the proposal.

    Letters and reminders go there from now on. Raises Refused for somebody who does not edit for the organisation.
    """
    locked(session, measure)
    if not may(by, Action.GIVE_PROPOSAL, measure):
        raise NotAllowed
    if measure.owner_id == to.id:
        return
    if to.id not in {one.id for one in colleagues(session, measure)}:
        raise Refused(_("It can be given only to somebody who edits for the same organisation."), field="to")
    before, measure.owner_id = measure.owner_id, to.id
    session.flush()
    session.expire(measure, ["owner"])
    record(session, "measures.pass_on", measure, by=by, at=at, before=before, after=to.id)
    if to.id != by.id:
        fields = letter_fields(measure) | {"by": by, "link": f"/measures/{measure.id}/after"}
        queue(session, "measures/given", to, key=f"given:{measure.id}:{at.isoformat()}", at=at, case=measure, **fields)


def colleagues(session: ReadSession, measure: Measure) -> list[Person]:
    """Who edits for the organisation of the proposal, without its owner."""
    if measure.organisation_id is None:
        return []
    rows = members.of(session, measure.organisation_id)
    return [row.person for row in rows if row.kind == EDITOR and row.person_id != measure.owner_id]
