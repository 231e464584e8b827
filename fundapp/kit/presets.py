"""Presets: named sets of switches. Each room declares its switches; this is only the mechanism."""

from collections.abc import Mapping
from dataclasses import dataclass

from fundapp.kit.i18n import mark

SMALL, NATIONAL = "small", "national"
PRESETS = {SMALL: mark("Small fund"), NATIONAL: mark("National fund")}
DEFAULT = SMALL  # of a first start


@dataclass(frozen=True)
class Switch:
    """One thing that a small office and a national fund do differently, and that somebody may decide otherwise.

    `what` it decides and `where` it has its effect are sentences; `choices` has a label for each value; `values` maps the
    preset's name to its value. A `whole` switch holds for the installation, the others for each fund.
    """

    name: str
    group: str
    what: str
    where: str
    choices: Mapping[str, str]
    values: Mapping[str, str]
    whole: bool = False

    def __post_init__(self) -> None:
        assert set(self.values) == set(PRESETS), f"{self.name} has a value for each preset"
        assert set(self.values.values()) <= set(self.choices), f"{self.name} has a label for each value"

    def under(self, preset: str) -> str:
        return self.values[preset]
