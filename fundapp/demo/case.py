"""What happens to one measure, verb by verb, each by who does it in life; the days are put to it elsewhere."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from fundapp.demo import proposal
from fundapp.demo.facts import Plan
from fundapp.demo.story import EURO, Story
from fundapp.disbursement import reports
from fundapp.disbursement.models import Report
from fundapp.evaluation import service as evaluation
from fundapp.evaluation.models import Evaluation
from fundapp.funds.models import Call
from fundapp.grants import contracts
from fundapp.grants import service as grants
from fundapp.grants.models import Contract
from fundapp.measures import attaching, checking, drafting, gaps, planning, queries, starting, submission
from fundapp.measures.codes import FULL, SHORT
from fundapp.measures.eligibility import CHECKS, Result
from fundapp.measures.models import Measure
from fundapp.people.models import Person
from fundapp.reminders.models import Obligation
from fundapp.reminders.service import note_contact

EARLIER = "E11"  # open as long as an earlier measure runs


class Case:
    """A measure on its way. `owner` proposes it, `officer` of the branch looks after it."""

    measure: Measure
    contract: Contract
    reports: dict[str, Report]  # by kind
    visits: dict[int, Evaluation]  # by months after the end

    def __init__(self, story: Story, plan: Plan, call: Call, owner: Person | None = None) -> None:
        self.story, self.plan, self.call = story, plan, call
        self.session = story.session
        self.owner = owner or story.owner(plan.organisation)
        self.officer = story.officers[plan.region]
        self.manager = story.who["manager"]

    def begin(self) -> None:
        """A draft with its first page only."""
        self.measure = self._start()
        section, fields, rows = next(self._pages())
        drafting.save(self.session, self.measure, section, fields, rows, by=self.owner, at=self.story.at)

    def write(self) -> None:
        """The whole form, page by page, with its papers."""
        story, session, by = self.story, self.session, self.owner
        self.measure = measure = self._start()
        asked = {page.name for page in gaps.pages(measure)}
        for section, fields, rows in (page for page in self._pages() if page[0] in asked):
            drafting.save(session, measure, section, fields, rows, by=by, at=story.at)
        split = proposal.sources(self.plan, [line.id for line in queries.lines(session, measure)])
        drafting.save(session, measure, "financing", proposal.MONEY, split, by=by, at=story.at)
        for kind in self.call.annexes:
            paper = story.paper(kind, f"Certificate of registration (invented): {self.plan.organisation}")
            attaching.attach(session, measure, paper, kind, by=by, at=story.at)

    def _start(self) -> Measure:
        """In the short form where the call has one and little is asked for."""
        form = SHORT if self.plan.grant * EURO <= self.call.short_limit else FULL
        return starting.start(self.session, self.call, by=self.owner, at=self.story.at, form=form)

    def _pages(self) -> Any:
        named = self.story.bottlenecks.get((self.plan.region, self.plan.theme))
        return proposal.pages(self.plan, self.owner, named, self.story.today)

    def send(self) -> None:
        submission.submit(self.session, self.measure, by=self.owner, at=self.story.at)

    def answer_checks(self, failed: str = "", because: str = "") -> None:
        """What the figures cannot say, the officer says."""
        answers: dict[str, tuple[Any, ...]] = {c.code: (Result.PASS.value, "") for c in CHECKS if not c.computed}
        answers[checking.DOUBLE] = (Result.PASS.value, "The local government and the bank were asked.")
        looked = {"list": "Sanctions list (invented)", "on": self.story.today.isoformat(), "found": "no entry"}
        answers[checking.LOOKED] = (Result.PASS.value, "", "", looked)
        if self.story.grants_of[self.plan.organisation]:
            answers[EARLIER] = (Result.PASS.value, "The report on their earlier measure was looked at.")
        if failed:
            answers[failed] = (Result.FAIL.value, because)
        checking.answer(self.session, self.measure, answers, by=self.officer, at=self.story.at)

    def accept(self) -> None:
        self.answer_checks()
        checking.accept(self.session, self.measure, by=self.officer, at=self.story.at)

    def turn_down(self, failed: str, because: str) -> None:
        self.answer_checks(failed, because)
        checking.turn_down(self.session, self.measure, by=self.officer, at=self.story.at)

    def send_back(self, return_by: date, kind: str, words: str) -> None:
        asked = [{"section": "annexes", "field": kind, "words": words}]
        checking.send_back(
            self.session, self.measure, return_by=return_by, asked=asked, by=self.officer, at=self.story.at
        )

    def withdraw(self, because: str) -> None:
        grants.withdraw(self.session, self.measure, because=because, by=self.owner, at=self.story.at)

    def fit(self) -> None:
        """The plan follows an award below what was asked: the first line becomes cheaper, the manager accepts it."""
        less = self.measure.requested - (self.measure.awarded or 0)
        lines = queries.lines(self.session, self.measure)
        names = ("id", "category", "description", "unit", "quantity", "unit_price")
        rows = [
            {
                name: getattr(line, name)
                for name in (*names, "own_cash", "in_kind", "local_government", "other_donor", "revenue")
            }
            for line in lines
        ]
        rows[0]["unit_price"] -= less
        planning.fit(self.session, self.measure, rows, {}, by=self.owner, at=self.story.at)
        planning.accept_plan(self.session, self.measure, by=self.manager, at=self.story.at)

    def issue(self, percents: Sequence[int] | None = None) -> None:
        """The contract, made from the checked template; `percents`: its instalments, else as the fund's rule has them."""
        starts, ends = self.plan.starts, self.plan.ends
        contracts.issue(
            self.session,
            self.measure,
            by=self.manager,
            at=self.story.at,
            starts_on=starts,
            ends_on=ends,
            percents=percents,
        )

    def sign(self) -> None:
        """The signed copy is filed; what the heartbeat does next, it does here: reports and visits get their dates."""
        story = self.story
        paper = story.paper("contract signed", f"Signed contract (invented): {self.measure.number}")
        self.contract = contracts.sign(
            self.session, self.measure, signed_on=story.today, signed_copy=paper,
            original_with=self.measure.branch.name if self.measure.branch else "", by=self.manager, at=story.at,
        )  # fmt: skip
        opened = reports.open_reports(self.session, self.contract, at=story.at)
        self.reports = {report.kind: report for report in opened}
        planned = evaluation.plan(self.session, self.measure, at=story.at)
        self.visits = {visit.point: visit for visit in planned}
        story.grants_of[self.plan.organisation] += 1

    def start(self) -> None:
        grants.start(self.session, self.measure, by=self.officer, at=self.story.at)

    def suspend(self, review_on: date, because: str) -> None:
        grants.suspend(
            self.session, self.measure, review_on=review_on, because=because, by=self.manager, at=self.story.at
        )

    def called(self, kind: str, said: str, promised: date) -> None:
        """The officer has called about what is owed, and was promised it by a day."""
        asked = select(Obligation).where(Obligation.kind == kind, Obligation.case_id == self.measure.id)
        note_contact(
            self.session, self.session.scalars(asked).one(), by=self.officer, at=self.story.at,
            spoken_to=self.owner.shown_name, note=said, promised=promised,
        )  # fmt: skip
