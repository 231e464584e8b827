"""What a template may do: print plain fields, loop over lists, choose. No methods, no globals, nothing that grows."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import StrictUndefined, Undefined
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context, LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import missing
from markupsafe import Markup, escape

WORDS = {"capitalize", "join", "lower", "replace", "string", "title", "trim", "truncate", "upper", "wordcount"}
NUMBERS = {"abs", "float", "int", "max", "min", "round", "sum"}
LISTS = {"list", "reject", "rejectattr", "reverse", "select", "selectattr", "sort", "unique"}  # give a list of the same
OTHERS = {"count", "dictsort", "first", "items", "last", "length", "map"}
FILTERS = WORDS | NUMBERS | LISTS | OTHERS
BROKEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # what XML cannot hold
BREAK = '</w:t><w:br/><w:t xml:space="preserve">'
STOP = '</w:t><w:tab/><w:t xml:space="preserve">'


class Missing(StrictUndefined):
    """A field that does not exist: any use of it fails, and says so in plain words."""

    __slots__ = ()

    @property
    def _undefined_message(self) -> str:
        if self._undefined_hint:
            return self._undefined_hint
        inside = "" if self._undefined_obj is missing else " here"
        return f"there is no field '{self._undefined_name}'{inside}"


class Picture:
    """A picture on its way into the file; `markup` is asked when its place is reached."""

    __slots__ = ("markup",)

    def __init__(self, markup: Callable[[], str]) -> None:
        self.markup = markup


class Sandbox(ImmutableSandboxedEnvironment):
    """Jinja for templates that strangers may have edited; `words` turns a printed value into what the file holds."""

    intercepted_binops = frozenset({"*", "**"})

    def __init__(self, words: Callable[[object], str], *, autoescape: bool) -> None:
        super().__init__(autoescape=autoescape, undefined=Missing, finalize=words, keep_trailing_newline=True)
        self.globals.clear()
        self.filters = {name: self.filters[name] for name in FILTERS}

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, Mapping):
            return obj[attribute] if attribute in obj else self.undefined(obj=obj, name=attribute)
        if isinstance(obj, LoopContext | Undefined) and not attribute.startswith("_"):
            return super().getattr(obj, attribute)
        return self.unsafe_undefined(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        if isinstance(obj, Undefined):
            return super().getitem(obj, argument)
        if isinstance(obj, Mapping | list | tuple | str):
            try:
                return obj[argument]
            except (TypeError, LookupError):
                return self.undefined(obj=obj, name=str(argument))
        return self.unsafe_undefined(obj, str(argument))

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        if operator == "*" and isinstance(left, int | float) and isinstance(right, int | float):
            return left * right
        raise SecurityError(f"'{operator}' is not allowed here")

    def unsafe_undefined(self, obj: Any, attribute: str) -> Undefined:
        return self.undefined(f"'{attribute}' is not a field and must not be asked for", obj, attribute, SecurityError)


def text(value: object) -> str:
    """A printed value as text. Raises ValueError where a group, a list or nothing at all would be printed."""
    if isinstance(value, Undefined):
        return str(value)  # raises, naming the field
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        what = {type(None): "an empty value", bool: "a yes or no", list: "a list"}.get(type(value), "a group of fields")
        raise ValueError(f"{what} is printed where a text is expected")
    return BROKEN.sub("", str(value).replace("\r\n", "\n").replace("\r", "\n"))


def _in_word(value: object) -> str:
    if isinstance(value, Picture):
        return Markup(value.markup())  # noqa: S704 - drawn by docxtpl, no field in it but an escaped description
    return Markup(str(escape(text(value))).replace("\n", BREAK).replace("\t", STOP))  # noqa: S704 - escaped just here


def _in_plain(value: object) -> str:
    return text(value).replace("\n", "\v")


WORD = Sandbox(_in_word, autoescape=True)
PLAIN = Sandbox(_in_plain, autoescape=False)
