"""Signing in and out with a password, links that set one: through the pages, with real passwords and real mail texts."""

import re

import pytest
from sqlalchemy import select

from fundapp.history import queries as history
from fundapp.mail.models import Message
from fundapp.people import queries, service
from fundapp.people.models import FailedSignIn, Link, Person, SignIn
from fundapp.people.passwords import FULL, SHORTEST, hash_password, matches, why_not
from tests import factories as make

PASSWORD = "correct horse battery"


@pytest.fixture
def bat(write):
    return write(
        lambda session: make.person(session, role="manager", name="Bat", email="bat@example.org", password=PASSWORD)
    )


def sign_in(client, email="bat@example.org", password=PASSWORD, **more):
    visitor = client()
    return visitor, visitor.post("/people/sign-in", data={"email": email, "password": password, **more})


def link_in(write, kind):
    """The newest link that was mailed."""
    body = write(
        lambda s: s.scalars(select(Message.body).where(Message.kind == kind).order_by(Message.id.desc())).first()
    )
    return re.search(r"/people/link/\S+", body)[0]


def test_a_person_signs_in_and_out(client, bat, write):
    visitor, answer = sign_in(client)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"]
    assert all(part in cookie for part in ("fund=", "HttpOnly", "SameSite=lax", "Path=/"))
    assert visitor.get("/people/account").status_code == 200
    assert visitor.post("/people/sign-out").headers["clear-site-data"] == '"cache", "storage"'
    assert visitor.get("/people/account").status_code == 303
    entries = write(lambda session: [t.entry.action for t in history.of_subject(session, f"people.person:{bat.id}")])
    assert entries == ["people.sign_out", "people.sign_in"]


def test_the_key_of_a_session_is_kept_only_as_its_hash(client, bat, write):
    visitor, _ = sign_in(client)
    kept = write(lambda session: session.scalars(select(SignIn)).one())
    assert visitor.cookies["fund"] not in str(vars(kept))


def test_a_session_that_somebody_planted_is_not_taken_over(client, bat, write):
    visitor = client()
    visitor.cookies.set("fund", "planted")
    visitor.post("/people/sign-in", data={"email": "bat@example.org", "password": PASSWORD})
    assert "planted" not in {cookie.value for cookie in visitor.cookies.jar if cookie.domain}
    assert write(lambda session: session.query(SignIn).count()) == 1


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("bat@example.org", "wrong"),
        ("nobody@example.org", PASSWORD),
        ("bat@example.org", PASSWORD + " "),
        ("' OR 1=1 --", "x"),
        ("nobody\0@example.org", "x"),
    ],
)
def test_wrong_and_unknown_get_the_same_answer(client, bat, email, password):
    _, answer = sign_in(client, email, password)
    assert (answer.status_code, "do not belong together" in answer.text, "fund=" in str(answer.headers)) == (
        422,
        True,
        False,
    )


def test_the_address_is_read_whatever_its_case(client, bat):
    assert sign_in(client, " BAT@Example.ORG ")[1].status_code == 303


def test_somebody_switched_off_does_not_come_in(client, bat, write):
    visitor, _ = sign_in(client)
    write(lambda session: setattr(session.get_one(Person, bat.id), "active", False))
    assert sign_in(client)[1].status_code == 422
    assert visitor.get("/people/account").status_code == 303


def test_after_five_failures_an_account_pauses_for_a_quarter_of_an_hour(client, bat, clock, write):
    for _ in range(queries.PER_ACCOUNT):
        assert "do not belong together" in sign_in(client, password="wrong")[1].text
    assert "Too many attempts" in sign_in(client)[1].text
    clock.forward(minutes=16)
    assert sign_in(client)[1].status_code == 303
    kept = write(lambda session: [f.account for f in session.scalars(select(FailedSignIn))])
    assert all("bat" not in account and len(account) == 64 for account in kept)


def test_one_address_cannot_try_many_accounts(client, bat, write, clock):
    sign_in(client, "guess@example.org", "wrong")
    here = write(lambda session: session.scalars(select(FailedSignIn.address)).one())
    others = [FailedSignIn(account=f"account {n}", address=here, at=clock()) for n in range(queries.PER_ADDRESS - 1)]
    write(lambda session: session.add_all(others))
    assert "Too many attempts" in sign_in(client)[1].text


