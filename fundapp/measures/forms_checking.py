"""What a browser may send from the check sheet, from the list of what is missing, and about who helped."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import StringConstraints, create_model

from fundapp.kit.web.forms import Count, Day, Form, Posted
from fundapp.measures.checkers import HELPED
from fundapp.measures.checking import LOOKED, Answer
from fundapp.measures.eligibility import CHECKS

Note = Annotated[str, StringConstraints(max_length=1000)]
Line = Annotated[str, StringConstraints(max_length=200)]
Ground = Annotated[str, StringConstraints(max_length=20)]
ANSWERS: dict[str, Any] = {check.code: (Literal["pass", "fail", "n/a", "cured", ""], "") for check in CHECKS}
GROUNDS: dict[str, Any] = {f"{check.code}_why": (Ground, "") for check in CHECKS}
NOTES: dict[str, Any] = {f"{check.code}_reason": (Note, "") for check in CHECKS}
PROOF: dict[str, Any] = {
    f"{LOOKED}_list": (Line, ""),
    f"{LOOKED}_on": (Day | None, None),
    f"{LOOKED}_found": (Line, ""),
}
ChecksForm = create_model("ChecksForm", __base__=Form, fine=(Line, ""), **ANSWERS, **GROUNDS, **NOTES, **PROOF)
"""`fine`: the codes of the checks that one button answers together, as they stood beside it."""


class SendBackForm(Form):
    return_by: Day


class HelpForm(Form):
    person: Count
    kind: Literal[tuple(HELPED)]  # type: ignore[valid-type]


def answers_of(form: Any) -> dict[str, Answer]:
    """The answers that were posted, code by code; those that one button answers are met, unless something else was said."""
    given = form.value.model_dump()
    fine = set(given["fine"].split())
    found = {}
    for check in CHECKS:
        code = check.code
        if code not in form.values and code not in fine:
            continue
        looked = {}
        if code == LOOKED:
            day = given[f"{code}_on"]
            looked = {
                "list": given[f"{code}_list"],
                "on": day.isoformat() if day else "",
                "found": given[f"{code}_found"],
            }
        result = given[code] or ("pass" if code in fine and not check.computed else "")
        found[code] = Answer(result, given[f"{code}_reason"], given[f"{code}_why"], looked)
    return found


def asked_of(posted: Posted) -> list[Mapping[str, str]]:
    """The lines of the list of what is missing: those with words; of the proposed ones those that are ticked."""
    rows = [row for row in posted.rows("asked") if row.get("words", "").strip()]
    return [
        {name: row.get(name, "") for name in ("section", "field", "words")}
        for row in rows
        if not row.get("proposed") or row.get("wanted") == "yes"
    ]
