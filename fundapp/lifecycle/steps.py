"""What a step is: values only."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from fundapp.people.permissions import Action, Actor, may

TAKE_BACK_WITHIN = timedelta(hours=24)


@dataclass(frozen=True)
class Step:
    """One line of a lifecycle table.

    `room` owns the facts and offers the step. `label` is the button for staff, `told` what the history says,
    `public` what the applicant reads (None: the applicant is not told). `reason`: a reason must be given.
    """

    name: str
    sources: tuple[str, ...]
    target: str
    action: Action
    room: str
    label: str
    told: str
    public: str | None = None
    reason: bool = False
    grave: bool = False


def open_to(steps: Iterable[Step], thing: Any, by: Actor) -> list[Step]:
    """The steps that lead on from where the thing stands and that this person may take."""
    return [step for step in steps if thing.status in step.sources and may(by, step.action, thing)]
