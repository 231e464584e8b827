"""Looking for conflicts by the rules of `clues.py`, and keeping what is found: once each, and never again what a chair has waived.

It is looked when a rating opens, when a member joins, when an interest is noted, when members declare, with every heartbeat
for what was accepted since, and on demand.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import or_, select

from fundapp.funds.models import Call, Fund
from fundapp.history.service import record
from fundapp.kit.database import ReadSession, WriteSession, locked
from fundapp.kit.dates import add_months, on
from fundapp.kit.phones import dialled
from fundapp.lifecycle.service import SYSTEM
from fundapp.measures.lifecycle import Status
from fundapp.measures.models import Declaration, FoundConflict, Help, Measure, Partner, Party
from fundapp.people.models import Branch, Membership, Organisation, Person, RoleHeld
from fundapp.people.permissions import Role
from fundapp.rating import clues, queries, reckoning, seating, sitting, standing
from fundapp.rating.clues import Evidence, Insider, Place, Proposal, Tie
from fundapp.rating.models import Interest, Scheme

YEARS_BACK = 3  # employment and seats count so long after they have ended (domain.md 4.3)
LOOKED_AT = (Status.ELIGIBLE, Status.IN_RATING, Status.RATED, Status.DEFERRED, Status.RESERVED)

Clues = dict[tuple[int, int], dict[str, Evidence]]
Key = TypeVar("Key")


def look(
    session: WriteSession, measures: Iterable[Measure], *, person: Person | None = None, at: datetime
) -> list[FoundConflict]:
    """Compares the members of the committees that decide these measures (or `person`, who is one) with them and keeps what is new.

    What is found late voids the member's sheet, which stays on record; a substitute gets one. Gives the new rows.
    """
    measures = list(measures)
    new: list[FoundConflict] = []
    for (measure_id, person_id), rules in new_clues(session, measures, person=person, at=at).items():
        new += [
            FoundConflict(measure_id=measure_id, person_id=person_id, rule=rule, evidence=evidence, found_at=at)
            for rule, evidence in rules.items()
        ]
    session.add_all(new)
    session.flush()
    by_id = {measure.id: measure for measure in measures}
    for measure_id, person_id in dict.fromkeys((row.measure_id, row.person_id) for row in new):
        codes = sorted(row.rule for row in new if (row.measure_id, row.person_id) == (measure_id, person_id))
        record(session, "rating.find_conflict", by_id[measure_id], by=SYSTEM, at=at, person=person_id, rules=codes)
        status = locked(session, by_id[measure_id]).status
        if status in (Status.IN_RATING, Status.RATED):
            bar(session, by_id[measure_id], person_id, at=at)
    return new


def bar(session: WriteSession, measure: Measure, person_id: int, *, at: datetime) -> None:
    """Voids the person's sheet, which stays on record. In an open round a substitute gets one in turn; a closed one is reckoned again."""
    rated = measure.status == Status.RATED
    round = standing.round_of(session, measure.id) - rated
    live = [sheet for sheet in standing.live_sheets(session, measure.id, round) if sheet.person_id == person_id]
    if live:
        record(session, "rating.void_sheet", measure, by=SYSTEM, at=at, person=person_id, round=round)
        seating.void(session, live, at=at)
        if rated:
            reckoning.count_again(session, measure, at=at)
            return
        seating.tell(session, measure.call_id, seating.give_sheets(session, measure, round, at=at), at=at)


def look_at_call(session: WriteSession, call: Call, *, at: datetime) -> list[FoundConflict]:
    """On demand: everything of the call that is rated or decided now."""
    return look(session, queries.all_of_call(session, call.id, LOOKED_AT), at=at)


def look_at_person(session: WriteSession, person: Person, *, at: datetime) -> list[FoundConflict]:
    """For who joined a committee or noted an interest: everything that comes before their committees now."""
    return look(session, before_person(session, person), person=person, at=at)


def before_person(session: ReadSession, person: Person) -> list[Measure]:
    """What is rated or decided now by the committees on which this person sits."""
    asked = select(Measure).where(Measure.status.in_(LOOKED_AT), sitting.before(session, person))
    return list(session.scalars(asked.order_by(Measure.id)))


