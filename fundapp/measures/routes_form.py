"""Writing a proposal: the form page by page or as a whole, what is kept while it is typed, and the papers."""

import re
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from fundapp.files.store import Unfit
from fundapp.funds import questions
from fundapp.funds.codes import ANNEXES, APPLICANTS, SEVERAL
from fundapp.funds.queries import donors
from fundapp.kit import i18n, money
from fundapp.kit.errors import NotFound, Refused
from fundapp.kit.i18n import ngettext
from fundapp.kit.web.forms import PostedForm, bind, shown
from fundapp.kit.web.pages import go, language, page
from fundapp.kit.web.route import Reading, Route, Writing
from fundapp.measures import (
    attaching,
    codes,
    fields,
    filled,
    forms,
    gaps,
    missing,
    pages,
    queries,
    showing,
    standing,
    starting,
)
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
    return _whole(request, session, queries.proposal(session, measure), {}, 200, by, at)


def _whole(
    request: Request, session: Any, proposal: Any, saved: dict[str, pages.Page], status: int, by: Any, at: Any
) -> Response:
    """`saved`: pages that were sent and stand with their errors."""
    locale = language(request, by)
    opened = {
        each.name: saved.get(each.name) or _opened(session, proposal, each.name, locale)
        for each in gaps.pages(proposal.measure)
    }
    context = _context(session, proposal, "", at, whole=True)
    return page(request, "measures/form-whole.html", status, opened=opened, **context)


@router.get("/{id}/form/{section}")
def form_page(request: Request, session: Reading, measure: Writable, section: str, by: By, at: At) -> Response:
    proposal = queries.proposal(session, measure)
    return _page(
        request, session, proposal, section, _opened(session, proposal, section, language(request, by)), 200, at
    )


def _opened(session: Any, proposal: Any, section: str, locale: str) -> pages.Page:
    if section == "annexes":
        return pages.Page(shown(forms.AnnexForm))
    return pages.opened(session, proposal, section, locale)


def _page(
    request: Request, session: Any, proposal: Any, section: str, opened: pages.Page, status: int, at: Any
) -> Response:
    if section not in [each.name for each in gaps.pages(proposal.measure)]:
        raise NotFound
    context = _context(session, proposal, section, at)
    return page(request, "measures/form-page.html", status, opened=opened, name=section, **context)


def _context(session: Any, proposal: Any, section: str, at: Any, *, whole: bool = False) -> dict[str, Any]:
    """What the pages of the form show besides their fields."""
    measure, missed = proposal.measure, gaps.gaps(proposal)
    call, fund, own = gaps.call_of(measure), measure.fund, gaps.pages(measure)
    before, after = codes.beside(own, section) if section else (None, None)
    return {
        "measure": measure, "proposal": proposal, "section": codes.BY_NAME.get(section), "sections": own, "gaps": missed, "whole": whole,
        "steps": _steps(proposal, missed, section), "codes": codes, "pages": fields.PAGES, "annex_kinds": ANNEXES,
        "applicant_kinds": APPLICANTS, "areas": areas.named(), "currency": fund.currency, "at": at, "previous": before, "following": after,
        "deadline": missing.deadline(measure), "slots": filled.slots, "label_of": fields.label, "is_open": gaps.is_open,
        "was": partial(showing.was, measure), "wishes": partial(showing.wishes, measure), "any_open": partial(showing.any_open, measure),
        "standings": standing.standings(proposal.lines, call, fund.currency, measure.form), "questions": questions.of(call),
        "asked_of_fund": money.in_words(proposal.sum("from_grant"), fund.currency, i18n.LANGUAGE.get()),
        "receivers": donors(session, fund.id) if section in ("", "declarations") else [], "most_papers": attaching.MOST_PAPERS,
        "several_kinds": [*sorted(SEVERAL), *(each.annex for each in questions.of(call) if each.kind == "file")], "several": sorted(SEVERAL),
        "replaced": queries.annexes(session, measure, replaced=True) if section in ("", "annexes") else [],
        "bottlenecks": bottlenecks_of_region(session, measure.region) if section in ("", "problem") else [],
    }  # fmt: skip


