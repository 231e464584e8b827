"""Chapter 4: the officer goes through the list, accepts - by mistake too early, so takes it back - and accepts again."""

from tests.journeys.proposing import TITLE
from tests.journeys.stage import Stage

ASKED = ("E8", "E9", "E12", "E13", "E14", "E15")  # the others are computed from the proposal


def officer_accepts(stage: Stage) -> None:
    oyun = stage.oyun
    stage.on("2026-03-10")
    oyun.begins()
    oyun.sees("Check eligibility", TITLE)
    oyun.follow("Check eligibility")
    oyun.sees("6 questions are open", "Not answered yet: E8, E9, E12, E13, E14, E15.")
    oyun.open("10 checks were computed and are in order")
    oyun.sees("own share 28.6 % ≥ 25 %", "linked to “")
    assert oyun.post("/measures/1/accept") == 409
    oyun.fill(dict.fromkeys(ASKED, "pass") | {"E12_list": "Sanctions list", "E12_found": "no entry"})
    oyun.press("Keep the answers")
    oyun.sees("Every question is answered")
    oyun.press("Accept as eligible")
    oyun.sees("goes to the committee")
    takes_back(stage)
    oyun.go("/cases/1")
    oyun.press("Accept as eligible")
    assert stage.measure().status == "eligible"
    stage.letters()
    assert len(stage.mails("saran", "Your proposal fits the call")) == 1


def takes_back(stage: Stage) -> None:
    """The step is undone, and its letter, which waits half an hour, never leaves."""
    oyun = stage.oyun
    oyun.open("More steps")
    oyun.open("Take back: Accept as eligible")
    oyun.press("Take back: Accept as eligible")
    oyun.sees("The step is taken back")
    assert stage.measure().status == "submitted"
    stage.letters()
    assert stage.mails("saran", "Your proposal fits the call") == []
