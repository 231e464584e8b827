"""Signing in: the one field for a telephone number or an e-mail address, and passwords for who has one."""

from functools import partial
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from fundapp.history.service import note, record
from fundapp.kit import i18n
from fundapp.kit.database import WriteSession
from fundapp.kit.errors import NotFound
from fundapp.kit.i18n import mark
from fundapp.kit.web.forms import Posted, PostedForm, bind, shown
from fundapp.kit.web.pages import go, local, page
from fundapp.kit.web.route import Reading, Route, Writing, prepared_by
from fundapp.mail.service import queue
from fundapp.people import entering, forms, passwords, queries, service
from fundapp.people.access import Anyone, At, Visitor, address_of, let_in
from fundapp.people.models import FailedSignIn, Person
from fundapp.people.secrets import hashed, new_code

router = APIRouter(prefix="/people", route_class=Route)
PURPOSES = {"reset", "invite"}
WRONG = mark("This e-mail address and password do not belong together. Please try again, or ask for a new password.")
PAUSE = mark("Too many attempts. Please wait a quarter of an hour, or ask for a new password.")
OFTEN = mark("This was asked for several times. Please wait a quarter of an hour, or call your branch.")
NEITHER = mark("“%(typed)s” is no e-mail address and no telephone number. Write 9911 2233 or name@example.org.")


def _verify(request: Request, form: FormData) -> bool:
    with request.app.state.database.reading() as session:
        person = queries.find_by_email(session, Posted(form, {}).text("email"))
        kept = person.password_hash if person and person.active else None
    return passwords.matches(kept, str(form.get("password", ""))[:500])


def _hash(request: Request, form: FormData) -> str:
    return passwords.hash_password(str(form.get("password", ""))[:500])


@router.get("/sign-in", dependencies=[Anyone])
def sign_in_page(request: Request, session: Reading, visitor: Visitor, next: str = "/", how: str = "") -> Response:
    if visitor is not None:
        return go(local(next))
    return _sign_in(request, session, shown(forms.SignInForm, {"next": local(next)}), 200, password=how == "password")


def _sign_in(request: Request, session: Any, form: Any, status: int, *, password: bool = False) -> Response:
    """The field for everybody; the password's unfolded for `password`, and where somebody was signed in who has one."""
    invented = queries.invented(session) if request.app.state.settings.demo else []
    key = request.cookies.get(request.app.state.cookie)
    password = password or bool(key and queries.had_password(session, hashed(key)))
    return page(request, "people/sign-in.html", status, form=form, invented=invented, password=password)


def _new_code(request: Request, form: FormData) -> tuple[str, str]:
    """A code and its hash, made before the transaction for every number, known or not; for addresses none is needed."""
    if not request.app.state.settings.sms_url or "@" in str(form.get("address", "")):
        return "", ""
    code = new_code()
    return code, passwords.hash_password(code)


@router.post("/sign-in/begin", dependencies=[Anyone])
@prepared_by(_new_code)
def begin(request: Request, session: Writing, posted: PostedForm, at: At) -> Response:
    """The same answer, and as much work, for addresses and numbers that are known and that are not."""
    form = bind(forms.BeginForm, posted)
    found = forms.reach(form.value.address) if form.ok else None
    if found is None:
        form.errors.setdefault("address", i18n.gettext(NEITHER, typed=posted.text("address")[:60]))
        return _sign_in(request, session, form, 422)
    how, where = found
    url, texts = local(form.value.next), bool(request.app.state.settings.sms_url)
    asks = how == "email" or texts
    if asks and entering.asks_too_often(session, how, where, address_of(request), at=at):
        form.errors["form"] = i18n.gettext(OFTEN)
        return _sign_in(request, session, form, 422)
    if how == "email":
        entering.mail_link(session, where, next_url=url, language=i18n.LANGUAGE.get(), at=at)
        return page(request, "people/enter-sent.html", address=where, next=url)
    if texts:
        code, code_hash = request.state.prepared
        entering.text_code(session, where, code, code_hash, language=i18n.LANGUAGE.get(), at=at)
    code_form = shown(forms.CodeForm, {"number": form.value.address, "next": url})
    return page(request, "people/code.html", form=code_form, texts=texts, new=False)


@router.post("/sign-in", dependencies=[Anyone])
@prepared_by(_verify)
def sign_in(request: Request, session: Writing, posted: PostedForm, at: At) -> Response:
    form = bind(forms.SignInForm, posted)
    if not form.ok:
        return _sign_in(request, session, form, 422, password=True)
    account, address = hashed(form.value.email.lower()), address_of(request)
    person = queries.find_by_email(session, form.value.email)
    paused = queries.too_many_failures(session, account, address, at)
    if paused or not request.state.prepared or person is None or not person.active:
        note(session, partial(_failed, account, address, at))
        form.errors["form"] = i18n.gettext(PAUSE if paused else WRONG)
        return _sign_in(request, session, form, 422, password=True)
    return let_in(request, session, person, local(form.value.next), at)


