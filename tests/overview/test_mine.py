"""An applicant's first page: the measure under way with one sentence and one button, light enough for a poor line."""

import gzip
import re
from datetime import timedelta

import pytest

from tests import factories as make
from tests.house.test_lists import counted

DAY = timedelta(days=1)


@pytest.fixture
def world(write):
    def work(session):
        branch = make.branch(session, phone="7000 1000")
        owner = make.person(session, role="applicant")
        officer = make.person(session, role="officer", branch=branch, name="Oyun Dorj", phone="7000 2000")
        measure = make.measure(
            session,
            status="running",
            branch=branch,
            owner=owner,
            short_title="",
            title="A new bridge",
            awarded=10_000_00,
        )
        contract = make.contract(session, measure=measure, by=make.person(session, role="manager"))
        first, *_ = make.instalments(session, contract)
        two = [make.person(session, role=role) for role in ("manager", "finance")]
        make.payment(
            session, contract=contract, prepared_by=officer, instalment=first, status="paid", authorised_by_id=two[0].id,
            authorised_at=make.MORNING, paid_by_id=two[1].id, paid_at=make.MORNING, paid_on=make.TODAY,
        )  # fmt: skip
        report = make.report(session, measure=measure, due=make.TODAY + 12 * DAY)
        owed = make.obligation(
            session, kind="disbursement.final_report", due=report.due, subject=f"disbursement.report:{report.id}",
            case_id=measure.id, branch_id=branch.id,
        )  # fmt: skip
        make.receipt(session, measure=measure, by=owner)
        make.receipt(
            session, measure=measure, by=owner, accepted=100_00, checked_by_id=officer.id, checked_at=make.MORNING
        )
        return {"owner": owner, "measure": measure, "report": report, "branch": branch, "owed": owed}

    return write(work)


def text(answer):
    whole = re.sub(r"<[^>]+>", " ", answer.text.split("<main")[1].split("</main")[0])
    return " ".join(whole.split()).replace(" .", ".").replace(" ,", ",")


def test_one_sentence_says_what_is_due_and_one_button_does_it(client, world):
    page = client(world["owner"]).get("/")
    assert "Your report is due on 14 March 2026 (in 12 days)." in text(page)
    buttons = re.findall(r'<a class="button" href="([^"]+)"', page.text)
    assert buttons == [f"/disbursement/reports/{world['report'].id}"]
    assert re.sub(r"(?s)<template.*?</template>", "", page.text).count('class="button"') == 1


def test_late_it_says_since_when_and_offers_help(client, write, world, clock):
    clock.forward(days=17)
    page = text(client(world["owner"]).get("/"))
    assert "Your report was due on 14 March 2026 (5 days ago). Need help or time? Tell us." in page


def test_it_tells_money_receipts_steps_and_whom_to_call(client, world):
    page = text(client(world["owner"]).get("/"))
    assert "You have received EUR 5,000 of 10,000. 2 receipts sent, 1 accepted." in page
    assert "Money 1 of 3 2 Mar 2026" in page
    assert "Your officer: Oyun Dorj, 7000 2000" in page
    assert [word in page for word in ("Photo of a receipt", "Something has changed", "Call me back")] == [True] * 3


def test_nothing_due_the_button_takes_the_next_receipt(client, write, world, clock):
    from fundapp.reminders.models import Obligation  # noqa: PLC0415

    write(lambda session: setattr(session.get(Obligation, world["owed"].id), "done_at", clock()))
    page = client(world["owner"]).get("/")
    assert "Nothing is due now." in text(page)
    assert f'<a class="button" href="/disbursement/measures/{world["measure"].id}/receipts/new">' in page.text


def test_of_several_measures_there_is_a_list_first(client, write, world):
    write(lambda session: make.measure(session, status="contracted", owner=world["owner"], branch=world["branch"]))
    page = client(world["owner"]).get("/")
    assert "2 measures are under way." in text(page)
    assert f'href="/mine/{world["measure"].id}"' in page.text
    assert "Your report is due on 14 March 2026 (in 12 days)." in text(page)


def test_with_proposals_only_the_first_page_says_what_is_missing(client, write):
    owner = write(lambda session: make.person(session, role="applicant"))
    write(lambda session: make.measure(session, status="draft", owner=owner))
    visitor = client(owner)
    assert visitor.get("/").headers["location"] == "/measures"
    assert re.search(r"(One thing is|\d+ things are) still missing", visitor.get("/measures").text)


@pytest.mark.sqlite
def test_it_asks_at_most_eight_questions_and_weighs_at_most_thirty_kilobytes(app, client, write, world):
    visitor = client(world["owner"])
    with counted(app.state.database) as seen:
        page = visitor.get("/")
    assert len(seen) <= 8, "\n".join(seen)
    assert len(gzip.compress(page.content)) <= 30_000
    for _ in range(5):
        write(lambda session: make.measure(session, status="draft", owner=world["owner"]))
    with counted(app.state.database) as seen:
        assert visitor.get("/measures").status_code == 200
    assert len(seen) <= 8, "\n".join(seen)
