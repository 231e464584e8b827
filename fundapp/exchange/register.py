"""The register: a row for each measure with what every room knows of it - narrowed by the address, summed, paged by key.

It stands here because the page and the workbook are one list: granted, paid (ledger), proven (receipts), left, what is due next.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, true
from sqlalchemy.orm import contains_eager

from fundapp.disbursement.models import Receipt
from fundapp.evaluation import counting
from fundapp.funds.models import Fund, Posting
from fundapp.kit.database import ReadSession
from fundapp.kit.dates import on
from fundapp.measures import listing
from fundapp.measures.listing import Choices, Filters
from fundapp.measures.models import Measure
from fundapp.measures.queries import visible_to
from fundapp.people.models import Person
from fundapp.reminders.models import Obligation

ON_PAGE = 150  # what a national chamber has ever funded stands on one page
AT_ONCE = 500  # rows held at a time when all are written out
LEFT = ("reserved", "committed")  # set aside for the measure and not paid yet
PERSONAL = ("rating.sheet",)  # duties of one member of a committee, not of the measure


@dataclass(frozen=True)
class Row:
    """A measure with fund, branch, call and organisation; amounts are minor units of its fund; `due` is its next open duty."""

    measure: Measure
    paid: int
    proven: int
    left: int
    duty: str
    due: date | None
    late: bool


@dataclass(frozen=True)
class Sum:
    """What the list adds up to in one currency, minor units."""

    currency: str
    count: int
    requested: int
    awarded: int
    paid: int
    proven: int
    left: int


@dataclass(frozen=True)
class Found:
    rows: list[Row]
    sums: list[Sum]
    next: int | None  # the key of the next page

    @property
    def count(self) -> int:
        return sum(each.count for each in self.sums)


@dataclass(frozen=True)
class Register:
    """What somebody asks for, ready to be counted: the condition, the filters that were not understood, what there is to choose."""

    where: ColumnElement[bool]
    unknown: list[str]
    choices: Choices
    days: dict[int, date]  # fund id -> today, in its own time zone


def register(session: ReadSession, person: Person | None, filters: Filters, *, at: datetime) -> Register:
    """The measures that `person` may know of (None: all that were ever sent in), narrowed; in two questions."""
    choices = listing.choices(session, person)
    found, unknown = listing.narrowed(filters, choices)
    days = {fund.id: on(at, fund.zone) for fund in choices.funds}
    counted = counting.Days(choices.funds, at)
    if filters.late == "yes":
        found.append(_late(days))
    elif filters.late:
        unknown.append("late")
    if filters.counted in counting.FIGURES:
        found.append(counting.behind(filters.counted, counted))
    elif filters.counted:
        unknown.append("counted")
    answered = counting.answered(filters.effective, counted)
    if answered is not None:
        found.append(answered)
    elif filters.effective:
        unknown.append("effective")
    known = visible_to(person) if person is not None else Measure.number.is_not(None)
    return Register(and_(known, *found), unknown, choices, days)


def page(session: ReadSession, asked: Register, *, after: int | None = None, limit: int = ON_PAGE) -> Found:
    """The newest rows and what all rows add up to; `after` is the key where the last page ended. Two questions."""
    rows = _rows().where(asked.where, Measure.id < after if after else true()).limit(limit + 1)
    found = [_row(row, asked) for row in session.execute(rows)]
    more = found[limit - 1].measure.id if len(found) > limit else None
    return Found(found[:limit], sums(session, asked), more)


def every(session: ReadSession, asked: Register) -> Iterator[Row]:
    """All rows, newest first, with bounded memory."""
    for row in session.execute(_rows().where(asked.where), execution_options={"yield_per": AT_ONCE}):
        yield _row(row, asked)


def sums(session: ReadSession, asked: Register) -> list[Sum]:
    """What all rows add up to, each currency for itself."""
    money, proven = _money(), _proven()
    amounts = (Measure.requested, Measure.awarded, money.c.paid, proven.c.amount, money.c.left)
    wanted = (
        select(Fund.currency, func.count(Measure.id), *(func.coalesce(func.sum(amount), 0) for amount in amounts))
        .select_from(Measure)
        .join(Measure.fund)
        .outerjoin(Measure.organisation)
        .outerjoin(money, money.c.case_id == Measure.id)
        .outerjoin(proven, proven.c.measure_id == Measure.id)
        .where(asked.where)
        .group_by(Fund.currency)
        .order_by(Fund.currency)
    )
    return [Sum(currency, *(int(value) for value in values)) for currency, *values in session.execute(wanted)]


def _rows() -> Select[Any]:
    money, proven, next_ = _money(), _proven(), _next_duty()
    return (
        select(
            Measure,
            func.coalesce(money.c.paid, 0),
            func.coalesce(proven.c.amount, 0),
            func.coalesce(money.c.left, 0),
            next_.c.title,
            next_.c.due,
        )
        .join(Measure.fund)
        .outerjoin(Measure.branch)
        .outerjoin(Measure.call)
        .outerjoin(Measure.organisation)
        .outerjoin(money, money.c.case_id == Measure.id)
        .outerjoin(proven, proven.c.measure_id == Measure.id)
        .outerjoin(next_, and_(next_.c.case_id == Measure.id, next_.c.place == 1))
        .options(*(contains_eager(e) for e in (Measure.fund, Measure.branch, Measure.call, Measure.organisation)))
        .order_by(Measure.id.desc())
    )


def _row(found: Any, asked: Register) -> Row:
    measure, paid, proven, left, duty, due = found
    late = due is not None and due < asked.days[measure.fund_id]
    return Row(measure, int(paid), int(proven), int(left), (duty or "").partition(":")[0], due, late)


def _money() -> Any:
    """What the ledger says of each case."""
    of_case = Posting.case_id.is_not(None), Posting.account.in_(("paid", *LEFT))
    paid = func.sum(case((Posting.account == "paid", -Posting.amount), else_=0)).label("paid")
    left = func.sum(case((Posting.account.in_(LEFT), -Posting.amount), else_=0)).label("left")
    return select(Posting.case_id, paid, left).where(*of_case).group_by(Posting.case_id).subquery()


def _proven() -> Any:
    """What receipts have shown of each measure, as far as they were accepted."""
    asked = select(Receipt.measure_id, func.sum(Receipt.accepted).label("amount"))
    return asked.group_by(Receipt.measure_id).subquery()


def _open() -> tuple[ColumnElement[bool], ...]:
    return Obligation.done_at.is_(None), Obligation.cancelled_at.is_(None), Obligation.kind.not_in(PERSONAL)


def _next_duty() -> Any:
    """The open duties of each case, the first one in place 1."""
    place = func.row_number().over(partition_by=Obligation.case_id, order_by=(Obligation.due, Obligation.id))
    asked = select(Obligation.case_id, Obligation.title, Obligation.due, place.label("place"))
    return asked.where(Obligation.case_id.is_not(None), *_open()).subquery()


def _late(days: dict[int, date]) -> ColumnElement[bool]:
    """Whether an open duty of the measure is past its date, by the day in the zone of its fund."""
    parts = [
        and_(
            Measure.fund_id.in_([fund for fund, its in days.items() if its == day]),
            Measure.id.in_(select(Obligation.case_id).where(*_open(), Obligation.due < day)),
        )
        for day in set(days.values())
    ]
    return or_(*parts) if parts else Measure.id < 0
