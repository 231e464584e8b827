"""A grant as a row of 360Giving titles: read strictly, written without formulas (domain.md 9.1; standard 1.4)."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache

from babel.numbers import is_currency

from fundapp.kit.dates import add_months
from fundapp.kit.money import MOST_DIGITS, exponent

IDENTIFIER, TITLE, DESCRIPTION, CURRENCY = "Identifier", "Title", "Description", "Currency"
APPLIED_FOR, AWARDED, DISBURSED, AWARD_DATE = "Amount Applied For", "Amount Awarded", "Amount Disbursed", "Award Date"
STARTS, ENDS, MONTHS = "Planned Dates:Start Date", "Planned Dates:End Date", "Planned Dates:Duration (months)"
RECIPIENT_ID, RECIPIENT = "Recipient Org:Identifier", "Recipient Org:Name"
PLACE, FUNDER_ID, FUNDER = "Beneficiary Location:Name", "Funding Org:Identifier", "Funding Org:Name"
PROGRAMME, OPEN_CALL, MODIFIED = "Grant Programme:Title", "From an open call?", "Last modified"

TITLES = (
    IDENTIFIER, TITLE, DESCRIPTION, CURRENCY, APPLIED_FOR, AWARDED, DISBURSED, AWARD_DATE, "URL", STARTS, ENDS, MONTHS,
    RECIPIENT_ID, RECIPIENT, "Recipient Org:Charity Number", "Recipient Org:Company Number",
    "Recipient Org:Street Address", "Recipient Org:City", "Recipient Org:County", "Recipient Org:Country",
    "Recipient Org:Postal Code", "Recipient Org:Description", "Recipient Org:Web Address", PLACE,
    "Beneficiary Location:Country Code", "Beneficiary Location:Latitude", "Beneficiary Location:Longitude",
    "Beneficiary Location:Geographic Code", "Beneficiary Location:Geographic Code Type", FUNDER_ID, FUNDER,
    "Funding Org:Department", "Grant Programme:Code", PROGRAMME, "Grant Programme:URL", OPEN_CALL, "Related Activity",
    MODIFIED, "Data Source",
)  # fmt: skip
NEEDED = (IDENTIFIER, TITLE, CURRENCY, AWARDED, AWARD_DATE, RECIPIENT)

_AMOUNT = re.compile(rf"([0-9]{{1,{MOST_DIGITS}}})(?:\.([0-9]+))?")
_NUMBER = re.compile(r"[-+]?[0-9]+(\.[0-9]+)?")
_DAY = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:T[0-9:.]+(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?")
_LIVE = re.compile(r"'*[=+\-@\t\r]")
_KEPT = re.compile(r"'+[=+\-@\t\r]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


class NotAGrant(ValueError):
    """Why a row cannot be read, in words for the person who sent it."""


@dataclass(frozen=True)
class Grant:
    """One grant as given. `awarded` in minor units; `row` is the source, untouched; `line` is where it begins in the file."""

    line: int
    row: Mapping[str, str] = field(repr=False)
    key: str
    title: str
    description: str
    currency: str
    awarded: int
    applied_for: int
    awarded_on: date
    starts_on: date | None
    ends_on: date | None
    recipient: str
    recipient_id: str
    place: str
    funder: str
    funder_id: str


def grants(rows: Iterable[tuple[int, list[str]]]) -> Iterator[Grant | tuple[int, str]]:
    """Each row as a grant, or as (line, reason). The first row holds the titles; raises NotAGrant when one is missing there.

    The same identifier twice is refused with the line where it stood first.
    """
    found = iter(rows)
    _, titles = next(found, (1, []))
    titles = [title.strip() for title in titles]
    if missing := [title for title in NEEDED if title not in titles]:
        raise NotAGrant(f"The first line must hold the titles; missing: {', '.join(missing)}.")
    if FUNDER_ID not in titles and FUNDER not in titles:
        raise NotAGrant(f"The first line must hold the titles; missing: {FUNDER_ID} or {FUNDER}.")
    if twice := {title for title in titles if title and titles.count(title) > 1}:
        raise NotAGrant(f"The first line holds a title twice: {', '.join(sorted(twice))}.")
    seen: dict[str, int] = {}
    for line, cells in found:
        if not any(cell.strip() for cell in cells):
            continue
        try:
            grant = _grant(line, titles, cells)
            if grant.key in seen:
                raise NotAGrant(f"{IDENTIFIER} “{grant.key}” stands in line {seen[grant.key]} already.")
        except NotAGrant as reason:
            yield line, str(reason)
        else:
            seen[grant.key] = line
            yield grant


def _grant(line: int, titles: list[str], cells: list[str]) -> Grant:
    if len(cells) != len(titles):
        raise NotAGrant(f"The line has {len(cells)} cells, the titles are {len(titles)}.")
    row = {title: plain(cell) for title, cell in zip(titles, cells, strict=True) if title}
    given = {title: cell.strip() for title, cell in row.items()}
    for title, cell in given.items():
        if _CONTROL.search(cell):
            raise NotAGrant(f"{title} holds a character that is not text.")
    for title in NEEDED:
        if not given[title]:
            raise NotAGrant(f"{title} is missing.")
    funder, funder_id = given.get(FUNDER, ""), given.get(FUNDER_ID, "")
    if not funder and not funder_id:
        raise NotAGrant(f"{FUNDER} is missing.")
    code = given[CURRENCY]
    awarded_on = _day(AWARD_DATE, given[AWARD_DATE])
    starts_on = _day(STARTS, given[STARTS]) if given.get(STARTS) else None
    ends_on = _ends(given, starts_on or awarded_on)
    if starts_on and ends_on and ends_on < starts_on:
        raise NotAGrant(f"{ENDS} lies before {STARTS}.")
    return Grant(
        line=line,
        row=row,
        key=given[IDENTIFIER],
        title=given[TITLE],
        description=given.get(DESCRIPTION, ""),
        currency=code,
        awarded=amount(AWARDED, given[AWARDED], code),
        applied_for=amount(APPLIED_FOR, given[APPLIED_FOR], code) if given.get(APPLIED_FOR) else 0,
        awarded_on=awarded_on,
        starts_on=starts_on,
        ends_on=ends_on,
        recipient=given[RECIPIENT],
        recipient_id=given.get(RECIPIENT_ID, ""),
        place=given.get(PLACE, ""),
        funder=funder or funder_id,
        funder_id=funder_id,
    )


def amount(title: str, text: str, currency: str) -> int:
    """Minor units of a plain number such as 3028.63; raises NotAGrant, also for more decimals than the currency has."""
    if not re.fullmatch("[A-Z]{3}", currency) or (digits := _digits(currency)) is None:
        raise NotAGrant(f"{CURRENCY} “{currency}” is not an ISO 4217 code such as EUR.")
    match = _AMOUNT.fullmatch(text)
    if match is None:
        raise NotAGrant(f"{title} “{text}” is not a plain number such as 2266 or 3028.63.")
    decimals = (match[2] or "").rstrip("0")
    if len(decimals) > digits:
        raise NotAGrant(f"{title} “{text}” has more decimals than {currency} has.")
    return int(match[1] + decimals.ljust(digits, "0"))


def plain_amount(minor: int, currency: str) -> str:
    """Minor units as a plain number: 302863 -> '3028.63', 226600 -> '2266'."""
    digits = exponent(currency)
    whole, rest = divmod(minor, 10**digits)
    return f"{whole}.{rest:0{digits}d}" if rest else str(whole)


def safe(text: str) -> str:
    """A cell that no spreadsheet takes for a formula: text beginning with = + - @ TAB or CR gets ' before it."""
    return f"'{text}" if _LIVE.match(text) and not _NUMBER.fullmatch(text) else text


def plain(text: str) -> str:
    """The text of a cell that `safe` has written."""
    return text[1:] if _KEPT.match(text) else text


@cache
def _digits(currency: str) -> int | None:
    return exponent(currency) if is_currency(currency) else None


def _day(title: str, text: str) -> date:
    match = _DAY.fullmatch(text)
    try:
        return date.fromisoformat(match[1] if match else "")
    except ValueError:
        raise NotAGrant(f"{title} “{text}” is not a date such as 2026-03-31.") from None


def _ends(given: Mapping[str, str], start: date) -> date | None:
    if given.get(ENDS):
        return _day(ENDS, given[ENDS])
    months = given.get(MONTHS, "")
    if not months:
        return None
    if not re.fullmatch("[0-9]{1,3}", months):
        raise NotAGrant(f"{MONTHS} “{months}” is not a whole number such as 12.")
    return add_months(start, int(months))
