"""Whether a committee may decide, who votes for whom, and what its votes say: values only. Rules: domain.md 4.3, each in one place.

Quorum: more than half of the voting members without a conflict on the item, and at least the committee's smallest. A
substitute who is there votes in place of a member who is away or has a conflict, and counts as that member would.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Protocol

from fundapp.kit.i18n import gettext as _
from fundapp.kit.i18n import mark, ngettext

USUAL = (5, 7)  # voting members
WOMEN_PERCENT = 30
SOON = timedelta(days=60)

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
    """A voting member at an item. `conflict`: has left the room for it. `substitute`: first, second, ... in turn."""

    person_id: int
    chair: bool = False
    present: bool = False
    conflict: bool = False
    deputy: bool = False
    substitute: int | None = None

    @property
    def free(self) -> bool:
        """There, and without a conflict."""
        return self.present and not self.conflict


@dataclass(frozen=True)
class Votes:
    """Votes on the decision as it is proposed."""

    yes: int
    no: int
    abstained: int = 0

    @property
    def counted(self) -> int:
        return self.yes + self.no + self.abstained


def seated(seats: Iterable[Seat]) -> tuple[Seat, ...]:
    """The seats that count at an item: every regular one, held by a substitute where its member is away or has a conflict.

    Substitutes take the free seats in their order; who holds one is no substitute any more, so that asking twice changes nothing.
    """
    seats = tuple(seats)
    waiting = sorted((s for s in seats if s.substitute is not None and s.free), key=lambda seat: seat.substitute or 0)
    found = []
    for seat in (seat for seat in seats if seat.substitute is None):
        stands_in = None if seat.free or not waiting else waiting.pop(0)
        found.append(seat if stands_in is None else replace(stands_in, substitute=None))
    return tuple(found)


def needed(seats: Iterable[Seat], smallest: int) -> int:
    """How many members without a conflict must be present."""
    free = sum(not seat.conflict for seat in seated(seats))
    return max(free // 2 + 1, smallest)


def present(seats: Iterable[Seat]) -> int:
    """Who counts: present and without a conflict, a substitute only for somebody."""
    return sum(seat.free for seat in seated(seats))


def voters(seats: Iterable[Seat]) -> tuple[int, ...]:
    """The persons who vote on the item."""
    return tuple(seat.person_id for seat in seated(seats) if seat.free)


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
    """Whether a chair, or the deputy, is there to break a tie."""
    return any((seat.chair or seat.deputy) and seat.free for seat in seats)


class Sits(Protocol):
    """What the composition of a committee asks of a seat. `woman`: None where nobody said."""

    @property
    def sector(self) -> str: ...
    @property
    def chair(self) -> bool: ...
    @property
    def deputy(self) -> bool: ...
    @property
    def voting(self) -> bool: ...
    @property
    def substitute(self) -> int | None: ...
    @property
    def woman(self) -> bool | None: ...


def composition(seats: Sequence[Sits]) -> list[str]:
    """Notes on who sits on a committee (domain.md 4.3): advice, never a refusal. Substitutes and advisers are not counted."""
    voting = [seat for seat in seats if seat.voting and seat.substitute is None]
    count, sectors = len(voting), [seat.sector for seat in voting]
    notes = []
    if count not in USUAL:
        notes.append(
            ngettext(
                "%(num)s voting member; five or seven are usual.",
                "%(num)s voting members; five or seven are usual.",
                count,
            )
        )
    public = sectors.count("public")
    if sectors and public * 2 >= count:
        notes.append(
            _(
                "%(public)s of %(count)s voting members come from public offices; most should not.",
                public=public,
                count=count,
            )
        )
    missing = [_(NOBODY_FROM[sector]) for sector in SECTORS if sector not in sectors]
    if missing:
        notes.append(_("Nobody comes from: %(missing)s.", missing=", ".join(missing)))
    notes += _women([seat.woman for seat in voting])
    if count % 2 == 0:
        notes.append(
            _("%(count)s voting members: with an odd number the chair seldom has to break a tie.", count=count)
        )
    if not any(seat.chair for seat in seats):
        notes.append(_("There is no chair; only a chair closes a rating or a meeting."))
    if not any(seat.deputy for seat in seats):
        notes.append(_("There is no deputy; when the chair is away or has a conflict, nobody leads."))
    return notes


def _women(said: Sequence[bool | None]) -> list[str]:
    silent, women = said.count(None), said.count(True)
    if women * 100 >= WOMEN_PERCENT * len(said):
        return []
    if silent:
        return [
            ngettext(
                "Of %(num)s voting member it is not said whether this is a woman; the aim is 30 %% women.",
                "Of %(num)s voting members it is not said whether they are women; the aim is 30 %% women.",
                silent,
            )
        ]
    return [_("%(women)s of %(count)s voting members are women; the aim is 30 %%.", women=women, count=len(said))]


def term(until: date | None, today: date) -> str:
    """How a term stands: '', 'soon' when it ends within two months, or 'over'."""
    if until is None or until > today + SOON:
        return ""
    return "over" if until < today else "soon"
