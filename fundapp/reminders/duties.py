"""What a duty is: how a kind of obligation reminds. Each room lists its duties in its own duties.py; rooms.py gives them to the sweep."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from fundapp.kit.database import ReadSession
from fundapp.people.models import Person
from fundapp.reminders.models import Obligation


@dataclass(frozen=True)
class Duty:
    """`before`: the days before the due date on which a reminder goes out (negative: days after).

    `still_due` is asked when a reminder is about to be queued; False cancels the obligation. `to` says who is reminded,
    `text` is the mail text. `url` leads to where it is done, filled with `case` and `id` of the subject.
    """

    kind: str
    before: tuple[int, ...]
    still_due: Callable[[ReadSession, Obligation], bool]
    to: Callable[[ReadSession, Obligation], Iterable[Person]]
    text: str
    url: str


def subject_id(obligation: Obligation) -> int:
    """The id in 'grants.report:12'."""
    return int(obligation.subject.rpartition(":")[2])
