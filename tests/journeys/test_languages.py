"""Every page of the demonstration, for every account, in another language: what is asked of the catalogues is marked for them."""

import html
import re
import shutil
from collections.abc import Iterator
from gettext import NullTranslations
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from fundapp.config import Settings
from fundapp.kit import i18n
from fundapp.main import create_app
from tests.house.test_languages import extracted
from tests.journeys.walk import make, own

HREF = re.compile(r'<a\b[^>]*?\bhref="([^"]+)"(?![^>]*\bdownload)')
ACCOUNT = re.compile(r'action="(/people/sign-in/as/\d+)"')
LANG = re.compile(r'<html lang="(\w+)"')


class Asked(NullTranslations):
    """Stands behind a catalogue and keeps what is not in it."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: set[str] = set()

    def gettext(self, message: str) -> str:
        self.messages.add(message)
        return message

    def ngettext(self, one: str, many: str, n: int) -> str:
        self.messages.add(one)
        return one if n == 1 else many


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[Asked]:
    i18n.catalogue.cache_clear()
    behind = Asked()
    i18n.catalogue("de").add_fallback(behind)
    yield behind
    i18n.catalogue.cache_clear()


@pytest.fixture
def demonstration(prepared: Path, tmp_path: Path) -> Iterator[TestClient]:
    """The demonstration as it is served, in this process."""
    home = shutil.copytree(prepared, tmp_path / "home")
    app = create_app(Settings(home=home, demo=True, base_url="http://testserver"))
    with TestClient(app, headers={"sec-fetch-site": "same-origin"}) as browser:
        yield browser
    app.state.database.close()


def walk(browser: TestClient, first: str) -> Iterator[tuple[str, Any]]:
    """Along the links in German; of pages of one make the first one."""
    todo, seen = [first], set[str]()
    while todo:
        path = todo.pop(0)
        if make(path) in seen:
            continue
        seen.add(make(path))
        answer = browser.get(path, params=None if "?" in path else {"lang": "de"})
        if "text/html" not in answer.headers.get("content-type", ""):
            continue
        yield path, answer
        todo += [link for link in map(html.unescape, HREF.findall(answer.text)) if own(link) and "lang=" not in link]


def test_pages_ask_only_for_what_is_marked(demonstration: TestClient, asked: Asked) -> None:
    accounts = ACCOUNT.findall(demonstration.get("/people/sign-in").text)
    assert len(accounts) > 7
    walked = 0
    for account in ["", *dict.fromkeys(accounts)]:
        demonstration.cookies.clear()
        demonstration.get("/calls?lang=de")
        if account:
            demonstration.post(account)
            demonstration.post("/people/account/language", data={"language": "de"})
        for path, answer in walk(demonstration, "/" if account else "/calls"):
            assert LANG.findall(answer.text) == ["de"], path
            assert answer.status_code < 500, path
            walked += 1
    assert walked > 100
    marked = {text for message in extracted() for text in message}
    assert sorted(asked.messages - marked) == []
