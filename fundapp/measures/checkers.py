"""Who checks a proposal: not who typed or wrote it. The officers of its branch, else of the partner branch, else head office."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, false, func, literal, or_, select, union_all
from sqlalchemy.orm import lazyload

from fundapp.kit import i18n
from fundapp.kit.database import ReadSession
from fundapp.kit.i18n import gettext as _
from fundapp.kit.i18n import mark
from fundapp.measures.models import Help, Measure
from fundapp.people.deputies import hands
from fundapp.people.members import people_of
from fundapp.people.models import Branch, Person, RoleHeld
from fundapp.people.permissions import Action, Role
from fundapp.people.queries import with_role

EXPLAINED, TYPED, WROTE = "explained", "typed", "wrote"
HELPED = {  # as it stands after a name: what of it bars from checking, the last two
    EXPLAINED: mark("explained the rules"),
    TYPED: mark("typed it"),
    WROTE: mark("wrote it"),
}
BECAUSE = {
    TYPED: mark("for %(branch)s, because %(name)s typed it"),
    WROTE: mark("for %(branch)s, because %(name)s wrote it"),
}
BARRING = (TYPED, WROTE)
OWN, PARTNER, HEAD = "branch", "partner", "head"


# The same as conditions on Measure, for lists that ask one question
_FIRST = (
    select(func.min(Help.person_id))
    .where(Help.measure_id == Measure.id, Help.kind.in_(BARRING))
    .correlate(Measure)
    .scalar_subquery()
)
_HOW = (
    select(func.min(Help.kind))
    .where(Help.measure_id == Measure.id, Help.kind.in_(BARRING), Help.person_id == _FIRST)
    .correlate(Measure)
    .scalar_subquery()
)
HELPER = func.coalesce(Measure.prepared_by_id, _FIRST)
HELPED_KIND = case((Measure.prepared_by_id.is_not(None), WROTE), else_=_HOW)


def barring(person_id: Any) -> ColumnElement[bool]:
    """Whether somebody typed or wrote the proposal, or sends it."""
    noted = exists().where(Help.measure_id == Measure.id, Help.person_id == person_id, Help.kind.in_(BARRING))
    return or_(
        func.coalesce(Measure.prepared_by_id == person_id, false()),
        func.coalesce(Measure.owner_id == person_id, false()),
        noted,
    )


FREE = exists().where(
    RoleHeld.role == Role.OFFICER,
    or_(RoleHeld.branch_id == Measure.branch_id, RoleHeld.branch_id == Measure.check_branch_id),
    RoleHeld.ended_at.is_(None),
    RoleHeld.confirmed_at.is_not(None),
    ~barring(RoleHeld.person_id),
)  # an officer of the branch, or of the one it was given to, who may check it


@dataclass(frozen=True)
class Turn:
    """Who checks a proposal. `place`: the own branch, its partner, or head office; `why` it is not the own branch, else ''.

    `helped`: the names of those who helped, with what they did.
    """

    people: list[Person]
    place: str
    branch: Branch | None
    why: str
    helped: list[str]
    barred: frozenset[int]


def turns(session: ReadSession, measures: Sequence[Any]) -> dict[int, Turn]:
    """Measure id -> who checks it, for things with id, branch_id and owner_id; two questions, however many there are."""
    if not measures:
        return {}
    helped = _helped(session, measures)
    held = and_(
        or_(RoleHeld.role == Role.MANAGER, and_(RoleHeld.role == Role.OFFICER, RoleHeld.branch_id == Branch.id)),
        RoleHeld.ended_at.is_(None),
        RoleHeld.confirmed_at.is_not(None),
    )
    asked = (
        select(Branch, RoleHeld.role, Person)
        .outerjoin(RoleHeld, held)
        .outerjoin(Person, and_(Person.id == RoleHeld.person_id, Person.active))
        .options(lazyload(Person.roles))
        .order_by(Person.id)
    )
    branches: dict[int, Branch] = {}
    officers: dict[int | None, list[Person]] = {}
    managers: dict[int, Person] = {}
    for branch, role, person in session.execute(asked):
        branches[branch.id] = branch
        if person is not None and role == Role.MANAGER:
            managers[person.id] = person
        elif person is not None:
            officers.setdefault(branch.id, []).append(person)
    head = list(managers.values()) if branches else with_role(session, Role.MANAGER)
    return {m.id: _turn(m, helped.get(m.id, []), branches, officers, head) for m in measures}


def turn(session: ReadSession, measure: Measure) -> Turn:
    return turns(session, [measure])[measure.id]


def checkers(session: ReadSession, measure: Measure) -> list[Person]:
    """Who may check this proposal and is asked to."""
    return turn(session, measure).people


def _turn(
    m: Any,
    helped: list[tuple[Person, str]],
    branches: dict[int, Branch],
    officers: dict[int | None, list[Person]],
    managers: list[Person],
) -> Turn:
    barred = frozenset({p.id for p, kind in helped if kind in BARRING} | {m.owner_id} - {None})
    said = [f"{i18n.called(person, 'initial')} {_(HELPED[kind])}" for person, kind in helped]
    own = branches.get(m.branch_id) if m.branch_id else None
    here = officers.get(m.branch_id, []) if own else []
    partner = branches.get(own.partner_id) if own and own.partner_id else None
    there = [p for p in officers.get(partner.id, []) if p.id not in barred] if partner else []
    free = [p for p in here if p.id not in barred]
    if free:
        return Turn(free, OWN, own, "", said, barred)
    why = _why(own, here, helped)
    if there:
        return Turn(there, PARTNER, partner, why, said, barred)
    return Turn([p for p in managers if p.id not in barred] or managers, HEAD, None, why, said, barred)


def _why(own: Branch | None, here: list[Person], helped: list[tuple[Person, str]]) -> str:
    officers = {person.id for person in here}
    did = next(((p, kind) for p, kind in helped if kind in BARRING and p.id in officers), None)
    return because(own, i18n.called(did[0], "initial") if did else "", did[1] if did else "")


def because(branch: Branch | None, name: str, kind: str | None) -> str:
    """'for Zavkhan, because B. Bat typed it': why it is not its own branch that checks it."""
    if branch is None:
        return _("because it has no branch")
    if not name or kind not in HELPED:
        return _("for %(branch)s, which has no other officer", branch=i18n.named(branch))
    return _(BECAUSE[kind], branch=i18n.named(branch), name=name)


def _helped(session: ReadSession, measures: Sequence[Any]) -> dict[int, list[tuple[Person, str]]]:
    """Measure id -> who helped and how, who wrote it for the applicant first. One question."""
    ids = [m.id for m in measures]
    wrote = select(
        Measure.id.label("measure"),
        Measure.prepared_by_id.label("person"),
        literal(WROTE).label("kind"),
        literal(0).label("no"),
    )
    noted = select(Help.measure_id, Help.person_id, Help.kind, Help.id).where(Help.measure_id.in_(ids))
    rows = union_all(wrote.where(Measure.id.in_(ids)), noted).subquery()
    asked = select(rows.c.measure, Person, rows.c.kind).join(Person, Person.id == rows.c.person)
    found: dict[int, list[tuple[Person, str]]] = {}
    for id, person, kind in session.execute(asked.options(lazyload(Person.roles)).order_by(rows.c.no)):
        if (person, kind) not in found.setdefault(id, []):
            found[id].append((person, kind))
    return found


def barred(session: ReadSession, measure: Measure) -> set[int]:
    """The ids of those who do not check it: who typed or wrote, the applicant, and who works for the organisation."""
    noted = session.scalars(select(Help.person_id).where(Help.measure_id == measure.id, Help.kind.in_(BARRING)))
    theirs = people_of(session, measure.organisation_id)
    return {id for id in (measure.prepared_by_id, measure.owner_id, *noted, *theirs) if id is not None}


def why_not_checker(session: ReadSession, measure: Measure, by: Any) -> list[str]:
    """Who helped to write it does not check it; another branch or head office does."""
    if hands(by, Action.CHECK, measure) & barred(session, measure):
        return [_("You wrote or typed this proposal; another officer, the partner branch or head office checks it.")]
    return []
