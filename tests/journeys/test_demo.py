"""The demonstration, made by the commands: the published table, lawful, work for every role. The national one is told on SQLite
and comes to PostgreSQL by a backup; the small one is told on both."""

import secrets
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import func, select
from typer.testing import CliRunner

from fundapp.backups.models import Folder
from fundapp.cli import app
from fundapp.config import Settings
from fundapp.demo import facts
from fundapp.demo.cast import NATIONAL, PASSWORD, SMALL
from fundapp.disbursement.models import Payment, Receipt, Report, Settlement
from fundapp.documents.models import Document
from fundapp.evaluation.models import Evaluation
from fundapp.evaluation.portfolio import Portfolio, portfolio
from fundapp.files.store import Store
from fundapp.funds.models import Call, Contribution, Donor, Fund
from fundapp.history import queries as history
from fundapp.history.models import Entry
from fundapp.kit.database import Database
from fundapp.mail.models import Message
from fundapp.measures.models import BudgetLine, Measure
from fundapp.people.models import Branch, Person
from fundapp.people.passwords import matches
from fundapp.people.permissions import Role
from fundapp.people.queries import find_by_email
from fundapp.regions.models import BranchYear
from fundapp.reminders.models import Obligation
from fundapp.rooms import verified
from tests.conftest import BACKENDS, of

Run = Callable[..., Any]
SET = (
    "FUNDAPP_HOME",
    "FUNDAPP_DATABASE_URL",
    "FUNDAPP_DEMO",
    "FUNDAPP_BRAND_SMALL",
    "FUNDAPP_BASE_URL",
    "FUNDAPP_TIME_ZONE",
)


def invoked(home: Path, url: str, *words: str) -> Any:
    """The result of the command with these settings in the environment, which the command may add to."""
    with pytest.MonkeyPatch.context() as patch:
        for name in SET:
            patch.setenv(name, "")
            patch.delenv(name)
        patch.setenv("FUNDAPP_HOME", str(home))
        patch.setenv("FUNDAPP_DATABASE_URL", url)
        return CliRunner().invoke(app, list(words))


class Shown:
    """A demonstration that is there: what the command printed, and its database."""

    def __init__(self, home: Path, url: str, *words: str) -> None:
        self.home, self.url, self.words = home, url, words
        self.run: Run = partial(invoked, home, url)
        self.printed = self.run("demo", "--prepare-only", *words)
        assert self.printed.exit_code == 0, self.printed.output
        self.database = Database(Settings(home=home, database_url=url).database)

    def rows(self, question: Any) -> list[Any]:
        with self.database.reading() as session:
            return list(session.scalars(question))

    def table(self) -> Portfolio:
        with self.database.reading() as session:
            return portfolio(session, at=datetime.now(UTC))


