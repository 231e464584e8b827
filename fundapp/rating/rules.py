"""What a rating scheme must keep to: its criteria and limits as values, and what is wrong with them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fundapp.kit.i18n import gettext as _


@dataclass(frozen=True)
class Row:
    """A criterion in the table of a scheme: weight in points of 100 (0: outside the total), threshold in tenths of a point of the
    mean. `id`: which one it was, None: a new one, with a title in one language."""

    code: str
    weight: int
    threshold: int | None = None
    needs_identity: bool = False
    id: int | None = None
    titles: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Limits:
    """The rest of a scheme, as in models.Scheme: points in tenths, amounts in minor units of the fund's currency."""

    highest: int = 5
    comment_for: tuple[int, ...] = (0, 1, 2, 5)
    smallest_sheets: int = 3
    fundable_from: int = 600
    spread_limit: int = 200
    per_proposal: int | None = None
    secret: bool = False
    clearance_above: int | None = None
    complaint_reserve: int = 0
    branch_ceiling: int | None = None


@dataclass(frozen=True)
class Wrong:
    """What is wrong with a scheme: `place` is the name of a limit, or (row, field) of a criterion, or None for all together."""

    place: str | tuple[int, str] | None
    reason: str


def unfit_alone(rows: Sequence[Row], limits: Limits) -> list[Wrong]:
    """All that is wrong with these criteria and limits, whatever was scored by them."""
    return [*_unfit_rows(rows, limits.highest), *_unfit_limits(limits)]


def _unfit_rows(rows: Sequence[Row], highest: int) -> list[Wrong]:
    wrong = []
    if not any(row.weight for row in rows):
        wrong.append(Wrong(None, _("A scheme needs at least one criterion with a weight.")))
    total = sum(row.weight for row in rows)
    if total != 100:
        wrong.append(Wrong(None, _("The weights add up to %(total)s; they must add up to 100.", total=total)))
    for n, row in enumerate(rows):
        if row.weight < 0:
            wrong.append(Wrong((n, "weight"), _("Every weight must be above zero.")))
        if row.threshold is not None and not 0 <= row.threshold <= highest * 10:
            wrong.append(
                Wrong((n, "threshold"), _("Thresholds lie between 0 and %(highest)s points.", highest=highest))
            )
        if row.code in [other.code for other in rows[:n]]:
            wrong.append(Wrong((n, "code"), _("Another criterion has the code %(code)s.", code=row.code)))
    return wrong


def _unfit_limits(limits: Limits) -> list[Wrong]:
    wrong = []
    if not 1 <= limits.highest <= 20:
        wrong.append(Wrong("highest", _("The scale ends between 1 and 20 points.")))
    if any(not 0 <= point <= limits.highest for point in limits.comment_for):
        wrong.append(Wrong("comment_for", _("The scale ends at %(highest)s points.", highest=limits.highest)))
    if limits.smallest_sheets < 2:
        wrong.append(Wrong("smallest_sheets", _("At least two sheets are needed for a measure.")))
    if limits.per_proposal is not None and limits.per_proposal < limits.smallest_sheets:
        wrong.append(
            Wrong("per_proposal", _("At least the %(least)s sheets that are needed.", least=limits.smallest_sheets))
        )
    if not 0 <= limits.fundable_from <= 1000:
        wrong.append(Wrong("fundable_from", _("The score needed lies between 0 and 100 points.")))
    if not 0 < limits.spread_limit <= 1000:
        wrong.append(Wrong("spread_limit", _("The spread that asks for a discussion lies between 0 and 100 points.")))
    return wrong
