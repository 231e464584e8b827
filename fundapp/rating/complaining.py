"""Complaints: an applicant objects within 14 days of the notice, a manager outside every committee of the call answers within 30."""

from datetime import datetime, timedelta

from fundapp.documents.queries import template_for
from fundapp.documents.service import order
from fundapp.files.service import attach
from fundapp.files.store import Kept
from fundapp.funds.models import Fund
from fundapp.history.service import record
from fundapp.kit import i18n
from fundapp.kit.database import WriteSession, locked
from fundapp.kit.dates import on
from fundapp.kit.errors import NotAllowed, Refused
from fundapp.kit.i18n import gettext as _
from fundapp.mail.service import queue
from fundapp.measures.lifecycle import Status
from fundapp.measures.models import Measure
from fundapp.people.models import Person
from fundapp.people.permissions import Action, may
from fundapp.rating import afterwards, decisions, letters, queries
from fundapp.rating.codes import COMPLAINT_TITLE
from fundapp.rating.proceedings import Complaint
from fundapp.reminders.service import done, owe

LEAST = 10  # characters of a complaint, and of its answer
DUTY = "rating.complaint"
BY_STEP = (Status.INELIGIBLE, Status.REJECTED)  # what is upheld here returns by the lifecycle's step


def complain(
    session: WriteSession, measure: Measure, text: str, kept: Kept | None = None, *, by: Person, at: datetime
) -> Complaint:
    """Takes the complaint in and says so by mail; raises Refused when it comes too late, or one is open already."""
    locked(session, measure)
    if not may(by, Action.COMPLAIN, measure):
        raise NotAllowed
    if reasons := afterwards.why_not_complain(session, measure, at):
        raise Refused(*reasons)
    if len(text.strip()) < LEAST:
        raise Refused(_("Please say in a sentence or two what is wrong."), field="text")
    fund = session.get_one(Fund, measure.fund_id)
    due = on(at, fund.zone) + timedelta(days=afterwards.ANSWER_DAYS)
    row = Complaint(measure_id=measure.id, text=text.strip(), by_id=by.id, at=at, due=due)
    session.add(row)
    session.flush()
    if kept is not None:
        file = attach(session, kept, row, by=by, at=at)
        file.branch_id = measure.branch_id
    owe(session, DUTY, measure, due=due, title=COMPLAINT_TITLE % {"number": measure.number}, at=at)
    record(session, "rating.complain", measure, by=by, at=at, complaint=row.id)
    queue(
        session, "rating/complaint_received", by, key=f"rating.complaint:{row.id}", at=at, case=measure, measure=measure,
        answer_by=due, link=f"/cases/{measure.id}#complaints",
    )  # fmt: skip
    return row


def answer(session: WriteSession, complaint: Complaint, text: str, *, upheld: bool, by: Person, at: datetime) -> None:
    """Answers with words. Upheld about a refusal: the measure returns by its step, in the same transaction; mail and letter go out."""
    measure = locked(session, session.get_one(Measure, locked(session, complaint).measure_id))
    if not may(by, Action.ANSWER_COMPLAINT, measure):
        raise NotAllowed
    if complaint.answered_at is not None:
        raise Refused(_("This complaint has been answered."))
    if reasons := afterwards.why_not_judge(session, measure, by, Action.ANSWER_COMPLAINT):
        raise Refused(*reasons)
    if len(text.strip()) < LEAST:
        raise Refused(_("Please say in a sentence or two why."), field="answer")
    stood = measure.status
    if upheld and stood in BY_STEP:
        decisions.uphold(session, measure, by=by, at=at, because=text)
    else:
        complaint.answer, complaint.upheld = text.strip(), upheld
        complaint.answered_by_id, complaint.answered_at = by.id, at
        done(session, DUTY, measure, at=at)
        step = "rating.agree_complaint" if upheld else "rating.turn_complaint_down"
        record(session, step, measure, by=by, at=at, because=text, complaint=complaint.id)
        _mail(session, complaint, measure, at)
    _letter(session, complaint, measure, stood, by, at)


def _mail(session: WriteSession, complaint: Complaint, measure: Measure, at: datetime) -> None:
    person = session.get(Person, measure.owner_id or complaint.by_id)
    if person is not None:
        queue(
            session, "rating/complaint_answered", person, key=f"rating.complaint.answered:{complaint.id}", at=at, case=measure,
            measure=measure, answer=complaint.answer, upheld=complaint.upheld, link=f"/cases/{measure.id}#complaints",
        )  # fmt: skip


def _letter(
    session: WriteSession, complaint: Complaint, measure: Measure, stood: str, by: Person, at: datetime
) -> None:
    [whole] = queries.loaded(session, [measure.id])
    language = template_for(session, letters.COMPLAINT_LETTER.name, whole.owner.language if whole.owner else "en")[0]
    today = on(at, whole.fund.zone)
    fields = letters.complaint_fields(
        session, whole, complaint, stood=stood, answered_by=by, today=today, language=language
    )
    with i18n.speaking(language):
        title = letters.complaint_title(whole)
    order(session, letters.COMPLAINT_LETTER, whole, fields, language=language, title=title, by=by, at=at)
