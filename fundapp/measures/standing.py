"""How a budget stands against the rules: each check met or not, with its figures. Pure; limits: domain.md 2.2 and the call."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from fundapp.kit import i18n, money
from fundapp.kit.i18n import gettext as _
from fundapp.measures.codes import CAPS, CATEGORIES, SHORT, SOURCES


class Line(Protocol):
    """A line of the budget, minor units."""

    category: str
    amount: int
    from_grant: int
    own_cash: int
    in_kind: int
    local_government: int
    other_donor: int
    revenue: int


class Rules(Protocol):
    """What a call asks for: shares in tenths of a percent, amounts in minor units."""

    smallest: int
    largest: int
    short_limit: int
    own_share: int
    own_cash: int


@dataclass(frozen=True)
class Standing:
    """One check: what stands there and what is needed, in the reader's language."""

    code: str  # own_share, own_cash, admin, contingency, request, sums
    met: bool
    text: str
    needed: str


def standings(lines: Sequence[Line], rules: Rules, currency: str, form: str = "full") -> list[Standing]:
    """All checks of a budget, in the order in which they are read; none without costs."""
    total = sum(line.amount for line in lines)
    if total <= 0:
        return []
    grant = sum(line.from_grant for line in lines)
    cash = sum(line.own_cash for line in lines)
    return [
        _sums(lines, total, grant, currency),
        _request(grant, rules, currency, form),
        _least("own_share", _("Own share %(share)s."), Fraction(total - grant, total), rules.own_share),
        _least("own_cash", _("Of all costs %(share)s in your own money."), Fraction(cash, total), rules.own_cash),
        *(_most(code, lines, total) for code in CAPS),
    ]


def _sums(lines: Sequence[Line], total: int, grant: int, currency: str) -> Standing:
    paid = grant + sum(getattr(line, source) for line in lines for source in SOURCES)
    words = {"costs": _short(total, currency), "paid": _short(paid, currency)}
    if paid == total:
        return Standing("sums", True, _("The sums agree."), _("Costs %(costs)s = money %(paid)s.", **words))
    return Standing("sums", False, _("The sums do not agree."), _("Costs %(costs)s, money %(paid)s.", **words))


def _request(grant: int, rules: Rules, currency: str, form: str) -> Standing:
    most = min(rules.largest, rules.short_limit) if form == SHORT and rules.short_limit else rules.largest
    needed = _("Between %(least)s and %(most)s.", least=_short(rules.smallest, currency), most=_short(most, currency))
    asked = _("You ask for %(asked)s.", asked=_short(grant, currency))
    return Standing("request", rules.smallest <= grant <= most, asked, needed)


def _least(code: str, words: str, share: Fraction, least: int) -> Standing:
    needed = _("At least %(share)s is needed.", share=percent(Fraction(least, 1000)))
    return Standing(code, share >= Fraction(least, 1000), words % {"share": percent(share)}, needed)


def _most(code: str, lines: Sequence[Line], total: int) -> Standing:
    part = Fraction(sum(line.amount for line in lines if line.category == code), total)
    met = part <= Fraction(CAPS[code], 1000)
    text = _("%(category)s %(share)s.", category=_(CATEGORIES[code]), share=percent(part, up=not met))
    return Standing(code, met, text, _("At most %(share)s of all costs.", share=percent(Fraction(CAPS[code], 1000))))


def percent(share: Fraction, *, up: bool = False) -> str:
    """'25 %', '28.5 %': one decimal, cut (or lifted), so that what misses a limit is never shown as meeting it."""
    tenths = -(-share * 1000 // 1) if up else share * 1000 // 1
    return f"{i18n.number(tenths / 10)} %"


def _short(amount: int, currency: str) -> str:
    return money.show(amount, currency, i18n.LANGUAGE.get(), with_currency=True, short=True)
