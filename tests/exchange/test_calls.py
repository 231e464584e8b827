"""The public pages of calls: what they say, how much they weigh, the calendar and the feed."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from lxml import etree

from fundapp.exchange import calls as told
from fundapp.exchange.feeds import ATOM, Told, calendar, feed
from fundapp.funds import inquiries, questions
from fundapp.funds.models import Call
from fundapp.funds.questions import Question
from tests import factories
from tests.factories import MORNING
from tests.house.test_lists import counted

HOSTILE = "A; B, C\\D\r\nBEGIN:VEVENT\nЁ " + "Нутаг даяар харагдах жижиг арга хэмжээ " * 8 + "<b>&\x00 🐑"


def unfolded(data: bytes) -> list[str]:
    """The content lines of a calendar (RFC 5545, 3.1)."""
    assert data.endswith(b"\r\n")
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    assert b"\n" not in data.replace(b"\r\n", b"")
    return data.decode().replace("\r\n ", "").rstrip("\r\n").split("\r\n")


def properties(lines: list[str]) -> dict[str, str]:
    return {name.split(";")[0]: value for name, _colon, value in (line.partition(":") for line in lines)}


def text(value: str) -> str:
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], value)


def a_call(**more: Any) -> Told:
    row = {
        "id": 7, "url": "https://fund.example/calls/7", "title": HOSTILE, "text": HOSTILE, "lang": "mn", "published_at": MORNING,
        "updated_at": MORNING + timedelta(days=1), "edition": 3, "deadlines": [("", HOSTILE, datetime(2026, 4, 15, 9, tzinfo=UTC))],
    } | more  # fmt: skip
    return Told(**row)


def test_a_calendar_is_folded_and_escaped_as_the_standard_says() -> None:
    lines = unfolded(calendar("Fund; of, all\n", "fund.example", [a_call()]))
    assert [line for line in lines if line.startswith(("BEGIN", "END"))] == [
        "BEGIN:VCALENDAR", "BEGIN:VEVENT", "END:VEVENT", "END:VCALENDAR",
    ]  # fmt: skip
    found = properties(lines)
    assert (found["UID"], found["DTSTART"], found["SEQUENCE"]) == ("call-7@fund.example", "20260415T090000Z", "2")
    assert (found["VERSION"], found["PRODID"]) == ("2.0", "-//Fund\\; of\\, all\\n//Calls//EN")
    assert text(found["SUMMARY"]) == HOSTILE.replace("\r\n", "\n").replace("\x00", "")
    assert found["DTSTAMP"] == "20260303T090000Z"


def test_a_region_with_more_time_is_an_event_of_its_own() -> None:
    deadlines = [("", "All", MORNING), ("MN-073", "Arkhangai", MORNING + timedelta(days=2))]
    lines = unfolded(calendar("Fund", "fund.example", [a_call(deadlines=deadlines)]))
    assert [line for line in lines if line.startswith("UID")] == [
        "UID:call-7@fund.example", "UID:call-7-mn-073@fund.example",
    ]  # fmt: skip


def test_a_feed_has_what_the_standard_asks_for_and_keeps_text_as_text() -> None:
    root = etree.fromstring(feed("Calls", "https://fund.example", [a_call()], MORNING))
    names = {"a": ATOM}
    said = {path: root.xpath(f"string({path})", namespaces=names) for path in ("a:id", "a:updated", "a:author/a:name")}
    assert said == {"a:id": "https://fund.example/calls", "a:updated": "2026-03-03T09:00:00+00:00", "a:author/a:name": "Calls"}  # fmt: skip
    assert root.xpath("string(a:entry/a:id)", namespaces=names) == "https://fund.example/calls/7"
    assert root.xpath("string(a:entry/a:title)", namespaces=names) == HOSTILE.replace("\x00", "").replace(
        "\r\n", "\r\n"
    )
    assert root.xpath("a:entry/a:title/*", namespaces=names) == []
    assert feed("Calls", "https://fund.example", [], MORNING).count(b"<entry") == 0


@pytest.mark.parametrize(
    ("left", "words"),
    [
        ({"days": 44, "hours": 5}, "44 days left"),
        ({"days": 1}, "1 day left"),
        ({"hours": 23, "minutes": 59}, "23 hours left"),
        ({"minutes": 59}, "less than an hour left"),
        ({"seconds": -1}, ""),
    ],
)
def test_the_time_that_is_left_is_told_in_words(left: dict[str, int], words: str) -> None:
    assert told.time_left(MORNING + timedelta(**left), MORNING) == words


@pytest.mark.parametrize(
    ("zone", "moment", "said"),
    [
        ("Asia/Ulaanbaatar", MORNING, "UTC+08:00"),
        ("Europe/Berlin", datetime(2026, 7, 1, tzinfo=UTC), "UTC+02:00"),
        ("America/St_Johns", MORNING, "UTC-03:30"),
    ],
)
def test_a_deadline_names_its_distance_from_utc(zone: str, moment: datetime, said: str) -> None:
    assert told.offset(moment, zone) == said


def largest(session: Any) -> Call:
    """A call with everything on its page, in a fund with its branches."""
    boss, fund = factories.person(session, role="manager"), factories.fund(session, zone="Asia/Ulaanbaatar")
    call = factories.call(
        session, fund=fund, text="What is funded. " * 300, texts={"mn": {"title": "Жижиг", "text": "Нутаг " * 800}},
        annexes=["registration", "offers", "photos", "map"], contact="Office, 7000 0000", short_limit=5_000_00,
        extensions=[{"region": "MN-073", "until": "2026-04-20T09:00:00+00:00", "reason": "Cut off by snow.", "at": MORNING.isoformat(), "by": boss.id}],
    )  # fmt: skip
    factories.scheme(session, call=call, committee=factories.committee(session))
    for _n in range(21):
        factories.branch(session)
    for n in range(20):
        how = {
            "name": "",
            "email": None,
            "phone": "",
            "language": "en",
            "source": str(n),
            "key": f"key-{n:05}",
            "at": MORNING,
        }
        row = inquiries.ask(session, call, text=f"Question {n}? " * 20, **how)
        inquiries.answer(session, row, question=row.text, words="Yes, because it is so. " * 20, by=boss, at=MORNING)
    return call


def weight(answer: Any) -> int:
    """Bytes of the body as they come over the line."""
    return int(answer.headers.get("content-length") or 0) or answer.num_bytes_downloaded


@pytest.mark.sqlite
@pytest.mark.parametrize("path", ["/calls", "/calls/1", "/calls/1?lang=mn"])
def test_a_first_visit_weighs_at_most_100_kilobytes_and_the_next_30(client: Any, write: Any, path: str) -> None:
    write(largest)
    web = client()
    page = web.get(path)
    assets = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text))
    assert len(assets) == 4
    served = [web.get(url) for url in assets]
    assert all("immutable" in answer.headers["cache-control"] for answer in served)
    whole = weight(page) + sum(weight(answer) for answer in served)
    assert weight(page) <= 30_000, weight(page)
    assert whole <= 100_000, whole


@pytest.mark.sqlite
def test_a_public_page_asks_few_questions_of_the_database(client: Any, write: Any, app: Any) -> None:
    write(largest)
    web, asked = client(), {}
    for path in ("/calls", "/calls/1", "/calls.ics", "/calls/1.ics", "/calls.atom"):
        with counted(app.state.database) as seen:
            assert web.get(path).status_code == 200
        asked[path] = len(seen)
    assert all(n <= 8 for n in asked.values()), asked


@pytest.mark.sqlite
def test_calendar_and_feed_tell_what_is_public(client: Any, write: Any) -> None:
    def work(session: Any) -> None:
        largest(session)
        factories.call(session, title="Secret", published_at=None)
        factories.call(session, title="Over", closes_at=MORNING - timedelta(days=1))

    write(work)
    web = client()
    whole = web.get("/calls.ics")
    assert whole.headers["content-type"] == "text/calendar; charset=utf-8"
    lines = unfolded(whole.content)
    assert [line for line in lines if line.startswith("UID")] == ["UID:call-1@testserver", "UID:call-1-mn-073@testserver"]  # fmt: skip
    assert "Secret" not in whole.text
    assert "Over" not in whole.text
    assert web.get("/calls/1.ics").content == whole.content
    atom = web.get("/calls.atom")
    assert atom.headers["content-type"] == "application/atom+xml; charset=utf-8"
    titles = etree.fromstring(atom.content).xpath("//a:entry/a:title/text()", namespaces={"a": ATOM})
    assert "Secret" not in titles
    assert "Over" in titles
    assert web.get("/calls/2.ics").status_code == 404
    assert web.get("/calls/nothing.ics").status_code == 404


@pytest.mark.sqlite
def test_closed_calls_stay_on_the_page_for_three_months(client: Any, write: Any) -> None:
    def work(session: Any) -> None:
        for title, days in (("Lately", 90), ("Long ago", 93)):
            opened, closed = MORNING - timedelta(days=200), MORNING - timedelta(days=days)
            factories.call(session, title=title, opens_at=opened, closes_at=closed)

    write(work)
    page = client().get("/calls").text
    assert "Closed in the last three months" in page
    assert "Lately" in page
    assert "Long ago" not in page


ASKED = [
    Question("q1", "one", {"en": "Whose land?", "mn": "Газар?"}, {"en": "Where it will stand."}, True, (("c1", {"en": "Our own"}), ("c2", {"en": "Rented"}))),
    Question("q2", "money", {"en": "What rent?"}, shown_if=("q1", "c2")),
    Question("q3", "long", {"en": "<b>Why?</b>"}),
    *(Question(f"k{n}", kind, {"en": f"A {kind}"}, choices=(("c1", {"en": "X"}), ("c2", {"en": "Y"}))) for n, kind in enumerate(questions.KINDS)),
]  # fmt: skip


@pytest.mark.sqlite
def test_the_preview_shows_the_call_and_every_page_of_the_empty_form(client: Any, write: Any) -> None:
    def work(session: Any) -> Any:
        factories.call(
            session, published_at=None, questions=questions.kept(ASKED), short_limit=5_000_00, annexes=["map"]
        )
        return factories.person(session, role="manager")

    web = client(write(work))
    page = web.get("/calls/1/preview").text
    for said in ("The whole form, page by page", "The short form, page by page", "What can go wrong", "Map or plan"):
        assert said in page, said
    assert "Shown only if “Whose land?” is: Rented" in page
    assert "&lt;b&gt;Why?&lt;/b&gt;" in page
    for name in ("a-q1", "a-q2", *(f"a-k{n}" for n in range(len(questions.KINDS)))):
        assert f'name="{name}"' in page, name
    assert "<form" not in page.partition("<main")[2].partition("</main>")[0]
    mongolian = web.get("/calls/1/preview?lang=mn").text
    assert "Газар?" in mongolian
    assert '<span lang="en">What rent?</span> <small class="soft">(English)</small>' in mongolian
    assert client().get("/calls/1/preview").status_code == 303
