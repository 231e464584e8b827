"""What a browser may send: pydantic models over a mapping. `bind` gives the value or errors by field; what was typed is never lost."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from types import UnionType
from typing import Annotated, Any, Generic, TypeVar, Union, get_args, get_origin

from fastapi import Depends, Request
from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints, ValidationError, ValidationInfo
from starlette.datastructures import FormData, UploadFile

from fundapp.kit import money
from fundapp.kit.i18n import gettext as _
from fundapp.kit.i18n import number

Model = TypeVar("Model", bound="Form")
UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


class Form(BaseModel):
    """Base of every form: unknown fields are refused, so that nothing can be assigned behind our back."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


@dataclass
class Posted:
    """The fields of a request as text, files apart."""

    form: FormData
    received: Mapping[str, list[Any]]

    def text(self, name: str, default: str = "") -> str:
        value = self.form.get(name, default)
        return legible(value) if isinstance(value, str) else default

    def all(self, name: str) -> list[str]:
        return [legible(value) for value in self.form.getlist(name) if isinstance(value, str)]

    def fields(self) -> dict[str, list[str]]:
        return {name: self.all(name) for name in self.form if not isinstance(self.form[name], UploadFile)}

    def rows(self, prefix: str) -> list[dict[str, str]]:
        """Fields named `<prefix>-<n>-<name>` as rows in the order of n; rows in which all is blank are left out."""
        found: dict[int, dict[str, str]] = {}
        for key, values in self.fields().items():
            match = re.fullmatch(rf"{prefix}-(\d{{1,3}})-(\w+)", key)
            if match:
                found.setdefault(int(match[1]), {})[match[2]] = values[0]
        return [row for _, row in sorted(found.items()) if any(value.strip() for value in row.values())]

    def files(self, name: str) -> list[Any]:
        """What the store kept (or an Unfit) for each file posted under this name."""
        return list(self.received.get(name, ()))


def legible(value: str) -> str:
    """Text as it is kept: lines end in a line feed, signs that nobody sees are left out (a database refuses some of them)."""
    return UNSEEN.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))


async def _posted(request: Request) -> Posted:
    return Posted(await request.form(), getattr(request.state, "received", {}))


PostedForm = Annotated[Posted, Depends(_posted)]


@dataclass
class Bound(Generic[Model]):
    """A form as posted: `value` when it is good, else `errors` by field; `values` is what to show again."""

    model: type[Model]
    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    _value: Model | None = None

    @property
    def ok(self) -> bool:
        return not self.errors and self._value is not None

    @property
    def value(self) -> Model:
        assert self._value is not None, "ask `ok` first"
        return self._value


def shown(model: type[Model], values: Mapping[str, Any] | None = None) -> Bound[Model]:
    """A form not yet posted, filled with what is there."""
    return Bound(model, {name: value for name, value in (values or {}).items() if value is not None})


def bind(
    model: type[Model], posted: Posted | Mapping[str, Any], *, ignore: Sequence[str] = (), **context: Any
) -> Bound[Model]:
    """Reads `posted` as `model`. `context` reaches the validators: currency and locale for amounts.

    Blank fields count as not given. Fields named `prefix-n-name` are not part of the model: read them by `posted.rows`.
    """
    fields = posted.fields() if isinstance(posted, Posted) else {k: [v] for k, v in posted.items()}
    raw: dict[str, Any] = {}
    for name, values in fields.items():
        if name in ignore or re.fullmatch(r"\w+-\d+-\w+", name):
            continue
        many = name in model.model_fields and _is_list(model.model_fields[name].annotation)
        given = [v for v in values if not (isinstance(v, str) and v.strip() == "")]
        if many:
            raw[name] = given
        elif given or name not in model.model_fields:
            raw[name] = given[0] if given else ""
    bound = Bound(model, {name: raw.get(name, values[0] if values else "") for name, values in fields.items()})
    try:
        bound._value = model.model_validate(raw, context=context)
    except ValidationError as error:
        for problem in error.errors():
            name = str(problem["loc"][0]) if problem["loc"] else "form"
            bound.errors.setdefault(name, sentence(problem))
    return bound


