"""What the scores of a round say about the proposals, the members and the panel, besides the official result.

Totals are points of 100 with 4 decimals. Figures of proposals and members are exact; coefficients of agreement are
floats. How firm the ranking is stands in `firmness.py`, the totals without severity in `severity.py`.

Sources: Shrout & Fleiss, Intraclass correlations, Psychological Bulletin 86 (1979); McGraw & Wong, Forming inferences
about some intraclass correlation coefficients, Psychological Methods 1 (1996); Krippendorff, Content Analysis, 2nd ed.
(2004), ch. 11, and Computing Krippendorff's alpha-reliability (2011); Bland & Altman, Statistical methods for assessing
agreement between two methods of clinical measurement, Lancet 327 (1986).
"""

import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate

import numpy as np

from fundapp.kit.i18n import mark
from fundapp.rating.scoring import four

Value = int | float | Decimal | Fraction
LEVELS = ("nominal", "ordinal", "interval", "ratio")
MORE_FROM_PROPOSALS = 15
MORE_FROM_SHEETS = 4


@dataclass(frozen=True)
class Given:
    """A signed sheet without a conflict: the total that a member gave to a proposal."""

    proposal: str
    member: str
    total: Decimal


@dataclass(frozen=True)
class Figures:
    """Totals in a few figures; `deviation` is the standard deviation of a sample (divided by n - 1), None for one sheet."""

    number: int
    mean: Decimal
    median: Decimal
    lowest: Decimal
    highest: Decimal
    spread: Decimal
    deviation: Decimal | None


@dataclass(frozen=True)
class MemberFigures:
    """How a member rates, beside the others who rated the same proposals (`common` counts those).

    `severity`: by how many points the member stays below the mean of the others, on average over the common proposals;
    above zero is stricter, None without any. `scatter`: the mean absolute difference that is left once the severity is
    taken out, None below two. Difference and scatter, not a correlation: a correlation is high for a member who is
    always 20 points too low, and falls when the proposals are alike (Bland & Altman 1986).
    """

    figures: Figures
    common: int
    severity: Decimal | None
    scatter: Decimal | None


def enough_for_more(sheets: Iterable[Given]) -> bool:
    """Whether at least 15 proposals have at least 4 sheets each. Below that a page shows mean, spread, and the top and
    bottom sheet only: coefficients and resamples of a small round say more about chance than about the panel."""
    numbers = Counter(sheet.proposal for sheet in sheets)
    return sum(number >= MORE_FROM_SHEETS for number in numbers.values()) >= MORE_FROM_PROPOSALS


def figures(totals: Sequence[Decimal]) -> Figures:
    """The figures of at least one total."""
    lowest, highest = min(totals), max(totals)
    return Figures(
        number=len(totals),
        mean=_mean([Fraction(total) for total in totals]),
        median=four(Fraction(statistics.median(totals))),
        lowest=lowest,
        highest=highest,
        spread=highest - lowest,
        deviation=four(Fraction(statistics.stdev(totals))) if len(totals) > 1 else None,
    )


def of_proposals(sheets: Iterable[Given]) -> dict[str, Figures]:
    """Each proposal that has a sheet, in the order in which they first come, and its figures."""
    totals: dict[str, list[Decimal]] = {}
    for sheet in sheets:
        totals.setdefault(sheet.proposal, []).append(sheet.total)
    return {proposal: figures(given) for proposal, given in totals.items()}


def of_members(sheets: Sequence[Given]) -> dict[str, MemberFigures]:
    """Each member who gave a sheet, in the order in which they first come, and how the member rates."""
    sums: dict[str, Decimal] = {}
    numbers = Counter(sheet.proposal for sheet in sheets)
    for sheet in sheets:
        sums[sheet.proposal] = sums.get(sheet.proposal, Decimal(0)) + sheet.total
    own: dict[str, list[Decimal]] = {}
    below: dict[str, list[Fraction]] = {}
    for sheet in sheets:
        own.setdefault(sheet.member, []).append(sheet.total)
        differences = below.setdefault(sheet.member, [])
        if others := numbers[sheet.proposal] - 1:
            of_others = Fraction(sums[sheet.proposal] - sheet.total)
            differences.append(of_others / others - Fraction(sheet.total))
    return {member: _member(own[member], below[member]) for member in own}


