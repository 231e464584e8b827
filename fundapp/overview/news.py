"""What an auditor finds new since the last visit: payments, contracts, decisions, exceptions, out of the history. Nothing to change."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select

from fundapp.funds.models import Fund
from fundapp.history.models import Entry
from fundapp.kit import i18n
from fundapp.kit.database import ReadSession
from fundapp.kit.i18n import gettext as _
from fundapp.kit.i18n import mark, ngettext
from fundapp.measures import queries as measures
from fundapp.measures.lifecycle import BY_NAME
from fundapp.measures.models import Measure
from fundapp.overview.rows import Name, shown_title
from fundapp.overview.telling import told
from fundapp.people.models import Person, SignIn

MOST, FIRST_LOOK = 200, timedelta(days=30)
# heading -> the entries of the history that belong there
KINDS: dict[str, tuple[str, ...]] = {
    "exceptions": (
        "measures.admit_late", "measures.take_back", "measures.reopen_rating", "measures.uphold_eligibility", "measures.uphold_decision",
        "rating.agree_complaint", "rating.object_clearance", "rating.take_back_waiting", "rating.add_to_minutes",
        "measures.suspend", "measures.terminate", "disbursement.return", "disbursement.cancel", "disbursement.write_off",
        "people.refused", "funds.extend_deadline",
        "rating.outsiders", "rating.waive_conflict", "rating.declare_late", "rating.void_sheet",
    ),
    "payments": ("disbursement.pay", "disbursement.refund"),
    "contracts": ("measures.sign", "grants.issue", "grants.reissue"),
    "decisions": ("measures.approve", "measures.reserve", "measures.defer", "measures.reject", "measures.promote"),
}  # fmt: skip
HEADS = {
    "exceptions": mark("Exceptions"),
    "payments": mark("Payments"),
    "contracts": mark("Contracts"),
    "decisions": mark("Decisions"),
}


@dataclass(frozen=True)
class New:
    """One entry of the history, told."""

    at: datetime
    text: str
    url: str
    why: str
    number: str
    amount: int | None
    currency: str


@dataclass(frozen=True)
class News:
    """`first`: it is the first visit, so the last thirty days are told."""

    since: datetime
    first: bool
    found: dict[str, list[New]]


def news(session: ReadSession, person: Person, *, at: datetime, zone: ZoneInfo) -> News:
    """Everything of these kinds since the last visit on an earlier day; on the first visit of the last thirty days."""
    today = at.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    before = select(func.max(SignIn.last_seen_at)).where(SignIn.person_id == person.id, SignIn.began_at < today)
    last = session.scalar(before)
    since = last or at - FIRST_LOOK
    wanted = [action for actions in KINDS.values() for action in actions]
    rows = session.execute(
        select(
            Entry,
            Measure.title,
            Measure.short_title,
            Measure.number,
            Fund.currency,
            Person.given_name,
            Person.family_name,
        )
        .outerjoin(Measure, Measure.id == Entry.case_id)
        .outerjoin(Fund, Fund.id == Measure.fund_id)
        .outerjoin(Person, Person.id == Entry.by_id)
        .where(Entry.action.in_(wanted), Entry.at > since, or_(Entry.case_id.is_(None), measures.visible_to(person)))
        .order_by(Entry.seq.desc())
        .limit(MOST)
    )
    found: dict[str, list[New]] = {head: [] for head in KINDS}
    for entry, title, short, number, currency, given, family in rows:
        step = BY_NAME.get(entry.action.partition(".")[2])
        who = i18n.called(Name(given, family or ""), "initial") if given else _("The fund")
        head = next(head for head, actions in KINDS.items() if entry.action in actions)
        amount = entry.data.get("amount")
        found[head].append(
            New(
                entry.at,
                f"{who} {_(step.told if step else told(entry.action))}",
                f"/cases/{entry.case_id}" if entry.case_id else "/history",
                shown_title(title, short or "") if title else "",
                number or "",
                amount if isinstance(amount, int) else None,
                currency or "",
            )
        )
    return News(since, last is None, found)


def counted(head: str, n: int) -> str:
    match head:
        case "exceptions":
            return ngettext("%(num)d new exception", "%(num)d new exceptions", n, num=n)
        case "payments":
            return ngettext("%(num)d new payment", "%(num)d new payments", n, num=n)
        case "contracts":
            return ngettext("%(num)d new contract", "%(num)d new contracts", n, num=n)
        case _other:
            return ngettext("%(num)d new decision", "%(num)d new decisions", n, num=n)


def parts(found: News) -> list[tuple[str, str]]:
    """What is new, counted, with the place on the page."""
    return [(counted(head, len(new)), head) for head, new in found.found.items() if new]
