"""Rows pasted from a spreadsheet, as text: one receipt a line, cells apart by tabs or semicolons."""

import re

CELLS = ("paid_on", "payee", "what_for", "document_number", "line", "amount")
DAY = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})")


def rows(text: str) -> list[dict[str, str]]:
    """The rows as the fields of a form would hold them: '5.3.2026' becomes '2026-03-05'; a first line of headings is left out.

    Missing cells stay blank, and the form says so; cells beyond the six are left out.
    """
    found = []
    for place, line in enumerate(line for line in text.splitlines() if line.strip()):
        cells = [cell.strip().strip('"') for cell in re.split(r"\t|;", line)]
        if place == 0 and not any(character.isdigit() for character in line):
            continue
        row = dict(zip(CELLS, cells, strict=False))
        row["paid_on"] = _day(row["paid_on"])
        found.append({name: row.get(name, "") for name in CELLS})
    return found


def _day(text: str) -> str:
    match = DAY.fullmatch(text)
    return f"{match[3]}-{int(match[2]):02}-{int(match[1]):02}" if match else text
