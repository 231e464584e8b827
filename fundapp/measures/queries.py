"""Questions about measures: who may see which, and the proposal with all its parts."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    and_,
    case,
    false,
    func,
    literal,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import joinedload

from fundapp.files.models import File
from fundapp.funds.models import Call
from fundapp.kit.database import ReadSession, WriteSession
from fundapp.kit.i18n import gettext as _
from fundapp.measures import models
from fundapp.measures.codes import FUND_INDICATORS
from fundapp.measures.conflicts import conflict_of
from fundapp.measures.lifecycle import Status
from fundapp.measures.models import (
    Activity,
    Annex,
    BudgetLine,
    Check,
    Indicator,
    Measure,
    Part,
    Partner,
    Party,
    Risk,
    Snapshot,
    Support,
    TargetGroup,
    Typed,
)
from fundapp.people.models import Person
from fundapp.people.permissions import EDITOR, RIGHTS, Action, Actor, Scope, branches, lenders, members_of
from fundapp.reminders.models import Obligation

Row = TypeVar("Row", bound=Part)
WITH = (
    joinedload(Measure.fund),
    joinedload(Measure.call),
    joinedload(Measure.branch),
    joinedload(Measure.owner),
    joinedload(Measure.organisation),
)


@dataclass
class Proposal:
    """A measure with the parts of its proposal, in the order in which they were written."""

    measure: Measure
    parties: dict[str, Party] = field(default_factory=dict)
    partners: list[Partner] = field(default_factory=list)
    groups: list[TargetGroup] = field(default_factory=list)
    indicators: list[Indicator] = field(default_factory=list)
    lines: list[BudgetLine] = field(default_factory=list)
    annexes: list[tuple[Annex, File]] = field(default_factory=list)  # those that hold
    activities: list[Activity] = field(default_factory=list)
    risks: list[Risk] = field(default_factory=list)
    support: list[Support] = field(default_factory=list)
    typed: dict[str, Typed] = field(default_factory=dict)  # by page: what is not taken over yet

    def sum(self, source: str) -> int:
        """The total of a column of the budget, minor units."""
        return sum(getattr(line, source) for line in self.lines)


def visible_to(person: Actor) -> ColumnElement[bool]:
    """What of all measures this person may know of, as a condition on Measure.

    Built from the rights to read a case file; a measure on which the person has a conflict of interest is closed
    to them in every role but that of its own applicant (conflicts.py).
    """
    seen = [_seen_by(person, person)]
    seen += [_seen_by(lender, person) for lender in lenders(person)]
    return or_(false(), *seen)


def owned_by(person: Actor, *, reading: bool = False) -> ColumnElement[bool]:
    """A person's own measures, and those of organisations they edit for (`reading`: or read for), as a condition on Measure."""
    theirs = [id for id, kind in members_of(person).items() if kind == EDITOR or reading]
    return or_(Measure.owner_id == person.id, Measure.organisation_id.in_(sorted(theirs)))


def _seen_by(one: Actor, person: Actor) -> ColumnElement[bool]:
    """What `one` may know of, who is the person themselves or somebody they stand in for; a conflict of either closes it."""
    own: list[ColumnElement[bool]] = []
    office: list[ColumnElement[bool]] = []
    others: list[ColumnElement[bool]] = []
    for right in RIGHTS[Action.READ_CASE]:
        if not any(held.role == right.role for held in one.roles):
            continue
        states = Measure.status.in_(sorted(right.states)) if right.states else true()
        if right.scope is Scope.OWN:
            own.append(and_(states, owned_by(one, reading=True)))
        elif right.scope is Scope.BRANCH:
            office.append(and_(states, Measure.branch_id.in_(sorted(branches(one)))))
        elif right.scope is Scope.TO_CHECK:
            office.append(and_(states, Measure.check_branch_id.in_(sorted(branches(one)))))
        elif right.scope is Scope.ALL:
            others.append(states)
    return or_(
        false(),
        *own,
        and_(or_(false(), *office), ~conflict_of(one.id, person.id, office=True)),
        and_(or_(false(), *others), ~conflict_of(one.id, person.id)),
    )


def find(session: ReadSession, id: int, *, visible_to: Person) -> Measure | None:
    """The measure with fund, call, branch, owner and organisation, if this person may know of it."""
    clause = globals()["visible_to"](visible_to)
    asked = select(Measure).where(Measure.id == id, clause).options(*WITH)
    return session.scalars(asked, execution_options={"populate_existing": True}).first()


def find_to_write(session: ReadSession, id: int, *, visible_to: Person) -> Measure | None:
    """As `find`; where it is going to be written, the row is locked, so that what is merged with it is what stands there.

    The first question of its session about this measure, and no more than it needs: autosave asks it every few seconds.
    """
    clause = globals()["visible_to"](visible_to)
    asked = (
        select(Measure).where(Measure.id == id, clause).options(*WITH, joinedload(Measure.owner).lazyload(Person.roles))
    )
    if isinstance(session, WriteSession):
        asked = asked.with_for_update(of=Measure)
    return session.scalars(asked).first()


