"""Passing on: what somebody who leaves an organisation has answered for is a colleague's from then on."""

from datetime import datetime

from sqlalchemy import select

from fundapp.history.service import record
from fundapp.kit.database import WriteSession
from fundapp.measures.models import Measure
from fundapp.people.models import Person


def pass_on(
    session: WriteSession, organisation_id: int, before: Person, after: Person, by: Person, at: datetime
) -> None:
    """The organisation's measures that `before` owned are `after`'s; letters and reminders go there."""
    theirs = select(Measure).where(Measure.organisation_id == organisation_id, Measure.owner_id == before.id)
    for measure in session.scalars(theirs.order_by(Measure.id)):
        measure.owner_id = after.id
        record(session, "measures.pass_on", measure, by=by, at=at, before=before.id, after=after.id)
        session.expire(measure, ["owner"])
