"""What happens to the proposals of a call together: rating opened, conflicts declared, sheets signed, a meeting held."""

from collections.abc import Iterable, Sequence
from random import Random

from sqlalchemy import select

from fundapp.demo import words
from fundapp.demo.case import Case
from fundapp.demo.story import Story
from fundapp.funds.models import Call
from fundapp.people.models import Person
from fundapp.rating import declaring, meetings, queries, rounds, sheets
from fundapp.rating.models import Sheet
from fundapp.rating.proceedings import Meeting

IDENTITY = "R6"  # scored once the names are open


class Round:
    """Some cases of one call on their way through its committee. `members` are keys of accounts."""

    def __init__(self, story: Story, call: Call, members: Sequence[str], chair: str) -> None:
        self.story, self.session, self.call = story, story.session, call
        self.members, self.chair = tuple(members), story.who[chair]
        self.cases: list[Case] = []

    def open(self) -> None:
        rounds.open_round(self.session, self.call, by=self.chair, at=self.story.at)

    def declare(self, conflict: str = "") -> None:
        """Every member says whether there is a tie to the proposals; `conflict`: the member who has one to the first."""
        for key in self.members:
            for case in self.cases:
                tied = key == conflict and case is self.cases[0]
                declaring.declare(
                    self.session, case.measure, conflict=tied, kind="family" if tied else None,
                    explanation="A cousin works there (invented)." if tied else "", by=self.story.who[key], at=self.story.at,
                )  # fmt: skip

    def score(self, without: Iterable[str] = ()) -> None:
        """Everybody who has a sheet fills it in and signs, except those named."""
        for case in self.cases:
            self.rate(case, without)

    def rate(self, case: Case, without: Iterable[str] = ()) -> None:
        lot = Random(case.plan.key)  # noqa: S311 - the same scores each time
        asked = select(Sheet).where(Sheet.measure_id == case.measure.id, Sheet.status == "open").order_by(Sheet.id)
        by_person = {self.story.who[key].id: key for key in self.members if key not in set(without)}
        scheme = queries.scheme_of(self.session, self.call.id)
        codes = [criterion.code for criterion in queries.criteria(self.session, scheme.id)] if scheme else []
        for sheet in self.session.scalars(asked).all():
            points = {code: lot.choice((3, 3, 4, 4, 4, 5)) for code in codes}
            if sheet.person_id in by_person:
                self._sign(sheet, points, self.story.who[by_person[sheet.person_id]])

    def _sign(self, sheet: Sheet, points: dict[str, int], by: Person) -> None:
        given = {
            code: sheets.Given(point, "" if point in (3, 4) else words.STRONG if point == 5 else words.WEAK)
            for code, point in points.items()
        }
        later = {code: value for code, value in given.items() if self.call.blind and code == IDENTITY}
        first = {code: value for code, value in given.items() if code not in later}
        sheets.save(self.session, sheet, first, by=by, at=self.story.at)
        if later:
            sheets.lock(self.session, sheet, by=by, at=self.story.at)
            sheets.save(self.session, sheet, later, by=by, at=self.story.at)
        sheets.sign(self.session, sheet, by=by, at=self.story.at)

    def close(self) -> None:
        for case in self.cases:
            rounds.close_rating(self.session, case.measure, by=self.chair, at=self.story.at)

    def decide(self) -> None:
        """All cases are approved as they were asked for."""
        meeting = self.hold()
        for case in self.cases:
            self.type(meeting, case, "approve", amount=case.measure.requested)
        self.end(meeting)

    def hold(self) -> Meeting:
        seated = [self.story.who[key].id for key in self.members]
        return meetings.hold(
            self.session, self.call, held_on=self.story.today, place=self.story.place, present=seated, began="10:00",
            ended="15:30", by=self.story.who["manager"], at=self.story.at,
        )  # fmt: skip

    def type(
        self, meeting: Meeting, case: Case, outcome: str, *, amount: int | None = None, reasons: str = words.REASONS,
        conditions: str = "", no: int = 0, away: int = 0,
    ) -> None:  # fmt: skip
        """One decision; `no` of those who vote were against it, `away` had to leave the room."""
        typed = meetings.Typed(
            outcome, yes=len(self.members) - no - away, no=no, amount=amount, reasons=reasons, conditions=conditions
        )
        meetings.decide(
            self.session, meeting, case.measure, typed, version=meeting.version, by=self.story.who["manager"],
            at=self.story.at,
        )  # fmt: skip

    def end(self, meeting: Meeting) -> None:
        meetings.close_meeting(self.session, meeting, by=self.chair, at=self.story.at, countersign=True)
