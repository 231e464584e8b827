"""What follows a vote, as questions: decisions that wait for a no-objection, objections raised, complaints and the money kept for them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, exists, func, or_, select

from fundapp.files.models import File
from fundapp.funds.models import Call, Donor, Fund, Journal
from fundapp.history.models import Entry
from fundapp.kit.database import ReadSession
from fundapp.kit.dates import on as day_of
from fundapp.kit.i18n import gettext as _
from fundapp.kit.texts import show_date
from fundapp.measures.conflicts import conflict_of
from fundapp.measures.lifecycle import Status
from fundapp.measures.models import Measure
from fundapp.people.deputies import hands
from fundapp.people.models import Person
from fundapp.people.permissions import Action, Actor
from fundapp.people.secrets import hashed
from fundapp.rating import queries
from fundapp.rating.models import Member, Panel, Scheme
from fundapp.rating.proceedings import Addendum, Clearance, Complaint, Decision

S = Status
COMPLAINT_DAYS, ANSWER_DAYS = 14, 30  # usual periods of grant committees
TOLD = (
    S.INELIGIBLE,
    S.REJECTED,
    S.RESERVED,
    S.APPROVED,
)  # the applicant was told something that may be complained about
UNTOLD = (S.SUBMITTED, S.RETURNED, S.ELIGIBLE, S.IN_RATING, S.RATED, S.DEFERRED)
NOTICES = tuple(
    f"measures.{step}" for step in ("turn_down", "approve", "reserve", "reject", "promote", "uphold_decision", "expire_reserve")
)  # fmt: skip


# No-objections

ADDRESS = re.compile(r"[^\s<>,;:()\"]+@[^\s<>,;:()\"]+\.[^\s<>,;:()\"]+")


def waiting(session: ReadSession, measure_id: int) -> Decision | None:
    """The approval of this measure that waits for a no-objection."""
    asked = select(Decision).where(Decision.measure_id == measure_id, Decision.waits)
    return session.scalars(asked.order_by(Decision.id.desc())).first()


def held(session: ReadSession, call_id: int) -> set[int]:
    """The measures of a call whose approval waits: no meeting decides on them meanwhile."""
    asked = select(Decision.measure_id).join(Measure, Measure.id == Decision.measure_id)
    return set(session.scalars(asked.where(Measure.call_id == call_id, Decision.waits)))


def why_not_now(session: ReadSession, measure: Measure) -> list[str]:
    """Says so when an approval of the measure waits: nothing else may happen to it meanwhile."""
    if waiting(session, measure.id) is None:
        return []
    return [_("Its approval waits for a no-objection; take that back first.")]


@dataclass(frozen=True)
class Asked:
    """Who is asked: a donor, or somebody of a board, who need not be known here."""

    name: str
    email: str
    language: str


def needs_clearance(session: ReadSession, call_id: int | None, amount: int | None) -> int | None:
    """From which amount on an approval in this call waits, where `amount` reaches it; None: it takes effect at once. Minor units."""
    scheme = queries.scheme_of(session, call_id)
    above = scheme.clearance_above if scheme else None
    return above if above is not None and amount is not None and amount >= above else None


def usually_asked(session: ReadSession, fund_id: int) -> list[Asked]:
    """Who is proposed to be asked: those asked last in this fund, else its donors whose contact holds an address."""
    last = (
        select(Clearance)
        .join(Decision, Decision.id == Clearance.decision_id)
        .join(Measure, Measure.id == Decision.measure_id)
        .where(Measure.fund_id == fund_id, Clearance.withdrawn_at.is_(None))
    )
    rows = list(session.scalars(last.order_by(Clearance.id.desc()).limit(20)))
    if rows:
        newest = [row for row in rows if row.decision_id == rows[0].decision_id]
        return [Asked(row.name, row.email, row.language) for row in reversed(newest)]
    donors = session.scalars(select(Donor).where(Donor.fund_id == fund_id).order_by(Donor.name))
    found = ((donor, ADDRESS.search(donor.contact)) for donor in donors)
    return [Asked(donor.name, address[0], "en") for donor, address in found if address]


def why_not_answer(session: ReadSession, clearance: Clearance, today: date) -> list[str]:
    """Why the link does not take an answer."""
    decision = session.get_one(Decision, clearance.decision_id)
    if clearance.answer is not None:
        return [_("This question has been answered.")]
    if clearance.withdrawn_at is not None or not decision.waits:
        return [_("This question does not stand any more.")]
    return [_("The time for an answer is over. Please call the fund.")] if clearance.due < today else []


def clearances(session: ReadSession, decision_ids: Iterable[int]) -> dict[int, list[Clearance]]:
    """decision id -> who was asked for a no-objection, in the order of asking; those withdrawn too."""
    found: dict[int, list[Clearance]] = {}
    asked = select(Clearance).where(Clearance.decision_id.in_(tuple(decision_ids))).order_by(Clearance.id)
    for row in session.scalars(asked):
        found.setdefault(row.decision_id, []).append(row)
    return found


def find_clearance(session: ReadSession, id: int, *, visible_to: Person) -> Clearance | None:
    """For who may see the measure it is about."""
    row = session.get(Clearance, id)
    decision = session.get(Decision, row.decision_id) if row else None
    if decision is None or queries.find_measure(session, decision.measure_id, visible_to=visible_to) is None:
        return None
    return row


def by_key(session: ReadSession, key: str) -> Clearance | None:
    """Whom a mailed link was made for; None when the link is unknown, or the question was withdrawn."""
    asked = select(Clearance).where(Clearance.key_hash == hashed(key), Clearance.withdrawn_at.is_(None))
    return session.scalars(asked).first()


def objections(session: ReadSession, measure_ids: Iterable[int]) -> dict[int, Clearance]:
    """measure id -> the newest objection to an earlier approval: what the next meeting has to know."""
    asked = (
        select(Decision.measure_id, Clearance)
        .join(Decision, Decision.id == Clearance.decision_id)
        .where(Decision.measure_id.in_(tuple(measure_ids)), Clearance.answer == "objected")
    )
    return {int(measure_id): row for measure_id, row in session.execute(asked.order_by(Clearance.id))}


# Complaints


def complaints(session: ReadSession, measure_id: int) -> list[Complaint]:
    """All complaints about what was decided on a measure, newest first."""
    asked = select(Complaint).where(Complaint.measure_id == measure_id).order_by(Complaint.id.desc())
    return list(session.scalars(asked))


def open_complaint(session: ReadSession, measure_id: int) -> Complaint | None:
    asked = select(Complaint).where(Complaint.measure_id == measure_id, Complaint.answered_at.is_(None))
    return session.scalars(asked).first()


def was_upheld(session: ReadSession, measure_id: int) -> bool:
    """Whether a complaint about this measure was found right."""
    asked = select(Complaint.id).where(Complaint.measure_id == measure_id, Complaint.upheld.is_(True))
    return session.scalar(asked.limit(1)) is not None


@dataclass(frozen=True)
class Complained:
    """A complaint in the managers' list."""

    complaint: Complaint
    measure: Measure
    call: Call | None
    who_not: bool  # the reader sits on the call's committee: another manager answers


