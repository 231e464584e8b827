"""Opening and closing the rating of a measure, or of all measures of a call at once; second rounds; answers to questions."""

from datetime import datetime

from fundapp.funds.models import Call, Fund
from fundapp.history.service import record
from fundapp.kit.database import ReadSession, WriteSession, locked
from fundapp.kit.errors import NotAllowed, Refused
from fundapp.kit.i18n import gettext as _
from fundapp.lifecycle.service import SYSTEM, take
from fundapp.measures import lifecycle as life
from fundapp.measures.lifecycle import Status
from fundapp.measures.models import Measure
from fundapp.people.models import Person
from fundapp.people.permissions import Action, Actor, may
from fundapp.presets.queries import value
from fundapp.rating import conflicts, finding, leading, queries, reasons, reckoning, seating, standing
from fundapp.rating.models import Result, Sheet
from fundapp.rating.switches import CLOSES
from fundapp.reminders.service import cancel, done


def open_rating(session: WriteSession, measure: Measure, *, by: Actor, at: datetime) -> None:
    """ELIGIBLE -> IN_RATING: each member without a known conflict gets a sheet, due in two weeks, and a mail."""
    finding.look(session, [measure], at=at)
    seating.tell(session, measure.call_id, _open(session, measure, by=by, at=at), at=at)


def open_by_itself(session: WriteSession, measure: Measure, *, at: datetime) -> bool:
    """What the heartbeat does where the fund's switch says so; False when something speaks against it or somebody was first."""
    if locked(session, measure).status != Status.ELIGIBLE:
        return False
    finding.look(session, [measure], at=at)
    if reasons.why_not_open(session, measure, SYSTEM, at):
        return False
    open_rating(session, measure, by=SYSTEM, at=at)
    return True


def open_round(session: WriteSession, call: Call, *, by: Actor, at: datetime) -> int:
    """Opens the rating of every eligible measure of the call; says how many. Numbers are drawn by lot. All or none."""
    found = _of_call(session, call, Status.ELIGIBLE)
    if not found:
        raise Refused(_("No measure of this call waits for its rating."))
    finding.look(session, found, at=at)
    _all_or_none(found, {m.id: reasons.why_not_open(session, m, by, at) for m in found})
    drawn = seating.draw_numbers(session, call.id, found)
    sheets: list[Sheet] = []
    for measure in sorted(found, key=lambda m: drawn[m.id]):
        sheets += _open(session, measure, by=by, at=at)
    seating.tell(session, call.id, sheets, at=at)
    return len(found)


def close_rating(session: WriteSession, measure: Measure, *, by: Actor, at: datetime) -> Result:
    """IN_RATING -> RATED: the signed sheets become the result of the round, frozen; the measure gets its score.

    By who leads the committee that rates it; raises NotAllowed, Refused.
    """
    locked(session, measure)
    if isinstance(by, Person):
        _leads(leading.why_not(session, measure, by, Action.CLOSE_RATING, at))
    return _close(session, measure, by=by, at=at)


def close_round(session: WriteSession, call: Call, *, by: Actor, at: datetime) -> int:
    """Closes the rating of every measure of the call; all or none, so that nobody reads results while others still score.

    By who leads the committee of the call's scheme; raises NotAllowed, Refused.
    """
    found = _of_call(session, call, Status.IN_RATING)
    if isinstance(by, Person):
        _leads(leading.why_not_all(session, call, found, by, Action.CLOSE_RATING, at))
    if not found:
        raise Refused(_("No measure of this call is in rating."))
    named = {} if reasons.still_scores(session, call.id, by) else queries.numbers(session, call.id)
    _all_or_none(found, {m.id: reasons.unready(session, m, by) for m in found}, named)
    for measure in found:
        _close(session, measure, by=by, at=at)
    return len(found)


def close_when_signed(session: WriteSession, call: Call, *, at: datetime) -> int:
    """Where the fund's switch says so: closes the rating of a call once no sheet of it is unsigned; says of how many measures.

    All or none, as `close_round`: nobody reads results while others still score.
    """
    if not closes_by_itself(session, call):
        return 0
    locked(session, call)  # of the last two who sign at once the second sees the first
    found = [] if standing.unsigned(session, call.id) else _of_call(session, call, Status.IN_RATING)
    if any(reasons.unready(session, m, SYSTEM) for m in found):
        return 0
    for measure in found:
        _close(session, measure, by=SYSTEM, at=at)
    return len(found)


