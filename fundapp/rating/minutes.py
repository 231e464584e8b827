"""The minutes of a meeting as plain fields: who was there for what, ranking, arguments, votes, decisions, conflicts, fingerprints of sheets."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

from fundapp.funds.models import Call, Fund
from fundapp.kit import i18n, money
from fundapp.kit.database import ReadSession
from fundapp.kit.dates import on, show
from fundapp.kit.i18n import gettext as _
from fundapp.kit.texts import show_points
from fundapp.measures.codes import CONFLICTS
from fundapp.measures.models import FoundConflict, Measure
from fundapp.people.models import Person
from fundapp.rating import clues, fingerprints, queries, quorum, scoring, sitting, standing
from fundapp.rating.codes import DEPARTURES, GROUNDS, OTHER_GROUND
from fundapp.rating.letters import lines, outcome_in_words
from fundapp.rating.models import Committee, Criterion, Member, Result, Scheme, Sheet
from fundapp.rating.proceedings import Decision, Meeting


@dataclass(frozen=True)
class Whole:
    """Everything the minutes speak of, asked once."""

    meeting: Meeting
    call: Call
    fund: Fund
    committee: Committee
    scheme: Scheme | None
    criteria: list[Criterion]
    seats: list[Member]
    decisions: Sequence[Decision]
    measures: dict[int, Measure]
    results: dict[int, Result]
    people: dict[int, Person]
    language: str

    def name(self, person_id: int | None) -> str:
        person = self.people.get(person_id or 0)
        return i18n.called(person, "full") if person else ""

    def money(self, amount: int | None) -> str:
        return money.show(amount or 0, self.fund.currency, self.language, with_currency=True)


def fields(
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
    whole = _whole(session, meeting, decisions, language)
    call, fund, scheme = whole.call, whole.fund, whole.scheme
    number = str(len([m for m in standing.meetings(session, call.id) if m.id <= meeting.id]))
    awarded = sum(decision.amount or 0 for decision in decisions)
    with i18n.speaking(language):
        conflicts = _conflicts(session, whole)
        return {
            "fund": {"name": fund.name},
            "document": {"number": f"{call.code}-{number}", "version": "1", "date": show(today, language)},
            "call": {"number": call.code, "name": call.title},
            "meeting": _meeting(whole, number),
            **_people(whole),
            "ranking": [_ranked(whole, d, ranks) for d in decisions if d.measure_id in whole.results],
            "threshold": i18n.number((scheme.fundable_from if scheme else 600) / 10, 1),
            "criteria": ", ".join(
                f"{c.code} {c.titles.get(language) or c.titles.get('en', '')}" for c in whole.criteria
            ),
            "means": [
                {"number": whole.measures[id].number or "", "scores": _means(whole.criteria, result)}
                for id, result in whole.results.items()
            ],
            "proposals": [_item(whole, d, conflicts.get(d.measure_id, ([], []))) for d in decisions],
            "money": {
                "available": whole.money(left),
                "awarded": whole.money(awarded),
                "left": whole.money(left - awarded),
            },
            "attachments": fingerprints.of(session, whole.measures, whole.results, whole.scheme, whole.criteria),
            "signatures": [
                {"name": whole.name(meeting.closed_by_id), "function": _("Chair")},
                {"name": whole.name(meeting.typed_by_id), "function": _("Keeper of the minutes")},
            ],
        }


def _whole(session: ReadSession, meeting: Meeting, decisions: Sequence[Decision], language: str) -> Whole:
    call = session.get_one(Call, meeting.call_id)
    scheme = queries.scheme_of(session, call.id)
    measures = {m.id: m for m in queries.loaded(session, [d.measure_id for d in decisions])}
    seats = sitting.members(session, meeting.committee_id)
    named = {meeting.typed_by_id, meeting.closed_by_id or 0, *(seat.person_id for seat in seats), *meeting.present}
    for decision in decisions:
        named |= {*decision.left_room, *decision.present, decision.countersigned_by_id or 0}
    return Whole(
        meeting, call, session.get_one(Fund, call.fund_id), session.get_one(Committee, meeting.committee_id), scheme,
        queries.criteria(session, scheme.id) if scheme else [], seats, decisions, measures,
        standing.results(session, measures), queries.people(session, named), language,
    )  # fmt: skip


def _meeting(whole: Whole, number: str) -> dict[str, Any]:
    meeting = whole.meeting
    return {
        "number": number,
        "date": show(meeting.held_on, whole.language),
        "place": meeting.place,
        "begin": meeting.began,
        "end": meeting.ended,
        "chair": whole.name(meeting.closed_by_id),
        "keeper": whole.name(meeting.typed_by_id),
        "members": str(sum(seat.voting and seat.substitute is None for seat in whole.seats)),
        "written": meeting.written,
        "answer_by": show(meeting.answer_by, whole.language) if meeting.answer_by else "",
        "secret": meeting.secret,
    }


def _people(whole: Whole) -> dict[str, Any]:
    """Present with a vote, absent, without a vote; a substitute with the name of whom they sat for."""
    there = set(whole.meeting.present)
    sat_for = stood_in(whole.seats, there)
    voting = [seat for seat in whole.seats if seat.voting and (seat.substitute is None or seat.person_id in sat_for)]
    others = [seat for seat in whole.seats if seat not in voting and seat.person_id in there]
    keeper = whole.meeting.typed_by_id
    guests = [{"name": i18n.called(seat.person, "full"), "function": _("member without a vote")} for seat in others]
    if keeper not in there:
        guests.append({"name": whole.name(keeper), "function": _("keeps the minutes, no vote")})
    return {
        "present": [
            {
                "name": i18n.called(seat.person, "full"),
                "role": _role(seat),
                "sector": _(quorum.SECTORS[seat.sector]),
                "instead_of": whole.name(sat_for.get(seat.person_id)),
            }
            for seat in voting
            if seat.person_id in there
        ],
        "absent": [
            {"name": i18n.called(seat.person, "full"), "reason": ""}
            for seat in whole.seats
            if seat.person_id not in there and seat.substitute is None
        ],
        "guests": guests,
    }


def stood_in(seats: Iterable[Member], there: Collection[int]) -> dict[int, int]:
    """person id of a substitute who was there -> whom they sat for: absent members in their order, substitutes in theirs."""
    seats = list(seats)
    away = [s for s in seats if s.voting and s.substitute is None and s.person_id not in there]
    ready = sorted((s.substitute, s.person_id) for s in seats if s.substitute is not None and s.person_id in there)
    return {person_id: seat.person_id for (_no, person_id), seat in zip(ready, away, strict=False)}


def _role(seat: Member) -> str:
    if seat.chair:
        return _("Chair")
    if seat.deputy:
        return _("Deputy of the chair")
    return _("Substitute") if seat.substitute is not None else _("Member")


def _ranked(whole: Whole, decision: Decision, ranks: Mapping[int, int]) -> dict[str, str]:
    measure, result = whole.measures[decision.measure_id], whole.results[decision.measure_id]
    return {
        "rank": str(decision.frozen.get("rank") or ranks.get(measure.id, "")),
        "number": measure.number or "",
        "title": measure.title,
        "requested": whole.money(measure.requested),
        "total": show_points(result.total),
        "spread": show_points(result.spread),
        "remark": _remark(result, whole.scheme),
    }


def _remark(result: Result, scheme: Scheme | None) -> str:
    parts = []
    if result.round > 1:
        parts.append(_("round %(n)s") % {"n": result.round})
    if scheme is not None and result.spread > scheme.spread_limit * 1000:
        parts.append(_("spread above %(n)s") % {"n": scheme.spread_limit // 10})
    if result.knocked_out:
        parts.append(_("below the threshold in %(codes)s") % {"codes": ", ".join(result.knocked_out)})
    return "; ".join(parts)


def _means(criteria: Iterable[Criterion], result: Result) -> str:
    return " · ".join(
        f"{c.code} {i18n.number(float(scoring.shown(Decimal(result.means[c.code]))), 1)}"
        for c in criteria
        if c.code in result.means
    )


def _item(
    whole: Whole, decision: Decision, conflicts: tuple[list[dict[str, str]], list[dict[str, str]]]
) -> dict[str, Any]:
    measure, frozen = whole.measures[decision.measure_id], decision.frozen
    declared, waived = conflicts
    why = {row["name"]: row["why"] for row in declared}
    left = [whole.name(id) for id in decision.left_room]
    there = [id for id in decision.present or whole.meeting.present if id not in decision.left_room]
    return {
        "number": measure.number or "",
        "title": measure.title,
        "applicant": measure.organisation.name if measure.organisation else measure.recipient_name,
        "requested": whole.money(measure.requested),
        "present": i18n.listed([whole.name(id) for id in there]) if there else "",
        "left": [{"name": name, "why": why.get(name, "")} for name in left],
        "conflicts": declared,
        "waived": waived,
        "entitled": str(frozen["entitled"] - len(decision.left_room)),
        "voting": str(frozen["voting"]),
        "quorum": str(frozen["quorum"]),
        "quorate": frozen["voting"] >= frozen["quorum"],
        "arguments": decision.arguments or _("none"),
        "yes": str(decision.yes),
        "no": str(decision.no),
        "abstain": str(decision.abstained),
        "tie": bool(frozen["tie"]),
        "casting": {"yes": _("yes"), "no": _("no")}.get(decision.casting or "", ""),
        "decision": outcome_in_words(decision, measure),
        "amount": whole.money(decision.amount) if decision.amount else "",
        "awaits": _("it waits for a no-objection and takes effect with it") if decision.waits else "",
        "conditions": lines(decision.conditions),
        "ground": _(GROUNDS[decision.rule]) if decision.rule in GROUNDS and decision.rule != OTHER_GROUND else "",
        "reasons": decision.reasons,
        "deviation": " ".join(
            [*(_(DEPARTURES[code]) for code in frozen.get("departs", ())), decision.deviation]
        ).strip(),
        "countersigned": _countersigned(whole, decision),
    }


def _countersigned(whole: Whole, decision: Decision) -> str:
    if decision.countersigned_at is None:
        return ""
    day = show(on(decision.countersigned_at, whole.fund.zone), whole.language)
    return _("%(name)s on %(day)s", name=whole.name(decision.countersigned_by_id), day=day)


def _signed_before(session: ReadSession, whole: Whole) -> set[tuple[int, int]]:
    """(measure id, person id) of signed sheets that are void and that nothing replaced: a conflict came late."""
    after = aliased(Sheet)
    asked = select(Sheet.measure_id, Sheet.person_id).where(
        Sheet.measure_id.in_(tuple(whole.measures)), Sheet.status == "void", Sheet.signed_at.is_not(None),
        ~exists().where(after.replaces_id == Sheet.id),
    )  # fmt: skip
    return {(int(measure_id), int(person_id)) for measure_id, person_id in session.execute(asked)}


def _conflicts(session: ReadSession, whole: Whole) -> dict[int, tuple[list[dict[str, str]], list[dict[str, str]]]]:
    """measure id -> (members with a conflict and its kind, conflicts that the chair waived with the reason). Three questions."""
    seated = [seat.person_id for seat in whole.seats]
    found: dict[int, tuple[list[dict[str, str]], list[dict[str, str]]]] = {id: ([], []) for id in whole.measures}
    said = queries.declared(session, whole.measures, seated)
    late = _signed_before(session, whole)
    for (measure_id, person_id), row in sorted(said.items()):
        if row.conflict:
            kind = _(CONFLICTS[row.kind]) if row.kind in CONFLICTS else ""
            if (measure_id, person_id) in late:
                kind = _("%(why)s; declared late, the signed sheet does not count", why=kind)
            found[measure_id][0].append({"name": whole.name(person_id), "why": kind})
    asked = select(FoundConflict).where(
        FoundConflict.measure_id.in_(tuple(whole.measures)), FoundConflict.person_id.in_(seated)
    )
    for clue in session.scalars(asked.order_by(FoundConflict.id)):
        why = clues.say(clue.rule, clue.evidence)
        if clue.waived_at is None:
            found[clue.measure_id][0].append({"name": whole.name(clue.person_id), "why": why})
        else:
            chair = queries.people(session, [clue.waived_by_id or 0]).get(clue.waived_by_id or 0)
            by = i18n.called(chair, "full") if chair else ""
            found[clue.measure_id][1].append(
                {"name": whole.name(clue.person_id), "why": why, "by": by, "because": clue.because}
            )
    return found
