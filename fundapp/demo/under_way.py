"""The last twelve months: measures that run, a call under decision, a call that is open, and what of it is due or late."""

from datetime import date, timedelta

from fundapp.demo import calls, cast, present
from fundapp.demo.case import Case
from fundapp.demo.committee import Round
from fundapp.demo.finished import programme_year
from fundapp.demo.present import Sketch
from fundapp.demo.spending import Spending, bills
from fundapp.demo.story import EURO, Story
from fundapp.documents.queries import shipped
from fundapp.documents.service import upload
from fundapp.files.store import TYPES
from fundapp.grants.letters import CONTRACT
from fundapp.people.models import Person
from fundapp.rating.models import Committee

SEATS = (*cast.FIRST_SEATS, *cast.LATER_SEATS)


def tell(story: Story, committee: Committee) -> None:
    """Opens the calls and plans every act up to the day of preparation."""
    year = programme_year(story.end)
    three = (
        (-300, -170, str(year), f"Call {year}", 60_000, False),
        (-140, -40, f"{year}-2", f"Second call {year}", 48_000, True),
        (-24, 21, str(year + 1), f"Call {year + 1}", 60_000, False),
    )
    for opens, closes, code, title, budget, blind in three:
        closing = story.end + timedelta(days=closes)
        story.plan(story.day(opens), _call, story, committee, code, title, closing, budget, blind)
    story.plan(story.day(-15), calls.ask, story, str(year + 1))
    story.plan(story.day(-13), calls.answer, story, str(year + 1))
    for key in cast.LATER_SEATS:
        story.plan(story.day(-330), calls.seat, story, committee, cast.account(key))
    story.plan(story.day(-290), _running, story, str(year))
    story.plan(story.day(-130), _deciding, story, f"{year}-2")
    story.plan(story.day(-20), _proposing, story, str(year + 1))
    story.plan(story.day(-2), _template, story)
    story.play()


def _template(story: Story) -> None:
    """The manager has uploaded a contract template of the chamber's own; a second person activates it."""
    data = shipped(CONTRACT.name, "en")
    assert data is not None
    kept = story.store.keep("contract of the chamber.docx", data, TYPES[".docx"])
    upload(story.session, CONTRACT, "en", kept, [], by=story.who["manager"], at=story.at)


def _call(story: Story, committee: Committee, code: str, title: str, closes: date, budget: int, blind: bool) -> None:
    newest = int(code) if code.isdigit() and closes > story.end else None
    texts, asked = (calls.in_three_languages(newest), calls.ASKED) if newest else (None, ())
    calls.open_call(story, committee, code, title, closes=closes, budget=budget, blind=blind, texts=texts, asked=asked)


def _case(story: Story, call: str, sketch: Sketch, owner: Person | None = None) -> Case:
    return Case(story, sketch.plan(story), story.calls[call], owner)


def _sent(story: Story, case: Case, day: int, accepted: int | None) -> Case:
    """Written, sent, and accepted by the officer."""
    story.plan(story.day(day - 5), case.write)
    story.plan(story.day(day), case.send)
    if accepted is not None:
        story.plan(story.day(accepted), case.accept)
    return case


def _rated(story: Story, call: str, cases: list[Case], *, opens: int, closes: int, conflict: str = "") -> Round:
    round = Round(story, story.calls[call], SEATS, "chair")
    round.cases = cases
    story.plan(story.day(opens), round.open)
    story.plan(story.day(opens + 1), round.declare, conflict)
    story.plan(story.day(closes - 2), round.score, ("member1",))
    story.plan(story.day(closes), round.close)
    return round


def _running(story: Story, call: str) -> None:
    """Decided in one meeting; each then stands where somebody has something to do."""
    applicant = story.who["applicant"]
    cases = {s.key: _case(story, call, s, applicant if s.key == "due" else None) for s in present.RUNNING}
    for case in cases.values():
        _sent(story, case, -250, -238)
    round = _rated(story, call, list(cases.values()), opens=-230, closes=-216)
    story.plan(story.day(-206), round.decide)
    for sketch in present.RUNNING:
        case = cases[sketch.key]
        story.plan(story.day(min(-150, sketch.starts - 22)), case.issue)
        story.plan(story.day(min(-143, sketch.starts - 14)), case.sign)
        story.plan(story.day(sketch.starts), STORIES[sketch.key], story, case, Spending(case), sketch.starts)


def _begun(story: Story, case: Case, money: Spending, starts: int) -> None:
    """It has begun and the first instalment is paid."""
    case.start()
    story.plan(story.day(starts + 2), money.prepare, 1)
    story.plan(story.day(starts + 3), money.authorise)
    story.plan(story.day(starts + 5), money.pay)


def _shown(story: Story, case: Case, money: Spending, entered: int, checked: int | None) -> None:
    """The first list of receipts; None: it waits for the officer."""
    first, _ = bills(case)
    story.plan(story.day(entered), money.enter, first)
    if checked is not None:
        story.plan(story.day(checked), money.check, first)


def _due(story: Story, case: Case, money: Spending, starts: int) -> None:
    """The interim report is due this week; most receipts are accepted, two are new."""
    _begun(story, case, money, starts)
    _shown(story, case, money, -40, -33)
    _, second = bills(case)
    story.plan(story.day(-3), money.enter, second)


