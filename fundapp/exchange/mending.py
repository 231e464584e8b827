"""The refused lines of a file as a workbook: with their line and reason before them, made to be mended and sent again."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, BinaryIO

import xlsxwriter

from fundapp.exchange.cells import Day, Number
from fundapp.exchange.columns import MENDING
from fundapp.exchange.giving import Refusal
from fundapp.exchange.workbook import PLAIN, SHORT_DATE
from fundapp.kit.i18n import gettext as _

WIDTH, WIDE = 18, 60


def write_refused(out: BinaryIO, titles: Sequence[str], refused: Sequence[Refusal]) -> None:
    """Each line with the cells that it has in the source; numbers and dates of a workbook stay such, no text is a formula."""
    with xlsxwriter.Workbook(out, PLAIN) as book:
        sheet = book.add_worksheet(_("To mend"))
        head = book.add_format({"bold": True, "bottom": 1})
        day = book.add_format({"num_format": SHORT_DATE})
        why = book.add_format({"text_wrap": True})
        sheet.freeze_panes(1, len(MENDING))
        sheet.set_column(0, 0, WIDTH)
        sheet.set_column(1, 1, WIDE)
        sheet.set_column(2, len(titles) + 1, WIDTH)
        for place, title in enumerate([*map(_, MENDING), *titles]):
            sheet.write_string(0, place, title, head)
        for row, refusal in enumerate(refused, start=1):
            sheet.write_number(row, 0, refusal.line)
            sheet.write_string(row, 1, str(refusal), why)
            for place, cell in enumerate(refusal.cells, start=2):
                _write(sheet, row, place, cell, day)


def _write(sheet: Any, row: int, place: int, cell: str, day: Any) -> None:
    if isinstance(cell, Number):
        sheet.write_number(row, place, Decimal(cell))
    elif isinstance(cell, Day):
        sheet.write_datetime(row, place, datetime.fromisoformat(cell), day)
    elif cell:
        sheet.write_string(row, place, cell[:32_767])
