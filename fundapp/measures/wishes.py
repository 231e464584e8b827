"""What a proposal may be sent back for: a page of the form, a field or table on it, a paper, a question of the call.

A wish is {"section", "field", "words"} as `Measure.asked` keeps it; `field` is '' where the whole page is meant.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from fundapp.funds.codes import ANNEXES
from fundapp.kit.i18n import gettext as _
from fundapp.measures import codes, fields

Wish = Mapping[str, str]
OF_CHECK: dict[str, tuple[str, str]] = {  # where the answer to a check stands in the form
    "E1": ("measure", ""), "E2": ("annexes", ""), "E3": ("applicant", "kind"), "E4": ("measure", "region"), "E5": ("measure", "ends_on"),
    "E6": ("costs", "lines"), "E7": ("financing", "sources"), "E8": ("measure", "starts_on"), "E9": ("financing", "sources"),
    "E10": ("applicant", "organisation_note"), "E11": ("applicant", "organisation_note"), "E12": ("applicant", ""),
    "E13": ("applicant", "parties"), "E14": ("costs", "lines"), "E15": ("benefit", "public_benefit"), "E16": ("problem", "bottleneck_id"),
}  # fmt: skip
LONGEST = 500  # characters of the words of one wish


@dataclass(frozen=True)
class Place:
    """A page of the form with what can be asked for on it: (name of the field, label in the reader's language)."""

    section: str
    label: str
    fields: list[tuple[str, str]] = field(default_factory=list)


def places(form: str, *, papers: Sequence[str], questions: Mapping[str, str], files: Mapping[str, str]) -> list[Place]:
    """All pages of a form. `papers`: the kinds of annex of the call; `questions`: its own, code -> label; `files`: those of
    them that ask for a file, kind of annex -> label.
    """
    found = []
    for section in codes.sections(form, questions=bool(questions or files)):
        page = fields.PAGES[section.name]
        there = [(one.name, _(one.label)) for one in page.fields if one.asked(form)]
        there += [(page.table.prefix, _(page.table.label))] if page.table else []
        if section.name == "annexes":
            kinds = [*papers, *(kind for kind in ANNEXES if kind not in papers)]
            there += [(kind, _(ANNEXES[kind])) for kind in kinds if kind in ANNEXES] + list(files.items())
        elif section.name == "questions":
            there += list(questions.items())
        found.append(Place(section.name, _(section.label), there))
    return found


def known(wish: Wish, there: Sequence[Place]) -> bool:
    """Whether the form has this page and field."""
    page = next((place for place in there if place.section == wish["section"]), None)
    return page is not None and (wish["field"] == "" or wish["field"] in dict(page.fields))


def told(asked: Sequence[Wish], there: Sequence[Place]) -> list[str]:
    """Each wish as a line: 'Papers, Offers or price lists: a second offer for the line'."""
    pages = {place.section: place for place in there}
    lines = []
    for wish in asked:
        page = pages.get(wish["section"])
        where = [page.label, dict(page.fields).get(wish["field"], "")] if page else []
        lines.append(": ".join(filter(None, [", ".join(filter(None, where)), wish["words"]])))
    return lines
