"""What a proposal still lacks, page by page, in the applicant's words. Limits: domain.md 2.2 and the call."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from fundapp.funds import questions
from fundapp.funds.codes import ANNEXES
from fundapp.funds.models import Call, Fund
from fundapp.kit import i18n, money
from fundapp.kit.dates import add_months
from fundapp.kit.i18n import gettext as _
from fundapp.kit.i18n import mark, ngettext
from fundapp.kit.texts import show_date
from fundapp.measures import fields
from fundapp.measures.codes import (
    CAPS,
    CATEGORIES,
    DECLARATIONS,
    FIRST,
    FULL,
    FUND_INDICATORS,
    PARTS,
    SHORT,
    Section,
    sections,
)
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
    return [Gap(page.name, text) for page in pages(proposal.measure) for text in _missing(proposal, page)]


def pages(measure: Measure) -> list[Section]:
    """The pages of this proposal's form."""
    return sections(measure.form, questions=bool(call_of(measure).questions))


def _missing(proposal: Proposal, page: Section) -> Iterator[str]:
    if page.name in proposal.typed:
        yield _("something you typed there cannot be read yet")
    yield from ASKED[page.name](proposal)


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


def amount_of(amount: int, fund: Fund) -> str:
    return money.show(amount, fund.currency, i18n.LANGUAGE.get(), with_currency=True, short=True)


def _least(measure: Measure, section: str, name: str, what: str) -> Iterator[str]:
    """A text that is too short for the form it stands in."""
    found = fields.find(section, name)
    if found is None or not found.asked(measure.form):
        return
    text, least = getattr(measure, name), found.shortest(measure.form)
    if len(text.strip()) < least:
        there = len(text.strip())
        if there:
            yield _("%(what)s: at least %(least)s characters, %(there)s so far", what=what, least=least, there=there)
        else:
            yield _("%(what)s: at least %(least)s characters", what=what, least=least)


def _measure(p: Proposal) -> Iterator[str]:
    m, longest = p.measure, call_of(p.measure).longest_months
    yield from _least(m, "measure", "title", _("a title"))
    yield from _least(m, "measure", "summary", _("a summary"))
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
    if p.measure.form != FIRST and not p.measure.vat:
        yield _("whether you pay value added tax")


def _partners(p: Proposal) -> Iterator[str]:
    if not any(partner.key_person for partner in p.partners):
        yield _("at least one key person who carries the measure")


def _problem(p: Proposal) -> Iterator[str]:
    if p.measure.bottleneck_id is None and not p.measure.no_bottleneck.strip():
        yield _("the bottleneck it eases, or why there is none")
    yield from _least(p.measure, "problem", "problem", _("the problem"))


def _results(p: Proposal) -> Iterator[str]:
    m = p.measure
    yield from _least(m, "results", "objective", _("the objective"))
    if m.form != SHORT:
        for text, what in ((m.outputs, _("what will be there at the end")), (m.outcomes, _("what will be different"))):
            if not text.strip():
                yield what
    if not m.visible_effect.strip() or m.visible_by is None:
        yield _("what everybody will see, and by when")
    elif m.ends_on and m.visible_by > m.ends_on:
        yield _("a visible effect before the end of the measure")
    codes = {indicator.code for indicator in p.indicators}
    for code, (title, *_rest) in FUND_INDICATORS.items():
        if code in call_of(m).asked_indicators and code not in codes:
            yield _("a figure for “%(title)s”; 0 is a figure too", title=_(title))
    if not any(i.target > 0 for i in p.indicators):
        yield _("at least one figure above 0, of ours or of your own")


def _activities(p: Proposal) -> Iterator[str]:
    m = p.measure
    if not p.activities:
        yield _("at least one activity with its dates")
    for each in p.activities:
        if m.starts_on and m.ends_on and not m.starts_on <= each.starts_on <= each.ends_on <= m.ends_on:
            yield _("“%(title)s” within the dates of the measure", title=each.title)


def _environment(p: Proposal) -> Iterator[str]:
    if p.measure.env_effect is None:
        yield _("what it does to water, soil, air and animals")
    elif p.measure.env_effect < 0 and not p.measure.env_note.strip():
        yield _("what you do about the harm")
    if not p.measure.land:
        yield _("whether land is used in another way")
    elif p.measure.land == "yes" and not (p.measure.env_note.strip() or p.measure.permits.strip()):
        yield _("what changes on the land, and who permits it")


def _risks(p: Proposal) -> Iterator[str]:
    least = 2 if p.measure.form == FULL else 1
    if len(p.risks) < least:
        yield ngettext("at least %(num)s thing that can go wrong", "at least %(num)s things that can go wrong", least)
    for each in p.risks:
        if not each.mitigation.strip():
            yield _("what you do about “%(text)s”", text=each.text[:60])


def _support(p: Proposal) -> Iterator[str]:
    if not p.measure.supported:
        yield _("whether you got other support")
    elif p.measure.supported == "yes" and not p.support:
        yield _("who supported you, and with how much")


def _questions(p: Proposal) -> Iterator[str]:
    there = {annex.kind for annex, *_rest in p.annexes}
    for each in questions.shown(questions.of(call_of(p.measure)), p.measure.answers):
        given = each.annex in there if each.kind == "file" else p.measure.answers.get(each.code)
        if each.needed and not given:
            yield questions.words(each.label, i18n.LANGUAGE.get())


def _groups(p: Proposal) -> Iterator[str]:
    if not any(group.total > 0 for group in p.groups):
        yield _("at least one group of people it is for")


def _benefit(p: Proposal) -> Iterator[str]:
    yield from _least(p.measure, "benefit", "public_benefit", _("what the public gains"))


def _afterwards(p: Proposal) -> Iterator[str]:
    yield from _least(p.measure, "afterwards", "after_funding", _("how it goes on afterwards"))


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
            asked=amount_of(asked, fund),
            smallest=amount_of(call.smallest, fund),
        )
    if asked > call.largest:
        yield _(
            "You ask for %(asked)s; this call gives at most %(largest)s",
            asked=amount_of(asked, fund),
            largest=amount_of(call.largest, fund),
        )
    if p.measure.form == SHORT and asked > call.short_limit:
        limit = amount_of(call.short_limit, fund)
        yield _("You ask for more than %(limit)s: please change to the full form", limit=limit)
    yield from why_not_own_share(p, call)
    if p.measure.form != FIRST and p.sum("own_cash") and not (p.measure.own_when.strip() or p.measure.own_by):
        yield _("when your own money comes")
    if p.measure.form == FULL and p.sum("in_kind") and not p.measure.in_kind_note.strip():
        yield _("how you valued what you give besides money")


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
    "activities": _activities,
    "groups": _groups,
    "benefit": _benefit,
    "environment": _environment,
    "afterwards": _afterwards,
    "risks": _risks,
    "costs": _costs,
    "financing": _financing,
    "support": _support,
    "questions": _questions,
    "annexes": _annexes,
    "declarations": _declarations,
}


def is_open(measure: Measure, section: str, name: str) -> bool:
    """Whether a field (or a table, by its prefix) may be changed now: after sending back only what was asked for."""
    if measure.status != Status.RETURNED or not measure.asked:
        return True
    found = {each["field"] for each in measure.asked if each["section"] == section}
    return "" in found or name in found or name.partition("-")[0] in found
