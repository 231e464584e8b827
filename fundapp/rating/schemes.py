"""The rating scheme of a call: started from the default one, changed until a score is locked or a sheet signed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from fundapp.funds.models import Call, Fund
from fundapp.history.service import record
from fundapp.kit.database import WriteSession, locked
from fundapp.kit.errors import NotAllowed, Refused, Stale
from fundapp.kit.i18n import gettext as _
from fundapp.measures.lifecycle import Status
from fundapp.measures.models import Measure
from fundapp.people.models import Person
from fundapp.people.permissions import Action, may
from fundapp.presets.queries import held
from fundapp.rating import queries
from fundapp.rating.models import Committee, Criterion, Scheme
from fundapp.rating.scheme import DEFAULTS
from fundapp.rating.switches import CRITERIA, ENOUGH, MEMBERS


@dataclass(frozen=True)
class Row:
    """What may be changed of a criterion: weight in points of 100, threshold in tenths of a point of the mean."""

    weight: int
    threshold: int | None = None
    needs_identity: bool = False


def make_scheme(
    session: WriteSession,
    call: Call,
    committee: Committee,
    *,
    by: Person,
    at: datetime,
    smallest_sheets: int | None = None,
) -> Scheme:
    """The default scheme for a call, and who rates by it: how many criteria and sheets, the fund's switches say."""
    _manages(by)
    if queries.scheme_of(session, call.id) is not None:
        raise Refused(_("This call has its scheme already."))
    found = held(session, (MEMBERS, CRITERIA), session.get_one(Fund, call.fund_id))
    enough = smallest_sheets or ENOUGH[found[MEMBERS.name].value]
    scheme = Scheme(call_id=call.id, committee_id=committee.id, smallest_sheets=enough)
    session.add(scheme)
    session.flush()
    for no, criterion in enumerate(DEFAULTS[found[CRITERIA.name].value].criteria, start=1):
        session.add(
            Criterion(
                scheme_id=scheme.id,
                no=no,
                code=criterion.code,
                titles=dict(criterion.title),
                questions=dict(criterion.question),
                weight=criterion.weight,
                threshold=None if criterion.threshold is None else int(criterion.threshold * 10),
                needs_identity=criterion.needs_identity,
            )
        )
    session.flush()
    record(session, "rating.make_scheme", scheme, by=by, at=at, call=call.id, committee=committee.id)
    return scheme


def change_scheme(
    session: WriteSession,
    scheme: Scheme,
    rows: Mapping[str, Row],
    *,
    smallest_sheets: int,
    fundable_from: int,
    spread_limit: int,
    version: int,
    by: Person,
    at: datetime,
    committee: Committee | None = None,
) -> None:
    """Weights, thresholds and limits (in tenths of a point: 600 = 60.0) by criterion code, and the committee; raises Refused once frozen."""
    _manages(by)
    locked(session, scheme)
    if scheme.frozen_at is not None:
        raise Refused(_("A member has rated by this scheme; it cannot be changed any more."))
    if scheme.version != version:
        raise Stale
    if committee is not None and committee.id != scheme.committee_id:
        _nothing_opened(session, scheme)
        scheme.committee_id = committee.id
    scheme.smallest_sheets, scheme.fundable_from, scheme.spread_limit = smallest_sheets, fundable_from, spread_limit
    criteria = queries.criteria(session, scheme.id)
    for criterion in criteria:
        row = rows.get(criterion.code)
        if row is not None:
            criterion.weight, criterion.threshold = row.weight, row.threshold
            criterion.needs_identity = row.needs_identity
    if reasons := _unfit(scheme, criteria):
        raise Refused(*reasons)
    scheme.version += 1
    weights = {criterion.code: criterion.weight for criterion in criteria}
    record(session, "rating.change_scheme", scheme, by=by, at=at, version=scheme.version, weights=weights)


def freeze(scheme: Scheme, *, at: datetime) -> None:
    """From now on the scheme stands: somebody has rated by it."""
    scheme.frozen_at = scheme.frozen_at or at


def _unfit(scheme: Scheme, criteria: list[Criterion]) -> list[str]:
    reasons = []
    total = sum(criterion.weight for criterion in criteria)
    if total != 100:
        reasons.append(_("The weights add up to %(total)s; they must add up to 100.", total=total))
    if any(criterion.weight <= 0 for criterion in criteria):
        reasons.append(_("Every weight must be above zero."))
    if any(c.threshold is not None and not 0 <= c.threshold <= 50 for c in criteria):
        reasons.append(_("Thresholds lie between 0 and 5 points."))
    if scheme.smallest_sheets < 2:
        reasons.append(_("At least two sheets are needed for a measure."))
    if not 0 <= scheme.fundable_from <= 1000:
        reasons.append(_("The score needed lies between 0 and 100 points."))
    if not 0 < scheme.spread_limit <= 1000:
        reasons.append(_("The spread that asks for a discussion lies between 0 and 100 points."))
    return reasons


def _nothing_opened(session: WriteSession, scheme: Scheme) -> None:
    asked = select(Measure.id).where(Measure.call_id == scheme.call_id, Measure.status == Status.IN_RATING)
    if session.scalars(asked.limit(1)).first() is not None:
        raise Refused(_("The rating is open; another committee cannot take it over."))


def _manages(by: Person) -> None:
    if not may(by, Action.MANAGE_COMMITTEE):
        raise NotAllowed
