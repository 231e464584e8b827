"""A filled Word form read back: field by field, what stands in it as the pages of the form would send it. Stores nothing."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice

from fundapp.documents import blanks, controls, package
from fundapp.documents.package import NotAWordFile as NotAWordFile
from fundapp.files.store import Unfit, media_type
from fundapp.funds.questions import Question, choices_of
from fundapp.kit import i18n
from fundapp.kit.i18n import gettext as _
from fundapp.measures.fields import PAGES, Field

KEYWORD = "led-form"
PICTURE = re.compile(r"word/media/[^/]+\.(png|jpe?g)", re.IGNORECASE)
PHOTOS = 20
DAY = re.compile(r"(\d{1,2})[./ ]+(\d{1,2})[./ ]+(\d{4})")
BACKWARD = re.compile(r"(\d{4})[./ -]+(\d{1,2})[./ -]+(\d{1,2})")


@dataclass(frozen=True)
class Unread:
    """A field that could not be taken: its name, what stands in it, and why."""

    name: str
    label: str
    text: str
    why: str


@dataclass(frozen=True)
class Picture:
    """A picture pasted into the document."""

    name: str
    data: bytes
    media_type: str


@dataclass
class Reading:
    """What was read: page -> field -> text; `key` says for what the document was made."""

    key: dict[str, str]
    texts: dict[str, dict[str, str]] = field(default_factory=dict)
    unread: list[Unread] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many fields hold something."""
        return sum(1 for texts in self.texts.values() for text in texts.values() if text)


def key_of(**facts: object) -> str:
    """What is kept with a document: for which call, edition, form, language and proposal it was made."""
    return blanks.key_of(KEYWORD, **facts)


def read(data: bytes, asked: Sequence[Question], lists: Mapping[str, Sequence[tuple[str, str]]]) -> Reading:
    """Reads a Word file. Raises NotAWordFile, with every reason, for one that cannot be taken.

    `asked`: the call's own questions; `lists`: what can be chosen as region and bottleneck, as (code, words).
    """
    parts = package.parts(data)
    found = Reading(blanks.key_in(parts, KEYWORD))
    boxes: dict[str, list[str]] = {}
    for each in controls.read(package.tree(parts["word/document.xml"])):
        page, known = _place(each.name, asked)
        if page is None:
            if each.text:
                found.unread.append(Unread(each.name, each.name, each.text, _("this form has no such field")))
        elif page == "questions" and "-" in each.name:
            name, _dash, code = each.name.partition("-")
            boxes.setdefault(name, []).extend([code] if each.text else [])
        else:
            text = _text(found, each, known, asked, lists)
            if text is not None:
                found.texts.setdefault(page, {})[each.name] = text
    for name, codes in boxes.items():
        found.texts.setdefault("questions", {})[name] = "\n".join(codes)
    found.pictures = list(islice(_pictures(parts), PHOTOS))
    return found


def _place(name: str, asked: Sequence[Question]) -> tuple[str | None, Field | None]:
    """The page of a field by its name, and what the catalogue says of it."""
    if name.startswith("q_"):
        codes = {f"q_{each.code}" for each in asked}
        return ("questions" if name.partition("-")[0] in codes else None), None
    prefix, _dash, rest = name.partition("-")
    for page, found in PAGES.items():
        if rest and found.table is not None and found.table.prefix == prefix:
            own = re.fullmatch(r"[0-9]{1,9}-(\w+)", rest)
            known = next((each for each in found.table.fields if own and each.name == own[1]), None)
            return (page, known) if known else (None, None)
        if not rest and (known := next((each for each in found.fields if each.name == name), None)):
            return page, known
    return None, None


def _text(
    found: Reading,
    each: controls.Found,
    known: Field | None,
    asked: Sequence[Question],
    lists: Mapping[str, Sequence[tuple[str, str]]],
) -> str | None:
    """What the page of the form would send; None where it cannot be said, which is noted."""
    label, kind, options = each.name, "line", list[tuple[str, str]]()
    if known is not None:
        label, kind = _(known.label), known.kind
        options = [*lists.get(known.kind, ()), *known.choices.items()]
    else:
        question = next(q for q in asked if f"q_{q.code}" == each.name)
        label = next(iter(question.label.values()), each.name)
        kind = question.kind
        options = [pair for lang in (*question.label, "") for pair in choices_of(question, lang)]
    if not each.text:
        return ""
    if options:
        code = _code(each.text, options)
        if code is None:
            found.unread.append(
                Unread(each.name, label, each.text, _("this is none of the answers that can be chosen"))
            )
        return code
    if kind == "tick":
        return "yes" if each.text == "yes" else ""
    if kind == "date":
        return _day(each.text)
    return each.text if kind in ("text", "long") else " ".join(each.text.split("\n")).strip()


def _code(text: str, options: Sequence[tuple[str, str]]) -> str | None:
    """The code of what was chosen, by its words in any language or by itself."""
    wanted = " ".join(text.split()).casefold()
    for code, words in options:
        said = {code, words, *(_in(language, words) for language in i18n.NAMES)}
        if wanted in {" ".join(each.split()).casefold() for each in said}:
            return str(code)
    return None


def _in(language: str, words: str) -> str:
    with i18n.speaking(language):
        return _(words)


def _day(text: str) -> str:
    """A day as 2026-03-31; what is no day stays as it is, and the page of the form says so."""
    if match := BACKWARD.fullmatch(text.strip()):
        year, month, day = match.groups()
    elif match := DAY.fullmatch(text.strip().rstrip(".")):
        day, month, year = match.groups()
    else:
        return text
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return text


def pictures(data: bytes) -> list[Picture]:
    """The pictures pasted into a Word file, at most twenty. Raises NotAWordFile."""
    return list(islice(_pictures(package.parts(data)), PHOTOS))


def _pictures(parts: Mapping[str, bytes]) -> Iterator[Picture]:
    """Those that are what their names say."""
    for name in sorted(filter(PICTURE.fullmatch, parts)):
        try:
            yield Picture(name.rpartition("/")[2], parts[name], media_type(name, parts[name]))
        except Unfit:
            continue
