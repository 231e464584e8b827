"""Chapter 2: a fund with two donors, a committee, and a blind call with its own rules."""

from tests.journeys.stage import Stage

DONORS = (
    ("Partner chamber", "60000", "2026-02-16", "statement 4"),
    ("Gobi foundation", "25,000.50", "2026-02-23", "statement 5"),
)
SEATS = {"Chimeg": "semi_public", "Mira": "private", "Bat": "semi_public", "Tuya": "public", "Dorj": "private"}


def fund_and_donors(stage: Stage) -> None:
    maral = stage.maral
    maral.go("/funds")
    maral.sees("There is no fund yet")
    maral.follow("Set up a fund")
    maral.fill(
        {
            "name": "LED Fund Mongolia",
            "code": "LED-MN",
            "currency": "EUR",
            "zone": "Asia/Ulaanbaatar",
            "preset": "national",
        }
    )
    maral.press("Set it up")
    maral.sees("No money has arrived yet")
    for name, amount, arrived, reference in DONORS:
        if name != DONORS[0][0]:
            maral.open("Add a donor")
        maral.fill({"name": name, "contact": "grants@example.org"})
        maral.press("Add the donor")
        maral.fill({"amount": amount, "arrived_on": arrived, "bank_reference": reference})
        maral.press("Book it")
    maral.sees("2 donors gave EUR 85,000.50", "Partner chamber", "60,000.00", "Gobi foundation", "25,000.50")


def bottleneck(stage: Stage) -> None:
    """The officer names what the region suffers from."""
    oyun = stage.oyun
    oyun.go("/regions")
    oyun.follow("Branch Zavkhan")
    oyun.fill(
        {
            "title": "Wool is sold unwashed",
            "factor": "value_chains",
            "severity": "4",
            "reach": "3",
            "changeable": "2",
            "named_on": "2026-01-12",
        }
    )
    oyun.press("Name it")
    oyun.sees("Wool is sold unwashed")


def call(stage: Stage) -> None:
    """Prepared, given a committee and a scheme, published."""
    maral = stage.maral
    maral.go("/funds/1/calls/new")
    maral.fill({
        "title": "Measures that a whole place can see", "code": "2026-1", "text": "Shared, public, within twelve months.\nBring your neighbours.",
        "opens": "2026-03-02", "closes": "2026-03-31", "smallest": "1500", "largest": "10000", "budget": "25000",
        "own_share": "25", "own_cash": "5", "regions": ["MN-057", "MN-061"], "annexes": ["registration"], "blind": True,
    })  # fmt: skip
    maral.press("Prepare the call")
    maral.sees("Nobody outside sees it before you publish it")
    assert stage.ada.status("/calls/1") == 404
    committee(stage)
    maral.go("/rating/calls/1/scheme")
    maral.fill({"committee": "1", "smallest_sheets": "3"})
    maral.press("Begin")
    maral.sees("It can be changed until the first member locks or signs scores")
    maral.go("/funds/calls/1")
    maral.press("Publish")
    maral.sees("The call is public", "at least 25 %", "Certificate of registration")


def committee(stage: Stage) -> None:
    maral = stage.maral
    maral.go("/rating/committees")
    maral.fill({"name": "Committee of the fund", "smallest_quorum": "3"})
    maral.press("Set up the committee")
    for given, sector in SEATS.items():
        person = maral.page.locator("[name=person] option", has_text=given).get_attribute("value")
        maral.fill({"person": person, "sector": sector, "seat": "chair" if given == "Chimeg" else "member"})
        maral.press("Add the member")
        maral.sees(f"{given} sits on the committee")
    maral.sees("5 voting members")
