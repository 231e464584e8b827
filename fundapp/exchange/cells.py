"""Cells as a file holds them: text, or text that the file itself says is a number or a date."""

from collections.abc import Iterator
from dataclasses import dataclass

MOST_LINES, MOST_COLUMNS = 20_000, 200

Line = tuple[int, list[str]]  # where it begins in the file, counted from 1, and its cells


class NotATable(ValueError):
    """Why a file, or a sheet of it, cannot be read as a table; a sentence for the person who sent it."""


class NotRead(ValueError):
    """Why a cell cannot be understood; a sentence for the person who sent it."""


class Number(str):
    """A number of a workbook: digits with a point, nothing to be guessed."""

    __slots__ = ()


class Day(str):
    """A date of a workbook, as 2026-03-31 or 2026-03-31T10:30:00."""

    __slots__ = ()


class Broken(str):
    """A cell of a workbook without a value; `reason` says why."""

    reason: str

    def __new__(cls, text: str, reason: str) -> "Broken":
        made = super().__new__(cls, text)
        made.reason = reason
        return made


@dataclass(frozen=True)
class Layout:
    """Where a table stands in its file. A text file has encoding and delimiter, a workbook a sheet; `header` is the line of the titles."""

    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    header: int = 1

    @property
    def is_workbook(self) -> bool:
        return self.sheet != ""


@dataclass(frozen=True)
class Table:
    """The titles, each once, and the lines beneath them that hold anything. `width`: the cells of a whole line of a text file, which
    may have empty ones behind the last title; None in a workbook, where a cell knows its place."""

    titles: tuple[str, ...]
    lines: Iterator[Line]
    width: int | None = None

    def fits(self, cells: list[str]) -> bool:
        """Whether no cell can have slipped into a wrong column."""
        if self.width is None:
            return True
        return len(cells) == len(self.titles) or (len(cells) == self.width and not any(cells[len(self.titles) :]))
