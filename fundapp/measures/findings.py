"""What the figures say to each computed check, with the evidence in words. Values in, values out."""

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from fundapp.kit.dates import add_months, months_between
from fundapp.kit.dates import show as show_date
from fundapp.kit.i18n import LANGUAGE, keep, mark, number, words
from fundapp.kit.i18n import gettext as _
from fundapp.kit.money import share
from fundapp.measures.eligibility import Earlier, Facts, Finding, Result, Row
from fundapp.people.codes import KINDS

ADVANCE_DAYS = 90
"""An advance may stand open this long, at other grants of the same recipient (practice of USAID programmes)."""

REPORT_DAYS = 30
"""A report may be late by this much, at other grants of the same recipient (as above)."""


# Evidence is kept with a step in English and said again by `i18n.told`.
NO_DEADLINE, NOT_SENT = mark("the call has no deadline"), mark("not sent yet")
RECEIVED = keep("received %(at)s, deadline %(until)s")
ON_PAPER = keep("received on paper %(at)s, deadline %(until)s")
ADMITTED_LATE = keep("received %(at)s after the deadline %(until)s, admitted late")
TOO_LATE = keep("received %(at)s, after the deadline %(until)s")
COMPLETE = mark("complete, all annexes are there")
MENDED = mark("complete since it was sent back")
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
EARLIER, EARLIER_MORE = keep("one earlier grant of %(sum)s"), keep("%(count)s earlier grants, together %(sum)s")
NO_CAP = mark("no earlier grant on record, no cap")
NOT_LINKED, LINKED = mark("not linked to a bottleneck"), keep("linked to “%(bottleneck)s”")


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
        return _judged(True, _(ON_PAPER if facts.on_paper else RECEIVED, at=at, until=until))
    if facts.admitted_late:
        return _judged(True, _(ADMITTED_LATE, at=at, until=until))
    return _judged(False, _(TOO_LATE, at=at, until=until))


def completeness(facts: Facts) -> Finding:
    """E2."""
    if not facts.missing and facts.returned:
        return Finding(Result.CURED, _(MENDED))
    if not facts.missing:
        return _judged(True, _(COMPLETE))
    return _judged(False, _(MISSING, count=len(facts.missing), missing=", ".join(facts.missing)))


def applicant(facts: Facts) -> Finding:
    """E3; a sponsor who signs stands in for legal form and registration."""
    since = facts.registered_on
    if facts.legal_form is None:
        return _open(_(KIND_UNKNOWN))
    form = _(KINDS[facts.legal_form]) if facts.legal_form in KINDS else words(facts.legal_form)
    if facts.has_sponsor:
        return _judged(True, _(SPONSORED, form=form))
    if facts.rules.legal_forms and facts.legal_form not in facts.rules.legal_forms:
        return _judged(False, _(NOT_AMONG, form=form))
    if since is None:
        return _open(_(REGISTRATION_UNKNOWN, form=form))
    months, needed = months_between(since, facts.today), facts.rules.registered_months
    sign = "≥" if months >= needed else "<"
    return _judged(
        months >= needed,
        _(
            REGISTERED,
            form=form,
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
    name = facts.region_name or facts.region
    if facts.region in facts.rules.regions or not facts.rules.regions:
        return _judged(True, _(REGION_IN, region=name))
    return _judged(False, _(REGION_OUT, region=name))


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
    """E10; from what the system knows of the recipient's other grants. The rows say what is open at which of them."""
    faults: list[str] = []
    rows: list[Row] = []
    for grant in facts.earlier:
        open_ = []
        if grant.advance_days > 0:
            open_.append(_(ADVANCE_OPEN, days=grant.advance_days, allowed=ADVANCE_DAYS))
            faults += open_[-1:] if grant.advance_days > ADVANCE_DAYS else []
        if grant.report_days > 0:
            open_.append(_(REPORT_LATE, days=grant.report_days, allowed=REPORT_DAYS))
            faults += open_[-1:] if grant.report_days > REPORT_DAYS else []
        if grant.refund > 0:
            open_.append(_(REFUND_UNPAID, amount=facts.money(grant.refund)))
            faults += open_[-1:]
        if open_:
            rows.append(Row(f"{_named(grant)}: {'; '.join(open_)}", grant.url))
    return Finding(
        Result.FAIL if faults else Result.PASS, "; ".join(dict.fromkeys(faults)) or _(NOTHING_OPEN), tuple(rows)
    )


def cap(facts: Facts) -> Finding:
    """E11; the cap counts this request with the recipient's earlier grants. The rows are these grants."""
    limit, earlier = facts.rules.cap, sum(grant.amount for grant in facts.earlier)
    together = earlier + facts.fund_grants
    within = limit is None or together <= limit
    said = []
    if limit is not None:
        sign = "≤" if within else ">"
        said.append(_(TOGETHER, together=facts.money(together), sign=sign, limit=facts.money(limit)))
    if facts.earlier:
        count, sum_ = len(facts.earlier), facts.money(earlier)
        said.append(_(EARLIER, sum=sum_) if count == 1 else _(EARLIER_MORE, count=count, sum=sum_))
        said.append(_({True: DELIVERED, False: NOT_DELIVERED, None: RESULTS_UNKNOWN}[facts.earlier_delivered]))
    if not said:
        return Finding(Result.NOT_APPLICABLE, _(NO_CAP))
    rows = tuple(
        Row(f"{_named(grant)}: {facts.money(grant.amount)}, {words(grant.status)}", grant.url)
        for grant in facts.earlier
    )
    if within and facts.earlier and facts.earlier_delivered is None:
        return Finding(Result.OPEN, "; ".join(said), rows)
    passed = within and facts.earlier_delivered is not False
    return Finding(Result.PASS if passed else Result.FAIL, "; ".join(said), rows)


def _named(grant: Earlier) -> str:
    return f"{grant.number} {grant.title}".strip()


def bottleneck(facts: Facts) -> Finding:
    """E16."""
    if facts.bottleneck is None:
        return _judged(False, _(NOT_LINKED))
    return _judged(True, _(LINKED, bottleneck=facts.bottleneck))


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
