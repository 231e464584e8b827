"""Chapter 3: an applicant registers from the call's page on a phone, and writes the proposal page by page."""

from collections.abc import Mapping

from fundapp.demo import paper
from tests.journeys.person import PASSWORD, PHONE, Person
from tests.journeys.stage import Stage

WORDS = (
    "Every household solves this alone today, at a higher cost than one shared solution would have. The nearest offer is more than two "
    "hundred kilometres away, and in winter the road is closed for weeks. Young people leave because there is no paid work between the "
    "seasons, and what is earned elsewhere does not come back. "
)
TITLE = "Wool washing line shared by six cooperatives"
GROUP = "Wool cooperative Uliastai"
PARTY = {"person": "Saran Bold", "function": "Head", "phone": "9911 2233"}
MEASURE = {
    "title": TITLE, "short_title": "Wool washing line", "summary": "Six cooperatives share one line. " + WORDS, "region": "MN-057",
    "place": "Uliastai", "topic": "agriculture", "intervention": "processing", "starts_on": "2026-06-01", "ends_on": "2026-11-30",
}  # fmt: skip
APPLICANT = {
    "name": GROUP, "kind": "cooperative", "sector": "private", "register_number": "R-4711", "founded_on": "2016-05-01",
    "address": "Soum centre 3, Uliastai", "phone": "9911 2233", "vat": "none", "organisation_note": "Works together since 2016.",
    **{f"parties-{n}-{name}": value for n in range(4) for name, value in PARTY.items()},
    "parties-2-bank": "Khan Bank", "parties-2-account": "MN12 0005 0012 3456 7890",
}  # fmt: skip
PARTNERS = (
    {"name": "Soum administration", "sector": "public", "role": "gives the place"},
    {
        "name": "Saran Bold",
        "role": "has run a trial",
        "key_person": True,
        "why": "Her herd is the largest of the soum.",
    },
)
PROBLEM = {"bottleneck_id": "1", "problem": WORDS + WORDS}
RESULTS = {
    "objective": WORDS, "outputs": "One washing line\nFourteen operators trained", "outcomes": "Washed wool earns three times as much.",
    "visible_effect": "The line washes every week of the season.", "visible_by": "2026-10-01",
    "indicators-0-baseline": "0", "indicators-0-target": "14", "indicators-1-target": "3.5", "indicators-2-baseline": "2",
    "indicators-2-target": "31",
}  # fmt: skip
FIGURE = {
    "title": "Washed wool",
    "unit": "tonnes",
    "target": "40",
    "due_on": "2026-11-01",
    "verification": "sales book",
}
ACTIVITIES = (
    {
        "title": "Connect water and pour the floor",
        "responsible": "Mason",
        "starts_on": "2026-06-01",
        "ends_on": "2026-07-15",
    },
    {"title": "Set up the line", "starts_on": "2026-07-16", "ends_on": "2026-09-01", "milestone": True},
    {"title": "Train operators", "starts_on": "2026-09-02", "ends_on": "2026-11-15"},
)
GROUP_OF_PEOPLE = {"label": "Herders", "total": "45", "female": "23", "male": "20", "not_stated": "2", "youth": "11"}
ENVIRONMENT = {"env_effect": "1", "env_note": "The water is cleaned before it goes back.", "land": "no"}
RISKS = (
    {"text": "The winter comes early", "likelihood": "4", "impact": "3", "mitigation": "The floor is poured in June."},
    {"text": "The buyer pays late", "mitigation": "Two buyers share the wool."},
)
BENEFIT = {"public_benefit": WORDS + WORDS, "breadth": "120", "breadth_method": "members of the cooperatives"}
AFTERWARDS = {"after_funding": WORDS + WORDS}
BLANK = """prefix => [...document.querySelectorAll(`[data-rows="${prefix}"] [data-row]:not(template)`)].find((row) =>
    !row.hidden && [...row.querySelectorAll("input:not([type=checkbox]), textarea")].every((each) => !each.value))?.dataset.row ?? null"""
# what, kind of cost, quantity, unit, price, own money, own work
LINES = (
    ("Washing vats and press", "equipment", "1", "set", "7,200", "1,800", ""),
    ("Water connection and floor", "works", "1", "job", "2400", "400", "400"),
    ("Course for operators", "events", "2", "week", "800.00", "", "600"),
)
DECLARED = (
    "correct",
    "not_started",
    "no_double_funding",
    "no_conflict",
    "no_exclusion",
    "processing",
    "sending_abroad",
    "publication",
)


def registers(stage: Stage) -> None:
    """From the call's page, with one field and a mailed link, back to the call; a password is set because she likes one."""
    saran = stage.enter("saran", width=PHONE)
    saran.page.goto("/")
    saran.look()
    saran.follow("Measures that a whole place can see")
    saran.sees("at least 25 %", "Your regional branch helps you", "Branch Zavkhan")
    saran.follow("Write a proposal")
    saran.fill({"address": saran.email})
    saran.press("Continue")
    saran.sees("Please look into your mail")
    stage.beat("mail")
    saran.go(stage.link("saran", "Your link to sign in"))
    saran.fill({"given_name": "Saran", "family_name": "Bold"})
    saran.press("Go on")
    saran.sees("You are signed in", "Start a proposal")
    begins = saran.page.url
    saran.go("/people/account")
    saran.fill({"phone": "9911 2233"})
    saran.press("Save the number")
    saran.fill({"password": PASSWORD})
    saran.press("Set a password")
    saran.sees("Your new password holds")
    saran.go(begins)


