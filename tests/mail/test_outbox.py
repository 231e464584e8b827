"""Mail is queued with the verb and sent after it, once, through a real SMTP server, whatever that server says."""

import threading
from datetime import timedelta

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select

from fundapp.kit.database import Database
from fundapp.mail import queries
from fundapp.mail.jobs import BACKOFF, LEASE, send_due
from fundapp.mail.models import Message
from fundapp.mail.service import LETTERS_WAIT, queue, stop, stop_letters
from tests import factories as make

FROM = "LED Fund <fund@example.org>"


@pytest.fixture
def post(write, clock):
    """post('bat@example.org', key=...) -> the id of a queued mail."""

    def send(email="bat@example.org", *, key="k", wait=timedelta(0), case=None, name="Bat", language="en"):
        def work(session):
            found = session.scalars(select(make.Person).where(make.Person.email == email)).first()
            person = found or make.person(session, email=email, name=name, language=language)
            return queue(
                session, "people/reset", person, key=key, at=clock(), wait=wait, case=case, link="/people/link/reset/x"
            ).id

        return write(work)

    return send


@pytest.fixture
def send(database, smtp, clock):
    return lambda url=None: send_due(database, url or smtp.url, FROM, "https://fund.example.org/", clock)


@pytest.fixture
def state(write):
    def of(id):
        return write(lambda session: session.get_one(Message, id))

    return of


def test_a_mail_goes_out_with_its_address_filled_in(write, post, send, smtp, state, clock):
    message = post()
    write(lambda session: setattr(session.get_one(Message, message), "subject", "Сайн уу, Болд 🐑"))
    assert send() == 1
    (mail,) = smtp.to("bat@example.org")
    assert (mail["From"], mail["Subject"]) == (FROM, "Сайн уу, Болд 🐑")
    assert mail["Message-ID"].startswith(f"<fund-{message}-")
    assert mail["Message-ID"].endswith("@example.org>")
    assert "https://fund.example.org/people/link/reset/x" in mail.get_content()
    assert state(message).sent_at == clock()


def test_a_mail_goes_out_once(post, send, smtp):
    post()
    assert [send(), send(), send()] == [1, 0, 0]
    assert len(smtp.messages) == 1


def test_queued_again_with_the_same_key_it_is_the_same_mail(post, send, smtp):
    assert post(key="once") == post(key="once")
    send()
    assert len(smtp.messages) == 1


def test_a_person_without_an_address_gets_none(write, clock):
    def work(session):
        person = make.person(session)
        person.email, person.phone = None, "+976 9911 2233"
        return queue(session, "people/reset", person, key="k", at=clock(), link="/x")

    assert write(work) is None


def test_what_was_rolled_back_is_not_sent(write, send, smtp, clock):
    def work(session):
        queue(session, "people/reset", make.person(session), key="k", at=clock(), link="/x")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write(work)
    assert (send(), smtp.messages) == (0, [])


def test_letters_wait_so_that_a_step_can_be_taken_back(write, post, send, smtp, clock, state):
    measure = write(lambda session: make.measure(session))
    stopped = post(key="a", wait=LETTERS_WAIT, case=measure)
    at_once = post(key="b", case=measure)
    assert send() == 1
    assert write(lambda session: stop_letters(session, measure.id, at=clock())) == 1
    clock.forward(hours=1)
    assert send() == 0
    assert (state(stopped).sent_at, state(at_once).stopped_at) == (None, None)


def test_a_letter_that_has_waited_goes_out(post, send, clock):
    post(wait=LETTERS_WAIT)
    clock.forward(minutes=29)
    assert send() == 0
    clock.forward(minutes=1)
    assert send() == 1


def test_a_stopped_mail_stays(write, post, send, clock):
    message = post()
    write(lambda session: stop(session, session.get_one(Message, message), at=clock()))
    assert send() == 0


def test_without_a_server_mail_stays_in_the_outbox(database, post, write, clock):
    post()
    assert send_due(database, "", FROM, "http://x", clock) == 0
    assert write(queries.waiting) == 1


