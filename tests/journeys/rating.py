"""Chapter 5: declared, scored blind, locked, signed, ranked. Nobody sees another's sheet before the round is closed."""

from sqlalchemy import select

from fundapp.people.queries import find_by_email
from fundapp.rating.models import Sheet
from tests.journeys.proposing import GROUP, TITLE
from tests.journeys.stage import Stage

SCORES = {  # R1 to R8; 72.0, 75.0 and 62.0 of 100
    "mira": (4, 4, 3, 3, 4, 5, 3, 2),
    "bat": (5, 4, 4, 2, 3, 4, 4, 3),
    "tuya": (3, 2, 4, 4, 3, 3, 2, 4),
}
TOTALS = {"mira": "72.0", "bat": "75.0", "tuya": "62.0"}
NEEDS_NAMES = 6
TELLING = (TITLE, GROUP, "Saran", "Uliastai", "LED-057")  # what would say who proposes
CASE = (
    "/cases/1",
    "/measures/1",
    "/measures/1/review",
    "/measures/1/form/measure",
    "/rating/measures/1/sheets",
    "/grants/measures/1",
)


def opens(stage: Stage) -> None:
    chimeg = stage.chimeg
    stage.on("2026-04-07")
    chimeg.begins()
    chimeg.sees("Open the rating")
    chimeg.go("/rating/calls/1")
    chimeg.follow("Declare")
    chimeg.fill({"said-1-answer": "none"})
    chimeg.press("Declare")
    chimeg.go("/rating/calls/1")
    chimeg.press("Open it for one proposal")
    stage.beat("mail")
    for name in ("mira", "bat", "tuya", "dorj", "chimeg"):
        assert len(stage.mails(name, "Please rate proposals")) == 1
    for name in SCORES:
        assert not any(word in mail.get_content() + mail["Subject"] for word in TELLING for mail in stage.mails(name))


def declare(stage: Stage) -> None:
    """Each says whether there is a tie; one has one, and the proposal is closed to him everywhere."""
    for name in ("mira", "bat", "tuya", "dorj"):
        member = stage.cast[name]
        assert member.status("/rating/sheets/1") in (303, 404)
        member.go("/rating/")
        member.follow("Declare")
        member.sees(GROUP, "Soum administration")
        if name == "dorj":
            member.press("Declare")
            member.sees("Please answer for each proposal before any of them opens")
            member.fill({"said-1-answer": "conflict"})
            member.open("If there is a conflict")
            member.fill({"said-1-kind": "family", "said-1-explanation": "My sister keeps the books there."})
        else:
            member.fill({"said-1-answer": "none"})
        member.press("Declare")
    stage.dorj.sees("No sheet is open for you")
    assert {stage.dorj.status(path) for path in (*CASE, *(f"/rating/sheets/{n}" for n in range(1, 6)))} == {404}


def score(stage: Stage) -> None:
    """First blind, then, with the scores locked, the criterion that needs the names; then signed."""
    for name, points in SCORES.items():
        member = stage.cast[name]
        member.go("/rating/")
        member.follow("Open the sheet")
        assert not any(word in member.page.content() for word in TELLING)
        for no, given in enumerate(points, start=1):
            if no != NEEDS_NAMES:
                give(stage, name, no, given)
        if stage.script:
            member.page.get_by_text("Complete. Lock these scores to open the names.").wait_for()
        member.press("Lock these scores and open the names")
        member.sees(TITLE, GROUP, "has run a trial")
        give(stage, name, NEEDS_NAMES, points[NEEDS_NAMES - 1])
        member.press("Look over first")
        member.sees(f"{TOTALS[name]} of 100 points")
        member.press("Sign the sheet")
        member.sees("Your sheet is signed")
    nobody_sees(stage)


def give(stage: Stage, name: str, no: int, points: int) -> None:
    """The low and the very high scores need a reason. With script each is kept as soon as it is given, else with the next button."""
    member = stage.cast[name]
    if points not in (3, 4):
        member.fill({f"scores-{no}-comment": "Little is said about this." if points < 3 else "Shown by figures."})
    member.fill({f"scores-{no}-points": str(points)})
    if stage.script:
        member.page.locator(f"#state-R{no} b", has_text=str(points)).wait_for()


def nobody_sees(stage: Stage) -> None:
    """Own sheets only, whatever the role, until the chair closes the round."""
    sheets = stage.ask(lambda session: {sheet.person_id: sheet.id for sheet in session.scalars(select(Sheet))})
    ids = stage.ask(
        lambda session: {
            find_by_email(session, f"{name}@example.org").id: name for name in (*SCORES, "chimeg", "maral", "ira")
        }
    )
    for person_id, name in ids.items():
        others = [sheet for owner, sheet in sheets.items() if owner != person_id]
        assert {stage.cast[name].status(f"/rating/sheets/{id}") for id in others} == {404}
    for name in (*SCORES, "chimeg", "maral", "ira"):
        assert stage.cast[name].status("/rating/measures/1/sheets") in (403, 404)
    stage.maral.go("/cases/1")
    assert not any(total in stage.maral.text() for total in TOTALS.values())


def closes(stage: Stage) -> None:
    """Three of three signed: the mean is 69.6667, and the sheets lie 13 points apart."""
    chimeg = stage.chimeg
    chimeg.go("/rating/calls/1")
    chimeg.sees("5 of 5", "How far the others are is shown once you have signed your own sheets.")
    stage.maral.go("/rating/calls/1")
    stage.maral.sees("3 of 4")
    chimeg.press("Close the round")
    chimeg.sees("69.7", "13.0", TITLE)
    assert stage.measure().score == 696667
    for name in ("mira", "chimeg", "maral"):
        stage.cast[name].go("/rating/measures/1/sheets")
        stage.cast[name].sees("72.0", "75.0", "62.0", "69.7", "Shown by figures.")
    assert stage.dorj.status("/rating/measures/1/sheets") == 404
    stage.dorj.go("/rating/calls/1/ranking")
    stage.dorj.sees("closed to you")
    assert not any(word in stage.dorj.page.content() for word in TELLING)
