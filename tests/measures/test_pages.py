"""The proposal through its URLs."""

import re
from html import unescape

import pytest
from sqlalchemy import select

from fundapp.measures import missing, queries, submission
from fundapp.measures.codes import DECLARATIONS, SECTIONS
from fundapp.measures.models import Annex, Measure
from tests import factories
from tests.factories import MORNING
from tests.measures.conftest import LONG, later
from tests.measures.test_checking import LOOKED, PASSED

ANSWERS = {code: given[0] for code, given in PASSED.items() if code != "E16"}
ANSWERS |= {f"E12_{name}": text for name, text in LOOKED.items()}
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def people(write):
    """An applicant with an open call in a region with a branch and an officer, and a manager."""

    def work(session):
        branch = factories.branch(session, region="MN-041", name="Branch Khövsgöl", phone="7038 0000")
        call = factories.call(session, annexes=["registration"], regions=["MN-041"])
        factories.bottleneck(session, branch=branch)
        return {
            "call": call.id,
            "applicant": factories.person(session, role="applicant"),
            "officer": factories.person(session, role="officer", branch=branch),
            "manager": factories.person(session, role="manager"),
        }

    return write(work)


PAGES = {
    "measure": {
        "title": "Wool washing line shared by four cooperatives",
        "summary": LONG,
        "region": "MN-041",
        "place": "Bulgan soum",
        "topic": "agriculture",
        "intervention": "equipment",
        "starts_on": "2026-06-01",
        "ends_on": "2027-03-31",
    },
    "applicant": {
        "name": "Blue Sky cooperative",
        "kind": "cooperative",
        "sector": "private",
        "founded_on": "2020-01-01",
        "address": "2 Market Street",
        "phone": "9911 2233",
        "parties-0-person": "D. Bold",
        "parties-1-person": "D. Bold",
        "parties-2-account": "MN120005001234567890",
        "parties-3-person": "T. Saran",
    },
    "partners": {"partners-0-name": "S. Tuya", "partners-0-sector": "public", "partners-0-key_person": "yes"},
    "problem": {"bottleneck_id": "1", "problem": LONG},
    "results": {
        "objective": LONG[:200],
        "outputs": "One line.",
        "outcomes": "Better prices.",
        "visible_effect": "The line runs.",
        "visible_by": "2026-12-01",
        "indicators-0-code": "people_trained",
        "indicators-0-title": "People trained",
        "indicators-0-target": "8",
        "indicators-1-code": "jobs",
        "indicators-1-title": "New jobs",
        "indicators-1-target": "2.5",
        "indicators-2-code": "higher_income",
        "indicators-2-title": "People with higher incomes",
        "indicators-2-target": "0",
    },
    "groups": {"groups-0-label": "Herders", "groups-0-total": "120", "groups-0-female": "70", "groups-0-male": "50"},
    "benefit": {"public_benefit": LONG, "breadth": "40", "breadth_method": "List of members"},
    "afterwards": {"after_funding": LONG},
    "costs": {
        "lines-0-description": "Washing line",
        "lines-0-category": "equipment",
        "lines-0-quantity": "1",
        "lines-0-unit_price": "7,000.00",
        "lines-1-description": "Training",
        "lines-1-category": "events",
        "lines-1-quantity": "20",
        "lines-1-unit_price": "150",
        "lines-2-category": "equipment",
    },
    "financing": {
        "lines-0-id": "1",
        "lines-0-own_cash": "1,000.00",
        "lines-0-in_kind": "1,000",
        "lines-1-id": "2",
        "lines-1-own_cash": "500",
    },
    "declarations": dict.fromkeys(DECLARATIONS, "yes") | {"name": "D. Bold", "place": "Mörön", "date": "2026-03-02"},
}


def version(page):
    return re.search(r'name="version" value="(\d+)"', page.text)[1]


def fill(browser, root, section, **more):
    """Opens a page of the form and sends it."""
    page = browser.get(f"{root}/form/{section}")
    assert page.status_code == 200, page.text
    return browser.post(f"{root}/form/{section}", data=PAGES[section] | {"version": version(page)} | more)


def started(client, write):
    who = people(write)
    browser = client(who["applicant"])
    answer = browser.post("/measures/new", data={"call": who["call"]})
    assert answer.headers["location"] == "/measures/1/form/measure"
    return who, browser, "/measures/1"


