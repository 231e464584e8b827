"""The list of proposals to check."""

import re
from datetime import timedelta
from html import unescape

import pytest

from fundapp.measures import checking, helping, queries
from fundapp.people.pairing import pair
from tests import factories as make
from tests.factories import MORNING, TODAY
from tests.house.test_lists import counted
from tests.measures.test_checking import PASSED


@pytest.fixture
def cast(write):
    """Two partner branches with an officer each, a manager; in the first a new proposal, one late, one sent back, one sent back and late."""

    def work(session):
        here, there = make.branch(session, name="Zavkhan", code="ZAV"), make.branch(session, name="Uvs", code="UVS")
        pair(session, here, there, by=make.person(session, role="admin"), at=MORNING)
        fund = make.fund(session)
        who = {
            "officer": make.person(session, role="officer", branch=here, name="Bat", family_name="Bold"),
            "partner": make.person(session, role="officer", branch=there, name="Tuya"),
            "manager": make.person(session, role="manager", name="Saran"),
            "applicant": make.person(session, role="applicant"),
        }

        def proposal(title, status, kind, due, **more):
            measure = make.measure(
                session, status=status, branch=here, fund=fund, title=title, short_title=title, **more
            )
            make.obligation(
                session,
                kind=kind,
                due=due,
                case_id=measure.id,
                branch_id=here.id,
                subject=f"measures.measure:{measure.id}",
            )
            return measure.id

        day = timedelta(days=1)
        who["new"] = proposal("A new one", "submitted", "measures.check", TODAY + 5 * day)
        who["late"] = proposal("A late one", "submitted", "measures.check", TODAY - 3 * day)
        who["back"] = proposal("Sent back", "returned", "measures.answer", TODAY + 4 * day)
        proposal("Waited for too long", "returned", "measures.answer", TODAY - 1 * day)
        make.measure(session, branch=here, fund=fund, title="Only a draft")
        return who

    return write(work)


def rows(answer):
    """Title -> (address, who checks and why) in the order of the page."""
    found = {}
    for row in re.findall(r"<tr>\s*<th scope=\"row\".*?</tr>", answer.text, re.S):
        url, title = re.search(r'class="row-title" href="([^"]+)">([^<]+)<', row).groups()
        cell = re.search(r'data-label="Who checks it">(.*?)</td>', row, re.S)[1]
        found[unescape(title)] = url, unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", cell))).strip()
    return found


def test_an_officer_sees_what_is_late_then_what_is_due_and_who_checks_it(client, cast):
    page = client(cast["officer"]).get("/proposals")
    assert "1 is new, 1 waits for the applicant, 2 are late." in page.text
    assert rows(page) == {
        "A late one": (f"/measures/{cast['late']}/check", "B. Bat"),
        "Waited for too long": (rows(page)["Waited for too long"][0], "The applicant"),
        "Sent back": (f"/cases/{cast['back']}", "The applicant"),
        "A new one": (f"/measures/{cast['new']}/check", "B. Bat"),
    }


@pytest.mark.parametrize(
    ("address", "titles"),
    [
        ("?show=new", ["A new one"]),
        ("?show=waiting", ["Sent back"]),
        ("?show=late", ["A late one", "Waited for too long"]),
        ("?show=checked", []),
        ("?mine=yes", ["A late one", "A new one"]),
        ("?branch=UVS", []),
        ("?show=nonsense&branch=ZAV&mine=no", ["A late one", "Waited for too long", "Sent back", "A new one"]),
    ],
)
def test_the_address_says_which(client, cast, address, titles):
    page = client(cast["manager"] if "mine" not in address else cast["officer"]).get("/proposals" + address)
    assert list(rows(page)) == titles
    assert titles or "No proposal like that." in page.text


def test_the_partner_sees_what_it_checks_and_why_and_nothing_else(client, write, cast):
    def typed(session):
        measure, officer = queries.get(session, cast["new"]), session.get(make.Person, cast["officer"].id)
        helping.note_help(session, measure, officer, "typed", by=officer, at=MORNING)

    assert "No proposal waits for a check." in client(cast["partner"]).get("/proposals").text
    write(typed)
    why = "Uvs: Tuya for Zavkhan, because B. Bat typed it"
    assert rows(client(cast["partner"]).get("/proposals")) == {"A new one": (f"/measures/{cast['new']}/check", why)}
    mine = rows(client(cast["officer"]).get("/proposals"))["A new one"]
    assert mine == (f"/cases/{cast['new']}", why)
    assert "A new one, for Zavkhan, because B. Bat typed it" in client(cast["partner"]).get("/").text
    assert client(cast["partner"]).get(f"/cases/{cast['new']}").status_code == 200
    assert client(cast["partner"]).get(f"/cases/{cast['late']}").status_code == 404


def test_head_office_has_it_among_its_work_where_nobody_else_can(client, write, cast):
    def typed(session):
        measure = queries.get(session, cast["new"])
        for who in ("officer", "partner"):
            person = session.get(make.Person, cast[who].id)
            helping.note_help(
                session, measure, person, "typed", by=session.get(make.Person, cast["manager"].id), at=MORNING
            )

    write(typed)
    assert rows(client(cast["manager"]).get("/proposals?mine=yes"))["A new one"] == (
        f"/measures/{cast['new']}/check",
        "Head office: Saran for Zavkhan, because B. Bat typed it",
    )
    assert f'href="/measures/{cast["new"]}/check"' in client(cast["manager"]).get("/").text


def test_what_was_checked_this_month_stays_in_the_list(client, write, cast, clock):
    def accept(session):
        measure, officer = queries.get(session, cast["new"]), session.get(make.Person, cast["officer"].id)
        checking.answer(
            session, measure, PASSED | dict.fromkeys(("E2", "E3", "E9"), ("pass", "Seen")), by=officer, at=clock()
        )
        reasons = checking.checklist.why_not_accept(session, measure, officer, clock())
        checking.answer(session, measure, {r[:3].strip(): ("pass", "Seen") for r in reasons}, by=officer, at=clock())
        checking.accept(session, measure, by=officer, at=clock())

    write(accept)
    page = client(cast["officer"]).get("/proposals?show=checked")
    assert rows(page) == {"A new one": (f"/cases/{cast['new']}", "B. Bat")}
    clock.forward(days=31)
    assert rows(client(cast["officer"]).get("/proposals?show=checked")) == {}


@pytest.mark.parametrize(("who", "status"), [("officer", 200), ("manager", 200), ("applicant", 403), (None, 303)])
def test_who_may_open_the_list(client, cast, who, status):
    assert client(cast[who] if who else None).get("/proposals").status_code == status


@pytest.mark.sqlite
def test_the_list_asks_at_most_eight_questions_however_long_it_is(app, client, write, cast):
    def ask():
        with counted(app.state.database) as seen:
            client(cast["manager"]).get("/proposals")
        return len(seen)

    few = ask()
    write(lambda session: [make.measure(session, status="submitted") for _one in range(20)] and None)
    assert ask() == few <= 8
