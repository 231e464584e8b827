"""What a small office and a national fund agree differently in a contract."""

from fundapp.kit.i18n import mark
from fundapp.kit.presets import Switch

PLAN = Switch(
    "instalments.plan",
    mark("Money"),
    mark("In how many instalments a grant is paid, unless a contract says otherwise."),
    mark("The plan that a new contract begins with."),
    {
        "few": mark("up to EUR 2,500 one; up to EUR 5,000 in 70/30; above in 50/40/10"),
        "usual": mark("up to EUR 2,500 in 90/10; up to EUR 10,000 in 50/40/10; above in 40/30/20/10"),
    },
    {"small": "few", "national": "usual"},
)
INTERIM = Switch(
    "reports.interim",
    mark("Receipts and reports"),
    mark("Whether an instalment in between waits for an interim report."),
    mark("The instalments of a new contract, and the reports it asks for."),
    {"none": mark("no, a call noted on the case file is enough"), "above": mark("for grants above EUR 5,000")},
    {"small": "none", "national": "above"},
)
SWITCHES: tuple[Switch, ...] = (PLAN, INTERIM)
