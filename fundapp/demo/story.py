"""The clock of a demonstration: acts stand on days, and are played in the order of their days, each at an honest moment."""

import heapq
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from fundapp.config import Settings
from fundapp.demo import cast
from fundapp.demo.paper import pdf
from fundapp.demo.printing import Printer
from fundapp.files.store import Kept, Store
from fundapp.funds.models import Call, Donor, Fund
from fundapp.kit.database import WriteSession
from fundapp.kit.dates import on
from fundapp.lifecycle.service import SYSTEM
from fundapp.people import service as people
from fundapp.people.models import Branch, Person
from fundapp.people.permissions import Role

EURO = 100
MORNING, PACE = time(9), timedelta(seconds=20)
LAG = timedelta(days=3)  # until a document that was ordered is issued


def working(day: date) -> date:
    """The day, or the Monday after a weekend."""
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)


class Story:
    """A fund and its people while they are told, up to `now`; what would come later is left out."""

    def __init__(self, settings: Settings, session: WriteSession, store: Store, now: datetime) -> None:
        self.settings, self.session, self.store, self.now = settings, session, store, now
        self.zone = ZoneInfo(settings.time_zone)
        self.end = on(now, self.zone)
        self.who: dict[str, Person] = {}
        self.officers: dict[str, Person] = {}
        self.owners: dict[str, Person] = {}
        self.branches: dict[str, Branch] = {}
        self.calls: dict[str, Call] = {}
        self.bottlenecks: dict[tuple[str, str], int] = {}  # (region, theme) -> id
        self.place = "Ulaanbaatar (invented)"
        self.grants_of: Counter[str] = Counter()  # organisation -> contracts signed
        self.printer = Printer(store)
        self.donors: dict[str, Donor] = {}
        self.system = SYSTEM
        self.fund: Fund
        self._agenda: list[tuple[date, int, Callable[..., object], tuple[Any, ...]]] = []
        self._asked = 0
        self._clock = datetime(1990, 1, 1, tzinfo=self.zone)

    @property
    def at(self) -> datetime:
        """The moment; a little later each time it is asked, never later than now."""
        self._clock += PACE
        return min(self._clock, self.now)

    @property
    def today(self) -> date:
        return on(min(self._clock, self.now), self.zone)

    def day(self, days: int) -> date:
        """So many days from the day of preparation; past ones are working days."""
        day = self.end + timedelta(days=days)
        return min(working(day), self.end) if days < 0 else day

    def plan(self, day: date, act: Callable[..., object], *given: Any) -> None:
        """Puts an act on a day, at its place behind what stands there already."""
        self._asked += 1
        heapq.heappush(self._agenda, (working(day) if day < self.end else day, self._asked, act, given))

    def play(self) -> None:
        """Plays every act up to the day of preparation, in order; acts may plan others."""
        self.play_until(self.end)

    def play_until(self, last: date) -> None:
        while self._agenda and self._agenda[0][0] <= last:
            day, _, act, given = heapq.heappop(self._agenda)
            if day > self.today:
                self.printer.issue(self.session, at=self.at, ordered=self.today - LAG)
            self._clock = max(self._clock, datetime.combine(day, MORNING, self.zone))
            act(*given)
            self.printer.take(self.session, at=self.at, on=day)

    def paper(self, name: str, line: str) -> Kept:
        """A page of PDF that says one line, kept in the store."""
        return self.store.receive(f"{name}.pdf", *pdf(line))

    def stranger(self, role: Role, *, number: int, branch: Branch | None = None, given: str = "") -> Person:
        """Somebody without an account, reached by telephone."""
        first, father = cast.name(number)
        person = people.add_person(
            self.session, given_name=given or first, family_name=father, phone=cast.phone(number), by=SYSTEM, at=self.at,
            invented=True,
        )  # fmt: skip
        people.give_role(self.session, person, role, branch=branch, by=None, at=self.at)
        return person

    def account(self, account: cast.Account, password_hash: str, branch: Branch | None = None) -> Person:
        """Somebody who can be signed in with one click."""
        person = people.add_person(
            self.session, given_name=account.given, family_name=account.second, email=account.email,
            phone=cast.phone(len(self.who)), by=SYSTEM, at=self.at, invented=True,
        )  # fmt: skip
        person.password_hash = password_hash
        for role in account.roles:
            office = branch if role is Role.OFFICER else None
            people.give_role(self.session, person, role, branch=office, by=None, at=self.at)
        self.who[account.key] = person
        return person

    def owner(self, organisation: str) -> Person:
        """Who acts for an organisation; the same person each time."""
        if organisation not in self.owners:
            self.owners[organisation] = self.stranger(Role.APPLICANT, number=100 + len(self.owners))
        return self.owners[organisation]
