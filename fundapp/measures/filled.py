"""What stands in the fields of the form: the proposal as text, in the reader's way of writing numbers."""

from datetime import date
from typing import Any

from fundapp.funds import questions
from fundapp.kit import money
from fundapp.measures.codes import DECLARATIONS, FUND_INDICATORS, PARTS, PUBLICATION, SOURCES
from fundapp.measures.gaps import call_of
from fundapp.measures.models import BudgetLine, Row
from fundapp.measures.queries import Proposal

PLAIN = {
    "measure": ("title", "short_title", "summary", "region", "place", "topic", "intervention", "starts_on", "ends_on"),
    "problem": ("bottleneck_id", "no_bottleneck", "problem"),
    "results": ("objective", "outputs", "outcomes", "visible_effect", "visible_by"),
    "benefit": ("public_benefit", "breadth", "breadth_method"),
    "environment": ("env_effect", "env_note", "land", "permits"),
    "afterwards": ("after_funding",),
    "financing": ("own_when", "own_by", "in_kind_note"),
    "support": ("supported", "open_duties"),
}
ORGANISATION = ("name", "kind", "sector", "tax_number", "founded_on", "address", "phone", "email")
PARTY = ("organisation", "person", "function", "phone", "email", "bank", "account")
PARTNER = ("name", "sector", "role", "contribution", "why")
GROUP = ("label", "total", "female", "male", "not_stated", "youth", "vulnerable", "disability")
ACTIVITY = ("title", "responsible", "starts_on", "ends_on")
RISK = ("text", "likelihood", "impact", "mitigation", "owner")
SUPPORT = ("giver", "purpose", "year")
OWN_FIGURES = len(FUND_INDICATORS)  # rows below belong to the fund's own figures, in their order


def values(proposal: Proposal, section: str, locale: str) -> dict[str, Any]:
    """Field name -> what stands in it; rows as 'lines-0-description', numbered by their slots."""
    m = proposal.measure
    found: dict[str, Any] = {name: getattr(m, name) for name in PLAIN.get(section, ())}
    return found | ROWS.get(section, _none)(proposal, locale)


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


def quantity(thousandths: int) -> str:
    """'14' or '2.5'."""
    whole, rest = divmod(thousandths, 1000)
    return f"{whole}.{rest:03}".rstrip("0") if rest else str(whole)


