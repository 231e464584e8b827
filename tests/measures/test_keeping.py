"""Keeping fields while they are typed: cheap, repeatable, and nothing is lost when several send at once."""

import json

import pytest
from sqlalchemy import event, select

from fundapp.funds.questions import Question, kept
from fundapp.history.models import Entry
from fundapp.mail.models import Message
from fundapp.measures import pages, queries
from fundapp.measures.models import Measure, Typed
from fundapp.measures.pages import Sent
from tests import factories
from tests.factories import MORNING
from tests.house.test_lists import counted
from tests.journeys.test_parallel import all_at_once


@pytest.fixture
def writing(write, draft):
    """writing() -> (owner, id of a complete draft)"""

    def work(session):
        measure = draft(session)
        return session.get_one(type(measure.owner), measure.owner_id), measure.id

    return write(work)


def keep(web, id, section, **fields):
    return web.post(f"/measures/{id}/form/{section}/keep", data={"fields": json.dumps(fields)})


def stands(write, id, section, name, locale="en"):
    return write(lambda session: pages.current(session, queries.get(session, id), section, locale)[0].get(name, ""))


@pytest.mark.parametrize(
    ("section", "name"), [("benefit", "public_benefit"), ("costs", "lines-0-description"), ("results", "objective")]
)
def test_keeping_a_field_costs_at_most_six_questions_and_one_commit(app, client, writing, section, name):
    owner, id = writing
    web, commits, database = client(owner), [], app.state.database
    note = commits.append
    assert keep(web, id, section, **{name: ["", ""]}).status_code == 200
    event.listen(database.engine, "commit", note)
    found = []
    for text in ("first", "second"):
        was = "first" if found else pages_text(web, id, section, name)
        commits.clear()
        with counted(database) as seen:
            assert keep(web, id, section, **{name: [was, text]}).json() == {"kept": [name], "theirs": {}}
        found.append((len(seen), len(commits)))
    event.remove(database.engine, "commit", note)
    assert all(questions <= 6 and done == 1 for questions, done in found), (found, seen)


def pages_text(web, id, section, name):
    """What stands in a field, as a conflict says it."""
    return keep(web, id, section, **{name: ["nobody wrote this", "nor this"]}).json()["theirs"][name]


@pytest.mark.parametrize(
    ("section", "name", "was", "first", "then"),
    [
        ("costs", "lines-0-unit_price", "7,000.00", "6500", "6,700"),
        ("costs", "lines-0-quantity", "1", "2.50", "3"),
        ("benefit", "breadth_method", "Members of the cooperatives", "We asked ", "We asked them"),
    ],
)
def test_an_answer_that_was_lost_is_no_conflict_however_it_is_written_meanwhile(
    client, writing, write, section, name, was, first, then
):
    owner, id = writing
    web = client(owner)
    quiet = {name: first, "then": "quiet", "was": json.dumps({name: was})}
    assert web.post(f"/measures/{id}/form/{section}", data=quiet).status_code == 200
    again = keep(web, id, section, **{name: [was, first]}).json()
    waits = write(lambda session: session.scalars(select(Typed)).all())
    later = keep(web, id, section, **{name: [first, then]}).json()
    assert (again, waits, later) == ({"kept": [name], "theirs": {}}, [], {"kept": [name], "theirs": {}})


def test_what_was_taken_over_is_told_as_it_stands_now(client, writing):
    owner, id = writing
    web = client(owner)
    quiet = {"lines-0-unit_price": "6500", "then": "quiet", "was": json.dumps({"lines-0-unit_price": "7,000.00"})}
    answer = web.post(f"/measures/{id}/form/costs", data=quiet)
    told = answer.text.partition('id="opened"')[2]
    assert answer.status_code == 200
    assert "&#34;lines-0-unit_price&#34;: &#34;6,500.00&#34;" in told


@pytest.mark.parametrize("text", ["a\x00b\x01", "\ud800x", "a\r\nb\x7f"])
def test_signs_that_nobody_sees_are_left_out(client, writing, write, text):
    owner, id = writing
    was = stands(write, id, "benefit", "breadth_method")
    assert keep(client(owner), id, "benefit", breadth_method=[was, text]).status_code == 200
    assert stands(write, id, "benefit", "breadth_method") in ("ab", "x", "a\nb")
    assert keep(client(owner), id, "benefit", breadth_method=[text, "more"]).json()["theirs"] == {}


