"""What stands in the fields of the form: the proposal as text, in the reader's way of writing numbers."""

from datetime import date
from typing import Any

from fundapp.funds import questions
from fundapp.kit import money
from fundapp.measures import fields
from fundapp.measures.codes import DECLARATIONS, FUND_INDICATORS, PARTS, PUBLICATION, SOURCES
from fundapp.measures.gaps import call_of
from fundapp.measures.models import BudgetLine, Part
from fundapp.measures.queries import Proposal

OWN_FIGURES = len(FUND_INDICATORS)  # rows below belong to the fund's own figures, in their order


def values(proposal: Proposal, section: str, locale: str) -> dict[str, Any]:
    """Field name -> what stands in it; rows as 'lines-0-description', numbered by their slots."""
    m, page = proposal.measure, fields.PAGES.get(section, fields.Page())
    found = {each.name: _shown(getattr(m, each.name), each.kind, proposal, locale) for each in fields.own(section)}
    if section in OTHERWISE:
        return found | OTHERWISE[section](proposal, locale)
    if page.table is None:
        return found
    there = getattr(proposal, page.table.prefix)
    return found | _slotted(page.table.prefix, [(row.slot, _row(section, row, proposal, locale)) for row in there])


def texts(proposal: Proposal, section: str, locale: str) -> dict[str, str]:
    """As `values`, each as the text that stands in the field: days as 2026-03-31, several choices one a line."""
    return {name: text(value) for name, value in values(proposal, section, locale).items()}


def text(value: Any) -> str:
    """A value as it stands in a field."""
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    return "\n".join(value) if isinstance(value, list) else str(value)


def slots(values: dict[str, Any], prefix: str) -> list[int]:
    """The numbers of the rows that stand in a form, in their order."""
    return sorted({int(key.split("-")[1]) for key in values if key.startswith(f"{prefix}-")})


def count(values: dict[str, Any], prefix: str) -> int:
    """How many rows there are: one more than the highest number."""
    return max(slots(values, prefix), default=-1) + 1


def _numbered(prefix: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {f"{prefix}-{n}-{name}": value for n, row in enumerate(rows) for name, value in row.items()}


def _slotted(prefix: str, rows: list[tuple[int, dict[str, Any]]]) -> dict[str, Any]:
    return {f"{prefix}-{slot}-{name}": value for slot, row in rows for name, value in row.items()}


def _row(section: str, row: Part, p: Proposal, locale: str) -> dict[str, Any]:
    """A row of a page by the names of its fields."""
    table = fields.PAGES[section].table
    columns = table.fields if table else ()
    return {each.name: _shown(getattr(row, each.name), each.kind, p, locale) for each in columns}


def _shown(value: Any, kind: str, p: Proposal, locale: str) -> Any:
    """What is kept as it stands in a field of this kind; what is ticked is 'yes'."""
    if kind == "money" and value is not None:
        return money.show(value, p.measure.fund.currency, locale)
    if kind == "tick":
        return "yes" if value else ""
    return money.quantity(value) if kind == "number" else value


def _applicant(p: Proposal, locale: str) -> dict[str, Any]:
    found, organisation = {}, p.measure.organisation
    if organisation is not None:
        found = {name: getattr(organisation, column) for name, column in fields.ORGANISATION.items()}
    parties = [p.parties.get(part) for part in PARTS]
    rows = [_row("applicant", party, p, locale) if party else {} for party in parties]
    for row in rows:
        if organisation is not None and row.get("organisation") == organisation.name:
            row["organisation"] = ""  # blank means: ourselves
    return found | _numbered("parties", rows)


def _results(p: Proposal, locale: str) -> dict[str, Any]:
    """The figures of the fund first, in their order; then the own ones."""
    there, asked = {row.code: row for row in p.indicators}, call_of(p.measure).asked_indicators
    rows: list[tuple[int, dict[str, Any]]] = []
    for slot, (code, (title, unit)) in enumerate(FUND_INDICATORS.items()):
        row = there.get(code)
        target = {"target": money.quantity(row.target), "baseline": money.quantity(row.baseline)} if row else {}
        if code in asked or row:
            rows.append((slot, {"code": code, "title": title, "unit": unit, **target}))
    for row in p.indicators:
        if row.code not in FUND_INDICATORS:
            slot = row.slot if row.slot >= OWN_FIGURES else row.slot + 1000
            rows.append((slot, {"code": row.code} | _row("results", row, p, locale)))
    return _slotted("indicators", rows)


def _financing(p: Proposal, locale: str) -> dict[str, Any]:
    return _slotted("sources", [(row.slot, _sources(row, p, locale)) for row in p.lines])


def _questions(p: Proposal, locale: str) -> dict[str, Any]:
    """The answers to the call's own questions; amounts in the reader's way of writing."""
    m, found = p.measure, {}
    for question in questions.of(call_of(m)):
        answer = m.answers.get(question.code)
        if question.kind == "money" and answer is not None:
            answer = money.show(int(str(answer)), m.fund.currency, locale)
        found[f"q_{question.code}"] = answer
    return found


def plan(proposal: Proposal, locale: str) -> dict[str, Any]:
    """The fields of the page on which the plan is fitted: lines with their sources, and targets."""
    lines = [
        {"id": row.id} | _row("costs", row, proposal, locale) | _sources(row, proposal, locale)
        for row in proposal.lines
    ]
    targets = [{"id": row.id, "target": money.quantity(row.target)} for row in proposal.indicators]
    found = {"version": proposal.measure.version} | _numbered("lines", lines)
    return found | _numbered("targets", targets)


def _sources(row: BudgetLine, p: Proposal, locale: str) -> dict[str, Any]:
    currency = p.measure.fund.currency
    return {s: money.show(value, currency, locale) if (value := getattr(row, s)) else "" for s in SOURCES}


def _declarations(p: Proposal, locale: str) -> dict[str, Any]:
    given = p.measure.declarations
    ticked = {code: "yes" for code, value in given.items() if value is True}
    return dict.fromkeys(TICKS, "") | ticked | {one: given.get(name, "") for one, name in fields.SIGNED.items()}


TICKS = (*DECLARATIONS, PUBLICATION)
OTHERWISE = {  # pages on which more stands than their fields and rows
    "applicant": _applicant,
    "results": _results,
    "financing": _financing,
    "questions": _questions,
    "declarations": _declarations,
}
