"""Questions about bottlenecks and the yearly scorecard of a branch."""

from sqlalchemy import select

from fundapp.kit.database import ReadSession
from fundapp.people.models import Branch, Person
from fundapp.people.permissions import Action, may
from fundapp.regions.models import Bottleneck, BranchYear


class BranchPage:
    """A branch as the rights see it: a thing of that branch."""

    def __init__(self, branch: Branch) -> None:
        self.branch = branch
        self.id = self.branch_id = branch.id


def find_branch(session: ReadSession, id: int, *, visible_to: Person) -> BranchPage | None:
    """The branch; officers see their own, managers all."""
    branch = session.get(Branch, id)
    page = BranchPage(branch) if branch else None
    return page if page and may(visible_to, Action.MANAGE_REGIONS, page) else None


def bottlenecks(session: ReadSession, branch_id: int) -> list[Bottleneck]:
    """What holds, gravest first: severity x reach x (1 + changeable) / 3 (domain.md 1.3)."""
    grave = (Bottleneck.severity * Bottleneck.reach * (1 + Bottleneck.changeable)).desc()
    asked = select(Bottleneck).where(Bottleneck.branch_id == branch_id, Bottleneck.retired_at.is_(None))
    return list(session.scalars(asked.order_by(grave, Bottleneck.id)))


def bottlenecks_of_region(session: ReadSession, region: str) -> list[Bottleneck]:
    """The bottlenecks that the branches of a region have named, gravest first."""
    grave = (Bottleneck.severity * Bottleneck.reach * (1 + Bottleneck.changeable)).desc()
    asked = (
        select(Bottleneck)
        .join(Branch, Branch.id == Bottleneck.branch_id)
        .where(Branch.region == region, Bottleneck.retired_at.is_(None))
    )
    return list(session.scalars(asked.order_by(grave, Bottleneck.id)))


def years(session: ReadSession, branch_id: int) -> list[BranchYear]:
    """The scorecard, newest year first."""
    return list(
        session.scalars(select(BranchYear).where(BranchYear.branch_id == branch_id).order_by(BranchYear.year.desc()))
    )


def find_year(session: ReadSession, branch_id: int, year: int) -> BranchYear | None:
    return session.scalars(select(BranchYear).where(BranchYear.branch_id == branch_id, BranchYear.year == year)).first()
