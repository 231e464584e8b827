"""Before the meeting: planning it, its agenda, invitations, papers for each member; or asking for answers in writing."""

from datetime import date, datetime
from typing import Annotated, TypedDict
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from starlette.responses import Response

from fundapp.funds.models import Call, Fund
from fundapp.kit import calendars, i18n
from fundapp.kit.database import ReadSession
from fundapp.kit.errors import NotFound, Refused
from fundapp.kit.i18n import gettext as _
from fundapp.kit.i18n import ngettext
from fundapp.kit.web.forms import Bound, PostedForm, bind, shown
from fundapp.kit.web.pages import go, language, page, send
from fundapp.kit.web.route import Reading, Route, Writing
from fundapp.people.access import At, By, allowed, to
from fundapp.people.models import Person
from fundapp.people.permissions import Action
from fundapp.rating import agenda, forms, inviting, moving, papers, queries, screen, sitting, standing, voting
from fundapp.rating.codes import GROUNDS
from fundapp.rating.models import Committee
from fundapp.rating.proceedings import AgendaItem, Meeting

router = APIRouter(prefix="/rating", route_class=Route)
Planner = Annotated[Person, allowed(Action.TYPE_MEETING)]
ACall = Annotated[Call, to(Action.TYPE_MEETING, queries.find_call)]
ToPlan = Annotated[Meeting, to(Action.TYPE_MEETING, standing.find_meeting)]
ToRead = Annotated[Meeting, to(Action.SEE_ROUND, standing.find_meeting)]
AnItem = Annotated[AgendaItem, to(Action.TYPE_MEETING, agenda.find_item)]


@router.get("/meetings/plan")
def plan_page(request: Request, call: int, by: Planner, session: Reading, committee: int | None = None) -> Response:
    wanted = queries.get_call(session, call, visible_to=by)
    scheme = queries.scheme_of(session, wanted.id)
    kept = {"way": "sitting", "committee": committee, "secret": "yes" if scheme and scheme.secret else ""}
    return _plan(request, wanted, session, shown(forms.PlanForm, kept))


@router.post("/calls/{id}/plan")
def plan(request: Request, call: ACall, by: By, session: Writing, at: At, posted: PostedForm) -> Response:
    form = bind(forms.PlanForm, posted)
    if not form.ok:
        return _plan(request, call, session, form, 422)
    try:
        made = inviting.plan(
            session, call, **_when(form.value, queries.fund_of(session, call)), place=form.value.place,
            secret=bool(form.value.secret), committee_id=form.value.committee, by=by, at=at,
        )  # fmt: skip
    except Refused as refused:
        form.errors[refused.field or "form"] = " ".join(refused.reasons)
        return _plan(request, call, session, form, 422)
    return go(f"/rating/meetings/{made.id}/agenda", _("Planned. Look over the agenda, then invite the members."))


@router.get("/meetings/{id}/agenda")
def agenda_page(request: Request, meeting: ToPlan, by: By, session: Reading) -> Response:
    return _agenda(request, meeting, by, session)


@router.post("/meetings/{id}/plan")
def put_off(request: Request, meeting: ToPlan, by: By, session: Writing, at: At, posted: PostedForm) -> Response:
    form = bind(forms.PlanForm, posted)
    if not form.ok:
        return _agenda(request, meeting, by, session, form, 422)
    inviting.put_off(
        session, meeting, **_when(form.value, _fund(session, meeting)), place=form.value.place,
        secret=bool(form.value.secret), version=form.value.version, by=by, at=at,
    )  # fmt: skip
    return go(f"/rating/meetings/{meeting.id}/agenda", _("Saved."))


@router.post("/meetings/{id}/agenda")
def put_all(meeting: ToPlan, by: By, session: Writing, at: At, posted: PostedForm) -> Response:
    """Everything that waits comes on the agenda, in the order of the ranking."""
    moving.unclosed(session, meeting, by)
    count = inviting.put_all(session, meeting, by=by, at=at)
    return go(
        f"/rating/meetings/{meeting.id}/agenda",
        ngettext("One proposal is new on the agenda.", "%(num)s proposals are new on the agenda.", count),
    )


@router.post("/meetings/{id}/put-back")
def put_back(meeting: ToPlan, by: By, session: Writing, at: At, posted: PostedForm) -> Response:
    form = bind(forms.LeaveOutForm, posted)
    measure = queries.find_measure(session, form.value.measure, visible_to=by) if form.ok else None
    if measure is None:
        raise NotFound
    inviting.put_back(session, meeting, measure, version=form.value.version, by=by, at=at)
    return go(f"/rating/meetings/{meeting.id}/agenda", _("It is on the agenda again."))


@router.post("/items/{id}/take-off")
def take_off(item: AnItem, by: By, session: Writing, at: At, posted: PostedForm) -> Response:
    meeting = session.get_one(Meeting, item.meeting_id)
    inviting.take_off(session, meeting, item, version=_order(posted).version, by=by, at=at)
    return go(f"/rating/meetings/{meeting.id}/agenda", _("It is off the agenda and waits for another meeting."))


