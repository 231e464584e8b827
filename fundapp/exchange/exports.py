"""Grants as a CSV file with 360Giving titles: what an import reads again, row by row the same."""

import csv
from collections.abc import Mapping
from typing import TextIO

from fundapp.exchange import queries
from fundapp.exchange.giving import (
    APPLIED_FOR,
    AWARD_DATE,
    AWARDED,
    CURRENCY,
    DESCRIPTION,
    DISBURSED,
    ENDS,
    FUNDER,
    FUNDER_ID,
    IDENTIFIER,
    NEEDED,
    OPEN_CALL,
    PLACE,
    RECIPIENT,
    RECIPIENT_ID,
    STARTS,
    TITLE,
    TITLES,
    plain_amount,
    safe,
)  # fmt: skip
from fundapp.funds.models import Fund
from fundapp.kit.database import ReadSession
from fundapp.kit.dates import on
from fundapp.kit.i18n import gettext as _
from fundapp.measures.consents import published
from fundapp.measures.models import Measure


def export_grants(session: ReadSession, out: TextIO, fund: Fund | None = None) -> int:
    """Writes every granted measure of the fund (None: of all) and says how many. Memory stays bounded.

    Those taken over by these titles come out as they came in, with titles of their own besides; from a file with other titles
    they come out as they were understood. Of a grant whose applicant has not agreed to publication, or withdrew it, only
    amounts, dates and region stand there. No cell is a formula: see `giving.safe`.
    """
    titles = dict.fromkeys(TITLES)
    bounded = {"yield_per": queries.AT_ONCE}
    for row in session.scalars(queries.imported_rows(fund), execution_options=bounded):
        if is_by_the_titles(row):
            titles |= dict.fromkeys(row)
    writer = csv.DictWriter(out, list(titles), restval="", lineterminator="\r\n")
    writer.writerow({title: safe(title) for title in titles})
    rows = 0
    for measure in session.scalars(queries.granted(fund), execution_options=bounded):
        writer.writerow({title: safe(cell) for title, cell in as_row(measure).items()})
        rows += 1
    return rows


def is_by_the_titles(row: Mapping[str, str]) -> bool:
    return all(title in row for title in NEEDED)


def as_row(measure: Measure) -> dict[str, str]:
    """One measure by 360Giving titles; fund and organisation are loaded."""
    if measure.imported_row is not None and is_by_the_titles(measure.imported_row):
        return dict(measure.imported_row)
    fund, organisation = measure.fund, measure.organisation
    awarded_on = measure.decided_on or measure.contracted_on or on(measure.created_at, fund.zone)
    ends_on = measure.funding_ends or measure.ends_on
    name = measure.recipient_name or (organisation.name if organisation else "")
    row = {
        IDENTIFIER: measure.number or f"{fund.code}-{measure.id}",
        TITLE: measure.title,
        DESCRIPTION: measure.summary or measure.objective or measure.title,
        CURRENCY: fund.currency,
        APPLIED_FOR: plain_amount(measure.requested, fund.currency),
        AWARDED: plain_amount(measure.awarded or 0, fund.currency),
        DISBURSED: "" if measure.settled_grant is None else plain_amount(measure.settled_grant, fund.currency),
        AWARD_DATE: awarded_on.isoformat(),
        STARTS: measure.starts_on.isoformat() if measure.starts_on else "",
        ENDS: ends_on.isoformat() if ends_on else "",
        RECIPIENT_ID: organisation.register if organisation else "",
        RECIPIENT: name or measure.title,
        PLACE: measure.place or measure.region,
        FUNDER_ID: fund.code,
        FUNDER: fund.name,
        OPEN_CALL: "Yes" if measure.call_id else "No",
    }
    return row if published(measure) else row | _withheld(row, measure.region)


def _withheld(row: dict[str, str], region: str) -> dict[str, str]:
    """What stands in place of name and words that may not be published; the sums still add up."""
    kept_back = _("not published")
    return {TITLE: row[IDENTIFIER], DESCRIPTION: kept_back, RECIPIENT: kept_back, RECIPIENT_ID: "", PLACE: region}
