"""What a proposal still lacks before it can be sent, in the applicant's words. Limits: domain.md 2.2 and the call."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from fundapp.funds.codes import ANNEXES
from fundapp.funds.models import Call, Fund
from fundapp.kit import i18n, money
from fundapp.kit.database import ReadSession
from fundapp.kit.dates import add_months
from fundapp.kit.i18n import gettext as _
from fundapp.kit.i18n import mark, ngettext
from fundapp.kit.texts import show_date, show_moment
from fundapp.measures import queries
from fundapp.measures.codes import CAPS, CATEGORIES, DECLARATIONS, FUND_INDICATORS, PARTS, SECTIONS
from fundapp.measures.lifecycle import Status
from fundapp.measures.models import Measure
from fundapp.measures.queries import Proposal


@dataclass(frozen=True)
class Gap:
    """Something that is missing, on which page of the form."""

    section: str
    text: str


WHO = {
    "acts": mark("who acts"),
    "signs": mark("who signs"),
    "account": mark("who holds the account"),
    "reports": mark("who reports"),
}


def gaps(proposal: Proposal) -> list[Gap]:
    """Everything that is missing, in the order of the pages. The measure comes with its call, fund and organisation."""
    return [Gap(section.name, text) for section in SECTIONS for text in ASKED[section.name](proposal)]


def why_not_submit(session: ReadSession, measure: Measure, by: object, at: datetime) -> list[str]:
    """Reasons against sending the proposal now, all at once."""
    proposal = queries.proposal(session, measure)
    return why_too_late(measure, at) + why_not_confirmed(measure) + [gap.text for gap in gaps(proposal)]


def why_not_admit_late(session: ReadSession, measure: Measure, by: object, at: datetime) -> list[str]:
    """As for sending, except that the deadline must have passed."""
    late = why_too_late(measure, at)
    reasons = [] if late else [_("The call still takes proposals: the applicant can send it.")]
    proposal = queries.proposal(session, measure)
    return reasons + why_not_confirmed(measure) + [gap.text for gap in gaps(proposal)]


def why_not_expire(session: ReadSession, measure: Measure, by: object, at: datetime) -> list[str]:
    """A draft has expired when the call is closed, a returned proposal when its new deadline has passed."""
    return [] if at > deadline(measure) else [_("The deadline has not passed: %(until)s.", until=_until(measure))]


def deadline(measure: Measure) -> datetime:
    """Until when the proposal can be sent: the end of the day named when it was returned, else the call's deadline."""
    if measure.status == Status.RETURNED and measure.return_by is not None:
        end = datetime.combine(measure.return_by + timedelta(days=1), time(), ZoneInfo(measure.fund.zone))
        return end - timedelta(seconds=1)
    return call_of(measure).deadline_for(measure.region)


def why_too_late(measure: Measure, at: datetime) -> list[str]:
    """Why it is too late, or too early; kindly."""
    call = call_of(measure)
    if call.published_at is None or (measure.status == Status.DRAFT and at < call.opens_at):
        return [
            _(
                "The call opens on %(opens_at)s; until then nothing can be sent.",
                opens_at=show_moment(call.opens_at, measure.fund.zone),
            )
        ]
    if at <= deadline(measure):
        return []
    until, branch = _until(measure), _branch(measure)
    if not branch:
        return [_("The deadline passed on %(until)s. What you wrote is kept.", until=until)]
    return [
        _(
            "The deadline passed on %(until)s. What you wrote is kept. Please call %(branch)s: "
            "we tell you what is still possible.",
            until=until,
            branch=branch,
        )
    ]


def why_not_confirmed(measure: Measure) -> list[str]:
    if measure.prepared_by_id is None or measure.confirmed_at is not None:
        return []
    return [_("The branch wrote this for the applicant, who has not confirmed it yet.")]


def call_of(measure: Measure) -> Call:
    assert measure.call is not None, "a measure that was taken over has no call"
    return measure.call


def own_share(proposal: Proposal) -> tuple[Fraction, Fraction] | None:
    """(own share, its part in money) of all costs; own revenue counts as own share (house.md 2). None without costs."""
    total = proposal.sum("amount")
    if total <= 0:
        return None
    return Fraction(total - proposal.sum("from_grant"), total), Fraction(proposal.sum("own_cash"), total)


