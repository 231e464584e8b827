"""What this person has to do next: one sentence, then late, this week, waiting for others. Each block is one question."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import and_, exists, false, func, or_, select

from fundapp.disbursement.models import Payment, Receipt, Report
from fundapp.documents.models import Document, WordTemplate
from fundapp.funds.models import Call, Fund
from fundapp.kit.database import ReadSession
from fundapp.kit.i18n import gettext as _
from fundapp.kit.i18n import ngettext
from fundapp.mail.models import Message
from fundapp.measures import queries as measures
from fundapp.measures.lifecycle import Status
from fundapp.measures.models import Declaration, Measure
from fundapp.people.models import Person, RoleHeld
from fundapp.people.permissions import RIGHTS, Action, Role, Scope, branches, holds, may
from fundapp.rating.models import Member, Scheme, Sheet
from fundapp.reminders import queries as reminders
from fundapp.reminders.models import Obligation

S = Status
WEEK, SOON, MOST = timedelta(days=7), timedelta(days=60), 50


@dataclass(frozen=True)
class Work:
    """One thing to do. `due` None: it waits without a date; `amount` in minor units of `currency`."""

    what: str
    url: str
    why: str
    due: date | None = None
    amount: int | None = None
    currency: str = ""
    obligation: Obligation | None = None


@dataclass(frozen=True)
class Today:
    late: list[Work]
    week: list[Work]
    soon: list[Work]  # what an applicant owes later; staff see it on the case files
    open: list[Work]
    others: list[Work]


# What an applicant owes; other obligations of their measure are the staff's
OF_APPLICANTS = (
    "measures.answer",
    "measures.fit",
    "rating.answer",
    "disbursement.interim_report",
    "disbursement.final_report",
    "disbursement.refund",
)
# What a measure in a status asks of whom: (status, action, what, address). The first that fits a person is shown.
NEXT = (
    (S.DRAFT, Action.WRITE_PROPOSAL, "Finish and send the proposal", "/cases/{id}"),
    (S.RETURNED, Action.WRITE_PROPOSAL, "Add what is missing and send again", "/cases/{id}"),
    (S.SUBMITTED, Action.CHECK, "Check eligibility", "/cases/{id}"),
    (S.ELIGIBLE, Action.OPEN_RATING, "Open the rating", "/rating/calls/{call}"),
    (S.IN_RATING, Action.CLOSE_RATING, "Close the rating when all have signed", "/rating/calls/{call}"),
    (S.RATED, Action.CLOSE_MEETING, "Decide in a meeting", "/rating/calls/{call}"),
    (S.RATED, Action.TYPE_MEETING, "Prepare the meeting", "/rating/calls/{call}"),
    (S.DEFERRED, Action.ANSWER, "Answer the committee’s questions", "/cases/{id}"),
    (S.APPROVED, Action.ISSUE_CONTRACT, "Prepare the contract", "/cases/{id}"),
    (S.APPROVED, Action.FIT_PLAN, "Fit the plan to the award", "/cases/{id}"),
    (S.CONTRACTED, Action.START, "Note the start", "/cases/{id}"),
    (S.SETTLED, Action.CLOSE, "Close after the last visit", "/cases/{id}"),
)
WAITS = {
    S.SUBMITTED: "The branch checks it",
    S.ELIGIBLE: "It goes to the committee",
    S.IN_RATING: "The committee reads it",
    S.RATED: "The committee decides",
    S.RESERVED: "It waits on the reserve list",
    S.APPROVED: "The fund prepares the contract",
    S.CONTRACTED: "It begins on the agreed day",
}


def today(session: ReadSession, person: Person, *, on: date) -> Today:
    """Everything open for this person, in a constant number of questions."""
    dated = _obligations(session, person, on)
    work = [
        *_rating(session, person),
        *_steps(session, person),
        *_money(session, person),
        *_administration(session, person),
    ]
    late = [item for item in dated if item.due is not None and item.due < on]
    week = [item for item in dated if item.due is not None and on <= item.due <= on + WEEK]
    soon = [item for item in dated if item.due is not None and on + WEEK < item.due <= on + SOON]
    return Today(late, week, soon, work, _others(session, person))


def _obligations(session: ReadSession, person: Person, on: date) -> list[Work]:
    if may(person, Action.NOTE_OBLIGATION) or holds(person, Role.AUDITOR):
        rows = reminders.open_for(
            session, person, until=on + WEEK, cases=select(Measure.id).where(measures.visible_to(person))
        )
    else:
        asked = select(Obligation).where(Obligation.done_at.is_(None), Obligation.cancelled_at.is_(None))
        mine = asked.join(Measure, Measure.id == Obligation.case_id).where(
            Measure.owner_id == person.id, Obligation.kind.in_(OF_APPLICANTS)
        )
        rows = list(session.scalars(mine.order_by(Obligation.due).limit(MOST)))
    cases = {row.case_id for row in rows}
    found = session.execute(select(Measure.id, Measure.title).where(Measure.id.in_(cases))).all()
    titles = {row.id: row.title for row in found}
    return [
        Work(
            _(row.title.partition(":")[0]),
            f"/cases/{row.case_id}",
            titles.get(row.case_id or 0, ""),
            row.due,
            obligation=row,
        )
        for row in rows
    ]


def _scope(person: Person, action: Action) -> Any:
    """The condition under which the person holds `action` on a measure, its status apart."""
    parts: list[Any] = []
    for right in RIGHTS[action]:
        if not holds(person, right.role):
            continue
        if right.scope is Scope.ALL:
            parts.append(Measure.id > 0)
        elif right.scope is Scope.OWN:
            parts.append(Measure.owner_id == person.id)
        elif right.scope is Scope.BRANCH:
            parts.append(Measure.branch_id.in_(branches(person) or {0}))
    return or_(*parts) if parts else false()


def _steps(session: ReadSession, person: Person) -> list[Work]:
    """Measures that wait for a step of this person; what is done for a whole call stands once, with the number of proposals.

    So a chair, who rates too, reads neither title nor amount of what is rated without names.
    """
    wanted = [
        and_(Measure.status == status, _scope(person, action)) for status, action, *_rest in NEXT if may(person, action)
    ]
    if not wanted:
        return []
    asked = (
        select(Measure, Fund.currency, Call.title)
        .join(Fund, Fund.id == Measure.fund_id)
        .outerjoin(Call, Call.id == Measure.call_id)
        .where(or_(*wanted), _free_of_conflict(person))
        .order_by(Measure.submitted_at, Measure.id)
        .limit(MOST)
    )
    alone: list[Work] = []
    together: Counter[tuple[str, str, str]] = Counter()
    for measure, currency, call in session.execute(asked):
        what, url = next(
            (what, url)
            for status, action, what, url in NEXT
            if status == measure.status and may(person, action, measure)
        )
        if "{call}" in url:
            together[(_(what), url.format(call=measure.call_id), call)] += 1
            continue
        amount = measure.awarded or measure.requested or None
        title = measure.title or _("Untitled proposal")
        alone.append(Work(_(what), url.format(id=measure.id), title, None, amount, currency))
    counted = [
        Work(what, url, f"{call}: {ngettext('%(num)d proposal', '%(num)d proposals', n) % {'num': n}}")
        for (what, url, call), n in together.items()
    ]
    return counted + alone


def _free_of_conflict(person: Person) -> Any:
    return ~exists().where(
        Declaration.measure_id == Measure.id,
        Declaration.person_id == person.id,
        Declaration.conflict,
        Declaration.replaced_at.is_(None),
    )


def _rating(session: ReadSession, person: Person) -> Iterable[Work]:
    if not holds(person, Role.MEMBER, Role.CHAIR):
        return []
    sheets = session.scalar(
        select(func.count()).select_from(Sheet).join(Measure, Measure.id == Sheet.measure_id)
        .where(Sheet.person_id == person.id, Sheet.status.in_(("open", "locked")), Measure.status == S.IN_RATING)
    ) or 0  # fmt: skip
    declared = exists().where(
        Declaration.measure_id == Measure.id, Declaration.person_id == person.id, Declaration.replaced_at.is_(None)
    )
    calls = session.execute(
        select(Measure.call_id, func.count())
        .join(Scheme, Scheme.call_id == Measure.call_id)
        .join(Member, Member.committee_id == Scheme.committee_id)
        .where(
            Member.person_id == person.id,
            Member.left_at.is_(None),
            Measure.status.in_((S.ELIGIBLE, S.IN_RATING)),
            ~declared,
        )
        .group_by(Measure.call_id)
    ).all()
    found = [
        Work(
            _("Say whether you have a conflict of interest"),
            f"/rating/calls/{call}/declare",
            _("%(n)s proposals") % {"n": count},
        )
        for call, count in calls
    ]
    if sheets:
        found.append(Work(_("Score proposals"), "/rating/", _("%(n)s sheets are open") % {"n": sheets}))
    return found


def _money(session: ReadSession, person: Person) -> list[Work]:
    found: list[Work] = []
    wanted = [
        and_(Payment.status == status, own)
        for status, action, own in (
            ("prepared", Action.AUTHORISE_PAYMENT, Payment.prepared_by_id != person.id),
            (
                "authorised",
                Action.PAY,
                and_(Payment.prepared_by_id != person.id, Payment.authorised_by_id != person.id),
            ),
        )
        if may(person, action)
    ]
    if wanted:
        rows = session.execute(
            select(Payment, Measure, Fund.currency)
            .join(Measure, Measure.id == Payment.measure_id)
            .join(Fund, Fund.id == Measure.fund_id)
            .where(or_(*wanted), _free_of_conflict(person))
            .order_by(Payment.id)
            .limit(MOST)
        )
        for payment, measure, currency in rows:
            what = _("Authorise the payment") if payment.status == "prepared" else _("Pay")
            found.append(
                Work(what, f"/disbursement/payments/{payment.id}", measure.title, None, payment.amount, currency)
            )
    if may(person, Action.ACCEPT_REPORT):
        reports = session.execute(
            select(Report, Measure)
            .join(Measure, Measure.id == Report.measure_id)
            .where(Report.status == "sent", _scope(person, Action.ACCEPT_REPORT), _free_of_conflict(person))
            .order_by(Report.sent_at)
            .limit(MOST)
        )
        for report, measure in reports:
            what = _("Check the interim report") if report.kind == "interim" else _("Check the final report")
            found.append(Work(what, f"/disbursement/reports/{report.id}", measure.title))
    if may(person, Action.CHECK_RECEIPT):
        receipts = session.execute(
            select(Measure, func.count())
            .join(Receipt, Receipt.measure_id == Measure.id)
            .where(Receipt.accepted.is_(None), _scope(person, Action.CHECK_RECEIPT), _free_of_conflict(person))
            .group_by(Measure.id)
            .order_by(Measure.id)
            .limit(MOST)
        )
        for measure, count in receipts:
            found.append(
                Work(
                    _("Check receipts"),
                    f"/disbursement/measures/{measure.id}",
                    f"{measure.title} ({_('%(n)s open') % {'n': count}})",
                )
            )
    return found


def _administration(session: ReadSession, person: Person) -> list[Work]:
    found: list[Work] = []
    if may(person, Action.MANAGE_PEOPLE):
        waiting = session.scalar(
            select(func.count())
            .select_from(RoleHeld)
            .where(RoleHeld.confirmed_at.is_(None), RoleHeld.ended_at.is_(None))
        )
        if waiting:
            found.append(
                Work(_("Confirm roles"), "/people/persons", _("%(n)s wait for a second person") % {"n": waiting})
            )
    if may(person, Action.READ_OUTBOX):
        failed = session.scalar(select(func.count()).select_from(Message).where(Message.failed_at.is_not(None)))
        if failed:
            found.append(
                Work(_("Look at mail that could not be delivered"), "/outbox", _("%(n)s mails") % {"n": failed})
            )
    if may(person, Action.ACTIVATE_TEMPLATE):
        fit = session.execute(
            select(WordTemplate).where(
                WordTemplate.fit, WordTemplate.activated_at.is_(None), WordTemplate.retired_at.is_(None),
                WordTemplate.uploaded_by_id != person.id,
            )
        ).scalars()  # fmt: skip
        found += [
            Work(_("Activate a Word template"), f"/documents/templates/versions/{row.id}", row.name) for row in fit
        ]
    if may(person, Action.ISSUE_CONTRACT):
        broken = session.execute(select(Document).where(Document.status == "failed")).scalars()
        found += [Work(_("A document could not be written"), f"/documents/{row.id}", row.title) for row in broken]
    return found


def _others(session: ReadSession, person: Person) -> list[Work]:
    """What an applicant waits for."""
    if not holds(person, Role.APPLICANT):
        return []
    rows = session.scalars(
        select(Measure).where(Measure.owner_id == person.id, Measure.status.in_(tuple(WAITS))).order_by(Measure.id)
    )
    return [Work(_(WAITS[Status(row.status)]), f"/cases/{row.id}", row.title) for row in rows]


def sentence(found: Today) -> str:
    """The first line of the page, in words."""
    parts = []
    if found.late:
        parts.append(_("%(n)s late") % {"n": len(found.late)})
    if found.week:
        parts.append(_("%(n)s due this week") % {"n": len(found.week)})
    if found.open:
        parts.append(_("%(n)s waiting for you") % {"n": len(found.open)})
    if not parts:
        return _("Nothing waits for you today.")
    return ", ".join(parts) + "."
