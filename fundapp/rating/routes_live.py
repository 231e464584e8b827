"""The meeting on the day: led from one screen, shown on the wall, followed and voted in on the members' own."""

from typing import Annotated, Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from fundapp.funds.models import Call, Fund
from fundapp.kit.database import ReadSession
from fundapp.kit.dates import on
from fundapp.kit.errors import NotFound, Refused
from fundapp.kit.i18n import gettext as _
from fundapp.kit.web.forms import Bound, PostedForm, bind, shown
from fundapp.kit.web.pages import fresh, go, language, page
from fundapp.kit.web.route import Reading, Route, Writing
from fundapp.people.access import At, By, to
from fundapp.people.models import Person
from fundapp.people.permissions import Action
from fundapp.rating import agenda, figures, forms, moving, running, screen, standing, voting
from fundapp.rating.codes import DEPARTURES, GROUNDS, OUTCOMES
from fundapp.rating.proceedings import AgendaItem, Meeting

router = APIRouter(prefix="/rating", route_class=Route)
ToLead = Annotated[Meeting, to(Action.TYPE_MEETING, standing.find_meeting)]
ToFollow = Annotated[Meeting, to(Action.SEE_ROUND, screen.find_meeting)]
ToAttend = Annotated[Meeting, to(Action.VOTE, standing.find_meeting)]
AnItem = Annotated[AgendaItem, to(Action.TYPE_MEETING, agenda.find_item)]
ToVote = Annotated[AgendaItem, to(Action.VOTE, agenda.find_item)]
ToSign = Annotated[AgendaItem, to(Action.COUNTERSIGN, agenda.find_item)]


# For members, on their own


@router.get("/meetings/{id}/live")
def live(request: Request, meeting: ToFollow, by: By, session: Reading) -> Response:
    return page(request, "rating/live.html", **_live(meeting, by, session))


@router.get("/meetings/{id}/live/now")
def live_now(request: Request, meeting: ToFollow, by: By, session: Reading) -> Response:
    """What is asked for every two seconds; 304 when it is as the browser has it."""
    answer = page(request, "rating/_live.html", **_live(meeting, by, session))
    return fresh(request, answer, by.id, meeting.id)


@router.post("/meetings/{id}/come")
def come(request: Request, meeting: ToAttend, by: By, session: Writing, at: At, posted: PostedForm) -> Response:
    running.come(session, meeting, by=by, at=at)
    return _after(request, meeting, by, session)


@router.post("/items/{id}/vote")
def vote(request: Request, item: ToVote, by: By, session: Writing, at: At, posted: PostedForm) -> Response:
    form = bind(forms.VoteForm, posted)
    if not form.ok:
        raise Refused(*form.errors.values())
    voting.vote(session, item, form.value.choice, note=form.value.note, by=by, at=at)
    return _after(request, session.get_one(Meeting, item.meeting_id), by, session)


def _after(request: Request, meeting: Meeting, by: Person, session: ReadSession) -> Response:
    if request.headers.get("hx-request") == "true" and not meeting.written:
        return page(request, "rating/_live.html", **_live(meeting, by, session))
    return go(f"/rating/meetings/{meeting.id}/live", _("Your answer is kept.") if meeting.written else "")


def _live(meeting: Meeting, by: Person, session: ReadSession) -> dict[str, Any]:
    seen, currency = screen.of_meeting(session, meeting, by), _fund(session, meeting).currency
    return {"meeting": meeting, "seen": seen, "outcomes": OUTCOMES, "grounds": GROUNDS, "currency": currency}


# On the wall


@router.get("/meetings/{id}/screen")
def wall(request: Request, meeting: ToLead, by: By, session: Reading, at: At) -> Response:
    return page(request, "rating/screen.html", **_wall(meeting, by, session, at))


@router.get("/meetings/{id}/screen/now")
def wall_now(request: Request, meeting: ToLead, by: By, session: Reading, at: At) -> Response:
    answer = page(request, "rating/_screen.html", **_wall(meeting, by, session, at))
    return fresh(request, answer, by.id, meeting.id)


def _wall(meeting: Meeting, by: Person, session: ReadSession, at: At) -> dict[str, Any]:
    found = _live(meeting, by, session)
    today = on(at, _fund(session, meeting).zone)
    return found | {"money": figures.of_meeting(session, meeting, _decided(found["seen"]), today)}


# For who leads it


@router.post("/meetings/{id}/begin")
def begin(meeting: ToLead, by: By, session: Writing, at: At, posted: PostedForm) -> Response:
    running.begin(session, meeting, by=by, at=at)
    return go(
        f"/rating/meetings/{meeting.id}/run",
        _("The meeting has begun. Members say on their own screens that they are here."),
    )


@router.get("/meetings/{id}/run")
def run(request: Request, meeting: ToLead, by: By, session: Reading, at: At) -> Response:
    return page(request, "rating/run.html", **_run(meeting, by, session, at))


@router.get("/meetings/{id}/run/now")
def run_now(request: Request, meeting: ToLead, by: By, session: Reading, at: At, item: int = 0) -> Response:
    """`item`: the one on the leader's page, which another leader may have left meanwhile."""
    answer = page(request, "rating/_run.html", **_run(meeting, by, session, at, page_item=item))
    return fresh(request, answer, by.id, meeting.id)


