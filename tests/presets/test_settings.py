"""What holds, since when and by whom; the settings page; the five questions of the first start."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from fundapp.disbursement.switches import CHECKING, SEPARATION
from fundapp.documents.switches import ACTIVATION
from fundapp.funds import queries as funds
from fundapp.funds import service
from fundapp.history import queries as history
from fundapp.kit.errors import Refused
from fundapp.kit.presets import PRESETS
from fundapp.people.models import Person
from fundapp.people.permissions import Role
from fundapp.people.queries import roles_of
from fundapp.people.service import first_administrator
from fundapp.presets import queries
from fundapp.presets.service import choose, turn
from fundapp.rooms import switches
from tests import factories as make
from tests.factories import MORNING

LATER = MORNING + timedelta(days=3)
ANSWERS = {
    "name": "Green Steps Fund", "currency": "EUR", "zone": "Asia/Ulaanbaatar", "donor": "First donor", "amount": "20,000.00",
    "arrived_on": "2026-02-27", "bank_reference": "KB-1", "staff": "3", "preset": "", "donor_rules": "none",
}  # fmt: skip


@pytest.fixture
def fund(write: Any) -> Any:
    return write(
        lambda session: service.open_fund(
            session, code="LED", name="Fund", currency="EUR", zone="Europe/Berlin", preset="small",
            by=make.person(session, role="manager"), at=MORNING,
        )
    )  # fmt: skip


def test_the_newest_setting_of_the_fund_holds_and_a_preset_chosen_later_ends_it(write: Any, fund: Any) -> None:
    def ask(session: Any) -> list[str]:
        return [queries.value(session, SEPARATION, fund, at) for at in (None, MORNING, LATER)]

    manager = write(lambda session: make.person(session, role="manager"))
    assert write(ask) == ["two", "two", "two"]
    write(lambda session: turn(session, SEPARATION, "three", fund=fund, by=manager, at=LATER))
    assert write(ask) == ["three", "two", "three"]
    write(lambda session: choose(session, "small", fund=fund, by=manager, at=LATER + timedelta(days=1)))
    assert write(ask) == ["two", "two", "three"]


def test_a_fund_without_a_setting_follows_the_installation_and_then_its_preset(write: Any) -> None:
    def work(session: Any) -> list[str]:
        manager, fund = make.person(session, role="manager"), make.fund(session, preset="national")
        before = queries.value(session, SEPARATION, fund)
        turn(session, SEPARATION, "two", by=manager, at=MORNING)
        return [before, queries.value(session, SEPARATION, fund), queries.value(session, CHECKING, fund)]

    assert write(work) == ["three", "two", "each"]


def test_the_first_fund_decides_for_the_installation_the_second_does_not(write: Any, fund: Any) -> None:
    def work(session: Any) -> list[str]:
        manager = make.person(session, role="manager")
        service.open_fund(
            session, code="B", name="B", currency="EUR", zone="Europe/Berlin", preset="national", by=manager, at=LATER
        )
        return [queries.preset(session).value, queries.value(session, ACTIVATION)]

    assert write(work) == ["small", "one"]


def test_what_was_set_is_neither_changed_nor_taken_away(write: Any, fund: Any) -> None:
    for statement in ("UPDATE presets_setting SET value = 'national'", "DELETE FROM presets_setting"):
        with pytest.raises(DBAPIError, match="only grows"):
            write(lambda session, statement=statement: session.execute(text(statement)))


def test_a_value_that_a_switch_does_not_know_is_refused(write: Any, fund: Any) -> None:
    with pytest.raises(Refused):
        write(lambda session: turn(session, SEPARATION, "one", fund=fund, by=fund, at=MORNING))


@pytest.mark.sqlite
def test_every_switch_has_a_name_of_its_own_and_words_for_all() -> None:
    found = switches()
    assert len({switch.name for switch in found}) == len(found) == 16
    assert all(set(switch.values) == set(PRESETS) and switch.what and switch.where for switch in found)


def test_a_manager_changes_a_setting_and_the_page_says_since_when_and_by_whom(
    client: Any, write: Any, fund: Any, clock: Any
) -> None:
    person = write(lambda session: make.person(session, role="manager", name="Maral"))
    manager = client(person)
    shown = manager.get("/settings").text
    assert "Fund has the preset “Small fund” since 2 March 2026." in shown
    assert all(re.search(rf'href="/settings/{re.escape(switch.name)}\?', shown) for switch in switches())
    clock.forward(days=3)
    asked = manager.get(f"/settings/payment.separation?fund={fund.id}").text
    assert "Yes, set it so" in asked
    answer = manager.post("/settings/payment.separation", data={"value": "three", "fund": fund.id})
    assert answer.headers["location"] == f"/settings?fund={fund.id}"
    shown = " ".join(manager.get("/settings").text.split())
    assert "<b>three: each step by another person</b>" in shown
    assert "decided otherwise; the preset says: two: who prepared may pay" in shown
    assert "5 March 2026, Maral" in shown
    manager.post("/settings/preset", data={"value": "national", "fund": fund.id})
    assert write(lambda session: funds.find_by_code(session, "LED").preset) == "national"
    assert "decided otherwise; the preset" not in manager.get("/settings").text
    assert write(history.broken) == []


def test_settings_are_for_managers_and_administrators(client: Any, write: Any, fund: Any) -> None:
    hands = {role: client(write(lambda session, role=role: make.person(session, role=role))) for role in Role}
    codes = {role: hand.get("/settings").status_code for role, hand in hands.items()}
    assert {role for role, code in codes.items() if code == 200} == {Role.MANAGER, Role.ADMIN}
    assert hands[Role.FINANCE].post("/settings/payment.separation", data={"value": "two"}).status_code == 403
    assert hands[Role.MANAGER].get("/settings/no.such").status_code == 404
    assert hands[Role.MANAGER].post("/settings/payment.separation", data={"value": "one"}).status_code == 409


# The first start


@pytest.fixture
def first(write: Any) -> Person:
    return write(lambda session: first_administrator(session, "Adam", "Adler", "adam@example.org", at=MORNING))


def test_five_answers_set_a_small_fund_up_in_one_post(client: Any, write: Any, first: Person, tmp_path: Path) -> None:
    adam = client(first)
    assert 'href="/start"' in adam.get("/people/account").text
    asked = adam.get("/start").text
    assert all(f"{n}. " in asked for n in range(1, 6))
    folder = tmp_path / "backups"
    assert adam.post("/start", data=ANSWERS | {"folder": str(folder)}).headers["location"] == "/"
    assert folder.is_dir()

    def found(session: Any) -> tuple[Any, ...]:
        fund = funds.find_by_code(session, "GSF")
        roles = {held.role for held in roles_of(session, first.id) if held.confirmed_at}
        return fund.preset, fund.zone, funds.figures(session, fund.id).free, roles, queries.preset(session).value

    roles = {"admin", "manager", "finance"}  # and a branch officer as soon as there is a branch
    assert write(found) == ("small", "Asia/Ulaanbaatar", 20_000_00, roles, "small")
    assert 'href="/start"' not in adam.get("/people/account").text
    assert adam.get("/start").headers["location"] == "/settings"
    assert adam.post("/start", data=ANSWERS | {"folder": str(folder)}).status_code == 422
    assert write(history.broken) == []


def test_more_people_than_four_make_a_national_fund_unless_said_otherwise(
    client: Any, write: Any, first: Person, tmp_path: Path
) -> None:
    more = {"staff": "12", "donor_rules": "bmz", "amount": "", "folder": str(tmp_path / "b")}
    client(first).post("/start", data=ANSWERS | more)

    def found(session: Any) -> tuple[Any, ...]:
        fund = funds.find_by_code(session, "GSF")
        roles = {held.role for held in roles_of(session, first.id)}
        rules = service.LEAST_OWN_SHARE[queries.value(session, service.DONOR_RULES, fund)]
        return fund.preset, funds.figures(session, fund.id).free, roles, rules

    assert write(found) == ("national", 0, {"admin", "manager"}, 250)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": ""}, "Please fill this in."),
        ({"currency": "XXQ"}, "is not a currency"),
        ({"zone": "Ulaanbaatar"}, "This is not a time zone."),
        ({"amount": "much"}, "is not a number"),
        ({"arrived_on": "2026-03-09"}, "This date has not come yet"),
        ({"staff": "none"}, "is not a whole number"),
        ({"folder": "backups"}, "Please give the whole path"),
        ({"folder": "/proc/none/backups"}, "Nothing can be written to /proc/none/backups"),
    ],
)
def test_a_wrong_answer_is_told_beside_its_question_and_nothing_is_lost(
    client: Any, write: Any, first: Person, tmp_path: Path, wrong: dict[str, str], said: str
) -> None:
    adam = client(first)
    answer = adam.post("/start", data=ANSWERS | {"folder": str(tmp_path / "b")} | wrong)
    [name] = wrong
    error = re.search(rf'id="{name}-error">([^<]+)<', answer.text)
    assert (answer.status_code, error and said in error[1].replace("&#39;", "’")) == (422, True), answer.text[-3000:]
    assert 'value="First donor"' in answer.text
    assert write(funds.funds) == []
    assert write(history.broken) == []


def test_only_the_administrator_is_asked(client: Any, write: Any, fund: Any) -> None:
    manager = client(write(lambda session: make.person(session, role="manager")))
    assert manager.get("/start").status_code == 403


# Four names


def test_in_a_small_fund_people_are_invited_by_four_names(client: Any, write: Any, fund: Any) -> None:
    admin = client(write(lambda session: make.person(session, role="admin")))
    write(lambda session: make.branch(session, name="Branch Töv"))
    shown = admin.get("/people/persons/new").text
    assert re.findall(r'name="role" value="(\w+)"', shown) == ["office", "second", "committee", "reader", "applicant"]
    assert "Branch Töv" not in shown
    for name in ("office", "second", "committee", "reader"):
        new = {"given_name": name, "email": f"{name}@example.org", "language": "en", "role": name}
        assert admin.post("/people/persons/new", data=new).status_code == 200

    def roles(session: Any) -> dict[str, set[str]]:
        persons = session.query(Person).filter(Person.given_name.in_(("office", "second", "committee", "reader")))
        return {person.given_name: {held.role for held in roles_of(session, person.id)} for person in persons}

    assert write(roles) == {
        "office": {"officer", "manager", "finance", "admin"},
        "second": {"manager", "chair"},
        "committee": {"member"},
        "reader": {"auditor"},
    }


def test_the_office_of_several_branches_is_asked_for_its_own(client: Any, write: Any, fund: Any) -> None:
    admin = client(write(lambda session: make.person(session, role="admin")))
    write(lambda session: [make.branch(session) for _n in range(2)])
    new = {"given_name": "O", "email": "o@example.org", "language": "en", "role": "office"}
    answer = admin.post("/people/persons/new", data=new)
    assert (answer.status_code, "Choose the branch for which this person works." in answer.text) == (422, True)
    assert write(lambda session: session.query(Person).filter(Person.email == "o@example.org").count()) == 0
    assert 'name="role" value="officer"' not in admin.get("/people/persons/new").text
    assert '<option value="officer"' in admin.get("/people/persons/new?roles=eight").text
