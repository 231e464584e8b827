"""What a browser may send to this room."""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import StringConstraints

from fundapp.disbursement import pasting
from fundapp.disbursement.lists import Judged
from fundapp.disbursement.receipts import Proof
from fundapp.files.store import Kept, Unfit
from fundapp.kit.errors import Refused
from fundapp.kit.web.forms import (
    Amount,
    Because,
    Bound,
    Count,
    Day,
    Form,
    Posted,
    Text,
    Thousandths,
    Words,
    bind,
    plain,
)

Key = Annotated[str, StringConstraints(min_length=8, max_length=64)]
Line = Annotated[str, StringConstraints(max_length=200)]
Pasted = Annotated[str, StringConstraints(max_length=50_000)]
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


class ListRow(Form):
    """A receipt as a row; `line` is the number of the budget line."""

    line: Count
    paid_on: Day
    payee: Words
    what_for: Words
    document_number: Line = ""
    amount: Amount

    def proof(self) -> Proof:
        return Proof(self.paid_on, self.payee, self.what_for, self.amount, self.document_number)


class ReceiptList(Form):
    key: Key
    pasted: Pasted = ""


class Judgement(Form):
    """What is said of a receipt of a list."""

    opened: Literal["yes"] | None = None
    accepted: Amount | None = None
    because: Because = ""


class CountRow(Form):
    """A result as the grantee counted it; blank is not counted."""

    code: Line
    value: Thousandths | None = None
    women: Thousandths | None = None


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
    key: Key | None = None  # of the receipts that come with it
    pasted: Pasted = ""
    effective: Literal["yes", "partly", "no"] | None = None

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


def receipt_rows(posted: Posted, form: Bound[Any], **how: str) -> list[tuple[int, Proof]]:
    """The rows `lines-<n>-…` and those pasted, as (line of the budget, proof); what was pasted stands as rows afterwards.

    Errors and what was typed stand in `form` under the names of the fields.
    """
    rows = [*posted.rows("lines"), *pasting.rows(posted.text("pasted"))]
    kept = {name: value for name, value in form.values.items() if not name.startswith("lines-") and name != "pasted"}
    form.values.clear()
    form.values |= kept
    found = []
    for n, row in enumerate(rows):
        form.values |= {f"lines-{n}-{name}": value for name, value in row.items()}
        bound = bind(ListRow, row, **how)
        form.errors |= {f"lines-{n}-{name}": text for name, text in bound.errors.items()}
        if bound.ok:
            found.append((bound.value.line, bound.value.proof()))
    return found


def counted(posted: Posted, form: Bound[Any]) -> dict[str, list[int | None]]:
    """The results `counts-<n>-…` as code -> [value, of them women], in thousandths; errors stand in `form`."""
    found: dict[str, list[int | None]] = {}
    for n, row in enumerate(posted.rows("counts")):
        form.values |= {f"counts-{n}-{name}": value for name, value in row.items()}
        bound = bind(CountRow, row)
        form.errors |= {f"counts-{n}-{name}": text for name, text in bound.errors.items()}
        if bound.ok and bound.value.value is not None:
            found[bound.value.code] = [bound.value.value, bound.value.women]
    return found


def figures(kept: Mapping[str, Any], codes: Sequence[str]) -> dict[str, Any]:
    """What a report kept of its results, as its form shows it; `codes` in the order of the rows."""
    counts: Mapping[str, Sequence[int | None]] = kept.get("counts", {})
    shown: dict[str, Any] = {"effective": kept.get("effective")}
    for n, code in enumerate(codes):
        value, women = counts.get(code, (None, None))
        shown |= {f"counts-{n}-value": plain(value), f"counts-{n}-women": plain(women)}
    return shown


def judgements(posted: Posted, form: Bound[Any], **how: str) -> dict[int, Judged]:
    """What is said of each receipt of a list, from `rows-<id>-…` for every id in `receipt`; errors stand in `form`."""
    found = {}
    form.values |= {name: values[0] for name, values in posted.fields().items() if name.startswith("rows-")}
    for id in posted.all("receipt"):
        if not (id.isascii() and id.isdigit()):
            continue
        row = {name: posted.text(f"rows-{id}-{name}") for name in Judgement.model_fields}
        bound = bind(Judgement, row, **how)
        form.errors |= {f"rows-{id}-{name}": text for name, text in bound.errors.items()}
        if bound.ok:
            found[int(id)] = Judged(bound.value.opened == "yes", bound.value.accepted, bound.value.because)
    return found


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
