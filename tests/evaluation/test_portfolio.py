from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from fundapp.evaluation.counting import last_end
from fundapp.evaluation.models import Value
from fundapp.evaluation.portfolio import Answers, Asked, Money, Portfolio, portfolio, rows
from fundapp.exchange.service import import_file
from fundapp.kit.database import Database, WriteSession
from tests import factories

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
OWN = Path(__file__).parents[1] / "exchange" / "grants.csv"


def measured(session: WriteSession, *answers: tuple[int, str], status: str = "settled", **more: Any) -> Any:
    """A measure that ended on 31 October 2025, with answers (point, answer) given."""
    counts = more.pop("counts", {})
    measure = factories.measure(
        session, status=status, **({"funding_ends": date(2025, 10, 31), "contracted_on": date(2024, 11, 4)} | more)
    )
    manager = factories.person(session, role="manager")
    for point, effective in answers:
        done = {"done_at": AT, "done_by_id": manager.id, "effective": effective}
        row = factories.evaluation(session, measure=measure, point=point, **done)
        for code, (value, women) in counts.get(point, {}).items():
            session.add(
                Value(evaluation_id=row.id, measure_id=measure.id, code=code, value=value * 1000, women=women * 1000)
            )
    session.flush()
    return measure


def told(database: Database, **more: Any) -> Portfolio:
    with database.reading() as session:
        return portfolio(session, at=AT, **more)


def test_the_latest_answer_of_each_contracted_measure_counts(database: Database) -> None:
    def work(session: WriteSession) -> None:
        measured(session, (0, "partly"), (6, "yes"))
        measured(session, (0, "yes"), (12, "no"))
        measured(session, (0, "yes"), (6, "unknown"))
        measured(session, (0, "partly"))
        measured(session)
        measured(session, (0, "yes"), status="terminated")
        measured(session, (0, "yes"), status="closed")

    database.write(work)
    assert told(database).whole.latest == Answers(due=7, yes=3, partly=1, no=1)
    assert told(database).whole.latest.unknown == 2
    assert str(told(database).whole.latest.rate.percent) == "42.9"


def test_the_rates_at_each_point_stand_apart(database: Database) -> None:
    def work(session: WriteSession) -> None:
        measured(session, (0, "yes"), (6, "yes"), (12, "no"))
        measured(session, (0, "yes"), funding_ends=date(2026, 5, 22))
        measured(session, (0, "yes"), funding_ends=date(2026, 5, 23))

    database.write(work)
    answers = told(database).whole.answers
    assert [answers[point] for point in (0, 6, 12, 24)] == [
        Answers(due=3, yes=3),
        Answers(due=2, yes=1),
        Answers(due=1, no=1),
        Answers(),
    ]


def test_running_measures_are_a_line_of_their_own(database: Database) -> None:
    counts = {0: {"people_trained": (10, 5)}}

    def work(session: WriteSession) -> None:
        measured(session, (0, "yes"), status="running", counts=counts)
        measured(session, (0, "yes"), status="running", funding_ends=date(2026, 11, 22), counts=counts)
        measured(session, (0, "yes"), status="running", funding_ends=date(2026, 11, 23), counts=counts)
        measured(session, status="contracted", funding_ends=date(2027, 1, 31))
        measured(session, status="approved")

    database.write(work)
    whole = told(database).whole
    assert (whole.contracted, whole.ended, whole.running, whole.latest.due) == (4, 2, 2, 2)
    assert whole.counted == {"people_trained": (20_000, 10_000)}


def test_a_result_is_what_was_counted_last_at_each_measure(database: Database) -> None:
    def work(session: WriteSession) -> None:
        measured(
            session,
            (0, "yes"),
            (6, "yes"),
            counts={0: {"jobs": (5, 2), "people_trained": (40, 20)}, 6: {"jobs": (3, 1), "higher_income": (9, 4)}},
        )
        measured(session, (0, "yes"), counts={0: {"jobs": (4, 0)}})

    database.write(work)
    assert told(database).whole.counted == {
        "people_trained": (40_000, 20_000),
        "jobs": (7_000, 1_000),
        "higher_income": (9_000, 4_000),
    }


def test_years_and_branches_add_up_to_the_whole(database: Database) -> None:
    def work(session: WriteSession) -> None:
        north = factories.branch(session, name="North")
        south = factories.branch(session, name="South")
        measured(session, (0, "yes"), branch=south, counts={0: {"jobs": (1, 0)}})
        measured(session, (0, "no"), branch=north, counts={0: {"jobs": (2, 0)}})
        measured(session, (0, "yes"), branch=south, contracted_on=date(2023, 5, 1), counts={0: {"jobs": (4, 0)}})

    database.write(work)
    found = told(database)
    assert [(line.label, line.ended, line.count("jobs"), line.latest.yes) for line in found.years] == [
        ("2023", 1, 4000, 1),
        ("2024", 2, 3000, 1),
    ]
    assert [(line.label, line.ended, line.count("jobs"), line.latest.yes) for line in found.branches] == [
        ("North", 1, 2000, 0),
        ("South", 2, 5000, 2),
    ]
    assert found.whole.count("jobs") == 7000


def test_money_is_never_added_across_currencies(database: Database) -> None:
    def work(session: WriteSession) -> None:
        euro, pound = factories.fund(session, currency="EUR"), factories.fund(session, currency="GBP")
        measured(session, fund=euro, requested=6000_00, awarded=6000_00)
        measured(session, fund=pound, requested=3000_00, awarded=3000_00)
        measured(session, fund=pound, requested=1500_00, awarded=1500_00)

    database.write(work)
    assert told(database).whole.money == [
        Money("EUR", measures=1, awarded=6000_00, own=2000_00, paid=0, proven=0),
        Money("GBP", measures=2, awarded=4500_00, own=1500_00, paid=0, proven=0),
    ]


