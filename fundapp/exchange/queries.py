"""What an import and an export ask."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, func, or_, select, true
from sqlalchemy.orm import contains_eager, joinedload

from fundapp.exchange.giving import GENERATED, Grant
from fundapp.exchange.giving import alike as looks_like
from fundapp.exchange.models import Import, Taken
from fundapp.funds.models import Fund
from fundapp.history.models import Entry
from fundapp.history.queries import BUILDS_NOTHING
from fundapp.kit.database import ReadSession
from fundapp.measures.lifecycle import FUNDED
from fundapp.measures.models import Measure
from fundapp.people.models import Organisation, Person

AT_ONCE = 500  # values in one question, rows held at a time
ON_PAGE = 20
UPLOAD = "exchange.upload"
WITH = (joinedload(Import.file), joinedload(Import.fund), joinedload(Import.by), joinedload(Import.taken_by))
Item = TypeVar("Item")


@dataclass(frozen=True)
class Here:
    """A measure as an import asks for it; `key` and `row` are those it was taken over with, None for one of our own."""

    id: int
    number: str
    fund_id: int
    key: str | None
    row: dict[str, Any] | None = None

    @property
    def is_named_here(self) -> bool:
        """Whether no file has given it an identifier."""
        return self.key is None or GENERATED.fullmatch(self.key) is not None


def known(session: ReadSession, keys: Sequence[str]) -> dict[str, Here]:
    """Of these identifiers those that are measures here already."""
    found: dict[str, Here] = {}
    for some in _chunks(keys):
        rows = session.execute(
            select(Measure.id, Measure.number, Measure.fund_id, Measure.imported_key, Measure.imported_row).where(
                or_(Measure.imported_key.in_(some), Measure.number.in_(some))
            )
        )
        found |= {(key or number or ""): Here(id, number or "", fund, key, row) for id, number, fund, key, row in rows}
    return found


def alike(session: ReadSession, fund: Fund | None, new: Sequence[Grant]) -> dict[Any, Here]:
    """Of these grants those that look like one that is funded here (of this fund): the same recipient, date and amount."""
    wanted = {grant.alike for grant in new}
    days = [grant.awarded_on for grant in new]
    day = func.coalesce(Measure.decided_on, Measure.contracted_on)
    asked = (
        select(
            Measure.id, Measure.number, Measure.fund_id, Measure.imported_key, day, Measure.awarded, Fund.currency,
            Measure.recipient_name, Organisation.name,
        )
        .join(Measure.fund)
        .outerjoin(Measure.organisation)
        .where(Measure.status.in_(FUNDED), Measure.awarded.is_not(None), day.between(min(days), max(days)))
        .where(Measure.fund_id == fund.id if fund else true())
        .order_by(Measure.id.desc())
    )  # fmt: skip
    found: dict[Any, Here] = {}
    for id, number, fund_id, key, on, awarded, currency, given, name in session.execute(
        asked, execution_options={"yield_per": AT_ONCE}
    ):
        looks = looks_like(given or name or "", on, awarded or 0, currency)
        if looks in wanted:
            found[looks] = Here(id, number or "", fund_id, key)
    return found


def fund_with(session: ReadSession, codes: Sequence[str], currency: str | None = None) -> Fund | None:
    asked = select(Fund).where(Fund.code.in_(codes)).order_by(Fund.id)
    return session.scalars(asked.where(Fund.currency == currency) if currency else asked).first()


def organisations(session: ReadSession, registers: Sequence[str], names: Sequence[str]) -> dict[tuple[str, str], int]:
    """Ids of organisations by register identifier as (identifier, ''), those without one by name as ('', name)."""
    found: dict[tuple[str, str], int] = {}
    known = select(Organisation.id, Organisation.register, Organisation.name).order_by(Organisation.id.desc())
    for some in _chunks(sorted(set(registers))):
        found |= {
            (register, ""): id for id, register, _ in session.execute(known.where(Organisation.register.in_(some)))
        }
    for some in _chunks(sorted(set(names))):
        asked = known.where(Organisation.register == "", Organisation.name.in_(some))
        found |= {("", name): id for id, _, name in session.execute(asked)}
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


def find_import(session: ReadSession, id: int, *, visible_to: Person) -> Import | None:
    """An import with file and fund: one's own, and once it is taken over that of anybody."""
    asked = select(Import).where(Import.id == id, _seen_by(visible_to)).options(*WITH)
    return session.scalars(asked).first()


def imports(session: ReadSession, by: Person, *, after: int | None = None, limit: int = ON_PAGE) -> list[Import]:
    """Newest first, from the key where the last page ended; one more than a page when there is a next."""
    asked = select(Import).where(_seen_by(by), Import.id < after if after else true()).options(*WITH)
    return list(session.scalars(asked.order_by(Import.id.desc()).limit(limit + 1)))


def remembered(session: ReadSession, fingerprint: str, fund_id: int | None) -> Import | None:
    """The newest import of this fund with the same titles that a person has agreed to."""
    same_fund = Import.fund_id == fund_id if fund_id is not None else Import.fund_id.is_(None)
    asked = select(Import).where(Import.fingerprint == fingerprint, same_fund, Import.agreed_at.is_not(None))
    return session.scalars(asked.order_by(Import.id.desc()).limit(1)).first()


def built_upon(session: ReadSession, taken: Import) -> int:
    """How many of the measures that it brought have something new in their history since."""
    assert taken.taken_at is not None
    asked = (
        select(func.count(Taken.measure_id.distinct()))
        .join(Entry, Entry.case_id == Taken.measure_id)
        .where(Taken.import_id == taken.id, Entry.at > taken.taken_at, Entry.action.not_in(BUILDS_NOTHING))
    )
    return session.scalar(asked) or 0


def _seen_by(person: Person) -> ColumnElement[bool]:
    return or_(Import.by_id == person.id, Import.taken_at.is_not(None))


def funds(session: ReadSession) -> list[Fund]:
    return list(session.scalars(select(Fund).order_by(Fund.code)))


def _chunks(items: Sequence[Item]) -> Iterator[list[Item]]:
    rest = iter(items)
    while some := list(islice(rest, AT_ONCE)):
        yield some
