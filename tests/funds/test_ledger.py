"""The ledger: balanced, append-only, gapless, never below zero."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from fundapp.funds import ledger, queries, service
from fundapp.funds.models import Fund, Journal, Posting
from fundapp.funds.queries import Figures
from fundapp.kit.errors import Refused
from fundapp.lifecycle.service import SYSTEM
from fundapp.measures.models import Measure
from tests import factories
from tests.factories import MORNING, TODAY

HOW = {"booked_on": TODAY, "document": "minutes 2026-1", "by": SYSTEM, "at": MORNING}


def funded(session, amount=10_000_00):
    """A fund into which one donor has paid."""
    fund = factories.fund(session)
    donor = factories.donor(session, fund=fund, name="Ministry")
    service.add_contribution(
        session, donor, amount=amount, arrived_on=TODAY, bank_reference="B-1", key=f"k{fund.id}", by=SYSTEM, at=MORNING
    )
    return fund


def test_a_whole_life_of_money_leaves_exact_figures(write):
    def life(session):
        fund = funded(session)
        measure = factories.measure(session, fund=fund, status="approved", awarded=4_000_00)
        ledger.reserve(session, fund, measure, 4_000_00, key="r", **HOW)
        ledger.commit(session, fund, measure, 4_000_00, key="c", **HOW)
        ledger.pay(session, fund, measure, 3_000_00, key="p", **HOW)
        ledger.uncommit(session, fund, measure, 1_000_00, key="u", **HOW)
        ledger.take_return(session, fund, measure, 500_00, key="t", **HOW)
        figures, problems = queries.figures(session, fund.id), queries.verify(session)
        return figures, queries.figures_of_case(session, measure.id), problems

    figures, case, problems = write(life)
    assert figures == Figures(
        received=10_000_00, bank=7_500_00, free=7_000_00, reserved=0, committed=0, paid=2_500_00, returned=500_00
    )
    assert case == Figures(paid=2_500_00, returned=500_00)
    assert problems == []


def test_all_postings_of_a_fund_sum_to_zero(write):
    def work(session):
        fund = funded(session)
        measure = factories.measure(session, fund=fund)
        ledger.reserve(session, fund, measure, 4_000_00, key="r", **HOW)
        return [posting.amount for posting in session.scalars(select(Posting).order_by(Posting.id))]

    assert write(work) == [10_000_00, -10_000_00, 4_000_00, -4_000_00]


def test_more_than_is_free_is_not_reserved(write):
    def work(session):
        fund = funded(session, 1_000_00)
        measure = factories.measure(session, fund=fund)
        with pytest.raises(Refused) as refused:
            ledger.reserve(session, fund, measure, 1_000_01, key="r", **HOW)
        return refused.value.reasons

    assert write(work) == (
        "Only EUR\N{NO-BREAK SPACE}1,000.00 are free in the fund; EUR\N{NO-BREAK SPACE}1,000.01 are needed.",
    )


def test_more_than_is_committed_to_the_measure_is_not_paid(write):
    def work(session):
        fund = funded(session)
        one, other = (factories.measure(session, fund=fund) for _ in range(2))
        for number, measure in enumerate((one, other)):
            ledger.reserve(session, fund, measure, 500_00, key=f"r{number}", **HOW)
            ledger.commit(session, fund, measure, 500_00, key=f"c{number}", **HOW)
        with pytest.raises(Refused) as refused:
            ledger.pay(session, fund, one, 500_01, key="p", **HOW)
        return refused.value.reasons

    assert write(work) == (
        "Only EUR\N{NO-BREAK SPACE}500.00 are committed to this measure; EUR\N{NO-BREAK SPACE}500.01 are needed.",
    )


def test_the_same_key_books_once(write):
    def work(session):
        fund = funded(session)
        measure = factories.measure(session, fund=fund)
        first = ledger.reserve(session, fund, measure, 300_00, key="same", **HOW)
        again = ledger.reserve(session, fund, measure, 300_00, key="same", **HOW)
        return first.id == again.id, queries.figures(session, fund.id).reserved

    assert write(work) == (True, 300_00)


def test_a_reversal_mirrors_its_entry_and_happens_once(write):
    def work(session):
        fund = funded(session)
        measure = factories.measure(session, fund=fund)
        journal = ledger.reserve(session, fund, measure, 300_00, key="r", **HOW)
        back = ledger.reverse(session, journal, **HOW)
        again = ledger.reverse(session, journal, **HOW)
        return back.id == again.id, back.reverses_id == journal.id, queries.figures(session, fund.id).free, back.subject

    assert write(work) == (True, True, 10_000_00, "measures.measure:1")


def test_money_that_is_reserved_cannot_be_taken_back_to_the_donor(write):
    def work(session):
        fund = funded(session, 1_000_00)
        measure = factories.measure(session, fund=fund)
        ledger.reserve(session, fund, measure, 600_00, key="r", **HOW)
        received = session.get_one(Journal, 1)
        with pytest.raises(Refused):
            ledger.reverse(session, received, **HOW)

    write(work)


@pytest.mark.parametrize("amount", [0, -1])
def test_an_amount_is_greater_than_zero(write, amount):
    def work(session):
        fund = funded(session)
        with pytest.raises(Refused):
            ledger.reserve(session, fund, factories.measure(session, fund=fund), amount, key="r", **HOW)

    write(work)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE funds_posting SET amount = 1",
        "DELETE FROM funds_posting",
        "UPDATE funds_journal SET kind = 'pay'",
        "DELETE FROM funds_journal",
    ],
)
def test_nothing_in_the_ledger_is_changed_or_deleted(database, statement):
    database.write(funded)
    with pytest.raises(DBAPIError, match="only grows"):
        database.write(lambda session: session.execute(text(statement)))


@pytest.mark.sqlite
def test_replacing_a_posting_is_refused_too(database):
    database.write(funded)
    statement = "INSERT OR REPLACE INTO funds_posting SELECT * FROM funds_posting"
    with pytest.raises(DBAPIError, match=r"only grows|sealed"):
        database.write(lambda session: session.execute(text(statement)))


@pytest.mark.postgresql
def test_truncating_the_ledger_is_refused(database):
    database.write(funded)
    with pytest.raises(DBAPIError, match="only grows"):
        database.write(lambda session: session.execute(text("TRUNCATE funds_posting, funds_journal CASCADE")))


def unbalanced(session, amounts=(100, -99)):
    fund = factories.fund(session)
    for amount in amounts:
        posting = Posting(journal_id=1, fund_id=fund.id, account="free", currency="EUR", amount=amount)
        session.add(posting)
    session.flush()
    row = Journal(
        id=1, fund_id=fund.id, kind="x", booked_on=TODAY, document="-", subject="funds.fund:1", key="k", at=MORNING
    )
    session.add(row)
    session.flush()


@pytest.mark.parametrize("amounts", [(100, -99), (100,), ()])
def test_the_database_refuses_an_entry_that_does_not_balance(database, amounts):
    with pytest.raises(DBAPIError, match="does not balance"):
        database.write(lambda session: unbalanced(session, amounts))


def test_the_database_refuses_a_posting_without_an_entry(database):
    def work(session):
        fund = factories.fund(session)
        session.add(Posting(journal_id=7, fund_id=fund.id, account="free", currency="EUR", amount=5))

    with pytest.raises(DBAPIError):
        database.write(work)


def test_the_database_refuses_a_posting_to_a_sealed_entry(database):
    fund_id = database.write(lambda session: funded(session).id)

    def late(session):
        session.add(Posting(journal_id=1, fund_id=fund_id, account="free", currency="EUR", amount=5))

    with pytest.raises(DBAPIError, match="sealed"):
        database.write(late)


def test_sixteen_reserve_at_once_and_never_more_than_there_is(database):
    def prepare(session):
        fund = funded(session, 1_000_00)
        return fund.id, [factories.measure(session, fund=fund).id for _ in range(16)]

    fund_id, measures = database.write(prepare)

    def reserve(measure_id):
        def work(session):
            fund, measure = session.get_one(Fund, fund_id), session.get_one(Measure, measure_id)
            return ledger.reserve(session, fund, measure, 150_00, key=f"r{measure_id}", **HOW).id

        try:
            return database.write(work)
        except Refused:
            return None

    with ThreadPoolExecutor(16) as pool:
        numbers = list(pool.map(reserve, measures))
    with database.reading() as session:
        assert sorted(filter(None, numbers)) == [2, 3, 4, 5, 6, 7]
        assert queries.figures(session, fund_id) == Figures(
            received=1_000_00, bank=1_000_00, free=100_00, reserved=900_00
        )
        assert queries.verify(session) == []


def test_sixteen_pay_one_commitment_and_it_is_paid_once(database):
    def prepare(session):
        fund = funded(session, 1_000_00)
        measure = factories.measure(session, fund=fund)
        ledger.reserve(session, fund, measure, 400_00, key="r", **HOW)
        ledger.commit(session, fund, measure, 400_00, key="c", **HOW)
        return fund.id, measure.id

    fund_id, measure_id = database.write(prepare)

    def pay(number):
        def work(session):
            fund, measure = session.get_one(Fund, fund_id), session.get_one(Measure, measure_id)
            ledger.pay(session, fund, measure, 100_00, key=f"p{number}", **HOW)

        try:
            database.write(work)
        except Refused:
            return 0
        return 1

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(pay, range(16))) == 4
    with database.reading() as session:
        assert queries.figures(session, fund_id).paid == 400_00
        assert queries.verify(session) == []


def test_sixteen_draw_numbers_without_gap_or_twin(database):
    def draw(_):
        return database.write(lambda session: service.next_number(session, "measure:MN-073:2026"))

    with ThreadPoolExecutor(16) as pool:
        assert sorted(pool.map(draw, range(16))) == list(range(1, 17))


def test_a_number_drawn_in_vain_is_drawn_again(database):
    def in_vain(session):
        service.next_number(session, "x")
        raise Refused("no")

    with pytest.raises(Refused):
        database.write(in_vain)
    assert database.write(lambda session: service.next_number(session, "x")) == 1


def test_a_list_of_entries_adds_up_to_its_figure(write):
    def work(session):
        fund = funded(session)
        measure = factories.measure(session, fund=fund)
        ledger.reserve(session, fund, measure, 700_00, key="r", **HOW)
        ledger.release(session, fund, measure, 200_00, key="l", **HOW)
        free = queries.journals(session, fund.id, account="free")
        reserved = queries.journals(session, fund.id, account="reserved")
        return [row.amount for row in free], [row.amount for row in reserved], queries.figures(session, fund.id).free

    assert write(work) == ([200_00, -700_00, 10_000_00], [-200_00, 700_00], 9_500_00)


def test_entries_are_paged_by_number_newest_first(write):
    def work(session):
        fund = funded(session)
        measure = factories.measure(session, fund=fund)
        for number in range(5):
            ledger.reserve(session, fund, measure, 100_00, key=f"r{number}", **HOW)
        first = [row.journal.id for row in queries.journals(session, fund.id, limit=3)]
        return first, [row.journal.id for row in queries.journals(session, fund.id, before=first[-1], limit=3)]

    assert write(work) == ([6, 5, 4], [3, 2, 1])


def test_verify_finds_a_counter_that_ran_ahead(write):
    def work(session):
        funded(session)
        service.next_number(session, "journal")
        return queries.verify(session)

    assert write(work) == ["the last journal entry is 1, but 2 numbers were given"]


def test_entries_keep_their_date_and_their_moment(write):
    def work(session):
        fund = funded(session)
        measure = factories.measure(session, fund=fund)
        day = TODAY - timedelta(days=3)
        journal = ledger.reserve(session, fund, measure, 1_00, key="r", **(HOW | {"booked_on": day}))
        return journal.booked_on, journal.at, journal.kind, journal.document, journal.case_id == measure.id

    assert write(work) == (TODAY - timedelta(days=3), MORNING, "reserve", "minutes 2026-1", True)
