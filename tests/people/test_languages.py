"""Everybody reads in a language of their own: chosen on the account page, before signing in, or by the browser."""

import re

import pytest

from fundapp.people.models import Person
from tests import factories

GERMAN, MONGOLIAN = {"accept-language": "de-DE,de;q=0.9"}, {"accept-language": "mn"}


def spoken(answer):
    return re.search(r'<html lang="(\w+)"', answer.text)[1]


@pytest.mark.parametrize(
    ("browser", "language"), [(GERMAN, "de"), (MONGOLIAN, "mn"), ({"accept-language": "fr"}, "en")]
)
def test_a_stranger_reads_what_the_browser_asks_for(client, browser, language):
    assert spoken(client().get("/people/sign-in", headers=browser)) == language


def test_a_stranger_chooses_a_language_once(client):
    stranger = client()
    chosen = stranger.get("/people/sign-in?lang=mn", headers=GERMAN)
    assert spoken(chosen) == "mn"
    assert spoken(stranger.get("/people/sign-in", headers=GERMAN)) == "mn"


def test_a_link_to_another_language_keeps_the_address(client):
    page = client().get("/people/sign-in?next=%2Fcalls").text
    assert 'href="?next=%2Fcalls&amp;lang=de"' in page


def test_a_person_reads_in_the_language_of_the_account(client, write):
    person = write(lambda session: factories.person(session, language="de").id)
    reader = client(write(lambda session: session.get(Person, person)))
    assert spoken(reader.get("/people/account", headers=MONGOLIAN)) == "de"
    answer = reader.post("/people/account/language", data={"language": "mn"})
    assert answer.status_code == 303
    assert spoken(reader.get("/people/account", headers=GERMAN)) == "mn"


def test_the_language_stays_when_nobody_is_signed_in_any_more(client, write):
    person = write(lambda session: factories.person(session, language="mn").id)
    reader = client(write(lambda session: session.get(Person, person)))
    reader.get("/people/account")
    reader.post("/people/sign-out")
    assert spoken(reader.get("/people/sign-in", headers=GERMAN)) == "mn"


@pytest.mark.parametrize("address", ["/nothing/here", "/cases/9999999", "/cases/abc"])
def test_errors_are_told_in_the_readers_language_too(client, write, address):
    person = write(lambda session: factories.person(session, language="mn").id)
    reader = client(write(lambda session: session.get(Person, person)))
    reader.get("/people/account")
    assert spoken(reader.get(address, headers=GERMAN)) == "mn"
    assert spoken(client().get("/nothing/here", headers=GERMAN)) == "de"


def test_pages_in_a_language_are_kept_by_no_cache(client):
    assert client().get("/people/sign-in").headers["cache-control"] == "no-store"
