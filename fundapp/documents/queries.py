"""Which template holds, what a letter may say, and which documents there are."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from fundapp.documents.letters import Letter
from fundapp.documents.models import Document, WordTemplate
from fundapp.documents.pictures import is_chart
from fundapp.files.models import File
from fundapp.kit.database import ReadSession
from fundapp.kit.i18n import gettext as _
from fundapp.kit.places import DOCUMENTS
from fundapp.people.models import Person

LOOPED = ("item", "part", "detail")  # what a template may call an entry of a list, and of a list inside it


def active(session: ReadSession, name: str, language: str) -> WordTemplate | None:
    """The uploaded version that holds; None: the shipped template."""
    return session.scalars(
        select(WordTemplate).where(
            WordTemplate.name == name,
            WordTemplate.language == language,
            WordTemplate.activated_at.is_not(None),
            WordTemplate.retired_at.is_(None),
        )
    ).first()


def shipped(name: str, language: str) -> bytes | None:
    """The template that comes with the program, or None."""
    path = DOCUMENTS / f"{name}.{language}.docx"
    return path.read_bytes() if path.exists() else None


def template_for(session: ReadSession, name: str, language: str) -> tuple[str, WordTemplate | None, bytes | None]:
    """(language, uploaded version, shipped bytes) that a new document takes; English when there is none in the language wanted."""
    template = active(session, name, language)
    data = shipped(name, language)
    if template is None and data is None and language != "en":
        return template_for(session, name, "en")
    return language, template, data


def sha256_of(session: ReadSession, template: WordTemplate | None, data: bytes | None) -> str:
    """The hash of the uploaded version, else of the shipped bytes; '' when there is neither."""
    if template is not None:
        return session.get_one(File, template.file_id).sha256
    return hashlib.sha256(data).hexdigest() if data else ""


@dataclass(frozen=True)
class Holding:
    """One letter in one language. `version` None: the shipped template holds; `waiting`: uploaded, fit, not yet activated."""

    letter: Letter
    language: str
    version: WordTemplate | None
    waiting: int


def holdings(session: ReadSession, letters: Mapping[str, Letter]) -> list[Holding]:
    """What holds for every letter in each language that is shipped or was uploaded; English first."""
    held = WordTemplate.activated_at.is_not(None) & WordTemplate.retired_at.is_(None)
    versions = {(row.name, row.language): row for row in session.scalars(select(WordTemplate).where(held))}
    waits = (
        select(WordTemplate.name, WordTemplate.language, func.count())
        .where(WordTemplate.fit, WordTemplate.activated_at.is_(None))
        .group_by(WordTemplate.name, WordTemplate.language)
    )
    waiting = {(name, language): number for name, language, number in session.execute(waits)}
    names = [path.name.split(".") for path in DOCUMENTS.glob("*.*.docx")]
    found = {(name, language) for name, language, *_ in names} | versions.keys() | waiting.keys()
    return [
        Holding(letter, language, versions.get((name, language)), waiting.get((name, language), 0))
        for name, letter in letters.items()
        for language in sorted(
            {other for which, other in found if which == name}, key=lambda code: (code != "en", code)
        )
    ]


def find_version(session: ReadSession, id: int, *, visible_to: Person) -> WordTemplate | None:
    return session.get(WordTemplate, id)


def versions_of(session: ReadSession, name: str, language: str, limit: int = 50) -> list[WordTemplate]:
    """The uploaded versions of one letter in one language, newest first."""
    asked = select(WordTemplate).where(WordTemplate.name == name, WordTemplate.language == language)
    return list(session.scalars(asked.order_by(WordTemplate.id.desc()).limit(limit)))


def of_case(session: ReadSession, case_id: int) -> list[Document]:
    return list(session.scalars(select(Document).where(Document.case_id == case_id).order_by(Document.id.desc())))


def latest(session: ReadSession, name: str, subject: str) -> Document | None:
    """The newest document of this name about `subject`."""
    asked = select(Document).where(Document.name == name, Document.subject == subject).order_by(Document.id.desc())
    return session.scalars(asked.limit(1)).first()


def file_of(session: ReadSession, document: Document) -> File | None:
    return session.get(File, document.file_id) if document.file_id else None


@dataclass(frozen=True)
class FieldShown:
    """A field as it is written in a template, and what the sample gives for it; `depth` counts the lists around it."""

    write: str
    sample: str
    depth: int = 0


def fields(letter: Letter) -> list[FieldShown]:
    """Every field that a template of this letter may use, in the order of its sample."""
    return list(_fields(letter.sample, "", 0))


def _fields(group: Mapping[str, Any], prefix: str, depth: int) -> Iterator[FieldShown]:
    for key, value in group.items():
        yield from _field(f"{prefix}{key}", value, depth)


def _field(path: str, value: Any, depth: int) -> Iterator[FieldShown]:
    if is_chart(value) or (isinstance(value, Mapping) and "png" in value):
        yield FieldShown(f"{{{{ {path} }}}}", _("a picture"), depth)
    elif isinstance(value, Mapping):
        yield from _fields(value, f"{path}.", depth)
    elif isinstance(value, list | tuple):
        name = LOOPED[min(depth, len(LOOPED) - 1)]
        yield FieldShown(
            f"{{% for {name} in {path} %}} … {{% endfor %}}", _("a list, here of %(count)s", count=len(value)), depth
        )
        if all(isinstance(member, Mapping) for member in value):
            together = {key: next(m[key] for m in value if key in m) for member in value for key in member}
            yield from _fields(together, f"{name}.", depth + 1)
        else:
            yield FieldShown(f"{{{{ {name} }}}}", str(value[0]), depth + 1)
    elif isinstance(value, bool):
        yield FieldShown(f"{{% if {path} %}} … {{% endif %}}", _("yes") if value else _("no"), depth)
    else:
        yield FieldShown(f"{{{{ {path} }}}}", "" if value is None else str(value), depth)
