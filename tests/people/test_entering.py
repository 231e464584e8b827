"""Coming in with a telephone number or an e-mail address: links by mail, codes by the branch or by short text."""

import re
import threading

import pytest
from sqlalchemy import select

from fundapp.history import queries as history
from fundapp.mail.models import Message
from fundapp.people import entering, queries, service
from fundapp.people.models import Code, FailedSignIn, Link, Person, SignIn
from fundapp.people.passwords import hash_password
from fundapp.people.permissions import Role
from fundapp.people.secrets import ALPHABET, grouped, new_code, plain
from tests import factories as make

PASSWORD = "correct horse battery"
NUMBER = "+97699112233"


def begin(client, address, next="/calls/3", **more):
    return client().post("/people/sign-in/begin", data={"address": address, "next": next}, **more)


def mailed(write, kind="people/enter"):
    """The address in the newest mail of this kind, without the site."""
    body = write(
        lambda s: s.scalars(select(Message.body).where(Message.kind == kind).order_by(Message.id.desc())).first()
    )
    return re.search(r"/people/\S+", body)[0]


def count(write, kind=Message):
    return write(lambda session: session.query(kind).count())


@pytest.fixture
def dorj(write):
    return write(lambda s: make.person(s, role="applicant", name="Dorj", email="dorj@example.org", phone="9911 2233"))


@pytest.fixture
def officer(write):
    return write(lambda session: make.person(session, role="officer", name="Oyun"))


# A link by mail


