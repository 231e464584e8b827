"""A signed sheet is changed until the round closes: the old one becomes void and stays on record, a new one starts with its points.

By its owner at any time; by the chair with a reason. After the close only a second round opens new sheets (`rounds.reopen_rating`).
"""

from datetime import datetime

from sqlalchemy import select

from fundapp.funds.models import Call
from fundapp.history.service import record, subject_of
from fundapp.kit import i18n
from fundapp.kit.database import ReadSession, WriteSession, locked
from fundapp.kit.errors import NotAllowed, Refused
from fundapp.kit.i18n import gettext as _
from fundapp.kit.i18n import keep
from fundapp.mail.service import queue
from fundapp.measures.lifecycle import Status
from fundapp.measures.models import Measure
from fundapp.people.models import Person
from fundapp.people.permissions import Action, may
from fundapp.rating import filled, leading, queries, seating, sheets, standing
from fundapp.rating.models import Sheet
from fundapp.reminders.models import Obligation
from fundapp.reminders.service import owe

CHANGED = keep("changed by the member")


def change(session: WriteSession, sheet: Sheet, *, by: Person, at: datetime) -> Sheet:
    """The member's own signed sheet is void and kept; gives the new one with the same points. In a blind call what was locked stays locked."""
    measure = session.get_one(Measure, sheet.measure_id)
    sheets.in_turn(session, [sheet])
    if not standing.is_open(session, sheet, by) or locked(session, sheet).status == "void":
        raise NotAllowed
    if not may(by, Action.SCORE, sheet):
        raise NotAllowed
    if reasons := why_not_change(session, sheet):
        raise Refused(*reasons)
    new = _again(session, sheet, measure, because=CHANGED, at=at)
    record(session, "rating.change_sheet", new, by=by, at=at, replaces=sheet.id, round=sheet.round)
    return new


def why_not_change(session: ReadSession, sheet: Sheet) -> list[str]:
    """Signed, in the round that is open, and with something that is not locked for good."""
    if sheet.status != "signed":
        return [_("This sheet is not signed: change it as it is.")]
    if sheet.round != standing.round_of(session, sheet.measure_id):
        return [_("That round is closed; its sheets stand.")]
    if sheets.is_blind(session, sheet) and not sheets.two_parts(session, sheet, filled.of(session, sheet).criteria):
        return [_("You know the names now; in a blind rating the scores stand.")]
    return []


def reopen(
    session: WriteSession, call: Call, measure_id: int, person_id: int, *, by: Person, at: datetime, because: str
) -> None:
    """Who leads the committee that rates it opens a member's signed sheet again, with a reason; the member gets a mail.

    Nothing happens, and nothing is said, where the member has not signed: how far others are stays unknown until the close.
    Raises Refused without a reason, or for a proposal that is not in rating here; NotAllowed for one of another committee.
    """
    if not because.strip():
        raise Refused(_("Please say why."), field="because")
    found = {m.id: m for m in queries.of_call(session, call.id, (Status.IN_RATING,), visible_to=by)}
    measure = found.get(measure_id)
    if measure is None or not may(by, Action.REOPEN_SHEET, locked(session, measure)):
        raise Refused(_("This proposal is not in rating now."), field="measure")
    if why := leading.why_not(session, measure, by, Action.REOPEN_SHEET, at):
        raise NotAllowed(*why)
    live = standing.live_sheets(session, measure.id, standing.round_of(session, measure.id))
    sheet = next((each for each in live if each.person_id == person_id), None)
    if sheet is None or locked(session, sheet).status != "signed" or why_not_change(session, sheet):
        return
    new = _again(session, sheet, measure, because=because.strip(), at=at)
    record(session, "rating.reopen_sheet", new, by=by, at=at, because=because, replaces=sheet.id, round=sheet.round)
    queue(
        session, "rating/sheet_reopened", session.get_one(Person, person_id), key=f"rating.reopened:{new.id}", at=at,
        call=call.title, no=queries.numbers(session, call.id).get(measure.id, 0), because=because.strip(),
        chair=i18n.called(by), link=f"/rating/sheets/{new.id}",
    )  # fmt: skip


def _again(session: WriteSession, old: Sheet, measure: Measure, *, because: str, at: datetime) -> Sheet:
    names_were_open = sheets.is_blind(session, old)
    old.status, old.void_at, old.because = "void", at, because
    session.flush()
    new = Sheet(
        measure_id=old.measure_id, person_id=old.person_id, scheme_id=old.scheme_id, round=old.round, opened_at=at,
        replaces_id=old.id, status="locked" if names_were_open else "open",
        locked_at=(old.locked_at or old.signed_at) if names_were_open else None,
    )  # fmt: skip
    session.add(new)
    session.flush()
    seating.copy_scores(session, {old.id: new.id})
    asked = select(Obligation).where(Obligation.kind == "rating.sheet", Obligation.subject == subject_of(old))
    before = session.scalars(asked).first()
    if before is not None:
        due = max(before.due, seating.today(session, measure, at))
        owe(session, "rating.sheet", new, due=due, title=before.title, at=at)
    return new
