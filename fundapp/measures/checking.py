"""The officer's check: answers to the list, then accepting, sending back once, or turning down with all reasons."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from fundapp.documents.models import Document
from fundapp.documents.service import order
from fundapp.funds import questions
from fundapp.history.service import record
from fundapp.kit import i18n
from fundapp.kit.database import WriteSession, locked
from fundapp.kit.dates import on
from fundapp.kit.errors import NotAllowed, Refused
from fundapp.kit.i18n import gettext as _
from fundapp.kit.i18n import mark
from fundapp.lifecycle.service import take
from fundapp.mail.service import LETTERS_WAIT, queue
from fundapp.measures import checkers, checklist, grounds, letters, queries, recipient, wishes
from fundapp.measures.checklist import Line
from fundapp.measures.duties import ANSWER_TITLE
from fundapp.measures.eligibility import CHECKS, Result
from fundapp.measures.gaps import call_of
from fundapp.measures.lifecycle import ACCEPT, SEND_BACK, TURN_DOWN
from fundapp.measures.models import Check, Measure
from fundapp.measures.submission import letter_fields
from fundapp.people.models import Person
from fundapp.people.permissions import Action, may
from fundapp.reminders.service import done, owe

BY_CODE = {check.code: check for check in CHECKS}
PROOF = {
    "list": mark("Which list did you look into?"),
    "on": mark("On which day did you look?"),
    "found": mark("What did you find there? Write “no entry” if nothing."),
}
LOOKED, DOUBLE = "E12", "E9"
"""E12 is answered with proof: which list, on which day, what was found. E9 with words, where another proposal shares a number."""


class Answer(NamedTuple):
    """`why` is a ground of the list (grounds.py), `reason` the officer's own words, `looked`: list, on (ISO), found."""

    result: str
    reason: str = ""
    why: str = ""
    looked: Mapping[str, str] = {}


def answer(
    session: WriteSession, measure: Measure, answers: Mapping[str, Sequence[Any]], *, by: Person, at: datetime
) -> None:
    """Writes answers (code -> Answer, or its first parts) into the list; an empty result takes an answer back.

    A failed check, one that does not apply, and a computed one put right need a reason; E12 needs list and date.
    """
    locked(session, measure)
    if not may(by, Action.CHECK, measure):
        raise NotAllowed
    if reasons := checkers.why_not_checker(session, measure, by):
        raise Refused(*reasons)
    found = {line.check.code: line for line in checklist.lines(session, measure, at)}
    given = {code: Answer(*parts) for code, parts in answers.items()}
    for code, one in given.items():
        if code not in BY_CODE:
            raise Refused(_("There is no check %(code)s.", code=code))
        _complete(found[code], one)
    if DOUBLE in given and given[DOUBLE].result == Result.PASS and not given[DOUBLE].reason.strip():
        _alone(session, measure, by)
    changed = {code: one.result for code, one in given.items() if _write(session, measure, found[code], one, by, at)}
    session.flush()
    if changed:
        record(session, "measures.answer_checks", measure, by=by, at=at, answers=changed)


def _complete(line: Line, one: Answer) -> None:
    """Raises Refused, with its field, for an answer that lacks its reason or its proof."""
    code, title = line.check.code, _(line.check.title)
    if one.why and one.why != grounds.OTHER and not grounds.told(code, one.why):
        raise Refused(_("There is no such reason for %(code)s.", code=code), field=f"{code}_why")
    differs = line.finding is not None and one.result not in ("", line.finding.result)
    needs = one.result in (Result.FAIL, Result.NOT_APPLICABLE) or (one.result and differs)
    if needs and not (one.reason.strip() or grounds.told(code, one.why)):
        raise Refused(
            _("Please give a reason for %(code)s: %(title)s.", code=code, title=title), field=f"{code}_reason"
        )
    if code == LOOKED and one.result == Result.PASS:
        for name, said in PROOF.items():
            if not one.looked.get(name, "").strip():
                raise Refused(_(said), field=f"{code}_{name}")


def _alone(session: WriteSession, measure: Measure, by: Person) -> None:
    """Raises Refused where another open proposal shares a number and nothing is said about it."""
    if recipient.twins(session, queries.proposal(session, measure), by):
        raise Refused(
            _("Another open proposal shares a number with this one: say what you looked at."), field=f"{DOUBLE}_reason"
        )


