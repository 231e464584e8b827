"""How long the pages about fairness compute: 40 proposals and 571 (4,000 sheets), seven members each; the assignment; what fits.

    python -m tests.benchmarks.fairness

Run by hand; prints the best of three in milliseconds, without the import of scipy. Ends with 1 when a limit is broken.
"""

import sys
import time
from collections.abc import Callable
from decimal import Decimal

import numpy as np
import scipy.optimize
import scipy.special

from fundapp.rating.assigning import assign
from fundapp.rating.fairness import Given, icc, icc_interval, krippendorff_alpha, of_members, of_proposals, table
from fundapp.rating.firmness import Ranked, firmness
from fundapp.rating.fitting import AtLeastNumber, AtMost, Candidate, HeldBack, best, cost_of_each
from fundapp.rating.severity import adjusted

LIMITS = {"firmness": 1000, "assign 40 x 7, 4 each": 2000, "assign 300 x 15, 3 each": 10_000}
IMPORTED = (scipy.optimize, scipy.special)


def sheets(proposals: int, members: int) -> list[Given]:
    """All members rate all proposals; some are stricter, all are a little uncertain."""
    chance = np.random.default_rng(1)
    worth, strict = chance.normal(64, 10, proposals), chance.normal(0, 5, members)
    totals = worth[:, None] - strict + chance.normal(0, 8, (proposals, members))
    return [
        Given(f"p{p:04}", f"m{m:02}", Decimal(round(min(max(total, 0), 100) * 10_000)).scaleb(-4))
        for (p, m), total in np.ndenumerate(totals)
    ]


def say(what: str, work: Callable[[], object]) -> bool:
    """Prints the best time of three; whether it keeps its limit."""
    times = []
    for _ in range(3):
        before = time.perf_counter()
        work()
        times.append((time.perf_counter() - before) * 1000)
    limit = next((limit for name, limit in LIMITS.items() if what.startswith(name)), None)
    print(f"  {what:<42}{min(times):>9.1f} ms" + (f"   limit {limit}" if limit else ""))
    return limit is None or min(times) <= limit


def rated(proposals: int, members: int) -> bool:
    print(f"{proposals} proposals, {members} members, {proposals * members} sheets")
    given = sheets(proposals, members)
    means = {key: figures.mean for key, figures in of_proposals(given).items()}
    order = sorted(means, key=lambda key: (-means[key], key))
    ranked = [Ranked(key, means[key], 500_000 + 10_000 * (at % 50)) for at, key in enumerate(order)]
    money = sum(place.requested for place in ranked) // 3
    candidates = [
        Candidate(r.key, r.score, r.requested, at, frozenset({f"branch:{at % 7}"}), r.score >= 60)
        for at, r in enumerate(ranked, start=1)
    ]
    rules = [
        AtMost("money", money), HeldBack("reserve", money // 10),
        *(AtMost(f"ceiling {b}", money // 5, f"branch:{b}") for b in range(7)),
        *(AtLeastNumber(f"least {b}", f"branch:{b}", 1) for b in range(7)),
    ]  # fmt: skip
    rows = table(given)

    def firm() -> object:
        return firmness(given, ranked, available=money, smallest=100_000, fundable_from=Decimal(60), seed=1)

    kept = [
        say("figures of proposals", lambda: of_proposals(given)),
        say("figures of members", lambda: of_members(given)),
        say("ICC(2,1)", lambda: icc(rows, "2,1")),  # type: ignore[arg-type]
        say("ICC(2,k) with interval", lambda: icc_interval(rows, "2,k")),  # type: ignore[arg-type]
        say("alpha, interval", lambda: krippendorff_alpha(rows, "interval")),
        say("severity taken out", lambda: adjusted(given)),
        say("firmness, 2,000 resamples", firm),
        say("what fits", lambda: best(candidates, rules)),
        say(f"cost of each of {len(rules)} rules", lambda: cost_of_each(candidates, rules)),
    ]
    return all(kept)


def assigned(proposals: int, members: int, each: int) -> bool:
    people, things = [f"m{m:02}" for m in range(members)], [f"p{p:03}" for p in range(proposals)]
    conflicts = [(people[at % members], thing) for at, thing in enumerate(things)]
    plan = assign(people, things, conflicts, each, 1)
    kept = say(f"assign {proposals} x {members}, {each} each", lambda: assign(people, things, conflicts, each, 1))
    print(
        f"    load {min(plan.load.values())} to {max(plan.load.values())}, pairs meet {plan.fewest_meetings} to {plan.most_meetings} times"
    )
    return kept


if __name__ == "__main__":
    found = [rated(40, 7), rated(571, 7), assigned(40, 7, 4), assigned(300, 15, 3)]
    sys.exit(0 if all(found) else 1)
