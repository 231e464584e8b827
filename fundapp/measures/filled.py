"""What stands in the fields of the form: the proposal as text, in the reader's way of writing numbers."""

from typing import Any

from fundapp.kit import money
from fundapp.measures.codes import FUND_INDICATORS, PARTS, SOURCES
from fundapp.measures.models import BudgetLine
from fundapp.measures.queries import Proposal

PLAIN = {
    "measure": ("title", "short_title", "summary", "region", "place", "topic", "intervention", "starts_on", "ends_on"),
    "problem": ("bottleneck_id", "no_bottleneck", "problem"),
    "results": ("objective", "outputs", "outcomes", "visible_effect", "visible_by"),
    "benefit": ("public_benefit", "breadth", "breadth_method"),
    "afterwards": ("after_funding",),
}
ORGANISATION = ("name", "kind", "sector", "tax_number", "founded_on", "address", "phone", "email")
PARTY = ("organisation", "person", "function", "phone", "email", "bank", "account")
PARTNER = ("name", "sector", "role", "contribution")
GROUP = ("label", "total", "female", "male", "not_stated", "youth", "vulnerable", "disability")


def values(proposal: Proposal, section: str, locale: str) -> dict[str, Any]:
    """Field name -> what stands in it; rows as 'lines-0-description'."""
    m = proposal.measure
    found: dict[str, Any] = {"version": m.version}
    found |= {name: getattr(m, name) for name in PLAIN.get(section, ())}
    return found | ROWS.get(section, _none)(proposal, locale)


def count(values: dict[str, Any], prefix: str) -> int:
    """How many rows there are: one more than the highest number."""
    numbers = [int(key.split("-")[1]) for key in values if key.startswith(f"{prefix}-")]
    return max(numbers, default=-1) + 1


def quantity(thousandths: int) -> str:
    """'14' or '2.5'."""
    whole, rest = divmod(thousandths, 1000)
    return f"{whole}.{rest:03}".rstrip("0") if rest else str(whole)


def _numbered(prefix: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {f"{prefix}-{n}-{name}": value for n, row in enumerate(rows) for name, value in row.items()}


def _applicant(p: Proposal, locale: str) -> dict[str, Any]:
    organisation = p.measure.organisation
    found: dict[str, Any] = {"organisation_note": p.measure.organisation_note}
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
    rows = [
        {name: getattr(row, name) for name in PARTNER} | {"key_person": "yes" if row.key_person else ""}
        for row in p.partners
    ]
    return _numbered("partners", rows)


def _results(p: Proposal, locale: str) -> dict[str, Any]:
    """The figures of the fund first, in their order; then the own ones."""
    there = {row.code: row for row in p.indicators}
    rows: list[dict[str, Any]] = []
    for code, (title, unit) in FUND_INDICATORS.items():
        row = there.get(code)
        target = {"target": quantity(row.target), "baseline": quantity(row.baseline)} if row else {}
        rows.append({"code": code, "title": title, "unit": unit, **target})
    for row in p.indicators:
        if row.code not in FUND_INDICATORS:
            shown = {name: getattr(row, name) for name in ("code", "title", "unit", "due_on", "verification")}
            rows.append(shown | {"target": quantity(row.target), "baseline": quantity(row.baseline)})
    return _numbered("indicators", rows)


def _groups(p: Proposal, locale: str) -> dict[str, Any]:
    return _numbered("groups", [{name: getattr(row, name) for name in GROUP} for row in p.groups])


def _costs(p: Proposal, locale: str) -> dict[str, Any]:
    return _numbered("lines", [_line(row, p, locale) for row in p.lines])


def _financing(p: Proposal, locale: str) -> dict[str, Any]:
    return _numbered("lines", [{"id": row.id} | _sources(row, p, locale) for row in p.lines])


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
    return {code: "yes" if value is True else value for code, value in given.items()}


def _none(p: Proposal, locale: str) -> dict[str, Any]:
    return {}


ROWS = {
    "applicant": _applicant,
    "partners": _partners,
    "results": _results,
    "groups": _groups,
    "costs": _costs,
    "financing": _financing,
    "declarations": _declarations,
}
