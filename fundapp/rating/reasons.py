"""Why a step of the rating cannot be taken now: all reasons at once. Verbs refuse by them, buttons show them."""

from datetime import date, datetime

from sqlalchemy import exists, select

from fundapp.funds.models import Call, Fund
from fundapp.funds.queries import figures as figures_of
from fundapp.kit.database import ReadSession
from fundapp.kit.dates import on as day_of
from fundapp.kit.i18n import gettext as _
from fundapp.kit.texts import show_date
from fundapp.measures.models import Measure
from fundapp.people.models import Person
from fundapp.people.permissions import Action, Actor
from fundapp.rating import afterwards, figures, leading, queries, quorum, sitting, standing
from fundapp.rating.proceedings import Decision, Meeting


def why_not_open(session: ReadSession, measure: Measure, by: Actor, at: datetime) -> list[str]:
    """Enough voting members without a known conflict; who has not declared yet counts as without."""
    scheme = queries.scheme_of(session, measure.call_id)
    if scheme is None:
        return [_("The call has no committee and no rating scheme yet.")]
    committee_id = sitting.committees_deciding(session, [measure]).get(measure.id, scheme.committee_id)
    day = day_of(at, session.get_one(Fund, measure.fund_id).zone)
    seats = sitting.members(session, committee_id, voting=True)
    out = queries.conflicted(session, [measure], seats)[measure.id]
    able = sum(seat.person_id not in out and quorum.term(seat.until, day) != "over" for seat in seats)
    free = min(able, sum(seat.substitute is None for seat in seats))
    if free < scheme.smallest_sheets:
        return [
            _(
                "%(free)s members without a known conflict can rate it, %(least)s are needed.",
                free=free,
                least=scheme.smallest_sheets,
            )
        ]
    return []


def why_not_close(session: ReadSession, measure: Measure, by: Actor, at: datetime) -> list[str]:
    """Who leads its committee closes it, once enough sheets of members without a conflict are signed."""
    return _leads(session, measure, by, Action.CLOSE_RATING, at) + unready(session, measure, by)


def unready(session: ReadSession, measure: Measure, by: Actor) -> list[str]:
    """Too few signed sheets. Who has not signed all of their own in the call does not hear how many."""
    scheme = queries.scheme_of(session, measure.call_id)
    if scheme is None:
        return [_("The call has no committee and no rating scheme yet.")]
    round = standing.round_of(session, measure.id)
    signed = len(standing.signed(session, {measure.id: round})[measure.id])
    if signed >= scheme.smallest_sheets:
        return []
    if still_scores(session, scheme.call_id, by):
        return [_("Not enough sheets are signed yet. What is missing is shown once you have signed your own sheets.")]
    return [_("%(signed)s of %(least)s sheets needed are signed.", signed=signed, least=scheme.smallest_sheets)]


def still_scores(session: ReadSession, call_id: int, by: Actor) -> bool:
    """Whether this person has own sheets in the call to sign: as long as that is so, nothing tells them how far others are."""
    return isinstance(by, Person) and standing.unsigned(session, call_id, by.id)


def why_not_reopen(session: ReadSession, measure: Measure, by: Actor, at: datetime) -> list[str]:
    """Who leads its committee, not while a meeting that is being typed in decides on it, and with enough members to rate again."""
    leads = _leads(session, measure, by, Action.REOPEN_RATING, at)
    return leads + in_meeting(session, measure) + why_not_open(session, measure, by, at)


def _leads(session: ReadSession, measure: Measure, by: Actor, action: Action, at: datetime) -> list[str]:
    return leading.why_not(session, measure, by, action, at) if isinstance(by, Person) else []


def in_meeting(session: ReadSession, measure: Measure) -> list[str]:
    """Says so when a meeting that is not closed has a decision on the measure, or a closed one's waits."""
    asked = exists().where(
        Decision.meeting_id == Meeting.id, Decision.measure_id == measure.id, Meeting.status == "open"
    )
    found = session.scalars(select(Meeting).where(asked)).first()
    if found is None:
        return afterwards.why_not_now(session, measure)
    return [_("It stands in the meeting of %(day)s; take it out there first.", day=show_date(found.held_on))]


