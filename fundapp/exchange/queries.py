"""What an import and an export ask."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import contains_eager

from fundapp.files.models import File
from fundapp.funds.models import Fund
from fundapp.kit.database import ReadSession
from fundapp.measures.lifecycle import FUNDED
from fundapp.measures.models import Measure
from fundapp.people.models import Organisation, Person

AT_ONCE = 500  # values in one question, rows held at a time
UPLOAD = "exchange.upload"
Item = TypeVar("Item")


def known(session: ReadSession, keys: Sequence[str]) -> dict[str, dict[str, Any] | None]:
    """Of these identifiers those that are measures here already, with the row they were taken over from (None: own ones)."""
    found: dict[str, dict[str, Any] | None] = {}
    for some in _chunks(keys):
        rows = session.execute(
            select(Measure.imported_key, Measure.number, Measure.imported_row).where(
                or_(Measure.imported_key.in_(some), Measure.number.in_(some))
            )
        )
        found |= {(key or number or ""): row for key, number, row in rows}
    return found


def fund_with(session: ReadSession, codes: Sequence[str], currency: str | None = None) -> Fund | None:
    asked = select(Fund).where(Fund.code.in_(codes)).order_by(Fund.id)
    return session.scalars(asked.where(Fund.currency == currency) if currency else asked).first()


def organisations(
    session: ReadSession, registers: Sequence[str], names: Sequence[str]
) -> dict[tuple[str, str], Organisation]:
    """Organisations by register identifier as (identifier, ''), those without one by name as ('', name)."""
    found: dict[tuple[str, str], Organisation] = {}
    for some in _chunks(sorted(set(registers))):
        asked = select(Organisation).where(Organisation.register.in_(some)).order_by(Organisation.id.desc())
        found |= {(row.register, ""): row for row in session.scalars(asked)}
    for some in _chunks(sorted(set(names))):
        asked = select(Organisation).where(Organisation.register == "", Organisation.name.in_(some))
        found |= {("", row.name): row for row in session.scalars(asked.order_by(Organisation.id.desc()))}
    return found


def granted(fund: Fund | None = None) -> Select[Measure]:
    """Every measure with an award that was contracted or taken over, with fund and organisation, oldest first."""
    asked = (
        select(Measure)
        .join(Measure.fund)
        .outerjoin(Measure.organisation)
        .options(contains_eager(Measure.fund), contains_eager(Measure.organisation))
        .where(Measure.status.in_(FUNDED), Measure.awarded.is_not(None))
        .order_by(Measure.id)
    )
    return asked.where(Measure.fund_id == fund.id) if fund else asked


def imported_rows(fund: Fund | None = None) -> Select[Any]:
    asked = select(Measure.imported_row).where(Measure.imported_key.is_not(None), Measure.status.in_(FUNDED))
    return asked.where(Measure.fund_id == fund.id) if fund else asked


def find_upload(session: ReadSession, id: int, *, visible_to: Person) -> File | None:
    """A CSV file that this person has sent to be taken over; nobody else's."""
    asked = select(File).where(File.id == id, File.subject == UPLOAD, File.by_id == visible_to.id)
    return session.scalars(asked).first()


def funds(session: ReadSession) -> list[Fund]:
    return list(session.scalars(select(Fund).order_by(Fund.code)))


def _chunks(items: Sequence[Item]) -> Iterator[list[Item]]:
    rest = iter(items)
    while some := list(islice(rest, AT_ONCE)):
        yield some
