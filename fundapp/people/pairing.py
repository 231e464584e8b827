"""Pairs of branches: each checks what the other typed or wrote for its own applicants."""

from datetime import datetime

from fundapp.history.service import Somebody, record
from fundapp.kit import i18n
from fundapp.kit.database import WriteSession
from fundapp.kit.errors import Refused
from fundapp.kit.i18n import gettext as _
from fundapp.people.models import Branch


def pair(session: WriteSession, branch: Branch, partner: Branch | None, *, by: Somebody, at: datetime) -> None:
    """Makes the two partners of each other, or ends the pair with None. Raises Refused where one has another partner."""
    if branch.id == getattr(partner, "id", None):
        raise Refused(_("A branch is not its own partner."), field="partner")
    before = session.get(Branch, branch.partner_id) if branch.partner_id else None
    if before is partner:
        return
    if partner is not None:
        for one in (branch, partner):
            if one.partner_id is not None:
                name = i18n.named(one)
                raise Refused(_("%(name)s has a partner already; end that pair first.", name=name), field="partner")
        branch.partner_id, partner.partner_id = partner.id, branch.id
    else:
        branch.partner_id = None
        if before is not None and before.partner_id == branch.id:
            before.partner_id = None
    session.flush()
    other = partner or before
    record(
        session,
        "people.pair" if partner else "people.unpair",
        branch,
        by=by,
        at=at,
        partner=other.id if other else None,
    )
