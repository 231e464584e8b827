"""The rating scheme of a call: started from the default or an earlier call's, changed until the first score is locked or signed.

A frozen scheme is only read: what was signed was signed by it. Every change raises its version.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, func, or_, select

from fundapp.funds.models import Call, Fund
from fundapp.history.service import record
from fundapp.kit.database import ReadSession, WriteSession, locked
from fundapp.kit.errors import NotAllowed, Refused, Stale
from fundapp.kit.i18n import gettext as _
from fundapp.measures.lifecycle import Status
from fundapp.measures.models import Measure
from fundapp.people.models import Person
from fundapp.people.permissions import Action, may
from fundapp.presets.queries import held
from fundapp.rating import queries
from fundapp.rating.models import Committee, Criterion, Scheme, Score
from fundapp.rating.rules import Limits, Row, Wrong, unfit_alone
from fundapp.rating.scheme import DEFAULTS
from fundapp.rating.switches import CRITERIA, ENOUGH, MEMBERS


def make_scheme(
    session: WriteSession,
    call: Call,
    committee: Committee,
    *,
    by: Person,
    at: datetime,
    smallest_sheets: int | None = None,
    source: Scheme | None = None,
) -> Scheme:
    """A scheme for a call, and who rates by it: a copy of `source`, else the default (how many criteria and sheets, the fund's
    switches say). Amounts are copied between funds of one currency only."""
    _manages(by)
    if queries.scheme_of(session, call.id) is not None:
        raise Refused(_("This call has its scheme already."))
    fund = session.get_one(Fund, call.fund_id)
    found = held(session, (MEMBERS, CRITERIA), fund)
    scheme = Scheme(call_id=call.id, committee_id=committee.id, smallest_sheets=ENOUGH[found[MEMBERS.name].value])
    session.add(scheme)
    if source is None:
        session.flush()
        session.add_all(_default(scheme, found[CRITERIA.name].value))
    else:
        _take_limits(scheme, limits_of(source, money=_currency(session, source) == fund.currency))
        session.flush()
        session.add_all(_copy(scheme, row) for row in queries.criteria(session, source.id))
    scheme.smallest_sheets = smallest_sheets or scheme.smallest_sheets
    session.flush()
    record(
        session,
        "rating.make_scheme",
        scheme,
        by=by,
        at=at,
        call=call.id,
        committee=committee.id,
        source=str(source.id if source else ""),
    )
    return scheme


def change_scheme(
    session: WriteSession,
    scheme: Scheme,
    rows: Sequence[Row],
    limits: Limits,
    *,
    version: int,
    by: Person,
    at: datetime,
    committee: Committee | None = None,
) -> None:
    """The criteria as listed, in this order (what is not listed is taken out), the limits, and the committee.

    Raises Refused with all that is wrong, or once frozen; Stale when somebody has changed it meanwhile.
    """
    _open(session, scheme, version, by)
    if committee is not None and committee.id != scheme.committee_id:
        _nothing_opened(session, scheme)
        scheme.committee_id = committee.id
    if wrong := unfit(session, scheme, rows, limits):
        raise Refused(*dict.fromkeys(each.reason for each in wrong))
    _take_limits(scheme, limits)
    _arrange(session, scheme, rows)
    scheme.version += 1
    weights = {row.code: row.weight for row in rows}
    record(session, "rating.change_scheme", scheme, by=by, at=at, version=scheme.version, weights=weights)


def change_words(
    session: WriteSession,
    criterion: Criterion,
    *,
    titles: Mapping[str, str],
    questions: Mapping[str, str],
    anchors: Mapping[str, Mapping[str, str]],
    version: int,
    by: Person,
    at: datetime,
) -> None:
    """Title, guiding question and what points stand for (point -> language -> words), by language; the blank ones are left out."""
    scheme = session.get_one(Scheme, criterion.scheme_id)
    _open(session, scheme, version, by)
    said = _filled(titles)
    if not said:
        raise Refused(_("Please give the criterion a title."), field="title-1-en")
    criterion.titles = {"en": next(iter(said.values()))} | said
    criterion.questions = _filled(questions)
    criterion.anchors = {point: words for point, given in anchors.items() if (words := _filled(given))}
    scheme.version += 1
    record(session, "rating.change_words", scheme, by=by, at=at, version=scheme.version, code=criterion.code)


def unfit(session: ReadSession, scheme: Scheme, rows: Sequence[Row], limits: Limits) -> list[Wrong]:
    """All that is wrong with the scheme as typed, each with its place."""
    wrong = unfit_alone(rows, limits)
    given = _given(session, scheme)
    kept = {row.id for row in rows} | {c.id for c in _claimed(queries.criteria(session, scheme.id), rows).values()}
    for criterion in queries.criteria(session, scheme.id):
        if criterion.id in given and criterion.id not in kept:
            wrong.append(
                Wrong(None, _("A member has scored %(code)s already; it cannot be taken out.", code=criterion.code))
            )
    most = max(given.values(), default=0)
    if most > limits.highest:
        wrong.append(Wrong("highest", _("A member has given %(most)s points already.", most=most)))
    return wrong


def find_criterion(session: ReadSession, id: int, *, visible_to: Person) -> Criterion | None:
    """A criterion for who sets up schemes."""
    return session.get(Criterion, id) if may(visible_to, Action.MANAGE_COMMITTEE) else None


def limits_of(scheme: Scheme, *, money: bool = True) -> Limits:
    return Limits(
        scheme.highest, tuple(scheme.comment_for), scheme.smallest_sheets, scheme.fundable_from, scheme.spread_limit,
        scheme.per_proposal, scheme.secret, scheme.clearance_above if money else None,
        scheme.complaint_reserve if money else 0, scheme.branch_ceiling if money else None,
    )  # fmt: skip


def to_copy(session: ReadSession, call: Call) -> list[tuple[int, Call]]:
    """(scheme id, its call) of other calls, the newest first, of the same fund before others."""
    newest = select(func.max(Scheme.id)).group_by(Scheme.call_id)
    asked = (
        select(Scheme.id, Call).join(Call, Call.id == Scheme.call_id).where(Scheme.id.in_(newest), Call.id != call.id)
    )
    found = session.execute(asked.order_by((Call.fund_id == call.fund_id).desc(), Scheme.id.desc()).limit(30))
    return [(int(id), other) for id, other in found]


def _arrange(session: WriteSession, scheme: Scheme, rows: Sequence[Row]) -> None:
    """The criteria of the scheme become these rows, in this order."""
    criteria = queries.criteria(session, scheme.id)
    of_row = _claimed(criteria, rows)
    for criterion in criteria:
        if criterion not in of_row.values():
            session.execute(delete(Score).where(Score.criterion_id == criterion.id))  # blank ones: see `unfit`
            session.delete(criterion)
        else:
            criterion.code = f"~{criterion.id}"  # two may change their codes with each other
    session.flush()
    for no, row in enumerate(rows, start=1):
        criterion = of_row.get(no - 1) or Criterion(scheme_id=scheme.id, titles=_titles(row), questions={}, anchors={})
        criterion.no, criterion.code, criterion.weight, criterion.counts = no, row.code, row.weight, row.weight > 0
        criterion.threshold, criterion.needs_identity = row.threshold, row.needs_identity
        session.add(criterion)
    session.flush()


def _claimed(criteria: Sequence[Criterion], rows: Sequence[Row]) -> dict[int, Criterion]:
    """place of a row -> the criterion it was: by id, else by code."""
    by_id, by_code = {c.id: c for c in criteria}, {c.code: c for c in criteria}
    found = {n: by_id[row.id] for n, row in enumerate(rows) if row.id in by_id}
    for n, row in enumerate(rows):
        if row.id is None and (criterion := by_code.get(row.code)) is not None and criterion not in found.values():
            found[n] = criterion
    return found


def _given(session: ReadSession, scheme: Scheme) -> dict[int, int]:
    """criterion id -> the most points a member has given for it by now; 0 for a comment or what cannot be judged."""
    said = or_(Score.points.is_not(None), Score.unjudged, Score.comment != "")
    asked = select(Score.criterion_id, func.max(Score.points)).join(Criterion, Criterion.id == Score.criterion_id)
    found = session.execute(asked.where(Criterion.scheme_id == scheme.id, said).group_by(Score.criterion_id))
    return {int(id): int(most or 0) for id, most in found}


def _default(scheme: Scheme, which: str) -> list[Criterion]:
    return [
        Criterion(
            scheme_id=scheme.id, no=no, code=criterion.code, titles=dict(criterion.title), questions=dict(criterion.question),
            weight=criterion.weight, threshold=None if criterion.threshold is None else int(criterion.threshold * 10),
            needs_identity=criterion.needs_identity,
        )
        for no, criterion in enumerate(DEFAULTS[which].criteria, start=1)
    ]  # fmt: skip


def _copy(scheme: Scheme, row: Criterion) -> Criterion:
    return Criterion(
        scheme_id=scheme.id, no=row.no, code=row.code, titles=dict(row.titles), questions=dict(row.questions), weight=row.weight,
        threshold=row.threshold, counts=row.counts, anchors=dict(row.anchors), needs_identity=row.needs_identity,
    )  # fmt: skip


def _take_limits(scheme: Scheme, limits: Limits) -> None:
    for name, value in vars(limits).items():
        setattr(scheme, name, sorted(set(value)) if name == "comment_for" else value)


def _titles(row: Row) -> dict[str, str]:
    said = _filled(row.titles or {})
    return {"en": next(iter(said.values()), row.code)} | said


def _filled(texts: Mapping[str, str]) -> dict[str, str]:
    return {language: text.strip() for language, text in texts.items() if text.strip()}


def _currency(session: ReadSession, scheme: Scheme) -> str:
    asked = select(Fund.currency).join(Call, Call.fund_id == Fund.id).where(Call.id == scheme.call_id)
    return session.scalars(asked).one()


def _open(session: WriteSession, scheme: Scheme, version: int, by: Person) -> None:
    _manages(by)
    if locked(session, scheme).frozen_at is not None:
        raise Refused(_("A member has rated by this scheme; it cannot be changed any more."))
    if scheme.version != version:
        raise Stale


def _nothing_opened(session: WriteSession, scheme: Scheme) -> None:
    asked = select(Measure.id).where(Measure.call_id == scheme.call_id, Measure.status == Status.IN_RATING)
    if session.scalars(asked.limit(1)).first() is not None:
        raise Refused(_("The rating is open; another committee cannot take it over."))


def _manages(by: Person) -> None:
    if not may(by, Action.MANAGE_COMMITTEE):
        raise NotAllowed
