"""What rules have found and chairs have waived, for the pages of chair and manager and for the minutes; interests on record."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select

from fundapp.funds.models import Call
from fundapp.kit.database import ReadSession
from fundapp.kit.errors import NotFound
from fundapp.kit.i18n import gettext as _
from fundapp.measures.lifecycle import Status
from fundapp.measures.models import FoundConflict, Measure
from fundapp.people.models import Organisation, Person
from fundapp.people.permissions import Action, Role, holds, may
from fundapp.rating import blind, clues, queries, sitting
from fundapp.rating.models import Interest

LISTED = (Status.ELIGIBLE, Status.IN_RATING, Status.RATED, Status.DEFERRED, Status.RESERVED)
VEILED = (Status.ELIGIBLE, Status.IN_RATING)  # in a blind call the title is not open to members yet


@dataclass(frozen=True)
class OfMeasure(queries.OnMeasure):
    """A found conflict with its measure: the right to waive it asks for the measure's status and branch."""

    row: FoundConflict
    measure: Measure

    @property
    def id(self) -> int:
        return self.row.id


@dataclass(frozen=True)
class Found:
    """A line of the list: whose conflict with which proposal, and why. `title` is empty while a blind rating hides it."""

    id: int
    measure_id: int
    title: str
    organisation: str
    place: str
    person: Person
    rule: str
    why: str
    found_at: datetime
    waived_at: datetime | None
    waived_by: Person | None
    because: str
    why_not: tuple[str, ...]

    @property
    def name(self) -> str:
        return _(clues.BY_CODE[self.rule].name)


@dataclass(frozen=True)
class Waived:
    """A conflict found by a rule that a chair has waived, as the minutes tell it."""

    person: Person
    why: str
    by: Person
    at: datetime
    because: str


def find(session: ReadSession, id: int, *, visible_to: Person) -> OfMeasure | None:
    row = session.get(FoundConflict, id)
    measure = queries.find_measure(session, row.measure_id, visible_to=visible_to) if row else None
    return OfMeasure(row, measure) if row and measure else None


def find_call(session: ReadSession, id: int, *, visible_to: Person) -> Call | None:
    """A call for managers and auditors, and for the chairs and deputies of its committees."""
    call = queries.find_call(session, id, visible_to=visible_to)
    if call is None or holds(visible_to, Role.MANAGER, Role.AUDITOR):
        return call
    return call if sitting.leads(session, visible_to).intersection(sitting.committees_of_call(session, id)) else None


def of_call(session: ReadSession, call: Call, by: Person) -> list[Found]:
    """What rules have found in a call, by proposal and member, without what a conflict closes to the reader. A constant number of questions."""
    measures = {m.id: m for m in queries.of_call(session, call.id, LISTED, visible_to=by)}
    asked = select(FoundConflict).where(FoundConflict.measure_id.in_(measures)).order_by(FoundConflict.id)
    rows = list(session.scalars(asked))
    measures = {row.measure_id: measures[row.measure_id] for row in rows}
    names = blind.names(session, list(measures.values()))
    people = queries.people(session, {id for row in rows for id in (row.person_id, row.waived_by_id) if id})
    said = queries.declared(session, measures, [row.person_id for row in rows])
    deciding = sitting.committees_deciding(session, measures.values())
    led = sitting.leads(session, by)
    sits = sitting.committees_of(session, by.id)
    found = []
    for row in rows:
        measure, told = measures[row.measure_id], names[row.measure_id]
        veiled = call.blind and measure.status in VEILED and bool(sits)
        declared = said.get((row.measure_id, row.person_id))
        why_not = _why_not(row, measure, by, led, deciding.get(measure.id), bool(declared and declared.conflict))
        found.append(
            Found(
                row.id, measure.id, "" if veiled else measure.title, told.organisation, told.place, people[row.person_id],
                row.rule, clues.say(row.rule, row.evidence), row.found_at, row.waived_at, people.get(row.waived_by_id or 0),
                row.because, tuple(why_not),
            )
        )  # fmt: skip
    return sorted(found, key=lambda one: (one.waived_at is not None, one.organisation, one.measure_id, one.id))


def why_not_waive(session: ReadSession, found: OfMeasure, by: Person) -> list[str]:
    """A chair, or the deputy, of the committee that decides; never one's own, never what was declared or stands by itself."""
    row, measure = found.row, found.measure
    said = queries.declared(session, [measure.id], [row.person_id]).get((measure.id, row.person_id))
    committee_id = sitting.committees_deciding(session, [measure]).get(measure.id)
    return _why_not(row, measure, by, sitting.leads(session, by), committee_id, bool(said and said.conflict))


def _why_not(
    row: FoundConflict, measure: Measure, by: Person, led: set[int], committee_id: int | None, declared: bool
) -> list[str]:
    if row.waived_at is not None:
        return [_("It is waived already.")]
    if clues.BY_CODE[row.rule].stands:
        return [_("Nobody rates their own proposal.")]
    if declared:
        return [_("The member has declared a conflict here as well; what is declared stands.")]
    if not may(by, Action.WAIVE_CONFLICT, OfMeasure(row, measure)) or committee_id not in led:
        return [_("Only the chair of the committee, or the deputy, waives it, until it has decided.")]
    if row.person_id == by.id:
        return [_("This is your own; another of the two, chair or deputy, looks at it.")]
    return []


def waived(session: ReadSession, measures: Iterable[Measure]) -> dict[int, list[Waived]]:
    """measure id -> the conflicts found by rules that a chair has waived, in that order (left out: none). Two questions."""
    asked = select(FoundConflict).where(
        FoundConflict.measure_id.in_([measure.id for measure in measures]), FoundConflict.waived_at.is_not(None)
    )
    rows = list(session.scalars(asked.order_by(FoundConflict.waived_at, FoundConflict.id)))
    people = queries.people(session, {id for row in rows for id in (row.person_id, row.waived_by_id) if id})
    found: dict[int, list[Waived]] = {}
    for row in rows:
        if row.waived_at is not None and row.waived_by_id is not None:
            why = clues.say(row.rule, row.evidence)
            told = Waived(people[row.person_id], why, people[row.waived_by_id], row.waived_at, row.because)
            found.setdefault(row.measure_id, []).append(told)
    return found


def of_the_chamber(session: ReadSession, measure: Measure) -> bool:
    """Whether a branch of the chamber itself applies: outsiders decide."""
    asked = exists().where(Organisation.id == measure.organisation_id, Organisation.kind == "chamber_branch")
    return bool(session.scalar(select(asked)))


# Interests


def get_interest(session: ReadSession, id: int, *, visible_to: Person) -> Interest:
    """One's own, that has not ended; raises NotFound."""
    row = session.get(Interest, id)
    if row is None or row.person_id != visible_to.id or row.ended_at is not None:
        raise NotFound
    return row


def interests(session: ReadSession, person: Person) -> list[Interest]:
    """What the person keeps on record, present ones first, the newest first."""
    asked = select(Interest).where(Interest.person_id == person.id)
    return list(session.scalars(asked.order_by(Interest.ended_at.is_not(None), Interest.id.desc())))


def organisation_like(session: ReadSession, name: str, number: str) -> int | None:
    """The organisation of this number, or of this very name."""
    wanted = clues.plain(number)
    if wanted:
        for id, register, tax in session.execute(
            select(Organisation.id, Organisation.register, Organisation.tax_number).order_by(Organisation.id)
        ):
            if wanted in (clues.plain(register), clues.plain(tax)):
                return int(id)
    return session.scalar(select(Organisation.id).where(Organisation.name == name.strip()).order_by(Organisation.id))
