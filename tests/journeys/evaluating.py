"""Chapter 9: visits at the end and 6, 12 and 24 months later, each asked for once by mail; then the measure is closed."""

from struct import pack
from typing import Any
from zlib import compress, crc32

from tests.journeys.person import DESK, PHONE
from tests.journeys.stage import Stage

SAID = {
    "effects": "Six cooperatives wash here.",
    "carried_by": "The group, from fees.",
    "voice": "We do not sell raw wool any more.",
}


def picture() -> bytes:
    """The smallest PNG that opens: one grey dot."""

    def part(kind: bytes, data: bytes) -> bytes:
        return pack(">I", len(data)) + kind + data + pack(">I", crc32(kind + data))

    head = part(b"IHDR", pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + part(b"IDAT", compress(b"\0\x80")) + part(b"IEND", b"")


def reminded(stage: Stage, day: str, subject: str) -> None:
    """Every beat of that day and the day after asks; one mail comes."""
    stage.on(day, 12)
    stage.beat()
    stage.beat()
    stage.clock.forward(days=1)
    stage.beat()
    assert len(stage.mails("oyun", subject)) == 1


def visit(stage: Stage, who: str, no: int, found: dict[str, Any]) -> None:
    """On the spot, on a phone. Trained and earning more are persons, of them women; jobs and tonnes are not."""
    person = stage.cast[who]
    person.page.set_viewport_size({"width": PHONE, "height": 800})
    person.go("/evaluation/")
    person.go(f"/evaluation/{no}")
    person.fill(SAID | found | {"manner": "visit", "visited_on": f"{stage.clock():%Y-%m-%d}"})
    person.press("Send the visit")
    person.sees("The visit is kept", SAID["voice"])
    person.page.set_viewport_size({"width": DESK, "height": 800})


def counted(trained: str, women: str, jobs: str, incomes: str) -> dict[str, str]:
    return {"counts-0-value": trained, "counts-0-women": women, "counts-1-value": jobs, "counts-2-value": incomes}


def at_the_end(stage: Stage) -> None:
    """With the three scores that only the end has, and a photograph."""
    reminded(stage, "2026-11-16", "Visit due in 14 days: Visit at the end")
    scores = {"score_ease": "4", "score_fit": "5", "score_cost": "4"}
    visit(stage, "oyun", 1, {"effective": "yes", **counted("12", "7", "3.5", "30"), **scores})
    stage.oyun.fill({"photo": {"name": "line.png", "mimeType": "image/png", "buffer": picture()}})
    stage.oyun.press("Send the photograph")
    stage.oyun.sees("The photograph is kept")


def after_six_months(stage: Stage) -> None:
    """A call is noted with its promise: the reminder of the day itself waits until the promise has passed."""
    oyun = stage.oyun
    reminded(stage, "2027-05-17", "Visit due in 14 days: Visit 6 months")
    oyun.go("/cases/1")
    oyun.open("Note a call")
    oyun.fill(
        {"spoken_to": "Saran", "promised": "2027-06-04", "note": "The road is closed until June."},
        within="details[open]",
    )
    oyun.note("Note the call")
    oyun.sees("promised for 4 Jun", "The road is closed until June.")
    stage.on("2027-05-31")
    stage.beat()
    assert stage.mails("oyun", "today: Visit 6 months") == []
    reminded(stage, "2027-06-05", "Visit 5 days late: Visit 6 months")
    visit(stage, "oyun", 2, {"effective": "yes", **counted("12", "7", "3.5", "31")})


def after_twelve_months(stage: Stage) -> None:
    """Less than seven tenths of what there was is not a plain yes."""
    reminded(stage, "2027-11-16", "Visit due in 14 days: Visit 12 months")
    stage.maral.go("/evaluation/3")
    stage.maral.fill({"effective": "yes", **counted("0", "0", "1", "9"), "visited_on": "2027-11-17"})
    stage.maral.press("Send the visit")
    stage.maral.sees("the answer is “Partly”; or correct a figure")
    visit(stage, "maral", 3, {"effective": "partly", **counted("12", "7", "2", "9")})


def after_twenty_four_months(stage: Stage) -> None:
    """After the last visit the measure is closed."""
    maral = stage.maral
    maral.go("/cases/1")
    maral.sees("The evaluation 24 months after the end is not done yet")
    reminded(stage, "2028-11-16", "Visit due in 14 days: Visit 24 months")
    visit(stage, "oyun", 4, {"effective": "yes", **counted("13", "8", "3", "29")})
    maral.go("/cases/1")
    maral.press("Close the measure")
    maral.sees("The measure is closed")
    assert stage.measure().status == "closed"


def portfolio(stage: Stage) -> None:
    maral = stage.maral
    stage.on("2028-12-11")
    maral.go("/evaluation/results")
    maral.sees(
        "What became of 1 measure", "EUR 7,000 in grants", "1 of 1 still effective (100.0 %)", "24 months later 1 of 1"
    )
    maral.press("Write the report as Word")
    maral.sees("The document is being written")
    stage.beat("documents")
    maral.page.reload()
    stage.kept["portfolio"] = maral.download("Download the Word file")
