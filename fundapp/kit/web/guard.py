"""An ASGI wrapper around the whole application: forged requests are refused, and every answer carries the security headers, errors included."""

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fundapp.kit.i18n import gettext as _

SECURITY = {
    "content-security-policy": "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "frame-ancestors 'none'; form-action 'self'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "geolocation=(), microphone=(), payment=()",
}


class Guard:
    def __init__(self, app: ASGIApp, base_url: str, largest: int) -> None:
        self.app = app
        self.largest = largest
        self.origin = base_url.rstrip("/")
        self.secure = base_url.startswith("https://")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY.items():
                    headers.setdefault(name, value)
                headers.setdefault("cache-control", "no-store")
                headers.append("vary", "HX-Request")
                if self.secure:
                    headers.setdefault("strict-transport-security", "max-age=31536000")
            await send(message)

        headers = Headers(scope=scope)
        if self.forged(scope["method"], headers):
            answer = PlainTextResponse(
                _("This request did not come from a page of this site. Nothing was changed."), 403
            )
            await answer(scope, receive, with_headers)
            return
        if "\0" in scope["path"] or b"%00" in scope["query_string"]:  # no text that is kept holds it
            await PlainTextResponse(_("This address cannot be read."), 400)(scope, receive, with_headers)
            return
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > self.largest:
            says = _(
                "All files together may have at most %(largest)s MB. Nothing was changed.",
                largest=self.largest // 1024 // 1024,
            )
            await PlainTextResponse(says, 413)(scope, receive, with_headers)
            return
        await self.app(scope, receive, with_headers)

    def forged(self, method: str, headers: Headers) -> bool:
        """Sec-Fetch-Site decides, else Origin equal to BASE_URL; neither: refused. GET and HEAD change nothing and pass."""
        if method in {"GET", "HEAD"}:
            return False
        site = headers.get("sec-fetch-site")
        if site is not None:
            return site != "same-origin"
        return headers.get("origin") != self.origin
