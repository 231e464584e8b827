"""The check sheet and the list of what is missing, through their URLs."""

import re
from html import unescape

import pytest

from fundapp.measures import helping, queries, submission
from fundapp.measures.models import Measure
from fundapp.people.pairing import pair
from tests import factories
from tests.factories import MORNING
from tests.house.test_lists import counted

PROOF = {"E12": "pass", "E12_list": "Sanctions list", "E12_on": "2026-03-02", "E12_found": "no entry"}


@pytest.fixture
def cast(write, draft):
    """A proposal in the check, the two officers of its branch, an officer of another branch, a manager."""

    def work(session):
        measure = draft(session)
        submission.submit(session, measure, by=measure.owner, at=MORNING)
        people = {
            "officer": factories.person(session, role="officer", branch=measure.branch, name="Bat", family_name="Bold"),
            "other": factories.person(session, role="officer"),
            "manager": factories.person(session, role="manager"),
            "applicant": measure.owner,
            "finance": factories.person(session, role="finance"),
        }
        return people | {"id": measure.id, "url": f"/measures/{measure.id}"}

    return write(work)


def words(answer):
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text)))


def fine(answer):
    found = re.search(r'name="fine" value="([^"]*)"', answer.text)
    return found[1] if found else None


def test_an_ordinary_proposal_is_checked_with_one_proof_and_two_buttons(client, write, cast):
    officer, url = client(cast["officer"]), f"{cast['url']}/check"
    page = officer.get(url)
    assert "6 questions are open." in words(page)
    assert "Deadline kept: received 2 March 2026 10:00" in words(page)
    assert "Nobody of the office helped with it" in words(page)
    assert fine(page) == "E8 E9 E13 E14 E15"
    assert officer.post(url, data=PROOF | {"fine": fine(page)}).status_code == 303
    page = officer.get(url)
    assert "Every question is answered." in words(page)
    assert fine(page) is None
    assert officer.post(f"{cast['url']}/accept").status_code == 303
    assert write(lambda session: session.get(Measure, cast["id"]).status) == "eligible"


def test_what_was_answered_before_the_button_is_kept_as_it_was(client, write, cast):
    officer = client(cast["officer"])
    data = {"E8": "fail", "E8_why": "ordered", "E9": "", "fine": "E8 E9 E13 E14 E15 E1"}
    assert officer.post(f"{cast['url']}/check", data=data).status_code == 303
    kept = write(lambda s: {c: a.result for c, a in queries.answers(s, s.get(Measure, cast["id"])).items()})
    assert kept == {"E8": "fail", "E9": "pass", "E13": "pass", "E14": "pass", "E15": "pass"}
    assert "Something has already been ordered or bought." in words(officer.get(f"{cast['url']}/check"))


def test_the_list_that_was_looked_into_last_is_proposed_again(client, cast):
    officer = client(cast["officer"])
    officer.post(f"{cast['url']}/check", data=PROOF)
    assert 'value="Sanctions list"' in officer.get(f"{cast['url']}/check").text


def test_nothing_typed_is_lost_when_something_is_missing(client, cast):
    answer = client(cast["officer"]).post(
        f"{cast['url']}/check",
        data={"E12": "pass", "E12_list": "UN list", "E8": "fail", "E8_reason": "", "E15_reason": "<b>x"},
    )
    assert answer.status_code == 422
    assert "Please give a reason for E8" in answer.text
    assert 'value="UN list"' in answer.text
    assert "&lt;b&gt;x" in answer.text
    assert "Not kept yet" in answer.text


def test_evidence_names_places_and_days_as_everywhere(client, cast):
    page = words(client(cast["officer"]).get(f"{cast['url']}/check"))
    assert "Khövsgöl is part of the call" in page
    assert not re.search(r"MN-041|\d{4}-\d\d-\d\d", page)


@pytest.mark.sqlite
def test_the_sheet_asks_the_same_questions_however_much_is_on_record(app, client, write, cast):
    def ask():
        with counted(app.state.database) as seen:
            assert client(cast["officer"]).get(f"{cast['url']}/check").status_code == 200
        return len(seen)

    def more(session, statuses):
        measure = queries.get(session, cast["id"])
        for status in statuses:
            facts = {"fund": measure.fund, "organisation": measure.organisation, "branch": measure.branch}
            factories.measure(session, status=status, **facts)

    write(lambda session: more(session, ["running", "submitted"]))
    few = ask()
    write(lambda session: more(session, ["running", "closed", "submitted", "eligible"] * 4))
    assert ask() == few


