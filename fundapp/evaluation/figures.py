"""The published table: every figure of the results with what it counts and as of when, for the page and the report alike.

Everything is said in the language of the moment.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from fundapp.evaluation.counting import LATEST
from fundapp.evaluation.portfolio import Answers, Line, Portfolio
from fundapp.kit import dates, i18n
from fundapp.kit.i18n import gettext as _
from fundapp.kit.i18n import ngettext
from fundapp.regions.queries import BranchGrowth

BLANK = "\N{NO-BREAK SPACE}"
APART = (12, 24)  # the visits whose rates stand beside the latest answers


@dataclass(frozen=True)
class Figure:
    """`code` names its rows: one of FIGURES, 'effective-12', 'branches'; `more` is a part of it, such as the women."""

    code: str
    value: str
    name: str
    definition: str
    as_of: str
    more: str = ""


def published(found: Portfolio) -> list[Figure]:
    """The table; running measures are a line of their own, in none of the other figures."""
    today = dates.show(found.today, i18n.LANGUAGE.get())
    return [
        *_measures(found.whole, today),
        *_results(found.whole, today),
        *_lasting(found.whole, today),
        _branches(found),
    ]


def _measures(whole: Line, today: str) -> Iterator[Figure]:
    yield Figure("ended", count(whole.ended), _("measures"), _("contracted, and their funding has ended"), today)
    about = _("contracted, funding has not ended; in none of the other figures")
    yield Figure("running", count(whole.running), _("measures running"), about, today)


def _results(whole: Line, today: str) -> Iterator[Figure]:
    told = (
        (
            "people_trained", _("people trained"),
            _("each person once a measure, at least 80 % of a course of 4 hours or more, on a signed list; as counted last"),
        ),
        (
            "jobs", _("new jobs"),
            _("net positions that exist because of the measure, secured jobs not added; as counted last"),
        ),
        (
            "higher_income", _("people with higher incomes"),
            _("net income from the supported activity at least 10 % above the start; as counted last"),
        ),
    )  # fmt: skip
    for code, name, definition in told:
        women = whole.women(code)
        more = _("%(women)s of them women", women=number(women)) if women else ""
        yield Figure(code, number(whole.count(code)), name, definition, today, more)


def _lasting(whole: Line, today: str) -> Iterator[Figure]:
    yield Figure(
        "effective", of_due(whole.latest), _with_rate(_("still effective"), whole.latest),
        _(
            "latest answer of every contracted measure whose visit at the end is due; yes: in use at the visit, and one result "
            "at 70 % or more of its end value. Partly, no, not reached and terminated stay among all due"
        ),
        today,
    )  # fmt: skip
    for months in APART:
        answers = whole.answers.get(months, Answers())
        name = _("still effective %(months)s months after the end", months=months)
        about = _("answer at this visit of every contracted measure for which it was due")
        yield Figure(f"effective-{months}", of_due(answers), _with_rate(name, answers), about, today)


def _with_rate(name: str, answers: Answers) -> str:
    return f"{name} ({rate(answers)})" if answers.due else name


def _branches(found: Portfolio) -> Figure:
    growth = found.growth
    value = _("%(yes)s of %(due)s", yes=growth.growing, due=growth.compared) if growth.compared else "–"
    name = _("branches growing in members")
    if growth.compared:
        first, last = i18n.number(growth.first), i18n.number(growth.last)
        name = _("branches growing in members (%(first)s to %(last)s)", first=first, last=last)
    about = _("more members in the last year on record than in the first, whatever fund or year is chosen")
    apart = len(found.growing) - growth.compared
    more = (
        ngettext(
            "%(num)s branch has figures of fewer than two years and is not compared",
            "%(num)s branches have figures of fewer than two years and are not compared",
            apart,
        )
        if apart
        else ""
    )
    span = _("%(first)s to %(last)s", first=growth.first_year, last=growth.last_year) if growth.compared else "–"
    return Figure("branches", value, name, about, span, more)


def count(whole: int) -> str:
    return i18n.number(whole)


def number(thousandths: int) -> str:
    """A counted result, kept in thousandths: 3512000 is 3,512 and 3500 is 3.5."""
    return i18n.number(Decimal(thousandths).scaleb(-3))  # type: ignore[arg-type]


def rate(answers: Answers) -> str:
    """The rate with one decimal, a dash while nothing is due."""
    percent = answers.rate.percent
    return "–" if percent is None else f"{i18n.number(float(percent), 1)}{BLANK}%"


def of_due(answers: Answers) -> str:
    return _("%(yes)s of %(due)s", yes=answers.yes, due=answers.due) if answers.due else "–"


def percent_grown(row: BranchGrowth) -> str:
    """By how much a branch has grown in members: '+64.1 %', a dash where there is nothing to compare with."""
    percent = row.percent
    return "–" if percent is None else f"{'+' if percent > 0 else ''}{i18n.number(float(percent), 1)}{BLANK}%"


def branch_name(line: Line) -> str:
    return line.label or _("Without a branch")


def point_name(months: int) -> str:
    if months == LATEST:
        return _("latest answer")
    return _("%(months)s months later", months=months) if months else _("at the end")
