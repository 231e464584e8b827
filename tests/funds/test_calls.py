"""A call in three languages, in editions, copied, and with more time for a region."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from fundapp.funds import calling, queries
from fundapp.funds.models import Call, Fund
from fundapp.funds.switches import SHORT_FORM
from fundapp.history.models import Entry, Words
from fundapp.kit.errors import Refused
from fundapp.measures import missing
from fundapp.presets.service import turn
from tests import factories
from tests.factories import MORNING
from tests.funds.test_pages import CALL, errors, with_money, words

LATER = datetime(2026, 4, 20, 9, tzinfo=UTC)
THREE = CALL | {
    "language": "mn", "title": "Жижиг тусламж", "text": "Нутагт", "title_en": "Small grants", "text_en": "For places.",
    "contact": "B. Maral, 7000 0000", "short_limit": "5,000", "indicators": ["jobs"],
}  # fmt: skip


@pytest.fixture
def manager(client, write):
    return client(write(lambda s: factories.person(s, role="manager", name="Maral")))


@pytest.fixture
def prepared(manager):
    """A call of THREE, prepared in LED Fund (Asia/Ulaanbaatar)."""
    with_money(manager)
    manager.post("/funds/1/calls/new", data=THREE)


def the_call(write):
    return write(lambda s: s.scalars(select(Call).order_by(Call.id)).first())


@pytest.mark.sqlite
def test_a_call_is_written_in_three_languages_and_falls_back_to_its_first(manager, prepared, client, write):
    call = the_call(write)
    assert (call.language, call.languages) == ("mn", ["mn", "en"])
    assert (call.said("title", "en"), call.said("title", "de")) == ("Small grants", "Жижиг тусламж")
    assert (call.contact, call.short_limit, call.asked_indicators) == ("B. Maral, 7000 0000", 5_000_00, ["jobs"])
    shown = manager.get("/funds/calls/1").text
    assert shown.index('name="title"') < shown.index('name="title_en"') < shown.index('name="title_de"')
    assert "Left empty: shown in Монгол, and labelled so." in words(manager.get("/funds/calls/1"))
    manager.post("/funds/calls/1/publish")
    english, german = client().get("/calls/1?lang=en"), client().get("/calls/1?lang=de")
    assert '<h1><span lang="en">Small grants</span></h1>' in english.text
    assert "The fund has written this call" not in english.text
    assert '<h1><span lang="mn">Жижиг тусламж</span></h1>' in german.text
    assert 'lang="de"' in german.text


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("currency", "value", "shown"),
    [("EUR", "5000", "5,000.00"), ("MNT", "5000", "20\N{NO-BREAK SPACE}000\N{NO-BREAK SPACE}000"), ("EUR", "0", "0.00")],
)  # fmt: skip
def test_a_new_call_is_offered_the_short_form_as_the_switch_says(client, write, currency, value, shown):
    def work(session):
        boss, fund = factories.person(session, role="manager"), factories.fund(session, currency=currency)
        turn(session, SHORT_FORM, value, fund=fund, by=boss, at=MORNING)
        return boss

    page = client(write(work)).get("/funds/1/calls/new").text
    assert f'name="short_limit" inputmode="decimal" autocomplete="off" value="{shown}"' in page


@pytest.mark.sqlite
def test_the_short_form_cannot_reach_further_than_the_largest_grant(manager, prepared):
    answer = manager.post("/funds/calls/1", data=THREE | {"short_limit": "10,001"})
    assert errors(answer) == {"short_limit": "The short form cannot reach further than the largest grant."}


@pytest.mark.sqlite
def test_each_change_after_publication_is_an_edition_and_stands_in_the_history(manager, prepared, write):
    manager.post("/funds/calls/1", data=THREE | {"title": "Before", "version": "1"})
    assert (the_call(write).edition, the_call(write).version) == (1, 2)
    manager.post("/funds/calls/1/publish")
    manager.post("/funds/calls/1", data=THREE | {"largest": "9,000", "version": "2"})
    call = the_call(write)
    assert (call.edition, call.version, call.largest) == (2, 3, 9_000_00)
    last = write(lambda s: s.scalars(select(Entry.data).where(Entry.action == "funds.edit_call").order_by(Entry.seq)).all())[-1]  # fmt: skip
    assert last == {"changed": ["largest", "title"], "was": {"largest": 10_000_00}, "edition": 2}
    assert "Maral changed: largest grant and title (edition 2)" in words(manager.get("/funds/calls/1"))


@pytest.mark.sqlite
def test_who_changes_an_older_state_overwrites_nothing(manager, prepared, write):
    manager.post("/funds/calls/1", data=THREE | {"title": "Mine", "version": "1"})
    assert manager.post("/funds/calls/1", data=THREE | {"title": "Theirs", "version": "1"}).status_code == 409
    assert the_call(write).title == "Mine"


def test_a_copy_says_the_same_and_has_code_dates_and_editions_of_its_own(write):
    def work(session):
        boss = factories.person(session, role="manager")
        call = factories.call(
            session, questions=[{"code": "q1", "kind": "short", "label": {"en": "Why?"}}], edition=3, frozen_at=MORNING,
            texts={"de": {"title": "T", "text": "W"}}, contact="C", short_limit=5_000_00, annexes=["map"],
        )  # fmt: skip
        how = {"code": "2027", "opens_at": MORNING, "closes_at": LATER, "by": boss, "at": MORNING}
        made = calling.copy_call(session, call, **how)
        with pytest.raises(Refused, match=r"There is a call with this code already\."):
            calling.copy_call(session, call, **how)
        same = [getattr(made, name) == getattr(call, name) for name in calling.COPIED]
        return all(same), made.copied_from_id == call.id, made.published_at, made.frozen_at, made.edition

    assert write(work) == (True, True, None, None, 1)


@pytest.mark.sqlite
def test_a_manager_copies_a_call_and_fills_in_the_dates(manager, prepared, write):
    page = manager.get("/funds/calls/1/copy").text
    assert 'name="opens" type="date" value=""' in page
    dates = {
        "code": "2027-1",
        "opens": "2027-03-01",
        "opens_time": "00:00",
        "closes": "2027-04-15",
        "closes_time": "17:00",
    }
    assert errors(manager.post("/funds/calls/1/copy", data=dates | {"code": "2026-1"})) == {
        "code": "There is a call with this code already."
    }
    assert manager.post("/funds/calls/1/copy", data=dates).headers["location"] == "/funds/calls/2"
    assert "Copied from 2026-1" in words(manager.get("/funds/calls/2"))
    assert write(lambda s: s.get_one(Call, 2).closes_at.isoformat()) == "2027-04-15T09:00:00+00:00"


def extended(session, **more):
    """A frozen call that closed a minute ago, and one region with more time."""
    call = factories.call(session, closes_at=MORNING - timedelta(minutes=1), frozen_at=MORNING - timedelta(days=1))
    how = {
        "region": "MN-073",
        "until": MORNING + timedelta(days=2),
        "reason": "No electricity in the whole aimag.",
    } | more
    boss = factories.person(session, role="manager")
    calling.extend_deadline(session, call, **how, by=boss, at=MORNING)
    return call


def test_an_outage_gives_a_region_more_time_and_no_other(write):
    def work(session):
        call = extended(session)
        branch = factories.branch(session)
        here = factories.measure(session, call=call, branch=branch, status="draft")
        there = factories.measure(session, call=call, branch=branch, status="draft")
        here.region, there.region = "MN-073", "MN-041"
        late = [missing.deadline(measure) < MORNING for measure in (here, there)]
        still = [MORNING + timedelta(days=2, seconds=n) > missing.deadline(here) for n in (0, 1)]
        return late, still, call.state(MORNING), [c.id == call.id for c in queries.open_calls(session, MORNING)]

    assert write(work) == ([False, True], [False, True], "open", [True])


def test_more_time_is_written_down_with_its_reason(write):
    call = write(extended)
    assert call.extensions[0]["region"] == "MN-073"
    told = write(lambda s: s.execute(select(Entry.data, Words.text).join(Words, Words.seq == Entry.seq)).one())
    assert told[0]["until"] == "2026-03-04T09:00:00+00:00"
    assert told[1] == "No electricity in the whole aimag."


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"until": MORNING - timedelta(minutes=1)}, "until"),
        ({"until": MORNING + timedelta(days=61)}, "until"),
        ({"reason": "Power cut"}, "reason"),
        ({"reason": "   Power cut    "}, "reason"),
    ],
)
def test_more_time_is_later_has_an_end_and_a_reason(write, more, field):
    with pytest.raises(Refused) as error:
        write(lambda s: extended(s, **more))
    assert error.value.field == field


@pytest.mark.sqlite
def test_the_manager_extends_and_everybody_reads_why(manager, prepared, client, write):
    assert "set a later deadline instead" in words(manager.get("/funds/calls/1/extend"))
    manager.post("/funds/calls/1/publish")
    write(lambda s: setattr(s.get_one(Call, 1), "frozen_at", MORNING))
    said = {"region": "MN-073", "until": "2026-04-20", "until_time": "12:00", "reason": "No electricity in the aimag."}
    assert set(errors(manager.post("/funds/calls/1/extend", data=said | {"reason": "short"}))) == {"reason"}
    assert set(errors(manager.post("/funds/calls/1/extend", data=said | {"region": "MN-001"}))) == {"region"}
    assert manager.post("/funds/calls/1/extend", data=said).status_code == 303
    page = words(client().get("/calls/1"))
    assert (
        "Arkhangai: until 20 Apr 2026, 12:00 (Ulaanbaatar). 48 days left. Reason: No electricity in the aimag." in page
    )
    auditor = client(write(lambda s: factories.person(s, role="auditor")))
    assert "extended the deadline for a region" in words(auditor.get("/history"))


@pytest.mark.sqlite
@pytest.mark.parametrize("role", ["applicant", "officer", "member", "chair", "finance", "auditor", "admin"])
def test_only_managers_set_up_copy_extend_and_preview(manager, prepared, client, write, role):
    manager.post("/funds/calls/1/publish")
    other = client(write(lambda s: factories.person(s, role=role)))
    for path in ("/funds/calls/1", "/funds/calls/1/questions", "/funds/calls/1/copy", "/funds/calls/1/extend", "/calls/1/preview"):  # fmt: skip
        assert other.get(path).status_code == 403, path
    for path in ("/funds/calls/1/questions", "/funds/calls/1/copy", "/funds/calls/1/extend"):
        assert other.post(path, data={}).status_code == 403, path


def test_the_first_language_of_a_new_call_is_that_of_the_last(write):
    def work(session):
        fund = factories.fund(session)
        before = queries.first_language(session, fund.id)
        factories.call(session, fund=session.get_one(Fund, fund.id), language="mn")
        return before, queries.first_language(session, fund.id)

    assert write(work) == (None, "mn")
