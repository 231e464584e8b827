"""What a meeting has before it: items in order, who sits on each, where it departs from the ranking, what stands against closing, the money.

A conflict closes an item to its person here: `rows` shows such an item without its measure.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from fundapp.funds.models import Call
from fundapp.kit.database import ReadSession
from fundapp.kit.i18n import gettext as _
from fundapp.measures.conflicts import conflict_of
from fundapp.measures.lifecycle import Status
from fundapp.measures.models import Measure
from fundapp.people.models import Person
from fundapp.rating import afterwards, deviating, figures, queries, quorum, ranking, sitting, standing
from fundapp.rating.codes import DEPARTURES, OTHER_GROUND
from fundapp.rating.models import Committee, Member
from fundapp.rating.proceedings import AgendaItem, Decision, Meeting, Vote


@dataclass(frozen=True)
class Row:
    """An item of the agenda as one person may see it; `measure` and `decision` are None where a conflict closes it to them."""

    item: AgendaItem
    measure: Measure | None
    decision: Decision | None

    @property
    def closed(self) -> bool:
        return self.measure is None

    @property
    def carried(self) -> bool:
        return self.state == "decided" and self.decision is not None and carried(self.decision, self.item)

    @property
    def state(self) -> str:
        """closed, voting, decided, motion, or waits."""
        if self.closed:
            return "closed"
        if self.item.voting_from is not None and self.item.voting_to is None:
            return "voting"
        if self.decision is None:
            return "waits"
        return "decided" if self.decision.yes + self.decision.no + self.decision.abstained else "motion"


def carried(decision: Decision, item: AgendaItem | None) -> bool:
    """It was voted on and has a majority. A tie counts once the chair broke it so; in a show of hands that is typed in, it is."""
    if decision.yes != decision.no:
        return decision.yes > decision.no
    by_hand = item is None or item.voting_to is None
    return decision.yes > 0 and (decision.casting == "yes" or (by_hand and decision.casting is None))


def rows(session: ReadSession, meeting: Meeting, reader: Person) -> list[Row]:
    """The agenda in its order, in one question; what a conflict closes to `reader` stays blank."""
    closed = or_(conflict_of(reader.id), queries.own_hand(reader)).label("closed")
    asked = (
        select(AgendaItem, Measure, Decision, closed)
        .join(Measure, Measure.id == AgendaItem.measure_id)
        .outerjoin(Decision, (Decision.meeting_id == meeting.id) & (Decision.measure_id == Measure.id))
        .where(AgendaItem.meeting_id == meeting.id)
        .options(joinedload(Measure.organisation), joinedload(Measure.branch))
        .order_by(AgendaItem.no, AgendaItem.id)
    )
    return [
        Row(item, None if hidden else measure, None if hidden else decision)
        for item, measure, decision, hidden in session.execute(asked).unique()
    ]


def items(session: ReadSession, meeting_id: int) -> dict[int, AgendaItem]:
    """measure id -> its item, in the order of the agenda."""
    asked = select(AgendaItem).where(AgendaItem.meeting_id == meeting_id).order_by(AgendaItem.no, AgendaItem.id)
    return {item.measure_id: item for item in session.scalars(asked)}


def find_item(session: ReadSession, id: int, *, visible_to: Person) -> AgendaItem | None:
    """An item for who sees its meeting and has no conflict in its measure."""
    item = session.get(AgendaItem, id)
    if item is None or standing.find_meeting(session, item.meeting_id, visible_to=visible_to) is None:
        return None
    closed = or_(conflict_of(visible_to.id), queries.own_hand(visible_to))
    hidden = session.scalar(select(Measure.id).where(Measure.id == item.measure_id, closed))
    return None if hidden is not None else item


def votes(session: ReadSession, item_ids: Iterable[int]) -> dict[int, list[Vote]]:
    """item id -> the votes given, by member: never in the order in which they were given."""
    found: dict[int, list[Vote]] = {id: [] for id in item_ids}
    for vote in session.scalars(select(Vote).where(Vote.item_id.in_(tuple(found))).order_by(Vote.person_id)):
        found[vote.item_id].append(vote)
    return found


def waiting(session: ReadSession, call_id: int, committee_id: int) -> list[Measure]:
    """What waits for this committee's decision in the call: rated, best first; not what waits for a no-objection."""
    rated = queries.all_of_call(session, call_id, (Status.RATED,))
    deciding = sitting.committees_deciding(session, rated)
    ranks = ranking.ranks(session, call_id)
    held = afterwards.held(session, call_id)
    mine = [measure for measure in rated if deciding.get(measure.id) == committee_id and measure.id not in held]
    return sorted(mine, key=lambda measure: (ranks.get(measure.id, len(ranks) + 1), measure.id))


