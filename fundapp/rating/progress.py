"""How far rounds are, for the work list and a round's page: counts only, and only for the chair and managers.

Who scored what stays hidden until the close.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from fundapp.funds.models import Call
from fundapp.kit.database import ReadSession
from fundapp.kit.i18n import gettext as _
from fundapp.measures.conflicts import conflict_of
from fundapp.measures.lifecycle import Status
from fundapp.measures.models import Declaration, Measure
from fundapp.people.models import Person
from fundapp.people.permissions import Role, holds
from fundapp.rating import blind, queries, sitting, standing
from fundapp.rating.models import Panel, Scheme, Sheet

STATUSES = (*queries.TO_DECLARE, *queries.CLOSED)


@dataclass(frozen=True)
class Row:
    """A measure of the round. `title`, `organisation` and `measure` are empty while a blind rating hides them from this person."""

    no: int | None
    status: str
    title: str
    organisation: str
    measure: Measure | None
    declared: int
    seats: int
    signed: int
    raters: int
    score: int | None


@dataclass(frozen=True)
class Progress:
    """`counts`: whether this person may see how many have declared; `far`: how many have signed, not before one's own sheets are."""

    rows: tuple[Row, ...]
    counts: bool
    hidden: int
    scheme: Scheme | None
    far: bool = False

    @property
    def why_not_open(self) -> list[str]:
        """Reasons against opening all that wait, from the counts."""
        least = self.scheme.smallest_sheets if self.scheme else 0
        short = {row.raters for row in self.of(Status.ELIGIBLE) if row.raters < least}
        return [
            _("%(count)s members without a known conflict can rate it, %(least)s are needed.", count=n, least=least)
            for n in sorted(short)
        ]

    @property
    def why_not_close(self) -> list[str]:
        """Reasons against closing the round, by proposal."""
        least = self.scheme.smallest_sheets if self.scheme else 0
        return [
            _(
                "Proposal %(no)s: %(signed)s of %(least)s sheets needed are signed.",
                no=row.no or "–",
                signed=row.signed,
                least=least,
            )
            for row in self.of(Status.IN_RATING)
            if self.far and row.signed < least
        ]

    def of(self, *statuses: str) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.status in statuses)


def of_round(session: ReadSession, call: Call, person: Person) -> Progress:
    """The round of a call as this person may see it, in a constant number of questions."""
    scheme = queries.scheme_of(session, call.id)
    hidden = queries.hidden_count(session, call.id, STATUSES, person)
    if scheme is None:
        return Progress((), False, hidden, None)
    measures = queries.of_call(session, call.id, STATUSES, visible_to=person)
    deciding = sitting.committees_deciding(session, measures)
    voting = sitting.members_of(session, {scheme.committee_id, *deciding.values()}, voting=True)
    seats = list({seat.id: seat for each in voting.values() for seat in each}.values())
    mine = [seat for seat in seats if seat.person_id == person.id]
    sits = bool(mine) or not sitting.committees_of(session, person.id).isdisjoint(voting)
    counts = holds(person, Role.MANAGER) or any(seat.chair or seat.deputy for seat in mine)
    far = counts and not (mine and standing.unsigned(session, call.id, person.id))
    numbers = queries.numbers(session, call.id)
    open_ = [m for m in measures if m.status in queries.TO_DECLARE]
    said = queries.declared(session, [m.id for m in open_], [seat.person_id for seat in seats]) if counts else {}
    out = queries.conflicted(session, open_, seats) if counts else {}
    closed = standing.rounds(session, [m.id for m in open_])
    signed: dict[int, list[Sheet]] = (
        standing.signed(session, {m.id: closed.get(m.id, 0) + 1 for m in open_}) if far else {}
    )
    named = blind.names(session, measures)
    rows = []
    for measure in measures:
        names = named[measure.id]
        around = voting.get(deciding.get(measure.id, 0), [])
        regular = sum(seat.substitute is None for seat in around)
        free = sum(seat.person_id not in out.get(measure.id, ()) for seat in around)
        veiled = call.blind and sits and measure.status == Status.IN_RATING
        partly = call.blind and sits and measure.status == Status.ELIGIBLE
        rows.append(
            Row(
                no=numbers.get(measure.id),
                status=measure.status,
                title="" if veiled or partly else measure.title,
                organisation="" if veiled else names.organisation,
                measure=None if veiled else measure,
                declared=sum((measure.id, seat.person_id) in said for seat in around),
                seats=len(around),
                signed=len(signed.get(measure.id, ())),
                raters=min(free, regular),
                score=measure.score if measure.status in queries.CLOSED else None,
            )
        )
    return Progress(tuple(sorted(rows, key=lambda row: _place(row))), counts, hidden, scheme, far)


