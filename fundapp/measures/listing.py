"""The list of measures: narrowed, paged by key, with sums that follow what it is narrowed to. Always the same number of questions."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import joinedload

from fundapp.funds.models import Call, Fund
from fundapp.kit.database import ReadSession
from fundapp.measures.lifecycle import Status
from fundapp.measures.models import Measure
from fundapp.measures.queries import visible_to
from fundapp.people.models import Branch, Organisation, Person

S = Status
GROUPS: dict[str, tuple[str, tuple[Status, ...]]] = {
    "writing": ("Being written", (S.DRAFT, S.RETURNED)),
    "checking": ("Being checked", (S.SUBMITTED,)),
    "deciding": ("Before the committee", (S.ELIGIBLE, S.IN_RATING, S.RATED, S.DEFERRED, S.RESERVED)),
    "approved": ("Approved", (S.APPROVED, S.CONTRACTED)),
    "running": ("Running", (S.RUNNING, S.SUSPENDED, S.TERMINATED)),
    "settled": ("Settled and closed", (S.SETTLED, S.CLOSED)),
    "ended": ("Ended without grant", (S.INELIGIBLE, S.REJECTED, S.WITHDRAWN, S.LAPSED)),
}
YEAR = func.coalesce(Measure.contracted_on, Measure.submitted_at, Measure.created_at)


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed to; '' is everything. Branch and fund by id or code, status also by the name of a group."""

    q: str = ""
    status: str = ""
    branch: str = ""
    call: str = ""
    fund: str = ""
    year: str = ""

    def chosen(self) -> dict[str, str]:
        return {f.name: getattr(self, f.name) for f in fields(self) if getattr(self, f.name)}


@dataclass(frozen=True)
class Sum:
    """What a list adds up to in one currency, minor units."""

    currency: str
    count: int
    requested: int
    awarded: int


@dataclass(frozen=True)
class Found:
    rows: list[Measure]
    sums: list[Sum]
    next: int | None  # the key of the next page

    @property
    def count(self) -> int:
        return sum(each.count for each in self.sums)


@dataclass(frozen=True)
class Choices:
    branches: Sequence[Branch]
    calls: Sequence[Call]
    funds: Sequence[Fund]
    years: list[int]


def list_measures(
    session: ReadSession, person: Person, filters: Filters, *, after: int | None = None, limit: int = 50
) -> Found:
    """The measures this person may see, newest first; `after` is the key where the last page ended."""
    where = _where(person, filters)
    asked = (
        select(Measure)
        .where(where, Measure.id < after if after else Measure.id > 0)
        .outerjoin(Organisation, Organisation.id == Measure.organisation_id)
        .options(*(joinedload(each) for each in (Measure.fund, Measure.branch, Measure.organisation)))
        .order_by(Measure.id.desc())
        .limit(limit + 1)
    )
    rows = list(session.scalars(asked))
    more = len(rows) > limit
    return Found(rows[:limit], _sums(session, where), rows[limit - 1].id if more else None)


def of_owner(session: ReadSession, person: Person) -> list[Measure]:
    """A person's own proposals: those that wait for the person first, then the newest."""
    waits = Measure.status.in_((S.DRAFT, S.RETURNED)).desc()
    asked = select(Measure).where(Measure.owner_id == person.id).order_by(waits, Measure.id.desc()).limit(200)
    return list(session.scalars(asked.options(joinedload(Measure.fund), joinedload(Measure.call))))


def choices(session: ReadSession) -> Choices:
    """What a list can be narrowed by."""
    first, last = session.execute(select(func.min(Measure.created_at), func.max(Measure.created_at))).one()
    oldest = session.scalar(select(func.min(Measure.contracted_on)))
    years = list(range(last.year, min(first.year, oldest.year if oldest else first.year) - 1, -1)) if first else []
    return Choices(
        list(session.scalars(select(Branch).order_by(Branch.name))),
        list(session.scalars(select(Call).order_by(Call.opens_at.desc()).limit(100))),
        list(session.scalars(select(Fund).order_by(Fund.name))),
        years,
    )


def _sums(session: ReadSession, where: ColumnElement[bool]) -> list[Sum]:
    asked = (
        select(
            Fund.currency,
            func.count(Measure.id),
            func.coalesce(func.sum(Measure.requested), 0),
            func.coalesce(func.sum(Measure.awarded), 0),
        )
        .select_from(Measure)
        .join(Fund, Fund.id == Measure.fund_id)
        .outerjoin(Organisation, Organisation.id == Measure.organisation_id)
        .where(where)
        .group_by(Fund.currency)
        .order_by(Fund.currency)
    )
    return [
        Sum(currency, count, int(asks or 0), int(gets or 0)) for currency, count, asks, gets in session.execute(asked)
    ]


def _where(person: Person, filters: Filters) -> ColumnElement[bool]:
    found: list[ColumnElement[bool]] = [visible_to(person)]
    if filters.q.strip():
        found.append(_words(filters.q.strip()))
    if filters.status:
        group = GROUPS.get(filters.status)
        found.append(Measure.status.in_(group[1] if group else (filters.status,)))
    found += _named(filters.branch, Measure.branch_id, Branch)
    found += _named(filters.fund, Measure.fund_id, Fund)
    found += _named(filters.call, Measure.call_id, Call)
    if filters.year.isascii() and filters.year.isdigit() and 1900 <= int(filters.year) < 2200:
        year = int(filters.year)
        found.append(and_(date(year, 1, 1) <= YEAR, date(year + 1, 1, 1) > YEAR))
    return and_(*found)


def _named(wanted: str, column: Any, kind: Any) -> list[ColumnElement[bool]]:
    """By id or by code."""
    if not wanted:
        return []
    if wanted.isascii() and wanted.isdigit() and len(wanted) < 10:
        return [or_(column == int(wanted), column.in_(select(kind.id).where(kind.code == wanted)))]
    return [column.in_(select(kind.id).where(kind.code == wanted))]


def _words(q: str) -> ColumnElement[bool]:
    """Title, number or applicant hold these words; small and capital letters alike, also where the database knows only Latin ones."""
    likes = {f"%{_plain(text)}%" for text in (q, q.lower(), q.upper(), q.capitalize())}
    columns = (Measure.title, Measure.number, Measure.recipient_name, Organisation.name)
    return or_(*(column.ilike(like, escape="\\") for column in columns for like in sorted(likes)))


def _plain(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
