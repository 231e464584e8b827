"""What a browser may send about committees, their members, interests and conflicts."""

from typing import Annotated, Literal

from pydantic import Field

from fundapp.kit.web.forms import Amount, Because, Count, Day, Form, Words
from fundapp.measures.codes import CONFLICTS
from fundapp.rating.committees import Seat
from fundapp.rating.models import Member
from fundapp.regions.areas import AREAS

SEATS = ("member", "chair", "deputy", "substitute", "adviser")


class CommitteeForm(Form):
    """`regions` empty: a national committee. The ceiling is asked for on the committee's own page."""

    name: Words
    smallest_quorum: Annotated[Count, Field(ge=2, le=15)]
    regions: list[Literal[tuple(AREAS)]] = Field(default_factory=list)  # type: ignore[valid-type]
    ceiling: Amount | None = None


class SeatForm(Form):
    sector: Literal["private", "public", "semi_public"]
    seat: Literal["member", "chair", "deputy", "substitute", "adviser"] = "member"
    turn: Annotated[Count, Field(ge=1, le=9)] | None = None
    woman: Literal["yes", "no", ""] = ""
    until: Day | None = None

    def seated(self, turn: int) -> Seat:
        """As the verb takes it; `turn`: of a substitute for whom none was typed."""
        return Seat(
            self.sector,
            chair=self.seat == "chair",
            voting=self.seat != "adviser",
            deputy=self.seat == "deputy",
            substitute=(self.turn or turn) if self.seat == "substitute" else None,
            woman={"yes": True, "no": False}.get(self.woman),
            until=self.until,
        )


class MemberForm(SeatForm):
    person: Count


class PanelsForm(Form):
    committees: list[Count] = Field(default_factory=list)


class WaiveForm(Form):
    because: Because = ""


class InterestForm(Form):
    kind: Literal[tuple(CONFLICTS)]  # type: ignore[valid-type]
    name: Annotated[Words, Field(min_length=2, max_length=200)]
    number: Annotated[str, Field(max_length=60)] = ""


class EndInterestForm(Form):
    until: Day


def typed(member: Member) -> dict[str, object]:
    """A seat as its form shows it."""
    return {
        "sector": member.sector,
        "seat": seat_of(member),
        "turn": member.substitute,
        "woman": {True: "yes", False: "no"}.get(member.woman) if member.woman is not None else "",
        "until": member.until,
    }


def seat_of(member: Member) -> str:
    """One of SEATS."""
    if member.substitute is not None:
        return "substitute"
    return "chair" if member.chair else "deputy" if member.deputy else "member" if member.voting else "adviser"
