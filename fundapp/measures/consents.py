"""The three consents given with a proposal, and withdrawing them. Publication ends at once; for the others a manager answers what
can go and what has to stay."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from fundapp.history.service import record
from fundapp.kit.database import WriteSession, locked
from fundapp.kit.dates import on
from fundapp.kit.errors import NotAllowed, Refused
from fundapp.kit.i18n import gettext as _
from fundapp.mail.service import queue
from fundapp.measures.codes import CONSENTS, DECLARATIONS, PUBLICATION, PUBLICATION_TEXT
from fundapp.measures.duties import CONSENT_TITLE, waiting_consents
from fundapp.measures.lifecycle import Status
from fundapp.measures.models import Measure
from fundapp.measures.submission import letter_fields
from fundapp.people.models import Person
from fundapp.people.permissions import Action, may
from fundapp.reminders.service import cancel, done, owe

ANSWER_DAYS = 30  # a month, as Article 12(3) GDPR gives it


class Declared(Protocol):
    """What is asked to say whether a measure may be published."""

    @property
    def imported_key(self) -> str | None: ...
    @property
    def declarations(self) -> Mapping[str, Any]: ...
    @property
    def consents_withdrawn(self) -> Mapping[str, str]: ...


@dataclass(frozen=True)
class Consent:
    """One of the three as it stands; `since`: the day on which it was given with the declarations."""

    code: str
    words: str
    given: bool
    since: date | None
    withdrawn_at: datetime | None
    answered_at: datetime | None

    @property
    def holds(self) -> bool:
        return self.given and self.withdrawn_at is None


def of(measure: Measure) -> list[Consent]:
    """The three consents of a proposal in the order of the form."""
    given, gone = measure.declarations, measure.consents_withdrawn
    signed = given.get("date") or ""
    since = date.fromisoformat(signed) if signed else _day(measure)
    return [
        Consent(
            code=code,
            words=DECLARATIONS.get(code, PUBLICATION_TEXT),
            given=given.get(code) is True,
            since=since if given.get(code) is True else None,
            withdrawn_at=_moment(gone.get(code)),
            answered_at=_moment(gone.get(f"{code}_answered")),
        )
        for code in CONSENTS
    ]


def published(measure: Declared) -> bool:
    """Whether name, words and results may be published. What was taken over from a list stands as the list had it."""
    if measure.imported_key is not None:
        return True
    return measure.declarations.get(PUBLICATION) is True and PUBLICATION not in measure.consents_withdrawn


def withdraw(session: WriteSession, measure: Measure, code: str, *, by: Person, at: datetime) -> None:
    """The applicant withdraws one consent. Publication ends at once; otherwise a manager owes an answer within a month.

    Withdrawn twice, the first moment stands. Raises Refused for what was not given.
    """
    found = _one(session, measure, code, by)
    if not found.given:
        raise Refused(_("This consent was not given."))
    if found.withdrawn_at is not None:
        return
    measure.consents_withdrawn = {**measure.consents_withdrawn, code: at.isoformat()}
    session.flush()
    if code != PUBLICATION:
        due = on(at, ZoneInfo(measure.fund.zone)) + timedelta(days=ANSWER_DAYS)
        owe(session, "measures.consent", measure, due=due, title=f"{CONSENT_TITLE}: {measure.title}", at=at)
    record(session, "measures.withdraw_consent", measure, by=by, at=at, consent=code)
    if measure.owner is not None:
        key = f"consent-withdrawn:{measure.id}:{code}:{at.isoformat()}"
        fields = letter_fields(measure) | {
            "consent": found.words,
            "at_once": code == PUBLICATION,
            "link": _link(measure),
        }
        queue(session, "measures/consent_withdrawn", measure.owner, key=key, at=at, case=measure, **fields)


def give_again(session: WriteSession, measure: Measure, code: str, *, by: Person, at: datetime) -> None:
    """The applicant takes the withdrawal back: the consent holds again."""
    if _one(session, measure, code, by).withdrawn_at is None:
        return
    gone = (code, f"{code}_answered")
    measure.consents_withdrawn = {
        name: moment for name, moment in measure.consents_withdrawn.items() if name not in gone
    }
    session.flush()
    if not waiting_consents(measure):
        cancel(session, "measures.consent", measure, at=at)
    record(session, "measures.give_consent", measure, by=by, at=at, consent=code)


def answer(session: WriteSession, measure: Measure, words: str, *, by: Person, at: datetime) -> None:
    """A manager tells the applicant what was done about all that is withdrawn and waits, and what stays. Raises Refused without words."""
    locked(session, measure)
    if not may(by, Action.ANSWER_CONSENT, measure):
        raise NotAllowed
    waiting = waiting_consents(measure)
    if not waiting:
        raise Refused(_("Nothing waits for an answer here."))
    if not words.strip():
        raise Refused(_("Please say what was done and what has to stay."), field="words")
    answered = {f"{code}_answered": at.isoformat() for code in waiting}
    measure.consents_withdrawn = {**measure.consents_withdrawn, **answered}
    session.flush()
    done(session, "measures.consent", measure, at=at)
    record(session, "measures.answer_consent", measure, by=by, at=at, because=words.strip(), consents=waiting)
    if measure.owner is not None:
        key = f"consent-answered:{measure.id}:{at.isoformat()}"
        fields = letter_fields(measure) | {"words": words.strip(), "link": _link(measure)}
        queue(session, "measures/consent_answered", measure.owner, key=key, at=at, case=measure, **fields)


def _one(session: WriteSession, measure: Measure, code: str, by: Person) -> Consent:
    locked(session, measure)
    if measure.status == Status.DRAFT:
        raise Refused(_("Nothing was sent yet: take the tick off in the form."))
    if not may(by, Action.WITHDRAW_CONSENT, measure):
        raise NotAllowed
    if code not in CONSENTS:
        raise Refused(_("Please choose one of the answers given."))
    return next(one for one in of(measure) if one.code == code)


def _day(measure: Measure) -> date | None:
    return on(measure.submitted_at, ZoneInfo(measure.fund.zone)) if measure.submitted_at else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _link(measure: Measure) -> str:
    return f"/measures/{measure.id}/after#consents"
