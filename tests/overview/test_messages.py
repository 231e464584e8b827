"""Who has no e-mail address is told by telephone: the branch finds the text, copies it, notes that it was told, or that it was not."""

import re
from datetime import timedelta

import pytest

from fundapp.history.models import Entry
from fundapp.mail import queries
from fundapp.mail.models import Message
from fundapp.mail.service import LETTERS_WAIT, queue, stop_letters
from fundapp.measures.models import Declaration
from tests import factories as make
from tests.house.test_lists import counted

SAID = "Thank you. We have your proposal. Number: LED-041-2026-0001"


def letter(session, measure, *, at, key="k", wait=timedelta(0), to=None):
    fields = {"title": measure.title, "number": measure.number, "help": "", "link": "/", "sha256": "0" * 64}
    owner = to or session.get_one(make.Person, measure.owner_id)
    return queue(session, "measures/received", owner, key=key, at=at, wait=wait, case=measure, **fields)


@pytest.fixture
def world(write, clock):
    def work(session):
        here, there = make.branch(session), make.branch(session)
        owner = make.person(session, role="applicant", name="Bold", phone="9911 2233")
        owner.email = None
        made = {
            "here": here,
            "owner": owner,
            "officer": make.person(session, role="officer", branch=here, name="Oyun"),
            "other": make.person(session, role="officer", branch=there),
            **{role: make.person(session, role=role) for role in ("manager", "finance", "auditor", "member")},
        }
        made["measure"] = make.measure(session, branch=here, owner=owner, title="A mill", number="LED-041-2026-0001")
        made["text"] = letter(session, made["measure"], at=clock())
        return made

    return write(work)


def kept(write, world):
    return write(lambda session: session.get_one(Message, world["text"].id))


def words(answer):
    whole = re.sub(r"<[^>]+>", " ", answer.text.split("<main")[1].split("</main")[0])
    return " ".join(whole.split())


def tell(visitor, world, verb="told", back="/messages"):
    return visitor.post(f"/messages/{world['text'].id}/{verb}", data={"back": back})


def test_somebody_without_an_address_gets_a_text_and_no_mail(write, world):
    text = kept(write, world)
    assert (text.channel, text.to_address, text.short) == ("text", "9911 2233", SAID)
    assert text.subject == "We have your proposal: LED-041-2026-0001"
    assert write(queries.waiting) == 0  # mails


def test_a_mail_has_its_short_text_too(write, world, clock):
    def work(session):
        mailed = letter(session, world["measure"], at=clock(), key="m", to=make.person(session, role="applicant"))
        return mailed.channel, mailed.short

    assert write(work) == ("mail", SAID)


def test_the_officer_reads_whom_to_call_and_what_to_say(client, world):
    answer = client(world["officer"]).get("/messages")
    assert "1 message waits to be told by phone." in words(answer)
    assert ('href="tel:99112233"' in answer.text, SAID in answer.text, 'lang="en"' in answer.text) == (True, True, True)
    assert "waits to be told since 2 Mar" in words(answer)
    assert f'data-copy="say{world["text"].id}"' in answer.text


def test_the_first_page_counts_what_is_to_be_told(client, world):
    assert "1 message to tell by phone" in words(client(world["officer"]).get("/"))
    assert "to tell by phone" not in words(client(world["other"]).get("/"))
    assert "to tell by phone" not in words(client(world["manager"]).get("/"))  # this branch has an officer


@pytest.mark.parametrize(("who", "seen"), [("officer", True), ("manager", True), ("other", False)])
def test_the_branch_and_head_office_see_it_and_no_other_branch(client, world, who, seen):
    visitor = client(world[who])
    assert (SAID in visitor.get("/messages").text) is seen
    assert tell(visitor, world).status_code == (303 if seen else 404)


