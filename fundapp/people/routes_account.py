"""One's own account: address and telephone, language, password, and where one is signed in."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from fundapp.history.service import record
from fundapp.kit import i18n
from fundapp.kit.errors import Refused
from fundapp.kit.web.forms import PostedForm, bind, shown
from fundapp.kit.web.pages import go, page
from fundapp.kit.web.route import Reading, Route, Writing, prepared_by
from fundapp.people import deputies, entering, forms, members, passwords, queries, service
from fundapp.people.access import At, By
from fundapp.people.models import Person
from fundapp.people.secrets import hashed

router = APIRouter(prefix="/people/account", route_class=Route)
NOT_YOURS = i18n.mark("This is not your present password.")


def _verify(request: Request, form: FormData) -> bool:
    """Whether the present password was given; who has none needs none."""
    with request.app.state.database.reading() as session:
        sign_in = queries.find_sign_in(session, hashed(request.cookies.get(request.app.state.cookie, "")))
        found = session.get(Person, sign_in.person_id) if sign_in else None
        kept = found.password_hash if found else None
    if found is not None and kept is None:
        return True
    return passwords.matches(kept, str(form.get("current", ""))[:500])


def _verify_and_hash(request: Request, form: FormData) -> tuple[bool, str]:
    return _verify(request, form), passwords.hash_password(str(form.get("password", ""))[:500])


@router.get("")
def account(request: Request, session: Reading, by: By, at: At) -> Response:
    return _account(request, session, by, at, None, 200)


def _account(request: Request, session: Any, by: Person, at: Any, form: Any, status: int) -> Response:
    """`form` is the one that was posted; the others stand as they are."""
    there: dict[Any, Any] = {
        forms.AddressForm: shown(forms.AddressForm, {"email": by.email}),
        forms.PhoneForm: shown(forms.PhoneForm, {"phone": by.phone}),
        forms.ChangePasswordForm: shown(forms.ChangePasswordForm),
        forms.RemovePasswordForm: shown(forms.RemovePasswordForm),
    } | ({form.model: form} if form else {})
    for kind, prefix in ((forms.AddressForm, "address-"), (forms.RemovePasswordForm, "remove-")):
        there[kind].prefix = prefix
    office = queries.works_for_the_fund(session, by)
    return page(
        request, "people/account.html", status, address=there[forms.AddressForm], phone=there[forms.PhoneForm],
        password=there[forms.ChangePasswordForm], remove=there[forms.RemovePasswordForm],
        sign_ins=queries.open_sign_ins(session, by.id, at), here=request.state.sign_in_id, office=office,
        lent=deputies.stands_in_for(session, by, at.astimezone(request.app.state.settings.zone).date()) if office else [],
        asked=len(members.invitations(session, by)), works=members.organisations(session, by),
        branches={branch.id: i18n.named(branch) for branch in queries.branches(session)},
    )  # fmt: skip


@router.post("/address")
@prepared_by(_verify)
def change_address(request: Request, session: Writing, posted: PostedForm, by: By, at: At) -> Response:
    """The new address holds once its link was opened; the answer is the same whether somebody else has it."""
    form = bind(forms.AddressForm, posted)
    if not request.state.prepared and "current" not in form.errors:
        form.errors["current"] = i18n.gettext(NOT_YOURS)
    if form.ok and form.value.email == by.email:
        form.errors["email"] = i18n.gettext("This is your address already.")
    if not form.ok:
        return _account(request, session, by, at, form, 422)
    entering.ask_address(session, by, form.value.email, at=at)
    say = i18n.gettext(
        "A link is on its way to %(address)s. Open it, then the new address holds.", address=form.value.email
    )
    return go("/people/account", say)


@router.post("/phone")
def change_phone(request: Request, session: Writing, posted: PostedForm, by: By, at: At) -> Response:
    form = bind(forms.PhoneForm, posted)
    try:
        if form.ok:
            entering.change_phone(session, by, form.value.phone, at=at)
    except Refused as refused:
        form.errors["phone"] = str(refused)
    return go("/people/account", i18n.gettext("Saved.")) if form.ok else _account(request, session, by, at, form, 422)


@router.post("/password")
@prepared_by(_verify_and_hash)
def change_password(request: Request, session: Writing, posted: PostedForm, by: By, at: At) -> Response:
    form = bind(forms.ChangePasswordForm, posted)
    right, new_hash = request.state.prepared
    if "password" not in form.errors:
        why = passwords.why_not(form.value.password if form.ok else "", by.email or "", by.given_name)
        form.errors |= {"password": why} if why else {}
    if not right and "current" not in form.errors:
        form.errors["current"] = i18n.gettext(NOT_YOURS)
    if not form.ok:
        return _account(request, session, by, at, form, 422)
    service.set_password(session, by, new_hash, at=at, keep=request.state.sign_in_id)
    return go("/people/account", i18n.gettext("Your new password holds. You are signed out everywhere else."))


@router.post("/password/remove")
@prepared_by(_verify)
def remove_password(request: Request, session: Writing, posted: PostedForm, by: By, at: At) -> Response:
    form = bind(forms.RemovePasswordForm, posted)
    if not request.state.prepared and "current" not in form.errors:
        form.errors["current"] = i18n.gettext(NOT_YOURS)
    if not form.ok:
        return _account(request, session, by, at, form, 422)
    service.remove_password(session, by, at=at, keep=request.state.sign_in_id)
    return go("/people/account", i18n.gettext("The password is removed. Links and codes let you in."))


@router.post("/language")
def change_language(session: Writing, posted: PostedForm, by: By) -> Response:
    form = bind(forms.LanguageForm, posted)
    if not form.ok:
        raise Refused(*form.errors.values())
    by.language = form.value.language
    i18n.LANGUAGE.set(by.language)  # what is said from here on
    return go("/people/account", i18n.gettext("Saved."))


@router.post("/sign-out-everywhere")
def sign_out_everywhere(request: Request, session: Writing, by: By, at: At) -> Response:
    count = service.end_sign_ins(session, by, at=at, but=request.state.sign_in_id)
    record(session, "people.sign_out_everywhere", by, by=by, at=at, count=count)
    return go("/people/account", i18n.gettext("You are signed out everywhere else."))
