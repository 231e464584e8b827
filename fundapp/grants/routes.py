"""The contract and its plan: issued, signed; start, pause and the early ends of a measure."""

from typing import Annotated, Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from fundapp.documents.models import Document
from fundapp.files.models import File
from fundapp.funds import queries as funds
from fundapp.grants import contracts, forms, queries, service
from fundapp.grants.models import Contract
from fundapp.grants.plan import plan
from fundapp.kit.database import ReadSession
from fundapp.kit.errors import NotFound
from fundapp.kit.i18n import gettext as _
from fundapp.kit.i18n import mark
from fundapp.kit.web.forms import Bound, PostedForm, bind, shown
from fundapp.kit.web.pages import go, page, send
from fundapp.kit.web.route import Reading, Route, Writing
from fundapp.measures.models import Measure
from fundapp.people import queries as people
from fundapp.people.access import At, By, read_sensitive, to
from fundapp.people.models import Person
from fundapp.people.permissions import Action, may

router = APIRouter(prefix="/grants", route_class=Route)
find = queries.find_measure
Read = Annotated[Measure, to(Action.READ_CASE, find)]
ToIssue = Annotated[Measure, to(Action.ISSUE_CONTRACT, find)]
ToReissue = Annotated[Contract, to(Action.ISSUE_CONTRACT, queries.find_contract)]
ToSign = Annotated[Measure, to(Action.SIGN, find)]
ToStart = Annotated[Measure, to(Action.START, find)]
ToSuspend = Annotated[Measure, to(Action.SUSPEND, find)]
ToTerminate = Annotated[Measure, to(Action.TERMINATE, find)]
ToWithdraw = Annotated[Measure, to(Action.WITHDRAW, find)]
ToLapse = Annotated[Measure, to(Action.LAPSE, find)]
AContract = Annotated[Contract, to(Action.READ_CASE, queries.find_contract)]


@router.get("/measures/{id}")
def contract(request: Request, session: Reading, measure: Read, by: By, at: At, show: str = "") -> Response:
    """The contract and its plan; who shows the whole account number is noted."""
    if show == "account":
        read_sensitive(session, measure, mark("bank data"), by=by, at=at)
    return _contract(request, session, measure, by, at, whole=show == "account")


@router.post("/measures/{id}/issue")
def issue(request: Request, session: Writing, measure: ToIssue, posted: PostedForm, by: By, at: At) -> Response:
    """The contract is issued; its Word file follows in a moment."""
    form = bind(forms.Issue, posted)
    if form.ok and forms.carried(form, lambda: contracts.issue(session, measure, by=by, at=at, **form.value.terms())):
        return go(f"/grants/measures/{measure.id}", _("The contract is issued. Its Word file is ready in a moment."))
    return _contract(request, session, measure, by, at, form=form, status=422)


@router.post("/contracts/{id}/reissue")
def reissue(request: Request, session: Writing, contract: ToReissue, posted: PostedForm, by: By, at: At) -> Response:
    """The contract that waits for signature is void, and a new one is issued."""
    form, measure = bind(forms.Issue, posted), session.get_one(Measure, contract.measure_id)
    if form.ok and forms.carried(
        form,
        lambda: contracts.reissue(session, contract, because=form.value.because, by=by, at=at, **form.value.terms()),
    ):
        return go(f"/grants/measures/{measure.id}", _("A new contract is issued; the earlier one is void and kept."))
    return _contract(request, session, measure, by, at, form=form, status=422)


@router.get("/measures/{id}/sign")
def signing(request: Request, session: Reading, measure: ToSign, by: By, at: At) -> Response:
    """What is needed to file a signed contract."""
    form = shown(forms.Sign, {"signed_on": queries.today_of(session, measure, at)})
    return _signing(request, session, measure, by, at, form)