def waiting(session: ReadSession) -> list[Measure]:
    """What the heartbeat looks at: accepted, and not yet opened to a committee; from then on every change looks by itself."""
    asked = select(Measure).where(Measure.status == Status.ELIGIBLE, Measure.call_id.in_(select(Scheme.call_id)))
    return list(session.scalars(asked.order_by(Measure.id)))


def new_clues(
    session: ReadSession, measures: Iterable[Measure], *, person: Person | None = None, at: datetime
) -> Clues:
    """(measure id, person id) -> rule -> what it compared, without what is kept already. A constant number of questions."""
    measures = list(measures)
    if not measures:
        return {}
    deciding = sitting.committees_deciding(session, measures)
    members = sitting.members_of(session, set(deciding.values()))
    who = {id: [seat.person_id for seat in seats] for id, seats in members.items()}
    persons = {seat.person for seats in members.values() for seat in seats if person is None or seat.person == person}
    day = _today(session, measures, at)
    insiders = _insiders(session, sorted(persons, key=lambda each: each.id), day)
    proposals = _proposals(session, measures)
    known = {
        (row.measure_id, row.person_id, row.rule)
        for row in queries.found_conflicts(session, [m.id for m in measures], insiders)
    }
    found: Clues = {}
    for measure in measures:
        for person_id in who.get(deciding.get(measure.id, 0), []):
            if person_id in insiders:
                said = clues.found(insiders[person_id], proposals[measure.id])
                new = {rule: what for rule, what in said.items() if (measure.id, person_id, rule) not in known}
                if new:
                    found[measure.id, person_id] = new
    return found


def clear(session: ReadSession, measures: Iterable[Measure], person: Person, *, at: datetime) -> list[Measure]:
    """Those that no rule would close to this person: what a member is asked to declare on."""
    measures = list(measures)
    tied = {measure_id for measure_id, _person in new_clues(session, measures, person=person, at=at)}
    return [measure for measure in measures if measure.id not in tied]


def _today(session: ReadSession, measures: list[Measure], at: datetime) -> date:
    return on(at, session.get_one(Fund, measures[0].fund_id).zone)


# What is on record of members


def _insiders(session: ReadSession, persons: list[Person], day: date) -> dict[int, Insider]:
    """person id -> what rules compare of them: seats, offices and memberships of now and of the last three years."""
    ids, since = [person.id for person in persons], add_months(day, -12 * YEARS_BACK)
    belongs: dict[int, set[int]] = {p.id: {p.organisation_id} if p.organisation_id else set() for p in persons}
    for row in session.scalars(select(Membership).where(Membership.person_id.in_(ids))):
        if row.ended_at is None or row.ended_at.date() >= since:
            belongs[row.person_id].add(row.organisation_id)
    offices: dict[int, set[int]] = {id: set() for id in ids}
    branches: dict[int, set[int]] = {id: set() for id in ids}
    held = select(RoleHeld).where(RoleHeld.person_id.in_(ids), RoleHeld.role == Role.OFFICER)
    for role in session.scalars(held.where(RoleHeld.confirmed_at.is_not(None))):
        if role.ended_at is None:
            offices[role.person_id].add(role.branch_id or 0)
        if role.ended_at is None or role.ended_at.date() >= since:
            branches[role.person_id].add(role.branch_id or 0)
    ties: dict[int, list[Tie]] = {}
    for seat in session.scalars(select(Interest).where(Interest.person_id.in_(ids)).order_by(Interest.id)):
        if (seat.until is None and seat.ended_at is None) or (seat.until is not None and seat.until >= since):
            tie = Tie(seat.kind, seat.name, seat.organisation_id, seat.number)
            ties.setdefault(seat.person_id, []).append(tie)
    places = _places(session, {id for found in belongs.values() for id in found})
    declared, accounts = _declared(session, ids), _accounts(session, ids, set(places))
    return {
        p.id: Insider(
            p.id, p.email or "", p.dialled, tuple(places[id] for id in sorted(belongs[p.id])), frozenset(offices[p.id]),
            frozenset(branches[p.id]), tuple(ties.get(p.id, ())), frozenset(declared.get(p.id, ())),
            frozenset({*accounts.get(("person", p.id), ()), *(a for id in belongs[p.id] for a in accounts.get(("organisation", id), ()))}),
        )
        for p in persons
    }  # fmt: skip


def _places(session: ReadSession, ids: Iterable[int]) -> dict[int, Place]:
    return {row.id: _place(row) for row in session.scalars(select(Organisation).where(Organisation.id.in_(tuple(ids))))}


