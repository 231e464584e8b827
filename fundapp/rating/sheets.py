"""Scoring: saving, locking the blind part, signing one sheet or several. What changes a signed one stands in `resigning.py`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from fundapp.funds.models import Call
from fundapp.history.service import record
from fundapp.kit.database import ReadSession, WriteSession, locked
from fundapp.kit.errors import NotAllowed, Refused, Stale
from fundapp.kit.i18n import gettext as _
from fundapp.measures.models import Measure
from fundapp.people.models import Person
from fundapp.people.permissions import Action, may
from fundapp.rating import blind, filled, progress, rounds, standing
from fundapp.rating.filled import Filled
from fundapp.rating.models import Criterion, Scheme, Score, Sheet
from fundapp.reminders.service import done


@dataclass(frozen=True)
class Given:
    """What was typed for one criterion; `unjudged`: the member cannot judge it. The `was_` ones: what the page showed before, if it says."""

    points: int | None
    comment: str = ""
    was_points: int | None = None
    was_comment: str | None = None
    unjudged: bool = False
    was_unjudged: bool = False


def save(session: WriteSession, sheet: Sheet, given: Mapping[str, Given], *, by: Person, at: datetime) -> Filled:
    """Keeps scores (0 to the scheme's highest, none yet, or not to be judged) and comments by criterion code.

    Raises Stale when another page has saved in between, Refused for a signed sheet, a locked criterion, or one whose names are
    not open yet. Gives back what stands in the sheet now.
    """
    _own(session, sheet, by)
    return keep(session, sheet, given)


def keep(session: WriteSession, sheet: Sheet, given: Mapping[str, Given]) -> Filled:
    """As `save`, whoever types; for verbs that have asked for the right and locked the sheet."""
    found = filled.of(session, sheet)
    criteria = {criterion.code: criterion for criterion in found.criteria}
    highest = found.scheme.highest
    theirs: dict[str, str] = {}
    changed = False
    for code, new in given.items():
        criterion = criteria.get(code)
        if criterion is None or (new.points is not None and (new.unjudged or not 0 <= new.points <= highest)):
            raise Refused(
                _("Scores are whole points from 0 to %(highest)s for the criteria of this call.", highest=highest)
            )
        row = found.scores.get(criterion.id)
        old = (row.points, row.unjudged, row.comment) if row else (None, False, "")
        now = (new.points, new.unjudged, new.comment.strip())
        if now == old:
            continue
        if new.was_comment is not None and (new.was_points, new.was_unjudged, new.was_comment.strip()) not in (
            old,
            now,
        ):
            theirs[code] = f"{'–' if old[0] is None else old[0]} {old[2]}".strip()
            continue
        if reasons := _closed(session, sheet, criterion):
            raise Refused(*reasons)
        if row is None:
            row = found.scores[criterion.id] = Score(sheet_id=sheet.id, criterion_id=criterion.id)
            session.add(row)
        row.points, row.unjudged, row.comment = now
        changed = True
    if theirs:
        raise Stale(theirs)
    if changed:
        sheet.version += 1
    session.flush()
    return found


def lock(session: WriteSession, sheet: Sheet, *, by: Person, at: datetime) -> None:
    """In a blind call: the blind criteria stand from now on, and the names open for this member."""
    in_turn(session, [sheet])
    _own(session, sheet, by)
    _hold(session, [sheet])
    found = filled.of(session, sheet)
    if reasons := why_not_lock(session, sheet, found):
        raise Refused(*reasons)
    sheet.status, sheet.locked_at = "locked", at
    _freeze(found, at)
    record(session, "rating.lock", sheet, by=by, at=at, round=sheet.round)


def sign(session: WriteSession, sheet: Sheet, *, by: Person, at: datetime) -> None:
    """The sheet is complete and stands; its total is kept, and its digest."""
    sign_all(session, [sheet], by=by, at=at)


def sign_all(session: WriteSession, sheets: Iterable[Sheet], *, by: Person, at: datetime) -> int:
    """Signs these sheets of one member, all or none; says how many."""
    found = sorted(sheets, key=lambda sheet: sheet.id)
    in_turn(session, found)
    for sheet in found:
        _own(session, sheet, by)
    _hold(session, found)
    given = filled.of_sheets(session, [sheet.id for sheet in found])
    if reasons := [reason for sheet in found for reason in why_not_sign(session, sheet, given[sheet.id])]:
        raise Refused(*dict.fromkeys(reasons))
    for sheet in found:
        seal(session, sheet, given[sheet.id], by=by, at=at)
    for call_id in sorted({sheet.measure.call_id for sheet in found if sheet.measure.call_id is not None}):
        rounds.close_when_signed(session, session.get_one(Call, call_id), at=at)
    return len(found)


def sign_listed(session: WriteSession, versions: Mapping[int, int], *, by: Person, at: datetime) -> int:
    """Signs the sheets of a list as they stood there (sheet id -> version); says how many. What was signed meanwhile is left out."""
    mine = {
        sheet.id: sheet for sheet, _no, _n in standing.my_sheets(session, by, progress.calls_of_member(session, by))
    }
    if not versions:
        raise Refused(_("No sheet is complete yet."))
    for id, version in sorted(versions.items()):
        if id not in mine or locked(session, mine[id]).version != version:
            raise Refused(_("A sheet of the list has changed meanwhile; please look at the list again."))
    return sign_all(session, [mine[id] for id in versions if mine[id].status != "signed"], by=by, at=at)


def seal(session: WriteSession, sheet: Sheet, found: Filled, *, by: Person, at: datetime) -> None:
    """The signature itself, for verbs that have asked whether it may be given (`why_not_sign`); `by` is who does it."""
    sheet.total = found.now.final
    sheet.status, sheet.signed_at = "signed", at
    sheet.digest = filled.digest(sheet, found, signed_at=at)
    _freeze(found, at)
    done(session, "rating.sheet", sheet, at=at)
    record(session, "rating.sign", sheet, by=by, at=at, round=sheet.round)


def why_not_lock(session: ReadSession, sheet: Sheet, found: Filled | None = None) -> list[str]:
    """Every criterion that can be scored blind has points, and a reason where one is needed."""
    found = found or filled.of(session, sheet)
    if sheet.status != "open":
        return [_("These scores are locked already.")]
    if not two_parts(session, sheet, found.criteria):
        return [_("Nothing has to be locked here; sign the sheet when it is complete.")]
    return missing(found, {c.code for c in found.criteria if not c.needs_identity})


def why_not_sign(session: ReadSession, sheet: Sheet, found: Filled | None = None) -> list[str]:
    """All criteria have points, and a reason where one is needed; in a blind call the blind part is locked first."""
    found = found or filled.of(session, sheet)
    if sheet.status == "signed":
        return [_("The sheet is signed already.")]
    if sheet.status == "open" and two_parts(session, sheet, found.criteria):
        return [_("Lock the scores of the blind criteria first; then the names open.")]
    return missing(found, {criterion.code for criterion in found.criteria})


def two_parts(session: ReadSession, sheet: Sheet, criteria: list[Criterion]) -> bool:
    """The call is blind and some criterion cannot be scored without knowing who proposes."""
    return is_blind(session, sheet) and any(criterion.needs_identity for criterion in criteria)


def is_blind(session: ReadSession, sheet: Sheet) -> bool:
    measure = session.get_one(Measure, sheet.measure_id)
    call = session.get(Call, measure.call_id) if measure.call_id is not None else None
    return call is not None and call.blind


def missing(found: Filled, codes: set[str]) -> list[str]:
    """What these criteria lack: points or a reason; and whether enough of the weight is judged."""
    now = found.now
    reasons = []
    if unscored := [code for code in now.unscored if code in codes]:
        reasons.append(_("Not scored yet: %(unscored)s.", unscored=", ".join(unscored)))
    if silent := [code for code in now.without_reason if code in codes]:
        reasons.append(_("A reason is needed for %(silent)s: %(rule)s.", silent=", ".join(silent), rule=found.rule))
    if not now.unscored and not now.enough:
        reasons.append(_("Criteria of less than half of the weight have points. Who cannot judge more does not sign."))
    return reasons


def _closed(session: ReadSession, sheet: Sheet, criterion: Criterion) -> list[str]:
    if sheet.status == "signed":
        return [_("The sheet is signed. To change it, take the signature back first.")]
    if not is_blind(session, sheet):
        return []
    opened = blind.names_are_open(sheet, blind=True)
    if criterion.needs_identity and not opened:
        return [_("%(code)s is scored once the names are open: lock the blind criteria first.", code=criterion.code)]
    if not criterion.needs_identity and opened:
        return [_("%(code)s was locked before the names opened; it stands.", code=criterion.code)]
    return []


def _own(session: WriteSession, sheet: Sheet, by: Person) -> None:
    """Locks the sheet: it is this person's, its text is open to them, and no late declaration has made it void."""
    if not standing.is_open(session, sheet, by) or locked(session, sheet).status == "void":
        raise NotAllowed
    if not may(by, Action.SCORE, sheet):
        raise NotAllowed


def in_turn(session: WriteSession, sheets: Iterable[Sheet]) -> None:
    """Whoever changes what counts takes its proposals first: closing does so too, so that no signature slips in after the count."""
    for id in sorted({sheet.measure_id for sheet in sheets}):
        locked(session, session.get_one(Measure, id))


def _hold(session: WriteSession, sheets: Iterable[Sheet]) -> None:
    """Nobody changes the scheme while the first sheet is locked or signed by it."""
    for id in sorted({sheet.scheme_id for sheet in sheets}):
        if (scheme := session.get_one(Scheme, id)).frozen_at is None:
            locked(session, scheme)


def _freeze(found: Filled, at: datetime) -> None:
    """From now on the scheme stands: somebody has rated by it."""
    found.scheme.frozen_at = found.scheme.frozen_at or at
