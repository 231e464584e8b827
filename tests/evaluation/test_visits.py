from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import event, func, select, update

from fundapp.evaluation import queries, service
from fundapp.evaluation.duties import DUTIES
from fundapp.evaluation.impact import Answer
from fundapp.evaluation.jobs import plan_due
from fundapp.evaluation.models import Evaluation, Value
from fundapp.evaluation.offers import OFFERS
from fundapp.evaluation.service import Found
from fundapp.files.store import Kept
from fundapp.history.models import Entry
from fundapp.kit.database import Database, WriteSession
from fundapp.kit.errors import NotAllowed, Refused, Stale
from fundapp.lifecycle.service import take_back
from fundapp.mail.models import Message
from fundapp.measures.lifecycle import CLOSE
from fundapp.measures.models import Indicator, Measure
from fundapp.people.models import Person
from fundapp.reminders.models import Obligation
from fundapp.reminders.service import cancel_case, sweep
from tests import factories

ENDED = date(2025, 11, 28)  # a Friday
AT = datetime(2027, 11, 29, 9, tzinfo=UTC)


def made(database: Database, status: str = "settled", **more: Any) -> tuple[Measure, Person]:
    """A measure whose funding ended on 28 November 2025, and a manager."""

    def work(session: WriteSession) -> tuple[Measure, Person]:
        measure = factories.measure(session, status=status, **({"funding_ends": ENDED} | more))
        return measure, factories.person(session, role="manager")

    return database.write(work)


def planned(database: Database, **more: Any) -> tuple[list[int], Person]:
    """The ids of a planned measure's four evaluations, and a manager."""
    measure, manager = made(database, **more)
    plan_due(database, lambda: AT)
    with database.reading() as session:
        return [row.id for row in queries.of_measure(session, measure.id)], manager


def answer(database: Database, id: int, by: Person, effective: str = "yes", **more: Any) -> None:
    def work(session: WriteSession) -> None:
        version, at = more.pop("version", None), more.pop("at", AT)
        row = queries.find(session, id, visible_to=by)
        assert row is not None
        found = Found(Answer(effective), **({"visited_on": queries.window(row).due} | more))
        service.answer(session, row, found, version=version or row.version, by=by, at=at)

    database.write(work)


def one(database: Database, asked: Any) -> Any:
    with database.reading() as session:
        return session.scalar(asked)


@pytest.mark.parametrize("status", ["contracted", "running", "suspended", "terminated", "settled"])
def test_every_contracted_measure_gets_four_evaluations_that_are_owed(database: Database, status: str) -> None:
    measure, _ = made(database, status)
    assert plan_due(database, lambda: AT) == 1
    with database.reading() as session:
        rows = queries.of_measure(session, measure.id)
        assert [(row.point, row.due.isoformat()) for row in rows] == [
            (0, "2025-11-28"),
            (6, "2026-05-28"),
            (12, "2026-11-28"),
            (24, "2027-11-28"),
        ]
        owed = session.execute(select(Obligation.kind, Obligation.subject, Obligation.due).order_by(Obligation.due))
        assert [tuple(row) for row in owed] == [
            ("evaluation.visit", f"evaluation.evaluation:{rows[0].id}", date(2025, 11, 28)),
            ("evaluation.visit", f"evaluation.evaluation:{rows[1].id}", date(2026, 5, 28)),
            ("evaluation.visit", f"evaluation.evaluation:{rows[2].id}", date(2026, 11, 30)),  # from Saturday to Monday
            ("evaluation.visit", f"evaluation.evaluation:{rows[3].id}", date(2027, 11, 29)),
        ]


@pytest.mark.parametrize("status", ["approved", "closed", "withdrawn"])
def test_other_measures_are_not_planned(database: Database, status: str) -> None:
    made(database, status)
    assert plan_due(database, lambda: AT) == 0


def test_planning_twice_changes_nothing(database: Database) -> None:
    planned(database)
    assert plan_due(database, lambda: AT) == 0
    assert one(database, select(func.count()).select_from(Obligation)) == 4


