"""Today, the case file, calls noted, steps taken back, the outbox and health, through their addresses."""

from datetime import timedelta

import pytest

from fundapp.documents.models import Document
from fundapp.history import queries as history
from fundapp.history.service import record
from fundapp.kit.errors import Refused
from fundapp.mail.models import Message
from fundapp.mail.service import LETTERS_WAIT, queue
from fundapp.measures import checking
from fundapp.measures import queries as measures
from fundapp.measures.models import Declaration, Measure
from fundapp.overview import steps
from fundapp.overview.reading import reads
from fundapp.people.models import Person
from fundapp.rating.models import Member
from fundapp.rating.proceedings import Decision, Meeting
from fundapp.reminders.models import Obligation
from tests import factories as make


@pytest.fixture
def world(write):
    def work(session):
        branch = make.branch(session)
        owner = make.person(session, role="applicant")
        sent = make.measure(session, status="submitted", branch=branch, owner=owner)
        return {
            "branch": branch,
            "owner": owner,
            "officer": make.person(session, role="officer", branch=branch),
            "stranger": make.person(session, role="officer", branch=make.branch(session)),
            "manager": make.person(session, role="manager"),
            "finance": make.person(session, role="finance"),
            "admin": make.person(session, role="admin"),
            "chair": make.person(session, role="chair"),
            "sent": sent,
        }

    return write(work)


def test_each_person_reads_first_what_waits_for_them(client, world):
    officer = client(world["officer"]).get("/").text
    assert ">1 proposal to check</a>; nothing is late." in officer
    assert f'href="/measures/{world["sent"].id}/check">Check eligibility' in officer
    assert "Nothing waits for you today; nothing is late." in client(world["stranger"]).get("/").text
    assert client(world["owner"]).get("/").headers["location"] == "/measures"


def test_who_is_not_signed_in_is_shown_the_calls(client):
    assert client().get("/").headers["location"] == "/calls"


@pytest.mark.parametrize(
    ("who", "status"), [("owner", 200), ("officer", 200), ("manager", 200), ("stranger", 404), ("finance", 404)]
)
def test_the_case_file_opens_to_those_who_may_read_it(client, world, who, status):
    assert client(world[who]).get(f"/cases/{world['sent'].id}").status_code == status


def test_a_conflict_of_interest_closes_the_case_file_to_a_manager_too(client, world, write, clock):
    conflict = Declaration(
        measure_id=world["sent"].id, person_id=world["manager"].id, conflict=True, kind="family", declared_at=clock()
    )
    write(lambda session: session.add(conflict))
    assert client(world["manager"]).get(f"/cases/{world['sent'].id}").status_code == 404
    assert world["sent"].title not in client(world["manager"]).get("/").text


def test_a_call_is_noted_with_its_promise_and_the_due_date_stays(client, world, write):
    due = make.TODAY - timedelta(days=9)
    owed = write(
        lambda session: make.obligation(
            session, kind="measures.check", due=due, subject=f"measures.measure:{world['sent'].id}",
            case_id=world["sent"].id, branch_id=world["branch"].id,
        )
    )  # fmt: skip
    officer, promised = client(world["officer"]), make.TODAY + timedelta(days=4)
    assert "9 days late" in officer.get("/").text
    said = {"spoken_to": "the cook", "note": "on Friday", "promised": promised.isoformat(), "back": "/"}
    assert officer.post(f"/obligations/{owed.id}/contact", data=said).status_code == 303
    kept = write(lambda session: session.get(Obligation, owed.id))
    assert (kept.due, kept.promised, kept.spoken_to, kept.note) == (due, promised, "the cook", "on Friday")
    assert client(world["stranger"]).post(f"/obligations/{owed.id}/contact", data=said).status_code == 403
    address = f"/cases/{world['sent'].id}"
    assert "on Friday" in officer.get(address).text
    assert "on Friday" not in client(world["owner"]).get(address).text  # what staff noted about them


def accepted(write, world, clock):
    """The proposal accepted by the officer, all open checks answered."""

    def work(session):
        measure, officer = measures.get(session, world["sent"].id), session.get(Person, world["officer"].id)
        measure.organisation  # noqa: B018 - loaded with the measure
        lines = checking.checklist.lines(session, measure, clock())
        looked = {"list": "Sanctions list", "on": "2026-03-02", "found": "no entry"}
        answers = {x.check.code: ("pass", "seen", "", looked) for x in lines}
        checking.answer(session, measure, answers, by=officer, at=clock())
        checking.accept(session, measure, by=officer, at=clock())

    write(work)


def test_a_step_taken_back_leaves_both_in_the_history_and_stops_its_letter(client, write, world, clock):
    accepted(write, world, clock)
    clock.forward(minutes=5)
    page = client(world["officer"]).get(f"/cases/{world['sent'].id}").text
    assert "Take back: Accept as eligible" in page
    assert client(world["officer"]).post(f"/cases/{world['sent'].id}/take-back").status_code == 303
    case = world["sent"].id
    assert write(lambda session: session.get(Measure, case).status) == "submitted"
    assert write(lambda session: [told.entry.action for told in history.of_case(session, case)][:2]) == [
        "measures.take_back", "measures.accept",
    ]  # fmt: skip
    assert write(lambda session: session.query(Message).filter_by(case_id=case, stopped_at=None).count()) == 0


