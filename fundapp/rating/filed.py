"""Taking over what a filled Word file of score sheets says, once the member has confirmed it. Signing stays an act of its own."""

from collections.abc import Collection, Mapping
from datetime import datetime

from fundapp.funds.models import Call
from fundapp.kit.database import WriteSession
from fundapp.people.models import Person
from fundapp.rating import filled, sheetforms, sheets
from fundapp.rating.models import Sheet
from fundapp.rating.sheetforms import Difference
from fundapp.rating.sheetpaper import COMMENT, UNJUDGED, Stand
from fundapp.rating.sheets import Given


def take_over(
    session: WriteSession,
    call: Call,
    data: bytes,
    chosen: Collection[str],
    was: Mapping[str, str],
    *,
    language: str,
    by: Person,
    at: datetime,
) -> tuple[int, bool]:
    """Saves the chosen differences (by name) in the member's sheets; (how many, whether all that was shown still held).

    `was`: what the page showed beside the file. Where something was changed since, nothing at all is saved.
    """
    found = sheetforms.report(session, call, by, data, language=language)
    taken = [each for each in found.differences if each.name in chosen]
    if any(was.get(each.name, "") != each.there for each in taken):
        return 0, False
    given = filled.of_sheets(session, {each.sheet_id for each in taken})
    for id in sorted({each.sheet_id for each in taken}):
        sheet = session.get_one(Sheet, id)
        stands = {c.code: sheetforms.stand_of(given[id], c) for c in given[id].criteria}
        sheets.save(session, sheet, _given(stands, [d for d in taken if d.sheet_id == id]), by=by, at=at)
        sheet.source = "file"
    session.flush()
    return len(taken), True


def _given(stands: Mapping[str, Stand], differences: Collection[Difference]) -> dict[str, Given]:
    """By criterion: what the file says, and for what was not chosen what stands there."""
    found = {each.code: stands[each.code] for each in differences}
    for each in differences:
        now = found[each.code]
        found[each.code] = Stand(now.score, each.read) if each.what == COMMENT else Stand(each.read, now.comment)
    return {
        code: Given(
            None if new.score in ("", UNJUDGED) else int(new.score),
            new.comment,
            was_points=None if stands[code].score in ("", UNJUDGED) else int(stands[code].score),
            was_comment=stands[code].comment,
            unjudged=new.score == UNJUDGED,
            was_unjudged=stands[code].score == UNJUDGED,
        )
        for code, new in found.items()
    }
