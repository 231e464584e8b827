"""The rating's first page, a call's round, declaring, the ranking, and the steps of a measure that need no more than a button."""

from typing import Annotated

from fastapi import APIRouter, Request
from starlette.responses import Response

from fundapp.funds.models import Call
from fundapp.kit.database import ReadSession
from fundapp.kit.dates import on
from fundapp.kit.i18n import by_name, ngettext
from fundapp.kit.i18n import gettext as _
from fundapp.kit.web.forms import PostedForm, bind, shown
from fundapp.kit.web.pages import go, language, page
from fundapp.kit.web.route import Reading, Route, Writing
from fundapp.measures.codes import CONFLICTS
from fundapp.measures.lifecycle import Status
from fundapp.measures.models import Measure
from fundapp.people.access import At, By, allowed, to
from fundapp.people.models import Person
from fundapp.people.permissions import Action, may
from fundapp.rating import (
    blind,
    decisions,
    declaring,
    fairly,
    finding,
    forms,
    leading,
    progress,
    queries,
    ranking,
    reasons,
    rounds,
    showing,
    standing,
)

router = APIRouter(prefix="/rating", route_class=Route)
ACall = Annotated[Call, to(Action.SEE_ROUND, queries.find_call)]
Rater = Annotated[Person, allowed(Action.SEE_ROUND)]
Declarer = Annotated[Person, allowed(Action.DECLARE)]
SeesScores = Annotated[Person, allowed(Action.SEE_SCORES)]


@router.get("/")
def work(request: Request, by: Rater, session: Reading, at: At) -> Response:
    """What this person has to declare, score and read."""
    calls = progress.calls_of(session, by)
    ids = [call.id for call in calls]
    own = progress.calls_of_member(session, by)
    mine = standing.my_sheets(session, by, own)
    return page(
        request, "rating/work.html", tally=showing.tally(mine), calls=calls, own=own, to_declare=progress.to_declare(session, by, own),
        sheets=mine, sizes=progress.sizes(session, ids), due=standing.due(session, by),
        manages=may(by, Action.MANAGE_COMMITTEE), bare=progress.calls_without_scheme(session),
    )  # fmt: skip


@router.get("/calls/{id}")
def round_page(request: Request, call: ACall, by: By, session: Reading, at: At) -> Response:
    found = progress.of_round(session, call, by)
    in_rating = queries.all_of_call(session, call.id, (Status.IN_RATING,)) if may(by, Action.CLOSE_RATING) else []
    leads = leading.why_not_all(session, call, in_rating, by, Action.CLOSE_RATING, at) if in_rating else []
    return page(
        request, "rating/round.html", call=call, fund=queries.fund_of(session, call), found=found,
        committee=queries.committee_of(session, found.scheme), meetings=standing.meetings(session, call.id),
        may_open=may(by, Action.OPEN_RATING), may_close=may(by, Action.CLOSE_RATING), why_not_close=leads + found.why_not_close, manages=may(by, Action.MANAGE_COMMITTEE),
        may_type=may(by, Action.TYPE_MEETING), sees=may(by, Action.SEE_SCORES), may_assign=may(by, Action.ASSIGN), types=may(by, Action.TYPE_SHEET),
        declares=call.id in progress.to_declare(session, by, progress.calls_of_member(session, by)),
    )  # fmt: skip


@router.post("/calls/{id}/open")
def open_round(
    call: ACall, by: Annotated[Person, allowed(Action.OPEN_RATING)], session: Writing, at: At, posted: PostedForm
) -> Response:
    count = rounds.open_round(session, call, by=by, at=at)
    return go(
        f"/rating/calls/{call.id}",
        ngettext("The rating is open for one proposal.", "The rating is open for %(num)s proposals.", count),
    )


@router.post("/calls/{id}/close")
def close_round(
    call: ACall, by: Annotated[Person, allowed(Action.CLOSE_RATING)], session: Writing, at: At, posted: PostedForm
) -> Response:
    count = rounds.close_round(session, call, by=by, at=at)
    return go(
        f"/rating/calls/{call.id}/ranking",
        ngettext(
            "The round is closed: one proposal is rated.", "The round is closed: %(num)s proposals are rated.", count
        ),
    )


