"""What taking a step back undoes besides the status. Nothing is deleted: sheets and results become void, money is released."""

from datetime import datetime

from sqlalchemy import or_, select

from fundapp.funds.ledger import release
from fundapp.funds.models import Fund
from fundapp.funds.queries import figures_of_case
from fundapp.kit.database import WriteSession
from fundapp.kit.errors import Refused
from fundapp.kit.i18n import gettext as _
from fundapp.kit.i18n import ngettext
from fundapp.measures.models import Measure
from fundapp.people.permissions import Actor
from fundapp.rating import afterwards, seating, standing
from fundapp.rating.codes import COMPLAINT_TITLE, RESERVE_TITLE, TAKEN_BACK
from fundapp.rating.models import Sheet
from fundapp.rating.reasons import in_meeting
from fundapp.reminders.service import cancel_case, owe


def back_from_rating(session: WriteSession, measure: Measure, by: Actor, at: datetime) -> None:
    """Of opening, reopening, answering: only as long as nobody has scored. The sheets are void, an earlier score holds again."""
    round = standing.round_of(session, measure.id)
    begun = or_(
        Sheet.version > 1, Sheet.status != "open", Sheet.replaces_id.is_not(None)
    )  # a later round starts filled
    asked = select(Sheet.id).where(Sheet.measure_id == measure.id, Sheet.round == round, Sheet.status != "void", begun)
    if session.scalars(asked.limit(1)).first() is not None:
        raise Refused(_("Members have begun to score it; the rating stays open."))
    seating.void_all(session, measure, at=at)
    last = standing.results(session, [measure.id]).get(measure.id)
    measure.score = last.total if last else None


def back_from_answer(session: WriteSession, measure: Measure, by: Actor, at: datetime) -> None:
    """The answers are open again."""
    back_from_rating(session, measure, by, at)
    decision = standing.last_decision(session, measure.id)
    if decision is not None:
        decision.frozen = {key: value for key, value in decision.frozen.items() if key != "answer"}


def back_from_closing(session: WriteSession, measure: Measure, by: Actor, at: datetime) -> None:
    """The result is void and kept, and the sheets are open where they stood.

    Refused when the measure stands in a meeting, or a member who has not signed may by now have seen the others' sheets.
    """
    result = standing.results(session, [measure.id])[measure.id]
    reasons = in_meeting(session, measure)
    waiting = [s for s in standing.live_sheets(session, measure.id, result.round) if s.status != "signed"]
    if waiting:
        reasons.append(
            ngettext(
                "One member has not signed and may have seen the other sheets. Open a second round instead.",
                "%(num)s members have not signed and may have seen the other sheets. Open a second round instead.",
                len(waiting),
            )
        )
    if reasons:
        raise Refused(*reasons)
    result.void_at = at
    session.flush()
    before = standing.results(session, [measure.id]).get(measure.id)
    measure.score = before.total if before else None


def back_from_decision(session: WriteSession, measure: Measure, by: Actor, at: datetime) -> None:
    """The decision stays in the minutes and is marked; what was reserved is free again, and who agreed to it agreed to nothing.

    Refused once the plan was fitted, and while a complaint about it is open.
    """
    reasons = [_("The plan has been fitted to the award already.")] if measure.plan_fitted_at is not None else []
    if afterwards.open_complaint(session, measure.id) is not None:
        reasons.append(_("A complaint about it is open; it is answered first."))
    if reasons:
        raise Refused(*reasons)
    _mark(session, measure, at)
    _release(session, measure, by, at)
    cancel_case(session, measure.id, at=at, kinds=("measures.fit", "rating.reserve", "rating.answer"))
    measure.awarded, measure.conditions, measure.decided_on, measure.reserved_until = None, "", None, None


def back_from_promotion(session: WriteSession, measure: Measure, by: Actor, at: datetime) -> None:
    """On the reserve list again, until the same day."""
    if measure.plan_fitted_at is not None:
        raise Refused(_("The plan has been fitted to the award already."))
    _release(session, measure, by, at)
    measure.awarded = None
    cancel_case(session, measure.id, at=at, kinds=("measures.fit",))
    _owe_list(session, measure, at)


def back_from_upholding(session: WriteSession, measure: Measure, by: Actor, at: datetime) -> None:
    """Off the reserve list again; the complaint is open and waits for its answer."""
    back_from_accepting(session, measure, by, at)
    measure.reserved_until = None
    decision = standing.last_decision(session, measure.id)
    if decision is not None:
        decision.frozen = {key: value for key, value in decision.frozen.items() if key != "upheld"}
    cancel_case(session, measure.id, at=at, kinds=("rating.reserve",))


def back_from_accepting(session: WriteSession, measure: Measure, by: Actor, at: datetime) -> None:
    """Of upholding a complaint: it is open again and owed as before."""
    row = next((c for c in afterwards.complaints(session, measure.id) if c.upheld), None)
    if row is not None:
        row.answer, row.upheld, row.answered_by_id, row.answered_at = "", None, None, None
        title = COMPLAINT_TITLE % {"number": measure.number}
        owe(session, "rating.complaint", measure, due=row.due, title=title, at=at)


def back_from_expiry(session: WriteSession, measure: Measure, by: Actor, at: datetime) -> None:
    """The list's end waits for its confirmation again."""
    _owe_list(session, measure, at)


def _mark(session: WriteSession, measure: Measure, at: datetime) -> None:
    decision = standing.last_decision(session, measure.id)
    if decision is not None:
        decision.frozen = decision.frozen | {"taken_back": at.isoformat()}


def _release(session: WriteSession, measure: Measure, by: Actor, at: datetime) -> None:
    reserved = figures_of_case(session, measure.id).reserved
    if reserved:
        fund = session.get_one(Fund, measure.fund_id)
        release(
            session, fund, measure, reserved, booked_on=seating.today(session, measure, at),
            document=TAKEN_BACK % {"number": measure.number}, key=f"rating.release:{measure.id}:{at.isoformat()}", by=by, at=at,
        )  # fmt: skip


def _owe_list(session: WriteSession, measure: Measure, at: datetime) -> None:
    if measure.reserved_until is not None:
        title = RESERVE_TITLE % {"number": measure.number}
        owe(session, "rating.reserve", measure, due=measure.reserved_until, title=title, at=at)