@pytest.mark.parametrize("how", ["keep", "quiet"])
def test_a_field_that_cannot_be_kept_is_named_with_its_reason(client, writing, how):
    owner, id = writing
    web, long = client(owner), "x" * 20_001
    if how == "keep":
        answer = keep(web, id, "benefit", public_benefit=["", long])
    else:
        fields = {"public_benefit": long, "then": "quiet", "was": json.dumps({"public_benefit": ""})}
        answer = web.post(f"/measures/{id}/form/benefit", data=fields)
    refused = {"public_benefit": "This is longer than 20000 characters."}
    assert (answer.status_code, answer.json()) == (422, {"kept": [], "theirs": {}, "refused": refused})


@pytest.mark.parametrize("fields", ["", "[]", "{", '{"a": 1}', '{"a": ["b"]}', '{"a": [1, 2]}', '{"a": {"b": "c"}}'])
def test_what_no_page_sends_changes_nothing(client, writing, fields, write):
    owner, id = writing
    answer = client(owner).post(f"/measures/{id}/form/benefit/keep", data={"fields": fields})
    assert answer.status_code in (200, 409)
    assert write(lambda session: session.scalars(select(Typed)).all()) == []


@pytest.mark.parametrize("who", ["nobody", "stranger", "reader"])
def test_nobody_else_keeps_anything(client, writing, write, who):
    _owner, id = writing

    def other(session):
        person = factories.person(session, role="applicant")
        if who == "reader":
            organisation = queries.get(session, id).organisation
            factories.membership(session, person=person, organisation=organisation, kind="reader")
        return person

    web = client() if who == "nobody" else client(write(other))
    answer = keep(web, id, "benefit", breadth_method=["", "x"])
    assert answer.status_code == {"nobody": 303, "stranger": 404, "reader": 403}[who]
    assert write(lambda session: session.scalars(select(Typed)).all()) == []


def test_fields_kept_at_the_same_moment_all_count(app, writing, write):
    """Both as they are typed and as the page is taken over, from ten tabs."""
    owner, id = writing
    key = write(lambda session: factories.sign_in(session, owner))
    names = [f"risks-{10 + n}-{name}" for n in range(10) for name in ("text", "mitigation")]
    posts = []
    for n, name in enumerate(names):
        if n % 3:
            posts.append((key, f"/measures/{id}/form/risks/keep", {"fields": json.dumps({name: ["", f"{name} says"]})}))
        else:
            quiet = {name: f"{name} says", "then": "quiet", "was": json.dumps({name: ""})}
            posts.append((key, f"/measures/{id}/form/risks", quiet))
    answers = all_at_once(app, posts)
    assert {answer.status_code for answer in answers} <= {200, 422}  # 422: half a row cannot be taken over yet
    found = write(lambda session: pages.current(session, queries.get(session, id), "risks", "en")[0])
    assert {name: found.get(name) for name in names} == {name: f"{name} says" for name in names}


def test_of_two_who_change_one_field_at_once_one_is_told(app, writing, write):
    owner, id = writing
    key = write(lambda session: factories.sign_in(session, owner))
    was = stands(write, id, "afterwards", "after_funding")
    url = f"/measures/{id}/form/afterwards"
    posts = []
    for n in range(12):
        fields = {"after_funding": [was, f"text {n}"]}
        quiet = {"after_funding": f"text {n}", "then": "quiet", "was": json.dumps({"after_funding": was})}
        posts.append((key, url, quiet) if n % 2 else (key, f"{url}/keep", {"fields": json.dumps(fields)}))
    answers = all_at_once(app, posts)
    won = [
        n for n, answer in enumerate(answers) if answer.status_code == 200 and (n % 2 or not answer.json()["theirs"])
    ]
    assert len(won) == 1
    assert stands(write, id, "afterwards", "after_funding") == f"text {won[0]}"


