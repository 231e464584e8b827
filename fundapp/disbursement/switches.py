"""What a small office and a national fund do differently with money."""

from fundapp.kit.presets import Switch

SEPARATION = Switch(
    "payment.separation",
    "How many people a payment needs: who authorises never prepared nor pays; with three, who pays did not prepare either",
    {"small": "two", "national": "three"},
)
SWITCHES: tuple[Switch, ...] = (SEPARATION,)
