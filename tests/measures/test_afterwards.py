"""After a proposal was sent: where it stands, what comes next, and the page of its applicant."""

import html
import re
from datetime import date, timedelta

import pytest

from fundapp.mail.models import Message
from fundapp.measures import afterwards, checking, queries, submission
from fundapp.measures.lifecycle import WITHDRAW, Status
from fundapp.people.permissions import READER
from fundapp.reminders.service import owe
from tests import factories
from tests.factories import MORNING
from tests.house.test_lists import counted

ASKED = [
    {"section": "annexes", "field": "offers", "words": "A second offer for the line"},
    {"section": "costs", "field": "lines", "words": "The line is dearer than the offer"},
    {"section": "benefit", "field": "", "words": "Who gains besides you?"},
]
LINE = {  # the last station behind, and what stands beside it
    "draft": (None, None), "submitted": ("Received", None), "returned": ("Received", "waits for you"), "eligible": ("Checked", None),
    "ineligible": ("Checked", "does not fit the call"), "in_rating": ("Checked", "is being read"), "rated": ("Read by the committee", None),
    "deferred": ("Read by the committee", "questions to you"), "reserved": ("Decided", "on the reserve list"),
    "approved": ("Decided", "approved"), "rejected": ("Decided", "not chosen"), "lapsed": ("Decided", "lapsed"),
    "contracted": ("Contract", None), "running": ("Contract", None), "terminated": ("Contract", "ended early"),
}  # fmt: skip


@pytest.mark.parametrize("status", LINE)
def test_the_line_stands_where_the_proposal_is(write, status):
    def work(session):
        measure = queries.get(session, factories.measure(session, status=status).id)
        now = [(step["label"], step["small"]) for step in afterwards.life(measure, []) if step["state"] == "now"]
        return now or [(None, None)]

    assert write(work) == [LINE[status]]


@pytest.mark.parametrize(
    ("status", "kind", "text", "url"),
    [
        ("submitted", "measures.check", "We check whether it fits the call. You hear from us by 16 March 2026.", ""),
        ("returned", "measures.answer", "We need something more from you by 16 March 2026.", "/measures/{id}/review"),
        ("deferred", "rating.answer", "The committee has questions to you. Please answer by 16 March 2026.", "/rating/measures/{id}/answer"),
        ("approved", "grants.signature", "It is approved. Next comes the contract: it is signed by 16 March 2026 at the latest.", ""),
        ("in_rating", None, "The committee is reading it. You hear from us when it has decided.", ""),
        ("rejected", None, "It was not chosen this time. The letter says why, and until when you may object.", ""),
    ],
)  # fmt: skip
def test_what_comes_next_has_its_day_and_its_act(write, status, kind, text, url):
    def work(session):
        measure = queries.get(session, factories.measure(session, status=status).id)
        if status == "returned":
            measure.return_by = date(2026, 3, 16)
        if kind:
            owe(session, kind, measure, due=date(2026, 3, 16), title="Owed", at=MORNING)
        found = afterwards.next_of(measure, afterwards.owed(session, [measure]).get(measure.id, {}))
        return found.text, found.url == url.format(id=measure.id)

    assert write(work) == (text, True)


def test_every_status_says_something(write):
    def work(session):
        rows = [queries.get(session, factories.measure(session, status=status).id) for status in Status]
        return [row.status for row in rows if not afterwards.next_of(row, {}).text]

    assert write(work) == []


def words(answer):
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text)))


@pytest.mark.parametrize("status", WITHDRAW.sources)
def test_withdrawing_is_offered_in_every_state_before_the_contract_and_says_what_happens(client, write, status):
    measure, owner = write(lambda session: (m := factories.measure(session, status=status), m.owner_id))
    measure, owner = write(lambda session: (m := queries.get(session, measure.id), m.owner))
    page = client(owner).get(f"/measures/{measure.id}/after")
    assert f'action="/grants/measures/{measure.id}/withdraw"' in page.text
    taken_back = status in ("draft", "submitted", "returned", "eligible")
    assert ("Within 24 hours you can take this back" in words(page), "This cannot be taken back" in words(page)) == (
        taken_back,
        not taken_back,
    )


def test_withdrawing_ends_on_the_same_page(client, write):
    measure = write(lambda session: queries.get(session, factories.measure(session, status="submitted").id))
    applicant = client(measure.owner)
    answer = applicant.post(f"/grants/measures/{measure.id}/withdraw", data={"because": "No partner any more"})
    assert answer.headers["location"] == f"/measures/{measure.id}/after"
    assert "It is closed and not looked at any more" in words(applicant.get(answer.headers["location"]))


