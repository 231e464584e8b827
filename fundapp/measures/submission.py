"""Sending the proposal: in time, complete, confirmed; once, however often the button is pressed."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from fundapp.funds.models import Call
from fundapp.funds.service import freeze_call, next_number
from fundapp.history.service import record
from fundapp.kit import i18n
from fundapp.kit.database import WriteSession, locked
from fundapp.kit.dates import on
from fundapp.kit.errors import NotAllowed, Refused
from fundapp.kit.i18n import gettext as _
from fundapp.lifecycle.service import take
from fundapp.mail.models import Message
from fundapp.mail.service import LETTERS_WAIT, queue
from fundapp.measures import frozen, gaps, helping, missing, queries
from fundapp.measures.duties import CHECK_TITLE, EXPIRE_TITLE
from fundapp.measures.lifecycle import ADMIT_LATE, EXPIRE_DRAFT, SUBMIT, Status
from fundapp.measures.models import Measure, Snapshot
from fundapp.people.models import Person
from fundapp.people.permissions import Action, may
from fundapp.regions.areas import suffix
from fundapp.reminders.service import cancel, cancel_case, done, owe

EXPIRE_DAYS = 7
CHECK_DAYS = 14  # after the proposal came, or after the call has closed if that is later


def submit(session: WriteSession, measure: Measure, *, by: Person, at: datetime) -> Measure:
    """Sends the proposal: it gets its number, is frozen, confirmed by mail, and waits for its check.

    Pressed again, the number stays. Raises Refused with everything that is missing or the deadline that has passed.
    """
    locked(session, measure)
    if measure.status == Status.SUBMITTED:
        return measure
    reasons = missing.why_not_submit(session, measure, by, at)
    if not reasons and may(by, SUBMIT.action, measure):
        _number(session, measure, at)
    take(session, measure, SUBMIT, by=by, at=at, unless=reasons, number=measure.number, requested=measure.requested)
    _sent(session, measure, at)
    return measure


def admit_late(session: WriteSession, measure: Measure, *, because: str, by: Person, at: datetime) -> Measure:
    """A manager admits a proposal after the deadline, with the reason; it stands in the exceptions report."""
    locked(session, measure)
    reasons = missing.why_not_admit_late(session, measure, by, at)
    if not reasons and because.strip() and may(by, ADMIT_LATE.action, measure):
        _number(session, measure, at)
    take(session, measure, ADMIT_LATE, by=by, at=at, unless=reasons, because=because, number=measure.number)
    measure.admitted_late = True
    _sent(session, measure, at)
    return measure


def confirm(session: WriteSession, measure: Measure, *, by: Person, at: datetime) -> None:
    """The applicant confirms what the branch wrote; any later change asks for it again."""
    locked(session, measure)
    if not may(by, Action.CONFIRM_PROPOSAL, measure):
        raise NotAllowed
    if measure.prepared_by_id is None:
        raise Refused(_("You wrote this yourself; nothing is to be confirmed."))
    if measure.confirmed_at is None:
        measure.confirmed_at, measure.confirmed_how = at, "self"
        record(session, "measures.confirm", measure, by=by, at=at, version=measure.version)


def ask_to_confirm(session: WriteSession, measure: Measure, *, by: Person, at: datetime) -> Message | None:
    """Asks the applicant to read and confirm, by mail, else by a short text that the branch tells; None when neither can reach them."""
    if not may(by, Action.WRITE_PROPOSAL, measure) or measure.prepared_by_id is None or measure.owner is None:
        raise NotAllowed
    key = f"confirm:{measure.id}:{measure.version}"
    return queue(session, "measures/confirm", measure.owner, key=key, at=at, case=measure, **letter_fields(measure))


def expire(session: WriteSession, measure: Measure, *, by: Person, at: datetime) -> None:
    """Confirms that a draft or a returned proposal has run out of time; the applicant hears of it."""
    locked(session, measure)
    reasons = missing.why_not_expire(session, measure, by, at)
    take(session, measure, EXPIRE_DRAFT, by=by, at=at, unless=reasons)
    cancel_case(session, measure.id, at=at)
    if measure.owner is not None:
        key = f"expired:{measure.id}:{at.isoformat()}"
        queue(
            session,
            "measures/expired",
            measure.owner,
            key=key,
            at=at,
            wait=LETTERS_WAIT,
            case=measure,
            **letter_fields(measure),
        )


def propose_expiry(session: WriteSession, measure: Measure, *, at: datetime) -> None:
    """The deadline has passed: the branch is asked to confirm within a week that the proposal has expired."""
    due = on(at, ZoneInfo(measure.fund.zone)) + timedelta(days=EXPIRE_DAYS)
    owe(session, "measures.expire", measure, due=due, title=EXPIRE_TITLE, at=at)


def freeze(session: WriteSession, measure: Measure, occasion: str, *, at: datetime) -> Snapshot:
    """Keeps the whole proposal as it stands."""
    content = frozen.content(queries.proposal(session, measure))
    snapshot = Snapshot(
        measure_id=measure.id, occasion=occasion, taken_at=at, content=content, sha256=frozen.digest(content)
    )
    session.add(snapshot)
    session.flush()
    return snapshot


def _number(session: WriteSession, measure: Measure, at: datetime) -> None:
    """LED-<region>-<year>-<four digits>, without gaps for a region and a year (domain.md 2.2). Returned, it keeps its number."""
    if measure.number is None:
        year = on(at, ZoneInfo(measure.fund.zone)).year
        area = suffix(measure.region)
        measure.number = f"LED-{area}-{year}-{next_number(session, f'measure:{area}:{year}'):04}"
    if measure.submitted_at is None:
        measure.submitted_at = at


def _sent(session: WriteSession, measure: Measure, at: datetime) -> None:
    snapshot = freeze(session, measure, "submitted", at=at)
    call = gaps.call_of(measure)
    freeze_call(session, call, at=at)
    done(session, "measures.answer", measure, at=at)
    cancel(session, "measures.expire", measure, at=at)
    helping.route(session, measure, at=at)
    owe(
        session,
        "measures.check",
        measure,
        due=check_due(measure, call, at),
        title=f"{CHECK_TITLE}: {measure.title}",
        at=at,
    )
    if measure.owner is not None:
        fields = {**letter_fields(measure), "sha256": snapshot.sha256}
        key = f"received:{measure.id}:{snapshot.id}"
        queue(session, "measures/received", measure.owner, key=key, at=at, case=measure, **fields)


def check_due(measure: Measure, call: Call, at: datetime) -> date:
    """By when the officer answers."""
    zone = ZoneInfo(measure.fund.zone)
    return max(on(at, zone), on(call.deadline_for(measure.region), zone)) + timedelta(days=CHECK_DAYS)


def letter_fields(measure: Measure) -> dict[str, Any]:
    """What the mails of this room say about the measure."""
    branch = measure.branch
    return {
        "title": measure.title,
        "number": measure.number or "",
        "help": f"{i18n.named(branch)}, {branch.phone}".rstrip(", ") if branch else "",
        "link": f"/measures/{measure.id}/review",
    }
