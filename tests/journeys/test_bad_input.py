"""What goes wrong at a keyboard: told next to its field, in words, and nothing that was typed is lost."""

from collections.abc import Callable
from typing import Any

import pytest

from fundapp.measures.models import Measure, Party
from tests import factories as make
from tests.journeys.person import PHONE, Person
from tests.journeys.stage import Stage

pytestmark = pytest.mark.sqlite
ARABIC, TOO_MUCH = "١٢٣٤", "9" * 20
# page, field, what is typed, what is said; on the page of costs another field beside it is filled in as well
SAID = (
    ("costs", "lines-0-unit_price", "twelve", "is not a number. Write 120 or 120.50."),
    ("costs", "lines-0-unit_price", "1e3", "is not a number"),
    ("costs", "lines-0-unit_price", ARABIC, "is not written in the digits 0 to 9"),
    ("costs", "lines-0-unit_price", "-5", "is below zero"),
    ("costs", "lines-0-unit_price", TOO_MUCH, "is too large"),
    ("costs", "lines-0-unit_price", "1.234,50", "is not a number"),
    ("costs", "lines-0-quantity", ARABIC, "is not a number. Write 14 or 2.5."),
    ("costs", "lines-0-quantity", "0", "This must be greater than zero."),
    ("benefit", "breadth", "-3", "“-3” is not a whole number. Write 12, for example."),
    ("groups", "groups-0-female", "70", "Women, men and not stated are"),
    ("measure", "ends_on", "2026-04-30", "The end must be after the start."),
    ("measure", "ends_on", "2027-06-01", "A measure lasts at most 12 months. If it begins then, it ends on 1 May 2027"),
)
PLACE = {"groups-0-female": "groups-0-total"}  # said where the sum stands
BESIDE = {"costs": "lines-0-unit", "benefit": "breadth_method", "groups": "groups-0-label", "measure": "place"}


@pytest.fixture
def world(write: Callable[..., Any]) -> dict[str, Any]:
    """A draft that lacks its annex, a proposal to check, and people around them."""

    def work(session: Any) -> dict[str, Any]:
        branch = make.branch(session, region="MN-041")
        call = make.call(session, annexes=["registration"], regions=["MN-041"])
        saran = make.person(session, role="applicant", name="Saran")
        who = {
            "saran": saran,
            "dulmaa": make.person(session, role="applicant", name="Dulmaa"),
            "oyun": make.person(session, role="officer", branch=branch, name="Oyun"),
            "finn": make.person(session, role="finance", name="Finn"),
            "ira": make.person(session, role="auditor", name="Ira"),
        }
        draft = make.measure(session, call=call, owner=saran, branch=branch)
        sent = make.measure(session, call=call, owner=saran, branch=branch, status="submitted")
        approved = make.measure(session, call=call, owner=saran, branch=branch, status="contracted")
        make.contract(session, measure=approved)
        return who | {"draft": draft.id, "sent": sent.id, "contracted": approved.id}

    return write(work)


@pytest.fixture
def come(stage: Stage, write: Callable[..., Any], world: dict[str, Any]) -> Callable[..., Person]:
    """come('saran') -> this person at a browser, signed in."""

    def signed_in(name: str, **how: Any) -> Person:
        person = stage.enter(name, **how)
        key = write(lambda session: make.sign_in(session, world[name], at=stage.clock()))
        person.context.add_cookies([{"name": "fund", "value": key, "url": stage.url}])
        return person

    return signed_in


def version(stage: Stage, id: int) -> int:
    return stage.ask(lambda session: session.get_one(Measure, id).version)


def test_what_cannot_be_is_told_next_to_its_field_and_nothing_is_lost(stage: Stage, come: Any, world: Any) -> None:
    saran, before = come("saran", width=PHONE), version(stage, world["draft"])
    for page, field, typed, said in SAID:
        saran.go(f"/measures/{world['draft']}/form/{page}")
        saran.fill({BESIDE[page]: "typed beside it", field: typed})
        saran.press("Save and continue")
        place = PLACE.get(field, field)
        assert said in saran.page.locator(f"[id='{place}-error']").inner_text(), (field, typed)
        assert saran.page.locator(f"[name='{field}']").input_value() == typed
        assert saran.page.locator(f"[name='{BESIDE[page]}']").input_value() == "typed beside it"
        saran.sees("Nothing was changed and nothing is lost")
        assert saran.page.evaluate("document.activeElement.classList.contains('error-summary')")
    assert version(stage, world["draft"]) == before
    assert stage.wrong == []


def test_without_its_annex_a_proposal_is_not_sent(stage: Stage, come: Any, world: Any) -> None:
    saran, url = come("saran", width=PHONE), f"/measures/{world['draft']}"
    saran.go(f"{url}/review")
    saran.sees("Papers: Certificate of registration")
    assert saran.page.get_by_role("button", name="Send the proposal").is_disabled()
    assert saran.post(f"{url}/submit") == 409
    assert stage.ask(lambda session: session.get_one(Measure, world["draft"]).status) == "draft"
    assert stage.wrong == []


