"""Taking a step, and taking it back."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm.attributes import set_committed_value

from fundapp.history import queries as history
from fundapp.history.service import record, subject_of
from fundapp.kit import i18n
from fundapp.kit.database import ReadSession, WriteSession
from fundapp.kit.errors import NotAllowed, Refused, Stale
from fundapp.kit.i18n import gettext as _
from fundapp.lifecycle.steps import TAKE_BACK_WITHIN, Step
from fundapp.people.permissions import Actor, Role, holds, may


@dataclass(frozen=True)
class System:
    """The heartbeat, when it acts by itself: only steps that the table gives to no person's judgement."""

    id: None = None
    roles: tuple[()] = field(default=())


SYSTEM = System()


def take(
    session: WriteSession,
    thing: Any,
    step: Step,
    *,
    by: Actor,
    at: datetime,
    unless: Iterable[str] = (),
    because: str = "",
    **facts: Any,
) -> None:
    """Moves `thing` along `step` and writes it into the history; raises NotAllowed, Refused or Stale, never does it silently.

    `unless` are the reasons against it from the room that owns the facts; empty means go. `facts` are ids, codes and amounts.
    """
    if thing.status not in step.sources:
        raise Refused(
            _("“%(label)s” is not open: this is %(status)s.", label=_(step.label), status=i18n.words(thing.status))
        )
    if by is not SYSTEM and not may(by, step.action, thing):
        raise NotAllowed
    if reasons := tuple(unless):
        raise Refused(*reasons)
    if step.reason and not because.strip():
        raise Refused(_("Please give a reason; it stays in the history."), field="because")
    source = thing.status
    move(session, thing, source, step.target)
    name = f"{type(thing).__module__.split('.')[1]}.{step.name}"
    record(session, name, thing, by=by, at=at, because=because, source=source, target=step.target, **facts)


def why_not_back(session: ReadSession, thing: Any, step: Step | None, *, by: Actor, at: datetime) -> list[str]:
    """Reasons against taking back the last step of `thing` (`step`: what it was, None when there was none)."""
    last = history.last_step(session, thing.case_id)
    if last is None or step is None or last.subject != subject_of(thing) or last.target != thing.status:
        return [_("The last step cannot be taken back: something was built on it.")]
    if last.by_id == by.id and at - last.at <= TAKE_BACK_WITHIN:
        return []
    if holds(by, Role.MANAGER):
        return []
    return [_("Only who took the step, within 24 hours, or a manager can take it back.")]


def take_back(
    session: WriteSession,
    thing: Any,
    step: Step,
    *,
    by: Actor,
    at: datetime,
    because: str,
    undo: Callable[[WriteSession, Any, Actor, datetime], None] | None = None,
) -> None:
    """Undoes the last step of `thing`; raises Refused when something was built on it. A manager gives a reason.

    `undo` undoes the facts of the room that owns the step, once the thing stands again where it stood before.
    """
    if reasons := why_not_back(session, thing, step, by=by, at=at):
        raise Refused(*reasons)
    last = history.last_step(session, thing.case_id)
    if last is None or last.source is None:
        raise Refused(_("The last step cannot be taken back: something was built on it."))
    if last.by_id != by.id and not because.strip():
        raise Refused(_("Please give a reason; it stays in the history."), field="because")
    move(session, thing, thing.status, last.source)
    if undo is not None:
        undo(session, thing, by, at)
    name = f"{type(thing).__module__.split('.')[1]}.take_back"
    record(session, name, thing, by=by, at=at, because=because, taken_back=last.seq, step=step.name)


def move(session: WriteSession, thing: Any, source: str, target: str) -> None:
    session.flush()
    kind = type(thing)
    found = session.execute(
        update(kind).where(kind.id == thing.id, kind.status == source).values(status=target),
        execution_options={"synchronize_session": False},
    )
    if found.rowcount != 1:  # type: ignore[attr-defined]
        raise Stale
    set_committed_value(thing, "status", target)
