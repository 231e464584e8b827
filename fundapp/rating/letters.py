"""The Word documents of the rating - minutes of a meeting, the decision to the applicant - and the plain fields they are filled with."""

from datetime import date, timedelta
from typing import Any

from fundapp.documents.letters import Letter
from fundapp.funds.models import Call, Fund
from fundapp.kit import i18n, money
from fundapp.kit.database import ReadSession
from fundapp.kit.dates import on, show
from fundapp.kit.i18n import gettext as _
from fundapp.kit.i18n import mark
from fundapp.kit.texts import show_points
from fundapp.measures.models import Measure
from fundapp.people.models import Person
from fundapp.rating import queries, standing
from fundapp.rating.afterwards import ANSWER_DAYS, COMPLAINT_DAYS
from fundapp.rating.codes import GROUNDS, OTHER_GROUND
from fundapp.rating.proceedings import Addendum, Complaint, Decision, Meeting
from fundapp.rating.samples import ADDENDUM, COMPLAINT, DECISION, MINUTES

FIT_DAYS, SIGN_DAYS, DAYS_TO_ANSWER = 28, 90, 14  # what an applicant has after a decision

MINUTES_LETTER = Letter("minutes", mark("Minutes of a committee meeting"), MINUTES)
DECISION_LETTER = Letter("decision", mark("Decision to the applicant"), DECISION)
ADDENDUM_LETTER = Letter("addendum", mark("Addendum to the minutes"), ADDENDUM)
COMPLAINT_LETTER = Letter("complaint", mark("Answer to a complaint"), COMPLAINT)
LETTERS: tuple[Letter, ...] = (MINUTES_LETTER, ADDENDUM_LETTER, DECISION_LETTER, COMPLAINT_LETTER)


def decision_fields(
    session: ReadSession,
    measure: Measure,
    decision: Decision | None,
    *,
    decided: str,
    held_on: date,
    place: str,
    today: date,
    language: str,
) -> dict[str, Any]:
    """What the letter `decision` is filled with. `decided`: approved, less, reserved, deferred or rejected; `place` on the reserve list.

    `measure` comes with fund, call, organisation, owner and branch.
    """
    scheme = queries.scheme_of(session, measure.call_id)
    call, fund = measure.call, measure.fund
    given = measure.awarded if decided in ("approved", "less") else None
    with i18n.speaking(language):
        reasons = because(decision)
        return {
            "fund": {"name": fund.name},
            "document": {"number": measure.number or "", "version": "1", "date": show(today, language)},
            **_between(measure),
            "call": {"number": call.code if call else "", "name": call.title if call else ""},
            "measure": {"number": measure.number or "", "title": measure.title, "place": measure.place},
            "meeting": {"date": show(held_on, language)},
            "decision": decided,
            "requested": _money(measure.requested, fund, language),
            "amount": _money(given, fund, language) if given else "",
            "amount_words": money.in_words(given, fund.currency, language) if given else "",
            "score": show_points(measure.score),
            "threshold": i18n.number((scheme.fundable_from if scheme else 600) / 10, 1),
            "reserve": {
                "place": place if decided == "reserved" else "",
                "until": show(measure.reserved_until, language)
                if decided == "reserved" and measure.reserved_until
                else "",
            },
            "questions": lines(reasons) if decided == "deferred" else [],
            "reasons": lines(reasons) if decided != "deferred" else [],
            "feedback": lines(decision.feedback) if decision and decision.feedback_at else [],
            "conditions": lines(measure.conditions) if given else [],
            "next": _next(decided, today, language),
            "complaint": {
                "days": str(COMPLAINT_DAYS),
                "until": show(today + timedelta(days=COMPLAINT_DAYS), language),
                "to": fund.name,
                "answer_days": str(ANSWER_DAYS),
            },
        }


def complaint_fields(
    session: ReadSession,
    measure: Measure,
    complaint: Complaint,
    *,
    stood: str,
    answered_by: Person,
    today: date,
    language: str,
) -> dict[str, Any]:
    """What the letter `complaint` is filled with. `stood`: the measure's status before; `measure` as for `decision_fields`."""
    call, fund = measure.call, measure.fund
    with i18n.speaking(language):
        return {
            "fund": {"name": fund.name},
            "document": {"number": measure.number or "", "version": "1", "date": show(today, language)},
            **_between(measure),
            "call": {"number": call.code if call else "", "name": call.title if call else ""},
            "measure": {"number": measure.number or "", "title": measure.title, "place": measure.place},
            "complaint": {
                "date": show(on(complaint.at, fund.zone), language),
                "upheld": bool(complaint.upheld),
                "back": {"ineligible": "committee", "rejected": "list"}.get(stood, "") if complaint.upheld else "",
                "until": show(measure.reserved_until, language) if measure.reserved_until else "",
                "by": i18n.called(answered_by, "full"),
            },
            "reasons": lines(complaint.answer),
        }


