"""Funds, donors, contributions and calls."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from fundapp.funds import queries, service
from fundapp.funds.service import Terms
from fundapp.kit.errors import Refused
from fundapp.lifecycle.service import SYSTEM
from tests import factories
from tests.factories import MORNING, TODAY

BY = {"by": SYSTEM, "at": MORNING}
TERMS = Terms(
    title="Call 2026",
    text="Measures that many can see.",
    opens_at=datetime(2026, 3, 1, tzinfo=UTC),
    closes_at=datetime(2026, 4, 1, tzinfo=UTC),
    smallest=500_00,
    largest=10_000_00,
    budget=50_000_00,
)


def refused(call):
    with pytest.raises(Refused) as error:
        call()
    return error.value.reasons, error.value.field


def test_a_fund_opens_today_in_its_own_zone(write):
    def work(session):
        at = datetime(2026, 3, 1, 20, 0, tzinfo=UTC)
        fund = service.open_fund(
            session, code="LED", name="LED Fund", currency="EUR", zone="Asia/Ulaanbaatar", by=SYSTEM, at=at
        )
        return fund.opened_on.isoformat(), fund.preset

    assert write(work) == ("2026-03-02", "national")


@pytest.mark.parametrize(
    ("code", "currency", "said"),
    [
        ("F", "EUR", ("There is a fund with this code already.", "code")),
        ("G", "XQX", ("“XQX” is not a currency. Write EUR or MNT, for example.", "currency")),
    ],
)
def test_a_code_is_taken_once_and_a_currency_is_a_real_one(write, code, currency, said):
    def work(session):
        factories.fund(session, code="F")
        return refused(
            lambda: service.open_fund(
                session, code=code, name="N", currency=currency, zone="UTC", by=SYSTEM, at=MORNING
            )
        )

    assert write(work) == ((said[0],), said[1])


def contribution(session, donor, **more):
    terms = {"amount": 5_000_00, "arrived_on": TODAY, "bank_reference": "B-1", "key": "k"} | more
    return service.add_contribution(session, donor, **terms, **BY)


def test_a_contribution_sent_twice_arrives_once(write):
    def work(session):
        donor = factories.donor(session, fund=factories.fund(session))
        contribution(session, donor)
        contribution(session, donor)
        return queries.received_by_donor(session, donor.fund_id) == {donor.id: 5_000_00}

    assert write(work)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"amount": 0}, (("The amount must be greater than zero.",), "amount")),
        (
            {"arrived_on": TODAY + timedelta(days=1)},
            (("This date has not come yet; enter the money once it has arrived.",), "arrived_on"),
        ),
    ],
)
def test_a_contribution_is_money_that_has_arrived(write, more, said):
    def work(session):
        donor = factories.donor(session, fund=factories.fund(session))
        return refused(lambda: contribution(session, donor, **more))

    assert write(work) == said


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"closes_at": TERMS.opens_at}, "closes"),
        ({"smallest": 0}, "smallest"),
        ({"largest": 499_99}, "largest"),
        ({"budget": 499_99}, "budget"),
        ({"own_share": 1001}, "own_share"),
        ({"own_cash": 251}, "own_cash"),
        ({"longest_months": 13}, "longest_months"),
    ],
)
def test_a_call_says_nothing_impossible(write, more, field):
    def work(session):
        fund = factories.fund(session)
        return refused(lambda: service.open_call(session, fund, replace(TERMS, **more), code="C", **BY))[1]

    assert write(work) == field


def test_a_call_is_seen_by_others_once_it_is_published(write):
    def work(session):
        fund, manager = factories.fund(session), factories.person(session, role="manager")
        stranger = factories.person(session, role="applicant")
        call = service.open_call(session, fund, TERMS, code="C", **BY)
        before = queries.find_call(session, call.id, visible_to=stranger)
        own = queries.find_call(session, call.id, visible_to=manager)
        service.publish_call(session, call, **BY)
        return before, own is call, queries.find_call(session, call.id, visible_to=stranger) is call

    assert write(work) == (None, True, True)


def test_a_call_without_a_text_or_with_a_past_deadline_is_not_published(write):
    def work(session):
        fund = factories.fund(session)
        past = replace(TERMS, text="", opens_at=MORNING - timedelta(days=9), closes_at=MORNING)
        call = service.open_call(session, fund, past, code="C", **BY)
        return service.why_not_publish(call, MORNING)

    assert write(work) == [
        "Its deadline has passed; set a later one first.",
        "It does not say yet what is funded.",
    ]


def test_a_frozen_call_is_not_changed_any_more(write):
    def work(session):
        call = service.open_call(session, factories.fund(session), TERMS, code="C", **BY)
        service.edit_call(session, call, replace(TERMS, title="Better"), **BY)
        service.freeze_call(session, call, at=MORNING)
        service.freeze_call(session, call, at=MORNING + timedelta(days=1))
        with pytest.raises(Refused):
            service.edit_call(session, call, TERMS, **BY)
        return call.title, call.frozen_at

    assert write(work) == ("Better", MORNING)


def test_calls_are_open_or_coming_by_the_clock(write):
    def work(session):
        now = factories.call(session)
        coming = factories.call(session, opens_at=MORNING + timedelta(days=1))
        factories.call(session, published_at=None)
        factories.call(session, closes_at=MORNING - timedelta(seconds=1))
        last = factories.call(session, closes_at=MORNING)
        open_now = [call.id for call in queries.open_calls(session, MORNING)]
        recent = [call.id for call in queries.recent_calls(session, MORNING) if call.state(MORNING) == "coming"]
        return open_now == [last.id, now.id], recent == [coming.id]

    assert write(work) == (True, True)
