"""What a browser may send to this room."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import StringConstraints

from fundapp.disbursement.receipts import Proof
from fundapp.files.store import Kept, Unfit
from fundapp.kit.errors import Refused
from fundapp.kit.web.forms import Amount, Because, Bound, Count, Day, Form, Posted, Text, Words

Key = Annotated[str, StringConstraints(min_length=8, max_length=64)]
Line = Annotated[str, StringConstraints(max_length=200)]
Reason = Annotated[str, StringConstraints(min_length=1, max_length=2000)]


class Prepare(Form):
    instalment: Count
    key: Key


class Pay(Form):
    bank_reference: Words
    paid_on: Day


class Returned(Form):
    returned_on: Day
    because: Reason


class Receipt(Form):
    line: Count
    paid_on: Day
    payee: Words
    what_for: Words
    document_number: Line = ""
    amount: Amount
    key: Key

    def proof(self) -> Proof:
        return Proof(self.paid_on, self.payee, self.what_for, self.amount, self.document_number)


class Check(Form):
    whole: Literal["yes"] | None = None
    accepted: Amount | None = None
    because: Because = ""


class Report(Form):
    done: Text = ""
    results: Text = ""
    problems: Text = ""
    lessons: Text = ""
    version: Count
    act: Literal["save", "send"] = "save"

    def words(self) -> dict[str, str]:
        return {"done": self.done, "results": self.results, "problems": self.problems, "lessons": self.lessons}


class Ask(Form):
    because: Reason


class Compute(Form):
    other_income: Amount = 0
    consent: Because = ""
    refund_account: Line = ""


class Refund(Form):
    refunded_on: Day
    bank_reference: Words


def one_file(posted: Posted, form: Bound[Any], name: str, wanting: str = "") -> Kept | None:
    """The file posted under `name`; what is wrong with it stands next to its field. Without `wanting` it may be missing."""
    found: Kept | Unfit | None = next(iter(posted.files(name)), None)
    if isinstance(found, Unfit):
        form.errors[name] = str(found)
    elif found is None and wanting:
        form.errors[name] = wanting
    return found if isinstance(found, Kept) else None


def carried(form: Bound[Any], verb: Callable[[], object]) -> bool:
    """Whether the verb was carried out; a refusal that names a field of the form stands next to it.

    Verbs refuse a field before they write anything that must not be kept.
    """
    try:
        verb()
    except Refused as refused:
        if refused.field is None or refused.field not in form.model.model_fields:
            raise
        form.errors[refused.field] = " ".join(refused.reasons)
        return False
    return True