# Who sits on an item


def seats_of(
    session: ReadSession, meeting: Meeting, measures: Sequence[Measure], present: Mapping[int, Collection[int]] | None = None
) -> dict[int, tuple[quorum.Seat, ...]]:  # fmt: skip
    """measure id -> the voting members as they sit when it is decided. `present`: who was there for it, where that is known."""
    voting = sitting.members(session, meeting.committee_id, voting=True, on=meeting.held_on)
    out = queries.conflicted(session, measures, voting)
    return {
        m.id: seats_on(voting, (present or {}).get(m.id) or there(meeting, voting), out[m.id])
        for m in measures
    }  # fmt: skip


def seats_on(
    voting: Iterable[Member], present: Collection[int], conflicted: Collection[int]
) -> tuple[quorum.Seat, ...]:
    return tuple(
        quorum.Seat(
            seat.person_id, seat.chair, seat.person_id in present, seat.person_id in conflicted, seat.deputy, seat.substitute
        )
        for seat in voting
    )  # fmt: skip


def there(meeting: Meeting, voting: Iterable[Member]) -> Collection[int]:
    """Who is there: in writing everybody, as long as the answers are not counted."""
    everybody = meeting.written and meeting.status == "open"
    return [seat.person_id for seat in voting] if everybody else meeting.present


def leader(voting: Iterable[Member], present: Collection[int], conflicted: Collection[int]) -> int | None:
    """Who leads an item: a chair who is there without a conflict, else the deputy; their person id."""
    free = [seat for seat in voting if seat.person_id in present and seat.person_id not in conflicted]
    leads = [seat for seat in free if seat.chair] or [seat for seat in free if seat.deputy]
    return leads[0].person_id if leads else None


@dataclass(frozen=True)
class Item:
    """One decision with the measure, its rank, who sat how, and where it departs from the ranking (codes of DEPARTURES)."""

    decision: Decision
    measure: Measure
    rank: int
    seats: tuple[quorum.Seat, ...]
    smallest: int
    departs: tuple[str, ...] = ()
    item: AgendaItem | None = None
    lacks: int = 0  # sheets that count are fewer than the scheme asks for, by so many

    @property
    def left_room(self) -> list[int]:
        return [seat.person_id for seat in self.seats if seat.conflict and seat.present]

    @property
    def needed(self) -> int:
        return quorum.needed(self.seats, self.smallest)

    @property
    def voting(self) -> int:
        return quorum.present(self.seats)

    @property
    def tie(self) -> bool:
        return self.decision.yes == self.decision.no

    @property
    def because(self) -> str:
        """Why it departs; what stands against choosing it says so too."""
        own = "" if self.decision.outcome == "approve" else self.decision.reasons or self.decision.rule
        return self.decision.deviation or own


def items_of(session: ReadSession, meeting: Meeting, today: date) -> list[Item]:
    """The meeting's decisions by rank, each with quorum, who left the room, and how it departs from the ranking."""
    decisions = standing.decisions(session, meeting.id)
    measures = {m.id: m for m in queries.loaded(session, decisions)}
    ranks = ranking.ranks(session, meeting.call_id)
    seats = seats_of(session, meeting, list(measures.values()), {id: d.present for id, d in decisions.items()})
    smallest = session.get_one(Committee, meeting.committee_id).smallest_quorum
    agenda = items(session, meeting.id)
    departs = departures(session, meeting, decisions, ranks, today) if meeting.status == "open" else {}
    lacks = _lacking(session, meeting, measures) if meeting.status == "open" else {}
    found = [
        Item(
            d,
            measures[id],
            ranks.get(id, 0),
            seats[id],
            smallest,
            departs.get(id, ()),
            agenda.get(id),
            lacks.get(id, 0),
        )
        for id, d in decisions.items()
    ]
    return sorted(found, key=lambda item: (item.rank, item.measure.id))


