"""Who sits where, by which scheme, on which measures, and with which conflicts. A conflict closes a measure to its person here.

How a round stands is asked in `standing.py`.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, false, func, null, or_, select
from sqlalchemy.orm import joinedload

from fundapp.funds.models import Call, Fund
from fundapp.kit.database import ReadSession
from fundapp.kit.errors import NotFound
from fundapp.measures.conflicts import conflict_of, waived
from fundapp.measures.lifecycle import Status
from fundapp.measures.models import Declaration, FoundConflict, Measure
from fundapp.people.members import working, works_there
from fundapp.people.models import Organisation, Person
from fundapp.people.permissions import Role, branches, holds, own
from fundapp.rating import scoring
from fundapp.rating.models import Committee, Criterion, Member, Number, Panel, Scheme

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


# Committees and schemes


def find_committee(session: ReadSession, id: int, *, visible_to: Person) -> Committee | None:
    if holds(visible_to, Role.MANAGER) or id in committees_of(session, visible_to.id):
        return session.get(Committee, id)
    return None


def find_member(session: ReadSession, id: int, *, visible_to: Person) -> Member | None:
    return session.get(Member, id, options=[joinedload(Member.person)]) if holds(visible_to, Role.MANAGER) else None


def committees(session: ReadSession) -> list[tuple[Committee, int]]:
    """All committees by name, each with the number of its present members."""
    seats = select(Member.committee_id, func.count().label("n")).where(Member.left_at.is_(None))
    counted = seats.group_by(Member.committee_id).subquery()
    asked = select(Committee, func.coalesce(counted.c.n, 0)).outerjoin(counted, counted.c.committee_id == Committee.id)
    return [(committee, int(n)) for committee, n in session.execute(asked.order_by(Committee.name, Committee.id))]


def committees_of(session: ReadSession, person_id: int) -> set[int]:
    """The committees on which this person sits now."""
    return set(session.scalars(seats_of(person_id)))


def seats_of(person_id: int) -> Select[Any]:
    """`committees_of` as a question within another."""
    return select(Member.committee_id).where(Member.person_id == person_id, Member.left_at.is_(None))


def members(session: ReadSession, committee_id: int, *, voting: bool = False, on: date | None = None) -> list[Member]:
    """Who sits on the committee now: chair, deputy, members, then substitutes in their order, with their persons.

    `voting`: only who may vote and score. `on`: without those whose term is over on that day.
    """
    return members_of(session, [committee_id], voting=voting, on=on).get(committee_id, [])


def members_of(
    session: ReadSession, committee_ids: Iterable[int], *, voting: bool = False, on: date | None = None
) -> dict[int, list[Member]]:
    """committee id -> as `members`, for several in one question (left out: nobody sits there)."""
    asked = select(Member).where(Member.committee_id.in_(tuple(committee_ids)), Member.left_at.is_(None))
    if voting:
        asked = asked.where(Member.voting)
    if on is not None:
        asked = asked.where(or_(Member.until.is_(None), Member.until >= on))
    order = (Member.chair.desc(), Member.deputy.desc(), func.coalesce(Member.substitute, 0), Member.id)
    found: dict[int, list[Member]] = {}
    for seat in session.scalars(asked.options(joinedload(Member.person)).order_by(*order)):
        found.setdefault(seat.committee_id, []).append(seat)
    return found


def schemes(session: ReadSession, call_ids: Iterable[int]) -> dict[int, Scheme]:
    """The scheme that holds for each of these calls: the newest."""
    asked = select(Scheme).where(Scheme.call_id.in_(tuple(call_ids))).order_by(Scheme.call_id, Scheme.id)
    return {scheme.call_id: scheme for scheme in session.scalars(asked)}


def scheme_of(session: ReadSession, call_id: int | None) -> Scheme | None:
    return schemes(session, [call_id]).get(call_id) if call_id is not None else None


def committees_deciding(session: ReadSession, measures: Iterable[Measure]) -> dict[int, int]:
    """measure id -> the committee that rates and decides it (left out: its call has no scheme yet). Two questions."""
    asked = select(Measure.id, deciding(session)).where(Measure.id.in_([m.id for m in measures]))
    return {int(id): int(committee_id) for id, committee_id in session.execute(asked) if committee_id is not None}


def deciding(session: ReadSession) -> ColumnElement[int]:
    """The committee that rates and decides the measure of the row, as a part of a question on Measure.

    Settled when its rating opened (Number.committee_id); before that the regional committee of the call whose regions have the
    measure's and whose ceiling reaches its request, else the scheme's own. A branch of the chamber that applies itself is
    decided by the scheme's own, by outsiders.
    """
    newest = select(func.max(Scheme.id)).group_by(Scheme.call_id)
    asked = select(Scheme.call_id, Committee).join(Panel, Panel.scheme_id == Scheme.id)
    panels = session.execute(
        asked.join(Committee, Committee.id == Panel.committee_id).where(Scheme.id.in_(newest)).order_by(Committee.id)
    )
    chamber = exists().where(Organisation.id == Measure.organisation_id, Organisation.kind == "chamber_branch")
    fits = [
        (
            and_(
                Measure.call_id == call_id,
                Measure.region.in_(committee.regions),
                *([Measure.requested <= committee.ceiling] if committee.ceiling is not None else []),
                ~chamber,
            ),
            committee.id,
        )
        for call_id, committee in panels
    ]
    settled = select(Number.committee_id).where(Number.measure_id == Measure.id).correlate(Measure).scalar_subquery()
    regional = [case(*fits, else_=null())] if fits else []
    return func.coalesce(settled, *regional, _of_the_scheme())


def _of_the_scheme() -> ColumnElement[int]:
    """The committee that the newest scheme of the row's call names."""
    asked = select(Scheme.committee_id).where(Scheme.call_id == Measure.call_id).order_by(Scheme.id.desc()).limit(1)
    return asked.correlate(Measure).scalar_subquery()


