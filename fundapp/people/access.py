"""Who asks, what they may see, and whether they may do it: load and authorise in one dependency, in the route's own session.

And letting somebody in, with the cookie.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Annotated, Any

from fastapi import Depends, Request
from sqlalchemy import exists, select, update
from starlette.responses import Response

from fundapp.history.service import note, record
from fundapp.kit import i18n
from fundapp.kit.database import Database, ReadSession, WriteSession
from fundapp.kit.errors import NotAllowed, NotFound, Refused, SignInNeeded
from fundapp.kit.i18n import gettext as _
from fundapp.kit.web.pages import go, language
from fundapp.kit.web.route import Reading
from fundapp.people import deputies, members, queries, service
from fundapp.people.models import Deputy, Person, SignIn
from fundapp.people.permissions import Action, closed_by_status, may
from fundapp.people.secrets import hashed


def _visitor(request: Request, session: Reading) -> Person | None:
    """The signed-in person, or None."""
    if getattr(request.state, "person", None) is not None and request.state.person in session:
        known: Person = request.state.person
        return known
    request.state.person = None
    key = request.cookies.get(request.app.state.cookie)
    if not key:
        return None
    at: datetime = request.state.at
    on = at.astimezone(request.app.state.settings.zone).date()
    found = _session_of(session, key, at, on)
    if found is None:
        return None
    sign_in, person, stands_in, works_for = found
    person.member_of = members.read(works_for)
    if stands_in:
        person.lenders = deputies.lenders(session, person, on, request.app.state.closed_to)
    if at - sign_in.last_seen_at > timedelta(minutes=1):
        note(session, partial(_seen, sign_in.id, at))
    request.state.person, request.state.sign_in_id = person, sign_in.id
    return person


def _session_of(
    session: ReadSession, key: str, at: datetime, on: date
) -> tuple[SignIn, Person, bool, str | None] | None:
    """The session that this key opens, its person, whether they stand in for somebody on `on`, and for whom they work.

    None when it has ended, the person was switched off, or has become staff since they came in without a password.
    """
    stands_in = exists().where(Deputy.deputy_id == Person.id, deputies.holding(on))
    asked = select(SignIn, Person, stands_in, members.works_for()).join(Person, Person.id == SignIn.person_id)
    found = session.execute(asked.where(SignIn.key_hash == hashed(key))).first()
    if found is None:
        return None
    sign_in, person, lends, works_for = found
    idle = timedelta(minutes=sign_in.idle_minutes)
    if sign_in.ended_at or not person.active or at >= sign_in.ends_at or at - sign_in.last_seen_at > idle:
        return None
    if sign_in.light and deputies.is_staff(person):
        return None
    return sign_in, person, lends, works_for


def known(database: Database, key: str, at: datetime) -> bool:
    """Whether somebody is signed in with this key; asked before a file is taken in."""
    with database.reading() as session:
        return _session_of(session, key, at, at.date()) is not None


def _seen(sign_in_id: int, at: datetime, session: WriteSession) -> None:
    session.execute(update(SignIn).where(SignIn.id == sign_in_id, SignIn.last_seen_at < at).values(last_seen_at=at))


async def _greeted(request: Request, person: Annotated[Person | None, Depends(_visitor)]) -> Person | None:
    """From here on everything is said in this person's language. Asynchronous, so that the rest of the request hears it."""
    i18n.LANGUAGE.set(language(request, person))
    return person


Visitor = Annotated[Person | None, Depends(_greeted)]


def _signed_in(visitor: Visitor) -> Person:
    if visitor is None:
        raise SignInNeeded
    return visitor


_signed_in.action = Action.SIGNED_IN  # type: ignore[attr-defined]
By = Annotated[Person, Depends(_signed_in)]  # the signed-in person; declares Action.SIGNED_IN


def _at(request: Request) -> datetime:
    return request.state.at  # type: ignore[no-any-return]


At = Annotated[datetime, Depends(_at)]  # the moment of this request, aware UTC, taken once


def _anyone() -> None:
    return None


_anyone.action = Action.ANYONE  # type: ignore[attr-defined]
Anyone = Depends(_anyone)  # `dependencies=[Anyone]` on public routes


def allowed(action: Action) -> Any:
    """`by: Annotated[Person, allowed(Action.MANAGE_FUND)]` for pages about no one thing; any scope of the action will do."""

    def check(by: By, session: Reading, at: At) -> Person:
        if not may(by, action):
            note(session, partial(_refused, by.id, action, at))
            raise NotAllowed
        return by

    check.action = action  # type: ignore[attr-defined]
    return Depends(check)


def to(action: Action, find: Callable[..., Any]) -> Any:
    """`measure: Annotated[Measure, to(Action.CHECK, queries.find)]`: loads what stands in the path as `id` and authorises.

    `find(session, id, visible_to=person)` gives None for what this person may not know of: 404. Visible but not allowed: 403.
    Who may do it, but not where the measure stands now, is told so.
    """

    def load(id: int, by: By, session: Reading, at: At) -> Any:
        row = find(session, id, visible_to=by)
        if row is None:
            raise NotFound
        if may(by, action, row):
            return row
        if status := closed_by_status(by, action, row):
            reason = _("This is not open now: the measure is %(status)s.", status=i18n.words(status))
            raise Refused(reason) if isinstance(session, WriteSession) else NotAllowed(reason)
        note(session, partial(_refused, by.id, action, at))
        raise NotAllowed

    load.action = action  # type: ignore[attr-defined]
    return Depends(load)


def declared(route: Any) -> set[Action]:
    """The actions a route declares, for the house test."""
    found: set[Action] = set()
    todo = [route.dependant]
    while todo:
        dependant = todo.pop()
        action = getattr(dependant.call, "action", None)
        found |= {action} if action else set()
        todo += dependant.dependencies
    return found


def read_sensitive(session: ReadSession, thing: Any, what: str, *, by: Person, at: datetime) -> None:
    """Notes that `by` read identities or bank data of `thing`; kept whatever becomes of the request."""
    note(session, partial(_read, type(thing), thing.id, what, _Id(by.id, by.acts_for), at))


@dataclass(frozen=True)
class _Id:
    id: int
    acts_for: int | None


def _refused(person_id: int, action: Action, at: datetime, session: WriteSession) -> None:
    person = session.get_one(Person, person_id)
    record(session, "people.refused", person, by=person, at=at, tried=action.value)


def _read(kind: type[Any], id: int, what: str, by: _Id, at: datetime, session: WriteSession) -> None:
    if (thing := session.get(kind, id)) is not None:
        record(session, "people.read", thing, by=by, at=at, what=what)


def address_of(request: Request) -> str:
    """Where the request comes from, hashed: for the throttle."""
    return hashed(request.client.host if request.client else "")


def let_in(
    request: Request,
    session: WriteSession,
    person: Person,
    url: str,
    at: datetime,
    say: str = "",
    *,
    light: bool = False,
) -> Response:
    """The answer that signs a person in and sends them to `url`; `light`: without a password, so not as staff."""
    before = queries.find_sign_in(session, hashed(request.cookies.get(request.app.state.cookie, "")))
    if before is not None:
        before.ended_at = at
    key = service.begin_sign_in(session, person, at=at, address=address_of(request), light=light)
    answer = go(url, say)
    secure = request.app.state.settings.secure
    answer.set_cookie(
        request.app.state.cookie, key, httponly=True, secure=secure, samesite="lax", path="/", max_age=14 * 86400
    )
    return answer