def test_an_address_that_does_not_exist_is_given_up_at_once(post, send, smtp, state, clock):
    smtp.refuse["gone@example.org"] = "550 no such person"
    gone, good = post("gone@example.org", key="a"), post(key="b")
    assert send() == 1
    assert (state(gone).failed_at, "550" in state(gone).error) == (clock(), True)
    assert state(good).sent_at == clock()
    clock.forward(days=30)
    assert send() == 0


def test_a_server_that_is_busy_is_asked_again_later_and_later(post, send, smtp, state, clock):
    smtp.refuse["busy@example.org"] = "451 try again later"
    message = post("busy@example.org")
    waits = []
    for minutes in BACKOFF:
        assert send() == 0
        waits.append((state(message).claimed_until - clock()) // timedelta(minutes=1))
        clock.forward(minutes=minutes - 0.5)
        assert (send(), state(message).failed_at) == (0, None)
        clock.forward(minutes=0.5)
    assert waits == list(BACKOFF)
    assert send() == 0
    assert state(message).failed_at == clock()


def test_what_was_refused_for_now_goes_out_when_the_server_takes_it(post, send, smtp, state, clock):
    smtp.refuse["busy@example.org"] = "451 try again later"
    message = post("busy@example.org")
    send()
    del smtp.refuse["busy@example.org"]
    clock.forward(minutes=1)
    assert (send(), state(message).error) == (1, "")


def test_a_server_that_is_down_loses_nothing(post, send, smtp, state, clock):
    ids = [post(key=f"k{n}") for n in range(3)]
    assert send("smtp://127.0.0.1:1") == 0
    assert all(state(id).error and state(id).failed_at is None and state(id).attempts == 0 for id in ids)
    assert send() == 0
    clock.forward(minutes=1)
    assert send() == 3


def test_an_address_that_cannot_be_written_down_holds_up_nobody(post, send, state, write):
    broken, good = post(key="a"), post(key="b")
    write(
        lambda session: setattr(session.get_one(Message, broken), "to_address", "bat@example.org\nBcc: all@example.org")
    )
    assert send() == 1
    assert (state(broken).failed_at is not None, state(good).sent_at is not None) == (True, True)


def test_a_connection_that_breaks_puts_back_only_what_is_left(post, state, database, clock):
    class Drops:
        count = 0

        async def handle_DATA(self, server, session, envelope):  # noqa: N802
            self.count += 1
            if self.count == 2:
                server.transport.close()
            return "250 OK"

    from tests.conftest import free_port  # noqa: PLC0415

    ids = [post(key=f"k{n}") for n in range(3)]
    controller = Controller(Drops(), hostname="127.0.0.1", port=free_port())
    controller.start()
    sent = send_due(database, f"smtp://127.0.0.1:{controller.port}", FROM, "http://x", clock)
    controller.stop()
    assert sent == 1
    assert [state(id).sent_at is not None for id in ids] == [True, False, False]
    assert [state(id).failed_at for id in ids] == [None, None, None]


def test_a_process_that_died_while_sending_is_followed_by_another(write, post, send, clock):
    message = post()
    write(lambda session: setattr(session.get_one(Message, message), "claimed_until", clock() + LEASE))
    assert send() == 0
    clock.forward(minutes=5)
    assert send() == 1


def test_four_processes_at_once_send_each_mail_once(database, post, smtp, clock):
    for n in range(40):
        post(f"p{n}@example.org", key=f"k{n}")
    databases = [Database(database.url) for _ in range(4)]
    threads = [threading.Thread(target=send_due, args=(each, smtp.url, FROM, "http://x", clock)) for each in databases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    for each in databases:
        each.close()
    assert sorted(mail["To"] for mail in smtp.messages) == sorted(f"p{n}@example.org" for n in range(40))


def test_a_subject_is_one_line(write, clock):
    def work(session):
        person = make.person(session, name="Bat\nBcc: all@example.org")
        return queue(session, "people/invite", person, key="k", at=clock(), link="/x").subject

    assert "\n" not in write(work)


def test_the_outbox_is_read_newest_first_in_pages(write, post):
    ids = [post(key=f"k{n}") for n in range(5)]
    assert [message.id for message in write(lambda session: queries.outbox(session, limit=2))] == ids[:2:-1]
    assert [m.id for m in write(lambda session: queries.outbox(session, before=ids[3], limit=2))] == [ids[2], ids[1]]
