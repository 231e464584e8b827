"""The step this room offers: to close the account of a measure."""

from datetime import datetime

from sqlalchemy import select

from fundapp.disbursement import reasons
from fundapp.funds import ledger
from fundapp.funds.models import Journal
from fundapp.grants import queries as grants
from fundapp.kit.database import WriteSession
from fundapp.kit.i18n import mark
from fundapp.lifecycle.offers import Offer
from fundapp.measures.lifecycle import SETTLE
from fundapp.measures.models import Measure
from fundapp.people.permissions import Actor


def unsettle(session: WriteSession, measure: Measure, by: Actor, at: datetime) -> None:
    """The account is open again: what was freed is committed anew. Raises Refused when it is no longer free."""
    asked = select(Journal).where(Journal.case_id == measure.id, Journal.kind == "uncommit").order_by(Journal.id.desc())
    journal = session.scalars(asked).first()
    if journal is not None and not session.scalars(select(Journal.id).where(Journal.reverses_id == journal.id)).first():
        today = grants.today_of(session, measure, at)
        ledger.reverse(session, journal, booked_on=today, document=mark("settlement taken back"), by=by, at=at)
    measure.settled_grant = None


OFFERS: tuple[Offer, ...] = (
    Offer(SETTLE, "/disbursement/measures/{id}/settle", reasons.why_not_settle, "post", unsettle),
)
