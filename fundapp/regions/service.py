"""Verbs about bottlenecks and the yearly scorecard of a branch."""

from datetime import date, datetime

from fundapp.history.service import Somebody, record
from fundapp.kit.database import WriteSession
from fundapp.kit.errors import Refused
from fundapp.kit.i18n import gettext as _
from fundapp.people.models import Branch
from fundapp.regions import queries
from fundapp.regions.models import Bottleneck, BranchYear


def add_bottleneck(
    session: WriteSession,
    branch: Branch,
    *,
    title: str,
    factor: str,
    severity: int,
    reach: int,
    changeable: int,
    named_on: date,
    by: Somebody,
    at: datetime,
) -> Bottleneck:
    """An obstacle that the region has named: severity and reach 1 to 5, changeable here within a year 0 to 2 (domain.md 1.3)."""
    for name, value, least, most in (
        ("severity", severity, 1, 5),
        ("reach", reach, 1, 5),
        ("changeable", changeable, 0, 2),
    ):
        if not least <= value <= most:
            raise Refused(_("This lies between %(least)s and %(most)s.", least=least, most=most), field=name)
    if any(each.title == title for each in queries.bottlenecks(session, branch.id)):
        raise Refused(_("This bottleneck is named already."), field="title")
    row = Bottleneck(
        branch_id=branch.id,
        title=title,
        factor=factor,
        severity=severity,
        reach=reach,
        changeable=changeable,
        named_on=named_on,
    )
    session.add(row)
    session.flush()
    record(session, "regions.add_bottleneck", row, by=by, at=at, branch=branch.id)
    return row


def retire(session: WriteSession, bottleneck: Bottleneck, *, by: Somebody, at: datetime) -> None:
    """It holds no longer; proposals that named it keep it."""
    if bottleneck.retired_at is None:
        bottleneck.retired_at = at
        record(session, "regions.retire_bottleneck", bottleneck, by=by, at=at)


def add_year(
    session: WriteSession,
    branch: Branch,
    *,
    year: int,
    members: int,
    staff: int,
    dues: int,
    service_income: int,
    currency: str,
    by: Somebody,
    at: datetime,
) -> BranchYear:
    """The figures of a branch for one year, money in minor units of `currency`; each year once."""
    if not 1990 <= year <= at.year:
        raise Refused(_("The year lies between 1990 and %(year)s.", year=at.year), field="year")
    if queries.find_year(session, branch.id, year):
        raise Refused(_("The figures of %(year)s are there already.", year=year), field="year")
    row = BranchYear(
        branch_id=branch.id,
        year=year,
        members=members,
        staff=staff,
        dues=dues,
        service_income=service_income,
        currency=currency,
    )
    session.add(row)
    session.flush()
    record(session, "regions.add_year", row, by=by, at=at, branch=branch.id, year=year)
    return row
