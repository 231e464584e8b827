"""What a file seems to say, and how it is understood: shown to a person before anything is stored."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice

from fundapp.exchange import columns, styles
from fundapp.exchange.cells import Layout, NotRead, Number
from fundapp.exchange.columns import AMOUNTS, DATES, Meaning
from fundapp.exchange.opening import Source
from fundapp.kit import dates, i18n
from fundapp.kit.i18n import gettext as _
from fundapp.kit.money import show

SAMPLES, VALUES, EXAMPLES, LONGEST = 100, 3, 4, 60
USUAL = "EUR"  # two decimals, as almost every currency has


@dataclass(frozen=True)
class Styled:
    """How a dated or counted column is read: (text, what is understood, whether it is refused) of some cells."""

    code: str
    title: str
    style: str  # '' is to be asked
    examples: tuple[tuple[str, str, bool], ...]


@dataclass(frozen=True)
class Look:
    """A file as it is understood: titles with their first values, styles with examples."""

    titles: tuple[str, ...]
    values: Mapping[str, tuple[str, ...]]
    styled: tuple[Styled, ...]
    lines: int
    fingerprint: str

    @property
    def open(self) -> tuple[Styled, ...]:
        return tuple(each for each in self.styled if not each.style)


@dataclass
class _Column:
    values: list[str] = field(default_factory=list)
    cells: dict[str, None] = field(default_factory=dict)  # each once


def columns_of(source: Source, layout: Layout) -> dict[str, str]:
    """What the columns seem to be, by names and by what stands in the first lines: title -> field."""
    table = source.table(layout)
    some = [cells for _line, cells in islice(table.lines, SAMPLES)]
    samples = [[row[place] for row in some if place < len(row)] for place in range(len(table.titles))]
    return columns.guessed(table.titles, samples)


def look_at(source: Source, layout: Layout, meaning: Meaning, *, currency: str = "") -> tuple[Look, Meaning]:
    """The whole file, read once; and the meaning, each dated and counted column that had no style with that of its whole column
    ('' is to be asked). Raises NotATable."""
    table = source.table(layout)
    placed = {code: place for code in (*DATES, *AMOUNTS) if (place := meaning.place(code, table.titles)) is not None}
    found = [_Column() for _title in table.titles]
    count = 0
    for _line, cells in table.lines:
        count += 1
        for column, cell in zip(found, cells, strict=False):
            if len(column.values) < VALUES and cell.strip() and (short := _short(cell)) not in column.values:
                column.values.append(short)
        if table.fits(cells):
            for place in placed.values():
                if place < len(cells) and cells[place].strip():
                    found[place].cells.setdefault(cells[place])
    used = meaning.currency or currency or USUAL
    said = {code: meaning.styles.get(code) or _style(code, found[place].cells, used) for code, place in placed.items()}
    meaning = replace(meaning, styles=said)
    look = Look(
        table.titles,
        {title: tuple(column.values) for title, column in zip(table.titles, found, strict=True)},
        tuple(
            Styled(code, table.titles[place], said[code], _examples(code, found[place], said[code], used))
            for code, place in placed.items()
        ),
        count,
        columns.fingerprint(table.titles),
    )
    return look, meaning


def _style(code: str, cells: Iterable[str], currency: str) -> str:
    return styles.style_of_days(cells) if code in DATES else styles.style_of_numbers(cells, currency)


def gaps(look: Look, meaning: Meaning, *, currency: str | None) -> dict[str, str]:
    """What a person has to say before anything can be taken over, by the name of the field. `currency` of the chosen fund, None without."""
    found: dict[str, str] = {}
    said = list(meaning.columns.values())
    for place, title in enumerate(look.titles):
        code = meaning.columns.get(title)
        if code and said.count(code) > 1:
            found[f"columns-{place}-is"] = _("“%(field)s” is chosen twice.", field=_(columns.FIELDS[code]))
    if missing := [_(columns.FIELDS[code]) for code in columns.NEEDED if code not in said]:
        found["columns"] = _("Choose a column for: %(fields)s.", fields=", ".join(missing))
    for each in look.open:
        found[f"style_{each.code}"] = (
            _("Day and month could be either in “%(title)s”. Please say which comes first.", title=each.title)
            if each.code in DATES
            else _(
                "The numbers in “%(title)s” could be either. Please say which mark stands before the decimals.",
                title=each.title,
            )
        )
    if currency is None and not {"funder", "funder_id"} & set(said):
        found["fund"] = _("Please choose the fund, or the column that says who gave the money.")
    if "currency" not in said and not currency and not meaning.currency:
        found["currency"] = _("Please write the currency, such as EUR, or choose its column.")
    elif meaning.currency and not styles.known(meaning.currency):
        found["currency"] = _("“%(code)s” is not an ISO 4217 code such as EUR.", code=meaning.currency)
    return found


def _examples(code: str, column: _Column, style: str, currency: str) -> tuple[tuple[str, str, bool], ...]:
    """What is read wrongly first, then what looks most different: the longest cells."""
    wrong: list[tuple[str, str, bool]] = []
    right: list[tuple[str, str, bool]] = []
    for cell in column.cells:
        told, refused = _told(code, cell, style, currency)
        (wrong if refused else right).append((_short(cell), told, refused))
    right.sort(key=lambda example: -len(example[0]))
    return tuple([*wrong[:2], *right][:EXAMPLES])


def _told(code: str, cell: str, style: str, currency: str) -> tuple[str, bool]:
    """What a cell means in words; without a style, what it could mean."""
    options = (style,) if style else (("dmy", "mdy") if code in DATES else tuple(styles.NUMBERS))
    language, found, reason = i18n.LANGUAGE.get(), [], ""
    for option in options:
        try:
            if code in DATES:
                found.append(dates.show(styles.day(cell, option), language))
            else:
                found.append(show(styles.amount(cell, option, currency), currency, language))
        except NotRead as refused:
            reason = str(refused)
    if not found:
        return reason, True
    return (_("%(one)s or %(other)s", one=found[0], other=found[1]) if len(set(found)) == 2 else found[0]), False


def _short(cell: str) -> str:
    text = " ".join(cell.split())
    if isinstance(cell, Number):
        return text
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
