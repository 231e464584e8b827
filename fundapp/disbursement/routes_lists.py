"""Receipts as a list: entered in one act by the grantee, gone through in one act by the office."""

from typing import Annotated

from fastapi import APIRouter, Request
from starlette.responses import Response

from fundapp.disbursement import forms, lists, queries, reasons, receipts
from fundapp.funds.models import Fund
from fundapp.grants import queries as grants
from fundapp.kit.database import ReadSession, undo
from fundapp.kit.errors import Refused
from fundapp.kit.i18n import gettext as _
from fundapp.kit.i18n import ngettext
from fundapp.kit.web.forms import Bound, PostedForm, bind, shown
from fundapp.kit.web.pages import go, language, page
from fundapp.kit.web.route import Reading, Route, Writing
from fundapp.measures.models import Measure
from fundapp.people.access import At, By, to
from fundapp.people.models import Person
from fundapp.people.permissions import Action

router = APIRouter(prefix="/disbursement", route_class=Route)
ToEnter = Annotated[Measure, to(Action.ENTER_RECEIPT, grants.find_measure)]
ToCheck = Annotated[Measure, to(Action.CHECK_RECEIPT, grants.find_measure)]
BLANK = 8  # rows that wait to be filled in


@router.get("/measures/{id}/receipts/list")
def entering(request: Request, session: Reading, measure: ToEnter) -> Response:
    """Receipts as rows, or pasted from a spreadsheet."""
    return _entering(request, session, measure, shown(forms.ReceiptList))


@router.post("/measures/{id}/receipts/list")
def enter(request: Request, session: Writing, measure: ToEnter, posted: PostedForm, by: By, at: At) -> Response:
    """All of them are entered, or none."""
    form = bind(forms.ReceiptList, posted)
    rows = forms.receipt_rows(posted, form, **_money(request, session, measure, by))
    if form.ok and not rows:
        form.errors["form"] = _("Please fill in a row, or paste some.")
    if form.ok:
        try:
            made = lists.enter_list(session, measure, rows, key=form.value.key, by=by, at=at)
            said = ngettext("%(num)s receipt is entered.", "%(num)s receipts are entered.", len(made)) % {
                "num": len(made)
            }
            return go(f"/disbursement/measures/{measure.id}#receipts", said)
        except Refused as refused:
            undo(session)
            form.errors[refused.field or "form"] = " ".join(refused.reasons)
    return _entering(request, session, measure, form, 422)


@router.get("/measures/{id}/receipts/check")
def checking(request: Request, session: Reading, measure: ToCheck, by: By) -> Response:
    """Every receipt that waits, on one page, with what to look at."""
    return _checking(request, session, measure, by, shown(forms.Judgement))


@router.post("/measures/{id}/receipts/check")
def check(request: Request, session: Writing, measure: ToCheck, posted: PostedForm, by: By, at: At) -> Response:
    """The list is accepted, some of it cut where it says so."""
    form = shown(forms.Judgement)
    judged = forms.judgements(posted, form, **_money(request, session, measure, by))
    if not form.errors:
        try:
            count = lists.check_list(session, measure, judged, by=by, at=at)
            said = ngettext("%(num)s receipt is checked.", "%(num)s receipts are checked.", count) % {"num": count}
            return go(f"/disbursement/measures/{measure.id}#receipts", said)
        except Refused as refused:
            undo(session)
            form.errors[refused.field or "form"] = " ".join(refused.reasons)
    return _checking(request, session, measure, by, form, 422)


def _money(request: Request, session: ReadSession, measure: Measure, by: Person) -> dict[str, str]:
    """In which currency and language amounts were typed."""
    return {"currency": session.get_one(Fund, measure.fund_id).currency, "locale": language(request, by)}


def _entering(
    request: Request, session: ReadSession, measure: Measure, form: Bound[forms.ReceiptList], status: int = 200
) -> Response:
    fund, lines = session.get_one(Fund, measure.fund_id), queries.budget(session, measure.id)
    return page(
        request, "disbursement/receipts-list.html", status, measure=measure, fund=fund, lines=lines, form=form,
        against=reasons.why_not_enter(session, measure), newest=queries.newest_receipt(session, measure.id), blank=BLANK,
    )  # fmt: skip


def _checking(
    request: Request,
    session: ReadSession,
    measure: Measure,
    by: Person,
    form: Bound[forms.Judgement],
    status: int = 200,
) -> Response:
    fund, contract = session.get_one(Fund, measure.fund_id), grants.signed_contract(session, measure.id)
    waiting = queries.unchecked(session, measure.id)
    found = [receipt for receipt in waiting if receipt.entered_by_id != by.id]
    twins = queries.all_twins(session, measure.id)
    opens = lists.to_open(session, measure, found)
    flags = {
        r.id: receipts.flags(session, r, contract, twins.get(r.id, []), brief=r.id not in opens) if contract else []
        for r in found
    }
    return page(
        request, "disbursement/receipts-check.html", status, measure=measure, fund=fund, found=found, form=form, flags=flags,
        own=len(waiting) - len(found), to_open=opens,
        lines={line.line.id: line.line for line in queries.budget(session, measure.id)},
        against=reasons.why_not_enter(session, measure),
    )  # fmt: skip
