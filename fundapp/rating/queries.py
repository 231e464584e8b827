"""By which scheme which measures are rated, and who has which conflict in them. A conflict closes a measure to its person here.

Who sits where is asked in `sitting.py`, how a round stands in `standing.py`.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import joinedload

from fundapp.funds.models import Call, Fund
from fundapp.kit.database import ReadSession
from fundapp.kit.errors import NotFound
from fundapp.measures.conflicts import conflict_of, waived
from fundapp.measures.lifecycle import Status
from fundapp.measures.models import Declaration, FoundConflict, Measure
from fundapp.people.members import working, works_there
from fundapp.people.models import Person
from fundapp.people.permissions import Role, branches, holds, own
from fundapp.rating import scoring, sitting
from fundapp.rating.models import Committee, Criterion, Member, Number, Scheme

S = Status
TO_DECLARE = (S.ELIGIBLE, S.IN_RATING)
TO_READ = (S.IN_RATING, S.RATED, S.DEFERRED)
CLOSED = (
    S.RATED, S.APPROVED, S.RESERVED, S.DEFERRED, S.REJECTED, S.CONTRACTED, S.RUNNING, S.SUSPENDED, S.TERMINATED, S.SETTLED,
    S.CLOSED, S.LAPSED,
)  # fmt: skip
SPENT = (S.APPROVED, S.CONTRACTED, S.RUNNING, S.SUSPENDED, S.TERMINATED, S.SETTLED, S.CLOSED)


class OnMeasure:
    """What a right asks of a thing that belongs to a measure."""

    measure: Measure

    @property
    def case_id(self) -> int:
        return self.measure.id

    @property
    def branch_id(self) -> int | None:
        return self.measure.branch_id

    @property
    def status(self) -> str:
        return self.measure.status


@dataclass(frozen=True)
class OfCommittee(OnMeasure):
    """A measure as what has been given to the members of a committee: the right to declare and to see scores asks `assigned_to`."""

    measure: Measure
    assigned_to: tuple[int, ...]

    @property
    def id(self) -> int:
        return self.measure.id


def own_hand(person: Person) -> ColumnElement[bool]:
    """The person's own proposal, or one the person or the person's organisation has a hand in and no chair has waived that."""
    there = or_(
        Measure.organisation_id == (person.organisation_id or 0), works_there(Measure.organisation_id, person.id)
    )
    wrote = and_(Measure.prepared_by_id == person.id, ~waived("helped", person.id))
    mine = or_(Measure.owner_id == person.id, wrote, and_(there, ~waived("same_organisation", person.id)))
    return func.coalesce(mine, False)


def closed_to(session: ReadSession, measures: Iterable[Measure], person: Person) -> set[int]:
    """The ids of those that a conflict, or an own hand in them, closes to the person."""
    asked = select(Measure.id).where(Measure.id.in_([measure.id for measure in measures]))
    return set(session.scalars(asked.where(or_(conflict_of(person.id), own_hand(person)))))


# Schemes


def schemes(session: ReadSession, call_ids: Iterable[int]) -> dict[int, Scheme]:
    """The scheme that holds for each of these calls: the newest."""
    asked = select(Scheme).where(Scheme.call_id.in_(tuple(call_ids))).order_by(Scheme.call_id, Scheme.id)
    return {scheme.call_id: scheme for scheme in session.scalars(asked)}


def scheme_of(session: ReadSession, call_id: int | None) -> Scheme | None:
    return schemes(session, [call_id]).get(call_id) if call_id is not None else None


def seen(session: ReadSession, person: Person) -> ColumnElement[bool]:
    """As a part of a question on Measure: what the person may see of a call's rating, without what a conflict closes."""
    free = ~conflict_of(person.id)
    return free if holds(person, Role.MANAGER, Role.AUDITOR) else and_(free, sitting.before(session, person))


def criteria(session: ReadSession, scheme_id: int) -> list[Criterion]:
    asked = select(Criterion).where(Criterion.scheme_id == scheme_id)
    return list(session.scalars(asked.order_by(Criterion.no, Criterion.id)))


def plain(scheme: Scheme, rows: Iterable[Criterion]) -> scoring.Scheme:
    """The scheme as values, for the arithmetic; ValueError when it makes no sense."""
    fundable = Decimal(scheme.fundable_from).scaleb(-1)
    return scoring.Scheme(
        criteria=tuple(
            scoring.Criterion(
                code=row.code,
                weight=row.weight,
                title=row.titles,
                question=row.questions,
                threshold=None if row.threshold is None else Decimal(row.threshold).scaleb(-1),
                needs_identity=row.needs_identity,
                counts=row.counts,
                anchors={int(point): words for point, words in row.anchors.items() if int(point) <= scheme.highest},
            )
            for row in rows
        ),
        highest=scheme.highest,
        comment_for=frozenset(scheme.comment_for),
        minimum_sheets=scheme.smallest_sheets,
        moderation_above=Decimal(scheme.spread_limit).scaleb(-1),
        fundable_from=fundable,
        improve_from=min(Decimal(50), fundable),
    )