def test_a_proposal_that_is_sent_fifty_times_at_once_is_sent_once(app, writing, write):
    owner, id = writing
    key = write(lambda session: factories.sign_in(session, owner))
    answers = all_at_once(app, [(key, f"/measures/{id}/submit", {}) for _ in range(50)])
    assert {answer.status_code for answer in answers} == {303}

    def found(session):
        measure = queries.get(session, id)
        entries = session.scalars(select(Entry.seq).where(Entry.case_id == id, Entry.target == "submitted")).all()
        mails = session.scalars(select(Message.id).where(Message.kind == "measures/received")).all()
        return measure.status, bool(measure.number), len(entries), len(queries.snapshots(session, measure)), len(mails)

    assert write(found) == ("submitted", True, 1, 1, 1)


def test_what_is_kept_stands_when_the_page_is_merged_again(write, draft):
    def work(session):
        measure = draft(session)
        how = {"locale": "en", "by": measure.owner, "at": MORNING}
        pages.keep(session, measure, "benefit", Sent({"breadth": "45"}, {"breadth": "120"}), **how)
        pages.save(session, measure, "benefit", Sent({}, {}), **how)
        return session.get_one(Measure, measure.id).breadth, session.scalars(select(Typed)).all()

    assert write(work) == (45, [])


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("measure/keep", {"fields": '{"a":' * 50_000}),
        ("measure/keep", {"fields": '{"\\ud800": ["", "x"]}'}),
        ("measure", {"was": "[" * 50_000}),
        ("measure", {"title": "x", "was": '{"title": "y"}', "then": "quiet"}),
    ],
    ids=["deep", "half a sign", "deep page", "address"],
)
def test_what_no_browser_sends_is_refused_or_left_aside(client, writing, path, fields):
    owner, id = writing
    answer = client(owner).post(f"/measures/{id}/form/{path}", data=fields, headers={"referer": "http://[x/form?a"})
    assert answer.status_code in (409, 422)


@pytest.mark.sqlite
def test_a_field_that_was_not_asked_for_is_not_kept_where_nobody_could_take_it_out(client, writing, write):
    owner, id = writing

    def back(session):
        measure = session.get_one(Measure, id)
        measure.number, measure.submitted_at, measure.returned_at = "LED-1", MORNING, MORNING
        measure.asked = [{"section": "measure", "field": "title", "words": "Say where."}]
        measure.status, measure.return_by = "returned", MORNING.date()

    summary, title = (stands(write, id, "measure", name) for name in ("summary", "title"))
    write(back)
    web, refused = client(owner), {"summary": "Only what was asked for can be changed now."}
    assert keep(web, id, "measure", summary=[summary, "Another"]).json() == {
        "kept": [],
        "theirs": {},
        "refused": refused,
    }
    fields = {"title": "Another title", "was": json.dumps({"title": title})}
    assert web.post(f"/measures/{id}/form/measure", data=fields).status_code == 303
    assert stands(write, id, "measure", "title") == "Another title"


@pytest.mark.sqlite
def test_an_answer_to_a_question_that_is_asked_no_more_stands_in_nobodys_way(client, writing, write):
    owner, id = writing
    ask = lambda *asked: write(lambda s: setattr(queries.get(s, id).call, "questions", kept(asked)))  # noqa: E731
    ask(Question("old", "number", {"en": "How many?"}), Question("new", "short", {"en": "Who?"}))
    web = client(owner)
    assert keep(web, id, "questions", q_old=["", "many"]).json()["kept"] == ["q_old"]
    ask(Question("new", "short", {"en": "Who?"}))
    assert web.get(f"/measures/{id}/form/questions").status_code == 200
    fields = {"q_new": "We", "was": '{"q_new": ""}'}
    assert web.post(f"/measures/{id}/form/questions", data=fields).status_code == 303
    assert stands(write, id, "questions", "q_new") == "We"


@pytest.mark.sqlite
def test_who_confirms_has_read_what_was_typed_meanwhile(client, writing, write):
    owner, id = writing
    officer = write(lambda s: factories.person(s, role="officer", branch=queries.get(s, id).branch))
    write(lambda s: setattr(s.get_one(Measure, id), "prepared_by_id", officer.id))
    was = stands(write, id, "benefit", "breadth_method")
    keep(client(officer), id, "benefit", breadth_method=[was, "We asked everybody"])
    web = client(owner)
    confirmed = []
    for _again in range(2):
        web.post(f"/measures/{id}/confirm")
        confirmed.append(write(lambda s: s.get_one(Measure, id).confirmed_at is not None))
    assert confirmed == [False, True]
    assert web.post(f"/measures/{id}/submit").status_code == 303
