"""A call's own questions, a call copied from an earlier one, and more time for a region."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from fundapp.funds import queries, questions
from fundapp.funds.models import Call, Fund
from fundapp.funds.questions import Question
from fundapp.funds.service import change_call, why_not_edit_call
from fundapp.history.service import Somebody, record
from fundapp.kit.database import WriteSession, locked
from fundapp.kit.errors import Refused
from fundapp.kit.i18n import gettext as _

COPIED = (
    "title", "text", "language", "texts", "questions", "smallest", "largest", "budget", "own_share", "own_cash",
    "longest_months", "regions", "applicant_kinds", "annexes", "indicators", "short_limit", "contact", "blind",
)  # fmt: skip
LEAST_REASON = 10  # characters
LONGEST_EXTENSION = timedelta(days=60)


def keep_questions(
    session: WriteSession, call: Call, asked: list[Question], *, version: int | None = None, by: Somebody, at: datetime
) -> None:
    """The call asks these questions from now on, until the first proposal was sent."""
    locked(session, call)
    if reasons := why_not_edit_call(call):
        raise Refused(*reasons)
    change_call(session, call, {"questions": questions.kept(asked)}, version=version, by=by, at=at)


def copy_call(
    session: WriteSession,
    call: Call,
    *,
    code: str,
    opens_at: datetime,
    closes_at: datetime,
    by: Somebody,
    at: datetime,
) -> Call:
    """A new call in preparation that says the same, with dates, code and edition of its own."""
    if queries.find_call_by_code(session, code):
        raise Refused(_("There is a call with this code already."), field="code")
    if closes_at <= opens_at:
        raise Refused(_("The call closes before it opens."), field="closes")
    said = {name: getattr(call, name) for name in COPIED}
    made = Call(
        fund_id=call.fund_id,
        code=code,
        opens_at=opens_at,
        closes_at=closes_at,
        copied_from_id=call.id,
        created_at=at,
        **said,
    )
    session.add(made)
    session.flush()
    record(session, "funds.open_call", made, by=by, at=at, code=code, fund=call.fund_id, copied_from=call.id)
    return made


def extend_deadline(
    session: WriteSession, call: Call, *, region: str, until: datetime, reason: str, by: Somebody, at: datetime
) -> None:
    """A whole region gets more time because of an outage: openly, with the reason, also when the rules are fixed."""
    locked(session, call)
    if reasons := why_not_extend(call):
        raise Refused(*reasons)
    if call.regions and region not in call.regions:
        raise Refused(_("This call is not open to this region."), field="region")
    if until <= max(call.deadline_for(region), at):
        raise Refused(_("This is not later than the deadline that holds."), field="until")
    if until > call.closes_at + LONGEST_EXTENSION:
        raise Refused(_("At most 60 days after the deadline of the call; set up a new call instead."), field="until")
    if len(reason.strip()) < LEAST_REASON:
        raise Refused(_("Say what has happened, in at least %(n)s characters.", n=LEAST_REASON), field="reason")
    row = {
        "region": region,
        "until": until.astimezone(ZoneInfo("UTC")).isoformat(),
        "reason": reason.strip(),
        "at": at.isoformat(),
        "by": by.id,
    }
    call.extensions = [*call.extensions, row]
    call.version += 1
    record(
        session, "funds.extend_deadline", call, by=by, at=at, because=reason, region=region, until=row["until"],
        was=call.closes_at.isoformat(),
    )  # fmt: skip


def why_not_extend(call: Call) -> list[str]:
    return [] if call.published_at is not None else [_("The call is not public yet: set a later deadline instead.")]


def dates_of(call: Call, fund: Fund) -> tuple[str, str]:
    """(opening, deadline) as clock times in the fund's zone: what a copy begins with."""
    zone = ZoneInfo(fund.zone)
    return f"{call.opens_at.astimezone(zone):%H:%M}", f"{call.closes_at.astimezone(zone):%H:%M}"
