"""What waits without a date: measures that stand before a step, receipts, instalments, settlements, and the office's own things.

What is done for a whole call stands once, with the number of proposals: so a committee reads neither title nor amount.
"""

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Date, Integer, String, and_, cast, exists, func, literal, null, or_, select, union_all

from fundapp.disbursement.models import Payment, Receipt, Report, Settlement
from fundapp.documents.models import Document, WordTemplate
from fundapp.evaluation.models import Evaluation
from fundapp.funds.models import Call, Fund, Inquiry
from fundapp.grants.models import Contract, Instalment
from fundapp.kit.database import ReadSession
from fundapp.kit.i18n import gettext as _
from fundapp.kit.i18n import mark, ngettext
from fundapp.mail.models import Message
from fundapp.mail.queries import to_tell
from fundapp.measures import queries as measures
from fundapp.measures.checkers import HELPER
from fundapp.measures.lifecycle import Status
from fundapp.measures.models import BudgetLine, Measure
from fundapp.overview.messages import seen as may_tell
from fundapp.overview.rows import (
    MINE,
    MOST,
    OFFICERS,
    OPEN,
    OTHERS,
    THING,
    Row,
    Thing,
    actors,
    checked_by,
    checks,
    helping,
    lent_names,
    shown_title,
    why_here,
)  # fmt: skip
from fundapp.people.models import Branch, Person, RoleHeld
from fundapp.people.permissions import Action, Role, branches, holds, lender, may
from fundapp.reminders.models import Obligation

S = Status
# (status, right, what as a verb, address, group). The first that fits is shown; {call}: done for a whole call.
NEXT = (
    (S.SUBMITTED, Action.CHECK, mark("Check eligibility"), "/measures/{id}/check", "check"),
    (S.ELIGIBLE, Action.OPEN_RATING, mark("Open the rating"), "/rating/calls/{call}", "other"),
    (S.IN_RATING, Action.CLOSE_RATING, mark("Close the rating when all have signed"), "/rating/calls/{call}", "other"),
    (S.RATED, Action.CLOSE_MEETING, mark("Decide in a meeting"), "/rating/calls/{call}", "decide"),
    (S.RATED, Action.TYPE_MEETING, mark("Prepare the meeting"), "/rating/calls/{call}", "decide"),
    (S.APPROVED, Action.ISSUE_CONTRACT, mark("Prepare the contract"), "/grants/measures/{id}", "sign"),
    (S.SETTLED, Action.CLOSE, mark("Close the measure: the last visit is done"), "/cases/{id}", "other"),
)
# What everybody else waits for; {call}: said once for a whole call
WAITS = {
    S.SUBMITTED: (mark("The branch checks eligibility"), "/cases/{id}"),
    S.ELIGIBLE: (mark("It goes to the committee"), "/rating/calls/{call}"),
    S.IN_RATING: (mark("The committee reads it"), "/rating/calls/{call}"),
    S.RATED: (mark("The committee decides"), "/rating/calls/{call}"),
    S.RESERVED: (mark("It waits on the reserve list"), "/measures?status=reserved"),
    S.APPROVED: (mark("The fund prepares the contract"), "/cases/{id}"),
    S.CONTRACTED: (mark("It begins on the agreed day"), "/cases/{id}"),
}
ASKED = (  # what the budget as it stands asks the fund for
    select(func.sum(BudgetLine.from_grant))
    .where(BudgetLine.measure_id == Measure.id)
    .correlate(Measure)
    .scalar_subquery()
)
TOGETHER = (S.ELIGIBLE, S.IN_RATING, S.RATED, S.RESERVED)
WRITING = (S.DRAFT, S.RETURNED)