# Calls and measures


def find_call(session: ReadSession, id: int, *, visible_to: Person) -> Call | None:
    """A call for managers and auditors, and for the members of its committees."""
    call = session.get(Call, id)
    if call is None or holds(visible_to, Role.MANAGER, Role.AUDITOR):
        return call
    return (
        call
        if sitting.committees_of(session, visible_to.id).intersection(sitting.committees_of_call(session, id))
        else None
    )


def get_call(session: ReadSession, id: int, *, visible_to: Person) -> Call:
    """As find_call; raises NotFound."""
    call = find_call(session, id, visible_to=visible_to)
    if call is None:
        raise NotFound
    return call


def committee_of(session: ReadSession, scheme: Scheme | None) -> Committee | None:
    return session.get(Committee, scheme.committee_id) if scheme else None


def fund_of(session: ReadSession, call: Call) -> Fund:
    return session.get_one(Fund, call.fund_id)


def to_open(session: ReadSession) -> list[tuple[Fund, int]]:
    """(fund, measure id) of the eligible measures whose call is rated with open names, the first accepted first."""
    asked = (
        select(Fund, Measure.id)
        .join(Measure, Measure.fund_id == Fund.id)
        .join(Call, Call.id == Measure.call_id)
        .where(Measure.status == S.ELIGIBLE, ~Call.blind)
        .order_by(Measure.id)
    )
    return [(fund, int(id)) for fund, id in session.execute(asked)]


def _whole(asked: Select[Any]) -> Select[Any]:
    """With what belongs to a measure, in questions of their own: a row joined to others cannot be locked afterwards."""
    return asked.options(
        joinedload(Measure.call),
        joinedload(Measure.fund),
        joinedload(Measure.organisation),
        joinedload(Measure.owner),
    )


def loaded(session: ReadSession, ids: Iterable[int]) -> list[Measure]:
    """These measures with call, fund, organisation, owner and branch, for verbs and letters."""
    asked = select(Measure).where(Measure.id.in_(tuple(ids))).options(joinedload(Measure.branch)).order_by(Measure.id)
    return list(session.scalars(_whole(asked)))


def find_measure(session: ReadSession, id: int, *, visible_to: Person) -> Measure | None:
    """The measure for those whom steps of the rating concern: its committee, managers, auditors, its officers and its applicant.

    None to everybody who has declared a conflict in it. Pages that show who proposes it ask for more than this.
    """
    measure: Measure | None = session.scalars(
        _whole(select(Measure).where(Measure.id == id, ~conflict_of(visible_to.id)))
    ).first()
    if measure is None or measure.status == S.DRAFT:
        return None
    on_committee = _sits(session, visible_to, measure)
    if holds(visible_to, Role.MANAGER, Role.AUDITOR) or own(visible_to, measure, reading=True) or on_committee:
        return measure
    return measure if measure.branch_id in branches(visible_to) else None


def find_rated(session: ReadSession, id: int, *, visible_to: Person) -> OfCommittee | None:
    """The measure as given to its committee, for who may see what the members gave."""
    measure = find_measure(session, id, visible_to=visible_to)
    return None if measure is None else of_committee(session, measure)


def of_committee(session: ReadSession, measure: Measure) -> OfCommittee:
    committee_id = sitting.committees_deciding(session, [measure]).get(measure.id)
    seats = sitting.members(session, committee_id) if committee_id is not None else []
    return OfCommittee(measure, tuple(seat.person_id for seat in seats))


def _sits(session: ReadSession, person: Person, measure: Measure) -> bool:
    return sitting.committees_deciding(session, [measure]).get(measure.id) in sitting.committees_of(session, person.id)


def of_call(session: ReadSession, call_id: int, statuses: Collection[str], *, visible_to: Person) -> list[Measure]:
    """Measures of a call in these statuses by id, without those in which the person has a conflict.

    For managers and auditors all of them, for members what comes before their committee.
    """
    asked = select(Measure).where(
        Measure.call_id == call_id, Measure.status.in_(tuple(statuses)), seen(session, visible_to)
    )
    return list(session.scalars(_whole(asked).order_by(Measure.id)))


def all_of_call(session: ReadSession, call_id: int, statuses: Collection[str]) -> list[Measure]:
    """All of them, for verbs that act on a whole call and show nothing."""
    asked = select(Measure).where(Measure.call_id == call_id, Measure.status.in_(tuple(statuses)))
    return list(session.scalars(asked.order_by(Measure.id)))


