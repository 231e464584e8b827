"""Pages: one Jinja2 environment, filters in the reader's language, and the one answer to every refusal."""

import json
import logging
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import IO, Any
from urllib.parse import quote, unquote, urlsplit
from zoneinfo import ZoneInfo

from anyio.to_thread import run_sync
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy import inspect
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse

from fundapp.kit import charts, i18n, texts
from fundapp.kit.errors import FundError, NotAllowed, NotFound, Refused, SignInNeeded, Stale
from fundapp.kit.i18n import gettext as _
from fundapp.kit.places import TEMPLATES
from fundapp.kit.web.assets import Assets
from fundapp.kit.web.labels import label

log = logging.getLogger("fundapp")
HTMX = {
    "includeIndicatorStyles": False,
    "allowEval": False,
    "allowScriptTags": False,
    "selfRequestsOnly": True,
    "historyCacheSize": 0,
    "responseHandling": [
        {"code": "(204|304)", "swap": False},
        {"code": "[23]..", "swap": True},
        {"code": "(409|422)", "swap": True},
        {"code": "[45]..", "swap": True, "target": "#messages", "error": True},
    ],
}


@dataclass
class Pages:
    """What every page needs; made once by main and kept in `app.state.pages`."""

    assets: Assets
    zone: ZoneInfo
    brand: str
    brand_small: str
    demo: bool
    nav: Callable[[Any, Any, str], Any]  # (session, person, path) -> groups of links
    notice: Callable[[Any, Any, Any], Any] = lambda *_: None  # (session, person, at) -> what stands above every page

    def __post_init__(self) -> None:
        env = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        )
        env.install_gettext_callables(i18n.gettext, i18n.plural, newstyle=True)  # type: ignore[attr-defined]
        env.globals.update(
            asset=self.assets.url,
            htmx_url=self.assets.url("htmx.js"),
            htmx_config=json.dumps(HTMX),
            brand=self.brand,
            brand_small=self.brand_small,
            demo=self.demo,
            languages=i18n.languages(),
            charts=charts,
            new_key=lambda: secrets.token_urlsafe(12),
        )
        env.filters.update(texts.filters(str(self.zone)))
        env.filters["label"] = label
        env.filters["translated"] = lambda code: (code, _(code.replace("_", " ")))
        self.env = env


def page(request: Request, template: str, status: int = 200, **context: Any) -> HTMLResponse:
    """Renders a page or a fragment (`room/_name.html`) in the reader's language."""
    pages: Pages = request.app.state.pages
    person = getattr(request.state, "person", None)
    i18n.LANGUAGE.set(language(request, person))
    full = not template.rsplit("/", 1)[-1].startswith("_")
    session = getattr(request.state, "session", None)
    nav = pages.nav(session, person, request.url.path) if full and person and session is not None else None
    notice = pages.notice(session, person, request.state.at) if nav and session is not None else None
    base = {
        "request": request,
        "person": person,
        "nav": nav,
        "notice": notice,
        "lang": i18n.LANGUAGE.get(),
        "flash": _flash(request),
    }
    answer = HTMLResponse(pages.env.get_template(template).render(**base | context), status)
    if full and "flash" in request.cookies:
        answer.delete_cookie("flash")
    chosen = request.query_params.get("lang") or (person.language if person else None)
    if full and chosen in dict(i18n.languages()) and chosen != request.cookies.get("lang"):
        # stays when nobody is signed in any more, and when an error is told that knows of nobody
        answer.set_cookie("lang", chosen, max_age=31536000, samesite="lax", httponly=True)
    return answer


def fresh(request: Request, answer: Response, *whose: object) -> Response:
    """The answer with a mark of its content (ETag), or 304 without content when the browser has just this already.

    `whose` goes into the mark, so that nobody's is taken for another's; nothing is kept in between (no-store).
    """
    content = repr((*whose, i18n.LANGUAGE.get())).encode() + bytes(answer.body)
    mark = f'"{sha256(content).hexdigest()[:32]}"'
    if request.headers.get("if-none-match") == mark:
        answer = Response(status_code=304)
    answer.headers["etag"] = mark
    return answer


def language(request: Request, person: Any) -> str:
    wanted = request.query_params.get("lang") or (person.language if person else request.cookies.get("lang"))
    return i18n.choose(wanted, request.headers.get("accept-language", ""))


def go(url: str, say: str = "", refused: bool = False) -> Response:
    """The answer to a verb that was carried out: 303 to the next page, where `say` stands once at the top."""
    answer = RedirectResponse(url, 303)
    if say:
        value = quote(json.dumps({"text": say, "refused": refused}))
        answer.set_cookie("flash", value, max_age=60, samesite="lax", httponly=True)
    return answer


def local(url: str) -> str:
    """`url` when it is a path of this site, else '/': no open redirect."""
    safe = url.startswith("/") and not url.startswith("//") and all(c.isprintable() for c in url) and "\\" not in url
    return url if safe else "/"


def _path(url: str) -> str:
    try:
        return urlsplit(url).path or "/"
    except ValueError:  # an address that is none
        return "/"


