"""A step as a button. Each room lists its offers; overview/ puts them together."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fundapp.kit.database import ReadSession, WriteSession
from fundapp.lifecycle.steps import Step
from fundapp.people.permissions import Actor


@dataclass(frozen=True)
class Offer:
    """A step as a button: where it leads and why it cannot be taken now.

    `url` is filled with the thing's id. method 'get': a page that asks for more first; 'post': one press.
    `back` undoes what the step did besides the status, or raises Refused; None: nothing else to undo.
    """

    step: Step
    url: str
    why_not: Callable[[ReadSession, Any, Actor, datetime], Iterable[str]]
    method: str = "post"
    back: Callable[[WriteSession, Any, Actor, datetime], None] | None = None
