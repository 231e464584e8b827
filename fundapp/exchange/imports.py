"""Taking over finished measures from 360Giving rows: all of them or none, and each only once."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from fundapp.exchange import queries
from fundapp.exchange.giving import Grant, NotAGrant, grants
from fundapp.funds.models import Fund
from fundapp.funds.service import open_fund
from fundapp.history.service import record
from fundapp.kit.database import ReadSession, WriteSession
from fundapp.kit.errors import NotAllowed, Refused
from fundapp.kit.i18n import gettext as _
from fundapp.lifecycle.service import SYSTEM
from fundapp.measures.lifecycle import TAKE_OVER
from fundapp.measures.models import Measure
from fundapp.people.models import Organisation
from fundapp.people.permissions import Actor, may

LONGEST_CELL = 100_000


@dataclass
class Report:
    """What an import found. `refused` names (line, reason); with one of them nothing is taken over.

    `unchanged` were here already; of these `differing` says where the file has other words now (what is here stays).
    `totals` are the awards of all rows that can be read, in minor units by currency.
    """

    taken: int = 0
    unchanged: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)
    differing: list[tuple[int, str]] = field(default_factory=list)
    totals: dict[str, int] = field(default_factory=dict)
    dry_run: bool = False


def import_grants(
    session: ReadSession,
    lines: Iterable[str],
    *,
    fund_code: str | None = None,
    dry_run: bool = False,
    by: Actor,
    at: datetime,
    zone: str = "UTC",
) -> Report:
    """Takes over the grants of a CSV file (its decoded lines) as closed measures: no postings, no obligations.

    Without `fund_code` each goes to the fund of its funding organisation and currency, made in `zone` if missing.
    All or nothing: with a refused row, or on a dry run, nothing is written. A dry run needs no WriteSession.
    Raises NotAllowed, and Refused when the file as a whole cannot be read or the fund is not there.
    """
    if by is not SYSTEM and not may(by, TAKE_OVER.action):
        raise NotAllowed
    report = Report(dry_run=dry_run)
    found = _read(lines, report)
    fund = _fund(session, fund_code) if fund_code else None
    new = _sorted_out(session, found, fund, report)
    if report.refused:
        return report
    report.taken = len(new)
    if new and not dry_run:
        assert isinstance(session, WriteSession)
        _take_over(session, new, fund, by=by, at=at, zone=zone)
    return report


def _read(lines: Iterable[str], report: Report) -> list[Grant]:
    found = []
    try:
        for item in grants(_records(lines)):
            if isinstance(item, Grant):
                found.append(item)
                report.totals[item.currency] = report.totals.get(item.currency, 0) + item.awarded
            else:
                report.refused.append(item)
    except NotAGrant as reason:
        raise Refused(str(reason), field="file") from None
    except UnicodeDecodeError:
        raise Refused(
            _("The file is not encoded as UTF-8. Save it as “CSV UTF-8” and send it again."), field="file"
        ) from None
    return found


def _records(lines: Iterable[str]) -> Iterator[tuple[int, list[str]]]:
    """(line where it begins, cells) of each record; a quoted cell may run over several lines."""
    reader, begins = csv.reader(lines, strict=True), 1
    csv.field_size_limit(LONGEST_CELL)
    try:
        for cells in reader:
            yield begins, cells
            begins = reader.line_num + 1
    except csv.Error as error:
        raise NotAGrant(f"Line {begins} cannot be read as CSV: {error}.") from None


def _fund(session: ReadSession, code: str) -> Fund:
    fund = session.scalars(select(Fund).where(Fund.code == code)).first()
    if fund is None:
        raise Refused(_("There is no fund with the code “%(code)s”.", code=code), field="fund")
    return fund


def _sorted_out(session: ReadSession, found: Sequence[Grant], fund: Fund | None, report: Report) -> list[Grant]:
    """Those not here yet; the report gets the rest."""
    new = []
    known = queries.known(session, [grant.key for grant in found])
    for grant in found:
        if grant.key in known:
            report.unchanged += 1
            row = known[grant.key] or grant.row
            if changed := [title for title in {**row, **grant.row} if row.get(title, "") != grant.row.get(title, "")]:
                report.differing.append((grant.line, f"{grant.key}: {', '.join(changed)}"))
        elif fund is not None and grant.currency != fund.currency:
            report.refused.append(
                (
                    grant.line,
                    _(
                        "The currency is %(currency)s; the fund %(code)s keeps %(currency2)s.",
                        currency=grant.currency,
                        code=fund.code,
                        currency2=fund.currency,
                    ),
                )
            )
        else:
            new.append(grant)
    report.refused.sort()
    return new


def _take_over(
    session: WriteSession, new: Sequence[Grant], fund: Fund | None, *, by: Actor, at: datetime, zone: str
) -> None:
    funds = {} if fund else _funds(session, new, by=by, at=at, zone=zone)
    organisations = _organisations(session, new, at=at)
    measures = [
        Measure(
            number=grant.key,
            status=TAKE_OVER.target,
            fund_id=(fund or funds[_funder(grant)]).id,
            organisation_id=organisations[_recipient(grant)].id,
            created_at=at,
            title=grant.title,
            summary=grant.description,
            place=grant.place,
            starts_on=grant.starts_on,
            ends_on=grant.ends_on,
            requested=grant.applied_for,
            awarded=grant.awarded,
            decided_on=grant.awarded_on,
            contracted_on=grant.awarded_on,
            funding_ends=grant.ends_on,
            imported_key=grant.key,
            imported_row=dict(grant.row),
            recipient_name=grant.recipient,
        )
        for grant in new
    ]
    session.add_all(measures)
    session.flush()
    for measure, grant in zip(measures, new, strict=True):
        facts: dict[str, Any] = {"awarded": grant.awarded, "currency": grant.currency, "fund": measure.fund_id}
        record(session, f"measures.{TAKE_OVER.name}", measure, by=by, at=at, target=TAKE_OVER.target, **facts)


def _funder(grant: Grant) -> tuple[str, str]:
    return re.sub(r"[^A-Z0-9]+", "-", (grant.funder_id or grant.funder).upper()).strip("-"), grant.currency


def _funds(
    session: WriteSession, new: Sequence[Grant], *, by: Actor, at: datetime, zone: str
) -> dict[tuple[str, str], Fund]:
    """The fund of each funding organisation and currency; a second currency of one gets its code behind."""
    kept: dict[tuple[str, str], Fund] = {}
    for grant in new:
        code, currency = _funder(grant)
        if (code, currency) in kept:
            continue
        fund = queries.fund_with(session, (code, f"{code}-{currency}"), currency)
        if fund is None:
            taken = queries.fund_with(session, (code,))
            fund = open_fund(
                session,
                code=f"{code}-{currency}" if taken else code,
                name=grant.funder,
                currency=currency,
                zone=zone,
                by=by,
                at=at,
            )
            fund.opened_on = min(other.awarded_on for other in new if _funder(other) == (code, currency))
        kept[code, currency] = fund
    return kept


def _recipient(grant: Grant) -> tuple[str, str]:
    """An organisation is known by its identifier; without one by its name as given."""
    return (grant.recipient_id, "") if grant.recipient_id else ("", grant.recipient)


def _organisations(session: WriteSession, new: Sequence[Grant], *, at: datetime) -> dict[tuple[str, str], Organisation]:
    kept = queries.organisations(
        session, [grant.recipient_id for grant in new if grant.recipient_id],
        [grant.recipient for grant in new if not grant.recipient_id],
    )  # fmt: skip
    made = {}
    for grant in new:
        who = _recipient(grant)
        if who not in kept and who not in made:
            made[who] = Organisation(
                name=grant.recipient, kind="other", sector="semi_public", register=grant.recipient_id, created_at=at
            )
    session.add_all(made.values())
    session.flush()
    return kept | made
