"""Earlier grants out of a spreadsheet: sent, shown as understood, looked through, taken over, taken back; and giving them out again."""

import tempfile
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Request
from starlette.datastructures import FormData, UploadFile
from starlette.responses import Response

from fundapp.exchange import columns, delimited, mending, queries, reading, service, styles, taking
from fundapp.exchange.cells import MOST_COLUMNS, Layout
from fundapp.exchange.columns import Meaning
from fundapp.exchange.forms import ImportForm, ReadingForm, TakeForm, UndoForm
from fundapp.exchange.giving import Grant, Refusal
from fundapp.exchange.imports import Report, sorted_out
from fundapp.exchange.models import Import
from fundapp.exchange.opening import Source
from fundapp.exchange.reading import Understood
from fundapp.files.store import LARGEST, TYPES, Kept, Unfit
from fundapp.funds.models import Fund
from fundapp.kit.database import ReadSession, let_go
from fundapp.kit.errors import Refused
from fundapp.kit.i18n import gettext as _
from fundapp.kit.i18n import ngettext
from fundapp.kit.web.forms import Bound, Posted, PostedForm, bind, shown
from fundapp.kit.web.pages import go, page, send, stream
from fundapp.kit.web.route import Reading, Route, Writing, prepared_by
from fundapp.people.access import At, By, allowed, to
from fundapp.people.models import Person
from fundapp.people.permissions import Action

router = APIRouter(prefix="/exchange", route_class=Route)
Taker = Annotated[Person, allowed(Action.TAKE_OVER)]
Exporter = Annotated[Person, allowed(Action.EXPORT)]
ToTake = Annotated[Import, to(Action.TAKE_OVER, queries.find_import)]
SHOWN = 200  # lines of a kind on a page
FIRST = 3  # lines shown as understood


def _keep(request: Request, form: FormData) -> Kept | Unfit | None:
    """The posted file, kept before the transaction begins; the store itself only takes papers and pictures."""
    upload, key = form.get("file"), request.cookies.get(request.app.state.cookie)
    if not isinstance(upload, UploadFile) or not upload.filename:
        return None
    if not key or not request.app.state.known(key, request.state.at):
        return None
    upload.file.seek(0)
    data = upload.file.read(LARGEST + 1)
    if len(data) > LARGEST:
        return Unfit(_("“%(name)s” is larger than 15 MB. Send it in parts.", name=upload.filename))
    if not data:
        return Unfit(_("“%(name)s” is empty.", name=upload.filename))
    media = TYPES[".xlsx"] if data.startswith(b"PK\x03\x04") else "text/csv"
    kept: Kept = request.app.state.store.keep(upload.filename, data, media)
    return kept


@router.get("/import")
def import_page(request: Request, session: Reading, by: Taker, after: int | None = None) -> Response:
    return _ask(request, session, by, None, 200, after)


def _ask(
    request: Request,
    session: ReadSession,
    by: Person,
    form: Bound[ImportForm] | None,
    status: int,
    after: int | None = None,
) -> Response:
    funds = queries.funds(session)
    form = form or shown(ImportForm, {"fund": funds[0].code if len(funds) == 1 else ""})
    rows = queries.imports(session, by, after=after)
    more = rows[queries.ON_PAGE - 1].id if len(rows) > queries.ON_PAGE else None
    return page(
        request, "exchange/import.html", status, form=form, fund_options=_options(funds), imports=rows[: queries.ON_PAGE],
        next_url=f"/exchange/import?after={more}" if more else None,
    )  # fmt: skip


def _options(funds: list[Fund]) -> list[tuple[str, str]]:
    return [(fund.code, f"{fund.name}, {fund.currency}") for fund in funds]


@router.post("/import")
@prepared_by(_keep)
def upload(request: Request, session: Writing, by: Taker, at: At, posted: PostedForm) -> Response:
    """Keeps the file and shows how it is read."""
    form = bind(ImportForm, posted, ignore=("file",))
    kept = request.state.prepared
    if not isinstance(kept, Kept):
        form.errors["file"] = str(kept) if kept else _("Please choose a file first.")
    if not form.ok:
        return _ask(request, session, by, form, 422)
    try:
        fund = service.find_fund(session, form.value.fund or None)
        let_go(session)
        found = reading.guess(session, reading.opened(request.app.state.store.read(kept.sha256)), fund)
    except Refused as refused:
        form.errors[refused.field or "file"] = refused.reasons[0]
        return _ask(request, session, by, form, 422)
    made = taking.begin(session, kept, found, fund=fund, by=by, at=at)
    return go(f"/exchange/import/{made.id}/check" if made.agreed_at else f"/exchange/import/{made.id}")


