"""What lists of measures can be narrowed by, and a person's own proposals. What an address asks for that is not known narrows nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date

from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.orm import joinedload

from fundapp.funds.models import Call, Fund
from fundapp.kit import i18n
from fundapp.kit.database import ReadSession
from fundapp.kit.i18n import mark
from fundapp.measures import gaps, queries
from fundapp.measures.codes import TOPICS
from fundapp.measures.lifecycle import Status
from fundapp.measures.models import Measure
from fundapp.people.models import Branch, Organisation, Person
from fundapp.people.permissions import Action, Actor, may

S = Status
GROUPS: dict[str, tuple[str, tuple[Status, ...]]] = {
    "writing": (mark("Being written"), (S.DRAFT, S.RETURNED)),
    "checking": (mark("Being checked"), (S.SUBMITTED,)),
    "deciding": (mark("Before the committee"), (S.ELIGIBLE, S.IN_RATING, S.RATED, S.DEFERRED, S.RESERVED)),
    "approved": (mark("Approved"), (S.APPROVED, S.CONTRACTED)),
    "running": (mark("Running"), (S.RUNNING, S.SUSPENDED, S.TERMINATED)),
    "settled": (mark("Settled and closed"), (S.SETTLED, S.CLOSED)),
    "ended": (mark("Ended without grant"), (S.INELIGIBLE, S.REJECTED, S.WITHDRAWN, S.LAPSED)),
}
YEAR = func.coalesce(Measure.contracted_on, Measure.submitted_at, Measure.created_at)


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed to, as it stands in the address; '' is everything.

    Branch, fund and call by id or code, status also by the name of a group; `late` is 'yes'. `counted` names a figure of
    the results and `effective` an answer, alone or at a point ('yes', 'due-12'): these two the register reads.
    """

    q: str = ""
    status: str = ""
    branch: str = ""
    fund: str = ""
    call: str = ""
    topic: str = ""
    year: str = ""
    late: str = ""
    counted: str = ""
    effective: str = ""

    def chosen(self) -> dict[str, str]:
        return {f.name: getattr(self, f.name) for f in fields(self) if getattr(self, f.name)}


@dataclass(frozen=True)
class Choices:
    """What a list can be narrowed by; calls that are not published only for who prepares them."""

    branches: Sequence[Branch]
    calls: Sequence[Call]
    funds: Sequence[Fund]
    years: list[int]


def choices(session: ReadSession, person: Actor | None) -> Choices:
    """What `person` can narrow a list by (None: nobody asks, everything), in two questions."""
    created, contracted = Measure.created_at, Measure.contracted_on
    span = select(
        func.min(created).label("first"), func.max(created).label("last"), func.min(contracted).label("oldest")
    )
    spans = span.subquery()
    found = session.execute(select(spans, Branch).outerjoin(Branch, true())).all()
    first, last, oldest, _branch = found[0]
    years = list(range(last.year, min(first.year, oldest.year if oldest else first.year) - 1, -1)) if first else []
    published = true() if person is None or may(person, Action.MANAGE_CALL) else Call.published_at.is_not(None)
    asked = select(Fund, Call).outerjoin(Call, and_(Call.fund_id == Fund.id, published))
    both = session.execute(asked.order_by(Call.opens_at.desc(), Call.id.desc())).all()
    return Choices(
        sorted((row[3] for row in found if row[3]), key=lambda branch: i18n.by_name(i18n.named(branch))),
        [call for _, call in both if call],
        sorted({fund.id: fund for fund, _ in both}.values(), key=lambda fund: i18n.by_name(fund.name)),
        years,
    )


def narrowed(filters: Filters, choices: Choices) -> tuple[list[ColumnElement[bool]], list[str]]:
    """The conditions on Measure that the filters ask for (with Organisation joined), and the names of those not understood."""
    found: list[ColumnElement[bool]] = []
    unknown: list[str] = []
    if filters.q.strip():
        found.append(_words(filters.q.strip()))
    if filters.status in GROUPS:
        found.append(Measure.status.in_(GROUPS[filters.status][1]))
    elif filters.status in set(Status):
        found.append(Measure.status == filters.status)
    elif filters.status:
        unknown.append("status")
    for name, column, rows in (
        ("branch", Measure.branch_id, choices.branches),
        ("fund", Measure.fund_id, choices.funds),
        ("call", Measure.call_id, choices.calls),
    ):
        wanted = getattr(filters, name)
        ids = [row.id for row in rows if wanted in (row.code, str(row.id))]
        if ids:
            found.append(column.in_(ids))
        elif name == "branch" and wanted == "0":
            found.append(Measure.branch_id.is_(None))
        elif wanted:
            unknown.append(name)
    if filters.topic in TOPICS:
        found.append(Measure.topic == filters.topic)
    elif filters.topic:
        unknown.append("topic")
    if filters.year in {str(year) for year in choices.years}:
        year = int(filters.year)
        found.append(and_(date(year, 1, 1) <= YEAR, date(year + 1, 1, 1) > YEAR))
    elif filters.year:
        unknown.append("year")
    return found, unknown


def of_owner(session: ReadSession, person: Person) -> list[Measure]:
    """A person's own proposals: those that wait for the person first, then the newest."""
    waits = Measure.status.in_((S.DRAFT, S.RETURNED)).desc()
    asked = select(Measure).where(queries.owned_by(person, reading=True)).order_by(waits, Measure.id.desc()).limit(200)
    with_ = (joinedload(Measure.fund), joinedload(Measure.call), joinedload(Measure.organisation))
    return list(session.scalars(asked.options(*with_)))


def gaps_of(session: ReadSession, rows: Sequence[Measure]) -> dict[int, int]:
    """Measure id -> how many things are missing, for those that are still written; the same number of questions for all."""
    writing = [row for row in rows if row.status in (S.DRAFT, S.RETURNED) and row.call is not None]
    return {id: len(gaps.gaps(proposal)) for id, proposal in queries.written(session, writing).items()}


def _words(q: str) -> ColumnElement[bool]:
    """Title, number or applicant hold these words; small and capital letters alike, also where the database knows only Latin ones."""
    likes = {f"%{_plain(text)}%" for text in (q, q.lower(), q.upper(), q.capitalize())}
    columns = (Measure.title, Measure.number, Measure.recipient_name, Organisation.name)
    return or_(*(column.ilike(like, escape="\\") for column in columns for like in sorted(likes)))


def _plain(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
