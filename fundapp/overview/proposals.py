"""The list of proposals in the check: new, waiting for the applicant, late, and checked this month."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import and_, or_, select

from fundapp.funds.models import Fund
from fundapp.history.models import Entry
from fundapp.kit import i18n
from fundapp.kit.database import ReadSession
from fundapp.kit.i18n import gettext as _
from fundapp.kit.i18n import mark
from fundapp.measures import queries as measures
from fundapp.measures.checkers import OWN, Turn, turns
from fundapp.measures.lifecycle import Status
from fundapp.measures.models import Measure, Party
from fundapp.overview.rows import OPEN, Name, shown_title
from fundapp.people.models import Branch, Organisation, Person
from fundapp.people.permissions import Role, branches, holds
from fundapp.people.queries import names
from fundapp.reminders.models import Obligation

S = Status
NEW, WAITING, LATE, CHECKED = "new", "waiting", "late", "checked"
GROUPS = {
    NEW: mark("New"),
    WAITING: mark("Waiting for the applicant"),
    LATE: mark("Late"),
    CHECKED: mark("Checked this month"),
}
MOST = 300  # proposals that the page looks at
KINDS = {S.SUBMITTED: "measures.check", S.RETURNED: "measures.answer"}
BEFORE = (S.DRAFT, S.SUBMITTED, S.RETURNED)


@dataclass(frozen=True)
class Proposal:
    """A row. `who` sent it, `since` when, `due` by when the next answer is owed; `checks`: by whom, `because` not the own branch."""

    id: int
    number: str
    title: str
    url: str
    status: str
    branch: Branch | None
    who: str
    phone: str
    since: date | None
    due: date | None
    checks: str
    because: str
    mine: bool
    group: str
    late: bool


@dataclass(frozen=True)
class Filters:
    """As in the address: a group, a branch by its code, only what this person checks."""

    show: str = ""
    branch: str = ""
    mine: str = ""

    def keep(self, rows: Iterable[Proposal], *, group: bool = True) -> list[Proposal]:
        return [
            row
            for row in rows
            if (not group or self.show not in GROUPS or row.group == self.show)
            and (not self.branch or (row.branch is not None and row.branch.code == self.branch))
            and (self.mine != "yes" or row.mine)
        ]


def proposals(session: ReadSession, person: Person, *, on: date, zone: ZoneInfo) -> list[Proposal]:
    """All that this person may check, or whose branch is theirs; late ones first, then by date. Six questions however many there are."""
    month = datetime.combine(on.replace(day=1), time(), zone)
    ended = and_(Measure.status.not_in(BEFORE), Entry.seq.is_not(None))
    asked = (
        select(
            Measure.id, Measure.number, Measure.title, Measure.short_title, Measure.status, Measure.branch_id, Measure.owner_id,
            Measure.submitted_at, Measure.returned_at, Measure.return_by, Branch, Organisation.name.label("organisation"),
            Person.given_name, Person.family_name, Person.phone, Party.person, Party.phone.label("party_phone"), Obligation.due,
            Fund.zone, Entry.at.label("checked_at"), Entry.by_id.label("checked_by"),
        )
        .join(Fund, Fund.id == Measure.fund_id)
        .outerjoin(Branch, Branch.id == Measure.branch_id)
        .outerjoin(Organisation, Organisation.id == Measure.organisation_id)
        .outerjoin(Person, Person.id == Measure.owner_id)
        .outerjoin(Party, and_(Party.measure_id == Measure.id, Party.part == "acts"))
        .outerjoin(Obligation, and_(Obligation.case_id == Measure.id, Obligation.kind.in_(KINDS.values()), OPEN))
        .outerjoin(Entry, and_(Entry.case_id == Measure.id, Entry.action.in_(("measures.accept", "measures.turn_down")), Entry.at >= month))
        .where(measures.visible_to(person), _mine(person), or_(Measure.status.in_(tuple(KINDS)), ended))
        .order_by(Entry.seq.desc().nulls_last(), Measure.id)
        .limit(MOST)
    )  # fmt: skip
    records = {
        found.id: found for found in reversed(session.execute(asked).all())
    }  # taken back and checked again: the last
    turned = turns(session, [found for found in records.values() if found.status in KINDS])
    checked = names(session, [found.checked_by for found in records.values() if found.status not in KINDS])
    rows = [_row(person, found, turned.get(found.id), checked, on) for found in records.values()]
    return sorted(rows, key=lambda row: (row.group == CHECKED, not row.late, row.due or date.max, row.id))


def _mine(person: Person) -> Any:
    """A manager looks at all; an officer at the own branch and at what was given to it to check."""
    own = sorted(branches(person))
    here = or_(Measure.branch_id.in_(own), Measure.check_branch_id.in_(own))
    return Measure.id.is_not(None) if holds(person, Role.MANAGER) else here


def _row(person: Person, found: Any, turn: Turn | None, checked: dict[int, str], on: date) -> Proposal:
    owner = i18n.called(Name(found.given_name, found.family_name or "")) if found.given_name else ""
    mine = turn is not None and found.status == S.SUBMITTED and person.id in {one.id for one in turn.people}
    due = found.due or (found.return_by if found.status == S.RETURNED else None)
    late = turn is not None and due is not None and due < on
    group = CHECKED if turn is None else LATE if late else WAITING if found.status == S.RETURNED else NEW
    moment = (
        found.checked_at if turn is None else found.returned_at if found.status == S.RETURNED else found.submitted_at
    )
    return Proposal(
        id=found.id,
        number=found.number or "",
        title=shown_title(found.title, found.short_title),
        url=f"/measures/{found.id}/check" if mine else f"/cases/{found.id}",
        status=found.status,
        branch=found.Branch,
        who=found.organisation or found.person or owner,
        phone=found.party_phone or found.phone or "",
        since=moment.astimezone(ZoneInfo(found.zone)).date() if moment else None,
        due=due,
        checks=_checks(found, turn, checked),
        because=turn.why if turn is not None and found.status == S.SUBMITTED else "",
        mine=mine,
        group=group,
        late=late,
    )


def _checks(found: Any, turn: Turn | None, checked: dict[int, str]) -> str:
    """Who has the next word: the officers asked, the partner branch, head office, the applicant; or who checked it."""
    if turn is None:
        return checked.get(found.checked_by, "")
    if found.status == S.RETURNED:
        return _("The applicant")
    people = i18n.listed(i18n.called(one, "initial") for one in turn.people[:3])
    if turn.place == OWN:
        return people
    where = i18n.named(turn.branch) if turn.branch else _("Head office")
    return f"{where}: {people}" if people else where