def test_another_officer_or_a_later_day_needs_a_manager_with_a_reason(write, world, clock):
    accepted(write, world, clock)
    at = clock.forward(hours=25)

    def back(who, because):
        def work(session):
            measure = measures.get(session, world["sent"].id)
            steps.take_back(session, measure, by=session.get(Person, world[who].id), at=at, because=because)

        return work

    with pytest.raises(Refused, match="within 24 hours"):
        write(back("officer", "a slip"))
    with pytest.raises(Refused, match="Please give a reason"):
        write(back("manager", ""))
    write(back("manager", "accepted in the wrong row"))
    assert write(lambda session: session.get(Measure, world["sent"].id).status) == "submitted"


def test_a_personal_link_in_the_outbox_is_for_the_administrator_alone_and_reading_it_is_noted(
    client, write, world, clock
):
    link = "/people/link/reset/a-secret"
    waiting = write(
        lambda session: queue(
            session, "people/reset", session.get(Person, world["owner"].id), key="k", at=clock(), link=link
        )
    )
    assert "a-secret" not in client(world["manager"]).get(f"/outbox/{waiting.id}").text
    assert "http://testserver/people/link/reset/a-secret" in client(world["admin"]).get(f"/outbox/{waiting.id}").text
    newest = write(lambda session: history.newest(session)[0].entry)
    assert (newest.action, newest.by_id, newest.data["what"]) == ("people.read", world["admin"].id, "personal link")
    assert client(world["finance"]).get("/outbox").status_code == 403


def test_where_mail_goes_out_nobody_reads_a_personal_link(client, write, world, clock, app):
    waiting = write(
        lambda session: queue(
            session, "people/reset", session.get(Person, world["owner"].id), key="k", at=clock(), link="/a-secret"
        )
    )
    app.state.settings.smtp_url = "smtp://127.0.0.1:25"
    assert "a-secret" not in client(world["admin"]).get(f"/outbox/{waiting.id}").text


def test_history_and_outbox_leave_out_a_case_that_a_conflict_closes(client, write, world, clock):
    def work(session):
        measure = session.get(Measure, world["sent"].id)
        record(session, "measures.edit", measure, by=world["owner"], at=clock(), because="a canary of words")
        queue(
            session, "people/reset", session.get(Person, world["owner"].id), key="k", at=clock(), case=measure, link="/"
        )
        session.add(
            Declaration(
                measure_id=measure.id, person_id=world["manager"].id, conflict=True, kind="family", declared_at=clock()
            )
        )

    write(work)
    manager, other = client(world["manager"]), client(write(lambda session: make.person(session, role="manager")))
    assert ("canary" in manager.get("/history").text, "canary" in other.get("/history").text) == (False, True)
    sent = 'href="/outbox/1"'
    assert (sent in manager.get("/outbox").text, sent in other.get("/outbox").text) == (False, True)
    assert (manager.get("/outbox/1").status_code, other.get("/outbox/1").status_code) == (404, 200)


def test_a_waiting_mail_can_be_stopped_a_sent_one_cannot(client, write, world, clock):
    def work(session):
        owner = session.get(Person, world["owner"].id)
        return queue(session, "people/reset", owner, key="k", at=clock(), wait=LETTERS_WAIT, link="/")

    waiting = write(work)
    assert client(world["manager"]).post(f"/outbox/{waiting.id}/stop").status_code == 303
    write(lambda session: setattr(session.get(Message, waiting.id), "sent_at", clock()))
    assert client(world["manager"]).post(f"/outbox/{waiting.id}/stop").status_code == 409


def test_minutes_are_read_by_who_sees_scores_and_has_no_conflict_in_them(write, world, clock):
    def work(session):
        call = make.call(session)
        committee = make.committee(session)
        session.add(
            Member(
                committee_id=committee.id, person_id=world["chair"].id, sector="private", chair=True, joined_at=clock()
            )
        )
        meeting = Meeting(
            committee_id=committee.id,
            call_id=call.id,
            held_on=make.TODAY,
            place="Town hall",
            typed_by_id=world["manager"].id,
        )
        session.add(meeting)
        session.flush()
        session.add(Decision(meeting_id=meeting.id, measure_id=world["sent"].id, outcome="reject", yes=3, no=0))
        minutes = Document(name="minutes", subject=f"rating.meeting:{meeting.id}", case_id=None)
        asked = {
            who: reads(session, session.get(Person, world[who].id), minutes)
            for who in ("manager", "chair", "finance", "officer")
        }
        session.add(
            Declaration(
                measure_id=world["sent"].id,
                person_id=world["chair"].id,
                conflict=True,
                kind="family",
                declared_at=clock(),
            )
        )
        session.flush()
        return asked, reads(session, session.get(Person, world["chair"].id), minutes)

    assert write(work) == ({"manager": True, "chair": True, "finance": False, "officer": False}, False)


def test_health_is_told_without_signing_in(client):
    answer = client().get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"database": True, "heartbeat": True, "disk": True})
