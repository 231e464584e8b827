"""Sheets that were filled in and signed on paper, typed in by the office with a scan. The member gets a mail and can change it.

Secret all the same: who types must not score in this call, and sees nothing but the paper.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from fundapp.files.models import File
from fundapp.files.service import attach
from fundapp.files.store import Kept
from fundapp.funds.models import Call
from fundapp.history.service import record
from fundapp.kit import i18n
from fundapp.kit.database import ReadSession, WriteSession, locked
from fundapp.kit.errors import NotAllowed, Refused
from fundapp.kit.i18n import gettext as _
from fundapp.kit.i18n import keep
from fundapp.mail.service import queue
from fundapp.measures.lifecycle import Status
from fundapp.measures.models import Measure
from fundapp.people.deputies import hands
from fundapp.people.models import Person
from fundapp.people.permissions import Action, may
from fundapp.rating import filled, queries, rounds, seating, sheets, sitting, standing
from fundapp.rating.filled import Filled
from fundapp.rating.models import Score, Sheet
from fundapp.rating.sheets import Given

SCANS = frozenset({"application/pdf", "image/jpeg", "image/png"})
INSTEAD = keep("replaced by the sheet signed on paper")


@dataclass(frozen=True)
class Choice:
    """What can be typed in: proposals in rating by number with their titles, and members with a sheet in the call.

    Who has signed already is not said.
    """

    measures: dict[int, tuple[int | None, Measure]]
    members: list[Person]
    sheets: dict[tuple[int, int], Sheet]  # (measure id, person id) -> the sheet of the round now open


def choice(session: ReadSession, call: Call, by: Person) -> Choice:
    """Without proposals in which `by` has a hand or a conflict; in a constant number of questions."""
    asked = select(Measure.id).where(Measure.call_id == call.id, queries.own_hand(by))
    own = set(session.scalars(asked))
    found = queries.of_call(session, call.id, (Status.IN_RATING,), visible_to=by)
    numbers, closed = queries.numbers(session, call.id), standing.rounds(session, [m.id for m in found])
    measures = {m.id: (numbers.get(m.id), m) for m in found if m.id not in own}
    live = session.scalars(select(Sheet).where(Sheet.measure_id.in_(measures), Sheet.status != "void"))
    rows = {(s.measure_id, s.person_id): s for s in live if s.round == closed.get(s.measure_id, 0) + 1}
    people = queries.people(session, {person_id for _measure, person_id in rows})
    ordered = dict(sorted(measures.items(), key=lambda pair: (pair[1][0] or 0, pair[0])))
    return Choice(ordered, sorted(people.values(), key=lambda p: (p.family_name, p.given_name, p.id)), rows)


def why_not_here(session: ReadSession, call: Call, by: Person) -> list[str]:
    """Who sits on a committee of the call types no sheets of it: they would know what others gave."""
    committees = set(sitting.committees_of_call(session, call.id))
    who = hands(by, Action.TYPE_SHEET, None) or {by.id}
    if any(committees & sitting.committees_of(session, id) for id in who):
        return [_("You sit on the committee of this call. Somebody who does not score in it types the sheets in.")]
    return []


def why_not(
    session: ReadSession, call: Call, sheet: Sheet | None, member: Person, given: Mapping[str, Given], by: Person
) -> list[str]:
    """All reasons against typing this sheet in: who types, whose sheet it is, and what is missing on it."""
    reasons = why_not_here(session, call, by)
    name = i18n.called(member)
    if sheet is None:
        said = _("%(name)s has no sheet for this proposal: a conflict of interest, or others score it.", name=name)
        return [*reasons, said]
    said_none = queries.declared(session, [sheet.measure_id], [member.id]).get((sheet.measure_id, member.id))
    if said_none is None or said_none.conflict:
        reasons.append(_("%(name)s has not said yet that there is no conflict of interest in it.", name=name))
    if sheet.status == "signed":
        reasons.append(
            _("%(name)s has signed a sheet for this proposal already; only the member can change it.", name=name)
        )
    found = as_given(start(session, sheet), given)
    return reasons + sheets.missing(found, {criterion.code for criterion in found.criteria})


def type_in(
    session: WriteSession,
    measure: Measure,
    member: Person,
    given: Mapping[str, Given],
    scan: Kept,
    *,
    by: Person,
    at: datetime,
) -> Sheet:
    """The sheet of `member` as signed on paper: signed here too, with its scan, and marked so. The same scan again changes nothing.

    What the member has begun on the screen is void and kept. Raises Refused with every reason, NotAllowed without the right.
    """
    if measure.call_id is None or not may(by, Action.TYPE_SHEET, locked(session, measure)):
        raise NotAllowed
    call = session.get_one(Call, measure.call_id)
    found = choice(session, call, by)
    if measure.id not in found.measures:
        raise NotAllowed
    sheet = found.sheets.get((measure.id, member.id))
    if sheet is not None:
        locked(session, sheet)
        if sheet.typed_by_id == by.id and _same_scan(session, sheet, scan):
            return sheet
    why = why_not(session, call, sheet, member, given, by)
    if scan.media_type not in SCANS:
        why.append(_("The scan is a picture (JPEG or PNG) or a PDF."))
    if why or sheet is None:
        raise Refused(*why)
    new = _signed(session, _blank(session, sheet, at), given, scan, by=by, at=at)
    record(session, "rating.type_sheet", new, by=by, at=at, round=new.round, scan=scan.sha256)
    queue(
        session, "rating/typed", member, key=f"rating.typed:{new.id}", at=at, call=call.title,
        no=found.measures[measure.id][0] or 0, typist=i18n.called(by), link=f"/rating/sheets/{new.id}",
    )  # fmt: skip
    rounds.close_when_signed(session, call, at=at)
    return new


def _blank(session: WriteSession, sheet: Sheet, at: datetime) -> Sheet:
    """The sheet to type into: the member's own when nothing stands in it, else a new one in its place."""
    if sheet.status == "open" and not filled.of(session, sheet).scores:
        return sheet
    seating.void(session, [sheet], at=at)
    sheet.because = INSTEAD
    new = Sheet(
        measure_id=sheet.measure_id, person_id=sheet.person_id, scheme_id=sheet.scheme_id, round=sheet.round,
        opened_at=at, replaces_id=sheet.id,
    )  # fmt: skip
    session.add(new)
    session.flush()
    return new


