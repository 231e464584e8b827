"""The demonstration fund, step by step through the services, each at the moment at which it would have happened."""

from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from fundapp.config import Settings
from fundapp.demo import paper
from fundapp.demo.data import BRANCHES, DONORS, MORE, PASSWORD, PEOPLE, PROPOSALS, SECTORS, Proposal
from fundapp.disbursement import payments, receipts, reports
from fundapp.documents.jobs import render_ordered
from fundapp.evaluation import service as evaluation
from fundapp.files.store import Store
from fundapp.funds import service as funds
from fundapp.funds.models import Call, Fund
from fundapp.grants import contracts
from fundapp.grants import queries as grants
from fundapp.grants import service as running
from fundapp.kit.database import Database, ReadSession, WriteSession
from fundapp.lifecycle.service import SYSTEM
from fundapp.mail.models import Message
from fundapp.mail.service import stop
from fundapp.measures import checking, checklist, drafting, queries, submission
from fundapp.measures.codes import DECLARATIONS
from fundapp.measures.eligibility import Result
from fundapp.measures.models import Measure
from fundapp.people import service as people
from fundapp.people.models import Person
from fundapp.people.passwords import hash_password
from fundapp.people.permissions import Role
from fundapp.people.queries import find_by_email
from fundapp.rating import committees, declaring, meetings, rounds, schemes, sheets
from fundapp.rating.models import Committee, Sheet

CODE = "DEMO"
EURO = 100


class Story:
    """The fund and its people while it is being told; `day(-30)` is nine in the morning thirty days before today."""

    def __init__(self, settings: Settings, session: WriteSession, store: Store, now: datetime) -> None:
        self.settings, self.session, self.store, self.now = settings, session, store, now
        self.who: dict[str, Person] = {}
        self.calls: dict[str, Call] = {}
        self.minute = 0

    def day(self, days: int) -> datetime:
        """A moment on that day; later each time it is asked, as life goes."""
        self.minute += 1
        morning = self.now.replace(hour=6, minute=0, second=0, microsecond=0) + timedelta(days=days)
        return (
            morning + timedelta(seconds=self.minute)
            if days > 0
            else min(morning + timedelta(minutes=self.minute), self.now)
        )

    def date(self, days: int) -> date:
        morning = self.now.replace(hour=6, minute=0) + timedelta(days=days)
        return morning.astimezone(ZoneInfo(self.settings.time_zone)).date()


def is_demo(session: ReadSession) -> bool:
    return session.scalars(select(Fund).where(Fund.code == CODE)).first() is not None


def accounts(session: ReadSession) -> list[tuple[str, str, str]]:
    """(role, e-mail, password) of one account for each role, and the other members."""
    found = [(role.value, email, PASSWORD) for _given, _family, email, role, _branch in PEOPLE]
    return [row for row in found if find_by_email(session, row[1])]


def prepare(settings: Settings, database: Database, now: datetime) -> None:
    """Fills the empty database; all or nothing, then writes the Word documents that were ordered."""
    store = Store(settings.home / "files")
    database.write(partial(_tell, settings, store, now))
    render_ordered(database, store, lambda: now)


def _tell(settings: Settings, store: Store, now: datetime, session: WriteSession) -> None:
    story = Story(settings, session, store, now)
    _people(story)
    fund = _fund(story)
    committee = _committee(story)
    _call(story, fund, committee, "2025", "Call 2025", opens=-340, closes=-290, blind=True)
    _call(story, fund, committee, "2026-1", "First call of this year", opens=-95, closes=-45, blind=True)
    _call(story, fund, committee, "2026-2", "Second call of this year", opens=-20, closes=40, blind=False)
    running_one = [p for p in PROPOSALS if p.goal == "running"]
    _through_rating(story, "2025", running_one, sent=-292)
    _decide(story, "2025", day=-250)
    _run(story)
    under_decision = [p for p in PROPOSALS if p.goal in ("rated", "in_rating", "ineligible")]
    _through_rating(story, "2026-1", under_decision, sent=-47)
    _new(story)
    for message in session.scalars(select(Message).where(Message.sent_at.is_(None))):
        stop(session, message, at=now)  # nobody invented reads mail


def _people(story: Story) -> None:
    session, at = story.session, story.day(-520)
    branches = {
        code: people.add_branch(session, code=code, name=name, region=region, phone=phone, by=SYSTEM, at=at)
        for code, name, region, phone in BRANCHES
    }
    password = hash_password(PASSWORD, quick=True)
    for given, family, email, role, branch in PEOPLE:
        person = people.add_person(
            session,
            given_name=given,
            family_name=family,
            email=email,
            phone="7000 0000",
            by=SYSTEM,
            at=at,
            invented=True,
        )
        person.password_hash = password
        people.give_role(session, person, role, branch=branches[branch] if branch else None, by=None, at=at)
        story.who[given] = person