def filled_in(client, write):
    who, browser, root = started(client, write)
    for section in (s.name for s in SECTIONS if s.name != "annexes"):
        answer = fill(browser, root, section)
        assert answer.status_code == 303, (section, words(answer))
    answer = browser.post(f"{root}/annexes", data={"kind": "registration"}, files={"file": ("reg.pdf", PDF)})
    assert answer.status_code == 303, answer.text
    return who, browser, root


def words(answer):
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text)))


def errors(answer):
    """Field -> the message next to it."""
    found = re.findall(r'id="([\w-]+)-error">([^<]+)</p>', answer.text)
    return {name: unescape(text) for name, text in found}


def test_a_proposal_is_written_sent_checked_and_accepted_through_its_pages(client, write):
    who, browser, root = filled_in(client, write)
    review = browser.get(f"{root}/review")
    assert "Nothing is missing" in review.text
    first, second = browser.post(f"{root}/submit"), browser.post(f"{root}/submit")
    assert first.headers["location"] == second.headers["location"] == "/measures/1/review"
    assert "LED-041-2026-0001" in browser.get(f"{root}/review").text
    officer = client(who["officer"])
    check = officer.get(f"{root}/check")
    assert "own share 25.0 % ≥ 25 %; cash 15.0 % ≥ 5 %" in words(check)
    assert officer.post(f"{root}/accept").status_code == 409
    answers = ANSWERS
    assert officer.post(f"{root}/check", data=answers).status_code == 303
    assert officer.post(f"{root}/accept").headers["location"] == "/cases/1"
    assert write(lambda s: s.scalars(select(Measure.status)).one()) == "eligible"


def test_every_page_shows_again_what_was_saved(client, write):
    _, browser, root = filled_in(client, write)
    shown = {section: unescape(browser.get(f"{root}/form/{section}").text) for section in PAGES}
    assert 'value="Wool washing line shared by four cooperatives"' in shown["measure"]
    assert 'value="MN120005001234567890"' in shown["applicant"]
    assert 'value="2.5"' in shown["results"]
    assert 'value="7,000.00"' in shown["costs"]
    assert "EUR 10,000.00" in words(browser.get(f"{root}/form/financing"))
    assert "Own share 25.0 %" in words(browser.get(f"{root}/form/financing"))


@pytest.mark.parametrize(
    ("section", "typed", "field", "said"),
    [
        ("measure", {"ends_on": "2026-05-31"}, "ends_on", "The end must be after the start."),
        (
            "measure",
            {"ends_on": "2027-07-01"},
            "ends_on",
            "A measure lasts at most 12 months. If it begins then, it ends on 1 June 2027 or earlier.",
        ),
        ("measure", {"starts_on": "1.6."}, "starts_on", "“1.6.” is not a date. Write 2026-03-31, for example."),
        ("measure", {"title": "x" * 141}, "title", "Please write at most 140 characters; these are 141."),
        ("measure", {"topic": "war"}, "topic", "Please choose one of the answers given."),
        (
            "costs",
            {"lines-0-unit_price": "12o"},
            "lines-0-unit_price",
            '"12o" is not a number. Write 120 or 120.50.',
        ),
        (
            "costs",
            {"lines-1-unit_price": "-5"},
            "lines-1-unit_price",
            '"-5" is below zero. Write an amount such as 120 or 120.50.',
        ),
        (
            "costs",
            {"lines-1-unit_price": "١٢٠"},
            "lines-1-unit_price",
            '"١٢٠" is not written in the digits 0 to 9. Write 120 or 120.50.',
        ),
        (
            "costs",
            {"lines-1-unit_price": "9" * 14},
            "lines-1-unit_price",
            f'"{"9" * 14}" is too large. An amount has at most 13 digits.',
        ),
        (
            "costs",
            {"lines-1-unit_price": "9" * 13, "lines-1-quantity": "999999999"},
            "lines-1-unit_price",
            "This line is larger than any fund. Check the quantity and the price.",
        ),
        ("costs", {"lines-0-quantity": "0"}, "lines-0-quantity", "This must be greater than zero."),
        ("costs", {"lines-0-description": " "}, "lines-0-description", "Please fill this in."),
        ("costs", {"lines-0-category": "gifts"}, "lines-0-category", "Please choose one of the answers given."),
        (
            "groups",
            {"groups-0-female": "71"},
            "groups-0-total",
            "Women, men and not stated are 121 together, but all are 120.",
        ),
        ("groups", {"groups-0-male": "1e3"}, "groups-0-male", "“1e3” is not a whole number. Write 12, for example."),
        ("results", {"indicators-1-target": "many"}, "indicators-1-target", "“many” is not a number. Write 14 or 2.5."),
    ],
)
@pytest.mark.sqlite
def test_what_cannot_be_is_told_next_to_its_field_and_nothing_is_lost(client, write, section, typed, field, said):
    _, browser, root = started(client, write)
    answer = fill(browser, root, section, **typed)
    assert answer.status_code == 422
    assert errors(answer) == {field: said}
    for value in set((PAGES[section] | typed).values()) - {"war", "gifts"}:  # what no list offers is not chosen again
        assert value.strip() in unescape(answer.text)
    assert write(lambda s: s.scalars(select(Measure.version)).one()) == 1


