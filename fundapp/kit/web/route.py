"""The request's transaction: GET and HEAD read one snapshot; the rest commit before the answer leaves, or roll back, or run again as a whole."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Annotated, Any, get_args

import anyio
from anyio.to_thread import run_sync
from fastapi import Depends, Request
from fastapi.routing import APIRoute
from sqlalchemy.exc import DBAPIError
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.responses import Response

from fundapp.kit import i18n
from fundapp.kit.database import TRIES, Database, ReadSession, WriteSession, again, pause
from fundapp.kit.errors import NotFound
from fundapp.kit.i18n import gettext as _
from fundapp.kit.web.pages import language

Work = Callable[[WriteSession], None]
FORMS = {"multipart/form-data", "application/x-www-form-urlencoded"}


def prepared_by(work: Callable[[Request, FormData], Any]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Runs `work(request, form)` in a bounded pool before the transaction begins; the route finds its answer in `request.state.prepared`.

    For what is slow and needs no lock: hashing a password.
    """

    def mark(endpoint: Callable[..., Any]) -> Callable[..., Any]:
        endpoint.prepare = work  # type: ignore[attr-defined]
        return endpoint

    return mark


class Route(APIRoute):
    """Every route of the application. A body may run twice: it sends nothing and reads no clock."""

    def __init__(self, *args: Any, **how: Any) -> None:
        super().__init__(*args, **how)
        self.methods = (self.methods or set()) | ({"HEAD"} if "GET" in (self.methods or ()) else set())

    def get_route_handler(self) -> Callable[[Request], Any]:
        handle = super().get_route_handler()
        prepare = getattr(self.endpoint, "prepare", None)
        numbers = set(_numbers(self.dependant))

        async def run(request: Request) -> Response:
            state = request.app.state
            database: Database = state.database
            safe = request.method in {"GET", "HEAD"}
            request.state.at = state.clock()
            i18n.LANGUAGE.set(language(request, None))
            given = [*request.path_params.items(), *request.query_params.multi_items()]
            if any(name in numbers and _beyond(str(value)) for name, value in given):
                raise NotFound
            if not safe:
                await _receive(request)  # a slow line must hold neither lock nor connection
            if prepare is not None:
                request.state.prepared = await run_sync(prepare, request, await request.form(), limiter=state.slow)
            notes: list[Work] = []
            try:
                async with database.queue[safe]:
                    return await attempts(request, database, safe, notes)
            finally:  # who read what, who was refused what: kept even when the rest was rolled back
                if notes:
                    with anyio.CancelScope(shield=True):
                        async with database.queue[False]:
                            await run_sync(database.write, partial(_keep, notes))
                await request.close()  # the temporary files of uploads

        async def attempts(request: Request, database: Database, safe: bool, notes: list[Work]) -> Response:
            for attempt in range(1, TRIES + 1):
                session = request.state.session = database.session(safe)  # BEGIN comes with the first question
                notes.clear()
                session.info["notes"] = notes
                try:
                    response: Response = await handle(request)
                    await run_sync(session.close if safe else session.commit)
                    for wake in session.info.get("wake", ()):
                        request.app.state.wake(wake)
                    return response
                except DBAPIError as error:
                    if attempt == TRIES or not again(error):
                        raise
                finally:
                    with anyio.CancelScope(shield=True):
                        await run_sync(session.close)
                await anyio.sleep(pause(attempt))
            raise AssertionError("unreachable")

        return run


LARGEST_ID = 2**31 - 1  # a PostgreSQL integer


def _numbers(dependant: Any) -> Iterator[str]:
    """The names of whole numbers in the route's address, those of its dependencies included."""
    for field in [*dependant.path_params, *dependant.query_params]:
        if int in (field.field_info.annotation, *get_args(field.field_info.annotation)):
            yield field.alias
    for inner in dependant.dependencies:
        yield from _numbers(inner)


def _beyond(text: str) -> bool:
    """A number that no row can have, however it is written (-1, 1_000, 1.0); databases break on it."""
    digits = text.strip().partition(".")[0].replace("_", "").lstrip("+-")
    return digits.isdecimal() and (len(digits) > 18 or int(digits) > LARGEST_ID)


async def _receive(request: Request) -> None:
    """Reads the form, and hands files of somebody who is signed in to the store, before anything is locked."""
    kind, length = request.headers.get("content-type", "").partition(";")[0], request.headers.get("content-length", "0")
    if kind not in FORMS and (length != "0" or "transfer-encoding" in request.headers):
        raise HTTPException(415, _("Only forms are taken here."))
    form = await request.form(max_files=30, max_fields=2000)
    request.state.received = {}
    uploads = [(name, value) for name, value in form.multi_items() if isinstance(value, UploadFile) and value.filename]
    state, key = request.app.state, request.cookies.get(request.app.state.cookie)
    if not uploads or not key or not await run_sync(state.known, key, request.state.at):
        return
    for name, upload in uploads:
        kept = await run_sync(state.receive, upload.filename, upload.file, upload.size)
        request.state.received.setdefault(name, []).append(kept)


def _keep(notes: list[Work], session: WriteSession) -> None:
    for work in notes:
        work(session)


async def _session(request: Request) -> ReadSession:
    session: ReadSession = request.state.session
    return session


async def _writing(request: Request) -> WriteSession:
    session = request.state.session
    assert isinstance(session, WriteSession), "a GET route asks for a session that writes"
    return session


Reading = Annotated[ReadSession, Depends(_session)]
Writing = Annotated[WriteSession, Depends(_writing)]


def wake(session: WriteSession, job: str) -> None:
    """After this transaction has been committed, the named job of the heartbeat runs at once instead of at the next beat."""
    jobs = session.info.setdefault("wake", [])
    if job not in jobs:
        jobs.append(job)
