"""What the applicant is told of the committee's thoughts: drafted from the members' comments without their names, released by the chair.

Released before the meeting is closed, it stands in the letter of the decision. Not released, the letter goes without it;
released later, it goes as a mail of its own and stands on the case file. Nothing is ever released by itself.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime

from fundapp.history.service import record
from fundapp.kit import i18n
from fundapp.kit.database import ReadSession, WriteSession, locked
from fundapp.kit.errors import NotAllowed, Refused
from fundapp.kit.i18n import gettext as _
from fundapp.mail.service import LETTERS_WAIT, queue
from fundapp.measures.models import Measure
from fundapp.people.deputies import hands
from fundapp.people.models import Person
from fundapp.people.permissions import Action, may
from fundapp.rating import queries, sitting, standing
from fundapp.rating.models import Criterion, Score, Sheet
from fundapp.rating.proceedings import Decision, Meeting

LEAST, MOST = 10, 8000
MAIL = re.compile(r"[\w.+-]+@[\w-]+\.\w+")
PHONE = re.compile(r"\+?\d[\d \-/]{6,}\d")


def drafts(session: ReadSession, measures: Iterable[Measure]) -> dict[int, str]:
    """measure id -> the comments on its last closed round by criterion, in an order that tells nothing of who wrote what.

    A line for each criterion that somebody commented on, titled in the applicant's language; `measures` come with their
    owners. Constant number of questions.
    """
    languages = {m.id: m.owner.language if m.owner else "en" for m in measures}
    results = standing.results(session, languages)
    signed = standing.signed(session, {id: result.round for id, result in results.items()})
    scores = standing.scores(session, [sheet.id for sheets in signed.values() for sheet in sheets])
    schemes = {sheet.scheme_id for sheets in signed.values() for sheet in sheets}
    criteria = {scheme: queries.criteria(session, scheme) for scheme in schemes}
    return {id: _lines(sheets, scores, criteria, languages[id]) for id, sheets in signed.items()}


def _lines(
    sheets: list[Sheet],
    scores: Mapping[int, Mapping[int, Score]],
    criteria: Mapping[int, list[Criterion]],
    language: str,
) -> str:
    lines = []
    for criterion in criteria[sheets[0].scheme_id] if sheets else []:
        given = [scores.get(sheet.id, {}).get(criterion.id) for sheet in sheets]
        said = {" ".join(score.comment.split()) for score in given if score is not None and score.comment.strip()}
        if said:
            title = criterion.titles.get(language) or criterion.titles.get("en", criterion.code)
            lines.append(f"{title}: {' '.join(_sentence(text) for text in sorted(said, key=str.casefold))}")
    return "\n".join(lines)


def _sentence(text: str) -> str:
    return text if text[-1] in ".!?…" else f"{text}."


def warnings(text: str, members: list[Person]) -> list[str]:
    """What in the text looks like personal data: members' names, addresses, telephone numbers."""
    found = []
    names = {name for person in members for name in (person.given_name, person.family_name) if len(name) > 2}
    if named := sorted(name for name in names if re.search(rf"\b{re.escape(name)}\b", text, re.IGNORECASE)):
        found.append(_("It names %(names)s of the committee.", names=i18n.listed(named)))
    if MAIL.search(text):
        found.append(_("It contains an e-mail address."))
    if PHONE.search(text):
        found.append(_("It contains what looks like a telephone number."))
    return found


def keep(session: WriteSession, decision: Decision, text: str, *, by: Person, at: datetime) -> None:
    """Keeps the draft; nobody but chair and managers reads it. Raises Refused once it was released."""
    _chairs(session, decision, by)
    if decision.feedback_at is not None:
        raise Refused(_("The feedback has been released; it stays as the applicant has it."))
    decision.feedback = text.strip()[:MOST]


def release(
    session: WriteSession, decision: Decision, text: str, *, anyway: bool = False, by: Person, at: datetime
) -> None:
    """The chair releases it: into the letter as long as the meeting is open or the decision waits, afterwards as a mail.

    Raises Refused for what looks like personal data, unless `anyway`.
    """
    keep(session, decision, text, by=by, at=at)
    if len(decision.feedback) < LEAST:
        raise Refused(_("Please write a sentence or two for the applicant."), field="feedback")
    meeting = session.get_one(Meeting, decision.meeting_id)
    members = [seat.person for seat in sitting.members(session, meeting.committee_id)]
    if not anyway and (found := warnings(decision.feedback, members)):
        raise Refused(*found, field="feedback")
    decision.feedback_by_id, decision.feedback_at = by.id, at
    measure = session.get_one(Measure, decision.measure_id)
    record(session, "rating.release_feedback", measure, by=by, at=at, decision=decision.id)
    if meeting.status == "closed" and not decision.waits and not standing.ENDED & decision.frozen.keys():
        _mail(session, decision, measure, at)


def _mail(session: WriteSession, decision: Decision, measure: Measure, at: datetime) -> None:
    person = session.get(Person, measure.owner_id) if measure.owner_id else None
    if person is not None:
        queue(
            session, "rating/feedback", person, key=f"rating.feedback:{decision.id}", at=at, wait=LETTERS_WAIT, case=measure,
            measure=measure, feedback=decision.feedback, link=f"/cases/{measure.id}#rating",
        )  # fmt: skip


def _chairs(session: WriteSession, decision: Decision, by: Person) -> None:
    """A chair of the committee that decided, without a conflict in the measure."""
    locked(session, decision)
    if not may(by, Action.RELEASE_FEEDBACK):
        raise NotAllowed
    meeting = session.get_one(Meeting, decision.meeting_id)
    ids = hands(by, Action.RELEASE_FEEDBACK, None)
    seats = sitting.members(session, meeting.committee_id)
    if not any(seat.chair and seat.person_id in ids for seat in seats):
        raise NotAllowed(_("Only a chair of this committee releases its feedback."))
    if queries.find_measure(session, decision.measure_id, visible_to=by) is None:
        raise NotAllowed
