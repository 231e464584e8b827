"""A call noted in the row, a promise, a notice settled: with htmx and with plain forms, nothing lost."""

from datetime import timedelta

import pytest

from fundapp.reminders.models import Notice, Obligation
from tests import factories as make

DAY = timedelta(days=1)


@pytest.fixture
def world(write):
    def work(session):
        branch = make.branch(session, phone="7000 1000")
        owner = make.person(session, role="applicant")
        measure = make.measure(
            session, status="running", branch=branch, owner=owner, short_title="", title="A new bridge"
        )
        owed = make.obligation(
            session, kind="disbursement.final_report", due=make.TODAY - 9 * DAY, subject="disbursement.report:1",
            case_id=measure.id, branch_id=branch.id,
        )  # fmt: skip
        officer = make.person(session, role="officer", branch=branch, phone="7000 2000")
        return {"owner": owner, "officer": officer, "measure": measure, "owed": owed}

    return write(work)


def kept(write, world):
    return write(lambda session: session.get(Obligation, world["owed"].id))


def test_a_call_noted_in_the_row_answers_with_the_row(client, write, world):
    at, row = f"/obligations/{world['owed'].id}/contact", f"o{world['owed'].id}"
    said = {"spoken_to": "the cook", "note": "", "promised": (make.TODAY + 3 * DAY).isoformat(), "back": "/"}
    answer = client(world["officer"]).post(at, data=said, headers={"hx-request": "true", "hx-target": row})
    assert answer.status_code == 200
    assert answer.text.strip().startswith(f'<li class="owed" id="{row}">')
    assert "promised for 5 Mar" in answer.text
    assert kept(write, world).promised == make.TODAY + 3 * DAY


@pytest.mark.parametrize("in_the_row", [True, False])
def test_a_promise_in_the_past_is_told_beside_its_field_and_nothing_is_lost(client, write, world, in_the_row):
    headers = {"hx-request": "true", "hx-target": f"o{world['owed'].id}"} if in_the_row else {}
    said = {"note": "she is ill", "promised": (make.TODAY - DAY).isoformat(), "back": "/today/late"}
    answer = client(world["officer"]).post(f"/obligations/{world['owed'].id}/contact", data=said, headers=headers)
    assert answer.status_code == 422
    assert ("<html" in answer.text) is not in_the_row
    assert "This day has passed." in answer.text
    assert "she is ill" in answer.text
    assert kept(write, world).contacted_at is None


def test_nothing_said_is_told_beside_the_field(client, world):
    answer = client(world["officer"]).post(f"/obligations/{world['owed'].id}/contact", data={"back": "/"})
    assert answer.status_code == 422
    assert "Say with whom you spoke" in answer.text


def test_what_is_done_by_a_step_cannot_be_ticked_off(client, write, world):
    said = {"done": "yes", "back": "/"}
    answer = client(world["officer"]).post(f"/obligations/{world['owed'].id}/contact", data=said)
    assert answer.status_code == 409
    assert kept(write, world).done_at is None


# What an applicant tells the branch


def tell(visitor, world, kind, **more):
    return visitor.post(f"/mine/{world['measure'].id}/{kind}", data={"key": "one", "phone": "7000 9999"} | more)


def test_something_has_changed_reaches_the_officer_and_is_late_after_two_working_days(client, write, world, clock):
    owner, officer = client(world["owner"]), client(world["officer"])
    assert tell(owner, world, "changed", words="The machine costs more.").status_code == 303
    assert "Noted: something has changed" in owner.get("/").text
    page = officer.get("/").text
    assert ("Answer: something has changed" in page, "The machine costs more." in page) == (True, True)
    assert 'href="tel:70009999"' in page
    due = write(lambda session: session.query(Obligation).filter_by(kind="reminders.changed").one().due)
    assert due == make.TODAY + 2 * DAY  # asked on a Monday
    clock.forward(days=3)
    assert "1 day late" in client(world["officer"]).get("/").text


def test_on_a_thursday_two_working_days_end_on_monday(client, write, world, clock):
    clock.forward(days=3)
    tell(client(world["owner"]), world, "call-me")
    assert write(lambda session: session.query(Obligation).filter_by(kind="reminders.call_back").one().due) == (
        make.TODAY + 7 * DAY
    )


def test_sent_twice_it_is_one_notice(client, write, world):
    owner = client(world["owner"])
    for _ in range(2):
        tell(owner, world, "call-me")
    assert write(lambda session: session.query(Notice).count()) == 1


def test_a_change_without_a_word_about_it_is_asked_for(client, write, world):
    answer = tell(client(world["owner"]), world, "changed", words="  ")
    assert answer.status_code == 422
    assert "Please say in a few words what has changed." in answer.text
    assert 'value="7000 9999"' in answer.text
    assert write(lambda session: session.query(Notice).count()) == 0


def test_the_officer_settles_it_in_the_row(client, write, world):
    tell(client(world["owner"]), world, "call-me")
    owed = write(lambda session: session.query(Obligation).filter_by(kind="reminders.call_back").one())
    officer = client(world["officer"])
    answer = officer.post(
        f"/obligations/{owed.id}/contact", data={"done": "yes", "back": "/"}, headers={"hx-target": f"o{owed.id}"}
    )
    assert "Settled." in answer.text
    assert "Call back" not in officer.get("/").text
    assert "Noted: the branch" not in client(world["owner"]).get("/").text


def test_the_applicant_takes_it_back_and_nobody_else_can(client, write, world):
    owner = client(world["owner"])
    tell(owner, world, "call-me")
    notice = write(lambda session: session.query(Notice).one())
    assert client(world["officer"]).post(f"/notices/{notice.id}/take-back").status_code == 404
    assert owner.post(f"/notices/{notice.id}/take-back").status_code == 303
    assert "Call back" not in client(world["officer"]).get("/").text
    assert owner.post(f"/notices/{notice.id}/take-back").status_code == 303


def test_only_the_applicant_of_a_measure_under_way_tells_something(client, write, world):
    at, said = f"/mine/{world['measure'].id}/call-me", {"key": "one"}
    stranger = write(lambda session: make.person(session, role="applicant"))
    assert [client(who).post(at, data=said).status_code for who in (stranger, world["officer"])] == [404, 404]
    draft = write(lambda session: make.measure(session, status="draft", owner=world["owner"]))
    assert client(world["owner"]).post(f"/mine/{draft.id}/call-me", data=said).status_code == 409
    assert client(world["owner"]).post(f"/mine/{world['measure'].id}/other", data=said).status_code == 404