def _place(row: Row) -> tuple[int, str, int]:
    """Waiting ones by name, those in rating by their drawn number, so that neither order tells of the other; then by score."""
    if row.status == Status.ELIGIBLE:
        return (0, row.organisation, 0)
    if row.status == Status.IN_RATING:
        return (1, "", row.no or 0)
    return (2, "", -(row.score or 0))


def calls_of_member(session: ReadSession, person: Person) -> set[int]:
    """The ids of calls that this person rates, or a part of them: by their newest scheme."""
    return set(session.scalars(select(Scheme.call_id).where(_rated_by(person))))


def _rated_by(person: Person) -> ColumnElement[bool]:
    """The scheme of the row is the newest of its call, and one of its committees is this person's."""
    newest = select(func.max(Scheme.id)).group_by(Scheme.call_id)
    mine = sitting.seats_of(person.id)
    panel = exists().where(Panel.scheme_id == Scheme.id, Panel.committee_id.in_(mine))
    return and_(Scheme.id.in_(newest), or_(Scheme.committee_id.in_(mine), panel))


def sizes(session: ReadSession, call_ids: Iterable[int]) -> dict[int, dict[str, int]]:
    """call id -> status -> how many measures."""
    asked = select(Measure.call_id, Measure.status, func.count()).where(Measure.call_id.in_(tuple(call_ids)))
    found: dict[int, dict[str, int]] = {}
    for call_id, status, n in session.execute(asked.group_by(Measure.call_id, Measure.status)):
        if call_id is not None:
            found.setdefault(call_id, {})[status] = int(n)
    return found


def count(session: ReadSession, call_id: int, statuses: Collection[str]) -> int:
    asked = select(func.count()).select_from(Measure)
    return int(session.scalar(asked.where(Measure.call_id == call_id, Measure.status.in_(tuple(statuses)))) or 0)


def calls_of(session: ReadSession, person: Person) -> list[Call]:
    """Calls whose rating concerns this person, newest first: all that have a scheme for managers, else those of their committees."""
    newest = select(func.max(Scheme.id)).group_by(Scheme.call_id)
    concerns = Scheme.id.in_(newest) if holds(person, Role.MANAGER) else _rated_by(person)
    asked = select(Call).join(Scheme, Scheme.call_id == Call.id).where(concerns)
    return list(session.scalars(asked.order_by(Call.closes_at.desc(), Call.id.desc()).limit(50)))


def calls_without_scheme(session: ReadSession) -> list[Call]:
    """Calls for which nobody has chosen a committee yet, newest first."""
    asked = (
        select(Call).where(~exists().where(Scheme.call_id == Call.id)).order_by(Call.closes_at.desc(), Call.id.desc())
    )
    return list(session.scalars(asked.limit(50)))


def to_declare(session: ReadSession, person: Person, call_ids: Iterable[int]) -> dict[int, int]:
    """call id -> how many measures wait for this person's declaration."""
    said = exists().where(
        Declaration.measure_id == Measure.id, Declaration.person_id == person.id, Declaration.replaced_at.is_(None)
    )
    asked = select(Measure.call_id, func.count()).where(
        Measure.call_id.in_(tuple(call_ids)), Measure.status.in_(queries.TO_DECLARE), ~said, ~queries.own_hand(person),
        ~conflict_of(person.id), sitting.before(session, person),
    )  # fmt: skip
    return {
        int(call_id): int(n) for call_id, n in session.execute(asked.group_by(Measure.call_id)) if call_id is not None
    }
