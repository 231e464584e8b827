"""The ranking as a workbook: numbers as numbers, every criterion's mean, and how firm each place is where the round says so."""

from decimal import Decimal
from typing import BinaryIO

import xlsxwriter

from fundapp.kit import i18n
from fundapp.kit.i18n import gettext as _
from fundapp.kit.money import exponent
from fundapp.rating.fairly import Firmness
from fundapp.rating.ranking import Ranking, Row
from fundapp.regions.areas import name as area

PLAIN = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "constant_memory": True}
WIDE = (7, 22, 44, 18, 16)


def write_ranking(ranking: Ranking, firm: Firmness | None, out: BinaryIO) -> int:
    """Writes what the reader of this ranking sees, best first, and says how many rows. No cell is a formula; amounts in the
    fund's currency."""
    with xlsxwriter.Workbook(out, PLAIN) as book:
        sheet = book.add_worksheet(_("Ranking"))
        head = book.add_format({"bold": True, "bottom": 1})
        digits = exponent(ranking.fund.currency)
        money = book.add_format({"num_format": "#,##0" + (f".{'0' * digits}" if digits else "")})
        score, share = book.add_format({"num_format": "0.0000"}), book.add_format({"num_format": "0.0%"})
        codes = [c.code for c in ranking.scheme.criteria] if ranking.scheme else []
        currency = ranking.fund.currency
        heads = [
            _("Rank"), _("Number"), _("Title"), _("Branch"), _("Region"), _("Score"), _("Spread"), _("Sheets"),
            _("Request, %(currency)s", currency=currency), _("Added up, %(currency)s", currency=currency),
            _("Reached by the money, %(currency)s", currency=currency), _("Below its threshold"), *codes,
            *([_("Funded, share of draws")] if firm else []),
        ]  # fmt: skip
        sheet.freeze_panes(1, 3)
        for place, title in enumerate(heads):
            sheet.set_column(place, place, WIDE[place] if place < len(WIDE) else 13)
            sheet.write_string(0, place, title, head)
        for at, row in enumerate(ranking.rows, start=1):
            m = row.measure
            sheet.write_number(at, 0, row.place)
            for place, text in enumerate(_texts(row), start=1):
                sheet.write_string(at, place, text)
            sheet.write_number(at, 5, row.total, score)
            sheet.write_number(at, 6, row.spread, score)
            sheet.write_number(at, 7, row.result.sheets)
            for place, amount in enumerate((m.requested, row.added, row.amount), start=8):
                sheet.write_number(at, place, Decimal(amount).scaleb(-digits), money)
            sheet.write_string(at, 11, ", ".join((*row.result.knocked_out, *row.unjudged)))
            means = dict(row.means)
            for place, code in enumerate(codes, start=12):
                if code in means:
                    sheet.write_number(at, place, means[code], score)
            if firm:
                sheet.write_number(at, 12 + len(codes), float(firm.of[m.id].share), share)
        if ranking.rows:
            sheet.autofilter(0, 0, len(ranking.rows), len(heads) - 1)
    return len(ranking.rows)


def _texts(row: Row) -> tuple[str, str, str, str]:
    m = row.measure
    return m.number or "", m.title, i18n.named(m.branch) if m.branch else "", area(m.region)
