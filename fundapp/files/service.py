"""A row for bytes that the store has kept already."""

from datetime import datetime
from typing import Any

from fundapp.files.models import File
from fundapp.files.store import Kept
from fundapp.history.service import Somebody, subject_of
from fundapp.kit.database import WriteSession


def attach(session: WriteSession, kept: Kept, thing: Any, *, by: Somebody, at: datetime) -> File:
    """The row that says which thing the kept file belongs to; `thing` has an id, case_id and branch_id."""
    file = File(
        sha256=kept.sha256,
        size=kept.size,
        name=kept.name,
        media_type=kept.media_type,
        subject=subject_of(thing),
        case_id=getattr(thing, "case_id", None),
        branch_id=getattr(thing, "branch_id", None),
        by_id=by.id,
        kept_at=at,
    )
    session.add(file)
    session.flush()
    return file
