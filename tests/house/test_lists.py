"""Every page that lists costs the same number of questions, however much there is to list."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from fundapp.history.service import record
from fundapp.mail.models import Message
from fundapp.measures.lifecycle import Status
from fundapp.people.permissions import Role
from tests import factories as make
from tests.house.test_routes import routes

MORE = 12  # rows of each kind and status that are added between the two counts


@contextmanager
def counted(database: Any) -> Iterator[list[str]]:
    """The statements that are executed meanwhile."""
    seen: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            seen.append(re.sub(r"\s+", " ", statement))

    event.listen(database.engine, "before_cursor_execute", note)
    yield seen
    event.remove(database.engine, "before_cursor_execute", note)


def grow(session: Any, world: dict[str, Any], clock: Any) -> None:
    """A measure in every status with what hangs on it, and one of each other thing that is listed."""
    officer, manager = world["officer"], world["manager"]
    for status in Status:
        facts = {"awarded": 5_000_00} if status == Status.TERMINATED else {}
        measure = make.measure(
            session, status=status, call=world["call"], branch=world["branch"], owner=world["applicant"], **facts
        )
        record(session, "measures.noted", measure, by=manager, at=clock())
        session.add(Message(
            key=f"text:{measure.id}", kind="measures/accepted", channel="text", to_address="9911 2233", to_id=world["applicant"].id,
            subject="It fits", body="It fits.", short="It fits.", case_id=measure.id, branch_id=measure.branch_id,
            queued_at=clock(), send_after=clock(),
        ))  # fmt: skip
        if status in (Status.IN_RATING, Status.RATED):
            for member in world["members"]:
                make.sheet(session, measure=measure, person=member, scheme=world["scheme"], status="signed", points=4)
        if status in (Status.RUNNING, Status.SETTLED):
            contract = make.contract(session, measure=measure, by=manager)
            first, *_ = make.instalments(session, contract)
            make.payment(session, contract=contract, prepared_by=officer, instalment=first)
            make.receipt(session, measure=measure, by=officer)
            make.report(session, measure=measure, due=make.TODAY + timedelta(days=9))
            visit = make.evaluation(session, measure=measure, due=make.TODAY + timedelta(days=3))
            make.obligation(
                session, kind="evaluation.visit", due=make.TODAY + timedelta(days=3),
                subject=f"evaluation.evaluation:{visit.id}", case_id=measure.id, branch_id=measure.branch_id,
            )  # fmt: skip
    make.bottleneck(session, branch=world["branch"])
    make.donor(session, fund=world["fund"], paid=100_00)
    make.person(session, role="member")
    make.organisation(session)
    make.branch(session)
    make.committee(session)
    make.call(session, fund=world["fund"])


@pytest.fixture
def world(write: Any, clock: Any) -> dict[str, Any]:
    def work(session: Any) -> dict[str, Any]:
        branch = make.branch(session)
        people = {role.value: make.person(session, role=role, branch=branch) for role in Role}
        fund = make.fund(session)
        call = make.call(session, fund=fund)
        committee = make.committee(session, members=2, chair=people["chair"])
        scheme = make.scheme(session, call=call, committee=committee)
        made = people | {"branch": branch, "fund": fund, "call": call, "committee": committee, "scheme": scheme}
        return made | {"members": make.members_of(session, committee)}

    made: dict[str, Any] = write(work)
    write(lambda session: grow(session, made, clock))
    return made


@pytest.mark.sqlite
def test_every_list_asks_as_many_questions_for_many_rows_as_for_few(app, client, write, world, clock):
    pages = sorted(
        {r.path for r in routes(app.fastapi) if "GET" in r.methods and "{" not in r.path and "." not in r.path}
    )
    assert len(pages) > 10

    def ask() -> dict[tuple[str, str], tuple[int, list[str]]]:
        found = {}
        for role in ("applicant", "officer", "member", "chair", "manager", "finance", "auditor", "admin"):
            visitor = client(world[role])
            for path in pages:
                with counted(app.state.database) as seen:
                    answer = visitor.get(path)
                assert answer.status_code < 500, (role, path)
                if answer.status_code == 200:
                    found[role, path] = (len(seen), seen)
        return found

    few = ask()
    for _ in range(MORE):
        write(lambda session: grow(session, world, clock))
    many = ask()
    assert len(few) > 20
    slow = {
        key: [s for s in many[key][1] if many[key][1].count(s) > few[key][1].count(s)][:3]
        for key in few
        if many[key][0] != few[key][0]
    }
    assert slow == {}


LISTS = (
    "/calls", "/disbursement/", "/documents/templates", "/evaluation/", "/evaluation/results", "/evaluation/results/ended",
    "/evaluation/results/effective?point=12", "/evaluation/results/people_trained", "/funds", "/funds/{fund}/ledger",
    "/history", "/measures", "/measures?late=yes&counted=ended&effective=yes&q=wool", "/messages", "/outbox", "/people/branches",
    "/people/organisations", "/people/persons", "/rating/committees", "/regions", "/regions/branches/{branch}",
)  # fmt: skip


@pytest.mark.sqlite
def test_a_list_asks_at_most_eight_questions(app, client, write, world, clock):
    write(lambda session: grow(session, world, clock))
    asked = {}
    for role in ("officer", "chair", "manager", "finance", "auditor", "admin"):
        visitor = client(world[role])
        for path in LISTS:
            with counted(app.state.database) as seen:
                answer = visitor.get(path.format(fund=world["fund"].id, branch=world["branch"].id))
            if answer.status_code == 200:
                asked[path] = max(asked.get(path, []), seen, key=len)
    assert asked.keys() == set(LISTS)
    assert {path: seen for path, seen in asked.items() if len(seen) > 8} == {}


@pytest.mark.sqlite
def test_a_case_file_asks_as_many_questions_for_a_long_life_as_for_a_short_one(app, client, write, world, clock):
    measure = write(
        lambda session: make.measure(session, status="running", branch=world["branch"], owner=world["applicant"])
    )
    officer, manager = world["officer"], world["manager"]

    def live(session: Any) -> None:
        make.receipt(session, measure=measure, by=officer)
        make.annex(session, measure=measure)
        for n in range(3):
            record(session, f"measures.noted{n}", measure, by=manager, at=clock(), because="a reason")
        make.obligation(
            session, kind="evaluation.visit", due=make.TODAY, subject=f"x.y:{make.number()}", case_id=measure.id,
            branch_id=measure.branch_id,
        )  # fmt: skip

    def ask() -> dict[str, int]:
        found = {}
        for role in ("applicant", "officer", "manager", "auditor"):
            with counted(app.state.database) as seen:
                assert client(world[role]).get(f"/cases/{measure.id}").status_code == 200
            found[role] = len(seen)
        return found

    write(live)
    few = ask()
    for _ in range(MORE):
        write(live)
    assert ask() == few
    assert max(few.values()) <= 40


@pytest.mark.sqlite
def test_a_page_asks_few_questions(app, client, world):
    for role in ("manager", "officer", "applicant"):
        with counted(app.state.database) as seen:
            assert client(world[role]).get("/").status_code == 200
        assert len(seen) <= 20, "\n".join(seen)