def test_receipts_count_as_far_as_they_were_accepted(database: Database) -> None:
    def work(session: WriteSession) -> None:
        measure = measured(session)
        officer = factories.person(session, role="officer")
        factories.receipt(session, measure=measure, by=officer, amount=900_00, accepted=800_00, cut_reason="VAT")
        factories.receipt(session, measure=measure, by=officer, amount=100_00)

    database.write(work)
    assert told(database).whole.money[0].proven == 800_00


def test_taken_over_measures_have_ended_but_are_not_rated(database: Database) -> None:
    database.write(lambda session: measured(session, (0, "yes")))
    import_file(database, OWN, None, False, AT)
    whole = told(database).whole
    assert (whole.ended, whole.taken_over, whole.running, whole.latest) == (4, 3, 0, Answers(due=1, yes=1))
    assert [(money.currency, money.awarded) for money in whole.money] == [("EUR", 5000_00 + 5294_63), ("USD", 500_00)]
    assert [(line.label, line.ended) for line in told(database).years] == [
        ("2019", 1),
        ("2020", 1),
        ("2021", 1),
        ("2024", 1),
    ]
    assert told(database).branches[-1].label == ""


def test_a_fund_and_a_year_can_be_chosen(database: Database) -> None:
    def work(session: WriteSession) -> int:
        fund = factories.fund(session)
        measured(session, fund=fund)
        measured(session, fund=fund, contracted_on=date(2023, 1, 1))
        measured(session)
        return fund.id

    chosen = database.write(work)
    assert told(database, fund_ids=[chosen]).whole.ended == 2
    assert told(database, fund_ids=[chosen], year=2023).whole.ended == 1
    assert told(database, fund_ids=[]).whole.ended == 0
    assert told(database, fund_ids=[chosen], year=2023).choices == [2024, 2023]
    with database.reading() as session:
        found = rows(session, Asked(session, "ended", AT, [chosen]))
        assert [row.measure.contracted_on for row in found] == [date(2024, 11, 4), date(2023, 1, 1)]


def test_each_figure_leads_to_its_rows(database: Database) -> None:
    def work(session: WriteSession) -> tuple[int, ...]:
        branch = factories.branch(session)
        counted = {0: {"jobs": (5, 2)}, 6: {"jobs": (3, 1)}}
        first = measured(session, (0, "yes"), (6, "no"), branch=branch, counts=counted)
        second = measured(session, (0, "yes"), counts={0: {"jobs": (0, 0)}})
        third = measured(session, status="running", funding_ends=date(2027, 1, 1))
        return first.id, second.id, third.id, branch.id

    first, second, third, branch = database.write(work)
    import_file(database, OWN, None, False, AT)
    with database.reading() as session:

        def ids(figure: str, **more: Any) -> list[int]:
            return [row.measure.id for row in rows(session, Asked(session, figure, AT, **more))]

        jobs = rows(session, Asked(session, "jobs", AT))
        assert [(row.measure.id, row.answer, row.value, row.women) for row in jobs] == [(first, "no", 3000, 1000)]
        assert (ids("effective"), ids("running")) == ([first, second], [third])
        assert (len(ids("ended")), len(ids("ended", branch=0)), ids("ended", branch=branch)) == (5, 3, [first])
        assert [r.measure.id for r in rows(session, Asked(session, "ended", AT), after=first, limit=1)] == [second]


def test_without_any_measure_all_is_nothing_and_there_is_no_rate(database: Database) -> None:
    found = told(database)
    assert (found.whole.contracted, found.years, found.branches, found.whole.latest.rate.percent) == (0, [], [], None)


def test_each_fund_counts_days_in_its_own_zone(database: Database) -> None:
    def work(session: WriteSession) -> None:
        for zone in ("Asia/Ulaanbaatar", "America/New_York"):
            measured(
                session, status="running", fund=factories.fund(session, zone=zone), funding_ends=date(2026, 11, 23)
            )

    database.write(work)
    with database.reading() as session:
        assert portfolio(session, at=datetime(2026, 11, 22, 17, tzinfo=UTC)).whole.ended == 1


@pytest.mark.parametrize(
    ("today", "months", "end"),
    [
        (date(2026, 2, 28), 6, date(2025, 8, 31)),
        (date(2026, 2, 27), 6, date(2025, 8, 27)),
        (date(2028, 2, 29), 24, date(2026, 2, 28)),
        (date(2026, 11, 22), 0, date(2026, 11, 22)),
        (date(2026, 3, 31), 12, date(2025, 3, 31)),
    ],
)
def test_the_last_end_that_is_due_after_some_months(today: date, months: int, end: date) -> None:
    assert last_end(today, months) == end


def test_the_portfolio_costs_the_same_for_many_measures(database: Database) -> None:
    asked: list[bool] = []
    event.listen(database.engine, "before_cursor_execute", lambda *facts: asked.append(facts[2].startswith("SELECT")))
    costs = []
    for more in (2, 20):

        def work(session: WriteSession, more: int = more) -> None:
            for _ in range(more):
                measured(session, (0, "yes"), counts={0: {"jobs": (1, 1)}})

        database.write(work)
        asked.clear()
        told(database)
        costs.append(sum(asked))
    assert costs == [3, 3]
