"""The pages for coming in, of one's account and one's organisation: whole at 360 and 1280 px, open to everybody, also without script."""

import re

import pytest
from sqlalchemy import select

from fundapp.mail.models import Message
from tests import factories as make
from tests.journeys.person import AXE, TOO_WIDE

pytestmark = pytest.mark.sqlite
WIDTHS = (360, 1280)


@pytest.fixture
def cast(write):
    def work(session):
        organisation = make.organisation(
            session, name="Wool cooperative of the six eastern valleys", kind="cooperative"
        )
        saran = make.person(session, role="applicant", name="Saran", family_name="Bold", email="saran@example.org",
                            phone="9911 2233", password="correct horse battery", organisation_id=organisation.id)  # fmt: skip
        nara = make.person(session, role="applicant", name="Nara", family_name="Ganbold", phone="9911 2233")
        for person, kind in ((saran, "editor"), (nara, "reader")):
            make.membership(session, person=person, organisation=organisation, kind=kind)
        alone = make.person(session, role="applicant", name="Tuya")
        return {"saran": saran, "nara": nara, "alone": alone, "officer": make.person(session, role="officer")}

    return write(work)


def look(page, name):
    """What is wrong with the page as it stands."""
    assert page.evaluate(TOO_WIDE) <= 0, name
    found = [f"{one['id']}: {one['nodes'][0]['html'][:150]}" for one in AXE.run(page).response["violations"]]
    assert found == [], name


@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_is_whole_and_open_to_all(tab, cast, write, width):
    how = {"viewport": {"width": width, "height": 800}, "reduced_motion": "reduce"}
    here = "/people/account/organisation"

    stranger = tab(**how)
    stranger.goto("/people/sign-in?next=/measures/new")
    look(stranger, "sign-in")
    stranger.get_by_text("I have a password").click()
    look(stranger, "password")
    stranger.get_by_label("Telephone or e-mail").fill("dorj@")
    stranger.get_by_role("button", name="Continue").click()
    look(stranger, "sign-in-refused")
    stranger.get_by_label("Telephone or e-mail").fill("9911 2233")
    stranger.get_by_role("button", name="Continue").click()
    look(stranger, "code")
    stranger.get_by_label("Code").fill("2222 2222")
    stranger.get_by_role("button", name="Go on").click()
    look(stranger, "code-refused")
    stranger.goto("/people/sign-in")
    stranger.get_by_label("Telephone or e-mail").fill("new@example.org")
    stranger.get_by_role("button", name="Continue").click()
    look(stranger, "enter-sent")
    body = write(lambda session: session.scalars(select(Message.body).where(Message.kind == "people/enter")).one())
    stranger.goto(re.search(r"/people/\S+", body)[0])
    look(stranger, "enter")
    stranger.goto("/people/enter/none")
    look(stranger, "enter-over")

    officer = tab(cast["officer"], **how)
    officer.goto("/people/codes?number=88110000")
    look(officer, "codes-new")
    officer.goto("/people/codes?number=99112233")
    look(officer, "codes")
    officer.get_by_role("button", name="Make a code for Nara Ganbold").click()
    look(officer, "code-made")

    saran = tab(cast["saran"], **how)
    saran.goto(here)
    look(saran, "organisation")
    for field, value in (("Name", "Tuya"), ("Telephone or e-mail", cast["alone"].email)):
        saran.locator("#invite").get_by_label(field, exact=True).fill(value)
    saran.locator("#invite").get_by_role("button", name="Invite").click()
    for folded in ("Remove", "Leave this organisation"):
        saran.get_by_text(folded, exact=True).first.click()
    look(saran, "organisation-invited")
    saran.goto("/people/account")
    look(saran, "account")
    for name in ("nara", "alone"):
        page = tab(cast[name], **how)
        page.goto(here)
        look(page, f"organisation-{name}")
        page.goto("/people/account")
        look(page, f"account-{name}")


def test_one_comes_in_by_a_code_without_script_and_by_keyboard(tab, cast):
    officer, visitor = tab(cast["officer"], java_script_enabled=False), tab(java_script_enabled=False)
    officer.goto("/people/codes?number=99112233")
    officer.get_by_role("button", name="Make a code for Nara Ganbold").press("Enter")
    code = officer.locator("code").inner_text()
    visitor.goto("/people/sign-in")
    visitor.get_by_label("Telephone or e-mail").fill("9911 2233")
    visitor.keyboard.press("Enter")
    visitor.get_by_label("Code").fill(code.lower())
    visitor.keyboard.press("Enter")
    visitor.get_by_text("You are signed in.").wait_for()
