"""What became of all measures: counted by the database, by year of contract and by branch, each currency for itself.

Ended is what was contracted and whose funding has ended, also what was taken over; running measures are counted apart.
The effective rate asks every contracted measure whose evaluation at the end is due (domain.md 8.3); taken-over measures
were not evaluated here and stand outside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, case, cast, func, literal, null, select, union_all
from sqlalchemy.orm import joinedload

from fundapp.disbursement.models import Receipt
from fundapp.evaluation.counting import (
    LATEST,
    YEAR,
    Days,
    answer_at,
    answers,
    behind,
    counts,
    due_at,
    latest_values,
    over,
)
from fundapp.evaluation.impact import Answer, Rate
from fundapp.evaluation.queries import OF_PERSONS, POINTS
from fundapp.funds.models import Fund, Posting
from fundapp.kit import i18n
from fundapp.kit.database import ReadSession
from fundapp.measures.lifecycle import FUNDED
from fundapp.measures.models import Measure
from fundapp.regions import queries as regions
from fundapp.regions.queries import BranchGrowth, Growth


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
    choices: list[int]  # the years of contract there are, newest first
    growth: Growth
    growing: list[BranchGrowth]


def portfolio(
    session: ReadSession,
    *,
    at: datetime,
    fund_ids: Sequence[int] | None = None,
    year: int | None = None,
    among: Sequence[Fund] | None = None,
) -> Portfolio:
    """The figures of these funds and this year of contract, in two questions; `among` are all funds, where they are known."""
    known = list(session.scalars(select(Fund)) if among is None else among)
    funds = [fund for fund in known if fund_ids is None or fund.id in fund_ids]
    days = Days(funds, at)
    lines = _lines(session, [fund.id for fund in funds], days, year)
    branches, growth = regions.growth(session)
    names = {row.branch.id: i18n.named(row.branch) for row in branches}
    for line in lines["branch"]:
        line.label = names.get(line.key or 0, "")
    whole = lines["whole"][0] if lines["whole"] else Line()
    return Portfolio(
        funds=sorted(funds, key=lambda fund: i18n.by_name(fund.name)),
        today=max(days.funds, default=at.date()),
        whole=whole,
        years=[line for line in lines["year"] if year is None or line.key == year],
        branches=sorted(lines["branch"], key=lambda line: (not line.label, i18n.by_name(line.label))),
        choices=[line.key for line in reversed(lines["year"]) if line.key is not None],
        growth=growth,
        growing=branches,
    )


@dataclass(frozen=True)
class Row:
    """A measure behind a figure: its latest answer, and for a counted figure the value and of them women, in thousandths."""

    measure: Measure
    answer: str | None
    value: int | None
    women: int | None


class Asked:
    """The measures behind a figure (one of FIGURES), narrowed: `branch` 0 is those without a branch, `point` the visit asked."""

    def __init__(
        self,
        session: ReadSession,
        figure: str,
        at: datetime,
        fund_ids: Sequence[int] | None = None,
        year: int | None = None,
        branch: int | None = None,
        point: int = LATEST,
        among: Sequence[Fund] | None = None,
    ) -> None:
        known = session.scalars(select(Fund)).all() if among is None else among
        funds = [fund for fund in known if fund_ids is None or fund.id in fund_ids]
        days = Days(funds, at)
        self.answers, self.counted = answers(), latest_values(figure if figure in OF_PERSONS else "")
        self.answer = answer_at(self.answers, point)
        self.where: list[ColumnElement[bool]] = [Measure.fund_id.in_([fund.id for fund in funds])]
        self.where.append(due_at(point, days) if figure == "effective" else behind(figure, days))
        if year is not None:
            self.where.append(year == YEAR)
        if branch is not None:
            self.where.append(Measure.branch_id == branch if branch else Measure.branch_id.is_(None))

    def select(self, *columns: Any) -> Select[Any]:
        """These columns of the measures, with what was answered and counted."""
        asked = select(*columns).select_from(Measure).outerjoin(self.answers, self.answers.c.measure_id == Measure.id)
        return asked.outerjoin(self.counted, self.counted.c.measure_id == Measure.id).where(*self.where)


def rows(
    session: ReadSession,
    asked: Asked,
    *,
    only: ColumnElement[bool] | None = None,
    after: int = 0,
    limit: int | None = None,
) -> list[Row]:
    """The measures with fund and branch, by id; `only` narrows them to what a person may know of."""
    wanted = asked.select(Measure, asked.answer, asked.counted.c.value, asked.counted.c.women)
    wanted = wanted.where(Measure.id > after, *([] if only is None else [only])).order_by(Measure.id).limit(limit)
    return [
        Row(*found) for found in session.execute(wanted.options(joinedload(Measure.fund), joinedload(Measure.branch)))
    ]


@dataclass(frozen=True)
class Totals:
    """What the rows behind a figure add up to, and how many of them a person may open; counts in thousandths."""

    measures: int
    shown: int
    value: int
    women: int
    yes: int


def totals(session: ReadSession, asked: Asked, *, only: ColumnElement[bool]) -> Totals:
    """All rows behind a figure, and of them those that `only` lets through; one question."""
    counted = asked.counted.c
    sums = (
        func.count(),
        _sum(only),
        func.sum(counted.value),
        func.sum(counted.women),
        _sum(asked.answer == Answer.YES),
    )
    return Totals(*(int(figure or 0) for figure in session.execute(asked.select(*sums)).one()))


def _lines(session: ReadSession, fund_ids: Sequence[int], days: Days, year: int | None) -> dict[str, list[Line]]:
    """The whole, the years of contract and the branches, each a line; one question.

    The database adds up for every currency; only counts of persons and measures are taken together over currencies.
    Years stand whatever year is chosen: they are what there is to choose from.
    """
    in_year = [year == YEAR] if year is not None else []
    by = {"whole": null(), "year": YEAR, "branch": Measure.branch_id}
    asked = [
        _sums(literal(kind), cast(key, Integer), days)
        .where(Measure.status.in_(FUNDED), Measure.fund_id.in_(fund_ids), *(in_year if kind != "year" else []))
        .group_by(*(() if kind == "whole" else (key,)), Fund.currency)
        for kind, key in by.items()
    ]
    found: dict[str, dict[int | None, Line]] = {kind: {} for kind in by}
    for kind, key, currency, *sums in session.execute(union_all(*asked)):
        line = found[kind].setdefault(key, Line(key, "" if key is None else str(key)))
        _add(line, currency, sums)
    return {kind: sorted(lines.values(), key=lambda line: (line.key or 0, line.label)) for kind, lines in found.items()}


def _sums(kind: Any, key: Any, days: Days) -> Select[Any]:
    """What is added up: measures, answers at each point, persons counted, money."""
    latest, counted, ended = answers(), counts(), over(days)
    sums: list[Any] = [func.count(), _sum(ended), _sum(Measure.imported_key.is_not(None))]
    for point in (LATEST, *POINTS):
        due = due_at(point, days)
        sums += [_sum(due), *(_sum(and_(due, answer_at(latest, point) == answer)) for answer in list(Answer)[:3])]
    for code in OF_PERSONS:
        sums += [func.sum(case((ended, counted.c[part]))) for part in (code, f"{code}_women")]
    paid = select(Posting.case_id, func.sum(-Posting.amount).label("amount")).where(Posting.account == "paid")
    paids = paid.where(Posting.case_id.is_not(None)).group_by(Posting.case_id).subquery()
    proven = select(Receipt.measure_id, func.sum(Receipt.accepted).label("amount"))
    provens = proven.group_by(Receipt.measure_id).subquery()
    own = case((Measure.total_cost > Measure.awarded, Measure.total_cost - Measure.awarded), else_=0)
    sums += [func.sum(case((ended, amount))) for amount in (Measure.awarded, own, paids.c.amount, provens.c.amount)]
    return (
        select(kind.label("kind"), key.label("key"), Fund.currency, *(s.label(f"s{n}") for n, s in enumerate(sums)))
        .select_from(Measure)
        .join(Fund, Fund.id == Measure.fund_id)
        .outerjoin(latest, latest.c.measure_id == Measure.id)
        .outerjoin(counted, counted.c.measure_id == Measure.id)
        .outerjoin(paids, paids.c.case_id == Measure.id)
        .outerjoin(provens, provens.c.measure_id == Measure.id)
    )


def _add(line: Line, currency: str, sums: Sequence[Any]) -> None:
    """The sums of one currency, in the order of `_sums`, added to a line."""
    figures = iter(None if figure is None else int(figure) for figure in sums)
    contracted, ended, taken_over = (next(figures) or 0 for _ in range(3))
    line.contracted, line.ended = line.contracted + contracted, line.ended + ended
    line.taken_over += taken_over
    for point in (LATEST, *POINTS):
        due, yes, partly, no = (next(figures) or 0 for _ in range(4))
        then = line.answers.get(point, Answers())
        line.answers[point] = Answers(then.due + due, then.yes + yes, then.partly + partly, then.no + no)
    for code in OF_PERSONS:
        value, women = next(figures), next(figures)
        if value is not None:
            line.counted[code] = (line.count(code) + value, line.women(code) + (women or 0))
    amounts = [next(figures) or 0 for _ in range(4)]
    if ended:
        line.money.append(Money(currency, ended, *amounts))
        line.money.sort(key=lambda money: money.currency)


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))
