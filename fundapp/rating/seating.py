"""Who gets a sheet, under which number, and when a sheet is void. Verbs and the taking back of steps use it."""

import secrets
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from fundapp.funds.models import Call, Fund
from fundapp.kit.database import WriteSession
from fundapp.kit.dates import on
from fundapp.measures.models import Measure
from fundapp.rating import queries, standing
from fundapp.rating.codes import SHEET_TITLE
from fundapp.rating.models import Number, Sheet
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


def give_sheets(session: WriteSession, measure: Measure, round: int, *, at: datetime) -> list[Sheet]:
    """A sheet for each voting member without a known conflict who has none in this round; due in two weeks. Gives the new ones."""
    scheme = queries.scheme_of(session, measure.call_id)
    if scheme is None or measure.call_id is None:
        return []
    no = draw_numbers(session, measure.call_id, [measure])[measure.id]
    seats = queries.members(session, scheme.committee_id, voting=True)
    out = queries.conflicted(session, [measure], seats)[measure.id]
    have = {sheet.person_id for sheet in standing.live_sheets(session, measure.id, round)}
    due = today(session, measure, at) + timedelta(days=DAYS_TO_RATE)
    call = session.get_one(Call, measure.call_id)
    new = [
        Sheet(measure_id=measure.id, person_id=seat.person_id, scheme_id=scheme.id, round=round, opened_at=at)
        for seat in seats
        if seat.person_id not in out | have
    ]
    session.add_all(new)
    session.flush()
    for sheet in new:
        owe(session, "rating.sheet", sheet, due=due, title=SHEET_TITLE % {"no": no, "call": call.title}, at=at)
    return new


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