@router.get("/calls/{id}/declare")
def declare_page(request: Request, call: ACall, by: Declarer, session: Reading, at: At) -> Response:
    return _declare(request, call, by, session, at, {}, {})


@router.post("/calls/{id}/declare")
def declare(request: Request, call: ACall, by: Declarer, session: Writing, at: At, posted: PostedForm) -> Response:
    asked = [measure.id for measure in finding.clear(session, queries.undeclared(session, call.id, by), by, at=at)]
    said, errors, typed = forms.declarations(posted, asked, all_at_once=call.blind)
    if errors:
        return _declare(request, call, by, session, at, errors, typed, 422)
    count = declaring.declare_all(session, call, said, by=by, at=at)
    return go(
        "/rating/",
        ngettext(
            "Thank you: you have declared on one proposal.", "Thank you: you have declared on %(num)s proposals.", count
        ),
    )


def _declare(
    request: Request,
    call: Call,
    by: Person,
    session: ReadSession,
    at: At,
    errors: dict[str, str],
    typed: dict[str, str],
    status: int = 200,
) -> Response:
    waiting = queries.undeclared(session, call.id, by)
    open_ = finding.clear(session, waiting, by, at=at)
    asked = queries.loaded(session, [measure.id for measure in open_])
    names = blind.names(session, asked)
    form = shown(forms.NoForm, typed)
    form.errors = errors
    items = sorted(((measure, names[measure.id]) for measure in asked), key=lambda item: by_name(item[1].organisation))
    return page(
        request, "rating/declare.html", status, call=call, items=items, form=form, kinds=list(CONFLICTS.items()),
        closed=queries.hidden_count(session, call.id, queries.TO_DECLARE, by) + len(waiting) - len(open_),
    )  # fmt: skip


@router.get("/calls/{id}/ranking")
def ranking_page(request: Request, id: int, by: SeesScores, session: Reading, at: At) -> Response:
    found = ranking.get(session, id, visible_to=by, at=at)
    firm = fairly.firm_of(found)
    return page(
        request, "rating/ranking.html", call=found.call, fund=found.fund, found=found, firm=firm,
        talk=fairly.at_the_line(found, firm), may_type=may(by, Action.TYPE_MEETING), enters=may(by, Action.SEE_ROUND),
        titles={c.code: c.title.get(language(request, by)) or c.title["en"] for c in found.scheme.criteria} if found.scheme else {},
    )  # fmt: skip


@router.get("/measures/{id}/sheets")
def all_sheets(
    request: Request,
    given: Annotated[queries.OfCommittee, to(Action.SEE_SCORES, queries.find_rated)],
    by: By,
    session: Reading,
    at: At,
) -> Response:
    """What every member gave, round by round, once the round is closed."""
    measure = given.measure
    rows = standing.closed_sheets(session, measure.id)
    scheme = queries.scheme_of(session, measure.call_id)
    sheets = [sheet for round in rows for sheet in round.sheets]
    return page(
        request, "rating/sheets.html", measure=measure, rounds=rows, scores=standing.scores(session, [s.id for s in sheets]),
        criteria=queries.criteria(session, scheme.id) if scheme else [], lang_=language(request, by),
        reopens=may(by, Action.REOPEN_RATING, measure), why_not=reasons.why_not_reopen(session, measure, by, at),
        people=queries.people(session, {id for s in sheets for id in (s.person_id, s.typed_by_id) if id}), reads=may(by, Action.READ_CASE, measure),
        enters=may(by, Action.SEE_ROUND),
    )  # fmt: skip


@router.post("/measures/{id}/open")
def open_one(
    measure: Annotated[Measure, to(Action.OPEN_RATING, queries.find_measure)],
    by: By,
    session: Writing,
    at: At,
    posted: PostedForm,
) -> Response:
    rounds.open_rating(session, measure, by=by, at=at)
    return go(f"/rating/calls/{measure.call_id}", _("The rating is open."))