@pytest.mark.parametrize("who", ["owner", "finance", "auditor", "member"])
def test_who_does_not_tell_has_no_such_page(client, write, world, who):
    visitor = client(world[who])
    assert visitor.get("/messages").status_code == 403
    assert tell(visitor, world).status_code in (403, 404)
    assert kept(write, world).told_at is None


def test_a_conflict_of_interest_closes_it(client, write, world, clock):
    def declare(session):
        session.add(make.declaration(session, measure=world["measure"], person=world["officer"], kind="family"))

    write(declare)
    assert write(lambda session: session.query(Declaration).one().conflict)
    visitor = client(world["officer"])
    assert (SAID in visitor.get("/messages").text, tell(visitor, world).status_code) == (False, 404)


def test_told_is_noted_with_who_and_when_and_stands_in_the_history(client, write, world, clock):
    officer = client(world["officer"])
    assert tell(officer, world).headers["location"] == "/messages"
    text = kept(write, world)
    assert (text.told_at, text.told_by_id) == (clock(), world["officer"].id)
    page = words(officer.get("/messages"))
    assert ("Nobody waits to be told anything." in page, "told by phone, 2 Mar 2026" in page) == (True, True)
    assert ", Oyun" in page
    entry = write(lambda session: session.query(Entry).filter_by(action="mail.tell").one())
    assert (entry.case_id, entry.data) == (world["measure"].id, {"text": "measures/received"})


def test_told_twice_it_is_told_once(client, write, world, clock):
    officer = client(world["officer"])
    tell(officer, world)
    clock.forward(minutes=5)
    tell(client(world["manager"]), world)
    assert kept(write, world).told_by_id == world["officer"].id
    assert write(lambda session: session.query(Entry).filter_by(action="mail.tell").count()) == 1


def test_not_told_after_all_it_waits_again(client, write, world):
    officer = client(world["officer"])
    tell(officer, world)
    assert tell(officer, world, "not-told").status_code == 303
    assert (kept(write, world).told_at, kept(write, world).told_by_id) == (None, None)
    assert "1 message waits" in words(officer.get("/messages"))
    assert write(lambda session: session.query(Entry).filter_by(action="mail.not_told").count()) == 1


def test_another_site_is_no_way_back(client, world):
    assert tell(client(world["officer"]), world, back="//evil.example").headers["location"] == "/"


def test_a_letter_is_told_only_when_it_can_no_longer_be_stopped(client, write, world, clock):
    later = write(lambda session: letter(session, world["measure"], at=clock(), key="later", wait=LETTERS_WAIT))
    officer = client(world["officer"])
    assert "1 message waits" in words(officer.get("/messages"))
    assert officer.post(f"/messages/{later.id}/told", data={"back": "/messages"}).status_code == 409
    clock.forward(minutes=30)
    assert "2 messages wait" in words(officer.get("/messages"))


def test_what_was_stopped_is_not_told(client, write, world, clock):
    write(lambda session: letter(session, world["measure"], at=clock(), key="later", wait=LETTERS_WAIT))
    assert write(lambda session: stop_letters(session, world["measure"].id, at=clock())) == 1
    clock.forward(minutes=30)
    assert "1 message waits" in words(client(world["officer"]).get("/messages"))


def test_a_gateway_has_an_hour(client, app, world, clock, monkeypatch):
    monkeypatch.setattr(app.state.settings, "sms_url", "http://127.0.0.1:1/")
    assert SAID not in client(world["officer"]).get("/messages").text
    clock.forward(hours=1)
    assert SAID in client(world["officer"]).get("/messages").text


def test_mail_that_could_not_be_delivered_is_told_by_phone(client, write, world, clock):
    def work(session):
        owner = make.person(session, role="applicant", phone="8800 1122")
        measure = make.measure(session, branch=world["here"], owner=owner)
        letter(session, measure, at=clock(), key="gone").failed_at = clock()

    write(work)
    page = client(world["officer"]).get("/messages")
    assert ('href="tel:88001122"' in page.text, "mail could not be delivered" in words(page)) == (True, True)


