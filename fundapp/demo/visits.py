"""Visits at the end of funding and 6, 12 and 24 months later. The latest answer and the latest counts are those of the plan."""

from collections.abc import Mapping
from datetime import date, timedelta

from fundapp.demo import words
from fundapp.demo.case import Case
from fundapp.demo.proposal import theme_of
from fundapp.demo.story import working
from fundapp.evaluation import service
from fundapp.evaluation.impact import Answer
from fundapp.kit.dates import add_months

AFTER = {0: 12, 6: 2, 12: 4, 24: 5}  # days
MANNERS = {0: "visit", 6: "call", 12: "visit", 24: "visit"}
BEFORE_IT_STOPPED = {0: Answer.YES, 6: Answer.YES, 12: Answer.PARTLY}


def days(case: Case) -> dict[int, date]:
    """On which day each visit was made, as far as that day has come; the one at the end of funding always has."""
    ends, today = case.plan.ends, case.story.end
    found = {months: working(add_months(ends, months) + timedelta(days=AFTER[months])) for months in MANNERS}
    found[0] = min(found[0], today)
    return {months: day for months, day in found.items() if day <= today}


def visit(case: Case, months: int, last: int) -> None:
    """One visit; jobs and incomes grow until the last one, where the plan's figures are reached."""
    evaluation = case.visits[months]
    theme, plan = theme_of(case.plan), case.plan
    answer = Answer(plan.effective) if months == last else Answer.YES
    if plan.effective == "no" and months != last:
        answer = BEFORE_IT_STOPPED[months]
    found = service.Found(
        answer, visited_on=case.story.today, manner=MANNERS[months],
        counts=_counts(case, months, last) if months == 0 or answer is not Answer.NO else None,
        effects={Answer.YES: words.STILL, Answer.NO: words.STOPPED}.get(answer, words.PARTED),
        carried_by=plan.organisation, voice=theme.voice if answer is not Answer.NO else "",
        lesson=theme.lesson if months in (0, last) else "", **_scores(case, months),
    )  # fmt: skip
    service.answer(case.session, evaluation, found, version=evaluation.version, by=case.officer, at=case.story.at)


def _counts(case: Case, months: int, last: int) -> Mapping[str, tuple[int, int | None]]:
    """Thousandths with women. Trained people are counted once; what ended early was counted in full at the end of funding."""
    plan = case.plan
    full = months == last or plan.effective == "no"
    jobs, women = (plan.jobs, plan.jobs_women) if full else _so_far(plan.jobs, plan.jobs_women)
    incomes = plan.incomes if full else plan.incomes * 5 // 6
    counts: dict[str, tuple[int, int | None]] = {
        "jobs": (jobs * 1000, women * 1000),
        "higher_income": (incomes * 1000, min(incomes, incomes * plan.women // plan.trained) * 1000),
    }
    return {"people_trained": (plan.trained * 1000, plan.women * 1000), **counts} if months == 0 else counts


def _so_far(jobs: int, women: int) -> tuple[int, int]:
    early = jobs - jobs // 4
    return early, min(early, women)


def _scores(case: Case, months: int) -> dict[str, int]:
    if months:
        return {}
    number = sum(case.plan.key.encode())
    return {"score_ease": 3 + number % 3, "score_fit": 3 + number // 3 % 3, "score_cost": 2 + number % 4}
