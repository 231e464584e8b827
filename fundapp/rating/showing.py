"""What the page of a sheet shows, for its member and, as a preview, for who sets up the scheme."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fundapp.funds.models import Call
from fundapp.kit.database import ReadSession
from fundapp.kit.i18n import mark
from fundapp.measures.codes import CATEGORIES, EFFECTS, INTERVENTIONS, TOPICS
from fundapp.measures.lifecycle import Status
from fundapp.people.models import Person
from fundapp.people.permissions import Action
from fundapp.rating import (
    blind,
    filled,
    leading,
    progress,
    queries,
    rounds,
    scheme,
    scoring,
    sheets,
    sitting,
    standing,
    stripped,
)
from fundapp.rating.filled import Filled, Standing
from fundapp.rating.models import Sheet

SOURCES = {
    "from_grant": mark("The fund"), "own_cash": mark("Own money"), "in_kind": mark("Own work and goods"), "local_government": mark("Local government"),
    "other_donor": mark("Others"), "revenue": mark("Income of the measure"),
}  # fmt: skip
SHORT = 24  # characters of words that still stand beside each other


@dataclass(frozen=True)
class Line:
    """A criterion on the page. `state`: open, locked (stands), waiting (for the names). `anchors`: what points stand for.

    `reasons`: the points that need a reason; `needed`: it is still missing.
    """

    no: int
    code: str
    title: str
    question: str
    weight: int
    counts: bool
    points: int | None
    unjudged: bool
    comment: str
    state: str
    needed: bool
    highest: int
    anchors: dict[int, str]
    reasons: tuple[int, ...]

    @property
    def short(self) -> bool:
        """The anchors are so short that they fit into one line."""
        return all(len(text) <= SHORT for text in self.anchors.values())

    @property
    def given(self) -> bool:
        return self.unjudged or self.points is not None


def lines(found: Filled, now: Standing, lang: str, states: dict[str, str] | None = None) -> list[Line]:
    """The criteria in order, in this language; `states` by code, without: all open."""
    plain, highest = found.plain, found.scheme.highest
    return [
        Line(
            no=c.no,
            code=c.code,
            title=c.titles.get(lang) or c.titles.get("en") or next(iter(c.titles.values()), c.code),
            question=c.questions.get(lang) or c.questions.get("en", ""),
            weight=c.weight,
            counts=c.counts,
            points=now.points.get(c.code),
            unjudged=c.code in now.unjudged,
            comment=now.comments.get(c.code, ""),
            state=(states or {}).get(c.code, "open"),
            needed=c.code in now.without_reason,
            highest=highest,
            anchors=scheme.anchors(c.anchors, highest, lang),
            reasons=tuple(point for point in range(highest + 1) if scoring.comment_needed(plain, c.code, point)),
        )
        for c in found.criteria
    ]


def of_sheet(session: ReadSession, sheet: Sheet, found: Filled, lang: str) -> dict[str, Any]:
    """The sheet itself: its lines and how far it is. Asks the database nothing."""
    two = sheets.two_parts(session, sheet, found.criteria)
    opened = blind.names_are_open(sheet, blind=is_blind(sheet))
    now = found.now
    states = {c.code: _state(sheet, two, opened, c.needs_identity) for c in found.criteria}
    return {
        "id": sheet.id,
        "state": sheet.status,
        "two_parts": two,
        "lines": lines(found, now, lang, states),
        "now": now,
        "rule": found.rule,
        "total": sheet.total,
        "errors": {},
    }


def whole(
    session: ReadSession, sheet: Sheet, found: Filled, by: Person, names: blind.Names | None, lang: str
) -> dict[str, Any]:
    """The page: proposal, sheet, and the way to the others; without `names` nothing in it says who proposes."""
    call = sheet.measure.call
    opened = blind.names_are_open(sheet, blind=is_blind(sheet))
    mine = standing.my_sheets(session, by, [call.id]) if call is not None else []
    no = next((no for other, no, _n in mine if other.id == sheet.id), None)
    if no is None and call is not None:
        no = queries.numbers(session, call.id).get(sheet.measure_id)
    two = sheets.two_parts(session, sheet, found.criteria)
    return of_sheet(session, sheet, found, lang) | {
        "call": call,
        "is_blind": is_blind(sheet),
        "proposal": blind.proposal(session, sheet.measure, no, hide=is_blind(sheet) and not opened),
        "names": names,
        "papers": stripped.papers(session, sheet.measure, hide=is_blind(sheet) and not opened),
        "why": [],
        "topics": TOPICS,
        "interventions": INTERVENTIONS,
        "categories": CATEGORIES,
        "sources": SOURCES,
        "effects": EFFECTS,
        "round": sheet.round,
        "came_from": sheet.source,
        "typist": session.get(Person, sheet.typed_by_id) if sheet.typed_by_id is not None else None,
        "carried": carried(sheet),
        "changes": sheet.status == "signed"
        and (two or not is_blind(sheet))
        and any(o.id == sheet.id for o, *_ in mine),
        "because": session.get_one(Sheet, sheet.replaces_id).because if sheet.replaces_id is not None else "",
        "closes": call is not None and sheet.status != "signed" and rounds.closes_by_itself(session, call),
        "mine": [(other.id, number, other.status) for other, number, _n in mine],
        "next_unrated": next_unsigned([(other.id, other.status) for other, _no, _n in mine], sheet.id),
    }


@dataclass(frozen=True)
class Waiting:
    """A sheet that is not signed. `missing`: what it lacks, empty: it can be signed; `carried`: as the round before left it."""

    sheet: Sheet
    no: int | None
    now: Standing
    missing: tuple[str, ...]
    carried: bool


@dataclass(frozen=True)
class Tally:
    """How far this person is in the rounds now open."""

    signed: int
    begun: int
    all: int


def tally(mine: Iterable[tuple[Sheet, int | None, int]]) -> Tally:
    rows = list(mine)
    signed = sum(sheet.status == "signed" for sheet, _no, _n in rows)
    begun = sum(sheet.status != "signed" and (n > 0 and not carried(sheet)) for sheet, _no, n in rows)
    return Tally(signed, begun, len(rows))


def queue(session: ReadSession, by: Person) -> list[Waiting]:
    """This person's sheets that are not signed, each with what it lacks; in a constant number of questions."""
    mine = standing.my_sheets(session, by, progress.calls_of_member(session, by))
    waiting = [(sheet, no) for sheet, no, _n in mine if sheet.status != "signed"]
    found = filled.of_sheets(session, [sheet.id for sheet, _no in waiting])
    return [
        Waiting(
            sheet, no, found[sheet.id].now, tuple(sheets.why_not_sign(session, sheet, found[sheet.id])), carried(sheet)
        )
        for sheet, no in waiting
    ]


