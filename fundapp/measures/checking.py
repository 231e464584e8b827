"""The officer's check: answers to the list, then accepting, sending back once, or turning down with all reasons."""

from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from fundapp.documents.models import Document
from fundapp.documents.service import order
from fundapp.history.service import record
from fundapp.kit import i18n
from fundapp.kit.database import WriteSession, locked
from fundapp.kit.dates import on
from fundapp.kit.errors import NotAllowed, Refused
from fundapp.kit.i18n import gettext as _
from fundapp.lifecycle.service import take
from fundapp.mail.service import LETTERS_WAIT, queue
from fundapp.measures import checklist, letters, queries
from fundapp.measures.duties import ANSWER_TITLE
from fundapp.measures.eligibility import CHECKS, Result
from fundapp.measures.lifecycle import ACCEPT, SEND_BACK, TURN_DOWN
from fundapp.measures.models import Check, Measure
from fundapp.measures.submission import letter_fields
from fundapp.people.models import Person
from fundapp.people.permissions import Action, may
from fundapp.reminders.service import done, owe

BY_CODE = {check.code: check for check in CHECKS}


def answer(
    session: WriteSession, measure: Measure, answers: Mapping[str, tuple[str, str]], *, by: Person, at: datetime
) -> None:
    """Writes answers (code -> result and reason) into the list; an empty result takes an answer back.

    A failed check, one that does not apply, and a computed one put right need a reason.
    """
    locked(session, measure)
    if not may(by, Action.CHECK, measure):
        raise NotAllowed
    if reasons := checklist.why_not_checker(measure, by):
        raise Refused(*reasons)
    found = {line.check.code: line for line in checklist.lines(session, measure, at)}
    for code, (result, reason) in answers.items():
        if code not in BY_CODE:
            raise Refused(_("There is no check %(code)s.", code=code))
        computed = found[code].finding
        differs = computed is not None and result not in ("", computed.result)
        if (result in (Result.FAIL, Result.NOT_APPLICABLE) or (result and differs)) and not reason.strip():
            raise Refused(
                _("Please give a reason for %(code)s: %(title)s.", code=code, title=_(BY_CODE[code].title)),
                field=f"{code}_reason",
            )
    there, changed = queries.answers(session, measure), {}
    for code, (result, reason) in answers.items():
        old, computed = there.get(code), found[code].finding
        if result == "" or (computed is not None and result == computed.result and not reason.strip()):
            if old is not None:
                session.delete(old)
                changed[code] = ""
        elif old is None or (old.result, old.reason) != (result, reason.strip()):
            old = old or Check(measure_id=measure.id, code=code)
            old.result, old.reason, old.by_id, old.at = result, reason.strip(), by.id, at
            session.add(old)
            changed[code] = result
    session.flush()
    if changed:
        record(session, "measures.answer_checks", measure, by=by, at=at, answers=changed)


def accept(session: WriteSession, measure: Measure, *, by: Person, at: datetime) -> None:
    """The proposal fits the call and goes to the committee."""
    locked(session, measure)
    reasons = checklist.why_not_accept(session, measure, by, at)
    take(session, measure, ACCEPT, by=by, at=at, unless=reasons)
    _keep(session, measure, by, at)
    done(session, "measures.check", measure, at=at)
    _tell(session, measure, "accepted", at)


def send_back(
    session: WriteSession, measure: Measure, *, return_by: date, because: str, by: Person, at: datetime
) -> None:
    """Once: what is missing goes to the applicant as a list, with a new deadline (the end of that day in the fund's zone)."""
    locked(session, measure)
    reasons = checklist.why_not_send_back(session, measure, by, at)
    if return_by <= on(at, ZoneInfo(measure.fund.zone)):
        raise Refused(_("The new deadline must lie in the future."), field="return_by")
    take(session, measure, SEND_BACK, by=by, at=at, unless=reasons, because=because, return_by=return_by.isoformat())
    measure.return_by, measure.returned_at = return_by, at
    done(session, "measures.check", measure, at=at)
    owe(session, "measures.answer", measure, due=return_by, title=f"{ANSWER_TITLE}: {measure.title}", at=at)
    _tell(session, measure, "returned", at, missing=because, return_by=return_by)


def turn_down(session: WriteSession, measure: Measure, *, by: Person, at: datetime) -> Document:
    """The proposal does not fit; the letter names every check that has failed, and how to object."""
    locked(session, measure)
    against = checklist.why_not_turn_down(session, measure, by, at)
    failed = checklist.failed(session, measure, at)
    take(session, measure, TURN_DOWN, by=by, at=at, unless=against, failed=[line.check.code for line in failed])
    _keep(session, measure, by, at)
    done(session, "measures.check", measure, at=at)
    language = measure.owner.language if measure.owner else "en"
    with i18n.speaking(language):
        failed = checklist.failed(session, measure, at)
        fields = letters.refusal(measure, failed, language=language, by=by, at=at)
        title = _("Refusal %(number)s", number=measure.number)
        reasons = [f"{_(line.check.title)}: {line.reason}" for line in failed]
    document = order(session, letters.REFUSAL, measure, fields, language=language, title=title, by=by, at=at)
    until = letters.complaint_until(on(at, ZoneInfo(measure.fund.zone)))
    _tell(session, measure, "refused", at, reasons=reasons, until=until)
    return document


def _keep(session: WriteSession, measure: Measure, by: Person, at: datetime) -> None:
    """What was computed stays with the proposal as it was when the step was taken."""
    with i18n.speaking("en"):  # kept in English, said by `i18n.told`
        found = checklist.lines(session, measure, at)
    for line in found:
        if line.answer is None and line.finding is not None and line.finding.result is not Result.OPEN:
            row = Check(measure_id=measure.id, code=line.check.code, result=line.finding.result.value, at=at)
            row.reason = line.finding.evidence
            session.add(row)
    session.flush()


def _tell(session: WriteSession, measure: Measure, text: str, at: datetime, **more: object) -> None:
    """The applicant's letter; it waits long enough for the step to be taken back."""
    if measure.owner is not None:
        fields = {**letter_fields(measure), **more}
        key = f"{text}:{measure.id}:{at.isoformat()}"
        queue(session, f"measures/{text}", measure.owner, key=key, at=at, wait=LETTERS_WAIT, case=measure, **fields)