@router.post("/meetings/{id}/call-up")
def call_up(meeting: ToLead, by: By, session: Writing, at: At, posted: PostedForm) -> Response:
    found = session.get(AgendaItem, int(posted.text("item", "0")) if posted.text("item").isdecimal() else 0)
    if found is None:
        raise NotFound
    running.call_up(session, meeting, found, by=by, at=at)
    return go(f"/rating/meetings/{meeting.id}/run")


@router.post("/meetings/{id}/tick")
def tick(meeting: ToLead, by: By, session: Writing, at: At, posted: PostedForm) -> Response:
    form = bind(forms.AttendForm, posted)
    if not form.ok:
        raise Refused(*form.errors.values())
    running.tick(session, meeting, form.value.person, there=form.value.there == "yes", by=by, at=at)
    return go(f"/rating/meetings/{meeting.id}/run#present")


@router.post("/items/{id}/motion")
def motion(request: Request, item: AnItem, by: By, session: Writing, at: At, posted: PostedForm) -> Response:
    meeting = session.get_one(Meeting, item.meeting_id)
    form = bind(forms.MotionForm, posted, currency=_fund(session, meeting).currency, locale=language(request, by))
    if form.ok and form.value.outcome == "approve" and not form.value.amount:
        form.errors["amount"] = _("Please write how much is given.")
    if not form.ok:
        return page(request, "rating/run.html", 422, **_run(meeting, by, session, at, form=form, page_item=item.id))
    moving.move(session, meeting, item, form.value.typed(), seen=form.value.seen, by=by, at=at)
    return _back(meeting, item, _("The motion is put."))


@router.post("/items/{id}/open-vote")
def open_vote(item: AnItem, by: By, session: Writing, at: At, posted: PostedForm) -> Response:
    meeting = session.get_one(Meeting, item.meeting_id)
    voting.open_vote(session, meeting, item, by=by, at=at)
    return _back(meeting, item, _("The vote is open."))


@router.post("/items/{id}/close-vote")
def close_vote(item: AnItem, by: By, session: Writing, at: At, posted: PostedForm) -> Response:
    meeting = session.get_one(Meeting, item.meeting_id)
    voting.close_vote(session, meeting, item, by=by, at=at)
    return _back(meeting, item, _("The vote is closed and counted."))


@router.post("/items/{id}/break-tie")
def break_tie(item: AnItem, by: By, session: Writing, at: At, posted: PostedForm) -> Response:
    meeting = session.get_one(Meeting, item.meeting_id)
    voting.break_tie(session, meeting, item, posted.text("choice"), by=by, at=at)
    return _back(meeting, item, _("The tie is broken."))


@router.post("/items/{id}/countersign")
def countersign(item: ToSign, by: By, session: Writing, at: At, posted: PostedForm) -> Response:
    meeting = session.get_one(Meeting, item.meeting_id)
    voting.countersign(session, meeting, item, by=by, at=at)
    return _back(meeting, item, _("Countersigned."))


def _back(meeting: Meeting, item: AgendaItem, say: str) -> Response:
    if meeting.written:
        return go(f"/rating/meetings/{meeting.id}/agenda#i{item.id}", say)
    return go(f"/rating/meetings/{meeting.id}/run", say)


def _run(
    meeting: Meeting,
    by: Person,
    session: ReadSession,
    at: At,
    *,
    form: Bound[forms.MotionForm] | None = None,
    page_item: int = 0,
) -> dict[str, Any]:
    seen, fund = screen.of_meeting(session, meeting, by, page_item if form else None), _fund(session, meeting)
    today, row = on(at, fund.zone), seen.row
    departs: dict[int, tuple[str, ...]] = {}
    if row is not None and row.decision is not None:
        departs = {item.measure.id: item.departs for item in agenda.items_of(session, meeting, today)}
    later = [r for r in seen.rows if row is not None and r.item.no > row.item.no]
    return {
        "meeting": meeting, "call": session.get_one(Call, meeting.call_id), "seen": seen, "page_item": page_item,
        "currency": fund.currency, "money": figures.of_meeting(session, meeting, _decided(seen), today), "grounds": GROUNDS,
        "departs": departs.get(row.item.measure_id, ()) if row else (), "departures": DEPARTURES, "outcomes": OUTCOMES,
        "form": form or (forms.moved(row) if row and not row.closed else shown(forms.MotionForm)), "mark": moving.mark_of(row.decision if row else None),
        "next_": next((r for r in later if r.state in ("waits", "motion", "closed")), later[0] if later else None),
        "names": {seat.person_id: seat.person for seat in seen.members},
    }  # fmt: skip


def _decided(seen: screen.Screen) -> list[figures.Decided]:
    return [(row.measure, row.decision) for row in seen.rows if row.measure and row.decision and row.carried]


def _fund(session: ReadSession, meeting: Meeting) -> Fund:
    return session.get_one(Fund, session.get_one(Call, meeting.call_id).fund_id)
