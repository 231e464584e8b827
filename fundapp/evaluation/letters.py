"""The portfolio report as a Word letter: the figures of `portfolio.py`, written out in the language of the report."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from fundapp.documents.letters import Letter
from fundapp.evaluation.figures import (
    Figure,
    branch_name,
    count,
    number,
    of_due,
    percent_grown,
    point_name,
    published,
    rate,
)
from fundapp.evaluation.portfolio import Answers, Asked, Line, Portfolio, Row, portfolio, rows
from fundapp.evaluation.queries import POINTS, REPORT
from fundapp.evaluation.sample import PORTFOLIO as SAMPLE
from fundapp.kit import dates, i18n, money
from fundapp.kit.database import ReadSession
from fundapp.kit.i18n import gettext as _
from fundapp.kit.i18n import mark, ngettext, words
from fundapp.measures.models import Measure
from fundapp.regions.queries import BranchGrowth

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
        ended = sorted(rows(session, Asked(session, "ended", at, fund_ids, year)), key=_by_contract)
        return _fields(found, ended, year)
    finally:
        i18n.LANGUAGE.reset(token)


def report_title(year: int | None, language: str) -> str:
    """What the document is called in lists and as a file."""
    token = i18n.LANGUAGE.set(language)
    try:
        return _("Portfolio report %(year)s", year=year) if year else _("Portfolio report")
    finally:
        i18n.LANGUAGE.reset(token)


def _fields(found: Portfolio, ended: Sequence[Row], year: int | None) -> dict[str, Any]:
    lang, whole = i18n.LANGUAGE.get(), found.whole
    today = dates.show(found.today, lang)
    told = {figure.code: _figure(figure) for figure in published(found)}
    running = told.pop("running")
    return {
        "fund": {"name": found.funds[0].name if len(found.funds) == 1 else _("All funds")},
        "document": {"number": report_title(year, lang), "version": "1", "date": today},
        "report": {"title": _("Portfolio report"), "period": _period(found), "as_of": today},
        "summary": [{"text": text} for text in _summary(found)],
        "figures": list(told.values()),
        "running": running,
        "currencies": _currencies(found, lang),
        "by_year_picture": _by_year_picture(found.years),
        "by_year": [{"year": line.label, **_line(line)} for line in found.years],
        "by_branch_picture": _by_branch_picture(found.branches),
        "by_branch": [{"branch": branch_name(line), **_line(line)} for line in found.branches],
        "total": _line(whole),
        "members": [_growing(row) for row in found.growing if row.last],
        "growth": {
            "first": i18n.number(found.growth.first),
            "last": i18n.number(found.growth.last),
            "growing": told["branches"]["value"],
        },
        "effective": _points(whole),
        "measures": [_measure(row.measure, row.answer, lang) for row in ended],
        "notes": [{"text": text} for text in _notes(whole)],
    }


def _figure(figure: Figure) -> dict[str, str]:
    definition = figure.definition + (f"; {figure.more}" if figure.more else "")
    return {"value": figure.value, "name": figure.name, "definition": definition, "as_of": figure.as_of}


def _growing(row: BranchGrowth) -> dict[str, str]:
    """A branch's members in its first and its last year on record."""
    first, last = row.first, row.last
    assert first is not None
    assert last is not None
    return {
        "branch": i18n.named(row.branch),
        "first_year": str(first.year),
        "first": i18n.number(first.members),
        "last_year": str(last.year),
        "last": i18n.number(last.members),
        "growth": percent_grown(row),
    }


def _by_contract(row: Row) -> tuple[date, int]:
    return row.measure.contracted_on or date.min, row.measure.id


def _period(found: Portfolio) -> str:
    labels = [line.label for line in found.years if line.label]
    if not labels:
        return _("no measures yet")
    return labels[0] if len(labels) == 1 else _("%(first)s to %(last)s", first=labels[0], last=labels[-1])


def _summary(found: Portfolio) -> list[str]:
    whole = found.whole
    ended = ngettext(
        "%(num)s measure has been contracted and has ended; %(running)s more are running.",
        "%(num)s measures have been contracted and have ended; %(running)s more are running.",
        whole.ended,
        running=count(whole.running),
    )
    results = _(
        "They trained %(trained)s people, created %(jobs)s jobs and gave %(incomes)s people a higher income.",
        trained=number(whole.count("people_trained")),
        jobs=number(whole.count("jobs")),
        incomes=number(whole.count("higher_income")),
    )
    return [ended, results, _lasting(whole), *_growth(found)]


def _lasting(whole: Line) -> str:
    latest = whole.latest
    if not latest.due:
        return _("No evaluation was due yet.")
    return _(
        "%(yes)s of %(due)s measures whose evaluation was due are still effective (%(rate)s).",
        yes=latest.yes,
        due=latest.due,
        rate=rate(latest),
    )


def _growth(found: Portfolio) -> list[str]:
    growth = found.growth
    if not growth.compared:
        return []
    return [
        _(
            "%(growing)s of %(all)s branches are growing: %(first)s members in %(then)s, %(last)s in %(now)s.",
            growing=growth.growing,
            all=growth.compared,
            first=i18n.number(growth.first),
            then=growth.first_year,
            last=i18n.number(growth.last),
            now=growth.last_year,
        )
    ]


def _line(line: Line) -> dict[str, str]:
    return {
        "contracted": count(line.contracted),
        "ended": count(line.ended),
        "trained": number(line.count("people_trained")),
        "jobs": number(line.count("jobs")),
        "incomes": number(line.count("higher_income")),
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
    return {"measures": count(part.measures), **shown}


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


def _points(whole: Line) -> list[dict[str, str]]:
    return [
        {
            "point": point_name(months),
            "due": str(answers.due),
            "yes": str(answers.yes),
            "partly": str(answers.partly),
            "no": str(answers.no),
            "unknown": str(answers.unknown),
            "rate": rate(answers),
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
        "status": words(measure.status),
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
        ),
        _("Of measures taken over only the award is known; what was paid and proven then is not part of the sums."),
    ]
