"""Funds, donors, ledger and calls through their URLs."""

import re
from html import unescape

import pytest
from sqlalchemy import select

from fundapp.funds import ledger, queries
from fundapp.funds.models import Call, Contribution, Fund
from fundapp.lifecycle.service import SYSTEM
from fundapp.measures.models import Measure
from tests import factories
from tests.factories import MORNING, TODAY

pytestmark = pytest.mark.sqlite

FUND = {"code": "LED-MN", "name": "LED Fund", "currency": "EUR", "zone": "Asia/Ulaanbaatar", "preset": "national"}
GIFT = {"amount": "10,000.50", "arrived_on": "2026-03-01", "bank_reference": "B-1", "key": "once"}
CALL = {
    "code": "2026-1",
    "title": "Small grants 2026",
    "text": "Measures that many can see.\nA line, a workshop, a market.",
    "opens": "2026-03-01",
    "opens_time": "00:00",
    "closes": "2026-04-15",
    "closes_time": "17:00",
    "smallest": "1,500",
    "largest": "10,000",
    "budget": "98,500",
    "own_share": "25",
    "own_cash": "5",
    "longest_months": "12",
    "regions": ["MN-041", "MN-073"],
    "applicant_kinds": ["cooperative", "school"],
    "annexes": ["registration"],
    "blind": "yes",
}


@pytest.fixture
def manager(client, write):
    return client(write(lambda s: factories.person(s, role="manager")))


def words(answer):
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text)))


def errors(answer):
    return {n: unescape(t) for n, t in re.findall(r'id="([\w-]+)-error">([^<]+)</p>', answer.text)}


def with_money(browser):
    assert browser.post("/funds/new", data=FUND).headers["location"] == "/funds/1"
    assert browser.post("/funds/1/donors", data={"name": "Ministry"}).headers["location"] == "/funds/donors/1"
    assert browser.post("/funds/donors/1/contributions", data=GIFT).headers["location"] == "/funds/1"


def test_a_manager_sets_up_a_fund_with_a_donor_and_a_contribution(manager, write):
    with_money(manager)
    page = words(manager.get("/funds/1"))
    assert "1 donor gave EUR 10,000.50." in page
    assert write(lambda s: queries.verify(s)) == []
    assert "EUR 10,000.50" in words(manager.get("/funds"))
    assert "10,000.50" in words(manager.get("/funds/donors/1"))
    assert "Contribution: Ministry" in words(manager.get("/funds/1/ledger"))
    assert "10,000.50" in words(manager.get("/funds/journals/1"))


def test_the_same_contribution_sent_twice_is_booked_once(manager, write):
    with_money(manager)
    assert manager.post("/funds/donors/1/contributions", data=GIFT).status_code == 303
    assert write(lambda s: s.scalars(select(Contribution.amount)).all()) == [10_000_50]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"amount": "12o"}, {"amount": '"12o" is not a number. Write 120 or 120.50.'}),
        ({"amount": "0"}, {"amount": "The amount must be greater than zero."}),
        (
            {"arrived_on": "2026-03-09"},
            {"arrived_on": "This date has not come yet; enter the money once it has arrived."},
        ),
        ({"bank_reference": ""}, {"bank_reference": "Please fill this in."}),
    ],
)
def test_a_wrong_contribution_is_told_next_to_its_field(manager, typed, said):
    with_money(manager)
    answer = manager.post("/funds/donors/1/contributions", data=GIFT | {"key": "other"} | typed)
    assert (answer.status_code, errors(answer)) == (422, said)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"currency": "XQX"}, {"currency": "“XQX” is not a currency. Write EUR or MNT, for example."}),
        ({"zone": "Mars"}, {"zone": "This is not a time zone. Write Asia/Ulaanbaatar or Europe/Berlin, for example."}),
    ],
)
def test_a_wrong_fund_is_told_next_to_its_field(manager, typed, said):
    answer = manager.post("/funds/new", data=FUND | typed)
    assert (answer.status_code, errors(answer)) == (422, said)


def test_every_figure_leads_to_the_entries_that_make_it(manager, write):
    with_money(manager)

    def book(session):
        fund = session.get_one(Fund, 1)
        measure = factories.measure(session, fund=fund, status="approved")
        how = {"booked_on": TODAY, "document": "minutes 2026-1", "by": SYSTEM, "at": MORNING}
        ledger.reserve(session, fund, measure, 4_000_00, key="r", **how)
        return measure.id

    case = write(book)
    page = manager.get("/funds/1").text
    for account in ("paid", "committed", "reserved", "free", "bank", "returned"):
        assert f'href="/funds/1/ledger?account={account}"' in page
        assert manager.get(f"/funds/1/ledger?account={account}").status_code == 200
    free = words(manager.get("/funds/1/ledger?account=free"))
    assert "EUR 6,000.50" in free
    assert "-4,000.00" in free
    assert "minutes 2026-1" in words(manager.get(f"/funds/1/ledger?case={case}"))
    assert "Ministry" in words(manager.get("/funds/1/ledger?donor=1"))


