"""The totals with the severity of members taken out, to stand beside the official ones; advisory only.

Two-way additive model: total = proposal + member + noise, proposals fixed, members drawn from a population with mean
zero. The effects of members are shrunk towards zero by the ratio of the variances (Henderson, Best linear unbiased
estimation and prediction under a selection model, Biometrics 31, 1975; the same as a ridge penalty), so that a member
with few sheets, or a panel whose severity is mostly chance, changes little. The variances come from the sums of squares
(Henderson's method 3; Searle, Casella & McCulloch, Variance Components, 1992, ch. 5): nothing is chosen by hand.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from fundapp.kit.i18n import mark
from fundapp.rating.fairness import Given

SHEETS = 3
PROPOSALS = 5


@dataclass(frozen=True)
class Refusal:
    """Why nothing is adjusted: a sentence with the places `have` and `need`, to be translated where it is shown."""

    sentence: str
    have: int
    need: int


@dataclass(frozen=True)
class AdjustedTotal:
    """A proposal's total in points with 4 decimals and its rank, without the severity of its members; equals share a rank."""

    total: Decimal
    rank: int


@dataclass(frozen=True)
class Adjusted:
    """By proposal the total, best first; by member the severity taken out, in points: above zero is stricter than the
    panel. `between_members` and `noise` are standard deviations in points: of severity, and of what is left."""

    totals: dict[str, AdjustedTotal]
    severity: dict[str, Decimal]
    between_members: Decimal
    noise: Decimal


def adjusted(sheets: Sequence[Given]) -> Adjusted | Refusal:
    """The totals of the proposals as if all had been rated by an average panel.

    Refused where a proposal has fewer than 3 sheets or a member fewer than 5 proposals, and where the members fall into
    groups without a proposal in common: then strict members and weak proposals cannot be told apart. Totals may pass
    0 and 100 a little. ValueError for two sheets of a member on one proposal.
    """
    pairs = {(sheet.proposal, sheet.member) for sheet in sheets}
    if len(pairs) != len(sheets):
        raise ValueError("a member has two sheets on one proposal")
    fewest = min(Counter(sheet.proposal for sheet in sheets).values(), default=0)
    if fewest < SHEETS:
        few = mark("Severity is taken out from %(need)s sheets for each proposal; one has %(have)s.")
        return Refusal(few, fewest, SHEETS)
    shortest = min(Counter(sheet.member for sheet in sheets).values())
    if shortest < PROPOSALS:
        short = mark("Severity is taken out from %(need)s proposals for each member; one rated %(have)s.")
        return Refusal(short, shortest, PROPOSALS)
    return _adjusted(sheets)


def _adjusted(sheets: Sequence[Given]) -> Adjusted | Refusal:
    proposals = sorted({sheet.proposal for sheet in sheets})
    members = sorted({sheet.member for sheet in sheets})
    rows = np.array([proposals.index(sheet.proposal) for sheet in sheets])
    columns = np.array([members.index(sheet.member) for sheet in sheets])
    there = np.zeros((len(proposals), len(members)))
    there[rows, columns] = 1.0
    given = np.zeros_like(there)
    given[rows, columns] = [float(sheet.total) for sheet in sheets]
    numbers = there.sum(axis=1)
    # Normal equations of the members once the proposals are absorbed; singular by one for each group of members.
    left = np.diag(there.sum(axis=0)) - (there.T / numbers) @ there
    means = given.sum(axis=1) / numbers
    right = given.sum(axis=0) - there.T @ means
    groups = len(members) - int(np.linalg.matrix_rank(left))
    if groups > 1:
        apart = mark("Members fall into %(have)s groups that have no proposal in common; %(need)s is needed.")
        return Refusal(apart, groups, 1)
    noise, between = _variances(left, right, given, there, means)
    effects = np.zeros(len(members))
    if between > 0:
        # The ones fix the sum of the effects at zero, which it is anyway, also where there is no noise.
        effects = np.linalg.solve(left + noise / between * np.eye(len(members)) + 1.0, right)
    totals = (given - there * effects).sum(axis=1) / numbers
    kept = {proposal: _four(total) for proposal, total in zip(proposals, totals, strict=True)}
    best = sorted(kept, key=lambda proposal: (-kept[proposal], proposal))
    return Adjusted(
        totals={p: AdjustedTotal(kept[p], 1 + sum(other > kept[p] for other in kept.values())) for p in best},
        severity={member: _four(-effect) for member, effect in zip(members, effects, strict=True)},
        between_members=_four(between**0.5),
        noise=_four(noise**0.5),
    )


def _variances(
    left: NDArray[np.float64],
    right: NDArray[np.float64],
    given: NDArray[np.float64],
    there: NDArray[np.float64],
    means: NDArray[np.float64],
) -> tuple[float, float]:
    """Of the noise, and between members (0 where the members differ no more than chance makes them).

    What the members explain beyond the proposals has the expectation (members - 1) x noise + (sheets - proposals) x
    between; what neither explains, its degrees of freedom x noise.
    """
    sheets, proposals, members = int(there.sum()), there.shape[0], there.shape[1]
    explained = float(right @ np.linalg.pinv(left, hermitian=True) @ right)
    around = float((there * (given - means[:, None]) ** 2).sum())
    noise = max(around - explained, 0.0) / (sheets - proposals - members + 1)
    return noise, max(explained - (members - 1) * noise, 0.0) / (sheets - proposals)


def _four(value: float) -> Decimal:
    return Decimal(round(float(value) * 10_000)).scaleb(-4)
