"""What the donors' money asks of a fund's calls, and what a new call is offered."""

from fundapp.kit.i18n import mark
from fundapp.kit.presets import Switch

DONOR_RULES = Switch(
    "donor.rules",
    mark("Donors"),
    mark("Whose rules hold besides the fund's own."),
    mark("The own share that a new call begins with, and the least that it may ask for."),
    {
        "none": mark("none: a new call begins with an own share of 15 percent, and may ask for less"),
        "bmz": mark("BMZ or sequa money: an own share of 25 percent at least"),
    },
    {"small": "none", "national": "none"},
)
OWN_SHARE = {"none": 150, "bmz": 250}  # what a new call begins with, in tenths of a percent
LEAST_OWN_SHARE = {"none": 0, "bmz": 250}  # grants of BMZ money cover at most 75 % (domain.md 6.2)
SHORT_FORM = Switch(
    "call.short_form",
    mark("Calls"),
    mark("Up to which grant the short form of twelve questions is enough."),
    mark("What a new call begins with; each call may say otherwise."),
    {"5000": mark("up to EUR 5,000"), "0": mark("no short form")},
    {"small": "5000", "national": "5000"},
)
QUESTIONS = Switch(
    "call.questions",
    mark("Calls"),
    mark("Whether a call may ask its own questions besides the form."),
    mark("The page of the call; questions that are there already stay."),
    {"none": mark("no questions of its own"), "offered": mark("questions of its own, with conditions")},
    {"small": "none", "national": "offered"},
)
PER_EURO = {"MNT": 4000}  # what a limit told in euros is in other currencies; one to one where nothing stands
SWITCHES: tuple[Switch, ...] = (DONOR_RULES, SHORT_FORM, QUESTIONS)
