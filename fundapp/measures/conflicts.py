"""Which measures a conflict of interest closes to whom: declared by the person, or found by a rule and not waived by a chair.

Every list, search, export and page asks by `conflict_of`, so that there is one answer.
"""

from sqlalchemy import ColumnElement, exists, or_, select, union
from sqlalchemy.orm import InstrumentedAttribute

from fundapp.kit.database import ReadSession
from fundapp.measures.codes import OFFICE
from fundapp.measures.models import Declaration, FoundConflict, Measure


def conflict_of(
    *person_ids: int, measure: InstrumentedAttribute[int] = Measure.id, office: bool = False
) -> ColumnElement[bool]:
    """One of these persons has a conflict in the measure of the row. `office`: asked for the work of an officer of its branch."""
    declared = exists().where(
        Declaration.measure_id == measure,
        Declaration.person_id.in_(person_ids),
        Declaration.conflict,
        Declaration.replaced_at.is_(None),
    )
    found = exists().where(
        FoundConflict.measure_id == measure,
        FoundConflict.person_id.in_(person_ids),
        FoundConflict.waived_at.is_(None),
        *([FoundConflict.rule != OFFICE] if office else []),
    )
    return or_(declared, found)


def declaration_of(session: ReadSession, measure_id: int, person_id: int) -> Declaration | None:
    """What the person has declared about the measure and not replaced since."""
    asked = select(Declaration).where(Declaration.measure_id == measure_id, Declaration.person_id == person_id)
    return session.scalars(asked.where(Declaration.replaced_at.is_(None))).first()


def waived(rule: str, person_id: int) -> ColumnElement[bool]:
    """A chair has waived what this rule found of the person in the measure of the row."""
    return exists().where(
        FoundConflict.measure_id == Measure.id,
        FoundConflict.person_id == person_id,
        FoundConflict.rule == rule,
        FoundConflict.waived_at.is_not(None),
    )


def closed_to(session: ReadSession, person_id: int) -> list[int]:
    """The measures that a conflict of interest closes to this person, whatever they do for the fund."""
    declared = select(Declaration.measure_id).where(
        Declaration.person_id == person_id, Declaration.conflict, Declaration.replaced_at.is_(None)
    )
    found = select(FoundConflict.measure_id).where(
        FoundConflict.person_id == person_id, FoundConflict.waived_at.is_(None), FoundConflict.rule != OFFICE
    )
    return list(session.scalars(union(declared, found)))
