"""Sixteen checks that a proposal passes before it is rated, the rules of the call, and the facts they look at (domain.md 3).

Those that figures can answer are computed with evidence (findings.py); the officer answers the others, and may put right
a computed one with a reason. Amounts are minor units of the call's currency; percentages of the call may have decimals.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from fundapp.kit.i18n import LANGUAGE, mark
from fundapp.kit.money import show


class Kind(StrEnum):
    """What a failed check means: the end, a remark, or one chance to mend it."""

    HARD = "hard"
    SOFT = "soft"
    CURABLE = "curable"


class Result(StrEnum):
    """What a check came to. `OPEN` is not answered yet; a person may also find `CURED`."""

    PASS = "pass"  # noqa: S105
    FAIL = "fail"
    NOT_APPLICABLE = "n/a"
    CURED = "cured"
    OPEN = "open"


@dataclass(frozen=True)
class Check:
    """One line of the checklist."""

    code: str
    title: str
    kind: Kind
    computed: bool


CHECKS = (
    Check("E1", mark("Received before the deadline"), Kind.HARD, computed=True),
    Check("E2", mark("Complete, with all annexes asked for"), Kind.CURABLE, computed=True),
    Check("E3", mark("Kind of applicant allowed, registered for a year or with a sponsor"), Kind.HARD, computed=True),
    Check("E4", mark("Region is part of the call"), Kind.HARD, computed=True),
    Check("E5", mark("Lasts at most twelve months"), Kind.HARD, computed=True),
    Check("E6", mark("Amount asked for is within the limits"), Kind.HARD, computed=True),
    Check("E7", mark("Own share is high enough, part of it in cash"), Kind.HARD, computed=True),
    Check("E8", mark("Not started yet, nothing ordered"), Kind.HARD, computed=False),
    Check("E9", mark("Nobody else pays for the same cost"), Kind.HARD, computed=False),
    Check("E10", mark("No old advance, late report or unpaid refund"), Kind.HARD, computed=True),
    Check("E11", mark("All grants together within the cap, earlier ones have delivered"), Kind.HARD, computed=True),
    Check("E12", mark("No ground for exclusion: bankruptcy, tax debt, fraud, sanctions"), Kind.HARD, computed=False),
    Check("E13", mark("Not owned by senior officials or their families"), Kind.HARD, computed=False),
    Check("E14", mark("Nothing from the negative list"), Kind.HARD, computed=False),
    Check("E15", mark("Benefits the public, not only one firm"), Kind.HARD, computed=False),
    Check("E16", mark("Linked to a bottleneck of the region"), Kind.SOFT, computed=True),
)


@dataclass(frozen=True)
class Rules:
    """What the call asks for. An empty set of regions or legal forms allows all; None means no limit."""

    currency: str
    zone: str
    deadline: datetime | None = None
    regions: frozenset[str] = frozenset()
    legal_forms: frozenset[str] = frozenset()
    registered_months: int = 12
    longest_months: int = 12
    smallest_grant: int = 0
    largest_grant: int | None = None
    own_share_percent: Decimal = Decimal(25)
    own_cash_percent: Decimal = Decimal(5)
    cap: int | None = None


@dataclass(frozen=True)
class Earlier:
    """Another grant of the same recipient: `amount` awarded, whether it has `delivered` (None: not known yet), what is open there.

    `url` is empty where the reader may not open it.
    """

    number: str
    title: str
    status: str
    amount: int
    url: str = ""
    delivered: bool | None = None
    advance_days: int = 0
    report_days: int = 0
    refund: int = 0


@dataclass(frozen=True)
class Facts:
    """What is known of a proposal and its applicant; None where it is not filled in.

    `total_cost` includes what is given in kind; `fund_grants` are all grants of the fund to this measure, `earlier` those to
    earlier measures of the recipient. `missing` names what the form or the annexes lack.
    """

    rules: Rules
    today: date
    submitted_at: datetime | None = None
    on_paper: bool = False
    admitted_late: bool = False
    returned: bool = False
    missing: tuple[str, ...] = ()
    legal_form: str | None = None
    registered_on: date | None = None
    has_sponsor: bool = False
    region: str | None = None
    region_name: str = ""
    start: date | None = None
    end: date | None = None
    total_cost: int = 0
    fund_grants: int = 0
    own_cash: int = 0
    earlier: tuple[Earlier, ...] = ()
    bottleneck: str | None = None

    @property
    def earlier_delivered(self) -> bool | None:
        """No when one has not delivered, yes when all have; None: not known, or no earlier grant."""
        said = {grant.delivered for grant in self.earlier}
        return False if False in said else True if said == {True} else None

    def money(self, amount: int) -> str:
        return show(amount, self.rules.currency, LANGUAGE.get(), with_currency=True)


@dataclass(frozen=True)
class Row:
    """What stands behind a finding: a sentence, and where to look."""

    text: str
    url: str = ""


@dataclass(frozen=True)
class Finding:
    """The result of one check, the sentence that shows why, and the rows behind it."""

    result: Result
    evidence: str
    rows: tuple[Row, ...] = ()