@pytest.mark.sqlite
def test_a_bottleneck_that_nobody_named_is_told_at_the_field(client, write):
    _, browser, root = started(client, write)
    fill(browser, root, "measure")
    answer = fill(browser, root, "problem", bottleneck_id="99")
    assert errors(answer) == {"bottleneck_id": "Please choose one of the bottlenecks given."}


@pytest.mark.sqlite
def test_more_from_others_than_a_line_costs_is_told_at_the_line(client, write):
    _, browser, root = started(client, write)
    fill(browser, root, "costs")
    answer = fill(browser, root, "financing", **{"lines-1-own_cash": "3,000.01"})
    assert errors(answer) == {"lines-1-own_cash": "Together this is more than the line costs."}
    assert 'value="1,000.00"' in answer.text


@pytest.mark.sqlite
def test_somebody_elses_newer_page_is_not_overwritten(client, write):
    _, browser, root = started(client, write)
    opened = version(browser.get(f"{root}/form/benefit"))
    assert fill(browser, root, "benefit").status_code == 303
    stale = browser.post(f"{root}/form/benefit", data={"version": opened, "public_benefit": "Mine", "breadth": "3"})
    assert stale.status_code == 409
    assert "Somebody else has changed this" in stale.text
    assert "Mine" in stale.text
    assert LONG.strip() in unescape(stale.text)


@pytest.mark.sqlite
def test_a_twenty_megabyte_file_is_refused_and_the_rest_stays(client, write):
    _, browser, root = filled_in(client, write)
    answer = browser.post(
        f"{root}/annexes", data={"kind": "offers"}, files={"file": ("plan.pdf", PDF + b"x" * 20 * 1024 * 1024)}
    )
    assert answer.status_code == 422
    assert errors(answer) == {"file": "“plan.pdf” has 20 MB; a file may have at most 15 MB. Please send a smaller one."}
    assert write(lambda s: [annex.kind for annex in s.scalars(select(Annex))]) == ["registration"]


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "Please choose a file."),
        (
            {"file": ("virus.exe", b"MZ")},
            "“virus.exe” is not a file that can be read here. Please send PDF, Word (docx), Excel (xlsx), JPEG or PNG.",
        ),
    ],
)
def test_a_missing_or_foreign_file_is_told(client, write, files, said):
    _, browser, root = started(client, write)
    answer = browser.post(f"{root}/annexes", data={"kind": "offers"}, files=files or None)
    assert errors(answer) == {"file": said}


@pytest.mark.sqlite
def test_a_paper_is_read_by_who_may_and_taken_out(client, write):
    who, browser, root = filled_in(client, write)
    assert browser.get(f"{root}/annexes/1").content == PDF
    assert client(who["officer"]).get(f"{root}/annexes/1").content == PDF
    stranger = write(lambda s: factories.person(s, role="applicant"))
    assert client(stranger).get(f"{root}/annexes/1").status_code == 404
    assert browser.post(f"{root}/annexes/1/remove").status_code == 303
    assert "Certificate of registration" in words(browser.get(f"{root}/form/annexes"))