@router.post("/measures/{id}/sign")
def sign(request: Request, session: Writing, measure: ToSign, posted: PostedForm, by: By, at: At) -> Response:
    """The signed contract is filed and the money committed."""
    form = bind(forms.Sign, posted, ignore=("signed_copy",))
    copy = forms.one_file(posted, form, "signed_copy", _("Please choose the scan or photo of the signed contract."))
    if form.ok and copy is not None:
        facts: dict[str, Any] = {
            "signed_on": form.value.signed_on,
            "original_with": form.value.original_with,
            "signed_copy": copy,
        }
        if forms.carried(form, lambda: contracts.sign(session, measure, by=by, at=at, **facts)):
            return go(f"/cases/{measure.id}", _("The signed contract is filed; the money is committed."))
    return _signing(request, session, measure, by, at, form, 422)


@router.get("/contracts/{id}/signed")
def signed_copy(request: Request, session: Reading, contract: AContract, by: By, at: At) -> Response:
    """The signed copy as it was filed; it holds bank data, so who reads it is noted."""
    file = session.get(File, contract.signed_file_id) if contract.signed_file_id else None
    if file is None:
        raise NotFound
    read_sensitive(session, contract, mark("signed contract"), by=by, at=at)
    return send(request.app.state.store.read(file.sha256), file.name, file.media_type)


@router.post("/measures/{id}/start")
def start(session: Writing, measure: ToStart, posted: PostedForm, by: By, at: At) -> Response:
    """The measure has begun, on the agreed day or by a notice."""
    service.start(session, measure, by=by, at=at, notice=posted.text("because"))
    return go(f"/cases/{measure.id}", _("The start is noted."))


@router.get("/measures/{id}/suspend")
def suspending(request: Request, session: Reading, measure: ToSuspend, at: At) -> Response:
    """Why it is paused and when it is looked at again."""
    return page(request, "grants/suspend.html", measure=measure, form=shown(forms.Suspend))


@router.post("/measures/{id}/suspend")
def suspend(request: Request, session: Writing, measure: ToSuspend, posted: PostedForm, by: By, at: At) -> Response:
    """The measure is paused."""
    form = bind(forms.Suspend, posted)
    if form.ok:
        given: dict[str, Any] = {"review_on": form.value.review_on, "because": form.value.because}
        if forms.carried(form, lambda: service.suspend(session, measure, by=by, at=at, **given)):
            return go(f"/cases/{measure.id}", _("The measure is paused."))
    return page(request, "grants/suspend.html", 422, measure=measure, form=form)


@router.post("/measures/{id}/resume")
def resume(session: Writing, measure: ToSuspend, posted: PostedForm, by: By, at: At) -> Response:
    """The measure goes on."""
    service.resume(session, measure, because=posted.text("because"), by=by, at=at)
    return go(f"/cases/{measure.id}", _("The measure goes on; what was due has moved by the pause."))


@router.get("/measures/{id}/terminate")
def terminating(request: Request, session: Reading, measure: ToTerminate) -> Response:
    """With or without fault, and what becomes of the equipment."""
    return page(request, "grants/terminate.html", measure=measure, form=shown(forms.Terminate))


@router.post("/measures/{id}/terminate")
def terminate(request: Request, session: Writing, measure: ToTerminate, posted: PostedForm, by: By, at: At) -> Response:
    """The contract is ended early."""
    form = bind(forms.Terminate, posted)
    if form.ok:
        value = form.value
        service.terminate(
            session,
            measure,
            at_fault=value.at_fault == "yes",
            equipment=value.equipment,
            because=value.because,
            by=by,
            at=at,
        )
        return go(f"/cases/{measure.id}", _("The contract is ended. What was properly spent can now be settled."))
    return page(request, "grants/terminate.html", 422, measure=measure, form=form)


@router.post("/measures/{id}/withdraw")
def withdraw(session: Writing, measure: ToWithdraw, posted: PostedForm, by: By, at: At) -> Response:
    """The applicant takes the proposal back."""
    service.withdraw(session, measure, because=posted.text("because"), by=by, at=at)
    return go(f"/measures/{measure.id}/after", _("Your proposal is withdrawn."))


