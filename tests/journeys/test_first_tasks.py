"""Each account of the national demonstration signs in with one click, does what its first page asks for, and signs out."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from fundapp.config import Settings
from tests.conftest import Clock
from tests.journeys.person import DESK, PHONE, Person
from tests.journeys.stage import Stage

MEMBERS = ("Mira Member One", "Bat Member Two", "Tuya Member Three", "Dorj Member Four", "Saran Member Five")
BLIND, NAMED = (1, 2, 3, 4, 5, 7, 8), 6  # criteria
QUESTIONS = ("E8", "E9", "E12", "E13", "E14", "E15")  # what no rule answers by itself
Enter = Callable[..., Person]


@pytest.fixture
def settings(prepared: Path, tmp_path: Path) -> Settings:
    home = tmp_path / "home"
    shutil.copytree(prepared, home)
    return Settings(home=home, demo=True, brand_small="Demonstration")


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime.now(UTC))


@pytest.fixture
def enter(server: Any, browser: Any, clock: Clock) -> Iterator[Enter]:
    """enter("Maral Manager") -> this person on their first page, signed in with one click. Pages are looked at for their width only."""
    stage = Stage(server, browser, clock, None, None)
    stage.script = False

    def come(name: str, width: int = DESK) -> Person:
        stage.cast[name] = person = Person(stage, name, width=width)
        person.page.goto("/people/sign-in")
        person.press(name)
        return person

    yield come
    stage.close()
    assert stage.wrong == []


def leave(person: Person) -> None:
    """From the first page, as everybody finds it there; afterwards nothing of the office is open."""
    person.go("/")
    person.press("Sign out")
    person.sees("Money for measures that a whole place can see")
    person.page.goto("/people/account")
    person.sees("Telephone or e-mail")


def row(words: str) -> str:
    """The row of a list of the first page."""
    return f'main li:has-text("{words}")'


def test_the_manager_authorises_a_payment_and_finance_pays(enter: Enter) -> None:
    maral = enter("Maral Manager")
    maral.sees("1 payment to authorise, 1 person to call, 1 decision to take")
    maral.follow("Authorise the payment")
    maral.sees("Every condition is met. It waits to be authorised.", "Not who prepared it")
    maral.press("Authorise EUR 1,840.00")
    maral.sees("The payment is authorised. A third person pays it.")
    leave(maral)
    ganzorig = enter("Ganzorig Finance")
    ganzorig.sees("2 to pay, receipts of 2 measures to check")
    ganzorig.follow("Pay", within=row("Poultry keeping"))
    ganzorig.sees("Authorised by M. Maral")
    ganzorig.fill({"bank_reference": "Bank 4711"})
    ganzorig.press("Note EUR 1,840.00 as paid")
    ganzorig.sees("Noted as paid and posted to the ledger.")
    ganzorig.go("/")
    ganzorig.sees("1 to pay, receipts of 2 measures to check")
    leave(ganzorig)


def test_the_officer_calls_checks_a_proposal_and_reads_a_report(enter: Enter, clock: Clock) -> None:
    oyun = enter("Oyun Officer")
    oyun.sees("1 report to read, receipts of 2 measures to check, 1 proposal to check; 1 thing is late.")
    late = row("Root cellar")
    oyun.open("Note a call", within=late)
    oyun.fill({"promised": (clock() + timedelta(days=2)).date(), "note": "She brings it herself."}, within=late)
    oyun.page.locator(late).get_by_role("button", name="Note the call").click()
    oyun.page.locator(row("She brings it herself.")).wait_for()
    oyun.go("/")
    oyun.follow("Check eligibility")
    oyun.sees("6 questions are open.")
    oyun.fill(dict.fromkeys(QUESTIONS, "pass") | {"E12_list": "Sanctions list", "E12_found": "no entry"})
    oyun.press("Keep the answers")
    oyun.sees("Every question is answered.")
    oyun.press("Accept as eligible")
    oyun.sees("The proposal fits the call and goes to the committee.")
    reads(oyun)
    leave(oyun)


def reads(oyun: Person) -> None:
    """A list of receipts is gone through, then the report they belong to is accepted."""
    oyun.go("/")
    oyun.follow("Check receipts", within=row("Local guides"))
    oyun.follow("Go through the list")
    oyun.sees("3 receipts wait")
    for box in oyun.page.locator("[name$=-opened]").all():
        box.check()
    oyun.press("Accept the list")
    oyun.sees("3 receipts are checked.")
    oyun.go("/")
    oyun.follow("Check the report", within=row("Local guides"))
    oyun.press("Accept the report")
    oyun.sees("The report is accepted.")


def test_members_declare_score_and_sign(enter: Enter) -> None:
    for name in MEMBERS:
        member = enter(name)
        member.sees("1 proposal to declare on")
        member.follow("Say whether you have a conflict of interest")
        answer = member.page.locator("[name^=said-][value=none]").get_attribute("name")
        member.fill({answer: "none"})
        member.press("Declare")
        member.sees("Thank you: you have declared on one proposal.")
        if name == "Tuya Member Three":
            scores(member)
        leave(member)


def scores(tuya: Person) -> None:
    tuya.go("/")
    tuya.sees("1 proposal to score.")
    tuya.follow("Score proposals")
    tuya.page.locator("main a[href^='/rating/sheets/']").first.click()
    tuya.sees("Names, places and organisations are hidden.")
    for no in BLIND:
        give(tuya, no)
    tuya.press("Lock these scores and open the names")
    tuya.sees("The names are open to you.", "Clean town of Darkhan")
    give(tuya, NAMED)
    tuya.press("Sign the sheet")
    tuya.sees("Your sheet is signed. It counts once the round is closed.")
    tuya.go("/")
    tuya.sees("Nothing waits for you today.")


def give(member: Person, no: int) -> None:
    """A score that needs no reason; it is kept as soon as it is given."""
    member.fill({f"scores-{no}-points": "4"})
    member.page.locator(f"#state-R{no} b", has_text="4").wait_for()


def test_the_chair_decides_in_a_meeting_while_others_are_still_rated(enter: Enter) -> None:
    chimeg = enter("Chimeg Chair")
    chimeg.sees("1 proposal to declare on, 1 proposal to score, 1 decision to take, 1 more thing to do.")
    chimeg.follow("Decide in a meeting")
    chimeg.sees("One proposal waits for its rating. One is in rating. 2 are rated and wait for the meeting.")
    chimeg.follow("Type in the meeting")
    chimeg.fill({"place": "Ulaanbaatar", "began": "10:00", "ended": "12:00"})
    for name in ("Chimeg Chair", *MEMBERS):
        chimeg.page.get_by_label(name).check()
    votes = {"items-0-yes": "6", "items-0-no": "0", "items-0-abstained": "0"}
    chimeg.fill({"items-0-outcome": "approve", **votes, "items-0-reasons": "Many gain by it."})
    chimeg.press("Record and close the meeting")
    chimeg.sees("The meeting is closed; letters and minutes are being written.", "6 yes, 0 no, 0 abstained.")
    leave(chimeg)


def test_the_applicants_report_answer_and_send_again(enter: Enter) -> None:
    anu = enter("Anu Applicant", width=PHONE)
    anu.sees("Felt slippers from local sheep wool", "Your report is due on", "You have received EUR 3,450 of 6,900.")
    anu.open("Something has changed")
    changed = "form[action$='/changed']"
    anu.fill({"words": "The second machine comes in January."}, within=changed)
    anu.press("Send", within=changed)
    anu.sees("Noted. The branch answers within two working days.", "The second machine comes in January.")
    anu.follow("Write the report")
    anu.fill({"done": "We bought the machines.", "results": "Eighteen people learnt it."})
    anu.press("Save and send the report")
    anu.sees("Thank you. We have your report.")
    leave(anu)
    bilguun = enter("Bilguun Applicant Two", width=PHONE)
    bilguun.sees(
        "3 wait for you.",
        "It is approved, with less than you asked for. Please fit your plan to it by",
    )
    bilguun.follow("Answer the questions")
    bilguun.fill({"answer": "The market pays the rent; there are fourteen children."})
    bilguun.press("Send the answers")
    bilguun.sees("Thank you. Your answers are with the committee.")
    bilguun.go("/measures")
    bilguun.follow("Home-stay network along the old caravan road")
    bilguun.sees("Please add the letters of the families who take part.")
    bilguun.press("Send the proposal")
    bilguun.sees("Thank you. We have your proposal. Number: LED-041-")
    leave(bilguun)


def test_the_auditor_follows_a_euro_from_the_donor_to_the_receipt(enter: Enter) -> None:
    ariunaa = enter("Ariunaa Auditor")
    ariunaa.sees("New in the last thirty days")
    ariunaa.follow("Fund for local measures (invented)")
    ariunaa.follow("294,000.00")
    ariunaa.follow("Contribution: Partner chamber in Europe (invented)")
    ariunaa.sees("42,000.00", "proved by Bank")
    ariunaa.go("/funds/1/ledger?account=paid")
    ariunaa.follow("Paid out", within="tr:has-text('3,450.00')")
    ariunaa.follow("The case file")
    ariunaa.sees("Felt slippers from local sheep wool")
    ariunaa.follow("Payments, receipts, settlement")
    ariunaa.page.locator("main a[href^='/disbursement/receipts/']").first.click()
    ariunaa.page.wait_for_url("**/disbursement/receipts/*")
    ariunaa.sees("Receipt 1", "Counts in full.", "Machines of the workshop")
    ariunaa.go("/history")
    ariunaa.sees("Everything that happened, newest first.")
    leave(ariunaa)


def test_the_administrator_backs_up_invites_and_hands_over(enter: Enter, server: Any, tmp_path: Path) -> None:
    altan = enter("Altan Administrator")
    altan.follow("Backups", within="nav")
    altan.fill({"folder": str(tmp_path / "drive")})
    altan.press("Use this folder")
    altan.sees("Backups go to this folder from now on.")
    altan.press("Back up now")
    altan.sees("A backup waits for the heartbeat; it begins within a minute.")
    server.app.state.heart.run("backups")
    altan.page.get_by_role("link", name="Show it").wait_for()
    altan.sees("The backup is whole.")
    assert {path.suffix for path in (tmp_path / "drive").iterdir()} == {".zip"}
    altan.go("/people/persons")
    altan.follow("Invite a person")
    altan.fill({"given_name": "Nergui", "family_name": "Newcomer", "email": "nergui@demo.invalid", "role": "member"})
    altan.press("Invite")
    altan.sees("The invitation is made", "nergui@demo.invalid")
    altan.go("/handing-over")
    altan.follow("Oyun Officer")
    altan.sees("Hand over: Oyun Officer", "In hand: 1 role,")
    altan.page.locator("select[name=to]").select_option(label="Lkhagva Radna")
    altan.page.locator("[name=roles]").first.check()
    altan.press("Hand over")
    altan.sees("Lkhagva Radna")
    leave(altan)


OFFICE = (
    "/settings",
    "/backups",
    "/people/persons",
    "/people/persons/29",
    "/people/rights",
    "/handing-over",
    "/outbox",
    "/start",
)
OTHERS: dict[str, tuple[str, ...]] = {
    "Anu Applicant": ("/history", "/funds/1", "/cases/109", "/mine/109", "/measures/118", "/rating/sheets/400", "/disbursement/payments/250"),
    "Tuya Member Three": ("/history", "/funds/1", "/cases/109", "/measures/118", "/rating/sheets/399", "/rating/meetings/27"),
    "Ganzorig Finance": ("/history", "/cases/118", "/measures/124/check", "/rating/sheets/400", "/rating/calls/8/ranking"),
    "Ariunaa Auditor": ("/cases/125", "/measures/124/check", "/rating/sheets/400", "/evaluation/"),
}  # fmt: skip
POSTS = (
    "/settings/national",
    "/backups/now",
    "/handing-over/22",
    "/people/persons/29/roles",
    "/rating/sheets/400/sign",
)


@pytest.mark.parametrize("name", OTHERS)
def test_nobody_gets_in_where_others_work(enter: Enter, name: str) -> None:
    person = enter(name)
    answers = {path: person.status(path) for path in (*OFFICE, *OTHERS[name])}
    answers |= {f"post {path}": person.post(path) for path in POSTS if (name, path) != ("Tuya Member Three", POSTS[-1])}
    assert {path: status for path, status in answers.items() if status not in {403, 404}} == {}