def _member(own: Sequence[Decimal], below: Sequence[Fraction]) -> MemberFigures:
    if not below:
        return MemberFigures(figures(own), 0, None, None)
    severity = sum(below, Fraction(0)) / len(below)
    scatter = _mean([abs(difference - severity) for difference in below]) if len(below) > 1 else None
    return MemberFigures(figures(own), len(below), four(severity), scatter)


def _mean(values: Sequence[Fraction]) -> Decimal:
    return four(sum(values, Fraction(0)) / len(values))


def table(sheets: Sequence[Given]) -> list[list[Decimal | None]]:
    """Rows are proposals, columns members, each in alphabetical order of their keys; None where there is no sheet."""
    given = {(sheet.proposal, sheet.member): sheet.total for sheet in sheets}
    members = sorted({sheet.member for sheet in sheets})
    return [[given.get((proposal, m)) for m in members] for proposal in sorted({s.proposal for s in sheets})]


def icc(table: Sequence[Sequence[Value]], form: str) -> float:
    """The intraclass correlation of Shrout & Fleiss (1979): the share of the variance that comes from the targets (rows);
    columns are judges, no cell is empty.

    `form` is the model and whose reliability: "1,1" "2,1" "3,1" of a single judge, "1,k" "2,k" "3,k" of the mean of all k,
    where the number may stand for k ("2,4"). Model 1: judges differ from target to target; 2: a sample of judges rates
    all targets, absolute agreement; 3: these judges and no others, consistency. ValueError for another form, for a
    table that is not complete or smaller than two by two, and where the rows or all cells are alike.
    """
    squares = _squares(table)
    model, of_mean = _form(form, squares.judges)
    between, within, judges, error = squares.between, squares.within, squares.columns, squares.error
    n, k = squares.targets, squares.judges
    noise = within if model == 1 else error
    bias = (judges - error) / n if model == 2 else Fraction(0)
    below = between + bias if of_mean else between + (k - 1) * noise + k * bias
    if below == 0:
        raise ValueError(mark("The proposals do not differ, so agreement about them cannot be measured."))
    return float((between - noise) / below)


def icc_interval(
    table: Sequence[Sequence[Value]], form: str, confidence: Value = Decimal("0.95")
) -> tuple[float, float]:
    """The interval of ICC "2,1" or "2,k" with the degrees of freedom after Satterthwaite (Shrout & Fleiss 1979, p. 424;
    McGraw & Wong 1996, table 7). The lower end for a mean is minus infinity where that for one judge is so low that the
    formula of Spearman and Brown has no value. ValueError as in `icc`, for another form, and where the rows are alike."""
    from scipy.special import fdtri  # noqa: PLC0415 - slow to import, asked for by few pages

    squares = _squares(table)
    model, of_mean = _form(form, squares.judges)
    if model != 2:
        raise ValueError(f"there is an interval for the forms 2,1 and 2,k, not for {form}")
    if not 0 < confidence < 1:
        raise ValueError("confidence lies between 0 and 1")
    if squares.between == 0:
        raise ValueError(mark("The proposals do not differ, so agreement about them cannot be measured."))
    n, k = squares.targets, squares.judges
    bms, jms, ems = float(squares.between), float(squares.columns), float(squares.error)
    if jms == ems == 0:
        return 1.0, 1.0
    single = icc(table, "2,1")
    part = n * (1 + (k - 1) * single) - k * single
    above = (k - 1) * (n - 1) * (k * single * jms + part * ems) ** 2
    freedom = above / ((n - 1) * (k * single * jms) ** 2 + (part * ems) ** 2)
    tail = 1 - (1 - float(confidence)) / 2
    upper_f, lower_f = float(fdtri(n - 1, freedom, tail)), float(fdtri(freedom, n - 1, tail))
    rest = k * jms + (k * n - k - n) * ems
    low = n * (bms - upper_f * ems) / (upper_f * rest + n * bms)
    high = n * (lower_f * bms - ems) / (rest + n * lower_f * bms)
    return (_of_mean(low, k), _of_mean(high, k)) if of_mean else (low, high)


def _of_mean(single: float, k: int) -> float:
    """What the reliability of one judge makes of the mean of k (Spearman and Brown)."""
    below = 1 + (k - 1) * single
    return k * single / below if below > 0 else float("-inf")


@dataclass(frozen=True)
class _Squares:
    """Mean squares of a complete table: between targets, within them, between judges (columns), and what is left."""

    targets: int
    judges: int
    between: Fraction
    within: Fraction
    columns: Fraction
    error: Fraction


