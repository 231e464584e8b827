"""The plain addresses: the case file, taking back, history, outbox, health. First pages stand in routes_today."""

import shutil
from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Request
from sqlalchemy import text
from starlette.responses import JSONResponse, Response

from fundapp.history import queries as history
from fundapp.kit.errors import NotFound, Refused
from fundapp.kit.i18n import gettext as _
from fundapp.kit.i18n import mark
from fundapp.kit.texts import BASE
from fundapp.kit.web.forms import PostedForm, bind, shown
from fundapp.kit.web.pages import go, page
from fundapp.kit.web.route import Reading, Route, Writing
from fundapp.mail import queries as mail
from fundapp.mail.models import Message
from fundapp.mail.service import stop
from fundapp.measures import queries as measures
from fundapp.measures.codes import TOPICS
from fundapp.measures.conflicts import closed_to
from fundapp.measures.models import Measure
from fundapp.overview import forms, messages, steps
from fundapp.overview.case import case, stopped, what_next
from fundapp.overview.settings import of_case
from fundapp.overview.telling import signed
from fundapp.overview.telling import told as wording
from fundapp.people import queries as people
from fundapp.people.access import Anyone, At, By, allowed, read_sensitive, to
from fundapp.people.models import Person
from fundapp.people.permissions import Action, Role, holds, may, own
from fundapp.reminders.jobs import alive

router = APIRouter(route_class=Route)
ACase = Annotated[Measure, to(Action.READ_CASE, measures.find)]


@router.get("/cases/{id}")
def case_file(request: Request, session: Reading, measure: ACase, by: By, at: At) -> Response:
    on = at.astimezone(request.app.state.settings.zone).date()
    found = case(session, measure, by, at=at, on=on)
    rules = None
    if found.contract is not None and not own(by, measure, reading=True):
        paid = [payment.policy for _part, payment in found.instalments if payment and payment.status == "paid"]
        rules = of_case(session, request.app.state.switches, measure.fund, found.contract.issued_at, paid)
    return page(
        request,
        "overview/case.html",
        topics=TOPICS,
        case=found,
        measure=measure,
        currency=measure.fund.currency,
        buttons=steps.buttons(session, measure, by, at),
        back=steps.back_button(session, measure, by, at),
        stopped=stopped(measure),
        own=own(by, measure, reading=True),
        soon=[row for row in found.open if row.due and (row.due - on).days <= 60],
        later=[row for row in found.open if row.due and (row.due - on).days > 60],
        form=shown(forms.ContactForm),
        next=what_next(found, by, on),
        rules=rules,
        manages=may(by, Action.ANSWER_COMPLAINT, measure),
        messages=messages.of_case(session, measure.id, by) if may(by, Action.TELL, measure) else [],
        at=at,
        on=on,
    )


@router.post("/cases/{id}/take-back")
def take_back(session: Writing, measure: ACase, posted: PostedForm, by: By, at: At) -> Response:
    form = bind(forms.BackForm, posted)
    if not form.ok:
        raise Refused(*form.errors.values())
    steps.take_back(session, measure, by=by, at=at, because=form.value.because)
    return go(f"/cases/{measure.id}", _("The step is taken back. Letters that were waiting have been stopped."))


@router.get("/history")
def whole_history(
    request: Request, session: Reading, by: Annotated[Person, allowed(Action.READ_HISTORY)], before: int | None = None
) -> Response:
    told = history.newest(session, before, without=closed_to(session, by.id))
    names = people.names(session, [id for one in told for id in (one.entry.by_id, one.entry.for_id)])
    return page(
        request,
        "overview/history.html",
        told=told,
        names=names,
        head=history.head(session),
        wording=wording,
        signed=signed,
    )


@router.get("/outbox")
def outbox(
    request: Request, session: Reading, by: Annotated[Person, allowed(Action.READ_OUTBOX)], before: int | None = None
) -> Response:
    found = mail.outbox(session, before=before, without=closed_to(session, by.id))
    smtp = bool(request.app.state.settings.smtp_url)
    texting, waiting = bool(request.app.state.settings.sms_url), mail.waiting(session)
    return page(request, "overview/outbox.html", found=found, smtp=smtp, texting=texting, waiting=waiting)


@router.get("/outbox/{id}")
def message(
    request: Request, session: Reading, message: Annotated[Message, to(Action.READ_OUTBOX, mail.find)], by: By, at: At
) -> Response:
    """A mail with a link or a code that signs somebody in is read by the administrator, and only where nothing could bring it."""
    if message.case_id in closed_to(session, by.id):
        raise NotFound
    settings = request.app.state.settings
    personal = message.kind.startswith("people/")
    brought = settings.sms_url if message.channel == "text" else settings.smtp_url
    readable = not personal or (holds(by, Role.ADMIN) and not brought)
    if personal and readable:
        read_sensitive(session, message, mark("personal link"), by=by, at=at)
    body = message.body.replace(BASE, settings.base_url.rstrip("/")) if readable else None
    return page(request, "overview/message.html", mail=message, body=body)


@router.post("/outbox/{id}/stop")
def stop_message(session: Writing, message: Annotated[Message, to(Action.READ_OUTBOX, mail.find)], at: At) -> Response:
    if message.sent_at is not None:
        raise Refused(_("This mail has gone out already."))
    if message.told_at is not None:
        raise Refused(_("This was told by phone already."))
    stop(session, message, at=at)
    return go("/outbox", _("The mail is stopped."))


@router.get("/styleguide", dependencies=[Anyone])
def styleguide(request: Request) -> Response:
    if not request.app.state.settings.demo:
        raise NotFound
    return page(request, "styleguide.html", on=date(2026, 11, 23))


@router.get("/healthz", dependencies=[Anyone])
def healthz(request: Request, session: Reading, at: At) -> Response:
    settings = request.app.state.settings
    session.execute(text("SELECT 1"))
    free = shutil.disk_usage(settings.home).free
    beating = request.app.state.heart.scheduler is None or alive(
        session, at, within=timedelta(seconds=4 * settings.beat_seconds + 60)
    )
    states = {"database": True, "heartbeat": beating, "disk": free > 100 * 1024 * 1024}
    return JSONResponse(states, 200 if all(states.values()) else 503)
