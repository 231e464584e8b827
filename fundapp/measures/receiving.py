"""What comes over the counter: a proposal on paper, whose moment counts against the deadline, and a signed page that confirms."""

from datetime import datetime, timedelta

from fundapp.files.service import attach as attach_file
from fundapp.files.store import Kept
from fundapp.history.service import record
from fundapp.kit.database import WriteSession, locked
from fundapp.kit.errors import NotAllowed, Refused
from fundapp.kit.i18n import gettext as _
from fundapp.measures import gaps, helping
from fundapp.measures.checkers import TYPED
from fundapp.measures.models import Measure
from fundapp.people.models import Person
from fundapp.people.permissions import Action, may

SEEN = ("image/jpeg", "image/png", "application/pdf")  # a photo, or a scan
BACK = timedelta(days=14)  # so long a paper may wait before it is noted


def receive_paper(
    session: WriteSession, measure: Measure, received_at: datetime, first_page: Kept, *, by: Person, at: datetime
) -> None:
    """Notes that the proposal came on paper at a moment, with a photo of its first page. It is typed in afterwards.

    Raises Refused for a moment in the future, before the call opened, or longer ago than two weeks.
    """
    locked(session, measure)
    if not may(by, Action.RECEIVE_PAPER, measure):
        raise NotAllowed
    if measure.paper_received_at is not None:
        raise Refused(_("The paper is noted already."))
    if received_at > at:
        raise Refused(_("This moment has not come yet."), field="received_on")
    if received_at < gaps.call_of(measure).opens_at:
        raise Refused(_("The call was not open yet."), field="received_on")
    if received_at < at - BACK:
        raise Refused(_("This is more than two weeks ago; please call the fund."), field="received_on")
    if first_page.media_type not in SEEN:
        raise Refused(_("Please add a photograph or scan of the first page."), field="file")
    file = attach_file(session, first_page, measure, by=by, at=at)
    measure.paper_received_at, measure.paper_received_by_id, measure.paper_file_id = received_at, by.id, file.id
    record(
        session,
        "measures.receive_paper",
        measure,
        by=by,
        at=at,
        received_at=received_at.isoformat(),
        file=file.id,
        sha256=first_page.sha256,
    )
    helping.helped(session, measure, by, TYPED, by=by, at=at)


def confirm_by_photo(session: WriteSession, measure: Measure, signed: Kept, *, by: Person, at: datetime) -> None:
    """The group has signed the summary of what the branch wrote: its photo confirms for them. A later change asks for it again."""
    locked(session, measure)
    if not may(by, Action.WRITE_PROPOSAL, measure) or measure.prepared_by_id is None or by.id == measure.owner_id:
        raise NotAllowed
    if signed.media_type not in SEEN:
        raise Refused(_("Please add a photograph or scan of the signed page."), field="file")
    file = attach_file(session, signed, measure, by=by, at=at)
    measure.confirmed_at, measure.confirmed_how, measure.confirmation_file_id = at, "photo", file.id
    record(
        session,
        "measures.confirm",
        measure,
        by=by,
        at=at,
        version=measure.version,
        how="photo",
        file=file.id,
        sha256=signed.sha256,
    )
    helping.helped(session, measure, by, TYPED, by=by, at=at)