def _squares(table: Sequence[Sequence[Value]]) -> _Squares:
    if len(table) < 2 or len(table[0]) < 2:
        raise ValueError(mark("Agreement needs at least two proposals and two members."))
    if any(len(row) != len(table[0]) or any(cell is None for cell in row) for row in table):
        raise ValueError(mark("Every member must have rated every proposal."))
    rows = [[Fraction(cell) for cell in row] for row in table]
    n, k = len(rows), len(rows[0])
    cells = [cell for row in rows for cell in row]
    middle = _squared([sum(cells, Fraction(0))]) / (n * k)
    everything = _squared(cells) - middle
    if everything == 0:
        raise ValueError(mark("All scores are the same, so agreement cannot be measured."))
    of_rows = _squared(sum(row, Fraction(0)) for row in rows) / k - middle
    of_columns = _squared(sum(column, Fraction(0)) for column in zip(*rows, strict=True)) / n - middle
    return _Squares(
        targets=n,
        judges=k,
        between=of_rows / (n - 1),
        within=(everything - of_rows) / (n * (k - 1)),
        columns=of_columns / (k - 1),
        error=(everything - of_rows - of_columns) / ((n - 1) * (k - 1)),
    )


def _squared(values: Iterable[Fraction]) -> Fraction:
    return sum((value * value for value in values), Fraction(0))


def _form(form: str, judges: int) -> tuple[int, bool]:
    """The model, and whether the mean of all judges is meant."""
    model, _, whose = form.replace(" ", "").partition(",")
    if model not in ("1", "2", "3") or whose not in ("1", "k", str(judges)):
        raise ValueError(f"a form is 1,1 2,1 3,1 1,k 2,k 3,k with {judges} for k, not {form}")
    return int(model), whose != "1"


def krippendorff_alpha(table: Sequence[Sequence[Value | None]], level: str) -> float:
    """Krippendorff's alpha: 1 - observed / expected disagreement; 1 is full agreement, 0 what chance gives.

    Rows are units (proposals), columns are raters, None where one has no value; `level` is "nominal", "ordinal",
    "interval" or "ratio" (no value below zero). Units with fewer than two values say nothing and are left out. ValueError
    for another level, where no unit has two values, and where all values are the same: then both disagreements are
    zero and alpha is not defined - without variation in the data nothing shows that raters can tell units apart
    (Krippendorff 2004, ch. 11), so it is neither 1 nor 0.
    """
    if level not in LEVELS:
        raise ValueError(f"the level of measurement is one of {', '.join(LEVELS)}, not {level}")
    units = [[Fraction(cell) for cell in row if cell is not None] for row in table]
    units = [unit for unit in units if len(unit) > 1]
    if not units:
        raise ValueError(mark("No proposal has two scores that could be compared."))
    everything = [value for unit in units for value in unit]
    if len(set(everything)) == 1:
        raise ValueError(mark("All scores are the same, so agreement cannot be measured."))
    if level == "ratio" and min(everything) < 0:
        raise ValueError("a ratio scale has no value below zero")
    if level == "ordinal":
        ranks = _middle_ranks(everything)
        units, everything = [[ranks[v] for v in unit] for unit in units], [ranks[v] for v in everything]
    observed = sum(_disagreement(unit, level) / (len(unit) - 1) for unit in units)
    return float(1 - (len(everything) - 1) * observed / _disagreement(everything, level))


def _disagreement(values: Sequence[Fraction], level: str) -> Fraction:
    """The squared differences of all ordered pairs, added up."""
    if level == "nominal":
        return Fraction(len(values) ** 2 - sum(number**2 for number in Counter(values).values()))
    if level in ("interval", "ordinal"):
        return 2 * (len(values) * _squared(values) - _squared([sum(values, Fraction(0))]))
    numbers = Counter(values)
    scale = np.array([float(value) for value in numbers])
    weights = np.array(list(numbers.values()), dtype=float)
    found = 0.0
    for value, number in zip(scale, weights, strict=True):
        other = scale != value
        found += number * float(weights[other] @ ((scale[other] - value) / (scale[other] + value)) ** 2)
    return Fraction(found)


def _middle_ranks(values: Sequence[Fraction]) -> dict[Fraction, Fraction]:
    """Each value and the middle of its places in the order: the ordinal difference of two values, the number of values
    from one to the other with half of both ends, is the difference of these."""
    numbers = sorted(Counter(values).items())
    ends = accumulate(number for _, number in numbers)
    return {value: end - Fraction(number, 2) for (value, number), end in zip(numbers, ends, strict=True)}
