"""The fingerprints of signed sheets, as they are attached to the minutes."""

from collections.abc import Mapping, Sequence
from typing import Any

from fundapp.kit import i18n
from fundapp.kit.database import ReadSession
from fundapp.kit.i18n import gettext as _
from fundapp.measures.models import Measure
from fundapp.rating import queries, standing
from fundapp.rating.models import Criterion, Result, Scheme, Sheet
from fundapp.rating.sealing import digest_of


def of(
    session: ReadSession,
    measures: Mapping[int, Measure],
    results: Mapping[int, Result],
    scheme: Scheme | None,
    criteria: Sequence[Criterion],
) -> list[dict[str, str]]:
    """Name and fingerprint of each sheet that the results rest on, measure by measure, in the language of the moment."""
    rounds = {id: result.round for id, result in results.items()}
    signed = standing.signed(session, rounds)
    sheets = [sheet for measure_id in rounds for sheet in signed[measure_id]]
    missing = standing.scores(session, [sheet.id for sheet in sheets if not sheet.digest])
    people = queries.people(session, {sheet.person_id for sheet in sheets})
    return [
        {
            "name": _(
                "Sheet of %(name)s on %(number)s, round %(n)s",
                name=i18n.called(people[sheet.person_id], "full"),
                number=measures[sheet.measure_id].number or "",
                n=sheet.round,
            ),
            "hash": grouped(sheet.digest or _digest(sheet, missing.get(sheet.id, {}), scheme, criteria)),
        }
        for sheet in sheets
    ]


def _digest(sheet: Sheet, scores: Mapping[int, Any], scheme: Scheme | None, criteria: Sequence[Criterion]) -> str:
    """For a sheet that was signed before fingerprints were kept."""
    if scheme is None or sheet.signed_at is None:
        return ""
    given = {c.code: scores[c.id] for c in criteria if c.id in scores}
    return digest_of(
        queries.plain(scheme, criteria),
        points={code: score.points for code, score in given.items() if score.points is not None},
        unjudged=[code for code, score in given.items() if score.unjudged],
        comments={code: score.comment for code, score in given.items()},
        person_id=sheet.person_id,
        measure_id=sheet.measure_id,
        round=sheet.round,
        signed_at=sheet.signed_at,
    )


def grouped(digest: str) -> str:
    """A fingerprint as people compare it: in groups of eight."""
    return " ".join(digest[n : n + 8] for n in range(0, len(digest), 8))
