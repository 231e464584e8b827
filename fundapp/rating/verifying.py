"""Proves what was kept of the scores: every signed sheet and every closed round is reckoned again from the points themselves."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import groupby

from sqlalchemy import select

from fundapp.kit.database import ReadSession
from fundapp.kit.i18n import gettext as _
from fundapp.measures.models import Measure
from fundapp.rating import queries, scoring, sealing
from fundapp.rating.models import Criterion, Result, Scheme, Score, Sheet

Sheets = dict[tuple[int, int], list[tuple[Sheet, scoring.Sheet]]]


def verify(session: ReadSession) -> list[str]:
    """Sentences that say which sheet, result or score of a measure differs from what the points give; empty when none does.

    Sheets that became void after they were signed are reckoned too: they stay on record.
    """
    schemes = _schemes(session)
    problems: list[str] = []
    read: Sheets = {}
    for sheet, scores in _signed(session):
        scheme, criteria = schemes[sheet.scheme_id]
        points = {criteria[s.criterion_id]: s.points for s in scores if s.points is not None}
        unjudged = frozenset(criteria[s.criterion_id] for s in scores if s.unjudged)
        read.setdefault((sheet.measure_id, sheet.round), []).append(
            (sheet, scoring.Sheet(str(sheet.person_id), points, unjudged=unjudged))
        )
        comments = {criteria[s.criterion_id]: s.comment for s in scores}
        problems += _sheet(sheet, scheme, points, unjudged, comments)
    return problems + _results(session, schemes, read) + _scores(session)


def _schemes(session: ReadSession) -> dict[int, tuple[scoring.Scheme, dict[int, str]]]:
    """scheme id -> the scheme as values, and the code of each criterion by its id."""
    rows: dict[int, list[Criterion]] = {}
    for row in session.scalars(select(Criterion).order_by(Criterion.scheme_id, Criterion.no, Criterion.id)):
        rows.setdefault(row.scheme_id, []).append(row)
    found = session.scalars(select(Scheme).where(Scheme.frozen_at.is_not(None)).order_by(Scheme.id))
    return {s.id: (queries.plain(s, rows[s.id]), {c.id: c.code for c in rows[s.id]}) for s in found if s.id in rows}


def _signed(session: ReadSession) -> Iterator[tuple[Sheet, list[Score]]]:
    """Every sheet that was ever signed by a scheme that stands, with its scores; a few hundred at a time."""
    asked = (
        select(Sheet, Score)
        .join(Scheme, Scheme.id == Sheet.scheme_id)
        .outerjoin(Score, Score.sheet_id == Sheet.id)
        .where(Sheet.signed_at.is_not(None), Scheme.frozen_at.is_not(None))
        .order_by(Sheet.id, Score.id)
        .execution_options(yield_per=2000)
    )
    for _id, rows in groupby(session.execute(asked), key=lambda row: row[0].id):
        found = list(rows)
        yield found[0][0], [row[1] for row in found if row[1] is not None]


def _sheet(
    sheet: Sheet, scheme: scoring.Scheme, points: dict[str, int], unjudged: frozenset[str], comments: dict[str, str]
) -> list[str]:
    try:
        total = _kept(scoring.total(scheme, points, unjudged))
    except ValueError as error:
        return [_("sheet %(id)s was signed and has no total: %(why)s", id=sheet.id, why=error)]
    problems = []
    if sheet.total != total:
        problems.append(_differs(_("sheet %(id)s", id=sheet.id), sheet.total, total))
    assert sheet.signed_at is not None
    seal = sealing.digest_of(
        scheme, points=points, unjudged=unjudged, comments=comments, person_id=sheet.person_id,
        measure_id=sheet.measure_id, round=sheet.round, signed_at=sheet.signed_at,
    )  # fmt: skip
    if sheet.digest and sheet.digest != seal:
        problems.append(_("sheet %(id)s is not as it was signed: its fingerprint differs", id=sheet.id))
    return problems


def _results(
    session: ReadSession, schemes: dict[int, tuple[scoring.Scheme, dict[int, str]]], read: Sheets
) -> list[str]:
    """Each closed round, from the sheets that counted when it was closed: those that became void later among them."""
    problems = []
    for result in session.scalars(select(Result).order_by(Result.id)):
        counted = [
            (sheet, values)
            for sheet, values in read.get((result.measure_id, result.round), ())
            if sheet.signed_at is not None
            and sheet.signed_at <= result.closed_at
            and (sheet.void_at is None or sheet.void_at > result.closed_at)
        ]
        if not counted and (result.void_at is not None or result.sheets == 0):
            continue
        name = _("round %(round)s of measure %(id)s", round=result.round, id=result.measure_id)
        if not counted:
            problems.append(_("%(what)s has a result and no sheet that counts", what=name))
            continue
        problems += _result(name, result, schemes[counted[0][0].scheme_id][0], [values for _sheet, values in counted])
    return problems


def _result(name: str, result: Result, scheme: scoring.Scheme, sheets: Sequence[scoring.Sheet]) -> list[str]:
    try:
        found = scoring.outcome(scheme, sheets)
    except ValueError as error:
        return [_("%(what)s cannot be reckoned again: %(why)s", what=name, why=error)]
    problems = []
    if result.sheets != len(sheets):
        problems.append(
            _("%(what)s says %(kept)s sheets, %(found)s count", what=name, kept=result.sheets, found=len(sheets))
        )
    if result.total != (total := _kept(found.score)):
        problems.append(_differs(name, result.total, total))
    if result.spread != (spread := _kept(found.spread)):
        problems.append(
            _("%(what)s keeps the spread %(kept)s, its sheets give %(found)s", what=name, kept=_shown(result.spread), found=_shown(spread))
        )  # fmt: skip
    means = {code: f"{mean:.4f}" for code, mean in found.means.items()}
    if wrong := sorted(
        code for code in means.keys() | result.means.keys() if means.get(code) != result.means.get(code)
    ):
        problems.append(
            _("%(what)s keeps other means of %(codes)s than its sheets give", what=name, codes=", ".join(wrong))
        )
    if sorted(result.knocked_out) != sorted(found.knocked_out):
        problems.append(
            _("%(what)s keeps %(kept)s as knocked out, its sheets give %(found)s", what=name,
              kept=", ".join(result.knocked_out) or "–", found=", ".join(found.knocked_out) or "–")
        )  # fmt: skip
    return problems


def _scores(session: ReadSession) -> list[str]:
    """The score that a measure shows is the total of its last closed round."""
    last = select(Result.measure_id, Result.total).where(Result.void_at.is_(None)).order_by(Result.round)
    totals = {int(id): int(total) for id, total in session.execute(last)}
    asked = select(Measure.id, Measure.score).where(
        Measure.score.is_not(None), Measure.id.in_(select(Result.measure_id))
    )
    return [
        _differs(_("measure %(id)s", id=id), score, totals.get(id))
        for id, score in session.execute(asked.order_by(Measure.id))
        if score != totals.get(id)
    ]


def _differs(what: str, kept: int | None, found: int | None) -> str:
    return _(
        "%(what)s keeps the total %(kept)s, its points give %(found)s",
        what=what,
        kept=_shown(kept),
        found=_shown(found),
    )


def _shown(kept: int | None) -> str:
    return "–" if kept is None else str(Decimal(kept).scaleb(-4))


def _kept(value: Decimal | None) -> int | None:
    """As it is stored: tenths of a thousandth of a point."""
    return None if value is None else int(value.scaleb(4))
