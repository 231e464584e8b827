"""Short texts: what the branch tells by telephone, and that it was told."""

from typing import Annotated

from fastapi import APIRouter, Request
from starlette.responses import Response

from fundapp.kit.i18n import gettext as _
from fundapp.kit.web.forms import PostedForm, bind
from fundapp.kit.web.pages import go, local, page
from fundapp.kit.web.route import Reading, Route, Writing
from fundapp.mail.models import Message
from fundapp.mail.queries import told_since
from fundapp.mail.service import not_told, told_by_phone
from fundapp.overview import forms, messages
from fundapp.people.access import At, By, allowed, to
from fundapp.people.models import Person
from fundapp.people.permissions import Action

router = APIRouter(prefix="/messages", route_class=Route)
AMessage = Annotated[Message, to(Action.TELL, messages.find)]


@router.get("")
def to_tell(
    request: Request, session: Reading, by: Annotated[Person, allowed(Action.TELL)], at: At, after: int = 0
) -> Response:
    gateway = bool(request.app.state.settings.sms_url)
    found = messages.waiting(session, by, before=told_since(at, gateway=gateway), after=after)
    more = f"/messages?after={found[-1].message.id}" if len(found) == messages.PAGE else None
    told = messages.told(session, by, at=at)
    return page(request, "overview/messages.html", found=found, told=told, more=more, gateway=gateway, at=at)


@router.post("/{id}/told")
def told(session: Writing, message: AMessage, posted: PostedForm, by: By, at: At) -> Response:
    told_by_phone(session, message, by=by, at=at)
    return go(_back(posted), _("Noted: told by phone."))


@router.post("/{id}/not-told")
def not_told_after_all(session: Writing, message: AMessage, posted: PostedForm, by: By, at: At) -> Response:
    not_told(session, message, by=by, at=at)
    return go(_back(posted), _("Taken back: it was not told."))


def _back(posted: PostedForm) -> str:
    form = bind(forms.TellForm, posted)
    return local(form.value.back if form.ok else "/messages")
