"""One-time codes that the branch makes: for somebody known by their number, or for somebody new, to read out or print."""

from typing import Annotated, Any

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from fundapp.kit import i18n
from fundapp.kit.errors import Refused
from fundapp.kit.phones import dialled
from fundapp.kit.web.forms import PostedForm, bind, shown
from fundapp.kit.web.pages import page
from fundapp.kit.web.route import Reading, Route, Writing, prepared_by
from fundapp.people import entering, forms, passwords, queries
from fundapp.people.access import At, allowed
from fundapp.people.models import Person
from fundapp.people.permissions import Action
from fundapp.people.secrets import grouped, new_code

router = APIRouter(prefix="/people/codes", route_class=Route)
Maker = Annotated[Person, allowed(Action.MAKE_CODE)]


def _new_code(request: Request, form: FormData) -> tuple[str, str]:
    code = new_code()
    return code, passwords.hash_password(code)


@router.get("")
def codes(request: Request, session: Reading, by: Maker, number: str = "") -> Response:
    form = shown(forms.CallerForm, {"number": number[:60].strip(), "language": by.language})
    if number.strip() and not dialled(number):
        form.errors["number"] = _no_number(number)
    return _codes(request, session, form, 422 if form.errors else 200)


def _no_number(typed: str) -> str:
    return i18n.gettext("“%(typed)s” is no telephone number. Write 9911 2233, for example.", typed=typed[:60])


def _codes(request: Request, session: Any, form: Any, status: int) -> Response:
    """Whoever has the number, and a form for somebody new."""
    number = dialled(str(form.values.get("number", "")))
    people = queries.by_number(session, number) if number else []
    office = {one.id for one in people if queries.works_for_the_fund(session, one)}
    return page(request, "people/codes.html", status, form=form, number=number, people=people, office=office)


@router.post("")
@prepared_by(_new_code)
def make(request: Request, session: Writing, posted: PostedForm, by: Maker, at: At) -> Response:
    """The code stands on this one page, to be read out or printed; it cannot be shown again."""
    form = bind(forms.CallerForm, posted)
    number = dialled(form.value.number) if form.ok else ""
    if form.ok and not number:
        form.errors["number"] = _no_number(form.value.number)
    known = next((one for one in queries.by_number(session, number) if form.ok and one.id == form.value.person), None)
    if form.ok and known is None and not form.value.given_name:
        form.errors["given_name"] = i18n.gettext("Please write the name.")
    if not form.ok:
        return _codes(request, session, form, 422)
    code, code_hash = request.state.prepared
    new = form.value
    person = known or entering.register(
        session, given_name=new.given_name, family_name=new.family_name, phone=new.number, language=new.language,
        by=by, at=at,
    )  # fmt: skip
    try:
        made = entering.make_code(session, person, code_hash, by=by, at=at)
    except Refused as refused:
        form.errors["form"] = str(refused)
        return _codes(request, session, form, 422)
    url = request.app.state.settings.base_url
    return page(request, "people/code-made.html", who=person, code=grouped(code), until=made.ends_at, url=url)
