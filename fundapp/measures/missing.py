"""What stands against a step of the proposal: incomplete, unconfirmed, too late, a plan that does not fit the award."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from fundapp.kit import i18n
from fundapp.kit.database import ReadSession
from fundapp.kit.i18n import gettext as _
from fundapp.kit.texts import show_moment
from fundapp.measures import queries
from fundapp.measures.gaps import amount_of, call_of, gaps, why_not_own_share
from fundapp.measures.lifecycle import Status
from fundapp.measures.models import Measure

TYPING_IN = timedelta(days=14)


def why_not_submit(session: ReadSession, measure: Measure, by: object, at: datetime) -> list[str]:
    """Reasons against sending the proposal now, all at once."""
    proposal = queries.proposal(session, measure)
    return why_too_late(measure, at) + why_not_confirmed(measure) + [gap.text for gap in gaps(proposal)]


def why_not_admit_late(session: ReadSession, measure: Measure, by: object, at: datetime) -> list[str]:
    """As for sending, except that the deadline must have passed."""
    late = why_too_late(measure, at)
    reasons = [] if late else [_("The call still takes proposals: the applicant can send it.")]
    proposal = queries.proposal(session, measure)
    return reasons + why_not_confirmed(measure) + [gap.text for gap in gaps(proposal)]


def why_not_expire(session: ReadSession, measure: Measure, by: object, at: datetime) -> list[str]:
    """A draft has expired when the call is closed, a returned proposal when its new deadline has passed."""
    over = at > deadline(measure) and not in_time_on_paper(measure, at)
    return [] if over else [_("The deadline has not passed: %(until)s.", until=_until(measure))]


def deadline(measure: Measure) -> datetime:
    """Until when the proposal can be sent: the end of the day named when it was returned, else the call's deadline."""
    if measure.status == Status.RETURNED and measure.return_by is not None:
        end = datetime.combine(measure.return_by + timedelta(days=1), time(), ZoneInfo(measure.fund.zone))
        return end - timedelta(seconds=1)
    return call_of(measure).deadline_for(measure.region)


def why_too_late(measure: Measure, at: datetime) -> list[str]:
    """Why it is too late, or too early; kindly."""
    call = call_of(measure)
    if call.published_at is None or (measure.status == Status.DRAFT and at < call.opens_at):
        return [
            _(
                "The call opens on %(opens_at)s; until then nothing can be sent.",
                opens_at=show_moment(call.opens_at, measure.fund.zone),
            )
        ]
    if at <= deadline(measure) or in_time_on_paper(measure, at):
        return []
    until, branch = _until(measure), _branch(measure)
    if not branch:
        return [_("The deadline passed on %(until)s. What you wrote is kept.", until=until)]
    return [
        _(
            "The deadline passed on %(until)s. What you wrote is kept. Please call %(branch)s: "
            "we tell you what is still possible.",
            until=until,
            branch=branch,
        )
    ]


def in_time_on_paper(measure: Measure, at: datetime) -> bool:
    """Whether it came over the counter before the deadline; it may be typed in and sent for two more weeks."""
    came, until = measure.paper_received_at, deadline(measure)
    return came is not None and came <= until and at <= until + TYPING_IN


def why_not_confirmed(measure: Measure) -> list[str]:
    if measure.prepared_by_id is None or measure.confirmed_at is not None:
        return []
    return [_("The branch wrote this for the applicant, who has not confirmed it yet.")]


def _until(measure: Measure) -> str:
    return show_moment(deadline(measure), measure.fund.zone)


def _branch(measure: Measure) -> str:
    branch = measure.branch
    return f"{i18n.named(branch)}, {branch.phone}".rstrip(", ") if branch else ""


def why_not_fit(measure: Measure) -> list[str]:
    """A plan is fitted where less was awarded than asked for."""
    less = measure.awarded is not None and measure.awarded < measure.requested
    return [] if less else [_("The whole amount was awarded; the plan stays as it is.")]


def why_not_accept_plan(session: ReadSession, measure: Measure) -> list[str]:
    """What does not fit yet: the fund's part against the award, and the rule on the own share."""
    proposal, fund = queries.proposal(session, measure), measure.fund
    asked, awarded = proposal.sum("from_grant"), measure.awarded or 0
    differs = _(
        "The plan takes %(asked)s from the fund; %(awarded)s were awarded.",
        asked=amount_of(asked, fund),
        awarded=amount_of(awarded, fund),
    )
    reasons = [differs] if asked != awarded else []
    return reasons + [f"{text}." for text in why_not_own_share(proposal, call_of(measure))]


def why_not_fitted(session: ReadSession, measure: Measure) -> list[str]:
    """Why no contract can be made of this plan yet. Asked by the rooms above."""
    if measure.plan_fitted_at is not None:
        return []
    if not why_not_fit(measure):
        return [_("Less was awarded than asked for: the plan is fitted to the award first, and a manager accepts it.")]
    return [] if queries.total(session, measure)[1] == measure.awarded else [_("The plan does not match the award.")]