def addendum_fields(
    session: ReadSession, meeting: Meeting, row: Addendum, by: Person, *, today: date, language: str
) -> dict[str, Any]:
    """What the letter `addendum` is filled with."""
    call = session.get_one(Call, meeting.call_id)
    fund = session.get_one(Fund, call.fund_id)
    number = str(len([m for m in standing.meetings(session, call.id) if m.id <= meeting.id]))
    with i18n.speaking(language):
        return {
            "fund": {"name": fund.name},
            "document": {"number": f"{call.code}-{number}-{row.no}", "version": "1", "date": show(today, language)},
            "call": {"number": call.code, "name": call.title},
            "meeting": {"number": number, "date": show(meeting.held_on, language), "place": meeting.place},
            "addendum": {"number": str(row.no), "by": i18n.called(by, "full")},
            "text": lines(row.text),
            "signatures": [
                {"name": "", "function": _("Chair")},
                {"name": i18n.called(by, "full"), "function": _("Wrote the addendum")},
            ],
        }


def _between(measure: Measure) -> dict[str, Any]:
    """Who writes to whom, and who looks after it."""
    fund, branch, organisation = measure.fund, measure.branch, measure.organisation
    return {
        "sender": {"name": fund.name, "address": "", "signatory": "", "function": _("For the fund"), "place": ""},
        "receiver": {
            "name": organisation.name if organisation else measure.recipient_name,
            "person": i18n.called(measure.owner, "full") if measure.owner else "",
            "address": organisation.address if organisation else "",
        },
        "officer": {"name": i18n.named(branch) if branch else "", "phone": branch.phone if branch else "", "email": ""},
    }


def outcome_in_words(decision: Decision, measure: Measure) -> str:
    """'Approved with less than requested', in the language of the moment."""
    if decision.outcome == "approve" and decision.amount is not None and decision.amount < measure.requested:
        return _("Approved with less than requested")
    words = {
        "approve": _("Approved"),
        "reserve": _("On the reserve list"),
        "defer": _("Deferred with questions"),
        "reject": _("Not chosen"),
    }
    return words[decision.outcome]


def _next(decided: str, today: date, language: str) -> list[dict[str, str]]:
    fit = {"what": _("Fit the plan to the amount given"), "by": show(today + timedelta(days=FIT_DAYS), language)}
    sign = {"what": _("Sign the contract"), "by": show(today + timedelta(days=SIGN_DAYS), language)}
    answer = {"what": _("Answer the questions"), "by": show(today + timedelta(days=DAYS_TO_ANSWER), language)}
    return {"approved": [sign], "less": [fit, sign], "deferred": [answer]}.get(decided, [])


def because(decision: Decision | None) -> str:
    """The ground by the rules and the committee's own words, in the language of the moment."""
    if decision is None:
        return ""
    ground = GROUNDS[decision.rule] if decision.rule in GROUNDS and decision.rule != OTHER_GROUND else ""
    return "\n".join(part for part in (_(ground) if ground else "", decision.reasons) if part)


def lines(text: str) -> list[dict[str, str]]:
    """Each line that is not blank, as a list of a template."""
    return [{"text": line.strip()} for line in text.splitlines() if line.strip()]


def _money(amount: int | None, fund: Fund, language: str) -> str:
    return money.show(amount or 0, fund.currency, language, with_currency=True)


def decision_title(measure: Measure) -> str:
    return _("Decision on %(number)s") % {"number": measure.number or measure.title}


def minutes_title(call: Call, meeting: Meeting) -> str:
    return _("Minutes of %(day)s, %(call)s") % {
        "day": show(meeting.held_on, i18n.LANGUAGE.get()),
        "call": call.title,
    }


def complaint_title(measure: Measure) -> str:
    return _("Answer to the complaint about %(number)s") % {"number": measure.number or measure.title}


def addendum_title(call: Call, meeting: Meeting, row: Addendum) -> str:
    return _("Addendum %(no)s to the minutes of %(day)s, %(call)s") % {
        "no": row.no,
        "day": show(meeting.held_on, i18n.LANGUAGE.get()),
        "call": call.title,
    }
