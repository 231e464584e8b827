"""The proposal through its URLs."""

import json
import re
from html import unescape

import pytest
from sqlalchemy import event, select

from fundapp.files.models import File
from fundapp.funds.models import Call
from fundapp.measures import missing, queries, submission
from fundapp.measures.codes import DECLARATIONS
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
        "vat": "none",
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
        "indicators-0-target": "8",
        "indicators-1-target": "2.5",
        "indicators-2-target": "0",
    },
    "activities": {
        "activities-0-title": "Install the line",
        "activities-0-starts_on": "2026-06-01",
        "activities-0-ends_on": "2026-09-30",
        "activities-0-milestone": "yes",
    },
    "groups": {"groups-0-label": "Herders", "groups-0-total": "120", "groups-0-female": "70", "groups-0-male": "50"},
    "benefit": {"public_benefit": LONG, "breadth": "40", "breadth_method": "List of members"},
    "environment": {"env_effect": "1", "land": "no"},
    "afterwards": {"after_funding": LONG},
    "risks": {
        "risks-0-text": "The winter comes early",
        "risks-0-mitigation": "We start in June",
        "risks-0-likelihood": "4",
        "risks-1-text": "The buyer pays late",
        "risks-1-mitigation": "Two buyers",
    },
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
        "sources-0-own_cash": "1,000.00",
        "sources-0-in_kind": "1,000",
        "sources-1-own_cash": "500",
        "own_when": "After the cashmere, in May",
        "in_kind_note": "20 days at 50.00",
    },
    "support": {"supported": "no"},
    "declarations": dict.fromkeys(DECLARATIONS, "yes")
    | {"signed_name": "D. Bold", "signed_place": "Mörön", "signed_on": "2026-03-02"},
}


MOST_QUERIES = 24
LINE = {"description": "Pipe", "category": "material", "quantity": "1", "unit_price": "10"}
GROUP = {"label": "Herders", "total": "2", "female": "1", "male": "1"}
TICKS = {*DECLARATIONS, "publication"}


def version(page):
    return re.search(r'name="version" value="(\d+)"', page.text)[1]


def was(page):
    """What stood on a page of the form when it was opened, as the page itself sends it along."""
    return json.loads(unescape(re.search(r'name="was" value="([^"]*)"', page.text)[1]))


def fill(browser, root, section, **more):
    """Opens a page of the form, writes into it, and sends it as a browser does."""
    page = browser.get(f"{root}/form/{section}")
    assert page.status_code == 200, page.text
    opened = was(page)
    typed = {name: text for name, text in (opened | PAGES[section] | more).items() if text or name not in TICKS}
    return browser.post(f"{root}/form/{section}", data=typed | {"was": json.dumps(opened)})


def started(client, write):
    who = people(write)
    browser = client(who["applicant"])
    answer = browser.post("/measures/new", data={"call": who["call"]})
    assert answer.headers["location"] == "/measures/1/form/measure"
    return who, browser, "/measures/1"


def filled_in(client, write):
    who, browser, root = started(client, write)
    for section in PAGES:
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
    assert "Own share 25 %" in words(browser.get(f"{root}/form/financing"))


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
    answer = fill(browser, root, "financing", **{"sources-1-own_cash": "3,000.01"})
    assert errors(answer) == {"sources-1-own_cash": "Together this is more than the line costs."}
    assert 'value="1,000.00"' in answer.text


@pytest.mark.sqlite
def test_a_field_that_both_changed_stands_with_both_texts_and_theirs_can_be_taken(client, write):
    _, browser, root = started(client, write)
    opened = was(browser.get(f"{root}/form/benefit"))
    assert fill(browser, root, "benefit").status_code == 303
    both = browser.post(f"{root}/form/benefit", data=opened | {"public_benefit": "Mine", "was": json.dumps(opened)})
    assert both.status_code == 409
    assert "Somebody else has changed this meanwhile" in both.text
    assert ">\nMine</textarea>" in both.text
    assert f'<q class="theirs">{LONG}</q>' in unescape(both.text)
    chosen = was(both) | {"public_benefit": "Mine", "take-public_benefit": "yes", "was": json.dumps(was(both))}
    assert browser.post(f"{root}/form/benefit", data=chosen).status_code == 303
    assert write(lambda s: s.scalars(select(Measure.public_benefit)).one()) == LONG


@pytest.mark.sqlite
def test_the_whole_form_for_a_desk_has_every_page_and_says_how_far_it_is(client, write):
    _, browser, root = started(client, write)
    fill(browser, root, "problem", bottleneck_id="1")
    page = browser.get(f"{root}/form")
    shown = re.findall(r'<section class="section" id="page-(\w+)"', page.text)
    assert shown == [*[*PAGES][:13], "support", "annexes", "declarations"]
    assert re.findall(r'<li class="(\w+)"><a href="#page-(\w+)"', page.text)[3:5] == [
        ("met", "problem"),
        ("open", "results"),
    ]
    saved = browser.post(f"{root}/form/benefit", data={"breadth": "7", "then": "whole"})
    assert saved.headers["location"] == f"{root}/form#page-benefit"
    wrong = browser.post(f"{root}/form/benefit", data={"breadth": "many", "then": "whole"})
    assert errors(wrong) == {"breadth": "“many” is not a whole number. Write 12, for example."}
    assert 'id="page-costs"' in wrong.text


