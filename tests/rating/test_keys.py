"""Scoring by keys, in a real browser, and what it says of its saving."""

from typing import Any

import pytest

from fundapp.measures.models import Measure
from fundapp.rating import filled
from tests.journeys.person import AXE, TOO_WIDE
from tests.rating.conftest import Round, open_and_declare, rated_call, sheet_of

pytestmark = pytest.mark.sqlite


@pytest.fixture
def at_work(write: Any, tab: Any) -> tuple[Any, list[int], Any]:
    """A member of an open call before the first of two sheets; the ids of both, and what stands in a sheet."""

    def world(session: Any) -> tuple[Round, list[int]]:
        found = rated_call(session, blind=False, measures=2)
        open_and_declare(session, found)
        member = found.members[0]
        return found, [sheet_of(session, session.get_one(Measure, m.id), member).id for m in found.measures]

    found, ids = write(world)
    page = tab(found.members[0])
    page.context.set_default_timeout(10_000)
    page.goto("/rating/")
    page.get_by_role("link", name="Open the sheet").click()
    page.locator("[data-keys-open]").wait_for()
    first = int(page.url.rsplit("/", 1)[1])
    ids.sort(key=lambda id: id != first)
    return page, ids, lambda id: write(lambda session: filled.of_sheets(session, [id])[id].now)


def test_points_reasons_and_the_way_are_given_by_keys(at_work: Any) -> None:
    page, ids, stands = at_work
    keys = page.keyboard
    keys.press("j")
    keys.press("4")
    page.locator("#state-R1 b", has_text="4 good").wait_for()
    keys.press("ArrowDown")
    keys.press("2")
    page.locator("#error-R2", has_text="needs a reason").wait_for()
    keys.press("r")
    keys.type("9 villages only, x")
    keys.press("Escape")
    page.locator("#error-R2", has_text="needs a reason").wait_for(state="detached")
    keys.press("j")
    keys.press("x")
    page.locator("#state-R3 b", has_text="You cannot judge this").wait_for()
    keys.press("k")
    assert page.evaluate("document.activeElement.id") == "criterion-R2"
    now = stands(ids[0])
    assert (now.points, now.comments["R2"], now.unjudged) == ({"R1": 4, "R2": 2}, "9 villages only, x", {"R3"})
    assert "22.0 of 35 points so far" in page.locator("#sofar").inner_text()
    keys.press("?")
    page.get_by_role("dialog").wait_for()
    keys.press("5")
    keys.press("Escape")
    assert stands(ids[0]).points == {"R1": 4, "R2": 2}
    assert [(each["id"], each["nodes"][0]["html"]) for each in AXE.run(page).response["violations"]] == []
    keys.press("n")
    page.wait_for_url(f"**/rating/sheets/{ids[1]}")


def test_what_could_not_be_sent_is_told_and_sent_again(at_work: Any) -> None:
    page, ids, stands = at_work
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate(TOO_WIDE) <= 0
    page.context.set_offline(True)
    page.keyboard.press("3")
    page.locator("#save-state", has_text="Not saved: no line").wait_for()
    assert stands(ids[0]).points == {}
    page.context.set_offline(False)
    page.locator("#save-state", has_text="Saved at").wait_for()
    assert stands(ids[0]).points == {"R1": 3}
    assert "12.0 of 20" in page.locator("#pane").inner_text()


def test_keys_can_be_switched_off(at_work: Any) -> None:
    page, ids, stands = at_work
    page.get_by_role("button", name="Keys").click()
    page.get_by_label("Switch the keys off on this device").check()
    page.get_by_role("button", name="Close").click()
    page.keyboard.press("4")
    page.locator("#criterion-R2 label", has_text="4").first.click()
    page.locator("#state-R2 b", has_text="4 good").wait_for()
    assert stands(ids[0]).points == {"R2": 4}
