"""All offers of all rooms put together: what a person may do with a measure now, and why not what they may not."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fundapp.disbursement.offers import OFFERS as DISBURSEMENT
from fundapp.evaluation.offers import OFFERS as EVALUATION
from fundapp.exchange.offers import OFFERS as EXCHANGE
from fundapp.grants.offers import OFFERS as GRANTS
from fundapp.history import queries as history
from fundapp.kit.database import ReadSession, WriteSession
from fundapp.kit.errors import NotAllowed, Refused
from fundapp.kit.i18n import gettext as _
from fundapp.lifecycle import service as lifecycle
from fundapp.lifecycle.offers import Offer
from fundapp.lifecycle.steps import open_to
from fundapp.mail.service import stop_letters
from fundapp.measures.lifecycle import BY_NAME, STEPS
from fundapp.measures.models import Measure
from fundapp.measures.offers import OFFERS as MEASURES
from fundapp.people.models import Person
from fundapp.people.permissions import Action, may
from fundapp.rating.offers import OFFERS as RATING

ALL: tuple[Offer, ...] = (*MEASURES, *RATING, *GRANTS, *DISBURSEMENT, *EVALUATION, *EXCHANGE)
OFFERS = {offer.step: offer for offer in ALL}


@dataclass(frozen=True)
class Button:
    """A step as the page shows it; `why_not` holds all reasons, empty means go."""

    name: str
    label: str
    url: str
    method: str
    why_not: list[str]
    needs_reason: bool
    grave: bool
    primary: bool = False
    ask: str = ""
    verb: str = ""
    fields: tuple[tuple[str, str], ...] = ()


def buttons(session: ReadSession, measure: Measure, by: Person, at: datetime) -> list[Button]:
    """Every step that is open to this person; the first one that can be taken, and neither is grave nor asks for a reason, is the filled one."""
    found: list[Button] = []
    for step in open_to(STEPS, measure, by):
        offer = OFFERS[step]
        reasons = list(offer.why_not(session, measure, by, at))
        first = not reasons and not (step.grave or step.reason) and not any(button.primary for button in found)
        found.append(
            Button(
                step.name,
                _(step.label),
                offer.url.format(id=measure.id),
                offer.method,
                reasons,
                step.reason,
                step.grave,
                first,
            )
        )
    return found


def last_step(session: ReadSession, measure: Measure) -> Any:
    """The step that the last history entry of the case is, or None."""
    last = history.last_step(session, measure.id)
    return BY_NAME.get(last.action.partition(".")[2]) if last is not None else None


def back_button(session: ReadSession, measure: Measure, by: Person, at: datetime) -> Button | None:
    """The button that takes the last step back, when there is one and this person may."""
    step = last_step(session, measure)
    if step is None or not may(by, Action.TAKE_BACK, measure):
        return None
    reasons = lifecycle.why_not_back(session, measure, step, by=by, at=at)
    if reasons:
        return None
    last = history.last_step(session, measure.id)
    mine = last is not None and last.by_id == by.id
    label = _("Take back: %(step)s") % {"step": _(step.label)}
    return Button("take_back", label, f"/cases/{measure.id}/take-back", "post", [], not mine, True)


def take_back(session: WriteSession, measure: Measure, *, by: Person, at: datetime, because: str) -> None:
    """Undoes the last step with all that it did, and stops its letters; raises Refused when something was built on it."""
    step = last_step(session, measure)
    if not may(by, Action.TAKE_BACK, measure):
        raise NotAllowed
    if step is None:
        raise Refused(_("The last entry of the history is not a step that can be taken back."))
    lifecycle.take_back(session, measure, step, by=by, at=at, because=because, undo=OFFERS[step].back)
    stop_letters(session, measure.id, at=at)
