"""Reports of the grantee, and the settlement that follows the last one."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Request
from starlette.responses import Response

from fundapp.disbursement import forms, lists, queries, reasons, reports, settling
from fundapp.disbursement.lifecycle import DUE, FINAL, SENT
from fundapp.disbursement.models import Report, Settlement
from fundapp.disbursement.settlement import Financing, overrun, overrun_needs_consent
from fundapp.disbursement.settlement import settle as reckon
from fundapp.documents.models import Document
from fundapp.funds.models import Fund
from fundapp.grants import queries as grants
from fundapp.kit.database import ReadSession, undo
from fundapp.kit.errors import Refused
from fundapp.kit.i18n import gettext as _
from fundapp.kit.web.forms import Bound, PostedForm, bind, plain, shown
from fundapp.kit.web.pages import go, language, page
from fundapp.kit.web.route import Reading, Route, Writing
from fundapp.measures import queries as measures
from fundapp.measures.models import Measure
from fundapp.people import queries as people
from fundapp.people.access import At, By, to
from fundapp.people.models import Person
from fundapp.people.permissions import Action, Role, holds, may, own

router = APIRouter(prefix="/disbursement", route_class=Route)
AReport = Annotated[Report, to(Action.READ_CASE, queries.find_report)]
ToWrite = Annotated[Report, to(Action.SEND_REPORT, queries.find_report)]
ToJudge = Annotated[Report, to(Action.ACCEPT_REPORT, queries.find_report)]
Read = Annotated[Measure, to(Action.READ_CASE, grants.find_measure)]
ToSettle = Annotated[Measure, to(Action.SETTLE, grants.find_measure)]
Settled = Annotated[Settlement, to(Action.SETTLE, queries.find_settlement)]


@router.get("/reports/{id}")
def report(request: Request, session: Reading, report: AReport, by: By) -> Response:
    """The report: written by the grantee while it is due, read by the staff once it is sent."""
    values = {name: getattr(report, name) for name in reports.FIELDS} | forms.figures(
        report.figures, [row[0] for row in _results(session, report)]
    )
    return _report(request, session, report, by, shown(forms.Report, values))


@router.post("/reports/{id}")
def write(request: Request, session: Writing, report: ToWrite, posted: PostedForm, by: By, at: At) -> Response:
    """The report is saved, or saved and sent, with the receipts that stand in it."""
    form = bind(forms.Report, posted)
    money = {"currency": session.get_one(Fund, report.measure.fund_id).currency, "locale": language(request, by)}
    rows, counts = forms.receipt_rows(posted, form, **money), forms.counted(posted, form)
    if form.ok:
        value, sending = form.value, form.value.act == "send"
        figures = {"effective": value.effective, "counts": counts} if queries.with_results(session, report) else None
        reports.save(session, report, value.words(), version=value.version, by=by, at=at, figures=figures)
        try:
            if rows:
                lists.enter_list(session, report.measure, rows, key=value.key or "", by=by, at=at)
            if sending:
                reports.send(session, report, by=by, at=at)
                return go(f"/disbursement/measures/{report.measure_id}", _("Thank you. We have your report."))
            return go(f"/disbursement/reports/{report.id}", _("Saved. Nothing is sent yet."))
        except Refused as refused:
            undo(session)
            form.errors[refused.field or "form"] = " ".join(refused.reasons)
    return _report(request, session, report, by, form, 422)


@router.post("/reports/{id}/ask")
def ask(request: Request, session: Writing, report: ToJudge, posted: PostedForm, by: By, at: At) -> Response:
    """The report goes back with a question."""
    reports.ask_back(session, report, because=posted.text("because"), by=by, at=at)
    return go(
        f"/disbursement/measures/{report.measure_id}", _("The question is on its way; the report can be changed again.")
    )


@router.post("/reports/{id}/accept")
def accept(session: Writing, report: ToJudge, by: By, at: At) -> Response:
    """The report is accepted."""
    reports.accept(session, report, by=by, at=at)
    return go(f"/disbursement/measures/{report.measure_id}", _("The report is accepted."))


@router.get("/measures/{id}/settlement")
def settlement(request: Request, session: Reading, measure: Read, by: By, at: At) -> Response:
    """What the accepted receipts carry, against what was paid."""
    return _settlement(request, session, measure, by, at)


@router.post("/measures/{id}/settlement")
def compute(request: Request, session: Writing, measure: ToSettle, posted: PostedForm, by: By, at: At) -> Response:
    """The settlement is made and its letter ordered."""
    fund = session.get_one(Fund, measure.fund_id)
    form = bind(forms.Compute, posted, currency=fund.currency, locale=language(request, by))
    if form.ok:
        given = form.value.model_dump()
        if forms.carried(form, lambda: settling.compute(session, measure, by=by, at=at, **given)):
            return go(
                f"/disbursement/measures/{measure.id}/settlement",
                _("The settlement is made; its letter is ready in a moment."),
            )
    return _settlement(request, session, measure, by, at, form, 422)


@router.post("/measures/{id}/settlement/drop")
def drop(session: Writing, settlement: Settled, posted: PostedForm, by: By, at: At) -> Response:
    """The settlement is taken back, so that receipts may change."""
    settling.drop(session, settlement, because=posted.text("because"), by=by, at=at)
    return go(f"/disbursement/measures/{settlement.measure_id}/settlement", _("The settlement is taken back."))


@router.post("/measures/{id}/settlement/refund")
def refund(request: Request, session: Writing, settlement: Settled, posted: PostedForm, by: By, at: At) -> Response:
    """What was claimed back has come."""
    form, measure = bind(forms.Refund, posted), settlement.measure
    if form.ok:
        given = form.value.model_dump()
        if forms.carried(form, lambda: settling.register_refund(session, settlement, by=by, at=at, **given)):
            return go(f"/disbursement/measures/{measure.id}/settlement", _("The refund is booked."))
    return _settlement(request, session, measure, by, at, refund=form, status=422)


@router.post("/measures/{id}/settlement/write-off")
def write_off(session: Writing, settlement: Settled, posted: PostedForm, by: By, at: At) -> Response:
    """The refund is given up."""
    settling.write_off(session, settlement, because=posted.text("because"), by=by, at=at)
    return go(f"/disbursement/measures/{settlement.measure_id}/settlement", _("The refund is written off."))


@router.post("/measures/{id}/settle")
def settle(session: Writing, measure: ToSettle, by: By, at: At) -> Response:
    """The account of the measure is closed."""
    settling.settle(session, measure, by=by, at=at)
    return go(f"/cases/{measure.id}", _("The measure is settled."))


def _report(
    request: Request, session: ReadSession, report: Report, by: Person, form: Bound[forms.Report], status: int = 200
) -> Response:
    measure = report.measure
    judging = report.status == SENT and may(by, Action.ACCEPT_REPORT, report)
    return page(
        request, "disbursement/report.html", status, report=report, measure=measure, form=form, final=report.kind == FINAL,
        writing=report.status == DUE and may(by, Action.SEND_REPORT, report), judging=judging,
        against=reports.why_not_judge(session, report, by) if judging else [], unchecked=queries.unchecked_receipts(session, measure.id),
        names=people.names(session, [report.sent_by_id, report.accepted_by_id]), own=own(by, measure, reading=True),
        due=queries.report_dates(session, measure.id).get(report.id, report.due), lines=queries.budget(session, measure.id),
        fund=session.get_one(Fund, measure.fund_id), results=_results(session, report), figure=plain,
        against_receipts=reasons.why_not_enter(session, measure),
    )  # fmt: skip


def _results(session: ReadSession, report: Report) -> list[tuple[str, str, str, int | None]]:
    """(code, title, unit, promised) of what the final report counts, where it answers the evaluation at the end."""
    if not queries.with_results(session, report):
        return []
    return [(code, *told) for code, told in measures.promises(session, report.measure_id).items()]


def _settlement(
    request: Request,
    session: ReadSession,
    measure: Measure,
    by: Person,
    at: datetime,
    form: Bound[forms.Compute] | None = None,
    status: int = 200,
    refund: Bound[forms.Refund] | None = None,
) -> Response:
    fund, contract = session.get_one(Fund, measure.fund_id), grants.contract_of(session, measure.id)
    made, lines = queries.settlement_of(session, measure.id), queries.budget(session, measure.id)
    accepted = sum(line.accepted for line in lines)
    paid = queries.paid(session, contract.id).paid if contract else 0
    preview = contract and reckon(
        Financing(contract.financing),
        awarded=contract.amount,
        planned_cost=contract.total_cost,
        accepted_cost=accepted,
        paid=paid,
    )
    today = grants.today_of(session, measure, at)
    return page(
        request, "disbursement/settlement.html", status, measure=measure, fund=fund, contract=contract, made=made, lines=lines,
        accepted=accepted, paid=paid, preview=preview, overrun=overrun, over=overrun_needs_consent,
        overruns=reasons.overruns(session, measure), may_settle=may(by, Action.SETTLE, measure),
        against=reasons.why_not_compute(session, measure, by, at), why_not_settle=reasons.why_not_settle(session, measure, by, at),
        why_not_drop=reasons.why_not_drop(session, made, by) if made else [],
        manages=holds(by, Role.MANAGER), why_not_write_off=reasons.why_not_write_off(session, made, by) if made else [],
        document=session.get(Document, made.document_id) if made and made.document_id else None,
        names=people.names(session, [made.computed_by_id] if made else []),
        form=form or shown(forms.Compute), refund=refund or shown(forms.Refund, {"refunded_on": today}),
    )  # fmt: skip
