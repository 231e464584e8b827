"""What holds the chain together: hashes."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any


def digest(entry: Any) -> str:
    """The hash of an entry: of its canonical JSON and of the link before."""
    words = {
        "seq": entry.seq,
        "at": _text(entry.at),
        "recorded_at": _text(entry.recorded_at),
        "by": entry.by_id,
        "action": entry.action,
        "subject": entry.subject,
        "case": entry.case_id,
        "branch": entry.branch_id,
        "source": entry.source,
        "target": entry.target,
        "data": entry.data,
        "commitment": entry.commitment,
        "prev": entry.prev,
    }
    if entry.for_id is not None:  # entries from before there were deputies keep their hash
        words["for"] = entry.for_id
    return hashlib.sha256(
        json.dumps(words, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    ).hexdigest()


def commitment(salt: str, text: str) -> str:
    return hashlib.sha256((salt + text).encode()).hexdigest()


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
