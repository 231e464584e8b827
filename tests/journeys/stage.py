"""The world of a journey: the running server, the moved clock, the mail server, and who plays."""

import re
from datetime import datetime
from typing import Any

from sqlalchemy import select

from fundapp.measures.models import Measure
from tests.journeys.looking import Looked
from tests.journeys.person import DESK, Person


class Stage:
    def __init__(self, server: Any, browser: Any, clock: Any, smtp: Any, database: Any) -> None:
        self.url, self.app, self.browser = server.url, server.app, browser
        self.clock, self.smtp, self.database = clock, smtp, database
        self.cast: dict[str, Person] = {}
        self.script = True  # without: plain forms only, and no page is looked at for a second time
        self.wrong: list[str] = []
        self.looked = Looked()
        self.kept: dict[str, Any] = {}

    def enter(self, name: str, *, width: int = DESK, **how: Any) -> Person:
        """Somebody with an address and a browser."""
        how.setdefault("java_script_enabled", self.script)
        self.cast[name] = Person(self, f"{name}@example.org", width=width, **how)
        return self.cast[name]

    def __getattr__(self, name: str) -> Person:
        try:
            return self.__dict__["cast"][name]
        except KeyError:
            raise AttributeError(name) from None

    def beat(self, *jobs: str) -> None:
        """One heartbeat, or only these jobs of it; what goes wrong in it stops the test."""
        heart = self.app.state.heart
        for name in jobs or tuple(heart.jobs):
            heart.jobs[name]()

    def on(self, day: str, hour: int = 9) -> None:
        """The clock is set to an hour (UTC) of a day; it never goes back."""
        moment = datetime.fromisoformat(f"{day}T{hour:02}:00:00+00:00")
        assert moment >= self.clock(), "the clock goes forward only"
        self.clock.set(moment)

    def letters(self) -> None:
        """The half hour that letters wait, and the heartbeat after it."""
        self.clock.forward(minutes=31)
        self.beat()

    def mails(self, name: str, subject: str = "") -> list[Any]:
        """What came to this person by mail, with these words in the subject."""
        return [mail for mail in self.smtp.to(f"{name}@example.org") if subject in mail["Subject"]]

    def link(self, name: str, subject: str = "") -> str:
        """The link in the newest of these mails."""
        body = self.mails(name, subject)[-1].get_content()
        return re.search(rf"{re.escape(self.url)}(/\S+)", body)[1]

    def ask(self, question: Any) -> Any:
        """ask(lambda session: ...): a question to the database."""
        with self.database.reading() as session:
            return question(session)

    def measure(self) -> Measure:
        return self.ask(lambda session: session.scalars(select(Measure).order_by(Measure.id)).first())

    def close(self) -> None:
        for person in self.cast.values():
            person.close()