def why_not_own_share(proposal: Proposal, call: Call) -> list[str]:
    """What the call's rule on the own share asks for and is not met."""
    shares = own_share(proposal)
    if shares is None:
        return []
    share, cash = shares
    reasons = []
    if share < Fraction(call.own_share, 1000):
        needed = _percent(Fraction(call.own_share, 1000))
        reasons.append(
            _("Your own share is %(share)s; at least %(needed)s is needed", share=_percent(share), needed=needed)
        )
    if cash < Fraction(call.own_cash, 1000):
        needed = _percent(Fraction(call.own_cash, 1000))
        reasons.append(
            _("What you pay in money is %(share)s; at least %(needed)s is needed", share=_percent(cash), needed=needed)
        )
    return reasons


def _percent(share: Fraction) -> str:
    """One decimal, cut: what misses a limit is never shown as meeting it."""
    tenths = share * 1000 // 1
    return f"{i18n.number(tenths / 10)} %"


def _until(measure: Measure) -> str:
    return show_moment(deadline(measure), measure.fund.zone)


def _branch(measure: Measure) -> str:
    branch = measure.branch
    return f"{i18n.named(branch)}, {branch.phone}".rstrip(", ") if branch else ""


def _amount(amount: int, fund: Fund) -> str:
    return money.show(amount, fund.currency, i18n.LANGUAGE.get(), with_currency=True, short=True)


def _least(text: str, least: int, what: str) -> Iterator[str]:
    if len(text.strip()) < least:
        there = len(text.strip())
        if there:
            yield _("%(what)s: at least %(least)s characters, %(there)s so far", what=what, least=least, there=there)
        else:
            yield _("%(what)s: at least %(least)s characters", what=what, least=least)


def _measure(p: Proposal) -> Iterator[str]:
    m, longest = p.measure, call_of(p.measure).longest_months
    yield from _least(m.title, 10, _("a title"))
    yield from _least(m.summary, 200, _("a summary"))
    regions = call_of(m).regions
    if not m.region:
        yield _("the region")
    elif regions and m.region not in regions:
        yield _("a region of this call")
    for value, what in (
        (m.place, _("the place")),
        (m.topic, _("the topic")),
        (m.intervention, _("the kind of measure")),
    ):
        if not value:
            yield what
    if m.starts_on is None or m.ends_on is None:
        yield _("when it begins and ends")
    elif m.ends_on <= m.starts_on:
        yield _("an end after the start")
    elif m.ends_on > add_months(m.starts_on, longest):
        yield _(
            "an end at most %(longest)s months after the start: %(starts_on)s",
            longest=longest,
            starts_on=show_date(add_months(m.starts_on, longest)),
        )


def _applicant(p: Proposal) -> Iterator[str]:
    organisation, allowed = p.measure.organisation, call_of(p.measure).applicant_kinds
    if organisation is None or not organisation.name:
        yield _("your organisation or group")
        return
    acts, signs = p.parties.get("acts"), p.parties.get("signs")
    sponsored = bool(acts and signs and signs.organisation != acts.organisation)
    if organisation.kind == "group" and not sponsored:
        yield _("a sponsor who signs, because a group is not registered")
    elif allowed and organisation.kind not in allowed and not sponsored:
        yield _("a sponsor who signs, because this call is for other kinds of applicants")
    if not organisation.address:
        yield _("the address")
    if not (organisation.phone or organisation.email):
        yield _("a telephone number or an e-mail address")
    for part in PARTS:
        if part not in p.parties or not p.parties[part].organisation:
            yield _(WHO[part])
    account = p.parties.get("account")
    if account and not account.account:
        yield _("the number of the account")
    if acts and not acts.person:
        yield _("the person who acts")


def _partners(p: Proposal) -> Iterator[str]:
    if not any(partner.key_person for partner in p.partners):
        yield _("at least one key person who carries the measure")


def _problem(p: Proposal) -> Iterator[str]:
    if p.measure.bottleneck_id is None and not p.measure.no_bottleneck.strip():
        yield _("the bottleneck it eases, or why there is none")
    yield from _least(p.measure.problem, 300, _("the problem"))


