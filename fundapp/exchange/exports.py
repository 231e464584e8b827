"""Grants as a CSV file with 360Giving titles: what an import reads again, row by row the same. The list of measures as a workbook."""

import csv
from decimal import Decimal
from typing import Any, BinaryIO, TextIO

import xlsxwriter
from sqlalchemy import ColumnElement

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
from fundapp.kit.money import exponent
from fundapp.measures.models import Measure


def export_grants(session: ReadSession, out: TextIO, fund: Fund | None = None) -> int:
    """Writes every granted measure of the fund (None: of all) and says how many. Memory stays bounded.

    Taken-over ones come out as they came in, also with titles of their own. No cell is a formula: see `giving.safe`.
    """
    titles = dict.fromkeys(TITLES)
    bounded = {"yield_per": queries.AT_ONCE}
    for row in session.scalars(queries.imported_rows(fund), execution_options=bounded):
        titles |= dict.fromkeys(row)
    writer = csv.DictWriter(out, list(titles), restval="", lineterminator="\r\n")
    writer.writerow({title: safe(title) for title in titles})
    rows = 0
    for measure in session.scalars(queries.granted(fund), execution_options=bounded):
        writer.writerow({title: safe(cell) for title, cell in as_row(measure).items()})
        rows += 1
    return rows


def as_row(measure: Measure) -> dict[str, str]:
    """One measure by 360Giving titles; fund and organisation are loaded."""
    if measure.imported_row is not None:
        return dict(measure.imported_row)
    fund, organisation = measure.fund, measure.organisation
    awarded_on = measure.decided_on or measure.contracted_on or on(measure.created_at, fund.zone)
    ends_on = measure.funding_ends or measure.ends_on
    name = measure.recipient_name or (organisation.name if organisation else "")
    return {
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


PLAIN = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
COLUMNS = (
    ("Number", 22), ("Title", 44), ("Status", 12), ("Fund", 16), ("Branch", 18), ("Region", 10), ("Place", 18),
    ("Topic", 16), ("Applicant", 30), ("Currency", 9), ("Requested", 14), ("Total cost", 14), ("Awarded", 14),
    ("Settled grant", 14), ("Contracted on", 13), ("Funding ends", 13), ("Taken over", 10),
)  # fmt: skip


def export_measures(
    session: ReadSession, out: BinaryIO, fund: Fund | None = None, *, only: ColumnElement[bool] | None = None
) -> int:
    """Writes the list of measures as XLSX and says how many; `only` narrows it. Amounts are numbers, text is never a formula."""
    with xlsxwriter.Workbook(out, PLAIN | {"constant_memory": True, "default_date_format": "yyyy-mm-dd"}) as book:
        sheet, head = book.add_worksheet("Measures"), book.add_format({"bold": True, "bottom": 1})
        shown = {
            digits: book.add_format({"num_format": "#,##0" + (f".{'0' * digits}" if digits else "")})
            for digits in range(5)
        }
        sheet.freeze_panes(1, 2)
        for place, (title, width) in enumerate(COLUMNS):
            sheet.set_column(place, place, width)
            sheet.write_string(0, place, title, head)
        rows = 0
        for measure in session.scalars(queries.listed(fund, only), execution_options={"yield_per": queries.AT_ONCE}):
            rows += 1
            _write_row(sheet, rows, measure, shown)
        sheet.autofilter(0, 0, rows, len(COLUMNS) - 1)
    return rows


def _write_row(sheet: Any, row: int, measure: Measure, shown: dict[int, Any]) -> None:
    fund, organisation, branch = measure.fund, measure.organisation, measure.branch
    digits = exponent(fund.currency)
    texts = (
        measure.number or "", measure.title, measure.status.replace("_", " "), fund.code, branch.name if branch else "",
        measure.region, measure.place, measure.topic,
        measure.recipient_name or (organisation.name if organisation else ""), fund.currency,
    )  # fmt: skip
    for place, text in enumerate(texts):
        sheet.write_string(row, place, text)
    amounts = (measure.requested, measure.total_cost, measure.awarded, measure.settled_grant)
    for place, amount in enumerate(amounts, start=len(texts)):
        if amount is not None:
            sheet.write_number(row, place, Decimal(amount).scaleb(-digits), shown[digits])
    for place, day in enumerate((measure.contracted_on, measure.funding_ends), start=len(texts) + len(amounts)):
        if day is not None:
            sheet.write_datetime(row, place, day)
    sheet.write_string(row, len(COLUMNS) - 1, "yes" if measure.imported_key else "")