def _steps(proposal: Any, missed: Any, current: str) -> list[dict[str, Any]]:
    """The pages of the form: where one stands, what is done, started, missing."""
    measure = proposal.measure
    return [
        {
            "label": _(each.short), "url": f"/measures/{measure.id}/form/{each.name}", "current": each.name == current,
            "name": each.name, "missing": (count := sum(1 for gap in missed if gap.section == each.name)),
            "started": (started := showing.started(proposal, each)),
            "state": "done" if count == 0 else "gaps" if started else "",
        }
        for each in gaps.pages(measure)
    ]  # fmt: skip


@router.post("/{id}/form/{section}")
def save_page(
    request: Request, session: Writing, posted: PostedForm, measure: Writable, section: str, by: By, at: At
) -> Response:
    """Takes the page over. `then`: next (page), stay, more (rows), whole (the form for a desk), or quiet: the script asks
    while somebody writes on."""
    then, locale = posted.text("then", "next"), language(request, by)
    try:
        saved = pages.save(session, measure, section, pages.sent(posted), locale=locale, by=by, at=at)
    except Refused as refused:
        if then != "quiet" or refused.field is None:
            raise
        return _at_field(refused)
    if then == "quiet":
        return _state(request, session, measure, section, saved, locale, at)
    if not saved.form.ok:
        proposal, status = queries.proposal(session, measure), 409 if saved.theirs else 422
        if then == "whole":
            return _whole(request, session, proposal, {section: saved}, status, by, at)
        return _page(request, session, proposal, section, saved, status, at)
    if then == "whole":
        return go(f"/measures/{measure.id}/form#page-{section}", _("Saved."))
    following = codes.beside(gaps.pages(measure), section)[1]
    if then != "next":
        return go(f"/measures/{measure.id}/form/{section}", _("Saved."))
    return go(f"/measures/{measure.id}/form/{following}" if following else f"/measures/{measure.id}/review")


def _state(
    request: Request, session: Any, measure: Measure, section: str, saved: pages.Page, locale: str, at: Any
) -> Response:
    """What has changed on the page besides its fields; the page that asks is the whole form when its address says so."""
    whole = re.split("[?#]", request.headers.get("referer", ""))[0].endswith("/form")
    proposal, status = queries.proposal(session, measure), 409 if saved.theirs else 200 if saved.form.ok else 422
    now = pages.opened(session, proposal, section, locale) if saved.form.ok else saved
    context = _context(session, proposal, section, at, whole=whole)
    return page(request, "measures/_state.html", status, opened=now, name=section, **context)


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
    starting.change_form(session, measure, posted.text("form"), by=by, at=at)
    return go(f"/measures/{measure.id}/form/measure", _("The form is changed. What you wrote is kept."))


@router.post("/{id}/annexes")
def attach(request: Request, session: Writing, posted: PostedForm, measure: Writable, by: By, at: At) -> Response:
    form = bind(forms.AnnexForm, posted, ignore=["file"])
    kept = posted.files("file")
    unfit = [str(each) for each in kept if isinstance(each, Unfit)]
    if unfit or not kept:
        form.errors["file"] = " ".join(unfit) or _("Please choose a file.")
    if form.ok:
        _keep_papers(session, measure, kept, form, by, at)
    if not form.ok:
        return _page(request, session, queries.proposal(session, measure), "annexes", pages.Page(form), 422, at)
    return go(
        f"/measures/{measure.id}/form/annexes",
        ngettext("The paper is kept.", "%(num)s papers are kept.", len(kept)),
    )


def _keep_papers(session: Any, measure: Measure, kept: Any, form: Any, by: Any, at: Any) -> None:
    """All of them or none; then the reason stands at its field."""
    try:
        attaching.attach_all(session, measure, kept, form.value.kind, by=by, at=at)
    except Refused as refused:
        if refused.field is None:
            raise
        form.errors[refused.field] = " ".join(refused.reasons)


@router.post("/{id}/annexes/{annex_id}/remove")
def remove(session: Writing, measure: Writable, annex_id: int, by: By, at: At) -> Response:
    found = queries.find_annex(session, measure, annex_id)
    if found is None:
        raise NotFound
    attaching.remove(session, measure, found[0], by=by, at=at)
    return go(f"/measures/{measure.id}/form/annexes", _("The paper is taken out."))
