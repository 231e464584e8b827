"""What of a page of the form its writer sees: the fields that are asked for and open, what was asked for again, how far it is."""

import json
import re
from collections.abc import Mapping

from fundapp.measures import fields, filled, gaps
from fundapp.measures.codes import BANK, HOLDER, Section
from fundapp.measures.models import Measure
from fundapp.measures.queries import Proposal

ROW = re.compile(r"(\w+)-([0-9]{1,9})-(\w+)")
GIVEN = frozenset(
    {"code", "title", "unit", "kind", "sector", "likelihood", "impact"}
)  # stand there before anybody writes


def was(measure: Measure, section: str, opened: Mapping[str, str]) -> str:
    """What stood on a page when it was opened, as JSON for the page to send along: only fields that stand on it to be changed."""
    return json.dumps({name: text for name, text in opened.items() if on_page(measure, section, name)})


def on_page(measure: Measure, section: str, name: str) -> bool:
    """Whether a field stands on a page of this proposal's form and may be changed now."""
    row = ROW.fullmatch(name)
    prefix, slot, own = (row[1], int(row[2]), row[3]) if row else ("", 0, name)
    if prefix == "parties" and own in BANK and slot != HOLDER:
        return False
    field = fields.find(section, name)
    if field is not None and not field.asked(measure.form):
        return False
    return gaps.is_open(measure, section, prefix or own.removeprefix("q_"))


def wishes(measure: Measure, section: str, name: str = "") -> list[str]:
    """The officer's words on a field, a table or ('') the page, when the proposal was sent back."""
    if measure.status != "returned":
        return []
    return [each["words"] for each in measure.asked if each["section"] == section and each["field"] == name]


def any_open(measure: Measure, section: str) -> bool:
    """Whether anything on a page may be changed now."""
    return measure.status != "returned" or not measure.asked or section in {each["section"] for each in measure.asked}


def started(proposal: Proposal, section: Section) -> bool:
    """Whether anybody has written something on a page."""
    if section.name == "annexes":
        return bool(proposal.annexes)
    if section.name in proposal.typed:
        return True
    texts = filled.texts(proposal, section.name, "en")
    return any(text.strip() for name, text in texts.items() if name.rpartition("-")[2] not in GIVEN or name == "title")
