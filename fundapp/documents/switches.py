"""What a small office and a national fund do differently with Word templates."""

from fundapp.kit.i18n import mark
from fundapp.kit.presets import Switch

ACTIVATION = Switch(
    "documents.activation",
    mark("Documents"),
    mark("Who puts an uploaded Word template to use, once the checker has found it fit."),
    mark("The page of Word templates."),
    {"one": mark("who uploaded it, or another person"), "another": mark("another person than who uploaded it")},
    {"small": "one", "national": "another"},
    whole=True,
)
SWITCHES: tuple[Switch, ...] = (ACTIVATION,)
