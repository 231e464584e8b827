"""Writing a proposal over a line that comes and goes: in a real browser, with the line cut, the browser closed, the session ended."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from fundapp.demo import paper
from fundapp.measures import pages, queries, starting
from fundapp.measures.models import Measure
from fundapp.people.models import Person as Somebody
from fundapp.people.models import SignIn
from tests import factories as make
from tests.conftest import BROWSERS, SWITCHES
from tests.journeys.person import AXE, TOO_WIDE

pytestmark = pytest.mark.sqlite
HOSTILE = '<img src=x onerror="alert(1)"> <b hx-get="/" hx-trigger="load">x</b> {{ 7*7 }} ${7*7} "\'>'
Write = Callable[..., Any]


@pytest.fixture
def tab(tab: Callable[..., Any]) -> Callable[..., Any]:
    """As everywhere, but whatever is waited for has to come within half a minute."""

    def open_tab(*args: Any, **how: Any) -> Any:
        page = tab(*args, **how)
        page.context.set_default_timeout(30_000)
        return page

    return open_tab


def draft(session: Any, form: str = "full", **more: Any) -> tuple[Somebody, int]:
    owner = make.person(session, role="applicant")
    return owner, starting.start(session, make.call(session, **more), by=owner, at=make.MORNING, form=form).id


@pytest.fixture
def mine(write: Write) -> tuple[Somebody, int]:
    return write(draft)


@pytest.fixture
def at(tab: Callable[..., Any], mine: tuple[Somebody, int]) -> Callable[[str], tuple[Any, int]]:
    """at("costs") -> this page of one's draft in a browser of one's own, and the draft."""

    def go(section: str) -> tuple[Any, int]:
        page = tab(mine[0])
        page.goto(f"/measures/{mine[1]}/form/{section}")
        return page, mine[1]

    return go


@pytest.fixture
def stands(write: Write) -> Callable[..., str]:
    """stands(id, "measure", "title") -> what the server has in a field."""

    def ask(id: int, section: str, name: str) -> str:
        def read(session: Any) -> str:
            return pages.current(session, queries.get(session, id), section, "en")[0].get(name, "")

        return write(read)

    return ask


def kept(page: Any) -> dict[str, str]:
    """What of the fund is on the device."""
    return page.evaluate("Object.fromEntries(Object.entries(localStorage).filter(([key]) => key.startsWith('fund')))")


def saved(page: Any) -> None:
    page.locator("#save-state.saved").wait_for()


def until(page: Any, holds: Callable[[], Any]) -> None:
    """Looks every tenth of a second for half a minute; the pages let no script of ours in that waits."""
    for _ in range(300):
        if holds():
            return
        page.wait_for_timeout(100)
    raise AssertionError("it did not come to pass")


def sent(page: Any) -> None:
    """Nothing waits on the device any more."""
    until(page, lambda: not kept(page))


def state(page: Any, words: str) -> None:
    page.locator("#save-state", has_text=words).wait_for()


def field(page: Any, name: str) -> Any:
    return page.locator(f"[name='{name}']")


def conflict(page: Any, name: str) -> Any:
    return page.locator(f"[id='{name}-conflict']")


def whole(page: Any) -> None:
    """Nothing keeps anybody out, and nothing is wider than the window."""
    assert [(each["id"], each["nodes"][0]["html"]) for each in AXE.run(page).response["violations"]] == []
    assert page.evaluate(TOO_WIDE) <= 0


# Saved while it is typed


def test_a_field_is_saved_as_it_is_left_and_while_somebody_types(at, stands):
    page, id = at("measure")
    field(page, "title").press_sequentially("Wool")
    assert kept(page) != {}
    page.keyboard.press("Tab")
    saved(page)
    assert (stands(id, "measure", "title"), kept(page)) == ("Wool", {})
    field(page, "place").press_sequentially("Bulgan")
    sent(page)
    assert stands(id, "measure", "place") == "Bulgan"


def test_who_leaves_a_row_sees_errors_and_figures_of_the_server_and_keeps_the_focus(at):
    page, _id = at("costs")
    row = page.locator("[data-row]:not(template)").first
    row.locator("[name$=-description]").fill("Scale")
    row.locator("[name$=-quantity]").fill("2.5")
    row.locator("[name$=-unit_price]").fill("1,000.13")
    assert page.locator("#lines-sum").inner_text() == "2,500.33"  # half up, as the server
    page.get_by_role("button", name="Add a line").click()
    page.locator(".error", has_text="Please choose").or_(
        page.locator(".error", has_text="Please fill this in")
    ).first.wait_for()
    second = page.locator("[data-row]:not(template)").nth(1).locator("[name$=-description]")
    assert second.evaluate("each => each === document.activeElement")
    row.locator("[name$=-category]").select_option("equipment")
    page.locator("#missing a").first.focus()
    page.locator("#standings-costs li").first.wait_for()
    assert row.locator("[name$=-category]").get_attribute("aria-invalid") is None
    assert page.locator("#lines-sum").inner_text() == "2,500.33"


def test_a_row_is_taken_out_and_put_back(at, write):
    page, id = at("risks")
    row = page.locator("[data-row]:not(template)").first
    row.locator("[name$=-text]").fill("The winter comes early")
    row.locator("[name$=-mitigation]").fill("We begin in June")
    page.get_by_role("button", name="Add: What can go wrong").click()
    saved(page)

    def risks() -> list[str]:
        return write(lambda session: [risk.text for risk in queries.proposal(session, queries.get(session, id)).risks])

    until(page, lambda: risks() == ["The winter comes early"])
    row.get_by_role("button", name="Take this one out").click()
    until(page, lambda: risks() == [])
    assert not row.is_visible()
    page.get_by_role("button", name="Put it back").press("Enter")
    until(page, lambda: risks() == ["The winter comes early"])
    assert row.is_visible()


def test_a_question_that_hangs_on_an_answer_is_shown_when_it_is_given(tab, write):
    asked = [
        {"code": "machine", "kind": "yes_no", "label": {"en": "Do you buy a machine?"}},
        {"code": "which", "kind": "short", "label": {"en": "Which one?"}, "shown_if": ["machine", "yes"]},
    ]
    owner, id = write(lambda session: draft(session, questions=asked))
    page = tab(owner)
    page.goto(f"/measures/{id}/form/questions")
    assert field(page, "q_which").is_hidden()
    page.get_by_text("Yes", exact=True).click()
    assert field(page, "q_which").is_visible()
    page.get_by_text("No", exact=True).click()
    assert field(page, "q_which").is_hidden()


def test_the_whole_form_at_a_desk_saves_each_of_its_pages(tab, mine, stands):
    owner, id = mine
    page = tab(owner)
    page.goto(f"/measures/{id}/form")
    field(page, "title").fill("Wool washing line")
    field(page, "problem").fill("Wool is sold unwashed")
    page.locator("[data-rows=groups] [data-row]:not(template)").first.locator("[name$=-label]").fill("Herders")
    page.locator("[data-rows=groups] [data-row]:not(template)").first.locator("[name$=-total]").fill("45")
    page.locator("[data-rows=groups] [data-row]:not(template)").first.locator("[name$=-not_stated]").fill("45")
    field(page, "after_funding").fill("We wash on")
    field(page, "after_funding").press("Tab")
    sent(page)
    assert stands(id, "measure", "title") == "Wool washing line"
    assert stands(id, "problem", "problem") == "Wool is sold unwashed"
    assert stands(id, "afterwards", "after_funding") == "We wash on"
    until(page, lambda: "For whom:" not in page.locator("#missing").inner_text())
    saved(page)


WEIGHT = """() => [...performance.getEntriesByType("resource"), ...performance.getEntriesByType("navigation")]
    .reduce((sum, each) => sum + each.transferSize, 0)"""


def test_the_form_is_light(at):
    page, id = at("costs")
    first = page.evaluate(WEIGHT)
    page.goto(f"/measures/{id}/form/measure")
    assert (first <= 100_000, page.evaluate(WEIGHT) <= 30_000) == (True, True), (first, page.evaluate(WEIGHT))


# No line


@pytest.fixture
def device(browser: Any, server: Any, write: Write, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """device(person) -> the browser of a device, opened; opened again it finds what was left on the disk."""
    found = next(path for path in map(shutil.which, BROWSERS) if path)
    opened = []

    def start(person: Any = None) -> Any:
        context = browser.browser_type.launch_persistent_context(
            str(tmp_path / "profile"), executable_path=found, args=SWITCHES, base_url=server.url
        )
        opened.append(context)
        if person is not None:
            key = write(lambda session: make.sign_in(session, person))
            cookie = {"name": "fund", "value": key, "url": server.url, "expires": 4102444800}
            context.add_cookies([cookie])
        return context

    yield start
    for context in opened:
        context.close()


def nothing_arrives(where: Any) -> None:
    """What is sent from this page or context is lost, what is read is not."""
    where.route("**/form/**", lambda route: route.abort() if route.request.method == "POST" else route.continue_())


@pytest.fixture
def cut(device: Callable[..., Any], mine: tuple[Somebody, int]) -> Callable[[str], tuple[Any, int]]:
    """cut("costs") -> this page of one's draft on a device that has lost its line, and the draft.

    A browser that is being closed forgets that it is offline, so nothing it sends then gets through either.
    """

    def go(section: str) -> tuple[Any, int]:
        page = device(mine[0]).pages[0]
        page.goto(f"/measures/{mine[1]}/form/{section}")
        page.context.set_offline(True)
        nothing_arrives(page.context)
        return page, mine[1]

    return go


def test_what_was_typed_without_a_line_is_there_after_the_browser_was_closed(cut, device, stands):
    page, id = cut("measure")
    field(page, "title").press_sequentially("Wool washing line")
    field(page, "summary").press_sequentially("Ноос угаах шугам 🧶 & <b>\nsecond line")
    field(page, "topic").select_option("agriculture")
    state(page, "Waiting for the line")
    whole(page)
    page.context.close()
    page = device().pages[0]
    nothing_arrives(page)
    page.goto(f"/measures/{id}/form/measure")
    assert field(page, "title").input_value() == "Wool washing line"
    assert field(page, "summary").input_value() == "Ноос угаах шугам 🧶 & <b>\nsecond line"
    assert page.locator("#summary-unsent").inner_text() == "Written on this device, not sent yet."
    page.unroute("**/form/**")
    saved(page)
    assert stands(id, "measure", "summary") == "Ноос угаах шугам 🧶 & <b>\nsecond line"
    assert (stands(id, "measure", "topic"), kept(page)) == ("agriculture", {})
    assert page.locator("#summary-unsent").count() == 0


def test_rows_that_were_begun_without_a_line_come_back_too(cut, device, stands):
    page, id = cut("partners")
    row = page.locator("[data-row]:not(template)").first
    slot = row.get_attribute("data-row")
    row.locator("[name$=-name]").fill("School of Bulgan")
    row.locator("[name$=-key_person]").check()
    page.context.close()
    page = device().pages[0]
    page.goto(f"/measures/{id}/form/partners")
    sent(page)
    assert field(page, f"partners-{slot}-name").input_value() == "School of Bulgan"
    assert field(page, f"partners-{slot}-key_person").is_checked()
    assert stands(id, "partners", f"partners-{slot}-name") == "School of Bulgan"


def test_any_later_page_sends_what_waits(cut, device, stands):
    page, id = cut("benefit")
    field(page, "public_benefit").press_sequentially("Everybody may use it.")
    field(page, "breadth").press_sequentially("45")
    page.context.close()
    page = device().pages[0]
    page.goto("/measures")
    sent(page)
    assert stands(id, "benefit", "public_benefit") == "Everybody may use it."
    assert stands(id, "benefit", "breadth") == "45"


def test_when_the_line_comes_back_it_is_sent_without_a_touch(at, stands):
    page, id = at("measure")
    page.context.set_offline(True)
    field(page, "title").fill("Wool washing line")
    page.keyboard.press("Tab")
    state(page, "Waiting for the line")
    page.context.set_offline(False)
    saved(page)
    assert (stands(id, "measure", "title"), kept(page)) == ("Wool washing line", {})


def test_an_answer_that_is_lost_makes_no_conflict_with_oneself(at, stands):
    page, id = at("costs")
    lost = []

    def lose(route: Any) -> None:
        if route.request.method != "POST" or len(lost) >= 2:
            route.continue_()
            return
        lost.append(route.fetch().status)  # it arrives, and nobody hears of it
        route.abort()

    page.route("**/form/costs**", lose)
    row = page.locator("[data-row]:not(template)").first
    slot = row.get_attribute("data-row")
    for name, text in (("description", "Scale"), ("quantity", "1"), ("unit_price", "7000")):
        row.locator(f"[name$=-{name}]").fill(text)
    row.locator("[name$=-category]").select_option("equipment")
    page.locator("#missing a").first.focus()
    until(page, lambda: len(lost) == 2)
    row.locator("[name$=-unit_price]").fill("8000")
    page.locator("#missing a").first.focus()
    sent(page)
    saved(page)
    assert len(lost) == 2
    assert page.locator(".conflict").count() == 0
    assert stands(id, "costs", f"lines-{slot}-unit_price") == "8,000.00"


def test_a_device_that_keeps_nothing_says_so_and_sends_what_it_has_in_memory(tab, mine, stands):
    owner, id = mine
    page = tab(owner)
    page.add_init_script("Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }")
    page.goto(f"/measures/{id}/form/measure")
    page.context.set_offline(True)
    field(page, "title").fill("Wool washing line")
    state(page, "This device keeps nothing for later")
    page.context.set_offline(False)
    saved(page)
    assert stands(id, "measure", "title") == "Wool washing line"


# Two at once


def test_two_tabs_of_one_browser_write_into_the_same_page(tab, mine, stands):
    owner, id = mine
    one = tab(owner)
    two = one.context.new_page()
    for page in (one, two):
        page.goto(f"/measures/{id}/form/measure")
    one.context.set_offline(True)
    field(one, "title").fill("From the first tab")
    field(one, "title").press("Tab")
    field(two, "place").fill("From the second")
    until(two, lambda: field(two, "title").input_value() == "From the first tab")
    field(two, "title").press("End")
    field(two, "title").press_sequentially(", and the second")
    one.context.set_offline(False)
    for page in (one, two):
        sent(page)
        assert page.locator(".conflict").count() == 0
    assert stands(id, "measure", "title") == "From the first tab, and the second"
    assert stands(id, "measure", "place") == "From the second"


def colleagues(session: Any) -> tuple[Somebody, Somebody, int]:
    """Two editors of one organisation, and its draft."""
    organisation = make.organisation(session)
    both = [make.person(session, role="applicant", organisation_id=organisation.id) for _ in range(2)]
    for person in both:
        make.membership(session, person=person, organisation=organisation)
    session.flush()
    return both[0], both[1], starting.start(session, make.call(session), by=both[0], at=make.MORNING).id


def met(tab: Any, write: Write, mine_: str, theirs: str) -> tuple[Any, int]:
    """Two editors have changed the title; the page of the second, and the proposal."""
    one, two, id = write(colleagues)
    first, second = tab(one), tab(two, viewport={"width": 360, "height": 740})
    for page in (first, second):
        page.goto(f"/measures/{id}/form/measure")
    field(first, "title").fill(theirs)
    field(first, "title").press("Tab")
    saved(first)
    field(second, "place").fill("Bulgan")
    field(second, "title").fill(mine_)
    field(second, "title").press("Tab")
    conflict(second, "title").wait_for()
    return second, id


def test_two_editors_of_one_field_see_both_texts_and_nothing_is_overwritten(tab, write, stands):
    page, id = met(tab, write, "Mine", HOSTILE)
    assert conflict(page, "title").locator("[data-theirs]").inner_text() == HOSTILE
    assert conflict(page, "title").locator("[data-mine]").inner_text() == "Mine"
    state(page, "Somebody else has changed “Title” too.")
    assert page.locator("#save-state").get_attribute("aria-live") == "polite"
    assert stands(id, "measure", "title") == HOSTILE
    whole(page)
    conflict(page, "title").get_by_role("button", name="Keep mine").press("Enter")
    saved(page)
    assert (stands(id, "measure", "title"), stands(id, "measure", "place")) == ("Mine", "Bulgan")
    assert field(page, "title").evaluate("each => each === document.activeElement")


def test_the_other_text_is_taken_with_one_key(tab, write, stands):
    page, id = met(tab, write, HOSTILE, "Theirs")
    assert conflict(page, "title").locator("[data-mine]").inner_text() == HOSTILE
    conflict(page, "title").get_by_role("button", name="Take theirs").press("Space")
    sent(page)
    assert field(page, "title").input_value() == "Theirs"
    assert (stands(id, "measure", "title"), stands(id, "measure", "place")) == ("Theirs", "Bulgan")


def test_a_page_that_is_sent_with_an_open_conflict_comes_back_with_the_same_choice(tab, write, stands):
    page, id = met(tab, write, "Mine", "Theirs")
    page.get_by_role("button", name="Save and continue").click()
    page.locator(".error-summary").wait_for()
    conflict(page, "title").wait_for()
    assert stands(id, "measure", "title") == "Theirs"
    conflict(page, "title").get_by_role("button", name="Keep mine").click()
    saved(page)
    assert stands(id, "measure", "title") == "Mine"


def test_what_somebody_else_writes_appears_in_fields_that_nobody_is_in(tab, write):
    one, two, id = write(colleagues)
    first, second = tab(one), tab(two)
    for page in (first, second):
        page.goto(f"/measures/{id}/form/measure")
    field(first, "place").fill("Bulgan")
    field(first, "place").press("Tab")
    saved(first)
    field(second, "title").fill("Wool washing line")
    second.locator("#missing a").first.focus()
    until(second, lambda: field(second, "place").input_value() == "Bulgan")


# Who is signed in


def unsent(page: Any, id: int) -> None:
    """Something typed that waits for a line."""
    page.goto(f"/measures/{id}/form/measure")
    page.context.set_offline(True)
    field(page, "title").fill("Only on this device")
    state(page, "Waiting for the line")


def test_signing_out_asks_first_and_leaves_nothing_on_the_device(tab, mine):
    owner, id = mine
    page = tab(owner)
    other = page.context.new_page()
    other.goto("/measures")
    unsent(page, id)
    page.route("**/form/**", lambda route: route.abort())
    page.context.set_offline(False)
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("dialog").wait_for()
    whole(page)
    page.get_by_role("button", name="Stay signed in").click()
    assert kept(page) != {}
    page.get_by_role("button", name="Sign out").click()
    with page.expect_request("**/people/sign-out") as asked:
        page.evaluate("window.before = null")
        page.get_by_role("button", name="Sign out and lose it").click()
    assert asked.value.method == "POST"
    page.get_by_role("link", name="Sign in").first.wait_for()
    assert (kept(page), kept(other)) == ({}, {})


def test_a_tab_that_is_still_open_writes_nothing_down_after_signing_out(at):
    page, _id = at("measure")
    other = page.context.new_page()
    other.goto("/measures")
    other.get_by_role("button", name="Sign out").click()
    other.get_by_role("link", name="Sign in").first.wait_for()
    state(page, "You have signed out.")
    field(page, "title").fill("Typed afterwards")
    page.keyboard.press("Tab")
    page.wait_for_timeout(500)
    assert kept(page) == {}


def types_after_the_end(page: Any, write: Write, text: str) -> None:
    """The session ends while a page is open, and somebody types on."""
    write(lambda session: session.execute(update(SignIn).values(ended_at=make.MORNING)))
    field(page, "title").fill(text)
    page.keyboard.press("Tab")
    state(page, "You are not signed in any more")


def comes_in(page: Any, write: Write, person: Callable[[Any], Any]) -> None:
    """On this device the person that `person` gives, of a session, is signed in."""
    key = write(lambda session: make.sign_in(session, person(session)))
    page.context.add_cookies([{"name": "fund", "value": key, "url": page.evaluate("location.origin")}])


def test_when_the_session_ends_the_text_waits_for_the_same_person(at, mine, write, stands):
    page, id = at("measure")
    types_after_the_end(page, write, "Typed after the end")
    assert (
        page.locator("#save-state a").get_attribute("href")
        == f"/people/sign-in?next=%2Fmeasures%2F{id}%2Fform%2Fmeasure"
    )
    whole(page)
    page.locator("#save-state a").click()
    page.wait_for_url("**/people/sign-in**")
    assert kept(page) != {}
    comes_in(page, write, lambda session: mine[0])
    page.goto(f"/measures/{id}/form/measure")
    saved(page)
    assert (stands(id, "measure", "title"), kept(page)) == ("Typed after the end", {})


def test_another_person_who_signs_in_on_the_device_finds_nothing(at, write, stands):
    page, id = at("measure")
    types_after_the_end(page, write, "Not for others")
    comes_in(page, write, lambda session: make.person(session, role="applicant"))
    other = page.context.new_page()
    other.goto("/measures")
    assert kept(other) == {}
    state(page, "You have signed out.")
    page.close()
    other.wait_for_timeout(300)
    assert (kept(other), stands(id, "measure", "title")) == ({}, "")


# Refused


def test_a_text_that_is_refused_stays_with_its_reason_until_it_is_mended(at, stands):
    page, id = at("measure")
    field(page, "place").fill("Bulgan")
    field(page, "summary").fill("x" * 20_001)
    field(page, "title").focus()
    page.locator("#summary-error", has_text="longer than 20000 characters").wait_for()
    state(page, "Not saved")
    whole(page)
    until(page, lambda: stands(id, "measure", "place") == "Bulgan")
    assert "summary" in "".join(kept(page).values())
    field(page, "summary").fill("Shorter")
    field(page, "title").focus()
    saved(page)
    assert (stands(id, "measure", "summary"), kept(page)) == ("Shorter", {})


def test_what_cannot_be_read_yet_says_so_at_its_field(at, stands):
    page, id = at("benefit")
    field(page, "breadth").fill("many")
    page.locator("#missing a").first.focus()
    page.locator("#breadth-error", has_text="“many” is not a whole number").wait_for()
    whole(page)
    field(page, "breadth").fill("45")
    page.locator("#missing a").first.focus()
    page.locator("#breadth-error").filter(has_not_text="many").wait_for(state="attached")
    assert stands(id, "benefit", "breadth") == "45"


def test_a_proposal_that_was_sent_meanwhile_says_so_and_forgets_nothing(at, write):
    page, _id = at("measure")
    write(lambda session: session.execute(update(Measure).values(status="withdrawn")))
    field(page, "title").fill("Too late")
    page.keyboard.press("Tab")
    state(page, "This is not open now")
    assert "Too late" in "".join(kept(page).values())


TEXTS = {
    "measure": ("title", "summary", "place"),
    "problem": ("no_bottleneck", "problem"),
    "benefit": ("public_benefit", "breadth_method"),
    "environment": ("env_note", "permits"),
    "applicant": ("name", "address", "organisation_note"),
}


@pytest.mark.parametrize("section", TEXTS)
def test_hostile_text_stays_text_when_it_comes_back_from_the_device(tab, mine, section):
    owner, id = mine
    page = tab(owner)
    wrong: list[str] = []
    page.on("dialog", lambda dialog: (wrong.append(dialog.message), dialog.dismiss()))
    page.goto(f"/measures/{id}/form/{section}")
    page.context.set_offline(True)
    for name in TEXTS[section]:
        field(page, name).fill(HOSTILE)
    nothing_arrives(page)
    page.context.set_offline(False)
    page.on("request", lambda request: wrong.append(request.url) if request.url.endswith("/x") else None)
    page.reload()
    from playwright.sync_api import expect  # noqa: PLC0415 - only where there is a browser

    for name in TEXTS[section]:
        expect(field(page, name)).to_have_value(HOSTILE, timeout=30_000)
    page.unroute("**/form/**")
    page.reload()
    sent(page)
    page.reload()
    assert [field(page, name).input_value() for name in TEXTS[section]] == [HOSTILE] * len(TEXTS[section])
    assert (wrong, page.locator("main img").count()) == ([], 0)


# Papers


def pdf(name: str, size: int = 0) -> dict[str, Any]:
    data = paper.pdf(name)[0].read()
    return {"name": name, "mimeType": "application/pdf", "buffer": data + b"\n%" + b"x" * size}


def papers(write: Write, id: int) -> list[str]:
    return write(lambda session: [file.name for _, file in queries.proposal(session, queries.get(session, id)).annexes])


def test_several_papers_go_at_once_and_a_broken_line_is_tried_again(at, write):
    page, id = at("annexes")
    tries: list[str] = []

    def breaks(route: Any) -> None:
        tries.append(route.request.url)
        if len(tries) == 1:
            route.fetch()  # it arrives, the answer does not
        if len(tries) <= 2:
            route.abort()
        else:
            route.continue_()

    page.route("**/annexes", breaks)
    field(page, "kind").select_option("offers")
    page.locator("#file").set_input_files(
        [pdf("one.pdf", 90_000), pdf("two.pdf"), {"name": "letter.txt", "mimeType": "text/plain", "buffer": b"x"}]
    )
    page.locator("#sending li", has_text="letter.txt").get_by_text("is not one of the kinds").wait_for()
    page.locator("#sending li", has_text="one.pdf").get_by_text("waits for the line").or_(
        page.locator("#sending li", has_text="one.pdf").get_by_text("sent", exact=True)
    ).first.wait_for()
    whole(page)
    page.locator("#sending li", has_text="two.pdf").get_by_text("sent", exact=True).wait_for()
    page.locator("#papers", has_text="two.pdf").wait_for()
    assert (papers(write, id), len(tries)) == (["one.pdf", "two.pdf"], 4)


def test_a_paper_that_is_too_large_or_left_out_is_not_sent(tab, mine, write, tmp_path):
    owner, id = mine
    (tmp_path / "large.pdf").write_bytes(pdf("large.pdf", 16_000_000)["buffer"])
    (tmp_path / "one.pdf").write_bytes(pdf("one.pdf")["buffer"])
    page = tab(owner)
    page.goto(f"/measures/{id}/form/annexes")
    page.route("**/annexes", lambda route: route.abort())
    field(page, "kind").select_option("offers")
    page.locator("#file").set_input_files([tmp_path / "large.pdf", tmp_path / "one.pdf"])
    page.locator("#sending li", has_text="large.pdf").get_by_text("larger than 15 MB").wait_for()
    page.locator("#sending li", has_text="one.pdf").get_by_text("waits for the line").wait_for()
    page.get_by_role("button", name="Leave it out: one.pdf").press("Enter")
    page.locator("#sending li", has_text="one.pdf").wait_for(state="detached")
    page.wait_for_timeout(1500)
    assert papers(write, id) == []


def test_of_a_kind_that_stands_alone_one_paper_is_taken(at, write):
    page, id = at("annexes")
    field(page, "kind").select_option("registration")
    page.locator("#file").set_input_files([pdf("one.pdf"), pdf("two.pdf")])
    page.locator("#file-error", has_text="Of this kind there is one paper").wait_for()
    assert papers(write, id) == []
