"""Languages: gettext catalogues compiled in memory from the committed .po files; the language of the moment is a context variable."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from io import BytesIO
from typing import Any, Literal, Protocol

from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.support import NullTranslations, Translations

from fundapp.kit.places import LOCALES

NAMES = {"en": "English", "de": "Deutsch", "mn": "Монгол"}
LANGUAGE: ContextVar[str] = ContextVar("language", default="en")


@cache
def catalogue(language: str) -> NullTranslations:
    path = LOCALES / f"{language}.po"
    if not path.exists():
        return NullTranslations()
    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return Translations(compiled)


def languages() -> list[tuple[str, str]]:
    """(code, own name) of the languages there is a catalogue for; English is the source."""
    return [(code, name) for code, name in NAMES.items() if code == "en" or (LOCALES / f"{code}.po").exists()]


def gettext(message: str, **values: object) -> str:
    """The message in the language of the moment; its fields `%(name)s` are filled when values are given."""
    found = str(catalogue(LANGUAGE.get()).gettext(message))
    return found % values if values else found


def ngettext(one: str, many: str, n: int, **values: object) -> str:
    """As `gettext`, in the form that fits n; `%(num)s` is n itself."""
    return plural(one, many, n) % {"num": n, **values}


def plural(one: str, many: str, n: int) -> str:
    """The form that fits n, its fields not filled: for templates, which fill them."""
    return str(catalogue(LANGUAGE.get()).ngettext(one, many, n))


def mark(message: str) -> str:
    """Leaves the message as it is and marks it for the catalogues: for tables and constants, which are translated when shown."""
    return message


_KEPT: list[tuple[re.Pattern[str], str]] = []


def keep(template: str) -> str:
    """Marks a sentence with fields that is kept in the database in English (`keep("…") % {…}`); `told` translates it when shown."""
    parts = re.split(r"%\((\w+)\)s", template)
    pattern = "".join(
        f"(?P<{part}>.+)" if place % 2 else re.escape(part.replace("%%", "%")) for place, part in enumerate(parts)
    )
    _KEPT.append((re.compile(pattern, re.DOTALL), template))
    return template


def told(text: str) -> str:
    """What the database keeps in English - a marked constant, or a sentence of `keep` - in the language of the moment."""
    if text and text in getattr(catalogue(LANGUAGE.get()), "_catalog", {}):
        return gettext(text)
    if LANGUAGE.get() != "en":
        for pattern, template in _KEPT:
            if match := pattern.fullmatch(text):
                found = match.groupdict()
                return gettext(template, **{name: told(x) if name == "reason" else x for name, x in found.items()})
    return text


def words(code: str) -> str:
    """A code as it stands inside a sentence: in_rating -> 'in rating', translated. Each code list marks its words beside it."""
    return gettext(code.replace("_", " "))


def listed(items: Iterable[str], style: Literal["standard", "or"] = "standard") -> str:
    """'a, b and c', or 'a or b', as the language of the moment says it."""
    text = str(format_list(list(items), style=style, locale=LANGUAGE.get()))
    return text.replace(", and ", " and ").replace(", or ", " or ")


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Everything inside is said in `language`: a letter, a mail to somebody else."""
    token = LANGUAGE.set(language if language in NAMES else "en")
    try:
        yield
    finally:
        LANGUAGE.reset(token)


def number(value: float, places: int | None = None) -> str:
    """The number as the language of the moment writes it: 1,234.5 / 1.234,5 / 1 234.5; exactly `places` decimals, or at most three."""
    pattern = "#,##0.###" if places is None else "#,##0" + ("." + "0" * places if places else "")
    text = str(format_decimal(value, format=pattern, locale=LANGUAGE.get()))
    return text.replace(",", "\N{NO-BREAK SPACE}") if LANGUAGE.get() == "mn" else text


class Named(Protocol):
    @property
    def given_name(self) -> str: ...
    @property
    def family_name(self) -> str: ...


def called(person: Named, form: str = "list") -> str:
    """The person's name as the reader's language writes it. In Mongolian the father's name stands first: Б.Болд in lists,
    "full" Батын Болд; else given and family name, "initial" for narrow columns: B. Bold."""
    given, family = person.given_name, person.family_name
    if not family:
        return given
    if LANGUAGE.get() == "mn":
        return f"{family} {given}" if form == "full" else f"{family[0]}.{given}"
    return f"{family[0]}. {given}" if form == "initial" else f"{given} {family}"


def choose(wanted: str | None, accept: str) -> str:
    """The language wanted if we have it, else the first of the browser's Accept-Language that we have, else English."""
    known = dict(languages())
    if wanted in known:
        return wanted
    for part in accept.split(","):
        code = part.split(";")[0].strip().lower()[:2]
        if code in known:
            return code
    return "en"


def named(thing: Any) -> str:
    """The name of a branch or an area in the language of the moment, as `names` has it, else its `name`."""
    return str((thing.names or {}).get(LANGUAGE.get()) or thing.name)


ALPHABET = "абвгдеёжзийклмноөпрстуүфхцчшщъыьэюя"  # Mongolian: Ё after Е, Ө after О, Ү after У
PLACES = {ord(letter): chr(0x430 + place) for place, letter in enumerate(ALPHABET)}


def by_name(text: str) -> tuple[str, str]:
    """A key that sorts names as a reader expects: Mongolian letters by their alphabet, Ä as A, small as capital."""
    folded = "".join(
        PLACES.get(ord(letter)) or unicodedata.normalize("NFD", letter)[0]
        for letter in unicodedata.normalize("NFC", text.strip().casefold())
    )
    return folded, text
