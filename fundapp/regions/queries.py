"""Questions about bottlenecks and the yearly scorecard of a branch."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import aliased

from fundapp.kit import i18n
from fundapp.kit.database import ReadSession
from fundapp.kit.money import share
from fundapp.people.models import Branch, Person
from fundapp.people.permissions import Action, may
from fundapp.regions.models import Bottleneck, BranchYear

SHOWN = 6  # years on a picture


class BranchPage:
    """A branch as the rights see it: a thing of that branch."""

    def __init__(self, branch: Branch) -> None:
        self.branch = branch
        self.id = self.branch_id = branch.id


def find_branch(session: ReadSession, id: int, *, visible_to: Person) -> BranchPage | None:
    """The branch; who reads the results may look at each, who changes its figures the rights say."""
    branch = session.get(Branch, id)
    return BranchPage(branch) if branch and may(visible_to, Action.READ_RESULTS) else None


def bottlenecks(session: ReadSession, branch_id: int) -> list[Bottleneck]:
    """What holds, gravest first: severity x reach x (1 + changeable) / 3 (domain.md 1.3)."""
    grave = (Bottleneck.severity * Bottleneck.reach * (1 + Bottleneck.changeable)).desc()
    asked = select(Bottleneck).where(Bottleneck.branch_id == branch_id, Bottleneck.retired_at.is_(None))
    return list(session.scalars(asked.order_by(grave, Bottleneck.id)))


def bottlenecks_of_region(session: ReadSession, region: str) -> list[Bottleneck]:
    """The bottlenecks that the branches of a region have named, gravest first."""
    return bottlenecks_of(session, [region])


def bottlenecks_of(session: ReadSession, regions: Sequence[str]) -> list[Bottleneck]:
    """The bottlenecks of several regions, region by region in this order, the gravest of each first; one question."""
    grave = (Bottleneck.severity * Bottleneck.reach * (1 + Bottleneck.changeable)).desc()
    asked = (
        select(Bottleneck)
        .join(Branch, Branch.id == Bottleneck.branch_id)
        .where(Branch.region.in_(regions), Bottleneck.retired_at.is_(None))
    )
    place = case({region: number for number, region in enumerate(regions)}, value=Branch.region)
    return list(session.scalars(asked.order_by(place, grave, Bottleneck.id)))


def years(session: ReadSession, branch_id: int) -> list[BranchYear]:
    """The scorecard, newest year first."""
    return list(
        session.scalars(select(BranchYear).where(BranchYear.branch_id == branch_id).order_by(BranchYear.year.desc()))
    )


def all_years(session: ReadSession, *, most: int = SHOWN) -> dict[int, dict[int, BranchYear]]:
    """Branch id -> year -> figures, for the last `most` years there are; one question."""
    newest = select(func.max(BranchYear.year)).scalar_subquery()
    found: dict[int, dict[int, BranchYear]] = {}
    for row in session.scalars(select(BranchYear).where(BranchYear.year > newest - most).order_by(BranchYear.year)):
        found.setdefault(row.branch_id, {})[row.year] = row
    return found


def find_year(session: ReadSession, branch_id: int, year: int) -> BranchYear | None:
    return session.scalars(select(BranchYear).where(BranchYear.branch_id == branch_id, BranchYear.year == year)).first()


@dataclass(frozen=True)
class BranchGrowth:
    """A branch with its first and its last year on record; None without any."""

    branch: Branch
    first: BranchYear | None
    last: BranchYear | None

    @property
    def compared(self) -> bool:
        """Whether there are two years to compare."""
        return self.first is not None and self.last is not None and self.first.year < self.last.year

    @property
    def growing(self) -> bool:
        """Whether the branch has more members in its last year on record than in its first."""
        return self.compared and self.last.members > self.first.members  # type: ignore[union-attr]

    @property
    def percent(self) -> Decimal | None:
        """By how many per cent the members have grown, one decimal; None where there is nothing to compare with."""
        if not self.compared or not self.first.members:  # type: ignore[union-attr]
            return None
        return share(self.last.members - self.first.members, self.first.members)  # type: ignore[union-attr]


@dataclass(frozen=True)
class Growth:
    """How many of the branches with two years on record grow in members, and the members of all of these then and now."""

    growing: int = 0
    compared: int = 0
    first: int = 0
    last: int = 0
    first_year: int | None = None
    last_year: int | None = None


def growth(session: ReadSession) -> tuple[list[BranchGrowth], Growth]:
    """Every branch with its first and last year on record, in the alphabet of the reader, and what they add up to; one question."""
    span = _span()
    first, last = aliased(BranchYear), aliased(BranchYear)
    two = first.year < last.year
    sums = (
        func.sum(case((and_(two, last.members > first.members), 1), else_=0)).over(),
        func.sum(case((two, 1), else_=0)).over(),
        func.coalesce(func.sum(case((two, first.members))).over(), 0),
        func.coalesce(func.sum(case((two, last.members))).over(), 0),
        func.min(case((two, first.year))).over(),
        func.max(case((two, last.year))).over(),
    )
    asked = (
        select(Branch, first, last, *sums)
        .outerjoin(span, span.c.branch_id == Branch.id)
        .outerjoin(first, and_(first.branch_id == Branch.id, first.year == span.c.first))
        .outerjoin(last, and_(last.branch_id == Branch.id, last.year == span.c.last))
    )
    found = session.execute(asked).all()
    rows = sorted((BranchGrowth(*row[:3]) for row in found), key=lambda row: i18n.by_name(i18n.named(row.branch)))
    if not found:
        return rows, Growth()
    growing, compared, then, now, first_year, last_year = found[0][3:]
    return rows, Growth(int(growing), int(compared), int(then), int(now), first_year, last_year)


def _span() -> Any:
    """For each branch its first and its last year on record."""
    years = func.min(BranchYear.year).label("first"), func.max(BranchYear.year).label("last")
    return select(BranchYear.branch_id, *years).group_by(BranchYear.branch_id).subquery()
