"""Chapter 3: an applicant registers from the call's page on a phone, and writes the proposal page by page."""

from fundapp.demo import paper
from tests.journeys.person import PASSWORD, PHONE
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
    "address": "Soum centre 3, Uliastai", "phone": "9911 2233", "organisation_note": "Works together since 2016.",
    **{f"parties-{n}-{name}": value for n in range(4) for name, value in PARTY.items()},
    "parties-2-bank": "Khan Bank", "parties-2-account": "MN12 0005 0012 3456 7890",
}  # fmt: skip
PARTNERS = {
    "partners-0-name": "Soum administration", "partners-0-sector": "public", "partners-0-role": "gives the place",
    "partners-1-name": "Saran Bold", "partners-1-role": "has run a trial", "partners-1-key_person": True,
}  # fmt: skip
PROBLEM = {"bottleneck_id": "1", "problem": WORDS + WORDS}
RESULTS = {
    "objective": WORDS, "outputs": "One washing line\nFourteen operators trained", "outcomes": "Washed wool earns three times as much.",
    "visible_effect": "The line washes every week of the season.", "visible_by": "2026-10-01",
    "indicators-0-baseline": "0", "indicators-0-target": "14", "indicators-1-target": "3.5", "indicators-2-baseline": "2",
    "indicators-2-target": "31", "indicators-3-title": "Washed wool", "indicators-3-unit": "tonnes", "indicators-3-target": "40",
    "indicators-3-due_on": "2026-11-01", "indicators-3-verification": "sales book",
}  # fmt: skip
GROUPS = {
    "groups-0-label": "Herders", "groups-0-total": "45", "groups-0-female": "23", "groups-0-male": "20", "groups-0-not_stated": "2",
    "groups-0-youth": "11",
}  # fmt: skip
BENEFIT = {"public_benefit": WORDS + WORDS, "breadth": "120", "breadth_method": "members of the cooperatives"}
AFTERWARDS = {"after_funding": WORDS + WORDS}
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
    saran.press("Start writing")
    pages = (MEASURE, APPLICANT, PARTNERS, PROBLEM, RESULTS, GROUPS, BENEFIT, AFTERWARDS)
    for number, fields in enumerate(pages):
        saran.fill(fields)
        saran.press("Save and continue")
        if number == 3:
            stage.clock.forward(days=1)
            saran.go("/measures")
            saran.follow(TITLE)
            saran.sees("things are still missing", "Still missing", "the objective")
            saran.go("/measures/1/form/results")
    costs(stage)
    papers(stage)
    saran.fill({**dict.fromkeys(DECLARED, True), "name": "Saran Bold", "place": "Uliastai", "date": "2026-03-05"})
    saran.press("Save and continue")
    saran.sees("Read it through, then send it", "Nothing is missing", "EUR 8,000 asked for", "MN12 … 7890")


def costs(stage: Stage) -> None:
    """Totals are reckoned, and what the others do not pay is asked from the fund."""
    saran = stage.saran
    for n, (what, kind, quantity, unit, price, _cash, _work) in enumerate(LINES):
        saran.fill({
            f"lines-{n}-description": what, f"lines-{n}-category": kind, f"lines-{n}-quantity": quantity, f"lines-{n}-unit": unit,
            f"lines-{n}-unit_price": price,
        })  # fmt: skip
    saran.press("Save and continue")
    saran.sees("EUR 11,200.00")
    for n, (*_what, cash, work) in enumerate(LINES):
        saran.fill({f"lines-{n}-own_cash": cash, f"lines-{n}-in_kind": work})
    saran.press("Save")
    saran.sees("Own share 28.5 %", "All costs EUR 11,200.00", "From the fund EUR 8,000.00", "Own money EUR 2,200.00")
    saran.press("Save and continue")


def papers(stage: Stage) -> None:
    saran = stage.saran
    data = paper.pdf("Certificate of registration")[0].read()
    saran.fill(
        {"kind": "registration", "file": {"name": "registration.pdf", "mimeType": "application/pdf", "buffer": data}}
    )
    saran.press("Send this paper")
    saran.sees("The paper is kept", "registration.pdf")
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
