"""What a browser may send to the rating."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from fundapp.kit.i18n import gettext as _
from fundapp.kit.i18n import mark
from fundapp.kit.web.forms import Amount, Because, Bound, Clock, Count, Day, Form, Posted, Text, Words, bind, shown
from fundapp.measures.codes import CONFLICTS
from fundapp.rating import agenda
from fundapp.rating.declaring import Said
from fundapp.rating.meetings import Typed
from fundapp.rating.sheets import Given


def _tenths(typed: object) -> object:
    """A figure with at most one decimal, as tenths: 60.5 is 605."""
    if not isinstance(typed, str):
        return typed
    whole, _dot, part = typed.strip().replace(",", ".").partition(".")
    if not (
        whole.isascii() and whole.isdigit() and len(whole) <= 3 and (part == "" or (part.isascii() and part.isdigit()))
    ):
        raise ValueError(f"“{typed}” is not a number. Write 3 or 2.5.")
    if len(part) > 1:
        raise ValueError(f"“{typed}” has more than one decimal. Write 2.5.")
    return int(whole) * 10 + int(part or 0)


Tenths = Annotated[int, BeforeValidator(_tenths)]
Points = Annotated[Count, Field(le=20)]  # the scheme's highest is asked for when it is known
UNJUDGED = "unjudged"  # sent in place of points by who cannot judge


class NoForm(Form):
    """A button and nothing else."""


class BecauseForm(Form):
    because: Because = ""


class ReopenForm(Form):
    measure: Count
    member: Count
    because: Annotated[str, Field(min_length=3, max_length=1000)]


class StartSchemeForm(Form):
    committee: Count
    smallest_sheets: Annotated[Count, Field(ge=2, le=15)] | None = None
    source: Count | None = None  # the scheme to copy


class ScoreRow(Form):
    code: Words
    points: Points | None = None
    comment: Text = ""
    was_points: Points | None = None
    was_comment: Text = ""


class TieForm(Form):
    kind: Literal[tuple(CONFLICTS)]  # type: ignore[valid-type]
    explanation: Annotated[str, Field(min_length=3, max_length=1000)]


class MeetingForm(Form):
    held_on: Day
    place: Words
    began: Annotated[str, Field(max_length=20)] = ""
    ended: Annotated[str, Field(max_length=20)] = ""
    present: list[Count] = []  # noqa: RUF012 - pydantic copies it
    version: Count = 1
    committee: Count | None = None
    countersign: Literal["yes", ""] = ""
    act: Literal["keep", "close"] = "keep"  # close: with what was decided, in one go


class MotionForm(Form):
    """What is moved on an item; `seen` marks the motion that stood there before."""

    outcome: Literal["approve", "reserve", "defer", "reject"]
    amount: Amount | None = None
    rule: Literal["", "knocked_out", "points", "money", "not_visible", "costs", "other"] = ""
    conditions: Text = ""
    reasons: Text = ""
    arguments: Text = ""
    deviation: Text = ""
    seen: Annotated[str, Field(max_length=16)] = ""

    def typed(self) -> Typed:
        return Typed(
            self.outcome, 0, 0, 0, self.amount if self.outcome == "approve" else None, self.conditions, self.reasons,
            self.arguments, self.rule, self.deviation,
        )  # fmt: skip


class DecisionForm(MotionForm):
    measure: Count
    yes: Annotated[Count, Field(le=99)]
    no: Annotated[Count, Field(le=99)]
    abstained: Annotated[Count, Field(le=99)] = 0
    version: Count = 0  # 0: together with the meeting itself
    countersign: Literal["yes", ""] = ""
    act: Literal["keep", "close"] = "keep"

    def typed(self) -> Typed:
        return replace(super().typed(), yes=self.yes, no=self.no, abstained=self.abstained)


class VoteForm(Form):
    choice: Literal["yes", "no", "abstain"]
    note: Annotated[str, Field(max_length=1000)] = ""


class AttendForm(Form):
    person: Count
    there: Literal["yes", ""] = ""


class PlanForm(Form):
    """A meeting to come: a day and hour (in the fund's zone) and a place, or in writing until a day."""

    way: Literal["sitting", "writing"] = "sitting"
    day: Day
    hour: Clock | None = None
    place: Annotated[str, Field(max_length=200)] = ""
    secret: Literal["yes", ""] = ""
    committee: Count | None = None
    version: Count = 1


class OrderForm(Form):
    version: Count
    no: Annotated[Count, Field(le=999)] = 1


class LeaveOutForm(Form):
    measure: Count
    version: Count


class PromoteForm(Form):
    amount: Amount


class AnswerForm(Form):
    answer: Annotated[str, Field(min_length=10, max_length=5000)]


def decisions(posted: Posted, form: Bound[MeetingForm], **how: str) -> list[DecisionForm]:
    """What was decided on several measures, from the rows `items-<n>-…`; a row without an outcome is not decided on.

    Errors and what was typed stand in `form` under the names of the fields.
    """
    found = []
    form.values |= {name: values[0] for name, values in posted.fields().items() if name.startswith("items-")}
    for n, row in enumerate(posted.rows("items")):
        if not row.get("outcome"):
            continue
        bound = bind(DecisionForm, row, **how)
        if bound.ok and bound.value.outcome == "approve" and not bound.value.amount:
            bound.errors["amount"] = _("Please write how much is given.")
        form.errors |= {f"items-{n}-{name}": text for name, text in bound.errors.items()}
        if bound.ok:
            found.append(bound.value)
    if not found and form.ok:
        form.errors["items-0-outcome"] = _("Please choose what was decided.")
    return found


def placed(form: Bound[DecisionForm], id: object) -> Bound[DecisionForm]:
    """The form with ids of its own, for a page on which several stand."""
    vars(form)["prefix"] = f"m{id}-"
    return form


def moved(row: agenda.Row) -> Bound[MotionForm]:
    """The form of a motion on the item, as it stands; at first: approve what is asked for."""
    assert row.measure is not None
    kept: dict[str, object] = {"outcome": "approve", "amount": row.measure.requested}
    if (d := row.decision) is not None:
        kept = {
            "outcome": d.outcome, "amount": d.amount, "conditions": d.conditions, "reasons": d.reasons,
            "arguments": d.arguments, "rule": d.rule, "deviation": d.deviation,
        }  # fmt: skip
    form = shown(MotionForm, kept)
    vars(form)["prefix"] = f"i{row.item.id}-"
    return form


def tie(posted: Posted) -> Bound[TieForm]:
    """The kind of a tie and what it is, both asked for."""
    form = bind(TieForm, posted)
    for name, text in _TIE.items():
        if name in form.errors and not str(form.values.get(name, "")).strip():
            form.errors[name] = _(text)
    return form


_TIE = {
    "kind": mark("Please say what kind of tie it is."),
    "explanation": mark("Please say in a sentence what the tie is."),
}


def declarations(
    posted: Posted, asked: Iterable[int], *, all_at_once: bool
) -> tuple[list[Said], dict[str, str], dict[str, str]]:
    """(answers, errors by field, all that was typed) of the rows `said-<measure id>-…`.

    `all_at_once`: in a blind call every row has to be answered, else a single new sheet would name its proposal.
    """
    found: list[Said] = []
    errors: dict[str, str] = {}
    typed: dict[str, str] = {}
    for id in asked:
        name = f"said-{id}-"
        answer, kind = posted.text(f"{name}answer"), posted.text(f"{name}kind")
        explanation = posted.text(f"{name}explanation").strip()
        typed |= {f"{name}answer": answer, f"{name}kind": kind, f"{name}explanation": explanation}
        if answer == "none":
            found.append(Said(id, False))
        elif answer == "conflict":
            if kind not in CONFLICTS:
                errors[f"{name}kind"] = _(_TIE["kind"])
            if not 3 <= len(explanation) <= 1000:
                errors[f"{name}explanation"] = _(_TIE["explanation"])
            found.append(Said(id, True, kind, explanation))
        elif all_at_once:
            errors[f"{name}answer"] = _("Please answer for each proposal before any of them opens.")
    return found, errors, typed


def scores(posted: Posted, highest: int) -> tuple[dict[str, Given], dict[str, Bound[ScoreRow]]]:
    """(what was given by criterion code, the rows that could not be read by code); points go from 0 to `highest`."""
    found, unread = {}, {}
    for row in posted.rows("scores"):
        left_out = {name: row.get(name) == UNJUDGED for name in ("points", "was_points")}
        given = row | {name: "" for name, out in left_out.items() if out}
        bound = bind(ScoreRow, given)
        if bound.ok and (bound.value.points or 0) > highest:
            bound.errors["points"] = _("This may be at most %(most)s.", most=highest)
        if bound.ok:
            value = bound.value
            was = None if "was_comment" not in row else value.was_comment
            found[value.code] = Given(
                value.points, value.comment, value.was_points, was, left_out["points"], left_out["was_points"]
            )
        else:
            unread[str(row.get("code", ""))] = bound
    return found, unread


def versions(posted: Posted) -> dict[int, int]:
    """Row id -> the version in which a list showed it, from the rows `sheets-<n>-…`."""
    rows = [(row.get("id", ""), row.get("version", "")) for row in posted.rows("sheets")]
    return {int(id): int(version) for id, version in rows if id.isdecimal() and version.isdecimal()}
