"""A committee of seven and six proposals: what the pages of its round are tried on. Set up by the verbs, not through pages."""

import io
from dataclasses import dataclass
from datetime import date
from typing import Any

from docx import Document as Word
from sqlalchemy import select

from fundapp.funds.models import Call
from fundapp.measures.models import Measure
from fundapp.people.models import Person
from fundapp.rating import agenda, committees, declaring, moving, running, schemes, sheets, standing, voting
from fundapp.rating.models import Sheet
from fundapp.rating.moving import Typed
from fundapp.rating.proceedings import AgendaItem, Meeting
from tests import factories as make
from tests.journeys.person import PASSWORD
from tests.journeys.stage import Stage
from tests.rating.conftest import FIRST, SECOND, given, money_in

MEMBERS = ("chimeg", "mira", "bat", "tuya", "dorj", "saraa", "ganaa")  # the chair first
WOOL, PAPER, WELDERS, DAIRY, FELT, ROAD = TITLES = (
    "A wool washing line", "A sorting point for waste paper", "A course for welders", "A cooling tank for milk",
    "A workshop for felt", "A track to the quarry",
)  # fmt: skip
POINTS = dict(
    zip(TITLES, (SECOND, FIRST, (4,) * 8, (3, 3, 4, 4, 3, 3, 3, 4), (3,) * 8, (2,) * 8), strict=True)
)  # 75 72 80 67 60 40 of 100
MEETS = date(2026, 4, 20)


@dataclass
class Table:
    """What a chapter hands on to the next: ids by the title of the proposal or the name of the person."""

    stage: Stage
    call: int
    measures: dict[str, int]
    people: dict[str, int]

    def write(self, work: Any) -> Any:
        return self.stage.database.write(work)

    def sheet(self, title: str, name: str) -> int:
        """The newest sheet of this member."""
        asked = select(Sheet.id).where(Sheet.measure_id == self.measures[title], Sheet.person_id == self.people[name])
        return self.stage.ask(lambda session: session.scalars(asked.order_by(Sheet.id.desc())).first())

    def item(self, title: str) -> int:
        asked = select(AgendaItem.id).where(AgendaItem.measure_id == self.measures[title])
        return self.stage.ask(lambda session: session.scalars(asked).one())

    def status(self, title: str) -> str:
        return self.stage.ask(lambda session: session.get_one(Measure, self.measures[title]).status)


def set_up(stage: Stage) -> Table:
    """A fund with 15,000 to give, its people with passwords, a committee of seven, six accepted proposals for 5,000 each."""

    def world(session: Any) -> Table:
        fund = make.fund(session)
        people = {"maral": _person(session, "maral", "manager"), "saran": _person(session, "saran", "applicant")}
        people |= {name: _person(session, name, "member" if n else "chair") for n, name in enumerate(MEMBERS)}
        money_in(session, fund, 40_000_00, people["maral"])
        call = make.call(session, fund=fund, title="Short ways to market", budget=15_000_00)
        said = {"by": people["maral"], "at": stage.clock()}
        committee = committees.set_up(session, name="Rating committee", **said)
        for n, name in enumerate(MEMBERS):
            sector = ("semi_public", "public", "private")[n % 3]
            committees.add_member(session, committee, people[name], sector=sector, chair=n == 0, **said)
        schemes.make_scheme(session, call, committee, **said)
        measures = {
            title: make.measure(session, status="eligible", call=call, title=title, owner=people["saran"])
            for title in TITLES
        }
        return Table(stage, call.id, {t: m.id for t, m in measures.items()}, {n: p.id for n, p in people.items()})

    table = stage.database.write(world)
    for name in ("maral", "saran", "chimeg", "mira", "bat", "dorj"):
        stage.enter(name)
    return table


def _person(session: Any, name: str, role: str) -> Person:
    return make.person(session, role=role, name=name.capitalize(), email=f"{name}@example.org", password=PASSWORD)


def declare(table: Table, *names: str) -> None:
    """These say of all six that there is no tie."""

    def work(session: Any) -> None:
        for name in names:
            for id in table.measures.values():
                declaring.declare(
                    session, session.get_one(Measure, id), conflict=False, by=session.get_one(Person, table.people[name]),
                    at=table.stage.clock(),
                )  # fmt: skip

    table.write(work)


def fill_in(table: Table, name: str, *titles: str, sign: bool = True) -> None:
    """This member scores these proposals, and signs."""

    def work(session: Any) -> None:
        by, at = session.get_one(Person, table.people[name]), table.stage.clock()
        mine = [session.get_one(Sheet, table.sheet(title, name)) for title in titles]
        for title, sheet in zip(titles, mine, strict=True):
            sheets.save(session, sheet, given(POINTS[title]), by=by, at=at)
        if sign:
            sheets.sign_all(session, mine, by=by, at=at)

    table.write(work)


def come(table: Table, *names: str) -> None:
    def work(session: Any) -> None:
        for name in names:
            running.come(
                session,
                _meeting(session, table),
                by=session.get_one(Person, table.people[name]),
                at=table.stage.clock(),
            )

    table.write(work)


def vote(table: Table, title: str, **choices: str) -> None:
    """Those without a browser of their own: vote(table, WOOL, tuya="yes", ganaa="no")."""

    def work(session: Any) -> None:
        for name, choice in choices.items():
            voter = session.get_one(Person, table.people[name])
            voting.vote(
                session, session.get_one(AgendaItem, table.item(title)), choice, by=voter, at=table.stage.clock()
            )

    table.write(work)


def decide(table: Table, title: str, motion: Typed, *against: str) -> None:
    """The manager calls an item up, puts the motion, and all who are there vote."""

    def work(session: Any) -> None:
        maral, at, meeting = (
            session.get_one(Person, table.people["maral"]),
            table.stage.clock(),
            _meeting(session, table),
        )
        item = agenda.items(session, meeting.id)[table.measures[title]]
        running.call_up(session, meeting, item, by=maral, at=at)
        seen = moving.mark_of(standing.decisions(session, meeting.id).get(item.measure_id))
        moving.move(session, meeting, item, motion, seen=seen, by=maral, at=at)
        voting.open_vote(session, meeting, item, by=maral, at=at)
        for name in MEMBERS:
            voter = session.get_one(Person, table.people[name])
            if not voting.why_not_vote(session, meeting, item, voter):
                voting.vote(session, item, "no" if name in against else "yes", by=voter, at=at)
        voting.close_vote(session, meeting, item, by=maral, at=at)

    table.write(work)


def _meeting(session: Any, table: Table) -> Meeting:
    found = standing.open_meeting(session, session.get_one(Call, table.call).id)
    assert found is not None
    return found


def text_of(data: bytes) -> list[str]:
    """A line for each paragraph or row of a table."""
    lines = []
    for part in Word(io.BytesIO(data)).element.body.iter():
        if part.tag.endswith("}tr"):
            cells = [each for each in part if each.tag.endswith("}tc")]
            lines.append(" | ".join("".join(t.text or "" for t in c.iter() if t.tag.endswith("}t")) for c in cells))
        elif part.tag.endswith("}p"):
            lines.append("".join(t.text or "" for t in part.iter() if t.tag.endswith("}t")))
    return [line.replace("\u00a0", " ") for line in lines]
