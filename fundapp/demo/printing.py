"""The Word documents of the demonstration: rendered in the document process while the telling goes on, issued some days later."""

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date, datetime
from types import TracebackType
from typing import Self

from fundapp.documents import service
from fundapp.documents.jobs import filled
from fundapp.documents.process import Press
from fundapp.documents.service import Claimed
from fundapp.files.store import TYPES, Store
from fundapp.kit.database import WriteSession


class Printer:
    """Takes what was ordered, and issues it when it is next asked to."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._press, self._hands = Press(), ThreadPoolExecutor(1)
        self._waiting: deque[tuple[date, Claimed, Future[bytes]]] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._hands.shutdown(cancel_futures=True)
        self._press.close()

    def take(self, session: WriteSession, *, at: datetime, on: date) -> None:
        """What an act of this day has ordered."""
        if service.JOB not in session.info.get("wake", ()):
            return
        session.info["wake"].clear()
        while claimed := service.claim(session, at=at):
            self._waiting.append((on, claimed, self._hands.submit(filled, self._press, self.store, claimed)))

    def issue(self, session: WriteSession, *, at: datetime, ordered: date) -> None:
        """What was ordered until this day is issued, read back and equal. Raises RenderFailed."""
        while self._waiting and self._waiting[0][0] <= ordered:
            _, claimed, data = self._waiting.popleft()
            kept = self.store.keep(claimed.file_name, data.result(), TYPES[".docx"])
            service.issue(session, claimed, kept, at=at)
