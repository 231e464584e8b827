"""Who gets a sheet, under which number, and when a sheet is void. Verbs and the taking back of steps use it."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from fundapp.funds.models import Call, Fund
from fundapp.kit.database import ReadSession, WriteSession
from fundapp.kit.dates import on
from fundapp.mail.service import queue
from fundapp.measures.models import Measure
from fundapp.rating import queries, quorum, sitting, standing
from fundapp.rating.codes import SHEET_TITLE
from fundapp.rating.models import Assignment, Member, Number, Score, Sheet
from fundapp.reminders.service import cancel, owe

DAYS_TO_RATE = 14  # usual practice of committees


def today(session: WriteSession, measure: Measure, at: datetime) -> date:
    """The date in the fund's time zone."""
    return on(at, session.get_one(Fund, measure.fund_id).zone)


def draw_numbers(session: WriteSession, call_id: int, measures: Sequence[Measure]) -> dict[int, int]:
    """measure id -> its number in the call; those without one draw by lot, so that the order tells nothing."""
    known = queries.numbers(session, call_id)
    new = [measure for measure in measures if measure.id not in known]
    handed_in = select(func.count()).where(Measure.call_id == call_id, Measure.submitted_at.is_not(None))
    size = max(int(session.scalar(handed_in) or 0), len(known) + len(new), *known.values(), 0)
    free = [no for no in range(1, size + 1) if no not in set(known.values())]
    lot = secrets.SystemRandom().sample(free, len(new))
    for measure, no in zip(new, lot, strict=True):
        session.add(Number(measure_id=measure.id, call_id=call_id, no=no))
        known[measure.id] = no
    session.flush()
    return known


def settle(session: WriteSession, measure: Measure, round: int) -> int | None:
    """The committee that rates and decides the measure, kept with its number when the first round opens; it stays from then on."""
    if measure.call_id is None:
        return None
    draw_numbers(session, measure.call_id, [measure])
    number = session.get_one(Number, measure.id)
    if round == 1 and not standing.live_sheets(session, measure.id, round):
        number.committee_id = None
        session.flush()
    number.committee_id = sitting.committees_deciding(session, [measure]).get(measure.id)
    session.flush()
    return number.committee_id


def give_sheets(session: WriteSession, measure: Measure, round: int, *, at: datetime) -> list[Sheet]:
    """A sheet for each voting member without a known conflict who has none in this round; due in two weeks. Gives the new ones.

    Where members may not rate - a conflict, a term that is over, a seat left since - substitutes in their order do, so that
    as many rate as there are seats. Where it was chosen who scores the measure (Assignment), only those get a sheet.
    """
    scheme = queries.scheme_of(session, measure.call_id)
    committee_id = settle(session, measure, round) if scheme is not None else None
    if scheme is None or measure.call_id is None or committee_id is None:
        return []
    no = session.get_one(Number, measure.id).no
    day = today(session, measure, at)
    call = session.get_one(Call, measure.call_id)
    have = {sheet.person_id for sheet in standing.live_sheets(session, measure.id, round)}
    new = [
        Sheet(measure_id=measure.id, person_id=person_id, scheme_id=scheme.id, round=round, opened_at=at)
        for person_id in raters(session, measure, committee_id, round, day)
        if person_id not in have
    ]
    session.add_all(new)
    session.flush()
    due = day + timedelta(days=DAYS_TO_RATE)
    for sheet in new:
        owe(session, "rating.sheet", sheet, due=due, title=SHEET_TITLE % {"no": no, "call": call.title}, at=at)
    return new