def get(session: ReadSession, id: int) -> Measure:
    """The measure with what belongs to it, whoever asks; raises NoResultFound."""
    asked = select(Measure).where(Measure.id == id).options(*WITH)
    return session.scalars(asked, execution_options={"populate_existing": True}).one()


def proposal(session: ReadSession, measure: Measure) -> Proposal:
    """All parts of a proposal, one question each."""
    return Proposal(
        measure,
        {party.part: party for party in parts(session, Party, measure)},
        parts(session, Partner, measure),
        parts(session, TargetGroup, measure),
        parts(session, Indicator, measure),
        lines(session, measure),
        annexes(session, measure),
        parts(session, Activity, measure),
        parts(session, Risk, measure),
        parts(session, Support, measure),
        {row.section: row for row in parts(session, Typed, measure)},
    )


def page(session: ReadSession, measure: Measure, section: str) -> Proposal:
    """As much of a proposal as one page of its form shows: at most one question."""
    found = Proposal(measure)
    match section:
        case "applicant":
            found.parties = {party.part: party for party in parts(session, Party, measure)}
        case "partners":
            found.partners = parts(session, Partner, measure)
        case "groups":
            found.groups = parts(session, TargetGroup, measure)
        case "results":
            found.indicators = parts(session, Indicator, measure)
        case "activities":
            found.activities = parts(session, Activity, measure)
        case "risks":
            found.risks = parts(session, Risk, measure)
        case "support":
            found.support = parts(session, Support, measure)
        case "costs" | "financing":
            found.lines = lines(session, measure)
    return found


def typed(session: ReadSession, measure: Measure, section: str) -> Typed | None:
    """What was typed on a page and is not taken over yet."""
    return session.scalars(select(Typed).where(Typed.measure_id == measure.id, Typed.section == section)).first()


def written(session: ReadSession, found: Sequence[Measure]) -> dict[int, Proposal]:
    """The proposals of several measures, as much of them as says what is missing; a constant number of questions."""
    whole = {measure.id: Proposal(measure) for measure in found}
    if not whole:
        return {}
    for party in _of(session, Party, whole):
        whole[party.measure_id].parties[party.part] = party
    for line in _of(session, BudgetLine, whole):
        whole[line.measure_id].lines.append(line)
    act, risk, none = Activity, Risk, literal("")
    planned: CompoundSelect[Any] = union_all(
        select(act.measure_id, act.title, none, act.starts_on, act.ends_on).where(act.measure_id.in_(whole)),
        select(risk.measure_id, risk.text, risk.mitigation, null(), null()).where(risk.measure_id.in_(whole)),
    )
    for id, text, mitigation, starts, ends in session.execute(planned):
        if starts is not None:
            whole[id].activities.append(Activity(title=text, starts_on=starts, ends_on=ends))
        else:
            whole[id].risks.append(Risk(text=text, mitigation=mitigation))
    rest = union_all(
        select(literal("partner"), Partner.measure_id, none).where(Partner.measure_id.in_(whole), Partner.key_person),
        select(literal("group"), TargetGroup.measure_id, none).where(
            TargetGroup.measure_id.in_(whole), TargetGroup.total > 0
        ),
        select(literal("annex"), Annex.measure_id, Annex.kind).where(
            Annex.measure_id.in_(whole), Annex.replaced_at.is_(None)
        ),
        select(case((Indicator.target > 0, "figure"), else_="zero"), Indicator.measure_id, Indicator.code).where(
            Indicator.measure_id.in_(whole)
        ),
        select(literal("support"), Support.measure_id, none).where(Support.measure_id.in_(whole)),
        select(literal("typed"), Typed.measure_id, Typed.section).where(Typed.measure_id.in_(whole)),
    )
    for what, id, kind in session.execute(rest):
        if what == "partner":
            whole[id].partners.append(Partner(key_person=True))
        elif what == "group":
            whole[id].groups.append(TargetGroup(total=1))
        elif what in ("figure", "zero"):
            whole[id].indicators.append(Indicator(code=kind, target=int(what == "figure")))
        elif what == "support":
            whole[id].support.append(Support())
        elif what == "typed":
            whole[id].typed[kind] = Typed(section=kind)
        else:
            whole[id].annexes.append((Annex(kind=kind), File()))
    return whole


def _of(session: ReadSession, kind: type[Row], whole: Collection[int]) -> list[Row]:
    return list(session.scalars(select(kind).where(kind.measure_id.in_(whole)).order_by(kind.id)))


