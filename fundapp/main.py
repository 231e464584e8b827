"""The application: rooms, one error handler, static files, heartbeat."""

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Any, BinaryIO

import anyio
from fastapi import FastAPI
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware

from fundapp.config import Settings
from fundapp.files.store import Kept, Store, Unfit
from fundapp.kit.database import Database
from fundapp.kit.heartbeat import Heartbeat
from fundapp.kit.web import pages
from fundapp.kit.web.assets import Assets
from fundapp.kit.web.guard import Guard
from fundapp.measures.conflicts import closed_to
from fundapp.measures.handing import pass_on
from fundapp.overview.navigation import nav, notice
from fundapp.overview.reading import reads
from fundapp.people.access import Anyone, known
from fundapp.presets.queries import value
from fundapp.presets.switches import ROLES
from fundapp.rooms import jobs, letters, routers, switches

LARGEST_BODY = 40 * 1024 * 1024
log = logging.getLogger("fundapp")


def now() -> datetime:
    return datetime.now(UTC)


def create_app(settings: Settings, *, clock: Callable[[], datetime] = now, beat: bool = False) -> Any:
    """The ASGI application. `clock` gives the moment of each request (tests move it); `beat` starts the heartbeat with it."""
    database = Database(settings.database)
    store = Store(settings.home / "files")
    heart = Heartbeat(jobs(settings, database, store, clock), settings.beat_seconds)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        if beat:
            heart.start()
        yield
        heart.stop()
        database.close()

    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan)
    assets = Assets()
    app.state.settings = settings
    app.state.slow = anyio.CapacityLimiter(2)
    app.state.database = database
    app.state.store = store
    app.state.clock = clock
    app.state.heart = heart
    app.state.wake = heart.wake
    app.state.cookie = "__Host-fund" if settings.secure else "fund"
    app.state.known = partial(known, database)
    app.state.receive = receiver(store)
    app.state.letters = letters()
    app.state.switches = switches()
    app.state.four_roles = lambda session: value(session, ROLES) == "four"
    app.state.reads = reads
    app.state.closed_to = closed_to
    app.state.pass_on = pass_on
    app.state.pages = pages.Pages(
        assets, settings.zone, settings.brand, settings.brand_small, settings.demo, nav, notice
    )
    pages.install(app)
    packed_already = (*DEFAULT_EXCLUDED_CONTENT_TYPES, "application/*")  # Word, Excel, PDF
    app.add_middleware(GZipMiddleware, compresslevel=6, exclude_content_types=packed_already)
    for router in routers():
        app.include_router(router)
    app.include_router(assets.router(), dependencies=[Anyone])
    guarded = Guard(RequestBodyLimitMiddleware(app, max_body_size=LARGEST_BODY), settings.base_url, LARGEST_BODY)
    guarded.state = app.state  # type: ignore[attr-defined]
    guarded.fastapi = app  # type: ignore[attr-defined]
    return guarded


def receiver(store: Store) -> Callable[[str, BinaryIO, int | None], Kept | Unfit]:
    """What takes an upload before the transaction: the kept file, or the reason why not."""

    def receive(name: str, stream: BinaryIO, size: int | None) -> Kept | Unfit:
        try:
            return store.receive(name, stream, size)
        except Unfit as reason:
            return reason

    return receive
