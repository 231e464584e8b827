"""Which visits there are, what was promised and counted, and why a measure cannot be closed yet."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, func, literal, or_, select, tuple_
from sqlalchemy.orm import aliased, joinedload

from fundapp.disbursement import queries as reporting
from fundapp.disbursement.lifecycle import SENT
from fundapp.disbursement.models import Report
from fundapp.documents.models import Document
from fundapp.evaluation import schedule
from fundapp.evaluation.impact import Answer, Outcome
from fundapp.evaluation.models import Evaluation, Value
from fundapp.evaluation.switches import VISITOR
from fundapp.kit.database import ReadSession
from fundapp.kit.dates import on
from fundapp.kit.i18n import gettext as _
from fundapp.kit.i18n import mark
from fundapp.kit.texts import show_date
from fundapp.measures import queries as measures
from fundapp.measures.codes import FUND_INDICATORS
from fundapp.measures.lifecycle import Status
from fundapp.measures.models import Measure
from fundapp.people.deputies import hands
from fundapp.people.models import Person
from fundapp.people.permissions import Action, Actor
from fundapp.presets.queries import value
from fundapp.reminders.models import Obligation

VISIT = "evaluation.visit"  # the kind of its obligation
code_of = measures.code_of
REPORT = "portfolio"  # the name of its letter
UNDER_WAY = (Status.CONTRACTED, Status.RUNNING, Status.SUSPENDED, Status.TERMINATED, Status.SETTLED)
POINTS = {point.months: point for point in schedule.POINTS}
OUTPUT = "people_trained"  # counted once; the others are outcomes, which have to last
OF_PERSONS = tuple(FUND_INDICATORS)  # women are counted as a part of these
TITLES = {
    0: mark("Visit at the end of funding"),
    6: mark("Visit 6 months after the end"),
    12: mark("Visit 12 months after the end"),
    24: mark("Visit 24 months after the end"),
}


@dataclass(frozen=True)
class Count:
    """One thing to count: what was promised, what was counted last (at how many months), what now. Thousandths."""

    code: str
    title: str
    unit: str
    promised: int | None
    last: int | None
    last_point: int | None
    last_women: int | None
    now: int | None
    now_women: int | None

    @property
    def persons(self) -> bool:
        """Whether women are counted as a part of it."""
        return self.code in OF_PERSONS


@dataclass(frozen=True)
class Due:
    """A visit of the work list, with what was last noted about it."""

    evaluation: Evaluation
    window: schedule.Visit
    promised: date | None
    note: str


def find(session: ReadSession, id: int, *, visible_to: Person) -> Evaluation | None:
    """An evaluation with its measure, fund and branch; None when this person may not know of the measure."""
    asked = select(Evaluation).join(Evaluation.measure).where(Evaluation.id == id, measures.visible_to(visible_to))
    return session.scalars(asked.options(*_measure())).first()


def of_measure(session: ReadSession, measure_id: int) -> list[Evaluation]:
    """The evaluations of a measure by point, its measure loaded."""
    asked = select(Evaluation).where(Evaluation.measure_id == measure_id).order_by(Evaluation.point)
    return list(session.scalars(asked.options(*_measure())))


def window(evaluation: Evaluation) -> schedule.Visit:
    """When it is due and between which days it is open."""
    point = POINTS[evaluation.point]
    ended = evaluation.measure.funding_ends
    return schedule.visit(point, ended) if ended else schedule.Visit(point.code, *(evaluation.due,) * 3)


def title(evaluation: Evaluation) -> str:
    """What its obligation and its mail call it."""
    return f"{TITLES[evaluation.point]}: {evaluation.measure.short_title or evaluation.measure.title}"


def visits(
    session: ReadSession,
    by: Person,
    *,
    until: date | None = None,
    done: bool = False,
    after: tuple[date, int] | None = None,
    limit: int = 50,
) -> list[Due]:
    """Visits to make (or made) of the measures this person may know of, by due date; `after` is (due, id)."""
    told = aliased(Obligation)
    asked = (
        select(Evaluation, told.promised, told.note)
        .join(Evaluation.measure)
        .outerjoin(told, and_(told.kind == VISIT, told.subject == subject()))
        .where(Evaluation.done_at.is_not(None) if done else Evaluation.done_at.is_(None), measures.visible_to(by))
        .order_by(Evaluation.due, Evaluation.id)
        .limit(limit)
        .options(*_measure())
    )
    if not done:
        asked = asked.where(Measure.status.in_(UNDER_WAY))
    if until is not None:
        asked = asked.where(Evaluation.due <= until)
    if after is not None:
        asked = asked.where(tuple_(Evaluation.due, Evaluation.id) > after)
    return [Due(row, window(row), promised, note or "") for row, promised, note in session.execute(asked)]


def count_late(session: ReadSession, by: Person, *, today: date) -> int:
    """How many visits of this person's list are past their due date."""
    asked = (
        select(func.count())
        .select_from(Evaluation)
        .join(Evaluation.measure)
        .where(Evaluation.done_at.is_(None), Evaluation.due < today, Measure.status.in_(UNDER_WAY))
        .where(measures.visible_to(by))
    )
    return session.scalar(asked) or 0


def reports(session: ReadSession, limit: int = 5) -> list[Document]:
    """The newest reports on results."""
    asked = select(Document).where(Document.name == REPORT).order_by(Document.id.desc()).limit(limit)
    return list(session.scalars(asked))


def subject() -> ColumnElement[str]:
    """An evaluation's subject as its obligation names it, in SQL."""
    return literal("evaluation.evaluation:") + cast(Evaluation.id, String)


