"""Whether a committee may decide and what its votes say: values only. Rules: facts of practice for grant committees, each in one place.

Quorum: more than half of the voting members without a conflict on the item, and at least the committee's smallest.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from fundapp.kit.i18n import gettext as _
from fundapp.kit.i18n import mark

SECTORS = {
    "private": mark("Private firms"),
    "public": mark("Public offices"),
    "semi_public": mark("Chambers, schools and associations"),
}
NOBODY_FROM = {
    "private": mark("private firms"),
    "public": mark("public offices"),
    "semi_public": mark("chambers, schools and associations"),
}


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
        reasons.append(
            _("%(there)s members without a conflict are present, %(asked)s are needed.", there=there, asked=asked)
        )
    if votes.counted != there:
        reasons.append(
            _(
                "%(counted)s votes are counted, %(there)s members may vote: yes, no and abstained together make %(there)s.",
                counted=votes.counted,
                there=there,
            )
        )
    if votes.yes < votes.no or votes.yes == 0:
        reasons.append(
            _("%(yes)s yes and %(no)s no: there is no majority for this decision.", yes=votes.yes, no=votes.no)
        )
    elif votes.yes == votes.no and not chair_votes(seats):
        reasons.append(
            _(
                "%(yes)s yes and %(no)s no: only a chair who is present and has no conflict breaks a tie.",
                yes=votes.yes,
                no=votes.no,
            )
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
        notes.append(
            _(
                "%(public)s of %(count)s voting members come from public offices; most should not.",
                public=public,
                count=len(sectors),
            )
        )
    missing = [_(NOBODY_FROM[sector]) for sector in SECTORS if sector not in sectors]
    if missing:
        notes.append(_("Nobody comes from: %(missing)s.", missing=", ".join(missing)))
    if len(sectors) % 2 == 0:
        notes.append(
            _("%(count)s voting members: with an odd number the chair seldom has to break a tie.", count=len(sectors))
        )
    if not chairs:
        notes.append(_("There is no chair; only a chair closes a rating or a meeting."))
    return notes