@pytest.mark.parametrize(
    ("who", "status"), [("officer", 200), ("manager", 200), ("other", 404), ("applicant", 403), ("finance", 404)]
)
def test_who_may_open_the_sheet(client, cast, who, status):
    assert client(cast[who]).get(f"{cast['url']}/check").status_code == status
    assert client(cast[who]).get(f"{cast['url']}/send-back").status_code == status


def test_noting_oneself_closes_the_sheet_and_opens_it_for_the_partner(client, write, cast):
    def partners(session):
        here, there = (session.get(factories.Branch, cast[who].roles[0].branch_id) for who in ("officer", "other"))
        pair(session, here, there, by=factories.person(session, role="admin"), at=MORNING)

    write(partners)
    officer, other = client(cast["officer"]), client(cast["other"])
    assert other.get(f"{cast['url']}/check").status_code == 404
    said = {"person": cast["officer"].id, "kind": "typed"}
    assert officer.post(f"{cast['url']}/help", data=said).headers["location"] == f"/cases/{cast['id']}"
    barred = officer.get(f"{cast['url']}/check")
    assert "You wrote or typed this proposal" in barred.text
    assert "Keep the answers" not in barred.text
    assert officer.post(f"{cast['url']}/check", data={"E8": "pass"}).status_code == 409
    page = other.get(f"{cast['url']}/check")
    assert "because B. Bat typed it" in words(page)
    assert other.post(f"{cast['url']}/check", data={"E8": "pass"}).status_code == 303
    assert other.get(f"{cast['url']}/review").status_code == 200
    assert other.get(f"{cast['url']}/form/measure").status_code == 403
    assert other.post(f"{cast['url']}/help", data={"person": 99999, "kind": "typed"}).status_code == 409


def asked(page):
    """(number, section, field, words) of the rows that are proposed."""
    return re.findall(
        r'name="asked-(\d+)-section" value="(\w+)"><input type="hidden" name="asked-\d+-field" value="(\w*)">', page
    )


def test_failed_checks_and_gaps_are_proposed_and_any_field_can_be_asked_for(client, write, cast):
    officer = client(cast["officer"])
    officer.post(f"{cast['url']}/check", data={"E15": "fail", "E15_why": "unclear"})
    page = officer.get(f"{cast['url']}/send-back")
    assert 'value="2026-03-16"' in page.text  # ten working days
    there = {(section, field): int(n) for n, section, field in asked(page.text)}
    assert {("measure", ""), ("measure", "title"), ("annexes", "offers"), ("costs", "lines")} <= set(there)
    proposed = there["benefit", "public_benefit"]
    offers, title = there["annexes", "offers"], there["measure", "title"]
    data = {"return_by": "2026-03-16"}
    rows = (
        (offers, "annexes", "offers", "A second offer"),
        (title, "measure", "title", ""),
    )
    for n, section, field, said in rows:
        data |= {f"asked-{n}-section": section, f"asked-{n}-field": field, f"asked-{n}-words": said}
    none = officer.post(f"{cast['url']}/send-back", data={"return_by": "2026-03-16"})
    assert (none.status_code, "Say what is missing" in none.text) == (422, True)
    assert officer.post(f"{cast['url']}/send-back", data=data).status_code == 303
    kept = write(lambda session: session.get(Measure, cast["id"]).asked)
    assert kept == [{"section": "annexes", "field": "offers", "words": "A second offer"}]
    assert proposed >= 0


def test_what_is_proposed_is_left_out_without_its_tick(client, write, cast):
    officer = client(cast["officer"])
    row = {"section": "measure", "field": "", "words": "The place", "proposed": "yes"}
    data = {"return_by": "2026-03-16"} | {f"asked-0-{name}": value for name, value in row.items()}
    assert officer.post(f"{cast['url']}/send-back", data=data).status_code == 422
    again = officer.post(f"{cast['url']}/send-back", data=data | {"return_by": "", "asked-0-wanted": "yes"})
    assert (again.status_code, "The place" in again.text) == (422, True)
    assert officer.post(f"{cast['url']}/send-back", data=data | {"asked-0-wanted": "yes"}).status_code == 303
    assert write(lambda session: [one["words"] for one in session.get(Measure, cast["id"]).asked]) == ["The place"]


def test_head_office_is_told_why_it_checks(client, write, cast):
    def work(session):
        measure, officer = queries.get(session, cast["id"]), session.get(factories.Person, cast["officer"].id)
        helping.note_help(session, measure, officer, "wrote", by=officer, at=MORNING)

    write(work)
    assert "Head office checks it for Branch Khövsgöl, because B. Bat wrote it." in words(
        client(cast["manager"]).get(f"{cast['url']}/check")
    )