def steps(session: ReadSession, person: Person, known: set[tuple[str, int | None]]) -> list[Row]:
    """Measures that wait for a step; `known`: (kind, case) of what stands in the lists with its date already."""
    names = lent_names(session, person)
    visited = ~exists().where(Evaluation.measure_id == Measure.id, Evaluation.done_at.is_(None)) & exists().where(
        Evaluation.measure_id == Measure.id
    )
    asked = (
        select(
            *THING, Measure.awarded, Measure.requested, Measure.submitted_at, Measure.starts_on, Measure.fits_award,
            ASKED.label("asked"),
            Measure.call_id, Call.title.label("call"), Fund.currency, Branch, Contract.status.label("contract"),
            Obligation.due, *checked_by(person),
        )
        .join(Fund, Fund.id == Measure.fund_id)
        .outerjoin(Call, Call.id == Measure.call_id)
        .outerjoin(Branch, Branch.id == Measure.branch_id)
        .outerjoin(Contract, and_(Contract.measure_id == Measure.id, Contract.status != "void"))
        .outerjoin(Obligation, and_(Obligation.case_id == Measure.id, Obligation.kind == "measures.check", OPEN))
        .outerjoin(helping, helping.id == HELPER)
        .where(measures.visible_to(person))
        .where(or_(Measure.status.in_((*WAITS, S.DRAFT)), and_(Measure.status == S.SETTLED, visited)))
        .where(or_(Measure.status != S.DRAFT, Measure.prepared_by_id == person.id))
        .order_by(Measure.submitted_at, Measure.id)
        .limit(MOST)
    )  # fmt: skip
    alone: list[Row] = []
    together: Counter[tuple[str, str, str, str, str]] = Counter()
    for found in session.execute(asked):
        if ("measures.check", found.id) in known:
            continue
        what, url, group, at, whose = _what(person, found)
        if not what:
            continue
        if found.status in TOGETHER:
            together[(_(what), url.format(call=found.call_id, id=found.id), found.call or "", group, at)] += 1
            continue
        alone.append(
            Row(
                what=_(what),
                url=url.format(id=found.id),
                why=", ".join(filter(None, [shown_title(found.title, found.short_title), _why(person, found, at)])),
                due=found.due if found.status == S.SUBMITTED else None,
                amount=found.awarded or found.requested or None,
                currency=found.currency,
                number=found.number or "",
                branch=found.Branch,
                group=group,
                place=at,
                since=found.submitted_at.date() if found.submitted_at and found.status == S.SUBMITTED else None,
                case_id=found.id,
                instead_of=names.get(whose or 0, ""),
            )
        )
    counted = [
        Row(what, url, f"{call}: {ngettext('%(num)d proposal', '%(num)d proposals', n, num=n)}", group=group, place=at)
        for (what, url, call, group, at), n in together.items()
    ]
    return counted + alone


def _why(person: Person, found: Any, at: str) -> str:
    return why_here(person, found, found, at) if found.status == S.SUBMITTED else ""


def _what(person: Person, found: Any) -> tuple[str, str, str, str, int | None]:
    """(what, address, group, place, whose right is lent) of a measure; an empty `what`: nothing that this person waits for."""
    thing = Thing(
        found.id,
        found.title,
        found.number,
        found.status,
        found.branch_id,
        found.owner_id,
        found.prepared_by_id,
        found.organisation_id,
        found.check_branch_id,
    )
    if found.status == S.DRAFT:
        return mark("Finish what you write for the applicant"), "/measures/{id}/review", "other", MINE, None
    for status, action, what, url, group in NEXT:
        if status != found.status:
            continue
        if status == S.SUBMITTED:
            whose = next((one.id for one in actors(person) if checks(one, person, thing, found) == MINE), None)
            if whose is None:
                continue
            return what, url, group, MINE, whose if whose != person.id else None
        if not may(person, action, thing) or not (thing.branch_id in branches(person) or _head(person)):
            continue
        if status == S.APPROVED:
            if found.contract == "issued":
                return mark("The signed contract comes back"), "/grants/measures/{id}", "other", OTHERS, None
            if not found.fits_award and found.asked == found.awarded:
                return mark("Accept the fitted plan"), "/measures/{id}/fit", "sign", MINE, None
            if not found.fits_award:
                return mark("The applicant fits the plan to the award"), "/cases/{id}", "other", OTHERS, None
        lent = lender(person, action, thing)
        return what, url, group, MINE, lent.id if lent else None
    what, url = WAITS.get(found.status, ("", ""))
    chamber = holds(person, Role.MANAGER, Role.CHAIR, Role.MEMBER)
    return what, url if chamber or "{call}" not in url else "/measures?status=deciding", "other", OTHERS, None


