"""Declaring: before a text opens each member says whether there is a conflict of interest. A conflict closes the proposal to them.

What rules find closes it as well, until a chair waives it; interests kept on record are what rules look at.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from fundapp.funds.models import Call
from fundapp.history.service import record
from fundapp.kit.database import WriteSession, locked
from fundapp.kit.errors import NotAllowed, Refused
from fundapp.kit.i18n import gettext as _
from fundapp.measures.codes import CONFLICTS
from fundapp.measures.declaring import declare as declare_tie
from fundapp.measures.lifecycle import Status
from fundapp.measures.models import Measure
from fundapp.people.models import Person
from fundapp.people.permissions import Action, may
from fundapp.rating import conflicts, finding, queries, reckoning, rounds, seating, standing
from fundapp.rating.models import Interest

SHORTEST_REASON = 10


@dataclass(frozen=True)
class Said:
    """One member's answer on one measure. `kind`: a code of measures.codes.CONFLICTS when there is a conflict."""

    measure_id: int
    conflict: bool
    kind: str | None = None
    explanation: str = ""


def declare(
    session: WriteSession,
    measure: Measure,
    *,
    conflict: bool,
    kind: str | None = None,
    explanation: str = "",
    by: Person,
    at: datetime,
) -> None:
    """A member's word on one measure. A conflict closes it to the member everywhere and voids the sheet, also late; it stands.

    Late is a conflict declared after the text had opened. A substitute gets the sheet in turn; where the round is closed already,
    its result is reckoned again without the sheet.
    """
    if not may(by, Action.DECLARE, queries.of_committee(session, measure)):
        raise NotAllowed
    before = queries.declared(session, [measure.id], [by.id]).get((measure.id, by.id))
    if before is not None and before.conflict:
        raise Refused(_("You have declared a conflict of interest here; it stands."))
    if before is not None and not conflict:
        return
    declare_tie(session, measure, conflict=conflict, kind=kind, explanation=explanation, by=by, at=at)
    session.flush()
    if conflict:
        rated = measure.status == Status.RATED
        round = standing.round_of(session, measure.id) - rated
        live = [sheet for sheet in standing.live_sheets(session, measure.id, round) if sheet.person_id == by.id]
        if live and before is not None:
            record(session, "rating.declare_late", measure, by=by, at=at, round=round, kind=kind)
        seating.void(session, live, at=at)
        if measure.status == Status.IN_RATING:
            new = seating.give_sheets(session, measure, round, at=at)
            seating.tell(session, measure.call_id, new, at=at)
        if rated and live:
            reckoning.count_again(session, measure, at=at)
        _look_further(session, measure, by, at)
        if measure.call_id is not None:
            rounds.close_when_signed(session, session.get_one(Call, measure.call_id), at=at)


def _look_further(session: WriteSession, measure: Measure, person: Person, at: datetime) -> None:
    """What is declared against an organisation holds for its other proposals."""
    if measure.organisation_id is None:
        return
    others = [
        m
        for m in finding.before_person(session, person)
        if m.organisation_id == measure.organisation_id and m.id != measure.id
    ]
    finding.look(session, others, person=person, at=at)


def declare_all(session: WriteSession, call: Call, answers: Iterable[Said], *, by: Person, at: datetime) -> int:
    """A member's word on several measures of a call at once; says how many were new. Raises Refused for measures not asked about.

    Rules look first: what they find is closed already and is not asked about any more.
    """
    said = list(answers)
    before = {m.id for m in queries.of_call(session, call.id, queries.TO_DECLARE, visible_to=by)}
    if any(answer.measure_id not in before for answer in said):
        raise Refused(_("One of these proposals is no longer asked about; please open the page again."))
    look_for(session, call, by=by, at=at)
    asked = {measure.id: measure for measure in queries.of_call(session, call.id, queries.TO_DECLARE, visible_to=by)}
    for answer in said:
        if answer.measure_id in asked:
            declare(
                session, asked[answer.measure_id], conflict=answer.conflict, kind=answer.kind,
                explanation=answer.explanation, by=by, at=at,
            )  # fmt: skip
    return len(said)


def look_for(session: WriteSession, call: Call, *, by: Person, at: datetime) -> int:
    """Rules look at what this member is about to declare on; says how many proposals they close."""
    asked = queries.undeclared(session, call.id, by)
    return len({row.measure_id for row in finding.look(session, asked, person=by, at=at)})


def waive(session: WriteSession, found: conflicts.OfMeasure, *, because: str, by: Person, at: datetime) -> None:
    """The chair sets aside what a rule has found, with a reason that stands in the minutes; the member may rate again."""
    locked(session, found.row)
    if reasons := conflicts.why_not_waive(session, found, by):
        raise Refused(*reasons)
    if len(because.strip()) < SHORTEST_REASON:
        raise Refused(_("Please say in a sentence why it does not count; it stands in the minutes."), field="because")
    row, measure = found.row, found.measure
    row.waived_at, row.waived_by_id, row.because = at, by.id, because.strip()
    session.flush()
    record(
        session, "rating.waive_conflict", measure, by=by, at=at, because=because, person=row.person_id, rule=row.rule
    )
    if measure.status == Status.IN_RATING:
        new = seating.give_sheets(session, measure, standing.round_of(session, measure.id), at=at)
        seating.tell(session, measure.call_id, new, at=at)


def note_interest(
    session: WriteSession, *, kind: str, name: str, number: str = "", by: Person, at: datetime
) -> Interest:
    """What a member keeps on record about themselves: a seat, a share, family. Rules look at once what it closes."""
    if not may(by, Action.DECLARE):
        raise NotAllowed
    if kind not in CONFLICTS:
        raise Refused(_("Please say what kind of tie it is."), field="kind")
    if len(name.strip()) < 2:
        raise Refused(_("Please name the organisation or the person."), field="name")
    interest = Interest(
        person_id=by.id, organisation_id=conflicts.organisation_like(session, name, number), name=name.strip(),
        number=number.strip(), kind=kind, noted_at=at,
    )  # fmt: skip
    session.add(interest)
    session.flush()
    record(session, "rating.note_interest", interest, by=by, at=at, kind=kind)
    finding.look_at_person(session, by, at=at)
    return interest


def end_interest(session: WriteSession, interest: Interest, *, until: date, by: Person, at: datetime) -> None:
    """It has ended and is kept; rules look at it for three years more. What they have found stands."""
    if interest.person_id != by.id:
        raise NotAllowed
    if until > at.date() + timedelta(days=1):  # east of Greenwich the day begins earlier
        raise Refused(_("The last day lies in the future; end it when it has passed."), field="until")
    interest.until, interest.ended_at = until, at
    record(session, "rating.end_interest", interest, by=by, at=at, kind=interest.kind)