def _write(session: WriteSession, measure: Measure, line: Line, one: Answer, by: Person, at: datetime) -> bool:
    """Keeps one answer; says whether anything changed. As computed and without words, there is nothing to keep."""
    old, reason = line.answer, one.reason.strip()
    if one.result == "" or (line.finding is not None and one.result == line.finding.result and not reason):
        if old is not None:
            session.delete(old)
        return old is not None
    looked = {name: text.strip() for name, text in one.looked.items() if text.strip()}
    why = one.why if one.result in (Result.FAIL, Result.NOT_APPLICABLE) else ""
    if old is not None and (old.result, old.reason, old.why, old.looked) == (one.result, reason, why, looked):
        return False
    row = old or Check(measure_id=measure.id, code=line.check.code)
    row.result, row.reason, row.why, row.looked, row.by_id, row.at = one.result, reason, why, looked, by.id, at
    session.add(row)
    return True


def accept(session: WriteSession, measure: Measure, *, by: Person, at: datetime) -> None:
    """The proposal fits the call and goes to the committee."""
    locked(session, measure)
    reasons = checklist.why_not_accept(session, measure, by, at)
    take(session, measure, ACCEPT, by=by, at=at, unless=reasons)
    _keep(session, measure, at)
    done(session, "measures.check", measure, at=at)
    _tell(session, measure, "accepted", at)


def places_of(measure: Measure) -> list[wishes.Place]:
    """What can be asked for in this proposal's form."""
    call, language = call_of(measure), i18n.LANGUAGE.get()
    own = [(one, questions.words(one.label, language)) for one in questions.of(call)]
    texts = {one.code: label for one, label in own if one.kind != "file"}
    files = {one.annex: label for one, label in own if one.kind == "file"}
    return wishes.places(measure.form, papers=call.annexes, questions=texts, files=files)


def label_in(measure: Measure) -> Callable[[str, str], str]:
    """What says the label of a field on a page of the measure's form, in the reader's language; '' for a whole page."""
    there = {place.section: dict(place.fields) for place in places_of(measure)}
    return lambda section, name: there.get(section, {}).get(name, "") if name else ""


def send_back(
    session: WriteSession, measure: Measure, *, asked: Sequence[wishes.Wish], return_by: date, by: Person, at: datetime
) -> None:
    """Once: what is asked for goes to the applicant as a list, with a new deadline (the end of that day in the fund's zone).

    Raises Refused for an empty list, a wish without words, a field the form has not, and a day that has come.
    """
    locked(session, measure)
    reasons = checklist.why_not_send_back(session, measure, by, at)
    wanted = [{name: wish.get(name, "").strip() for name in ("section", "field", "words")} for wish in asked]
    if not wanted:
        raise Refused(_("Say what is missing: tick at least one line, or write one."), field="asked")
    if not all(wishes.known(wish, places_of(measure)) and wish["words"] for wish in wanted):
        raise Refused(_("Each line needs a place in the form and words."), field="asked")
    if return_by <= on(at, ZoneInfo(measure.fund.zone)):
        raise Refused(_("The new deadline must lie in the future."), field="return_by")
    because = "\n".join(f"- {line}" for line in wishes.told(wanted, places_of(measure)))
    take(session, measure, SEND_BACK, by=by, at=at, unless=reasons, because=because, return_by=return_by.isoformat())
    measure.return_by, measure.returned_at, measure.asked = return_by, at, wanted
    done(session, "measures.check", measure, at=at)
    owe(session, "measures.answer", measure, due=return_by, title=f"{ANSWER_TITLE}: {measure.title}", at=at)
    with i18n.speaking(_language(measure)):
        missing_ = "\n".join(f"- {line}" for line in wishes.told(wanted, places_of(measure)))
    _tell(session, measure, "returned", at, missing=missing_, return_by=return_by)


def turn_down(session: WriteSession, measure: Measure, *, by: Person, at: datetime) -> Document:
    """The proposal does not fit; the letter names every check that has failed, and how to object."""
    locked(session, measure)
    against = checklist.why_not_turn_down(session, measure, by, at)
    failed = checklist.failed(session, measure, at)
    take(session, measure, TURN_DOWN, by=by, at=at, unless=against, failed=[line.check.code for line in failed])
    _keep(session, measure, at)
    done(session, "measures.check", measure, at=at)
    language = _language(measure)
    with i18n.speaking(language):
        failed = checklist.failed(session, measure, at)
        fields = letters.refusal(measure, failed, language=language, by=by, at=at)
        title = _("Refusal %(number)s", number=measure.number)
        reasons = [f"{_(line.check.title)}: {line.reason}" for line in failed]
    document = order(session, letters.REFUSAL, measure, fields, language=language, title=title, by=by, at=at)
    until = letters.complaint_until(on(at, ZoneInfo(measure.fund.zone)))
    _tell(session, measure, "refused", at, reasons=reasons, until=until)
    return document


def _language(measure: Measure) -> str:
    return measure.owner.language if measure.owner else "en"


def _keep(session: WriteSession, measure: Measure, at: datetime) -> None:
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
