"""Who is to score what, before and while it is applied: the proposals of a call beside the members of the committees that decide them.

A reader never sees a proposal that a conflict closes to them. In a blind call who sits on a committee sees sums only: a row of
the table, with the conflicts in it, would tell which number belongs to whom.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from itertools import combinations

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from fundapp.funds.models import Call
from fundapp.kit import i18n
from fundapp.kit.database import ReadSession
from fundapp.kit.i18n import gettext as _
from fundapp.measures.codes import CONFLICTS
from fundapp.measures.lifecycle import Status
from fundapp.measures.models import Measure
from fundapp.people.models import Person
from fundapp.people.permissions import Role, holds
from fundapp.rating import assigning, clues, queries, quorum, sitting, standing
from fundapp.rating.models import Assignment, Member, Scheme, Sheet

Seats = Mapping[int, frozenset[int]]  # measure id -> persons


@dataclass(frozen=True)
class Row:
    """A proposal. `seats`: who may be chosen; `seated`: who is; `barred`: person -> why not; `now`: who is without this plan,
    in a round that is open not by what they have signed: who was left out after that is not among them.

    `missing`: how many members it lacks; `chosen`: it was chosen who scores it, else all do.
    """

    measure: Measure
    no: int | None
    members: tuple[Member, ...]
    barred: Mapping[int, str]
    now: frozenset[int]
    seated: frozenset[int]
    chosen: bool
    missing: int = 0

    @property
    def in_rating(self) -> bool:
        return self.measure.status == Status.IN_RATING

    @property
    def label(self) -> str:
        """As a manager who does not sit in the call may read it."""
        return self.measure.title if self.no is None else _("Proposal %(no)s", no=self.no) + f": {self.measure.title}"

    @property
    def free(self) -> frozenset[int]:
        return frozenset(m.person_id for m in self.members if m.person_id not in self.barred)

    @property
    def why_missing(self) -> str:
        """Who may not score it, each with the reason."""
        names = {m.person_id: i18n.called(m.person) for m in self.members}
        return "; ".join(f"{names[id]}: {why}" for id, why in self.barred.items())


@dataclass(frozen=True)
class Board:
    """All of it for one reader. `everything`: the rows, those closed to the reader too, for the verb alone."""

    scheme: Scheme
    rows: tuple[Row, ...]
    everything: tuple[Row, ...]
    veiled: bool
    per: int | None = None
    seed: int | None = None
    lot: Seats = field(default_factory=dict)

    @property
    def hidden(self) -> int:
        return len(self.everything) - len(self.rows)

    @property
    def waiting(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if not row.in_rating)

    @property
    def in_rating(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.in_rating)

    @property
    def members(self) -> list[Member]:
        """Everybody who may be chosen for one of the rows, each once, regular members first."""
        found = {member.person_id: member for row in self.rows for member in row.members}
        return sorted(found.values(), key=lambda m: (m.substitute or 0, m.committee_id, m.id))

    @property
    def load(self) -> dict[int, int]:
        """person id -> how many of the rows they score."""
        return {m.person_id: sum(m.person_id in row.seated for row in self.rows) for m in self.members}

    @property
    def meetings(self) -> dict[tuple[int, int], int]:
        """Two persons -> how many proposals both score; regular members of one committee only."""
        pairs = combinations([m for m in self.members if m.substitute is None], 2)
        return {
            (a.person_id, b.person_id): sum({a.person_id, b.person_id} <= row.seated for row in self.rows)
            for a, b in pairs
            if a.committee_id == b.committee_id
        }

    @property
    def not_filled(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.missing)

    @property
    def version(self) -> str:
        """Changes when who scores what, a conflict, a seat, or the state of a proposal does."""
        facts = [
            (r.measure.id, r.measure.status, sorted(r.now), r.chosen, sorted(r.free), sorted(r.barred))
            for r in self.rows
        ]
        return sha256(repr(facts).encode()).hexdigest()[:16]

    @property
    def next_seed(self) -> int:
        """For drawing again."""
        return ((self.seed or self.scheme.seed) * 48271 + 1) % (2**31 - 1)


def board(
    session: ReadSession,
    call: Call,
    by: Person,
    today: date,
    *,
    per: int | None = None,
    seed: int | None = None,
    ticks: Mapping[int, Collection[int]] | None = None,
) -> Board | None:
    """As it stands; with `per` (0: all members) as drawn with `seed` for what waits; with `ticks` as ticked. None: no scheme yet."""
    scheme = queries.scheme_of(session, call.id)
    if scheme is None:
        return None
    rows = _rows(session, call, by, today)
    seed = scheme.seed if seed is None else seed
    lot = draw(rows, per, seed) if per is not None else {}
    placed = [_placed(row, lot, ticks, per, scheme) for row in rows]
    closed = queries.closed_to(session, [row.measure for row in rows], by)
    veiled = call.blind and bool(
        set(sitting.committees_of_call(session, call.id)) & sitting.committees_of(session, by.id)
    )
    visible = tuple(row for row in placed if row.measure.id not in closed)
    return Board(scheme, visible, tuple(placed), veiled, per, seed if per else None, lot)


def _sits(session: ReadSession, call: Call, by: Person) -> bool:
    return bool(set(sitting.committees_of_call(session, call.id)) & sitting.committees_of(session, by.id))


def draw(rows: Iterable[Row], per: int, seed: int) -> dict[int, frozenset[int]]:
    """measure id -> the members drawn for what waits; committee by committee, the gaps filled by substitutes in their order."""
    waiting = [row for row in rows if not row.in_rating]
    if per == 0:
        return {row.measure.id: everybody(row) for row in waiting}
    found: dict[int, frozenset[int]] = {}
    for committee_id in sorted({row.members[0].committee_id for row in waiting if row.members}):
        own = [row for row in waiting if row.members and row.members[0].committee_id == committee_id]
        regular = [m.person_id for m in own[0].members if m.substitute is None]
        plan = assigning.assign(
            members=[_key(id) for id in regular],
            proposals=[_key(row.measure.id) for row in own],
            conflicts={(_key(id), _key(row.measure.id)) for row in own for id in row.barred if id in regular},
            per_proposal=per,
            seed=seed,
        )
        for row in own:
            seated = [int(key) for key in plan.seats[_key(row.measure.id)]]
            spare = sorted((m for m in row.members if m.substitute and m.person_id in row.free), key=_order)
            found[row.measure.id] = frozenset([*seated, *(m.person_id for m in spare)][: max(per, len(seated))])
    return found


def everybody(row: Row) -> frozenset[int]:
    """Who scores where nothing was chosen: the regular members, and as many substitutes as of them may not."""
    regular = [m.person_id for m in row.members if m.substitute is None]
    spare = [m.person_id for m in sorted(row.members, key=_order) if m.substitute and m.person_id in row.free]
    free = [id for id in regular if id in row.free]
    return frozenset([*free, *spare[: len(regular) - len(free)]])


def _order(member: Member) -> tuple[int, int]:
    return (member.substitute or 0, member.id)


def _key(id: int) -> str:
    return f"{id:010}"


def _placed(row: Row, lot: Seats, ticks: Mapping[int, Collection[int]] | None, per: int | None, scheme: Scheme) -> Row:
    """With who is to be shown as chosen, and how many it lacks then."""
    id = row.measure.id
    seated = frozenset(ticks[id]) if ticks is not None and id in ticks else lot.get(id, row.now)
    wanted = per if per and not row.in_rating else scheme.smallest_sheets
    missing = max(wanted - len(seated & row.free), 0)
    return Row(row.measure, row.no, row.members, row.barred, row.now, seated, row.chosen, missing)


def _rows(session: ReadSession, call: Call, by: Person, today: date) -> list[Row]:
    """All proposals that wait or are in rating and that the reader's committees decide (a manager: all). A constant number of questions."""
    measures = queries.all_of_call(session, call.id, queries.TO_DECLARE)
    deciding = sitting.committees_deciding(session, measures)
    if not holds(by, Role.MANAGER):
        led = sitting.leads(session, by)
        measures = [m for m in measures if deciding.get(m.id) in led]
    seats = _seats(session, {deciding[m.id] for m in measures if m.id in deciding}, today)
    everyone = [member for members in seats.values() for member in members]
    why = _barred(session, measures, everyone)
    chosen: dict[int, set[int]] = {}
    for one in session.scalars(select(Assignment).where(Assignment.measure_id.in_([m.id for m in measures]))):
        chosen.setdefault(one.measure_id, set()).add(one.person_id)
    live = _live(session, measures)
    numbers = queries.numbers(session, call.id)
    found = []
    for measure in measures:
        members = seats.get(deciding.get(measure.id, 0), ())
        barred = {m.person_id: why[measure.id, m.person_id] for m in members if (measure.id, m.person_id) in why}
        row = Row(measure, numbers.get(measure.id), members, barred, frozenset(), frozenset(), measure.id in chosen)
        if measure.status == Status.IN_RATING:
            now = live.get(measure.id, frozenset()) & row.free & chosen.get(measure.id, row.free)
        else:
            now = frozenset(chosen[measure.id]) & row.free if measure.id in chosen else everybody(row)
        found.append(Row(measure, row.no, members, barred, now, now, row.chosen))
    return sorted(found, key=lambda row: (row.in_rating, row.no or 0, row.measure.title, row.measure.id))


