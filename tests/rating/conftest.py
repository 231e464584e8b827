"""A call under rating: a committee of five, three measures, nobody has declared yet."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest

from fundapp.funds import ledger
from fundapp.funds.models import Call, Contribution, Fund
from fundapp.measures.models import Activity, Measure, Partner, Risk
from fundapp.people.models import Person
from fundapp.rating import committees, declaring, queries, rounds, schemes, sheets, standing
from fundapp.rating.models import Committee, Scheme, Sheet
from fundapp.rating.sheets import Given
from tests import factories as make
from tests.factories import MORNING

FIRST = (4, 4, 3, 3, 4, 5, 3, 2)  # the oracle: 72.0, 75.0, 62.0 give 69.6667 with a spread of 13.0
SECOND = (5, 4, 4, 2, 3, 4, 4, 3)
THIRD = (3, 2, 4, 4, 3, 3, 2, 4)
CODES = ("R1", "R2", "R3", "R4", "R5", "R6", "R7", "R8")
CANARY = "Zqx{}canary"


@dataclass
class Round:
    fund: Fund
    call: Call
    committee: Committee
    scheme: Scheme
    manager: Person
    chair: Person
    members: list[Person]
    measures: list[Measure]
    secrets: list[str] = field(default_factory=list)

    @property
    def first(self) -> Measure:
        return self.measures[0]

    @property
    def everybody(self) -> list[Person]:
        return [self.chair, *self.members]


def given(points: tuple[int, ...], codes: tuple[str, ...] = CODES) -> dict[str, Given]:
    return {
        code: Given(point, "because of the text") for code, point in zip(CODES, points, strict=True) if code in codes
    }


def money_in(session: Any, fund: Fund, amount: int, by: Person) -> None:
    donor = make.donor(session, fund=fund)
    gift = Contribution(
        donor_id=donor.id, amount=amount, arrived_on=MORNING.date(), bank_reference="B-1", key=f"gift-{donor.id}"
    )
    session.add(gift)
    session.flush()
    ledger.receive(session, fund, gift, by=by, at=MORNING)


def hidden_measure(session: Any, call: Call, n: int) -> tuple[Measure, list[str]]:
    """A measure with a canary in every field that says who, where and with whom."""
    words = iter(CANARY.format(f"{n}{letter}") for letter in "abcdefghijklmnopqrstuvwxyz")
    used: list[str] = []

    def secret() -> str:
        used.append(next(words))
        return used[-1]

    branch = make.branch(session, name=secret(), region=secret())
    organisation = make.organisation(session, name=secret(), address=secret(), email=f"{secret().lower()}@example.org")
    owner = make.person(session, role="applicant", name=secret(), family_name=secret())
    title = secret()
    measure = make.measure(
        session, status="eligible", call=call, branch=branch, organisation=organisation, owner=owner, title=title,
        short_title=secret(), summary=secret(), place=secret(), organisation_note=secret(), no_bottleneck=secret(),
        problem=f"Wool is sold unwashed, says {organisation.name} of the place; {title} helps.",
    )  # fmt: skip
    session.add(Partner(measure_id=measure.id, name=secret(), sector="public", role=secret(), key_person=True))
    days = {"starts_on": date(2026, 6, 1), "ends_on": date(2026, 9, 30)}
    who, whose = secret(), secret()
    session.add(Activity(measure_id=measure.id, title=f"{who} sets the line up", responsible=who, **days))
    session.add(
        Risk(
            measure_id=measure.id, text=f"{organisation.name} loses its buyer", mitigation=f"{whose} asks", owner=whose
        )
    )
    measure.env_note, measure.permits, measure.own_when = (
        f"{title} cleans it",
        f"Of {measure.place}",
        f"{who} pays in May",
    )
    session.flush()
    return measure, [*used, measure.number or ""]


def rated_call(session: Any, *, blind: bool = True, measures: int = 3, budget: int = 100_000_00, **more: Any) -> Round:
    fund = make.fund(session)
    manager = make.person(session, role="manager")
    money_in(session, fund, 200_000_00, manager)
    call = make.call(session, fund=fund, blind=blind, budget=budget)
    committee = committees.set_up(session, name=f"Committee of {call.code}", by=manager, at=MORNING)
    persons = [make.person(session, role="chair"), *(make.person(session, role="member") for _ in range(4))]
    for n, person in enumerate(persons):
        sector = ("private", "public", "semi_public")[n % 3]
        committees.add_member(session, committee, person, sector=sector, chair=n == 0, by=manager, at=MORNING)
    scheme = schemes.make_scheme(session, call, committee, by=manager, at=MORNING)
    made, secrets = [], []
    for n in range(measures):
        measure, words = hidden_measure(session, call, n)
        made.append(measure)
        secrets += words
    session.flush()
    return Round(fund, call, committee, scheme, manager, persons[0], persons[1:], made, secrets)


def declare(session: Any, found: Round, *persons: Person, conflict: Measure | None = None) -> None:
    for person in persons:
        for measure in found.measures:
            has = measure is conflict
            declaring.declare(
                session, measure, conflict=has, kind="business" if has else None, explanation="We buy from them." if has else "",
                by=person, at=MORNING,
            )  # fmt: skip


def sheet_of(session: Any, measure: Measure, person: Person, round: int = 1) -> Sheet:
    return next(s for s in standing.live_sheets(session, measure.id, round) if s.person_id == person.id)


def sign(session: Any, measure: Measure, person: Person, points: tuple[int, ...], round: int = 1) -> Sheet:
    """Scores all, locks where the call is blind, and signs."""
    sheet = sheet_of(session, measure, person, round)
    criteria = queries.criteria(session, sheet.scheme_id)
    if sheets.two_parts(session, sheet, criteria):
        blind = tuple(c.code for c in criteria if not c.needs_identity)
        sheets.save(session, sheet, given(points, blind), by=person, at=MORNING)
        sheets.lock(session, sheet, by=person, at=MORNING)
        rest = tuple(c.code for c in criteria if c.needs_identity)
        sheets.save(session, sheet, given(points, rest), by=person, at=MORNING)
    else:
        sheets.save(session, sheet, given(points), by=person, at=MORNING)
    sheets.sign(session, sheet, by=person, at=MORNING)
    return sheet


def open_and_declare(session: Any, found: Round, conflict: Person | None = None) -> None:
    declare(session, found, *(person for person in found.everybody if person is not conflict))
    if conflict is not None:
        declare(session, found, conflict, conflict=found.first)
    rounds.open_round(session, found.call, by=found.chair, at=MORNING)


def sign_all(session: Any, found: Round, raters: list[Person] | None = None) -> None:
    """The oracle's three sheets for every measure."""
    who = raters or found.members[:3]
    for measure in found.measures:
        for person, points in zip(who, (FIRST, SECOND, THIRD), strict=True):
            sign(session, measure, person, points)


@pytest.fixture
def rated(write: Callable[[Callable[[Any], Any]], Any]) -> Round:
    """Opened, declared by all, not yet scored."""

    def work(session: Any) -> Round:
        found = rated_call(session)
        open_and_declare(session, found)
        return found

    return write(work)


@pytest.fixture
def closed(write: Callable[[Callable[[Any], Any]], Any]) -> Round:
    """Three sheets each, the round closed."""

    def work(session: Any) -> Round:
        found = rated_call(session)
        open_and_declare(session, found)
        sign_all(session, found)
        rounds.close_round(session, found.call, by=found.chair, at=MORNING)
        return found

    return write(work)
