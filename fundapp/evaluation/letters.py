"""The portfolio report as a Word letter: the figures of `portfolio.py`, written out in the language of the report."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from babel.numbers import format_decimal

from fundapp.documents.letters import Letter
from fundapp.evaluation.portfolio import Answers, Line, Portfolio, Row, portfolio, rows
from fundapp.evaluation.queries import POINTS, REPORT
from fundapp.evaluation.sample import PORTFOLIO as SAMPLE
from fundapp.kit import dates, i18n, money
from fundapp.kit.database import ReadSession
from fundapp.kit.i18n import gettext as _
from fundapp.kit.i18n import mark, ngettext
from fundapp.measures.models import Measure

PORTFOLIO = Letter(REPORT, mark("Portfolio report"), SAMPLE)
LETTERS: tuple[Letter, ...] = (PORTFOLIO,)
CHART_CM = 16.4
MOST_LABELS = 60


@dataclass(frozen=True)
class Chosen:
    """What a report is about, as the thing its document belongs to: a fund's id, or 0 for all funds."""

    id: int
    case_id: None = None
    branch_id: None = None


def portfolio_fields(
    session: ReadSession, fund_ids: Sequence[int] | None, year: int | None, at: datetime, language: str
) -> dict[str, Any]:
    """The fields of the portfolio report on these funds (None: all) and year of contract; `PORTFOLIO.sample` shows their shape."""
    token = i18n.LANGUAGE.set(language)
    try:
        found = portfolio(session, at=at, fund_ids=fund_ids, year=year)
        ended = sorted(rows(session, "ended", at=at, fund_ids=fund_ids, year=year), key=_by_contract)
        return _fields(found, ended, year, language)
    finally:
        i18n.LANGUAGE.reset(token)


def report_title(year: int | None, language: str) -> str:
    """What the document is called in lists and as a file."""
    token = i18n.LANGUAGE.set(language)
    try:
        return _("Portfolio report %(year)s") % {"year": year} if year else _("Portfolio report")
    finally:
        i18n.LANGUAGE.reset(token)


def _fields(found: Portfolio, ended: Sequence[Row], year: int | None, lang: str) -> dict[str, Any]:
    today = dates.show(found.today, lang)
    whole = found.whole
    return {
        "fund": {"name": found.funds[0].name if len(found.funds) == 1 else _("All funds")},
        "document": {"number": report_title(year, lang), "version": "1", "date": today},
        "report": {"title": _("Portfolio report"), "period": _period(found), "as_of": today},
        "summary": [{"text": text} for text in _summary(whole, lang)],
        "figures": [dict(figure, as_of=today) for figure in _figures(whole, lang)],
        "running": {
            "value": number(whole.running * 1000, lang),
            "name": _("measures running"),
            "definition": _("contracted, funding has not ended; in none of the figures above"),
            "as_of": today,
        },
        "currencies": _currencies(found, lang),
        "by_year_picture": _by_year_picture(found.years),
        "by_year": [{"year": line.label, **_line(line, lang)} for line in found.years],
        "by_branch_picture": _by_branch_picture(found.branches),
        "by_branch": [{"branch": branch_name(line), **_line(line, lang)} for line in found.branches],
        "total": _line(whole, lang),
        "effective": _points(whole, lang),
        "measures": [_measure(row.measure, row.answer, lang) for row in ended],
        "notes": [{"text": text} for text in _notes(whole)],
    }


def _by_contract(row: Row) -> tuple[date, int]:
    return row.measure.contracted_on or date.min, row.measure.id


def branch_name(line: Line) -> str:
    return line.label or _("Without a branch")


def number(thousandths: int, lang: str) -> str:
    return str(format_decimal(Decimal(thousandths).scaleb(-3), locale=lang))


def _period(found: Portfolio) -> str:
    labels = [line.label for line in found.years if line.label]
    if not labels:
        return _("no measures yet")
    return labels[0] if len(labels) == 1 else _("%(first)s to %(last)s") % {"first": labels[0], "last": labels[-1]}


def _summary(whole: Line, lang: str) -> list[str]:
    ended = ngettext(
        "%(num)s measure has been contracted and has ended; %(running)s more are running.",
        "%(num)s measures have been contracted and have ended; %(running)s more are running.",
        whole.ended,
    ) % {"num": number(whole.ended * 1000, lang), "running": number(whole.running * 1000, lang)}
    results = _(
        "They trained %(trained)s people, created %(jobs)s jobs and gave %(incomes)s people a higher income."
    ) % {
        "trained": number(whole.count("people_trained"), lang),
        "jobs": number(whole.count("jobs"), lang),
        "incomes": number(whole.count("higher_income"), lang),
    }
    latest = whole.latest
    if not latest.due:
        return [ended, results, _("No evaluation was due yet.")]
    lasting = _("%(yes)s of %(due)s measures whose evaluation was due are still effective.") % {
        "yes": latest.yes,
        "due": latest.due,
    }
    return [ended, results, lasting]


