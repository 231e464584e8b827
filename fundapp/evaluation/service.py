"""Planning, making and correcting evaluations, and closing a measure after the last one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, update

from fundapp.disbursement.reports import accept
from fundapp.evaluation import queries, schedule
from fundapp.evaluation.impact import Answer
from fundapp.evaluation.models import Evaluation, Value
from fundapp.evaluation.queries import VISIT, says_too_much, why_not_answer, why_not_close
from fundapp.files.service import attach
from fundapp.files.store import Kept
from fundapp.history.service import record
from fundapp.kit.database import WriteSession
from fundapp.kit.dates import on
from fundapp.kit.errors import Refused, Stale
from fundapp.kit.i18n import gettext as _
from fundapp.lifecycle.service import take
from fundapp.measures.lifecycle import CLOSE
from fundapp.measures.models import Measure
from fundapp.people.models import Person
from fundapp.reminders.service import cancel_case, done, owe

WHOLE = ("people_trained", "higher_income")  # jobs may be half
PICTURES = ("image/jpeg", "image/png")


@dataclass(frozen=True)
class Found:
    """What a visit found. Scores 0-5 stand at the end of funding; counts by code, in thousandths, as (value, of them women)."""

    effective: Answer
    visited_on: date
    manner: str = "visit"
    counts: Mapping[str, tuple[int, int | None]] | None = None
    score_ease: int | None = None
    score_fit: int | None = None
    score_cost: int | None = None
    effects: str = ""
    carried_by: str = ""
    voice: str = ""
    lesson: str = ""


def plan(session: WriteSession, measure: Measure, *, at: datetime) -> list[Evaluation]:
    """The four evaluations of a contracted measure, each owed on its day (domain.md 8.1). Again: the dates follow the end of funding.

    Raises Refused for a measure whose end of funding is not known.
    """
    if measure.funding_ends is None:
        raise Refused(_("The end of funding is not known yet; the evaluations follow from it."))
    there = {row.point: row for row in queries.of_measure(session, measure.id)}
    for point, visit in zip(schedule.POINTS, schedule.schedule(measure.funding_ends), strict=True):
        row = there.get(point.months)
        if row is None:
            row = there[point.months] = Evaluation(measure=measure, point=point.months, due=visit.due)
            session.add(row)
            session.flush()
        if row.done_at is None:
            row.due = visit.due
            owe(session, VISIT, row, due=visit.due, title=queries.title(row), at=at)
    return [there[point.months] for point in schedule.POINTS]


def plan_due(session: WriteSession, *, at: datetime) -> int:
    """Plans for every contracted measure that has none, or whose end of funding has moved; says for how many. Twice changes nothing."""
    measures = queries.unplanned(session)
    for measure in measures:
        plan(session, measure, at=at)
    return len(measures)


def answer(
    session: WriteSession, evaluation: Evaluation, found: Found, *, version: int, by: Person, at: datetime
) -> None:
    """Keeps what the visit found; its obligation is met. Sent again before the measure is closed, it is a correction.

    Raises Refused (too early, by the adviser, a count or score that cannot be) and Stale when somebody else sent first.
    """
    if reasons := why_not_answer(session, evaluation, by, at):
        raise Refused(*reasons)
    _lawful(session, evaluation, found, at)
    again = evaluation.done_at is not None
    facts: dict[str, Any] = {name: getattr(found, name) for name in SIMPLE}
    moved = session.execute(
        update(Evaluation)
        .where(Evaluation.id == evaluation.id, Evaluation.version == version)
        .values(version=version + 1, done_at=at, done_by_id=by.id, **facts),
        execution_options={"synchronize_session": False},
    )
    if moved.rowcount != 1:  # type: ignore[attr-defined]
        raise Stale(_theirs(evaluation))
    if again:
        session.execute(delete(Value).where(Value.evaluation_id == evaluation.id))
    for code, (value, women) in (found.counts or {}).items():
        row = Value(evaluation_id=evaluation.id, measure_id=evaluation.measure_id, code=code, value=value, women=women)
        session.add(row)
    session.flush()
    session.refresh(evaluation, [*SIMPLE, "version", "done_at", "done_by_id"])
    done(session, VISIT, evaluation, at=at)
    verb = "evaluation.correct" if again else "evaluation.answer"
    record(session, verb, evaluation, by=by, at=at, point=evaluation.point, effective=found.effective)


def accept_with_report(
    session: WriteSession, evaluation: Evaluation, found: Found, *, version: int, by: Person, at: datetime
) -> None:
    """The final report is accepted and answers the evaluation at the end of funding, in one act; raises as both do."""
    report = queries.report_for(session, evaluation)
    if report is None:
        raise Refused(_("No final report waits to be accepted with this visit."))
    answer(session, evaluation, found, version=version, by=by, at=at)
    accept(session, report, by=by, at=at)


SIMPLE = (
    "effective", "visited_on", "manner", "score_ease", "score_fit", "score_cost", "effects", "carried_by", "voice", "lesson",
)  # fmt: skip


def add_photo(session: WriteSession, evaluation: Evaluation, kept: Kept, *, by: Person, at: datetime) -> None:
    """One photograph of the thing in use; a newer one takes its place. Raises Refused for anything but a picture."""
    if kept.media_type not in PICTURES:
        raise Refused(_("“%(name)s” is not a photograph. Please send JPEG or PNG.", name=kept.name), field="photo")
    file = attach(session, kept, evaluation, by=by, at=at)
    evaluation.photo_id = file.id
    record(session, "evaluation.photo", evaluation, by=by, at=at, file=file.id)


def close(session: WriteSession, measure: Measure, *, by: Person, at: datetime) -> None:
    """Closes a settled measure after its last evaluation; earlier visits that were missed are not owed any more."""
    take(session, measure, CLOSE, by=by, at=at, unless=why_not_close(session, measure, by, at))
    cancel_case(session, measure.id, at=at, kinds=(VISIT,))


def _lawful(session: WriteSession, evaluation: Evaluation, found: Found, at: datetime) -> None:
    today = on(at, evaluation.measure.fund.zone)
    if found.visited_on > today:
        raise Refused(_("The day of the visit lies in the future."), field="visited_on")
    if found.visited_on < queries.window(evaluation).opens:
        raise Refused(_("The day of the visit lies before this visit was open."), field="visited_on")
    if evaluation.point and (found.score_ease, found.score_fit, found.score_cost) != (None, None, None):
        raise Refused(_("Scores are given at the end of funding only."), field="score_ease")
    known = {count.code for count in queries.counts(session, evaluation)}
    for code, (value, women) in (found.counts or {}).items():
        if code not in known:
            raise Refused(_("“%(code)s” is not counted in this measure.", code=code))
        if women is not None and (code not in queries.OF_PERSONS or women > value):
            raise Refused(_("More women than persons cannot be."), field=code)
        if code in WHOLE and (value % 1000 or (women or 0) % 1000):
            raise Refused(_("Persons are counted whole."), field=code)
    counted = {code: value for code, (value, _) in (found.counts or {}).items()}
    if says_too_much(found.effective, queries.outcomes(session, evaluation, counted)):
        raise Refused(
            _(
                "“Yes” needs one result at 70 % or more of what it was at the end of funding. By these figures the answer is “Partly”; or correct a figure."
            ),
            field="effective",
        )


def _theirs(evaluation: Evaluation) -> dict[str, str]:
    return {name: str(getattr(evaluation, name)) for name in SIMPLE if getattr(evaluation, name) not in (None, "")}
