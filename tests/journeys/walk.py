"""Walks every page that each account of a demonstration can reach by links, and says what is wrong with them.

By hand, against a demonstration that is being served:
python -m tests.journeys.walk http://127.0.0.1:8000 --language mn --scheme dark --width 390 --pictures /tmp/mn
"""

import argparse
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from playwright.sync_api import Error, sync_playwright

from tests.conftest import BROWSERS, SWITCHES
from tests.journeys.looking import Looked
from tests.journeys.person import DESK, TOO_WIDE

LINKS = "[...document.querySelectorAll('a[href]:not([download])')].map((each) => each.getAttribute('href'))"
ACCOUNTS = """[...document.querySelectorAll('form[action*="/sign-in/as/"]')].map(
    (each) => [each.querySelector("button").textContent.trim(), each.querySelector("span").textContent.trim()])"""
FILES = re.compile(r"/file$|\.(docx|xlsx|csv|pdf|ics|atom|json)$")
LEFT_OUT = {"lang", "after", "before"}  # another page of the same make
SAME = re.compile(
    r"(?<=/)(en|de|mn)$|(?<=^/settings/)(?!preset).+|(?<=^/evaluation/results/).+|(?<=^/documents/templates/).+"
)
NARROWED = re.compile(r"^/(measures|evaluation/results\b.*|history)$")  # the same list with fewer rows


@dataclass
class Walk:
    """How the pages are looked at, and what was found: (who, address, what is wrong)."""

    browser: Any
    url: str
    language: str = "en"
    scheme: str = "light"
    width: int = DESK
    axe: bool = True
    pictures: Path | None = None
    once: bool = False  # one account of each role is enough
    most: int = 0  # bytes that a page may weigh as it is sent; 0: not asked
    seen: set[str] = field(default_factory=set)
    looked: Looked = field(default_factory=Looked)
    wrong: list[tuple[str, str, str]] = field(default_factory=list)
    weights: dict[str, int] = field(default_factory=dict)

    def everybody(self) -> None:
        """Each account in turn, and somebody who is not signed in."""
        with self.stands() as page:
            page.goto(self.said("/people/sign-in"))
            found = page.evaluate(ACCOUNTS)
            self.pages(page, "nobody", "/calls")
        first = {role: name for name, role in reversed(found)}
        for name in [name for name, role in found if not self.once or first[role] == name]:
            with self.stands() as page:
                page.goto(self.said("/people/sign-in"))
                page.get_by_role("button", name=name, exact=True).click()
                page.wait_for_load_state()
                self.pages(page, name, "/")

    def stands(self) -> Any:
        how: dict[str, Any] = {"color_scheme": self.scheme, "viewport": {"width": self.width, "height": 800}}
        context = self.browser.new_context(base_url=self.url, reduced_motion="reduce", **how)
        context.set_default_timeout(20_000)
        return context.new_page()

    def pages(self, page: Any, who: str, first: str) -> None:
        """From `first` along the links; of pages of one make (`/cases/1`, `/cases/2`) the first one."""
        todo, mine = [first], set[str]()
        while todo:
            path = todo.pop(0)
            if make(path) in mine:
                continue
            mine.add(make(path))
            try:
                answer = page.goto(self.said(path))
            except Error as error:
                if "Download is starting" in error.message:
                    continue
                raise
            if answer.status >= 400:
                self.wrong.append((who, path, f"answers {answer.status}"))
                continue
            self.weigh(answer, who, path)
            self.look(page, who, path)
            todo += [link for link in page.evaluate(LINKS) if own(link)]

    def said(self, path: str) -> str:
        parts = urlsplit(path)
        asked = "&".join([*filter(None, [parts.query]), urlencode({"lang": self.language})])
        return path if self.language == "en" else urlunsplit(parts._replace(query=asked))

    def weigh(self, answer: Any, who: str, path: str) -> None:
        """What the page itself takes on the line; style sheet, script and signs are there since the first visit."""
        weight = answer.request.sizes()["responseBodySize"]
        self.weights[path] = max(weight, self.weights.get(path, 0))
        if self.most and weight > self.most:
            self.wrong.append((who, path, f"weighs {weight} bytes"))

    def look(self, page: Any, who: str, path: str) -> None:
        if (wide := page.evaluate(TOO_WIDE)) > 0:
            self.wrong.append((who, path, f"{wide} px wider than the window"))
        if not page.locator("main").inner_text().strip():
            self.wrong.append((who, path, "an empty page"))
        key = f"{who} {make(path)}"
        if self.pictures is not None:
            page.screenshot(path=self.pictures / f"{re.sub('[^a-z0-9]+', '-', key.lower())}.png", full_page=True)
        if self.axe:
            for violation in self.looked.violations(page):
                places = ", ".join(node["html"][:120] for node in violation["nodes"][:2])
                self.wrong.append((who, path, f"{violation['id']}: {places}"))
        self.seen.add(key)


def make(path: str) -> str:
    """The make of a page: its address without numbers, and the names of what was asked."""
    parts = urlsplit(path)
    asked = sorted({each.partition("=")[0] for each in parts.query.split("&") if each} - LEFT_OUT)
    if NARROWED.match(parts.path):
        asked = asked[:1] and ["narrowed"]
    path = re.sub(r"\d+", "N", SAME.sub("X", parts.path))
    return path + ("?" + "&".join(asked) if asked else "")


def own(link: str) -> bool:
    """A page of this site, and no file."""
    parts = urlsplit(link)
    return link.startswith("/") and not parts.netloc and not FILES.search(parts.path) and not link.startswith("/static")


def told(walk: Walk) -> Iterator[str]:
    for who, path, what in walk.wrong:
        yield f"{who} at {path}: {what}"


def main() -> None:
    asks = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asks.add_argument("url")
    asks.add_argument("--language", default="en")
    asks.add_argument("--scheme", choices=("light", "dark"), default="light")
    asks.add_argument("--width", type=int, default=DESK)
    asks.add_argument("--once", action="store_true", help="one account of each role")
    asks.add_argument("--no-axe", action="store_true")
    asks.add_argument("--pictures", type=Path)
    said = asks.parse_args()
    if said.pictures is not None:
        said.pictures.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        found = next(path for name in BROWSERS if (path := shutil.which(name)))
        browser = playwright.chromium.launch(executable_path=found, args=SWITCHES)
        walk = Walk(
            browser, said.url, said.language, said.scheme, said.width, not said.no_axe, said.pictures, said.once
        )
        walk.everybody()
        browser.close()
    heavy = sorted(((weight, path) for path, weight in walk.weights.items()), reverse=True)[:5]
    print(*(f"{weight} bytes: {path}" for weight, path in heavy), sep="\n")  # noqa: T201
    print(*told(walk), f"{len(walk.seen)} pages walked, {len(walk.wrong)} wrong", sep="\n")  # noqa: T201


if __name__ == "__main__":
    main()
