"""Writing a proposal: saving a page of the form. Upper limits refuse; what is missing only shows.

Edits of a draft leave no history; edits of a returned proposal do. Every check comes before any change, so that a
refused page has changed nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from fundapp.history.service import record
from fundapp.kit.database import WriteSession, locked
from fundapp.kit.dates import add_months
from fundapp.kit.errors import NotAllowed, Refused
from fundapp.kit.i18n import gettext as _
from fundapp.kit.i18n import mark
from fundapp.kit.texts import show_date
from fundapp.measures import budget, fields, queries
from fundapp.measures.codes import FUND_INDICATORS, PARTS
from fundapp.measures.gaps import call_of, is_open
from fundapp.measures.lifecycle import Status
from fundapp.measures.models import (
    Activity,
    Indicator,
    Measure,
    Part,
    Partner,
    Party,
    Risk,
    Support,
    TargetGroup,
    Typed,
)
from fundapp.people import members
from fundapp.people.models import Branch, Organisation, Person
from fundapp.people.permissions import Action, may
from fundapp.regions.models import Bottleneck

FIELDS: dict[str, tuple[str, ...]] = {
    **{page: tuple(each.name for each in fields.own(page)) for page in fields.PAGES if page != "annexes"},
    "questions": ("answers",),
    "declarations": ("declarations",),
}
ROWS: dict[str, type[Part]] = {
    "applicant": Party,
    "partners": Partner,
    "results": Indicator,
    "activities": Activity,
    "groups": TargetGroup,
    "risks": Risk,
    "support": Support,
}
PREFIX = {name: page.table.prefix for name, page in fields.PAGES.items() if page.table is not None}
KEPT = {name: one for one, name in fields.SIGNED.items()}
INSIDE: dict[str, Callable[[str], str]] = {  # columns that hold several fields: what is kept -> the field
    "answers": lambda code: code,
    "declarations": lambda name: KEPT.get(name, name),
}


def save(
    session: WriteSession,
    measure: Measure,
    section: str,
    given: Mapping[str, Any],
    rows: Sequence[Mapping[str, Any]] = (),
    *,
    by: Person,
    at: datetime,
) -> None:
    """Saves one page of the form. `given` are columns of the measure (page applicant: also `organisation`, a mapping);
    `rows` are the parties, partners, groups, indicators or budget lines, all of them, each with its `slot` (else in order).

    What was typed on the page and waited is taken over with it. Raises Refused (with its field) for what can never be
    right, and for what is not open after the proposal was sent back. Amounts are minor units, quantities and indicator
    values thousandths.
    """
    writable(session, measure, by)
    unknown = set(given) - set(FIELDS[section]) - ({"organisation"} if section == "applicant" else set())
    assert not unknown, f"page {section} has no fields {sorted(unknown)}"
    CHECKS.get(section, _nothing)(measure, given, rows)
    if given.get("bottleneck_id") and session.get(Bottleneck, given["bottleneck_id"]) is None:
        raise Refused(_("Please choose one of the bottlenecks given."), field="bottleneck_id")
    before = queries.lines(session, measure) if section in ("costs", "financing") else []
    lines = budget.kept(before, rows) if section == "costs" else []
    split = budget.split(before, rows) if section == "financing" else []
    session.execute(delete(Typed).where(Typed.measure_id == measure.id, Typed.section == section))
    changed = {
        name: value for name, value in given.items() if name != "organisation" and getattr(measure, name) != value
    }
    organisation, differ = _new_organisation(measure, given), _differ(session, measure, section, rows)
    touched = {*_touched(measure, changed, organisation), *([PREFIX[section]] if differ else ())}
    if not touched:
        return
    if shut := sorted(name for name in touched if not is_open(measure, section, name)):
        raise Refused(_("Only what was asked for can be changed now."), field=shut[0])
    for name, value in changed.items():
        setattr(measure, name, value)
    if organisation:
        _organisation(session, measure, organisation, at=at)
    if section in ROWS and differ:
        _sync(session, measure, ROWS[section], rows)
    elif section == "costs":
        budget.write_lines(session, measure, lines)
    for line, sources in split:
        for source, amount in sources.items():
            setattr(line, source, amount)
    if "region" in changed:
        place(session, measure)
    if lines or split or section == "costs":
        budget.add_up(session, measure)
    measure.version += 1
    if measure.prepared_by_id is not None:
        measure.confirmed_at, measure.confirmed_how = None, ""  # what was confirmed is not what stands there now
    session.flush()
    if measure.status == Status.RETURNED:
        record(session, "measures.edit", measure, by=by, at=at, section=section, version=measure.version)


def keep(
    session: WriteSession,
    measure: Measure,
    section: str,
    texts: Mapping[str, str],
    *,
    locale: str,
    by: Person,
    at: datetime,
    waiting: Typed | None,
) -> None:
    """Keeps what is being typed on a page as it stands, until the page is taken over. `waiting`: what was kept before."""
    if not may(by, Action.WRITE_PROPOSAL, measure):
        raise NotAllowed
    if waiting is None:
        waiting = Typed(measure_id=measure.id, section=section, content={}, locale=locale, by_id=by.id, at=at)
        session.add(waiting)
    waiting.content = {**waiting.content, **texts}
    waiting.locale, waiting.by_id, waiting.at = locale, by.id, at
    session.flush()


def writable(session: WriteSession, measure: Measure, by: Person) -> None:
    """Locks the proposal. Raises NotAllowed unless `by` may write in it now."""
    locked(session, measure)
    if not may(by, Action.WRITE_PROPOSAL, measure):
        raise NotAllowed(_("This proposal has been sent; it changes only by the steps that its page offers."))


def _organisation(session: WriteSession, measure: Measure, values: Mapping[str, Any], *, at: datetime) -> None:
    """The applicant's own organisation: made at the first proposal, kept up to date afterwards. Nobody writes into another's."""
    organisation = measure.organisation
    owner = measure.owner
    if organisation is None:
        organisation = Organisation(created_at=at, **values)
        session.add(organisation)
        session.flush()
        measure.organisation_id, measure.organisation = organisation.id, organisation
        if owner is not None:
            members.found(session, organisation, owner, at=at)
        return
    if owner is not None and owner.organisation_id not in (None, organisation.id):
        return
    for name, value in values.items():
        setattr(organisation, name, value)


def _new_organisation(measure: Measure, given: Mapping[str, Any]) -> dict[str, Any]:
    """What is new of the applicant's organisation."""
    values, there = given.get("organisation", {}), measure.organisation
    known = [name for name in fields.ORGANISATION.values() if name in values]
    return {name: values[name] for name in known if there is None or getattr(there, name) != values[name]}


