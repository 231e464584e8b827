"""Which receipts of a list have to be opened before the list is accepted. Values in, values out; amounts are minor units."""

from collections.abc import Iterable

from fundapp.grants.plan import limit

LARGE = 250_00  # EUR 250 in cents
EVERY = 5


def to_open(receipts: Iterable[tuple[int, int]], rule: str, currency: str) -> set[int]:
    """The numbers of those (number, amount) that somebody opens, by the rule of `switches.CHECKING`.

    "sample": above EUR 250, and every fifth by its number; "each": all.
    """
    large = limit(LARGE, currency)
    return {no for no, amount in receipts if rule == "each" or amount > large or no % EVERY == 0}