def test_the_dates_follow_the_end_of_funding_but_not_of_what_is_done(database: Database) -> None:
    ids, manager = planned(database)
    answer(database, ids[0], manager)
    database.write(lambda session: session.execute(update(Measure).values(funding_ends=date(2026, 1, 31))))
    database.write(lambda session: session.execute(update(Evaluation).where(Evaluation.point == 24).values(point=24)))
    database.write(lambda session: service.plan(session, session.scalars(select(Measure)).one(), at=AT))
    with database.reading() as session:
        dues = session.scalars(select(Evaluation.due).order_by(Evaluation.point)).all()
        assert [day.isoformat() for day in dues] == ["2025-11-28", "2026-07-31", "2027-01-31", "2028-01-31"]


def test_a_moved_end_is_noticed_by_the_heartbeat(database: Database) -> None:
    planned(database)
    database.write(lambda session: session.execute(update(Measure).values(funding_ends=date(2026, 1, 31))))
    assert [plan_due(database, lambda: AT), plan_due(database, lambda: AT)] == [1, 0]


def test_what_a_termination_cancelled_is_owed_again(database: Database) -> None:
    planned(database, status="terminated")
    database.write(lambda session: cancel_case(session, session.scalars(select(Measure.id)).one(), at=AT))
    assert [plan_due(database, lambda: AT), plan_due(database, lambda: AT)] == [1, 0]


def test_a_visit_keeps_what_was_found_and_is_not_owed_any_more(database: Database) -> None:
    ids, manager = planned(database)
    counts = {"people_trained": (24_000, 13_000), "jobs": (3_500, 2_000)}
    answer(database, ids[0], manager, counts=counts, score_ease=4, score_fit=3, score_cost=5, voice="“It runs.”")
    with database.reading() as session:
        row = session.get_one(Evaluation, ids[0])
        assert (row.effective, row.score_ease, row.voice, row.done_by_id) == ("yes", 4, "“It runs.”", manager.id)
        values = session.execute(select(Value.code, Value.value, Value.women).order_by(Value.code))
        assert [tuple(value) for value in values] == [("jobs", 3500, 2000), ("people_trained", 24000, 13000)]
        met = session.scalars(select(Obligation.subject).where(Obligation.done_at.is_not(None))).all()
        assert met == [f"evaluation.evaluation:{ids[0]}"]
        entry = session.scalars(select(Entry).order_by(Entry.seq.desc())).first()
        assert entry is not None
        assert (entry.action, entry.data) == ("evaluation.answer", {"point": 0, "effective": "yes"})


def test_sent_again_it_is_a_correction(database: Database) -> None:
    ids, manager = planned(database)
    answer(database, ids[0], manager, counts={"jobs": (3000, None)})
    answer(database, ids[0], manager, counts={"jobs": (2000, None)})
    assert one(database, select(Value.value)) == 2000
    assert one(database, select(Entry.action).order_by(Entry.seq.desc()).limit(1)) == "evaluation.correct"


def test_who_sends_second_does_not_overwrite_the_first(database: Database) -> None:
    ids, manager = planned(database)
    answer(database, ids[0], manager, version=1)
    with pytest.raises(Stale) as stale:
        answer(database, ids[0], manager, "no", version=1)
    assert stale.value.theirs["effective"] == "yes"


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"at": datetime(2025, 10, 1, tzinfo=UTC)}, "This visit opens on 29 October 2025."),
        ({"visited_on": date(2027, 11, 30)}, "lies in the future"),
        ({"visited_on": date(2025, 10, 28)}, "before this visit was open"),
        ({"counts": {"jobs": (2000, 3000)}}, "More women than persons"),
        ({"counts": {"bees": (2000, None)}}, "“bees” is not counted in this measure"),
        ({"counts": {"jobs": (0, None)}}, "“Yes” needs one result at 70 %"),
    ],
)
def test_what_cannot_be_is_refused(database: Database, more: dict[str, Any], reason: str) -> None:
    ids, manager = planned(database)
    with pytest.raises(Refused, match=reason):
        answer(database, ids[0], manager, **more)


@pytest.mark.parametrize(("now", "fits"), [(7_000, True), (6_999, False)])
def test_yes_needs_seventy_percent_of_one_result_at_the_end(database: Database, now: int, fits: bool) -> None:
    ids, manager = planned(database)
    answer(database, ids[0], manager, counts={"people_trained": (20_000, None), "jobs": (10_000, None)})
    again = {"people_trained": (20_000, None), "jobs": (now, None)}
    if fits:
        answer(database, ids[2], manager, counts=again)
    else:
        with pytest.raises(Refused):
            answer(database, ids[2], manager, counts=again)
        answer(database, ids[2], manager, "partly", counts=again)