def _late(story: Story, case: Case, money: Spending, starts: int) -> None:
    """The interim report is late; somebody has called and was promised it."""
    _begun(story, case, money, starts)
    _shown(story, case, money, -50, -42)
    said = "The bookkeeper was ill; she sends it by the end of the week."
    story.plan(story.day(-4), case.called, "disbursement.interim_report", said, story.day(3))


def _reported(story: Story, case: Case, money: Spending, starts: int) -> None:
    """The interim report waits to be read, and a list of receipts to be checked."""
    _begun(story, case, money, starts)
    _shown(story, case, money, -9, None)
    story.plan(story.day(-6), money.send_report, "interim")


def _prepared(story: Story, case: Case, money: Spending, starts: int) -> None:
    """The second instalment waits to be authorised."""
    _begun(story, case, money, starts)
    _shown(story, case, money, -30, -22)
    story.plan(story.day(-1), money.prepare, 2)


def _authorised(story: Story, case: Case, money: Spending, starts: int) -> None:
    """The first instalment waits to be paid."""
    case.start()
    story.plan(story.day(-4), money.prepare, 1)
    story.plan(story.day(-1), money.authorise)


def _paused(story: Story, case: Case, money: Spending, starts: int) -> None:
    _begun(story, case, money, starts)
    story.plan(story.day(-40), case.suspend, story.day(6), "The road to the springs is closed until the snow has gone.")


def _forgotten(story: Story, case: Case, money: Spending, starts: int) -> None:
    """The interim report is late, and nobody has called yet."""
    _begun(story, case, money, starts)
    _shown(story, case, money, -60, -52)


STORIES = {
    "due": _due, "late": _late, "sent": _reported, "prepared": _prepared, "authorised": _authorised, "paused": _paused,
    "forgotten": _forgotten,
}  # fmt: skip


def _deciding(story: Story, call: str) -> None:
    """The call under decision: two meetings were held, the third has two proposals before it, others are on their way."""
    second = story.who["applicant2"]
    refused = _sent(story, _case(story, call, present.INELIGIBLE), -104, None)
    story.plan(story.day(-95), refused.turn_down, "E15", "The storage house serves one firm; nobody else may use it.")
    early = [_sent(story, _case(story, call, s), -112, -104) for s in present.FIRST_MEETING]
    round = _rated(story, call, early, opens=-98, closes=-86)
    story.plan(story.day(-76), _first_meeting, round, early)
    story.plan(story.day(-50), early[0].issue)
    story.plan(story.day(-36), early[0].sign)
    later = [_sent(story, _case(story, call, s, second), -64, -55) for s in present.SECOND_MEETING]
    round = _rated(story, call, later, opens=-48, closes=-30)
    story.plan(story.day(-10), _second_meeting, round, later)
    _rated(
        story, call, [_sent(story, _case(story, call, s), -44, -33) for s in present.TO_DECIDE], opens=-24, closes=-5,
        conflict="member4",
    )  # fmt: skip
    _on_the_way(story, call)


def _on_the_way(story: Story, call: str) -> None:
    """One was sent back and came again, so that its rating began later; one more waits to be opened."""
    for sketch, accepted in ((present.IN_RATING, -13), (present.ELIGIBLE, -2)):
        case = _sent(story, _case(story, call, sketch), -42, None)
        day = story.day(-34) + timedelta(days=14)
        story.plan(story.day(-34), case.send_back, day, "offers", "Please add the offer for the machine.")
        story.plan(story.day(-22), case.send)
        story.plan(story.day(accepted), case.accept)
        if sketch is present.IN_RATING:
            round = Round(story, story.calls[call], SEATS, "chair")
            round.cases = [case]
            story.plan(story.day(-8), round.open)
            story.plan(story.day(-6), round.declare)
            story.plan(story.day(-3), round.score, ("member1", "member3", "member5", "chair"))


def _first_meeting(round: Round, cases: list[Case]) -> None:
    contracted, reserved, rejected = cases
    meeting = round.hold()
    round.type(
        meeting,
        contracted,
        "approve",
        amount=contracted.measure.requested,
        conditions="The stoves are built in public houses first.",
    )
    round.type(
        meeting,
        reserved,
        "reserve",
        reasons="Good, but the season begins in June; the list is valid for six months.",
        no=1,
    )
    round.type(meeting, rejected, "reject", reasons="The firm could pay for it itself; few others would gain.", no=2)
    round.end(meeting)


def _second_meeting(round: Round, cases: list[Case]) -> None:
    less, deferred = cases
    meeting = round.hold()
    amount = less.measure.requested - 900 * EURO
    round.type(meeting, less, "approve", amount=amount, reasons="Two rooms are enough for the first year.", no=1)
    round.type(
        meeting, deferred, "defer", reasons="Who pays the rent after the first year? How many children are there?"
    )
    round.end(meeting)


def _proposing(story: Story, call: str) -> None:
    """The open call: a draft, one sent, one sent back, one withdrawn."""
    draft = _case(story, call, present.DRAFT, story.who["applicant"])
    story.plan(story.day(-3), draft.begin)
    _sent(story, _case(story, call, present.SUBMITTED), -4, None)
    back = _sent(story, _case(story, call, present.RETURNED, story.who["applicant2"]), -9, None)
    story.plan(
        story.day(-5),
        back.send_back,
        story.end + timedelta(days=5),
        "partner_letters",
        "Please add the letters of the families who take part.",
    )
    gone = _sent(story, _case(story, call, present.WITHDRAWN), -10, None)
    story.plan(story.day(-6), gone.withdraw, "A hotel has opened a laundry of its own; it is not needed any more.")
