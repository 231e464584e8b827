"""Rows for tests, inserted directly: lawful by the constraints of the tables, without going through any verb.

Every function takes the session first and names for the rest, flushes, and gives the row. What is not given is invented.
"""

from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from itertools import count
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fundapp.disbursement.models import Payment, Receipt, Report
from fundapp.documents.models import Document
from fundapp.evaluation.models import Evaluation
from fundapp.files.models import File
from fundapp.funds.models import Call, Contribution, Donor, Fund
from fundapp.grants.models import Contract, Instalment
from fundapp.measures.lifecycle import FUNDED, Status
from fundapp.measures.models import Annex, BudgetLine, Declaration, Indicator, Measure, Party, TargetGroup
from fundapp.people.models import Branch, Membership, Organisation, Person, RoleHeld, SignIn
from fundapp.people.passwords import hash_password
from fundapp.people.secrets import hashed
from fundapp.rating.models import Committee, Criterion, Member, Scheme, Score, Sheet
from fundapp.rating.scheme import DEFAULT_SCHEME
from fundapp.regions.models import Bottleneck
from fundapp.reminders.models import Obligation

MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)  # a Monday
TODAY = MORNING.date()
AWARDED = (Status.APPROVED, *FUNDED)
_next = count(1)


def number() -> int:
    """A number that no other row of the test has."""
    return next(_next)


def _add(session: Session, row: Any) -> Any:
    session.add(row)
    session.flush()
    return row


# People


def branch(
    session: Session, *, code: str | None = None, name: str | None = None, region: str = "MN-041", **more: Any
) -> Branch:
    n = next(_next)
    return _add(
        session, Branch(code=code or f"B{n}", name=name or f"Branch {n}", region=region, created_at=MORNING, **more)
    )


def organisation(
    session: Session, *, name: str | None = None, kind: str = "cooperative", sector: str = "private", **more: Any
) -> Organisation:
    row = Organisation(name=name or f"Cooperative {next(_next)}", kind=kind, sector=sector, created_at=MORNING, **more)
    return _add(session, row)


def person(
    session: Session,
    *,
    role: str | None = None,
    branch: Branch | None = None,
    name: str | None = None,
    email: str | None = None,
    password: str | None = None,
    **more: Any,
) -> Person:
    """A person, with a confirmed role if one is given; an officer without a branch gets a new one."""
    n = next(_next)
    row = Person(
        given_name=name or f"{(role or 'person').capitalize()}{n}",
        email=email or f"{role or 'person'}{n}@example.org",
        password_hash=hash_password(password, quick=True) if password else None,
        created_at=MORNING,
        **more,
    )
    _add(session, row)
    if role:
        give(session, row, role=role, branch=branch)
    return row


def give(session: Session, person: Person, *, role: str, branch: Branch | None = None) -> RoleHeld:
    """A role, confirmed."""
    if role == "officer" and branch is None:
        branch = globals()["branch"](session)
    held = RoleHeld(
        person_id=person.id,
        role=role,
        branch_id=branch.id if branch and role == "officer" else None,
        given_at=MORNING,
        confirmed_at=MORNING,
    )
    _add(session, held)
    session.expire(person, ["roles"])
    assert person.roles  # loaded now, so that the person may be used after the session has gone
    return held


def membership(session: Session, *, person: Person, organisation: Organisation, kind: str = "editor") -> Membership:
    """The person works for the organisation; `kind`: editor or reader."""
    row = Membership(organisation_id=organisation.id, person_id=person.id, kind=kind, at=MORNING)
    person.member_of = {**person.member_of, organisation.id: kind}
    return _add(session, row)


def sign_in(session: Session, person: Person, *, at: datetime = MORNING) -> str:
    """The key of a session that outlasts every test, for the cookie."""
    key = f"key-{person.id}-{next(_next)}"
    row = SignIn(
        key_hash=hashed(key),
        person_id=person.id,
        began_at=at,
        last_seen_at=at,
        ends_at=at + timedelta(days=20_000),
        idle_minutes=20_000 * 24 * 60,
    )
    _add(session, row)
    return key


# Funds


def fund(
    session: Session, *, code: str | None = None, currency: str = "EUR", preset: str = "national", **more: Any
) -> Fund:
    code = code or f"F{next(_next)}"
    row = {"name": f"Fund {code}", "zone": "Europe/Berlin", "opened_on": date(2024, 1, 1), "created_at": MORNING} | more
    return _add(session, Fund(code=code, currency=currency, preset=preset, **row))


def donor(session: Session, *, fund: Fund, name: str | None = None, paid: int = 0) -> Donor:
    """A donor; `paid` adds a contribution row (not its booking in the ledger)."""
    row = _add(session, Donor(fund_id=fund.id, name=name or f"Donor {next(_next)}", created_at=MORNING))
    if paid:
        key = f"contribution-{next(_next)}"
        gift = Contribution(donor_id=row.id, amount=paid, arrived_on=date(2025, 1, 15), bank_reference="B-1", key=key)
        _add(session, gift)
    return row


