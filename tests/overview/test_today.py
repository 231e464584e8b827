"""The first page of each role: one sentence, then late, this week, waiting for others; as many questions for much as for little."""

import re
from datetime import timedelta

import pytest

from fundapp.backups.models import Folder
from fundapp.kit import i18n
from fundapp.measures.models import Declaration
from fundapp.people import deputies
from fundapp.people.models import Person
from tests import factories as make
from tests.house.test_lists import counted

DAY = timedelta(days=1)


def owed(session, measure, kind, days, **more):
    """Something owed on a measure, due so many days from today."""
    return make.obligation(
        session, kind=kind, due=make.TODAY + days * DAY, subject=more.pop("subject", f"measures.measure:{measure.id}"),
        case_id=measure.id, branch_id=measure.branch_id, title=kind, **more,
    )  # fmt: skip


def text(answer):
    """What stands in the page, tags taken out."""
    whole = re.sub(r"<[^>]+>", " ", answer.text.split("<main")[1].split("</main")[0])
    return " ".join(whole.split()).replace(" ;", ";").replace(" ,", ",")


def block(answer, name):
    found = re.search(rf'<section aria-labelledby="{name}">(.*?)</section>', answer.text, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split()) if found else ""


@pytest.fixture
def world(write):
    def work(session):
        here, there = make.branch(session), make.branch(session)
        owner = make.person(session, role="applicant", phone="7000 1234")
        made = {
            "here": here,
            "there": there,
            "owner": owner,
            "officer": make.person(session, role="officer", branch=here),
            "other": make.person(session, role="officer", branch=there),
            **{role: make.person(session, role=role) for role in ("manager", "finance", "auditor", "admin")},
        }
        made["measure"] = make.measure(
            session,
            status="running",
            branch=here,
            owner=owner,
            title="A mill on the river",
            short_title="",
            awarded=5_000_00,
        )
        return made

    return write(work)


def test_what_is_late_comes_first_with_whom_to_call(client, write, world):
    write(lambda session: owed(session, world["measure"], "disbursement.final_report", -9))
    page = client(world["officer"]).get("/")
    assert "1 person to call; 1 thing is late." in text(page)
    assert block(page, "late").startswith("Late 9 days late Ask for the final report A mill on the river")
    assert 'href="tel:+97699112233"' in page.text


def test_what_an_applicant_owes_this_week_waits_for_others(client, write, world):
    write(lambda session: owed(session, world["measure"], "disbursement.final_report", 3))
    page = client(world["officer"]).get("/")
    assert "The applicant writes the final report" in block(page, "others")
    assert (block(page, "late"), block(page, "week")) == ("", "")


def test_head_office_reads_how_many_branches_are_quiet_and_opens_one(client, write, world):
    write(lambda session: owed(session, world["measure"], "disbursement.final_report", -2))
    manager = client(world["manager"])
    page = manager.get("/")
    assert "nothing is late in 1 of 2 branches." in text(page)
    assert re.findall(r'class="late">([^<]+)', page.text) == ["1 late"]
    branch = manager.get(f"/branches/{world['here'].id}")
    assert "Ask for the final report" in block(branch, "late")
    assert "Nothing is open in this branch" in manager.get(f"/branches/{world['there'].id}").text


def test_a_branch_is_open_to_its_officers_and_to_head_office_only(client, world):
    at = f"/branches/{world['here'].id}"
    who = ("officer", "manager", "finance", "auditor", "other", "owner", "admin")
    found = [client(world[name]).get(at).status_code for name in who]
    assert found == [200, 200, 200, 200, 403, 403, 403]


def test_the_call_list_holds_who_what_since_when_and_what_was_promised(client, write, world):
    write(
        lambda session: owed(
            session,
            world["measure"],
            "disbursement.final_report",
            -9,
            promised=make.TODAY + 2 * DAY,
            spoken_to="The chair",
        )
    )
    officer = client(world["officer"])
    assert officer.get("/calls-to-make").headers["location"] == f"/branches/{world['here'].id}/calls"
    page = text(officer.get(f"/branches/{world['here'].id}/calls"))
    assert "1 call, as of 2 March 2026." in page
    assert "D. Bold +976 9911 2233 Ask for the final report" in page
    assert "9 days late promised for 4 Mar" in page


def test_a_promise_takes_nobody_off_the_list_but_out_of_the_calls_to_make(client, write, world):
    write(lambda session: owed(session, world["measure"], "disbursement.final_report", -9, promised=make.TODAY + DAY))
    page = client(world["officer"]).get("/")
    assert "Nothing waits for you today; 1 thing is late." in text(page)
    assert "9 days late" in block(page, "late")


def test_a_payment_waits_for_a_second_person_and_not_for_who_prepared_it(client, write, world):
    def work(session):
        second = make.person(session, role="manager")
        contract = make.contract(session, measure=session.merge(world["measure"]), by=second)
        payment = make.payment(session, contract=contract, prepared_by=session.get(Person, world["manager"].id))
        owed(session, world["measure"], "disbursement.authorise", 2, subject=f"disbursement.payment:{payment.id}")
        return second

    second = write(work)
    assert "A second person authorises the payment" in block(client(world["manager"]).get("/"), "others")
    assert "Authorise the payment" in block(client(second).get("/"), "week")
    assert "1 payment to authorise" in text(client(second).get("/"))
    assert "A second person authorises" in block(client(world["finance"]).get("/"), "others")


