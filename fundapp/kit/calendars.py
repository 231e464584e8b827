"""Events as an iCalendar (RFC 5545). Values in, text out."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")  # what the format cannot hold
MOST = 75  # octets in a line


@dataclass(frozen=True)
class Event:
    """One event. `uid` stays whatever changes; `edition` counts changes from 0. `busy`: it takes its time in the calendar."""

    uid: str
    summary: str
    text: str
    url: str
    starts: datetime
    ends: datetime
    changed: datetime
    edition: int
    lang: str
    place: str = ""
    busy: bool = False


def calendar(name: str, kind: str, events: Iterable[Event]) -> bytes:
    """A calendar named `name`; `kind` says to other programs what of ours made it."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:-//{_text(name)}//{kind}//EN", "CALSCALE:GREGORIAN"]
    lines += ["METHOD:PUBLISH", f"NAME:{_text(name)}", f"X-WR-CALNAME:{_text(name)}"]
    for event in events:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{event.uid}",
            f"DTSTAMP:{_moment(event.changed)}",
            f"LAST-MODIFIED:{_moment(event.changed)}",
            f"SEQUENCE:{event.edition}",
            f"DTSTART:{_moment(event.starts)}",
            f"DTEND:{_moment(event.ends)}",
            f"SUMMARY;LANGUAGE={event.lang}:{_text(event.summary)}",
            f"DESCRIPTION;LANGUAGE={event.lang}:{_text(event.text)}",
            *([f"LOCATION:{_text(event.place)}"] if event.place else []),
            f"URL:{event.url}",
            *([] if event.busy else ["TRANSP:TRANSPARENT"]),
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return b"".join(_folded(line) + b"\r\n" for line in lines)


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(value: str) -> str:
    """A text value: backslash, semicolon, comma and line ends escaped (RFC 5545, 3.3.11)."""
    clean = UNSEEN.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))
    return clean.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _folded(line: str) -> bytes:
    """The line in parts of at most 75 octets, never within a character (RFC 5545, 3.1)."""
    parts, part = [], b""
    for sign in line:
        octets = sign.encode()
        if len(part) + len(octets) > MOST:
            parts.append(part)
            part = b" "
        part += octets
    return b"\r\n".join([*parts, part])