def call(session: Session, *, fund: Fund | None = None, code: str | None = None, **more: Any) -> Call:
    """A published call that is open since February and closes at the end of March 2026; grants of 500 to 20,000."""
    made = fund or globals()["fund"](session)
    n = next(_next)
    row = {
        "title": f"Call {n}",
        "opens_at": datetime(2026, 2, 1, tzinfo=UTC),
        "closes_at": datetime(2026, 3, 31, 21, 59, tzinfo=UTC),
        "smallest": 500_00,
        "largest": 20_000_00,
        "regions": [],
        "applicant_kinds": [],
        "annexes": [],
        "budget": 100_000_00,
        "published_at": datetime(2026, 2, 1, tzinfo=UTC),
        "created_at": datetime(2026, 1, 20, tzinfo=UTC),
    } | more
    return _add(session, Call(fund_id=made.id, code=code or f"C{n}", **row))


# Measures


def measure(
    session: Session,
    *,
    status: str = "draft",
    call: Call | None = None,
    fund: Fund | None = None,
    owner: Person | None = None,
    branch: Branch | None = None,
    organisation: Organisation | None = None,
    requested: int = 5_000_00,
    awarded: int | None = None,
    **more: Any,
) -> Measure:
    """A complete measure in any status: parties, two budget lines (75 % grant, 25 % own), a target group, two indicators.

    From APPROVED on it has an award (as much as requested unless given), from CONTRACTED on the dates of its contract.
    """
    make = globals()
    fund = fund or (session.get_one(Fund, call.fund_id) if call else make["fund"](session))
    call = call or make["call"](session, fund=fund)
    owner = owner or make["person"](session, role="applicant")
    branch = branch or make["branch"](session)
    organisation = organisation or make["organisation"](session)
    n = next(_next)
    later = status != Status.DRAFT
    facts: dict[str, Any] = {
        "number": f"{fund.code}-2026-{n:04}" if later else None,
        "submitted_at": MORNING - timedelta(days=10) if later else None,
        "return_by": TODAY + timedelta(days=14) if status == Status.RETURNED else None,
        "returned_at": MORNING if status == Status.RETURNED else None,
        "title": f"Wool washing line {n}",
        "short_title": f"Wool {n}",
        "summary": "A washing line that three cooperatives share.",
        "region": branch.region,
        "place": "Bulgan",
        "topic": "agriculture",
        "intervention": "equipment",
        "starts_on": date(2026, 5, 1),
        "ends_on": date(2026, 10, 31),
        "no_bottleneck": "There is no regional analysis yet.",
        "problem": "Wool is sold unwashed for a third of its price.",
        "objective": "Washed wool for three cooperatives.",
        "outputs": "One washing line.",
        "outcomes": "Higher prices.",
        "visible_effect": "The line runs.",
        "visible_by": date(2026, 9, 1),
        "public_benefit": "Open to all herders of the district.",
        "breadth": 120,
        "breadth_method": "Members of the cooperatives.",
        "after_funding": "Fees pay for the upkeep.",
        "requested": requested,
        "total_cost": requested * 4 // 3,
        "created_at": MORNING - timedelta(days=20),
    }
    if status in AWARDED:
        facts |= {"awarded": awarded or requested, "decided_on": TODAY - timedelta(days=5), "score": 696667}
    if status == Status.RESERVED:
        facts |= {
            "reserved_until": TODAY + timedelta(days=180),
            "decided_on": TODAY - timedelta(days=5),
            "score": 650000,
        }
    if status in FUNDED:
        facts |= {
            "contracted_on": TODAY - timedelta(days=2),
            "funding_ends": date(2026, 10, 31),
            "plan_fitted_at": MORNING,
        }
    if status in (Status.SETTLED, Status.CLOSED):
        facts["settled_grant"] = awarded or requested
    row = Measure(
        status=status, fund_id=fund.id, call_id=call.id, branch_id=branch.id, owner_id=owner.id,
        organisation_id=organisation.id, **(facts | more),
    )  # fmt: skip
    _add(session, row)
    parts(session, row, organisation=organisation)
    return row


