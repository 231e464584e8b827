"""What comes after a proposal was sent, in the words of its applicant: the line of its life, what is next and until when."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from fundapp.history.queries import Told
from fundapp.kit.database import ReadSession
from fundapp.kit.i18n import gettext as _
from fundapp.kit.i18n import mark
from fundapp.kit.texts import show_date, show_moment
from fundapp.measures import missing
from fundapp.measures.lifecycle import BY_NAME, ENDED, FUNDED, Status
from fundapp.measures.models import Measure
from fundapp.reminders.models import Obligation

S = Status
KINDS = (
    "measures.check", "measures.answer", "measures.fit", "measures.consent", "rating.answer", "rating.reserve", "grants.signature",
)  # fmt: skip
STATIONS: tuple[tuple[str, frozenset[str]], ...] = (  # with the steps that lead there
    (mark("Received"), frozenset({"submit", "admit_late"})),
    (mark("Checked"), frozenset({"accept", "turn_down", "uphold_eligibility"})),
    (mark("Read by the committee"), frozenset({"close_rating"})),
    (mark("Decided"), frozenset({"approve", "reserve", "reject", "promote", "uphold_decision", "expire_reserve"})),
    (mark("Contract"), frozenset({"sign"})),
)
REACHED: dict[Status, int] = {  # the last station that lies behind
    S.DRAFT: -1, S.SUBMITTED: 0, S.RETURNED: 0, S.ELIGIBLE: 1, S.INELIGIBLE: 1, S.IN_RATING: 1, S.RATED: 2, S.DEFERRED: 2,
    S.RESERVED: 3, S.APPROVED: 3, S.REJECTED: 3, S.LAPSED: 3, **dict.fromkeys(FUNDED, 4),
}  # fmt: skip
ASIDE: dict[Status, str] = {  # what stands beside the station
    S.RETURNED: mark("waits for you"), S.IN_RATING: mark("is being read"), S.DEFERRED: mark("questions to you"),
    S.INELIGIBLE: mark("does not fit the call"), S.RESERVED: mark("on the reserve list"), S.REJECTED: mark("not chosen"),
    S.APPROVED: mark("approved"), S.WITHDRAWN: mark("withdrawn"), S.LAPSED: mark("lapsed"), S.TERMINATED: mark("ended early"),
}  # fmt: skip
SAID = {  # entries of the history that are no steps, as the applicant reads them
    "measures.edit": mark("The proposal was changed after it was sent back."),
    "measures.correct": mark("We put a slip of the pen right."),
    "measures.pass_on": mark("The proposal was given to a colleague."),
    "measures.withdraw_consent": mark("A consent was withdrawn: %(consent)s."),
    "measures.give_consent": mark("A consent was given again: %(consent)s."),
    "measures.answer_consent": mark("We answered about a consent that was withdrawn."),
}
CONSENTS = {
    "processing": mark("to use the data"),
    "sending_abroad": mark("to send them abroad"),
    "publication": mark("to publish"),
}
GOES_ON = (S.CONTRACTED, S.RUNNING, S.SUSPENDED, S.TERMINATED)


@dataclass(frozen=True)
class Next:
    """What happens next, in a sentence, and what the applicant does about it; '' and '' when it is not their turn."""

    text: str
    label: str = ""
    url: str = ""
    until: date | None = None  # of what the applicant owes

    @property
    def waits(self) -> bool:
        """Whether it is the applicant's turn."""
        return bool(self.url)


def owed(session: ReadSession, found: Iterable[Measure]) -> dict[int, dict[str, date]]:
    """Measure id -> kind -> the day by which it is owed, of all that is open; one question."""
    asked = select(Obligation.case_id, Obligation.kind, Obligation.due).where(
        Obligation.case_id.in_([measure.id for measure in found]), Obligation.kind.in_(KINDS),
        Obligation.done_at.is_(None), Obligation.cancelled_at.is_(None),
    )  # fmt: skip
    days: dict[int, dict[str, date]] = {}
    for case_id, kind, due in session.execute(asked):
        days.setdefault(case_id or 0, {})[kind] = due
    return days


