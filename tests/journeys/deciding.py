"""Chapter 6: the committee meets and gives less than was asked; the plan is fitted to it."""

from sqlalchemy import select

from fundapp.documents.models import Document
from tests.journeys.stage import Stage

CONDITIONS = "Waste water goes to the settling pond of the town."


def meets(stage: Stage) -> None:
    """The manager types in, the chair closes; who has a tie leaves the room, and one seat stays empty."""
    maral, chimeg = stage.maral, stage.chimeg
    stage.on("2026-04-20")
    maral.go("/rating/calls/1")
    maral.follow("Type in the meeting")
    seats = maral.page.locator("label:has([name=present])")
    ids = {
        given: seats.filter(has_text=given).locator("input").get_attribute("value")
        for given in ("Chimeg", "Mira", "Bat", "Dorj")
    }
    maral.fill({"place": "Ulaanbaatar", "began": "10:00", "ended": "11:30", "present": list(ids.values())})
    maral.press("Go on to the decisions")
    maral.sees("Dorj has a conflict and leaves the room", "3 members may vote; 3 are needed.")
    maral.open("Type in what was decided")
    maral.fill({
        "outcome": "approve", "yes": "2", "no": "0", "abstained": "1", "amount": "7,000", "conditions": CONDITIONS,
        "arguments": "Many users, a clear bottleneck.", "reasons": "The press can be smaller.",
    })  # fmt: skip
    maral.press("Keep this decision")
    maral.sees(
        "Approved with less than requested: EUR 7,000", "2 yes, 0 no, 1 abstained", "The chair closes the meeting"
    )
    assert maral.post("/rating/meetings/1/close") == 403
    chimeg.begins()
    chimeg.sees("Decide in a meeting")
    chimeg.go("/rating/meetings/1")
    chimeg.press("Close the meeting")
    chimeg.sees("The meeting is closed", "It is still being written")
    assert (stage.measure().status, stage.measure().awarded) == ("approved", 700000)


def minutes(stage: Stage) -> None:
    """Written by the heartbeat; closed, like all else, to who declared a tie."""
    stage.beat("documents")
    stage.chimeg.go("/rating/meetings/1")
    stage.kept["minutes"] = stage.chimeg.download("Download the minutes")
    for document in stage.ask(lambda session: list(session.scalars(select(Document)))):
        assert stage.dorj.status(f"/documents/{document.id}") == 404
        assert stage.dorj.status(f"/documents/{document.id}/file") == 404
    stage.letters()
    said = stage.mails("saran", "Good news: your measure is approved, with less than you asked for")[0].get_content()
    assert "EUR 7,000.00; you asked for 8,000.00" in said
    assert "The press can be smaller." in said
    assert CONDITIONS in said


def fits(stage: Stage) -> None:
    """The applicant fits costs and targets; a manager accepts what adds up."""
    saran, maral = stage.saran, stage.maral
    saran.go(stage.link("saran", "approved, with less"))
    saran.follow("Fit the plan to the award")
    saran.sees("EUR 7,000 were awarded, EUR 8,000 were asked for")
    assert saran.post("/measures/1/fit/accept") == 403
    saran.fill(
        {
            "lines-0-description": "Washing vats and a smaller press",
            "lines-0-unit_price": "6,200",
            "targets-0-target": "12",
        }
    )
    saran.press("Keep the plan")
    saran.sees("The plan fits; a manager accepts it.")
    maral.begins()
    maral.sees("Accept the fitted plan")
    maral.go("/grants/measures/1")
    maral.sees("the plan has to be fitted to the award first")
    maral.go("/cases/1")
    maral.follow("Fit the plan to the award")
    maral.press("Accept the plan")
    maral.sees("The plan fits the award; the contract can be issued")
