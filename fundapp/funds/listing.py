"""What has become of a call, told; and the questions that the public has asked: those that wait, those that are answered."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select

from fundapp.funds.models import Call, Inquiry
from fundapp.history.models import Entry
from fundapp.history.queries import of_subject
from fundapp.history.service import subject_of
from fundapp.kit import i18n
from fundapp.kit.database import ReadSession
from fundapp.kit.i18n import gettext as _
from fundapp.kit.i18n import mark
from fundapp.kit.texts import show_moment
from fundapp.people.models import Person
from fundapp.people.permissions import Action, may
from fundapp.people.queries import names
from fundapp.regions import areas

LABELS = {
    "title": mark("title"), "text": mark("text"), "texts": mark("other languages"), "opens_at": mark("opening"),
    "closes_at": mark("deadline"), "smallest": mark("smallest grant"), "largest": mark("largest grant"),
    "budget": mark("money of the call"), "own_share": mark("own share"), "own_cash": mark("part in money"),
    "longest_months": mark("longest duration"), "regions": mark("regions"), "applicant_kinds": mark("who may apply"),
    "annexes": mark("papers"), "blind": mark("blind rating"), "language": mark("first language"),
    "questions": mark("questions"), "indicators": mark("indicators"), "short_limit": mark("short form"),
    "contact": mark("contact"),
}  # fmt: skip


def history(session: ReadSession, call: Call, zone: str) -> list[dict[str, Any]]:
    """What was done to a call, newest first: {at, text, because}."""
    told = of_subject(session, subject_of(call), limit=50)
    who = names(session, [row.entry.by_id for row in told])
    return [
        {"at": row.entry.at, "text": _told(row.entry, who.get(row.entry.by_id or 0, _("The fund")), zone), "because": row.because}
        for row in told
    ]  # fmt: skip


def _told(entry: Entry, name: str, zone: str) -> str:
    data = entry.data
    match entry.action:
        case "funds.open_call" if data.get("copied_from"):
            return _("%(name)s copied the call from an earlier one", name=name)
        case "funds.open_call":
            return _("%(name)s set up the call", name=name)
        case "funds.publish_call":
            return _("%(name)s published the call", name=name)
        case "funds.extend_deadline":
            until = show_moment(datetime.fromisoformat(data["until"]), zone)
            region = areas.named().get(data["region"], data["region"])
            return _(
                "%(name)s extended the deadline for %(region)s until %(until)s", name=name, region=region, until=until
            )
        case _other:
            parts = i18n.listed(_(LABELS.get(part, part)) for part in data.get("changed", ()))
            edition = data.get("edition", 1)
            return _("%(name)s changed: %(parts)s (edition %(edition)s)", name=name, parts=parts, edition=edition)


def find_inquiry(session: ReadSession, id: int, *, visible_to: Person) -> Inquiry | None:
    return session.get(Inquiry, id) if may(visible_to, Action.ANSWER_INQUIRY) else None


def find_inquiry_by_key(session: ReadSession, key: str) -> Inquiry | None:
    return session.scalars(select(Inquiry).where(Inquiry.key == key)).first()


def answered(session: ReadSession, call_id: int, limit: int = 200) -> list[Inquiry]:
    """The public questions about a call, newest answer first."""
    asked = select(Inquiry).where(Inquiry.call_id == call_id, Inquiry.published_at.is_not(None))
    return list(session.scalars(asked.order_by(Inquiry.published_at.desc(), Inquiry.id.desc()).limit(limit)))


def unanswered(session: ReadSession) -> list[tuple[Inquiry, Call]]:
    """Questions that wait for an answer, oldest first, with their calls."""
    asked = select(Inquiry, Call).join(Call, Call.id == Inquiry.call_id)
    waiting = asked.where(Inquiry.published_at.is_(None), Inquiry.set_aside_at.is_(None))
    return [(row, call) for row, call in session.execute(waiting.order_by(Inquiry.asked_at, Inquiry.id).limit(200))]


def ended_inquiries(session: ReadSession, before: int | None = None, limit: int = 50) -> list[tuple[Inquiry, Call]]:
    """Questions that were answered or set aside, newest first, paged by number, with their calls."""
    asked = select(Inquiry, Call).join(Call, Call.id == Inquiry.call_id)
    ended = asked.where(or_(Inquiry.published_at.is_not(None), Inquiry.set_aside_at.is_not(None)))
    if before is not None:
        ended = ended.where(Inquiry.id < before)
    return [(row, call) for row, call in session.execute(ended.order_by(Inquiry.id.desc()).limit(limit))]


def count_unanswered(session: ReadSession, call_id: int) -> int:
    waiting = (Inquiry.published_at.is_(None), Inquiry.set_aside_at.is_(None))
    return session.scalar(select(func.count()).where(Inquiry.call_id == call_id, *waiting)) or 0
