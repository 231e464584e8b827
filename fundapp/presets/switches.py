"""What a small office and a national fund do differently with people. Here because the people's room lies below this one."""

from fundapp.kit.i18n import mark
from fundapp.kit.presets import Switch

ROLES = Switch(
    "people.roles",
    mark("People"),
    mark("By which names roles are given when somebody is invited. Underneath the same eight roles are held."),
    mark("The page on which somebody is invited."),
    {"four": mark("four: Office, Second person, Committee, Reader"), "eight": mark("all eight, one by one")},
    {"small": "four", "national": "eight"},
    whole=True,
)
SWITCHES: tuple[Switch, ...] = (ROLES,)
