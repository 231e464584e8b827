"""Signing in, one's own account, and registering."""

from functools import partial
from typing import Any

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from fundapp.history.service import note, record
from fundapp.kit import i18n
from fundapp.kit.database import WriteSession
from fundapp.kit.errors import NotFound, Refused
from fundapp.kit.i18n import mark
from fundapp.kit.web.forms import Posted, PostedForm, bind, shown
from fundapp.kit.web.pages import go, local, page
from fundapp.kit.web.route import Reading, Route, Writing, prepared_by
from fundapp.mail.service import queue
from fundapp.people import deputies, forms, passwords, queries, service
from fundapp.people.access import Anyone, At, By, Visitor
from fundapp.people.models import FailedSignIn, Person
from fundapp.people.permissions import Role
from fundapp.people.secrets import hashed

router = APIRouter(prefix="/people", route_class=Route)
PURPOSES = {"reset", "invite", "confirm"}
WRONG = mark("This e-mail address and password do not belong together. Please try again, or ask for a new password.")
PAUSE = mark("Too many attempts. Please wait a quarter of an hour, or ask for a new password.")


def _verify(request: Request, form: FormData) -> bool:
    with request.app.state.database.reading() as session:
        person = queries.find_by_email(session, Posted(form, {}).text("email"))
        kept = person.password_hash if person and person.active else None
    return passwords.matches(kept, str(form.get("password", ""))[:500])


def _hash(request: Request, form: FormData) -> str:
    return passwords.hash_password(str(form.get("password", ""))[:500])


def _verify_and_hash(request: Request, form: FormData) -> tuple[bool, str]:
    with request.app.state.database.reading() as session:
        found = session.get(Person, _person_id(request, session))
        kept = found.password_hash if found else None
    return passwords.matches(kept, str(form.get("current", ""))[:500]), _hash(request, form)


def _person_id(request: Request, session: Any) -> int:
    sign_in = queries.find_sign_in(session, hashed(request.cookies.get(request.app.state.cookie, "")))
    return sign_in.person_id if sign_in else 0


def _address(request: Request) -> str:
    return hashed(request.client.host if request.client else "")


@router.get("/sign-in", dependencies=[Anyone])
def sign_in_page(request: Request, session: Reading, visitor: Visitor, next: str = "/") -> Response:
    if visitor is not None:
        return go(local(next))
    return _sign_in(request, session, shown(forms.SignInForm, {"next": local(next)}), 200)


def _sign_in(request: Request, session: Any, form: Any, status: int) -> Response:
    invented = queries.invented(session) if request.app.state.settings.demo else []
    return page(request, "people/sign-in.html", status, form=form, invented=invented)


@router.post("/sign-in", dependencies=[Anyone])
@prepared_by(_verify)
def sign_in(request: Request, session: Writing, posted: PostedForm, at: At) -> Response:
    form = bind(forms.SignInForm, posted)
    if not form.ok:
        return _sign_in(request, session, form, 422)
    account, address = hashed(form.value.email.lower()), _address(request)
    person = queries.find_by_email(session, form.value.email)
    paused = queries.too_many_failures(session, account, address, at)
    if paused or not request.state.prepared or person is None or not person.active:
        note(session, partial(_failed, account, address, at))
        form.errors["form"] = PAUSE if paused else WRONG
        return _sign_in(request, session, form, 422)
    return _signed_in(request, session, person, local(form.value.next), at)


def _failed(account: str, address: str, at: Any, session: WriteSession) -> None:
    session.add(FailedSignIn(account=account, address=address, at=at))


def _signed_in(request: Request, session: WriteSession, person: Person, url: str, at: Any, say: str = "") -> Response:
    before = queries.find_sign_in(session, hashed(request.cookies.get(request.app.state.cookie, "")))
    if before is not None:
        before.ended_at = at
    key = service.begin_sign_in(session, person, at=at, address=_address(request))
    answer = go(url, say)
    secure = request.app.state.settings.secure
    answer.set_cookie(
        request.app.state.cookie, key, httponly=True, secure=secure, samesite="lax", path="/", max_age=14 * 86400
    )
    return answer


