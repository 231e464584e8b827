"""Writing a proposal: starting it, saving a page of the form, adding papers. Upper limits refuse; what is missing only shows.

Edits of a draft leave no history; edits of a returned proposal do. Every check comes before any change, so that a
refused page has changed nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from fundapp.files.models import File
from fundapp.files.service import attach as attach_file
from fundapp.files.store import Kept
from fundapp.funds.codes import ANNEXES, SEVERAL
from fundapp.funds.models import Call
from fundapp.history.service import record
from fundapp.kit.database import WriteSession, locked
from fundapp.kit.dates import add_months
from fundapp.kit.errors import NotAllowed, Refused, Stale
from fundapp.kit.i18n import gettext as _
from fundapp.kit.i18n import mark
from fundapp.kit.texts import show_date
from fundapp.measures import budget, missing, queries
from fundapp.measures.codes import BY_NAME, FUND_INDICATORS
from fundapp.measures.lifecycle import Status
from fundapp.measures.models import Annex, Indicator, Measure, Part, Partner, Party, TargetGroup
from fundapp.people.models import Branch, Organisation, Person
from fundapp.people.permissions import Action, Role, branches, holds, may
from fundapp.regions.models import Bottleneck

FIELDS: dict[str, tuple[str, ...]] = {
    "measure": ("title", "short_title", "summary", "region", "place", "topic", "intervention", "starts_on", "ends_on"),
    "applicant": ("organisation_note",),
    "partners": (),
    "problem": ("bottleneck_id", "no_bottleneck", "problem"),
    "results": ("objective", "outputs", "outcomes", "visible_effect", "visible_by"),
    "groups": (),
    "benefit": ("public_benefit", "breadth", "breadth_method"),
    "afterwards": ("after_funding",),
    "costs": (),
    "financing": (),
    "declarations": ("declarations",),
}
ORGANISATION = ("name", "kind", "sector", "register", "tax_number", "founded_on", "address", "phone", "email")
ROWS: dict[str, type[Part]] = {
    "applicant": Party,
    "partners": Partner,
    "results": Indicator,
    "groups": TargetGroup,
}


def start(session: WriteSession, call: Call, *, by: Person, at: datetime, owner: Person | None = None) -> Measure:
    """A new draft in an open call. A branch officer starts it for `owner`, who confirms it before it is sent.

    Started again while the first is still empty, the first is given.
    """
    if call.published_at is None or not call.opens_at <= at <= call.closes_at:
        raise Refused(_("This call does not take proposals now."))
    if not may(by, Action.START_PROPOSAL):
        raise NotAllowed
    for_another = owner is not None and owner.id != by.id
    if for_another and not holds(by, Role.OFFICER):
        raise NotAllowed
    if owner is None and not holds(by, Role.APPLICANT):
        raise Refused(
            _("Say for whom you write: the e-mail address or telephone number of the applicant."), field="whom"
        )
    owner = owner or by
    empty = select(Measure).where(
        Measure.call_id == call.id, Measure.owner_id == owner.id, Measure.status == Status.DRAFT, Measure.title == ""
    )
    if found := session.scalars(empty.order_by(Measure.id).limit(1)).first():
        return queries.get(session, found.id)
    measure = Measure(
        fund_id=call.fund_id,
        call_id=call.id,
        owner_id=owner.id,
        organisation_id=owner.organisation_id,
        branch_id=min(branches(by, own=True) or branches(by)) if for_another else None,
        prepared_by_id=by.id if for_another else None,
        created_at=at,
    )
    session.add(measure)
    session.flush()
    return queries.get(session, measure.id)


def save(
    session: WriteSession,
    measure: Measure,
    section: str,
    fields: Mapping[str, Any],
    rows: Sequence[Mapping[str, Any]] = (),
    *,
    version: int | None = None,
    by: Person,
    at: datetime,
) -> None:
    """Saves one page of the form. `fields` are columns of the measure (page applicant: also `organisation`, a mapping);
    `rows` are the parties, partners, groups, indicators or budget lines, all of them.

    Raises Stale when `version` is not the one that stands and something differs, Refused (with its field) for what can
    never be right. Amounts are minor units, quantities and indicator values thousandths.
    """
    _writable(session, measure, by)
    unknown = set(fields) - set(FIELDS[section]) - ({"organisation"} if section == "applicant" else set())
    assert not unknown, f"page {section} has no fields {sorted(unknown)}"
    CHECKS.get(section, _nothing)(measure, fields, rows)
    if fields.get("bottleneck_id") and session.get(Bottleneck, fields["bottleneck_id"]) is None:
        raise Refused(_("Please choose one of the bottlenecks given."), field="bottleneck_id")
    before = queries.lines(session, measure) if section in ("costs", "financing") else []
    lines = budget.kept(before, rows) if section == "costs" else []
    split = budget.split(before, rows) if section == "financing" else []
    plain = {name: value for name, value in fields.items() if name != "organisation"}
    changed = {name: value for name, value in plain.items() if getattr(measure, name) != value}
    if not changed and not _new_organisation(measure, fields) and not _differ(session, measure, section, rows):
        return
    if version is not None and version != measure.version:
        raise Stale({name: str(getattr(measure, name) or "") for name in changed})
    for name, value in changed.items():
        setattr(measure, name, value)
    if "organisation" in fields:
        _organisation(session, measure, fields["organisation"], by=by, at=at)
    if section in ROWS:
        _replace(session, measure, ROWS[section], rows)
    elif section == "costs":
        budget.write_lines(session, measure, lines)
    for line, sources in split:
        for source, amount in sources.items():
            setattr(line, source, amount)
    if "region" in changed:
        _place(session, measure)
    if lines or split or section == "costs":
        budget.add_up(session, measure)
    measure.version += 1
    if measure.prepared_by_id is not None:
        measure.confirmed_at = None  # what was confirmed is not what stands there now
    session.flush()
    if measure.status == Status.RETURNED:
        record(session, "measures.edit", measure, by=by, at=at, section=section, version=measure.version)


def attach(session: WriteSession, measure: Measure, kept: Kept, kind: str, *, by: Person, at: datetime) -> Annex:
    """Adds a paper; of kinds that stand alone the newer replaces the older, which is kept."""
    _writable(session, measure, by)
    if kind not in ANNEXES:
        raise Refused(_("Please say what kind of paper this is."), field="kind")
    there = [(annex, file) for annex, file in queries.proposal(session, measure).annexes if annex.kind == kind]
    twin = next((annex for annex, file in there if file.sha256 == kept.sha256), None)
    if twin is not None:
        return twin
    for annex, *_rest in there:
        if kind not in SEVERAL:
            annex.replaced_at = at
    file: File = attach_file(session, kept, measure, by=by, at=at)
    added = Annex(measure_id=measure.id, kind=kind, file_id=file.id)
    session.add(added)
    session.flush()
    if measure.status == Status.RETURNED:
        record(session, "measures.attach", measure, by=by, at=at, kind=kind, file=file.id, sha256=kept.sha256)
    return added


def remove(session: WriteSession, measure: Measure, annex: Annex, *, by: Person, at: datetime) -> None:
    """Takes a paper out of the proposal; the file itself is kept."""
    _writable(session, measure, by)
    if annex.replaced_at is None:
        annex.replaced_at = at
        if measure.status == Status.RETURNED:
            record(session, "measures.remove", measure, by=by, at=at, kind=annex.kind, file=annex.file_id)


def _writable(session: WriteSession, measure: Measure, by: Person) -> None:
    locked(session, measure)
    if not may(by, Action.WRITE_PROPOSAL, measure):
        raise NotAllowed(_("This proposal has been sent; it changes only by the steps that its page offers."))


def _organisation(
    session: WriteSession, measure: Measure, given: Mapping[str, Any], *, by: Person, at: datetime
) -> None:
    """The applicant's own organisation: made at the first proposal, kept up to date afterwards. Nobody writes into another's."""
    values = {name: given[name] for name in ORGANISATION if name in given}
    organisation = measure.organisation
    owner = measure.owner
    if organisation is None:
        organisation = Organisation(created_at=at, **values)
        session.add(organisation)
        session.flush()
        measure.organisation_id, measure.organisation = organisation.id, organisation
        if owner is not None and owner.organisation_id is None:
            owner.organisation_id = organisation.id
        return
    if owner is not None and owner.organisation_id not in (None, organisation.id):
        return
    for name, value in values.items():
        setattr(organisation, name, value)


def _new_organisation(measure: Measure, fields: Mapping[str, Any]) -> bool:
    """Whether something about the organisation is new."""
    given, there = fields.get("organisation", {}), measure.organisation
    return bool(given) and (there is None or any(getattr(there, name) != given[name] for name in given))


def _place(session: WriteSession, measure: Measure) -> None:
    """The branch of the region looks after the proposal; what an officer wrote stays with that officer's branch."""
    if measure.prepared_by_id is not None:
        return
    branch = session.scalars(select(Branch).where(Branch.region == measure.region).order_by(Branch.id)).first()
    measure.branch_id, measure.branch = (branch.id if branch else None), branch