@pytest.mark.sqlite
def test_the_short_form_has_fewer_pages_and_fields_and_loses_nothing_of_the_full_one(client, write):
    _, browser, root = started(client, write)
    write(lambda s: setattr(s.scalars(select(Call)).one(), "short_limit", 5_000_00))
    fill(browser, root, "measure", short_title="Wool line")
    assert browser.post(f"{root}/change-form", data={"form": "short"}).status_code == 303
    assert "short_title" not in was(browser.get(f"{root}/form/measure"))
    assert fill(browser, root, "measure", place="Mörön").status_code == 303
    assert browser.get(f"{root}/form/activities").status_code == 404
    assert write(lambda s: s.execute(select(Measure.place, Measure.short_title)).one()) == ("Mörön", "Wool line")


@pytest.mark.sqlite
def test_what_the_script_takes_over_comes_back_as_figures_and_what_is_missing(client, write):
    _, browser, root = started(client, write)
    fill(browser, root, "costs")
    state = browser.post(f"{root}/form/costs", data={"lines-1-quantity": "10", "then": "quiet"})
    assert state.status_code == 200
    assert '<output id="lines-1-amount">1,500.00</output>' in state.text
    assert '<output id="lines-sum">8,500.00</output>' in state.text
    assert 'href="/measures/1/form/results"' in state.text
    seen = {"referer": str(browser.base_url) + f"{root}/form"}
    assert 'href="#page-results"' in browser.post(f"{root}/form/costs", data={"then": "quiet"}, headers=seen).text
    wrong = browser.post(f"{root}/form/costs", data={"lines-1-quantity": "ten", "then": "quiet"})
    assert (wrong.status_code, list(errors(wrong))) == (422, ["lines-1-quantity"])


@pytest.mark.sqlite
def test_a_returned_proposal_is_open_only_where_something_was_asked_for(client, write):
    who, browser, root = filled_in(client, write)
    browser.post(f"{root}/submit")
    asked = {
        "asked-0-section": "applicant", "asked-0-field": "tax_number", "asked-0-words": "We need your tax number.",
        "asked-1-section": "annexes", "asked-1-field": "offers", "asked-1-words": "A second offer",
    }  # fmt: skip
    assert client(who["officer"]).post(f"{root}/send-back", data=asked | {"return_by": "2026-03-16"}).status_code == 303
    page = browser.get(f"{root}/form/applicant")
    assert "Asked for: We need your tax number." in words(page)
    assert was(page) == {"tax_number": ""}
    assert "Blue Sky cooperative" in words(page)
    assert (
        browser.post(f"{root}/form/applicant", data={"tax_number": "T-77", "was": json.dumps(was(page))}).status_code
        == 303
    )
    assert 'name="was"' not in browser.get(f"{root}/form/problem").text
    papers = re.findall(r'<option value="([\w:]+)"', browser.get(f"{root}/form/annexes").text)
    assert papers == ["offers"]


@pytest.mark.sqlite
def test_several_papers_are_sent_at_once_and_a_newer_one_replaces_the_older_which_is_kept(client, write):
    _, browser, root = started(client, write)
    pages = [("file", ("one.pdf", PDF)), ("file", ("two.pdf", PDF + b"%"))]
    assert browser.post(f"{root}/annexes", data={"kind": "registration"}, files=pages).status_code == 303
    assert "two.pdf" in browser.get(f"{root}/form/annexes").text
    write(lambda s: [setattr(file, "kept_at", later(hours=-1)) for file in s.scalars(select(File))])
    newer = {"file": ("three.pdf", PDF + b"%%")}
    assert browser.post(f"{root}/annexes", data={"kind": "registration"}, files=newer).status_code == 303
    page = words(browser.get(f"{root}/form/annexes"))
    assert "2 papers were replaced or taken out; they are kept" in page


@pytest.mark.sqlite
def test_at_most_forty_papers_stand_in_a_proposal(client, write):
    _, browser, root = started(client, write)
    for start in (0, 20):
        many = [("file", (f"{n}.pdf", PDF + b"%" * n)) for n in range(start, start + 20)]
        assert browser.post(f"{root}/annexes", data={"kind": "photos"}, files=many).status_code == 303
    more = browser.post(f"{root}/annexes", data={"kind": "photos"}, files={"file": ("more.pdf", PDF + b"% more")})
    assert errors(more) == {
        "file": "A proposal has at most 40 papers. Take one out, or put several pages into one file."
    }


@pytest.mark.sqlite
def test_a_page_of_the_form_costs_a_constant_number_of_queries(client, write, database):
    _, browser, root = filled_in(client, write)
    asked = []
    event.listen(database.engine, "before_cursor_execute", lambda *of: asked.append(of[2]))

    def counted(path):
        asked.clear()
        assert browser.get(f"{root}/form{path}").status_code == 200
        return len(asked)

    few = [counted(path) for path in ("", "/costs", "/groups")]
    fill(browser, root, "costs", **{f"lines-{n}-{name}": value for n in range(3, 20) for name, value in LINE.items()})
    fill(browser, root, "groups", **{f"groups-{n}-{name}": value for n in range(1, 9) for name, value in GROUP.items()})
    assert [counted(path) for path in ("", "/costs", "/groups")] == few
    assert max(few) <= MOST_QUERIES


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
    for section in PAGES:
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
    assert "We need something more by 16 March 2026. Papers, Offers or price lists : A second offer" in page
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
