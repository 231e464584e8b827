"""What is due in the end: the grant by kind of financing, the balance, interest on late use, overrun of budget lines.

Amounts are minor units of one currency. The formulas are those of German public grants (Anteil-, Fehlbedarfs-,
Festbetrags- and Vollfinanzierung), reckoned exactly and rounded half up once.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from fundapp.kit.money import half_up, share


class Financing(StrEnum):
    """How the grant follows the cost."""

    SHARE = "share"
    DEFICIT = "deficit"
    FIXED = "fixed"
    FULL = "full"


@dataclass(frozen=True)
class Settlement:
    """The grant that the accepted cost carries, against what was paid. A positive balance is paid out, a negative one
    refunded."""

    grant: int
    paid: int

    @property
    def balance(self) -> int:
        """Grant less what was paid; positive: pay out the retention, negative: a refund is due."""
        return self.grant - self.paid

    @property
    def to_pay(self) -> int:
        """What the fund still owes; 0 when a refund is due."""
        return max(0, self.balance)

    @property
    def refund(self) -> int:
        """What the grantee has to give back; 0 when the fund still owes."""
        return max(0, -self.balance)


def grant_due(
    financing: Financing, *, awarded: int, planned_cost: int, accepted_cost: int, other_income: int = 0
) -> int:
    """The grant that is due on the accepted eligible cost, never above the award.

    Share: the award's part of the planned cost; deficit: what other income leaves uncovered; fixed and full: the cost
    itself up to the award. ValueError for negative amounts and for a share of no planned cost.
    """
    if min(awarded, planned_cost, accepted_cost, other_income) < 0:
        raise ValueError("amounts of a settlement are not negative")
    match financing:
        case Financing.SHARE:
            if planned_cost == 0:
                raise ValueError("a share needs a planned cost")
            return min(awarded, half_up(awarded * accepted_cost, planned_cost))
        case Financing.DEFICIT:
            return min(awarded, max(0, accepted_cost - other_income))
        case Financing.FIXED | Financing.FULL:
            return min(awarded, accepted_cost)


def settle(
    financing: Financing, *, awarded: int, planned_cost: int, accepted_cost: int, paid: int, other_income: int = 0
) -> Settlement:
    """`grant_due` against what was paid; ValueError as there."""
    grant = grant_due(
        financing,
        awarded=awarded,
        planned_cost=planned_cost,
        accepted_cost=accepted_cost,
        other_income=other_income,
    )
    return Settlement(grant=grant, paid=paid)


def late_use_interest(
    amount: int, base_rate: Decimal, days: int, *, margin: Decimal = Decimal(5), year_days: int = 365
) -> int:
    """Interest in minor units on money used `days` too late: base rate plus margin in percent a year, half up.

    No days, no interest; ValueError for a negative amount or number of days. A total rate below 0 counts as 0.
    """
    if amount < 0 or days < 0:
        raise ValueError("interest runs on an amount for a number of days")
    rate = max(Fraction(0), Fraction(base_rate) + Fraction(margin))
    return half_up(*(amount * rate * days / (100 * year_days)).as_integer_ratio())


def overrun(planned: int, actual: int) -> Decimal | None:
    """By how many percent (1 decimal) a budget line exceeds its plan, negative below it; None without a plan."""
    return share(actual - planned, planned) if planned else None


def overrun_needs_consent(planned: int, actual: int, *, allowed_percent: int = 20) -> bool:
    """Whether the line goes further beyond its plan than allowed (20 % by ANBest-P 1.2); without a plan any spending does."""
    return actual * 100 > planned * (100 + allowed_percent)
