"""Receipts: entered by the grantee, looked at and counted by the staff."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from fundapp.disbursement import forms, queries, reasons, receipts
from fundapp.disbursement.models import Receipt
from fundapp.files.models import File
from fundapp.funds.models import Fund
from fundapp.grants import queries as grants
from fundapp.kit.database import ReadSession
from fundapp.kit.errors import NotFound
from fundapp.kit.i18n import gettext as _
from fundapp.kit.web.forms import Bound, PostedForm, bind, shown
from fundapp.kit.web.pages import go, language, page, send
from fundapp.kit.web.route import Reading, Route, Writing
from fundapp.measures.models import BudgetLine, Measure
from fundapp.people import queries as people
from fundapp.people.access import At, By, to
from fundapp.people.models import Person
from fundapp.people.permissions import Action, may

router = APIRouter(prefix="/disbursement", route_class=Route)
ToEnter = Annotated[Measure, to(Action.ENTER_RECEIPT, grants.find_measure)]
AReceipt = Annotated[Receipt, to(Action.READ_CASE, queries.find_receipt)]
ToCheck = Annotated[Receipt, to(Action.CHECK_RECEIPT, queries.find_receipt)]
ToComplete = Annotated[Receipt, to(Action.ENTER_RECEIPT, queries.find_receipt)]


@router.get("/measures/{id}/receipts/new")
def entering(request: Request, session: Reading, measure: ToEnter) -> Response:
    """A receipt against a line of the budget."""
    return _form(request, session, measure, shown(forms.Receipt))


@router.post("/measures/{id}/receipts")
def enter(request: Request, session: Writing, measure: ToEnter, posted: PostedForm, by: By, at: At) -> Response:
    """The receipt has its number; the next one can be entered at once."""
    fund = session.get_one(Fund, measure.fund_id)
    form = bind(forms.Receipt, posted, ignore=("photo",), currency=fund.currency, locale=language(request, by))
    photo = forms.one_file(posted, form, "photo")
    if form.ok:
        made: list[Receipt] = []
        line, value = session.get(BudgetLine, form.value.line), form.value
        if line is None:
            form.errors["line"] = _("Please choose one of the answers given.")
        elif forms.carried(
            form,
            lambda: made.append(
                receipts.enter(session, measure, line, value.proof(), key=value.key, photo=photo, by=by, at=at)
            ),
        ):
            said = _("Receipt %(no)s is entered. Write this number on it and keep the original.") % {"no": made[0].no}
            return go(f"/disbursement/measures/{measure.id}/receipts/new", said)
    return _form(request, session, measure, form, 422)


@router.get("/receipts/{id}")
def receipt(request: Request, session: Reading, receipt: AReceipt, by: By, at: At) -> Response:
    """One receipt beside its photo, with what to look at."""
    return _receipt(request, session, receipt, by, at)


@router.post("/receipts/{id}/check")
def check(request: Request, session: Writing, receipt: ToCheck, posted: PostedForm, by: By, at: At) -> Response:
    """Accepted, or cut with a reason; then the next one that waits."""
    fund = session.get_one(Fund, receipt.measure.fund_id)
    form = bind(forms.Check, posted, currency=fund.currency, locale=language(request, by))
    if form.ok:
        whole, value = form.value.whole == "yes", form.value
        if not whole and value.accepted is None:
            form.errors["accepted"] = _("Please write how much of it counts.")
            return _receipt(request, session, receipt, by, at, form, 422)
        accepted = receipt.amount if whole else value.accepted or 0
        if forms.carried(
            form, lambda: receipts.check(session, receipt, accepted=accepted, because=value.because, by=by, at=at)
        ):
            session.flush()
            follows = queries.next_unchecked(session, receipt)
            where = (
                f"/disbursement/receipts/{follows}"
                if follows
                else f"/disbursement/measures/{receipt.measure_id}#receipts"
            )
            return go(where, _("Receipt %(no)s is checked.") % {"no": receipt.no})
    return _receipt(request, session, receipt, by, at, form, 422)


@router.get("/receipts/{id}/file")
def file(request: Request, session: Reading, receipt: AReceipt) -> Response:
    """The photo or PDF of a receipt."""
    found = session.get(File, receipt.file_id) if receipt.file_id else None
    if found is None:
        raise NotFound
    return send(request.app.state.store.read(found.sha256), found.name, found.media_type, inline=True)


@router.post("/receipts/{id}/photo")
def photo(request: Request, session: Writing, receipt: ToComplete, posted: PostedForm, by: By, at: At) -> Response:
    """A photo for a receipt that has none, or a better one."""
    form = shown(forms.Check)
    kept = forms.one_file(posted, form, "photo", _("Please choose a photo or PDF."))
    if kept is None:
        return _receipt(request, session, receipt, by, at, form, 422)
    receipts.add_photo(session, receipt, kept, by=by, at=at)
    return go(f"/disbursement/receipts/{receipt.id}", _("The photo is kept."))


def _form(
    request: Request, session: ReadSession, measure: Measure, form: Bound[forms.Receipt], status: int = 200
) -> Response:
    fund, lines = session.get_one(Fund, measure.fund_id), queries.budget(session, measure.id)
    return page(
        request, "disbursement/receipt-new.html", status, measure=measure, fund=fund, lines=lines, form=form,
        against=reasons.why_not_enter(session, measure), newest=queries.newest_receipt(session, measure.id),
    )  # fmt: skip


def _receipt(
    request: Request,
    session: ReadSession,
    receipt: Receipt,
    by: Person,
    at: datetime,
    form: Bound[forms.Check] | None = None,
    status: int = 200,
) -> Response:
    measure = receipt.measure
    contract = grants.signed_contract(session, measure.id)
    may_check = may(by, Action.CHECK_RECEIPT, receipt)
    context: dict[str, Any] = {
        "line": next(line for line in queries.budget(session, measure.id) if line.line.id == receipt.line_id),
        "file": session.get(File, receipt.file_id) if receipt.file_id else None,
        "flags": receipts.flags(session, receipt, contract) if contract and may_check else [],
        "against": reasons.why_not_check(session, receipt, by) if may_check else [],
        "may_complete": may(by, Action.ENTER_RECEIPT, receipt) and not reasons.why_not_enter(session, measure),
        "names": people.names(session, [receipt.entered_by_id, receipt.checked_by_id]),
    }
    return page(
        request, "disbursement/receipt.html", status, receipt=receipt, measure=measure, may_check=may_check,
        fund=session.get_one(Fund, measure.fund_id), form=form or shown(forms.Check), **context,
    )  # fmt: skip
