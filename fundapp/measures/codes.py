"""Codelists of the proposal: what is stored, and how it is called (domain.md 2.2)."""

from dataclasses import dataclass

TOPICS: dict[str, str] = {
    "agriculture": "Agriculture",
    "environment": "Environment",
    "tourism": "Tourism",
    "services": "Services",
    "crafts": "Crafts and small industry",
    "other": "Other",
}
INTERVENTIONS: dict[str, str] = {
    "new_product": "New product",
    "new_service": "New service",
    "processing": "Further processing",
    "training": "Training",
    "equipment": "Shared equipment",
    "other": "Other",
}
CATEGORIES: dict[str, str] = {
    "staff": "Staff",
    "experts": "Experts and fees",
    "travel": "Travel",
    "equipment": "Equipment",
    "material": "Material",
    "works": "Building and small works",
    "events": "Training and events",
    "services": "Services",
    "admin": "Administration",
    "contingency": "Reserve for surprises",
}
CAPS: dict[str, int] = {"admin": 100, "contingency": 50}  # at most these tenths of a percent of all costs
SECTORS: dict[str, str] = {"private": "Private", "public": "Public", "semi_public": "Semi-public or civil society"}
PARTS: dict[str, tuple[str, str]] = {
    "acts": ("Who acts", "who does the work"),
    "signs": ("Who signs", "yourselves, or a sponsor if you are not registered"),
    "account": ("Who holds the account", "the money goes there"),
    "reports": ("Who reports", "keeps the receipts and writes the reports"),
}
SOURCES: dict[str, str] = {
    "own_cash": "Own money",
    "in_kind": "Own work and goods",
    "local_government": "Local government",
    "other_donor": "Others",
    "revenue": "Income of the measure",
}
FUND_INDICATORS: dict[str, tuple[str, str]] = {
    "people_trained": ("People trained", "persons"),
    "jobs": ("New jobs", "full-time jobs"),
    "higher_income": ("People with higher incomes", "persons"),
}
DECLARATIONS: dict[str, str] = {
    "correct": "What is written here is correct and complete.",
    "not_started": "The measure has not begun and nothing has been ordered; we wait for the decision.",
    "no_double_funding": "Nobody else pays for the same costs.",
    "no_conflict": "Nobody who decides on this proposal gains from it; close ties have been named.",
    "no_exclusion": "There is no bankruptcy, tax debt, fraud or sanction against us.",
    "processing": "The fund may keep and use these data to decide on the proposal.",
    "sending_abroad": "The fund may send them to its donors and their auditors, also abroad.",
}
PUBLICATION = "publication"  # voluntary
PUBLICATION_TEXT = "The fund may publish our name, the measure and its results. This is voluntary and can be withdrawn."
CONFLICTS: dict[str, str] = {
    "family": "Family or close friendship",
    "employment": "Employment there, now or in the last three years",
    "same_organisation": "Seat or membership in the same organisation",
    "business": "Business or competition",
    "helped": "Helped to write the proposal",
    "other": "Something else",
}


@dataclass(frozen=True)
class Section:
    """A page of the form. `no`: its number in the printed form (domain.md 2.2)."""

    name: str
    no: str
    label: str
    short: str


SECTIONS: tuple[Section, ...] = (
    Section("measure", "1", "The measure", "Measure"),
    Section("applicant", "2", "You and your organisation", "Applicant"),
    Section("partners", "3", "Partners and key persons", "Partners"),
    Section("problem", "4", "The problem", "Problem"),
    Section("results", "5", "What will be achieved", "Results"),
    Section("groups", "7", "For whom", "For whom"),
    Section("benefit", "8", "What the public gains", "Public gain"),
    Section("afterwards", "10", "Afterwards", "Afterwards"),
    Section("costs", "12", "What it costs", "Costs"),
    Section("financing", "13", "Who pays for it", "Money"),
    Section("annexes", "15", "Papers", "Papers"),
    Section("declarations", "16", "Declarations", "Declarations"),
)
BY_NAME = {section.name: section for section in SECTIONS}


def following(name: str) -> str | None:
    """The section after this one; None after the last."""
    names = [section.name for section in SECTIONS]
    place = names.index(name) + 1
    return names[place] if place < len(names) else None


def previous(name: str) -> str | None:
    """The section before this one; None before the first."""
    names = [section.name for section in SECTIONS]
    place = names.index(name) - 1
    return names[place] if place >= 0 else None
