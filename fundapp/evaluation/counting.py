"""The terms in which results are counted, as conditions and columns for the database."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, extract, func, or_, select

from fundapp.evaluation.impact import Answer
from fundapp.evaluation.models import Evaluation, Value
from fundapp.evaluation.queries import OF_PERSONS, POINTS
from fundapp.funds.models import Fund
from fundapp.kit.dates import add_months, on
from fundapp.measures.lifecycle import FUNDED, Status
from fundapp.measures.models import Measure

OVER = (Status.TERMINATED, Status.SETTLED, Status.CLOSED)
LATEST = -1  # the point of the latest answer
FIGURES = ("ended", "running", *OF_PERSONS, "effective")
ANSWERS = re.compile(rf"(due|{'|'.join(Answer)})(?:-({'|'.join(map(str, POINTS))}))?")  # 'yes', 'due-12'
YEAR: Any = extract("year", Measure.contracted_on)


class Days:
    """What has ended when, each fund by the day in its own time zone."""

    def __init__(self, funds: Sequence[Fund], at: datetime) -> None:
        self.funds: dict[date, list[int]] = {}
        for fund in funds:
            self.funds.setdefault(on(at, fund.zone), []).append(fund.id)

    def ended(self, months: int = 0) -> ColumnElement[bool]:
        """Whether the funding ended at least so many months ago."""
        parts = [
            and_(Measure.fund_id.in_(ids), Measure.funding_ends <= last_end(day, months))
            for day, ids in self.funds.items()
        ]
        return and_(Measure.funding_ends.is_not(None), or_(*parts)) if parts else Measure.id < 0


def last_end(today: date, months: int) -> date:
    """The latest end of funding whose evaluation after so many months is due: 28 February - 6 months = 31 August."""
    day = add_months(today, -months)
    while add_months(day + timedelta(days=1), months) <= today:
        day += timedelta(days=1)
    return day


def over(days: Days) -> ColumnElement[bool]:
    return or_(Measure.status.in_(OVER), days.ended())


def answers() -> Any:
    """For each evaluated measure its answer at each point, as columns a0, a6, a12, a24."""
    columns = [func.max(case((Evaluation.point == point, Evaluation.effective))).label(f"a{point}") for point in POINTS]
    asked = select(Evaluation.measure_id, *columns).where(Evaluation.done_at.is_not(None))
    return asked.group_by(Evaluation.measure_id).subquery()


def answer_at(answered: Any, point: int) -> ColumnElement[str | None]:
    columns: Mapping[str, Any] = answered.c
    if point != LATEST:
        return columns[f"a{point}"]  # type: ignore[no-any-return]
    return func.coalesce(*(columns[f"a{months}"] for months in sorted(POINTS, reverse=True)))


def latest_values(*codes: str) -> Any:
    """For each measure and fund indicator (or only these) the value that was counted last."""
    place = func.row_number().over(partition_by=(Value.measure_id, Value.code), order_by=Evaluation.point.desc())
    ranked = (
        select(Value.measure_id, Value.code, Value.value, Value.women, place.label("place"))
        .join(Evaluation, Evaluation.id == Value.evaluation_id)
        .where(Evaluation.done_at.is_not(None), Value.code.in_(codes or OF_PERSONS))
        .subquery()
    )
    return select(ranked).where(ranked.c.place == 1).subquery()


def counts() -> Any:
    """For each measure what was counted last of every fund indicator: columns `people_trained`, `people_trained_women` …"""
    latest = latest_values()
    columns = [
        func.max(case((latest.c.code == code, column))).label(f"{code}{suffix}")
        for code in OF_PERSONS
        for suffix, column in (("", latest.c.value), ("_women", latest.c.women))
    ]
    return select(latest.c.measure_id, *columns).group_by(latest.c.measure_id).subquery()


def behind(figure: str, days: Days) -> ColumnElement[bool]:
    """Whether a measure is counted in a figure (one of FIGURES); 'effective' is every one whose visit at the end is due."""
    funded = Measure.status.in_(FUNDED)
    if figure == "effective":
        return due_at(LATEST, days)
    if figure == "running":
        return and_(funded, ~over(days))
    if figure == "ended":
        return and_(funded, over(days))
    counted = latest_values(figure)
    return and_(funded, over(days), Measure.id.in_(select(counted.c.measure_id).where(counted.c.value > 0)))


def due_at(point: int, days: Days) -> ColumnElement[bool]:
    """Whether the visit at this point is due (LATEST: the one at the end); what was taken over is not evaluated here."""
    return and_(Measure.status.in_(FUNDED), Measure.imported_key.is_(None), days.ended(max(point, 0)))


def answered(asked: str, days: Days) -> ColumnElement[bool] | None:
    """What `asked` ('yes', 'due-12') means of a measure; None when it means nothing. Not answered counts as unknown."""
    found = ANSWERS.fullmatch(asked)
    if found is None:
        return None
    answer, point = found[1], LATEST if found[2] is None else int(found[2])
    if answer == "due":
        return due_at(point, days)
    told = answers()
    known = (Answer.YES, Answer.PARTLY, Answer.NO) if answer == Answer.UNKNOWN else (answer,)
    among = Measure.id.in_(select(told.c.measure_id).where(answer_at(told, point).in_(known)))
    return and_(due_at(point, days), ~among if answer == Answer.UNKNOWN else among)
