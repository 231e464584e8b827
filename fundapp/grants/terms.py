"""What the grant agreement demands, as numbers, and the moments that follow from them. Values only (domain.md 5 and 6.2)."""

import itertools
from datetime import date

from fundapp.kit import i18n
from fundapp.kit.dates import add_months
from fundapp.kit.i18n import gettext as _
from fundapp.kit.i18n import mark
from fundapp.kit.money import show

RETENTION_PERCENT = 10
PAYMENT_DAYS = 10  # working days after a complete request
START_MONTHS = 3
FLEXIBILITY_PERCENT = 20  # above plan of a budget line (ANBest-P 1.2)
USE_BY_DAYS = 122
INTEREST_POINTS = 5
CASH_LIMIT, EQUIPMENT_FROM = 10_000, 80_000  # minor units
BINDING_YEARS, RECORD_YEARS = 3, 7
EVALUATION_MONTHS = (0, 6, 12, 24)
AMENDMENT_DAYS, HEARING_DAYS, REFUND_DAYS, COMPLAINT_DAYS = 30, 14, 30, 14
SUSPENSION_MONTHS = 3
LADDER = (50_000, 200_000, 1_500_000)  # minor units: up to these, bought directly, compared, by written offers
HOW = (
    mark("bought directly; the receipt is enough"),
    mark("three prices compared, noted and kept"),
    mark("three written offers; the reason for the choice in writing"),
    mark("tender among at least five bidders, agreed with the Fund beforehand"),
)
POINTS = (mark("at the end of the term"), mark("6 months later"), mark("12 months later"), mark("24 months later"))
BLANK = "…………………………"  # to be filled in by hand


def rules(currency: str) -> dict[str, str]:
    """The `rules` of the letter as far as they are numbers; its dates are added where they are known."""
    return {
        "retention": str(RETENTION_PERCENT),
        "payment_days": str(PAYMENT_DAYS),
        "start_months": str(START_MONTHS),
        "flexibility": str(FLEXIBILITY_PERCENT),
        "use_by_days": str(USE_BY_DAYS),
        "interest_points": str(INTEREST_POINTS),
        "interest_base": _("the base rate of the European Central Bank"),
        "cash_limit": show(CASH_LIMIT, currency, i18n.LANGUAGE.get(), with_currency=True),
        "equipment_from": show(EQUIPMENT_FROM, currency, i18n.LANGUAGE.get(), with_currency=True),
        "binding_years": str(BINDING_YEARS),
        "record_years": str(RECORD_YEARS),
        "evaluation_months": str(EVALUATION_MONTHS[-1]),
        "amendment_days": str(AMENDMENT_DAYS),
        "suspension_months": str(SUSPENSION_MONTHS),
        "hearing_days": str(HEARING_DAYS),
        "refund_days": str(REFUND_DAYS),
        "complaint_days": str(COMPLAINT_DAYS),
        "law": _("the country in which the Fund has its seat"),
        "court": _("the court at the seat of the Fund"),
        "language": _("English"),
    }


def purchases(currency: str) -> list[dict[str, str]]:
    """The ladder of purchases by value of the order."""
    said = [show(limit, currency, i18n.LANGUAGE.get(), with_currency=True) for limit in LADDER]
    ranges = [
        _("up to %(limit)s", limit=said[0]),
        *(_("above %(lower)s to %(upper)s", lower=lower, upper=upper) for lower, upper in itertools.pairwise(said)),
        _("above %(limit)s", limit=said[-1]),
    ]
    return [{"value": value, "how": _(how)} for value, how in zip(ranges, HOW, strict=True)]


def evaluations(ends_on: date) -> list[tuple[str, date]]:
    return [(_(words), add_months(ends_on, months)) for words, months in zip(POINTS, EVALUATION_MONTHS, strict=True)]


def binding_until(ends_on: date) -> date:
    return add_months(ends_on, 12 * BINDING_YEARS)


def records_until(final_report: date) -> date:
    return add_months(final_report, 12 * RECORD_YEARS)
