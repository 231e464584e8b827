"""Calls with their rules and rating scheme, and who sits on the committee."""

from datetime import date, datetime, time

from fundapp.demo.cast import Account
from fundapp.demo.story import EURO, Story
from fundapp.funds import service as funds
from fundapp.funds.models import Call
from fundapp.rating import committees, schemes
from fundapp.rating.models import Committee

TEXT = (
    "For small measures of local economic development that a whole place can see within a year: new products and services, "
    "shared equipment, courses. The applicant pays at least 15 % of the cost, a part of it in money. Invented for the "
    "demonstration."
)
OWN_SHARE, OWN_CASH = 150, 50  # tenths of a percent: as the finished measures have it


def open_call(
    story: Story, committee: Committee, code: str, title: str, *, closes: date, budget: int, largest: int = 10_000,
    blind: bool = False,
) -> Call:  # fmt: skip
    """A call that opens now, with its rating scheme."""
    manager, at = story.who["manager"], story.at
    terms = funds.Terms(
        title=title, text=TEXT, opens_at=at, closes_at=datetime.combine(closes, time(17), story.zone),
        smallest=1_500 * EURO, largest=largest * EURO, budget=budget * EURO, own_share=OWN_SHARE, own_cash=OWN_CASH,
        annexes=["registration"], blind=blind,
    )  # fmt: skip
    call = funds.open_call(story.session, story.fund, terms, code=code, by=manager, at=at)
    schemes.make_scheme(story.session, call, committee, by=manager, at=story.at)
    funds.publish_call(story.session, call, by=manager, at=story.at)
    story.calls[code] = call
    return call


def seat(story: Story, committee: Committee, account: Account, *, chair: bool = False) -> None:
    committees.add_member(
        story.session, committee, story.who[account.key], sector=account.sector, chair=chair, by=story.who["manager"],
        at=story.at,
    )  # fmt: skip