def _fund(story: Story) -> Fund:
    session, manager = story.session, story.who["Maral"]
    fund = funds.open_fund(
        session, code=CODE, name="Demonstration fund (invented)", currency=story.settings.currency,
        zone=story.settings.time_zone, by=manager, at=story.day(-510),
    )  # fmt: skip
    for name, euros, days in DONORS:
        donor = funds.add_donor(session, fund, name=name, by=manager, at=story.day(-days))
        funds.add_contribution(
            session, donor, amount=euros * EURO, arrived_on=story.date(-days), bank_reference=f"bank {days}",
            key=f"demo-{days}", by=manager, at=story.day(-days),
        )  # fmt: skip
    return fund


def _committee(story: Story) -> Committee:
    session, manager, at = story.session, story.who["Maral"], story.day(-400)
    committee = committees.set_up(session, name="Rating committee (invented)", by=manager, at=at)
    for given, sector in SECTORS.items():
        committees.add_member(
            session, committee, story.who[given], sector=sector, chair=given == "Chimeg", by=manager, at=at
        )
    return committee


def _call(
    story: Story, fund: Fund, committee: Committee, code: str, title: str, *, opens: int, closes: int, blind: bool
) -> None:
    session, manager = story.session, story.who["Maral"]
    at = story.day(opens)
    closing = story.day(closes).replace(hour=14, minute=0)
    terms = funds.Terms(
        title=title, opens_at=at, closes_at=closing, smallest=1_500 * EURO, largest=10_000 * EURO, budget=25_000 * EURO,
        text="For measures that a whole place can see, within twelve months. Invented for the demonstration.",
        annexes=["registration"], blind=blind,
    )  # fmt: skip
    call = funds.open_call(session, fund, terms, code=code, by=manager, at=at)
    schemes.make_scheme(session, call, committee, by=manager, at=at)
    funds.publish_call(session, call, by=manager, at=at)
    story.calls[code] = call


def _write(story: Story, call: Call, plan: Proposal, owner: Person, *, day: int, starts: int) -> Measure:
    """A whole draft, page by page as the form does it."""
    session = story.session
    measure = drafting.start(session, call, by=owner, at=story.day(day))
    if plan.goal == "draft":
        first = {"title": plan.title, "summary": plan.summary, "region": plan.region, "place": plan.place}
        drafting.save(session, measure, "measure", first, by=owner, at=story.day(day))
        return measure
    for section, fields, rows in _pages(story, plan, owner, starts):
        drafting.save(session, measure, section, fields, rows, by=owner, at=story.day(day))
    lines = queries.lines(session, measure)
    split = [
        {"id": line.id, "own_cash": part.cash * EURO, "in_kind": part.kind * EURO}
        for line, part in zip(lines, plan.lines, strict=True)
    ]
    drafting.save(session, measure, "financing", {}, split, by=owner, at=story.day(day))
    kept = story.store.receive(
        "registration.pdf", *paper.pdf(f"Certificate of registration (invented): {plan.organisation}")
    )
    drafting.attach(session, measure, kept, "registration", by=owner, at=story.day(day))
    return measure


