"""Fitting the plan to the award, and a manager's acceptance of it."""

from typing import Annotated, Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from fundapp.kit import i18n, money
from fundapp.kit.errors import Refused
from fundapp.kit.web.forms import Bound, Posted, PostedForm, bind, shown
from fundapp.kit.web.pages import go, language, page
from fundapp.kit.web.route import Reading, Route, Writing
from fundapp.measures import codes, filled, forms, forms_sheets, gaps, missing, planning, queries
from fundapp.measures.models import Measure
from fundapp.people.access import At, By, to
from fundapp.people.models import Person
from fundapp.people.permissions import Action, may

router = APIRouter(prefix="/measures", route_class=Route)
_ = i18n.gettext
Fitted = Annotated[Measure, to(Action.FIT_PLAN, queries.find)]


@router.get("/{id}/fit")
def fit_page(request: Request, session: Reading, measure: Fitted, by: By) -> Response:
    values = filled.plan(queries.proposal(session, measure), language(request, by))
    return _page(request, session, measure, by, shown(forms.PlanForm, values), 200)


def _page(request: Request, session: Any, measure: Measure, by: Person, form: Bound[Any], status: int) -> Response:
    proposal = queries.proposal(session, measure)
    asked = proposal.sum("from_grant")
    return page(
        request, "measures/fit.html", status, measure=measure, proposal=proposal, form=form, codes=codes, asked=asked,
        currency=measure.fund.currency, why_not_fit=missing.why_not_fit(measure), shares=gaps.own_share(proposal),
        count=filled.count(form.values, "lines"), why_not_accept=missing.why_not_accept_plan(session, measure),
        accepts=may(by, Action.ACCEPT_PLAN, measure), quantity=money.quantity,
    )  # fmt: skip


@router.post("/{id}/fit")
def fit(request: Request, session: Writing, posted: PostedForm, measure: Fitted, by: By, at: At) -> Response:
    form = _fit(session, posted, measure, by, at, language(request, by))
    if not form.ok:
        return _page(request, session, measure, by, form, 422)
    return go(f"/measures/{measure.id}/fit", _("The plan is kept. What still has to fit stands on top."))


def _fit(session: Any, posted: Posted, measure: Measure, by: Person, at: Any, locale: str) -> Bound[Any]:
    form = bind(forms.PlanForm, posted)
    context = {"currency": measure.fund.currency, "locale": locale}
    lines = forms_sheets.rows(forms.PlanLineForm, posted, "lines", blank=forms_sheets.LEFT_OUT, **context)
    targets = forms_sheets.rows(forms.TargetForm, posted, "targets", blank=lambda row: False)
    form.errors |= lines.errors | targets.errors
    if form.ok:
        wanted = {row["id"]: row["target"] for row in targets.values}
        try:
            planning.fit(session, measure, lines.values, wanted, version=form.value.version, by=by, at=at)
        except Refused as refused:
            if refused.field is None:
                raise
            form.errors[lines.place(refused.field)] = " ".join(refused.reasons)
    return form


@router.post("/{id}/fit/accept")
def accept(
    session: Writing, measure: Annotated[Measure, to(Action.ACCEPT_PLAN, queries.find)], by: By, at: At
) -> Response:
    planning.accept_plan(session, measure, by=by, at=at)
    return go(f"/cases/{measure.id}", _("The plan fits the award; the contract can be issued."))
