"""Scoring: saving, locking the blind part, signing. A signed sheet is not changed any more; only a second round opens new ones."""

from collections.abc import Mapping
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
from fundapp.rating import blind, queries, rounds, scoring, standing
from fundapp.rating.models import Criterion, Scheme, Score, Sheet
from fundapp.reminders.service import done


@dataclass(frozen=True)
class Given:
    """What was typed for one criterion. `was_points` and `was_comment`: what the page showed before, if it says."""

    points: int | None
    comment: str = ""
    was_points: int | None = None
    was_comment: str | None = None


@dataclass(frozen=True)
class Standing:
    """A sheet as values: what is given, what is missing, and the points so far (tenths of a thousandth, and out of how many)."""

    points: dict[str, int]
    comments: dict[str, str]
    unscored: list[str]
    without_reason: list[str]
    total: int
    out_of: int

    @property
    def complete(self) -> bool:
        return not self.unscored and not self.without_reason


def save(session: WriteSession, sheet: Sheet, given: Mapping[str, Given], *, by: Person, at: datetime) -> None:
    """Keeps scores (0 to 5, or none yet) and comments by criterion code. Raises Stale when another page has saved in between,
    Refused for a signed sheet, a locked criterion, or one whose names are not open yet."""
    locked(session, _own(session, sheet, by))
    criteria = {criterion.code: criterion for criterion in queries.criteria(session, sheet.scheme_id)}
    kept = standing.scores(session, [sheet.id]).get(sheet.id, {})
    theirs: dict[str, str] = {}
    changed = False
    for code, new in given.items():
        criterion = criteria.get(code)
        if criterion is None or (new.points is not None and not 0 <= new.points <= 5):
            raise Refused(_("Scores are whole points from 0 to 5 for the criteria of this call."))
        row = kept.get(criterion.id)
        old = (row.points, row.comment) if row else (None, "")
        if (new.points, new.comment.strip()) == old:
            continue
        if new.was_comment is not None and (new.was_points, new.was_comment.strip()) not in (
            old,
            (new.points, new.comment.strip()),
        ):
            theirs[code] = f"{'–' if old[0] is None else old[0]} {old[1]}".strip()
            continue
        if reasons := _closed(session, sheet, criterion):
            raise Refused(*reasons)
        if row is None:
            row = Score(sheet_id=sheet.id, criterion_id=criterion.id)
            session.add(row)
        row.points, row.comment, changed = new.points, new.comment.strip(), True
    if theirs:
        raise Stale(theirs)
    if changed:
        sheet.version += 1
    session.flush()


def lock(session: WriteSession, sheet: Sheet, *, by: Person, at: datetime) -> None:
    """In a blind call: the blind criteria stand from now on, and the names open for this member."""
    locked(session, _own(session, sheet, by))
    if reasons := why_not_lock(session, sheet):
        raise Refused(*reasons)
    sheet.status, sheet.locked_at = "locked", at
    _freeze(session, sheet, at)
    record(session, "rating.lock", sheet, by=by, at=at, round=sheet.round)


def sign(session: WriteSession, sheet: Sheet, *, by: Person, at: datetime) -> None:
    """The sheet is complete and stands; its total is kept."""
    locked(session, _own(session, sheet, by))
    if reasons := why_not_sign(session, sheet):
        raise Refused(*reasons)
    criteria = queries.criteria(session, sheet.scheme_id)
    scheme = queries.plain(session.get_one(Scheme, sheet.scheme_id), criteria)
    now = stands(session, sheet, criteria, scheme)
    sheet.total = int(scoring.total(scheme, now.points).scaleb(4))
    sheet.status, sheet.signed_at = "signed", at
    _freeze(session, sheet, at)
    done(session, "rating.sheet", sheet, at=at)
    record(session, "rating.sign", sheet, by=by, at=at, round=sheet.round)
    if sheet.measure.call is not None:
        rounds.close_when_signed(session, sheet.measure.call, at=at)


