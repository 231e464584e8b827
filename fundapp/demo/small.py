"""A small fund: one office of two, a committee of three, a reader; two people for a payment, ten measures in all states."""

from datetime import timedelta

from fundapp.demo import calls, cast, facts, present, visits
from fundapp.demo.case import Case
from fundapp.demo.committee import Round
from fundapp.demo.present import Sketch
from fundapp.demo.spending import Spending, bills
from fundapp.demo.story import EURO, Story
from fundapp.evaluation import service as evaluation
from fundapp.funds import service as funds
from fundapp.people import deputies
from fundapp.people import service as people
from fundapp.rating import committees, rounds
from fundapp.rating.models import Committee

CODE = "DEMO-SMALL"
SEATS = ("committee1", "committee2", "committee3")
CALLS = ((-1_300, -1_210, "1"), (-640, -590, "2"), (-480, -420, "3"), (-130, -50, "4"), (-15, 30, "5"))


def tell(story: Story, password_hash: str) -> None:
    """Everything, from the opening of the fund to the day of preparation."""
    story.place = "Office of the chamber, Tsetserleg (invented)"
    story.plan(story.day(-1_320), _open, story, password_hash)
    story.play_until(story.day(-1_320))
    committee = _committee(story)
    for opens, closes, code in CALLS:
        story.plan(story.day(opens), _call, story, committee, code, closes)
        story.plan(story.day(opens), _give, story, int(code))
    story.plan(story.day(-1_300), _closed, story)
    story.plan(story.day(-640), _settled, story)
    story.plan(story.day(-480), _running, story)
    story.plan(story.day(-130), _deciding, story)
    story.plan(story.day(-15), _proposing, story)
    story.plan(story.day(-1), _stands_in, story)
    story.play()


def _open(story: Story, password_hash: str) -> None:
    region = facts.regions()[cast.HOME]
    branch = people.add_branch(
        story.session, code=region.code.removeprefix("MN-"), name=region.name, names=region.names, region=region.code,
        phone=cast.phone(73), by=story.system, at=story.at,
    )  # fmt: skip
    story.branches[region.code] = branch
    for account in cast.SMALL:
        story.account(account, password_hash, branch=branch)
    office = story.who["office"]
    story.officers[region.code] = story.who["manager"] = story.who["finance"] = office
    story.who["authoriser"] = story.who["second"]
    story.fund = funds.open_fund(
        story.session, code=CODE, name="Small fund of the office (invented)", currency=story.settings.currency,
        zone=story.settings.time_zone, preset="small", by=office, at=story.at,
    )  # fmt: skip


def _committee(story: Story) -> Committee:
    made = committees.set_up(story.session, name="Committee of three (invented)", by=story.who["office"], at=story.at)
    for account in cast.SMALL:
        if account.sector:
            calls.seat(story, made, account, chair=account.key == "committee1")
    return made


def _stands_in(story: Story) -> None:
    """The second person is the chair's deputy for a month."""
    chair, second = story.who["committee1"], story.who["second"]
    last = story.end + timedelta(days=30)
    deputies.name(story.session, chair, second, story.today, last, by=story.who["office"], at=story.at, on=story.today)


def _give(story: Story, no: int) -> None:
    donor = story.donors.get("one") or funds.add_donor(
        story.session, story.fund, name="Partner chamber (invented)", by=story.who["office"], at=story.at
    )
    story.donors["one"] = donor
    funds.add_contribution(
        story.session, donor, amount=12_000 * EURO, arrived_on=story.today, bank_reference=f"Bank {story.today:%y%m%d}",
        key=f"demo-{no}", by=story.who["office"], at=story.at,
    )  # fmt: skip


def _call(story: Story, committee: Committee, code: str, closes: int) -> None:
    closing = story.end + timedelta(days=closes)
    calls.open_call(story, committee, code, f"Call {code}", closes=closing, budget=12_000, largest=5_000)


def _case(story: Story, call: str, sketch: Sketch, *, sent: int, accepted: int | None, mine: bool = False) -> Case:
    """Written and sent; accepted, so that its rating opens by itself."""
    owner = story.who["applicant"] if mine else None
    case = Case(story, sketch.plan(story), story.calls[call], owner)
    story.plan(story.day(sent - 3), case.write)
    story.plan(story.day(sent), case.send)
    if accepted is not None:
        story.plan(story.day(accepted), case.accept)
        story.plan(story.day(accepted), _opens, story, case)
    return case


def _opens(story: Story, case: Case) -> None:
    """What the heartbeat does after the acceptance."""
    rounds.open_by_itself(story.session, case.measure, at=story.at)


def _decided(story: Story, call: str, cases: list[Case], *, rated: int, met: int | None) -> None:
    """Declared and signed - the last signature closes the rating - and approved."""
    round = Round(story, story.calls[call], SEATS, "committee1")
    round.cases = cases
    story.plan(story.day(rated - 2), round.declare)
    story.plan(story.day(rated), round.score)
    if met is not None:
        story.plan(story.day(met), round.decide)


