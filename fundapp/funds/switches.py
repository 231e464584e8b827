"""What the donors' money asks of a fund's calls."""

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
SWITCHES: tuple[Switch, ...] = (DONOR_RULES,)
