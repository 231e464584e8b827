"""How a round stands: sheets, results, meetings and decisions. A conflict closes a measure to its person here too."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, String, and_, cast, exists, func, literal, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from fundapp.kit.database import ReadSession
from fundapp.measures.conflicts import conflict_of
from fundapp.measures.models import Declaration, Measure
from fundapp.people.models import Person
from fundapp.people.permissions import Role, holds
from fundapp.rating.models import Number, Result, Scheme, Score, Sheet
from fundapp.rating.proceedings import Decision, Meeting
from fundapp.rating.queries import (
    SPENT,
    S,
    of_call,
    own_hand,
    waiting,
)
from fundapp.rating.sitting import committees_of, seats_of
from fundapp.reminders.models import Obligation

ENDED = {"taken_back", "objected"}  # in Decision.frozen: it does not hold, and stays in the minutes


def round_of(session: ReadSession, measure_id: int) -> int:
    """The round in which the measure is, or will be, rated: one more than those closed."""
    asked = select(func.max(Result.round)).where(Result.measure_id == measure_id, Result.void_at.is_(None))
    return int(session.scalar(asked) or 0) + 1


def rounds(session: ReadSession, measure_ids: Iterable[int]) -> dict[int, int]:
    """measure id -> the number of rounds closed (left out: none)."""
    asked = select(Result.measure_id, func.max(Result.round)).where(
        Result.measure_id.in_(tuple(measure_ids)), Result.void_at.is_(None)
    )
    return {measure_id: int(last) for measure_id, last in session.execute(asked.group_by(Result.measure_id))}


def find_sheet(session: ReadSession, id: int, *, visible_to: Person) -> Sheet | None:
    """A sheet of one's own whose text is open: declared, without a conflict, of a committee one still sits on, not void.

    In a blind call the text opens once the person has declared on all that is in rating, so that no name can be matched.
    """
    asked = (
        select(Sheet)
        .join(Measure, Measure.id == Sheet.measure_id)
        .join(Scheme, Scheme.id == Sheet.scheme_id)
        .outerjoin(Number, Number.measure_id == Measure.id)
        .where(Sheet.id == id, Sheet.person_id == visible_to.id, Sheet.status != "void")
        .where(func.coalesce(Number.committee_id, Scheme.committee_id).in_(seats_of(visible_to.id)))
        .where(_no_tie(visible_to))
        .where(or_(Measure.status != S.IN_RATING, Sheet.status == "signed", _in_open_round()))
        .options(
            contains_eager(Sheet.scheme),
            contains_eager(Sheet.measure).joinedload(Measure.call),
            contains_eager(Sheet.measure).joinedload(Measure.fund),
            contains_eager(Sheet.measure).joinedload(Measure.organisation),
        )
    )
    sheet = session.scalars(asked).first()
    call = sheet.measure.call if sheet else None
    if sheet is None or (call and call.blind and session.execute(waiting(visible_to, [call.id])).first()):
        return None
    session.info.setdefault("open sheets", set()).add((sheet.id, visible_to.id))
    return sheet


def is_open(session: ReadSession, sheet: Sheet, person: Person) -> bool:
    """As `find_sheet`, which is not asked twice in a transaction: what closes a sheet meanwhile makes it void under its lock."""
    known = (sheet.id, person.id) in session.info.get("open sheets", ())
    return known or find_sheet(session, sheet.id, visible_to=person) is not None


def _no_tie(person: Person) -> ColumnElement[bool]:
    """This person has declared to have no conflict in the measure of the row, and plainly has none."""
    said = exists().where(
        Declaration.measure_id == Measure.id,
        Declaration.person_id == person.id,
        ~Declaration.conflict,
        Declaration.replaced_at.is_(None),
    )
    return and_(said, ~own_hand(person), ~conflict_of(person.id))


def my_sheets(session: ReadSession, person: Person, call_ids: Iterable[int]) -> list[tuple[Sheet, int | None, int]]:
    """(sheet, its number, how many criteria are scored or left out) of this person in rounds now open, by number.

    Without those the person has not declared on, and in a blind call without all as long as one is undeclared.
    """
    calls = tuple(call_ids)
    given = select(Score.sheet_id, func.count().label("n")).where(or_(Score.points.is_not(None), Score.unjudged))
    counted = given.group_by(Score.sheet_id).subquery()
    asked = (
        select(Sheet, Number.no, func.coalesce(counted.c.n, 0))
        .join(Measure, Measure.id == Sheet.measure_id)
        .outerjoin(Number, Number.measure_id == Measure.id)
        .outerjoin(counted, counted.c.sheet_id == Sheet.id)
        .where(Sheet.person_id == person.id, Sheet.status != "void", Measure.call_id.in_(calls), _no_tie(person))
        .where(Measure.status == S.IN_RATING, _in_open_round())
        .options(joinedload(Sheet.measure).joinedload(Measure.call))
        .order_by(Measure.call_id, Number.no, Sheet.id)
    )
    waited = {call_id for (call_id,) in session.execute(waiting(person, calls))}
    found = [(sheet, no, int(n)) for sheet, no, n in session.execute(asked)]
    return [
        row
        for row in found
        if not (row[0].measure.call and row[0].measure.call.blind and row[0].measure.call_id in waited)
    ]


def unsigned(session: ReadSession, call_id: int, person_id: int | None = None) -> bool:
    """Whether a sheet of the rounds now open in this call waits for its signature; `person_id`: one of this person."""
    asked = select(Sheet.id).join(Measure, Measure.id == Sheet.measure_id)
    waits = asked.where(Measure.call_id == call_id, Measure.status == S.IN_RATING, _in_open_round())
    if person_id is not None:
        waits = waits.where(Sheet.person_id == person_id)
    return session.scalars(waits.where(Sheet.status.in_(("open", "locked"))).limit(1)).first() is not None


def _in_open_round() -> ColumnElement[bool]:
    """The sheet of the row is of the round in which its measure is, or will be, rated."""
    closed = select(func.max(Result.round)).where(Result.measure_id == Measure.id, Result.void_at.is_(None))
    return Sheet.round == func.coalesce(closed.scalar_subquery(), 0) + 1


def due(session: ReadSession, person: Person) -> dict[int, date]:
    """sheet id -> the day on which this person owes it."""
    asked = select(Sheet.id, Obligation.due).join(
        Obligation, Obligation.subject == literal("rating.sheet:") + cast(Sheet.id, String)
    )
    open_ = asked.where(
        Obligation.kind == "rating.sheet", Obligation.done_at.is_(None), Obligation.cancelled_at.is_(None)
    )
    return {int(id): day for id, day in session.execute(open_.where(Sheet.person_id == person.id))}


@dataclass(frozen=True)
class ClosedRound:
    """A closed round of one measure: its result, and the sheets that counted or were void."""

    result: Result
    sheets: tuple[Sheet, ...]


def closed_sheets(session: ReadSession, measure_id: int) -> list[ClosedRound]:
    """Every closed round of a measure with its signed sheets, also those that became void by a late conflict; newest first."""
    asked = (
        select(Result).where(Result.measure_id == measure_id, Result.void_at.is_(None)).order_by(Result.round.desc())
    )
    found = session.scalars(
        select(Sheet)
        .where(Sheet.measure_id == measure_id, Sheet.signed_at.is_not(None))
        .order_by(Sheet.signed_at, Sheet.id)
    ).all()
    return [
        ClosedRound(result, tuple(sheet for sheet in found if sheet.round == result.round))
        for result in session.scalars(asked)
    ]


def scores(session: ReadSession, sheet_ids: Iterable[int]) -> dict[int, dict[int, Score]]:
    """sheet id -> criterion id -> score."""
    found: dict[int, dict[int, Score]] = {}
    for row in session.scalars(select(Score).where(Score.sheet_id.in_(tuple(sheet_ids)))):
        found.setdefault(row.sheet_id, {})[row.criterion_id] = row
    return found


def signed(session: ReadSession, measures: Mapping[int, int]) -> dict[int, list[Sheet]]:
    """measure id -> signed sheets of the round given for it (measure id -> round), in the order of signing."""
    asked = select(Sheet).where(Sheet.measure_id.in_(tuple(measures)), Sheet.status == "signed")
    found: dict[int, list[Sheet]] = {measure_id: [] for measure_id in measures}
    for sheet in session.scalars(asked.order_by(Sheet.signed_at, Sheet.id)):
        if sheet.round == measures[sheet.measure_id]:
            found[sheet.measure_id].append(sheet)
    return found


def live_sheets(session: ReadSession, measure_id: int, round: int) -> list[Sheet]:
    """Sheets of this round that are not void."""
    asked = select(Sheet).where(Sheet.measure_id == measure_id, Sheet.round == round, Sheet.status != "void")
    return list(session.scalars(asked.order_by(Sheet.id)))


# Results, meetings, decisions


def results(session: ReadSession, measure_ids: Iterable[int]) -> dict[int, Result]:
    """measure id -> the result of its last closed round."""
    asked = select(Result).where(Result.measure_id.in_(tuple(measure_ids)), Result.void_at.is_(None))
    return {row.measure_id: row for row in session.scalars(asked.order_by(Result.measure_id, Result.round))}


def find_meeting(session: ReadSession, id: int, *, visible_to: Person) -> Meeting | None:
    """A meeting for managers, auditors and the members of its committee."""
    meeting = session.get(Meeting, id)
    if meeting is None or holds(visible_to, Role.MANAGER, Role.AUDITOR):
        return meeting
    return meeting if meeting.committee_id in committees_of(session, visible_to.id) else None


def open_meeting(session: ReadSession, call_id: int, committee_id: int | None = None) -> Meeting | None:
    """The meeting on the call that is not closed yet: of this committee, or of whichever."""
    asked = select(Meeting).where(Meeting.call_id == call_id, Meeting.status == "open").order_by(Meeting.id)
    return session.scalars(asked.where(Meeting.committee_id == committee_id) if committee_id else asked).first()


def meetings(session: ReadSession, call_id: int) -> list[Meeting]:
    return list(session.scalars(select(Meeting).where(Meeting.call_id == call_id).order_by(Meeting.id.desc())))


def decisions(session: ReadSession, meeting_id: int) -> dict[int, Decision]:
    """measure id -> what this meeting decided, or is about to."""
    asked = select(Decision).where(Decision.meeting_id == meeting_id).order_by(Decision.id)
    return {row.measure_id: row for row in session.scalars(asked)}


def last_decision(session: ReadSession, measure_id: int) -> Decision | None:
    """The newest decision of a closed meeting on the measure that holds: not taken back, objected to, or waiting."""
    asked = (
        select(Decision)
        .join(Meeting, Meeting.id == Decision.meeting_id)
        .where(Decision.measure_id == measure_id, Meeting.status == "closed")
        .order_by(Decision.id.desc())
    )
    return next((row for row in session.scalars(asked) if not row.waits and not ENDED & row.frozen.keys()), None)


def given(session: ReadSession, call_id: int) -> int:
    """What of the call's money has been awarded, or waits for a no-objection, in minor units."""
    return int(session.scalar(select(given_of(call_id))) or 0)


def given_of(call_id: int) -> ColumnElement[int]:
    """As `given`, as a part of a question: both are reserved in the ledger."""
    awarded = select(func.coalesce(func.sum(Measure.awarded), 0)).where(
        Measure.call_id == call_id, Measure.status.in_(SPENT)
    )
    waits = select(func.coalesce(func.sum(Decision.amount), 0)).join(Measure, Measure.id == Decision.measure_id)
    held = waits.where(Measure.call_id == call_id, Decision.waits)
    return awarded.scalar_subquery() + held.scalar_subquery()


def reserve_list(session: ReadSession, call_id: int, *, visible_to: Person) -> list[Measure]:
    """Who waits for money, first the one whose complaint was upheld, then by score."""
    rows = of_call(session, call_id, (S.RESERVED,), visible_to=visible_to)
    first = {
        row.measure_id
        for row in session.scalars(select(Decision).where(Decision.measure_id.in_([m.id for m in rows])))
        if "upheld" in row.frozen and "taken_back" not in row.frozen
    }
    return sorted(rows, key=lambda m: (m.id not in first, -(m.score or 0), m.id))
