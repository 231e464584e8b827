"""One request, one transaction: run, commit, send. Refused is rolled back, remembered is kept, and twins wait for each other."""

import asyncio
import sqlite3
import threading
from typing import Annotated, Any

import httpx2
import pytest
from fastapi import APIRouter, Depends, Request
from sqlalchemy import event, select, text
from sqlalchemy.exc import OperationalError
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from fundapp.funds.models import Counter
from fundapp.history import queries as history
from fundapp.history.service import note, record
from fundapp.kit import i18n
from fundapp.kit.database import TRIES, WriteSession, locked
from fundapp.kit.errors import Refused
from fundapp.kit.web.guard import SECURITY
from fundapp.kit.web.route import Reading, Route, Writing
from fundapp.people.access import Anyone, At, By, Visitor, allowed
from fundapp.people.models import Person
from fundapp.people.permissions import Action
from tests import factories as make

SAME = {"sec-fetch-site": "same-origin"}


def collide(session: Any) -> None:
    """What the database says when two transactions have crossed."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("DO $$ BEGIN RAISE EXCEPTION 'crossed' USING ERRCODE = '40001'; END $$"))
    raise OperationalError("UPDATE", {}, sqlite3.OperationalError("database is locked"))


def count(session: Any, name: str) -> int:
    found = session.get(Counter, name)
    return found.last if found else 0


def add_one(session: Any, name: str) -> int:
    row = locked(session, session.get_one(Counter, name))
    row.last += 1
    return int(row.last)


@pytest.fixture
def events() -> list[str]:
    return []


@pytest.fixture
def trial(app, write, events):
    """Some routes for the tests, behind everything that the real ones stand behind."""
    write(lambda session: session.add_all([Counter(name=name, last=0) for name in ("kept", "lost", "runs")]))
    router = APIRouter(prefix="/trial", route_class=Route, dependencies=[Anyone])

    @router.post("/kept")
    def kept(session: Writing) -> PlainTextResponse:
        events.append("run")
        return PlainTextResponse(str(add_one(session, "kept")))

    @router.post("/crossed")
    def crossed(session: Writing, request: Request) -> PlainTextResponse:
        events.append("run")
        add_one(session, "kept")
        if len(events) < int(request.query_params["good_at"]):
            collide(session)
        return PlainTextResponse("done")

    @router.post("/refused")
    def refused(session: Writing, at: At) -> PlainTextResponse:
        add_one(session, "lost")
        note(session, lambda later: later.execute(text("UPDATE funds_counter SET last = 7 WHERE name = 'kept'")))
        raise Refused("This is not open.", "The plan is missing.", field="plan")

    @router.post("/broken")
    def broken(session: Writing) -> PlainTextResponse:
        add_one(session, "lost")
        raise RuntimeError("a secret detail")

    @router.get("/sly")
    def sly(session: Reading) -> PlainTextResponse:
        session.execute(text("UPDATE funds_counter SET last = 99"))
        return PlainTextResponse("changed")

    @router.get("/thing/{id}")
    def thing(id: int, after: int = 0) -> PlainTextResponse:
        return PlainTextResponse(str(id))

    @router.get("/number/{id:int}")
    def number(id: int) -> PlainTextResponse:
        return PlainTextResponse(str(id))

    @router.get("/language")
    def spoken(by: Visitor) -> PlainTextResponse:
        return PlainTextResponse(i18n.LANGUAGE.get())

    @router.post("/recorded")
    def recorded(session: Writing, by: By, at: At) -> PlainTextResponse:
        record(session, "people.trial", by, by=by, at=at)
        return PlainTextResponse("noted")

    @router.get("/only-admins")
    def only_admins(by: Annotated[Person, allowed(Action.MANAGE_PEOPLE)]) -> PlainTextResponse:
        return PlainTextResponse("come in")

    @router.get("/same-session")
    def same_session(by: By, session: Reading, other: Annotated[Any, Depends(lambda: None)]) -> PlainTextResponse:
        return PlainTextResponse(str(by in session))

    app.fastapi.include_router(router)
    return app


def test_an_answer_leaves_only_after_the_commit(trial, events):
    class Watched:
        async def __call__(self, scope, receive, send):
            async def watching(message):
                if message["type"] == "http.response.start":
                    events.append("send")
                await send(message)

            await trial(scope, receive, watching)

    def committed(session):
        events.append("commit")

    event.listen(WriteSession, "after_commit", committed)
    try:
        answer = TestClient(Watched(), headers=SAME).post("/trial/kept")
    finally:
        event.remove(WriteSession, "after_commit", committed)
    assert (answer.text, events) == ("1", ["run", "commit", "send"])


def test_crossed_transactions_run_again_as_a_whole(trial, client, write, events):
    answer = client().post("/trial/crossed?good_at=3", files={"photo": ("a.png", b"x" * 2_000_000)})
    assert (answer.text, events) == ("done", ["run", "run", "run"])
    assert write(lambda session: count(session, "kept")) == 1


def test_what_never_succeeds_is_tried_six_times_and_changes_nothing(trial, client, write, events):
    answer = client().post("/trial/crossed?good_at=99")
    assert (answer.status_code, len(events)) == (500, TRIES)
    assert write(lambda session: count(session, "kept")) == 0


def test_a_refusal_changes_nothing_but_what_must_be_remembered(trial, client, write):
    answer = client().post("/trial/refused", data={"title": "Wool & water"})
    assert answer.status_code == 409
    assert "This is not open." in answer.text
    assert "The plan is missing." in answer.text
    assert 'value="Wool &amp; water"' in answer.text
    assert write(lambda session: (count(session, "lost"), count(session, "kept"))) == (0, 7)


def test_a_refusal_to_htmx_goes_to_the_messages(trial, client):
    answer = client().post("/trial/refused", headers={"hx-request": "true"})
    assert (answer.status_code, answer.headers["hx-retarget"]) == (409, "#messages")
    assert "<html" not in answer.text


def test_the_page_of_a_refusal_leaves_no_transaction_open(trial, client, write):
    manager = client(write(lambda session: make.person(session, role="manager")))
    assert manager.post("/trial/refused").status_code == 409
    assert trial.state.database.engine.pool.checkedout() == 0
    assert manager.post("/trial/kept").status_code == 200


def test_a_breakdown_says_nothing_of_its_cause(trial, client, write):
    manager = client(write(lambda session: make.person(session, role="manager")))
    answer = manager.post("/trial/broken")
    assert (answer.status_code, "a secret detail" in answer.text) == (500, False)
    assert write(lambda session: count(session, "lost")) == 0


def test_a_get_cannot_write(trial, client, write):
    assert client().get("/trial/sly").status_code == 500
    assert write(lambda session: count(session, "kept")) == 0


@pytest.mark.parametrize(
    ("url", "status"), [("/trial/thing/7", 200), ("/trial/thing/abc", 404), ("/trial/thing/7?after=x", 422)]
)
def test_an_address_that_cannot_be_read_gets_a_page(trial, client, url, status):
    answer = client().get(url)
    assert (answer.status_code, "detail" in answer.text) == (status, False)


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("/trial/thing/99999999999999999999", 404),
        ("/trial/number/99999999999999999999", 404),
        ("/trial/number/7", 200),
        ("/trial/thing/7?after=99999999999999999999", 404),
        ("/trial/thing/7?after=-99999999999999999999", 404),
        ("/trial/thing/7?after=9_999_999_999_999_999_999", 404),
        ("/trial/thing/99999999999999999999.0", 404),
        ("/trial/thing/7?q=99999999999999999999", 200),
        ("/trial/thing/7?q=%00", 400),
        ("/trial/th%00ing", 400),
    ],
)
def test_what_no_database_could_keep_is_turned_away(trial, client, url, status):
    assert client().get(url).status_code == status


def test_head_is_answered_like_get(trial, client):
    assert client().head("/trial/thing/7").status_code == 200


def test_who_was_refused_stands_in_the_history(trial, client, write):
    member = write(lambda session: make.person(session, role="member"))
    assert client(member).get("/trial/only-admins").status_code == 403
    (told,) = write(lambda session: history.of_subject(session, f"people.person:{member.id}"))
    assert (told.entry.action, told.entry.data) == ("people.refused", {"tried": Action.MANAGE_PEOPLE.value})


def test_the_person_is_loaded_in_the_session_of_the_route(trial, client, write):
    assert client(write(lambda session: make.person(session, role="member"))).get("/trial/same-session").text == "True"


def test_two_hundred_posts_at_once_are_all_answered(trial, write):
    async def all_at_once():
        transport = httpx2.ASGITransport(app=trial)
        async with httpx2.AsyncClient(
            transport=transport, base_url="http://testserver", headers=SAME, timeout=60
        ) as web:
            return await asyncio.gather(*(web.post("/trial/kept", data={"n": str(n)}) for n in range(200)))

    answers = asyncio.run(all_at_once())
    assert {answer.status_code for answer in answers} == {200}
    assert sorted(int(answer.text) for answer in answers) == list(range(1, 201))
    assert write(lambda session: count(session, "kept")) == 200


def test_two_hundred_recorded_steps_at_once_make_one_unbroken_chain(trial, write):
    person = write(lambda session: make.person(session, role="manager"))
    key = write(lambda session: make.sign_in(session, person))

    async def all_at_once():
        transport = httpx2.ASGITransport(app=trial)
        cookies = {"fund": key}
        async with httpx2.AsyncClient(
            transport=transport, base_url="http://testserver", headers=SAME, cookies=cookies, timeout=60
        ) as web:
            return await asyncio.gather(*(web.post("/trial/recorded") for _ in range(200)))

    assert {answer.status_code for answer in asyncio.run(all_at_once())} == {200}
    assert write(lambda session: (history.head(session)[0], history.broken(session))) == (200, [])


def test_reading_goes_on_while_writers_wait(trial, write):
    async def mixed():
        transport = httpx2.ASGITransport(app=trial)
        async with httpx2.AsyncClient(
            transport=transport, base_url="http://testserver", headers=SAME, timeout=60
        ) as web:
            posts = [web.post("/trial/kept") for _ in range(60)]
            reads = [web.get("/trial/thing/1") for _ in range(60)]
            return await asyncio.gather(*posts, *reads)

    assert {answer.status_code for answer in asyncio.run(mixed())} == {200}


@pytest.fixture
def german(tmp_path, monkeypatch):
    catalogue = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "This page is not there"\nmsgstr "Diese Seite gibt es nicht"\n'
    (tmp_path / "de.po").write_text(catalogue)
    monkeypatch.setattr(i18n, "LOCALES", tmp_path)
    i18n.catalogue.cache_clear()
    yield
    i18n.catalogue.cache_clear()


def test_everything_is_said_in_the_language_of_the_person_else_of_the_browser(trial, client, write, german):
    reader = write(lambda session: make.person(session, role="applicant", language="de"))
    in_german = {"accept-language": "de-DE,de;q=0.9"}
    assert client(reader).get("/trial/language").text == "de"
    assert client().get("/trial/language").text == "en"
    assert client().get("/trial/language", headers=in_german).text == "de"
    assert client().get("/trial/language?lang=de").text == "de"
    assert (
        client(write(lambda session: make.person(session, role="applicant")))
        .get("/trial/language", headers=in_german)
        .text
        == "en"
    )
    assert "Diese Seite gibt es nicht" in client().get("/nowhere", headers=in_german).text


def test_only_files_of_somebody_signed_in_are_taken_in(trial, client, write):
    picture = {"photo": ("a.png", b"\x89PNG\r\n\x1a\n" + b"x" * 100)}
    pretender = client()
    pretender.cookies.set("fund", "made up")
    pretender.post("/trial/kept", files=picture)
    assert list(trial.state.store.hashes()) == []
    client(write(lambda session: make.person(session, role="officer"))).post("/trial/kept", files=picture)
    assert len(list(trial.state.store.hashes())) == 1


# Forged requests and headers


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "same-origin"}, 200),
        ({"origin": "http://testserver"}, 200),
        ({}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "none"}, 403),
        ({"sec-fetch-site": "cross-site", "origin": "http://testserver"}, 403),
        ({"origin": "http://testserver.evil.example"}, 403),
        ({"origin": "https://testserver"}, 403),
        ({"origin": "null"}, 403),
    ],
)
def test_a_post_from_elsewhere_is_refused_before_it_is_read(trial, write, headers, status):
    assert TestClient(trial).post("/trial/kept", headers=headers).status_code == status
    assert write(lambda session: count(session, "kept")) == (1 if status == 200 else 0)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS"])
def test_other_methods_are_guarded_as_well(trial, method):
    assert TestClient(trial).request(method, "/trial/kept").status_code == 403


@pytest.mark.parametrize(
    ("method", "url", "status"),
    [
        ("GET", "/trial/thing/1", 200),
        ("GET", "/nowhere", 404),
        ("GET", "/trial/only-admins", 303),
        ("PUT", "/trial/kept", 405),
        ("POST", "/trial/refused", 409),
        ("POST", "/trial/broken", 500),
        ("GET", "/favicon.ico", 200),
    ],
)
def test_every_answer_carries_the_security_headers(trial, client, method, url, status):
    answer = client().request(method, url)
    assert answer.status_code == status
    assert {name: answer.headers[name] for name in SECURITY} == SECURITY
    assert answer.headers["cache-control"] == (
        "public, max-age=31536000, immutable" if "favicon" in url else "no-store"
    )


def test_a_forged_request_gets_the_headers_too(trial):
    answer = TestClient(trial).post("/trial/kept")
    assert {name: answer.headers[name] for name in SECURITY} == SECURITY


def test_a_body_over_forty_megabytes_is_refused(trial, client, write):
    answer = client().post("/trial/kept", files={"scan": ("scan.pdf", b"x" * (40 * 1024 * 1024))})
    assert (answer.status_code, "40 MB" in answer.text) == (413, True)
    assert {name: answer.headers[name] for name in SECURITY} == SECURITY
    assert write(lambda session: count(session, "kept")) == 0


def test_a_body_whose_length_nobody_knows_is_counted(trial, client, write):
    def endless():
        for _ in range(41):
            yield b"x" * (1024 * 1024)

    kind = {"content-type": "multipart/form-data; boundary=x"}
    answer = client().post("/trial/kept", content=endless(), headers=kind)
    assert answer.status_code in (400, 413)
    assert write(lambda session: count(session, "kept")) == 0


def test_a_body_that_is_no_form_is_refused(trial, client, write):
    assert client().post("/trial/kept", json={"n": 1}).status_code == 415
    assert write(lambda session: count(session, "kept")) == 0


def test_a_slow_line_holds_no_lock(trial, write):
    """While one body is still on its way, others write."""
    started, finish = threading.Event(), threading.Event()

    def slowly():
        yield b"name="
        started.set()
        finish.wait(20)
        yield b"x"

    async def slow_body():
        for part in slowly():
            yield part
            await asyncio.sleep(0)

    def post_slowly():
        async def run():
            transport = httpx2.ASGITransport(app=trial)
            async with httpx2.AsyncClient(transport=transport, base_url="http://testserver", headers=SAME) as web:
                kind = {"content-type": "application/x-www-form-urlencoded"}
                return await web.post("/trial/kept", content=slow_body(), headers=kind)

        answers.append(asyncio.run(run()))

    answers: list[Any] = []
    thread = threading.Thread(target=post_slowly)
    thread.start()
    assert started.wait(20)
    write(lambda session: add_one(session, "lost"))
    finish.set()
    thread.join(20)
    assert answers[0].text == "1"
    assert write(lambda session: session.scalars(select(Counter.last).order_by(Counter.name)).all()) == [1, 1, 0]