def test_a_file_of_twenty_megabytes_is_refused_at_once_and_without_script_by_the_server(
    stage: Stage, come: Any, world: Any, tmp_path: Any
) -> None:
    large = tmp_path / "map.pdf"
    large.write_bytes(b"%PDF-1.4\n" + bytes(20 * 1024 * 1024))
    url = f"/measures/{world['draft']}/form/annexes"
    saran = come("saran", width=PHONE)
    saran.go(url)
    saran.page.locator("#file").set_input_files(str(large))
    saran.page.locator("#sending").get_by_text("is larger than 15 MB").wait_for()
    assert saran.page.url.endswith(url)
    saran = come("saran", width=PHONE, java_script_enabled=False)
    saran.page.goto(url)
    saran.page.locator("#file").set_input_files(str(large))
    saran.page.get_by_role("button", name="Send these papers").click()
    assert "15 MB" in saran.page.locator("#file-error").inner_text()
    assert stage.ask(lambda session: session.get_one(Measure, world["draft"]).summary) != ""
    assert stage.wrong == []


def test_of_two_tabs_the_later_one_shows_both_texts_without_script(stage: Stage, come: Any, world: Any) -> None:
    url = f"/measures/{world['draft']}/form/afterwards"
    one, two = (come("saran", width=PHONE, java_script_enabled=False).page for _tab in range(2))
    for tab, words in ((one, "The cooperative runs it."), (two, "The school runs it.")):
        tab.goto(url)
        tab.locator("#after_funding").fill(words)
    for tab in (one, two):
        tab.get_by_role("button", name="Save", exact=True).click()
    told = two.locator("[id='after_funding-error']")
    assert "Somebody else has changed this meanwhile. Yours stands in the field; theirs is:" in told.inner_text()
    assert told.locator("q").inner_text() == "The cooperative runs it."
    assert two.locator("#after_funding").input_value() == "The school runs it."
    told.get_by_label("Take theirs").check()
    two.get_by_role("button", name="Save", exact=True).click()
    kept = stage.ask(lambda session: session.get_one(Measure, world["draft"]).after_funding)
    assert kept == "The cooperative runs it."
    assert stage.wrong == []


def test_pressed_twice_in_two_tabs_the_number_is_the_same(
    stage: Stage, come: Any, world: Any, write: Callable[..., Any]
) -> None:
    sent = write(lambda session: session.get_one(Measure, world["sent"]).number)
    saran = come("saran", width=PHONE)
    assert saran.post(f"/measures/{world['sent']}/submit") == 303
    saran.go(f"/measures/{world['sent']}/review")
    saran.sees(f"Number {sent}")
    assert write(lambda session: session.get_one(Measure, world["sent"]).number) == sent
    assert stage.wrong == []


def test_a_step_that_is_no_longer_open_says_so(stage: Stage, come: Any, world: Any, write: Callable[..., Any]) -> None:
    """Two tabs with the same button; the second press finds the step taken."""
    url = f"/cases/{world['contracted']}"
    stage.on("2026-05-01")
    one, two = come("oyun"), come("oyun")
    one.go(url)
    two.go(url)
    one.press("Note the start")
    one.sees("The start is noted")
    two.press("Note the start")
    two.sees("This is not open now: the measure is running.")
    assert two.answered == 409
    assert stage.wrong == []


def test_what_is_not_meant_for_a_person_is_not_there_or_not_theirs(stage: Stage, come: Any, world: Any) -> None:
    """A stranger's address: 404. A role that may read and not act: 403."""
    dulmaa, ira, finn = come("dulmaa", width=PHONE), come("ira"), come("finn")
    for path in (
        f"/cases/{world['draft']}",
        f"/measures/{world['draft']}/form/costs",
        f"/measures/{world['sent']}/review",
    ):
        dulmaa.go(path, 404)
        dulmaa.sees("This page is not there")
    assert dulmaa.post(f"/measures/{world['draft']}/submit") == 404
    assert finn.status(f"/cases/{world['sent']}") == 404
    ira.go(f"/cases/{world['sent']}")
    ira.go(f"/measures/{world['sent']}/check", 403)
    ira.sees("This is not yours to do", "Your role does not include this.")
    assert ira.post(f"/measures/{world['sent']}/accept") == 403
    finn.go("/people/persons", 403)
    assert stage.wrong == []


def test_without_script_a_page_of_the_form_works_from_error_to_success(
    stage: Stage, come: Any, world: Any, write: Callable[..., Any]
) -> None:
    write(lambda session: session.query(Party).filter_by(measure_id=world["draft"]).delete())
    saran = come("saran", width=PHONE, java_script_enabled=False)
    page, url = saran.page, f"/measures/{world['draft']}/form/measure"
    page.goto(url)
    page.locator("#title").fill("Wool washing line, smaller")
    page.locator("#ends_on").fill("2026-04-30")
    page.get_by_role("button", name="Save and continue").click()
    assert page.locator("#ends_on-error").inner_text() == "The end must be after the start."
    assert page.locator("#title").input_value() == "Wool washing line, smaller"
    page.locator("#ends_on").fill("2026-09-30")
    page.get_by_role("button", name="Save and continue").click()
    assert page.url.endswith("/form/applicant")
    assert stage.ask(lambda session: session.get_one(Measure, world["draft"]).title) == "Wool washing line, smaller"
    assert stage.wrong == []
