"""The plan of instalments: how much, when, and what must be there first. Values in, values out; amounts are minor units."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from fundapp.kit.money import split

SMALL, MIDDLE = 250_000, 1_000_000
"""Awards up to EUR 2,500 and EUR 10,000 in cents, for `default_plan`."""

SPENT_PERCENT = 70
"""How much of an instalment is spent and shown by receipts before the next is paid."""

FINAL_REPORT_DAYS = 90
"""The final report is due this many days after the end of funding."""

FIRST = "Agreement signed and filed; bank account as in the agreement."
LAST = "Final report accepted, all receipts checked, settlement made."


@dataclass(frozen=True)
class Planned:
    """An instalment as the contract prints it. `needs_report` is '', 'interim' or 'final'."""

    no: int
    amount: int
    condition: str
    needs_report: str
    planned_on: date


def default_plan(award: int, *, small: int = SMALL, middle: int = MIDDLE) -> tuple[int, ...]:
    """Instalments in percent: 90/10 up to the small award, 50/40/10 up to the middle one, above 40/30/20/10.

    The last tenth is the retention until final acceptance (domain.md 6.1). Thresholds are minor units of the award's
    currency.
    """
    if award <= small:
        return (90, 10)
    return (50, 40, 10) if award <= middle else (40, 30, 20, 10)


def parse_plan(text: str) -> tuple[int, ...]:
    """'50/40/10' as percentages; ValueError with a sentence unless they are two to six whole numbers that sum to 100."""
    parts = [part.strip() for part in text.split("/")]
    if not all(part.isascii() and part.isdigit() and 0 < int(part) < 100 for part in parts):
        raise ValueError(f"“{text}” is not a plan. Write percentages such as 50/40/10.")
    percents = tuple(int(part) for part in parts)
    if not 2 <= len(percents) <= 6 or sum(percents) != 100:
        raise ValueError(f"“{text}” makes {sum(percents)} percent in {len(percents)} parts; two to six parts make 100.")
    return percents


def final_report_due(ends_on: date) -> date:
    return ends_on + timedelta(days=FINAL_REPORT_DAYS)


def plan(award: int, percents: Sequence[int], *, starts_on: date, ends_on: date) -> tuple[Planned, ...]:
    """The instalments of an award: the first at the start, the last after the final report, the others spread evenly between."""
    amounts, count = split(award, percents), len(percents)
    days = (ends_on - starts_on).days
    made = []
    for no, amount in enumerate(amounts, start=1):
        if no == 1:
            made.append(Planned(no, amount, FIRST, "", starts_on))
        elif no == count:
            made.append(Planned(no, amount, LAST, "final", final_report_due(ends_on)))
        else:
            when = starts_on + timedelta(days=days * (no - 1) // (count - 1))
            made.append(Planned(no, amount, between(no), "interim", when))
    return tuple(made)


def between(no: int) -> str:
    """What has to be there before an instalment that is neither the first nor the last."""
    wholly = "" if no == 2 else "earlier instalments wholly shown by receipts; "
    return (
        f"{SPENT_PERCENT} % of instalment {no - 1} spent and shown by accepted receipts; {wholly}"
        f"interim report {no - 1} accepted; own contribution in step."
    )