def _figures(whole: Line, lang: str) -> list[dict[str, str]]:
    rate = rate_text(whole.latest, lang)
    still = _("still effective (%(rate)s)") % {"rate": rate} if whole.latest.due else _("still effective")
    told = (
        (number(whole.ended * 1000, lang), _("measures"), _("contracted, and their funding has ended")),
        (
            number(whole.count("people_trained"), lang), _("people trained"),
            _("as counted last at each measure, each person once a measure"),
        ),
        (
            number(whole.count("jobs"), lang), _("new jobs"),
            _("net positions that exist because of the measure, as counted last"),
        ),
        (
            number(whole.count("higher_income"), lang), _("people with higher incomes"),
            _("net income at least 10 % above the starting value, as counted last"),
        ),
        (
            of_due(whole.latest), still,
            _(
                "latest answer of every contracted measure whose evaluation at the end is due; partly, no, not reached and "
                "terminated count as not effective"
            ),
        ),
    )  # fmt: skip
    return [{"value": value, "name": name, "definition": definition} for value, name, definition in told]


def rate_text(answers: Answers, lang: str) -> str:
    """The rate as the report writes it, a dash while nothing is due."""
    percent = answers.rate.percent
    return "–" if percent is None else f"{format_decimal(percent, format='0.0', locale=lang)} %"


def of_due(answers: Answers) -> str:
    return _("%(yes)s of %(due)s") % {"yes": answers.yes, "due": answers.due} if answers.due else "–"


def _line(line: Line, lang: str) -> dict[str, str]:
    return {
        "contracted": number(line.contracted * 1000, lang),
        "ended": number(line.ended * 1000, lang),
        "trained": number(line.count("people_trained"), lang),
        "jobs": number(line.count("jobs"), lang),
        "incomes": number(line.count("higher_income"), lang),
        "effective": of_due(line.latest),
    }


def _currencies(found: Portfolio, lang: str) -> list[dict[str, Any]]:
    return [
        {
            "currency": total.currency,
            **_money(total, lang),
            "own": money.show(total.own, total.currency, lang),
            "years": [
                {"year": line.label, **_money(part, lang)}
                for line in found.years
                for part in line.money
                if part.currency == total.currency
            ],
            "branches": [
                {"branch": branch_name(line), **_money(part, lang)}
                for line in found.branches
                for part in line.money
                if part.currency == total.currency
            ],
        }
        for total in found.whole.money
    ]


def _money(part: Any, lang: str) -> dict[str, str]:
    shown = {name: money.show(getattr(part, name), part.currency, lang) for name in ("awarded", "paid", "proven")}
    return {"measures": number(part.measures * 1000, lang), **shown}


def _by_year_picture(lines: Sequence[Line]) -> Any:
    lines = lines[-MOST_LABELS:]
    if not lines:
        return ""
    series = [
        {"name": _("contracted"), "values": [line.contracted for line in lines]},
        {"name": _("of these ended"), "values": [line.ended for line in lines]},
    ]
    return _picture(
        "columns", _("Measures by year of contract"), _("measures"), [line.label for line in lines], series,
        _("Columns: measures contracted and ended in each year; the figures stand in the table below."),
    )  # fmt: skip


def _by_branch_picture(lines: Sequence[Line]) -> Any:
    lines = [line for line in lines if line.count("people_trained")][:MOST_LABELS]
    if not lines:
        return ""
    series = [{"name": _("trained"), "values": [line.count("people_trained") // 1000 for line in lines]}]
    return _picture(
        "bars", _("People trained by branch"), _("people"), [branch_name(line) for line in lines], series,
        _("Bars: people trained in each branch; the figures stand in the table below."),
    )  # fmt: skip


def _picture(
    kind: str, title: str, unit: str, labels: list[str], series: list[dict[str, Any]], alt: str
) -> dict[str, Any]:
    chart = {"kind": kind, "title": title, "unit": unit, "labels": labels, "series": series}
    return {"chart": chart, "width_cm": CHART_CM, "alt": alt}


def point_name(months: int) -> str:
    return _("at the end") if not months else _("%(months)s months later") % {"months": months}


def _points(whole: Line, lang: str) -> list[dict[str, str]]:
    return [
        {
            "point": point_name(months),
            "due": str(answers.due),
            "yes": str(answers.yes),
            "partly": str(answers.partly),
            "no": str(answers.no),
            "unknown": str(answers.unknown),
            "rate": rate_text(answers, lang),
        }
        for months in POINTS
        if (answers := whole.answers.get(months, Answers()))
    ]


def _measure(measure: Measure, answer: str | None, lang: str) -> dict[str, str]:
    currency = measure.fund.currency
    answers = {"yes": _("yes"), "partly": _("partly"), "no": _("no"), "unknown": _("not reached")}
    none = _("not evaluated") if measure.imported_key else _("no answer yet")
    return {
        "number": measure.number or "",
        "title": measure.title,
        "branch": i18n.named(measure.branch) if measure.branch else _("Without a branch"),
        "year": _year(measure.contracted_on),
        "grant": money.show(measure.awarded or 0, currency, lang, with_currency=True),
        "status": measure.status.replace("_", " "),
        "effective": answers.get(answer or "", none),
    }


def _year(day: date | None) -> str:
    return str(day.year) if day else ""


def _notes(whole: Line) -> list[str]:
    if not whole.taken_over:
        return []
    return [
        ngettext(
            "%(num)s measure was taken over from an earlier register: not evaluated here, and no part of the effective rate.",
            "%(num)s measures were taken over from an earlier register: not evaluated here, and no part of the effective rate.",
            whole.taken_over,
        )
        % {"num": whole.taken_over},
        _("Of measures taken over only the award is known; what was paid and proven then is not part of the sums."),
    ]