def _replace(session: WriteSession, measure: Measure, kind: type[Part], rows: Sequence[Mapping[str, Any]]) -> None:
    for old in queries.parts(session, kind, measure):
        session.delete(old)
    session.flush()
    session.add_all(kind(measure_id=measure.id, **row) for row in rows)
    session.flush()


def _differ(session: WriteSession, measure: Measure, section: str, rows: Sequence[Mapping[str, Any]]) -> bool:
    """Whether these rows are not what stands there."""
    if section not in ROWS:
        return section in ("costs", "financing") and budget.differ(session, measure, rows)
    there = queries.parts(session, ROWS[section], measure)
    if len(there) != len(rows):
        return True
    return any(getattr(old, name) != value for old, new in zip(there, rows, strict=True) for name, value in new.items())


def _dates(measure: Measure, fields: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> None:
    starts, ends = fields.get("starts_on"), fields.get("ends_on")
    if starts is None or ends is None:
        return
    longest = missing.call_of(measure).longest_months
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


def _people(measure: Measure, fields: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> None:
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


def _figures(measure: Measure, fields: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> None:
    codes = [row["code"] for row in rows if row["code"] in FUND_INDICATORS]
    if len(codes) != len(set(codes)):
        raise Refused(_("Each figure of the fund stands here once."))


def _nothing(measure: Measure, fields: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> None:
    return None


CHECKS: dict[str, Callable[[Measure, Mapping[str, Any], Sequence[Mapping[str, Any]]], None]] = {
    "measure": _dates,
    "groups": _people,
    "results": _figures,
}
assert set(FIELDS) | {"annexes"} == set(BY_NAME)
