"""Presets: named sets of switches. Each room declares its switches; this is only the mechanism."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Switch:
    """One thing that a small office and a national fund do differently. `values` maps the preset's name to its value."""

    name: str
    what: str
    values: Mapping[str, str]

    def under(self, preset: str) -> str:
        return self.values[preset]