@pytest.fixture(scope="module", params=BACKENDS)
def shown(request: Any, prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    """The national demonstration, on either database."""
    home = tmp_path_factory.mktemp("national")
    if request.param == "sqlite":
        shutil.copytree(prepared, home, dirs_exist_ok=True)
        made = Shown(home, f"sqlite:///{home / 'fund.sqlite3'}")
        yield made
        made.database.close()
        return
    server, name = request.getfixturevalue("postgres_url"), f"fundapp_{secrets.token_hex(6)}"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
        backup = str(home / "backup")
        assert invoked(prepared, f"sqlite:///{prepared / 'fund.sqlite3'}", "backup", backup).exit_code == 0
        restored = invoked(home, of(server, name), "restore", backup)
        assert restored.exit_code == 0, restored.output
        made = Shown(home, of(server, name))
        yield made
        made.database.close()
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def run(settings: Settings) -> Run:
    """run('demo', '--prepare-only') -> the result, in the empty database of this test."""
    return partial(invoked, settings.home, settings.database_url)


def test_the_published_table_comes_out_exactly(shown: Shown) -> None:
    table = shown.table().whole
    counted = {code: value for code, (value, _women) in table.counted.items()}
    assert (table.ended, table.running, table.taken_over) == (104, 8, 0)
    assert counted == {"people_trained": 3_512_000, "jobs": 288_000, "higher_income": 1_487_000}
    assert (table.latest.yes, table.latest.due, table.latest.no) == (95, 104, 9)
    assert f"{table.latest.yes / table.latest.due:.1%}" == "91.3%"
    trained = facts.finished(datetime.now(UTC).date())
    assert table.women("people_trained") == 1000 * sum(plan.women for plan in trained)
    assert table.women("jobs") == 1000 * sum(plan.jobs_women for plan in trained)
    assert [(line.ended, line.running) for line in shown.table().years] == [
        (11, 0), (15, 0), (18, 0), (20, 0), (21, 0), (19, 0), (0, 8)
    ]  # fmt: skip


def test_every_branch_grows_in_members(shown: Shown) -> None:
    years = shown.rows(select(BranchYear).order_by(BranchYear.branch_id, BranchYear.year))
    by_branch: dict[int, list[int]] = {}
    for row in years:
        by_branch.setdefault(row.branch_id, []).append(row.members)
    assert [len(members) for members in by_branch.values()] == [6] * 20
    assert all(members == sorted(set(members)) for members in by_branch.values())
    assert [sum(column) for column in zip(*by_branch.values(), strict=True)][::5] == [1_099, 2_104]
    branches = shown.rows(select(Branch).order_by(Branch.name))
    assert branches[0].names == {"en": "Arkhangai", "de": "Archangai", "mn": "Архангай"}
    assert all(set(branch.names) == {"en", "de", "mn"} and branch.phone for branch in branches)


def test_the_money_of_each_measure_is_that_of_its_row(shown: Shown) -> None:
    plans = sorted(
        (plan.region, plan.title, plan.total, plan.grant, plan.own, plan.third, plan.refunded)
        for plan in facts.finished(datetime.now(UTC).date())
    )
    lines = select(
        Measure.id, Measure.region, Measure.title, func.sum(BudgetLine.amount), func.sum(BudgetLine.from_grant),
        func.sum(BudgetLine.own_cash + BudgetLine.in_kind), func.sum(BudgetLine.local_government + BudgetLine.other_donor),
    )  # fmt: skip
    asked = lines.join(BudgetLine, BudgetLine.measure_id == Measure.id).where(Measure.status.in_(("settled", "closed")))
    with shown.database.reading() as session:
        back = {s.measure_id: -s.balance for s in session.scalars(select(Settlement)) if s.outcome == "refunded"}
        found = sorted(
            (region, title, *(int(amount) // 100 for amount in amounts), back.get(id, 0) // 100)
            for id, region, title, *amounts in session.execute(asked.group_by(Measure.id))
        )
    settled = set(found)
    assert settled <= set(plans)
    assert len(found) >= 100  # the last few may still owe their final report
    assert sum(plan[-1] for plan in plans) == sum(row[-1] for row in found) == 1_620


def test_it_is_lawful_and_three_people_paid_each_instalment(shown: Shown) -> None:
    with shown.database.reading() as session:
        assert verified(session, Store(shown.home / "files")) == []
    assert shown.run("verify").exit_code == 0
    paid = shown.rows(select(Payment).where(Payment.status == "paid"))
    assert all(len({row.prepared_by_id, row.authorised_by_id, row.paid_by_id}) == 3 for row in paid)
    assert len(paid) > 240
    assert set(shown.rows(select(Document.status))) == {"issued"}
    waiting = (Message.sent_at.is_(None), Message.stopped_at.is_(None), Message.told_at.is_(None))
    assert {"text"} == set(shown.rows(select(Message.channel).where(*waiting)))  # a few to tell; no mail goes anywhere
    assert 0 < len(shown.rows(select(Message.id).where(*waiting))) < 20
    assert [Path(path).name for path in shown.rows(select(Folder.path))] == ["backups"]
    assert set(shown.rows(select(Call.own_share))) == {150}
    with shown.database.reading() as session:
        counted = [session.scalar(select(func.count()).select_from(kind)) for kind in (Fund, Donor, Branch, Call)]
        assert session.scalar(select(func.count()).select_from(Contribution)) == 26
    assert counted == [1, 4, 20, 9]


def test_moments_are_honest_and_in_order(shown: Shown) -> None:
    with shown.database.reading() as session:
        moments = list(session.scalars(select(Entry.at).order_by(Entry.seq)))
    assert moments == sorted(moments)
    assert moments[-1] <= datetime.now(UTC)


def test_fourteen_proposals_stand_in_every_status_and_seven_measures_run(shown: Shown) -> None:
    counted = Counter(shown.rows(select(Measure.status)))
    finished = counted.pop("closed") + counted.pop("settled")
    assert finished + counted["running"] + counted.pop("suspended") - 7 >= 104 - 5
    assert counted.pop("running") >= 6
    assert counted == {
        "draft": 1, "submitted": 1, "returned": 1, "withdrawn": 1, "eligible": 1, "ineligible": 1, "in_rating": 1,
        "rated": 2, "deferred": 1, "reserved": 1, "approved": 1, "rejected": 1, "contracted": 1,
    }  # fmt: skip
    assert sum(counted.values()) == 14


def test_each_visit_that_was_due_some_days_ago_is_made(shown: Shown) -> None:
    made = Counter(shown.rows(select(Evaluation.point).where(Evaluation.done_at.is_not(None))))
    today_ = datetime.now(UTC).date()
    due = shown.rows(select(Evaluation).where(Evaluation.done_at.is_(None), Evaluation.due < today_))
    assert made[0] == 104
    assert made[6] >= made[12] >= made[24] >= 55
    assert all((today_ - row.due).days <= 8 for row in due)


def test_every_account_has_something_to_do_and_is_marked_as_invented(shown: Shown) -> None:
    with shown.database.reading() as session:
        people = session.scalars(select(Person).order_by(Person.id)).all()
        held = Counter(role.role for person in people if person.email for role in person.roles)
        assert held == {role.value: {Role.MEMBER: 5, Role.APPLICANT: 2}.get(role, 1) for role in Role}
        assert all(person.invented for person in people)
        assert [person.email for person in people if person.email] == [account.email for account in NATIONAL]
        assert all(person.email in shown.printed.output for person in people if person.email)
        assert matches(find_by_email(session, "manager@demo.invalid").password_hash, PASSWORD)


def test_something_is_late_with_a_promise_and_each_step_of_money_waits(shown: Shown) -> None:
    today_ = datetime.now(UTC).date()
    late = shown.rows(
        select(Obligation).where(
            Obligation.kind == "disbursement.interim_report", Obligation.done_at.is_(None), Obligation.due < today_
        )
    )
    assert len(late) == 2
    assert [row.promised > row.due for row in late if row.promised] == [True]
    waiting = Counter(shown.rows(select(Payment.status).where(Payment.status.in_(("prepared", "authorised")))))
    assert waiting == {"prepared": 1, "authorised": 1}
    assert shown.rows(select(Report.kind).where(Report.status == "sent", Report.kind == "interim")) == ["interim"]
    assert len(shown.rows(select(Receipt.id).where(Receipt.checked_at.is_(None)))) >= 4


def test_a_demonstration_that_is_there_is_left_as_it_is(shown: Shown) -> None:
    with shown.database.reading() as session:
        before = history.head(session)
    again = shown.run("demo", "--prepare-only")
    other = shown.run("demo", "--prepare-only", "--preset", "small")
    assert (again.exit_code, again.output) == (0, shown.printed.output)
    assert (other.exit_code, other.output) == (0, shown.printed.output)
    with shown.database.reading() as session:
        assert history.head(session) == before


def test_a_small_fund_has_one_office_and_two_people_for_a_payment(
    run: Run, database: Database, settings: Settings
) -> None:
    done = run("demo", "--prepare-only", "--preset", "small")
    assert done.exit_code == 0, done.output
    with database.reading() as session:
        assert verified(session, Store(settings.home / "files")) == []
        assert session.scalars(select(Fund.preset)).all() == ["small"]
        counted = Counter(session.scalars(select(Measure.status)))
        people = [person.email for person in session.scalars(select(Person).order_by(Person.id)) if person.email]
        paid = session.scalars(select(Payment).where(Payment.status == "paid")).all()
        assert all(account.email in done.output for account in SMALL)
    assert people == [account.email for account in SMALL]
    assert counted == {
        "closed": 1, "settled": 1, "running": 3, "approved": 1, "rated": 1, "in_rating": 1, "submitted": 1, "draft": 1
    }  # fmt: skip
    assert all(row.policy == "two" and row.authorised_by_id != row.paid_by_id for row in paid)


def test_data_that_are_no_demonstration_are_refused_and_unchanged(run: Run, database: Database) -> None:
    assert run("person", "add", "head@example.org", "--name", "A Head", "--role", "admin").exit_code == 0
    refused = run("demo", "--prepare-only")
    assert refused.exit_code == 1
    assert "not a demonstration. Nothing was changed" in refused.output
    with database.reading() as session:
        assert session.scalars(select(Fund.id)).all() == []
        assert session.scalars(select(Person.given_name)).all() == ["A"]


@pytest.mark.parametrize(
    ("on", "last"),
    [((2026, 9, 30), (2026, 9, 30)), ((2026, 9, 29), (2025, 9, 30)), ((2028, 2, 29), (2027, 9, 30))],
)
def test_dates_move_by_whole_years_so_that_every_measure_has_ended(on: tuple[int, ...], last: tuple[int, ...]) -> None:
    plans = facts.finished(date(*on))
    assert max(plan.ends for plan in plans) == date(*last)
    assert len(plans) == 104
    assert sum(plan.trained for plan in plans) == 3_512
