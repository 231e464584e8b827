"""The rating scheme of a call: started, changed, its words, and how the sheet will look to a member."""

from typing import Annotated, Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from fundapp.funds.models import Call
from fundapp.kit.database import ReadSession
from fundapp.kit.errors import NotFound
from fundapp.kit.i18n import gettext as _
from fundapp.kit.web.forms import Bound, PostedForm, bind, shown
from fundapp.kit.web.pages import go, language, page
from fundapp.kit.web.route import Reading, Route, Writing
from fundapp.people.access import At, By, to
from fundapp.people.models import Person
from fundapp.people.permissions import Action
from fundapp.presets.queries import value
from fundapp.rating import forms, forms_scheme, queries, schemes, showing, sitting
from fundapp.rating.filled import Filled
from fundapp.rating.models import Committee, Criterion, Scheme
from fundapp.rating.scheme import ANCHORS
from fundapp.rating.switches import ENOUGH, MEMBERS

router = APIRouter(prefix="/rating", route_class=Route)
ACall = Annotated[Call, to(Action.MANAGE_COMMITTEE, queries.find_call)]
ACriterion = Annotated[Criterion, to(Action.MANAGE_COMMITTEE, schemes.find_criterion)]


@router.get("/calls/{id}/scheme")
def scheme_page(request: Request, call: ACall, by: By, session: Reading) -> Response:
    return _scheme(request, call, by, session)


@router.post("/calls/{id}/scheme/start")
def start_scheme(request: Request, call: ACall, by: By, session: Writing, at: At, posted: PostedForm) -> Response:
    form = bind(forms.StartSchemeForm, posted)
    committee = session.get(Committee, form.value.committee) if form.ok else None
    source = session.get(Scheme, form.value.source) if form.ok and form.value.source else None
    if committee is None or (form.ok and form.value.source and source is None):
        form.errors.setdefault("source" if committee else "committee", _("Please choose one."))
        return _scheme(request, call, by, session, start=form)
    schemes.make_scheme(
        session, call, committee, smallest_sheets=form.value.smallest_sheets, source=source, by=by, at=at
    )
    return go(
        f"/rating/calls/{call.id}/scheme",
        _("The call has its committee and a scheme. Look it over and change what you like."),
    )


@router.post("/calls/{id}/scheme")
def change_scheme(request: Request, call: ACall, by: By, session: Writing, at: At, posted: PostedForm) -> Response:
    scheme, lang, fund = queries.scheme_of(session, call.id), language(request, by), queries.fund_of(session, call)
    if scheme is None:
        raise NotFound
    form = bind(forms_scheme.SchemeForm, posted, currency=fund.currency, locale=lang)
    more = posted.text("act") == "row"
    rows = forms_scheme.table(posted, (form.value.blank if form.ok else 1) + more)
    if form.ok and rows.ok and not more:
        forms_scheme.told(form, rows, schemes.unfit(session, scheme, rows.values(lang), form.value.limits()))
    if more or not form.ok or not rows.ok:
        return _scheme(request, call, by, session, form=form, rows=rows, more=more)
    wanted = form.value
    schemes.change_scheme(session, scheme, rows.values(lang), wanted.limits(), version=wanted.version, by=by, at=at)
    return go(f"/rating/calls/{call.id}/scheme", _("The scheme is saved."))


@router.get("/calls/{id}/scheme/preview")
def preview(request: Request, call: ACall, by: By, session: Reading) -> Response:
    """The sheet as a member will see it."""
    scheme = queries.scheme_of(session, call.id)
    if scheme is None:
        raise NotFound
    found = Filled(scheme, queries.criteria(session, scheme.id), {})
    lines = showing.lines(found, found.now, language(request, by))
    return page(request, "rating/scheme_preview.html", call=call, lines=lines, now=found.now, rule=found.rule)


@router.get("/criteria/{id}")
def words_page(request: Request, criterion: ACriterion, by: By, session: Reading) -> Response:
    return _words(request, criterion, session)


@router.post("/criteria/{id}")
def change_words(
    request: Request, criterion: ACriterion, by: By, session: Writing, at: At, posted: PostedForm
) -> Response:
    scheme = session.get_one(Scheme, criterion.scheme_id)
    titles, questions, anchors, errors = forms_scheme.words(posted, scheme.highest)
    if errors:
        typed = {name: values[0] for name, values in posted.fields().items()}
        return _words(request, criterion, session, Bound(forms.NoForm, typed, errors))
    schemes.change_words(
        session, criterion, titles=titles, questions=questions, anchors=anchors,
        version=int(posted.text("version")) if posted.text("version").isdecimal() else 0, by=by, at=at,
    )  # fmt: skip
    return go(f"/rating/calls/{scheme.call_id}/scheme", _("The words of %(code)s are saved.", code=criterion.code))


def _scheme(
    request: Request,
    call: Call,
    by: Person,
    session: ReadSession,
    *,
    start: Bound[forms.StartSchemeForm] | None = None,
    form: Bound[forms_scheme.SchemeForm] | None = None,
    rows: forms_scheme.Table | None = None,
    more: bool = False,
) -> Response:
    scheme, lang, fund = queries.scheme_of(session, call.id), language(request, by), queries.fund_of(session, call)
    status = 422 if start or (form and not more) else 200
    shared: dict[str, Any] = {"call": call, "scheme": scheme, "currency": fund.currency}
    if scheme is None:
        enough = ENOUGH[value(session, MEMBERS, fund)]
        return page(
            request, "rating/scheme_start.html", status, committees=sitting.committees(session),
            sources=schemes.to_copy(session, call), start=start or shown(forms.StartSchemeForm, {"smallest_sheets": enough}), **shared,
        )  # fmt: skip
    criteria = queries.criteria(session, scheme.id)
    if form is not None and more:
        form.errors = {}
    return page(
        request, "rating/scheme.html", status, form=form or forms_scheme.of_scheme(scheme, fund.currency, lang),
        table=rows or forms_scheme.of_criteria(criteria, lang), committee=queries.committee_of(session, scheme),
        criteria={c.id: c for c in criteria}, more=more, lang_=lang, **shared,
    )  # fmt: skip


def _words(
    request: Request, criterion: Criterion, session: ReadSession, form: Bound[forms.NoForm] | None = None
) -> Response:
    scheme = session.get_one(Scheme, criterion.scheme_id)
    kept: dict[str, Any] = {"version": scheme.version}
    for lang in forms_scheme.LANGUAGES:
        kept |= {f"title-1-{lang}": criterion.titles.get(lang), f"question-1-{lang}": criterion.questions.get(lang)}
        kept |= {f"anchor-{point}-{lang}": texts.get(lang) for point, texts in criterion.anchors.items()}
    usual = ANCHORS if scheme.highest == 5 else {0: ANCHORS[0], scheme.highest: ANCHORS[5]}
    return page(
        request, "rating/criterion.html", 422 if form else 200, criterion=criterion, scheme=scheme, usual=usual,
        call=session.get_one(Call, scheme.call_id), form=form or shown(forms.NoForm, kept),
    )  # fmt: skip
