"""Checks a Word template against the sample fields of its letter, before a person may activate it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from jinja2 import TemplateSyntaxError

from fundapp.documents import wording
from fundapp.documents.naming import Naming, Wrong
from fundapp.documents.package import NotAWordFile, parts, tree
from fundapp.documents.pictures import is_chart
from fundapp.documents.reading import W, places, plain, texts
from fundapp.documents.sandbox import PLAIN
from fundapp.documents.word import SPEAKING, TAGS, CannotFill, Template, is_picture

DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mP8/x8AAwMCAO+ip1sAAAAASUVORK5CYII="
RICH = re.compile(r"{{\s*(r|p|tr|tc) +\w")
MERGED = re.compile(r"{%\s*(vm|hm)\s*%}")
TWO = {kind: re.compile(rf"{{%{kind} ") for kind in ("tr", "tc", "p")}
CHANGES = ("ins", "del", "moveFrom", "moveTo", "rPrChange", "pPrChange")


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong ('error') or worth knowing ('note'); `name` is the field or tag, `place` where it stands."""

    severity: Literal["error", "note"]
    message: str
    place: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """All findings, errors first. A template with an error must not be activated."""

    findings: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.severity == "error")

    @property
    def passed(self) -> bool:
        return not self.errors


def check(data: bytes, sample: Mapping[str, Any]) -> Report:
    """Reads the template, looks up every field in the sample, fills it once with the sample and reads that back.

    Uploads of strangers are checked through `process.check`, which does the same in a process with limits.
    """
    try:
        members = parts(data)
        findings = list(_findings(members, sample))
    except NotAWordFile as error:
        return Report(tuple(Finding("error", reason) for reason in error.reasons))
    if not any(finding.severity == "error" for finding in findings):
        findings += _trial(data, sample)
    return Report(tuple(sorted(findings, key=lambda finding: finding.severity)))


def _findings(members: Mapping[str, bytes], sample: Mapping[str, Any]) -> Iterator[Finding]:
    naming = Naming(sample)
    readable = True
    for name, content in members.items():
        if SPEAKING.fullmatch(name):
            root = tree(content)
            lines, at = texts(root), places(root, name)
            names = [place.name for place in at]
            wrong = list(_tags(lines, names))
            yield from wrong
            yield from _left_over(root)
            try:
                parsed = PLAIN.parse(plain(lines, at, numbered=True))
                PLAIN.parse(plain(lines, at))
                yield from (_named(found, names) for found in naming.walk(parsed))
            except TemplateSyntaxError as error:
                readable = False
                if not wrong:
                    yield Finding("error", _unreadable(str(error.message)), _at(names, error.lineno))
        elif name.endswith(".xml") and any(
            tag in re.sub(rb"<[^>]*>", b"", content).decode(errors="replace") for tag in TAGS
        ):
            yield Finding("error", wording.NOT_FILLED % {"part": name}, name, name)
    if any(re.match(r"word/comments\d*\.xml", name) for name in members):
        yield Finding("note", wording.COMMENTS)
    if readable:
        for unused in naming.unused():
            yield Finding("note", wording.UNUSED % {"field": unused}, "", unused)


def _tags(lines: list[str], names: list[str]) -> Iterator[Finding]:
    for line, place in zip(lines, names, strict=True):
        for opening, closing in (("{{", "}}"), ("{%", "%}"), ("{#", "#}")):
            if line.count(opening) != line.count(closing):
                yield Finding("error", wording.NO_MATCH % {"opening": opening, "closing": closing}, place, opening)
        if match := RICH.search(line):
            yield Finding("error", wording.FORMATTED % {"tag": match[0]}, place, match[0])
        if match := MERGED.search(line):
            yield Finding("error", wording.MERGED_CELLS % {"tag": match[0]}, place, match[0])
        for kind, tag in TWO.items():
            if len(tag.findall(line)) > 1:
                yield Finding("error", wording.TWO_TAGS % {"kind": kind}, place, f"{{%{kind}")
    rows = Counter(place.rpartition(",")[0] for line, place in zip(lines, names, strict=True) if "{%tr " in line)
    for row, number in rows.items():
        if row and number > 1:
            yield Finding("error", wording.TWO_ROWS, row, "{%tr")


def _unreadable(message: str) -> str:
    if message.startswith("Unexpected end of template"):
        return wording.NOT_CLOSED
    return wording.UNREADABLE % {"reason": message.rstrip(".")}


def _left_over(root: Any) -> Iterator[Finding]:
    if changes := sum(1 for _ in root.iter(*(f"{W}{name}" for name in CHANGES))):
        yield Finding("note", wording.CHANGES_OPEN % {"count": changes})


def _named(wrong: Wrong, names: list[str]) -> Finding:
    return Finding("error", wrong.message, _at(names, wrong.line), wrong.name)


def _at(names: list[str], line: int) -> str:
    return names[min(line, len(names)) - 1] if names else ""


def _trial(data: bytes, sample: Mapping[str, Any]) -> Iterator[Finding]:
    """One filling with the sample; a chart is drawn as a dot."""
    fields = _dotted(sample)
    try:
        template = Template(data)
        filled = template.render(fields)
    except CannotFill as error:
        yield Finding("error", wording.TRIAL_FAILED % {"reason": error.reason}, error.place)
        return
    for path, fewer in _emptied(fields):
        try:
            template.render(fewer)
        except CannotFill as error:
            yield Finding("note", wording.EMPTY_FAILED % {"path": path, "reason": error.reason}, error.place, path)
    for difference in template.differences(filled, fields):
        said = wording.DIFFERS % {"expected": difference.expected or "", "found": difference.found or ""}
        yield Finding("error", said, difference.place)


def _emptied(fields: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The fields once more for each list in them, with that list empty."""
    for key, value in fields.items():
        if isinstance(value, list):
            yield key, {**fields, key: []}
            inner = {path for member in value if isinstance(member, Mapping) for path, _ in _emptied(member)}
            for path in sorted(inner):
                members = [dict(_emptied(member)).get(path, member) for member in value]
                yield f"{key}[].{path}", {**fields, key: members}
        elif isinstance(value, Mapping) and not is_picture(value):
            for path, fewer in _emptied(value):
                yield f"{key}.{path}", {**fields, key: fewer}


def _dotted(value: Any) -> Any:
    if is_chart(value):
        return {"png": DOT, "width_cm": 1}
    if isinstance(value, Mapping):
        return value if is_picture(value) else {key: _dotted(inner) for key, inner in value.items()}
    return [_dotted(inner) for inner in value] if isinstance(value, list | tuple) else value