def _numbered(prefix: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {f"{prefix}-{n}-{name}": value for n, row in enumerate(rows) for name, value in row.items()}


def _slotted(prefix: str, rows: list[tuple[int, dict[str, Any]]]) -> dict[str, Any]:
    return {f"{prefix}-{slot}-{name}": value for slot, row in rows for name, value in row.items()}


def _plain(row: Row, names: tuple[str, ...], *ticks: str) -> tuple[int, dict[str, Any]]:
    """A row by its slot; what is ticked is 'yes'."""
    return row.slot, {name: getattr(row, name) for name in names} | {
        tick: "yes" if getattr(row, tick) else "" for tick in ticks
    }


def _applicant(p: Proposal, locale: str) -> dict[str, Any]:
    m, organisation = p.measure, p.measure.organisation
    found: dict[str, Any] = {
        name: getattr(m, name) for name in ("organisation_note", "staff_female", "staff_male", "vat")
    }
    found["annual_budget"] = "" if m.annual_budget is None else money.show(m.annual_budget, m.fund.currency, locale)
    if organisation is not None:
        found |= {name: getattr(organisation, name) for name in ORGANISATION}
        found["register_number"] = organisation.register
    parties = [p.parties.get(part) for part in PARTS]
    rows = [{name: getattr(party, name) for name in PARTY} if party else {} for party in parties]
    for row in rows:
        if organisation is not None and row.get("organisation") == organisation.name:
            row["organisation"] = ""  # blank means: ourselves
    return found | _numbered("parties", rows)


def _partners(p: Proposal, locale: str) -> dict[str, Any]:
    return _slotted("partners", [_plain(row, PARTNER, "key_person") for row in p.partners])


def _results(p: Proposal, locale: str) -> dict[str, Any]:
    """The figures of the fund first, in their order; then the own ones."""
    there, asked = {row.code: row for row in p.indicators}, call_of(p.measure).asked_indicators
    rows: list[tuple[int, dict[str, Any]]] = []
    for slot, (code, (title, unit)) in enumerate(FUND_INDICATORS.items()):
        row = there.get(code)
        target = {"target": quantity(row.target), "baseline": quantity(row.baseline)} if row else {}
        if code in asked or row:
            rows.append((slot, {"code": code, "title": title, "unit": unit, **target}))
    for row in p.indicators:
        if row.code not in FUND_INDICATORS:
            shown = {name: getattr(row, name) for name in ("code", "title", "unit", "due_on", "verification")}
            slot = row.slot if row.slot >= OWN_FIGURES else row.slot + 1000
            rows.append((slot, shown | {"target": quantity(row.target), "baseline": quantity(row.baseline)}))
    return _slotted("indicators", rows)


def _groups(p: Proposal, locale: str) -> dict[str, Any]:
    return _slotted("groups", [_plain(row, GROUP) for row in p.groups])


def _activities(p: Proposal, locale: str) -> dict[str, Any]:
    return _slotted("activities", [_plain(row, ACTIVITY, "milestone") for row in p.activities])


def _risks(p: Proposal, locale: str) -> dict[str, Any]:
    return _slotted("risks", [_plain(row, RISK) for row in p.risks])


def _support(p: Proposal, locale: str) -> dict[str, Any]:
    currency = p.measure.fund.currency
    rows = [_plain(row, SUPPORT, "ended") for row in p.support]
    for (_slot, shown), row in zip(rows, p.support, strict=True):
        shown["amount"] = money.show(row.amount, currency, locale)
    return _slotted("support", rows)


def _costs(p: Proposal, locale: str) -> dict[str, Any]:
    quoted = ("quoted_by", "quoted_on", "quoted_until")
    rows = [(row.slot, _line(row, p, locale) | {name: getattr(row, name) for name in quoted}) for row in p.lines]
    for _slot, row in rows:
        del row["id"]
    return _slotted("lines", rows)


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
    lines = [_line(row, proposal, locale) | _sources(row, proposal, locale) for row in proposal.lines]
    targets = [{"id": row.id, "target": quantity(row.target)} for row in proposal.indicators]
    found = {"version": proposal.measure.version} | _numbered("lines", lines)
    return found | _numbered("targets", targets)


def _line(row: BudgetLine, p: Proposal, locale: str) -> dict[str, Any]:
    shown = {name: getattr(row, name) for name in ("id", "category", "description", "unit")}
    price = money.show(row.unit_price, p.measure.fund.currency, locale)
    return shown | {"quantity": quantity(row.quantity), "unit_price": price}


def _sources(row: BudgetLine, p: Proposal, locale: str) -> dict[str, Any]:
    currency = p.measure.fund.currency
    return {s: money.show(value, currency, locale) if (value := getattr(row, s)) else "" for s in SOURCES}


def _declarations(p: Proposal, locale: str) -> dict[str, Any]:
    given = p.measure.declarations
    found = {code: "yes" if value is True else "" for code, value in given.items() if code not in SIGNED}
    return dict.fromkeys(TICKS, "") | found | {f"signed_{SIGNED[name]}": given.get(name, "") for name in SIGNED}


def _none(p: Proposal, locale: str) -> dict[str, Any]:
    return {}


SIGNED = {"name": "name", "place": "place", "date": "on"}
SIGNED_AS = {f"signed_{field}": name for name, field in SIGNED.items()}  # field of the page -> where it is kept
TICKS = (*DECLARATIONS, PUBLICATION)
ROWS = {
    "applicant": _applicant,
    "partners": _partners,
    "results": _results,
    "activities": _activities,
    "groups": _groups,
    "risks": _risks,
    "costs": _costs,
    "financing": _financing,
    "support": _support,
    "questions": _questions,
    "declarations": _declarations,
}