def raters(session: ReadSession, measure: Measure, committee_id: int, round: int, day: date) -> list[int]:
    """The persons who are to have a sheet for the measure in this round."""
    everybody = sitting.members(session, committee_id, voting=True)
    seats = [seat for seat in everybody if quorum.term(seat.until, day) != "over"]
    out = queries.conflicted(session, [measure], seats)[measure.id]
    free = [seat.person_id for seat in seats if seat.person_id not in out]
    chosen = set(session.scalars(select(Assignment.person_id).where(Assignment.measure_id == measure.id)))
    if chosen:
        return [person_id for person_id in free if person_id in chosen]
    substitutes = {seat.person_id for seat in seats if seat.substitute is not None}
    signed = {s.person_id for s in standing.live_sheets(session, measure.id, round) if s.status == "signed"}
    places = sum(seat.substitute is None for seat in everybody) + _left(session, measure, committee_id, round)
    regular = [person_id for person_id in free if person_id not in substitutes]
    there = len(regular) + len(signed.difference(free))
    stand_in = [person_id for person_id in free if person_id in substitutes]
    return regular + stand_in[: max(places - there, 0)]


def _left(session: ReadSession, measure: Measure, committee_id: int, round: int) -> int:
    """How many regular members have left since they got a sheet of this round."""
    asked = select(func.count(func.distinct(Member.person_id))).join(Sheet, Sheet.person_id == Member.person_id)
    now = select(Member.person_id).where(Member.committee_id == committee_id, Member.left_at.is_(None))
    gone = asked.where(
        Member.committee_id == committee_id, Member.left_at >= Sheet.opened_at, Member.substitute.is_(None), Member.voting,
        Sheet.measure_id == measure.id, Sheet.round == round, Member.person_id.not_in(now),
    )  # fmt: skip
    return int(session.scalar(gone) or 0)


def tell(session: WriteSession, call_id: int | None, sheets: Iterable[Sheet], *, at: datetime) -> None:
    """One mail for each member, however many sheets were opened."""
    if call_id is None:
        return
    call = session.get_one(Call, call_id)
    day = on(at, session.get_one(Fund, call.fund_id).zone)
    due = day + timedelta(days=DAYS_TO_RATE)
    counts: dict[int, int] = {}
    for sheet in sheets:
        counts[sheet.person_id] = counts.get(sheet.person_id, 0) + 1
    persons = queries.people(session, counts)
    for person_id, count in counts.items():
        queue(
            session, "rating/opened", persons[person_id], key=f"rating.opened:{call.id}:{person_id}:{day}", at=at,
            call=call.title, count=count, due=due, link=f"/rating/calls/{call.id}/declare",
        )  # fmt: skip


def carry_over(session: WriteSession, sheets: Sequence[Sheet]) -> None:
    """New sheets of a later round begin with what their member signed in the round before, which stays."""
    asked = select(Sheet).where(Sheet.measure_id.in_({sheet.measure_id for sheet in sheets}), Sheet.status == "signed")
    signed = {(old.measure_id, old.person_id, old.round): old.id for old in session.scalars(asked)}
    before = {sheet.id: signed.get((sheet.measure_id, sheet.person_id, sheet.round - 1)) for sheet in sheets}
    copy_scores(session, {old: new for new, old in before.items() if old is not None})


def copy_scores(session: WriteSession, sheets: Mapping[int, int]) -> None:
    """What stands in one sheet stands in another too: old sheet id -> new sheet id."""
    for row in session.scalars(select(Score).where(Score.sheet_id.in_(sheets)).order_by(Score.id)).all():
        session.add(
            Score(
                sheet_id=sheets[row.sheet_id], criterion_id=row.criterion_id, points=row.points, unjudged=row.unjudged,
                comment=row.comment,
            )
        )  # fmt: skip
    session.flush()


def void(session: WriteSession, sheets: Iterable[Sheet], *, at: datetime) -> None:
    """These sheets count no more; what stands in them is kept."""
    for sheet in sheets:
        if sheet.status != "void":
            sheet.status, sheet.void_at = "void", at
            cancel(session, "rating.sheet", sheet, at=at)
    session.flush()


def void_all(session: WriteSession, measure: Measure, *, at: datetime) -> None:
    """The sheets of the round not yet closed are void: the proposal was withdrawn, or the opening taken back."""
    void(session, standing.live_sheets(session, measure.id, standing.round_of(session, measure.id)), at=at)