def _failed(account: str, address: str, at: Any, session: WriteSession) -> None:
    session.add(FailedSignIn(account=account, address=address, at=at))


@router.post("/sign-in/as/{id}", dependencies=[Anyone])
def sign_in_as(request: Request, session: Writing, id: int, at: At) -> Response:
    """One click in the demonstration; only invented people, and only there."""
    person = session.get(Person, id) if request.app.state.settings.demo else None
    if person is None or not person.invented or not person.active:
        raise NotFound
    person.language = i18n.LANGUAGE.get()  # as the page was read on which this person was chosen
    return let_in(request, session, person, "/", at)


@router.post("/sign-out", dependencies=[Anyone])
def sign_out(request: Request, session: Writing, visitor: Visitor, at: At) -> Response:
    if visitor is not None:
        found = queries.find_sign_in(session, hashed(request.cookies[request.app.state.cookie]))
        if found is not None:
            found.ended_at = at
            record(session, "people.sign_out", visitor, by=visitor, at=at)
    answer = go("/")
    answer.delete_cookie(request.app.state.cookie, path="/", secure=request.app.state.settings.secure, httponly=True)
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


@router.get("/forgotten", dependencies=[Anyone])
def forgotten_page(request: Request) -> Response:
    return page(request, "people/forgotten.html", form=shown(forms.EmailForm), sent=False)


@router.post("/forgotten", dependencies=[Anyone])
def forgotten(request: Request, session: Writing, posted: PostedForm, at: At) -> Response:
    form = bind(forms.EmailForm, posted)
    if not form.ok:
        return page(request, "people/forgotten.html", 422, form=form, sent=False)
    person = queries.find_by_email(session, form.value.email)
    if person is not None and person.active and not queries.recent_link(session, person.id, "reset", at):
        key = service.make_link(session, "reset", person, lasts=service.RESET, at=at)
        queue(session, "people/reset", person, key=f"reset:{hashed(key)[:16]}", at=at, link=f"/people/link/reset/{key}")
    return page(request, "people/forgotten.html", form=form, sent=True)


@router.get("/link/{purpose}/{key}", dependencies=[Anyone])
def link_page(request: Request, session: Reading, purpose: str, key: str, at: At) -> Response:
    return _link(request, session, purpose, key, at, shown(forms.PasswordForm), 200)


def _link(request: Request, session: Any, purpose: str, key: str, at: Any, form: Any, status: int) -> Response:
    link = queries.find_link(session, hashed(key), purpose, at) if purpose in PURPOSES else None
    who = session.get(Person, link.person_id) if link and link.person_id else None
    return page(request, "people/link.html", status if who else 410, form=form, who=who, purpose=purpose, key=key)


@router.post("/link/{purpose}/{key}", dependencies=[Anyone])
@prepared_by(_hash)
def use_link(request: Request, session: Writing, posted: PostedForm, purpose: str, key: str, at: At) -> Response:
    form = bind(forms.PasswordForm, posted)
    link = queries.find_link(session, hashed(key), purpose, at) if purpose in PURPOSES else None
    if link is None or link.person_id is None:
        return _link(request, session, purpose, key, at, form, 410)
    person = session.get_one(Person, link.person_id)
    _check(form, person.email or "", person.given_name)
    if not form.ok:
        return _link(request, session, purpose, key, at, form, 422)
    service.use_link(session, key, purpose, at=at)
    service.set_password(session, person, request.state.prepared, at=at)
    return let_in(request, session, person, local(link.next_url or "/"), at, i18n.gettext("Your password is set."))


def _check(form: Any, *known: str) -> None:
    if "password" not in form.errors:
        why = passwords.why_not(form.value.password if form.ok else "", *known)
        if why:
            form.errors["password"] = why


@router.get("/first/{key}", dependencies=[Anyone])
def first_page(request: Request, session: Reading, key: str, at: At) -> Response:
    if queries.find_link(session, hashed(key), "first_administrator", at) is None:
        raise NotFound
    return page(request, "people/first.html", form=shown(forms.FirstForm), key=key)


@router.post("/first/{key}", dependencies=[Anyone])
@prepared_by(_hash)
def first(request: Request, session: Writing, posted: PostedForm, key: str, at: At) -> Response:
    if queries.find_link(session, hashed(key), "first_administrator", at) is None:
        raise NotFound
    form = bind(forms.FirstForm, posted)
    _check(form, str(form.values.get("email", "")))
    if not form.ok:
        return page(request, "people/first.html", 422, form=form, key=key)
    service.use_link(session, key, "first_administrator", at=at)
    person = service.first_administrator(
        session, form.value.given_name, form.value.family_name, form.value.email, at=at
    )
    person.password_hash = request.state.prepared
    return let_in(
        request, session, person, "/start", at, i18n.gettext("Welcome. You are the administrator of this fund.")
    )


@router.get("/register", dependencies=[Anyone])
def register(next: str = "/") -> Response:
    """An older address of the same."""
    return go(f"/people/sign-in?next={quote(local(next))}")
