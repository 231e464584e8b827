"""What the heartbeat calls: every ordered document is filled, read back and issued, by one process only."""

import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial

from fundapp.documents import service
from fundapp.documents.process import Press, RenderFailed
from fundapp.documents.service import Claimed
from fundapp.files.store import TYPES, Store
from fundapp.kit.database import Database

log = logging.getLogger("fundapp.documents")


def render_ordered(database: Database, store: Store, clock: Callable[[], datetime]) -> int:
    """Renders what is ordered, outside any transaction; says how many documents were issued."""
    issued = 0
    with Press() as press:
        while claimed := database.write(partial(service.claim, at=clock())):
            try:
                data = filled(press, store, claimed)
            except RenderFailed as failed:
                log.error("document %s could not be written: %s", claimed.id, failed.reason)
                database.write(partial(service.fail, claimed=claimed, why=_sentence(failed.reason), at=clock()))
                continue
            kept = store.keep(claimed.file_name, data, TYPES[".docx"])
            issued += database.write(partial(service.issue, claimed=claimed, kept=kept, at=clock()))
    return issued


def filled(press: Press, store: Store, claimed: Claimed) -> bytes:
    """The finished file, equal to its fields when read back. Raises RenderFailed."""
    done = press.render(_template(store, claimed), claimed.fields)
    if done.differences:
        found = done.differences[0]
        raise RenderFailed(
            f"read back, the file says something else at {found.place}: “{found.found or ''}” instead of “{found.expected or ''}”"
        )
    return done.data


def _template(store: Store, claimed: Claimed) -> bytes:
    if claimed.uploaded:
        try:
            return store.read(claimed.uploaded)
        except FileNotFoundError as error:
            raise RenderFailed("the file of the uploaded template is missing in the store") from error
    if claimed.shipped is None:
        raise RenderFailed(f"there is no Word template for “{claimed.name}”")
    return claimed.shipped


def _sentence(reason: str) -> str:
    return f"{reason[:1].upper()}{reason[1:].rstrip('.')}."
