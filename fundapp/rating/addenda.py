"""Corrections of closed minutes: the minutes stay as they were signed, an addendum with a number of its own stands beside them."""

from datetime import datetime

from fundapp.documents.queries import template_for
from fundapp.documents.service import order
from fundapp.funds.models import Call, Fund
from fundapp.history.service import record
from fundapp.kit import i18n
from fundapp.kit.database import WriteSession, locked
from fundapp.kit.dates import on
from fundapp.kit.errors import NotAllowed, Refused
from fundapp.kit.i18n import gettext as _
from fundapp.people.models import Person
from fundapp.people.permissions import Action, may
from fundapp.rating import afterwards, letters
from fundapp.rating.proceedings import Addendum, Meeting

LEAST = 10


def add(session: WriteSession, meeting: Meeting, text: str, *, by: Person, at: datetime) -> Addendum:
    """Adds a correction to the minutes of a closed meeting, and writes it as a Word document. Raises Refused, NotAllowed."""
    if not may(by, Action.ADD_TO_MINUTES):
        raise NotAllowed
    locked(session, meeting)
    if meeting.status != "closed":
        raise Refused(_("The meeting is still open; change what was decided there."))
    if len(text.strip()) < LEAST:
        raise Refused(_("Please say in a sentence what has to be read differently."), field="text")
    known = afterwards.addenda(session, meeting.id)
    row = Addendum(meeting_id=meeting.id, no=len(known) + 1, text=text.strip(), by_id=by.id, at=at)
    session.add(row)
    session.flush()
    record(session, "rating.add_to_minutes", meeting, by=by, at=at, addendum=row.id, no=row.no)
    _document(session, meeting, row, by, at)
    return row


def _document(session: WriteSession, meeting: Meeting, row: Addendum, by: Person, at: datetime) -> None:
    language = template_for(session, letters.ADDENDUM_LETTER.name, by.language)[0]
    call = session.get_one(Call, meeting.call_id)
    today = on(at, session.get_one(Fund, call.fund_id).zone)
    fields = letters.addendum_fields(session, meeting, row, by, today=today, language=language)
    with i18n.speaking(language):
        title = letters.addendum_title(call, meeting, row)
    order(session, letters.ADDENDUM_LETTER, meeting, fields, language=language, title=title, by=by, at=at)
