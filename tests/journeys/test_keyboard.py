"""The whole short form by keyboard only, on a screen of 360 pixels: Tab, letters, Space, arrows and Enter, from the start to the receipt."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from fundapp.measures import queries
from fundapp.measures.codes import DECLARATIONS, PARTS, PUBLICATION
from tests import factories as make
from tests.journeys.person import AXE, TOO_WIDE
from tests.journeys.proposing import WORDS

pytestmark = pytest.mark.sqlite
AT = """() => { const at = document.activeElement; return {name: at.name || "", type: at.type || at.tagName, value: at.value || "",
    text: (at.textContent || "").trim(), row: at.closest("[data-row]")?.dataset.row ?? ""}; }"""
PAGES: dict[str, dict[str, str]] = {
    "measure": {
        "title": "Wool washing line shared by six cooperatives", "summary": WORDS, "region": "Arkhangai", "place": "Uliastai",
        "topic": "Agriculture", "intervention": "Shared equipment", "starts_on": "06012026", "ends_on": "11302026",
    },
    "applicant": {
        "name": "Wool cooperative", "kind": "Cooperative", "vat": "none", "address": "Soum centre 3", "phone": "99112233",
        **{f"parties-{n}-person": "Saran Bold" for n in range(len(PARTS))}, "parties-2-bank": "Khan Bank", "parties-2-account": "MN12",
    },
    "problem": {"no_bottleneck": "The analysis comes next year.", "problem": WORDS},
    "results": {
        "visible_effect": "The line washes every week.", "visible_by": "10012026", "indicators-0-target": "14",
        "indicators-1-target": "0", "indicators-2-target": "0",
    },
    "groups": {"label": "Herders", "total": "45", "female": "23", "male": "20", "not_stated": "2"},
    "afterwards": {"after_funding": WORDS},
    "risks": {"text": "The winter comes early", "mitigation": "We begin in June"},
    "costs": {"description": "Washing vat", "category": "Equipment", "quantity": "2", "unit": "piece", "unit_price": "2,500"},
    "financing": {"own_cash": "1500", "own_when": "After the cashmere, in May"},
    "annexes": {},
    "declarations": {
        **dict.fromkeys((*DECLARATIONS, PUBLICATION), "yes"), "signed_name": "Saran Bold", "signed_place": "Uliastai", "signed_on": "03022026",
    },
}  # fmt: skip


def at(page: Any) -> dict[str, str]:
    return page.evaluate(AT)


def press_until(page: Any, holds: Callable[[dict[str, str]], bool], most: int = 120) -> None:
    """Tab until what has the focus is what is looked for."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if holds(at(page)):
            return
    raise AssertionError(f"not reached by Tab on {page.url}")


def write(page: Any, kind: str, value: str) -> None:
    """Into what has the focus, as its kind is written by keyboard."""
    if kind == "radio":
        for _ in range(8):
            if at(page)["value"] == value:
                break
            page.keyboard.press("ArrowDown")
        page.keyboard.press("Space")
    elif kind == "checkbox":
        page.keyboard.press("Space")
    else:
        page.keyboard.type(value)


def fill(page: Any, values: dict[str, str], button: str) -> None:
    """All fields in the order in which Tab meets them, then the button."""
    left = dict(values)
    for _ in range(200):
        page.keyboard.press("Tab")
        here = at(page)
        name = here["name"] if here["name"] in left else re.sub(r"^[a-z]+-\d+-", "", here["name"])
        if name in left:
            write(page, here["type"], left.pop(name))
        if here["text"] == button and not left:
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"not reached by Tab on {page.url}: {sorted(left) or button}")


def test_the_short_form_is_written_and_sent_by_keyboard_only_on_a_small_screen(tab, write_call, database):
    owner = write_call
    page = tab(owner, viewport={"width": 360, "height": 740}, locale="en-US")
    page.goto("/measures/new")
    press_until(page, lambda here: here["type"] == "radio")
    write(page, "radio", "short")
    press_until(page, lambda here: here["text"] == "Start writing")
    page.keyboard.press("Enter")
    for section, values in PAGES.items():
        page.wait_for_url(f"**/form/{section}")
        page.locator("h1").wait_for()
        page.locator(".htmx-request, .htmx-swapping, .htmx-settling").first.wait_for(state="detached")
        assert page.evaluate(TOO_WIDE) <= 0
        assert [(each["id"], each["nodes"][0]["html"]) for each in AXE.run(page).response["violations"]] == []
        fill(page, values, "Save and continue" if section != "annexes" else "Continue")
    page.wait_for_url("**/review")
    assert page.locator("#missing .checklist").all_inner_texts() == []
    press_until(page, lambda here: here["text"] == "Send the proposal")
    page.keyboard.press("Enter")
    page.locator("main", has_text="We have your proposal").wait_for()
    with database.reading() as session:
        sent = queries.get(session, 1)
        assert (sent.status, sent.form, sent.requested) == ("submitted", "short", 3_500_00)


@pytest.fixture
def write_call(write: Callable[..., Any]) -> Any:
    """An applicant, and an open call with a short form that asks for no papers."""

    def work(session: Any) -> Any:
        make.call(session, short_limit=5_000_00, annexes=[])
        return make.person(session, role="applicant")

    return write(work)
