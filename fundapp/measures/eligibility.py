"""Sixteen checks that a proposal passes before it is rated. Those that figures can answer are computed with evidence;
the officer answers the others, and may put right a computed one with a reason.

Amounts are minor units of the call's currency; percentages of the call may have decimals.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from zoneinfo import ZoneInfo

from fundapp.kit.dates import add_months, months_between
from fundapp.kit.dates import show as show_date
from fundapp.kit.money import share, show

ADVANCE_DAYS = 90
"""An advance may stand open this long, at other grants of the same recipient (practice of USAID programmes)."""

REPORT_DAYS = 30
"""A report may be late by this much, at other grants of the same recipient (as above)."""


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
    Check("E1", "Received before the deadline", Kind.HARD, computed=True),
    Check("E2", "Complete, with all annexes asked for", Kind.CURABLE, computed=True),
    Check("E3", "Kind of applicant allowed, registered for a year or with a sponsor", Kind.HARD, computed=True),
    Check("E4", "Region is part of the call", Kind.HARD, computed=True),
    Check("E5", "Lasts at most twelve months", Kind.HARD, computed=True),
    Check("E6", "Amount asked for is within the limits", Kind.HARD, computed=True),
    Check("E7", "Own share is high enough, part of it in cash", Kind.HARD, computed=True),
    Check("E8", "Not started yet, nothing ordered", Kind.HARD, computed=False),
    Check("E9", "Nobody else pays for the same cost", Kind.HARD, computed=False),
    Check("E10", "No old advance, late report or unpaid refund", Kind.HARD, computed=True),
    Check("E11", "All grants together within the cap, earlier ones have delivered", Kind.HARD, computed=True),
    Check("E12", "No ground for exclusion: bankruptcy, tax debt, fraud, sanctions", Kind.HARD, computed=False),
    Check("E13", "Not owned by senior officials or their families", Kind.HARD, computed=False),
    Check("E14", "Nothing from the negative list", Kind.HARD, computed=False),
    Check("E15", "Benefits the public, not only one firm", Kind.HARD, computed=False),
    Check("E16", "Linked to a bottleneck of the region", Kind.SOFT, computed=True),
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
class Facts:
    """What is known of a proposal and its applicant; None where it is not filled in.

    `total_cost` includes what is given in kind; `fund_grants` are all grants of the fund to this measure,
    `earlier_grants` those to earlier measures of the recipient, `earlier_delivered` whether these had their results.
    `missing` names what the form or the annexes lack.
    """

    rules: Rules
    today: date
    submitted_at: datetime | None = None
    admitted_late: bool = False
    missing: tuple[str, ...] = ()
    legal_form: str | None = None
    registered_on: date | None = None
    has_sponsor: bool = False
    region: str | None = None
    start: date | None = None
    end: date | None = None
    total_cost: int = 0
    fund_grants: int = 0
    own_cash: int = 0
    open_advance_days: int = 0
    report_overdue_days: int = 0
    unpaid_refund: int = 0
    earlier_grants: int = 0
    earlier_delivered: bool | None = None
    bottlenecks: int = 0

    def money(self, amount: int) -> str:
        return show(amount, self.rules.currency, "en", with_currency=True)


@dataclass(frozen=True)
class Finding:
    """The result of one check and the sentence that shows why."""

    result: Result
    evidence: str


def _judged(passed: bool, evidence: str) -> Finding:
    return Finding(Result.PASS if passed else Result.FAIL, evidence)


def _open(evidence: str) -> Finding:
    return Finding(Result.OPEN, evidence)


def deadline(facts: Facts) -> Finding:
    """E1; on the second of the deadline is in time."""
    limit, sent = facts.rules.deadline, facts.submitted_at
    if limit is None:
        return Finding(Result.NOT_APPLICABLE, "the call has no deadline")
    if sent is None:
        return _open("not sent yet")
    zone = ZoneInfo(facts.rules.zone)
    at, until = (
        f"{show_date(local.date(), 'en')} {local:%H:%M}" for local in (sent.astimezone(zone), limit.astimezone(zone))
    )
    if sent <= limit:
        return _judged(True, f"received {at}, deadline {until}")
    if facts.admitted_late:
        return _judged(True, f"received {at} after the deadline {until}, admitted late")
    return _judged(False, f"received {at}, after the deadline {until}")


def completeness(facts: Facts) -> Finding:
    """E2."""
    if not facts.missing:
        return _judged(True, "complete, all annexes are there")
    return _judged(False, f"missing ({len(facts.missing)}): {', '.join(facts.missing)}")


def applicant(facts: Facts) -> Finding:
    """E3; a sponsor who signs stands in for legal form and registration."""
    form, since = facts.legal_form, facts.registered_on
    if form is None:
        return _open("kind of applicant not known")
    if facts.has_sponsor:
        return _judged(True, f"{form}, with a sponsor who signs")
    if facts.rules.legal_forms and form not in facts.rules.legal_forms:
        return _judged(False, f"{form} is not among the applicants of this call, and no sponsor signs")
    if since is None:
        return _open(f"{form}, date of registration not known")
    months, needed = months_between(since, facts.today), facts.rules.registered_months
    sign = "≥" if months >= needed else "<"
    return _judged(
        months >= needed, f"{form}, registered {show_date(since, 'en')}: {max(months, 0)} months {sign} {needed}"
    )


def region(facts: Facts) -> Finding:
    """E4."""
    if facts.region is None:
        return _open("region not known")
    if facts.region in facts.rules.regions or not facts.rules.regions:
        return _judged(True, f"{facts.region} is part of the call")
    return _judged(False, f"{facts.region} is not among the regions of this call")


def duration(facts: Facts) -> Finding:
    """E5; the end is after the start and at most twelve months later, to the day."""
    if facts.start is None or facts.end is None:
        return _open("dates not known")
    span = f"{show_date(facts.start, 'en')} to {show_date(facts.end, 'en')}"
    latest = add_months(facts.start, facts.rules.longest_months)
    if facts.end <= facts.start:
        return _judged(False, f"{span}: the end is not after the start")
    if facts.end > latest:
        return _judged(
            False, f"{span} is longer than {facts.rules.longest_months} months, which end on {show_date(latest, 'en')}"
        )
    return _judged(True, f"{span} is within {facts.rules.longest_months} months")


def request(facts: Facts) -> Finding:
    """E6; both limits are allowed amounts."""
    asked, least, most = facts.fund_grants, facts.rules.smallest_grant, facts.rules.largest_grant
    if asked <= 0:
        return _open("nothing asked for yet")
    if asked < least:
        return _judged(False, f"request {facts.money(asked)} < {facts.money(least)}")
    if most is not None and asked > most:
        return _judged(False, f"request {facts.money(asked)} > {facts.money(most)}")
    limits = ([f"≥ {facts.money(least)}"] if least else []) + ([f"≤ {facts.money(most)}"] if most is not None else [])
    return _judged(True, " ".join(["request", facts.money(asked), ", ".join(limits)]).strip())


def own_share(facts: Facts) -> Finding:
    """E7; own share = (total cost - all grants of the fund) / total cost, own revenue included; cash part = own cash /
    total cost."""
    if facts.total_cost <= 0:
        return _open("no costs yet")
    needed, needed_cash = facts.rules.own_share_percent, facts.rules.own_cash_percent
    passed, evidence = _compared("own share", facts.total_cost - facts.fund_grants, facts.total_cost, needed)
    if needed_cash <= 0:
        return _judged(passed, evidence)
    passed_cash, evidence_cash = _compared("cash", facts.own_cash, facts.total_cost, needed_cash)
    return _judged(passed and passed_cash, f"{evidence}; {evidence_cash}")


def _compared(name: str, part: int, whole: int, needed: Decimal) -> tuple[bool, str]:
    """Compares exactly and shows one decimal, or two rounded down where one would hide that the limit is missed."""
    passed = Fraction(part * 100, whole) >= Fraction(needed)
    percent = share(part, whole)
    if not passed and percent >= needed:
        percent = Decimal(part * 10_000 // whole).scaleb(-2)
    return passed, f"{name} {percent} % {'≥' if passed else '<'} {needed} %"


def other_grants(facts: Facts) -> Finding:
    """E10; from what the system knows of the recipient's other grants."""
    faults = []
    if facts.open_advance_days > ADVANCE_DAYS:
        faults.append(f"an advance is open for {facts.open_advance_days} days, {ADVANCE_DAYS} are allowed")
    if facts.report_overdue_days > REPORT_DAYS:
        faults.append(f"a report is {facts.report_overdue_days} days late, {REPORT_DAYS} are allowed")
    if facts.unpaid_refund > 0:
        faults.append(f"a refund of {facts.money(facts.unpaid_refund)} is unpaid")
    return _judged(not faults, "; ".join(faults) or "no old advance, late report or unpaid refund on record")