def closes_by_itself(session: ReadSession, call: Call) -> bool:
    """Whether the fund's switch closes a round with its last signature."""
    return value(session, CLOSES, session.get_one(Fund, call.fund_id)) == "signature"


def reopen_rating(session: WriteSession, measure: Measure, *, by: Actor, at: datetime, because: str) -> None:
    """RATED -> IN_RATING: a second round with new sheets; the first one stays in the record.

    By who leads the committee that rates it; raises NotAllowed, Refused.
    """
    if isinstance(by, Person):
        _leads(leading.why_not(session, measure, by, Action.REOPEN_RATING, at))
    why = reasons.why_not_reopen(session, measure, by, at)
    take(session, measure, life.REOPEN_RATING, by=by, at=at, unless=why, because=because)
    _again(session, measure, at)


def answer(session: WriteSession, measure: Measure, text: str, *, by: Actor, at: datetime) -> None:
    """DEFERRED -> IN_RATING: the applicant answers what the committee asked; the members rate again, with the answers."""
    if len(text.strip()) < 10:
        raise Refused(_("Please answer the questions in a few words."), field="answer")
    why = reasons.why_not_answer(session, measure, by, at)
    take(session, measure, life.ANSWER, by=by, at=at, unless=why, because=text)
    decision = standing.last_decision(session, measure.id)
    if decision is not None:
        decision.frozen = decision.frozen | {"answer": text.strip(), "answered_at": at.isoformat()}
    done(session, "rating.answer", measure, at=at)
    _again(session, measure, at)


def _leads(why_not: list[str]) -> None:
    if why_not:
        raise NotAllowed(*why_not)


def _close(session: WriteSession, measure: Measure, *, by: Actor, at: datetime) -> Result:
    if by is not SYSTEM and not may(by, Action.CLOSE_RATING, locked(session, measure)):
        raise NotAllowed
    scheme = queries.scheme_of(session, measure.call_id)
    why = reasons.unready(session, measure, by)
    if scheme is None or why:
        raise Refused(*why)
    round = standing.round_of(session, measure.id)
    live = standing.live_sheets(session, measure.id, round)
    result = reckoning.result_of(
        session, measure, scheme, round, [sheet for sheet in live if sheet.status == "signed"], at
    )
    session.add(result)
    measure.score = result.total
    for sheet in live:
        (done if sheet.status == "signed" else cancel)(session, "rating.sheet", sheet, at=at)
    total, sheets = result.total, result.sheets
    take(session, measure, life.CLOSE_RATING, by=by, at=at, round=round, sheets=sheets, score=total)
    return result


def _open(session: WriteSession, measure: Measure, *, by: Actor, at: datetime) -> list[Sheet]:
    round = standing.round_of(session, measure.id)
    take(
        session,
        measure,
        life.OPEN_RATING,
        by=by,
        at=at,
        unless=reasons.why_not_open(session, measure, by, at),
        round=round,
    )
    new = seating.give_sheets(session, measure, round, at=at)
    if conflicts.of_the_chamber(session, measure):
        record(session, "rating.outsiders", measure, by=by, at=at, raters=len(new))
    return new


def _again(session: WriteSession, measure: Measure, at: datetime) -> None:
    measure.score = None
    finding.look(session, [measure], at=at)
    new = seating.give_sheets(session, measure, standing.round_of(session, measure.id), at=at)
    seating.carry_over(session, new)
    seating.tell(session, measure.call_id, new, at=at)


def _of_call(session: WriteSession, call: Call, status: Status) -> list[Measure]:
    return queries.all_of_call(session, call.id, (status,))


def _all_or_none(found: list[Measure], why: dict[int, list[str]], no: dict[int, int] | None = None) -> None:
    """Raises Refused with the reasons of all measures; they are named by their number in the rating, never by who proposes."""
    said = [
        _("Proposal %(no)s: %(reason)s", no=(no or {}).get(m.id, "–"), reason=reason) if no else reason
        for m in found
        for reason in why[m.id]
    ]
    if said:
        raise Refused(*dict.fromkeys(said))