def _head(person: Person) -> bool:
    """Head office does what a branch without an officer cannot, and what is its own."""
    return holds(person, Role.MANAGER, Role.CHAIR)


# The office's own things: what is put, where it is done, how the first line counts it
OFFICE: dict[str, tuple[str, str, str]] = {
    "receipts": (mark("Check receipts"), "/disbursement/measures/{id}", "receipts"),
    "instalment": (mark("Prepare the payment"), "/disbursement/measures/{id}", "pay"),
    "settlement": (mark("Make the settlement"), "/disbursement/measures/{id}/settlement", "other"),
    "settle": (mark("Settle the measure"), "/cases/{id}", "other"),
    "template": (mark("Activate a Word template"), "/documents/templates/versions/{id}", "other"),
    "document": (mark("Look at a document that could not be written"), "/documents/{id}", "other"),
    "roles": (mark("Confirm roles"), "/people/persons", "confirm"),
    "tell": (mark("Tell people what was written to them"), "/messages", "tell"),
    "mail": (mark("Look at mail that could not be delivered"), "/outbox", "mail"),
    "inquiry": (mark("Answer a public question"), "/funds/inquiries/{id}", "other"),
}


def office(session: ReadSession, person: Person, *, on: date, untold: datetime) -> list[Row]:
    """Receipts, instalments, settlements, templates, failed documents and mail, messages to tell, roles to confirm: one question.

    `untold`: since when a short text waits that somebody has to tell (mail.queries.told_since).
    """
    parts = [part for kind, part in _parts(person, on, untold) if part is not None]
    if not parts:
        return []
    found = []
    for kind, id, why, n, amount, currency, due in session.execute(union_all(*parts)):
        what, url, group = OFFICE[kind]
        if not n:
            continue
        text = why or ""
        if kind == "receipts":
            text += ": " + ngettext("%(num)d receipt", "%(num)d receipts", n, num=n)
        elif kind == "tell":
            text = ngettext("%(num)d message", "%(num)d messages", n, num=n)
        elif kind in ("roles", "mail"):
            text = (
                ngettext("%(num)d waits for a second person", "%(num)d wait for a second person", n, num=n)
                if kind == "roles"
                else ngettext("%(num)d mail", "%(num)d mails", n, num=n)
            )
        case = id if kind in ("receipts", "instalment", "settlement", "settle") else None
        found.append(
            Row(
                _(what),
                url.format(id=id),
                text,
                due,
                amount,
                currency or "",
                group=group,
                count=n if group in ("confirm", "mail", "tell") else 1,
                case_id=case,
            )
        )
    return found