def writes(stage: Stage) -> None:
    """Every page of the form; half-way there is a pause, and nothing is lost."""
    saran = stage.saran
    saran.fill({"form": "full"})
    saran.press("Start writing")
    page(saran, MEASURE)
    page(saran, APPLICANT)
    rows(stage, "partners", *PARTNERS)
    page(saran)
    page(saran, PROBLEM)
    stage.clock.forward(days=1)
    saran.go("/measures")
    saran.follow(TITLE)
    saran.sees("things are still missing", "Still missing", "the objective")
    saran.go("/measures/1/form/results")
    saran.fill(RESULTS)
    rows(stage, "indicators", FIGURE)
    page(saran)
    rows(stage, "activities", *ACTIVITIES)
    page(saran)
    rows(stage, "groups", GROUP_OF_PEOPLE)
    page(saran)
    page(saran, BENEFIT)
    page(saran, ENVIRONMENT)
    page(saran, AFTERWARDS)
    rows(stage, "risks", *RISKS)
    page(saran)
    costs(stage)
    page(saran, {"supported": "no"})
    papers(stage)
    signed = {"signed_name": "Saran Bold", "signed_place": "Uliastai", "signed_on": "2026-03-05"}
    page(saran, {**dict.fromkeys(DECLARED, True), **signed})
    saran.sees(
        "Read it through, then send it", "Nothing is missing", "EUR 8,000 asked for", "MN12 … 7890", "Set up the line"
    )


def page(saran: Person, fields: Mapping[str, object] = {}) -> None:
    """Fills in what is left of a page, and goes on."""
    saran.fill(fields)
    saran.press("Save and continue")


def rows(stage: Stage, prefix: str, *entries: Mapping[str, object]) -> None:
    """Fills one row after the other: into a blank one, else into one more."""
    saran = stage.saran
    for entry in entries:
        slot = saran.page.evaluate(BLANK, prefix)
        if slot is None and stage.script:
            saran.page.locator(f'[data-add="{prefix}"]').click()
        elif slot is None:
            saran.press("Save and add more")
        slot = slot or saran.page.evaluate(BLANK, prefix)
        saran.fill({f"{prefix}-{slot}-{name}": value for name, value in entry.items()})


def costs(stage: Stage) -> None:
    """Totals are reckoned, and what the others do not pay is asked from the fund."""
    saran = stage.saran
    names = ("description", "category", "quantity", "unit", "unit_price")
    rows(stage, "lines", *(dict(zip(names, line, strict=False)) for line in LINES))
    saran.press("Save and continue")
    saran.sees("EUR 11,200.00")
    there = saran.page.locator("[name$=-own_cash]").evaluate_all("all => all.map((each) => each.name.split('-')[1])")
    for slot, (*_what, cash, work) in zip(there, LINES, strict=True):
        saran.fill({f"sources-{slot}-own_cash": cash, f"sources-{slot}-in_kind": work})
    saran.fill({"own_when": "After the cashmere, in May", "in_kind_note": "40 days at EUR 25"})
    saran.press("Save")
    saran.sees(
        "Own share 28.5 %",
        "Costs EUR 11,200 = money EUR 11,200",
        "You ask the fund for EUR 8,000.00",
        "eight thousand euros",
    )
    saran.press("Save and continue")


def papers(stage: Stage) -> None:
    """A photograph of the certificate; with script it is sent as soon as it is chosen."""
    saran = stage.saran
    data = paper.pdf("Certificate of registration")[0].read()
    saran.fill({"kind": "registration"})
    chosen = {"name": "registration.pdf", "mimeType": "application/pdf", "buffer": data}
    saran.page.locator("input#file").set_input_files([chosen])
    if not stage.script:
        saran.press("Send these papers")
        saran.sees("The paper is kept")
    saran.page.locator("#papers").get_by_text("registration.pdf").wait_for()
    assert saran.download("registration.pdf") == data
    saran.follow("Continue")


def sends(stage: Stage) -> None:
    """A number, a frozen copy, a mail; pressed again the number is the same."""
    saran = stage.saran
    saran.press("Send the proposal")
    saran.sees("Thank you. We have your proposal.", "Number LED-057-2026-0001")
    assert saran.post("/measures/1/submit") == 303
    assert stage.measure().number == "LED-057-2026-0001"
    stage.beat("mail")
    received = stage.mails("saran", "LED-057-2026-0001")
    assert len(received) == 1
    assert TITLE in received[0].get_content()
    saran.begins()
    saran.go("/cases/1")
    saran.sees(TITLE, "We have your proposal")
