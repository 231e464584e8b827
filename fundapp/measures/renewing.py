"""Using an earlier proposal again: a new draft in another call with its words and rows, without its dates, decisions and declarations."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import joinedload

from fundapp.files.service import attach
from fundapp.files.store import Kept
from fundapp.funds import questions
from fundapp.funds.models import Call
from fundapp.kit import i18n
from fundapp.kit.database import ReadSession, WriteSession, locked
from fundapp.kit.errors import NotAllowed, Refused
from fundapp.kit.i18n import gettext as _
from fundapp.measures import budget, drafting, filled, queries, starting
from fundapp.measures.codes import FULL, SHORT, SOURCES
from fundapp.measures.lifecycle import Status
from fundapp.measures.models import (
    Activity,
    Annex,
    BudgetLine,
    Indicator,
    Measure,
    Part,
    Partner,
    Party,
    Risk,
    Row,
    Support,
    TargetGroup,
    Typed,
)
from fundapp.people.models import Person
from fundapp.people.permissions import Action, may, own

STAY = ("registration", "statutes")  # papers that hold for every proposal of an organisation
DATES = ("starts_on", "ends_on", "visible_by", "own_by")
WORDS = tuple(
    name
    for names in drafting.FIELDS.values()
    for name in names
    if name not in (*DATES, "answers", "declarations", "region", "bottleneck_id")
)
ROWS: tuple[type[Part], ...] = (Party, Partner, Risk, Support, TargetGroup, Indicator, BudgetLine)
EMPTIED: dict[type[Part], tuple[str, ...]] = {Indicator: ("due_on",), BudgetLine: ("quoted_on", "quoted_until")}
MONEY: dict[type[Part], tuple[str, ...]] = {
    BudgetLine: ("unit_price", "amount", "from_grant", *SOURCES),
    Support: ("amount",),
}


def offered(session: ReadSession, by: Person) -> list[Measure]:
    """The proposals that `by` can use again, the newest first."""
    asked = select(Measure).where(queries.owned_by(by), Measure.call_id.is_not(None), Measure.title != "")
    asked = asked.options(joinedload(Measure.call)).order_by(Measure.id.desc()).limit(50)
    return list(session.scalars(asked))


def copy(
    session: WriteSession, old: Measure, call: Call, *, by: Person, at: datetime, form: str | None = None
) -> Measure:
    """A new draft in an open call with what `old` says, of which `by` is the applicant or an editor.

    Dates stay empty, nothing is declared or decided. Left out: a region the call is not for, answers to questions it does
    not ask, amounts in another currency. Pressed twice, the first draft is given as long as nothing was changed in it.
    Raises Refused.
    """
    starting.opened(call, at)
    if not may(by, Action.START_PROPOSAL) or not own(by, old):
        raise NotAllowed
    if old.call is None:
        raise Refused(_("This was taken over from a list; there is no proposal to use again."))
    if old.call_id == call.id and old.status in (Status.DRAFT, Status.RETURNED):
        raise Refused(_("This proposal is being written for this call already."))
    locked(session, old)
    twin = select(Measure).where(
        Measure.copied_from_id == old.id, Measure.call_id == call.id, Measure.owner_id == by.id,
        Measure.status == Status.DRAFT, Measure.version == 1,
    )  # fmt: skip
    if found := session.scalars(twin.order_by(Measure.id).limit(1)).first():
        return queries.get(session, found.id)
    measure = Measure(
        fund_id=call.fund_id,
        call_id=call.id,
        owner_id=by.id,
        organisation_id=old.organisation_id,
        copied_from_id=old.id,
        created_at=at,
        form=starting.form_of(call, form or (SHORT if old.form == SHORT else FULL)),
        **{name: getattr(old, name) for name in WORDS},
    )
    session.add(measure)
    session.flush()
    measure = queries.get(session, measure.id)
    same_money = measure.fund.currency == old.fund.currency
    if not call.regions or old.region in call.regions:
        measure.region, measure.bottleneck_id = old.region, old.bottleneck_id
        drafting.place(session, measure)
    if not same_money:
        measure.annual_budget = None
    signed = {name: old.declarations[name] for name in ("name", "place") if old.declarations.get(name)}
    measure.declarations, measure.answers = signed, _answers(old, call, same_money)
    for kind in ROWS:
        _rows(session, old, measure, kind, same_money)
    _activities(session, old, measure, by, at)
    _papers(session, old, measure, by, at)
    budget.add_up(session, measure)
    session.flush()
    return measure


def _rows(session: WriteSession, old: Measure, measure: Measure, kind: type[Part], same_money: bool) -> None:
    """The rows of one kind as they stand, without their dates, and without amounts where the currency is another."""
    left_out = {"id", "measure_id", *EMPTIED.get(kind, ())}
    names = [column.key for column in kind.__table__.columns if column.key not in left_out]
    session.execute(delete(kind).where(kind.measure_id == measure.id))
    for row in queries.parts(session, kind, old):
        values: dict[str, Any] = {name: getattr(row, name) for name in names}
        if not same_money:
            values |= dict.fromkeys(MONEY.get(kind, ()), 0)
        session.add(kind(measure_id=measure.id, **values))
    session.flush()


def _activities(session: WriteSession, old: Measure, measure: Measure, by: Person, at: datetime) -> None:
    """An activity stands nowhere without its days: its words wait on their page as if they had been typed."""
    rows: list[Row] = list(queries.parts(session, Activity, old))
    content = {
        f"activities-{row.slot}-{name}": filled.text(getattr(row, name))
        for row in rows
        for name in ("title", "responsible")
    }
    content |= {f"activities-{row.slot}-milestone": "yes" for row in rows if getattr(row, "milestone", False)}
    if content:
        locale = i18n.LANGUAGE.get()
        session.add(
            Typed(measure_id=measure.id, section="activities", content=content, locale=locale, by_id=by.id, at=at)
        )


def _papers(session: WriteSession, old: Measure, measure: Measure, by: Person, at: datetime) -> None:
    for annex, file in queries.proposal(session, old).annexes:
        if annex.kind in STAY:
            kept = Kept(sha256=file.sha256, size=file.size, name=file.name, media_type=file.media_type)
            added = attach(session, kept, measure, by=by, at=at)
            session.add(Annex(measure_id=measure.id, kind=annex.kind, file_id=added.id))


def _answers(old: Measure, call: Call, same_money: bool) -> dict[str, Any]:
    """Answers to the questions that both calls ask, by code and kind; of choices only those that are still given."""
    assert old.call is not None, "what was taken over from a list has no answers"
    before = {question.code: question.kind for question in questions.of(old.call)}
    found: dict[str, Any] = {}
    for question in questions.of(call):
        answer = old.answers.get(question.code)
        if answer in (None, "", []) or before.get(question.code) != question.kind:
            continue
        if question.kind in ("date", "file") or (question.kind == "money" and not same_money):
            continue
        choices = {code for code, _label in question.choices}
        if question.kind == "several":
            answer = [code for code in answer if code in choices]
        elif question.kind == "one" and answer not in choices:
            continue
        if answer:
            found[question.code] = answer
    return found