def parts(session: ReadSession, kind: type[Row], measure: Measure) -> list[Row]:
    order = (kind.slot, kind.id) if issubclass(kind, models.Row) else (kind.id,)
    return list(session.scalars(select(kind).where(kind.measure_id == measure.id).order_by(*order)))


def lines(session: ReadSession, measure: Measure) -> list[BudgetLine]:
    asked = select(BudgetLine).where(BudgetLine.measure_id == measure.id).order_by(BudgetLine.no)
    return list(session.scalars(asked))


def annexes(session: ReadSession, measure: Measure, *, replaced: bool = False) -> list[tuple[Annex, File]]:
    """The papers that hold; `replaced`: those that were replaced or taken out, which are kept."""
    held = Annex.replaced_at.is_not(None) if replaced else Annex.replaced_at.is_(None)
    asked = select(Annex, File).join(File, File.id == Annex.file_id).where(Annex.measure_id == measure.id, held)
    return [(annex, file) for annex, file in session.execute(asked.order_by(Annex.id))]


def find_annex(session: ReadSession, measure: Measure, annex_id: int) -> tuple[Annex, File] | None:
    asked = select(Annex, File).join(File, File.id == Annex.file_id)
    row = session.execute(asked.where(Annex.id == annex_id, Annex.measure_id == measure.id)).first()
    return (row[0], row[1]) if row else None


def answers(session: ReadSession, measure: Measure) -> dict[str, Check]:
    """The answers to the eligibility list by code."""
    return {check.code: check for check in parts(session, Check, measure)}


def last_list(session: ReadSession, fund_id: int) -> str:
    """The list of exclusions that was looked into last in this fund (E12); '' for none."""
    asked = select(Check.looked).join(Measure, Measure.id == Check.measure_id)
    asked = asked.where(Measure.fund_id == fund_id, Check.code == "E12").order_by(Check.id.desc())
    return (session.scalars(asked.limit(1)).first() or {}).get("list", "")


def snapshots(session: ReadSession, measure: Measure) -> list[Snapshot]:
    return parts(session, Snapshot, measure)


def run_out(session: ReadSession, at: datetime) -> list[Measure]:
    """Drafts of closed calls and returned proposals whose new deadline may have passed, for which no expiry is proposed yet."""
    proposed = select(Obligation.case_id).where(
        Obligation.kind == "measures.expire", Obligation.done_at.is_(None), Obligation.cancelled_at.is_(None)
    )
    over = or_(
        and_(Measure.status == Status.DRAFT, Call.closes_at < at),
        and_(Measure.status == Status.RETURNED, Measure.return_by <= at.date()),
    )
    asked = select(Measure).join(Call, Call.id == Measure.call_id).where(over, Measure.id.not_in(proposed))
    return list(session.scalars(asked.options(joinedload(Measure.fund), joinedload(Measure.call)).order_by(Measure.id)))


def total(session: ReadSession, measure: Measure) -> tuple[int, int]:
    """(all costs, what the fund is asked for) of the budget lines, minor units, summed by the database."""
    asked = select(
        func.coalesce(func.sum(BudgetLine.amount), 0), func.coalesce(func.sum(BudgetLine.from_grant), 0)
    ).where(BudgetLine.measure_id == measure.id)
    row = session.execute(asked).one()
    return int(row[0]), int(row[1])


def verify(session: ReadSession) -> list[str]:
    """Sentences that say which kept total differs from its budget lines; empty when none does."""
    sums = select(BudgetLine.measure_id, func.sum(BudgetLine.amount)).group_by(BudgetLine.measure_id).subquery()
    asked = (
        select(Measure.id, Measure.total_cost, sums.c[1])
        .join(sums, sums.c[0] == Measure.id)
        .where(Measure.total_cost != sums.c[1])
        .order_by(Measure.id)
    )
    return [
        _("measure %(id)s says %(kept)s in all, its lines sum to %(found)s", id=id, kept=kept, found=found)
        for id, kept, found in session.execute(asked)
    ]


def promises(session: ReadSession, measure_id: int) -> dict[str, tuple[str, str, int | None]]:
    """What is counted of a measure, by code: (title, unit, promised in thousandths). The fund's own indicators come first."""
    rows = session.scalars(select(Indicator).where(Indicator.measure_id == measure_id).order_by(Indicator.id)).all()
    found: dict[str, tuple[str, str, int | None]] = {code: (*told, None) for code, told in FUND_INDICATORS.items()}
    found |= {code_of(row): (row.title, row.unit, row.target) for row in rows if row.code not in FUND_INDICATORS}
    return found | {row.code: (*FUND_INDICATORS[row.code], row.target) for row in rows if row.code in FUND_INDICATORS}


def code_of(indicator: Indicator) -> str:
    """The code of its values: a fund's indicator by its own, others by their id."""
    return indicator.code if indicator.code in FUND_INDICATORS else f"own-{indicator.id}"