def test_a_new_address_makes_the_account_of_an_applicant(client, write):
    assert "Please look into your mail" in begin(client, " New@Example.org ").text
    visitor, url = client(), mailed(write)
    assert "Tell us your name" in visitor.get(url).text
    answer = visitor.post(url, data={"given_name": "Saran", "family_name": "Bold"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/calls/3")
    person = write(lambda session: queries.find_by_email(session, "new@example.org"))
    assert (person.shown_name, person.password_hash, [held.role for held in person.roles]) == (
        "Saran Bold",
        None,
        [Role.APPLICANT],
    )
    assert visitor.get("/people/account").status_code == 200


def test_a_name_is_asked_of_somebody_new_and_the_link_still_stands(client, write):
    begin(client, "new@example.org")
    answer = client().post(mailed(write), data={"given_name": " ", "family_name": "Bold"})
    assert (answer.status_code, "Please write your name." in answer.text, 'value="Bold"' in answer.text) == (
        422,
        True,
        True,
    )
    assert count(write, Person) == 0
    assert client().post(mailed(write), data={"given_name": "Saran"}).status_code == 303


def test_who_is_known_is_asked_for_nothing(client, dorj, write):
    begin(client, "DORJ@example.org")
    page = client().get(mailed(write)).text
    assert ("Welcome back, Dorj" in page, "given_name" in page) == (True, False)
    assert client().post(mailed(write)).status_code == 303
    assert count(write, Person) == 1


def test_a_link_works_once_and_only_by_its_button(client, dorj, write):
    begin(client, "dorj@example.org")
    url = mailed(write)
    assert [client().get(url).status_code for _scanner in range(2)] == [200, 200]
    assert [client().post(url).status_code for _time in range(2)] == [303, 410]
    assert client().get(url).status_code == 410


def test_a_link_is_over_after_thirty_minutes(client, dorj, write, clock):
    begin(client, "dorj@example.org")
    clock.forward(minutes=30)
    assert client().post(mailed(write)).status_code == 410


def test_a_newer_link_ends_the_older(client, dorj, write, clock):
    begin(client, "dorj@example.org")
    older = mailed(write)
    clock.forward(minutes=2)
    begin(client, "dorj@example.org")
    assert client().post(older).status_code == 410
    assert client().post(mailed(write)).status_code == 303


def test_two_links_for_one_new_address_make_one_account(client, write):
    begin(client, "new@example.org")
    write(
        lambda s: service.make_link(s, "join", None, lasts=service.INVITE, at=make.MORNING, address="new@example.org")
    )
    client().post(mailed(write), data={"given_name": "Saran"})
    key = write(
        lambda s: service.make_link(s, "join", None, lasts=service.INVITE, at=make.MORNING, address="new@example.org")
    )
    assert client().post(f"/people/enter/{key}", data={"given_name": "Other"}).status_code == 303
    assert write(lambda session: [one.given_name for one in session.query(Person)]) == ["Saran"]


def test_only_the_hash_of_a_key_is_kept(client, dorj, write):
    begin(client, "dorj@example.org")
    key = re.search(r"/enter/([^?]+)", mailed(write))[1]
    assert key not in str(vars(write(lambda session: session.scalars(select(Link)).one())))


def test_the_language_of_the_page_stays_with_the_account(client, write):
    begin(client, "new@example.org", headers={"accept-language": "mn"})
    visitor, url = client(), mailed(write)
    assert url.endswith("?lang=mn")
    assert '<html lang="mn"' in visitor.get(url).text
    visitor.post(url.partition("?")[0], data={"given_name": "Сарнай"})
    assert write(lambda session: session.query(Person).one().language) == "mn"


@pytest.mark.parametrize(
    "address", ["dorj@example.org", "nobody@example.org", "officer@example.org", "off@example.org"]
)
def test_every_address_gets_the_same_answer(client, dorj, write, address):
    write(lambda session: make.person(session, role="officer", email="officer@example.org", password=PASSWORD))
    write(lambda session: make.person(session, role="applicant", email="off@example.org", active=False))
    answer = begin(client, address)
    assert (answer.status_code, answer.text.replace(address, "X")) == (
        200,
        begin(client, "other@example.org").text.replace("other@example.org", "X"),
    )
    assert "fund=" not in str(answer.headers)


def test_who_is_switched_off_gets_no_link(client, dorj, write):
    write(lambda session: setattr(session.get_one(Person, dorj.id), "active", False))
    begin(client, "dorj@example.org")
    assert count(write) == 0


def test_asking_twice_at_once_mails_one_link_and_often_pauses(client, dorj, write, clock):
    for _click in range(2):
        begin(client, "dorj@example.org")
    assert count(write) == 1
    for _more in range(3):
        clock.forward(minutes=2)
        assert begin(client, "dorj@example.org").status_code == 200
    assert "asked for several times" in begin(client, "dorj@example.org").text
    assert "asked for several times" not in begin(client, "nobody@example.org").text
    clock.forward(minutes=16)
    assert begin(client, "dorj@example.org").status_code == 200


def test_links_asked_for_do_not_lock_a_password(client, write):
    write(lambda session: make.person(session, role="applicant", email="dorj@example.org", password=PASSWORD))
    for _time in range(queries.PER_ADDRESS + 1):
        begin(client, "dorj@example.org")
    answer = client().post("/people/sign-in", data={"email": "dorj@example.org", "password": PASSWORD})
    assert answer.status_code == 303


@pytest.mark.parametrize("url", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_a_link_leads_only_to_pages_of_this_site(client, dorj, write, url):
    begin(client, "dorj@example.org", next=url)
    assert client().post(mailed(write)).headers["location"] == "/"


@pytest.mark.parametrize("typed", ["", "dorj", "a b@example.org", "dorj@example", "123", "' OR 1=1 --"])
def test_what_is_neither_address_nor_number_is_told_next_to_the_field(client, write, typed):
    answer = begin(client, typed)
    assert (answer.status_code, 'id="address-error"' in answer.text, count(write)) == (422, True, 0)


# Who works for the fund needs the password


def test_staff_get_a_kind_word_instead_of_a_link(client, write):
    write(lambda session: make.person(session, role="officer", email="oyun@example.org", password=PASSWORD))
    begin(client, "oyun@example.org")
    assert mailed(write, "people/enter_staff") == "/people/sign-in?how=password"
    assert 'id="with-password" open' in client().get("/people/sign-in?how=password").text


def test_a_role_that_waits_for_its_confirmation_is_enough_to_need_the_password(client, dorj, write):
    write(lambda s: s.add(make.RoleHeld(person_id=dorj.id, role="manager", given_at=make.MORNING)))
    begin(client, "dorj@example.org")
    assert mailed(write, "people/enter_staff")


def test_a_link_made_before_somebody_became_staff_lets_them_in_no_more(client, dorj, write):
    begin(client, "dorj@example.org")
    write(lambda session: make.give(session, session.get_one(Person, dorj.id), role="finance"))
    answer = client().post(mailed(write))
    assert (answer.status_code, "sign in with your password" in answer.text) == (409, True)


def test_who_came_by_a_link_and_becomes_staff_signs_in_again(client, dorj, write):
    begin(client, "dorj@example.org")
    visitor = client()
    visitor.post(mailed(write))
    assert visitor.get("/people/account").status_code == 200
    write(lambda session: make.give(session, session.get_one(Person, dorj.id), role="finance"))
    assert visitor.get("/people/account").headers["location"].startswith("/people/sign-in")
    assert write(lambda session: session.scalars(select(SignIn.light)).one()) is True


# A code from the branch


def code_on(answer):
    return re.search(r"<code>(\w{4} \w{4})</code>", answer.text)[1]


def ask_code(client, officer, **data):
    return client(officer).post("/people/codes", data={"number": "9911 2233", **data})


def enter(client, code, number="9911 2233", **more):
    visitor = client()
    return visitor, visitor.post("/people/code", data={"number": number, "code": code, **more})


def test_codes_have_no_signs_that_one_takes_for_another():
    codes = [new_code() for _ in range(200)]
    assert {len(code) for code in codes} == {8}
    assert set("".join(codes)) <= set(ALPHABET)
    assert not set(ALPHABET) & set("0O1IL")
    assert len(ALPHABET) == 31


def test_a_code_may_be_typed_in_any_way():
    assert grouped("K7QM4XPA") == "K7QM 4XPA"
    assert {plain(typed) for typed in ("K7QM 4XPA", "k7qm-4xpa", " K7QM.4XPA", "К7QМ4ХРА")} == {"K7QM4XPA"}


def test_an_officer_makes_a_code_that_lets_its_person_in_once(client, dorj, officer, write):
    made = ask_code(client, officer, person=dorj.id)
    assert all(text in made.text for text in ("Dorj", "9911 2233", "http://testserver", "3 Mar 2026, 10:00"))
    code = code_on(made)
    visitor, answer = enter(client, code.lower().replace(" ", "-"), "+976 9911-2233", next="/calls/3")
    assert (answer.status_code, answer.headers["location"]) == (303, "/calls/3")
    assert visitor.get("/people/account").status_code == 200
    assert enter(client, code)[1].status_code == 422
    told = write(
        lambda session: [
            (t.entry.action, t.entry.by_id) for t in history.of_subject(session, f"people.person:{dorj.id}")
        ]
    )
    assert told == [("people.sign_in", dorj.id), ("people.make_code", officer.id)]


def test_only_a_slow_hash_of_a_code_is_kept(client, dorj, officer, write):
    code = plain(code_on(ask_code(client, officer, person=dorj.id)))
    kept = write(lambda session: session.scalars(select(Code)).one())
    assert kept.code_hash.startswith("$argon2id$v=19$m=47104")
    assert code not in str(vars(kept))
    entries = write(lambda session: [str(vars(told.entry)) for told in history.newest(session)])
    assert all(code not in entry for entry in entries)


def test_a_code_lasts_a_day(client, dorj, officer, clock):
    code = code_on(ask_code(client, officer, person=dorj.id))
    clock.forward(hours=24)
    assert enter(client, code)[1].status_code == 422


def test_a_newer_code_ends_the_older(client, dorj, officer):
    older, newer = (code_on(ask_code(client, officer, person=dorj.id)) for _ in range(2))
    assert [enter(client, code)[1].status_code for code in (older, newer)] == [422, 303]


def test_five_wrong_tries_end_a_code_and_not_the_password(client, dorj, officer, write):
    write(lambda s: setattr(s.get_one(Person, dorj.id), "password_hash", hash_password(PASSWORD, quick=True)))
    code = code_on(ask_code(client, officer, person=dorj.id))
    answers = [enter(client, "2222 2222")[1] for _ in range(5)]
    assert {(answer.status_code, "do not belong together" in answer.text) for answer in answers} == {(422, True)}
    assert enter(client, code)[1].status_code == 422
    answer = client().post("/people/sign-in", data={"email": "dorj@example.org", "password": PASSWORD})
    assert answer.status_code == 303
    assert enter(client, code_on(ask_code(client, officer, person=dorj.id)))[1].status_code == 303


def test_after_four_wrong_tries_the_fifth_may_be_right(client, dorj, officer):
    code = code_on(ask_code(client, officer, person=dorj.id))
    for _ in range(4):
        enter(client, "2222 2222")
    assert enter(client, code)[1].status_code == 303


def test_a_number_with_and_without_a_code_and_one_that_nobody_has_answer_alike(client, dorj, officer):
    nobody = enter(client, "2222 2222", "8800 0000")[1]
    known = enter(client, "2222 2222")[1]
    ask_code(client, officer, person=dorj.id)
    waiting = enter(client, "2222 2222")[1]
    texts = {answer.text.replace("8800 0000", "9911 2233") for answer in (nobody, known, waiting)}
    assert (len(texts), {answer.status_code for answer in (nobody, known, waiting)}) == (1, {422})


def test_one_network_cannot_try_many_numbers(client, dorj, officer, write, clock):
    enter(client, "2222 2222", "8800 0000")
    here = write(lambda session: session.scalars(select(FailedSignIn.address)).one())
    others = [FailedSignIn(account=f"n {n}", address=here, at=clock()) for n in range(queries.PER_ADDRESS - 1)]
    write(lambda session: session.add_all(others))
    assert "Too many attempts" in enter(client, code_on(ask_code(client, officer, person=dorj.id)))[1].text


def test_an_officer_writes_down_somebody_new(client, officer, write):
    made = ask_code(client, officer, given_name="Nara", family_name="Bat", language="mn")
    person = write(lambda session: queries.by_number(session, NUMBER))[0]
    assert (person.shown_name, person.language, person.phone, [held.role for held in person.roles]) == (
        "Nara Bat",
        "mn",
        "9911 2233",
        [Role.APPLICANT],
    )
    assert enter(client, code_on(made))[1].status_code == 303


def test_an_officer_gives_number_and_name(client, officer, write):
    assert "Please write the name." in ask_code(client, officer).text
    answer = ask_code(client, officer, number="12", given_name="Nara")
    assert (answer.status_code, "is no telephone number" in answer.text, count(write, Code)) == (422, True, 0)
    assert client(officer).get("/people/codes?number=12").status_code == 422
    assert "Nobody has this number yet" in client(officer).get("/people/codes?number=9911+2233").text


def test_two_people_on_one_number_have_a_code_each(client, dorj, officer, write):
    second = write(lambda session: make.person(session, role="applicant", name="Nara", phone="+97699112233"))
    page = client(officer).get("/people/codes?number=99112233").text
    assert all(f"Make a code for {name}" in page for name in ("Dorj", "Nara"))
    codes = [code_on(ask_code(client, officer, person=one.id)) for one in (dorj, second)]
    for code in reversed(codes):
        assert enter(client, code)[1].status_code == 303
    assert write(lambda session: list(session.scalars(select(SignIn.person_id).where(SignIn.light)))) == [
        second.id,
        dorj.id,
    ]


def test_nobody_makes_a_code_for_staff(client, officer, write):
    manager = write(lambda session: make.person(session, role="manager", name="Maral", phone="9911 2233"))
    assert (
        "works for the fund and signs in with a password" in client(officer).get("/people/codes?number=99112233").text
    )
    answer = ask_code(client, officer, person=manager.id)
    assert (answer.status_code, "works for the fund" in answer.text, count(write, Code)) == (422, True, 0)


def test_a_code_made_before_somebody_became_staff_is_refused_kindly(client, dorj, officer, write):
    code = code_on(ask_code(client, officer, person=dorj.id))
    write(lambda session: make.give(session, session.get_one(Person, dorj.id), role="finance"))
    answer = enter(client, code)[1]
    assert (answer.status_code, "sign in with your password" in answer.text) == (422, True)


@pytest.mark.parametrize("role", ["applicant", "member", "chair", "finance", "auditor", "admin"])
def test_only_officers_and_managers_make_codes(client, write, role):
    person = write(lambda session: make.person(session, role=role))
    assert client(person).get("/people/codes").status_code == 403
    assert client(person).post("/people/codes", data={"number": "9911 2233"}).status_code == 403


def test_of_many_tries_at_once_no_more_than_five_are_heard(database, dorj, write, clock):
    code_hash = hash_password("K7QM4XPA", quick=True)
    made = write(lambda s: entering._code(s, NUMBER, s.get_one(Person, dorj.id), code_hash, None, clock()))
    start, heard = threading.Barrier(12), []

    def guess() -> None:
        start.wait()
        heard.append(
            write(
                lambda session: (
                    len(queries.open_codes(session, NUMBER, clock()))
                    and not entering.find_code(session, NUMBER, None, at=clock())
                )
            )
        )

    threads = [threading.Thread(target=guess) for _ in range(12)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert write(lambda session: session.get_one(Code, made.id).tries) == 5
    assert write(lambda session: entering.find_code(session, NUMBER, made.id, at=clock())) is None


# A code as a short text


@pytest.fixture
def texting(settings):
    settings.sms_url = "http://127.0.0.1:9/texts"
    return settings


def texted(write):
    found = write(lambda session: list(session.scalars(select(Message).where(Message.kind == "people/code"))))
    return [(one.to_address, one.channel) for one in found], re.findall(
        r"\b[2-9A-Z]{4} [2-9A-Z]{4}\b", found[-1].short if found else ""
    )


def test_without_a_gateway_a_number_leads_to_the_field_for_the_code(client, dorj, write):
    answer = begin(client, "9911 2233")
    assert (answer.status_code, 'value="9911 2233"' in answer.text, "please call" in answer.text) == (200, True, True)
    assert (count(write, Code), count(write)) == (0, 0)


def test_with_a_gateway_the_code_comes_as_a_short_text(client, texting, dorj, write):
    begin(client, "+976 99112233")
    sent, codes = texted(write)
    assert sent == [(NUMBER, "text")]
    _, answer = enter(client, codes[0], next="/calls/3")
    assert (answer.status_code, answer.headers["location"]) == (303, "/calls/3")
    assert write(lambda session: session.scalars(select(SignIn.person_id)).one()) == dorj.id


def test_a_new_number_makes_the_account_once_the_name_is_given(client, texting, write):
    begin(client, "9911 2233")
    code = texted(write)[1][0]
    asks = enter(client, code)[1]
    assert (asks.status_code, "Tell us your name" in asks.text) == (200, True)
    assert enter(client, code, given_name="")[1].status_code == 422
    assert enter(client, code, given_name="Saran", family_name="Bold")[1].status_code == 303
    person = write(lambda session: session.query(Person).one())
    assert (person.shown_name, person.phone, person.email, [held.role for held in person.roles]) == (
        "Saran Bold",
        NUMBER,
        None,
        [Role.APPLICANT],
    )


def test_known_and_unknown_numbers_answer_alike(client, texting, dorj):
    known, unknown = begin(client, "9911 2233"), begin(client, "8800 0000")
    assert (known.status_code, known.text) == (unknown.status_code, unknown.text.replace("8800 0000", "9911 2233"))


def test_no_text_goes_to_staff_or_where_two_share_a_number(client, texting, dorj, write):
    write(lambda session: make.person(session, role="officer", phone="8811 0000"))
    write(lambda session: make.person(session, role="applicant", phone="9911 2233"))
    assert [begin(client, number).status_code for number in ("8811 0000", "9911 2233")] == [200, 200]
    assert (count(write), count(write, Code)) == (0, 0)


def test_texts_asked_for_twice_or_often_are_not_sent_again(client, texting, dorj, write, clock):
    for _click in range(3):
        begin(client, "9911 2233")
    assert len(texted(write)[0]) == 1
    for _more in range(3):
        clock.forward(minutes=2)
        begin(client, "9911 2233")
    assert len(texted(write)[0]) == 3
    assert "asked for several times" in begin(client, "9911 2233").text


# The page


def test_who_was_signed_in_with_a_password_here_finds_its_field_open(client, write, clock):
    person = write(lambda session: make.person(session, role="officer", password=PASSWORD))
    visitor = client(person)
    write(lambda session: session.query(SignIn).update({"ended_at": clock()}))
    assert 'id="with-password" open' in visitor.get("/people/sign-in").text
    assert 'id="with-password"><summary>' in client().get("/people/sign-in").text


def test_the_older_address_for_registering_leads_to_the_same_page(client):
    answer = client().get("/people/register?next=/measures/new%3Fcall%3D1")
    assert answer.headers["location"] == "/people/sign-in?next=/measures/new%3Fcall%3D1"
    assert "Before you write" in client().get(answer.headers["location"]).text


def test_what_was_typed_wrong_stands_there_again(client):
    answer = client().post("/people/sign-in/begin", data={"address": "dorj@", "next": "/calls/3"})
    assert all(
        text in answer.text for text in ('value="dorj@"', 'name="next" value="/calls/3"', "is no e-mail address")
    )