def _results(p: Proposal) -> Iterator[str]:
    m = p.measure
    yield from _least(m.objective, 100, _("the objective"))
    for text, what in ((m.outputs, _("what will be there at the end")), (m.outcomes, _("what will be different"))):
        if not text.strip():
            yield what
    if not m.visible_effect.strip() or m.visible_by is None:
        yield _("what everybody will see, and by when")
    elif m.ends_on and m.visible_by > m.ends_on:
        yield _("a visible effect before the end of the measure")
    codes = {indicator.code for indicator in p.indicators}
    for code, (title, *_rest) in FUND_INDICATORS.items():
        if code not in codes:
            yield _("a figure for “%(title)s”; 0 is a figure too", title=_(title))
    if not any(i.target > 0 for i in p.indicators):
        yield _("at least one figure above 0, of ours or of your own")


def _groups(p: Proposal) -> Iterator[str]:
    if not any(group.total > 0 for group in p.groups):
        yield _("at least one group of people it is for")


def _benefit(p: Proposal) -> Iterator[str]:
    yield from _least(p.measure.public_benefit, 300, _("what the public gains"))


def _afterwards(p: Proposal) -> Iterator[str]:
    yield from _least(p.measure.after_funding, 300, _("how it goes on afterwards"))


def _costs(p: Proposal) -> Iterator[str]:
    total = p.sum("amount")
    if total <= 0:
        yield _("at least one line of costs")
        return
    for category, most in CAPS.items():
        part = sum(line.amount for line in p.lines if line.category == category)
        if part * 1000 > total * most:
            yield _("%(category)s: at most %(most)s %% of all costs", category=_(CATEGORIES[category]), most=most // 10)


def _financing(p: Proposal) -> Iterator[str]:
    call, fund, asked = call_of(p.measure), p.measure.fund, p.sum("from_grant")
    if p.sum("amount") <= 0:
        return
    if asked < call.smallest:
        yield _(
            "You ask for %(asked)s; this call gives at least %(smallest)s",
            asked=_amount(asked, fund),
            smallest=_amount(call.smallest, fund),
        )
    if asked > call.largest:
        yield _(
            "You ask for %(asked)s; this call gives at most %(largest)s",
            asked=_amount(asked, fund),
            largest=_amount(call.largest, fund),
        )
    yield from why_not_own_share(p, call)


def _annexes(p: Proposal) -> Iterator[str]:
    there = {annex.kind for annex, *_rest in p.annexes}
    for kind in call_of(p.measure).annexes:
        if kind not in there:
            yield _(ANNEXES.get(kind, kind))


def _declarations(p: Proposal) -> Iterator[str]:
    given = p.measure.declarations
    open_ = sum(1 for code in DECLARATIONS if not given.get(code))
    if open_:
        yield ngettext("one to confirm", "%(num)s to confirm", open_)
    if not (given.get("name") and given.get("place") and given.get("date")):
        yield _("name, place and date")


ASKED: dict[str, Callable[[Proposal], Iterator[str]]] = {
    "measure": _measure,
    "applicant": _applicant,
    "partners": _partners,
    "problem": _problem,
    "results": _results,
    "groups": _groups,
    "benefit": _benefit,
    "afterwards": _afterwards,
    "costs": _costs,
    "financing": _financing,
    "annexes": _annexes,
    "declarations": _declarations,
}


def why_not_fit(measure: Measure) -> list[str]:
    """A plan is fitted where less was awarded than asked for."""
    less = measure.awarded is not None and measure.awarded < measure.requested
    return [] if less else [_("The whole amount was awarded; the plan stays as it is.")]


def why_not_accept_plan(session: ReadSession, measure: Measure) -> list[str]:
    """What does not fit yet: the fund's part against the award, and the rule on the own share."""
    proposal, fund = queries.proposal(session, measure), measure.fund
    asked, awarded = proposal.sum("from_grant"), measure.awarded or 0
    differs = _(
        "The plan takes %(asked)s from the fund; %(awarded)s were awarded.",
        asked=_amount(asked, fund),
        awarded=_amount(awarded, fund),
    )
    reasons = [differs] if asked != awarded else []
    return reasons + [f"{text}." for text in why_not_own_share(proposal, call_of(measure))]


def why_not_fitted(session: ReadSession, measure: Measure) -> list[str]:
    """Why no contract can be made of this plan yet. Asked by the rooms above."""
    if measure.plan_fitted_at is not None:
        return []
    if not why_not_fit(measure):
        return [_("Less was awarded than asked for: the plan is fitted to the award first, and a manager accepts it.")]
    return [] if queries.total(session, measure)[1] == measure.awarded else [_("The plan does not match the award.")]
