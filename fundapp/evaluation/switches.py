"""What a small office and a national fund do differently when they visit."""

from fundapp.kit.i18n import mark
from fundapp.kit.presets import Switch

VISITOR = Switch(
    "evaluation.visitor",
    mark("Visits"),
    mark("Who may visit 12 and 24 months after the end."),
    mark("The visits at 12 and 24 months."),
    {"anyone": mark("anyone of the office"), "another": mark("not who advised the measure")},
    {"small": "anyone", "national": "another"},
)
SWITCHES: tuple[Switch, ...] = (VISITOR,)
