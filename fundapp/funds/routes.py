"""Funds, donors and their contributions, and the ledger."""

from typing import Annotated, Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from fundapp.funds import forms, queries, service
from fundapp.funds.ledger import Account
from fundapp.funds.models import Donor, Fund, Journal
from fundapp.kit import i18n
from fundapp.kit.errors import Refused
from fundapp.kit.presets import DEFAULT
from fundapp.kit.web.forms import Bound, PostedForm, bind, shown
from fundapp.kit.web.pages import go, language, page
from fundapp.kit.web.route import Reading, Route, Writing
from fundapp.people.access import At, By, allowed, to
from fundapp.people.models import Person
from fundapp.people.permissions import Action, may
from fundapp.people.queries import names

router = APIRouter(prefix="/funds", route_class=Route)
_ = i18n.gettext
Reader = Annotated[Person, allowed(Action.READ_FUND)]
Manager = Annotated[Person, allowed(Action.MANAGE_FUND)]
ReadFund = Annotated[Fund, to(Action.READ_FUND, queries.find_fund)]
ManagedFund = Annotated[Fund, to(Action.MANAGE_FUND, queries.find_fund)]
ManagedDonor = Annotated[Donor, to(Action.MANAGE_FUND, queries.find_donor)]
LATEST = 8


@router.get("")
def index(request: Request, session: Reading, by: Reader) -> Response:
    funds, manages = queries.funds(session), may(by, Action.MANAGE_FUND)
    if len(funds) == 1 and not manages:
        return go(f"/funds/{funds[0].id}")
    return page(request, "funds/list.html", funds=funds, figures=queries.all_figures(session), manages=manages)


@router.get("/new")
def new_fund(request: Request, session: Reading, by: Manager) -> Response:
    settings = request.app.state.settings
    values = {"currency": settings.currency, "zone": settings.time_zone, "preset": DEFAULT}
    return page(request, "funds/fund-new.html", form=shown(forms.FundForm, values))


@router.post("/new")
def open_fund(request: Request, session: Writing, posted: PostedForm, by: Manager, at: At) -> Response:
    form = bind(forms.FundForm, posted)
    if form.ok:
        try:
            fund = service.open_fund(session, **form.value.model_dump(), by=by, at=at)
            return go(f"/funds/{fund.id}", _("The fund is open. Add its donors now."))
        except Refused as refused:
            _tell(form, refused)
    return page(request, "funds/fund-new.html", 422, form=form)


def _tell(form: Bound[Any], refused: Refused) -> None:
    """The refusal next to its field; one about the whole thing is a page of its own."""
    if refused.field is None:
        raise refused
    form.errors[refused.field] = " ".join(refused.reasons)


@router.get("/{id}")
def fund_page(request: Request, session: Reading, fund: ReadFund, by: By, at: At) -> Response:
    return _fund(request, session, fund, by, at, shown(forms.DonorForm), 200)


def _fund(request: Request, session: Any, fund: Fund, by: Person, at: Any, form: Bound[Any], status: int) -> Response:
    return page(
        request, "funds/fund.html", status, fund=fund, form=form, figures=queries.figures(session, fund.id), at=at,
        donors=queries.donors(session, fund.id), received=queries.received_by_donor(session, fund.id),
        latest=queries.journals(session, fund.id, limit=LATEST), count=queries.count_journals(session, fund.id),
        calls=queries.calls(session, fund.id), manages=may(by, Action.MANAGE_FUND), currency=fund.currency,
    )  # fmt: skip


@router.post("/{id}/donors")
def add_donor(request: Request, session: Writing, posted: PostedForm, fund: ManagedFund, by: By, at: At) -> Response:
    form = bind(forms.DonorForm, posted)
    if form.ok:
        try:
            donor = service.add_donor(session, fund, name=form.value.name, contact=form.value.contact, by=by, at=at)
            return go(f"/funds/donors/{donor.id}", _("The donor is there. Enter what has arrived."))
        except Refused as refused:
            _tell(form, refused)
    return _fund(request, session, fund, by, at, form, 422)


@router.get("/donors/{id}")
def donor_page(
    request: Request, session: Reading, donor: Annotated[Donor, to(Action.READ_FUND, queries.find_donor)], by: By
) -> Response:
    return _donor(request, session, donor, by, shown(forms.ContributionForm), 200)


def _donor(request: Request, session: Any, donor: Donor, by: Person, form: Bound[Any], status: int) -> Response:
    fund = session.get_one(Fund, donor.fund_id)
    return page(
        request, "funds/donor.html", status, donor=donor, fund=fund, form=form, currency=fund.currency,
        contributions=queries.contributions(session, donor.id), manages=may(by, Action.MANAGE_FUND),
        received=queries.received_by_donor(session, fund.id).get(donor.id, 0),
    )  # fmt: skip


@router.post("/donors/{id}/contributions")
def add_contribution(
    request: Request, session: Writing, posted: PostedForm, donor: ManagedDonor, by: By, at: At
) -> Response:
    fund = session.get_one(Fund, donor.fund_id)
    form = bind(forms.ContributionForm, posted, currency=fund.currency, locale=language(request, by))
    if form.ok:
        try:
            service.add_contribution(session, donor, **form.value.model_dump(), by=by, at=at)
            return go(f"/funds/{fund.id}", _("The money is booked and free."))
        except Refused as refused:
            _tell(form, refused)
    return _donor(request, session, donor, by, form, 422)


@router.get("/{id}/ledger")
def ledger(
    request: Request,
    session: Reading,
    fund: ReadFund,
    account: str = "",
    donor: int = 0,
    case: int = 0,
    before: int = 0,
) -> Response:
    """Entries newest first; with an account, what each changed it by."""
    wanted = account if account in set(Account) else None
    rows = queries.journals(
        session, fund.id, account=wanted, donor_id=donor or None, case_id=case or None, before=before or None, limit=51
    )
    return page(
        request, "funds/ledger.html", fund=fund, rows=rows[:50], account=wanted, more=rows[49].journal.id if len(rows) > 50 else None,
        figures=queries.figures(session, fund.id), currency=fund.currency, count=queries.count_journals(session, fund.id),
        donor=session.get(Donor, donor) if donor else None, case=case,
    )  # fmt: skip


@router.get("/journals/{id}")
def journal(
    request: Request, session: Reading, entry: Annotated[Journal, to(Action.READ_FUND, queries.find_journal)]
) -> Response:
    fund = session.get_one(Fund, entry.fund_id)
    return page(
        request, "funds/journal.html", entry=entry, fund=fund, postings=queries.postings(session, entry.id), currency=fund.currency,
        who=names(session, [entry.by_id]).get(entry.by_id or 0, ""), reversed_by=queries.reversed_by(session, entry.id),
        donors={donor.id: donor.name for donor in queries.donors(session, fund.id)},
    )  # fmt: skip
