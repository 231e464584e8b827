"""What a browser may send to change a rating scheme: its limits, the table of its criteria, and the words of one criterion."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from fundapp.kit import money
from fundapp.kit.i18n import gettext as _
from fundapp.kit.web.forms import Amount, Bound, Count, Form, Posted, bind, shown
from fundapp.rating.forms import Tenths
from fundapp.rating.models import Criterion, Scheme
from fundapp.rating.rules import Limits, Row, Wrong
from fundapp.rating.schemes import limits_of

LANGUAGES = ("en", "de", "mn")
LONGEST = {"title": 200, "question": 1000, "anchor": 500}


def _points(typed: object) -> object:
    """Points as they are listed: 0, 1, 2, 5."""
    if not isinstance(typed, str):
        return typed
    parts = [part for part in re.split(r"[\s,;]+", typed.strip()) if part]
    if any(not re.fullmatch(r"\d{1,2}", part, re.ASCII) for part in parts):
        raise ValueError(_("Write points with commas between them: 0, 1, 2, 5."))
    return tuple(sorted({int(part) for part in parts}))


def _code(typed: object) -> object:
    if isinstance(typed, str) and not re.fullmatch(r"[A-Za-z][A-Za-z0-9]{0,5}", typed.strip(), re.ASCII):
        raise ValueError(_("A code is a letter and up to five letters or digits: R1, for example."))
    return typed


class SchemeForm(Form):
    highest: Annotated[Count, Field(ge=1, le=20)]
    comment_for: Annotated[tuple[int, ...], BeforeValidator(_points)] = ()
    smallest_sheets: Annotated[Count, Field(ge=2, le=15)]
    per_proposal: Annotated[Count, Field(ge=2, le=15)] | None = None
    fundable_from: Annotated[Tenths, Field(ge=0, le=1000)]
    spread_limit: Annotated[Tenths, Field(ge=1, le=1000)]
    secret: Literal["yes", ""] = ""  # votes in the meeting
    clearance_above: Amount | None = None
    complaint_reserve: Amount = 0
    branch_ceiling: Amount | None = None
    version: Count
    act: Literal["save", "row"] = "save"
    blank: Annotated[Count, Field(le=20)] = 1

    def limits(self) -> Limits:
        return Limits(
            highest=self.highest,
            comment_for=self.comment_for,
            smallest_sheets=self.smallest_sheets,
            fundable_from=self.fundable_from,
            spread_limit=self.spread_limit,
            per_proposal=self.per_proposal,
            secret=bool(self.secret),
            clearance_above=self.clearance_above,
            complaint_reserve=self.complaint_reserve,
            branch_ceiling=self.branch_ceiling,
        )


class CriterionRow(Form):
    id: Count | None = None
    no: Count | None = None
    code: Annotated[str, BeforeValidator(_code)]
    title: Annotated[str, Field(max_length=LONGEST["title"])] = ""
    weight: Annotated[Count, Field(le=100)] | None = None
    threshold: Annotated[Tenths, Field(ge=0, le=200)] | None = None
    outside: Literal["yes", ""] = ""
    needs_identity: Literal["yes", ""] = ""
    remove: Literal["yes", ""] = ""


@dataclass(frozen=True)
class Table:
    """The criteria as typed: each row with the number of its fields, blank ones at the end."""

    rows: list[tuple[int, Bound[CriterionRow]]]

    @property
    def ok(self) -> bool:
        return all(bound.ok for _n, bound in self.kept)

    @property
    def kept(self) -> list[tuple[int, Bound[CriterionRow]]]:
        """Without those taken out and the blank ones, in the order that is wished."""
        rows = [(n, bound) for n, bound in self.rows if bound.values.get("remove") != "yes" and not blank(bound)]
        places = {n: bound.value.no if bound.ok else None for n, bound in rows}
        last = 10**6
        return sorted(rows, key=lambda row: (places[row[0]] if places[row[0]] is not None else last, row[0]))

    def values(self, lang: str) -> list[Row]:
        return [
            Row(
                v.code,
                0 if v.outside == "yes" else v.weight or 0,
                v.threshold,
                v.needs_identity == "yes",
                v.id,
                {lang: v.title} if v.title else None,
            )
            for v in (bound.value for _n, bound in self.kept)
        ]


def blank(bound: Bound[CriterionRow]) -> bool:
    return not any(str(value).strip() for name, value in bound.values.items() if name != "no")


def table(posted: Posted, more: int) -> Table:
    """The rows `criteria-<n>-…` as typed, and `more` blank ones after them."""
    found = []
    for n, row in _numbered(posted, "criteria"):
        bound = bind(CriterionRow, row)
        if bound.ok:
            _weigh(bound)
        found.append((n, bound))
    return Table(found + _blank(max((n for n, _bound in found), default=0), more))


def of_criteria(criteria: Sequence[Criterion], lang: str) -> Table:
    """The table as it stands, with a blank row at its end."""
    rows = [
        (
            n,
            shown(
                CriterionRow,
                {
                    "id": c.id,
                    "no": n,
                    "code": c.code,
                    "title": c.titles.get(lang) or c.titles.get("en", ""),
                    "weight": c.weight or None,
                    "threshold": None if c.threshold is None else tenths(c.threshold),
                    "outside": "" if c.counts else "yes",
                    "needs_identity": "yes" if c.needs_identity else "",
                },
            ),
        )
        for n, c in enumerate(criteria, start=1)
    ]
    return Table(rows + _blank(len(rows), 1))


def of_scheme(scheme: Scheme, currency: str, lang: str) -> Bound[SchemeForm]:
    """The limits as they stand."""
    limits = limits_of(scheme)
    amounts = {
        name: money.show(value, currency, lang)
        for name in ("clearance_above", "complaint_reserve", "branch_ceiling")
        if (value := getattr(limits, name))
    }
    kept: dict[str, Any] = {
        "highest": limits.highest,
        "comment_for": ", ".join(str(point) for point in limits.comment_for),
        "smallest_sheets": limits.smallest_sheets,
        "per_proposal": limits.per_proposal,
        "fundable_from": tenths(limits.fundable_from),
        "spread_limit": tenths(limits.spread_limit),
        "secret": "yes" if limits.secret else "",
        "version": scheme.version,
    }
    return shown(SchemeForm, kept | amounts)


def told(form: Bound[SchemeForm], rows: Table, wrong: Sequence[Wrong]) -> None:
    """What the scheme does not keep to, beside its fields."""
    kept = rows.kept
    for each in wrong:
        if isinstance(each.place, tuple):
            n, name = each.place
            kept[n][1].errors.setdefault(name, each.reason)
            form.errors.setdefault(f"criteria-{kept[n][0]}-{name}", each.reason)
        else:
            name = each.place or "form"
            form.errors[name] = " ".join(filter(None, (form.errors.get(name, ""), each.reason)))


def words(
    posted: Posted, highest: int
) -> tuple[dict[str, str], dict[str, str], dict[str, dict[str, str]], dict[str, str]]:
    """(titles by language, questions by language, anchors by point and language, errors by field)."""
    titles = {lang: posted.text(f"title-1-{lang}").strip() for lang in LANGUAGES}
    questions = {lang: posted.text(f"question-1-{lang}").strip() for lang in LANGUAGES}
    anchors = {
        str(point): {lang: posted.text(f"anchor-{point}-{lang}").strip() for lang in LANGUAGES}
        for point in range(highest + 1)
    }
    given = {"title": {"1": titles}, "question": {"1": questions}, "anchor": anchors}
    errors = {
        f"{kind}-{point}-{lang}": _(
            "Please write at most %(most)s characters; these are %(have)s.", most=LONGEST[kind], have=len(text)
        )
        for kind, of_point in given.items()
        for point, texts in of_point.items()
        for lang, text in texts.items()
        if len(text) > LONGEST[kind]
    }
    if not any(titles.values()):
        errors["title-1-en"] = _("Please give the criterion a title.")
    return titles, questions, anchors, errors


def tenths(value: int) -> str:
    """600 is 60, 25 is 2.5."""
    return f"{value // 10}" if value % 10 == 0 else f"{value / 10:.1f}"


def _numbered(posted: Posted, prefix: str) -> list[tuple[int, dict[str, str]]]:
    """As `Posted.rows`, each with its number."""
    found: dict[int, dict[str, str]] = {}
    for key, values in posted.fields().items():
        if match := re.fullmatch(rf"{prefix}-(\d{{1,3}})-(\w+)", key):
            found.setdefault(int(match[1]), {})[match[2]] = values[0]
    return [(n, row) for n, row in sorted(found.items()) if any(v.strip() for name, v in row.items() if name != "no")]


def _weigh(bound: Bound[CriterionRow]) -> None:
    value = bound.value
    if value.outside == "yes" and value.weight:
        bound.errors["weight"] = _("Outside the total it has no weight; leave this empty.")
    if value.outside != "yes" and not value.weight:
        bound.errors["weight"] = _("Please give it a weight, or put it outside the total.")
    if value.id is None and not value.title and value.remove != "yes":
        bound.errors["title"] = _("Please give the criterion a title.")


def _blank(after: int, count: int) -> list[tuple[int, Bound[CriterionRow]]]:
    return [(after + n, shown(CriterionRow)) for n in range(1, count + 1)]
