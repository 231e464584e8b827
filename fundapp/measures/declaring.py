"""Declaring whether one has a conflict of interest. Who has one does not see the measure any more."""

from datetime import datetime

from fundapp.history.service import record
from fundapp.kit.database import WriteSession, locked
from fundapp.kit.errors import Refused
from fundapp.kit.i18n import gettext as _
from fundapp.measures import conflicts
from fundapp.measures.codes import CONFLICTS
from fundapp.measures.models import Declaration, Measure
from fundapp.people.models import Person


def declare(
    session: WriteSession,
    measure: Measure,
    *,
    conflict: bool,
    kind: str | None = None,
    explanation: str = "",
    by: Person,
    at: datetime,
) -> Declaration:
    """What `by` declares about this measure; a later declaration takes the place of the earlier one, which is kept.

    `kind` is one of CONFLICTS and belongs to a conflict only. The same declaration again changes nothing.
    """
    locked(session, measure)
    if conflict and kind not in CONFLICTS:
        raise Refused(_("Please say what kind of tie it is."), field="kind")
    kind = kind if conflict else None
    earlier = conflicts.declaration_of(session, measure.id, by.id)
    if earlier is not None:
        if (earlier.conflict, earlier.kind, earlier.explanation) == (conflict, kind, explanation.strip()):
            return earlier
        earlier.replaced_at = at
        session.flush()
    declaration = Declaration(
        measure_id=measure.id,
        person_id=by.id,
        conflict=conflict,
        kind=kind,
        explanation=explanation.strip(),
        declared_at=at,
    )
    session.add(declaration)
    record(
        session, "measures.declare", measure, by=by, at=at, because=explanation, conflict=conflict, kind=kind,
        replaces=earlier.id if earlier else None,
    )  # fmt: skip
    return declaration
