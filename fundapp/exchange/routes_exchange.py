"""Taking over finished measures from a CSV file, in two steps: look at it, then take it; and giving them out again."""

import io
import tempfile
from typing import Annotated

from fastapi import APIRouter, Request
from starlette.datastructures import FormData, UploadFile
from starlette.responses import Response

from fundapp.exchange import queries, service
from fundapp.exchange.forms import ImportForm
from fundapp.exchange.imports import Report, import_grants
from fundapp.files.models import File
from fundapp.files.store import LARGEST, Kept, Unfit
from fundapp.kit.database import ReadSession
from fundapp.kit.errors import Refused
from fundapp.kit.i18n import gettext as _
from fundapp.kit.i18n import ngettext
from fundapp.kit.web.forms import Bound, PostedForm, bind, shown
from fundapp.kit.web.pages import go, page, stream
from fundapp.kit.web.route import Reading, Route, Writing, prepared_by
from fundapp.people.access import At, By, allowed, to
from fundapp.people.models import Person
from fundapp.people.permissions import Action

router = APIRouter(prefix="/exchange", route_class=Route)
Taker = Annotated[Person, allowed(Action.TAKE_OVER)]
Exporter = Annotated[Person, allowed(Action.EXPORT)]
ToTake = Annotated[File, to(Action.TAKE_OVER, queries.find_upload)]
SHOWN = 200  # reasons on a page


def _keep(request: Request, form: FormData) -> Kept | Unfit | None:
    """The posted CSV file, kept before the transaction begins; the store itself only takes papers and pictures."""
    upload = form.get("file")
    if not isinstance(upload, UploadFile) or not upload.filename or not request.cookies.get(request.app.state.cookie):
        return None
    upload.file.seek(0)
    data = upload.file.read(LARGEST + 1)
    if len(data) > LARGEST:
        return Unfit(_("“%(name)s” is larger than 15 MB. Send it in parts.") % {"name": upload.filename})
    if not data:
        return Unfit(_("“%(name)s” is empty.") % {"name": upload.filename})
    kept: Kept = request.app.state.store.keep(upload.filename, data, "text/csv")
    return kept


@router.get("/import")
def import_page(request: Request, session: Reading, by: Taker) -> Response:
    return _ask(request, session, shown(ImportForm), 200)


def _ask(request: Request, session: ReadSession, form: Bound[ImportForm], status: int) -> Response:
    funds = [(fund.code, f"{fund.name}, {fund.currency}") for fund in queries.funds(session)]
    return page(request, "exchange/import.html", status, form=form, fund_options=funds, needed=service.NEEDED)


@router.post("/import")
@prepared_by(_keep)
def upload(request: Request, session: Writing, by: Taker, at: At, posted: PostedForm) -> Response:
    """Keeps the file and shows what taking it over would do."""
    form = bind(ImportForm, posted, ignore=("file",))
    kept = request.state.prepared
    if not isinstance(kept, Kept):
        form.errors["file"] = str(kept) if kept else _("Please choose a CSV file first.")
    if not form.ok:
        return _ask(request, session, form, 422)
    file = service.keep_upload(session, kept, by=by, at=at)
    fund = f"?fund={form.value.fund}" if form.value.fund else ""
    return go(f"/exchange/import/{file.id}{fund}")


@router.get("/import/{id}")
def look(request: Request, session: Reading, file: ToTake, by: By, at: At, fund: str = "") -> Response:
    """What taking the file over would do; nothing is written."""
    try:
        report = _run(request, session, file, by, at, fund, dry_run=True)
    except Refused as refused:
        form = shown(ImportForm, {"fund": fund})
        form.errors[refused.field or "file"] = refused.reasons[0]
        return _ask(request, session, form, 422)
    return page(request, "exchange/look.html", file=file, fund=fund, report=report, most=SHOWN)


@router.post("/import/{id}")
def take(request: Request, session: Writing, file: ToTake, by: By, at: At, posted: PostedForm) -> Response:
    """Takes over every grant of the file, or none."""
    form = bind(ImportForm, posted)
    fund = form.value.fund if form.ok else ""
    report = _run(request, session, file, by, at, fund, dry_run=False)
    if report.refused:
        return page(request, "exchange/look.html", 422, file=file, fund=fund, report=report, most=SHOWN)
    said = ngettext("%(num)s measure was taken over.", "%(num)s measures were taken over.", report.taken)
    return go("/measures", said % {"num": report.taken})


def _run(request: Request, session: ReadSession, file: File, by: Person, at: At, fund: str, *, dry_run: bool) -> Report:
    data = io.BytesIO(request.app.state.store.read(file.sha256))
    lines = io.TextIOWrapper(data, encoding="utf-8-sig", newline="")
    zone = request.app.state.settings.time_zone
    return import_grants(session, lines, fund_code=fund or None, dry_run=dry_run, by=by, at=at, zone=zone)


@router.get("/export.csv")
def export_csv(session: Reading, by: Exporter, fund: str = "") -> Response:
    """All granted measures, or those of one fund, by 360Giving titles; written whole within one reading snapshot, then sent."""
    chosen = service.find_fund(session, fund or None)
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed when it has been sent
    service.written(session, file, chosen)
    of = f"-{fund}" if fund and fund.isascii() and fund.replace("-", "").isalnum() else ""
    return stream(file, f"grants{of}.csv", "text/csv; charset=utf-8")
