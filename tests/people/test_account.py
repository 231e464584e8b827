"""One's own account: telephone and e-mail address, and a password that one may have or not."""

import re

import pytest
from sqlalchemy import select

from fundapp.mail.models import Message
from fundapp.people import entering, queries
from fundapp.people.models import Person, SignIn
from fundapp.people.passwords import hash_password
from tests import factories as make

PASSWORD, NEW = "correct horse battery", "a whole new sentence"


@pytest.fixture
def dorj(write):
    return write(
        lambda session: make.person(session, role="applicant", name="Dorj", email="dorj@example.org", phone="9911 2233")
    )


@pytest.fixture
def with_password(write, dorj):
    write(
        lambda session: setattr(session.get_one(Person, dorj.id), "password_hash", hash_password(PASSWORD, quick=True))
    )
    return dorj


def kept(write, person):
    return write(lambda session: session.get_one(Person, person.id))


def link(write):
    asked = select(Message).where(Message.kind == "people/address").order_by(Message.id.desc())
    mail = write(lambda session: session.scalars(asked).first())
    return mail.to_address, re.search(r"/people/\S+", mail.body)[0]


def signs_in(client, email="dorj@example.org", password=PASSWORD):
    return client().post("/people/sign-in", data={"email": email, "password": password}).status_code == 303


# The e-mail address


def test_a_new_address_holds_once_its_link_is_opened(client, dorj, write):
    visitor = client(dorj)
    assert visitor.post("/people/account/address", data={"email": "New@Example.org"}).status_code == 303
    to, url = link(write)
    assert (to, kept(write, dorj).email) == ("new@example.org", "dorj@example.org")
    assert "From now on we write to new@example.org" in client().get(url).text
    assert visitor.post(url).headers["location"] == "/people/account"
    assert kept(write, dorj).email == "new@example.org"
    assert visitor.get("/people/account").status_code == 200
    assert client().post(url).status_code == 410


def test_the_old_address_is_told_and_its_links_end(client, dorj, write):
    client().post("/people/sign-in/begin", data={"address": "dorj@example.org"})
    entry = write(lambda s: s.scalars(select(Message.body).where(Message.kind == "people/enter")).one())
    client(dorj).post("/people/account/address", data={"email": "new@example.org"})
    client(dorj).post(link(write)[1])
    told = write(lambda s: s.scalars(select(Message.to_address).where(Message.kind == "people/address_changed")).one())
    assert told == "dorj@example.org"
    assert client().post(re.search(r"/people/enter/[^?\s]+", entry)[0]).status_code == 410


def test_a_new_address_signs_out_everywhere_else(client, dorj, write):
    here, there = client(dorj), client(dorj)
    here.post("/people/account/address", data={"email": "new@example.org"})
    here.post(link(write)[1])
    assert [visitor.get("/people/account").status_code for visitor in (here, there)] == [200, 303]


def test_an_address_that_another_has_gets_the_same_answer_and_no_mail(client, dorj, write):
    write(lambda session: make.person(session, email="other@example.org"))
    answers = [
        client(dorj).post("/people/account/address", data={"email": email})
        for email in ("other@example.org", "free@example.org")
    ]
    cookies = {
        re.search(r"flash=([^;]+)", a.headers["set-cookie"])[1].replace("other", "X").replace("free", "X")
        for a in answers
    }
    assert len(cookies) == 1
    assert write(lambda session: list(session.scalars(select(Message.to_address)))) == ["free@example.org"]


def test_an_address_that_somebody_took_meanwhile_is_not_taken_twice(client, dorj, write):
    client(dorj).post("/people/account/address", data={"email": "new@example.org"})
    write(lambda session: make.person(session, email="new@example.org"))
    assert client(dorj).post(link(write)[1]).status_code == 409
    assert kept(write, dorj).email == "dorj@example.org"


def test_the_link_for_an_address_lasts_two_days(client, dorj, write, clock):
    client(dorj).post("/people/account/address", data={"email": "new@example.org"})
    clock.forward(days=2)
    assert client().post(link(write)[1]).status_code == 410