def _touched(measure: Measure, changed: Mapping[str, Any], organisation: Mapping[str, Any]) -> set[str]:
    """The fields of the page that are new, by the names they have on it."""
    found = set(changed) - set(INSIDE)
    for name in set(changed) & set(INSIDE):
        before, after = getattr(measure, name), changed[name]
        found |= {INSIDE[name](key) for key in {*before, *after} if before.get(key) != after.get(key)}
    return found | {name for name, column in fields.ORGANISATION.items() if column in organisation}


def place(session: WriteSession, measure: Measure) -> None:
    """The branch of the region looks after the proposal; what an officer wrote stays with that officer's branch."""
    if measure.prepared_by_id is not None:
        return
    branch = session.scalars(select(Branch).where(Branch.region == measure.region).order_by(Branch.id)).first()
    measure.branch_id, measure.branch = (branch.id if branch else None), branch


def _sync(session: WriteSession, measure: Measure, kind: type[Part], rows: Sequence[Mapping[str, Any]]) -> None:
    """Makes the rows of a page these: a row keeps its place by its slot, a party by its part."""
    key = "part" if kind is Party else "slot"
    there: dict[Any, Part] = {getattr(row, key): row for row in queries.parts(session, kind, measure)}
    for number, row in enumerate(rows):
        values = row if kind is Party else {"slot": number, **row}
        old = there.pop(values[key], None)
        if old is None:
            session.add(kind(measure_id=measure.id, **values))
        else:
            for name, value in values.items():
                setattr(old, name, value)
    for left in there.values():
        session.delete(left)
    session.flush()


def _differ(session: WriteSession, measure: Measure, section: str, rows: Sequence[Mapping[str, Any]]) -> bool:
    """Whether these rows are not what stands there."""
    if section not in ROWS:
        return section in ("costs", "financing") and budget.differ(session, measure, rows)
    there = queries.parts(session, ROWS[section], measure)
    if len(there) != len(rows):
        return True
    if ROWS[section] is Party:
        there.sort(key=lambda party: list(PARTS).index(getattr(party, "part")))  # noqa: B009 - a party has one
    return any(getattr(old, name) != value for old, new in zip(there, rows, strict=True) for name, value in new.items())


def _dates(measure: Measure, given: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> None:
    starts, ends = given.get("starts_on"), given.get("ends_on")
    if starts is None or ends is None:
        return
    longest = call_of(measure).longest_months
    latest = add_months(starts, longest)
    if ends <= starts:
        raise Refused(_("The end must be after the start."), field="ends_on")
    if ends > latest:
        raise Refused(
            _(
                "A measure lasts at most %(longest)s months. If it begins then, it ends on %(latest)s or earlier.",
                longest=longest,
                latest=show_date(latest),
            ),
            field="ends_on",
        )


MORE_THAN_ALL = {
    "youth": mark("More are young than there are in all."),
    "vulnerable": mark("More are poor or vulnerable than there are in all."),
    "disability": mark("More are disabled than there are in all."),
}


def _people(measure: Measure, given: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> None:
    for number, row in enumerate(rows):
        parts_ = row["female"] + row["male"] + row["not_stated"]
        if parts_ != row["total"]:
            raise Refused(
                _(
                    "Women, men and not stated are %(parts)s together, but all are %(all)s.",
                    parts=parts_,
                    all=row["total"],
                ),
                field=f"groups-{number}-total",
            )
        for name, more in MORE_THAN_ALL.items():
            if row[name] > row["total"]:
                raise Refused(_(more), field=f"groups-{number}-{name}")


def _planned(measure: Measure, given: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> None:
    for number, row in enumerate(rows):
        if row["ends_on"] < row["starts_on"]:
            raise Refused(_("The end must be after the start."), field=f"activities-{number}-ends_on")


def _figures(measure: Measure, given: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> None:
    codes = [row["code"] for row in rows if row["code"] in FUND_INDICATORS]
    if len(codes) != len(set(codes)):
        raise Refused(_("Each figure of the fund stands here once."))


def _nothing(measure: Measure, given: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> None:
    return None


CHECKS: dict[str, Callable[[Measure, Mapping[str, Any], Sequence[Mapping[str, Any]]], None]] = {
    "measure": _dates,
    "groups": _people,
    "results": _figures,
    "activities": _planned,
}
