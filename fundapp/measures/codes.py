"""Codelists of the proposal: what is stored, and how it is called (domain.md 2.2)."""

from dataclasses import dataclass

from fundapp.funds.codes import FUND_INDICATORS as FUND_INDICATORS
from fundapp.kit.i18n import mark

TOPICS: dict[str, str] = {
    "agriculture": mark("Agriculture"),
    "environment": mark("Environment"),
    "tourism": mark("Tourism"),
    "services": mark("Services"),
    "crafts": mark("Crafts and small industry"),
    "other": mark("Other"),
}
INTERVENTIONS: dict[str, str] = {
    "new_product": mark("New product"),
    "new_service": mark("New service"),
    "processing": mark("Further processing"),
    "training": mark("Training"),
    "equipment": mark("Shared equipment"),
    "other": mark("Other"),
}
CATEGORIES: dict[str, str] = {
    "staff": mark("Staff"),
    "experts": mark("Experts and fees"),
    "travel": mark("Travel"),
    "equipment": mark("Equipment"),
    "material": mark("Material"),
    "works": mark("Building and small works"),
    "events": mark("Training and events"),
    "services": mark("Services"),
    "admin": mark("Administration"),
    "contingency": mark("Reserve for surprises"),
}
CAPS: dict[str, int] = {"admin": 100, "contingency": 50}  # at most these tenths of a percent of all costs
SECTORS: dict[str, str] = {
    "private": mark("Private"),
    "public": mark("Public"),
    "semi_public": mark("Semi-public or civil society"),
}
PARTS: dict[str, tuple[str, str]] = {
    "acts": (mark("Who acts"), mark("who does the work")),
    "signs": (mark("Who signs"), mark("yourselves, or a sponsor if you are not registered")),
    "account": (mark("Who holds the account"), mark("the money goes there")),
    "reports": (mark("Who reports"), mark("keeps the receipts and writes the reports")),
}
HOLDER = list(PARTS).index("account")  # the number of the party that holds the account
BANK = frozenset({"bank", "account"})  # fields that only this party has
SOURCES: dict[str, str] = {
    "own_cash": mark("Own money"),
    "in_kind": mark("Own work and goods"),
    "local_government": mark("Local government"),
    "other_donor": mark("Others"),
    "revenue": mark("Income of the measure"),
}
DECLARATIONS: dict[str, str] = {
    "correct": mark("What is written here is correct and complete."),
    "not_started": mark("The measure has not begun and nothing has been ordered; we wait for the decision."),
    "no_double_funding": mark("Nobody else pays for the same costs."),
    "no_conflict": mark("Nobody who decides on this proposal gains from it; close ties have been named."),
    "no_exclusion": mark("There is no bankruptcy, tax debt, fraud or sanction against us."),
    "processing": mark("The fund may keep and use these data to decide on the proposal."),
    "sending_abroad": mark("The fund may send them to its donors and their auditors, also abroad."),
}
PUBLICATION = "publication"  # voluntary
CONSENTS = ("processing", "sending_abroad", PUBLICATION)
PUBLICATION_TEXT = mark(
    "The fund may publish our name, the measure and its results. This is voluntary and can be withdrawn."
)
CONFLICTS: dict[str, str] = {
    "family": mark("Family or close friendship"),
    "personal": mark("A quarrel or another personal matter"),
    "employment": mark("Employment there, now or in the last three years"),
    "board": mark("A seat on its board"),
    "same_organisation": mark("Member of the same organisation"),
    "business": mark("Business with it: a share, a loan, a customer, a supplier"),
    "competitor": mark("Competition with it"),
    "helped": mark("Helped to write the proposal"),
    "political": mark("Party or public office"),
    "other": mark("Something else"),
}
OFFICE = "own_branch"
"""The one rule on conflicts that bars from the rating only: who it finds looks after the case as the officer of its branch."""

VAT: dict[str, str] = {
    "none": mark("We are not registered for value added tax"),
    "not_recoverable": mark("Registered, but we cannot get it back for this measure"),
    "recoverable": mark("We get it back: prices are without it"),
}
EFFECTS: dict[str, str] = {
    "2": mark("It helps much"),
    "1": mark("It helps a little"),
    "0": mark("Neither"),
    "-1": mark("It harms a little"),
    "-2": mark("It harms much"),
}
YES_NO: dict[str, str] = {"no": mark("No"), "yes": mark("Yes")}
GRADES: dict[str, str] = {
    "1": mark("1 – hardly"),
    "2": mark("2 – a little"),
    "3": mark("3 – middling"),
    "4": mark("4 – rather"),
    "5": mark("5 – very"),
}
FULL, SHORT, FIRST = "full", "short", "first"  # first: the form of the proposals written before there were two
FORMS: dict[str, str] = {SHORT: mark("Short form"), FULL: mark("Full form")}
EVERY = frozenset({FULL, SHORT, FIRST})


@dataclass(frozen=True)
class Section:
    """A page of the form. `no`: its number in the printed form (domain.md 2.2); `forms`: in which forms it stands."""

    name: str
    no: str
    label: str
    short: str
    forms: frozenset[str] = EVERY


SECTIONS: tuple[Section, ...] = (
    Section("measure", "1", mark("The measure"), mark("Measure")),
    Section("applicant", "2", mark("You and your organisation"), mark("Applicant")),
    Section("partners", "3", mark("Partners and key persons"), mark("Partners"), frozenset({FULL, FIRST})),
    Section("problem", "4", mark("The problem"), mark("Problem")),
    Section("results", "5", mark("What will be achieved"), mark("Results")),
    Section("activities", "6", mark("What will be done, and when"), mark("Activities"), frozenset({FULL})),
    Section("groups", "7", mark("For whom"), mark("For whom")),
    Section("benefit", "8", mark("What the public gains"), mark("Public gain"), frozenset({FULL, FIRST})),
    Section("environment", "9", mark("Environment and permits"), mark("Environment"), frozenset({FULL})),
    Section("afterwards", "10", mark("Afterwards"), mark("Afterwards")),
    Section("risks", "11", mark("What can go wrong"), mark("Risks"), frozenset({FULL, SHORT})),
    Section("costs", "12", mark("What it costs"), mark("Costs")),
    Section("financing", "13", mark("Who pays for it"), mark("Money")),
    Section("support", "14", mark("Support so far"), mark("Support"), frozenset({FULL})),
    Section("questions", "", mark("Questions of this call"), mark("Questions"), frozenset({FULL, SHORT})),
    Section("annexes", "15", mark("Papers"), mark("Papers")),
    Section("declarations", "16", mark("Declarations"), mark("Declarations")),
)
BY_NAME = {section.name: section for section in SECTIONS}


def sections(form: str, *, questions: bool) -> list[Section]:
    """The pages of a form, in their order; `questions`: whether the call has some of its own."""
    return [each for each in SECTIONS if form in each.forms and (questions or each.name != "questions")]


def beside(pages: list[Section], name: str) -> tuple[str | None, str | None]:
    """The names of the pages before and after this one; None where there is none."""
    names = [None, *(page.name for page in pages), None]
    place = names.index(name)
    return names[place - 1], names[place + 1]
