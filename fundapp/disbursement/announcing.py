"""Telling the applicant about the money of a measure."""

from datetime import datetime
from typing import Any

from fundapp.kit.database import WriteSession
from fundapp.mail.service import LETTERS_WAIT, queue
from fundapp.measures.models import Measure
from fundapp.people.models import Person


def tell(session: WriteSession, measure: Measure, text: str, key: str, at: datetime, **fields: Any) -> None:
    """A letter to the applicant about the money of the measure; waits long enough to be stopped."""
    owner = session.get(Person, measure.owner_id) if measure.owner_id else None
    if owner is not None:
        link = f"/disbursement/measures/{measure.id}"
        queue(
            session, text, owner, key=key, at=at, wait=LETTERS_WAIT, case=measure, measure=measure, link=link, **fields
        )