def why_not_lock(session: ReadSession, sheet: Sheet) -> list[str]:
    """Every criterion that can be scored blind has points, and a reason where one is needed."""
    criteria = queries.criteria(session, sheet.scheme_id)
    if sheet.status != "open":
        return [_("These scores are locked already.")]
    if not two_parts(session, sheet, criteria):
        return [_("Nothing has to be locked here; sign the sheet when it is complete.")]
    return _missing(session, sheet, [c for c in criteria if not c.needs_identity], criteria)


def why_not_sign(session: ReadSession, sheet: Sheet) -> list[str]:
    """All criteria have points, and a reason where one is needed; in a blind call the blind part is locked first."""
    criteria = queries.criteria(session, sheet.scheme_id)
    if sheet.status == "signed":
        return [_("The sheet is signed already.")]
    if sheet.status == "open" and two_parts(session, sheet, criteria):
        return [_("Lock the scores of the blind criteria first; then the names open.")]
    return _missing(session, sheet, criteria, criteria)


def two_parts(session: ReadSession, sheet: Sheet, criteria: list[Criterion]) -> bool:
    """The call is blind and some criterion cannot be scored without knowing who proposes."""
    return is_blind(session, sheet) and any(criterion.needs_identity for criterion in criteria)


def is_blind(session: ReadSession, sheet: Sheet) -> bool:
    measure = session.get_one(Measure, sheet.measure_id)
    call = session.get(Call, measure.call_id) if measure.call_id is not None else None
    return call is not None and call.blind


def stands(session: ReadSession, sheet: Sheet, criteria: list[Criterion], scheme: scoring.Scheme) -> Standing:
    """How far the sheet is."""
    kept = standing.scores(session, [sheet.id]).get(sheet.id, {})
    points = {c.code: row.points for c in criteria if (row := kept.get(c.id)) is not None and row.points is not None}
    comments = {c.code: row.comment for c in criteria if (row := kept.get(c.id)) is not None}
    return Standing(
        points=points,
        comments=comments,
        unscored=scoring.missing(scheme, points),
        without_reason=[
            code
            for code, given in points.items()
            if scoring.comment_needed(scheme, code, given) and not comments.get(code)
        ],
        total=sum(c.weight * points[c.code] for c in criteria if c.code in points) * 10_000 // scheme.highest,
        out_of=sum(c.weight for c in criteria if c.code in points),
    )


def _missing(session: ReadSession, sheet: Sheet, asked: list[Criterion], criteria: list[Criterion]) -> list[str]:
    """What of `asked` lacks points or a reason; `criteria` are all of the scheme."""
    scheme = queries.plain(session.get_one(Scheme, sheet.scheme_id), criteria)
    codes = {criterion.code for criterion in asked}
    now = stands(session, sheet, criteria, scheme)
    reasons = []
    if unscored := [code for code in now.unscored if code in codes]:
        reasons.append(_("Not scored yet: %(unscored)s.", unscored=", ".join(unscored)))
    if silent := [code for code in now.without_reason if code in codes]:
        reasons.append(
            _("A reason is needed for %(silent)s: for 0, 1, 2 and 5, and below a threshold.", silent=", ".join(silent))
        )
    return reasons


def _closed(session: ReadSession, sheet: Sheet, criterion: Criterion) -> list[str]:
    if sheet.status == "signed":
        return [_("The sheet is signed; it cannot be changed any more.")]
    if not is_blind(session, sheet):
        return []
    opened = blind.names_are_open(sheet, blind=True)
    if criterion.needs_identity and not opened:
        return [_("%(code)s is scored once the names are open: lock the blind criteria first.", code=criterion.code)]
    if not criterion.needs_identity and opened:
        return [_("%(code)s was locked before the names opened; it stands.", code=criterion.code)]
    return []


def _own(session: WriteSession, sheet: Sheet, by: Person) -> Sheet:
    """The sheet, if it is this person's and its text is open to them."""
    if standing.find_sheet(session, sheet.id, visible_to=by) is None or not may(by, Action.SCORE, sheet):
        raise NotAllowed
    return sheet


def _freeze(session: WriteSession, sheet: Sheet, at: datetime) -> None:
    scheme = session.get_one(Scheme, sheet.scheme_id)
    scheme.frozen_at = scheme.frozen_at or at
