"""Static files by content hash, so that a browser may keep them for ever; htmx comes from its wheel, one pinned file."""

import hashlib
import mimetypes
from importlib.metadata import files
from pathlib import Path

from fastapi import APIRouter
from starlette.responses import Response

from fundapp.kit.errors import NotFound
from fundapp.kit.places import STATIC

FOREVER = {"cache-control": "public, max-age=31536000, immutable"}


def _htmx() -> bytes:
    found = next(f for f in files("django-js-lib-htmx") or () if str(f).endswith("static/htmx/htmx.min.js"))
    return Path(str(found.locate())).read_bytes()


class Assets:
    def __init__(self) -> None:
        self.urls: dict[str, str] = {}
        self.served: dict[str, tuple[bytes, str]] = {}
        for path in sorted(STATIC.iterdir()):
            if path.is_file():
                self.add(path.name, path.read_bytes())
        self.add("htmx.js", _htmx())

    def add(self, name: str, data: bytes) -> None:
        stem, _, suffix = name.rpartition(".")
        hashed = f"{stem}.{hashlib.sha256(data).hexdigest()[:12]}.{suffix}"
        self.urls[name] = f"/static/{hashed}"
        self.served[hashed] = (data, mimetypes.guess_type(name)[0] or "application/octet-stream")

    def url(self, name: str) -> str:
        return self.urls[name]

    def router(self) -> APIRouter:
        router = APIRouter()

        @router.get("/static/{name}", include_in_schema=False)
        def static(name: str) -> Response:
            if name not in self.served:
                raise NotFound
            data, media = self.served[name]
            return Response(data, media_type=media, headers=FOREVER)

        @router.get("/favicon.ico", include_in_schema=False)
        def favicon() -> Response:
            data, media = self.served[self.urls["icon.svg"].rsplit("/", 1)[1]]
            return Response(data, media_type=media, headers=FOREVER)

        return router