def test_where_nothing_was_counted_the_evaluator_is_believed(database: Database) -> None:
    ids, manager = planned(database)
    answer(database, ids[0], manager)
    answer(database, ids[2], manager)


def test_scores_are_given_at_the_end_only(database: Database) -> None:
    ids, manager = planned(database)
    with pytest.raises(Refused, match="at the end of funding only"):
        answer(database, ids[1], manager, score_fit=3)


@pytest.mark.parametrize(("preset", "free"), [("national", False), ("small", True)])
def test_from_twelve_months_on_the_adviser_does_not_visit(database: Database, preset: str, free: bool) -> None:
    def work(session: WriteSession) -> Person:
        branch = factories.branch(session)
        officer = factories.person(session, role="officer", branch=branch)
        fund = factories.fund(session, preset=preset)
        factories.measure(
            session, status="settled", fund=fund, branch=branch, prepared_by_id=officer.id, funding_ends=ENDED
        )
        return officer

    officer = database.write(work)
    plan_due(database, lambda: AT)
    with database.reading() as session:
        rows = session.scalars(select(Evaluation.id).order_by(Evaluation.point)).all()
    answer(database, rows[1], officer)
    if free:
        answer(database, rows[2], officer)
    else:
        with pytest.raises(Refused, match="You advised this measure"):
            answer(database, rows[2], officer)


def test_beside_each_field_stand_the_promise_and_the_last_figure(database: Database) -> None:
    ids, manager = planned(database)
    own = database.write(lambda session: _own(session))
    answer(database, ids[0], manager, counts={"jobs": (3000, 1000), f"own-{own}": (240_500, None)})
    answer(database, ids[1], manager, counts={"jobs": (2500, None)})
    with database.reading() as session:
        row = queries.find(session, ids[2], visible_to=manager)
        assert row is not None
        told = {count.code: count for count in queries.counts(session, row)}
    assert list(told) == ["people_trained", "jobs", "higher_income", f"own-{own}"]
    assert (told["jobs"].promised, told["jobs"].last, told["jobs"].last_point) == (3500, 2500, 6)
    assert (told["people_trained"].promised, told["people_trained"].last) == (24_000, None)
    assert (told[f"own-{own}"].title, told[f"own-{own}"].last, told[f"own-{own}"].persons) == ("Milk", 240_500, False)


def _own(session: WriteSession) -> int:
    measure = session.scalars(select(Measure.id)).one()
    row = Indicator(measure_id=measure, code="own", title="Milk", unit="litres a day", target=200_000)
    session.add(row)
    session.flush()
    return row.id


def test_only_a_picture_is_a_photograph(database: Database) -> None:
    ids, manager = planned(database)

    def add(media: str) -> None:
        kept = Kept("0" * 64, 4, "dairy", media)
        database.write(
            lambda session: service.add_photo(
                session, session.get_one(Evaluation, ids[0], options=queries._measure()), kept, by=manager, at=AT
            )
        )

    add("image/jpeg")
    assert one(database, select(Evaluation.photo_id).where(Evaluation.id == ids[0])) is not None
    with pytest.raises(Refused, match="not a photograph"):
        add("application/pdf")


def test_a_measure_is_closed_after_its_last_evaluation(database: Database) -> None:
    ids, manager = planned(database)
    measure = one(database, select(Measure))
    reason = "The evaluation 24 months after the end is not done yet; it is due on 28 November 2027."
    with database.reading() as session:
        assert OFFERS[0].why_not(session, measure, manager, AT) == [reason]
    with pytest.raises(Refused, match="24 months"):
        database.write(
            lambda session: service.close(session, session.scalars(select(Measure)).one(), by=manager, at=AT)
        )
    answer(database, ids[3], manager, "unknown")
    database.write(lambda session: service.close(session, session.scalars(select(Measure)).one(), by=manager, at=AT))
    assert one(database, select(Measure.status)) == "closed"
    assert one(database, select(func.count()).where(Obligation.cancelled_at.is_not(None))) == 3