def _place(row: Organisation) -> Place:
    return Place(
        row.name, row.id, row.register, row.tax_number, row.address, _known(dialled(row.phone)), _known(row.email)
    )


def _declared(session: ReadSession, ids: list[int]) -> dict[int, set[tuple[int, int]]]:
    """person id -> (organisation id, measure id) on which they have declared a conflict."""
    asked = select(Declaration.person_id, Measure.organisation_id, Measure.id)
    rows = session.execute(
        asked.join(Measure, Measure.id == Declaration.measure_id)
        .where(Declaration.person_id.in_(ids), Declaration.conflict, Measure.organisation_id.is_not(None))
        .distinct()
    )
    return _grouped((person_id, (id, measure_id)) for person_id, id, measure_id in rows)


def _accounts(session: ReadSession, ids: list[int], organisations: set[int]) -> dict[tuple[str, int], set[str]]:
    """Bank accounts in proposals of these persons and of their organisations."""
    asked = select(Measure.owner_id, Measure.organisation_id, Party.account).join(Party, Party.measure_id == Measure.id)
    theirs = or_(Measure.owner_id.in_(ids), Measure.organisation_id.in_(organisations))
    rows = session.execute(asked.where(theirs, Party.account != "").distinct()).all()
    of_persons = [(("person", owner), account) for owner, _id, account in rows if owner is not None]
    return _grouped([*of_persons, *((("organisation", id), account) for _owner, id, account in rows if id is not None)])


# What stands in proposals


def _proposals(session: ReadSession, measures: list[Measure]) -> dict[int, Proposal]:
    ids = [measure.id for measure in measures]
    organisations = {
        row.id: row
        for row in session.scalars(
            select(Organisation).where(Organisation.id.in_({m.organisation_id for m in measures if m.organisation_id}))
        )
    }
    owners = queries.people(session, {m.owner_id for m in measures if m.owner_id})
    parties = _grouped((row.measure_id, row) for row in session.scalars(select(Party).where(Party.measure_id.in_(ids))))
    partners = _grouped(
        (id, name)
        for id, name in session.execute(select(Partner.measure_id, Partner.name).where(Partner.measure_id.in_(ids)))
    )
    helpers = _grouped(
        (id, person_id)
        for id, person_id in session.execute(
            select(Help.measure_id, Help.person_id).where(Help.measure_id.in_(ids), Help.kind.in_(("typed", "wrote")))
        )
    )
    branches = list(session.scalars(select(Branch)))
    return {
        m.id: _proposal(
            m, organisations.get(m.organisation_id or 0), owners.get(m.owner_id or 0), parties.get(m.id, set()),
            partners.get(m.id, set()), helpers.get(m.id, set()), branches,
        )
        for m in measures
    }  # fmt: skip


def _proposal(
    measure: Measure,
    organisation: Organisation | None,
    owner: Person | None,
    parties: set[Party],
    partners: set[str],
    helpers: set[int],
    branches: list[Branch],
) -> Proposal:
    chamber = organisation is not None and organisation.kind == "chamber_branch"
    named = {b.id: b.name for b in branches if organisation and organisation.name in (b.name, *b.names.values())}
    own = {b.id: b.name for b in branches if b.id == measure.branch_id}
    persons = [owner.shown_name, f"{owner.family_name} {owner.given_name}"] if owner else []
    persons += [party.person for party in parties]
    return Proposal(
        id=measure.id,
        owner_id=measure.owner_id,
        place=_place(organisation) if organisation else None,
        names=(*partners, *(party.organisation for party in parties), *persons),
        helpers=frozenset(helpers | ({measure.prepared_by_id} if measure.prepared_by_id else set())),
        branches=own,
        applying=(named or own) if chamber else {},
        emails=_known(owner.email if owner else "", *(party.email for party in parties)),
        phones=_known(owner.dialled if owner else "", *(dialled(party.phone) for party in parties)),
        accounts=_known(*(party.account for party in parties)),
    )


def _known(*values: str | None) -> frozenset[str]:
    return frozenset(value for value in values if value)


def _grouped(pairs: Iterable[tuple[Key, Any]]) -> dict[Key, set[Any]]:
    found: dict[Key, set[Any]] = {}
    for key, value in pairs:
        found.setdefault(key, set()).add(value)
    return found
