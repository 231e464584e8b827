"""The pages of the form as sheets: which fields and rows each has, and what the verbs take of them."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, create_model

from fundapp.funds.questions import Question, choices_of
from fundapp.kit.web.forms import Amount, Bound, Day, Form, Posted, Thousandths, bind, plain
from fundapp.measures import fields
from fundapp.measures.codes import FUND_INDICATORS, PARTS
from fundapp.measures.forms import (
    ActivityForm,
    AfterwardsForm,
    ApplicantForm,
    BenefitForm,
    CostForm,
    DeclarationsForm,
    EnvironmentForm,
    FinancingForm,
    GroupForm,
    IndicatorForm,
    Line,
    MeasureForm,
    PartnerForm,
    PartyForm,
    ProblemForm,
    ResultsForm,
    RiskForm,
    Saved,
    SourcesForm,
    SupportForm,
    SupportPageForm,
    UpTo3000,
)


def _several(given: Any) -> Any:
    """Choices, one a line, as a list."""
    return [line for each in given for line in str(each).split("\n")] if isinstance(given, list) else given


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
    return _questions(
        tuple((q.code, q.kind, tuple(code for code, _words in choices_of(q, ""))) for q in asked if q.kind != "file")
    )


@lru_cache(maxsize=64)
def _questions(asked: tuple[tuple[str, str, tuple[str, ...]], ...]) -> Sheet:
    """The page of a call's own questions, each as (code, kind, codes of its choices); its class is made once."""
    answers: dict[str, Any] = {f"q_{code}": _answer(kind, choices) for code, kind, choices in asked}
    return Sheet(create_model("QuestionsForm", __base__=Saved, **answers))


def _answer(kind: str, choices: tuple[str, ...]) -> Any:
    """The type of an answer: upper limits refuse, blanks are only missing."""
    if kind in ANSWER:
        return (ANSWER[kind] | None, None)
    if kind == "several":
        return (Annotated[list[Literal[choices]], BeforeValidator(_several)], Field(default_factory=list))  # type: ignore[valid-type]
    return (Literal[choices] | None, None)


def fields_of(section: str, value: Saved) -> dict[str, Any]:
    """What `drafting.save` takes as `given`."""
    given = value.model_dump()
    match section:
        case "applicant":
            organisation = {column: given.pop(name) for name, column in fields.ORGANISATION.items()}
            return {"organisation": organisation} | given
        case "declarations":
            said = {name: given.pop(one) for one, name in fields.SIGNED.items()}
            said["date"] = said["date"].isoformat() if said["date"] else ""
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
