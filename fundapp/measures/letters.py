"""The letters of this room: the refusal, which names every check that has failed."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from fundapp.documents.letters import Letter
from fundapp.kit import dates, i18n, money
from fundapp.kit.dates import on
from fundapp.kit.i18n import gettext as _
from fundapp.kit.i18n import mark
from fundapp.measures.checklist import Line
from fundapp.measures.gaps import call_of
from fundapp.measures.models import Measure
from fundapp.people.models import Person

COMPLAINT_DAYS, ANSWER_DAYS = 14, 30

REFUSAL = Letter(
    "refusal",
    mark("Refusal: the proposal does not fit the call"),
    {
        "fund": {"name": "Sample Fund for Local Economic Development"},
        "document": {"number": "LF-2026-014", "version": "1", "date": "2 March 2026"},
        "sender": {
            "name": "Sample Chamber",
            "address": "1 Sample Street, Sample Town",
            "signatory": "Director of the chamber",
            "function": "Director",
            "place": "Sample Town",
        },
        "receiver": {
            "name": "Sample Cooperative",
            "person": "Chair of the cooperative",
            "address": "2 Sample Street\nSample Village",
        },
        "officer": {"name": "Officer of the branch", "phone": "+976 00 00 00 00", "email": "officer@fund.example"},
        "call": {"number": "2026-1", "name": "First call 2026"},
        "measure": {"number": "LF-2026-031", "title": "Second wool washing line", "place": "Sample Village"},
        "received": "30 January 2026",
        "failed": [
            {
                "check": "Duration",
                "needed": "at most 12 months",
                "found": "18 months",
                "reason": "The measure ends after the longest time the call allows.",
            },
            {
                "check": "Own share",
                "needed": "at least 25.0 %",
                "found": "18.0 %",
                "reason": "The own contribution is EUR 1,400.00 short.",
            },
        ],
        "again": "The next call opens on 1 September 2026.",
        "complaint": {
            "days": "14",
            "until": "16 March 2026",
            "to": "Complaints office of the chamber, complaints@fund.example",
            "answer_days": "30",
        },
    },
)

LETTERS: tuple[Letter, ...] = (REFUSAL,)


def refusal(measure: Measure, failed: Sequence[Line], *, language: str, by: Person, at: datetime) -> dict[str, Any]:
    """The fields of the refusal, as text in the reader's language."""
    call, fund, organisation, branch = call_of(measure), measure.fund, measure.organisation, measure.branch
    zone = ZoneInfo(fund.zone)
    today = on(at, zone)
    received = on(measure.submitted_at, zone) if measure.submitted_at else today
    return {
        "fund": {"name": fund.name},
        "document": {"number": measure.number or "", "version": "1", "date": dates.show(today, language)},
        "sender": {
            "name": i18n.named(branch) if branch else fund.name,
            "address": fund.name,
            "signatory": i18n.called(by, "full"),
            "function": _("for the fund"),
            "place": i18n.named(branch) if branch else fund.name,
        },
        "receiver": {
            "name": organisation.name if organisation else "",
            "person": i18n.called(measure.owner, "full") if measure.owner else "",
            "address": organisation.address if organisation else "",
        },
        "officer": {
            "name": i18n.called(by, "full"),
            "phone": (branch.phone if branch else "") or by.phone,
            "email": by.email or "",
        },
        "call": {"number": call.code, "name": call.title},
        "measure": {"number": measure.number or "", "title": measure.title, "place": measure.place},
        "received": dates.show(received, language),
        "failed": [
            {
                "check": _(line.check.title),
                "needed": needed(line.check.code, measure, language),
                "found": line.finding.evidence if line.finding else line.reason,
                "reason": line.reason,
            }
            for line in failed
        ],
        "again": "",
        "complaint": {
            "days": str(COMPLAINT_DAYS),
            "until": dates.show(complaint_until(today), language),
            "to": ", ".join(filter(None, [fund.name, by.email])),
            "answer_days": str(ANSWER_DAYS),
        },
    }


def complaint_until(today: date) -> date:
    return today + timedelta(days=COMPLAINT_DAYS)


def needed(code: str, measure: Measure, language: str) -> str:
    """What the call asks for at this check."""
    call, currency = call_of(measure), measure.fund.currency
    smallest, largest = (
        money.show(amount, currency, language, with_currency=True) for amount in (call.smallest, call.largest)
    )
    said = {
        "E1": _(
            "received by %(day)s", day=dates.show(on(call.deadline_for(measure.region), measure.fund.zone), language)
        ),
        "E4": _("a region of this call"),
        "E5": _("at most %(months)s months", months=call.longest_months),
        "E6": _("from %(smallest)s to %(largest)s", smallest=smallest, largest=largest),
        "E7": _(
            "at least %(share)s %% of all costs, %(cash)s %% in money",
            share=i18n.number(call.own_share / 10),
            cash=i18n.number(call.own_cash / 10),
        ),
    }
    return said.get(code) or _("as the call says")