def _pages(
    story: Story, plan: Proposal, owner: Person, starts: int
) -> list[tuple[str, dict[str, Any], list[dict[str, Any]]]]:
    begins, ends = story.date(starts), story.date(starts + 330)
    organisation = {
        "name": plan.organisation, "kind": plan.kind, "sector": plan.sector, "founded_on": date(2016, 5, 1),
        "address": f"{plan.place} (invented)", "phone": "7000 0000",
    }  # fmt: skip
    person = {"organisation": plan.organisation, "person": owner.shown_name, "function": "Head", "phone": "7000 0000"}
    parties = [
        {"part": "acts", **person},
        {"part": "signs", **person},
        {
            "part": "account",
            "organisation": plan.organisation,
            "bank": "Invented Bank",
            "account": "0000 0000 0000 0000",
        },
        {"part": "reports", **person},
    ]
    partners: list[dict[str, Any]] = [
        {"name": f"{plan.place} soum administration (invented)", "sector": "public", "role": "gives the place"},
        {"name": owner.shown_name, "sector": plan.sector, "role": "has run it as a trial", "key_person": True},
    ]
    indicators = [
        {"code": "people_trained", "title": "People trained", "unit": "persons", "target": plan.trained * 1000, "due_on": ends},
        {"code": "jobs", "title": "New jobs", "unit": "full-time jobs", "target": plan.jobs * 1000, "due_on": ends},
        {"code": "higher_income", "title": "People with higher incomes", "unit": "persons", "target": plan.incomes * 1000,
         "due_on": ends},
    ]  # fmt: skip
    women = (plan.trained + plan.incomes + 1) // 2
    groups = [
        {"label": "Households of the soum", "total": plan.trained + plan.incomes, "female": women,
         "male": plan.trained + plan.incomes - women, "not_stated": 0, "youth": women // 2, "vulnerable": 0, "disability": 0},
    ]  # fmt: skip
    lines = [
        {"category": line.category, "description": line.what, "unit": "piece", "quantity": line.quantity * 1000,
         "unit_price": line.price * EURO} for line in plan.lines
    ]  # fmt: skip
    declarations = dict.fromkeys(DECLARATIONS, True) | {
        "name": owner.shown_name, "place": plan.place, "date": begins.isoformat(), "publication": True,
    }  # fmt: skip
    pages: list[tuple[str, dict[str, Any], list[dict[str, Any]]]] = [
        ("measure", {"title": plan.title, "short_title": plan.title[:40], "summary": plan.summary + MORE["summary"],
                     "region": plan.region, "place": plan.place, "topic": plan.topic, "intervention": plan.intervention,
                     "starts_on": begins, "ends_on": ends}, []),
        ("applicant", {"organisation": organisation, "organisation_note": "Works together since 2016."}, parties),
        ("partners", {}, partners),
        ("problem", {"no_bottleneck": "The list of bottlenecks of this region is still being made.",
                     "problem": plan.problem + MORE["problem"]}, []),
        ("results", {"objective": MORE["objective"], "outputs": plan.lines[0].what,
                     "outcomes": "The service is used every week and pays for itself.",
                     "visible_effect": plan.effect, "visible_by": ends}, indicators),
        ("groups", {}, groups),
        ("benefit", {"public_benefit": MORE["benefit"], "breadth": 120, "breadth_method": "households within 50 km"}, []),
        ("afterwards", {"after_funding": MORE["after"]}, []),
        ("costs", {}, lines),
        ("declarations", {"declarations": declarations}, []),
    ]  # fmt: skip
    return pages


def _owner(story: Story, plan: Proposal) -> Person:
    """The applicant with the account owns what runs and what is a draft; the others have no account."""
    if plan.goal in ("running", "draft"):
        return story.who["Anu"]
    person = people.add_person(
        story.session, given_name="Applicant of", family_name=plan.organisation, phone="7000 0000", by=SYSTEM,
        at=story.day(-100), invented=True,
    )  # fmt: skip
    people.give_role(story.session, person, Role.APPLICANT, by=None, at=story.day(-100))
    return person


def _through_rating(story: Story, code: str, plans: list[Proposal], *, sent: int) -> None:
    """Sends, checks and rates what was proposed in a call."""
    session, call, chair = story.session, story.calls[code], story.who["Chimeg"]
    rated: list[tuple[Measure, Proposal]] = []
    for plan in plans:
        owner = _owner(story, plan)
        measure = _write(story, call, plan, owner, day=sent - 1, starts=sent + 140)
        submission.submit(session, measure, by=owner, at=story.day(sent))
        if _checked(story, measure, plan, day=sent + 8):
            rated.append((measure, plan))
    rounds.open_round(session, call, by=chair, at=story.day(sent + 12))
    for measure, _plan in rated:
        _declare(story, measure, conflict="Dorj" if measure is rated[0][0] else "", day=sent + 14)
    for measure, plan in rated:
        _score(story, call, measure, plan, day=sent + 20)
    for measure, plan in rated:
        if plan.goal != "in_rating":
            rounds.close_rating(session, measure, by=chair, at=story.day(sent + 26))


def _checked(story: Story, measure: Measure, plan: Proposal, *, day: int) -> bool:
    session, checker = story.session, story.who["Maral"]
    lines = checklist.lines(session, measure, story.day(day))
    answers = {
        line.check.code: (Result.PASS.value, "")
        for line in lines
        if line.finding is None or line.finding.result is Result.OPEN
    }
    if plan.goal == "ineligible":
        answers["E15"] = (
            Result.FAIL.value,
            "The storage house serves one firm; nobody else may use it at the same price.",
        )
    checking.answer(session, measure, answers, by=checker, at=story.day(day))
    if plan.goal == "ineligible":
        checking.turn_down(session, measure, by=checker, at=story.day(day))
        return False
    checking.accept(session, measure, by=checker, at=story.day(day))
    return True


def _declare(story: Story, measure: Measure, *, conflict: str, day: int) -> None:
    """Every member says whether there is a conflict of interest; one of them has one."""
    for given in SECTORS:
        declaring.declare(
            story.session, measure, conflict=given == conflict, kind="family" if given == conflict else None,
            explanation="A cousin works there (invented)." if given == conflict else "", by=story.who[given],
            at=story.day(day),
        )  # fmt: skip


def _score(story: Story, call: Call, measure: Measure, plan: Proposal, *, day: int) -> None:
    """As many members as there are scores fill in their sheets and sign; in a blind call in two parts."""
    session = story.session
    for given, points in zip(("Mira", "Bat", "Tuya"), plan.scores, strict=False):
        member = story.who[given]
        sheet = session.scalars(select(Sheet).where(Sheet.measure_id == measure.id, Sheet.person_id == member.id)).one()
        scores = {f"R{n}": sheets.Given(p, "" if p in (3, 4) else _comment(p)) for n, p in enumerate(points, start=1)}
        later = {code: score for code, score in scores.items() if call.blind and code == "R6"}
        sheets.save(
            session, sheet, {c: s for c, s in scores.items() if c not in later}, by=member, at=story.day(day + 2)
        )
        if later:
            sheets.lock(session, sheet, by=member, at=story.day(day + 2))
            sheets.save(session, sheet, later, by=member, at=story.day(day + 2))
        sheets.sign(session, sheet, by=member, at=story.day(day + 3))


def _comment(points: int) -> str:
    return "Convincing and well shown by the figures." if points == 5 else "Too little is said about this."


def _decide(story: Story, code: str, *, day: int) -> None:
    session, call = story.session, story.calls[code]
    seated = [story.who[given].id for given in SECTORS]
    measure = session.scalars(select(Measure).where(Measure.call_id == call.id)).one()
    meeting = meetings.hold(
        session, call, held_on=story.date(day), place="Ulaanbaatar (invented)", present=seated, began="10:00", ended="11:30", by=story.who["Maral"],
        at=story.day(day),
    )  # fmt: skip
    typed = meetings.Typed(
        "approve", yes=4, no=0, amount=measure.requested, conditions="Waste water goes to the settling pond of the town.",
        reasons="Clear bottleneck, many users, own money in.",
    )  # fmt: skip
    meetings.decide(session, meeting, measure, typed, version=meeting.version, by=story.who["Maral"], at=story.day(day))
    meetings.close_meeting(session, meeting, by=story.who["Chimeg"], at=story.day(day))


def _run(story: Story) -> None:
    """The measure of the first call: contract, first payment, receipts; its interim report is due within forty days."""
    session, manager, officer, owner = story.session, story.who["Maral"], story.who["Oyun"], story.who["Anu"]
    measure = session.scalars(select(Measure).where(Measure.call_id == story.calls["2025"].id)).one()
    measure = queries.get(session, measure.id)
    contracts.issue(
        session, measure, by=manager, at=story.day(-225), starts_on=story.date(-150), ends_on=story.date(180)
    )
    signed = story.store.receive("contract signed.pdf", *paper.pdf("Signed contract (invented)"))
    contract = contracts.sign(
        session, measure, signed_on=story.date(-215), signed_copy=signed, original_with="Branch Zavkhan", by=manager,
        at=story.day(-214),
    )  # fmt: skip
    running.start(session, measure, by=officer, at=story.day(-150))
    reports.open_reports(session, contract, at=story.day(-150))
    evaluation.plan(session, measure, at=story.day(-150))
    first = grants.instalments(session, contract.id)[0]
    payment = payments.prepare(session, first, key="demo-payment-1", by=officer, at=story.day(-148))
    payments.authorise(session, payment, by=manager, at=story.day(-147))
    payments.pay(
        session, payment, bank_reference="bank 311", paid_on=story.date(-146), by=story.who["Finn"], at=story.day(-146)
    )
    lines = queries.lines(session, measure)
    bills = ((0, 2_600, "Machine trader (invented)"), (1, 900, "Builder (invented)"), (0, 340, "Carrier (invented)"))
    entered = []
    for n, (line, euros, payee) in enumerate(bills, start=1):
        proof = receipts.Proof(story.date(-120 + n), payee, lines[line].description, euros * EURO, f"F-{n}")
        key, at = f"demo-receipt-{n}", story.day(-100 + n)
        entered.append(receipts.enter(session, measure, lines[line], proof, key=key, by=owner, at=at))
    for receipt in entered[:2]:  # the third waits for its check
        receipts.check(session, receipt, accepted=receipt.amount, because="", by=officer, at=story.day(-60))


def _new(story: Story) -> None:
    """The open call: a draft, one sent, one sent back."""
    session, officer, call = story.session, story.who["Oyun"], story.calls["2026-2"]
    for plan in [p for p in PROPOSALS if p.goal in ("draft", "submitted", "returned")]:
        owner = _owner(story, plan)
        measure = _write(story, call, plan, owner, day=-9, starts=100)
        if plan.goal == "draft":
            continue
        submission.submit(session, measure, by=owner, at=story.day(-8))
        if plan.goal == "returned":
            checking.send_back(
                session, measure, return_by=story.date(12), because="Please add an offer for the presses.", by=officer, at=story.day(-3)
            )  # fmt: skip
