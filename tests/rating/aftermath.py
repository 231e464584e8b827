"""A meeting that was closed, and those who come afterwards."""

import io
from typing import Any

from docx import Document as Word
from sqlalchemy import select

from fundapp.documents.models import Document
from fundapp.documents.word import Template
from fundapp.funds.models import Call
from fundapp.kit.places import DOCUMENTS
from fundapp.mail.models import Message
from fundapp.measures.models import Measure
from fundapp.people.models import Person
from fundapp.rating import agenda, meetings
from fundapp.rating.meetings import Typed
from fundapp.rating.models import Scheme
from fundapp.rating.proceedings import Meeting
from tests.factories import MORNING, TODAY
from tests.rating.conftest import Round

YES = Typed("approve", 5, 0, amount=5_000_00, reasons="Many herders gain.")
NO = Typed("reject", 5, 0, reasons="Too narrow.")


def begin(session: Any, found: Round, *typed: Typed, present: list[Person] | None = None) -> Meeting:
    """A meeting in which the decisions on the measures, in their order, are typed in."""
    there = [person.id for person in (found.everybody if present is None else present)]
    call = session.get_one(Call, found.call.id)
    meeting = meetings.hold(
        session, call, held_on=TODAY, place="Ulaanbaatar", present=there, began="10:00", ended="12:00", by=found.manager, at=MORNING
    )  # fmt: skip
    for measure, each in zip(found.measures, typed, strict=False):
        row = session.get_one(Measure, measure.id)
        meetings.decide(session, meeting, row, each, version=meeting.version, by=found.manager, at=MORNING)
    return meeting


def close(session: Any, found: Round, meeting: Meeting) -> Meeting:
    for item in agenda.items_of(session, meeting, TODAY):
        item.decision.deviation = item.decision.deviation or ("The committee wanted it so." if item.departs else "")
    meetings.close_meeting(session, meeting, by=found.chair, at=MORNING, countersign=True)
    return meeting


def meet(session: Any, found: Round, *typed: Typed) -> Meeting:
    return close(session, found, begin(session, found, *typed))


def waits_from(session: Any, found: Round, amount: int) -> None:
    """Approvals of this amount and more wait for a no-objection."""
    session.get_one(Scheme, found.scheme.id).clearance_above = amount


def keeps(session: Any, found: Round, amount: int) -> None:
    """The call keeps this amount back for complaints."""
    session.get_one(Scheme, found.scheme.id).complaint_reserve = amount


def mails(session: Any, kind: str) -> list[Message]:
    return list(session.scalars(select(Message).where(Message.kind == kind).order_by(Message.id)))


def written(session: Any, name: str) -> tuple[Document, str]:
    """The newest document of this name, rendered as the job does it and opened again: its text, a line for each paragraph or cell."""
    document = session.scalars(select(Document).where(Document.name == name).order_by(Document.id.desc())).first()
    data = (DOCUMENTS / f"{name}.{document.language}.docx").read_bytes()
    word = Word(io.BytesIO(Template(data).render(document.fields)))
    lines = []
    for part in word.element.body.iterchildren():
        if part.tag.endswith("}p"):
            lines.append("".join(t.text or "" for t in part.iter() if t.tag.endswith("}t")))
        elif part.tag.endswith("}tbl"):
            for row in (r for r in part.iter() if r.tag.endswith("}tr")):
                cells = [c for c in row if c.tag.endswith("}tc")]
                lines.append(" | ".join("".join(t.text or "" for t in c.iter() if t.tag.endswith("}t")) for c in cells))
    return document, "\n".join(line for line in lines if line.strip())
