"""Every page of the demonstration that a role can reach, looked at in a browser: nothing missing, cut off, or in anybody's way."""

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from fundapp.config import Settings
from tests.conftest import Clock
from tests.journeys.person import PHONE
from tests.journeys.walk import Walk, told

MOST = 30_000  # bytes of a page after the first visit, packed as it is sent
SAMPLE = (
    ("manager", ["/", "/measures", "/funds/1", "/evaluation/results", "/settings"]),
    ("officer", ["/", "/regions", "/evaluation/"]),
    ("chair", ["/rating/"]),
    ("finance", ["/disbursement/"]),
    ("auditor", ["/history"]),
    ("applicant", ["/", "/measures"]),
    ("admin", ["/people/persons"]),
)


@pytest.fixture
def settings(prepared: Path, tmp_path: Path) -> Settings:
    home = tmp_path / "home"
    shutil.copytree(prepared, home)
    return Settings(home=home, demo=True, brand_small="Demonstration")


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime.now(UTC))


def sample(walk: Walk) -> None:
    """Some pages of each room, for one account of each role."""
    for role, paths in SAMPLE:
        with walk.stands() as page:
            page.goto("/people/sign-in")
            page.locator(".people-list li", has_text=role).first.get_by_role("button").click()
            page.wait_for_load_state()
            for path in paths:
                assert page.goto(walk.said(path)).status == 200, path
                assert page.locator("html").get_attribute("lang") == walk.language
                walk.look(page, role, path)


def test_every_page_of_every_role_is_whole_open_to_all_and_light(browser: Any, server: Any) -> None:
    walk = Walk(browser, server.url, once=True, most=MOST)
    walk.everybody()
    assert list(told(walk)) == []
    assert len(walk.seen) > 150


@pytest.mark.parametrize(("language", "scheme"), [("de", "dark"), ("mn", "light")])
def test_pages_are_whole_on_a_phone_in_other_languages(browser: Any, server: Any, language: str, scheme: str) -> None:
    walk = Walk(browser, server.url, language, scheme, PHONE)
    sample(walk)
    assert list(told(walk)) == []


def test_the_keyboard_skips_to_the_content_and_closes_the_menu_of_a_phone(browser: Any, server: Any) -> None:
    with Walk(browser, server.url, width=PHONE).stands() as page:
        page.goto("/people/sign-in")
        page.locator(".people-list li", has_text="manager").get_by_role("button").click()
        page.wait_for_load_state()
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        assert page.locator(".skip").bounding_box()["x"] >= 0
        page.keyboard.press("Enter")
        assert page.url.endswith("#main")
        page.get_by_role("button", name="Menu").focus()
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
        page.keyboard.press("Enter")
        page.locator("#work").wait_for(state="visible")
        page.keyboard.press("Escape")
        page.locator("#work").wait_for(state="hidden")
