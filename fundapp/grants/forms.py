"""What a browser may send to this room."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, StringConstraints

from fundapp.files.store import Kept, Unfit
from fundapp.grants.letters import Grantor
from fundapp.grants.plan import parse_plan
from fundapp.kit.errors import Refused
from fundapp.kit.i18n import gettext as _
from fundapp.kit.i18n import mark
from fundapp.kit.web.forms import Because, Bound, Day, Form, Posted, Text, Words

Line = Annotated[str, StringConstraints(max_length=200)]


def _plan(text: str) -> str:
    parse_plan(text)
    return text


class Issue(Form):
    starts_on: Day
    ends_on: Day
    plan: Annotated[str, AfterValidator(_plan)]
    financing: Literal["share", "deficit", "fixed", "full"] = "share"
    name: Words
    address: Line = ""
    register_number: Line = ""
    signatory: Line = ""
    function: Line = ""
    umbrella: Line = ""
    report_to: Line = ""
    because: Because = ""

    def grantor(self) -> Grantor:
        return Grantor(
            self.name, self.address, self.register_number, self.signatory, self.function, self.umbrella, self.report_to
        )

    def terms(self) -> dict[str, Any]:
        """What the verbs take besides the measure."""
        return {
            "starts_on": self.starts_on,
            "ends_on": self.ends_on,
            "financing": self.financing,
            "percents": parse_plan(self.plan),
            "grantor": self.grantor(),
        }


class Sign(Form):
    signed_on: Day
    original_with: Words


class Start(Form):
    because: Because = ""


class Suspend(Form):
    review_on: Day
    because: Annotated[str, StringConstraints(min_length=1, max_length=2000)]


class Terminate(Form):
    at_fault: Literal["yes", "no"]
    equipment: Text = ""
    because: Annotated[str, StringConstraints(min_length=1, max_length=2000)]


class Reason(Form):
    because: Because = ""


def one_file(
    posted: Posted, form: Bound[Any], name: str, wanting: str = mark("Please choose the file.")
) -> Kept | None:
    """The file posted under `name`; what is wrong with it stands next to its field. Without `wanting` it may be missing."""
    found: Kept | Unfit | None = next(iter(posted.files(name)), None)
    if isinstance(found, Unfit):
        form.errors[name] = str(found)
    elif found is None and wanting:
        form.errors[name] = _(wanting)
    return found if isinstance(found, Kept) else None


def carried(form: Bound[Any], verb: Callable[[], object]) -> bool:
    """Whether the verb was carried out; a refusal that names a field of the form stands next to it.

    Verbs refuse a field before they write anything.
    """
    try:
        verb()
    except Refused as refused:
        if refused.field is None or refused.field not in form.model.model_fields:
            raise
        form.errors[refused.field] = " ".join(refused.reasons)
        return False
    return True