def why_not_in_meeting(session: ReadSession, measure: Measure, by: Actor, at: datetime) -> list[str]:
    """The four decisions are taken in a meeting: its page names what is missing."""
    return [] if measure.call_id is not None else [_("It belongs to no call, so no committee decides on it.")]


def why_not_answer(session: ReadSession, measure: Measure, by: Actor, at: datetime) -> list[str]:
    return why_not_open(session, measure, by, at)


def why_not_promote(session: ReadSession, measure: Measure, by: Actor, at: datetime) -> list[str]:
    """The list is still valid, and there is money in the call and in the fund."""
    fund = session.get_one(Fund, measure.fund_id)
    reasons = []
    if measure.reserved_until is not None and measure.reserved_until < day_of(at, fund.zone):
        reasons.append(_("The reserve list was valid until %(day)s.", day=show_date(measure.reserved_until)))
    if left(session, measure, fund, day_of(at, fund.zone)) <= 0:
        reasons.append(_("No money is left for it in the call and the fund."))
    return reasons


def why_not_uphold(session: ReadSession, measure: Measure, by: Actor, at: datetime) -> list[str]:
    """A complaint is judged by a manager who sits on no committee of the call, never by who decided."""
    return afterwards.why_not_judge(session, measure, by, Action.UPHOLD)


def why_not_expire(session: ReadSession, measure: Measure, by: Actor, at: datetime) -> list[str]:
    fund = session.get_one(Fund, measure.fund_id)
    if measure.reserved_until is not None and measure.reserved_until >= day_of(at, fund.zone):
        return [_("The reserve list is valid until %(day)s.", day=show_date(measure.reserved_until))]
    return []


def left(session: ReadSession, measure: Measure, fund: Fund, on: date) -> int:
    """What may be awarded to the measure on this day, minor units: the least of what the call and the fund have left.

    What is kept back for complaints is for measures whose complaint was upheld.
    """
    free = figures_of(session, fund.id).free
    call = session.get(Call, measure.call_id) if measure.call_id is not None else None
    if call is None:
        return free
    kept = 0 if afterwards.was_upheld(session, measure.id) else afterwards.reserve_needed(session, call, on)
    return min(free, call.budget - standing.given(session, call.id)) - kept


def why_not_award(session: ReadSession, measure: Measure, amount: int, at: datetime) -> list[str]:
    """The amount is above zero, not more than was asked for, there is money for it in the call, the fund and for its branch,
    and no donor or board has to be asked first: that is done about what a meeting approves.
    """
    fund = session.get_one(Fund, measure.fund_id)
    reasons = []
    if not 0 < amount <= measure.requested:
        reasons.append(
            _(
                "Between %(least)s and the %(requested)s that were asked for can be given.",
                least=figures.shown(1, fund),
                requested=figures.shown(measure.requested, fund),
            )
        )
    rest = left(session, measure, fund, day_of(at, fund.zone))
    if amount > rest:
        reasons.append(
            _(
                "%(amount)s are to be given, %(rest)s are left in the call and the fund.",
                amount=figures.shown(amount, fund),
                rest=figures.shown(max(rest, 0), fund),
            )
        )
    call = session.get(Call, measure.call_id) if measure.call_id is not None else None
    if call is not None and measure.branch_id is not None:
        reasons += figures.too_much_for_branch(session, call, fund, {measure.branch_id: amount})
    above = afterwards.needs_clearance(session, measure.call_id, amount)
    if above is not None:
        reasons.append(
            _(
                "From %(amount)s on a no-objection is needed: take its place on the list back and bring it into a meeting, or give less.",
                amount=figures.shown(above, fund),
            )
        )
    return reasons