def _signed(
    session: WriteSession, sheet: Sheet, given: Mapping[str, Given], scan: Kept, *, by: Person, at: datetime
) -> Sheet:
    criteria = filled.of(session, sheet).criteria
    two = sheets.two_parts(session, sheet, criteria)
    later = {c.code for c in criteria if c.needs_identity} if two else set()
    sheets.keep(session, sheet, {code: value for code, value in given.items() if code not in later})
    if two:
        sheet.status, sheet.locked_at = "locked", at
        sheets.keep(session, sheet, {code: value for code, value in given.items() if code in later})
    found = filled.of(session, sheet)
    if reasons := sheets.why_not_sign(session, sheet, found):
        raise Refused(*reasons)
    sheet.source, sheet.typed_by_id = "paper", by.id
    sheet.scan_id = attach(session, scan, sheet, by=by, at=at).id
    sheets.seal(session, sheet, found, by=by, at=at)
    return sheet


def start(session: ReadSession, sheet: Sheet) -> Filled:
    """A blank sheet in its place: what the member has begun is not shown."""
    found = filled.of(session, sheet)
    return Filled(found.scheme, found.criteria, {})


def as_given(found: Filled, given: Mapping[str, Given]) -> Filled:
    """What would stand in the sheet; nothing is stored."""
    rows = {
        c.id: Score(criterion_id=c.id, points=new.points, unjudged=new.unjudged, comment=new.comment.strip())
        for c in found.criteria
        if (new := given.get(c.code)) is not None and (new.points is not None or new.unjudged or new.comment.strip())
    }
    return Filled(found.scheme, found.criteria, rows)


def _same_scan(session: ReadSession, sheet: Sheet, scan: Kept) -> bool:
    file = session.get(File, sheet.scan_id) if sheet.scan_id is not None else None
    return file is not None and file.sha256 == scan.sha256 and sheet.status == "signed"


# The scan


def scan_of(session: ReadSession, sheet: Sheet) -> File | None:
    return session.get(File, sheet.scan_id) if sheet.scan_id is not None else None


def find_sheet_of(session: ReadSession, measure_id: int, sheet_id: int) -> Sheet | None:
    """A sheet of a closed round of this measure, for who may see all of them."""
    sheet = session.get(Sheet, sheet_id)
    if sheet is None or sheet.measure_id != measure_id or sheet.signed_at is None:
        return None
    return sheet if sheet.round < standing.round_of(session, measure_id) else None
