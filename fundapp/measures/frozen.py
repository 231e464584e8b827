"""The whole proposal as one canonical JSON text, as it is frozen when it is sent and when its plan changes."""

import hashlib
import json
from typing import Any

from sqlalchemy import inspect, select

from fundapp.kit.database import ReadSession
from fundapp.measures.models import Measure, Snapshot
from fundapp.measures.queries import Proposal

LATER = {  # what later stages write, and what is nobody's wording
    "id", "version", "status", "number", "score", "awarded", "conditions", "decided_on", "reserved_until", "plan_fitted_at",
    "contracted_on", "funding_ends", "settled_grant", "imported_key", "imported_row", "recipient_name", "created_at",
    "submitted_at", "admitted_late", "return_by", "returned_at", "confirmed_at", "measure_id",
    "confirmed_how", "confirmation_file_id", "copied_from_id", "paper_received_at", "paper_received_by_id", "paper_file_id", "asked",
    "consents_withdrawn", "check_branch_id", "slot",
}  # fmt: skip


def content(proposal: Proposal) -> dict[str, Any]:
    """Everything the applicant has written, plain JSON values; dates in ISO form."""
    m = proposal.measure
    return {
        "fund": m.fund.code,
        "currency": m.fund.currency,
        "call": m.call.code if m.call else None,
        "measure": _columns(m),
        "organisation": _columns(m.organisation) if m.organisation else None,
        "parties": {part: _columns(party) for part, party in sorted(proposal.parties.items())},
        "partners": [_columns(row) for row in proposal.partners],
        "groups": [_columns(row) for row in proposal.groups],
        "indicators": [_columns(row) for row in proposal.indicators],
        "lines": [_columns(row) for row in proposal.lines],
        "activities": [_columns(row) for row in proposal.activities],
        "risks": [_columns(row) for row in proposal.risks],
        "support": [_columns(row) for row in proposal.support],
        "annexes": [
            {"kind": annex.kind, "name": file.name, "sha256": file.sha256, "size": file.size}
            for annex, file in proposal.annexes
        ],
    }


def digest(content: dict[str, Any]) -> str:
    """SHA-256 of the canonical text: sorted keys, no blanks, UTF-8."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def verify(session: ReadSession) -> list[str]:
    """Sentences that say which frozen proposal is not what it was; empty when none."""
    asked = select(Snapshot, Measure.number).join(Measure, Measure.id == Snapshot.measure_id).order_by(Snapshot.id)
    return [
        f"the proposal {number or snapshot.measure_id} as frozen ({snapshot.occasion}) was changed"
        for snapshot, number in session.execute(asked.execution_options(yield_per=200))
        if digest(snapshot.content) != snapshot.sha256
    ]


def _columns(row: Any) -> dict[str, Any]:
    found = {}
    for column in inspect(row).mapper.column_attrs:
        if column.key not in LATER:
            value = getattr(row, column.key)
            found[column.key] = value.isoformat() if hasattr(value, "isoformat") else value
    return found