@pytest.mark.sqlite
def test_a_missing_paper_stops_the_sending_and_stands_in_the_list(client, write):
    _, browser, root = filled_in(client, write)
    browser.post(f"{root}/annexes/1/remove")
    answer = browser.post(f"{root}/submit")
    assert answer.status_code == 409
    assert "Certificate of registration" in words(answer)
    assert "Still missing (1)" in words(browser.get(f"{root}/review"))


@pytest.mark.sqlite
def test_too_late_is_told_kindly_by_the_servers_clock(client, write, clock):
    _, browser, root = filled_in(client, write)
    clock.forward(days=60)
    answer = browser.post(f"{root}/submit")
    assert answer.status_code == 409
    assert "The deadline passed on 31 Mar 2026, 23:59. What you wrote is kept. Please call Branch Khövsgöl" in words(
        answer
    )


@pytest.mark.sqlite
@pytest.mark.parametrize("path", ["", "/review", "/form/measure", "/form/costs", "/check", "/send-back", "/fit"])
def test_a_strangers_address_is_not_there(client, write, path):
    _, _, root = started(client, write)
    stranger = write(lambda s: factories.person(s, role="applicant"))
    assert client(stranger).get(root + path).status_code == 404


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("role", "method", "path"),
    [
        ("manager", "get", "/form/measure"),
        ("manager", "post", "/form/measure"),
        ("applicant", "get", "/check"),
        ("applicant", "post", "/accept"),
        ("applicant", "post", "/turn-down"),
        ("applicant", "post", "/admit-late"),
        ("officer", "post", "/confirm"),
        ("officer", "post", "/admit-late"),
    ],
)
def test_a_role_without_the_right_is_refused(client, write, role, method, path):
    who, _, root = filled_in(client, write)
    assert getattr(client(who[role]), method)(root + path).status_code == 403


@pytest.mark.sqlite
def test_who_may_do_it_and_not_now_is_told_where_the_measure_stands(client, write):
    who, _, root = filled_in(client, write)
    answer = client(who["manager"]).post(f"{root}/fit/accept")
    assert (answer.status_code, "This is not open now: the measure is draft." in answer.text) == (409, True)


@pytest.mark.sqlite
def test_a_page_that_is_not_there_is_not_there(client, write):
    _, browser, root = started(client, write)
    assert browser.get(f"{root}/form/secrets").status_code == 404


@pytest.mark.sqlite
def test_an_officer_writes_for_an_applicant_who_confirms(client, write):
    who = people(write)
    officer, applicant = client(who["officer"]), client(who["applicant"])
    unknown = officer.post("/measures/new", data={"call": who["call"], "whom": "nobody@example.org"})
    assert "No applicant is registered with this address" in errors(unknown)["whom"]
    officer.post("/measures/new", data={"call": who["call"], "whom": who["applicant"].email})
    for section in (s.name for s in SECTIONS if s.name != "annexes"):
        assert fill(officer, "/measures/1", section).status_code == 303
    officer.post("/measures/1/annexes", data={"kind": "registration"}, files={"file": ("reg.pdf", PDF)})
    assert officer.post("/measures/1/submit").status_code == 409
    assert officer.post("/measures/1/ask").status_code == 303
    assert applicant.post("/measures/1/confirm").status_code == 303
    assert officer.post("/measures/1/submit").status_code == 303
    assert write(lambda s: s.scalars(select(Measure.status)).one()) == "submitted"


@pytest.mark.sqlite
def test_the_check_sheet_asks_for_a_reason_next_to_the_check(client, write):
    who, browser, root = filled_in(client, write)
    browser.post(f"{root}/submit")
    answer = client(who["officer"]).post(f"{root}/check", data={"E8": "fail", "E9": "pass"})
    assert answer.status_code == 422
    assert errors(answer) == {"E8_reason": "Please give a reason for E8: Not started yet, nothing ordered."}


