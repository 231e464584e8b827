"""A person at a browser of their own: opens pages, fills in fields, presses buttons. Every page that comes up is looked at."""

from collections.abc import Mapping
from typing import Any

from axe_playwright_python.sync_playwright import Axe

AXE = Axe()  # for a test that looks at one page
PASSWORD = "a short sentence is good"
DESK, PHONE = 1280, 390
BUSY = ".htmx-request, .htmx-swapping, .htmx-settling"
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


class Person:
    """`stage` has the server and collects what is wrong with the pages walked."""

    def __init__(self, stage: Any, email: str, *, width: int = DESK, **how: Any) -> None:
        self.stage, self.email = stage, email
        self.context = stage.browser.new_context(
            base_url=stage.url, viewport={"width": width, "height": 800}, reduced_motion="reduce", **how
        )
        self.context.set_default_timeout(30_000)
        self.page = self.context.new_page()
        self.page.on("console", self._console)
        self.page.on("response", self._response)
        self.answered = 200
        self.page.on("pageerror", lambda error: self._wrong(f"script: {error}"))

    def _console(self, message: Any) -> None:
        if message.type == "error" and "the server responded with a status of 4" not in message.text:
            self._wrong(f"console: {message.text}")

    def _response(self, response: Any) -> None:
        if response.request.is_navigation_request():
            self.answered = response.status

    def _wrong(self, what: str) -> None:
        self.stage.wrong.append(f"{self.email} at {self.page.url.removeprefix(self.stage.url)}: {what}")

    # Going

    def go(self, path: str, status: int = 200) -> None:
        """Opens a page; who is not signed in, or not any more, signs in first."""
        self.page.goto(path)
        if "/people/sign-in" in self.page.url:
            self._sign_in()
            if "?" in path:
                self.page.goto(path)
        assert self.answered == status, f"{path} answers {self.answered}: {self.text()[:500]}"
        self.look()

    def begins(self) -> None:
        """Signs in, if need be, and stands on the first page: what there is to do."""
        self.page.goto("/people/sign-in")
        if "/people/sign-in" in self.page.url:
            self._sign_in()
        self.look()

    def _sign_in(self) -> None:
        self.look()
        if not self.page.locator('[name="password"]').is_visible():
            self.open("I have a password")
        self.fill({"email": self.email, "password": PASSWORD})
        self.press("Sign in")

    def press(self, name: str, *, within: str = "body") -> None:
        """Presses a button that sends something, and waits for the page that comes; a reason is asked for first by `open`."""
        self._leave(self.page.locator(within).get_by_role("button", name=name, exact=True).first)

    def note(self, name: str) -> None:
        """Presses a button in a row that was unfolded; the answer is the row itself, folded, or without script the whole page."""
        self.page.locator("details[open]").get_by_role("button", name=name, exact=True).click()
        self.page.locator("details[open]").wait_for(state="detached")
        self.page.wait_for_load_state()
        self.look()

    def follow(self, name: str, *, within: str = "body") -> None:
        """Follows a link to another page."""
        self._leave(self.page.locator(within).get_by_role("link", name=name, exact=True).first)

    def _leave(self, what: Any) -> None:
        self.page.evaluate("document.querySelector('main').dataset.seen = 'yes'")
        what.click()
        self.page.locator("main:not([data-seen])").wait_for(state="attached")
        self.page.wait_for_load_state()
        self.page.locator(BUSY).first.wait_for(state="detached")
        self.look()

    def open(self, summary: str, *, within: str = "body") -> None:
        """Unfolds what a page keeps folded."""
        self.page.locator(within).locator("summary", has_text=summary).first.click()
        self.look()

    def fill(self, fields: Mapping[str, Any], *, within: str = "body") -> None:
        """Fills in fields by their names, each in its way: text, choice, tick (True or False), file."""
        for name, value in fields.items():
            place = self.page.locator(f'{within} [name="{name}"]:not([type=hidden])')
            kind = place.first.evaluate("each => each.type || each.tagName")
            if kind == "radio":
                place.and_(self.page.locator(f'[value="{value}"]')).locator("xpath=ancestor::label").click()
            elif kind == "checkbox" and isinstance(value, bool):
                place.set_checked(value)
            elif kind == "checkbox":
                for each in value:
                    place.and_(self.page.locator(f'[value="{each}"]')).check()
            elif kind == "select-one":
                place.select_option(value)
            elif kind == "file":
                place.set_input_files(value)
            else:
                place.fill(str(value))

    def download(self, name: str, *, within: str = "body") -> bytes:
        """What a link gives as a file."""
        with self.page.expect_download() as coming:
            self.page.locator(within).get_by_role("link", name=name, exact=True).first.click()
        return coming.value.path().read_bytes()

    # Seeing

    def text(self) -> str:
        return str(self.page.locator("main").inner_text())

    def sees(self, *texts: str) -> None:
        """Each of these stands on the page."""
        shown = " ".join(self.text().replace("\xa0", " ").split())
        for text in texts:
            assert text in shown, f"“{text}” is not on {self.page.url}:\n{shown}"

    def status(self, path: str) -> int:
        """How an address answers this person, who is signed in, without going there."""
        answer = self.context.request.get(path, max_redirects=0)
        if "/people/sign-in" in answer.headers.get("location", ""):
            self.begins()
            answer = self.context.request.get(path, max_redirects=0)
        return int(answer.status)

    def post(self, path: str, **form: str) -> int:
        """How the server answers a post that no page offers."""
        headers = {"sec-fetch-site": "same-origin"}
        return int(self.context.request.post(path, form=form, headers=headers, max_redirects=0).status)

    def look(self) -> None:
        """Nothing of the page keeps anybody out, and nothing of it is wider than the window. What was looked at already is not looked at again."""
        if (wide := self.page.evaluate(TOO_WIDE)) > 0:
            self._wrong(f"{wide} px wider than the window of {self.page.viewport_size['width']}")
        if not self.stage.script:
            return
        for violation in self.stage.looked.violations(self.page):
            places = ", ".join(node["html"][:160] for node in violation["nodes"][:3])
            self._wrong(f"{violation['id']}: {violation['help']}: {places}")

    def close(self) -> None:
        self.context.close()
