"""The officer's check sheet: the answer on the left, the check on the right; sending back once, and who helped."""

from datetime import date, datetime
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
from fundapp.measures import checkers, checking, checklist, codes, forms_checking, grounds, helping, queries, recipient
from fundapp.measures.eligibility import Result
from fundapp.measures.models import Measure
from fundapp.people.access import At, By, to
from fundapp.people.models import Person
from fundapp.people.permissions import Action
from fundapp.people.queries import officers_or_managers
from fundapp.regions import areas
from fundapp.reminders.queries import working_days_after

router = APIRouter(prefix="/measures", route_class=Route)
_ = i18n.gettext
Checked = Annotated[Measure, to(Action.CHECK, queries.find)]
Helped = Annotated[Measure, to(Action.NOTE_HELP, queries.find)]
ANSWER_DAYS = 10  # working days


@router.get("/{id}/check")
def sheet(request: Request, session: Reading, measure: Checked, by: By, at: At) -> Response:
    values: dict[str, Any] = {}
    for code, answer in queries.answers(session, measure).items():
        values |= {code: answer.result, f"{code}_why": answer.why, f"{code}_reason": answer.reason}
        values |= {f"{code}_{name}": text for name, text in answer.looked.items()}
    return _sheet(request, session, measure, by, at, shown(forms_checking.ChecksForm, values), 200)


def _sheet(
    request: Request, session: Any, measure: Measure, by: Person, at: datetime, form: Bound[Any], status: int
) -> Response:
    proposal = queries.proposal(session, measure)
    lines = checklist.lines(session, measure, at, proposal=proposal, person=by)
    twins, turn = recipient.twins(session, proposal, by), checkers.turn(session, measure)
    barred, today = checkers.why_not_checker(session, measure, by), on(at, ZoneInfo(measure.fund.zone))
    looked = f"{checking.LOOKED}_list"
    form.values = {
        looked: queries.last_list(session, measure.fund_id),
        f"{checking.LOOKED}_on": today.isoformat(),
    } | form.values
    return page(
        request, "measures/check.html", status, measure=measure, proposal=proposal, lines=lines, form=form, codes=codes,
        areas=areas.named(), currency=measure.fund.currency, annex_kinds=ANNEXES, applicant_kinds=APPLICANTS, at=at, today=today,
        twins=twins, turn=turn, barred=barred, grounds=grounds, helpers=officers_or_managers(session, measure.branch_id),
        kinds=checkers.HELPED, fine=checklist.can_be_met_together(lines, twins=bool(twins)),
        open_count=sum(1 for line in lines if line.result is Result.OPEN),
        why_not_accept=barred + checklist.against_accepting(lines), why_not_send_back=barred + checklist.against_sending_back(measure),
        why_not_turn_down=barred + checklist.against_turning_down(lines),
    )  # fmt: skip


@router.post("/{id}/check")
def answer(request: Request, session: Writing, posted: PostedForm, measure: Checked, by: By, at: At) -> Response:
    form = bind(forms_checking.ChecksForm, posted)
    if form.ok:
        try:
            checking.answer(session, measure, forms_checking.answers_of(form), by=by, at=at)
        except Refused as refused:
            if refused.field is None:
                raise
            form.errors[refused.field] = " ".join(refused.reasons)
    if not form.ok:
        return _sheet(request, session, measure, by, at, form, 422)
    return go(f"/measures/{measure.id}/check", _("The answers are kept."))


@router.post("/{id}/help")
def note_help(session: Writing, posted: PostedForm, measure: Helped, by: By, at: At) -> Response:
    form = bind(forms_checking.HelpForm, posted)
    who = session.get(Person, form.value.person) if form.ok else None
    if who is None:
        raise Refused(_("Say who helped, and how."))
    helping.note_help(session, measure, who, form.value.kind, by=by, at=at)
    return go(f"/cases/{measure.id}", _("It is noted who helped."))


@router.post("/{id}/accept")
def accept(session: Writing, measure: Checked, by: By, at: At) -> Response:
    checking.accept(session, measure, by=by, at=at)
    return go(f"/cases/{measure.id}", _("The proposal fits the call and goes to the committee."))


@router.get("/{id}/send-back")
def send_back_page(request: Request, session: Reading, measure: Checked, by: By, at: At) -> Response:
    return_by = working_days_after(session, on(at, ZoneInfo(measure.fund.zone)), ANSWER_DAYS)
    form = shown(forms_checking.SendBackForm, {"return_by": return_by.isoformat()})
    why_not = checklist.why_not_send_back(session, measure, by, at)
    return _send_back(request, session, measure, at, form, 200, return_by, why_not)


def _send_back(
    request: Request, session: Any, measure: Measure, at: datetime, form: Bound[Any], status: int,
    return_by: date | None = None, why_not: list[str] | None = None,
) -> Response:  # fmt: skip
    """`form.values` has the rows as posted; at first what is proposed is ticked."""
    proposed = checklist.proposed(session, measure, at)
    if status == 200:
        for n, wish in enumerate(proposed):
            form.values |= {f"asked-{n}-wanted": "yes", f"asked-{n}-words": wish["words"]}
    return page(
        request, "measures/send-back.html", status, measure=measure, form=form, proposed=proposed, return_by=return_by,
        places=checking.places_of(measure), why_not=why_not or [], days=ANSWER_DAYS,
    )  # fmt: skip


@router.post("/{id}/send-back")
def send_back(request: Request, session: Writing, posted: PostedForm, measure: Checked, by: By, at: At) -> Response:
    form = bind(forms_checking.SendBackForm, posted)
    if form.ok:
        try:
            asked, until = forms_checking.asked_of(posted), form.value.return_by
            checking.send_back(session, measure, asked=asked, return_by=until, by=by, at=at)
            said = _("It goes back to the applicant, once. The mail leaves in half an hour.")
            return go(f"/cases/{measure.id}", said)
        except Refused as refused:
            form.errors[refused.field or "form"] = " ".join(refused.reasons)
    return _send_back(request, session, measure, at, form, 422)


@router.post("/{id}/turn-down")
def turn_down(session: Writing, measure: Checked, by: By, at: At) -> Response:
    checking.turn_down(session, measure, by=by, at=at)
    return go(f"/cases/{measure.id}", _("The proposal is turned down. The letter with all reasons is being written."))
