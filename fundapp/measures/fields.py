"""The fields of the proposal's form, page by page: what they are called, how long they may be, what helps to fill them in.

One catalogue for the pages, the Word form, what may be asked for again, and what a clerk may correct. The rules of what may be
sent stand in forms.py, what is missing is said by gaps.py; a test holds the three together.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from fundapp.kit.i18n import mark
from fundapp.measures.codes import (
    BY_NAME,
    CATEGORIES,
    DECLARATIONS,
    EFFECTS,
    GRADES,
    INTERVENTIONS,
    PUBLICATION,
    PUBLICATION_TEXT,
    SECTORS,
    SOURCES,
    TOPICS,
    VAT,
    YES_NO,
)
from fundapp.people.codes import KINDS


@dataclass(frozen=True)
class Field:
    """A field. `kind`: line, text, date, money, count, number, choice, tick, tel, email, or a list the page knows (region, bottleneck).

    `most` and `least` are characters; `brief` is the least in the short form, None where the short form does not ask for it.
    """

    name: str
    label: str
    kind: str = "line"
    most: int = 200
    least: int = 0
    brief: int | None = 0
    hint: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)

    def asked(self, form: str) -> bool:
        """Whether a form ('full', 'short', 'first') has this field."""
        return form != "short" or self.brief is not None

    def shortest(self, form: str) -> int:
        """The least number of characters in a form."""
        return self.brief or 0 if form == "short" else self.least


@dataclass(frozen=True)
class Table:
    """Rows of a page; fields are named `<prefix>-<slot>-<name>`. `least` rows in the full form, `brief` in the short one."""

    prefix: str
    label: str
    one: str
    fields: tuple[Field, ...]
    most: int = 30
    brief: int = 30
    hint: str = ""


@dataclass(frozen=True)
class Page:
    """What stands on a page of the form."""

    fields: tuple[Field, ...] = ()
    table: Table | None = None


def only(name: str, label: str, kind: str = "line", **more: object) -> Field:
    """A field that the short form leaves out."""
    return Field(name, label, kind, brief=None, **more)  # type: ignore[arg-type]


PARTY = (
    Field("organisation", mark("Organisation"), hint=mark("Empty: yourselves")),
    Field("person", mark("Person")),
    Field("function", mark("Function")),
    Field("phone", mark("Telephone"), "tel"),
    Field("email", mark("E-mail"), "email"),
    Field("bank", mark("Bank")),
    Field("account", mark("Number of the account"), most=60, hint=mark("IBAN where there is one")),
)
PAGES: dict[str, Page] = {
    "measure": Page((
        Field("title", mark("Title"), most=140, least=10, brief=10, hint=mark("What will be there, in one line: “Wool washing line shared by four cooperatives”. 10 to 140 characters.")),
        only("short_title", mark("Short title"), most=40, hint=mark("For lists; may stay empty.")),
        Field("summary", mark("Summary"), "text", 1500, 200, 100, mark("What you do, for whom, and what will be different. Others read this first.")),
        Field("region", mark("Region"), "region"),
        Field("place", mark("Place"), hint=mark("Soum, town or village")),
        Field("topic", mark("Topic"), "choice", choices=TOPICS),
        Field("intervention", mark("Kind of measure"), "choice", choices=INTERVENTIONS),
        Field("starts_on", mark("Begins on"), "date"),
        Field("ends_on", mark("Ends on"), "date"),
    )),
    "applicant": Page((
        Field("name", mark("Name")),
        Field("kind", mark("What you are"), "choice", choices=KINDS),
        Field("sector", mark("Sector"), "choice", choices=SECTORS),
        Field("register_number", mark("Number in the register"), hint=mark("Empty if you are not registered")),
        Field("tax_number", mark("Tax number")),
        Field("vat", mark("Value added tax"), "choice", choices=VAT, hint=mark("Only tax that nobody gives back to you may be paid by the fund.")),
        Field("founded_on", mark("Registered or founded on"), "date"),
        Field("address", mark("Address"), "text", 500),
        Field("phone", mark("Telephone"), "tel"),
        Field("email", mark("E-mail"), "email", hint=mark("One of the two is enough")),
        only("staff_female", mark("Women who work there"), "count"),
        only("staff_male", mark("Men who work there"), "count"),
        only("annual_budget", mark("Budget of a year"), "money"),
        Field("organisation_note", mark("What you have done so far"), "text", 1500, hint=mark("Staff, members, earlier projects. A few sentences are enough.")),
    ), Table("parties", mark("Who does what"), mark("Who does what"), PARTY, 4, 4)),
    "partners": Page((), Table("partners", mark("Partners and key persons"), mark("Partner or key person"), (
        Field("name", mark("Name")),
        Field("sector", mark("Sector"), "choice", choices=SECTORS),
        Field("role", mark("Role"), hint=mark("school, buyer, herder, mayor")),
        Field("contribution", mark("What they bring"), "text", 500),
        Field("key_person", mark("A key person: the measure stands and falls with them"), "tick"),
        Field("why", mark("Why a key person does it"), "text", 500),
    ))),
    "problem": Page((
        Field("bottleneck_id", mark("Which bottleneck of the region does it ease?"), "bottleneck", hint=mark("The region has named these in its analysis, the gravest first.")),
        Field("no_bottleneck", mark("If none of them: why not?"), "text", 500),
        Field("problem", mark("What is the problem?"), "text", 3000, 300, 100, mark("Who has it, since when, what it costs them, what was tried before.")),
    )),
    "results": Page((
        only("objective", mark("Objective"), "text", most=1000, least=100, hint=mark("What will be better at the end, and for whom.")),
        only("outputs", mark("What will be there at the end"), "text", most=2000, hint=mark("One line for each: a line installed, eight operators trained.")),
        only("outcomes", mark("What will be different because of it"), "text", most=2000),
        Field("visible_effect", mark("What will everybody see?"), "text", 500),
        Field("visible_by", mark("By when?"), "date", hint=mark("Before the end of the measure")),
    ), Table("indicators", mark("Figures"), mark("A figure of your own"), (
        Field("title", mark("What is counted"), hint=mark("tonnes of washed wool")),
        Field("unit", mark("Unit"), most=40),
        Field("baseline", mark("Today"), "number"),
        Field("target", mark("At the end"), "number"),
        Field("due_on", mark("By"), "date"),
        Field("verification", mark("How it is proved"), hint=mark("list, photograph, sales book")),
    ), 8, 5, mark("The fund counts the first ones in every measure. Write 0 where yours does not aim at it."))),
    "activities": Page((), Table("activities", mark("Activities"), mark("Activity"), (
        Field("title", mark("What is done")),
        Field("responsible", mark("Who does it")),
        Field("starts_on", mark("From"), "date"),
        Field("ends_on", mark("Until"), "date"),
        Field("milestone", mark("A milestone: we can show that it is reached"), "tick"),
    ), 30, 30, mark("One to thirty, within the dates of the measure."))),
    "groups": Page((), Table("groups", mark("For whom"), mark("A group of people"), (
        Field("label", mark("Who"), hint=mark("herders, school leavers")),
        Field("total", mark("All together"), "count"),
        Field("female", mark("Women"), "count"),
        Field("male", mark("Men"), "count"),
        Field("not_stated", mark("Not stated"), "count"),
        Field("youth", mark("15 to 34 years old"), "count"),
        Field("vulnerable", mark("Poor or vulnerable"), "count"),
        Field("disability", mark("With a disability"), "count"),
    ), hint=mark("Count persons, not households. Women, men and not stated together are all; the others are parts of all."))),
    "benefit": Page((
        Field("public_benefit", mark("What do others gain who do not take part?"), "text", 2000, 300, hint=mark("A measure that helps one firm alone is not funded. Who may use it, at what price, who else earns?")),
        Field("breadth", mark("Firms and households served besides"), "count"),
        Field("breadth_method", mark("How do you know?"), hint=mark("list of members, customers of last year")),
    )),
    "environment": Page((
        Field("env_effect", mark("What does it do to water, soil, air and animals?"), "choice", choices=EFFECTS),
        Field("env_note", mark("How, and what do you do about it?"), "text", 1000),
        Field("land", mark("Is land used in another way than now, or does anybody have to move?"), "choice", choices=YES_NO),
        Field("permits", mark("Permits you need, and which you have"), "text", 1000, hint=mark("Empty if none is needed.")),
    )),
    "afterwards": Page((
        Field("after_funding", mark("How does it go on when the money has ended?"), "text", 2000, 300, 100, mark("Who runs it, who pays for repairs, what it earns. We come back after 6, 12 and 24 months and ask.")),
    )),
    "risks": Page((), Table("risks", mark("Risks"), mark("What can go wrong"), (
        Field("text", mark("What can go wrong?"), "text", 500, hint=mark("the winter comes early, the buyer pays late")),
        only("likelihood", mark("How likely?"), "choice", choices=GRADES),
        only("impact", mark("How grave?"), "choice", choices=GRADES),
        Field("mitigation", mark("What do you do about it?"), "text", 500),
        only("owner", mark("Who looks after it?")),
    ), 12, 5)),
    "costs": Page((), Table("lines", mark("Costs"), mark("New line"), (
        Field("description", mark("What do you need?"), hint=mark("digital scale, 150 kg")),
        Field("category", mark("Kind of cost"), "choice", choices=CATEGORIES),
        Field("quantity", mark("Quantity"), "number"),
        Field("unit", mark("Unit"), most=40, hint=mark("piece, day")),
        Field("unit_price", mark("Price of one"), "money"),
        Field("quoted_by", mark("Offer of"), hint=mark("The seller or price list the price comes from")),
        Field("quoted_on", mark("Offer dated"), "date"),
        only("quoted_until", mark("Offer valid until"), "date"),
    ), 40, 8, mark("One line for each thing you need. Quantity times price is reckoned for you; who pays is asked on the next page."))),
    "financing": Page((
        Field("own_when", mark("When does your own part come?"), "text", 500, hint=mark("Herders have cash in spring and autumn: “after the cashmere, in May”.")),
        Field("own_by", mark("At the latest on"), "date"),
        only("in_kind_note", mark("How did you value work, animals, transport and rooms?"), "text", most=500, hint=mark("Hours or days, and the price of one.")),
    ), Table("sources", mark("Who pays"), mark("Who pays"), tuple(Field(name, label, "money") for name, label in SOURCES.items()), 40, 8)),
    "support": Page((
        Field("supported", mark("Did you get grants or other support in the last three years?"), "choice", choices=YES_NO),
        Field("open_duties", mark("Advances not accounted for yet, reports that are late"), "text", 1000, hint=mark("Empty if there are none.")),
    ), Table("support", mark("Support of the last three years"), mark("A grant or other support"), (
        Field("giver", mark("Who gave it")),
        Field("purpose", mark("What for")),
        Field("year", mark("Year"), "count"),
        Field("amount", mark("Amount"), "money"),
        Field("ended", mark("Ended and accounted for"), "tick"),
    ), 12)),
    "questions": Page(),  # funds/questions.py
    "annexes": Page(),
    "declarations": Page((
        *(Field(code, text, "tick") for code, text in DECLARATIONS.items()),
        Field(PUBLICATION, PUBLICATION_TEXT, "tick"),
        Field("signed_name", mark("Name of who declares this")),
        Field("signed_place", mark("Place")),
        Field("signed_on", mark("Date"), "date"),
    )),
}  # fmt: skip
assert set(PAGES) == set(BY_NAME)
ORGANISATION = {  # fields of the applicant's page that are kept with the organisation -> its columns
    one: one for one in ("name", "kind", "sector", "tax_number", "founded_on", "address", "phone", "email")
} | {"register_number": "register"}
SIGNED = {"signed_name": "name", "signed_place": "place", "signed_on": "date"}  # field -> the name it is kept by


def own(section: str) -> list[Field]:
    """The fields of a page, besides its rows, that are kept in columns of the measure with their names."""
    page = PAGES.get(section, Page())
    return [one for one in page.fields if section != "declarations" and one.name not in ORGANISATION]


def find(section: str, name: str) -> Field | None:
    """The field of a page by its name, or by its name in a row ('lines-3-unit_price')."""
    page = PAGES.get(section, Page())
    own = name.split("-", 2)[2] if name.count("-") >= 2 else name
    candidates = page.fields if own == name else page.table.fields if page.table else ()
    return next((one for one in candidates if one.name == own), None)


def label(section: str, name: str) -> str:
    """What a field, a table or ('') the page is called; English source text. Unknown names give the name."""
    page = PAGES.get(section, Page())
    if page.table is not None and name == page.table.prefix:
        return page.table.label
    found = find(section, name)
    return found.label if found else name
