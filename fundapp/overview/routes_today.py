"""First pages: Today and its lists, a branch and its calls, notes in the rows; for applicants their measure and what they tell the branch."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from fundapp.funds.queries import with_figures
from fundapp.kit.database import ReadSession
from fundapp.kit.errors import NotFound
from fundapp.kit.i18n import gettext as _
from fundapp.kit.web.forms import Bound, PostedForm, bind, shown
from fundapp.kit.web.pages import go, local, page
from fundapp.kit.web.route import Reading, Route, Writing
from fundapp.mail.queries import told_since
from fundapp.measures import queries as measures
from fundapp.measures.models import Measure
from fundapp.overview import forms, mine, news
from fundapp.overview.rows import rows
from fundapp.overview.strip import Place, cells, find_place
from fundapp.overview.today import BLOCKS, SHOWN, of_branch, sentence, to_call, today
from fundapp.overview.turns import state
from fundapp.overview.upkeep import upkeep
from fundapp.people.access import Anyone, At, By, Visitor, allowed, to
from fundapp.people.models import Person
from fundapp.people.permissions import Action, Role, branches, holds, may
from fundapp.reminders import queries as reminders
from fundapp.reminders.models import Notice, Obligation
from fundapp.reminders.service import answered, note_contact, take_back, tell

router = APIRouter(route_class=Route)
ABranch = Annotated[Place, to(Action.READ_BRANCH, find_place)]
AnObligation = Annotated[Obligation, to(Action.NOTE_OBLIGATION, reminders.find)]
Mine = Annotated[Measure, to(Action.READ_CASE, mine.find)]
ToTell = Annotated[Measure, to(Action.ASK_BRANCH, mine.find)]
KINDS = {"changed": "changed", "call-me": "call_back"}


def _day(request: Request, at: datetime) -> date:
    day: date = at.astimezone(request.app.state.settings.zone).date()
    return day


def _untold(request: Request, at: datetime) -> datetime:
    return told_since(at, gateway=bool(request.app.state.settings.sms_url))


@router.get("/", dependencies=[Anyone])
def home(request: Request, session: Reading, visitor: Visitor, at: At) -> Response:
    """What this person has to do; for an applicant the running measure, else the proposals."""
    if visitor is None:
        return go("/calls")
    on = _day(request, at)
    if visitor.roles and not holds(visitor, *(set(Role) - {Role.APPLICANT})):
        return _applicant(request, session, visitor, on)
    found = today(session, visitor, on=on, untold=_untold(request, at))
    zone = request.app.state.settings.zone
    told = news.news(session, visitor, at=at, zone=zone) if holds(visitor, Role.AUDITOR) else None
    care = upkeep(session, at=at) if holds(visitor, Role.ADMIN) else None
    if care is not None:
        found.week.extend(care.work())
    parts, end = sentence(found, visitor, on, news.parts(told) if told else [])
    return page(
        request, "overview/today.html", today=found, parts=parts, end=end, on=on, shown=SHOWN, blocks=BLOCKS, state=state,
        funds=with_figures(session) if may(visitor, Action.READ_FUND) else [], news=told, heads=news.HEADS,
        counted=news.counted, upkeep=care, form=shown(forms.ContactForm),
    )  # fmt: skip


@router.get("/today/{block}")
def everything(request: Request, session: Reading, by: By, at: At, block: str) -> Response:
    """One list of Today as a whole."""
    on = _day(request, at)
    if block in news.HEADS and holds(by, Role.AUDITOR):
        found = news.news(session, by, at=at, zone=request.app.state.settings.zone)
        return page(request, "overview/news.html", news=found, head=block, heads=news.HEADS)
    if block not in BLOCKS:
        raise NotFound
    listed = today(session, by, on=on, untold=_untold(request, at)).block(block)
    return page(request, "overview/list.html", rows=listed, title=BLOCKS[block], on=on, form=shown(forms.ContactForm))


@router.get("/branches/{id}")
def branch(request: Request, session: Reading, place: ABranch, by: By, at: At) -> Response:
    """What is late or due this week in a branch."""
    on = _day(request, at)
    return page(
        request, "overview/branch.html", branch=place.branch, rows=of_branch(session, by, place.id, on=on), on=on,
        cell=cells(session, by, on=on, branch_id=place.id)[0], form=shown(forms.ContactForm),
    )  # fmt: skip


@router.get("/branches/{id}/calls")
def calls(request: Request, session: Reading, place: ABranch, by: By, at: At) -> Response:
    """Whom to call, to print."""
    on = _day(request, at)
    listed = to_call(of_branch(session, by, place.id, on=on), on)
    return page(request, "overview/calls.html", branch=place.branch, rows=listed, on=on)


@router.get("/calls-to-make")
def calls_to_make(session: Reading, by: Annotated[Person, allowed(Action.READ_BRANCH)]) -> Response:
    """The call list of one's own branch."""
    own = branches(by, own=True) or branches(by)
    return go(f"/branches/{min(own)}/calls" if own else "/")


