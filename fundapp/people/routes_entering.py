"""Coming in by a mailed link, or by a telephone number and its code; and a new e-mail address, confirmed by a link."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from fundapp.kit import i18n
from fundapp.kit.errors import Refused
from fundapp.kit.i18n import mark
from fundapp.kit.phones import dialled
from fundapp.kit.web.forms import PostedForm, bind, shown
from fundapp.kit.web.pages import go, local, page
from fundapp.kit.web.route import Reading, Route, Writing, prepared_by
from fundapp.people import entering, forms, members, passwords, queries
from fundapp.people.access import Anyone, At, address_of, let_in
from fundapp.people.models import FailedSignIn, Person
from fundapp.people.secrets import hashed, plain

router = APIRouter(prefix="/people", route_class=Route)
PAUSE = mark("Too many attempts. Please wait a quarter of an hour, or call your branch.")
WRONG = mark(
    "This number and code do not belong together, or the code is over. After five tries, or a day, ask for a new one."
)
NAME = mark("Please write your name.")


@router.get("/enter/{key}", dependencies=[Anyone])
def link_page(request: Request, session: Reading, key: str, at: At) -> Response:
    return _link(request, session, key, at, shown(forms.NameForm), 200)


def _link(request: Request, session: Any, key: str, at: Any, form: Any, status: int) -> Response:
    link = queries.find_entry(session, key, at)
    who = queries.find_by_email(session, link.address) if link else None
    return page(
        request, "people/enter.html", status if link else 410, form=form, link=link, who=who, key=key,
        url=local(link.next_url) if link else "/",
    )  # fmt: skip


@router.post("/enter/{key}", dependencies=[Anyone])
def use_link(request: Request, session: Writing, posted: PostedForm, key: str, at: At) -> Response:
    form = bind(forms.NameForm, posted)
    link = queries.find_entry(session, key, at)
    if link is None:
        return _link(request, session, key, at, form, 410)
    if queries.find_by_email(session, link.address) is None and form.ok and not form.value.given_name:
        form.errors["given_name"] = i18n.gettext(NAME)
    if not form.ok:
        return _link(request, session, key, at, form, 422)
    person, url = entering.enter_by_link(
        session, key, given_name=form.value.given_name, family_name=form.value.family_name,
        language=i18n.LANGUAGE.get(), at=at,
    )  # fmt: skip
    return _in(request, session, person, url, at)


def _in(request: Request, session: Any, person: Person, url: str, at: Any) -> Response:
    """Where they wanted to go, or where an invitation waits for their answer."""
    asked = local(url) == "/" and members.invitations(session, members.known(session, person))
    where = "/people/account/organisation" if asked else local(url)
    return let_in(request, session, person, where, at, i18n.gettext("You are signed in."), light=True)


@router.get("/code", dependencies=[Anyone])
def code_page(request: Request, next: str = "/", number: str = "") -> Response:
    return _code(request, shown(forms.CodeForm, {"next": local(next), "number": number[:40]}), 200)


def _code(request: Request, form: Any, status: int, *, new: bool = False) -> Response:
    texts = bool(request.app.state.settings.sms_url)
    return page(request, "people/code.html", status, form=form, texts=texts, new=new)


def _right(request: Request, form: FormData) -> int | None:
    """The id of the open code that fits; takes as long for a number that nobody has."""
    number, typed = dialled(str(form.get("number", ""))[:60]), plain(str(form.get("code", ""))[:40])
    with request.app.state.database.reading() as session:
        open_ = {code.id: code.code_hash for code in queries.open_codes(session, number, request.state.at)}
    if not open_:
        passwords.matches(None, typed)
    return next((id for id, kept in open_.items() if passwords.matches(kept, typed)), None)


@router.post("/code", dependencies=[Anyone])
@prepared_by(_right)
def use_code(request: Request, session: Writing, posted: PostedForm, at: At) -> Response:
    form = bind(forms.CodeForm, posted)
    if not form.ok:
        return _code(request, form, 422)
    number = dialled(form.value.number)
    account, network = hashed(f"code:{number}"), hashed(f"code:{address_of(request)}")
    paused = queries.too_many_failures(session, account, network, at, most=entering.PER_NUMBER)
    code = None if paused else entering.find_code(session, number, request.state.prepared, at=at)
    if code is None:
        session.add(FailedSignIn(account=account, address=network, at=at))
        form.errors["form"] = i18n.gettext(PAUSE if paused else WRONG)
        return _code(request, form, 422)
    try:
        if entering.whose(session, code) is None and not form.value.given_name:
            if "given_name" in posted.fields():
                form.errors["given_name"] = i18n.gettext(NAME)
            return _code(request, form, 422 if form.errors else 200, new=True)
        person = entering.enter_by_code(
            session, code, given_name=form.value.given_name, family_name=form.value.family_name,
            language=i18n.LANGUAGE.get(), at=at,
        )  # fmt: skip
    except Refused as refused:
        form.errors["form"] = str(refused)
        return _code(request, form, 422)
    return _in(request, session, person, form.value.next, at)


@router.get("/address/{key}", dependencies=[Anyone])
def address_page(request: Request, session: Reading, key: str, at: At) -> Response:
    link = queries.find_link(session, hashed(key), "address", at)
    return page(request, "people/address.html", 200 if link else 410, link=link, key=key)


@router.post("/address/{key}", dependencies=[Anyone])
def confirm_address(request: Request, session: Writing, key: str, at: At) -> Response:
    if queries.find_link(session, hashed(key), "address", at) is None:
        return page(request, "people/address.html", 410, link=None, key=key)
    here = queries.find_sign_in(session, hashed(request.cookies.get(request.app.state.cookie, "")))
    entering.confirm_address(session, key, keep=here.id if here else None, at=at)
    return go("/people/account", i18n.gettext("Your new e-mail address holds."))
