"""How the calls of a committee stand for one of its members: counts only, no title, no name. One question for all calls."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import String, and_, cast, exists, func, literal, or_, select

from fundapp.funds.models import Call
from fundapp.kit.database import ReadSession
from fundapp.kit.i18n import gettext as _
from fundapp.kit.i18n import ngettext
from fundapp.kit.texts import show_date
from fundapp.measures.conflicts import conflict_of
from fundapp.measures.lifecycle import Status
from fundapp.measures.models import Declaration, Measure
from fundapp.overview.rows import MINE, OPEN, OTHERS, Row
from fundapp.people.models import Person
from fundapp.people.permissions import Role, holds
from fundapp.rating.models import Panel, Scheme, Sheet
from fundapp.rating.proceedings import Decision, Meeting
from fundapp.rating.queries import own_hand
from fundapp.rating.sitting import before, seats_of
from fundapp.reminders.models import Obligation

S = Status
CALLS = 12  # the newest calls of one's committees


@dataclass(frozen=True)
class Round:
    """A call before the committee: what this member has done and has to do, what the others have, where the decisions stand."""

    call_id: int
    call: str
    chair: bool
    undeclared: int
    open: int
    due: date | None
    signed: int
    others_open: int
    eligible: int
    reading: int
    rated: int
    meeting_on: date | None
    decided_on: date | None
    decided: int


def rounds(session: ReadSession, person: Person) -> list[Round]:
    """The calls on whose committee this person sits, newest first."""
    if not holds(person, Role.MEMBER, Role.CHAIR):
        return []
    free = and_(~conflict_of(person.id), ~own_hand(person), before(session, person))
    declared = exists().where(
        Declaration.measure_id == Measure.id, Declaration.person_id == person.id, Declaration.replaced_at.is_(None)
    )

    def measures(*where: Any) -> Any:
        return select(func.count()).where(Measure.call_id == Call.id, free, *where).scalar_subquery()

    def sheets(*where: Any, what: Any = None) -> Any:
        asked = select(func.count() if what is None else what).select_from(Sheet)
        asked = asked.join(Measure, Measure.id == Sheet.measure_id)
        if what is not None:
            due = literal("rating.sheet:") + cast(Sheet.id, String)
            asked = asked.join(Obligation, and_(Obligation.subject == due, Obligation.kind == "rating.sheet", OPEN))
        return asked.where(Measure.call_id == Call.id, free, *where).scalar_subquery()

    mine, others = Sheet.person_id == person.id, Sheet.person_id != person.id
    waits = and_(Sheet.status.in_(("open", "locked")), Measure.status == S.IN_RATING)
    meeting = select(func.max(Meeting.held_on)).where(Meeting.call_id == Call.id)
    seated = seats_of(person.id)
    panel = exists().where(Panel.scheme_id == Scheme.id, Panel.committee_id.in_(seated)).correlate(Scheme)
    of_mine = exists().where(Scheme.call_id == Call.id, or_(Scheme.committee_id.in_(seated), panel))
    decided = (
        select(func.count()).select_from(Decision).join(Meeting, Meeting.id == Decision.meeting_id)
        .where(Meeting.call_id == Call.id, Meeting.status == "closed").scalar_subquery()
    )  # fmt: skip
    asked = (
        select(
            Call.id, Call.title,
            measures(Measure.status.in_((S.ELIGIBLE, S.IN_RATING)), ~declared),
            sheets(mine, waits), sheets(mine, waits, what=func.min(Obligation.due)),
            sheets(mine, Sheet.status == "signed"), sheets(others, waits),
            measures(Measure.status == S.ELIGIBLE), measures(Measure.status == S.IN_RATING), measures(Measure.status == S.RATED),
            meeting.where(Meeting.status == "open").scalar_subquery(),
            meeting.where(Meeting.status == "closed").scalar_subquery(), decided,
        )
        .where(of_mine)
        .order_by(Call.opens_at.desc(), Call.id.desc())
        .limit(CALLS)
    )  # fmt: skip
    chair = holds(person, Role.CHAIR)
    return [Round(row[0], row[1], chair, *row[2:]) for row in session.execute(asked)]


def work(found: Sequence[Round]) -> list[Row]:
    """What the rounds ask of this person, and what they wait for."""
    rows: list[Row] = []
    for one in found:
        at = f"/rating/calls/{one.call_id}"
        if one.undeclared:
            why = ngettext("%(num)d proposal", "%(num)d proposals", one.undeclared, num=one.undeclared)
            rows.append(
                Row(
                    _("Say whether you have a conflict of interest"),
                    f"{at}/declare",
                    f"{one.call}: {why}",
                    group="declare",
                    count=one.undeclared,
                )
            )
        if one.open:
            why = ngettext("%(num)d sheet is open", "%(num)d sheets are open", one.open, num=one.open)
            rows.append(
                Row(_("Score proposals"), "/rating/", f"{one.call}: {why}", one.due, group="score", count=one.open)
            )
        if one.reading and (one.open or not one.chair):  # how far the others are is not told before the round is closed
            rows.append(Row(_("The committee scores until the round is closed"), at, one.call, place=OTHERS))
        if (
            one.others_open and one.chair and not one.open
        ):  # nobody is told how far others are before their own are signed
            why = ngettext(
                "%(num)d sheet of other members",
                "%(num)d sheets of other members",
                one.others_open,
                num=one.others_open,
            )
            rows.append(Row(_("The other members sign their sheets"), at, f"{one.call}: {why}", place=OTHERS))
        if one.chair:
            rows += _chairs(one, at)
        elif one.rated:
            rows.append(Row(_("The committee meets"), at, _rated(one), place=OTHERS))
    return rows


def _chairs(one: Round, at: str) -> list[Row]:
    rows = []
    if one.eligible:
        why = ngettext("%(num)d proposal", "%(num)d proposals", one.eligible, num=one.eligible)
        rows.append(Row(_("Open the rating"), at, f"{one.call}: {why}", place=MINE))
    if one.reading and not one.open and not one.others_open:
        why = ngettext("%(num)d proposal", "%(num)d proposals", one.reading, num=one.reading)
        rows.append(Row(_("Close the rating: all have signed"), at, f"{one.call}: {why}", group="decide"))
    if one.rated:
        rows.append(Row(_("Decide in a meeting"), at, _rated(one), one.meeting_on, group="decide"))
    return rows


def _rated(one: Round) -> str:
    why = ngettext("%(num)d proposal is rated", "%(num)d proposals are rated", one.rated, num=one.rated)
    return f"{one.call}: {why}"


def state(one: Round) -> str:
    """Where a call stands, in words, for the list of one's rounds."""
    if one.reading:
        return ngettext(
            "the committee reads %(num)d proposal",
            "the committee reads %(num)d proposals",
            one.reading,
            num=one.reading,
        )
    if one.rated:
        return ngettext(
            "%(num)d proposal waits for the meeting", "%(num)d proposals wait for the meeting", one.rated, num=one.rated
        )
    if one.eligible:
        return ngettext("%(num)d proposal will come", "%(num)d proposals will come", one.eligible, num=one.eligible)
    if one.decided_on:
        return ngettext(
            "%(num)d proposal decided, the last on %(day)s", "%(num)d proposals decided, the last on %(day)s", one.decided,
            num=one.decided, day=show_date(one.decided_on),
        )  # fmt: skip
    return _("nothing to read yet")