def unplanned(session: ReadSession, limit: int = 200) -> list[Measure]:
    """Contracted measures whose evaluations are missing, stand on other dates than the end of funding says, or are owed by nobody."""
    owed, any_ = aliased(Obligation), aliased(Evaluation)
    planned = select(func.count()).where(any_.measure_id == Measure.id).correlate(Measure).scalar_subquery()
    asked = (
        select(Measure.id)
        .outerjoin(Evaluation, and_(Evaluation.measure_id == Measure.id, Evaluation.done_at.is_(None)))
        .outerjoin(owed, and_(owed.kind == VISIT, owed.subject == subject(), owed.cancelled_at.is_(None)))
        .where(Measure.status.in_(UNDER_WAY), Measure.funding_ends.is_not(None))
        .where(
            or_(
                planned < len(schedule.POINTS),
                and_(Evaluation.point == 0, Evaluation.due != Measure.funding_ends),
                and_(Evaluation.id.is_not(None), owed.id.is_(None)),
            )
        )
    )
    found = select(Measure).where(Measure.id.in_(asked)).order_by(Measure.id).limit(limit)
    return list(session.scalars(found.options(joinedload(Measure.fund))))


def counts(session: ReadSession, evaluation: Evaluation) -> list[Count]:
    """What to count at this visit: people trained, jobs, higher incomes, and the measure's own indicators."""
    values = session.execute(
        select(Evaluation.point, Value.code, Value.value, Value.women)
        .join(Value, Value.evaluation_id == Evaluation.id)
        .where(Evaluation.measure_id == evaluation.measure_id, Evaluation.point <= evaluation.point)
        .where(or_(Evaluation.done_at.is_not(None), Evaluation.id == evaluation.id))
        .order_by(Evaluation.point)
    ).all()
    now = {code: (value, women) for point, code, value, women in values if point == evaluation.point}
    last = {code: (point, value, women) for point, code, value, women in values if point < evaluation.point}
    rows = measures.promises(session, evaluation.measure_id)
    return [
        Count(code, title, unit, target, *_last(last.get(code)), *now.get(code, (None, None)))
        for code, (title, unit, target) in rows.items()
    ]


def outcomes(session: ReadSession, evaluation: Evaluation, now: dict[str, int]) -> list[Outcome]:
    """The outcome indicators at the end of funding and now (`now` by code, in thousandths)."""
    if evaluation.point == 0:
        at_end: dict[str, int] = dict(now)
    else:
        asked = select(Value.code, Value.value).join(Evaluation, Evaluation.id == Value.evaluation_id)
        first = and_(Evaluation.measure_id == evaluation.measure_id, Evaluation.point == 0)
        at_end = dict(iter(session.execute(asked.where(first, Evaluation.done_at.is_not(None)))))
    codes = (at_end.keys() | now.keys()) - {OUTPUT}
    return [Outcome(_units(at_end.get(code)), _units(now.get(code))) for code in sorted(codes)]


def why_not_answer(session: ReadSession, evaluation: Evaluation, by: Actor, at: datetime) -> list[str]:
    """Reasons against filling in this evaluation now."""
    measure, reasons = evaluation.measure, []
    opens = window(evaluation).opens
    if on(at, measure.fund.zone) < opens:
        reasons.append(_("This visit opens on %(day)s.", day=show_date(opens)))
    independent = POINTS[evaluation.point].code in schedule.INDEPENDENT
    advised = independent and measure.prepared_by_id in hands(by, Action.EVALUATE, evaluation)
    if advised and value(session, VISITOR, measure.fund) == "another":
        reasons.append(_("You advised this measure; from 12 months on somebody else visits it."))
    return reasons


def report_for(session: ReadSession, evaluation: Evaluation) -> Report | None:
    """The final report that waits to be accepted and answers this evaluation, where the fund's switch says so."""
    if evaluation.point != 0 or evaluation.done_at is not None:
        return None
    report = reporting.final_report(session, evaluation.measure_id)
    waits = report is not None and report.status == SENT and reporting.with_results(session, report)
    return report if waits else None


def at_the_end(session: ReadSession, measure_id: int) -> Evaluation | None:
    """The evaluation at the end of funding, when it is planned."""
    return next((row for row in of_measure(session, measure_id) if row.point == 0), None)


def why_not_close(session: ReadSession, measure: Measure, by: Actor, at: datetime) -> list[str]:
    """Reasons against closing a measure: its last evaluation has to be done."""
    last = session.scalars(
        select(Evaluation).where(Evaluation.measure_id == measure.id, Evaluation.point == schedule.LAST.months)
    ).first()
    if last is None:
        return [_("Its evaluations are not planned yet; they follow from the end of funding.")]
    if last.done_at is None:
        return [
            _("The evaluation 24 months after the end is not done yet; it is due on %(day)s.", day=show_date(last.due))
        ]
    return []


def _measure() -> tuple[Any, ...]:
    measure = joinedload(Evaluation.measure)
    return measure.joinedload(Measure.fund), measure.joinedload(Measure.branch), measure.joinedload(Measure.owner)


def _last(found: tuple[int, int, int | None] | None) -> tuple[int | None, int | None, int | None]:
    """(value, point, women) of what was counted last."""
    return (found[1], found[0], found[2]) if found else (None, None, None)


def _units(thousandths: int | None) -> Decimal | None:
    return None if thousandths is None else Decimal(thousandths).scaleb(-3)


def says_too_much(answer: Answer, found: list[Outcome]) -> bool:
    """Whether “yes” contradicts the figures: outcomes are known and none of them has kept 70 % of its end value."""
    known = [outcome for outcome in found if outcome.at_end is not None and outcome.now is not None]
    return answer is Answer.YES and bool(known) and not any(outcome.lasts for outcome in known)
