"""Every address of the application as one person asks for it, unpacked, and words that must not be in the answers."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from sqlalchemy import select

from fundapp.documents.models import Document
from fundapp.files.models import File
from fundapp.funds.models import Call
from fundapp.mail.models import Message
from fundapp.measures.models import Annex, Measure
from fundapp.overview.today import BLOCKS
from fundapp.people.models import Person
from fundapp.rating.models import Committee, Criterion, Member, Sheet
from fundapp.rating.proceedings import Meeting
from fundapp.reminders.models import Obligation
from tests.documents.stained import unpacked
from tests.house.test_routes import routes

NONSENSE = "Zqynowhereatall"
LEAVES = re.compile(r"^/(static|people/(sign-out|enter|link|first|address)|favicon|healthz)")
CALM = re.compile(
    r'((?:name="key" value="|key=|w:id="|w:id w:val=")|w3cdtf">)[\w:-]+'
)  # made anew each time: keys, numbers and moments of files
WORDS = {
    "lang": ["en"], "language": ["en"], "key": ["x"], "name": ["currency"], "purpose": ["reset"], "section": ["measure"],
    "what": ["first-page", "signed-page"], "figure": ["effective"], "no": range(1, 7), "number": range(1, 3),
    "block": list(BLOCKS),
}  # fmt: skip
NAMED = (  # how an address begins, and what its number is
    (r"/(rating/calls|funds/calls|calls)/", Call), (r"/(cases|mine|measures|\w+/measures)/", Measure), (r"/rating/sheets/", Sheet),
    (r"/rating/meetings/", Meeting), (r"/rating/committees/", Committee), (r"/rating/members/", Member), (r"/documents/", Document),
    (r"/rating/criteria/", Criterion), (r"/people/persons/|/handing-over/", Person), (r"/obligations/", Obligation), (r"/outbox/", Message),
)  # fmt: skip


@dataclass
class Seen:
    """What an address answered: status, headers that tell of the content, and all that can be read in it."""

    status: int
    headers: dict[str, str]
    body: bytes

    def text(self) -> str:
        return CALM.sub(r"\1", (repr(self.headers) + self.body.decode("utf-8", "ignore")).lower())


@dataclass
class Crawl:
    browser: Any
    seen: dict[str, Seen] = field(default_factory=dict)

    def every(self, first: Iterable[str]) -> "Crawl":
        """These addresses, then whatever the pages lead to."""
        todo = list(first)
        while todo:
            url = todo.pop(0).partition("#")[0]
            if url in self.seen or LEAVES.match(url):
                continue
            answer = self.browser.get(url)
            assert answer.status_code < 500, (url, answer.status_code)
            told = {
                name: answer.headers.get(name, "")
                for name in ("etag", "last-modified", "location", "content-disposition")
            }
            packed = len(answer.content) if answer.content[:2] == b"PK" else 0  # its bytes tell when it was made
            self.seen[url] = Seen(answer.status_code, told, unpacked(answer.content)[packed:])
            if "html" in answer.headers.get("content-type", ""):
                todo += [
                    each.replace("&amp;", "&") for each in re.findall(r'(?:href|hx-get|src)="(/[^"]*)"', answer.text)
                ]
            assert len(self.seen) < 3000
        return self

    def with_words(self, words: Iterable[str]) -> dict[str, list[str]]:
        """address -> which of the words stand in its answer."""
        looked = [word.lower() for word in words]
        found = {url: [word for word in looked if word in seen.text()] for url, seen in self.seen.items()}
        return {url: words for url, words in found.items() if words}

    def other(self, than: "Crawl") -> dict[str, tuple[str, str]]:
        """address -> where it answers otherwise than in the other crawl."""
        both = self.seen.keys() | than.seen.keys()
        return {
            url: _first(self.seen.get(url), than.seen.get(url))
            for url in sorted(both)
            if _text(self.seen.get(url)) != _text(than.seen.get(url))
        }


def addresses(app: Any, session: Any) -> Iterator[str]:
    """All addresses that there are, with the numbers of all that there is."""
    for route in routes(app.fastapi):
        if "GET" not in route.methods:
            continue
        names = re.findall(r"{(\w+)}", route.path)
        for values in product(*(_values(session, route.path, name) for name in names)):
            url = route.path
            for name, value in zip(names, values, strict=True):
                url = url.replace(f"{{{name}}}", str(value))
            yield url


def _values(session: Any, path: str, name: str) -> list[Any]:
    if name in WORDS:
        return list(WORDS[name])
    if name in ("file_id", "annex_id", "sheet_id"):
        return _ids(session, {"file_id": File, "annex_id": Annex, "sheet_id": Sheet}[name])
    for begins, table in NAMED:
        if re.match(begins, path):
            return [*_ids(session, table), 99_999]
    return [1, 2, 99_999]


def _ids(session: Any, table: Any) -> list[int]:
    """All numbers of what a rating is about; of the rest the first, the rights to which are the same."""
    most = 40 if table in (Measure, Sheet, Meeting, Call) else 2
    return list(session.scalars(select(table.id).order_by(table.id).limit(most)))


def mails(session: Any, person: Any) -> str:
    """All that was written to this person."""
    to = session.scalars(select(Message).where(Message.to_id == person.id).order_by(Message.id))
    return "\n".join(f"{m.subject}\n{m.body}\n{m.short}" for m in to).lower()


def _text(seen: Seen | None) -> str | None:
    return None if seen is None else f"{seen.status} {seen.text()}"


def _first(one: Seen | None, two: Seen | None) -> tuple[str, str]:
    a, b = _text(one) or "not there", _text(two) or "not there"
    at = next((n for n, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    return a[max(0, at - 60) : at + 80], b[max(0, at - 60) : at + 80]