def _seats(session: ReadSession, committee_ids: Collection[int], today: date) -> dict[int, tuple[Member, ...]]:
    """committee id -> who may score there today, the chair first."""
    asked = select(Member).where(Member.committee_id.in_(committee_ids), Member.left_at.is_(None), Member.voting)
    found: dict[int, tuple[Member, ...]] = {}
    for member in session.scalars(asked.options(joinedload(Member.person)).order_by(Member.chair.desc(), Member.id)):
        if quorum.term(member.until, today) != "over":
            found[member.committee_id] = (*found.get(member.committee_id, ()), member)
    return found


def _live(session: ReadSession, measures: Collection[Measure]) -> dict[int, frozenset[int]]:
    """measure id -> who has a sheet in the round now open."""
    rating = [m.id for m in measures if m.status == Status.IN_RATING]
    if not rating:
        return {}
    closed = standing.rounds(session, rating)
    found: dict[int, set[int]] = {}
    for sheet in session.scalars(select(Sheet).where(Sheet.measure_id.in_(rating), Sheet.status != "void")):
        if sheet.round == closed.get(sheet.measure_id, 0) + 1:
            found.setdefault(sheet.measure_id, set()).add(sheet.person_id)
    return {id: frozenset(people) for id, people in found.items()}


def _barred(
    session: ReadSession, measures: Collection[Measure], seats: Collection[Member]
) -> dict[tuple[int, int], str]:
    """(measure id, person id) -> why this member may not score it, in a few words."""
    out = queries.conflicted(session, measures, seats)
    ids, people = [id for id, persons in out.items() if persons], {id for persons in out.values() for id in persons}
    if not people:
        return {}
    said = queries.declared(session, ids, people)
    rules = {
        (f.measure_id, f.person_id): f.rule for f in queries.found_conflicts(session, ids, people) if not f.waived_at
    }
    found = {}
    for measure_id, persons in out.items():
        for person_id in persons:
            declared = said.get((measure_id, person_id))
            if declared is not None and declared.conflict:
                found[measure_id, person_id] = _(CONFLICTS.get(declared.kind or "", CONFLICTS["other"]))
            elif (measure_id, person_id) in rules:
                found[measure_id, person_id] = _(clues.BY_CODE[rules[measure_id, person_id]].name)
            else:
                found[measure_id, person_id] = _("own proposal or own organisation")
    return found