@router.get("/import/{id}")
def look(request: Request, session: Reading, import_: ToTake, by: By, at: At) -> Response:
    """How the file is read, to be changed and agreed to; what was stored, once it is taken over."""
    if import_.taken_at is not None:
        return _taken(request, session, import_, by, at, None)
    source = _source(request, session, import_)
    found = reading.seen(source, Layout(**import_.layout), Meaning.of(import_.meaning), import_.fund)
    return _look(request, session, import_, found, shown(ReadingForm, _as_values(import_)), 200)


def _source(request: Request, session: ReadSession, import_: Import) -> Source:
    """The file, while nothing is locked and nobody waits."""
    let_go(session)
    return reading.opened(request.app.state.store.read(import_.file.sha256))


def _look(
    request: Request, session: ReadSession, import_: Import, found: Understood, form: Bound[ReadingForm], status: int
) -> Response:
    """The page on which everything can be said differently; without the columns when the file cannot be read that way."""
    if found.look is None:
        form.errors |= found.gaps
    return page(
        request, "exchange/look.html", 422 if form.errors else status, import_=import_, place=found.layout,
        meaning=found.meaning, look=found.look, form=form, fund_options=_options(queries.funds(session)),
        fields=columns.FIELDS, needed=columns.NEEDED, date_styles=styles.DATES, number_styles=styles.NUMBERS,
        dates=columns.DATES, encodings=delimited.ENCODINGS, delimiters=delimited.SAID,
        sheets=found.source.book.sheets if found.source.book else [], is_ours=columns.is_ours,
    )  # fmt: skip


def _as_values(import_: Import) -> dict[str, Any]:
    meaning = Meaning.of(import_.meaning)
    said = {f"style_{code}": style for code, style in meaning.styles.items()}
    delimiter = next((name for name, sign in delimited.DELIMITERS.items() if sign == import_.layout["delimiter"]), "")
    return {
        **import_.layout, "delimiter": delimiter, "version": import_.version, "fund": import_.fund.code if import_.fund else "",
        "currency": meaning.currency, "twins": "yes" if meaning.twins else "", **said,
    }  # fmt: skip


@router.post("/import/{id}")
def read_as(request: Request, session: Writing, import_: ToTake, at: At, posted: PostedForm) -> Response:
    """Keeps what a person says about the file, and goes on when nothing is left to ask."""
    form, source = bind(ReadingForm, posted), _source(request, session, import_)
    if not form.ok:
        before = reading.seen(source, Layout(**import_.layout), Meaning.of(import_.meaning), import_.fund)
        return _look(request, session, import_, before, form, 422)
    fund = service.find_fund(session, form.value.fund or None)
    found = _said(session, source, import_, form.value, posted, fund)
    if found.look is None:
        return _look(request, session, import_, found, form, 422)
    goes_on = form.value.do == "check" and not found.gaps and found.layout == Layout(**import_.layout)
    laid_out_anew = found.layout != Layout(**import_.layout)
    taking.read_as(session, import_, found, fund=fund, agreed=goes_on, version=form.value.version, at=at)
    url = f"/exchange/import/{import_.id}"
    if goes_on:
        return go(f"{url}/check")
    if laid_out_anew or form.value.do != "check":
        return go(url, _("The file was read again. Please look at its columns."))
    form.errors |= found.gaps
    form.values["version"] = import_.version
    return _look(request, session, import_, found, form, 422)


def _said(
    session: ReadSession, source: Source, import_: Import, value: ReadingForm, posted: Posted, fund: Fund | None
) -> Understood:
    before, layout = Layout(**import_.layout), value.layout(Layout(**import_.layout))
    if layout != before:
        return reading.laid_out(session, source, before, layout, fund)
    chosen = [posted.text(f"columns-{place}-is") for place in range(MOST_COLUMNS)]
    return reading.said(
        source, (layout, Meaning.of(import_.meaning)), chosen, written=value.written(), currency=value.currency,
        twins=value.twins == "yes", fund=fund,
    )  # fmt: skip