@pytest.mark.sqlite
def test_a_proposal_goes_back_with_its_list_and_comes_again(client, write):
    who, browser, root = filled_in(client, write)
    browser.post(f"{root}/submit")
    officer = client(who["officer"])
    assert "2026-03-16" in officer.get(f"{root}/send-back").text
    asked = {"asked-0-section": "annexes", "asked-0-field": "offers", "asked-0-words": "A second offer"}
    early = officer.post(f"{root}/send-back", data=asked | {"return_by": "2026-03-01"})
    assert errors(early) == {"return_by": "The new deadline must lie in the future."}
    assert officer.post(f"{root}/send-back", data=asked | {"return_by": "2026-03-16"}).status_code == 303
    page = words(browser.get(f"{root}/review"))
    assert "We need something more by 16 March 2026. A second offer" in page
    assert browser.post(f"{root}/submit").status_code == 303


@pytest.mark.sqlite
def test_all_failed_checks_stand_in_the_refusal(client, write):
    who, browser, root = filled_in(client, write)
    browser.post(f"{root}/submit")
    officer = client(who["officer"])
    answers = ANSWERS
    fails = {"E8": "fail", "E8_reason": "Ordered in February", "E14": "fail", "E14_reason": "A distillery"}
    assert officer.post(f"{root}/check", data=answers | fails).status_code == 303
    assert officer.post(f"{root}/turn-down").headers["location"] == "/cases/1"
    assert write(lambda s: s.scalars(select(Measure.status)).one()) == "ineligible"


@pytest.mark.sqlite
def test_a_late_proposal_is_admitted_with_a_reason_and_a_draft_expires(client, write, clock):
    who, _, root = filled_in(client, write)
    clock.forward(days=60)
    manager = client(who["manager"])
    assert manager.post(f"{root}/admit-late", data={"because": ""}).status_code == 409
    assert manager.post(f"{root}/admit-late", data={"because": "Flood"}).status_code == 303
    write(lambda s: factories.measure(s, call=s.get_one(factories.Call, who["call"])).id)
    assert manager.post("/measures/2/expire").status_code == 303
    assert write(lambda s: s.scalars(select(Measure.status).order_by(Measure.id)).all()) == ["submitted", "withdrawn"]


@pytest.mark.sqlite
def test_the_plan_is_fitted_and_accepted_through_its_page(client, write):
    def work(session):
        measure = factories.measure(session, status="approved", requested=5_000_00, awarded=3_750_00)
        return session.get_one(factories.Person, measure.owner_id), factories.person(session, role="manager")

    owner, manager = write(work)
    page = client(owner).get("/measures/1/fit")
    shown = dict(re.findall(r'name="((?:lines|targets)-\d-\w+)"[^>]*? value="([^"]*)"', page.text))
    assert shown["lines-0-unit_price"] == "3,333.33"
    selects = {"lines-0-category": "equipment", "lines-1-category": "works"}
    changed = shown | selects | {"lines-0-unit_price": "2,083.33", "version": version(page)}
    too_much = client(owner).post("/measures/1/fit", data=changed | {"lines-0-own_cash": "2,083.34"})
    assert errors(too_much) == {"lines-0-own_cash": "Together this is more than the line costs."}
    assert client(manager).post("/measures/1/fit/accept").status_code == 409
    assert client(owner).post("/measures/1/fit", data=changed).status_code == 303
    assert client(manager).post("/measures/1/fit/accept").headers["location"] == "/cases/1"
    fitted = write(lambda s: missing.why_not_fitted(s, queries.get(s, 1)))
    assert fitted == []


def test_submission_uses_the_moment_of_the_request(client, write, clock):
    _, browser, root = filled_in(client, write)
    clock.forward(hours=2)
    browser.post(f"{root}/submit")
    assert write(lambda s: s.scalars(select(Measure.submitted_at)).one()) == later(hours=2)
    assert submission.CHECK_DAYS == 14
    assert later(hours=2) > MORNING


@pytest.mark.parametrize("call", ["²", "9" * 30, "-1", ""])
def test_a_call_that_is_none_is_asked_for_again(client, write, call):
    answer = client(people(write)["applicant"]).post("/measures/new", data={"call": call})
    assert answer.status_code == 422


def test_papers_are_not_posted_to_a_page_of_the_form(client, write):
    who = write(lambda session: factories.person(session, role="applicant"))
    measure = write(lambda session: factories.measure(session, owner=session.merge(who)).id)
    assert client(who).post(f"/measures/{measure}/form/annexes", data={"kind": "registration"}).status_code == 404
