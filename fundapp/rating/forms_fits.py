"""Which rules somebody tries out on the page "what fits": fields of its address, since nothing is changed by asking."""

from typing import Annotated, Literal

from pydantic import Field

from fundapp.kit.i18n import gettext as _
from fundapp.kit.web.forms import Amount, Bound, Count, Form, Posted, bind
from fundapp.rating.fits import Least, Rules

LEASTS = 3  # rows to write into


class FitsForm(Form):
    money: Amount
    held: Amount = 0
    ceiling: Amount | None = None
    one_each: Literal["yes", ""] = ""


class LeastForm(Form):
    number: Annotated[Count, Field(ge=1, le=999)]
    group: str


def rules(form: Bound[FitsForm], posted: Posted, groups: dict[str, str]) -> Rules | None:
    """The rules as typed; None when something is wrong, with the errors in the form. `groups`: what may be chosen, by key."""
    leasts = []
    for n, row in enumerate(posted.rows("least")):
        name = f"least-{n}-number"
        form.values |= {f"least-{n}-{key}": value for key, value in row.items()}
        if not row.get("number", "").strip():
            continue
        read = bind(LeastForm, row)
        if not read.ok:
            form.errors[name] = read.errors.get("number") or _("Say from which branch or region.")
        elif read.value.group not in groups:
            form.errors[name] = _("Say from which branch or region.")
        else:
            leasts.append(Least(read.value.group, read.value.number))
    if not form.ok:
        return None
    typed = form.value
    return Rules(typed.money, typed.held, typed.ceiling, typed.one_each == "yes", tuple(leasts))


def kept(rules: Rules) -> dict[str, object]:
    """The rules as the form shows them."""
    rows = {f"least-{n}-number": str(each.number) for n, each in enumerate(rules.leasts)}
    rows |= {f"least-{n}-group": each.group for n, each in enumerate(rules.leasts)}
    return {
        "money": rules.money,
        "held": rules.held,
        "ceiling": rules.ceiling,
        "one_each": "yes" if rules.one_each else "",
        **rows,
    }
