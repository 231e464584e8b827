"""Choosing who scores what: a plan drawn by lot or ticked by hand is applied at once for the call, or not at all.

Before a rating opens the rows are kept, and the opening gives sheets by them. Afterwards changes are made by hand only: who is
left out loses an unsigned sheet, which is void and kept; who is added gets a sheet and a mail. A signed sheet stays and counts,
whoever is chosen afterwards, and neither answer nor page tells the two apart: who has signed is not known before the close.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import delete

from fundapp.funds.models import Call, Fund
from fundapp.history.service import record
from fundapp.kit import i18n
from fundapp.kit.database import ReadSession, WriteSession, locked
from fundapp.kit.dates import on
from fundapp.kit.errors import NotAllowed, Refused, Stale
from fundapp.kit.i18n import gettext as _
from fundapp.kit.i18n import keep
from fundapp.mail.service import queue
from fundapp.measures.lifecycle import Status
from fundapp.people.models import Person
from fundapp.people.permissions import Action, Role, holds, may
from fundapp.rating import plans, queries, rounds, seating, sitting, standing
from fundapp.rating.models import Assignment, Sheet
from fundapp.rating.plans import Board, Row

LEFT_OUT = keep("others score this proposal now")
Ticks = Mapping[int, Collection[int]]  # measure id -> persons


def find_call(session: ReadSession, id: int, *, visible_to: Person) -> Call | None:
    """A call for managers, and for the chairs and deputies of its committees."""
    call = session.get(Call, id)
    if call is None or holds(visible_to, Role.MANAGER):
        return call
    return call if set(sitting.committees_of_call(session, id)) & sitting.leads(session, visible_to) else None


def apply(
    session: WriteSession,
    call: Call,
    ticks: Ticks,
    *,
    shown: str,
    per: int | None = None,
    seed: int | None = None,
    by: Person,
    at: datetime,
) -> int:
    """Makes the ticks true; says for how many proposals that changed something. The same again changes nothing.

    `shown`: the version of the page; raises Stale when something has moved since. `per` and `seed`: as the plan was drawn, for
    the record, and for proposals that are closed to the reader and were not chosen yet. Raises Refused with every reason.
    """
    if not may(by, Action.ASSIGN, call) or find_call(session, call.id, visible_to=by) is None:
        raise NotAllowed
    locked(session, call)
    board = plans.board(session, call, by, on(at, session.get_one(Fund, call.fund_id).zone), per=per, seed=seed)
    if board is None:
        raise Refused(_("The call has no committee and no rating scheme yet."))
    wanted = _wanted(board, ticks)
    changes = [(row, new) for row, new in wanted if new != row.now or _forgets(row, per) or _fixes(row, per)]
    if not changes:
        return 0
    if shown != board.version:
        raise Stale
    _refuse(board, changes)
    added = [sheet for row, new in changes for sheet in _change(session, row, new, per, by=by, at=at)]
    _tell(session, call, added, at=at)
    record(
        session, "rating.assign", call, by=by, at=at, seed=board.seed if per else None, per_proposal=per,
        proposals=len(changes), seats=sum(len(new) for _row, new in changes),
    )  # fmt: skip
    rounds.close_when_signed(session, call, at=at)
    return len(changes)


def _wanted(board: Board, ticks: Ticks) -> list[tuple[Row, frozenset[int]]]:
    """Each proposal with who is to score it. Who sits in a blind call takes the draw as it is; so does a proposal closed to the
    reader, unless it was chosen before who scores it."""
    seen = {row.measure.id for row in board.rows}
    found = []
    for row in board.everything:
        id = row.measure.id
        if id in seen and not board.veiled:
            found.append((row, frozenset(ticks.get(id, ()))))
        elif not row.in_rating and id in board.lot and (id in seen or not row.chosen):
            found.append((row, board.lot[id]))
    return found


def _forgets(row: Row, per: int | None) -> bool:
    """All members are to score what only some did."""
    return per == 0 and row.chosen and not row.in_rating


def _fixes(row: Row, per: int | None) -> bool:
    """Those chosen are by chance all there are now; from here on it stays these."""
    return bool(per) and not row.chosen and not row.in_rating


def _refuse(board: Board, changes: Iterable[tuple[Row, frozenset[int]]]) -> None:
    """Nobody with a conflict, nobody from outside, and enough to close the rating."""
    reasons = []
    hidden = {row.measure.id for row in board.everything} - {row.measure.id for row in board.rows}
    for row, new in changes:
        name = _("A proposal") if board.veiled or row.measure.id in hidden else row.label
        names = {m.person_id: i18n.called(m.person) for m in row.members}
        if any(id not in names for id in new - row.now):
            reasons.append(_("%(proposal)s: somebody chosen does not sit on its committee any more.", proposal=name))
        for id in sorted(new & set(row.barred)):
            reasons.append(_("%(proposal)s: %(name)s has a conflict of interest.", proposal=name, name=names[id]))
        least = min(board.scheme.smallest_sheets, len(row.free))
        if len(new) < least and (row.measure.id not in hidden):
            said = _("%(proposal)s: %(count)s chosen, %(least)s signed sheets are needed.", proposal=name, count=len(new), least=least)  # fmt: skip
            reasons.append(said)
    if reasons:
        raise Refused(*dict.fromkeys(reasons))


def _change(
    session: WriteSession, row: Row, new: frozenset[int], per: int | None, *, by: Person, at: datetime
) -> list[Sheet]:
    """Who scores one proposal from now on; gives the sheets that are new."""
    id = locked(session, row.measure).id
    if row.in_rating and row.measure.status != Status.IN_RATING:
        raise Refused(_("%(proposal)s: its round has been closed meanwhile.", proposal=row.label))
    if row.in_rating:
        _take_out(session, row, row.free - new, at)
    session.execute(delete(Assignment).where(Assignment.measure_id == id))
    if per != 0 or row.in_rating:
        session.add_all(Assignment(measure_id=id, person_id=person, by_id=by.id, at=at) for person in sorted(new))
    session.flush()
    return seating.give_sheets(session, row.measure, standing.round_of(session, id), at=at) if row.in_rating else []


def _take_out(session: WriteSession, row: Row, persons: Collection[int], at: datetime) -> None:
    """Their unsigned sheets are void and kept, signed ones stand: the answer is the same."""
    live = standing.live_sheets(session, row.measure.id, standing.round_of(session, row.measure.id))
    sheets = [sheet for sheet in live if sheet.person_id in persons and locked(session, sheet).status != "signed"]
    seating.void(session, sheets, at=at)
    for sheet in sheets:
        sheet.because = LEFT_OUT
    session.flush()


def _tell(session: WriteSession, call: Call, sheets: Collection[Sheet], *, at: datetime) -> None:
    """One mail for each member who was given more."""
    due = on(at, session.get_one(Fund, call.fund_id).zone) + timedelta(days=seating.DAYS_TO_RATE)
    given: dict[int, list[int]] = {}
    for sheet in sheets:
        given.setdefault(sheet.person_id, []).append(sheet.id)
    for person_id, person in queries.people(session, given).items():
        queue(
            session, "rating/assigned", person, key=f"rating.assigned:{max(given[person_id])}", at=at, call=call.title,
            count=len(given[person_id]), due=due, link=f"/rating/calls/{call.id}/declare",
        )  # fmt: skip
