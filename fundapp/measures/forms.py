"""What a browser may send about a proposal. While it is being written only upper limits refuse; blanks are only missing."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, create_model

from fundapp.funds.codes import APPLICANTS
from fundapp.kit.web.forms import Amount, Clock, Count, Day, Form, Thousandths
from fundapp.measures.codes import (
    CATEGORIES,
    DECLARATIONS,
    INTERVENTIONS,
    PUBLICATION,
    SECTORS,
    TOPICS,
    VAT,
    YES_NO,
)


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


def _number(value: str | None) -> int | None:
    return None if value is None else int(value)


Grade = Annotated[Literal["1", "2", "3", "4", "5"], AfterValidator(int), Field(validate_default=True)]
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
Tick = Literal["yes"] | None


class Saved(Form):
    """What every page of the form may send along besides its fields: nothing. `pages.py` has read the rest before."""


class PlanForm(Form):
    """The plan fitted to the award: the version it was opened with, and the button that was pressed."""

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
    staff_female: Count | None = None
    staff_male: Count | None = None
    annual_budget: Amount | None = None
    vat: Annotated[str, _one_of(VAT)] = ""


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
    why: Paragraph = ""


class ActivityForm(Form):
    title: Annotated[Line, Field(min_length=1)]
    responsible: Line = ""
    starts_on: Day
    ends_on: Day
    milestone: Tick = None


class EnvironmentForm(Saved):
    env_effect: Annotated[Literal["-2", "-1", "0", "1", "2"] | None, AfterValidator(_number)] = None
    env_note: UpTo1000 = ""
    land: Annotated[str, _one_of(YES_NO)] = ""
    permits: UpTo1000 = ""


class RiskForm(Form):
    text: Annotated[Paragraph, Field(min_length=1)]
    likelihood: Grade = "3"
    impact: Grade = "3"
    mitigation: Paragraph = ""
    owner: Line = ""


class FinancingForm(Saved):
    own_when: Paragraph = ""
    own_by: Day | None = None
    in_kind_note: Paragraph = ""


class SupportPageForm(Saved):
    supported: Annotated[str, _one_of(YES_NO)] = ""
    open_duties: UpTo1000 = ""


class SupportForm(Form):
    giver: Annotated[Line, Field(min_length=1)]
    purpose: Line = ""
    year: Annotated[Count, Field(ge=1990, le=2100)]
    amount: Amount = 0
    ended: Tick = None


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


class CostForm(LineForm):
    quoted_by: Line = ""
    quoted_on: Day | None = None
    quoted_until: Day | None = None


class SourcesForm(Form):
    own_cash: Amount = 0
    in_kind: Amount = 0
    local_government: Amount = 0
    other_donor: Amount = 0
    revenue: Amount = 0


class PlanLineForm(SourcesForm, LineForm):
    """A line of the plan with who pays for it; what nobody else pays is the fund's."""


class TargetForm(Form):
    id: Count
    target: Thousandths


TICKS: dict[str, Any] = dict.fromkeys((*DECLARATIONS, PUBLICATION), (Tick, None))
DeclarationsForm = create_model(
    "DeclarationsForm",
    __base__=Saved,
    signed_name=(Line, ""),
    signed_place=(Line, ""),
    signed_on=(Day | None, None),
    **TICKS,
)


class StartForm(Form):
    call: Count
    whom: Line = ""
    form: Literal["short", "full"] = "full"
    earlier: Count | None = None  # the proposal whose words are taken over


class PaperForm(Form):
    """When a proposal came over the counter; its first page is the file `file`."""

    received_on: Day
    received_time: Clock


class CorrectForm(Form):
    field: Line  # 'page/field'
    text: Annotated[Paragraph, Field(min_length=1)]
    because: Annotated[Line, Field(min_length=1)]


class ConsentAnswerForm(Form):
    """What a manager answers about consents that were withdrawn."""

    words: Annotated[Paragraph, Field(min_length=1)]


class AnnexForm(Form):
    kind: Line