def _parts(person: Person, on: date, untold: datetime) -> list[tuple[str, Any]]:
    def scope(action: Action) -> Any:
        """Measures on which the person holds the right; what a branch with an officer does is not head office's."""
        if not may(person, action):
            return None
        seen = measures.visible_to(person)
        if not holds(person, Role.MANAGER):
            return seen
        return and_(seen, or_(~OFFICERS, Measure.branch_id.in_(branches(person) or {0})))

    def row(
        kind: str, id: Any, why: Any, n: Any, amount: Any = None, currency: Any = None, due: Any = None
    ) -> list[Any]:
        return [
            literal(kind).label("kind"), cast(id, Integer).label("id"), cast(why, String).label("why"), cast(n, Integer).label("n"),
            cast(null(), Integer).label("amount") if amount is None else amount.label("amount"),
            cast(null(), String).label("currency") if currency is None else currency.label("currency"),
            cast(null(), Date).label("due") if due is None else due.label("due"),
        ]  # fmt: skip

    funded = Measure.status.in_((S.CONTRACTED, S.RUNNING, S.TERMINATED))
    live = exists().where(
        Payment.instalment_id == Instalment.id, Payment.status.in_(("prepared", "authorised", "paid"))
    )
    reported = exists().where(
        Report.measure_id == Measure.id, Report.kind == Instalment.needs_report, Report.status == "accepted"
    )
    ready = or_(Instalment.needs_report == "", reported)
    accepted = exists().where(Report.measure_id == Measure.id, Report.kind == "final", Report.status == "accepted")
    title = Measure.title
    found: list[tuple[str, Any]] = []
    if (at := scope(Action.CHECK_RECEIPT)) is not None:
        found.append(("receipts", select(*row("receipts", Measure.id, title, func.count())).join(Receipt, Receipt.measure_id == Measure.id)
            .where(Receipt.accepted.is_(None), at, Measure.status.in_((S.RUNNING, S.SUSPENDED, S.TERMINATED))).group_by(Measure.id)))  # fmt: skip
    if (at := scope(Action.PREPARE_PAYMENT)) is not None:
        found.append(("instalment", select(*row("instalment", Measure.id, title, literal(1), Instalment.amount, Fund.currency, Instalment.planned_on))
            .select_from(Instalment).join(Contract, Contract.id == Instalment.contract_id).join(Measure, Measure.id == Contract.measure_id)
            .join(Fund, Fund.id == Measure.fund_id)
            .where(Contract.status == "signed", funded, Instalment.planned_on <= on + timedelta(days=7), ~live, ready, at)))  # fmt: skip
    if (at := scope(Action.SETTLE)) is not None and holds(person, Role.MANAGER, Role.FINANCE):
        of = select(*row("settlement", Measure.id, title, literal(1))).where(
            funded, accepted, measures.visible_to(person)
        )
        found.append(("settlement", of.where(~exists().where(Settlement.measure_id == Measure.id))))
        found.append(("settle", select(*row("settle", Measure.id, title, literal(1))).where(
            funded, measures.visible_to(person), exists().where(Settlement.measure_id == Measure.id, Settlement.outcome != "open"))))  # fmt: skip
    if may(person, Action.ACTIVATE_TEMPLATE):
        found.append(("template", select(*row("template", WordTemplate.id, WordTemplate.name, literal(1))).where(
            WordTemplate.fit, WordTemplate.activated_at.is_(None), WordTemplate.retired_at.is_(None), WordTemplate.uploaded_by_id != person.id)))  # fmt: skip
    if may(person, Action.ISSUE_CONTRACT):
        found.append(
            (
                "document",
                select(*row("document", Document.id, Document.title, literal(1))).where(Document.status == "failed"),
            )
        )
    if may(person, Action.MANAGE_PEOPLE):
        waiting = (RoleHeld.confirmed_at.is_(None), RoleHeld.ended_at.is_(None))
        found.append(
            (
                "roles",
                select(*row("roles", literal(0), literal(""), func.count())).select_from(RoleHeld).where(*waiting),
            )
        )
    if (at := scope(Action.TELL)) is not None:
        untold_here = select(*row("tell", literal(0), literal(""), func.count())).select_from(Message)
        untold_here = untold_here.outerjoin(Measure, Measure.id == Message.case_id).where(
            to_tell(untold), may_tell(person)
        )
        found.append(("tell", untold_here.where(or_(Message.case_id.is_(None), at))))
    if may(person, Action.ANSWER_INQUIRY):
        owed = literal("funds.inquiry:").concat(cast(Inquiry.id, String))
        found.append(("inquiry", select(*row("inquiry", Inquiry.id, Call.title, literal(1), due=Obligation.due)).join(Call, Call.id == Inquiry.call_id)
            .join(Obligation, and_(Obligation.kind == "funds.inquiry", Obligation.subject == owed, OPEN))))  # fmt: skip
    if may(person, Action.READ_OUTBOX):
        failed = (
            Message.channel == "mail", Message.failed_at.is_not(None), Message.stopped_at.is_(None), Message.told_at.is_(None),
        )  # fmt: skip
        found.append(
            ("mail", select(*row("mail", literal(0), literal(""), func.count())).select_from(Message).where(*failed))
        )
    return found
