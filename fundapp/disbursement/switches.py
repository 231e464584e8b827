"""What a small office and a national fund do differently with money, receipts and reports."""

from fundapp.kit.i18n import mark
from fundapp.kit.presets import Switch

SEPARATION = Switch(
    "payment.separation",
    mark("Money"),
    mark("How many people a payment needs. Who authorises never prepared it and never pays it."),
    mark("Written on each payment when it is prepared, and checked by the database."),
    {"two": mark("two: who prepared may pay"), "three": mark("three: each step by another person")},
    {"small": "two", "national": "three"},
)
CHECKING = Switch(
    "receipts.checking",
    mark("Receipts and reports"),
    mark("Which receipts of a list somebody has to open before the list is accepted."),
    mark("The page on which the office goes through the receipts of a measure."),
    {"sample": mark("those above EUR 250 and every fifth"), "each": mark("each of them")},
    {"small": "sample", "national": "each"},
)
CLOSING = Switch(
    "settlement.closes",
    mark("Money"),
    mark("When the account of a measure is closed."),
    mark("The settlement, and the payment or refund of its balance."),
    {"with_balance": mark("by itself, once the balance is even, paid or refunded"), "by_hand": mark("by hand")},
    {"small": "with_balance", "national": "by_hand"},
)
END = Switch(
    "evaluation.end",
    mark("Visits"),
    mark("How the evaluation at the end of funding is answered."),
    mark("The form of the final report, and the page on which it is accepted."),
    {"with_report": mark("with the final report"), "apart": mark("by a visit of its own")},
    {"small": "with_report", "national": "apart"},
)
SWITCHES: tuple[Switch, ...] = (SEPARATION, CLOSING, CHECKING, END)
