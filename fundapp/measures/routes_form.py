"""Writing a proposal: the form page by page or as a whole, what is kept while it is typed, and the papers."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from fundapp.files.store import Unfit
from fundapp.funds import questions
from fundapp.funds.codes import ANNEXES, APPLICANTS
from fundapp.kit import i18n
from fundapp.kit.errors import NotFound, Refused
from fundapp.kit.web.forms import PostedForm, bind, shown
from fundapp.kit.web.pages import go, language, page
from fundapp.kit.web.route import Reading, Route, Writing
from fundapp.measures import codes, drafting, fields, filled, forms, gaps, missing, pages, queries
from fundapp.measures.models import Measure
from fundapp.people.access import At, By, to
from fundapp.people.permissions import Action
from fundapp.regions import areas
from fundapp.regions.queries import bottlenecks_of_region

router = APIRouter(prefix="/measures", route_class=Route)
_ = i18n.gettext
Writable = Annotated[Measure, to(Action.WRITE_PROPOSAL, queries.find_to_write)]


@router.get("/{id}/form")
def whole(request: Request, session: Reading, measure: Writable, by: By, at: At) -> Response:
    """All pages of the form one below the other, for a desk."""
    proposal = queries.proposal(session, measure)
    names = [each.name for each in gaps.pages(measure) if each.name != "annexes"]
    opened = {name: pages.opened(session, proposal, name, language(request, by)) for name in names}
    return page(request, "measures/form-whole.html", opened=opened, **_context(session, proposal, "", at))


@router.get("/{id}/form/{section}")
def form_page(request: Request, session: Reading, measure: Writable, section: str, by: By, at: At) -> Response:
    proposal = queries.proposal(session, measure)
    if section == "annexes":
        opened = pages.Page(shown(forms.AnnexForm))
    else:
        opened = pages.opened(session, proposal, section, language(request, by))
    return _page(request, session, proposal, section, opened, 200, at)


def _page(
    request: Request, session: Any, proposal: Any, section: str, opened: pages.Page, status: int, at: Any
) -> Response:
    if section not in [each.name for each in gaps.pages(proposal.measure)]:
        raise NotFound
    context = _context(session, proposal, section, at)
    return page(request, f"measures/form-{section}.html", status, opened=opened, form=opened.form, **context)


def _context(session: Any, proposal: Any, section: str, at: Any) -> dict[str, Any]:
    """What the pages of the form show besides their fields."""
    measure, missed = proposal.measure, missing.gaps(proposal)
    own = gaps.pages(measure)
    before, after = codes.beside(own, section) if section else (None, None)
    return {
        "measure": measure, "proposal": proposal, "section": codes.BY_NAME.get(section), "sections": own, "gaps": missed,
        "steps": _steps(proposal, missed, section), "codes": codes, "pages": fields.PAGES, "annex_kinds": ANNEXES,
        "applicant_kinds": APPLICANTS, "areas": areas.named(), "currency": measure.fund.currency, "at": at,
        "deadline": missing.deadline(measure), "labels": {}, "slots": filled.slots, "dumps": json.dumps,
        "shares": missing.own_share(proposal), "share_reasons": missing.why_not_own_share(proposal, measure.call),
        "previous": before, "following": after, "is_open": drafting.is_open, "questions": questions.of(measure.call),
        "bottlenecks": bottlenecks_of_region(session, measure.region) if section in ("", "problem") else [],
    }  # fmt: skip


def _steps(proposal: Any, missed: Any, current: str) -> list[dict[str, Any]]:
    """The pages of the form: where one stands, what is done, where something is missing."""
    measure = proposal.measure
    return [
        {
            "label": _(each.short), "url": f"/measures/{measure.id}/form/{each.name}", "current": each.name == current,
            "name": each.name, "missing": (count := sum(1 for gap in missed if gap.section == each.name)),
            "state": "done" if count == 0 else "gaps" if measure.version > 1 else "",
        }
        for each in gaps.pages(measure)
    ]  # fmt: skip


@router.post("/{id}/form/{section}")
def save_page(
    request: Request, session: Writing, posted: PostedForm, measure: Writable, section: str, by: By, at: At
) -> Response:
    """Takes the page over. `then`: next (page), stay, more (rows), or quiet: the script asks while somebody writes on."""
    then, locale = posted.text("then", "next"), language(request, by)
    try:
        saved = pages.save(session, measure, section, pages.sent(posted), locale=locale, by=by, at=at)
    except Refused as refused:
        if then != "quiet" or refused.field is None:
            raise
        return _at_field(refused)
    if then == "quiet":
        proposal = queries.proposal(session, measure)
        now = pages.opened(session, proposal, section, locale) if saved.form.ok else saved
        return page(
            request, "measures/_state.html", opened=now, form=now.form, **_context(session, proposal, section, at)
        )
    if not saved.form.ok:
        status = 409 if saved.theirs else 422
        return _page(request, session, queries.proposal(session, measure), section, saved, status, at)
    following = codes.beside(gaps.pages(measure), section)[1]
    if then != "next":
        return go(f"/measures/{measure.id}/form/{section}", _("Saved."))
    return go(f"/measures/{measure.id}/form/{following}" if following else f"/measures/{measure.id}/review")


@router.post("/{id}/form/{section}/keep")
def keep(
    request: Request, session: Writing, posted: PostedForm, measure: Writable, section: str, by: By, at: At
) -> Response:
    """Keeps fields while they are typed; answers with what somebody else has written in the same fields meanwhile."""
    given = pages.changes(posted.text("fields"))
    try:
        theirs = pages.keep(session, measure, section, given, locale=language(request, by), by=by, at=at)
    except Refused as refused:
        if refused.field is None:
            raise
        return _at_field(refused)
    return JSONResponse({"kept": sorted(set(given.texts) - set(theirs)), "theirs": theirs})


def _at_field(refused: Refused) -> Response:
    """For the script: which field (or row, 'lines-7') cannot be kept, and why; nothing was changed."""
    return JSONResponse({"kept": [], "theirs": {}, "refused": {refused.field: " ".join(refused.reasons)}}, 422)


@router.post("/{id}/change-form")
def change_form(session: Writing, posted: PostedForm, measure: Writable, by: By, at: At) -> Response:
    drafting.change_form(session, measure, posted.text("form"), by=by, at=at)
    return go(f"/measures/{measure.id}/form/measure", _("The form is changed. What you wrote is kept."))


@router.post("/{id}/annexes")
def attach(request: Request, session: Writing, posted: PostedForm, measure: Writable, by: By, at: At) -> Response:
    form = bind(forms.AnnexForm, posted, ignore=["file"])
    kept = posted.files("file")
    unfit = [str(each) for each in kept if isinstance(each, Unfit)]
    if unfit or not kept:
        form.errors["file"] = " ".join(unfit) or _("Please choose a file.")
    if not form.ok:
        return _page(request, session, queries.proposal(session, measure), "annexes", pages.Page(form), 422, at)
    for each in kept:
        drafting.attach(session, measure, each, form.value.kind, by=by, at=at)
    return go(f"/measures/{measure.id}/form/annexes", _("The paper is kept."))


@router.post("/{id}/annexes/{annex_id}/remove")
def remove(session: Writing, measure: Writable, annex_id: int, by: By, at: At) -> Response:
    found = queries.find_annex(session, measure, annex_id)
    if found is None:
        raise NotFound
    drafting.remove(session, measure, found[0], by=by, at=at)
    return go(f"/measures/{measure.id}/form/annexes", _("The paper is taken out."))
