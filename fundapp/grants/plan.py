"""The plan of instalments: how much, when, and what must be there first. Values in, values out; amounts are minor units."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from fundapp.kit.i18n import keep, mark
from fundapp.kit.money import split

SMALL, SHORT, MIDDLE = 250_000, 500_000, 1_000_000
"""Awards up to EUR 2,500, 5,000 and 10,000 in cents, for `default_plan` and `wants_interim`."""

ROUGHLY = {"MNT": 4_000}
"""What a euro is about worth, for these limits only: they are round sums in every currency. Others count like the euro."""

SPENT_PERCENT = 70
"""How much of an instalment is spent and shown by receipts before the next is paid."""

FINAL_REPORT_DAYS = 90
"""The final report is due this many days after the end of funding."""

# kept with the instalments in English, said by `i18n.told`
FIRST = mark("Agreement signed and filed; bank account as in the agreement.")
LAST = mark("Final report accepted, all receipts checked, settlement made.")
BETWEEN = {  # by (the second instalment, with an interim report)
    (True, True): keep(
        "%(percent)s %% of instalment %(no)s spent and shown by accepted receipts; "
        "interim report %(no_)s accepted; own contribution in step."
    ),
    (True, False): keep(
        "%(percent)s %% of instalment %(no)s spent and shown by accepted receipts; own contribution in step."
    ),
    (False, True): keep(
        "%(percent)s %% of instalment %(no)s spent and shown by accepted receipts; "
        "earlier instalments wholly shown by receipts; interim report %(no_)s accepted; own contribution in step."
    ),
    (False, False): keep(
        "%(percent)s %% of instalment %(no)s spent and shown by accepted receipts; "
        "earlier instalments wholly shown by receipts; own contribution in step."
    ),
}


@dataclass(frozen=True)
class Planned:
    """An instalment as the contract prints it. `needs_report` is '', 'interim' or 'final'."""

    no: int
    amount: int
    condition: str
    needs_report: str
    planned_on: date


def limit(euro_cents: int, currency: str) -> int:
    """A limit given in euro cents as minor units of another currency, as a round sum."""
    return euro_cents * ROUGHLY.get(currency, 1)


def default_plan(award: int, rule: str = "usual", currency: str = "EUR") -> tuple[int, ...]:
    """Instalments in percent by the rule of `switches.PLAN`; the last one is kept until final acceptance.

    "usual": 90/10 up to EUR 2,500, 50/40/10 up to EUR 10,000, above 40/30/20/10 (domain.md 6.1). "few": one up to
    EUR 2,500, 70/30 up to EUR 5,000, above 50/40/10 (practice.md 3).
    """
    small, short, middle = (limit(cents, currency) for cents in (SMALL, SHORT, MIDDLE))
    if rule == "few":
        return (100,) if award <= small else (70, 30) if award <= short else (50, 40, 10)
    if award <= small:
        return (90, 10)
    return (50, 40, 10) if award <= middle else (40, 30, 20, 10)


def wants_interim(award: int, rule: str = "above", currency: str = "EUR") -> bool:
    """Whether instalments in between wait for an interim report, by the rule of `switches.INTERIM`."""
    return rule == "above" and award > limit(SHORT, currency)


def parse_plan(text: str) -> tuple[int, ...]:
    """'50/40/10' as percentages; ValueError with a sentence unless they are one to six whole numbers that sum to 100."""
    parts = [part.strip() for part in text.split("/")]
    if not all(part.isascii() and part.isdigit() and 0 < int(part) <= 100 for part in parts):
        raise ValueError(f"“{text}” is not a plan. Write percentages such as 50/40/10.")
    percents = tuple(int(part) for part in parts)
    if not 1 <= len(percents) <= 6 or sum(percents) != 100:
        raise ValueError(f"“{text}” makes {sum(percents)} percent in {len(percents)} parts; one to six parts make 100.")
    return percents


def final_report_due(ends_on: date) -> date:
    return ends_on + timedelta(days=FINAL_REPORT_DAYS)


def plan(
    award: int, percents: Sequence[int], *, starts_on: date, ends_on: date, interim: bool = True
) -> tuple[Planned, ...]:
    """The instalments of an award: the first at the start, the last after the final report, the others spread evenly between.

    A single one is the last one: it is paid for what receipts have shown. `interim`: those between wait for a report.
    """
    amounts, count = split(award, percents), len(percents)
    days = (ends_on - starts_on).days
    made = []
    for no, amount in enumerate(amounts, start=1):
        if no == count:
            made.append(Planned(no, amount, LAST, "final", final_report_due(ends_on)))
        elif no == 1:
            made.append(Planned(no, amount, FIRST, "", starts_on))
        else:
            when = starts_on + timedelta(days=days * (no - 1) // (count - 1))
            made.append(Planned(no, amount, between(no, interim), "interim" if interim else "", when))
    return tuple(made)


def between(no: int, interim: bool = True) -> str:
    """What has to be there before an instalment that is neither the first nor the last."""
    return BETWEEN[no == 2, interim] % {"percent": SPENT_PERCENT, "no": no - 1, "no_": no - 1}