def all_complaints(
    session: ReadSession, *, visible_to: Person, answered: bool = False, limit: int = 200
) -> list[Complained]:
    """Open (or answered) complaints by call and day; without those about measures a conflict closes to the reader."""
    closed = Complaint.answered_at.is_not(None) if answered else Complaint.answered_at.is_(None)
    asked = (
        select(Complaint, Measure, Call)
        .join(Measure, Measure.id == Complaint.measure_id)
        .outerjoin(Call, Call.id == Measure.call_id)
        .where(closed, ~conflict_of(visible_to.id))
        .order_by(Call.code, Complaint.due, Complaint.id)
        .limit(limit)
    )
    rows = session.execute(asked).all()
    mine = calls_decided_by(session, visible_to.id)
    return [Complained(c, measure, call, measure.call_id in mine) for c, measure, call in rows]


def calls_decided_by(session: ReadSession, person_id: int) -> set[int]:
    """The calls on whose committees, the regional ones too, this person sits or has sat."""
    sat = select(Member.committee_id).where(Member.person_id == person_id)
    panels = select(Panel.scheme_id).where(Panel.committee_id.in_(sat))
    asked = select(Scheme.call_id).where(or_(Scheme.committee_id.in_(sat), Scheme.id.in_(panels)))
    return set(session.scalars(asked))


def files_of(session: ReadSession, subject: str) -> list[File]:
    """Files kept for a complaint or an answer that came on paper."""
    return list(session.scalars(select(File).where(File.subject == subject).order_by(File.id)))


def noticed(session: ReadSession, measure: Measure) -> tuple[date, int | None] | None:
    """(day, by whom) of what the applicant was last told: turned down, chosen or not, on the list. In the fund's zone."""
    asked = select(Entry.at, Entry.by_id).where(Entry.case_id == measure.id, Entry.action.in_(NOTICES))
    found = session.execute(asked.order_by(Entry.seq.desc()).limit(1)).first()
    if found is None:
        return None
    return day_of(found[0], session.get_one(Fund, measure.fund_id).zone), found[1]


