"""The eligibility list of one proposal: what the figures say, what the officer answered, and what stands against a step."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from fundapp.kit import i18n
from fundapp.kit.database import ReadSession
from fundapp.kit.dates import on
from fundapp.kit.i18n import gettext as _
from fundapp.measures import eligibility, findings, grounds, queries, recipient, wishes
from fundapp.measures.checkers import why_not_checker
from fundapp.measures.eligibility import CHECKS, Facts, Finding, Kind, Result, Rules
from fundapp.measures.gaps import call_of, gaps
from fundapp.measures.models import Check, Measure
from fundapp.measures.queries import Proposal
from fundapp.people.models import Person
from fundapp.regions import areas
from fundapp.regions.models import Bottleneck


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
        """Why, in a sentence: the ground that was chosen and the person's words, else the evidence."""
        if self.answer is not None and self.answer.by_id is None:
            return "; ".join(i18n.told(part) for part in self.answer.reason.split("; "))
        if self.answer is not None and (self.answer.why or self.answer.reason):
            ground = grounds.told(self.check.code, self.answer.why)
            return " ".join(filter(None, [_(ground) if ground else "", self.answer.reason]))
        return self.finding.evidence if self.finding else ""

    @property
    def personal(self) -> bool:
        """Whether a person has to answer it."""
        return not self.check.computed

    @property
    def stops(self) -> bool:
        """Whether it stands against accepting: failed, and not only a remark."""
        return self.result is Result.FAIL and self.check.kind is not Kind.SOFT


def lines(
    session: ReadSession,
    measure: Measure,
    at: datetime,
    *,
    proposal: Proposal | None = None,
    person: Person | None = None,
) -> list[Line]:
    """The whole list in its order. `proposal`: where it is read already; `person`: who reads, for what they may open."""
    proposal = proposal or queries.proposal(session, measure)
    found = findings.computed(facts(session, proposal, at, person))
    answers = queries.answers(session, measure)
    return [Line(check, found.get(check.code), answers.get(check.code)) for check in CHECKS]


def failed(session: ReadSession, measure: Measure, at: datetime) -> list[Line]:
    """All checks that a refusal names."""
    return [line for line in lines(session, measure, at) if line.stops]


def facts(session: ReadSession, proposal: Proposal, at: datetime, person: Person | None = None) -> Facts:
    """What the computed checks look at."""
    m, call = proposal.measure, call_of(proposal.measure)
    organisation = m.organisation
    acts, signs = proposal.parties.get("acts"), proposal.parties.get("signs")
    today = on(at, ZoneInfo(m.fund.zone))
    rules = Rules(
        currency=m.fund.currency,
        zone=m.fund.zone,
        deadline=call.deadline_for(m.region),
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
        submitted_at=m.paper_received_at or m.submitted_at,
        on_paper=m.paper_received_at is not None,
        admitted_late=m.admitted_late,
        returned=m.returned_at is not None,
        missing=tuple(gap.text for gap in gaps(proposal)),
        legal_form=organisation.kind if organisation else None,
        registered_on=organisation.founded_on if organisation else None,
        has_sponsor=bool(acts and signs and acts.organisation != signs.organisation),
        region=m.region or None,
        region_name=areas.named().get(m.region, ""),
        start=m.starts_on,
        end=m.ends_on,
        total_cost=proposal.sum("amount"),
        fund_grants=proposal.sum("from_grant"),
        own_cash=proposal.sum("own_cash"),
        bottleneck=_bottleneck(session, m),
        earlier=recipient.earlier(session, m, today, person),
    )


def _bottleneck(session: ReadSession, measure: Measure) -> str | None:
    found = session.get(Bottleneck, measure.bottleneck_id) if measure.bottleneck_id else None
    return found.title if found else None


def why_not_accept(session: ReadSession, measure: Measure, by: Any, at: datetime) -> list[str]:
    """Every check is answered and none has failed, remarks apart."""
    return why_not_checker(session, measure, by) + against_accepting(lines(session, measure, at))


def why_not_send_back(session: ReadSession, measure: Measure, by: Any, at: datetime) -> list[str]:
    """Only once; who wrote it does not send it back."""
    return why_not_checker(session, measure, by) + against_sending_back(measure)


def why_not_turn_down(session: ReadSession, measure: Measure, by: Any, at: datetime) -> list[str]:
    """A refusal lists all failed checks, so all must be answered and at least one have failed."""
    return why_not_checker(session, measure, by) + against_turning_down(lines(session, measure, at))


def against_accepting(found: list[Line]) -> list[str]:
    said = [f"{line.check.code} {_(line.check.title)}: {line.reason.rstrip('.')}." for line in found if line.stops]
    return _unanswered(found) + said


def against_sending_back(measure: Measure) -> list[str]:
    return [_("It was sent back once already; now it is accepted or turned down.")] if measure.returned_at else []


def against_turning_down(found: list[Line]) -> list[str]:
    none = [] if any(line.stops for line in found) else [_("No check has failed, so there is no reason to name.")]
    return _unanswered(found) + none


def _unanswered(found: list[Line]) -> list[str]:
    left = [line.check.code for line in found if line.result is Result.OPEN]
    return [_("Not answered yet: %(left)s.", left=", ".join(left))] if left else []


def can_be_met_together(found: list[Line], *, twins: bool) -> list[Line]:
    """What one button may answer as met: personal checks not answered yet that ask for no proof and no words of their own."""
    own = {"E12"} | ({"E9"} if twins else set())
    return [line for line in found if line.personal and line.result is Result.OPEN and line.check.code not in own]


def proposed(session: ReadSession, measure: Measure, at: datetime) -> list[dict[str, str]]:
    """What a proposal could be sent back for: what is missing in the form, and the checks that are not met."""
    proposal = queries.proposal(session, measure)
    found = [{"section": gap.section, "field": "", "words": gap.text} for gap in gaps(proposal)]
    for line in lines(session, measure, at, proposal=proposal):
        section, field = wishes.OF_CHECK[line.check.code]
        if line.result is Result.FAIL and line.check.code != "E2":
            words = f"{_(line.check.title)}: {line.reason}"
            found.append({"section": section, "field": field, "words": words})
    return found