@router.post("/measures/{id}/lapse")
def lapse(session: Writing, measure: ToLapse, by: By, at: At) -> Response:
    """The approval lapses for want of a signature."""
    service.lapse(session, measure, by=by, at=at)
    return go(f"/cases/{measure.id}", _("The approval has lapsed; the money is free again."))


def masked(account: str) -> str:
    """An account number with all but its last four characters hidden."""
    plain = account.replace(" ", "")
    return f"•••• {plain[-4:]}" if len(plain) > 4 else "••••"


def _contract(
    request: Request,
    session: ReadSession,
    measure: Measure,
    by: Person,
    at: Any,
    *,
    form: Bound[forms.Issue] | None = None,
    whole: bool = False,
    status: int = 200,
) -> Response:
    held = queries.contract_of(session, measure.id)
    voids = queries.void_contracts(session, measure.id)
    parts = queries.instalments(session, held.id) if held else _planned(session, measure)
    document_ids = [row.document_id for row in (*voids, *([held] if held else []))]
    issuing = may(by, Action.ISSUE_CONTRACT, measure)
    ask = held is None or held.status == "issued"
    against = (
        queries.why_not_reissue(session, held, by, at) if held else queries.why_not_issue(session, measure, by, at)
    )
    return page(
        request, "grants/contract.html", status, measure=measure, fund=measure.fund, contract=held, voids=voids, parts=parts,
        documents={id: session.get_one(Document, id) for id in document_ids},
        parties=queries.parties(session, measure.id), whole=whole, masked=masked,
        names=people.names(session, [row.issued_by_id for row in (*voids, *([held] if held else []))]),
        figures=funds.figures_of_case(session, measure.id), lapses_on=queries.lapses_on(measure),
        ends=queries.funding_end(session, held) if held and held.status == "signed" else None,
        form=form or shown(forms.Issue, _first(session, measure, held)), issuing=issuing and ask, against=against if issuing and ask else [],
        may_sign=may(by, Action.SIGN, measure), why_not_sign=queries.why_not_sign(session, measure, by, at),
        pauses=queries.pauses(session, measure.id),
        may_start=may(by, Action.START, measure), why_not_start=queries.why_not_start(session, measure, by, at),
    )  # fmt: skip


def _planned(session: ReadSession, measure: Measure) -> Any:
    """The plan by the default rule, for a contract that is not issued yet."""
    if not (measure.awarded and measure.starts_on and measure.ends_on and measure.ends_on > measure.starts_on):
        return []
    usual, interim = queries.agreed(session, measure)
    return plan(measure.awarded, usual, starts_on=measure.starts_on, ends_on=measure.ends_on, interim=interim)


def _first(session: ReadSession, measure: Measure, held: Contract | None) -> dict[str, Any]:
    """What the form of a new contract begins with: the plan, and the fund's side as in its last contract."""
    last = queries.last_grantor(session, measure.fund_id)
    known = {name: value for name, value in last.items() if value and not value.startswith("…")}
    return {
        "starts_on": held.starts_on if held else measure.starts_on,
        "ends_on": held.ends_on if held else measure.ends_on,
        "plan": "/".join(str(part) for part in queries.agreed(session, measure)[0]),
        "financing": held.financing if held else "share",
        "name": known.get("name", measure.fund.name),
        "register_number": known.get("register"),
        **{name: known.get(name) for name in ("address", "signatory", "function", "umbrella")},
    }


def _signing(
    request: Request,
    session: ReadSession,
    measure: Measure,
    by: Person,
    at: Any,
    form: Bound[forms.Sign],
    status: int = 200,
) -> Response:
    held = queries.contract_of(session, measure.id)
    return page(
        request, "grants/sign.html", status, measure=measure, fund=measure.fund, contract=held, form=form,
        against=queries.why_not_sign(session, measure, by, at), same=held is not None and held.issued_by_id == by.id,
    )  # fmt: skip