def complain_until(session: ReadSession, measure: Measure) -> date | None:
    """The last day for a complaint: 14 days after the notice; None when there was none."""
    found = noticed(session, measure) if measure.status in TOLD else None
    return found[0] + timedelta(days=COMPLAINT_DAYS) if found else None


def why_not_complain(session: ReadSession, measure: Measure, at: datetime) -> list[str]:
    until = complain_until(session, measure)
    if until is None:
        return [_("Nothing has been decided that you could complain about.")]
    if open_complaint(session, measure.id) is not None:
        return [_("We have a complaint of yours already; it is being answered.")]
    if day_of(at, session.get_one(Fund, measure.fund_id).zone) > until:
        return [
            _("A complaint was possible until %(day)s. Your branch gladly explains the decision.", day=show_date(until))
        ]
    return []


def why_not_judge(session: ReadSession, measure: Measure, by: Actor, action: Action) -> list[str]:
    """A complaint is answered by a manager outside every committee of the call, and never by who prepared or decided it."""
    all_hands = hands(by, action, measure)
    reasons = []
    if any(measure.call_id in calls_decided_by(session, id) for id in all_hands):
        reasons.append(_("You sit on the committee of this call; another manager answers the complaint."))
    if measure.prepared_by_id in all_hands:
        reasons.append(_("You helped to write this proposal; another manager answers the complaint."))
    decided = noticed(session, measure)
    if not reasons and decided is not None and decided[1] in all_hands:
        reasons.append(_("You decided on it yourself; another manager answers the complaint."))
    return reasons


def reserve_needed(session: ReadSession, call: Call, on: date) -> int:
    """What of the call's money is kept back for complaints on this day, minor units. `on`: a day of the fund's zone."""
    scheme = queries.scheme_of(session, call.id)
    if scheme is None or not scheme.complaint_reserve:
        return 0
    found = session.execute(select(*about_reserve(call.id))).one()
    return still_kept(scheme, session.get_one(Fund, call.fund_id), on, *found)


def about_reserve(call_id: int) -> tuple[ColumnElement[Any], ...]:
    """As parts of a question what `still_kept` has to know of a call, in its order."""
    of_call = select(Measure.id).where(Measure.call_id == call_id)
    upheld = select(Complaint.measure_id).where(Complaint.upheld.is_(True))
    untold = of_call.where(Measure.status.in_(UNTOLD), Measure.id.not_in(upheld))
    answering = select(Complaint.id).where(Complaint.answered_at.is_(None), Complaint.measure_id.in_(of_call))
    last = select(func.max(Entry.at)).where(Entry.case_id.in_(of_call), Entry.action.in_(NOTICES))
    after = exists().where(
        Complaint.measure_id == Measure.id, Complaint.upheld.is_(True),
        Journal.case_id == Measure.id, Journal.kind == "reserve", Journal.at >= Complaint.answered_at,
    )  # fmt: skip
    awarded = select(func.sum(Measure.awarded)).where(Measure.status.in_(queries.SPENT))
    waits = select(func.sum(Decision.amount)).join(Measure, Measure.id == Decision.measure_id).where(Decision.waits)
    return (
        last.scalar_subquery(),
        or_(untold.exists(), answering.exists()),
        awarded.where(Measure.call_id == call_id, after).scalar_subquery(),
        waits.where(Measure.call_id == call_id, after).scalar_subquery(),
    )


def still_kept(
    scheme: Scheme, fund: Fund, on: date, told: datetime | None, open_: bool, awarded: int | None, waits: int | None
) -> int:
    """The scheme's reserve, less what was reserved in the ledger for measures once their complaint had been upheld.

    Until every applicant has been told, the time to complain is over (14 days after the last notice) and no complaint is open.
    """
    over = told is not None and day_of(told, fund.zone) + timedelta(days=COMPLAINT_DAYS) < on
    return 0 if over and not open_ else max(0, scheme.complaint_reserve - int(awarded or 0) - int(waits or 0))


# Corrections of minutes


def addenda(session: ReadSession, meeting_id: int) -> list[Addendum]:
    """Corrections of a meeting's minutes, by number."""
    return list(session.scalars(select(Addendum).where(Addendum.meeting_id == meeting_id).order_by(Addendum.no)))