def sentence(problem: Any) -> str:
    """A pydantic error as one sentence that says what to do, in the reader's language."""
    context, typed = problem.get("ctx", {}), problem.get("input")
    match problem["type"]:
        case "missing":
            return _("Please fill this in.")
        case "string_too_short":
            least, have = context["min_length"], len(str(typed).strip())
            return _("Please write at least %(least)s characters; these are %(have)s.") % {"least": least, "have": have}
        case "string_too_long":
            limit = {"most": number(context["max_length"]), "have": number(len(str(typed).strip()))}
            return _("Please write at most %(most)s characters; these are %(have)s.") % limit
        case "int_parsing" | "int_type" | "int_from_float":
            return _not_whole(typed)
        case "greater_than_equal" | "greater_than":
            return _("This must be at least %(least)s.") % {"least": context.get("ge", context.get("gt"))}
        case "less_than_equal" | "less_than":
            return _("This may be at most %(most)s.") % {"most": context.get("le", context.get("lt"))}
        case "date_from_datetime_parsing" | "date_parsing" | "date_type":
            return _no_date(typed)
        case "enum" | "literal_error":
            return _("Please choose one of the answers given.")
        case "extra_forbidden":
            return _("This field is not known here.")
        case "value_error":
            return str(context.get("error", problem["msg"]))
        case _other:
            return str(problem["msg"])


def _not_whole(typed: Any) -> str:
    return _("“%(typed)s” is not a whole number. Write 12, for example.") % {"typed": typed}


def _no_date(typed: Any) -> str:
    return _("“%(typed)s” is not a date. Write 2026-03-31, for example.") % {"typed": typed}


def _is_list(annotation: Any) -> bool:
    if get_origin(annotation) in (Union, UnionType):
        return any(_is_list(part) for part in get_args(annotation))
    return get_origin(annotation) is list


def _amount(typed: Any, info: ValidationInfo) -> Any:
    if not isinstance(typed, str):
        return typed
    context = info.context or {}
    try:
        return money.parse(typed, context["currency"], context.get("locale", "en"))
    except money.NotMoney as error:
        raise ValueError(_(error.template) % error.values) from None


def _whole(typed: Any) -> Any:
    """A count: ASCII digits only, up to nine."""
    if isinstance(typed, str) and not re.fullmatch(r"\d{1,9}", typed.strip(), re.ASCII):
        raise ValueError(_not_whole(typed))
    return typed


def _thousandths(typed: Any) -> Any:
    """A quantity with at most three decimals, as thousandths."""
    if not isinstance(typed, str):
        return typed
    found = thousandths(typed)
    if found is None:
        raise ValueError(_("“%(typed)s” is not a number. Write 14 or 2.5.") % {"typed": typed})
    return found


def thousandths(text: str) -> int | None:
    """A number as it is typed, with at most three decimals: '14', '2.5' or '2,5'. None for anything else."""
    match = re.fullmatch(r"(\d{1,9})(?:[.,](\d{1,3}))?", text.strip(), re.ASCII)
    return int(match[1]) * 1000 + int((match[2] or "0").ljust(3, "0")) if match else None


def _clock(typed: Any) -> Any:
    if not isinstance(typed, str):
        return typed
    try:
        return time.fromisoformat(typed.strip())
    except ValueError:
        raise ValueError(_("“%(typed)s” is not a time. Write 17:00, for example.", typed=typed)) from None


def _day(typed: Any) -> Any:
    if isinstance(typed, str):
        try:
            day = date.fromisoformat(typed.strip())
        except ValueError:
            raise ValueError(_no_date(typed)) from None
        if not 1800 <= day.year <= 2200:  # beyond lies what cannot be reckoned with
            raise ValueError(_("Please write a day between the years 1800 and 2200."))
        return day
    return typed


def plain(thousandths: int | None) -> str | None:
    """As it is typed: 3500 -> '3.5', 24000 -> '24'."""
    return None if thousandths is None else money.quantity(thousandths)


Amount = Annotated[int, BeforeValidator(_amount)]  # minor units; needs bind(..., currency=, locale=)
Count = Annotated[int, BeforeValidator(_whole)]
Thousandths = Annotated[int, BeforeValidator(_thousandths)]
Day = Annotated[date, BeforeValidator(_day)]
Clock = Annotated[time, BeforeValidator(_clock)]
Words = Annotated[str, StringConstraints(min_length=1, max_length=200)]  # one line
Text = Annotated[str, StringConstraints(max_length=5000)]  # several lines
Because = Annotated[str, StringConstraints(max_length=2000)]