def test_what_was_asked_for_leads_to_exactly_its_field_with_the_words_beside_it(client, write, draft):
    def work(session):
        measure = draft(session)
        submission.submit(session, measure, by=measure.owner, at=MORNING)
        officer = factories.person(session, role="officer", branch=measure.branch)
        checking.send_back(
            session, measure, asked=ASKED, return_by=date(2026, 3, 20), by=officer, at=MORNING + timedelta(days=1)
        )
        return measure

    measure = write(work)
    applicant = client(measure.owner)
    for shown in ("review", "after"):
        page = applicant.get(f"/measures/{measure.id}/{shown}").text
        links = re.findall(r'href="(/measures/\d+/form/\w+)#(asked-[\w-]+)"', page)
        assert [anchor for _url, anchor in links] == ["asked-offers", "asked-lines", "asked-page-benefit"]
        for (url, anchor), wish in zip(links, ASKED, strict=True):
            assert re.search(rf'id="{anchor}"[^>]*>.*{re.escape(wish["words"])}', applicant.get(url).text)


@pytest.fixture
def told(write, draft):
    """A sent proposal with a receipt, a letter that waits, and a colleague who reads and one who edits."""

    def work(session):
        measure = draft(session)
        submission.submit(session, measure, by=measure.owner, at=MORNING)
        late = {"queued_at": MORNING, "send_after": MORNING + timedelta(days=900), "to_address": "a@example.org"}
        session.add(Message(key="w", kind="measures/accepted", subject="A letter that waits", body="", to_id=measure.owner_id, case_id=measure.id, **late))  # fmt: skip
        people = {"reader": READER, "editor": "editor"}
        for name, kind in people.items():
            people[name] = factories.person(session, role="applicant", name=name.capitalize())
            factories.membership(session, person=people[name], organisation=measure.organisation, kind=kind)
        people["manager"] = factories.person(session, role="manager")
        people["stranger"] = factories.person(session, role="applicant")
        return measure, people

    return write(work)


def test_the_page_shows_the_messages_that_have_gone_out_and_to_nobody_else(client, told):
    measure, people = told
    here = f"/measures/{measure.id}/after"
    page = words(client(measure.owner).get(here))
    assert (measure.number in page, "As a short text: Thank you." in page, "A letter that waits" in page) == (
        True,
        True,
        False,
    )
    assert "{BASE_URL}" not in page
    for name in ("reader", "editor", "manager"):
        assert "Thank you. We have" not in words(client(people[name]).get(here))
    assert client(people["stranger"]).get(here).status_code == 404
    assert client().get(here).status_code in (303, 401)


def test_a_colleague_who_only_reads_can_do_nothing(client, told):
    measure, people = told
    reader, here = client(people["reader"]), f"/measures/{measure.id}"
    assert 'method="post"' not in reader.get(f"{here}/after").text.split("<main", 1)[1].split("</main", 1)[0]
    for url in ("/consents/processing/withdraw", "/give", "/consents-answer"):
        assert reader.post(here + url, data={"to": people["editor"].id}).status_code == 403
        assert client(people["stranger"]).post(here + url).status_code == 404


def test_a_consent_is_withdrawn_and_answered_on_the_page(client, told):
    measure, people = told
    applicant, manager, here = client(measure.owner), client(people["manager"]), f"/measures/{measure.id}"
    assert applicant.post(f"{here}/consents/processing/withdraw").headers["location"] == f"{here}/after#consents"
    assert "A manager answers by 1 April 2026." in words(applicant.get(f"{here}/after"))
    assert manager.post(f"{here}/consents-answer", data={"words": ""}).status_code == 422
    assert manager.post(f"{here}/consents-answer", data={"words": "The contract stays."}).status_code == 303
    page = words(applicant.get(f"{here}/after"))
    assert ("The contract stays." in page, "A consent was withdrawn: to use the data." in page) == (True, True)


def test_it_is_given_to_a_colleague_on_the_page(client, told):
    measure, people = told
    here = f"/measures/{measure.id}"
    assert client(measure.owner).post(f"{here}/give", data={"to": people["stranger"].id}).status_code == 409
    assert client(measure.owner).post(f"{here}/give", data={"to": people["editor"].id}).status_code == 303
    assert "has given you the proposal" in words(client(people["editor"]).get(f"{here}/after"))
    assert "The proposal was given to a colleague." in words(client(measure.owner).get(f"{here}/after"))


def test_ones_own_list_costs_the_same_however_many_there_are(client, database, write):
    owner = write(lambda session: factories.person(session, role="applicant"))
    found = []
    for status in ("submitted", "returned", "deferred", "withdrawn", "running"):
        write(lambda session, status=status: factories.measure(session, status=status, owner=session.merge(owner)))
        with counted(database) as asked:
            assert client(owner).get("/measures").status_code == 200
        found.append(len(asked))
    assert max(found[1:]) - min(found[1:]) == 0, found
