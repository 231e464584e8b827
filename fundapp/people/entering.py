"""Coming in without a password: by a mailed link, or by a one-time code for a telephone number. Not for who works for the fund."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from fundapp.history.service import record
from fundapp.kit.database import WriteSession, locked
from fundapp.kit.errors import Refused
from fundapp.kit.i18n import gettext as _
from fundapp.kit.phones import dialled
from fundapp.mail.service import queue
from fundapp.people import queries
from fundapp.people.models import Code, FailedSignIn, Invitation, Link, Person
from fundapp.people.permissions import Role
from fundapp.people.secrets import grouped, hashed
from fundapp.people.service import INVITE, add_person, end_sign_ins, give_role, make_link, register_applicant, use_link

LINK, CODE, ADDRESS = timedelta(minutes=30), timedelta(hours=24), timedelta(days=2)
PER_NUMBER = 20  # wrong codes for one number within the window, however many codes were made


@dataclass(frozen=True)
class Newcomer:
    """Somebody we write to who is no person here yet, or at an address that is not theirs yet."""

    language: str
    email: str | None = None
    phone: str = ""
    id: int | None = None


def asks_too_often(session: WriteSession, what: str, whom: str, network: str, *, at: datetime) -> bool:
    """Counts that a link or text was asked for; True when this address or network has to pause. Known or not is the same."""
    account, address = hashed(f"{what}:{whom}"), hashed(f"{what}:{network}")
    paused = queries.too_many_failures(session, account, address, at)
    session.add(FailedSignIn(account=account, address=address, at=at))
    return paused


def mail_link(session: WriteSession, address: str, *, next_url: str, language: str, at: datetime) -> None:
    """Mails a link that signs in, to whoever reads `address`; to who works for the fund a kind word about the password.

    The answer to who asked is the same for every address, so this tells nothing.
    """
    person = queries.find_by_email(session, address)
    if queries.recent_link(session, None, "enter", at, address) or (person is not None and not person.active):
        return
    to = person or Newcomer(language, address)
    key = make_link(session, "enter", person, lasts=LINK, at=at, next_url=next_url, address=address)
    staff = person is not None and queries.works_for_the_fund(session, person)
    if staff:
        use_link(session, key, "enter", at=at)
    queue(
        session, "people/enter_staff" if staff else "people/enter", to, key=f"enter:{hashed(key)[:16]}", at=at,
        link="/people/sign-in?how=password" if staff else f"/people/enter/{key}?lang={to.language}",
    )  # fmt: skip


def mail_invitation(
    session: WriteSession, invitation: Invitation, *, by: Person, organisation: str, at: datetime
) -> None:
    """Mails a link that signs in and leads to where the invitation is answered; once a minute."""
    address, next_url = invitation.address, "/people/account/organisation"
    person = queries.find_by_email(session, address)
    if queries.recent_link(session, None, "join", at, address) or (person is not None and not person.active):
        return
    staff = person is not None and queries.works_for_the_fund(session, person)
    to = person or Newcomer(by.language, address)
    key = make_link(session, "join", person, lasts=INVITE, at=at, next_url=next_url, address=address)
    link = f"/people/sign-in?how=password&next={next_url}" if staff else f"/people/enter/{key}?lang={to.language}"
    queue(
        session, "people/join", to, key=f"join:{hashed(key)[:16]}", at=at, link=link, by=_harmless(by.shown_name),
        organisation=_harmless(organisation), kind=invitation.kind,
    )  # fmt: skip


def _harmless(words: str) -> str:
    """What somebody else wrote, for a mail to a third person: short, on one line, and no address that a reader makes a link of."""
    return " ".join(words.replace("/", " ").replace("@", " ").replace(".", "\u2024").split())[:80]


def enter_by_link(
    session: WriteSession, key: str, *, given_name: str, family_name: str, language: str, at: datetime
) -> tuple[Person, str]:
    """Uses the link up: (who comes in, where they wanted to go). Makes the account when the address is new; raises Refused."""
    link = queries.find_entry(session, key, at)
    if link is None:
        raise Refused(_("This link has been used or is over. Please ask for a new one."))
    person = queries.find_by_email(session, link.address)
    _may_come_in(session, person)
    use_link(session, key, link.purpose, at=at)
    if person is None:
        person = register_applicant(
            session,
            given_name=given_name,
            family_name=family_name,
            email=link.address,
            phone="",
            language=language,
            at=at,
        )
    _applicant(session, person, at)
    return person, link.next_url or "/"


def register(
    session: WriteSession, *, given_name: str, family_name: str, phone: str, language: str, by: Person, at: datetime
) -> Person:
    """A new applicant, whom an officer writes down with their number."""
    person = add_person(
        session, given_name=given_name, family_name=family_name, phone=phone, language=language, by=by, at=at
    )
    give_role(session, person, Role.APPLICANT, by=by, at=at)
    return person


def make_code(session: WriteSession, person: Person, code_hash: str, *, by: Person, at: datetime) -> Code:
    """A code for this person and their number, made by an officer; an older one ends. Raises Refused."""
    if not person.dialled:
        raise Refused(_("This person has no telephone number that a code could be for."), field="number")
    if by.id == person.id or queries.works_for_the_fund(session, person):
        raise Refused(_("%(name)s works for the fund and signs in with a password.", name=person.shown_name))
    if not person.active:
        raise Refused(_("Sign-in is switched off for this person."))
    code = _code(session, person.dialled, person, code_hash, by, at)
    record(session, "people.make_code", person, by=by, at=at, until=code.ends_at.isoformat())
    return code


def text_code(session: WriteSession, number: str, code: str, code_hash: str, *, language: str, at: datetime) -> None:
    """Sends a code to the number as a short text; also to a number that nobody has, which makes the account once it is typed.

    None is sent where two people share the number, who need the branch to say for whom it is, nor to who works for the fund.
    """
    people = queries.by_number(session, number)
    if len(people) > 1 or queries.recent_code(session, number, at):
        return
    person = people[0] if people else None
    if person is not None and queries.works_for_the_fund(session, person):
        return
    made = _code(session, number, person, code_hash, None, at)
    to = Newcomer(person.language if person else language, phone=number, id=person.id if person else None)
    queue(session, "people/code", to, key=f"code:{made.id}", at=at, by_text=True, code=grouped(code))


def _code(
    session: WriteSession, number: str, person: Person | None, code_hash: str, by: Person | None, at: datetime
) -> Code:
    same = Code.person_id == person.id if person else (Code.dialled == number) & Code.person_id.is_(None)
    for older in session.scalars(select(Code).where(same, Code.used_at.is_(None))):
        older.used_at = at
    made = Code(
        dialled=number, code_hash=code_hash, person_id=person.id if person else None, made_by_id=by.id if by else None,
        made_at=at, ends_at=at + CODE,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def find_code(session: WriteSession, number: str, right: int | None, *, at: datetime) -> Code | None:
    """The code that was typed, if it is still open; otherwise a wrong try is counted on each code of the number.

    `right` is the id of the code whose hash fitted, found before the transaction. The rows are locked, so that of many
    tries at once no more than five are heard.
    """
    open_ = [locked(session, row) for row in queries.open_codes(session, number, at)]
    open_ = [row for row in open_ if row.used_at is None and row.tries < queries.TRIES]
    found = next((row for row in open_ if row.id == right), None)
    for row in open_ if found is None else ():
        row.tries += 1
    return found


def whose(session: WriteSession, code: Code) -> Person | None:
    """Whom a code lets in; None: somebody new, whose name is asked."""
    if code.person_id is not None:
        return session.get_one(Person, code.person_id)
    people = queries.by_number(session, code.dialled)
    if len(people) > 1:
        raise Refused(_("Several people have this number now. Please ask your branch for a code."))
    return people[0] if people else None


def enter_by_code(
    session: WriteSession, code: Code, *, given_name: str, family_name: str, language: str, at: datetime
) -> Person:
    """Uses the code up and says who comes in; makes the account when the number is new. Raises Refused."""
    person = whose(session, code)
    _may_come_in(session, person)
    code.used_at = at
    if person is None:
        person = register_applicant(
            session,
            given_name=given_name,
            family_name=family_name,
            email=None,
            phone=code.dialled,
            language=language,
            at=at,
        )
    _applicant(session, person, at)
    return person


def _may_come_in(session: WriteSession, person: Person | None) -> None:
    if person is None:
        return
    if not person.active:
        raise Refused(_("Sign-in is switched off for this account. Please call your branch."))
    if queries.works_for_the_fund(session, person):
        raise Refused(
            _("You work for the fund now: please sign in with your password. It protects what others entrust to you.")
        )


def _applicant(session: WriteSession, person: Person, at: datetime) -> None:
    if not any(held.role == Role.APPLICANT for held in person.roles):
        give_role(session, person, Role.APPLICANT, by=None, at=at)


def ask_address(session: WriteSession, person: Person, address: str, *, at: datetime) -> None:
    """Mails a link to a new e-mail address of this person, which holds once it is used; nothing when another has the address."""
    if queries.find_by_email(session, address) is not None or queries.recent_link(
        session, None, "address", at, address
    ):
        return
    key = make_link(session, "address", person, lasts=ADDRESS, at=at, address=address)
    to = Newcomer(person.language, address, id=person.id)
    queue(session, "people/address", to, key=f"address:{hashed(key)[:16]}", at=at, link=f"/people/address/{key}")


def confirm_address(session: WriteSession, key: str, *, keep: int | None = None, at: datetime) -> Person:
    """Uses the link up: from now on the new address holds, the old one is told, and links to it end. Raises Refused."""
    link = use_link(session, key, "address", at=at)
    person = session.get_one(Person, link.person_id or 0)
    if queries.find_by_email(session, link.address) is not None or not person.active:
        raise Refused(_("This address cannot be taken. Please call your branch."))
    if person.email is not None:
        queue(session, "people/address_changed", person, key=f"changed:{link.id}", at=at)
    for older in session.scalars(select(Link).where(Link.person_id == person.id, Link.used_at.is_(None))):
        older.used_at = at
    person.email = link.address
    end_sign_ins(session, person, at=at, but=keep)
    record(session, "people.change_address", person, by=person, at=at)
    return person


def change_phone(session: WriteSession, person: Person, phone: str, *, at: datetime) -> None:
    """A new telephone number; codes for the old one end. Raises Refused."""
    if phone and not dialled(phone):
        raise Refused(
            _("“%(typed)s” is no telephone number. Write 9911 2233, for example.", typed=phone), field="phone"
        )
    if not phone and person.email is None:
        raise Refused(_("Without an e-mail address we need your number to reach you."), field="phone")
    if phone == person.phone:
        return
    for older in session.scalars(select(Code).where(Code.person_id == person.id, Code.used_at.is_(None))):
        older.used_at = at
    person.phone = phone
    record(session, "people.change_phone", person, by=person, at=at)