def cap(facts: Facts) -> Finding:
    """E11; the cap counts this request with the recipient's earlier grants."""
    limit, together = facts.rules.cap, facts.earlier_grants + facts.fund_grants
    within = limit is None or together <= limit
    said = (
        [f"all grants {facts.money(together)} {'≤' if within else '>'} {facts.money(limit)}"]
        if limit is not None
        else []
    )
    if facts.earlier_delivered is not None:
        said.append(f"the earlier grant has {'' if facts.earlier_delivered else 'not '}delivered")
    elif facts.earlier_grants:
        said.append("results of the earlier grant not known")
    if not said:
        return Finding(Result.NOT_APPLICABLE, "no earlier grant on record, no cap")
    if within and facts.earlier_grants and facts.earlier_delivered is None:
        return _open("; ".join(said))
    return _judged(within and facts.earlier_delivered is not False, "; ".join(said))


def bottleneck(facts: Facts) -> Finding:
    """E16."""
    if facts.bottlenecks == 0:
        return _judged(False, "not linked to a bottleneck")
    return _judged(True, f"linked to {facts.bottlenecks} bottleneck{'s' if facts.bottlenecks > 1 else ''}")


COMPUTED: dict[str, Callable[[Facts], Finding]] = {
    "E1": deadline,
    "E2": completeness,
    "E3": applicant,
    "E4": region,
    "E5": duration,
    "E6": request,
    "E7": own_share,
    "E10": other_grants,
    "E11": cap,
    "E16": bottleneck,
}


def computed(facts: Facts) -> dict[str, Finding]:
    """What the figures say, by code, for every check with `computed`; `OPEN` where something is not filled in yet."""
    return {code: check(facts) for code, check in COMPUTED.items()}
