"""The officer's check sheet: the answer on the left, the check on the right."""

from datetime import timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from starlette.responses import Response

from fundapp.funds.codes import ANNEXES, APPLICANTS
from fundapp.kit import i18n
from fundapp.kit.dates import on
from fundapp.kit.errors import Refused
from fundapp.kit.web.forms import Bound, PostedForm, bind, shown
from fundapp.kit.web.pages import go, page
from fundapp.kit.web.route import Reading, Route, Writing
from fundapp.measures import checking, checklist, codes, forms, missing, queries
from fundapp.measures.eligibility import CHECKS, Result
from fundapp.measures.models import Measure
from fundapp.people.access import At, By, to
from fundapp.people.permissions import Action
from fundapp.people.queries import names
from fundapp.regions import areas
from fundapp.regions.queries import bottlenecks_of_region

router = APIRouter(prefix="/measures", route_class=Route)
_ = i18n.gettext
Checked = Annotated[Measure, to(Action.CHECK, queries.find)]
ANSWER_DAYS = 14  # ten working days


@router.get("/{id}/check")
def sheet(request: Request, session: Reading, measure: Checked, by: By, at: At) -> Response:
    answers = queries.answers(session, measure)
    values = {code: answer.result for code, answer in answers.items()}
    values |= {f"{code}_reason": answer.reason for code, answer in answers.items()}
    return _sheet(request, session, measure, by, at, shown(forms.ChecksForm, values), 200)


def _sheet(
    request: Request, session: Any, measure: Measure, by: Any, at: Any, form: Bound[Any], status: int
) -> Response:
    lines, proposal = checklist.lines(session, measure, at), queries.proposal(session, measure)
    named = {each.id: each.title for each in bottlenecks_of_region(session, measure.region)}
    return page(
        request, "measures/check.html", status, measure=measure, proposal=proposal, lines=lines, form=form, codes=codes,
        areas=areas.named(), currency=measure.fund.currency, annex_kinds=ANNEXES, applicant_kinds=APPLICANTS, at=at,
        helped=names(session, [measure.prepared_by_id]).get(measure.prepared_by_id or 0, ""),
        open_count=sum(1 for line in lines if line.result is Result.OPEN), bottleneck=named.get(measure.bottleneck_id or 0, ""),
        why_not_accept=checklist.why_not_accept(session, measure, by, at),
        why_not_send_back=checklist.why_not_send_back(session, measure, by, at),
        why_not_turn_down=checklist.why_not_turn_down(session, measure, by, at),
    )  # fmt: skip


@router.post("/{id}/check")
def answer(request: Request, session: Writing, posted: PostedForm, measure: Checked, by: By, at: At) -> Response:
    form = bind(forms.ChecksForm, posted)
    if form.ok:
        given = form.value.model_dump()
        answers = {c.code: (given[c.code], given[f"{c.code}_reason"]) for c in CHECKS if c.code in form.values}
        try:
            checking.answer(session, measure, answers, by=by, at=at)
        except Refused as refused:
            if refused.field is None:
                raise
            form.errors[refused.field] = " ".join(refused.reasons)
    if not form.ok:
        return _sheet(request, session, measure, by, at, form, 422)
    return go(f"/measures/{measure.id}/check", _("The answers are kept."))


@router.post("/{id}/accept")
def accept(session: Writing, measure: Checked, by: By, at: At) -> Response:
    checking.accept(session, measure, by=by, at=at)
    return go(f"/cases/{measure.id}", _("The proposal fits the call and goes to the committee."))


@router.get("/{id}/send-back")
def send_back_page(request: Request, session: Reading, measure: Checked, by: By, at: At) -> Response:
    open_ = [gap.text for gap in missing.gaps(queries.proposal(session, measure))]
    failed = [
        f"{line.check.title}: {line.reason}"
        for line in checklist.failed(session, measure, at)
        if line.check.code != "E2"
    ]
    return_by = on(at, ZoneInfo(measure.fund.zone)) + timedelta(days=ANSWER_DAYS)
    values = {"because": "\n".join(f"- {text}" for text in open_ + failed), "return_by": return_by.isoformat()}
    why_not = checklist.why_not_send_back(session, measure, by, at)
    return page(
        request, "measures/send-back.html", measure=measure, form=shown(forms.SendBackForm, values), why_not=why_not
    )


@router.post("/{id}/send-back")
def send_back(request: Request, session: Writing, posted: PostedForm, measure: Checked, by: By, at: At) -> Response:
    form = bind(forms.SendBackForm, posted)
    if form.ok:
        try:
            value = form.value
            checking.send_back(session, measure, because=value.because, return_by=value.return_by, by=by, at=at)
            return go(
                f"/cases/{measure.id}", _("It goes back to the applicant, once. The mail leaves in half an hour.")
            )
        except Refused as refused:
            form.errors[refused.field or "form"] = " ".join(refused.reasons)
    return page(request, "measures/send-back.html", 422, measure=measure, form=form, why_not=[])


@router.post("/{id}/turn-down")
def turn_down(session: Writing, measure: Checked, by: By, at: At) -> Response:
    checking.turn_down(session, measure, by=by, at=at)
    return go(f"/cases/{measure.id}", _("The proposal is turned down. The letter with all reasons is being written."))
