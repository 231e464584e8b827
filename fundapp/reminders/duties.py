"""What a duty is: how a kind of obligation reminds. Each room lists its duties in its own duties.py; rooms.py gives them to the sweep."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from fundapp.kit.database import ReadSession
from fundapp.kit.i18n import mark
from fundapp.people.models import Person
from fundapp.people.queries import officers_or_managers
from fundapp.reminders.models import Notice, Obligation


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


# What applicants tell the branch, by the kind of their notice; answered by hand, within two working days
NOTICES = {"changed": "reminders.changed", "call_back": "reminders.call_back"}
NOTICE_TITLES = {"changed": mark("Something has changed"), "call_back": mark("Call back")}
NOTICE_DAYS = 2


def _unanswered(session: ReadSession, obligation: Obligation) -> bool:
    notice = session.get(Notice, subject_id(obligation))
    return notice is not None and notice.answered_at is None and notice.taken_back_at is None


def _branch(session: ReadSession, obligation: Obligation) -> Iterable[Person]:
    return officers_or_managers(session, obligation.branch_id)


DUTIES: tuple[Duty, ...] = tuple(
    Duty(kind, (10, -1), _unanswered, _branch, "reminders/notice", "/cases/{case}") for kind in NOTICES.values()
)
