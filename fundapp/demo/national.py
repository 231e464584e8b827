"""The national chamber: twenty branches, four donors, six finished programme years, and what is under way now."""

from datetime import date, timedelta

from fundapp.demo import calls, cast, facts, finished, under_way, words
from fundapp.demo.story import EURO, Story
from fundapp.funds import service as funds
from fundapp.funds.models import Donor
from fundapp.people import pairing
from fundapp.people import service as people
from fundapp.people.permissions import Role
from fundapp.rating import committees
from fundapp.rating.models import Committee
from fundapp.regions import service as regions

CODE = "DEMO"


def tell(story: Story, password_hash: str) -> None:
    """Everything, from the opening of the fund to the day of preparation."""
    plans = facts.finished(story.end)
    years = sorted({int(plan.call) for plan in plans})
    opened = date(years[0] - 1, 7, 1)
    story.plan(opened, _open, story, password_hash)
    story.play_until(opened)
    committee = _committee(story)
    for no, year in enumerate(years):
        _give(story, no, date(year - 1, 8, 3))
        story.plan(date(year - 1, 8, 20), _call_of_year, story, committee, year)
    _scorecards(story)
    for year in years:
        story.play_until(date(year - 1, 8, 31))
        finished.tell(story, [plan for plan in plans if plan.call == str(year)], story.calls)
    _give(story, len(years), date(years[-1], 8, 3))
    under_way.tell(story, committee)


def _open(story: Story, password_hash: str) -> None:
    """Branches with their officers, the accounts, and the fund."""
    for no, region in enumerate(facts.with_branch()):
        branch = people.add_branch(
            story.session, code=region.code.removeprefix("MN-"), name=region.name, names=region.names, region=region.code,
            phone=f"70{region.code[-2:]} 0000", by=story.system, at=story.at,
        )  # fmt: skip
        story.branches[region.code] = branch
        if region.code != cast.HOME:
            story.officers[region.code] = story.stranger(Role.OFFICER, number=no, branch=branch)
    made = list(story.branches.values())
    for one, other in zip(made[::2], made[1::2], strict=False):
        pairing.pair(story.session, one, other, by=story.system, at=story.at)
    for account in cast.NATIONAL:
        story.account(account, password_hash, branch=story.branches[cast.HOME])
    story.officers[cast.HOME] = story.who["officer"]
    story.who["authoriser"] = story.who["manager"]
    story.fund = funds.open_fund(
        story.session, code=CODE, name="Fund for local measures (invented)", currency=story.settings.currency,
        zone=story.settings.time_zone, preset="national", by=story.who["manager"], at=story.at,
    )  # fmt: skip
    _bottlenecks(story)


def _bottlenecks(story: Story) -> None:
    """What the workshops of each branch have named, one for each theme."""
    for branch in story.branches.values():
        for no, (theme, told) in enumerate(words.THEMES.items()):
            severity, reach = 3 + (branch.id + no) % 3, 2 + (branch.id * 3 + no) % 4
            row = regions.add_bottleneck(
                story.session, branch, title=told.bottleneck, factor=told.factor, severity=severity, reach=reach,
                changeable=2 if severity < 5 else 1, named_on=story.today, by=story.who["manager"], at=story.at,
            )  # fmt: skip
            story.bottlenecks[branch.region, theme] = row.id


def _committee(story: Story) -> Committee:
    made = committees.set_up(story.session, name="Rating committee (invented)", by=story.who["manager"], at=story.at)
    for key in cast.FIRST_SEATS:
        calls.seat(story, made, cast.account(key), chair=key == "chair")
    return made


def _give(story: Story, year: int, day: date) -> None:
    """What the donors send for a programme year."""
    for place, (name, euros, since) in enumerate(cast.DONORS):
        if year >= since:
            story.plan(day + timedelta(days=7 * place), _arrive, story, name, euros)


def _arrive(story: Story, name: str, euros: int) -> None:
    manager, known = story.who["manager"], story.donors
    donor: Donor = known.get(name) or funds.add_donor(story.session, story.fund, name=name, by=manager, at=story.at)
    known[name] = donor
    funds.add_contribution(
        story.session, donor, amount=euros * EURO, arrived_on=story.today, bank_reference=f"Bank {story.today:%y%m%d}",
        key=f"demo-{donor.id}-{story.today}", by=manager, at=story.at,
    )  # fmt: skip


def _call_of_year(story: Story, committee: Committee, year: int) -> None:
    calls.open_call(story, committee, str(year), f"Call {year}", closes=date(year, 7, 31), budget=140_000)


def _scorecards(story: Story) -> None:
    for figures in facts.branch_years(story.end):
        story.plan(min(date(figures.year + 1, 1, 25), story.end), _scorecard, story, figures)


def _scorecard(story: Story, figures: facts.BranchFigures) -> None:
    regions.add_year(
        story.session, story.branches[figures.region], year=figures.year, members=figures.members, staff=figures.staff,
        dues=figures.fees * 100, service_income=figures.services * 100, currency="MNT",
        by=story.officers[figures.region], at=story.at,
    )  # fmt: skip
