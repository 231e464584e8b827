"""What a browser may send about a visit."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from fundapp.evaluation.impact import Answer
from fundapp.evaluation.models import Evaluation
from fundapp.evaluation.queries import Count
from fundapp.evaluation.service import Found
from fundapp.kit.i18n import gettext as _
from fundapp.kit.web import forms
from fundapp.kit.web.forms import Bound, Day, Form, Posted, Thousandths, bind, plain, shown

Score = Annotated[forms.Count, Field(ge=0, le=5)]
Told = Annotated[str, StringConstraints(max_length=2000)]
LONGEST_VOICE = 500


class VisitForm(Form):
    version: forms.Count
    effective: Literal["yes", "partly", "no", "unknown"]
    visited_on: Day
    manner: Literal["visit", "call"] = "visit"
    score_ease: Score | None = None
    score_fit: Score | None = None
    score_cost: Score | None = None
    effects: Told = ""
    carried_by: Told = ""
    voice: Annotated[str, StringConstraints(max_length=LONGEST_VOICE)] = ""
    lesson: Told = ""
    report: forms.Count | None = None  # the final report that is accepted with it


class ReportForm(Form):
    """What a report is about: a fund by its code and a year of contract; blank is all."""

    fund: Annotated[str, StringConstraints(max_length=200)] = ""
    year: Annotated[str, StringConstraints(pattern="^([0-9]{4})?$")] = ""
    language: Literal["en", "de", "mn"] = "en"


class CountForm(Form):
    """A row of the counts; blank is not counted, 0 is counted."""

    code: Annotated[str, StringConstraints(max_length=40)]
    value: Thousandths | None = None
    women: Thousandths | None = None


def visit(posted: Posted) -> tuple[Bound[VisitForm], dict[str, tuple[int, int | None]]]:
    """The posted form, and the counts by code; errors of a count stand with its own field, `counts-<n>-value`."""
    form = bind(VisitForm, posted)
    counts: dict[str, tuple[int, int | None]] = {}
    for n, row in enumerate(posted.rows("counts")):
        bound = bind(CountForm, row)
        form.errors |= {f"counts-{n}-{name}": text for name, text in bound.errors.items()}
        if bound.ok and bound.value.value is not None:
            counts[bound.value.code] = (bound.value.value, bound.value.women)
        elif bound.ok and bound.value.women is not None:
            form.errors[f"counts-{n}-value"] = _("Write how many persons there are in all.")
    return form, counts


def found(form: VisitForm, counts: Mapping[str, tuple[int, int | None]]) -> Found:
    """What the verb takes."""
    given = form.model_dump(exclude={"version", "report"})
    return Found(**(given | {"effective": Answer(form.effective), "counts": counts}))


def first(
    evaluation: Evaluation, counts: Sequence[Count], today: Any, reported: Mapping[str, Any] | None = None
) -> Bound[VisitForm]:
    """The form as it is shown first: today's date, or what was sent before, or what the final report says (`reported`)."""
    values: dict[str, Any] = {name: getattr(evaluation, name) for name in VisitForm.model_fields if name != "report"}
    values["visited_on"] = evaluation.visited_on or today
    if reported is not None:
        values |= {"effective": reported.get("effective"), "manner": "call"}
        said: Mapping[str, Sequence[int | None]] = reported.get("counts", {})
        for n, count in enumerate(counts):
            value, women = said.get(count.code, (None, None))
            values |= {f"counts-{n}-value": plain(value), f"counts-{n}-women": plain(women)}
        return shown(VisitForm, values)
    for n, count in enumerate(counts):
        values[f"counts-{n}-value"] = plain(count.now)
        values[f"counts-{n}-women"] = plain(count.now_women)
    return shown(VisitForm, values)