def _contract(story: Story, case: Case, sketch: Sketch) -> Spending:
    """Issued, signed, begun; the first instalment is prepared by the office."""
    money = Spending(case)
    story.plan(story.day(sketch.starts - 20), case.issue)
    story.plan(story.day(sketch.starts - 12), case.sign)
    story.plan(story.day(sketch.starts), case.start)
    story.plan(story.day(sketch.starts + 2), money.prepare, 1)
    return money


def _paid(story: Story, money: Spending, day: int) -> None:
    story.plan(story.day(day), money.authorise)
    story.plan(story.day(day + 2), money.pay)


def _shown(story: Story, case: Case, money: Spending, day: int) -> None:
    """All receipts as one list, accepted a week later."""
    first, second = bills(case)
    story.plan(story.day(day), money.enter, first + second)
    story.plan(story.day(day + 7), money.check, first + second)


def _ended(story: Story, case: Case, money: Spending, sketch: Sketch) -> None:
    """Shown, reported, settled with the last payment, visited as far as the days have come."""
    _paid(story, money, sketch.starts + 3)
    _shown(story, case, money, sketch.ends + 8)
    story.plan(story.day(sketch.ends + 30), money.send_report, "final")
    story.plan(story.day(sketch.ends + 36), money.accept_report, "final")
    story.plan(story.day(sketch.ends + 40), money.compute)
    story.plan(story.day(sketch.ends + 42), money.prepare, 2)
    _paid(story, money, sketch.ends + 43)
    made = visits.days(case)
    for months, day in made.items():
        story.plan(day, visits.visit, case, months, max(made))
    if 24 in made:
        story.plan(made[24] + timedelta(days=10), _close, case)


def _close(case: Case) -> None:
    evaluation.close(case.session, case.measure, by=case.manager, at=case.story.at)


def _closed(story: Story) -> None:
    case = _case(story, "1", present.SMALL_CLOSED, sent=-1_230, accepted=-1_222)
    _decided(story, "1", [case], rated=-1_200, met=-1_190)
    _ended(story, case, _contract(story, case, present.SMALL_CLOSED), present.SMALL_CLOSED)


def _settled(story: Story) -> None:
    case = _case(story, "2", present.SMALL_SETTLED, sent=-610, accepted=-602)
    _decided(story, "2", [case], rated=-580, met=-570)
    _ended(story, case, _contract(story, case, present.SMALL_SETTLED), present.SMALL_SETTLED)


def _running(story: Story) -> None:
    """Two whose money has ended: one owes its final report and has promised it, the other has sent it."""
    late = _case(story, "3", present.SMALL_LATE, sent=-440, accepted=-432, mine=True)
    sent = _case(story, "3", present.SMALL_SENT, sent=-436, accepted=-430)
    _decided(story, "3", [late, sent], rated=-410, met=-400)
    money = _contract(story, late, present.SMALL_LATE)
    _paid(story, money, present.SMALL_LATE.starts + 3)
    first, second = bills(late)
    story.plan(story.day(-120), money.enter, first)
    story.plan(story.day(-112), money.check, first)
    story.plan(story.day(-8), money.enter, second)
    said = "Two receipts are still with the carrier."
    story.plan(story.day(-3), late.called, "disbursement.final_report", said, story.day(2))
    story.plan(visits.days(late)[0], visits.visit, late, 0, 0)
    money = _contract(story, sent, present.SMALL_SENT)
    _paid(story, money, present.SMALL_SENT.starts + 3)
    first, second = bills(sent)
    story.plan(story.day(-4), money.enter, first + second)
    story.plan(story.day(-2), money.send_report, "final")


def _deciding(story: Story) -> None:
    """One has begun and waits for its first money, one for its contract; one is to be decided, one to be rated."""
    begun = _case(story, "4", present.SMALL_BEGUN, sent=-100, accepted=-94)
    approved = _case(story, "4", present.SMALL_APPROVED, sent=-98, accepted=-92)
    _decided(story, "4", [begun, approved], rated=-80, met=-40)
    money = Spending(begun)
    story.plan(story.day(-30), begun.issue)
    story.plan(story.day(-20), begun.sign)
    story.plan(story.day(-3), begun.start)
    story.plan(story.day(-1), money.prepare, 1)
    rated = _case(story, "4", present.SMALL_RATED, sent=-55, accepted=-34)
    _decided(story, "4", [rated], rated=-12, met=None)
    rating = _case(story, "4", present.SMALL_RATING, sent=-54, accepted=-6)
    round = Round(story, story.calls["4"], SEATS, "committee1")
    round.cases = [rating]
    story.plan(story.day(-5), round.declare)


def _proposing(story: Story) -> None:
    _case(story, "5", present.SMALL_SUBMITTED, sent=-4, accepted=None)
    draft = Case(story, present.SMALL_DRAFT.plan(story), story.calls["5"], story.who["applicant"])
    story.plan(story.day(-2), draft.begin)
