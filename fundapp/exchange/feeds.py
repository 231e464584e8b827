"""Calls as a calendar (RFC 5545) and as a feed (RFC 4287). Values in, text out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from fundapp.kit import calendars
from fundapp.kit.calendars import UNSEEN, Event

ATOM = "http://www.w3.org/2005/Atom"


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
    events = [
        Event(
            f"call-{call.id}{'-' + region.lower() if region else ''}@{host}", summary, call.text, call.url, until, until,
            call.updated_at, call.edition - 1, call.lang,
        )
        for call in calls
        for region, summary, until in call.deadlines
    ]  # fmt: skip
    return calendars.calendar(name, "Calls", events)


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
