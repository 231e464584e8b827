"""A grant as a line of a table: read strictly, written by the titles of 360Giving without formulas (domain.md 9.1; standard 1.4)."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Any

from fundapp.exchange import styles
from fundapp.exchange.cells import Broken, NotRead, Table
from fundapp.exchange.columns import Meaning
from fundapp.kit.dates import add_months
from fundapp.kit.i18n import gettext as _
from fundapp.kit.money import exponent

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

_NUMBER = re.compile(r"[-+]?[0-9]+(\.[0-9]+)?")
_LIVE = re.compile(r"'*[=+\-@\t\r]")
_KEPT = re.compile(r"'+[=+\-@\t\r]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


GENERATED = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}/[0-9a-f]{10}(?:-[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Grant:
    """One grant as read. Amounts in minor units; `titles` and `cells` are the source; `line` is where it begins in the file."""

    line: int
    titles: tuple[str, ...] = field(repr=False)
    cells: tuple[str, ...] = field(repr=False)
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

    @property
    def row(self) -> dict[str, str]:
        """The source by title, as it is kept with the measure."""
        return dict(zip(self.titles, map(str, self.cells), strict=True))

    @property
    def alike(self) -> tuple[str, date, int, str]:
        """What is the same in two lines about one grant: recipient, date, amount and currency."""
        return alike(self.recipient, self.awarded_on, self.awarded, self.currency)

    @property
    def is_named_here(self) -> bool:
        """Whether the file gives no identifier, so that it got one here."""
        return GENERATED.fullmatch(self.key) is not None


@dataclass(frozen=True, slots=True)
class Refusal:
    """A line that cannot be taken over: the column where it fails ('' for the whole line), why, and its cells."""

    line: int
    column: str
    reason: str
    cells: tuple[str, ...] = field(default=(), repr=False, compare=False)

    def __str__(self) -> str:
        return f"{self.column}: {self.reason}" if self.column else self.reason


class _NotAGrant(ValueError):
    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column, self.reason = column, reason


def alike(recipient: str, awarded_on: date, awarded: int, currency: str) -> tuple[str, date, int, str]:
    return " ".join(recipient.casefold().split()), awarded_on, awarded, currency


def grants(table: Table, meaning: Meaning, *, currency: str = "", fund: str = "") -> Iterator[Grant | Refusal]:
    """Each line as a grant or as a refusal. `currency` is that of the lines that name none, `fund` the code of the chosen one.

    A line without identifier gets one from its fund, date, recipient, amount and currency, and a number when it comes again.
    """
    reading, width = _Reading(table.titles, meaning, meaning.currency or currency, fund), len(table.titles)
    for line, cells in table.lines:
        try:
            if not table.fits(cells):
                told = _("The line has %(cells)s cells, the titles are %(titles)s.", cells=len(cells), titles=width)
                raise _NotAGrant("", told)
            whole = [*cells[:width], *[""] * (width - len(cells))]
            yield reading.grant(line, tuple(plain(cell) for cell in whole))
        except _NotAGrant as refused:
            yield Refusal(line, refused.column, refused.reason, tuple(cells))


class _Reading:
    """How the lines of one table are read."""

    def __init__(self, titles: tuple[str, ...], meaning: Meaning, currency: str, fund: str) -> None:
        self.titles, self.meaning, self.currency, self.fund = titles, meaning, currency, fund
        self.places = {code: n for n, title in enumerate(titles) if (code := meaning.columns.get(title))}
        self.times: Counter[tuple[str, date, int, str]] = Counter()

    def grant(self, line: int, cells: tuple[str, ...]) -> Grant:
        for title, cell in zip(self.titles, cells, strict=True):
            if _CONTROL.search(cell):
                raise _NotAGrant(title, _("The cell holds a character that is not text."))
            if isinstance(cell, Broken) and title in self.meaning.columns:
                raise _NotAGrant(title, cell.reason)
        awarded_on = self._day(cells, "awarded_on")
        starts_on = self._day(cells, "starts_on", None)
        ends_on = self._ends(cells, starts_on or awarded_on)
        if starts_on and ends_on and ends_on < starts_on:
            raise _NotAGrant(self._title("ends_on"), _("The end lies before the beginning."))
        recipient = self._needed(cells, "recipient")
        currency = self._needed(cells, "currency") if "currency" in self.places else self.currency
        if not styles.known(currency):
            raise _NotAGrant(
                self._title("currency"), _("“%(code)s” is not an ISO 4217 code such as EUR.", code=currency[:40])
            )
        awarded = self._amount(cells, "awarded", currency)
        funder, funder_id = self._given(cells, "funder"), self._given(cells, "funder_id")
        if not (funder or funder_id) and ("funder" in self.places or "funder_id" in self.places):
            raise _NotAGrant(self._title("funder") or self._title("funder_id"), _("The cell is empty."))
        return Grant(
            line=line,
            titles=self.titles,
            cells=cells,
            key=self._key(cells, alike(recipient, awarded_on, awarded, currency)),
            title=self._needed(cells, "title") if "title" in self.places else recipient,
            description=self._given(cells, "description"),
            currency=currency,
            awarded=awarded,
            applied_for=self._amount(cells, "applied_for", currency) if self._given(cells, "applied_for") else 0,
            awarded_on=awarded_on,
            starts_on=starts_on,
            ends_on=ends_on,
            recipient=recipient,
            recipient_id=self._given(cells, "recipient_id"),
            place=self._given(cells, "place"),
            funder=funder or funder_id,
            funder_id=funder_id,
        )

    def _key(self, cells: tuple[str, ...], what: tuple[str, date, int, str]) -> str:
        if "identifier" in self.places:
            return self._needed(cells, "identifier")
        self.times[what] += 1
        name, awarded_on, awarded, currency = what
        giver = self.fund or self._given(cells, "funder_id") or self._given(cells, "funder")
        digest = sha256(f"{giver}\n{name}\n{awarded_on}\n{awarded}\n{currency}".encode()).hexdigest()[:10]
        return f"{awarded_on}/{digest}" + (f"-{self.times[what]}" if self.times[what] > 1 else "")

    def _title(self, code: str) -> str:
        return self.titles[self.places[code]] if code in self.places else ""

    def _given(self, cells: tuple[str, ...], code: str) -> str:
        return cells[self.places[code]].strip() if code in self.places else ""

    def _needed(self, cells: tuple[str, ...], code: str) -> str:
        if found := self._given(cells, code):
            return found
        raise _NotAGrant(self._title(code), _("The cell is empty."))

    def _day(self, cells: tuple[str, ...], code: str, otherwise: Any = ...) -> Any:
        if otherwise is ... or self._given(cells, code):
            self._needed(cells, code)
            try:
                return styles.day(cells[self.places[code]], self.meaning.styles.get(code, "ymd"))
            except NotRead as reason:
                raise _NotAGrant(self._title(code), str(reason)) from None
        return otherwise

    def _amount(self, cells: tuple[str, ...], code: str, currency: str) -> int:
        self._needed(cells, code)
        try:
            return styles.amount(cells[self.places[code]], self.meaning.styles.get(code, "point"), currency)
        except NotRead as reason:
            raise _NotAGrant(self._title(code), str(reason)) from None

    def _ends(self, cells: tuple[str, ...], start: date) -> date | None:
        if self._given(cells, "ends_on"):
            found: date = self._day(cells, "ends_on")
            return found
        if not self._given(cells, "months"):
            return None
        try:
            return add_months(start, styles.months(cells[self.places["months"]]))
        except NotRead as reason:
            raise _NotAGrant(self._title("months"), str(reason)) from None


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
