"""The money of a measure, and payments through three pairs of hands."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from fundapp.disbursement import forms, payments, queries, reasons
from fundapp.disbursement.lifecycle import AUTHORISED, PAID, PENDING, PREPARED
from fundapp.disbursement.models import Payment
from fundapp.funds.models import Fund
from fundapp.grants import queries as grants
from fundapp.grants.models import Contract, Instalment
from fundapp.kit.database import ReadSession
from fundapp.kit.errors import NotFound
from fundapp.kit.i18n import gettext as _
from fundapp.kit.i18n import mark
from fundapp.kit.money import in_words
from fundapp.kit.web.forms import Bound, PostedForm, bind, shown
from fundapp.kit.web.pages import go, language, page
from fundapp.kit.web.route import Reading, Route, Writing
from fundapp.measures.models import Measure
from fundapp.people import queries as people
from fundapp.people.access import At, By, allowed, read_sensitive, to
from fundapp.people.models import Person
from fundapp.people.permissions import Action, may, own

router = APIRouter(prefix="/disbursement", route_class=Route)
find, find_payment = grants.find_measure, queries.find_payment
Staff = Annotated[Person, allowed(Action.CHECK_RECEIPT)]
Read = Annotated[Measure, to(Action.READ_CASE, find)]
ToPrepare = Annotated[Measure, to(Action.PREPARE_PAYMENT, find)]
APayment = Annotated[Payment, to(Action.READ_CASE, find_payment)]
ToAuthorise = Annotated[Payment, to(Action.AUTHORISE_PAYMENT, find_payment)]
ToPay = Annotated[Payment, to(Action.PAY, find_payment)]
ToCancel = Annotated[Payment, to(Action.PREPARE_PAYMENT, find_payment)]


@router.get("/")
def waiting(request: Request, session: Reading, by: Staff, after: int = 0, before: int | None = None) -> Response:
    """Payments that wait for a signature, and those that went out."""
    found, out = queries.waiting(session, by, after=after), queries.recently_paid(session, by, before=before)
    return page(
        request, "disbursement/payments.html",
        to_authorise=[p for p in found if p.status == PREPARED], to_pay=[p for p in found if p.status == AUTHORISED], out=out,
        names=people.names(session, [p.prepared_by_id for p in found]), next_waiting=found[-1].id if len(found) == 100 else None,
        next_out=out[-1].id if len(out) == 50 else None,
        may_authorise=may(by, Action.AUTHORISE_PAYMENT), may_pay=may(by, Action.PAY),
    )  # fmt: skip


@router.get("/measures/{id}")
def money(request: Request, session: Reading, measure: Read, by: By, at: At, after: int = 0) -> Response:
    """Instalments, payments, budget lines, receipts, reports and where the settlement stands."""
    contract = grants.signed_contract(session, measure.id)
    parts = grants.instalments(session, contract.id) if contract else []
    made = queries.payments(session, measure.id)
    live = {p.instalment_id: p for p in made if p.status in (*PENDING, PAID)}
    coming = next((part for part in parts if part.id not in live), None)
    settlement = queries.settlement_of(session, measure.id)
    if settlement and parts and parts[-1].id not in live:
        coming = parts[-1]
    lines, receipts = queries.budget(session, measure.id), queries.receipts(session, measure.id, after=after)
    accepted = sum(line.accepted for line in lines)
    return page(
        request, "disbursement/money.html", measure=measure, fund=measure.fund, contract=contract, parts=parts, live=live,
        coming=_coming(session, contract, coming, by, at), lines=lines, receipts=receipts, settlement=settlement,
        next_receipts=receipts[-1].no if len(receipts) == 100 else None, reports=queries.reports_wanted(session, measure.id, contract),
        due=queries.report_dates(session, measure.id), on=grants.today_of(session, measure, at),
        paid=sum(p.amount for p in made if p.status == PAID), shown=reasons.evidenced_grant(contract, accepted) if contract else 0,
        may_enter=may(by, Action.ENTER_RECEIPT, measure) and settlement is None, own=own(by, measure, reading=True),
        may_check=may(by, Action.CHECK_RECEIPT, measure), may_settle=may(by, Action.SETTLE, measure),
    )  # fmt: skip


def _coming(
    session: ReadSession, contract: Contract | None, instalment: Instalment | None, by: Person, at: datetime
) -> dict[str, Any] | None:
    """The instalment that comes next: its amount, its conditions, and whether this person may prepare it."""
    if contract is None or instalment is None:
        return None
    amount = reasons.to_pay(session, contract, instalment)
    given = reasons.facts(session, contract, instalment, amount, at)
    return {
        "instalment": instalment,
        "amount": amount,
        "conditions": reasons.checklist(given),
        "facts": reasons.shown(given),
        "why_not": reasons.why_not_prepare(session, contract, instalment, amount, by, at),
        "may": may(by, Action.PREPARE_PAYMENT, contract),
    }


@router.post("/measures/{id}/payments")
def prepare(session: Writing, measure: ToPrepare, posted: PostedForm, by: By, at: At) -> Response:
    """The next instalment is prepared; two others sign after this person."""
    form = bind(forms.Prepare, posted)
    instalment = queries.instalment_of(session, measure.id, form.value.instalment) if form.ok else None
    if instalment is None:
        raise NotFound
    payment = payments.prepare(session, instalment, key=form.value.key, by=by, at=at)
    return go(f"/disbursement/payments/{payment.id}", _("The payment is prepared. Another person authorises it."))


@router.get("/payments/{id}")
def payment(request: Request, session: Reading, payment: APayment, by: By, at: At, show: str = "") -> Response:
    """One payment with its conditions and its three persons; who shows the whole account number is noted."""
    if show == "account":
        read_sensitive(session, payment, mark("bank data"), by=by, at=at)
    return _payment(request, session, payment, by, at, whole=show == "account")


@router.post("/payments/{id}/authorise")
def authorise(session: Writing, payment: ToAuthorise, by: By, at: At) -> Response:
    """The second signature."""
    payments.authorise(session, payment, by=by, at=at)
    three = payment.policy == "three"
    said = (
        _("The payment is authorised. A third person pays it.")
        if three
        else _("The payment is authorised and can be paid.")
    )
    return go(f"/disbursement/payments/{payment.id}", said)


@router.post("/payments/{id}/pay")
def pay(request: Request, session: Writing, payment: ToPay, posted: PostedForm, by: By, at: At) -> Response:
    """The money has left the bank."""
    form = bind(forms.Pay, posted)
    if form.ok:
        value = form.value
        act = lambda: payments.pay(  # noqa: E731
            session, payment, bank_reference=value.bank_reference, paid_on=value.paid_on, by=by, at=at
        )
        if forms.carried(form, act):
            return go(f"/disbursement/payments/{payment.id}", _("Noted as paid and posted to the ledger."))
    return _payment(request, session, payment, by, at, pay=form, status=422)


@router.post("/payments/{id}/returned")
def returned(request: Request, session: Writing, payment: ToPay, posted: PostedForm, by: By, at: At) -> Response:
    """The bank sent the money back."""
    form = bind(forms.Returned, posted)
    if form.ok:
        value = form.value
        act = lambda: payments.bank_returned(  # noqa: E731
            session, payment, returned_on=value.returned_on, because=value.because, by=by, at=at
        )
        if forms.carried(form, act):
            return go(
                f"/disbursement/payments/{payment.id}", _("The return is booked; the instalment can be prepared anew.")
            )
    return _payment(request, session, payment, by, at, back=form, status=422)


@router.post("/payments/{id}/cancel")
def cancel(session: Writing, payment: ToCancel, posted: PostedForm, by: By, at: At) -> Response:
    """The payment does not go out."""
    payments.cancel_payment(session, payment, because=posted.text("because"), by=by, at=at)
    return go(f"/disbursement/measures/{payment.measure_id}", _("The payment is cancelled."))


def masked(account: str) -> str:
    """An account number with all but its last four characters hidden."""
    plain = account.replace(" ", "")
    return f"•••• {plain[-4:]}" if len(plain) > 4 else "••••"


def _payment(
    request: Request,
    session: ReadSession,
    payment: Payment,
    by: Person,
    at: datetime,
    *,
    pay: Bound[forms.Pay] | None = None,
    back: Bound[forms.Returned] | None = None,
    whole: bool = False,
    status: int = 200,
) -> Response:
    measure = payment.measure
    fund, contract = session.get_one(Fund, measure.fund_id), session.get_one(Contract, payment.contract_id)
    parts, today = grants.instalments(session, contract.id), grants.today_of(session, measure, at)
    given = reasons.facts_of(session, payment, at) if payment.status in PENDING else None
    against = {
        PREPARED: lambda: reasons.why_not_authorise(session, payment, by, at),
        AUTHORISED: lambda: reasons.why_not_pay(session, payment, by, at),
    }.get(payment.status, list)()
    return page(
        request, "disbursement/payment.html", status, payment=payment, measure=measure, fund=fund, contract=contract, parts=parts,
        instalment=next((part for part in parts if part.id == payment.instalment_id), None),
        paid_on={p.instalment_id: p.paid_on for p in queries.payments(session, measure.id) if p.status == PAID},
        names=people.names(session, [payment.prepared_by_id, payment.authorised_by_id, payment.paid_by_id]), by=by,
        conditions=reasons.checklist(given) if given else [], facts=reasons.shown(given) if given else {},
        against=against, whole=whole, masked=masked, in_words=in_words(payment.amount, fund.currency, language(request, by)),
        may_authorise=may(by, Action.AUTHORISE_PAYMENT, payment), may_pay=may(by, Action.PAY, payment),
        may_cancel=may(by, Action.PREPARE_PAYMENT, payment) and payment.status in PENDING,
        pay=pay or shown(forms.Pay, {"paid_on": today}), back=back or shown(forms.Returned, {"returned_on": today}),
    )  # fmt: skip