def carried(sheet: Sheet) -> bool:
    """A sheet of a later round in which nothing was changed yet."""
    return sheet.round > 1 and sheet.version == 1 and sheet.replaces_id is None


def reopening(session: ReadSession, call: Call, by: Person, at: datetime) -> dict[str, Any]:
    """What `by` may choose from: the proposals in rating that they lead, by number, and the voting members; not who has signed."""
    measures = queries.of_call(session, call.id, (Status.IN_RATING,), visible_to=by)
    led = leading.led(session, call, measures, by, Action.REOPEN_SHEET, at)
    measures = [measure for measure in measures if measure.id in led]
    numbers = queries.numbers(session, call.id)
    committees = set(sitting.committees_deciding(session, measures).values())
    seats = {seat.person_id: seat for id in sorted(committees) for seat in sitting.members(session, id, voting=True)}
    return {
        "call": call,
        "proposals": sorted((numbers[m.id], m.id) for m in measures if m.id in numbers),
        "seats": list(seats.values()),
    }


def next_unsigned(mine: list[tuple[int, str]], after: int | None = None) -> int | None:
    """The next sheet of the queue that is not signed, from this one on and then from the beginning; None: all are."""
    ids = [id for id, _status in mine]
    start = ids.index(after) + 1 if after in ids else 0
    return next((id for id, status in mine[start:] + mine[:start] if status != "signed" and id != after), None)


def is_blind(sheet: Sheet) -> bool:
    return sheet.measure.call is not None and sheet.measure.call.blind


def _state(sheet: Sheet, two: bool, opened: bool, needs_identity: bool) -> str:
    if sheet.status == "signed" or (two and opened and not needs_identity):
        return "locked"
    return "waiting" if two and needs_identity and not opened else "open"