@router.post("/items/{id}/move-to")
def move_to(item: AnItem, by: By, session: Writing, at: At, posted: PostedForm) -> Response:
    meeting, wanted = session.get_one(Meeting, item.meeting_id), _order(posted)
    inviting.move_to(session, meeting, item, wanted.no, version=wanted.version, by=by, at=at)
    return go(f"/rating/meetings/{meeting.id}/agenda")


@router.post("/meetings/{id}/invite")
def invite(meeting: ToPlan, by: By, session: Writing, at: At, posted: PostedForm) -> Response:
    count = inviting.invite(session, meeting, version=_order(posted).version, by=by, at=at)
    return go(
        f"/rating/meetings/{meeting.id}/agenda",
        ngettext("One member was written to.", "%(num)s members were written to.", count),
    )


@router.post("/meetings/{id}/count")
def count(meeting: ToPlan, by: By, session: Writing, at: At, posted: PostedForm) -> Response:
    voting.count_all(session, meeting, by=by, at=at)
    return go(f"/rating/meetings/{meeting.id}", _("All answers are counted."))


@router.get("/meetings/{id}/meeting.ics")
def event(request: Request, meeting: ToRead, session: Reading, at: At) -> Response:
    """The meeting for a calendar; in writing: the day until which to answer."""
    settings = request.app.state.settings
    data = calendars.calendar(settings.brand, "Meetings", [papers.event(session, meeting, settings.base_url)])
    return send(data, f"meeting-{meeting.id}.ics", "text/calendar; charset=utf-8")


@router.get("/meetings/{id}/papers")
def papers_of(request: Request, meeting: ToRead, by: By, session: Reading, at: At) -> Response:
    """One Word document with all that this member may read for the meeting."""
    with i18n.speaking(language(request, by)):
        data, name = papers.document(session, meeting, by, at=at)
    return send(data, name, papers.WORD)


class _When(TypedDict):
    starts_at: datetime | None
    answer_by: date | None


def _when(value: forms.PlanForm, fund: Fund) -> _When:
    """When the meeting begins, or until when it is answered in writing."""
    if value.way == "writing":
        return {"starts_at": None, "answer_by": value.day}
    if value.hour is None:
        raise Refused(_("Please say at what hour it begins."), field="hour")
    return {"starts_at": datetime.combine(value.day, value.hour, ZoneInfo(fund.zone)), "answer_by": None}


def _order(posted: PostedForm) -> forms.OrderForm:
    form = bind(forms.OrderForm, posted)
    if not form.ok:
        raise Refused(*form.errors.values())
    return form.value


def _fund(session: ReadSession, meeting: Meeting) -> Fund:
    return session.get_one(Fund, session.get_one(Call, meeting.call_id).fund_id)


def _plan(
    request: Request, call: Call, session: ReadSession, form: Bound[forms.PlanForm], status: int = 200
) -> Response:
    ids = sitting.committees_of_call(session, call.id)
    typed = str(form.values.get("committee") or "")
    chosen = int(typed) if typed.isdecimal() else ids[0] if ids else 0
    return page(
        request, "rating/plan.html", status, call=call, form=form, committees=[session.get_one(Committee, id) for id in ids],
        waiting=len(agenda.waiting(session, call.id, chosen)), fund=queries.fund_of(session, call),
        open_=[m for m in standing.meetings(session, call.id) if m.status == "open"],
    )  # fmt: skip


def _agenda(
    request: Request, meeting: Meeting, by: Person, session: ReadSession, form: Bound[forms.PlanForm] | None = None,
    status: int = 200,
) -> Response:  # fmt: skip
    call = session.get_one(Call, meeting.call_id)
    fund = session.get_one(Fund, call.fund_id)
    seen = screen.of_meeting(session, meeting, by)
    open_ = meeting.status == "open"
    there = {row.item.measure_id for row in seen.rows}
    off = agenda.waiting(session, call.id, meeting.committee_id) if open_ else []
    visible = {m.id for m in queries.of_call(session, call.id, ("rated",), visible_to=by)} if off else set()
    starts = meeting.starts_at.astimezone(ZoneInfo(fund.zone)) if meeting.starts_at else None
    kept = {
        "way": "writing" if meeting.written else "sitting", "day": meeting.held_on.isoformat(),
        "hour": f"{starts:%H:%M}" if starts else "10:00", "place": meeting.place, "version": meeting.version,
        "secret": "yes" if meeting.secret else "",
    }  # fmt: skip
    return page(
        request, "rating/agenda.html", status, meeting=meeting, call=call, fund=fund, seen=seen, committee=session.get_one(Committee, meeting.committee_id),
        off=[m for m in off if m.id not in there and m.id in visible], form=form or shown(forms.PlanForm, kept), starts=starts,
        motions={row.item.id: forms.moved(row) for row in seen.rows if row.measure is not None and meeting.written and open_},
        why_not_count=voting.why_not_count(session, meeting) if meeting.written and open_ else [], grounds=GROUNDS,
        marks={row.item.id: moving.mark_of(row.decision) for row in seen.rows},
    )  # fmt: skip