def send(data: bytes, name: str, media_type: str, *, inline: bool = False) -> Response:
    """A file for the browser; the route has loaded and authorised its owner before."""
    ascii_name = name.encode("ascii", "replace").decode().replace('"', "'")
    how = "inline" if inline and media_type in {"image/jpeg", "image/png", "application/pdf"} else "attachment"
    disposition = f"{how}; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(name)}"
    return Response(data, media_type=media_type, headers={"content-disposition": disposition})


def stream(file: IO[bytes], name: str, media_type: str) -> Response:
    """A file that was written for this one answer, from its beginning; it is closed when it has been sent."""
    file.seek(0)
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(_blocks(file), media_type=media_type, headers=headers)


def _blocks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while block := file.read(65536):
            yield block


def _flash(request: Request) -> Any:
    from_cookie = request.cookies.get("flash")
    if not from_cookie:
        return None
    try:
        found = json.loads(unquote(from_cookie))
    except ValueError:
        return None
    return found if isinstance(found, dict) and {"text", "refused"} <= found.keys() else None


def install(app: FastAPI) -> None:
    """The one place where refusals become answers."""
    app.add_exception_handler(FundError, _refuse)  # type: ignore[arg-type]
    app.add_exception_handler(HTTPException, _http)  # type: ignore[arg-type]
    app.add_exception_handler(RequestValidationError, _unreadable)  # type: ignore[arg-type]
    app.add_exception_handler(Exception, _broke)


async def _refuse(request: Request, error: FundError) -> Response:
    htmx = request.headers.get("hx-request") == "true"
    reasons: tuple[str, ...]
    match error:
        case SignInNeeded():
            url = f"/people/sign-in?next={quote(request.url.path)}"
            return Response(status_code=401, headers={"HX-Redirect": url}) if htmx else RedirectResponse(url, 303)
        case NotFound():
            status, title, reasons = (
                404,
                _("This page is not there"),
                (_("It may have moved, or it is not meant for you."),),
            )
        case NotAllowed():
            status, title, reasons = 403, _("This is not yours to do"), (error.reason,)
        case Stale():
            status, title = 409, _("Somebody else has changed this in the meantime")
            reasons = (_("Nothing was overwritten. Look at the newer state, then send yours again if it still holds."),)
        case Refused():
            status, title, reasons = 409, _("That was not done"), error.reasons
        case _:
            status, title, reasons = 409, _("That was not done"), (str(error),)
    theirs = error.theirs if isinstance(error, Stale) else {}
    if htmx:
        answer = await _told(request, "_refused.html", status, title=title, reasons=reasons, theirs=theirs)
        answer.headers.update({"HX-Retarget": "#messages", "HX-Reswap": "innerHTML show:#messages:top"})
        return answer
    posted: list[tuple[str, str]] = []
    if status == 409:
        form = await request.form()
        posted = [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
    back = local(_path(request.headers.get("referer", "/")))
    return await _told(
        request, "error.html", status, title=title, reasons=reasons, posted=posted, theirs=list(theirs.items()),
        again_url=request.url.path, back=(back, _("Back")), at=request.app.state.clock(),
    )  # fmt: skip


async def _http(request: Request, error: HTTPException) -> Response:
    if not hasattr(request.state, "at"):  # no route was found, so nobody has asked yet what the reader speaks
        i18n.LANGUAGE.set(language(request, None))
    if error.status_code == 404:
        return await _refuse(request, NotFound())
    title = {405: _("This address does not take that"), 413: _("That is too large")}.get(
        error.status_code, _("That did not work")
    )
    reasons = (_("All files together may have at most 40 MB."),) if error.status_code == 413 else (str(error.detail),)
    return await _told(request, "error.html", error.status_code, title=title, reasons=reasons)


async def _unreadable(request: Request, error: RequestValidationError) -> Response:
    """An address that names no thing ('/cases/abc') is not there; a question that cannot be read is said so."""
    if any(problem["loc"][0] == "path" for problem in error.errors()):
        return await _refuse(request, NotFound())
    reasons = (_("This address cannot be read. Please begin from the page before."),)
    return await _told(request, "error.html", 422, title=_("That did not work"), reasons=reasons)


async def _told(request: Request, template: str, status: int, **context: Any) -> HTMLResponse:
    """A page about a refusal. The request's own session has ended, so it reads in a new one, and in a thread as every page."""
    database = request.app.state.database

    def render() -> HTMLResponse:
        with database.reading() as session:
            person = getattr(request.state, "person", None)
            request.state.session = session
            request.state.person = person and session.get(type(person), inspect(person).identity)
            return page(request, template, status, **context)

    async with database.queue[True]:
        return await run_sync(render)


async def _broke(request: Request, error: Exception) -> Response:
    reference = secrets.token_hex(4).upper()
    request.state.session = request.state.person = None  # asks the database nothing: it may be what broke
    log.error("%s %s %s", reference, request.method, request.url.path, exc_info=error)
    reasons = (_("Your last step was not carried out; nothing was changed."), _("Please try again in a minute."))
    return page(
        request, "error.html", 500, title=_("Something went wrong on our side"), reasons=reasons, reference=reference
    )
