"""What evaluation owes: its visits."""

from collections.abc import Iterable

from fundapp.evaluation.models import Evaluation
from fundapp.evaluation.queries import UNDER_WAY, VISIT
from fundapp.kit.database import ReadSession
from fundapp.measures.models import Measure
from fundapp.people.models import Person
from fundapp.people.queries import officers_or_managers
from fundapp.reminders.duties import Duty, subject_id
from fundapp.reminders.models import Obligation


def still_due(session: ReadSession, obligation: Obligation) -> bool:
    """Until it is done, as long as the measure is contracted and not closed."""
    evaluation = session.get(Evaluation, subject_id(obligation))
    if evaluation is None or evaluation.done_at is not None:
        return False
    return session.get_one(Measure, evaluation.measure_id).status in UNDER_WAY


def who(session: ReadSession, obligation: Obligation) -> Iterable[Person]:
    return officers_or_managers(session, obligation.branch_id)


DUTIES: tuple[Duty, ...] = (Duty(VISIT, (14, 0, -7), still_due, who, "evaluation/visit", "/evaluation/{id}"),)
