"""Calls as a calendar (RFC 5545) and as a feed (RFC 4287). Values in, text out."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from lxml import etree

ATOM = "http://www.w3.org/2005/Atom"
UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")  # what neither format can hold
MOST = 75  # octets in a line of a calendar


@dataclass(frozen=True)
class Told:
    """A call in one language. `deadlines`: ("", moment) of the whole call, then (region, moment) of those with more time."""

    id: int
    url: str
    title: str
    text: str
    lang: str
    published_at: datetime
    updated_at: datetime
    edition: int
    deadlines: Sequence[tuple[str, str, datetime]]  # (code of the region or "", summary, until when)


def calendar(name: str, host: str, calls: Iterable[Told]) -> bytes:
    """An iCalendar of deadlines: one event for each deadline, with an id that stays whatever changes."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:-//{_text(name)}//Calls//EN", "CALSCALE:GREGORIAN"]
    lines += ["METHOD:PUBLISH", f"NAME:{_text(name)}", f"X-WR-CALNAME:{_text(name)}"]
    for call in calls:
        for region, summary, until in call.deadlines:
            lines += [
                "BEGIN:VEVENT",
                f"UID:call-{call.id}{'-' + region.lower() if region else ''}@{host}",
                f"DTSTAMP:{_moment(call.updated_at)}",
                f"LAST-MODIFIED:{_moment(call.updated_at)}",
                f"SEQUENCE:{call.edition - 1}",
                f"DTSTART:{_moment(until)}",
                f"DTEND:{_moment(until)}",
                f"SUMMARY;LANGUAGE={call.lang}:{_text(summary)}",
                f"DESCRIPTION;LANGUAGE={call.lang}:{_text(call.text)}",
                f"URL:{call.url}",
                "TRANSP:TRANSPARENT",
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


def feed(name: str, url: str, calls: Sequence[Told], opened: datetime) -> bytes:
    """An Atom feed of calls, newest first; `opened` is its date as long as it is empty."""
    root = etree.Element(f"{{{ATOM}}}feed", nsmap={None: ATOM})  # type: ignore[dict-item]
    _add(root, "id", f"{url}/calls")
    _add(root, "title", name)
    _add(root, "updated", max([call.updated_at for call in calls], default=opened).isoformat())
    _add(root, "link", rel="self", type="application/atom+xml", href=f"{url}/calls.atom")
    _add(root, "link", rel="alternate", type="text/html", href=f"{url}/calls")
    _add(_add(root, "author"), "name", name)
    for call in calls:
        entry = _add(root, "entry")
        entry.set("{http://www.w3.org/XML/1998/namespace}lang", call.lang)
        _add(entry, "id", call.url)
        _add(entry, "title", call.title)
        _add(entry, "published", call.published_at.isoformat())
        _add(entry, "updated", call.updated_at.isoformat())
        _add(entry, "link", rel="alternate", type="text/html", href=call.url)
        _add(entry, "summary", "\n".join([*(summary for _region, summary, _until in call.deadlines), call.text]))
    found: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return found


def _add(parent: etree._Element, name: str, text: str = "", **attributes: str) -> etree._Element:
    child = etree.SubElement(parent, f"{{{ATOM}}}{name}", attributes)
    child.text = UNSEEN.sub("", text) or None
    return child
