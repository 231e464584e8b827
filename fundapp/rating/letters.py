"""The Word documents of the rating - minutes of a meeting, the decision to the applicant - and the plain fields they are filled with."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from fundapp.documents.letters import Letter
from fundapp.funds.models import Call, Fund
from fundapp.kit import i18n, money
from fundapp.kit.database import ReadSession
from fundapp.kit.dates import show
from fundapp.kit.i18n import gettext as _
from fundapp.kit.i18n import mark
from fundapp.kit.texts import show_points
from fundapp.measures.codes import CONFLICTS
from fundapp.measures.models import Measure
from fundapp.people.models import Person
from fundapp.rating import queries, quorum, scoring, standing
from fundapp.rating.models import Committee, Scheme
from fundapp.rating.proceedings import Decision, Meeting
from fundapp.rating.samples import DECISION, MINUTES

COMPLAINT_DAYS, ANSWER_DAYS = 14, 30  # usual periods of grant committees
FIT_DAYS, SIGN_MONTHS_DAYS = 28, 90

MINUTES_LETTER = Letter("minutes", mark("Minutes of a committee meeting"), MINUTES)
DECISION_LETTER = Letter("decision", mark("Decision to the applicant"), DECISION)
LETTERS: tuple[Letter, ...] = (MINUTES_LETTER, DECISION_LETTER)


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
    call, fund, branch = measure.call, measure.fund, measure.branch
    given = measure.awarded if decided in ("approved", "less") else None
    reasons = decision.reasons if decision else ""
    with i18n.speaking(language):
        return {
            "fund": {"name": fund.name},
            "document": {"number": measure.number or "", "version": "1", "date": show(today, language)},
            "sender": {"name": fund.name, "address": "", "signatory": "", "function": _("For the fund"), "place": ""},
            "receiver": {
                "name": measure.organisation.name if measure.organisation else measure.recipient_name,
                "person": i18n.called(measure.owner, "full") if measure.owner else "",
                "address": measure.organisation.address if measure.organisation else "",
            },
            "officer": {
                "name": i18n.named(branch) if branch else "",
                "phone": branch.phone if branch else "",
                "email": "",
            },
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
            "questions": _lines(reasons) if decided == "deferred" else [],
            "reasons": _lines(reasons) if decided != "deferred" else [],
            "conditions": _lines(measure.conditions) if given else [],
            "next": _next(decided, today, language),
            "complaint": {
                "days": str(COMPLAINT_DAYS),
                "until": show(today + timedelta(days=COMPLAINT_DAYS), language),
                "to": fund.name,
                "answer_days": str(ANSWER_DAYS),
            },
        }


def minutes_fields(
    session: ReadSession,
    meeting: Meeting,
    decisions: Sequence[Decision],
    left: int,
    *,
    ranks: Mapping[int, int],
    today: date,
    language: str,
) -> dict[str, Any]:
    """What the letter `minutes` is filled with; the decisions are frozen already. `left`: money before the meeting, minor units."""
    call = session.get_one(Call, meeting.call_id)
    fund = session.get_one(Fund, call.fund_id)
    committee = session.get_one(Committee, meeting.committee_id)
    scheme = queries.scheme_of(session, call.id)
    criteria = queries.criteria(session, scheme.id) if scheme else []
    seats = queries.members(session, committee.id)
    people = queries.people(session, {meeting.typed_by_id, meeting.closed_by_id or 0})
    measures = {m.id: m for m in queries.loaded(session, [d.measure_id for d in decisions])}
    results = standing.results(session, measures)
    number = str(len([m for m in standing.meetings(session, call.id) if m.id <= meeting.id]))
    awarded = sum(decision.amount or 0 for decision in decisions)
    keeper, chair = people[meeting.typed_by_id], people.get(meeting.closed_by_id or 0)
    with i18n.speaking(language):
        return {
            "fund": {"name": fund.name},
            "document": {"number": f"{call.code}-{number}", "version": "1", "date": show(today, language)},
            "call": {"number": call.code, "name": call.title},
            "meeting": {
                "number": number,
                "date": show(meeting.held_on, language),
                "place": meeting.place,
                "begin": meeting.began,
                "end": meeting.ended,
                "chair": i18n.called(chair, "full") if chair else "",
                "keeper": i18n.called(keeper, "full"),
                "members": str(sum(seat.voting for seat in seats)),
            },
            "present": [
                {
                    "name": i18n.called(seat.person, "full"),
                    "role": _("Chair") if seat.chair else _("Member"),
                    "sector": _(quorum.SECTORS[seat.sector]),
                }
                for seat in seats
                if seat.person_id in meeting.present
            ],
            "absent": [
                {"name": i18n.called(seat.person, "full"), "reason": ""}
                for seat in seats
                if seat.person_id not in meeting.present
            ],
            "guests": []
            if keeper.id in meeting.present
            else [{"name": i18n.called(keeper, "full"), "function": _("keeps the minutes, no vote")}],
            "ranking": [
                {
                    "rank": str(ranks.get(d.measure_id, "")),
                    "number": measures[d.measure_id].number or "",
                    "title": measures[d.measure_id].title,
                    "requested": _money(measures[d.measure_id].requested, fund, language),
                    "total": show_points(results[d.measure_id].total),
                    "spread": show_points(results[d.measure_id].spread),
                    "remark": _remark(
                        results[d.measure_id].round,
                        results[d.measure_id].spread,
                        results[d.measure_id].knocked_out,
                        scheme,
                    ),
                }
                for d in decisions
                if d.measure_id in results
            ],
            "threshold": i18n.number((scheme.fundable_from if scheme else 600) / 10, 1),
            "criteria": ", ".join(f"{c.code} {c.titles.get(language) or c.titles.get('en', '')}" for c in criteria),
            "means": [
                {
                    "number": measures[id].number or "",
                    "scores": " · ".join(
                        f"{c.code} {i18n.number(float(scoring.shown(Decimal(result.means[c.code]))), 1)}"
                        for c in criteria
                        if c.code in result.means
                    ),
                }
                for id, result in results.items()
            ],
            "proposals": [_item(session, d, measures[d.measure_id], fund, language) for d in decisions],
            "money": {
                "available": _money(left, fund, language),
                "awarded": _money(awarded, fund, language),
                "left": _money(left - awarded, fund, language),
            },
            "attachments": [],
            "signatures": [
                {"name": i18n.called(chair, "full") if chair else "", "function": _("Chair")},
                {"name": i18n.called(keeper, "full"), "function": _("Keeper of the minutes")},
            ],
        }


def _item(session: ReadSession, decision: Decision, measure: Measure, fund: Fund, language: str) -> dict[str, Any]:
    frozen = decision.frozen
    said = queries.declared(session, [measure.id], decision.left_room)
    people: dict[int, Person] = queries.people(session, decision.left_room)
    return {
        "number": measure.number or "",
        "title": measure.title,
        "applicant": measure.organisation.name if measure.organisation else measure.recipient_name,
        "requested": _money(measure.requested, fund, language),
        "left": [
            {"name": i18n.called(people[id], "full"), "why": _why(said.get((measure.id, id)))}
            for id in decision.left_room
        ],
        "entitled": str(frozen["entitled"] - len(decision.left_room)),
        "voting": str(frozen["voting"]),
        "quorum": str(frozen["quorum"]),
        "quorate": frozen["voting"] >= frozen["quorum"],
        "arguments": decision.arguments,
        "yes": str(decision.yes),
        "no": str(decision.no),
        "abstain": str(decision.abstained),
        "tie": bool(frozen["tie"]),
        "decision": outcome_in_words(decision, measure),
        "amount": _money(decision.amount, fund, language) if decision.amount else "",
        "conditions": _lines(decision.conditions),
        "reasons": decision.reasons,
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


def _why(declaration: Any) -> str:
    """The kind of a conflict; the explanation stays with the committee."""
    return _(CONFLICTS[declaration.kind]) if declaration is not None and declaration.kind in CONFLICTS else ""


def _remark(round: int, spread: int, knocked_out: Sequence[str], scheme: Scheme | None) -> str:
    parts = []
    if round > 1:
        parts.append(_("round %(n)s") % {"n": round})
    if scheme is not None and spread > scheme.spread_limit * 1000:
        parts.append(_("spread above %(n)s") % {"n": scheme.spread_limit // 10})
    if knocked_out:
        parts.append(_("below the threshold in %(codes)s") % {"codes": ", ".join(knocked_out)})
    return "; ".join(parts)


def _next(decided: str, today: date, language: str) -> list[dict[str, str]]:
    fit = {"what": _("Fit the plan to the amount given"), "by": show(today + timedelta(days=FIT_DAYS), language)}
    sign = {"what": _("Sign the contract"), "by": show(today + timedelta(days=SIGN_MONTHS_DAYS), language)}
    answer = {"what": _("Answer the questions"), "by": show(today + timedelta(days=14), language)}
    return {"approved": [sign], "less": [fit, sign], "deferred": [answer]}.get(decided, [])


def _lines(text: str) -> list[dict[str, str]]:
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
