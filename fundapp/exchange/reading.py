"""A file as a person and we understand it together: guessed, remembered, said differently, read to its end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from fundapp.exchange import columns, guessing, queries
from fundapp.exchange.cells import Layout, NotATable
from fundapp.exchange.columns import Meaning
from fundapp.exchange.giving import Grant, Refusal, grants
from fundapp.exchange.guessing import Look
from fundapp.exchange.opening import Source
from fundapp.funds.models import Fund
from fundapp.kit.database import ReadSession
from fundapp.kit.errors import Refused


@dataclass(frozen=True)
class Understood:
    """How a file is read. Without `look` it cannot be read that way, and `gaps` says why; else they say what is left to ask."""

    source: Source
    layout: Layout
    meaning: Meaning
    look: Look | None
    gaps: Mapping[str, str] = field(default_factory=dict)
    remembered: bool = False


def opened(data: bytes) -> Source:
    """Raises Refused when the file is no table."""
    try:
        return Source(data)
    except NotATable as reason:
        raise Refused(str(reason), field="file") from None


def guess(session: ReadSession, source: Source, fund: Fund | None) -> Understood:
    """How the file seems to be laid out and meant; as a person has agreed to for an earlier file of this fund with these titles,
    if there is one. Raises Refused."""
    try:
        layout = source.guessed()
        return _guess(session, source, layout, fund)
    except NotATable as reason:
        raise Refused(str(reason), field="file") from None


def seen(source: Source, layout: Layout, meaning: Meaning, fund: Fund | None) -> Understood:
    """The file read in this way, with the styles of the columns that had none."""
    currency = fund.currency if fund else None
    try:
        look, meaning = guessing.look_at(source, layout, meaning, currency=currency or "")
    except NotATable as reason:
        where = "header" if layout.is_workbook else "delimiter"
        return Understood(source, layout, meaning, None, {where: str(reason)})
    return Understood(source, layout, meaning, look, guessing.gaps(look, meaning, currency=currency))


def said(
    source: Source,
    before: tuple[Layout, Meaning],
    chosen: Sequence[str],
    *,
    written: Mapping[str, str],
    currency: str,
    twins: bool,
    fund: Fund | None,
) -> Understood:
    """What a person says about columns (`chosen`: a field for each) and about how they are `written` (field -> style).

    A dated or counted field that has moved to another column is looked at afresh.
    """
    layout, old = before
    titles = source.table(layout).titles
    found = {title: code for title, code in zip(titles, chosen, strict=False) if code in columns.FIELDS}
    moved = {code for title, code in found.items() if old.columns.get(title) != code}
    kept = {code: style for code, style in written.items() if style and code not in moved}
    meaning = Meaning(found, kept, "" if "currency" in found.values() else currency, twins)
    return seen(source, layout, meaning, fund)


def laid_out(session: ReadSession, source: Source, before: Layout, layout: Layout, fund: Fund | None) -> Understood:
    """The file with another sheet, delimiter, encoding or line of titles, guessed anew."""
    try:
        if replace(layout, header=before.header) != before and layout.header == before.header:
            layout = replace(layout, header=source.header_of(layout)[0])
        return _guess(session, source, layout, fund)
    except NotATable:
        return seen(source, layout, Meaning(), fund)


def read(source: Source, layout: Layout, meaning: Meaning, fund: Fund | None) -> list[Grant | Refusal]:
    """Every line, as a grant or refused. Raises Refused when the file cannot be read to its end."""
    of_fund = {"currency": fund.currency, "fund": fund.code} if fund else {}
    try:
        return list(grants(source.table(layout), meaning, **of_fund))
    except NotATable as reason:
        raise Refused(str(reason), field="file") from None


def _guess(session: ReadSession, source: Source, layout: Layout, fund: Fund | None) -> Understood:
    known = queries.remembered(session, columns.fingerprint(source.table(layout).titles), fund.id if fund else None)
    meaning = Meaning.of(known.meaning) if known else Meaning(guessing.columns_of(source, layout))
    return replace(seen(source, layout, meaning, fund), remembered=known is not None)