def test_an_officer_does_not_close(database: Database) -> None:
    ids, manager = planned(database)
    answer(database, ids[3], manager)
    officer = database.write(lambda session: factories.person(session, role="officer"))
    with pytest.raises(NotAllowed):
        database.write(
            lambda session: service.close(session, session.scalars(select(Measure)).one(), by=officer, at=AT)
        )


def test_closing_taken_back_owes_the_missed_visits_again(database: Database) -> None:
    ids, manager = planned(database)
    answer(database, ids[3], manager)

    def work(session: WriteSession) -> None:
        service.close(session, session.scalars(select(Measure)).one(), by=manager, at=AT)

    def back(session: WriteSession) -> None:
        measure = session.scalars(select(Measure)).one()
        assert OFFERS[0].back is not None
        OFFERS[0].back(session, measure, manager, AT)
        take_back(session, measure, CLOSE, by=manager, at=AT, because="")

    database.write(work)
    database.write(back)
    assert one(database, select(Measure.status)) == "settled"
    assert one(database, select(func.count()).where(Obligation.cancelled_at.is_not(None))) == 0


def test_visits_remind_the_officers_of_the_branch_three_times(database: Database) -> None:
    def work(session: WriteSession) -> None:
        branch = factories.branch(session)
        factories.person(session, role="officer", branch=branch, email="officer@example.org")
        factories.person(session, role="manager")
        factories.measure(session, status="settled", branch=branch, funding_ends=ENDED, short_title="Dairy")

    database.write(work)
    plan_due(database, lambda: AT)
    duties = {duty.kind: duty for duty in DUTIES}
    for day in ("2025-11-13", "2025-11-14", "2025-11-28", "2025-12-05", "2025-12-06"):
        database.write(lambda session, day=day: sweep(session, duties, on=date.fromisoformat(day), at=AT))
    with database.reading() as session:
        mails = session.execute(select(Message.to_address, Message.subject).order_by(Message.id)).all()
    assert [tuple(mail) for mail in mails] == [
        ("officer@example.org", "Visit due in 14 days: Visit at the end of funding: Dairy"),
        ("officer@example.org", "Visit due today: Visit at the end of funding: Dairy"),
        ("officer@example.org", "Visit 7 days late: Visit at the end of funding: Dairy"),
    ]


def test_an_officer_sees_the_visits_of_the_own_branch_and_a_manager_all(database: Database) -> None:
    def work(session: WriteSession) -> tuple[Person, Person, Person]:
        branch = factories.branch(session)
        for place in (branch, factories.branch(session)):
            factories.measure(session, status="settled", branch=place, funding_ends=ENDED)
        officer = factories.person(session, role="officer", branch=branch)
        return officer, factories.person(session, role="manager"), factories.person(session, role="applicant")

    officer, manager, stranger = database.write(work)
    plan_due(database, lambda: AT)
    with database.reading() as session:
        assert len(queries.visits(session, officer)) == 4
        rows = queries.visits(session, manager)
        assert len(rows) == 8
        assert queries.visits(session, manager, until=date(2026, 5, 31))[-1].evaluation.due == date(2026, 5, 28)
        last = rows[2].evaluation
        after = queries.visits(session, manager, after=(last.due, last.id), limit=2)
        assert [row.evaluation.id for row in after] == [row.evaluation.id for row in rows[3:5]]
        assert queries.find(session, rows[0].evaluation.id, visible_to=stranger) is None


def test_the_list_of_visits_costs_the_same_for_many(database: Database) -> None:
    def work(session: WriteSession) -> Person:
        for _ in range(10):
            factories.measure(session, status="settled", funding_ends=ENDED)
        return factories.person(session, role="manager")

    manager = database.write(work)
    plan_due(database, lambda: AT)
    asked: list[int] = []
    event.listen(database.engine, "before_cursor_execute", lambda *facts: asked.append(1))
    costs = []
    for limit in (4, 40):
        with database.reading() as session:
            asked.clear()
            rows = queries.visits(session, manager, limit=limit)
            assert [row.evaluation.measure.owner.shown_name for row in rows if row.evaluation.measure.owner]
            assert len(rows) == limit
            costs.append(len(asked))
    assert costs[0] == costs[1]