def before(session: ReadSession, person: Person) -> ColumnElement[bool]:
    """The measure of the row comes before a committee on which this person sits."""
    mine = committees_of(session, person.id)
    return deciding(session).in_(mine) if mine else false()


def settled_before(person: Person) -> ColumnElement[bool]:
    """As `before` without a question of its own, for a measure whose rating was opened: which committee has it is settled."""
    settled = select(Number.committee_id).where(Number.measure_id == Measure.id).correlate(Measure).scalar_subquery()
    return func.coalesce(settled, _of_the_scheme()).in_(seats_of(person.id))


def seen(session: ReadSession, person: Person) -> ColumnElement[bool]:
    """As a part of a question on Measure: what the person may see of a call's rating, without what a conflict closes."""
    free = ~conflict_of(person.id)
    return free if holds(person, Role.MANAGER, Role.AUDITOR) else and_(free, before(session, person))


def committees_of_call(session: ReadSession, call_id: int) -> list[int]:
    """The committees that decide on a call: the scheme's own first, then the regional ones."""
    scheme = scheme_of(session, call_id)
    if scheme is None:
        return []
    asked = select(Panel.committee_id).where(Panel.scheme_id == scheme.id).order_by(Panel.committee_id)
    return [scheme.committee_id, *(id for id in session.scalars(asked) if id != scheme.committee_id)]


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


def calls_before(session: ReadSession, committee_id: int) -> list[Call]:
    """The calls that this committee rates and decides, or a part of them, the newest first."""
    newest = select(func.max(Scheme.id)).group_by(Scheme.call_id)
    panels = select(Panel.scheme_id).where(Panel.committee_id == committee_id)
    theirs = or_(Scheme.committee_id == committee_id, Scheme.id.in_(panels))
    asked = select(Call).join(Scheme, Scheme.call_id == Call.id).where(Scheme.id.in_(newest), theirs)
    return list(session.scalars(asked.order_by(Call.closes_at.desc(), Call.id.desc()).limit(50)))


def find_call(session: ReadSession, id: int, *, visible_to: Person) -> Call | None:
    """A call for managers and auditors, and for the members of its committees."""
    call = session.get(Call, id)
    if call is None or holds(visible_to, Role.MANAGER, Role.AUDITOR):
        return call
    return call if committees_of(session, visible_to.id).intersection(committees_of_call(session, id)) else None


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
    committee_id = committees_deciding(session, [measure]).get(measure.id)
    seats = members(session, committee_id) if committee_id is not None else []
    return OfCommittee(measure, tuple(seat.person_id for seat in seats))


def _sits(session: ReadSession, person: Person, measure: Measure) -> bool:
    return committees_deciding(session, [measure]).get(measure.id) in committees_of(session, person.id)


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
    mine = [] if holds(person, Role.MANAGER, Role.AUDITOR) else [before(session, person)]
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
        ~conflict_of(person.id), before(session, person),
    )  # fmt: skip
    return list(session.scalars(asked.order_by(Measure.id)))


def waiting(person: Person, calls: Collection[int]) -> Select[Any]:
    """Calls in which something in rating waits for this person's declaration."""
    said = exists().where(
        Declaration.measure_id == Measure.id, Declaration.person_id == person.id, Declaration.replaced_at.is_(None)
    )
    asked = select(Measure.call_id).where(Measure.call_id.in_(tuple(calls)), Measure.status == S.IN_RATING)
    return asked.where(~said, ~own_hand(person), ~conflict_of(person.id), settled_before(person)).distinct()


def people(session: ReadSession, person_ids: Iterable[int]) -> dict[int, Person]:
    """Persons by id."""
    return {person.id: person for person in session.scalars(select(Person).where(Person.id.in_(tuple(person_ids))))}


def sits_on_committee_of(session: ReadSession, call_id: int | None, person_id: int) -> bool:
    """Whether this person sits, or has sat, on a committee of this call: who may not judge a complaint."""
    panels = select(Panel.scheme_id).where(Panel.committee_id == Member.committee_id)
    asked = select(Member.id).join(Scheme, or_(Scheme.committee_id == Member.committee_id, Scheme.id.in_(panels)))
    return (
        session.scalars(asked.where(Scheme.call_id == call_id, Member.person_id == person_id).limit(1)).first()
        is not None
    )
