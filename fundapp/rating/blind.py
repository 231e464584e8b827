"""What a member reads. A blind proposal is a set of fields of its own, with no identity in it; names are another set, opened later."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from fundapp.funds import questions as asked_by_call
from fundapp.kit import money
from fundapp.kit.database import ReadSession
from fundapp.kit.dates import months_between
from fundapp.measures.models import (
    Activity,
    BudgetLine,
    Indicator,
    Measure,
    Partner,
    Party,
    Risk,
    TargetGroup,
)
from fundapp.people.models import Branch, Organisation, Person
from fundapp.rating.models import Sheet
from fundapp.rating.proceedings import Decision, Meeting

HIDDEN = "[…]"
SOURCES = ("from_grant", "own_cash", "in_kind", "local_government", "other_donor", "revenue")


@dataclass(frozen=True)
class Line:
    """A line of the budget, minor units."""

    category: str
    description: str
    amount: int
    from_grant: int


@dataclass(frozen=True)
class Group:
    label: str
    total: int
    female: int
    youth: int


@dataclass(frozen=True)
class Promise:
    """An indicator; values in thousandths."""

    title: str
    unit: str
    baseline: int
    target: int
    verification: str


@dataclass(frozen=True)
class Question:
    """What the committee asked when it deferred the measure, and the answer."""

    asked: str
    answer: str


@dataclass(frozen=True)
class Step:
    """An activity: when it begins and ends in months of the measure, counted from 1; who does it stays out."""

    title: str
    first: int | None
    last: int | None
    milestone: bool


@dataclass(frozen=True)
class Danger:
    """A risk; likelihood and impact from 1 to 5. Who looks after it stays out."""

    text: str
    likelihood: int
    impact: int
    mitigation: str


@dataclass(frozen=True)
class Answer:
    """The answer to a question of the call that is answered in words; the question by language."""

    asked: dict[str, str]
    answer: str


@dataclass(frozen=True)
class BlindProposal:
    """Everything a member may read before the names open. There is no field for who proposes, where, or with whom; names that
    stand inside the texts are taken out. Amounts in minor units; `shares` are (source, amount, percent as text)."""

    no: int | None
    topic: str
    intervention: str
    months: int | None
    problem: str
    objective: str
    outputs: str
    outcomes: str
    visible_effect: str
    public_benefit: str
    breadth: int | None
    after_funding: str
    requested: int
    total_cost: int
    currency: str
    groups: tuple[Group, ...]
    lines: tuple[Line, ...]
    shares: tuple[tuple[str, int, str], ...]
    promises: tuple[Promise, ...]
    questions: tuple[Question, ...]
    steps: tuple[Step, ...]
    env_effect: int | None
    env_note: str
    land: str
    permits: str
    dangers: tuple[Danger, ...]
    own_when: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True)
class With:
    """A partner or key person."""

    name: str
    sector: str
    role: str
    contribution: str
    key_person: bool


@dataclass(frozen=True)
class Names:
    """Who proposes, where and with whom: for the declaration, and once the names are open."""

    number: str
    title: str
    organisation: str
    kind: str
    sector: str
    place: str
    account_holder: str
    acts: str
    signs: str
    earlier_work: str
    partners: tuple[With, ...]


def names_are_open(sheet: Sheet, *, blind: bool) -> bool:
    """In an open call always; in a blind one when this member has locked the blind part or signed."""
    return not blind or sheet.status in ("locked", "signed")


def proposal(session: ReadSession, measure: Measure, no: int | None, *, hide: bool) -> BlindProposal:
    """The proposal without identity; `hide` also takes names out of the texts. `measure` comes with its fund and organisation."""
    parts = _Parts(session, measure)
    secret = _names_in(session, measure, parts) if hide else []

    def clean(text: str) -> str:
        return without(text, secret)

    return BlindProposal(
        no=no,
        topic=measure.topic,
        intervention=measure.intervention,
        months=_months(measure),
        problem=clean(measure.problem),
        objective=clean(measure.objective),
        outputs=clean(measure.outputs),
        outcomes=clean(measure.outcomes),
        visible_effect=clean(measure.visible_effect),
        public_benefit=clean(measure.public_benefit),
        breadth=measure.breadth,
        after_funding=clean(measure.after_funding),
        requested=measure.requested,
        total_cost=measure.total_cost,
        currency=measure.fund.currency,
        groups=tuple(Group(clean(row.label), row.total, row.female, row.youth) for row in parts.groups),
        lines=tuple(Line(row.category, clean(row.description), row.amount, row.from_grant) for row in parts.lines),
        shares=_shares(parts.lines, measure.total_cost),
        promises=tuple(
            Promise(clean(row.title), clean(row.unit), row.baseline, row.target, clean(row.verification))
            for row in parts.indicators
        ),
        questions=tuple(Question(clean(q.asked), clean(q.answer)) for q in _questions(session, measure)),
        steps=tuple(
            Step(clean(row.title), _month(measure, row.starts_on), _month(measure, row.ends_on), row.milestone)
            for row in parts.activities
        ),
        env_effect=measure.env_effect,
        env_note=clean(measure.env_note),
        land=measure.land,
        permits=clean(measure.permits),
        dangers=tuple(Danger(clean(r.text), r.likelihood, r.impact, clean(r.mitigation)) for r in parts.risks),
        own_when=clean(measure.own_when),
        answers=tuple(Answer(asked, clean(text)) for asked, text in _answers(measure)),
    )


def names(session: ReadSession, measures: Sequence[Measure]) -> dict[int, Names]:
    """measure id -> who proposes it, in three questions for any number of measures (loaded with their organisation)."""
    ids = [measure.id for measure in measures]
    parties: dict[tuple[int, str], str] = {
        (row.measure_id, row.part): row.organisation
        for row in session.scalars(select(Party).where(Party.measure_id.in_(ids)))
    }
    partners: dict[int, list[With]] = {}
    for row in session.scalars(select(Partner).where(Partner.measure_id.in_(ids)).order_by(Partner.id)):
        partners.setdefault(row.measure_id, []).append(
            With(row.name, row.sector, row.role, row.contribution, row.key_person)
        )
    return {
        m.id: Names(
            number=m.number or "",
            title=m.title,
            organisation=m.organisation.name if m.organisation else parties.get((m.id, "acts"), ""),
            kind=m.organisation.kind if m.organisation else "",
            sector=m.organisation.sector if m.organisation else "",
            place=m.place,
            account_holder=parties.get((m.id, "account"), ""),
            acts=parties.get((m.id, "acts"), ""),
            signs=parties.get((m.id, "signs"), ""),
            earlier_work=m.organisation_note,
            partners=tuple(partners.get(m.id, ())),
        )
        for m in measures
    }


def secret(session: ReadSession, measure: Measure) -> list[str]:
    """All names that must not be read of this proposal before they open."""
    return _names_in(session, measure, _Parts(session, measure))


def without(text: str, secret: Iterable[str]) -> str:
    """`text` with these names taken out, wherever they stand as whole words, in any case."""
    for name in secret:
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", HIDDEN, text, flags=re.IGNORECASE)
    return text


class _Parts:
    """The rows of a proposal that are read."""

    def __init__(self, session: ReadSession, measure: Measure) -> None:
        own = measure.id
        self.lines = list(
            session.scalars(select(BudgetLine).where(BudgetLine.measure_id == own).order_by(BudgetLine.no))
        )
        self.groups = list(
            session.scalars(select(TargetGroup).where(TargetGroup.measure_id == own).order_by(TargetGroup.id))
        )
        self.indicators = list(
            session.scalars(select(Indicator).where(Indicator.measure_id == own).order_by(Indicator.id))
        )
        self.activities = list(
            session.scalars(select(Activity).where(Activity.measure_id == own).order_by(Activity.slot, Activity.id))
        )
        self.risks = list(session.scalars(select(Risk).where(Risk.measure_id == own).order_by(Risk.slot, Risk.id)))
        self.parties = list(session.scalars(select(Party).where(Party.measure_id == own)))
        self.partners = list(session.scalars(select(Partner).where(Partner.measure_id == own)))


def _names_in(session: ReadSession, measure: Measure, parts: _Parts) -> list[str]:
    """All names of this proposal, the longest first. Very short ones would take out ordinary words."""
    organisation = session.get(Organisation, measure.organisation_id) if measure.organisation_id else None
    owner = session.get(Person, measure.owner_id) if measure.owner_id else None
    branch = session.get(Branch, measure.branch_id) if measure.branch_id else None
    found = [
        measure.title,
        measure.short_title,
        measure.number or "",
        measure.place,
        measure.region,
        measure.recipient_name,
    ]
    if organisation:
        found += [organisation.name, organisation.address, organisation.phone, organisation.email]
        found += [organisation.tax_number, organisation.register]
    found += [owner.shown_name, owner.family_name, owner.email or "", owner.phone] if owner else []
    found += [branch.name, *branch.names.values()] if branch else []
    for party in parts.parties:
        found += [party.organisation, party.person, party.phone, party.email, party.account]
    found += [partner.name for partner in parts.partners]
    found += [row.responsible for row in parts.activities] + [row.owner for row in parts.risks]
    return sorted({name.strip() for name in found if len(name.strip()) >= 4}, key=len, reverse=True)


def _months(measure: Measure) -> int | None:
    """How long it lasts in months begun; the dates themselves stay out."""
    if measure.starts_on is None or measure.ends_on is None or measure.ends_on < measure.starts_on:
        return None
    return months_between(measure.starts_on, measure.ends_on) + 1


def _month(measure: Measure, day: date) -> int | None:
    """The month of the measure a day lies in, counted from 1; the date itself stays out."""
    if measure.starts_on is None or day < measure.starts_on:
        return None
    return months_between(measure.starts_on, day) + 1


def _answers(measure: Measure) -> list[tuple[dict[str, str], str]]:
    """The answers in words to the call's own questions, for those that are asked with these answers."""
    if measure.call is None:
        return []
    found = asked_by_call.shown(asked_by_call.of(measure.call), measure.answers)
    return [
        (each.label, str(measure.answers[each.code]))
        for each in found
        if each.kind in ("short", "long") and measure.answers.get(each.code)
    ]


def _shares(lines: Iterable[BudgetLine], total: int) -> tuple[tuple[str, int, str], ...]:
    sums = dict.fromkeys(SOURCES, 0)
    for line in lines:
        for source in SOURCES:
            sums[source] += getattr(line, source)
    return tuple(
        (source, amount, f"{money.share(amount, total)}") for source, amount in sums.items() if amount and total
    )


def _questions(session: ReadSession, measure: Measure) -> list[Question]:
    asked = (
        select(Decision)
        .join(Meeting, Meeting.id == Decision.meeting_id)
        .where(Decision.measure_id == measure.id, Decision.outcome == "defer", Meeting.status == "closed")
        .order_by(Decision.id)
    )
    return [
        Question(row.reasons, row.frozen.get("answer", ""))
        for row in session.scalars(asked)
        if "taken_back" not in row.frozen
    ]
