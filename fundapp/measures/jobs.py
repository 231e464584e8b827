"""What runs without a browser: proposals whose time has run out are proposed for expiry; the form of a call as a Word file."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from fundapp.funds.queries import find_call_by_code
from fundapp.kit.database import Database, WriteSession
from fundapp.kit.errors import Refused
from fundapp.kit.i18n import NAMES
from fundapp.kit.i18n import gettext as _
from fundapp.measures import missing, offline, queries, submission
from fundapp.measures.codes import FORMS


def propose_expiry(database: Database, clock: Callable[[], datetime]) -> int:
    """Asks the branch to confirm every expiry that is not proposed yet; says how many."""
    at = clock()
    with database.reading() as session:
        waiting = [
            measure.id
            for measure in queries.run_out(session, at)
            if not missing.why_not_expire(session, measure, None, at)
        ]
    for id in waiting:
        database.write(partial(_propose, id, at))
    return len(waiting)


def word_form(database: Database, code: str, *, form: str, language: str) -> bytes:
    """`fundapp report proposal-form --call CODE`: the form to fill in. Raises Refused for what is not there."""
    if form not in FORMS or language not in NAMES:
        raise Refused(_("There is a full and a short form, in: %(languages)s.", languages=", ".join(NAMES)))
    with database.reading() as session:
        call = find_call_by_code(session, code)
        if call is None:
            raise Refused(_("There is no call “%(code)s”.", code=code))
        return offline.blank(session, call, form=form, language=language)


def _propose(id: int, at: datetime, session: WriteSession) -> None:
    submission.propose_expiry(session, queries.get(session, id), at=at)