def test_a_conflict_of_interest_hides_the_measure(client, write, world, clock):
    def work(session):
        owed(session, world["measure"], "disbursement.final_report", -9)
        conflict = Declaration(
            measure_id=world["measure"].id, person_id=world["manager"].id, conflict=True, kind="family",
            declared_at=clock(),
        )  # fmt: skip
        session.add(conflict)

    write(work)
    page = client(world["manager"]).get("/").text
    assert "A mill on the river" not in page
    assert "nothing is late in any branch" in page


def test_more_than_seven_rows_lead_to_a_page_with_all(client, write, world):
    def work(session):
        for n in range(9):
            measure = make.measure(session, status="running", branch=world["here"], title=f"Measure number {n} of nine")
            owed(session, measure, "disbursement.final_report", -n - 1)

    write(work)
    officer = client(world["officer"])
    page = officer.get("/")
    assert block(page, "late").count("days late") + block(page, "late").count("1 day late") == 7
    assert 'href="/today/late">all (9)' in page.text
    assert officer.get("/today/late").text.count('<li class="owed"') == 9
    assert officer.get("/today/other").status_code == 404


def test_a_deputy_sees_what_is_open_for_the_other_marked_with_the_name(client, write, world, clock):
    def work(session):
        owed(session, world["measure"], "disbursement.final_report", -9)
        away, deputy = session.get(Person, world["officer"].id), session.get(Person, world["other"].id)
        by = session.get(Person, world["admin"].id)
        today = make.TODAY
        deputies.name(session, away, deputy, today, today + DAY, by=by, at=clock(), on=today)
        return away

    away = write(work)
    page = block(client(world["other"]).get("/"), "late")
    assert f"Ask for the final report for {i18n.called(away, 'initial')}" in page


def test_the_committee_reads_counts_and_neither_title_nor_applicant(client, write, world):
    def work(session):
        call = make.call(session, blind=True)
        committee = make.committee(session, members=3)
        scheme = make.scheme(session, call=call, committee=committee)
        chair, member, *_rest = make.members_of(session, committee)
        for n in range(3):
            measure = make.measure(session, status="in_rating", call=call, title=f"A title that nobody reads {n}")
            for person in (chair, member):
                make.declaration(session, measure=measure, person=person)
                sheet = make.sheet(session, measure=measure, person=person, scheme=scheme)
                make.obligation(session, kind="rating.sheet", due=make.TODAY - DAY, subject=f"rating.sheet:{sheet.id}")
        return chair, member

    chair, member = write(work)
    for person in (chair, member):
        page = client(person).get("/")
        assert "3 proposals to score; 1 thing is late." in text(page)
        assert "A title that nobody reads" not in page.text
        assert "The committee scores until the round is closed" in block(page, "others")
        assert "of other members" not in page.text  # not even to the chair, who has to sign her own first


def test_the_administrator_reads_whether_the_machine_is_well(client, write, world, clock):
    page = text(client(world["admin"]).get("/"))
    assert "Heartbeat it has not beaten yet" in page
    assert "no folder is chosen" in page
    assert "Officer 2 persons" in page


def test_the_auditor_reads_what_is_new_and_can_change_nothing(client, write, world, clock):
    from fundapp.history.service import record  # noqa: PLC0415

    write(
        lambda session: record(
            session,
            "disbursement.pay",
            session.merge(world["measure"]),
            by=world["finance"],
            at=clock(),
            amount=1_000_00,
        )
    )
    auditor = client(world["auditor"])
    page = auditor.get("/")
    assert "1 new payment; nothing is late in any branch." in text(page)
    assert "A mill on the river" in block(page, "payments")
    assert page.text.count('<form method="post"') == 1  # to sign out
    assert auditor.get("/today/payments").status_code == 200
    clock.forward(days=2)
    assert "nothing." in text(client(world["auditor"]).get("/"))


def full(session, world):
    """Twenty branches and a hundred obligations, late, due and waiting."""
    kinds = (
        "disbursement.final_report",
        "disbursement.check_report",
        "evaluation.visit",
        "measures.check",
        "grants.review",
    )
    for _branch in range(20):
        branch = make.branch(session)
        for n, kind in enumerate(kinds):
            status = "submitted" if kind == "measures.check" else "running"
            measure = make.measure(session, status=status, branch=branch, owner=world["owner"])
            owed(
                session,
                measure,
                kind,
                n * 3 - 6,
                spoken_to="x",
                contacted_by_id=world["manager"].id,
                contacted_at=make.MORNING,
            )


@pytest.mark.sqlite
def test_every_first_page_asks_at_most_eight_questions_however_much_there_is(app, client, write, world):
    def ask():
        found = {}
        for role in ("manager", "finance", "officer", "auditor", "admin"):
            visitor = client(world[role])
            for path in ("/", f"/branches/{world['here'].id}", f"/branches/{world['here'].id}/calls", "/today/late"):
                with counted(app.state.database) as seen:
                    answer = visitor.get(path)
                if answer.status_code == 200:
                    found[role, path] = len(seen)
        return found

    write(lambda session: session.add(Folder(path="/backups", at=make.MORNING)))
    few = ask()
    write(lambda session: full(session, world))
    assert ask() == few
    assert {where: n for where, n in few.items() if n > 8} == {}
