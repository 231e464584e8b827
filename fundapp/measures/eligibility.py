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
from fundapp.kit.i18n import LANGUAGE, keep, mark, number, words
from fundapp.kit.i18n import gettext as _
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


# Evidence is kept with a step in English and said again by `i18n.told`.
NO_DEADLINE, NOT_SENT = mark("the call has no deadline"), mark("not sent yet")
RECEIVED = keep("received %(at)s, deadline %(until)s")
ADMITTED_LATE = keep("received %(at)s after the deadline %(until)s, admitted late")
TOO_LATE = keep("received %(at)s, after the deadline %(until)s")
COMPLETE = mark("complete, all annexes are there")
MISSING = keep("missing (%(count)s): %(missing)s")
KIND_UNKNOWN = mark("kind of applicant not known")
SPONSORED = keep("%(form)s, with a sponsor who signs")
NOT_AMONG = keep("%(form)s is not among the applicants of this call, and no sponsor signs")
REGISTRATION_UNKNOWN = keep("%(form)s, date of registration not known")
REGISTERED = keep("%(form)s, registered %(since)s: %(months)s months %(sign)s %(needed)s")
REGION_UNKNOWN = mark("region not known")
REGION_IN, REGION_OUT = (
    keep("%(region)s is part of the call"),
    keep("%(region)s is not among the regions of this call"),
)
DATES_UNKNOWN = mark("dates not known")
BACKWARDS = keep("%(start)s to %(end)s: the end is not after the start")
TOO_LONG = keep("%(start)s to %(end)s is longer than %(most)s months, which end on %(latest)s")
SHORT_ENOUGH = keep("%(start)s to %(end)s is within %(most)s months")
NOTHING_ASKED, REQUEST = mark("nothing asked for yet"), keep("request %(asked)s %(limits)s")
NO_COSTS = mark("no costs yet")
OWN_SHARE = keep("own share %(percent)s %% %(sign)s %(needed)s %%")
CASH = keep("cash %(percent)s %% %(sign)s %(needed)s %%")
ADVANCE_OPEN = keep("an advance is open for %(days)s days, %(allowed)s are allowed")
REPORT_LATE = keep("a report is %(days)s days late, %(allowed)s are allowed")
REFUND_UNPAID = keep("a refund of %(amount)s is unpaid")
NOTHING_OPEN = mark("no old advance, late report or unpaid refund on record")
TOGETHER = keep("all grants %(together)s %(sign)s %(limit)s")
DELIVERED, NOT_DELIVERED = mark("the earlier grant has delivered"), mark("the earlier grant has not delivered")
RESULTS_UNKNOWN = mark("results of the earlier grant not known")
NO_CAP = mark("no earlier grant on record, no cap")
NOT_LINKED, LINKED = mark("not linked to a bottleneck"), mark("linked to 1 bottleneck")
LINKED_MORE = keep("linked to %(count)s bottlenecks")


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
        return show(amount, self.rules.currency, LANGUAGE.get(), with_currency=True)


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
        return Finding(Result.NOT_APPLICABLE, _(NO_DEADLINE))
    if sent is None:
        return _open(_(NOT_SENT))
    zone = ZoneInfo(facts.rules.zone)
    at, until = (
        f"{show_date(local.date(), LANGUAGE.get())} {local:%H:%M}"
        for local in (sent.astimezone(zone), limit.astimezone(zone))
    )
    if sent <= limit:
        return _judged(True, _(RECEIVED, at=at, until=until))
    if facts.admitted_late:
        return _judged(True, _(ADMITTED_LATE, at=at, until=until))
    return _judged(False, _(TOO_LATE, at=at, until=until))


def completeness(facts: Facts) -> Finding:
    """E2."""
    if not facts.missing:
        return _judged(True, _(COMPLETE))
    return _judged(False, _(MISSING, count=len(facts.missing), missing=", ".join(facts.missing)))


def applicant(facts: Facts) -> Finding:
    """E3; a sponsor who signs stands in for legal form and registration."""
    form, since = facts.legal_form, facts.registered_on
    if form is None:
        return _open(_(KIND_UNKNOWN))
    if facts.has_sponsor:
        return _judged(True, _(SPONSORED, form=words(form)))
    if facts.rules.legal_forms and form not in facts.rules.legal_forms:
        return _judged(False, _(NOT_AMONG, form=words(form)))
    if since is None:
        return _open(_(REGISTRATION_UNKNOWN, form=words(form)))
    months, needed = months_between(since, facts.today), facts.rules.registered_months
    sign = "≥" if months >= needed else "<"
    return _judged(
        months >= needed,
        _(
            REGISTERED,
            form=words(form),
            since=show_date(since, LANGUAGE.get()),
            months=max(months, 0),
            sign=sign,
            needed=needed,
        ),
    )


def region(facts: Facts) -> Finding:
    """E4."""
    if facts.region is None:
        return _open(_(REGION_UNKNOWN))
    if facts.region in facts.rules.regions or not facts.rules.regions:
        return _judged(True, _(REGION_IN, region=facts.region))
    return _judged(False, _(REGION_OUT, region=facts.region))