def _lines(request: Request, session: ReadSession, import_: Import) -> list[Grant | Refusal]:
    if import_.agreed_at is None:
        raise Refused(_("Please say first what the columns mean."))
    source = _source(request, session, import_)
    return reading.read(source, Layout(**import_.layout), Meaning.of(import_.meaning), import_.fund)


def _report(session: ReadSession, import_: Import, lines: list[Grant | Refusal]) -> Report:
    return sorted_out(session, lines, import_.fund, twins=Meaning.of(import_.meaning).twins)


@router.get("/import/{id}/check")
def check(request: Request, session: Reading, import_: ToTake) -> Response:
    """What taking the file over would do; nothing is written."""
    if import_.taken_at is not None or import_.agreed_at is None:
        return go(f"/exchange/import/{import_.id}")
    lines = _lines(request, session, import_)
    report = _report(session, import_, lines)
    first = (report.new or [line for line in lines if isinstance(line, Grant)])[:FIRST]
    return page(
        request, "exchange/check.html", import_=import_, meaning=Meaning.of(import_.meaning), report=report, first=first,
        most=SHOWN, fields=columns.FIELDS, why_not=taking.why_not_take(report),
    )  # fmt: skip


@router.get("/import/{id}/refused.xlsx")
def refused(request: Request, session: Reading, import_: ToTake) -> Response:
    """The lines that are not taken over, made to be mended and sent again."""
    lines = _lines(request, session, import_)
    titles = _source(request, session, import_).table(Layout(**import_.layout)).titles
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed when it has been sent
    mending.write_refused(file, titles, _report(session, import_, lines).refused)
    return stream(file, f"to-mend-{import_.id}.xlsx", TYPES[".xlsx"])


@router.get("/import/{id}/file")
def source_file(request: Request, import_: ToTake) -> Response:
    """The file as it was sent."""
    return send(request.app.state.store.read(import_.file.sha256), import_.file.name, import_.file.media_type)


@router.post("/import/{id}/take")
def take(request: Request, session: Writing, import_: ToTake, by: By, at: At, posted: PostedForm) -> Response:
    """Takes over every line that is new, once."""
    form, url = bind(TakeForm, posted), f"/exchange/import/{import_.id}"
    if import_.taken_at is not None:
        return go(url, _("This file has been taken over already. Nothing was stored twice."))
    if not form.ok:
        return go(f"{url}/check", _("Please look at it once more."))
    lines = _lines(request, session, import_)
    report = _report(session, import_, lines)
    zone = request.app.state.settings.time_zone
    if not taking.take(session, import_, report, version=form.value.version, by=by, at=at, zone=zone):
        return go(url, _("This file has been taken over already. Nothing was stored twice."))
    return go(url, ngettext("%(num)s measure was taken over.", "%(num)s measures were taken over.", report.taken))


@router.post("/import/{id}/undo")
def undo(request: Request, session: Writing, import_: ToTake, by: By, at: At, posted: PostedForm) -> Response:
    """Takes the measures of an import out again, as long as nothing was built upon them."""
    form = bind(UndoForm, posted)
    if not form.ok:
        return _taken(request, session, import_, by, at, form)
    taking.undo(session, import_, because=form.value.because, by=by, at=at)
    return go(f"/exchange/import/{import_.id}", _("Taken back."))


def _taken(
    request: Request, session: ReadSession, import_: Import, by: Person, at: datetime, form: Bound[UndoForm] | None
) -> Response:
    why = [] if import_.undone_at else taking.why_not_undo(session, import_, by=by, at=at)
    asks = taking.needs_reason(import_, by=by, at=at)
    said = form.errors.get("because") if form else None
    return page(
        request, "exchange/taken.html", 422 if said else 200, import_=import_, why_not=[*why, *([said] if said else [])],
        needs_reason=asks,
    )  # fmt: skip


@router.get("/export.csv")
def export_csv(session: Reading, by: Exporter, fund: str = "") -> Response:
    """All granted measures, or those of one fund, by 360Giving titles; written whole within one reading snapshot, then sent."""
    chosen = service.find_fund(session, fund or None)
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed when it has been sent
    service.written(session, file, chosen)
    of = f"-{fund}" if fund and fund.isascii() and fund.replace("-", "").isalnum() else ""
    return stream(file, f"grants{of}.csv", "text/csv; charset=utf-8")
