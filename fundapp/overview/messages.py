"""What was written to applicants, as the office sees it: what waits to be told by telephone, what was told, what a case was sent."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select, true
from sqlalchemy.orm import aliased

from fundapp.kit.database import ReadSession
from fundapp.mail.models import Message
from fundapp.mail.queries import to_tell
from fundapp.measures import queries as measures
from fundapp.measures.models import Measure
from fundapp.overview.rows import Name, shown_title
from fundapp.people.models import Branch, Person
from fundapp.people.permissions import Role, branches, holds

PAGE, LATELY, TOLD = 100, timedelta(days=14), 50  # rows of a page; how long what was told stays on it, and how many
hearing, telling = aliased(Person, name="hearing"), aliased(Person, name="telling")


@dataclass(frozen=True)
class Line:
    """A message with whom it is for, what it is about, and who told it, if somebody has."""

    message: Message
    who: Name | None  # None: somebody who is no person here, such as one who asked about a call
    phone: str
    language: str
    measure_id: int | None
    title: str
    number: str
    branch: Branch | None
    teller: Name | None


def seen(person: Person) -> ColumnElement[bool]:
    """Messages that this person may tell: of the own branch, a manager's of all; never of a case that is closed to them.

    What signs somebody in is never told so.
    """
    here = true() if holds(person, Role.MANAGER) else Message.branch_id.in_(branches(person))
    of_no_case = and_(Message.case_id.is_(None), Message.kind.not_like("people/%"))
    case = and_(Measure.id.is_not(None), measures.visible_to(person))
    return and_(here, Message.short != "", or_(of_no_case, case))


def find(session: ReadSession, id: int, *, visible_to: Person) -> Message | None:
    asked = select(Message).outerjoin(Measure, Measure.id == Message.case_id)
    return session.scalars(asked.where(Message.id == id, seen(visible_to))).first()


def waiting(session: ReadSession, person: Person, *, before: datetime, after: int = 0) -> list[Line]:
    """What this person has to tell and waits since `before`, oldest first, the page after the message `after`."""
    asked = _lines().where(seen(person), to_tell(before), Message.id > after)
    return _read(session, asked.order_by(Message.id).limit(PAGE))


def told(session: ReadSession, person: Person, *, at: datetime) -> list[Line]:
    """What was told in the last two weeks, newest first."""
    asked = _lines().where(seen(person), Message.told_at > at - LATELY)
    return _read(session, asked.order_by(Message.told_at.desc(), Message.id.desc()).limit(TOLD))


def of_case(session: ReadSession, case_id: int, person: Person) -> list[Line]:
    """What the applicant was written about one case, newest first."""
    asked = _lines().where(
        Message.case_id == case_id, seen(person), or_(Message.channel == "text", Measure.owner_id == Message.to_id)
    )
    return _read(session, asked.order_by(Message.id.desc()))


def _lines() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Message, Branch, Measure.id, Measure.title, Measure.short_title, Measure.number,
            hearing.given_name, hearing.family_name, hearing.phone, hearing.language,
            telling.given_name.label("teller_given"), telling.family_name.label("teller_family"),
        )
        .outerjoin(Measure, Measure.id == Message.case_id)
        .outerjoin(hearing, hearing.id == Message.to_id)
        .outerjoin(Branch, Branch.id == Message.branch_id)
        .outerjoin(telling, telling.id == Message.told_by_id)
    )  # fmt: skip


def _read(session: ReadSession, asked: Select[*tuple[Any, ...]]) -> list[Line]:
    return [
        Line(
            found.Message,
            Name(found.given_name, found.family_name or "") if found.given_name else None,
            found.phone or (found.Message.to_address if found.Message.channel == "text" else ""),
            found.language or "",
            found.id,
            shown_title(found.title, found.short_title) if found.id else "",
            found.number or "",
            found.Branch,
            Name(found.teller_given, found.teller_family or "") if found.teller_given else None,
        )
        for found in session.execute(asked)
    ]
