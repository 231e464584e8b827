"""The demonstration fund, made by the command on both databases: lawful, with something for every role, and never made twice."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from typer.testing import CliRunner

from fundapp.cli import app
from fundapp.config import Settings
from fundapp.demo.data import PASSWORD
from fundapp.disbursement.models import Payment, Report
from fundapp.documents.models import Document
from fundapp.evaluation.models import Evaluation
from fundapp.files.store import Store
from fundapp.funds.models import Call, Donor, Fund
from fundapp.history import queries as history
from fundapp.kit.database import Database
from fundapp.mail.models import Message
from fundapp.measures.models import Measure
from fundapp.people.models import Branch, Person
from fundapp.people.passwords import matches
from fundapp.people.permissions import Role
from fundapp.people.queries import find_by_email
from fundapp.reminders.models import Obligation
from fundapp.rooms import verified

Run = Callable[..., Any]


@pytest.fixture
def run(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Run:
    """run('demo', '--prepare-only') -> the result; the settings of this test are in the environment."""
    monkeypatch.setenv("FUNDAPP_HOME", str(settings.home))
    monkeypatch.setenv("FUNDAPP_DATABASE_URL", settings.database_url)
    for name in ("FUNDAPP_DEMO", "FUNDAPP_BRAND_SMALL", "FUNDAPP_BASE_URL"):  # the command sets them
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    return lambda *words: CliRunner().invoke(app, list(words))


@pytest.fixture
def demo(run: Run, database: Database) -> Any:
    """The demonstration, prepared; gives what the command printed."""
    done = run("demo", "--prepare-only")
    assert done.exit_code == 0, done.output
    return done


def rows(database: Database, question: Any) -> list[Any]:
    with database.reading() as session:
        return list(session.scalars(question))


def test_the_demonstration_is_lawful_and_shows_every_stage_to_every_role(
    demo: Any, database: Database, settings: Settings
) -> None:
    with database.reading() as session:
        assert verified(session, Store(settings.home / "files")) == []
        counted = [session.scalar(select(func.count()).select_from(kind)) for kind in (Fund, Donor, Branch, Call)]
        roles_are_there(session, demo.output)
    assert counted == [1, 2, 3, 3]
    assert Counter(rows(database, select(Measure.status))) == {
        "running": 1, "rated": 2, "in_rating": 1, "ineligible": 1, "submitted": 1, "returned": 1, "draft": 1,
    }  # fmt: skip
    assert set(rows(database, select(Document.status))) == {"issued"}
    a_report_is_due(database)


def roles_are_there(session: Any, printed: str) -> None:
    """One account for each role, and four members besides the chair; everybody is marked as invented."""
    people = session.scalars(select(Person)).all()
    held = Counter(role.role for person in people if person.email for role in person.roles)
    assert held == {role.value: 4 if role is Role.MEMBER else 1 for role in Role}
    assert all(person.invented for person in people)
    assert all(person.email in printed for person in people if person.email)
    assert matches(find_by_email(session, "manager@demo.invalid").password_hash, PASSWORD)


def a_report_is_due(database: Database) -> None:
    """Within forty days, of the one measure that runs; two calls are over and one is open."""
    today = datetime.now(UTC).date()
    (due,) = rows(database, select(Report.due).where(Report.status == "due", Report.kind == "interim"))
    assert today < due <= today + timedelta(days=40)
    kinds = rows(database, select(Obligation.kind).where(Obligation.done_at.is_(None), Obligation.due == due))
    assert "disbursement.interim_report" in kinds
    assert rows(database, select(Payment.status)) == ["paid"]
    assert rows(database, select(Evaluation.point).order_by(Evaluation.point)) == [0, 6, 12, 24]
    calls = rows(database, select(Call).order_by(Call.closes_at))
    assert [call.closes_at.date() > today for call in calls] == [False, False, True]


def test_a_demonstration_that_is_there_is_left_as_it_is_and_writes_to_nobody(
    demo: Any, run: Run, database: Database
) -> None:
    with database.reading() as session:
        before = history.head(session)
    again = run("demo", "--prepare-only")
    assert (again.exit_code, again.output) == (0, demo.output)
    with database.reading() as session:
        assert history.head(session) == before
    assert rows(database, select(Message.id).where(Message.stopped_at.is_(None))) == []
    assert run("verify").exit_code == 0


def test_data_that_are_no_demonstration_are_refused_and_unchanged(run: Run, database: Database) -> None:
    assert run("person", "add", "head@example.org", "--name", "A Head", "--role", "admin").exit_code == 0
    refused = run("demo", "--prepare-only")
    assert refused.exit_code == 1
    assert "not a demonstration. Nothing was changed" in refused.output
    assert rows(database, select(Fund.id)) == []
    assert rows(database, select(Person.given_name)) == ["A"]