def next_of(measure: Measure, due: Mapping[str, date], gaps: int = 0) -> Next:
    """What is next. `due`: as `owed` gives it; `gaps`: how many things are missing while it is written. Call and fund are loaded."""
    here = f"/measures/{measure.id}"
    match S(measure.status):
        case S.DRAFT:
            until = show_moment(missing.deadline(measure), measure.fund.zone) if measure.call else ""
            text = _("It can be sent until %(until)s.", until=until) if until else _("It is not sent yet.")
            return Next(text, _("Write on") if gaps else _("Read it through and send it"), f"{here}/review")
        case S.RETURNED:
            return _by(
                measure.return_by, _("We need something more from you."), _("We need something more from you by %(day)s."),
                _("Add what is missing and send again"), f"{here}/review",
            )  # fmt: skip
        case S.SUBMITTED:
            return _by(
                due.get("measures.check"), _("We check whether it fits the call."),
                _("We check whether it fits the call. You hear from us by %(day)s."),
            )  # fmt: skip
        case S.ELIGIBLE:
            return Next(_("It fits the call. Next the committee reads it."))
        case S.IN_RATING:
            return Next(_("The committee is reading it. You hear from us when it has decided."))
        case S.RATED:
            return Next(_("The committee has read it and decides at its next meeting."))
        case S.DEFERRED:
            return _by(
                due.get("rating.answer"), _("The committee has questions to you."),
                _("The committee has questions to you. Please answer by %(day)s."),
                _("Answer the questions"), f"/rating{here}/answer",
            )  # fmt: skip
        case S.RESERVED:
            return _by(
                measure.reserved_until or due.get("rating.reserve"), _("It is on the reserve list."),
                _("It is on the reserve list. If money becomes free, you hear from us by %(day)s."),
            )  # fmt: skip
        case S.APPROVED if not measure.fits_award and measure.plan_fitted_at is None:
            return _by(
                due.get("measures.fit"), _("It is approved, with less than you asked for. Please fit your plan to it."),
                _("It is approved, with less than you asked for. Please fit your plan to it by %(day)s."),
                _("Fit the plan"), f"{here}/fit",
            )  # fmt: skip
        case S.APPROVED:
            return _by(
                due.get("grants.signature"), _("It is approved. Next comes the contract: we bring it to you to be signed."),
                _("It is approved. Next comes the contract: it is signed by %(day)s at the latest."),
            )  # fmt: skip
    return Next(_(OVER[S(measure.status)]))


OVER: dict[Status, str] = {
    S.INELIGIBLE: mark("It does not fit this call. The letter says why, and until when you may object."),
    S.REJECTED: mark("It was not chosen this time. The letter says why, and until when you may object."),
    S.WITHDRAWN: mark("It is closed and not looked at any more. What you wrote is kept."),
    S.LAPSED: mark("The approval has lapsed: no contract was signed in time."),
    S.CONTRACTED: mark("The contract is signed."),
    S.RUNNING: mark("Your measure is under way."),
    S.SUSPENDED: mark("Your measure is paused. Nothing is due while it is."),
    S.TERMINATED: mark("The contract was ended early. We settle it with you."),
    S.SETTLED: mark("Your measure is settled. We come back to see what is still working."),
    S.CLOSED: mark("Your measure is finished."),
}


def _by(day: date | None, without: str, with_day: str, label: str = "", url: str = "") -> Next:
    """The sentence with its day where there is one."""
    return Next(with_day % {"day": show_date(day)} if day else without, label, url, day if url else None)


def life(measure: Measure, entries: Sequence[Told]) -> list[dict[str, Any]]:
    """The five stations in plain words with their days, for the macro life_line."""
    zone, status = ZoneInfo(measure.fund.zone), S(measure.status)
    days: dict[str, date] = {}
    for told in reversed(entries):
        days[told.entry.action.partition(".")[2]] = told.entry.at.astimezone(zone).date()
    there = max((n for n, (_label, steps) in enumerate(STATIONS) if steps & set(days)), default=-1)
    now = REACHED.get(status, there)
    found = []
    for n, (label, steps) in enumerate(STATIONS):
        day = max((days[step] for step in steps if step in days), default=None) if n <= now else None
        aside = ASIDE.get(status) if n == max(now, 0) else None
        state = "now" if n == now else "done" if n < now else "ahead"
        found.append({"label": _(label), "date": day, "state": state, "small": _(aside) if aside else None})
    return found


def stopped(measure: Measure) -> bool:
    return measure.status in ENDED


def told(entries: Sequence[Told]) -> list[dict[str, Any]]:
    """The history as the applicant reads it, newest first; nothing of the committee's work."""
    found = []
    for one in entries:
        action = one.entry.action
        step = BY_NAME.get(action.partition(".")[2])
        words = SAID.get(action) or (step.public if step else None)
        if words:
            consent = CONSENTS.get(str(one.entry.data.get("consent")), "")
            found.append({"at": one.entry.at, "text": _(words) % {"consent": _(consent) if consent else ""}})
    return found


def withdrawing(measure: Measure) -> str:
    """What withdrawing the proposal does, said before it is done."""
    kept = _("What you wrote is kept, and you can use it again in another call.")
    match S(measure.status):
        case S.DRAFT:
            does = _("The draft is closed. Within 24 hours you can take this back.")
        case S.APPROVED:
            does = _(
                "The money kept for your measure goes to others, and a contract that is not signed yet is void. This cannot be taken back."
            )
        case S.RESERVED:
            does = _("Your measure leaves the reserve list. This cannot be taken back.")
        case S.IN_RATING | S.RATED | S.DEFERRED:
            does = _(
                "The committee does not decide about it, and what it has scored is void. This cannot be taken back."
            )
        case _other:
            does = _("It is not checked and not decided any more. Within 24 hours you can take this back.")
    return f"{does} {kept}"
