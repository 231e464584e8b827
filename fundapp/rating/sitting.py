"""Who sits on which committee, and which committee rates and decides which part of a call."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, false, func, null, or_, select
from sqlalchemy.orm import joinedload

from fundapp.funds.models import Call
from fundapp.kit.database import ReadSession
from fundapp.measures.models import Measure
from fundapp.people.models import Organisation, Person
from fundapp.people.permissions import Role, holds
from fundapp.rating.models import Committee, Member, Number, Panel, Scheme


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


def leads(session: ReadSession, person: Person) -> set[int]:
    """The committees whose chair or deputy this person is."""
    asked = select(Member.committee_id).where(Member.person_id == person.id, Member.left_at.is_(None))
    return set(session.scalars(asked.where(Member.chair | Member.deputy)))


def sits_on_committee_of(session: ReadSession, call_id: int | None, person_id: int) -> bool:
    """Whether this person sits, or has sat, on a committee of this call: who may not judge a complaint."""
    panels = select(Panel.scheme_id).where(Panel.committee_id == Member.committee_id)
    asked = select(Member.id).join(Scheme, or_(Scheme.committee_id == Member.committee_id, Scheme.id.in_(panels)))
    return (
        session.scalars(asked.where(Scheme.call_id == call_id, Member.person_id == person_id).limit(1)).first()
        is not None
    )


# What comes before whom


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


def committees_of_call(session: ReadSession, call_id: int) -> list[int]:
    """The committees that decide on a call: the scheme's own first, then the regional ones."""
    newest = select(Scheme).where(Scheme.call_id == call_id).order_by(Scheme.id.desc()).limit(1)
    scheme = session.scalars(newest).first()
    if scheme is None:
        return []
    asked = select(Panel.committee_id).where(Panel.scheme_id == scheme.id).order_by(Panel.committee_id)
    return [scheme.committee_id, *(id for id in session.scalars(asked) if id != scheme.committee_id)]


def calls_before(session: ReadSession, committee_id: int) -> list[Call]:
    """The calls that this committee rates and decides, or a part of them, the newest first."""
    newest = select(func.max(Scheme.id)).group_by(Scheme.call_id)
    panels = select(Panel.scheme_id).where(Panel.committee_id == committee_id)
    theirs = or_(Scheme.committee_id == committee_id, Scheme.id.in_(panels))
    asked = select(Call).join(Scheme, Scheme.call_id == Call.id).where(Scheme.id.in_(newest), theirs)
    return list(session.scalars(asked.order_by(Call.closes_at.desc(), Call.id.desc()).limit(50)))
