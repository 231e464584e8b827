"""Declaring: before a text opens each member says whether there is a conflict of interest. A conflict closes the proposal to them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from fundapp.funds.models import Call
from fundapp.kit.database import WriteSession
from fundapp.kit.errors import NotAllowed, Refused
from fundapp.kit.i18n import gettext as _
from fundapp.measures.declaring import declare as declare_tie
from fundapp.measures.models import Measure
from fundapp.people.models import Person
from fundapp.people.permissions import Action, may
from fundapp.rating import queries, rounds, seating, standing


@dataclass(frozen=True)
class Said:
    """One member's answer on one measure. `kind`: a code of measures.codes.CONFLICTS when there is a conflict."""

    measure_id: int
    conflict: bool
    kind: str | None = None
    explanation: str = ""


def declare(
    session: WriteSession,
    measure: Measure,
    *,
    conflict: bool,
    kind: str | None = None,
    explanation: str = "",
    by: Person,
    at: datetime,
) -> None:
    """A member's word on one measure. A conflict closes it to the member everywhere and voids the sheet, also late; it stands."""
    if not may(by, Action.DECLARE, queries.of_committee(session, measure)):
        raise NotAllowed
    before = queries.declared(session, [measure.id], [by.id]).get((measure.id, by.id))
    if before is not None and before.conflict:
        raise Refused(_("You have declared a conflict of interest here; it stands."))
    if before is not None and not conflict:
        return
    declare_tie(session, measure, conflict=conflict, kind=kind, explanation=explanation, by=by, at=at)
    session.flush()
    if conflict:
        live = standing.live_sheets(session, measure.id, standing.round_of(session, measure.id))
        seating.void(session, [sheet for sheet in live if sheet.person_id == by.id], at=at)
        if measure.call_id is not None:
            rounds.close_when_signed(session, session.get_one(Call, measure.call_id), at=at)


def declare_all(session: WriteSession, call: Call, answers: Iterable[Said], *, by: Person, at: datetime) -> int:
    """A member's word on several measures of a call at once; says how many were new. Raises Refused for measures not asked about."""
    asked = {measure.id: measure for measure in queries.of_call(session, call.id, queries.TO_DECLARE, visible_to=by)}
    said = list(answers)
    if any(answer.measure_id not in asked for answer in said):
        raise Refused(_("One of these proposals is no longer asked about; please open the page again."))
    for answer in said:
        declare(
            session, asked[answer.measure_id], conflict=answer.conflict, kind=answer.kind,
            explanation=answer.explanation, by=by, at=at,
        )  # fmt: skip
    return len(said)
