"""What is owed as rows of a work list: the measure, what to do as a verb, whom to call, when, what was said last. One question."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, exists, literal, or_, select
from sqlalchemy.orm import aliased

from fundapp.disbursement.models import Payment
from fundapp.funds.models import Fund
from fundapp.kit import i18n
from fundapp.kit.database import ReadSession
from fundapp.kit.i18n import gettext as _
from fundapp.measures import queries as measures
from fundapp.measures.checkers import FREE, HELPED_KIND, HELPER, barring, because
from fundapp.measures.models import Measure, Party
from fundapp.overview.owed import APPLICANT, BRANCH, BY_HAND, MANAGER, OF_APPLICANTS, OWED, Owed
from fundapp.people.models import Branch, Organisation, Person, RoleHeld
from fundapp.people.permissions import Action, Lender, Role, branches, holds, lenders, may, own
from fundapp.reminders.models import Notice, Obligation

MOST = 300  # rows that one page looks at
ORDER = MINE, WATCH, OTHERS = "mine", "watch", "others"  # to do; somebody else's, to be asked after; somebody else's
STAFF = (Role.OFFICER, Role.MANAGER, Role.FINANCE, Role.AUDITOR)


@dataclass(frozen=True)
class Thing:
    """As much of a measure as rights and rows ask for."""

    id: int
    title: str
    number: str | None
    status: str
    branch_id: int | None
    owner_id: int | None
    prepared_by_id: int | None
    organisation_id: int | None
    check_branch_id: int | None = None

    @property
    def case_id(self) -> int:
        return self.id


@dataclass(frozen=True)
class Row:
    """One thing to do or to wait for. `due` None: without a date; `amount` in minor units of `currency`; `obligation`: what is owed."""

    what: str
    url: str
    why: str = ""
    due: date | None = None
    amount: int | None = None
    currency: str = ""
    number: str = ""
    branch: Branch | None = None
    group: str = "other"
    count: int = 1  # how many the first line counts
    place: str = MINE
    since: date | None = None
    who: str = ""
    phone: str = ""
    ask: str = ""  # what a branch asks for on the telephone
    said: str = ""  # what the applicant told the branch
    obligation: Obligation | None = None
    noted_by: str = ""
    notes: bool = False
    by_hand: bool = False
    instead_of: str = ""  # the person for whom a deputy does it
    case_id: int | None = None

    def late(self, on: date) -> bool:
        return self.due is not None and self.due < on

    def promised(self, on: date) -> bool:
        """Whether a promise holds that has not run out."""
        return self.obligation is not None and self.obligation.promised is not None and self.obligation.promised >= on


@dataclass(frozen=True)
class Name:
    given_name: str
    family_name: str


Clause = ColumnElement[bool]
noting, owning, helping = (aliased(Person, name=name) for name in ("noting", "owning", "helping"))
OFFICERS = exists().where(
    RoleHeld.role == Role.OFFICER, RoleHeld.branch_id == Measure.branch_id, RoleHeld.ended_at.is_(None),
    RoleHeld.confirmed_at.is_not(None),
)  # fmt: skip
OPEN: Clause = and_(Obligation.done_at.is_(None), Obligation.cancelled_at.is_(None))
THING = (
    Measure.id, Measure.title, Measure.short_title, Measure.number, Measure.status, Measure.branch_id, Measure.owner_id,
    Measure.prepared_by_id, Measure.organisation_id, Measure.check_branch_id,
)  # fmt: skip


def actors(person: Person) -> tuple[Lender, ...]:
    """The person with their own roles only, then those they stand in for today."""
    return (Lender(person.id, tuple(person.roles)), *lenders(person))


def checked_by(person: Person) -> tuple[Any, ...]:
    """What `checks` and `why_here` ask of a row; with `helping` joined by HELPER."""
    return (
        helping.given_name.label("helped_given"),
        helping.family_name.label("helped_family"),
        HELPED_KIND.label("helped_kind"),
        FREE.label("free"),
        *(barring(one.id).label(f"bars_{one.id}") for one in actors(person)),
    )


def lent_names(session: ReadSession, person: Person) -> dict[int, str]:
    """The names of those this person stands in for, asked once a request and only of a deputy."""
    known: dict[int, str] | None = session.info.get("lent names")
    if known is None:
        asked = select(Person.id, Person.given_name, Person.family_name).where(
            Person.id.in_([one.id for one in lenders(person)])
        )
        found = session.execute(asked) if lenders(person) else ()
        known = {id: i18n.called(Name(given, family or ""), "initial") for id, given, family in found}
        session.info["lent names"] = known
    return known


def rows(
    session: ReadSession, person: Person, *where: Clause, on: date, every: bool = False, limit: int = MOST
) -> list[Row]:
    """The open obligations that concern the person or somebody they stand in for, earliest first.

    `every`: of all that the person may know of, whoever has to do it.
    """
    asked = (
        select(
            Obligation, Branch, Fund.currency, *THING, OFFICERS.label("officers"),
            owning.given_name, owning.family_name, owning.phone, Party.person, Party.phone.label("party_phone"),
            Organisation.name.label("organisation"), Organisation.phone.label("organisation_phone"),
            Payment.amount, Payment.policy, Payment.prepared_by_id.label("preparer"), Payment.authorised_by_id, Notice.words,
            Notice.phone.label("notice_phone"), noting.given_name.label("noted_given"), noting.family_name.label("noted_family"),
            *checked_by(person),
        )
        .join(Measure, Measure.id == Obligation.case_id)
        .join(Fund, Fund.id == Measure.fund_id)
        .outerjoin(Branch, Branch.id == Measure.branch_id)
        .outerjoin(owning, owning.id == Measure.owner_id)
        .outerjoin(Party, and_(Party.measure_id == Measure.id, Party.part == "acts"))
        .outerjoin(Organisation, Organisation.id == Measure.organisation_id)
        .outerjoin(Payment, and_(Payment.measure_id == Measure.id, Obligation.subject == _subject("disbursement.payment", Payment.id)))
        .outerjoin(Notice, and_(Notice.case_id == Measure.id, Obligation.subject == _subject("reminders.notice", Notice.id)))
        .outerjoin(noting, noting.id == Obligation.contacted_by_id)
        .outerjoin(helping, helping.id == HELPER)
        .where(OPEN, _concerns(person, every), *where)
        .order_by(Obligation.due, Obligation.id)
        .limit(limit)
    )  # fmt: skip
    names = lent_names(session, person)
    found = (_row(person, names, record, on, every) for record in session.execute(asked))
    return [row for row in found if row is not None]


def _subject(name: str, id: Any) -> Any:
    return literal(name + ":") + cast(id, String)


def _concerns(person: Person, every: bool) -> Clause:
    """Obligations on measures that the person looks after, or on their own."""
    own = and_(measures.owned_by(person), Obligation.kind.in_(OF_APPLICANTS))
    return or_(own, measures.visible_to(person)) if every or holds(person, *STAFF) else own


def place(
    person: Lender, real: Person, owed: Owed, thing: Thing, officers: bool, hands: Iterable[int | None]
) -> str | None:
    """Whether it is this person's to do, to watch, somebody else's, or none of theirs. `real`: who sits there, for the separation of hands."""
    if thing.id in person.closed:
        return None
    here, manager = thing.branch_id in branches(person), holds(person, Role.MANAGER)
    if owed.by == APPLICANT:
        return MINE if person.id == real.id and own(real, thing) else WATCH if manager or here else None
    barred = bool({person.id, real.id} & set(hands))
    can = owed.action is not None and may(person, owed.action, thing)
    if owed.by == BRANCH:
        if here:
            return (OTHERS if barred else MINE) if can else None
        return None if not manager else MINE if can and not officers and not barred else WATCH
    if can and not barred:
        return MINE
    return OTHERS if here or manager or holds(person, Role.FINANCE, Role.AUDITOR) else None


def checks(person: Lender, real: Person, thing: Thing, found: Any) -> str | None:
    """As `place`, for a check of eligibility: it goes to who did not write it, perhaps in another branch or at head office."""
    if thing.id in person.closed:
        return None
    barred = getattr(found, f"bars_{person.id}") or getattr(found, f"bars_{real.id}")
    can = may(person, Action.CHECK, thing) and not barred
    if {thing.branch_id, thing.check_branch_id} & branches(person):
        return MINE if can else OTHERS
    if not holds(person, Role.MANAGER):
        return None
    return MINE if can and not found.free else WATCH


def why_here(person: Person, thing: Thing, found: Any, at: str) -> str:
    """Why a check is not done where the proposal belongs: 'for Zavkhan, because B. Bat typed it'; '' where it is."""
    if at != MINE or thing.branch_id in branches(person):
        return ""
    helped = i18n.called(Name(found.helped_given, found.helped_family or ""), "initial") if found.helped_given else ""
    return because(found.Branch, helped, found.helped_kind)


def _row(person: Person, names: dict[int, str], found: Any, on: date, every: bool) -> Row | None:
    obligation: Obligation = found.Obligation
    kind = obligation.kind
    check = kind == "measures.check"
    owed = OWED.get(kind) or Owed(obligation.what, MANAGER, "other", "/cases/{case}")
    thing = Thing(
        *(
            getattr(found, name)
            for name in (
                "id",
                "title",
                "number",
                "status",
                "branch_id",
                "owner_id",
                "prepared_by_id",
                "organisation_id",
                "check_branch_id",
            )
        )
    )
    hands = {"disbursement.authorise": [found.preparer],
             "disbursement.pay": [found.preparer if found.policy == "three" else None, found.authorised_by_id]}.get(kind, [])  # fmt: skip
    hands = [id for id in hands if id is not None]
    best, whose = None, person.id
    for actor in actors(person):
        at = checks(actor, person, thing, found) if check else place(actor, person, owed, thing, found.officers, hands)
        if at is not None and (best is None or ORDER.index(at) < ORDER.index(best)):
            best, whose = at, actor.id
    if best is None and not every:
        return None
    best = best or WATCH
    why = why_here(person, thing, found, best) if check else ""
    late = obligation.due < on
    doing = best == MINE or (every and owed.by == BRANCH)
    what = owed.what if doing else owed.ask if best == WATCH and late and owed.ask else owed.others or owed.what
    theirs = owed.by == APPLICANT or (doing and (kind in BY_HAND or kind == "evaluation.visit"))
    branch = owed.by == BRANCH and best == WATCH
    who, phone = _applicant(found) if theirs and best != OTHERS else _branch(found) if branch else ("", "")
    mine = own(person, thing)
    return Row(
        what=i18n.told(what),
        url=(owed.url if best == MINE else "/cases/{case}").format(case=thing.id, id=obligation.subject.rpartition(":")[2]),
        why=", ".join(filter(None, [shown_title(found.title, found.short_title), why])),
        due=obligation.due,
        amount=found.amount,
        currency=found.currency,
        number=found.number or "",
        branch=found.Branch,
        group=owed.group,
        place=best,
        who="" if mine else who,
        phone="" if mine else phone,
        ask=i18n.told(owed.ask or owed.what),
        said=found.words or "",
        obligation=obligation,
        noted_by=i18n.called(Name(found.noted_given, found.noted_family or ""), "initial") if found.noted_given else "",
        notes=owed.by in (APPLICANT, BRANCH) and may(person, Action.NOTE_OBLIGATION, thing),
        by_hand=kind in BY_HAND and may(person, Action.NOTE_OBLIGATION, thing),
        instead_of=names.get(whose, ""),
        case_id=thing.id,
    )  # fmt: skip


def shown_title(title: str, short: str) -> str:
    """The short title where it is one, and not the beginning of the long one cut off."""
    return (title if title.startswith(short.rstrip("… .")) else short) or _("Untitled proposal")


def _applicant(found: Any) -> tuple[str, str]:
    """Whom to call about a measure: who acts, else its owner, else the organisation."""
    owner = i18n.called(Name(found.given_name, found.family_name or "")) if found.given_name else ""
    phone = found.notice_phone or found.party_phone or found.phone or found.organisation_phone or ""
    return found.person or owner or found.organisation or "", phone


def _branch(found: Any) -> tuple[str, str]:
    return (i18n.named(found.Branch), found.Branch.phone) if found.Branch else ("", "")
