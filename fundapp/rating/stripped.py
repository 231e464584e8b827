"""The papers of a proposal for its members: by name where names are open; in a blind round only some kinds, stripped, under a number.

Stripping happens when a paper is read, in the document process, and is kept in memory by the hash of the paper.
"""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from fundapp.documents import process, stains
from fundapp.files.models import File
from fundapp.files.store import Store
from fundapp.funds import questions
from fundapp.funds.codes import ANNEXES
from fundapp.kit.database import ReadSession
from fundapp.kit.errors import NotFound, Refused
from fundapp.kit.i18n import gettext as _
from fundapp.measures.models import Measure
from fundapp.measures.queries import annexes
from fundapp.rating import blind
from fundapp.rating.codes import READ_BLIND

MOST = 64 * 1024 * 1024  # bytes kept in memory


@dataclass(frozen=True)
class Paper:
    """`no` counts all papers of the proposal, so that it stays the same when the names open; `label` by language where a call asks."""

    no: int
    kind: str
    label: dict[str, str]
    name: str
    media_type: str
    sha256: str


@dataclass(frozen=True)
class Papers:
    """What this reader may have now, and how many more there are once the names are open."""

    offered: tuple[Paper, ...]
    later: int


def papers(session: ReadSession, measure: Measure, *, hide: bool) -> Papers:
    """In order of arrival. `hide`: the names are closed to the reader. `measure` comes with its call; one question."""
    asked = {each.annex: dict(each.label) for each in questions.of(measure.call)} if measure.call else {}
    found = list(enumerate(annexes(session, measure), 1))
    offered = [
        Paper(
            no, annex.kind, asked.get(annex.kind, {"en": ANNEXES.get(annex.kind, ANNEXES["other"])}),
            _neutral(no, file) if hide else file.name, file.media_type, file.sha256,
        )
        for no, (annex, file) in found
        if not hide or annex.kind in READ_BLIND
    ]  # fmt: skip
    return Papers(tuple(offered), len(found) - len(offered))


def read(session: ReadSession, store: Store, measure: Measure, no: int, *, hide: bool) -> tuple[bytes, Paper]:
    """The paper as this reader may have it. Raises NotFound, and Refused with the reason where it cannot be stripped."""
    paper = next((each for each in papers(session, measure, hide=hide).offered if each.no == no), None)
    if paper is None:
        raise NotFound
    data = store.read(paper.sha256)
    if not hide:
        return data, paper
    made = _kept.made(paper, data, blind.secret(session, measure))
    if isinstance(made, str):
        raise Refused(
            _("This paper cannot be read in a blind rating. %(reason)s", reason=_(made)),
            _("You can read it once the names are open to you."),
        )
    return made, paper


class _Kept:
    """Stripped papers, or why there is none, by what they were made of; the oldest go first."""

    def __init__(self, most: int) -> None:
        self.most, self.size = most, 0
        self._found: OrderedDict[str, bytes | str] = OrderedDict()
        self._lock = threading.Lock()

    def made(self, paper: Paper, data: bytes, secret: list[str]) -> bytes | str:
        key = sha256(repr((paper.sha256, paper.media_type, secret)).encode()).hexdigest()
        with self._lock:
            if key in self._found:
                self._found.move_to_end(key)
                return self._found[key]
        made = _strip(data, paper.media_type, secret)
        with self._lock:
            if key not in self._found:
                self._found[key] = made
                self.size += len(made)
            while self.size > self.most:
                self.size -= len(self._found.popitem(last=False)[1])
        return made


def _strip(data: bytes, media_type: str, secret: list[str]) -> bytes | str:
    try:
        return process.strip(data, media_type, secret)
    except process.RenderFailed as failed:
        return failed.reason if failed.reason in stains.REASONS else stains.TOO_LARGE


def _neutral(no: int, file: File) -> str:
    """A name that says nothing; only the ending is the file's own."""
    return f"{_('Paper')} {no}{Path(file.name).suffix.lower()}"


_kept = _Kept(MOST)