def hidden_count(session: ReadSession, call_id: int, statuses: Collection[str], person: Person) -> int:
    """How many measures of the call a conflict closes to this person."""
    asked = select(func.count()).select_from(Measure)
    found = asked.where(Measure.call_id == call_id, Measure.status.in_(tuple(statuses)), conflict_of(person.id))
    mine = [] if holds(person, Role.MANAGER, Role.AUDITOR) else [sitting.before(session, person)]
    return int(session.scalar(found.where(*mine)) or 0)


def numbers(session: ReadSession, call_id: int) -> dict[int, int]:
    """measure id -> the number under which the committee knows it."""
    asked = select(Number.measure_id, Number.no).where(Number.call_id == call_id)
    return {int(measure_id): int(no) for measure_id, no in session.execute(asked)}


# Declarations


def declared(
    session: ReadSession, measure_ids: Iterable[int], person_ids: Iterable[int]
) -> dict[tuple[int, int], Declaration]:
    """(measure id, person id) -> what this person says now."""
    asked = select(Declaration).where(
        Declaration.measure_id.in_(tuple(measure_ids)),
        Declaration.person_id.in_(tuple(person_ids)),
        Declaration.replaced_at.is_(None),
    )
    return {(row.measure_id, row.person_id): row for row in session.scalars(asked)}


def conflicted(session: ReadSession, measures: Iterable[Measure], seats: Iterable[Member]) -> dict[int, set[int]]:
    """measure id -> members with a known conflict: declared, found by a rule, or plain from the proposal itself (own, prepared,
    own organisation) unless a chair has waived that."""
    measures, seats = list(measures), list(seats)
    said = declared(session, [m.id for m in measures], [seat.person_id for seat in seats])
    found = found_conflicts(session, [m.id for m in measures], [seat.person_id for seat in seats])
    standing = {(row.measure_id, row.person_id) for row in found if row.waived_at is None}
    gone = {(row.measure_id, row.person_id, row.rule) for row in found if row.waived_at is not None}
    works = working(session, [s.person_id for s in seats], [m.organisation_id for m in measures if m.organisation_id])
    return {
        measure.id: {
            seat.person_id
            for seat in seats
            if ((row := said.get((measure.id, seat.person_id))) is not None and row.conflict)
            or (measure.id, seat.person_id) in standing
            or seat.person_id == measure.owner_id
            or (seat.person_id == measure.prepared_by_id and (measure.id, seat.person_id, "helped") not in gone)
            or (
                measure.organisation_id is not None
                and (
                    seat.person.organisation_id == measure.organisation_id
                    or (seat.person_id, measure.organisation_id) in works
                )
                and (measure.id, seat.person_id, "same_organisation") not in gone
            )
        }
        for measure in measures
    }


def found_conflicts(session: ReadSession, measure_ids: Iterable[int], person_ids: Iterable[int]) -> list[FoundConflict]:
    """What rules have found between these measures and persons, waived or not."""
    asked = select(FoundConflict).where(
        FoundConflict.measure_id.in_(tuple(measure_ids)), FoundConflict.person_id.in_(tuple(person_ids))
    )
    return list(session.scalars(asked.order_by(FoundConflict.id)))


def undeclared(
    session: ReadSession, call_id: int, person: Person, statuses: Collection[str] = TO_DECLARE
) -> list[Measure]:
    """Measures of the call before the person's committee on which they have said nothing yet; what is plainly their own, or
    closed by a rule, is not asked."""
    said = exists().where(
        Declaration.measure_id == Measure.id, Declaration.person_id == person.id, Declaration.replaced_at.is_(None)
    )
    asked = select(Measure).where(
        Measure.call_id == call_id, Measure.status.in_(tuple(statuses)), ~said, ~own_hand(person),
        ~conflict_of(person.id), sitting.before(session, person),
    )  # fmt: skip
    return list(session.scalars(asked.order_by(Measure.id)))


def waiting(person: Person, calls: Collection[int]) -> Select[Any]:
    """Calls in which something in rating waits for this person's declaration."""
    said = exists().where(
        Declaration.measure_id == Measure.id, Declaration.person_id == person.id, Declaration.replaced_at.is_(None)
    )
    asked = select(Measure.call_id).where(Measure.call_id.in_(tuple(calls)), Measure.status == S.IN_RATING)
    return asked.where(~said, ~own_hand(person), ~conflict_of(person.id), sitting.settled_before(person)).distinct()


def people(session: ReadSession, person_ids: Iterable[int]) -> dict[int, Person]:
    """Persons by id."""
    return {person.id: person for person in session.scalars(select(Person).where(Person.id.in_(tuple(person_ids))))}
