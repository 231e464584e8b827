"""What a letter is. Each room lists the letters it issues in its own letters.py; rooms.py puts them together.

A letter has a Word template per language in documents/<name>.<language>.docx and a `sample`: the very fields it
is filled with, invented, so that a template can be checked and tried before anything real is printed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Letter:
    """`title` in English; `sample` holds plain values only: text, numbers, lists and mappings of them, pictures and charts."""

    name: str
    title: str
    sample: Mapping[str, Any]
