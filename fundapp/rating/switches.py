"""What a small office and a national fund do differently in rating."""

from fundapp.kit.i18n import mark
from fundapp.kit.presets import Switch

MEMBERS = Switch(
    "rating.members",
    mark("Committee"),
    mark("For how many members a new committee and a new rating scheme are made."),
    mark("The smallest quorum of a new committee, and how many sheets are enough for a proposal of a new call."),
    {"three": mark("three members; two sheets and two votes are enough"),
     "five": mark("five members; three sheets and three votes are enough")},
    {"small": "three", "national": "five"},
)  # fmt: skip
ENOUGH = {"three": 2, "five": 3}  # sheets for a proposal, and votes
CRITERIA = Switch(
    "rating.criteria",
    mark("Committee"),
    mark("By how many criteria a new call is rated; they can be changed in the call."),
    mark("The rating scheme that a new call begins with."),
    {"five": mark("five: R1, R2, R3, R5, R7"), "eight": mark("all eight")},
    {"small": "five", "national": "eight"},
)
OPENS = Switch(
    "rating.opens",
    mark("Committee"),
    mark("Who opens the rating of a proposal that fits the call."),
    mark("The step from eligible to in rating; a blind rating is always opened by hand."),
    {"itself": mark("nobody: it opens by itself"), "chair": mark("the chair or a manager")},
    {"small": "itself", "national": "chair"},
)
CLOSES = Switch(
    "rating.closes",
    mark("Committee"),
    mark("Who closes the rating of a call."),
    mark("The step from in rating to rated."),
    {"signature": mark("nobody: it closes with the last signature"), "chair": mark("the chair")},
    {"small": "signature", "national": "chair"},
)
SWITCHES: tuple[Switch, ...] = (MEMBERS, CRITERIA, OPENS, CLOSES)