@router.post("/measures/{id}/close")
def close_one(
    measure: Annotated[Measure, to(Action.CLOSE_RATING, queries.find_measure)],
    by: By,
    session: Writing,
    at: At,
    posted: PostedForm,
) -> Response:
    rounds.close_rating(session, measure, by=by, at=at)
    return go(f"/rating/calls/{measure.call_id}/ranking", _("The rating of this proposal is closed."))


@router.post("/measures/{id}/reopen")
def reopen(
    measure: Annotated[Measure, to(Action.REOPEN_RATING, queries.find_measure)],
    by: By,
    session: Writing,
    at: At,
    posted: PostedForm,
) -> Response:
    rounds.reopen_rating(session, measure, by=by, at=at, because=posted.text("because"))
    return go(f"/rating/calls/{measure.call_id}", _("A second round is open; the first one stays in the record."))


@router.get("/measures/{id}/answer")
def answer_page(
    request: Request, measure: Annotated[Measure, to(Action.ANSWER, queries.find_measure)], session: Reading
) -> Response:
    decision = standing.last_decision(session, measure.id)
    return page(request, "rating/answer.html", measure=measure, decision=decision, form=shown(forms.AnswerForm))


@router.post("/measures/{id}/answer")
def answer(
    request: Request, measure: Annotated[Measure, to(Action.ANSWER, queries.find_measure)], by: By, session: Writing, at: At,
    posted: PostedForm,
) -> Response:  # fmt: skip
    form = bind(forms.AnswerForm, posted)
    if not form.ok:
        decision = standing.last_decision(session, measure.id)
        return page(request, "rating/answer.html", 422, measure=measure, decision=decision, form=form)
    rounds.answer(session, measure, form.value.answer, by=by, at=at)
    return go(f"/cases/{measure.id}", _("Thank you. Your answers are with the committee."))


@router.get("/measures/{id}/promote")
def promote_page(
    request: Request,
    measure: Annotated[Measure, to(Action.PROMOTE, queries.find_measure)],
    by: By,
    session: Reading,
    at: At,
) -> Response:
    return _promote(
        request,
        measure,
        by,
        session,
        at,
        shown(forms.PromoteForm, {"amount": measure.requested}),
        reasons.why_not_promote(session, measure, by, at),
    )


@router.post("/measures/{id}/promote")
def promote(
    request: Request, measure: Annotated[Measure, to(Action.PROMOTE, queries.find_measure)], by: By, session: Writing, at: At,
    posted: PostedForm,
) -> Response:  # fmt: skip
    form = bind(forms.PromoteForm, posted, currency=measure.fund.currency, locale=language(request, by))
    if form.ok and (why := reasons.why_not_award(session, measure, form.value.amount, at)):
        form.errors["amount"] = " ".join(why)
    if not form.ok:
        return _promote(request, measure, by, session, at, form, [], 422)
    decisions.promote(session, measure, amount=form.value.amount, by=by, at=at)
    return go(f"/cases/{measure.id}", _("Promoted from the reserve list; the money is reserved."))


def _promote(
    request: Request,
    measure: Measure,
    by: Person,
    session: ReadSession,
    at: At,
    form: object,
    why: list[str],
    status: int = 200,
) -> Response:
    waiting = standing.reserve_list(session, measure.call_id or 0, visible_to=by)
    left = reasons.left(session, measure, measure.fund, on(at, measure.fund.zone))
    return page(request, "rating/promote.html", status, measure=measure, form=form, why=why, waiting=waiting, left=left)


@router.post("/measures/{id}/uphold")
def uphold(
    measure: Annotated[Measure, to(Action.UPHOLD, queries.find_measure)],
    by: By,
    session: Writing,
    at: At,
    posted: PostedForm,
) -> Response:
    decisions.uphold(session, measure, by=by, at=at, because=posted.text("because"))
    return go(f"/cases/{measure.id}", _("The complaint is upheld."))


@router.post("/measures/{id}/expire")
def expire(
    measure: Annotated[Measure, to(Action.EXPIRE, queries.find_measure)],
    by: By,
    session: Writing,
    at: At,
    posted: PostedForm,
) -> Response:
    decisions.expire_reserve(session, measure, by=by, at=at)
    return go(f"/cases/{measure.id}", _("The end of the reserve list is confirmed."))
