"""What a browser may send about a proposal. While it is being written only upper limits refuse; blanks are only missing."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, create_model

from fundapp.funds.codes import APPLICANTS
from fundapp.funds.questions import Question, choices_of
from fundapp.kit.i18n import gettext as _
from fundapp.kit.web.forms import Amount, Bound, Count, Day, Form, Posted, Thousandths, bind, plain
from fundapp.measures.codes import (
    CATEGORIES,
    DECLARATIONS,
    FUND_INDICATORS,
    INTERVENTIONS,
    PARTS,
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


def _clock(typed: Any) -> Any:
    if not isinstance(typed, str):
        return typed
    try:
        return time.fromisoformat(typed.strip())
    except ValueError:
        raise ValueError(_("“%(typed)s” is not a time. Write 17:00, for example.", typed=typed)) from None


def _number(value: str | None) -> int | None:
    return None if value is None else int(value)


def _several(given: Any) -> Any:
    """Choices, one a line, as a list."""
    return [line for each in given for line in str(each).split("\n")] if isinstance(given, list) else given


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
    received_time: Annotated[time, BeforeValidator(_clock)]


class CorrectForm(Form):
    field: Line  # 'page/field'
    text: Annotated[Paragraph, Field(min_length=1)]
    because: Annotated[Line, Field(min_length=1)]


class ConsentAnswerForm(Form):
    """What a manager answers about consents that were withdrawn."""

    words: Annotated[Paragraph, Field(min_length=1)]


class AnnexForm(Form):
    kind: Line


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
    model: type[Form],
    posted: Posted | Mapping[str, str],
    prefix: str,
    *,
    blank: Callable[[Mapping[str, str]], bool],
    **context: Any,
) -> Rows:
    """Reads fields named `prefix-n-name`, one `model` a row; rows that are `blank` are left out."""
    found = Rows()
    names = posted.fields() if isinstance(posted, Posted) else {name: [text] for name, text in posted.items()}
    numbers = sorted({int(match[1]) for key in names if (match := re.fullmatch(rf"{prefix}-([0-9]{{1,9}})-\w+", key))})
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
    own = (row.get("code") or "own") == "own" and row.get("title", "").strip()
    return not row.get("target", "").strip() and not own


SHEETS: dict[str, Sheet] = {
    "measure": Sheet(MeasureForm),
    "applicant": Sheet(ApplicantForm, "parties", PartyForm, lambda row: False),
    "partners": Sheet(Saved, "partners", PartnerForm, without("sector", "key_person")),
    "problem": Sheet(ProblemForm),
    "results": Sheet(ResultsForm, "indicators", IndicatorForm, _no_figure),
    "activities": Sheet(Saved, "activities", ActivityForm, without("milestone")),
    "groups": Sheet(Saved, "groups", GroupForm),
    "benefit": Sheet(BenefitForm),
    "environment": Sheet(EnvironmentForm),
    "afterwards": Sheet(AfterwardsForm),
    "risks": Sheet(Saved, "risks", RiskForm, without("likelihood", "impact")),
    "costs": Sheet(Saved, "lines", CostForm, LEFT_OUT),
    "financing": Sheet(FinancingForm, "sources", SourcesForm, lambda row: False),
    "support": Sheet(SupportPageForm, "support", SupportForm, without("ended")),
    "questions": Sheet(Saved),  # its fields are the call's: `sheet`
    "declarations": Sheet(DeclarationsForm),
}
ANSWER: dict[str, Any] = {
    "short": Line,
    "long": UpTo3000,
    "number": Annotated[Thousandths, AfterValidator(plain)],
    "money": Amount,
    "date": Day,
}


def sheet(section: str, asked: Sequence[Question]) -> Sheet | None:
    """The page of the form with this name, `asked` being the call's own questions; None for a page that is not there."""
    if section != "questions":
        return SHEETS.get(section)
    return Sheet(
        create_model("QuestionsForm", __base__=Saved, **{f"q_{q.code}": _answer(q) for q in asked if q.kind != "file"})
    )


def _answer(question: Question) -> Any:
    """The type of an answer: upper limits refuse, blanks are only missing."""
    if question.kind in ANSWER:
        return (ANSWER[question.kind] | None, None)
    codes = tuple(code for code, _words in choices_of(question, ""))
    if question.kind == "several":
        return (Annotated[list[Literal[codes]], BeforeValidator(_several)], Field(default_factory=list))  # type: ignore[valid-type]
    return (Literal[codes] | None, None)


def fields_of(section: str, value: Saved) -> dict[str, Any]:
    """What `drafting.save` takes as `given`."""
    given = value.model_dump()
    match section:
        case "applicant":
            own = {
                name: given.pop(name)
                for name in ("organisation_note", "staff_female", "staff_male", "annual_budget", "vat")
            }
            given["register"] = given.pop("register_number")
            return {"organisation": given} | own
        case "declarations":
            signed: date | None = given.pop("signed_on")
            said = {"name": given.pop("signed_name"), "place": given.pop("signed_place")}
            said["date"] = signed.isoformat() if signed else ""
            return {"declarations": {code: True for code, tick in given.items() if tick} | said}
        case "questions":
            kept = {
                name.removeprefix("q_"): _kept(answer) for name, answer in given.items() if answer not in (None, "", [])
            }
            return {"answers": kept}
    return given


def _kept(answer: Any) -> str | list[str]:
    """An answer as it is kept: text, days as ISO, amounts as minor units, numbers as they are typed."""
    if isinstance(answer, list):
        return answer
    return answer.isoformat() if isinstance(answer, date) else str(answer)


def rows_of(section: str, found: Rows, own_name: str) -> list[dict[str, Any]]:
    """What `drafting.save` takes as `rows`. A party without a name is the applicant's own organisation."""
    numbered = list(zip(found.numbers, found.values, strict=True))
    if section == "applicant":
        parts = list(PARTS)
        return [
            {"part": parts[number]} | row | {"organisation": row["organisation"] or own_name}
            for number, row in numbered
            if number < len(parts)
        ]
    named = {code: {"title": title, "unit": unit} for code, (title, unit) in FUND_INDICATORS.items()}
    rows_ = [{"slot": number} | row for number, row in numbered]
    for row in rows_:
        for tick in ("key_person", "milestone", "ended"):
            if tick in row:
                row[tick] = row[tick] == "yes"
        if section == "results":
            row |= named.get(row["code"], {})
        row.pop("id", None)
    return rows_
