"""What stands in a sheet, as values: by its scheme, with what is missing and the points so far."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, select

from fundapp.kit.database import ReadSession
from fundapp.kit.i18n import gettext as _
from fundapp.rating import queries, scoring, sealing
from fundapp.rating.models import Criterion, Scheme, Score, Sheet


@dataclass(frozen=True)
class Standing:
    """A sheet as values: what is given, what is missing, and the points so far (tenths of a thousandth, and out of how many).

    `enough`: what was judged carries at least half of the weight. `final`: the total once it is complete, on the same scale.
    """

    points: dict[str, int]
    comments: dict[str, str]
    unjudged: frozenset[str]
    unscored: list[str]
    without_reason: list[str]
    total: int
    out_of: int
    enough: bool
    final: int | None

    @property
    def complete(self) -> bool:
        return self.final is not None and not self.without_reason

    @property
    def given(self) -> int:
        """How many criteria have points or are left out as not to be judged."""
        return len(self.points) + len(self.unjudged)


@dataclass(frozen=True)
class Filled:
    """A sheet's scheme, its criteria in order, and what was given by criterion id."""

    scheme: Scheme
    criteria: list[Criterion]
    scores: dict[int, Score]

    @property
    def plain(self) -> scoring.Scheme:
        return queries.plain(self.scheme, self.criteria)

    def given(self, code: str) -> Score | None:
        return next((self.scores.get(c.id) for c in self.criteria if c.code == code), None)

    @property
    def rule(self) -> str:
        """Where a reason is needed, for the end of a sentence."""
        points = ", ".join(str(point) for point in sorted(self.scheme.comment_for))
        said = [_("for %(points)s", points=points)] if points else []
        if any(criterion.threshold is not None for criterion in self.criteria):
            said.append(_("below the mean needed"))
        return "; ".join([*said, _("where you cannot judge")])

    @property
    def now(self) -> Standing:
        """How far the sheet is."""
        scheme = self.plain
        rows = {c.code: row for c in self.criteria if (row := self.scores.get(c.id)) is not None}
        points = {code: row.points for code, row in rows.items() if row.points is not None}
        unjudged = frozenset(code for code, row in rows.items() if row.unjudged)
        comments = {code: row.comment for code, row in rows.items()}
        unscored = scoring.missing(scheme, points, unjudged)
        enough = scoring.enough_judged(scheme, points, unjudged)
        counting = [c for c in self.criteria if c.counts and c.code in points]
        return Standing(
            points=points,
            comments=comments,
            unjudged=unjudged,
            unscored=unscored,
            without_reason=[
                code
                for code, row in rows.items()
                if (row.unjudged or row.points is not None)
                and scoring.comment_needed(scheme, code, row.points)
                and not row.comment
            ],
            total=sum(c.weight * points[c.code] for c in counting) * 10_000 // scheme.highest,
            out_of=sum(c.weight for c in counting),
            enough=enough,
            final=int(scoring.total(scheme, points, unjudged).scaleb(4)) if enough and not unscored else None,
        )


def of_sheets(session: ReadSession, sheet_ids: Iterable[int]) -> dict[int, Filled]:
    """sheet id -> what stands in it, in one question."""
    asked = (
        select(Sheet.id, Scheme, Criterion, Score)
        .join(Scheme, Scheme.id == Sheet.scheme_id)
        .join(Criterion, Criterion.scheme_id == Scheme.id)
        .outerjoin(Score, and_(Score.sheet_id == Sheet.id, Score.criterion_id == Criterion.id))
        .where(Sheet.id.in_(tuple(sheet_ids)))
        .order_by(Sheet.id, Criterion.no, Criterion.id)
        .execution_options(populate_existing=True)  # who holds the lock sees what stands now
    )
    found: dict[int, Filled] = {}
    for id, scheme, criterion, score in session.execute(asked):
        filled = found.setdefault(id, Filled(scheme, [], {}))
        filled.criteria.append(criterion)
        if score is not None:
            filled.scores[criterion.id] = score
    return found


def of(session: ReadSession, sheet: Sheet) -> Filled:
    return of_sheets(session, [sheet.id])[sheet.id]


def digest(sheet: Sheet, filled: Filled, *, signed_at: datetime) -> str:
    """The fingerprint of the sheet as signed at this moment, by what stands in it now."""
    now = filled.now
    return sealing.digest_of(
        filled.plain, points=now.points, unjudged=now.unjudged, comments=now.comments, person_id=sheet.person_id,
        measure_id=sheet.measure_id, round=sheet.round, signed_at=signed_at,
    )  # fmt: skip
