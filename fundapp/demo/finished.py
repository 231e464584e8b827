"""The lives of the finished measures: sent in autumn or a quarter before they began, decided together, paid, shown, visited."""

from datetime import date, timedelta
from itertools import groupby

from fundapp.demo import visits
from fundapp.demo.case import Case
from fundapp.demo.cast import FIRST_SEATS
from fundapp.demo.committee import Round
from fundapp.demo.facts import Plan
from fundapp.demo.spending import Spending, bills
from fundapp.demo.story import Story, working
from fundapp.evaluation import service as evaluation
from fundapp.funds.models import Call
from fundapp.grants import queries as grants

EARLY = (80, 20)  # percent: how the fund paid in its first years
SENT, RATING, MEETING, CONTRACTS = 120, 85, 60, 45  # days before the quarter


def programme_year(today: date) -> int:
    """The year whose measures run now."""
    return (today - timedelta(days=150)).year


def quarter(day: date) -> date:
    """Its first day."""
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def tell(story: Story, plans: list[Plan], calls: dict[str, Call]) -> None:
    """Plans every act of these measures; those of one quarter go through the committee together."""
    for (call, begins), group in groupby(plans, key=lambda plan: (plan.call, quarter(plan.starts))):
        cases = [Case(story, plan, calls[call]) for plan in group]
        _decided(story, Round(story, calls[call], FIRST_SEATS, "chair"), cases, begins)
        for no, case in enumerate(cases):
            _lived(story, case, no)


def _decided(story: Story, round: Round, cases: list[Case], begins: date) -> None:
    """From the first page of the form to the approval."""

    def before(days: int) -> date:
        return begins - timedelta(days=days)

    round.cases = cases
    for no, case in enumerate(cases):
        sent = before(SENT - no % 15)
        story.plan(sent - timedelta(days=4), case.write)
        story.plan(sent, case.send)
        story.plan(sent + timedelta(days=9), case.accept)
    story.plan(before(RATING), round.open)
    story.plan(before(RATING - 2), round.declare)
    story.plan(before(RATING - 11), round.score)
    story.plan(before(RATING - 15), round.close)
    story.plan(before(MEETING), round.decide)


def _lived(story: Story, case: Case, no: int) -> None:
    """From the contract to the last visit, as far as it has come."""
    plan, begins = case.plan, quarter(case.plan.starts)
    signed = max(min(plan.starts - timedelta(days=12), begins + timedelta(days=18)), date(int(plan.call), 1, 4))
    percents = EARLY if int(plan.call) < programme_year(story.end) - 2 and not plan.refunded else None
    story.plan(begins - timedelta(days=CONTRACTS - no % 5), case.issue, percents)
    story.plan(signed, case.sign)
    story.plan(max(plan.starts, signed), _spend, story, case, no)
    made = visits.days(case)
    for months, day in made.items():
        story.plan(day, visits.visit, case, months, max(made))
    if 24 in made:
        story.plan(made[24] + timedelta(days=10), _close, case)


def _spend(story: Story, case: Case, no: int) -> None:
    """It begins; the days of payments, receipts and reports follow."""
    case.start()
    money, plan = Spending(case), case.plan
    begun, span = story.today, plan.ends - story.today
    first, second = bills(case)
    parts = grants.instalments(case.session, case.contract.id)

    def paid(instalment: int, day: date) -> None:
        story.plan(day, money.prepare, instalment)
        story.plan(day + timedelta(days=1), money.authorise)
        story.plan(day + timedelta(days=3), money.pay)

    paid(1, begun + timedelta(days=2))
    shown = begun + span * 2 // 5
    story.plan(shown, money.enter, first)
    story.plan(shown + timedelta(days=5), money.check, first)
    if len(parts) > 2:
        half = begun + span // 2
        if parts[1].needs_report:
            story.plan(half - timedelta(days=2), money.send_report, "interim")
            story.plan(half + timedelta(days=5), money.accept_report, "interim")
        paid(2, half + timedelta(days=7))
    story.plan(plan.ends + timedelta(days=8), money.enter, second)
    story.plan(plan.ends + timedelta(days=16), money.check, second)
    reported = working(plan.ends + timedelta(days=30 + no % 20))
    story.plan(reported, money.send_report, "final")
    story.plan(reported + timedelta(days=9), money.accept_report, "final")
    story.plan(reported + timedelta(days=13), money.compute)
    if plan.refunded:
        story.plan(reported + timedelta(days=30), money.refund)
    else:
        paid(len(parts), reported + timedelta(days=15))
    story.plan(reported + timedelta(days=33 if plan.refunded else 24), money.settle)


def _close(case: Case) -> None:
    evaluation.close(case.session, case.measure, by=case.manager, at=case.story.at)
