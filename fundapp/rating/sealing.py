"""What a signature on a sheet stands for, as one fingerprint: `fundapp verify` reckons it again from the rows."""

import json
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from hashlib import sha256

from fundapp.rating.scoring import Scheme


def digest_of(
    scheme: Scheme,
    *,
    points: Mapping[str, int],
    unjudged: Collection[str],
    comments: Mapping[str, str],
    person_id: int,
    measure_id: int,
    round: int,
    signed_at: datetime,
) -> str:
    """SHA-256 (hexadecimal) of what was signed, as canonical JSON: the scheme with its criteria and weights, what was
    given by criterion code, who, for which measure, in which round, and when (UTC). Blank comments count as none."""
    signed = {
        "scheme": {
            "highest": scheme.highest,
            "criteria": [
                {
                    "code": c.code,
                    "weight": c.weight,
                    "counts": c.counts,
                    "highest": scheme.top(c),
                    "threshold": None if c.threshold is None else str(c.threshold.normalize()),
                }
                for c in scheme.criteria
            ],
        },
        "points": dict(points),
        "unjudged": sorted(unjudged),
        "comments": {code: text for code, text in comments.items() if text},
        "person": person_id,
        "measure": measure_id,
        "round": round,
        "signed_at": signed_at.astimezone(UTC).isoformat(),
    }
    canonical = json.dumps(signed, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(canonical.encode()).hexdigest()
