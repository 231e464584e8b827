"""Languages: gettext catalogues compiled in memory from the committed .po files; the language of the moment is a context variable."""

from contextvars import ContextVar
from functools import cache
from io import BytesIO

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
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
    """As `gettext`, in the form that fits n; `%(num)s` is n itself when values are given."""
    found = str(catalogue(LANGUAGE.get()).ngettext(one, many, n))
    return found % {"num": n, **values} if values else found


def mark(message: str) -> str:
    """Leaves the message as it is and marks it for the catalogues: for tables and constants, which are translated when shown."""
    return message


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
