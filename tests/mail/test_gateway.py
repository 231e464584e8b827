"""Short texts go to a real HTTP server, exactly as agreed, each once whatever that server says."""

import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from fundapp.kit.database import Database
from fundapp.mail import jobs
from fundapp.mail.jobs import BACKOFF, FRESH, LEASE, send_due, send_texts
from fundapp.mail.models import Message
from fundapp.mail.service import LETTERS_WAIT, not_told, queue, stop_letters, told_by_phone
from tests import factories as make


class Gateway:
    """`answers`: the statuses of the next answers, then 202; `wait`: it keeps the first request waiting until it is set."""

    def __init__(self):
        self.received, self.answers, self.wait = [], [], None
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                gateway.received.append((self.path, dict(self.headers), json.loads(body)))
                if gateway.wait is not None:
                    gateway.wait.wait(10)
                self.send_response(gateway.answers.pop(0) if gateway.answers else 202)
                self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def do_GET(self):
                gateway.received.append((self.path, {}, {}))
                self.send_error(404)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/texts"

    @property
    def texts(self):
        return [body["text"] for _path, _headers, body in self.received]

    @property
    def keys(self):
        return [headers["Idempotency-Key"] for _path, headers, _body in self.received]


@pytest.fixture
def gateway():
    made = Gateway()
    thread = threading.Thread(target=made.server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join(10)


@pytest.fixture
def send(database, gateway, clock):
    return lambda url=None, token="": send_texts(database, url or gateway.url, token, clock)


@pytest.fixture
def post(write, clock):
    """post(key=...) -> the id of a text for somebody with a telephone and no e-mail address."""

    def tell(key="k", *, phone="9911 2233", language="en", number="LED-073-2026-0017", wait=timedelta(0), case=None):
        def work(session):
            person = make.person(session, role="applicant", phone=phone, language=language)
            person.email = None
            fields = {"title": "A mill", "number": number, "help": "", "link": "/", "sha256": "0" * 64}
            return queue(session, "measures/received", person, key=key, at=clock(), wait=wait, case=case, **fields).id

        return write(work)

    return tell


@pytest.fixture
def state(write):
    return lambda id: write(lambda session: session.get_one(Message, id))


def test_the_gateway_receives_number_and_text_with_key_and_token(post, send, gateway, state, clock):
    text = post()
    assert send(token="secret") == 1
    [(path, headers, body)] = gateway.received
    assert (path, body) == (
        "/texts",
        {"to": "+97699112233", "text": "Thank you. We have your proposal. Number: LED-073-2026-0017"},
    )
    assert (headers["Authorization"], headers["Content-Type"]) == ("Bearer secret", "application/json; charset=utf-8")
    assert headers["Idempotency-Key"].startswith(f"fund-{text}-")
    assert (state(text).sent_at, state(text).channel) == (clock(), "text")


def test_without_a_token_none_is_sent(post, send, gateway):
    post()
    send()
    assert "Authorization" not in gateway.received[0][1]


def test_what_somebody_writes_arrives_as_it_is(post, send, gateway):
    post(number='Ö "<&\\ 🐑 Ү')
    send()
    assert gateway.texts == ['Thank you. We have your proposal. Number: Ö "<&\\ 🐑 Ү']


def test_a_text_goes_out_once(post, send, gateway):
    assert post(key="once") == post(key="once")
    assert [send(), send(), send()] == [1, 0, 0]
    assert len(gateway.received) == 1


def test_without_a_gateway_texts_wait_for_the_branch(database, post, clock, state):
    text = post()
    assert send_texts(database, "", "", clock) == 0
    assert (state(text).sent_at, state(text).attempts) == (None, 0)


def test_mail_is_not_texted_and_texts_are_not_mailed(write, post, send, smtp, database, clock):
    post()
    write(lambda session: queue(session, "people/reset", make.person(session), key="mail", at=clock(), link="/x"))
    assert send_due(database, smtp.url, "fund@example.org", "http://x", clock) == 1
    assert send() == 1


def test_after_an_error_the_text_is_tried_again_with_the_same_key(post, send, gateway, state, clock):
    gateway.answers = [500]
    text = post()
    assert send() == 0
    assert (state(text).attempts, state(text).failed_at, "500" in state(text).error) == (1, None, True)
    clock.forward(seconds=59)
    assert send() == 0
    clock.forward(seconds=1)
    assert (send(), state(text).error) == (1, "")
    assert (len(gateway.keys), len(set(gateway.keys))) == (2, 1)


def test_an_answer_that_comes_too_late_is_asked_for_again_with_the_same_key(post, send, gateway, clock, monkeypatch):
    monkeypatch.setattr(jobs, "TIMEOUT", 0.2)
    gateway.wait = threading.Event()
    post()
    assert send() == 0
    gateway.wait.set()
    clock.forward(minutes=1)
    assert send() == 1
    assert (len(gateway.keys), len(set(gateway.keys))) == (2, 1)


def test_a_gateway_that_fails_is_left_alone_until_the_next_beat(post, send, gateway):
    gateway.answers = [503, 503]
    for n in range(3):
        post(f"k{n}")
    assert [send(), send(), send()] == [0, 0, 1]


def test_a_gateway_that_is_down_loses_nothing(post, send, gateway, state, clock):
    text = post()
    assert (send("http://127.0.0.1:1/"), bool(state(text).error)) == (0, True)
    clock.forward(minutes=1)
    assert send() == 1


@pytest.mark.parametrize("answer", [400, 422])
def test_what_the_gateway_will_never_send_is_the_branchs_at_once(post, send, gateway, state, clock, answer):
    gateway.answers = [answer]
    refused, good = post("a"), post("b")
    assert send() == 1
    assert (state(refused).failed_at, state(good).sent_at) == (clock(), clock())
    clock.forward(days=1)
    assert send() == 0


@pytest.mark.parametrize("answer", [301, 302, 307, 401, 404, 429])
def test_an_answer_that_is_no_yes_is_none(post, send, gateway, state, answer):
    gateway.answers = [answer]
    text = post()
    assert (send(), state(text).sent_at, state(text).failed_at) == (0, None, None)
    assert [path for path, _headers, _body in gateway.received] == ["/texts"]  # nobody was sent on to another address


def test_after_the_last_try_the_branch_tells_it(post, send, gateway, state, clock):
    gateway.answers = [500] * 10
    text = post()
    for minutes in BACKOFF:
        assert (send(), state(text).failed_at) == (0, None)
        clock.forward(minutes=minutes)
    assert (send(), state(text).failed_at) == (0, clock())
    assert (len(gateway.keys), len(set(gateway.keys))) == (len(BACKOFF) + 1, 1)


@pytest.mark.parametrize("phone", ["123456", "call the school", "0171 234567"])
def test_a_number_that_cannot_be_dialled_holds_up_nobody(post, send, gateway, state, phone):
    odd = post("a", phone=phone)
    post("b")
    assert (send(), len(gateway.received)) == (1, 1)
    assert state(odd).failed_at is not None


def test_old_news_is_not_texted(post, send, clock):
    post()
    clock.forward(days=FRESH.days)
    assert send() == 0


def test_a_letter_waits_and_can_be_stopped(write, post, send, clock, state):
    measure = write(lambda session: make.measure(session))
    stopped, later = post("a", wait=LETTERS_WAIT, case=measure), post("b", wait=LETTERS_WAIT)
    assert send() == 0
    assert write(lambda session: stop_letters(session, measure.id, at=clock())) == 1
    clock.forward(minutes=30)
    assert (send(), state(stopped).sent_at, state(later).sent_at) == (1, None, clock())


def test_what_was_told_by_phone_is_not_texted_until_it_is_taken_back(write, post, send, clock):
    text = post()
    officer = write(lambda session: make.person(session, role="officer"))

    def mark(verb):
        write(lambda session: verb(session, session.get_one(Message, text), by=officer, at=clock()))

    mark(told_by_phone)
    assert send() == 0
    mark(not_told)
    assert send() == 1


def test_a_process_that_died_while_sending_is_followed_by_another(write, post, send, clock):
    text = post()
    write(lambda session: setattr(session.get_one(Message, text), "claimed_until", clock() + LEASE))
    assert send() == 0
    clock.forward(minutes=5)
    assert send() == 1


def test_four_processes_at_once_send_each_text_once(database, post, gateway, clock):
    for n in range(20):
        post(f"k{n}", number=str(n))
    databases = [Database(database.url) for _ in range(4)]
    threads = [threading.Thread(target=send_texts, args=(each, gateway.url, "", clock)) for each in databases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    for each in databases:
        each.close()
    assert (len(gateway.keys), len(set(gateway.keys))) == (20, 20)
