"""What a browser may send about a proposal. While it is being written only upper limits refuse; blanks are only missing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, create_model

from fundapp.funds.codes import ANNEXES, APPLICANTS
from fundapp.kit.web.forms import Amount, Because, Bound, Count, Day, Form, Posted, Thousandths, bind
from fundapp.measures.codes import (
    CATEGORIES,
    DECLARATIONS,
    FUND_INDICATORS,
    INTERVENTIONS,
    PARTS,
    PUBLICATION,
    SECTORS,
    TOPICS,
)
from fundapp.measures.eligibility import CHECKS


def _lines(typed: Any) -> Any:
    """A line break is one character, as it is counted on the page."""
    return typed.replace("\r\n", "\n") if isinstance(typed, str) else typed


def _one_of(known: Mapping[str, object]) -> AfterValidator:
    def check(value: str) -> str:
        if value and value not in known:
            raise ValueError("Please choose one of the answers given.")
        return value

    return AfterValidator(check)


def _positive(value: int) -> int:
    if value <= 0:
        raise ValueError("This must be greater than zero.")
    return value


Region = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}-[A-Z0-9]{1,3}$")]
Quantity = Annotated[Thousandths, AfterValidator(_positive)]
LINES = BeforeValidator(_lines)
Short = Annotated[str, StringConstraints(max_length=40)]
Account = Annotated[str, StringConstraints(max_length=60)]
Title = Annotated[str, StringConstraints(max_length=140)]
Line = Annotated[str, StringConstraints(max_length=200)]
Paragraph = Annotated[str, LINES, StringConstraints(max_length=500)]
UpTo1000 = Annotated[str, LINES, StringConstraints(max_length=1000)]
UpTo1500 = Annotated[str, LINES, StringConstraints(max_length=1500)]
UpTo2000 = Annotated[str, LINES, StringConstraints(max_length=2000)]
UpTo3000 = Annotated[str, LINES, StringConstraints(max_length=3000)]
Topic = Annotated[str, _one_of(TOPICS)]
Intervention = Annotated[str, _one_of(INTERVENTIONS)]
Kind = Annotated[str, _one_of(APPLICANTS)]
Sector = Annotated[str, _one_of(SECTORS)]
Category = Annotated[str, _one_of(CATEGORIES)]
Paper = Annotated[str, _one_of(ANNEXES)]
Tick = Literal["yes"] | None


class Saved(Form):
    """What every page of the form sends along: the version it was opened with, and the button that was pressed."""

    version: Count
    then: Literal["next", "more", "stay"] = "next"


class MeasureForm(Saved):
    title: Title = ""
    short_title: Short = ""
    summary: UpTo1500 = ""
    region: Region | Literal[""] = ""
    place: Line = ""
    topic: Topic = ""
    intervention: Intervention = ""
    starts_on: Day | None = None
    ends_on: Day | None = None


class ApplicantForm(Saved):
    name: Line = ""
    kind: Kind = "other"
    sector: Sector = "private"
    register_number: Line = ""
    tax_number: Line = ""
    founded_on: Day | None = None
    address: Paragraph = ""
    phone: Line = ""
    email: Line = ""
    organisation_note: UpTo1500 = ""


class PartyForm(Form):
    organisation: Line = ""
    person: Line = ""
    function: Line = ""
    phone: Line = ""
    email: Line = ""
    bank: Line = ""
    account: Account = ""


class PartnerForm(Form):
    name: Annotated[Line, Field(min_length=1)]
    sector: Sector = "private"
    role: Line = ""
    contribution: Paragraph = ""
    key_person: Tick = None


class ProblemForm(Saved):
    bottleneck_id: Count | None = None
    no_bottleneck: Paragraph = ""
    problem: UpTo3000 = ""


class ResultsForm(Saved):
    objective: UpTo1000 = ""
    outputs: UpTo2000 = ""
    outcomes: UpTo2000 = ""
    visible_effect: Paragraph = ""
    visible_by: Day | None = None


class IndicatorForm(Form):
    code: Literal["people_trained", "jobs", "higher_income", "own"] = "own"
    title: Annotated[Line, Field(min_length=1)]
    unit: Short = ""
    baseline: Thousandths = 0
    target: Thousandths
    due_on: Day | None = None
    verification: Line = ""


class GroupForm(Form):
    label: Annotated[Line, Field(min_length=1)]
    total: Count
    female: Count = 0
    male: Count = 0
    not_stated: Count = 0
    youth: Count = 0
    vulnerable: Count = 0
    disability: Count = 0


class BenefitForm(Saved):
    public_benefit: UpTo2000 = ""
    breadth: Count | None = None
    breadth_method: Line = ""


class AfterwardsForm(Saved):
    after_funding: UpTo2000 = ""


class LineForm(Form):
    id: Count | None = None
    category: Category
    description: Annotated[Line, Field(min_length=1)]
    unit: Short = ""
    quantity: Quantity
    unit_price: Amount


class SourcesForm(Form):
    id: Count
    own_cash: Amount = 0
    in_kind: Amount = 0
    local_government: Amount = 0
    other_donor: Amount = 0
    revenue: Amount = 0


class PlanLineForm(LineForm):
    own_cash: Amount = 0
    in_kind: Amount = 0
    local_government: Amount = 0
    other_donor: Amount = 0
    revenue: Amount = 0


class TargetForm(Form):
    id: Count
    target: Thousandths


TICKS: dict[str, Any] = dict.fromkeys((*DECLARATIONS, PUBLICATION), (Tick, None))
DeclarationsForm = create_model(
    "DeclarationsForm", __base__=Saved, name=(Line, ""), place=(Line, ""), date=(Day | None, None), **TICKS
)
ANSWERS: dict[str, Any] = {check.code: (Literal["pass", "fail", "n/a", "cured", ""], "") for check in CHECKS}
REASONS: dict[str, Any] = {f"{check.code}_reason": (UpTo1000, "") for check in CHECKS}
ChecksForm = create_model("ChecksForm", __base__=Form, **ANSWERS, **REASONS)


class StartForm(Form):
    call: Count
    whom: Line = ""


class AnnexForm(Form):
    kind: Paper


class SendBackForm(Form):
    because: Because
    return_by: Day


@dataclass
class Rows:
    """Rows of a form as posted: `numbers` are those in the names of their fields, so that errors stand where they belong."""

    values: list[dict[str, Any]] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)

    def place(self, name: str) -> str:
        """The field on the page for 'lines-0-price', which counts the rows that were not blank."""
        if name.count("-") < 2:
            return name
        prefix, number, rest = name.split("-", 2)
        return f"{prefix}-{self.numbers[int(number)]}-{rest}"


def rows(
    model: type[Form], posted: Posted, prefix: str, *, blank: Callable[[Mapping[str, str]], bool], **context: Any
) -> Rows:
    """Reads fields named `prefix-n-name`, one `model` a row; rows that are `blank` are left out."""
    found, names = Rows(), posted.fields()
    numbers = sorted(
        {int(key.split("-")[1]) for key in names if key.startswith(f"{prefix}-") and key.split("-")[1].isdigit()}
    )
    for number in numbers[:200]:
        row = {key.split("-", 2)[2]: names[key][0] for key in names if key.startswith(f"{prefix}-{number}-")}
        if blank(row):
            continue
        bound: Bound[Form] = bind(model, row, **context)
        found.numbers.append(number)
        if bound.ok:
            found.values.append(bound.value.model_dump())
        else:
            found.errors |= {f"{prefix}-{number}-{name}": text for name, text in bound.errors.items()}
    return found


def without(*names: str) -> Callable[[Mapping[str, str]], bool]:
    """A row is blank when all its fields but these are."""
    return lambda row: not any(value.strip() for name, value in row.items() if name not in names)


ALL_BLANK = without()
LEFT_OUT = without("id", "category")  # a line of costs whose words and figures were all taken out


@dataclass(frozen=True)
class Sheet:
    """A page of the form: its fields, and its rows if it has some."""

    form: type[Saved]
    prefix: str = ""
    row: type[Form] | None = None
    blank: Callable[[Mapping[str, str]], bool] = ALL_BLANK


def _no_figure(row: Mapping[str, str]) -> bool:
    """A figure of the fund without a target, or an own one without anything."""
    own = row.get("code") == "own" and row.get("title", "").strip()
    return not row.get("target", "").strip() and not own


SHEETS: dict[str, Sheet] = {
    "measure": Sheet(MeasureForm),
    "applicant": Sheet(ApplicantForm, "parties", PartyForm, lambda row: False),
    "partners": Sheet(Saved, "partners", PartnerForm, without("sector", "key_person")),
    "problem": Sheet(ProblemForm),
    "results": Sheet(ResultsForm, "indicators", IndicatorForm, _no_figure),
    "groups": Sheet(Saved, "groups", GroupForm),
    "benefit": Sheet(BenefitForm),
    "afterwards": Sheet(AfterwardsForm),
    "costs": Sheet(Saved, "lines", LineForm, LEFT_OUT),
    "financing": Sheet(Saved, "lines", SourcesForm, lambda row: False),
    "declarations": Sheet(DeclarationsForm),
}


def fields_of(section: str, value: Saved) -> dict[str, Any]:
    """What `drafting.save` takes as `fields`."""
    given = value.model_dump(exclude={"version", "then"})
    if section == "applicant":
        note = given.pop("organisation_note")
        given["register"] = given.pop("register_number")
        return {"organisation": given, "organisation_note": note}
    if section == "declarations":
        signed: date | None = given.pop("date")
        said = {"name": given.pop("name"), "place": given.pop("place"), "date": signed.isoformat() if signed else ""}
        return {"declarations": {code: True for code, tick in given.items() if tick} | said}
    return given


def rows_of(section: str, found: Rows, own_name: str) -> list[dict[str, Any]]:
    """What `drafting.save` takes as `rows`. A party without a name is the applicant's own organisation."""
    if section == "applicant":
        parts = list(PARTS)
        rows_ = [row | {"organisation": row["organisation"] or own_name} for row in found.values]
        return [{"part": parts[number]} | row for number, row in zip(found.numbers, rows_, strict=True) if number < 4]
    if section == "results":
        named = {code: {"title": title, "unit": unit} for code, (title, unit) in FUND_INDICATORS.items()}
        return [row | named.get(row["code"], {}) for row in found.values]
    if section == "partners":
        return [row | {"key_person": row["key_person"] == "yes"} for row in found.values]
    return found.values