def parts(session: Session, measure: Measure, *, organisation: Organisation) -> None:
    """Parties, budget lines that add up to `total_cost` and `requested`, a target group and two indicators."""
    for part in ("acts", "signs", "account", "reports"):
        row = Party(
            measure_id=measure.id, part=part, organisation=organisation.name, person="D. Bold", phone="+976 9911 2233"
        )
        if part == "account":
            row.bank, row.account = "Khan Bank", "MN120005001234567890"
        session.add(row)
    half = measure.total_cost // 2
    grant = measure.requested // 2
    for no, amount, from_grant in (
        (1, half, grant),
        (2, measure.total_cost - half, measure.requested - grant),
    ):
        line = BudgetLine(
            measure_id=measure.id, no=no, category="equipment" if no == 1 else "works", description=f"Part {no}", unit="piece",
            quantity=1000, unit_price=amount, amount=amount, from_grant=from_grant, own_cash=amount - from_grant,
        )  # fmt: skip
        session.add(line)
    session.add(
        TargetGroup(measure_id=measure.id, label="Herders", total=120, female=60, male=50, not_stated=10, youth=30)
    )
    session.add(
        Indicator(measure_id=measure.id, code="people_trained", title="People trained", unit="persons", target=24_000)
    )
    session.add(Indicator(measure_id=measure.id, code="jobs", title="Jobs", unit="jobs", target=3_500))
    session.flush()


def annex(session: Session, *, measure: Measure, kind: str = "quotation") -> Annex:
    """A file of the proposal; its bytes are not in any store."""
    kept = file(session, thing=f"measures.measure:{measure.id}", data=f"annex {number()}".encode(), case_id=measure.id)
    return _add(session, Annex(measure_id=measure.id, kind=kind, file_id=kept.id))


def bottleneck(session: Session, *, branch: Branch, title: str = "Wool is sold unwashed", **more: Any) -> Bottleneck:
    row = {"factor": "infrastructure", "severity": 4, "reach": 3, "changeable": 2, "named_on": date(2025, 11, 3)} | more
    return _add(session, Bottleneck(branch_id=branch.id, title=title, **row))


# Rating


def committee(session: Session, *, members: int = 4, chair: Person | None = None, name: str | None = None) -> Committee:
    """A committee with a chair and further members; `members_of` gives the persons, the chair first."""
    row = _add(session, Committee(name=name or f"Committee {next(_next)}", created_at=MORNING))
    chair = chair or person(session, role="chair")
    sectors = ("public", "private", "semi_public")
    for n in range(members + 1):
        who = chair if n == 0 else person(session, role="member")
        seat = Member(committee_id=row.id, person_id=who.id, sector=sectors[n % 3], chair=n == 0, joined_at=MORNING)
        session.add(seat)
    session.flush()
    return row


def seat(session: Session, committee: Committee, person: Person, *, sector: str = "private", **more: Any) -> Member:
    """One more seat; `substitute`, `deputy`, `until` ... as in models.Member."""
    row = {"joined_at": MORNING} | more
    return _add(session, Member(committee_id=committee.id, person_id=person.id, sector=sector, **row))


def members_of(session: Session, committee: Committee) -> list[Person]:
    asked = select(Person).join(Member, Member.person_id == Person.id).where(Member.committee_id == committee.id)
    return list(session.scalars(asked.order_by(Member.id)))


def scheme(session: Session, *, call: Call, committee: Committee, **more: Any) -> Scheme:
    """The default scheme with its eight criteria."""
    row = _add(session, Scheme(call_id=call.id, committee_id=committee.id, **more))
    for no, each in enumerate(DEFAULT_SCHEME.criteria, start=1):
        criterion = Criterion(
            scheme_id=row.id, no=no, code=each.code, titles=dict(each.title), questions=dict(each.question),
            weight=int(each.weight), threshold=int(each.threshold * 10) if each.threshold is not None else None,
        )  # fmt: skip
        session.add(criterion)
    session.flush()
    return row


def criteria(session: Session, scheme: Scheme) -> list[Criterion]:
    return list(session.scalars(select(Criterion).where(Criterion.scheme_id == scheme.id).order_by(Criterion.no)))


def declaration(session: Session, *, measure: Measure, person: Person, kind: str | None = None) -> Declaration:
    """What a member declared: without `kind`, that there is no conflict of interest."""
    row = Declaration(
        measure_id=measure.id, person_id=person.id, conflict=kind is not None, kind=kind, declared_at=MORNING
    )
    return _add(session, row)


def sheet(
    session: Session,
    *,
    measure: Measure,
    person: Person,
    scheme: Scheme,
    status: str = "open",
    points: int | None = None,
    **more: Any,
) -> Sheet:
    """A sheet; with `points` every criterion has this many."""
    if status == "signed":
        more = {"signed_at": MORNING, "total": (points or 0) * 200_000} | more
    row = Sheet(
        measure_id=measure.id, person_id=person.id, scheme_id=scheme.id, status=status, opened_at=MORNING, **more
    )
    _add(session, row)
    for criterion in criteria(session, scheme):
        session.add(Score(sheet_id=row.id, criterion_id=criterion.id, points=points))
    session.flush()
    return row


# Documents, grants, payments


