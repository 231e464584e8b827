"""Starting a proposal in an open call, and changing its form while it is a draft."""

from datetime import datetime

from sqlalchemy import select

from fundapp.funds.models import Call
from fundapp.kit.database import WriteSession
from fundapp.kit.errors import NotAllowed, Refused
from fundapp.kit.i18n import gettext as _
from fundapp.measures import drafting, fields, queries
from fundapp.measures.codes import FULL, SHORT
from fundapp.measures.gaps import call_of
from fundapp.measures.lifecycle import Status
from fundapp.measures.models import Measure, Party
from fundapp.people.models import Person
from fundapp.people.permissions import Action, Role, branches, holds, may


def start(
    session: WriteSession, call: Call, *, by: Person, at: datetime, owner: Person | None = None, form: str = FULL
) -> Measure:
    """A new draft in an open call. A branch officer starts it for `owner`, who confirms it before it is sent.

    `form`: full, or short where the call has a short one. What an earlier proposal of the organisation says of it is taken
    along. Started again while the first is still empty, the first is given.
    """
    opened(call, at)
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
        form=form_of(call, form),
    )
    session.add(measure)
    session.flush()
    _take_along(session, measure)
    return queries.get(session, measure.id)


def opened(call: Call, at: datetime) -> None:
    """Raises Refused unless the call takes proposals now."""
    if call.published_at is None or not call.opens_at <= at <= call.last_deadline:
        raise Refused(_("This call does not take proposals now."))


def form_of(call: Call, form: str) -> str:
    """The form that is written in this call when `form` is wished for."""
    return FULL if not call.short_limit else SHORT if call.largest <= call.short_limit else form


def change_form(session: WriteSession, measure: Measure, form: str, *, by: Person, at: datetime) -> None:
    """The other form for a draft. What was written stays, also where the other form does not ask for it."""
    drafting.writable(session, measure, by)
    if measure.status != Status.DRAFT:
        raise Refused(_("A proposal that has been sent keeps its form."))
    if form == SHORT and not call_of(measure).short_limit:
        raise Refused(_("This call has no short form."))
    if form not in (FULL, SHORT):
        raise Refused(_("Please choose one of the answers given."), field="form")
    measure.form = form
    measure.version += 1


def _take_along(session: WriteSession, measure: Measure) -> None:
    """Who acts, signs, holds the account and reports, and what else is known of an organisation from its last proposal."""
    if measure.organisation_id is None:
        return
    asked = select(Measure).where(Measure.organisation_id == measure.organisation_id, Measure.id != measure.id)
    last = session.scalars(asked.order_by(Measure.id.desc()).limit(1)).first()
    if last is None:
        return
    for name in drafting.FIELDS["applicant"]:
        setattr(measure, name, getattr(last, name))
    names = ("part", *(each.name for each in fields.PARTY))
    rows = [{name: getattr(old, name) for name in names} for old in queries.parts(session, Party, last)]
    session.add_all(Party(measure_id=measure.id, **row) for row in rows)
    session.flush()
