"""What became of all measures: counted by the database, by year of contract and by branch, each currency for itself.

Ended is what was contracted and whose funding has ended, also what was taken over; running measures are counted apart.
The effective rate asks every contracted measure whose evaluation at the end is due (domain.md 8.3); taken-over measures
were not evaluated here and stand outside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, select
from sqlalchemy.orm import joinedload

from fundapp.disbursement.models import Receipt
from fundapp.evaluation.counting import LATEST, YEAR, Days, answer_at, answers, latest_values, over
from fundapp.evaluation.impact import Answer, Rate
from fundapp.evaluation.queries import OF_PERSONS, POINTS
from fundapp.funds.models import Fund, Posting
from fundapp.kit.database import ReadSession
from fundapp.measures.lifecycle import FUNDED
from fundapp.measures.models import Measure
from fundapp.people.models import Branch


@dataclass(frozen=True)
class Answers:
    """Of the measures that were due, how many answered what. `unknown` are also those without any answer."""

    due: int = 0
    yes: int = 0
    partly: int = 0
    no: int = 0

    @property
    def unknown(self) -> int:
        return self.due - self.yes - self.partly - self.no

    @property
    def rate(self) -> Rate:
        return Rate(self.yes, self.due)


@dataclass(frozen=True)
class Money:
    """Minor units of one currency: what ended measures were awarded, own share planned, paid (less what came back), receipts accepted."""

    currency: str
    measures: int
    awarded: int
    own: int
    paid: int
    proven: int


@dataclass
class Line:
    """A year, a branch, or the whole. `counted` by code: (value, of them women) in thousandths; `answers` by point and LATEST."""

    key: int | None = None
    label: str = ""
    contracted: int = 0
    ended: int = 0
    taken_over: int = 0
    counted: dict[str, tuple[int, int]] = field(default_factory=dict)
    answers: dict[int, Answers] = field(default_factory=dict)
    money: list[Money] = field(default_factory=list)

    @property
    def running(self) -> int:
        return self.contracted - self.ended

    @property
    def latest(self) -> Answers:
        return self.answers.get(LATEST, Answers())

    def count(self, code: str) -> int:
        """Thousandths of what was counted last at each measure."""
        return self.counted.get(code, (0, 0))[0]

    def women(self, code: str) -> int:
        return self.counted.get(code, (0, 0))[1]


@dataclass(frozen=True)
class Portfolio:
    """All figures of the chosen funds (none chosen: all) on one day."""

    funds: list[Fund]
    today: date
    whole: Line
    years: list[Line]
    branches: list[Line]


def portfolio(
    session: ReadSession, *, at: datetime, fund_ids: Sequence[int] | None = None, year: int | None = None
) -> Portfolio:
    """The figures of these funds and this year of contract, in a constant number of questions."""
    asked = select(Fund).order_by(Fund.name, Fund.id)
    funds = list(session.scalars(asked if fund_ids is None else asked.where(Fund.id.in_(fund_ids))))
    days = Days(funds, at)
    scope = [Measure.status.in_(FUNDED), Measure.fund_id.in_([fund.id for fund in funds])]
    scope += [year == YEAR] if year is not None else []
    whole = _lines(session, scope, days, ())
    return Portfolio(
        funds=funds,
        today=max(days.funds, default=at.date()),
        whole=whole[0] if whole else Line(),
        years=_lines(session, scope, days, (YEAR, YEAR)),
        branches=_lines(session, scope, days, (Branch.id, Branch.name)),
    )


def years(session: ReadSession) -> list[int]:
    """The years in which measures were contracted or taken over, newest first."""
    asked = select(YEAR).where(Measure.status.in_(FUNDED), Measure.contracted_on.is_not(None)).distinct()
    return sorted((int(year) for year in session.scalars(asked)), reverse=True)


FIGURES = ("ended", "running", *OF_PERSONS, "effective")


@dataclass(frozen=True)
class Row:
    """A measure behind a figure: its latest answer, and for a counted figure the value and of them women, in thousandths."""

    measure: Measure
    answer: str | None
    value: int | None
    women: int | None


def rows(
    session: ReadSession,
    figure: str,
    *,
    at: datetime,
    fund_ids: Sequence[int] | None = None,
    year: int | None = None,
    branch_id: int | None = None,
    only: ColumnElement[bool] | None = None,
    after: int = 0,
    limit: int | None = None,
) -> list[Row]:
    """The measures behind a figure (one of FIGURES) with fund and branch, by id; `branch_id` 0 is those without a branch.

    `only` narrows them to what a person may know of.
    """
    funds = session.scalars(select(Fund) if fund_ids is None else select(Fund).where(Fund.id.in_(fund_ids))).all()
    days, latest = Days(funds, at), answers()
    counted = latest_values(figure if figure in OF_PERSONS else "")
    asked = (
        select(Measure, answer_at(latest, LATEST), counted.c.value, counted.c.women)
        .outerjoin(latest, latest.c.measure_id == Measure.id)
        .outerjoin(counted, counted.c.measure_id == Measure.id)
        .where(Measure.status.in_(FUNDED), Measure.fund_id.in_([fund.id for fund in funds]), Measure.id > after)
        .where(_behind(figure, days, counted), *([] if only is None else [only]))
        .order_by(Measure.id)
        .limit(limit)
        .options(joinedload(Measure.fund), joinedload(Measure.branch))
    )
    if year is not None:
        asked = asked.where(year == YEAR)
    if branch_id is not None:
        asked = asked.where(Measure.branch_id == branch_id if branch_id else Measure.branch_id.is_(None))
    return [Row(*found) for found in session.execute(asked)]


def _behind(figure: str, days: Days, counted: Any) -> ColumnElement[bool]:
    if figure == "effective":
        return and_(Measure.imported_key.is_(None), days.ended())
    if figure == "running":
        return ~over(days)
    return over(days) if figure == "ended" else and_(over(days), counted.c.value > 0)


def _lines(session: ReadSession, scope: Sequence[ColumnElement[bool]], days: Days, by: tuple[Any, ...]) -> list[Line]:
    """One line for each value of `by` (key, label), or the one of the whole; three questions."""
    lines: dict[Any, Line] = {}
    latest, ended = answers(), over(days)
    sums: list[Any] = [func.count(), _sum(ended), _sum(Measure.imported_key.is_not(None))]
    for point in (LATEST, *POINTS):
        due = and_(Measure.imported_key.is_(None), days.ended(max(point, 0)))
        sums += [_sum(due), *(_sum(and_(due, answer_at(latest, point) == answer)) for answer in list(Answer)[:3])]
    asked = _grouped(
        select(*by, *sums).select_from(Measure).outerjoin(latest, latest.c.measure_id == Measure.id), by
    ).where(*scope)
    for row in session.execute(asked):
        key, told, figures = _key(row, by)
        contracted, ends, imported = (int(figure or 0) for figure in figures[:3])
        line = lines[key] = Line(key, told, contracted, ends, imported)
        for no, point in enumerate((LATEST, *POINTS)):
            line.answers[point] = Answers(*(int(figure or 0) for figure in figures[3 + no * 4 : 7 + no * 4]))
    counted = latest_values()
    asked = _grouped(
        select(*by, counted.c.code, func.sum(counted.c.value), func.sum(counted.c.women))
        .select_from(Measure)
        .join(counted, counted.c.measure_id == Measure.id),
        by,
        counted.c.code,
    ).where(*scope, ended)
    for row in session.execute(asked):
        key, _, (code, value, women) = _key(row, by)
        lines[key].counted[code] = (int(value), int(women or 0))
    for row in session.execute(_money(by).where(*scope, ended)):
        key, _, (currency, *amounts) = _key(row, by)
        lines[key].money.append(Money(currency, *(int(amount or 0) for amount in amounts)))
    return [line for line in lines.values() if line.contracted]


def _grouped(asked: Select[Any], by: tuple[Any, ...], *more: Any) -> Select[Any]:
    """Grouped and ordered by name; measures without a branch last."""
    if by and by[0] is Branch.id:
        asked = asked.outerjoin(Branch, Branch.id == Measure.branch_id)
        return asked.group_by(*by, *more).order_by(Branch.name.is_(None), Branch.name, Branch.id, *more)
    names = by[:1]
    return asked.group_by(*names, *more).order_by(*names, *more) if names or more else asked


def _key(row: Any, by: tuple[Any, ...]) -> tuple[Any, str, Sequence[Any]]:
    if not by:
        return None, "", row
    return (None if row[0] is None else int(row[0])), str(row[1] if row[1] is not None else ""), row[2:]


def _money(by: tuple[Any, ...]) -> Select[Any]:
    paid = (
        select(Posting.case_id, func.sum(-Posting.amount).label("amount"))
        .where(Posting.account == "paid", Posting.case_id.is_not(None))
        .group_by(Posting.case_id)
        .subquery()
    )
    proven = (
        select(Receipt.measure_id, func.sum(Receipt.accepted).label("amount")).group_by(Receipt.measure_id).subquery()
    )
    own = case((Measure.total_cost > Measure.awarded, Measure.total_cost - Measure.awarded), else_=0)
    sums = (
        func.count(), func.sum(Measure.awarded), func.sum(own), func.sum(paid.c.amount), func.sum(proven.c.amount),
    )  # fmt: skip
    asked = (
        select(*by, Fund.currency, *sums)
        .select_from(Measure)
        .join(Fund, Fund.id == Measure.fund_id)
        .outerjoin(paid, paid.c.case_id == Measure.id)
        .outerjoin(proven, proven.c.measure_id == Measure.id)
    )
    return _grouped(asked, by, Fund.currency)


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))
