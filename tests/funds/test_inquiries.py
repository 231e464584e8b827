"""Questions that anybody asks about a call: taken in, answered for all, told to who asked, set aside."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from fundapp.funds import inquiries, listing
from fundapp.funds.models import Inquiry
from fundapp.history.models import Entry
from fundapp.kit.errors import Refused
from fundapp.mail.models import Message
from fundapp.reminders.models import Obligation
from fundapp.rooms import duties
from tests import factories
from tests.factories import MORNING
from tests.funds.test_pages import errors, words

ASKED = {"name": "Bold", "email": "bold@example.org", "phone": "", "language": "en", "source": "here"}
PAYLOADS = [
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7*7 }}", "{% include '/etc/passwd' %}",
    '<div hx-get="/people/sign-out" hx-trigger="load">', "<svg/onload=alert(1)>", "javascript:alert(1)", "&lt;b&gt; & < > \" '",
    "=cmd|' /C calc'!A0", "%(name)s %s {0}", "\u202eevil", "<a href=//evil.example>here</a>",
]  # fmt: skip


def ask(session, call, text="May two cooperatives apply together?", **more):
    how = {"key": f"key-{text}", "at": MORNING} | ASKED | more
    return inquiries.ask(session, call, text=text, **how)


@pytest.fixture
def call(write):
    return write(lambda s: factories.call(s))


@pytest.fixture
def manager(client, write):
    return client(write(lambda s: factories.person(s, role="manager")))


def test_an_answer_is_owed_within_two_working_days(write, call):
    write(lambda s: ask(s, call))
    row = write(lambda s: s.scalars(select(Obligation)).one())
    assert (row.kind, row.due, row.case_id) == ("funds.inquiry", date(2026, 3, 4), None)
    assert duties()["funds.inquiry"].url == "/funds/inquiries/{id}"


def test_sent_twice_it_is_one_question(write, call):
    assert write(lambda s: ask(s, call).id) == write(lambda s: ask(s, call).id)


def test_question_and_answer_are_public_at_once_and_the_asker_is_told(write, call):
    def work(session):
        boss = factories.person(session, role="manager")
        row = ask(session, call)
        before = listing.answered(session, call.id)
        inquiries.answer(session, row, question="May two apply?", words="Yes.", by=boss, at=MORNING)
        return before, [(r.question, r.answer, r.text) for r in listing.answered(session, call.id)]

    assert write(work) == ([], [("May two apply?", "Yes.", "May two cooperatives apply together?")])
    mail = write(lambda s: s.scalars(select(Message)).one())
    assert (mail.to_address, mail.subject) == (
        "bold@example.org",
        f"Your question about the call “{call.title}” is answered",
    )
    assert "Answer:\nYes." in mail.body
    assert f"/calls/{call.id}#questions" in mail.body
    assert write(lambda s: s.scalars(select(Obligation.done_at)).one()) == MORNING


def test_a_corrected_answer_is_told_to_nobody_twice_and_keeps_its_day(write, call):
    def work(session):
        boss, row = factories.person(session, role="manager"), ask(session, call)
        for hours, said in ((0, "Yes."), (5, "Yes, with a sponsor.")):
            at = MORNING + timedelta(hours=hours)
            inquiries.answer(session, row, question=row.text, words=said, by=boss, at=at)
        return row.answer, row.published_at

    assert write(work) == ("Yes, with a sponsor.", MORNING)
    assert len(write(lambda s: s.scalars(select(Message)).all())) == 1


def test_newest_answers_stand_first(write, call):
    def work(session):
        boss = factories.person(session, role="manager")
        for n in range(3):
            row = ask(session, call, text=f"Question number {n}")
            inquiries.answer(session, row, question=row.text, words="Yes.", by=boss, at=MORNING + timedelta(days=n))
        return [row.question for row in listing.answered(session, call.id)]

    assert write(work) == ["Question number 2", "Question number 1", "Question number 0"]


def test_what_is_no_question_is_set_aside_with_a_reason_and_never_shown(write, call):
    def work(session):
        boss, row = factories.person(session, role="manager"), ask(session, call, text="Buy cheap watches")
        inquiries.set_aside(session, row, because="Advertising", by=boss, at=MORNING)
        with pytest.raises(Refused):
            inquiries.answer(session, row, question="x", words="y", by=boss, at=MORNING)
        return (
            listing.answered(session, call.id),
            listing.unanswered(session),
            listing.ended_inquiries(session)[0][0].because,
        )

    assert write(work) == ([], [], "Advertising")
    assert write(lambda s: s.scalars(select(Obligation.cancelled_at)).one()) == MORNING


def test_floods_from_one_place_are_held_back_and_others_may_ask(write, call):
    def work(session):
        for n in range(5):
            ask(session, call, text=f"Question {n}")
        with pytest.raises(Refused, match="Many questions have come"):
            ask(session, call, text="Question 6")
        ask(session, call, text="Question 7", source="elsewhere")
        ask(session, call, text="Question 8", at=MORNING + timedelta(hours=1, seconds=1))
        return len(session.scalars(select(Inquiry)).all())

    assert write(work) == 7


def test_a_closed_call_takes_no_questions(write):
    def work(session):
        ask(session, factories.call(session, closes_at=MORNING - timedelta(seconds=1)))

    with pytest.raises(Refused, match="This call is closed"):
        write(work)


@pytest.mark.sqlite
def test_a_stranger_asks_head_office_answers_and_everybody_reads(client, manager, write, call):
    stranger, said = client(), {"text": "May two cooperatives apply?", "email": "Bold@Example.org", "key": "once-upon"}
    for _again in range(2):
        assert stranger.post(f"/calls/{call.id}/questions", data=said).headers["location"] == f"/calls/{call.id}"
    assert "May two cooperatives apply?" not in stranger.get(f"/calls/{call.id}").text
    assert "Answer a public question" in words(manager.get("/"))
    assert "May two cooperatives apply?" in words(manager.get("/funds/inquiries"))
    assert "bold@example.org" in words(manager.get("/funds/inquiries/1"))
    answer = {"question": "May two apply together?", "answer": "Yes."}
    assert set(errors(manager.post("/funds/inquiries/1/answer", data=answer | {"answer": ""}))) == {"answer"}
    assert manager.post("/funds/inquiries/1/answer", data=answer).status_code == 303
    page = stranger.get(f"/calls/{call.id}").text
    assert "May two apply together?" in page
    assert "bold@example.org" not in page
    assert "Answer a public question" not in words(manager.get("/"))


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"text": "Why?"}, "text"),
        ({"text": "x" * 1001}, "text"),
        ({"email": "bold"}, "email"),
        ({"phone": "call me"}, "phone"),
        ({"name": "x" * 101}, "name"),
    ],
)
def test_a_question_that_cannot_be_taken_is_told_next_to_its_field(client, write, call, typed, field):
    said = {"text": "May two cooperatives apply?", "key": "once-upon"} | typed
    answer = client().post(f"/calls/{call.id}/questions", data=said)
    assert (answer.status_code, set(errors(answer))) == (422, {field})
    assert write(lambda s: s.scalars(select(Inquiry)).all()) == []


@pytest.mark.sqlite
@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_text_stays_text_wherever_it_is_shown(client, manager, write, call, payload):
    text = f"{payload} may we apply?"
    client().post(
        f"/calls/{call.id}/questions",
        data={"text": text, "name": payload[:100], "key": "once-upon", "email": "a@b.example"},
    )
    pages = [manager.get(path).text for path in ("/", "/funds/inquiries", "/funds/inquiries/1")]
    manager.post("/funds/inquiries/1/answer", data={"question": text, "answer": payload})
    pages += [client().get(f"/calls/{call.id}").text, manager.get("/funds/inquiries/1").text]
    for page in pages:
        assert not re.search(r"<script>alert|<img src=x|<svg/onload|hx-get=./people/sign-out|<a href=//evil", page)
        assert "49" not in re.findall(r"\{\{.*?\}\}|(49) may we", page)
    mail = write(lambda s: s.scalars(select(Message)).one())
    assert "\n" not in mail.subject
    assert text in mail.body


@pytest.mark.sqlite
@pytest.mark.parametrize("role", ["applicant", "officer", "member", "chair", "finance", "auditor", "admin"])
def test_who_asked_is_for_head_office_only(client, write, call, role):
    write(lambda s: ask(s, call))
    other = client(write(lambda s: factories.person(s, role=role)))
    assert other.get("/funds/inquiries").status_code == 403
    assert other.get("/funds/inquiries/1").status_code == 404
    assert other.post("/funds/inquiries/1/answer", data={}).status_code == 404


@pytest.mark.sqlite
def test_reading_who_asked_is_noted(manager, write, call):
    write(lambda s: ask(s, call))
    manager.get("/funds/inquiries/1")
    assert write(lambda s: s.scalars(select(Entry.data).where(Entry.action == "people.read")).one()) == {"what": "who asked"}  # fmt: skip
