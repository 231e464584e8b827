"""The eligibility list of one proposal: what the figures say, what the officer answered, and what stands against a step."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select

from fundapp.funds.queries import paid_by_case
from fundapp.kit import i18n
from fundapp.kit.database import ReadSession
from fundapp.kit.dates import on
from fundapp.kit.i18n import gettext as _
from fundapp.measures import eligibility, missing, queries
from fundapp.measures.eligibility import CHECKS, Facts, Finding, Kind, Result, Rules
from fundapp.measures.lifecycle import FUNDED, Status
from fundapp.measures.models import Check, Measure
from fundapp.measures.queries import Proposal
from fundapp.people.deputies import hands
from fundapp.people.permissions import Action
from fundapp.reminders.models import Obligation


@dataclass(frozen=True)
class Line:
    """One check: what was computed (if it can be) and what a person answered, who has the last word."""

    check: eligibility.Check
    finding: Finding | None
    answer: Check | None

    @property
    def result(self) -> Result:
        if self.answer is not None:
            return Result(self.answer.result)
        return self.finding.result if self.finding else Result.OPEN

    @property
    def reason(self) -> str:
        """Why, in a sentence: the person's reason, else the evidence."""
        if self.answer is not None and self.answer.reason:
            return i18n.told(self.answer.reason) if self.answer.by_id is None else self.answer.reason
        return self.finding.evidence if self.finding else ""

    @property
    def stops(self) -> bool:
        """Whether it stands against accepting: failed, and not only a remark."""
        return self.result is Result.FAIL and self.check.kind is not Kind.SOFT


def lines(session: ReadSession, measure: Measure, at: datetime) -> list[Line]:
    """The whole list in its order."""
    found = eligibility.computed(facts(session, queries.proposal(session, measure), at))
    answers = queries.answers(session, measure)
    return [Line(check, found.get(check.code), answers.get(check.code)) for check in CHECKS]


def failed(session: ReadSession, measure: Measure, at: datetime) -> list[Line]:
    """All checks that a refusal names."""
    return [line for line in lines(session, measure, at) if line.stops]


def facts(session: ReadSession, proposal: Proposal, at: datetime) -> Facts:
    """What the computed checks look at."""
    m, call = proposal.measure, missing.call_of(proposal.measure)
    organisation = m.organisation
    acts, signs = proposal.parties.get("acts"), proposal.parties.get("signs")
    today = on(at, ZoneInfo(m.fund.zone))
    rules = Rules(
        currency=m.fund.currency,
        zone=m.fund.zone,
        deadline=call.closes_at,
        regions=frozenset(call.regions),
        legal_forms=frozenset(call.applicant_kinds),
        longest_months=call.longest_months,
        smallest_grant=call.smallest,
        largest_grant=call.largest,
        own_share_percent=Decimal(call.own_share) / 10,
        own_cash_percent=Decimal(call.own_cash) / 10,
    )
    return Facts(
        rules=rules,
        today=today,
        submitted_at=m.submitted_at,
        admitted_late=m.admitted_late,
        missing=tuple(gap.text for gap in missing.gaps(proposal)),
        legal_form=organisation.kind if organisation else None,
        registered_on=organisation.founded_on if organisation else None,
        has_sponsor=bool(acts and signs and acts.organisation != signs.organisation),
        region=m.region or None,
        start=m.starts_on,
        end=m.ends_on,
        total_cost=proposal.sum("amount"),
        fund_grants=proposal.sum("from_grant"),
        own_cash=proposal.sum("own_cash"),
        bottlenecks=1 if m.bottleneck_id else 0,
        **_earlier(session, m, today),
    )


def _earlier(session: ReadSession, measure: Measure, today: Any) -> dict[str, Any]:
    """What is on record of the same recipient's other measures in this fund."""
    same = [Measure.organisation_id == measure.organisation_id] if measure.organisation_id else []
    same += [Measure.owner_id == measure.owner_id] if measure.owner_id else []
    if not same:
        return {}
    asked = select(Measure).where(
        or_(*same), Measure.id != measure.id, Measure.fund_id == measure.fund_id, Measure.status.in_(FUNDED)
    )
    others = list(session.scalars(asked))
    if not others:
        return {}
    late = session.scalars(
        select(Obligation.due).where(
            Obligation.case_id.in_([other.id for other in others]),
            Obligation.kind.endswith("_report"),  # what the grantee owes, not who checks it
            ~Obligation.kind.contains("check"),
            Obligation.done_at.is_(None),
            Obligation.cancelled_at.is_(None),
        )
    )
    open_, done = (Status.RUNNING, Status.SUSPENDED, Status.CONTRACTED), (Status.SETTLED, Status.CLOSED)
    ended = [m.funding_ends for m in others if m.status in open_ and m.funding_ends]
    paid = paid_by_case(session, [m.id for m in others])
    delivered: bool | None = all(m.status in done for m in others) or None
    return {
        "open_advance_days": max([(today - day).days for day in ended] + [0]),
        "report_overdue_days": max([(today - due).days for due in late] + [0]),
        "unpaid_refund": sum(
            max(paid.get(m.id, 0) - m.settled_grant, 0) for m in others if m.settled_grant is not None
        ),
        "earlier_grants": sum(m.awarded or 0 for m in others),
        "earlier_delivered": False if any(m.status == Status.TERMINATED for m in others) else delivered,
    }


def why_not_checker(measure: Measure, by: Any) -> list[str]:
    """Who helped to write it does not check it; another branch or head office does."""
    if hands(by, Action.CHECK, measure) & {measure.prepared_by_id, measure.owner_id}:
        return [_("You wrote this proposal; another officer or head office checks it.")]
    return []


def why_not_accept(session: ReadSession, measure: Measure, by: Any, at: datetime) -> list[str]:
    """Every check is answered and none has failed, remarks apart."""
    found = lines(session, measure, at)
    reasons = why_not_checker(measure, by) + _unanswered(found)
    return reasons + [f"{line.check.code} {_(line.check.title)}: {line.reason}." for line in found if line.stops]


def why_not_send_back(session: ReadSession, measure: Measure, by: Any, at: datetime) -> list[str]:
    """Only once; who wrote it does not send it back."""
    again = [_("It was sent back once already; now it is accepted or turned down.")] if measure.returned_at else []
    return why_not_checker(measure, by) + again


def why_not_turn_down(session: ReadSession, measure: Measure, by: Any, at: datetime) -> list[str]:
    """A refusal lists all failed checks, so all must be answered and at least one have failed."""
    found = lines(session, measure, at)
    none = [] if any(line.stops for line in found) else [_("No check has failed, so there is no reason to name.")]
    return why_not_checker(measure, by) + _unanswered(found) + none


def _unanswered(found: list[Line]) -> list[str]:
    left = [line.check.code for line in found if line.result is Result.OPEN]
    return [_("Not answered yet: %(left)s.", left=", ".join(left))] if left else []
