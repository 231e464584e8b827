"""The first page of everybody who works here: one sentence, then late, this week, waiting for others.

A constant number of questions: what is owed (rows), what waits without a date (work), the rounds of a committee, the branches.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import or_

from fundapp.kit.database import ReadSession
from fundapp.kit.i18n import gettext as _
from fundapp.kit.i18n import mark, ngettext
from fundapp.overview.owed import APPLICANT, OWED
from fundapp.overview.rows import MINE, OTHERS, STAFF, WATCH, Row, rows
from fundapp.overview.strip import WEEK, Cell, strip
from fundapp.overview.turns import Round, rounds
from fundapp.overview.turns import work as of_rounds
from fundapp.overview.work import office, steps
from fundapp.people.models import Person
from fundapp.people.permissions import Role, branches, holds
from fundapp.reminders.models import Obligation

SHOWN = 7  # rows of a block; the rest stands on a page of its own
AT_ONCE = ("disbursement.check_report",)  # may be done as soon as it is owed, long before it is due
BLOCKS = {"late": mark("Late"), "week": mark("This week"), "later": mark("Later"), "others": mark("Waiting for others")}


@dataclass(frozen=True)
class Today:
    late: list[Row] = field(default_factory=list)
    week: list[Row] = field(default_factory=list)
    later: list[Row] = field(default_factory=list)  # may be done now, due after this week
    others: list[Row] = field(default_factory=list)
    cells: list[Cell] = field(default_factory=list)
    rounds: list[Round] = field(default_factory=list)

    def block(self, name: str) -> list[Row]:
        found: list[Row] = getattr(self, name)
        return found


def today(session: ReadSession, person: Person, *, on: date, untold: datetime) -> Today:
    """Everything open for this person, and for those in whose place they work today; `untold`: see work.office."""
    staff = holds(person, Role.OFFICER, Role.MANAGER, Role.FINANCE)
    soon = or_(Obligation.due <= on + WEEK, Obligation.kind.in_(AT_ONCE))
    dated = rows(session, person, soon, on=on) if staff else []
    known = {(row.obligation.kind, row.case_id) for row in dated if row.obligation}
    free = steps(session, person, known) if staff else []
    office_ = office(session, person, on=on, untold=untold) if staff or holds(person, Role.ADMIN) else []
    turns = rounds(session, person)
    found = [*dated, *of_rounds(turns), *office_, *_without(free, turns)]
    late = [row for row in found if row.place != OTHERS and row.late(on)]
    mine = sorted((row for row in found if row.place == MINE and not row.late(on)), key=lambda row: row.due or date.max)
    later = [row for row in mine if row.due and row.due > on + WEEK]
    others = [row for row in found if row.place == OTHERS or (row.place == WATCH and not row.late(on))]
    return Today(
        sorted(late, key=lambda row: (row.promised(on), row.due)), [row for row in mine if row not in later], later,
        sorted(others, key=lambda row: row.due or date.max), strip(session, person, on=on), turns,
    )  # fmt: skip


def _without(free: list[Row], turns: list[Round]) -> list[Row]:
    """What the rounds say of a call already is not said again."""
    said = {f"/rating/calls/{turn.call_id}" for turn in turns}
    return [row for row in free if row.url not in said]


def of_branch(session: ReadSession, person: Person, branch_id: int, *, on: date) -> list[Row]:
    """Everything that is late or due within the week in a branch, whoever has to do it."""
    here = or_(Obligation.branch_id == branch_id)
    return rows(session, person, here, Obligation.due <= on + WEEK, on=on, every=True)


def to_call(found: Sequence[Row], on: date) -> list[Row]:
    """Whom a branch calls: applicants who owe something that is late or due, and those who asked for a call; once for each row."""
    kinds = {kind for kind, owed in OWED.items() if owed.by == APPLICANT or owed.group == "call"}
    return [row for row in found if row.obligation is not None and row.obligation.kind in kinds]


def counted(group: str, n: int) -> str:
    """How the first line counts a group of rows."""
    match group:
        case "authorise":
            return ngettext("%(num)d payment to authorise", "%(num)d payments to authorise", n, num=n)
        case "pay":
            return ngettext("%(num)d to pay", "%(num)d to pay", n, num=n)
        case "call":
            return ngettext("%(num)d person to call", "%(num)d people to call", n, num=n)
        case "tell":
            return ngettext("%(num)d message to tell by phone", "%(num)d messages to tell by phone", n, num=n)
        case "check":
            return ngettext("%(num)d proposal to check", "%(num)d proposals to check", n, num=n)
        case "read":
            return ngettext("%(num)d report to read", "%(num)d reports to read", n, num=n)
        case "receipts":
            return ngettext("receipts of %(num)d measure to check", "receipts of %(num)d measures to check", n, num=n)
        case "visit":
            return ngettext("%(num)d visit", "%(num)d visits", n, num=n)
        case "decide":
            return ngettext("%(num)d decision to take", "%(num)d decisions to take", n, num=n)
        case "sign":
            return ngettext("%(num)d contract to bring on its way", "%(num)d contracts to bring on their way", n, num=n)
        case "declare":
            return ngettext("%(num)d proposal to declare on", "%(num)d proposals to declare on", n, num=n)
        case "score":
            return ngettext("%(num)d proposal to score", "%(num)d proposals to score", n, num=n)
        case "confirm":
            return ngettext("%(num)d role to confirm", "%(num)d roles to confirm", n, num=n)
        case "mail":
            return ngettext(
                "%(num)d mail that could not be delivered", "%(num)d mails that could not be delivered", n, num=n
            )
        case _other:
            return ngettext("%(num)d more thing to do", "%(num)d more things to do", n, num=n)


ORDER = (
    "authorise",
    "pay",
    "call",
    "tell",
    "declare",
    "score",
    "decide",
    "read",
    "receipts",
    "check",
    "sign",
    "visit",
    "confirm",
    "mail",
    "other",
)


def sentence(
    found: Today, person: Person, on: date, new: Sequence[tuple[str, str]] = ()
) -> tuple[list[tuple[str, str]], str]:
    """The first line: parts with the place on the page they speak of (`new` last), and what it ends with."""
    number: Counter[str] = Counter()
    where: dict[str, str] = {}
    for block in ("late", "week", "later"):
        for row in found.block(block):
            if row.place == MINE or (row.group == "call" and not row.promised(on)):
                number[row.group] += row.count
                where.setdefault(row.group, block)
    parts = [(counted(group, number[group]), where[group]) for group in ORDER if number[group]] + list(new)
    if [group for group in ORDER if number[group]] == ["other"]:
        n = number["other"]
        parts[0] = (ngettext("%(num)d thing to do", "%(num)d things to do", n, num=n), where["other"])
    return parts or [(_("Nothing waits for you today"), "")], _end(found, person)


def _end(found: Today, person: Person) -> str:
    quiet, every = sum(1 for cell in found.cells if not cell.late), len(found.cells)
    if every > 1 and quiet == every:
        return _("nothing is late in any branch")
    if every > 1 and quiet:
        return _("nothing is late in %(quiet)s of %(every)s branches", quiet=quiet, every=every)
    late = sum(cell.late for cell in found.cells) if every else len(found.late)
    if late:
        return ngettext("%(num)d thing is late", "%(num)d things are late", late, num=late)
    return _("nothing is late") if holds(person, *STAFF) or branches(person) else ""
