"""The register as a workbook: numbers as numbers, dates as dates, sums beneath, in the language of the moment."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any, BinaryIO

import xlsxwriter

from fundapp.exchange.register import Register, Row, Sum, every, sums
from fundapp.kit import i18n
from fundapp.kit.database import ReadSession
from fundapp.kit.i18n import gettext as _
from fundapp.kit.i18n import mark, ngettext
from fundapp.kit.money import exponent
from fundapp.measures.codes import TOPICS
from fundapp.measures.models import Measure
from fundapp.regions.areas import name as area

PLAIN = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "constant_memory": True}
SHORT_DATE = 14  # the number format that every spreadsheet shows as its reader writes dates
Cell = str | int | date | None

TEXTS: tuple[tuple[str, int, Callable[[Measure], str]], ...] = (
    (mark("Number"), 22, lambda m: m.number or ""),
    (mark("Title"), 44, lambda m: m.title),
    (mark("Branch"), 18, lambda m: i18n.named(m.branch) if m.branch else ""),
    (mark("Region"), 16, lambda m: area(m.region)),
    (mark("Place"), 18, lambda m: m.place),
    (mark("Holder"), 30, lambda m: m.recipient_name or (m.organisation.name if m.organisation else "")),
    (mark("Status"), 14, lambda m: _(m.status.replace("_", " ").capitalize())),
    (mark("Fund"), 16, lambda m: m.fund.code),
    (mark("Call"), 30, lambda m: m.call.title if m.call else ""),
    (mark("Topic"), 18, lambda m: _(TOPICS[m.topic]) if m.topic in TOPICS else m.topic),
    (mark("Currency"), 9, lambda m: m.fund.currency),
)
AMOUNTS: tuple[tuple[str, Callable[[Row], int | None], Callable[[Sum], int | None]], ...] = (
    (mark("Asked for"), lambda row: row.measure.requested, lambda each: each.requested),
    (mark("Total cost"), lambda row: row.measure.total_cost, lambda each: None),
    (mark("Grant"), lambda row: row.measure.awarded, lambda each: each.awarded),
    (mark("Paid"), lambda row: row.paid, lambda each: each.paid),
    (mark("Proven"), lambda row: row.proven, lambda each: each.proven),
    (mark("Left"), lambda row: row.left, lambda each: each.left),
)
REST: tuple[tuple[str, int, Callable[[Row], Cell]], ...] = (
    (mark("Contracted on"), 13, lambda row: row.measure.contracted_on),
    (mark("Funding ends"), 13, lambda row: row.measure.funding_ends),
    (mark("Next duty"), 34, lambda row: _(row.duty) if row.duty else ""),
    (mark("Due"), 13, lambda row: row.due),
    (mark("Taken over"), 11, lambda row: _("yes") if row.measure.imported_key else ""),
)
FIRST_AMOUNT, FIRST_OF_REST = len(TEXTS), len(TEXTS) + len(AMOUNTS)


def write_register(session: ReadSession, out: BinaryIO, asked: Register) -> int:
    """Writes exactly the measures that are asked for and says how many. Memory stays bounded; no cell is a formula."""
    with xlsxwriter.Workbook(out, PLAIN) as book:
        sheet = book.add_worksheet(_("Measures"))
        looks = _Looks(book)
        sheet.freeze_panes(1, 2)
        heads = [(title, width) for title, width, _value in TEXTS] + [(title, 14) for title, *_values in AMOUNTS]
        for place, (title, width) in enumerate([*heads, *((title, width) for title, width, _value in REST)]):
            sheet.set_column(place, place, width)
            sheet.write_string(0, place, _(title), looks.head)
        count = 0
        for count, row in enumerate(every(session, asked), start=1):
            _write_row(sheet, count, row, looks)
        sheet.autofilter(0, 0, count, FIRST_OF_REST + len(REST) - 1)
        for place, each in enumerate(sums(session, asked), start=count + 2):
            _write_sum(sheet, place, each, looks)
    return count


class _Looks:
    """The formats of a workbook."""

    def __init__(self, book: Any) -> None:
        self.head = book.add_format({"bold": True, "bottom": 1})
        self.sum = book.add_format({"bold": True, "top": 1})
        self.day = book.add_format({"num_format": SHORT_DATE})
        self.amounts: dict[tuple[int, bool], Any] = {}
        for digits in range(5):
            pattern = "#,##0" + (f".{'0' * digits}" if digits else "")
            self.amounts[digits, False] = book.add_format({"num_format": pattern})
            self.amounts[digits, True] = book.add_format({"num_format": pattern, "bold": True, "top": 1})


def _write_row(sheet: Any, at: int, row: Row, looks: _Looks) -> None:
    for place, (_title, _width, text) in enumerate(TEXTS):
        sheet.write_string(at, place, text(row.measure))
    digits = exponent(row.measure.fund.currency)
    for place, (_title, amount, _sum) in enumerate(AMOUNTS, start=FIRST_AMOUNT):
        _amount(sheet, at, place, amount(row), digits, looks.amounts[digits, False])
    for place, (_title, _width, cell) in enumerate(REST, start=FIRST_OF_REST):
        value = cell(row)
        if isinstance(value, date):
            sheet.write_datetime(at, place, value, looks.day)
        elif value:
            sheet.write_string(at, place, str(value))


def _write_sum(sheet: Any, at: int, each: Sum, looks: _Looks) -> None:
    told = ngettext(
        "%(num)s measure in %(currency)s", "%(num)s measures in %(currency)s", each.count, currency=each.currency
    )
    sheet.write_string(at, 0, _("Sum"), looks.sum)
    sheet.write_string(at, 1, told, looks.sum)
    for place in range(2, FIRST_AMOUNT):
        sheet.write_string(at, place, each.currency if place == FIRST_AMOUNT - 1 else "", looks.sum)
    digits = exponent(each.currency)
    for place, (_title, _amount_of, amount) in enumerate(AMOUNTS, start=FIRST_AMOUNT):
        _amount(sheet, at, place, amount(each), digits, looks.amounts[digits, True])


def _amount(sheet: Any, at: int, place: int, amount: int | None, digits: int, look: Any) -> None:
    if amount is not None:
        sheet.write_number(at, place, Decimal(amount).scaleb(-digits), look)