def file(session: Session, *, thing: str = "measures.measure:1", data: bytes = b"%PDF-1.4 a file", **more: Any) -> File:
    """The row of a file; its bytes are not in any store."""
    row = {"name": "paper.pdf", "media_type": "application/pdf", "kept_at": MORNING} | more
    return _add(session, File(sha256=sha256(data).hexdigest(), size=len(data), subject=thing, **row))


def document(
    session: Session, *, measure: Measure, name: str = "contract", by: Person | None = None, **more: Any
) -> Document:
    """An issued Word document."""
    row = {
        "language": "en",
        "title": name.capitalize(),
        "subject": f"measures.measure:{measure.id}",
        "case_id": measure.id,
        "branch_id": measure.branch_id,
        "fields": {},
        "template_sha256": "0" * 64,
        "status": "issued",
        "ordered_by_id": by.id if by else None,
        "ordered_at": MORNING,
        "issued_at": MORNING,
    } | more
    if row["status"] == "issued" and "file_id" not in row:
        row["file_id"] = file(session, data=f"{name} {next(_next)}".encode(), name=f"{name}.docx").id
    return _add(session, Document(name=name, **row))


def contract(
    session: Session,
    *,
    measure: Measure,
    by: Person | None = None,
    status: str = "signed",
    instalments: tuple[int, ...] = (),
    **more: Any,
) -> Contract:
    """A contract over the award; instalments of 50, 40 and 10 percent unless given in minor units."""
    by = by or person(session, role="manager")
    amount = measure.awarded or measure.requested
    row = {
        "number": f"V-{next(_next):05}",
        "amount": amount,
        "total_cost": max(measure.total_cost, amount),
        "starts_on": measure.starts_on,
        "ends_on": measure.ends_on,
        "payee": "Cooperative",
        "payee_bank": "Khan Bank",
        "payee_account": "MN120005001234567890",
        "document_id": document(session, measure=measure, by=by).id,
        "issued_by_id": by.id,
        "issued_at": MORNING,
    }
    if status == "signed":
        row |= {"signed_on": TODAY, "signed_file_id": file(session, data=f"scan {next(_next)}".encode()).id}
    made = _add(session, Contract(measure_id=measure.id, status=status, **(row | more)))
    first, second = amount * 50 // 100, amount * 40 // 100
    for no, part in enumerate(instalments or (first, second, amount - first - second), start=1):
        needs = ("", "interim", "final")[min(no, 3) - 1]
        session.add(
            Instalment(contract_id=made.id, no=no, amount=part, condition=f"Instalment {no}", needs_report=needs)
        )
    session.flush()
    return made


def instalments(session: Session, contract: Contract) -> list[Instalment]:
    return list(
        session.scalars(select(Instalment).where(Instalment.contract_id == contract.id).order_by(Instalment.no))
    )


def payment(
    session: Session,
    *,
    contract: Contract,
    prepared_by: Person,
    instalment: Instalment | None = None,
    amount: int = 1_000_00,
    **more: Any,
) -> Payment:
    """A prepared payment, three people."""
    row = {"policy": "three", "prepared_at": MORNING, "key": f"payment-{next(_next)}", "payee": contract.payee} | more
    made = Payment(
        measure_id=contract.measure_id, contract_id=contract.id, instalment_id=instalment.id if instalment else None,
        amount=instalment.amount if instalment else amount, payee_account=contract.payee_account, prepared_by_id=prepared_by.id, **row,
    )  # fmt: skip
    return _add(session, made)


def report(
    session: Session, *, measure: Measure, kind: str = "final", due: date = date(2026, 11, 30), **more: Any
) -> Report:
    return _add(session, Report(measure_id=measure.id, kind=kind, due=due, **more))


def receipt(
    session: Session, *, measure: Measure, by: Person, amount: int = 100_00, line: BudgetLine | None = None, **more: Any
) -> Receipt:
    line = (
        line
        or session.scalars(
            select(BudgetLine).where(BudgetLine.measure_id == measure.id).order_by(BudgetLine.no)
        ).first()
    )
    n = next(_next)
    row = {
        "no": n,
        "paid_on": TODAY,
        "payee": "Workshop",
        "what_for": "Steel",
        "key": f"receipt-{n}",
        "entered_at": MORNING,
    } | more
    return _add(session, Receipt(measure_id=measure.id, line_id=line.id, amount=amount, entered_by_id=by.id, **row))


# Afterwards


def evaluation(
    session: Session, *, measure: Measure, point: int = 0, due: date = date(2026, 10, 31), **more: Any
) -> Evaluation:
    return _add(session, Evaluation(measure_id=measure.id, point=point, due=due, **more))


def obligation(
    session: Session,
    *,
    kind: str,
    due: date,
    subject: str = "measures.measure:1",
    title: str = "Something is due",
    **more: Any,
) -> Obligation:
    return _add(session, Obligation(kind=kind, subject=subject, due=due, title=title, created_at=MORNING, **more))
