"""Whether a committee may decide and what its votes say: values only. Rules: facts of practice for grant committees, each in one place.

Quorum: more than half of the voting members without a conflict on the item, and at least the committee's smallest.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

SECTORS = {"private": "Private firms", "public": "Public offices", "semi_public": "Chambers, schools and associations"}


@dataclass(frozen=True)
class Seat:
    """A voting member at an item. `conflict`: has left the room for it."""

    person_id: int
    chair: bool = False
    present: bool = False
    conflict: bool = False


@dataclass(frozen=True)
class Votes:
    """Votes on the decision as it is proposed."""

    yes: int
    no: int
    abstained: int = 0

    @property
    def counted(self) -> int:
        return self.yes + self.no + self.abstained


def needed(seats: Iterable[Seat], smallest: int) -> int:
    """How many members without a conflict must be present."""
    free = sum(not seat.conflict for seat in seats)
    return max(free // 2 + 1, smallest)


def present(seats: Iterable[Seat]) -> int:
    """Who counts: present and without a conflict."""
    return sum(seat.present and not seat.conflict for seat in seats)


def why_not_decide(seats: Sequence[Seat], smallest: int, votes: Votes) -> list[str]:
    """Reasons against this decision, all at once: quorum, the count of votes, the majority. The chair breaks a tie."""
    there, asked = present(seats), needed(seats, smallest)
    reasons = []
    if there < asked:
        reasons.append(f"{there} members without a conflict are present, {asked} are needed.")
    if votes.counted != there:
        reasons.append(
            f"{votes.counted} votes are counted, {there} members may vote: yes, no and abstained together make {there}."
        )
    if votes.yes < votes.no or votes.yes == 0:
        reasons.append(f"{votes.yes} yes and {votes.no} no: there is no majority for this decision.")
    elif votes.yes == votes.no and not chair_votes(seats):
        reasons.append(
            f"{votes.yes} yes and {votes.no} no: only a chair who is present and has no conflict breaks a tie."
        )
    return reasons


def chair_votes(seats: Iterable[Seat]) -> bool:
    """Whether a chair is there to break a tie."""
    return any(seat.chair and seat.present and not seat.conflict for seat in seats)


def composition(sectors: Sequence[str], chairs: int) -> list[str]:
    """Notes on a committee whose voting members come from `sectors`: advice, never a refusal."""
    notes = []
    public = sum(sector == "public" for sector in sectors)
    if sectors and public * 2 >= len(sectors):
        notes.append(f"{public} of {len(sectors)} voting members come from public offices; most should not.")
    missing = [name for sector, name in SECTORS.items() if sector not in sectors]
    if missing:
        notes.append(f"Nobody comes from: {', '.join(missing).lower()}.")
    if len(sectors) % 2 == 0:
        notes.append(f"{len(sectors)} voting members: with an odd number the chair seldom has to break a tie.")
    if not chairs:
        notes.append("There is no chair; only a chair closes a rating or a meeting.")
    return notes
