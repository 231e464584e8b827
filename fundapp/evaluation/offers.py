"""The step that evaluation offers: closing a measure."""

from datetime import datetime
from typing import Any

from fundapp.evaluation import queries
from fundapp.evaluation.queries import VISIT, why_not_close
from fundapp.kit.database import WriteSession
from fundapp.lifecycle.offers import Offer
from fundapp.measures.lifecycle import CLOSE
from fundapp.people.permissions import Actor
from fundapp.reminders.service import owe


def reopen(session: WriteSession, measure: Any, by: Actor, at: datetime) -> None:
    """What closing gave up is owed again: the visits that were missed."""
    for evaluation in queries.of_measure(session, measure.id):
        if evaluation.done_at is None:
            owe(session, VISIT, evaluation, due=evaluation.due, title=queries.title(evaluation), at=at)


OFFERS: tuple[Offer, ...] = (Offer(CLOSE, "/evaluation/measures/{id}/close", why_not_close, back=reopen),)
