"""The list of measures: narrowed, summed, paged, at a constant price."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import event

from fundapp.measures import listing
from fundapp.measures.listing import Filters, Sum
from tests import factories


def manager_of(session):
    return factories.person(session, role="manager")


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("wool", ["Wool washing line"]),
        ("WASHING", ["Wool washing line"]),
        ("ноос", ["Ноос угаах шугам"]),
        ("LED-7", ["Wool washing line"]),
        ("herders", ["Ноос угаах шугам"]),
        ("trafford", ["Old grant"]),
        ("100%", []),
        ("_", []),
    ],
)
def test_words_number_and_applicant_are_found(write, q, found):
    def work(session):
        factories.measure(session, title="Wool washing line", number="LED-7", status="eligible")
        factories.measure(
            session, title="Ноос угаах шугам", organisation=factories.organisation(session, name="Herders of Bulgan")
        )
        factories.measure(session, title="Old grant", recipient_name="Trafford Club")
        rows = listing.list_measures(session, manager_of(session), Filters(q=q)).rows
        return [row.title for row in rows]

    assert write(work) == found


def test_sums_follow_the_filter_and_never_mix_currencies(write):
    def work(session):
        euro, pound = factories.fund(session), factories.fund(session, currency="GBP")
        for fund, asked in ((euro, 100_00), (euro, 200_00), (pound, 50_00)):
            factories.measure(session, fund=fund, requested=asked, status="approved", awarded=asked // 2)
        factories.measure(session, fund=euro, requested=1_000_00)
        person = manager_of(session)
        whole = listing.list_measures(session, person, Filters()).sums
        narrowed = listing.list_measures(session, person, Filters(status="approved"), limit=1).sums
        return whole, narrowed

    assert write(work) == (
        [Sum("EUR", 3, 1_300_00, 150_00), Sum("GBP", 1, 50_00, 25_00)],
        [Sum("EUR", 2, 300_00, 150_00), Sum("GBP", 1, 50_00, 25_00)],
    )


def test_pages_follow_each_other_by_key(write):
    def work(session):
        call = factories.call(session)
        ids = [factories.measure(session, call=call).id for _ in range(5)]
        person = manager_of(session)
        first = listing.list_measures(session, person, Filters(), limit=2)
        second = listing.list_measures(session, person, Filters(), after=first.next, limit=2)
        last = listing.list_measures(session, person, Filters(), after=second.next, limit=2)
        return [[row.id for row in page.rows] for page in (first, second, last)] == [
            ids[:2:-1],
            ids[2:0:-1],
            ids[:1],
        ], last.next

    assert write(work) == (True, None)


def test_status_branch_call_fund_and_year_narrow_by_id_or_code(write):
    def work(session):
        fund, branch = factories.fund(session, code="GBPF"), factories.branch(session, code="KHO")
        call = factories.call(session, fund=fund, code="C-9")
        ours = factories.measure(session, call=call, branch=branch, status="running", contracted_on=date(2024, 5, 1))
        factories.measure(session, status="running", contracted_on=date(2025, 5, 1))
        factories.measure(session, submitted_at=datetime(2024, 12, 31, 23, tzinfo=UTC))
        person, found = manager_of(session), {}
        for name, value in (
            ("status", "running"), ("branch", "KHO"), ("branch", str(branch.id)), ("call", str(call.id)), ("call", "C-9"),
            ("fund", "GBPF"), ("year", "2024"), ("year", "1999"), ("year", "x"),
        ):  # fmt: skip
            rows = listing.list_measures(session, person, Filters(**{name: value})).rows
            found[f"{name}={value}"] = len(rows), ours in rows
        return list(found.values())

    expected = [(2, True), (1, True), (1, True), (1, True), (1, True), (1, True), (2, True), (0, False), (3, True)]
    assert write(work) == expected


def test_a_list_costs_the_same_for_many_rows_as_for_few(database):
    seen = []
    event.listen(database.engine, "before_cursor_execute", lambda *a: seen.append(a[2]))

    def grow(count):
        def work(session):
            call = factories.call(session)
            for _ in range(count):
                factories.measure(session, call=call)
            return manager_of(session)

        person = database.write(work)
        with database.reading() as session:
            seen.clear()
            for row in listing.list_measures(session, person, Filters(q="wool")).rows:
                assert row.fund.currency
                assert row.organisation.name
                assert row.branch.name
            listing.choices(session)
            return len([s for s in seen if s.startswith("SELECT")])

    assert grow(3) == grow(40) == 7


def test_an_applicants_open_proposals_stand_first(write):
    def work(session):
        owner = factories.person(session, role="applicant")
        for status in ("draft", "running", "returned", "closed"):
            factories.measure(session, owner=owner, status=status)
        return [row.status for row in listing.of_owner(session, owner)]

    assert write(work) == ["returned", "draft", "closed", "running"]
