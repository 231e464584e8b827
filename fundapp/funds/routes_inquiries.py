"""Questions from the public: what waits for head office, answering it for all, setting aside what is no question."""

from typing import Annotated, Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from fundapp.funds import forms, inquiries, listing
from fundapp.funds.models import Call, Fund, Inquiry
from fundapp.kit.i18n import gettext as _
from fundapp.kit.web.forms import Bound, PostedForm, bind, shown
from fundapp.kit.web.pages import go, page
from fundapp.kit.web.route import Reading, Route, Writing
from fundapp.people.access import At, By, allowed, read_sensitive, to
from fundapp.people.models import Person
from fundapp.people.permissions import Action

router = APIRouter(prefix="/funds/inquiries", route_class=Route)
Office = Annotated[Person, allowed(Action.ANSWER_INQUIRY)]
Asked = Annotated[Inquiry, to(Action.ANSWER_INQUIRY, listing.find_inquiry)]


@router.get("")
def index(request: Request, session: Reading, by: Office, at: At, before: int = 0) -> Response:
    ended = listing.ended_inquiries(session, before or None, limit=51)
    return page(
        request, "funds/inquiries.html", waiting=listing.unanswered(session), ended=ended[:50], at=at,
        following=ended[49][0].id if len(ended) > 50 else None,
    )  # fmt: skip


@router.get("/{id}")
def inquiry_page(request: Request, session: Reading, inquiry: Asked, by: By, at: At) -> Response:
    if inquiry.name or inquiry.email or inquiry.phone:
        read_sensitive(session, inquiry, "who asked", by=by, at=at)
    form = shown(forms.AnswerForm, {"question": inquiry.question, "answer": inquiry.answer})
    return _inquiry(request, session, inquiry, form, 200)


def _inquiry(request: Request, session: Any, inquiry: Inquiry, form: Bound[Any], status: int) -> Response:
    call = session.get_one(Call, inquiry.call_id)
    fund = session.get_one(Fund, call.fund_id)
    return page(request, "funds/inquiry.html", status, inquiry=inquiry, call=call, fund=fund, form=form)


@router.post("/{id}/answer")
def answer(request: Request, session: Writing, posted: PostedForm, inquiry: Asked, by: By, at: At) -> Response:
    form = bind(forms.AnswerForm, posted)
    if not form.ok:
        return _inquiry(request, session, inquiry, form, 422)
    inquiries.answer(session, inquiry, question=form.value.question, words=form.value.answer, by=by, at=at)
    return go("/funds/inquiries", _("Question and answer stand on the page of the call."))


@router.post("/{id}/set-aside")
def set_aside(request: Request, session: Writing, posted: PostedForm, inquiry: Asked, by: By, at: At) -> Response:
    form = bind(forms.SetAsideForm, posted)
    if not form.ok:
        return _inquiry(request, session, inquiry, form, 422)
    inquiries.set_aside(session, inquiry, because=form.value.because, by=by, at=at)
    return go("/funds/inquiries", _("The question is set aside and will not be shown."))