def _lacking(session: ReadSession, meeting: Meeting, ids: Iterable[int]) -> dict[int, int]:
    """measure id -> how many sheets are missing, where a late declaration has left too few that count."""
    scheme = queries.scheme_of(session, meeting.call_id)
    least = scheme.smallest_sheets if scheme else 0
    return {id: least - result.sheets for id, result in standing.results(session, ids).items() if result.sheets < least}


def departures(
    session: ReadSession,
    meeting: Meeting,
    decisions: Mapping[int, Decision],
    ranks: Mapping[int, int],
    today: date,
) -> dict[int, tuple[str, ...]]:
    """measure id -> how what is decided on it departs from the ranking of what waits for this committee."""
    call = session.get_one(Call, meeting.call_id)
    scheme = queries.scheme_of(session, call.id)
    if scheme is None or not decisions:
        return {}
    measures = waiting(session, call.id, meeting.committee_id)
    results = standing.results(session, [m.id for m in measures])
    places = [
        deviating.Place(
            m.id, ranks.get(m.id, 0), m.requested, results[m.id].total >= scheme.fundable_from * 1000,
            bool(results[m.id].knocked_out),
        )
        for m in measures
        if m.id in results
    ]  # fmt: skip
    decided = {id: deviating.Decided(d.outcome, d.amount) for id, d in decisions.items()}
    return deviating.departures(places, decided, figures.left_before(session, call, today))


# Closing


def why_not_close(session: ReadSession, meeting: Meeting, today: date) -> list[str]:
    """Every reason against closing: of the meeting, then of each item under its number, then of the money."""
    if meeting.status != "open":
        return [_("The meeting is closed already.")]
    found = items_of(session, meeting, today)
    reasons = [] if found else [_("No decision has been typed in yet.")]
    if not meeting.written and meeting.held_on > today:
        reasons.append(_("The meeting lies in the future."))
    if not meeting.place:
        reasons.append(_("The place of the meeting is missing."))
    for item in found:
        reasons += [f"{item.measure.number}: {reason}" for reason in _why_not(item)]
    return reasons + figures.too_much(session, meeting, [(item.measure, item.decision) for item in found], today)


def departing(found: Iterable[Item]) -> list[Item]:
    """Those that depart from the ranking and that no chair has countersigned yet."""
    return [item for item in found if item.departs and item.decision.countersigned_at is None]


def _why_not(item: Item) -> list[str]:
    decision = item.decision
    reasons = []
    if item.measure.status != Status.RATED:
        reasons.append(_("it is no longer waiting for a decision."))
    if item.lacks:
        reasons.append(_("too few sheets count since a late declaration; the chair opens a second round."))
    if item.item is not None and item.item.voting_from is not None and item.item.voting_to is None:
        reasons.append(_("the vote is still open."))
    elif not decision.yes + decision.no + decision.abstained and item.item is not None:
        reasons.append(_("nobody has voted on the motion yet."))
    else:
        reasons += _against(item)
    if decision.amount is not None and not 0 < decision.amount <= item.measure.requested:
        reasons.append(_("the amount is more than was asked for."))
    if (
        decision.outcome in ("reject", "reserve", "defer")
        and not decision.reasons
        and decision.rule in ("", OTHER_GROUND)
    ):
        deferred = decision.outcome == "defer"
        reasons.append(_("the questions are missing.") if deferred else _("the reasons are missing."))
    if item.departs and not item.because and decision.outcome == "approve":
        reasons += [_("%(how)s Please say why.", how=_(DEPARTURES[code])) for code in item.departs]
    return reasons


def _against(item: Item) -> list[str]:
    """Quorum, count and majority; how the chair broke a tie that was voted on the screen."""
    decision = item.decision
    found = quorum.why_not_decide(
        item.seats, item.smallest, quorum.Votes(decision.yes, decision.no, decision.abstained)
    )
    if (
        not found
        and item.tie
        and item.item is not None
        and item.item.voting_to is not None
        and decision.casting != "yes"
    ):
        found.append(
            _("the chair has broken the tie against it; put another motion.")
            if decision.casting
            else _("the chair has not broken the tie yet.")
        )
    return found
