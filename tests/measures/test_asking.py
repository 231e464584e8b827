"""What a branch wrote for somebody without an e-mail address is confirmed on the telephone: the officer finds the text to read out."""

import json
from urllib.parse import unquote

import pytest

from fundapp.mail.models import Message
from tests import factories as make


@pytest.fixture
def world(write):
    def work(session):
        branch = make.branch(session)
        officer = make.person(session, role="officer", branch=branch)
        owner = make.person(session, role="applicant", phone="9911 2233")
        owner.email = None
        measure = make.measure(session, status="draft", branch=branch, owner=owner, prepared_by_id=officer.id)
        return officer, measure

    return write(work)


def asked(client, world):
    answer = client(world[0]).post(f"/measures/{world[1].id}/ask")
    assert answer.status_code == 303
    return json.loads(unquote(answer.cookies["flash"].strip('"')))


def test_who_has_no_address_is_asked_by_a_text_that_the_branch_tells(client, write, world):
    said = asked(client, world)
    assert "The text to read out stands under Messages." in said["text"]
    assert said["refused"] is False
    short = write(lambda session: session.query(Message).one().short)
    assert short == "Please read and confirm the proposal we wrote for you. We help."
    assert short in client(world[0]).get("/messages").text


def test_with_a_gateway_the_text_goes_by_itself(app, client, world, monkeypatch):
    monkeypatch.setattr(app.state.settings, "sms_url", "http://127.0.0.1:1/")
    assert asked(client, world)["text"] == "The applicant is asked by a short text to the telephone."