@router.get("/obligations/{id}")
def obligation(request: Request, session: Reading, obligation: AnObligation, by: By, at: At) -> Response:
    """One row by itself, with its form."""
    return _row(request, session, obligation, by, at, shown(forms.ContactForm), 200)


@router.post("/obligations/{id}/contact")
def contact(
    request: Request, session: Writing, obligation: AnObligation, posted: PostedForm, by: By, at: At
) -> Response:
    """A call is noted, a promise, or with it that the matter is settled."""
    form = bind(forms.ContactForm, posted)
    _check(session, obligation, form, by, _day(request, at))
    if not form.ok:
        return _row(request, session, obligation, by, at, form, 422)
    said = form.value
    if said.spoken_to or said.note or said.promised:
        note_contact(
            session, obligation, by=by, at=at, spoken_to=said.spoken_to, note=said.note, promised=said.promised
        )
    if said.done:
        answered(session, obligation, by=by, at=at)
    if request.headers.get("hx-target") == f"o{obligation.id}":
        return _row(request, session, obligation, by, at, shown(forms.ContactForm), 200)
    return go(local(said.back), _("Settled.") if said.done else _("The call is noted."))


def _check(session: ReadSession, obligation: Obligation, form: Bound[forms.ContactForm], by: Person, on: date) -> None:
    """What the form itself cannot know."""
    if obligation.case_id is not None and measures.find(session, obligation.case_id, visible_to=by) is None:
        raise NotFound
    if not form.ok:
        return
    said = form.value
    if not (said.spoken_to or said.note or said.promised or said.done):
        form.errors["note"] = _("Say with whom you spoke, what was said, or what was promised.")
    if said.promised is not None and said.promised < on:
        form.errors["promised"] = _("This day has passed. A promise is for today or later.")


def _row(
    request: Request,
    session: ReadSession,
    obligation: Obligation,
    by: Person,
    at: datetime,
    form: Bound[Any],
    status: int,
) -> Response:
    """The row alone: as a fragment where it was sent from its own place, else as a page."""
    on = _day(request, at)
    found = rows(session, by, Obligation.id == obligation.id, on=on, every=True)
    back = local(str(form.values.get("back") or "/"))
    fragment = request.headers.get("hx-target") == f"o{obligation.id}"
    given = {"row": found[0] if found else None, "obligation": obligation, "on": on, "form": form, "back": back}
    return page(request, "overview/_row.html" if fragment else "overview/note.html", status, **given)


def _applicant(request: Request, session: ReadSession, person: Person, on: date) -> Response:
    running = mine.under_way(session, person)
    if not running:
        return go("/measures")
    if len(running) > 1:
        return page(request, "overview/mine-several.html", rows=mine.several(session, running, on=on))
    return _mine(request, session, running[0], on, shown(forms.NoticeForm), None, 200)


def _mine(
    request: Request, session: ReadSession, measure: Measure, on: date, form: Bound[Any], kind: str | None, status: int
) -> Response:
    found = mine.mine(session, measure, on=on)
    return page(request, "overview/mine.html", status, mine=found, measure=measure, form=form, kind=kind, on=on)


@router.get("/mine/{id}")
def my_measure(request: Request, session: Reading, measure: Mine, at: At) -> Response:
    """One of several measures."""
    if measure.status not in mine.UNDER_WAY:
        return go(f"/cases/{measure.id}")
    return _mine(request, session, measure, _day(request, at), shown(forms.NoticeForm), None, 200)


@router.post("/mine/{id}/{kind}")
def tell_branch(
    request: Request, session: Writing, measure: ToTell, kind: str, posted: PostedForm, by: By, at: At
) -> Response:
    """Something has changed, or call me back; it is noted at once."""
    if kind not in KINDS:
        raise NotFound
    form, on = bind(forms.NoticeForm, posted), _day(request, at)
    if form.ok and kind == "changed" and not form.value.words:
        form.errors["words"] = _("Please say in a few words what has changed.")
    if not form.ok:
        return _mine(request, session, measure, on, form, kind, 422)
    said = form.value
    tell(session, measure, KINDS[kind], words=said.words, phone=said.phone, key=said.key, by=by, at=at, on=on)
    return go(f"/mine/{measure.id}", _("Noted. The branch answers within two working days."))


@router.post("/notices/{id}/take-back")
def take_notice_back(
    session: Writing, notice: Annotated[Notice, to(Action.READ_CASE, reminders.find_notice)], by: By, at: At
) -> Response:
    """It is settled, or was a mistake."""
    take_back(session, notice, by=by, at=at)
    return go(f"/mine/{notice.case_id}", _("Taken back."))