def duration(facts: Facts) -> Finding:
    """E5; the end is after the start and at most twelve months later, to the day."""
    if facts.start is None or facts.end is None:
        return _open(_(DATES_UNKNOWN))
    span = {"start": show_date(facts.start, LANGUAGE.get()), "end": show_date(facts.end, LANGUAGE.get())}
    latest = add_months(facts.start, facts.rules.longest_months)
    if facts.end <= facts.start:
        return _judged(False, _(BACKWARDS, **span))
    if facts.end > latest:
        return _judged(
            False, _(TOO_LONG, **span, most=facts.rules.longest_months, latest=show_date(latest, LANGUAGE.get()))
        )
    return _judged(True, _(SHORT_ENOUGH, **span, most=facts.rules.longest_months))


def request(facts: Facts) -> Finding:
    """E6; both limits are allowed amounts."""
    asked, least, most = facts.fund_grants, facts.rules.smallest_grant, facts.rules.largest_grant
    if asked <= 0:
        return _open(_(NOTHING_ASKED))
    if asked < least:
        return _judged(False, _(REQUEST, asked=facts.money(asked), limits=f"< {facts.money(least)}"))
    if most is not None and asked > most:
        return _judged(False, _(REQUEST, asked=facts.money(asked), limits=f"> {facts.money(most)}"))
    limits = ([f"≥ {facts.money(least)}"] if least else []) + ([f"≤ {facts.money(most)}"] if most is not None else [])
    return _judged(True, _(REQUEST, asked=facts.money(asked), limits=", ".join(limits)).strip())


def own_share(facts: Facts) -> Finding:
    """E7; own share = (total cost - all grants of the fund) / total cost, own revenue included; cash part = own cash /
    total cost."""
    if facts.total_cost <= 0:
        return _open(_(NO_COSTS))
    needed, needed_cash = facts.rules.own_share_percent, facts.rules.own_cash_percent
    passed, evidence = _compared(OWN_SHARE, facts.total_cost - facts.fund_grants, facts.total_cost, needed)
    if needed_cash <= 0:
        return _judged(passed, evidence)
    passed_cash, evidence_cash = _compared(CASH, facts.own_cash, facts.total_cost, needed_cash)
    return _judged(passed and passed_cash, f"{evidence}; {evidence_cash}")


def _compared(name: str, part: int, whole: int, needed: Decimal) -> tuple[bool, str]:
    """Compares exactly and shows one decimal, or two rounded down where one would hide that the limit is missed."""
    passed = Fraction(part * 100, whole) >= Fraction(needed)
    percent = share(part, whole)
    if not passed and percent >= needed:
        percent = Decimal(part * 10_000 // whole).scaleb(-2)
    return passed, _(name, percent=_number(percent), sign="≥" if passed else "<", needed=_number(needed))


def _number(percent: Decimal) -> str:
    """With the decimals it has, and the decimal mark of the language."""
    return number(float(percent), max(0, -int(percent.as_tuple().exponent)))


def other_grants(facts: Facts) -> Finding:
    """E10; from what the system knows of the recipient's other grants."""
    faults = []
    if facts.open_advance_days > ADVANCE_DAYS:
        faults.append(_(ADVANCE_OPEN, days=facts.open_advance_days, allowed=ADVANCE_DAYS))
    if facts.report_overdue_days > REPORT_DAYS:
        faults.append(_(REPORT_LATE, days=facts.report_overdue_days, allowed=REPORT_DAYS))
    if facts.unpaid_refund > 0:
        faults.append(_(REFUND_UNPAID, amount=facts.money(facts.unpaid_refund)))
    return _judged(not faults, "; ".join(faults) or _(NOTHING_OPEN))


def cap(facts: Facts) -> Finding:
    """E11; the cap counts this request with the recipient's earlier grants."""
    limit, together = facts.rules.cap, facts.earlier_grants + facts.fund_grants
    within = limit is None or together <= limit
    said = (
        [_(TOGETHER, together=facts.money(together), sign="≤" if within else ">", limit=facts.money(limit))]
        if limit is not None
        else []
    )
    if facts.earlier_delivered is not None:
        said.append(_(DELIVERED if facts.earlier_delivered else NOT_DELIVERED))
    elif facts.earlier_grants:
        said.append(_(RESULTS_UNKNOWN))
    if not said:
        return Finding(Result.NOT_APPLICABLE, _(NO_CAP))
    if within and facts.earlier_grants and facts.earlier_delivered is None:
        return _open("; ".join(said))
    return _judged(within and facts.earlier_delivered is not False, "; ".join(said))


def bottleneck(facts: Facts) -> Finding:
    """E16."""
    if facts.bottlenecks == 0:
        return _judged(False, _(NOT_LINKED))
    return _judged(True, _(LINKED) if facts.bottlenecks == 1 else _(LINKED_MORE, count=facts.bottlenecks))


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