def test_the_case_shows_every_message_with_its_text(client, write, world, clock):
    case = f"/cases/{world['measure'].id}"
    for who, seen in (("officer", True), ("manager", True), ("owner", False)):
        assert (SAID in client(world[who]).get(case).text) is seen
    back = f"{case}#messages-sent"
    assert tell(client(world["officer"]), world, back=back).headers["location"] == back
    assert "told by phone, 2 Mar 2026" in words(client(world["officer"]).get(case))


def test_the_applicant_reads_what_has_gone_out_and_nothing_that_may_yet_be_stopped(write, world, clock):
    def work(session):
        measure, owner = world["measure"], session.get_one(make.Person, world["owner"].id)
        letter(session, measure, at=clock(), key="later", wait=LETTERS_WAIT)
        letter(session, measure, at=clock(), key="other", to=make.person(session))
        now = [m.key for m in queries.of_case(session, measure.id, to=owner, at=clock())]
        return now, [m.key for m in queries.of_case(session, measure.id, to=owner)]

    assert write(work) == (["k"], ["later", "k"])


def test_a_sign_in_code_is_on_no_list(client, write, world, clock):
    def work(session):
        session.add(Message(
            key="code", kind="people/code", channel="text", to_address="99112233", to_id=world["owner"].id, subject="x", body="x",
            short="Your code is ABCD EFGH", queued_at=clock(), send_after=clock(),
        ))  # fmt: skip

    write(work)
    for who in ("officer", "manager"):
        assert "ABCD EFGH" not in client(world[who]).get("/messages").text


def test_a_text_without_a_case_is_head_offices(client, write, world, clock):
    def work(session):
        session.add(Message(
            key="asked", kind="funds/answered", channel="text", to_address="8811 0000", subject="x", body="x",
            short="Your question is answered.", queued_at=clock(), send_after=clock(),
        ))  # fmt: skip

    write(work)
    assert "Your question is answered." not in client(world["officer"]).get("/messages").text
    page = client(world["manager"]).get("/messages").text
    assert ("Your question is answered." in page, 'href="tel:88110000"' in page) == (True, True)


def test_many_messages_cost_as_many_questions_as_few(app, client, write, world, clock):
    officer = client(world["officer"])

    def questions():
        with counted(app.state.database) as seen:
            assert officer.get("/messages").status_code == 200
        return len(seen)

    questions()
    few = questions()

    def more(session):
        for n in range(120):
            text = letter(session, world["measure"], at=clock(), key=f"more{n}")
            if n % 2:
                text.told_at, text.told_by_id = clock(), world["officer"].id

    write(more)
    assert questions() == few <= 8


def test_the_oldest_stand_first_and_the_rest_on_further_pages(client, write, world, clock):
    write(lambda session: [letter(session, world["measure"], at=clock(), key=f"more{n}") for n in range(120)])
    officer = client(world["officer"])
    first = officer.get("/messages").text
    [rest] = re.findall(r'href="(/messages\?after=\d+)"', first)
    assert (first.count("data-copy"), officer.get(rest).text.count("data-copy")) == (100, 21)


def test_a_sign_in_code_is_read_by_nobody_where_a_gateway_brings_it(app, client, write, world, clock, monkeypatch):
    def work(session):
        owner = session.get_one(make.Person, world["owner"].id)
        code = queue(session, "people/code", owner, key="code", at=clock(), by_text=True, code="ABCD EFGH")
        return code, make.person(session, role="admin")

    def reads(person, path):
        return "ABCD EFGH" in client(person).get(path).text

    code, admin = write(work)
    here = f"/outbox/{code.id}"
    assert [reads(person, "/outbox") for person in (world["manager"], admin)] == [False, False]
    assert [reads(person, here) for person in (world["manager"], admin)] == [False, True]
    monkeypatch.setattr(app.state.settings, "sms_url", "http://127.0.0.1:1/")
    assert reads(admin, here) is False
