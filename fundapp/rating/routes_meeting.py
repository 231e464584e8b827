"""The meeting: typed in by a manager or the chair, closed by the chair."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from fundapp.documents.queries import latest
from fundapp.funds.models import Call, Fund
from fundapp.history.service import subject_of
from fundapp.kit.database import ReadSession, WriteSession, undo
from fundapp.kit.dates import on
from fundapp.kit.errors import NotFound, Refused
from fundapp.kit.i18n import gettext as _
from fundapp.kit.web.forms import Bound, PostedForm, bind, shown
from fundapp.kit.web.pages import go, language, page
from fundapp.kit.web.route import Reading, Route, Writing
from fundapp.measures.models import Measure
from fundapp.people.access import At, By, allowed, to
from fundapp.people.models import Person
from fundapp.people.permissions import Action, may
from fundapp.rating import (
    agenda,
    figures,
    forms,
    letters,
    meetings,
    queries,
    quorum,
    ranking,
    sequel,
    sitting,
    standing,
)
from fundapp.rating.codes import DEPARTURES, GROUNDS
from fundapp.rating.models import Committee
from fundapp.rating.proceedings import AgendaItem, Meeting

router = APIRouter(prefix="/rating", route_class=Route)
Typist = Annotated[Person, allowed(Action.TYPE_MEETING)]
ACall = Annotated[Call, to(Action.TYPE_MEETING, queries.find_call)]
ToType = Annotated[Meeting, to(Action.TYPE_MEETING, standing.find_meeting)]
AT_ONCE = 5  # proposals that are decided on the page on which a meeting begins
ToClose = Annotated[Meeting, to(Action.CLOSE_MEETING, standing.find_meeting)]


@router.get("/measures/{id}/meeting")
def to_meeting(
    measure: Annotated[Measure, to(Action.TYPE_MEETING, queries.find_measure)], session: Reading
) -> Response:
    """To the meeting in which this measure is decided: the open one of its call, or a new one."""
    if measure.call_id is None:
        raise NotFound
    committee = sitting.committees_deciding(session, [measure]).get(measure.id)
    found = standing.open_meeting(session, measure.call_id, committee)
    if found is not None:
        return go(f"/rating/meetings/{found.id}#m{measure.id}")
    own = next(iter(sitting.committees_of_call(session, measure.call_id)), None)
    return go(f"/rating/meetings/new?call={measure.call_id}" + (f"&committee={committee}" if committee != own else ""))


@router.get("/meetings/new")
def new(request: Request, call: int, by: Typist, session: Reading, at: At, committee: int | None = None) -> Response:
    wanted = queries.get_call(session, call, visible_to=by)
    found = standing.open_meeting(session, wanted.id, committee or _own(session, wanted))
    if found is not None:
        return go(f"/rating/meetings/{found.id}")
    kept = {"held_on": _today(session, wanted, at), "committee": committee}
    return _new(request, wanted, by, session, at, shown(forms.MeetingForm, kept))


@router.post("/calls/{id}/meetings")
def hold(request: Request, call: ACall, by: By, session: Writing, at: At, posted: PostedForm) -> Response:
    """The meeting begins, or is recorded whole: its decisions too, and closed."""
    form = bind(forms.MeetingForm, posted)
    if form.values.get("act") == "close":
        return _whole(request, call, by, session, at, posted, form)
    if not form.ok:
        return _new(request, call, by, session, at, form, 422)
    made = meetings.hold(session, call, by=by, at=at, committee_id=form.value.committee, **_facts(form.value))
    return go(f"/rating/meetings/{made.id}", _("Now type in what was decided."))


def _whole(
    request: Request, call: Call, by: Person, session: WriteSession, at: At, posted: PostedForm,
    form: Bound[forms.MeetingForm],
) -> Response:  # fmt: skip
    fund = queries.fund_of(session, call)
    decided = forms.decisions(posted, form, currency=fund.currency, locale=language(request, by))
    if form.ok:
        items = [(_decided(session, by, value.measure), value.typed()) for value in decided]
        try:
            made = meetings.hold_and_close(
                session, call, items, by=by, at=at, countersign=form.value.countersign == "yes",
                committee_id=form.value.committee, **_facts(form.value),
            )  # fmt: skip
            return go(f"/rating/meetings/{made.id}", _("The meeting is closed; letters and minutes are being written."))
        except Refused as refused:
            undo(session)
            form.errors[refused.field or "form"] = " ".join(refused.reasons)
    return _new(request, call, by, session, at, form, 422)


@router.get("/meetings/{id}")
def read(request: Request, meeting: ToType, by: By, session: Reading, at: At) -> Response:
    return _meeting(request, meeting, by, session, at)


@router.post("/meetings/{id}")
def change(request: Request, meeting: ToType, by: By, session: Writing, at: At, posted: PostedForm) -> Response:
    form = bind(forms.MeetingForm, posted)
    if not form.ok:
        return _meeting(request, meeting, by, session, at, facts=form)
    facts = _facts(form.value) | ({"present": None} if meeting.began_at else {})  # then each is ticked by itself
    meetings.change_meeting(session, meeting, version=form.value.version, by=by, at=at, **facts)
    return go(f"/rating/meetings/{meeting.id}", _("Saved."))


@router.post("/meetings/{id}/decisions")
def decide(request: Request, meeting: ToType, by: By, session: Writing, at: At, posted: PostedForm) -> Response:
    fund = _fund(session, meeting)
    form = bind(forms.DecisionForm, posted, currency=fund.currency, locale=language(request, by))
    if form.ok and form.value.outcome == "approve" and not form.value.amount:
        form.errors["amount"] = _("Please write how much is given.")
    if not form.ok:
        return _meeting(request, meeting, by, session, at, typed=forms.placed(form, form.values.get("measure")))
    measure = _decided(session, by, form.value.measure)
    try:
        meetings.decide(session, meeting, measure, form.value.typed(), version=form.value.version, by=by, at=at)
        if form.value.act == "close":
            meetings.close_meeting(session, meeting, by=by, at=at, countersign=form.value.countersign == "yes")
            return go(
                f"/rating/meetings/{meeting.id}", _("The meeting is closed; letters and minutes are being written.")
            )
    except Refused as refused:
        if form.value.act != "close":
            raise
        undo(session)
        form.errors["form"] = " ".join(refused.reasons)
        return _meeting(request, meeting, by, session, at, typed=forms.placed(form, form.values.get("measure")))
    return go(
        f"/rating/meetings/{meeting.id}#m{measure.id}", _("Kept. It takes effect when the chair closes the meeting.")
    )


@router.post("/meetings/{id}/leave-out")
def leave_out(request: Request, meeting: ToType, by: By, session: Writing, at: At, posted: PostedForm) -> Response:
    form = bind(forms.LeaveOutForm, posted)
    if not form.ok:
        raise Refused(*form.errors.values())
    measure = _decided(session, by, form.value.measure)
    meetings.leave_out(session, meeting, measure, version=form.value.version, by=by, at=at)
    return go(f"/rating/meetings/{meeting.id}#m{measure.id}", _("This meeting does not decide on it."))


@router.post("/meetings/{id}/close")
def close(meeting: ToClose, by: By, session: Writing, at: At, posted: PostedForm) -> Response:
    meetings.close_meeting(session, meeting, by=by, at=at, countersign=posted.text("countersign") == "yes")
    return go(f"/rating/meetings/{meeting.id}", _("The meeting is closed; letters and minutes are being written."))


def _fund(session: ReadSession, meeting: Meeting) -> Fund:
    return session.get_one(Fund, session.get_one(Call, meeting.call_id).fund_id)


def _today(session: ReadSession, call: Call, at: At) -> str:
    return on(at, queries.fund_of(session, call).zone).isoformat()


def _decided(session: ReadSession, by: Person, id: int) -> Measure:
    measure = queries.find_measure(session, id, visible_to=by)
    if measure is None:
        raise NotFound
    return measure


def _facts(value: forms.MeetingForm) -> dict[str, Any]:
    return {
        "held_on": value.held_on,
        "place": value.place,
        "present": value.present,
        "began": value.began,
        "ended": value.ended,
    }


def _own(session: ReadSession, call: Call) -> int | None:
    return next(iter(sitting.committees_of_call(session, call.id)), None)


def _new(
    request: Request,
    call: Call,
    by: Person,
    session: ReadSession,
    at: At,
    form: Bound[forms.MeetingForm],
    status: int = 200,
) -> Response:
    """When and who; a chair may type in the decisions on a few proposals here and close at once."""
    typed = form.values.get("committee")
    committee = int(typed) if typed and str(typed).isdecimal() else _own(session, call)
    seats = sitting.members(session, committee) if committee else []
    chairs = may(by, Action.CLOSE_MEETING) and any(seat.chair and seat.person_id == by.id for seat in seats)
    mine = {measure.id for measure in agenda.waiting(session, call.id, committee)} if committee else set()
    rows = [row for row in ranking.of_call(session, call, visible_to=by, at=at).rows if row.measure.id in mine]
    if status == 200:
        form.values |= {f"items-{n}-amount": row.measure.requested for n, row in enumerate(rows)}
    return page(
        request, "rating/meeting_new.html", status, call=call, form=form, seats=seats, committee=committee,
        rated=len(mine), rows=rows if chairs and len(rows) <= AT_ONCE else [], fund=queries.fund_of(session, call),
        grounds=GROUNDS,
    )  # fmt: skip


def _meeting(
    request: Request,
    meeting: Meeting,
    by: Person,
    session: ReadSession,
    at: At,
    *,
    facts: Bound[forms.MeetingForm] | None = None,
    typed: Bound[forms.DecisionForm] | None = None,
) -> Response:
    """The whole meeting; a row that is closed to the reader by a conflict is left out and counted."""
    call = session.get_one(Call, meeting.call_id)
    fund = _fund(session, meeting)
    today = on(at, fund.zone)
    items = {item.measure.id: item for item in agenda.items_of(session, meeting, today)}
    order = agenda.items(session, meeting.id)
    rows = _rows(session, meeting, call, by, at, items, order)
    seats = sitting.members(session, meeting.committee_id)
    around = agenda.seats_of(session, meeting, [row.measure for row in rows])
    smallest = session.get_one(Committee, meeting.committee_id).smallest_quorum
    kept = {
        "held_on": meeting.held_on.isoformat(), "place": meeting.place, "began": meeting.began, "ended": meeting.ended,
        "present": meeting.present, "version": meeting.version,
    }  # fmt: skip
    open_ = meeting.status == "open"
    shown_ids = {row.measure.id for row in rows}
    theirs = [item for id, item in items.items() if id in shown_ids]
    return page(
        request, "rating/meeting.html", 422 if facts or typed else 200, meeting=meeting, call=call, fund=fund, rows=rows,
        items=items, around=around, needed={id: quorum.needed(s, smallest) for id, s in around.items()},
        voting={id: quorum.present(s) for id, s in around.items()}, seats=seats, order=order,
        people={seat.person_id: seat.person for seat in seats} | queries.people(session, _named(meeting, items)),
        facts=facts or shown(forms.MeetingForm, kept), typed=typed, forms_={row.measure.id: _decision_form(items.get(row.measure.id), row.measure) for row in rows},
        hidden=len(items) - len(theirs),
        money=figures.of_meeting(session, meeting, [(i.measure, i.decision) for i in theirs if agenda.carried(i.decision, i.item)], today) if open_ else None,
        why=_reasons(session, meeting, [i for id, i in items.items() if id not in shown_ids], today) if open_ else [],
        departing=agenda.departing(theirs) if open_ else [], chairs=meetings.closes(session, meeting, by),
        minutes=latest(session, letters.MINUTES_LETTER.name, subject_of(meeting)), words=letters.outcome_in_words,
        grounds=GROUNDS, departures=DEPARTURES, leads=may(by, Action.TYPE_MEETING),
        after=sequel.of_meeting(session, meeting, by),
    )  # fmt: skip


def _reasons(session: ReadSession, meeting: Meeting, closed: Sequence[agenda.Item], today: date) -> list[str]:
    """Why it cannot be closed yet; of items that a conflict closes to the reader no more than that they are not ready."""
    found = agenda.why_not_close(session, meeting, today)
    told = [reason for reason in found if not reason.startswith(tuple(f"{item.measure.number}: " for item in closed))]
    return told if len(told) == len(found) else [*told, _("An item that is closed to you is not ready yet.")]


def _rows(
    session: ReadSession, meeting: Meeting, call: Call, by: Person, at: At, items: Mapping[int, agenda.Item],
    order: Mapping[int, AgendaItem],
) -> list[ranking.Row]:  # fmt: skip
    """What is on the agenda, else everything that waits for this committee, and what is decided: in that order."""
    wanted = set(items) | set(order)
    if meeting.status == "open" and not order:
        wanted |= {measure.id for measure in agenda.waiting(session, call.id, meeting.committee_id)}
    rows = [row for row in ranking.of_call(session, call, visible_to=by, at=at).rows if row.measure.id in wanted]
    return sorted(rows, key=lambda row: order[row.measure.id].no if row.measure.id in order else len(order) + row.rank)


def _named(meeting: Meeting, items: Mapping[int, agenda.Item]) -> set[int]:
    """Persons named on the page who may have left the committee since."""
    found = {meeting.typed_by_id, *meeting.present, *([meeting.closed_by_id] if meeting.closed_by_id else [])}
    for item in items.values():
        found |= {
            *item.decision.left_room,
            *([item.decision.countersigned_by_id] if item.decision.countersigned_by_id else []),
        }
    return found


def _decision_form(item: agenda.Item | None, measure: Measure) -> Bound[forms.DecisionForm]:
    kept: dict[str, Any] = {"amount": measure.requested, "abstained": 0}
    if item is not None:
        d = item.decision
        kept = {
            "outcome": d.outcome, "yes": d.yes, "no": d.no, "abstained": d.abstained, "amount": d.amount, "conditions": d.conditions,
            "reasons": d.reasons, "arguments": d.arguments, "rule": d.rule, "deviation": d.deviation,
        }  # fmt: skip
    return forms.placed(shown(forms.DecisionForm, kept), measure.id)