def test_the_ledger_is_paged_by_number(manager, write):
    with_money(manager)

    def book(session):
        fund, measure = session.get_one(Fund, 1), factories.measure(session, fund=session.get_one(Fund, 1))
        how = {"booked_on": TODAY, "document": "m", "by": SYSTEM, "at": MORNING}
        for number in range(60):
            ledger.reserve(session, fund, measure, 100, key=f"r{number}", **how)

    write(book)
    first = manager.get("/funds/1/ledger")
    following = unescape(re.search(r'href="(/funds/1/ledger\?before=\d+)"', first.text)[1])
    assert following == "/funds/1/ledger?before=12"
    numbers = re.findall(r"<tr><td>(\d+)</td>", manager.get(following).text)
    assert numbers == [str(n) for n in range(11, 0, -1)]


def test_a_call_is_prepared_changed_published_and_public(manager, client, write):
    with_money(manager)
    assert manager.post("/funds/1/calls/new", data=CALL).headers["location"] == "/funds/calls/1"
    assert client().get("/calls/1").status_code == 404
    shown = manager.get("/funds/calls/1").text
    assert 'value="2026-04-15"' in shown
    assert 'value="17:00"' in shown
    assert manager.post("/funds/calls/1", data=CALL | {"own_share": "12.5"}).status_code == 303
    assert manager.post("/funds/calls/1/publish").headers["location"] == "/calls/1"
    page = client().get("/calls/1")
    told = words(page)
    for text in (
        "1,500–10,000",
        "at least 12.5 %",
        "15 Apr 2026, 17:00",
        "44 days left",
        "Cooperative, School",
        "Khövsgöl, Arkhangai",
    ):
        assert text in told, text
    assert 'href="/people/register?next=/measures/new%3Fcall%3D1"' in page.text
    call = write(lambda s: s.scalars(select(Call)).one())
    assert (call.own_share, call.own_cash, call.blind, call.annexes) == (125, 50, True, ["registration"])
    assert call.closes_at.isoformat() == "2026-04-15T09:00:00+00:00"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"closes": "2026-02-01"}, {"closes": "The call closes before it opens."}),
        ({"largest": "1,000"}, {"largest": "The largest grant is below the smallest one."}),
        ({"own_share": "101"}, {"own_share": "This may be at most 1000."}),
        ({"own_cash": "30"}, {"own_cash": "The part in money cannot be more than the own share."}),
        ({"longest_months": "13"}, {"longest_months": "This may be at most 12."}),
        ({"closes_time": "late"}, {"closes_time": "“late” is not a time. Write 17:00, for example."}),
        ({"smallest": "-1"}, {"smallest": '"-1" is below zero. Write an amount such as 120 or 120.50.'}),
    ],
)
def test_a_wrong_call_is_told_next_to_its_field(manager, typed, said):
    with_money(manager)
    answer = manager.post("/funds/1/calls/new", data=CALL | typed)
    assert (answer.status_code, errors(answer)) == (422, said)


def test_a_frozen_call_is_shown_and_not_changed(manager, write):
    with_money(manager)
    manager.post("/funds/1/calls/new", data=CALL)
    write(lambda s: setattr(s.get_one(Call, 1), "frozen_at", MORNING))
    assert "The rules are fixed." in manager.get("/funds/calls/1").text
    assert manager.post("/funds/calls/1", data=CALL | {"title": "Other"}).status_code == 409


@pytest.mark.parametrize("role", ["applicant", "officer", "member", "admin"])
def test_the_ledger_is_closed_to_those_who_do_not_need_it(manager, client, write, role):
    with_money(manager)
    other = client(write(lambda s: factories.person(s, role=role)))
    assert other.get("/funds").status_code == 403
    assert other.get("/funds/1").status_code in (403, 404)
    assert other.get("/funds/journals/1").status_code == 404


@pytest.mark.parametrize("role", ["finance", "auditor"])
def test_finance_and_auditors_read_and_do_not_write(manager, client, write, role):
    with_money(manager)
    other = client(write(lambda s: factories.person(s, role=role)))
    assert other.get("/funds/1").status_code == 200
    assert other.post("/funds/1/donors", data={"name": "Mine"}).status_code == 403
    assert other.post("/funds/donors/1/contributions", data=GIFT).status_code == 403


def test_open_and_coming_calls_stand_on_the_public_page(client, write):
    def work(session):
        factories.call(session, title="Open one")
        factories.call(
            session,
            title="Next one",
            opens_at=factories.datetime(2026, 5, 1, tzinfo=factories.UTC),
            closes_at=factories.datetime(2026, 6, 1, tzinfo=factories.UTC),
        )
        factories.call(session, title="Secret one", published_at=None)

    write(work)
    page = words(client().get("/calls"))
    assert "Open one" in page
    assert "Next one" in page
    assert "Secret one" not in page


def test_the_criteria_of_the_scheme_stand_on_the_calls_page(client, write):
    def work(session):
        call = factories.call(session)
        factories.scheme(session, call=call, committee=factories.committee(session))

    write(work)
    page = words(client().get("/calls/1"))
    assert "100 points together, 60 are needed." in page
    assert "Public benefit and breadth" in page


def test_money_of_a_measure_is_told_by_its_case(write):
    def work(session):
        fund = factories.fund(session)
        factories.measure(session, fund=fund)
        return queries.figures_of_case(session, session.scalars(select(Measure.id)).one()).committed

    assert write(work) == 0