def test_who_has_a_password_gives_it_for_a_new_address(client, with_password, write):
    wrong = client(with_password).post("/people/account/address", data={"email": "new@example.org", "current": "wrong"})
    assert (wrong.status_code, "This is not your present password" in wrong.text) == (422, True)
    right = client(with_password).post(
        "/people/account/address", data={"email": "new@example.org", "current": PASSWORD}
    )
    assert right.status_code == 303


# The telephone


def test_a_new_number_is_found_however_it_is_written(client, dorj, write):
    assert client(dorj).post("/people/account/phone", data={"phone": "+976 8811-0000"}).status_code == 303
    assert write(lambda session: [one.id for one in queries.by_number(session, "+97688110000")]) == [dorj.id]
    assert write(lambda session: queries.by_number(session, "+97699112233")) == []


def test_codes_for_the_old_number_end(client, dorj, write, clock):
    write(lambda s: entering._code(s, "+97699112233", s.get_one(Person, dorj.id), "a hash", None, clock()))
    client(dorj).post("/people/account/phone", data={"phone": "8811 0000"})
    assert write(lambda session: queries.open_codes(session, "+97699112233", clock())) == []


def test_a_number_may_go_only_where_there_is_an_address(client, dorj, write):
    assert client(dorj).post("/people/account/phone", data={"phone": ""}).status_code == 303
    write(
        lambda session: (
            setattr(session.get_one(Person, dorj.id), "phone", "9911 2233"),
            setattr(session.get_one(Person, dorj.id), "email", None),
        )
    )
    answer = client(dorj).post("/people/account/phone", data={"phone": ""})
    assert (answer.status_code, "we need your number" in answer.text) == (422, True)


@pytest.mark.parametrize("phone", ["12", "dorj@example.org", "9911 2233 or 8811 0000"])
def test_what_is_no_number_is_told_and_kept_to_be_mended(client, dorj, write, phone):
    answer = client(dorj).post("/people/account/phone", data={"phone": phone})
    assert (answer.status_code, f'value="{phone}"' in answer.text, kept(write, dorj).phone) == (422, True, "9911 2233")


# The password


def test_a_password_may_be_set_and_removed(client, dorj, write):
    visitor = client(dorj)
    assert "You have none, and need none" in visitor.get("/people/account").text
    assert visitor.post("/people/account/password", data={"password": NEW}).status_code == 303
    assert signs_in(client, password=NEW)
    wrong = visitor.post("/people/account/password/remove", data={"current": "wrong"})
    assert (wrong.status_code, kept(write, dorj).password_hash is None) == (422, False)
    assert visitor.post("/people/account/password/remove", data={"current": NEW}).status_code == 303
    assert (kept(write, dorj).password_hash, signs_in(client, password=NEW)) == (None, False)
    assert visitor.get("/people/account").status_code == 200


def test_removing_it_signs_out_everywhere_else(client, with_password):
    here, there = client(with_password), client(with_password)
    here.post("/people/account/password/remove", data={"current": PASSWORD})
    assert [visitor.get("/people/account").status_code for visitor in (here, there)] == [200, 303]


def test_who_works_for_the_fund_keeps_the_password(client, write):
    officer = write(lambda session: make.person(session, role="officer", password=PASSWORD))
    assert "Remove the password" not in client(officer).get("/people/account").text
    answer = client(officer).post("/people/account/password/remove", data={"current": PASSWORD})
    assert (answer.status_code, kept(write, officer).password_hash is None) == (409, False)


def test_a_password_is_never_needed_to_set_the_first_but_to_set_the_next(client, with_password, write):
    assert client(with_password).post("/people/account/password", data={"password": NEW}).status_code == 422
    assert (
        client(with_password).post("/people/account/password", data={"password": NEW, "current": PASSWORD}).status_code
        == 303
    )


def test_an_applicant_reads_of_no_roles_and_deputies(client, dorj, write):
    officer = write(lambda session: make.person(session, role="officer"))
    assert ["Deputies" in client(one).get("/people/account").text for one in (dorj, officer)] == [False, True]
    assert write(lambda session: session.query(SignIn).count()) == 2