@pytest.mark.parametrize(
    ("next_url", "leads_to"),
    [
        ("/cases/7", "/cases/7"),
        ("https://evil.example", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("//[evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_signing_in_leads_only_to_pages_of_this_site(client, bat, next_url, leads_to):
    assert sign_in(client, next=next_url)[1].headers["location"] == leads_to


def test_a_page_that_needs_signing_in_comes_back_to_itself(client, bat):
    assert client().get("/people/account").headers["location"] == "/people/sign-in?next=/people/account"
    assert (
        client()
        .get("/people/account", headers={"hx-request": "true"})
        .headers["hx-redirect"]
        .startswith("/people/sign-in")
    )


# How long a session lasts


def test_staff_sessions_end_after_thirty_idle_minutes(client, bat, clock):
    visitor, _ = sign_in(client)
    for _ in range(3):
        clock.forward(minutes=29)
        assert visitor.get("/people/account").status_code == 200
    clock.forward(minutes=31)
    assert visitor.get("/people/account").status_code == 303


def test_staff_sessions_end_after_twelve_hours_in_all(client, bat, clock):
    visitor, _ = sign_in(client)
    for _ in range(25):
        clock.forward(minutes=28)
        visitor.get("/people/account")
    assert visitor.get("/people/account").status_code == 200
    clock.forward(minutes=28)
    assert visitor.get("/people/account").status_code == 303


def test_applicants_stay_signed_in_for_two_weeks(client, write, clock):
    write(lambda session: make.person(session, role="applicant", email="dorj@example.org", password=PASSWORD))
    visitor, _ = sign_in(client, "dorj@example.org")
    clock.forward(days=13, hours=23)
    assert visitor.get("/people/account").status_code == 200
    clock.forward(hours=2)
    assert visitor.get("/people/account").status_code == 303


def test_last_seen_is_noted_at_most_once_a_minute(client, bat, clock, write):
    visitor, _ = sign_in(client)
    seen = lambda: write(lambda session: session.scalars(select(SignIn.last_seen_at)).one())  # noqa: E731
    began = clock()
    clock.forward(seconds=59)
    visitor.get("/people/account")
    assert seen() == began
    clock.forward(seconds=2)
    visitor.get("/people/account")
    assert seen() == clock()


def test_rights_are_read_with_every_request(client, bat, write, clock):
    admin = write(lambda session: make.person(session, role="admin"))
    visitor = client(admin)
    assert visitor.get("/people/persons").status_code == 200
    write(lambda session: session.execute(make.RoleHeld.__table__.update().values(ended_at=clock())))
    assert visitor.get("/people/persons").status_code == 403


# The account


def test_signing_out_everywhere_leaves_only_this_place(client, bat):
    here, there = sign_in(client)[0], sign_in(client)[0]
    assert here.post("/people/account/sign-out-everywhere").status_code == 303
    assert (here.get("/people/account").status_code, there.get("/people/account").status_code) == (200, 303)


def test_a_new_password_holds_and_signs_out_everywhere_else(client, bat):
    here, there = sign_in(client)[0], sign_in(client)[0]
    answer = here.post("/people/account/password", data={"current": PASSWORD, "password": "a whole new sentence"})
    assert answer.status_code == 303
    assert (here.get("/people/account").status_code, there.get("/people/account").status_code) == (200, 303)
    assert sign_in(client)[1].status_code == 422
    assert sign_in(client, password="a whole new sentence")[1].status_code == 303


@pytest.mark.parametrize(
    ("current", "new"),
    [
        ("wrong", "a whole new sentence"),
        (PASSWORD, "short"),
        (PASSWORD, "aaaaaaaaaaaa"),
        (PASSWORD, "bat@example.org"),
        (PASSWORD, ""),
    ],
)
def test_a_password_that_is_no_good_changes_nothing(client, bat, current, new):
    visitor, _ = sign_in(client)
    answer = visitor.post("/people/account/password", data={"current": current, "password": new})
    assert answer.status_code == 422
    assert PASSWORD not in answer.text
    assert sign_in(client)[1].status_code == 303


def test_the_language_follows_the_person(client, bat):
    visitor, _ = sign_in(client)
    assert visitor.post("/people/account/language", data={"language": "de"}).status_code == 303
    assert visitor.post("/people/account/language", data={"language": "xx"}).status_code == 409


# Links


def test_a_forgotten_password_is_set_anew_by_a_mailed_link_that_works_once(client, bat, write):
    assert client().post("/people/forgotten", data={"email": "BAT@example.org"}).status_code == 200
    url, visitor = link_in(write, "people/reset"), client()
    assert visitor.get(url).status_code == 200
    assert visitor.get(url).status_code == 200  # a mail scanner that opens it uses nothing up
    assert visitor.post(url, data={"password": "a whole new sentence"}).status_code == 303
    assert visitor.get("/people/account").status_code == 200
    assert visitor.post(url, data={"password": "another new sentence"}).status_code == 410
    assert sign_in(client, password="a whole new sentence")[1].status_code == 303


def test_a_reset_link_ends_after_thirty_minutes(client, bat, write, clock):
    client().post("/people/forgotten", data={"email": "bat@example.org"})
    clock.forward(minutes=30)
    assert client().post(link_in(write, "people/reset"), data={"password": "a whole new sentence"}).status_code == 410


def test_a_reset_signs_out_everywhere(client, bat, write):
    visitor, _ = sign_in(client)
    client().post("/people/forgotten", data={"email": "bat@example.org"})
    client().post(link_in(write, "people/reset"), data={"password": "a whole new sentence"})
    assert visitor.get("/people/account").status_code == 303


def test_an_unknown_address_gets_the_same_answer_and_no_mail(client, bat, write):
    known = client().post("/people/forgotten", data={"email": "bat@example.org"})
    unknown = client().post("/people/forgotten", data={"email": "nobody@example.org"})
    assert (known.status_code, known.text.replace("bat@", "nobody@")) == (unknown.status_code, unknown.text)
    assert write(lambda session: session.query(Message).count()) == 1


def test_asking_again_and_again_sends_one_mail(client, bat, write):
    for _ in range(5):
        client().post("/people/forgotten", data={"email": "bat@example.org"})
    assert write(lambda session: session.query(Message).count()) == 1


def test_a_link_of_one_purpose_serves_no_other(client, bat, write):
    client().post("/people/forgotten", data={"email": "bat@example.org"})
    url = link_in(write, "people/reset")
    assert client().get(url.replace("/reset/", "/invite/")).status_code == 410
    assert client().get(url.replace("/reset/", "/first_administrator/")).status_code == 410


def test_the_key_of_a_link_is_kept_only_as_its_hash(client, bat, write):
    client().post("/people/forgotten", data={"email": "bat@example.org"})
    key = link_in(write, "people/reset").rsplit("/", 1)[1]
    assert key not in str(vars(write(lambda session: session.scalars(select(Link)).one())))


# The first administrator


@pytest.fixture
def first_link(write, clock):
    return "/people/first/" + write(
        lambda session: service.make_link(session, "first_administrator", None, lasts=service.INVITE, at=clock())
    )


ADMIN = {"given_name": "Anna", "email": "anna@example.org", "password": "a whole new sentence"}


def test_the_first_person_becomes_administrator_by_a_link_that_works_once(client, first_link, write):
    visitor = client()
    assert visitor.get(first_link).status_code == 200
    assert visitor.post(first_link, data=ADMIN).status_code == 303
    assert visitor.get("/people/persons").status_code == 200
    assert client().post(first_link, data=ADMIN | {"email": "other@example.org"}).status_code == 404
    assert write(lambda session: session.query(Person).count()) == 1


def test_a_bad_password_does_not_use_the_first_link_up(client, first_link):
    assert client().post(first_link, data=ADMIN | {"password": "short"}).status_code == 422
    assert client().post(first_link, data=ADMIN).status_code == 303


def test_without_the_key_nobody_becomes_administrator(client, first_link):
    assert client().get("/people/first/made-up").status_code == 404
    assert client().post("/people/first/made-up", data=ADMIN).status_code == 404


# Passwords


def test_passwords_are_argon2id_at_full_cost():
    kept = hash_password("a whole new sentence")
    assert kept.startswith("$argon2id$v=19$m=47104,t=3,p=1$")
    assert not FULL.check_needs_rehash(kept)
    assert matches(kept, "a whole new sentence")
    assert not matches(kept, "a whole new sentences")
    assert not matches(None, "a whole new sentence")
    assert not matches("no hash at all", "x")


def test_a_good_password_is_long_and_not_the_name():
    assert why_not("correct horse") is None
    assert why_not("пароль из слов") is None
    assert why_not("x" * (SHORTEST - 1)) is not None
    assert why_not("x" * 201) is not None
    assert why_not("Bat@Example.org", "bat@example.org") is not None


def test_no_password_is_ever_written_to_a_page_or_the_history(client, bat, write):
    _, answer = sign_in(client, password="a secret that is wrong")
    assert "a secret that is wrong" not in answer.text
    sign_in(client)
    entries = write(lambda session: history.newest(session))
    assert all(PASSWORD not in str(vars(told.entry)) for told in entries)