@router.post("/sign-in/as/{id}", dependencies=[Anyone])
def sign_in_as(request: Request, session: Writing, id: int, at: At) -> Response:
    """One click in the demonstration; only invented people, and only there."""
    person = session.get(Person, id) if request.app.state.settings.demo else None
    if person is None or not person.invented or not person.active:
        raise NotFound
    person.language = i18n.LANGUAGE.get()  # as the page was read on which this person was chosen
    return _signed_in(request, session, person, "/", at)


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
    if purpose == "confirm" and not person.roles:
        service.give_role(session, person, Role.APPLICANT, by=None, at=at)
    return _signed_in(request, session, person, local(link.next_url or "/"), at, i18n.gettext("Your password is set."))


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
    return _signed_in(
        request, session, person, "/start", at, i18n.gettext("Welcome. You are the administrator of this fund.")
    )


@router.get("/register", dependencies=[Anyone])
def register_page(request: Request, next: str = "/") -> Response:
    return page(request, "people/register.html", form=shown(forms.RegisterForm, {"next": local(next)}), sent=False)


@router.post("/register", dependencies=[Anyone])
def register(request: Request, session: Writing, posted: PostedForm, at: At) -> Response:
    form = bind(forms.RegisterForm, posted)
    if not form.ok:
        return page(request, "people/register.html", 422, form=form, sent=False)
    person = queries.find_by_email(session, form.value.email)
    if person is None:
        person = service.register_applicant(
            session, given_name=form.value.given_name, family_name=form.value.family_name, email=form.value.email,
            phone=form.value.phone, language=i18n.LANGUAGE.get(), at=at,
        )  # fmt: skip
    if person.active and not queries.recent_link(session, person.id, "confirm", at):
        key = service.make_link(
            session, "confirm", person, lasts=service.CONFIRM, at=at, next_url=local(form.value.next)
        )
        queue(
            session,
            "people/confirm",
            person,
            key=f"confirm:{hashed(key)[:16]}",
            at=at,
            link=f"/people/link/confirm/{key}",
        )
    return page(request, "people/register.html", form=form, sent=True)


@router.get("/account")
def account(request: Request, session: Reading, by: By, at: At) -> Response:
    return _account(request, session, by, at, shown(forms.ChangePasswordForm), 200)


def _account(request: Request, session: Any, by: Person, at: Any, form: Any, status: int) -> Response:
    sign_ins = queries.open_sign_ins(session, by.id, at)
    return page(
        request, "people/account.html", status, form=form, sign_ins=sign_ins, here=request.state.sign_in_id,
        lent=deputies.stands_in_for(session, by, at.astimezone(request.app.state.settings.zone).date()),
        branches={branch.id: i18n.named(branch) for branch in queries.branches(session)},
    )  # fmt: skip


@router.post("/account/password")
@prepared_by(_verify_and_hash)
def change_password(request: Request, session: Writing, posted: PostedForm, by: By, at: At) -> Response:
    form = bind(forms.ChangePasswordForm, posted)
    right, new_hash = request.state.prepared
    _check(form, by.email or "", by.given_name)
    if not right and "current" not in form.errors:
        form.errors["current"] = i18n.gettext("This is not your present password.")
    if not form.ok:
        return _account(request, session, by, at, form, 422)
    service.set_password(session, by, new_hash, at=at, keep=request.state.sign_in_id)
    return go("/people/account", i18n.gettext("Your new password holds. You are signed out everywhere else."))


@router.post("/account/language")
def change_language(session: Writing, posted: PostedForm, by: By) -> Response:
    form = bind(forms.LanguageForm, posted)
    if not form.ok:
        raise Refused(*form.errors.values())
    by.language = form.value.language
    i18n.LANGUAGE.set(by.language)  # what is said from here on
    return go("/people/account", i18n.gettext("Saved."))


@router.post("/account/sign-out-everywhere")
def sign_out_everywhere(request: Request, session: Writing, by: By, at: At) -> Response:
    count = service.end_sign_ins(session, by, at=at, but=request.state.sign_in_id)
    record(session, "people.sign_out_everywhere", by, by=by, at=at, count=count)
    return go("/people/account", i18n.gettext("You are signed out everywhere else."))
