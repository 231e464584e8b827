"""What lasts: whether a measure is still effective, the rate of those that are, and what a result has cost.

Counts and sums come from the database; here they become answers.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from fundapp.kit.money import half_up, share

KEPT_PERCENT = 70
"""An outcome lasts when its value is at least this much of what it was at the end of funding."""


class Answer(StrEnum):
    """Is the measure still effective?"""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Outcome:
    """An outcome indicator at the end of funding and at the visit, in its own unit; None where nobody knows."""

    at_end: Decimal | None
    now: Decimal | None

    @property
    def lasts(self) -> bool:
        """Whether at least 70 % is left; an outcome that was nothing at the end cannot last."""
        if self.at_end is None or self.now is None or self.at_end <= 0:
            return False
        return self.now * 100 >= self.at_end * KEPT_PERCENT


def still_effective(*, reached: bool, in_use: bool, outcomes: Iterable[Outcome]) -> Answer:
    """Yes when the activity, service or asset is in use at the visit and at least one outcome lasts; partly when one of
    the two holds, no when neither; unknown when nobody was reached."""
    if not reached:
        return Answer.UNKNOWN
    signs = in_use + any(outcome.lasts for outcome in outcomes)
    return (Answer.NO, Answer.PARTLY, Answer.YES)[signs]


@dataclass(frozen=True)
class Rate:
    """How many answered yes of all that were due; partly, no, unknown and terminated measures are due too.

    ValueError when there are more yeses than were due.
    """

    yes: int
    due: int

    def __post_init__(self) -> None:
        if not 0 <= self.yes <= self.due:
            raise ValueError(f"{self.yes} of {self.due} is no rate")

    @property
    def percent(self) -> Decimal | None:
        """Percent with one decimal, half up; None as long as nothing was due."""
        return share(self.yes, self.due) if self.due else None


@dataclass(frozen=True)
class EffectiveRates:
    """The effective rate of a programme: by the latest answer of each contracted measure whose evaluation at the end is
    due, and apart from it by the answers at 12 and at 24 months."""

    latest: Rate
    at_12_months: Rate
    at_24_months: Rate


def cost_per(amount: int, results: int | Decimal | None) -> int | None:
    """What one result has cost, in minor units, half up; None when there is no result or nobody knows."""
    if results is None or results <= 0:
        return None
    numerator, denominator = results.as_integer_ratio()
    return half_up(amount * denominator, numerator)
