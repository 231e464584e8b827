"""The step that exchange offers: to no measure that is here, but to those that come."""

from datetime import datetime
from typing import Any

from fundapp.kit.database import ReadSession
from fundapp.lifecycle.offers import Offer
from fundapp.measures.lifecycle import TAKE_OVER
from fundapp.people.permissions import Actor


def why_not_take_over(session: ReadSession, measure: Any, by: Actor, at: datetime) -> list[str]:
    return []


OFFERS: tuple[Offer, ...] = (Offer(TAKE_OVER, "/exchange/import", why_not_take_over, method="get"),)
