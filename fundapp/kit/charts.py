"""Pictures: values in, SVG out.

Inline and without colours of their own: classes of the stylesheet, light and dark alike. Positions stand in per cent
as attributes, so that text keeps its size, and each picture says its message in `aria-label`. The pattern `#hatch`
stands once on every page. Numbers here are for the eye; the figures themselves are printed beside the picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import zip_longest
from typing import Protocol

from markupsafe import Markup

Number = int | float | Decimal | Fraction

GAP = 0.4  # per cent of the width left between two parts of a bar
LEAST = 0.2  # the narrowest a part may become: what is not nothing is seen
FLOOR, CEILING = 170, 20  # pixels from above between which columns stand
SMALL = 40  # the height of a small picture, in its own units


def money_bar(
    *,
    paid: Number = 0,
    committed: Number = 0,
    reserved: Number = 0,
    free: Number = 0,
    whole: Number | None = None,
    label: str,
    thin: bool = False,
) -> Markup:
    """One bar of money: paid, committed, reserved (hatched), free (empty), always in this order.

    `whole` is the full width, if it is more than the parts together: bars that share it share one scale.
    Amounts of one currency in any unit; less than nothing is drawn as nothing.
    """
    amounts = [max(float(amount), 0.0) for amount in (paid, committed, reserved, free)]
    scale = max(float(whole or 0), sum(amounts))
    if not scale:
        amounts[3] = scale = 1.0
    rects, start = [], 0.0
    for kind, amount in zip(("paid", "committed", "reserved", "free"), amounts, strict=True):
        if not amount:
            continue
        x, width = _after_gap(start, amount * 100 / scale)
        rects.append(_part(kind, x, width, height=9 if thin else 27))
        start += amount * 100 / scale
    return _svg("money-bar thin" if thin else "money-bar", label, rects)


def key(kind: str) -> Markup:
    """The little square of a legend, for 'paid', 'committed', 'reserved' or 'free'."""
    rect = (
        Markup('<rect class="is-free" x=".5" y=".5" width="11" height="11"/>')
        if kind == "free"
        else Markup('<rect {} width="12" height="12"/>').format(_fill(kind))
    )
    return Markup('<svg aria-hidden="true">{}</svg>').format(rect)


def score_dots(
    scores: Sequence[Number],
    *,
    mean: Number | None = None,
    threshold: Number | None = None,
    low: Number = 0,
    high: Number = 100,
    apart: Number = 20,
    label: str,
) -> Markup:
    """A dot for each member on a line from `low` to `high`, a bar for the mean, the needed score dotted.

    Where the highest and the lowest are more than `apart` points from one another, both are marked.
    """
    low_, high_ = float(low), float(high)

    def at(score: Number) -> str:
        return _per_cent(min(max((float(score) - low_) * 100 / (high_ - low_), 0.0), 100.0))

    marks = [Markup('<line x1="0" x2="100%" y1="11" y2="11"/>')]
    if threshold is not None:
        marks.append(Markup('<line class="threshold" x1="{0}" x2="{0}" y1="0" y2="22"/>').format(at(threshold)))
    if scores:
        least, most = min(scores, key=float), max(scores, key=float)
        marks.append(Markup('<line class="reach" x1="{}" x2="{}" y1="11" y2="11"/>').format(at(least), at(most)))
        wide = float(most) - float(least) > float(apart)
        for score in scores:
            outlier = Markup(' class="outlier"') if wide and score in (least, most) else Markup("")
            marks.append(Markup('<circle{} cx="{}" cy="11" r="4"/>').format(outlier, at(score)))
    if mean is not None:
        marks.append(Markup('<line class="mean" x1="{0}" x2="{0}" y1="2" y2="20"/>').format(at(mean)))
    return _svg("score-dots", label, marks)


def reach(
    low: Number, high: Number, *, at: Number, first: Number, last: Number, marks: Sequence[Number] = (), label: str
) -> Markup:
    """From where to where something may lie on a line from `first` to `last`: a thick stroke, a bar where it is `at`, and
    dotted `marks`. For ranks and for intervals of a figure; what lies outside the line ends at its end."""
    begin, whole = float(first), float(last) - float(first)

    def place(value: Number) -> str:
        return _per_cent(min(max((float(value) - begin) * 100 / whole, 0.0), 100.0) if whole else 50.0)

    drawn = [Markup('<line x1="0" x2="100%" y1="11" y2="11"/>')]
    for mark in marks:
        drawn.append(Markup('<line class="threshold" x1="{0}" x2="{0}" y1="0" y2="22"/>').format(place(mark)))
    drawn.append(Markup('<line class="reach" x1="{}" x2="{}" y1="11" y2="11"/>').format(place(low), place(high)))
    drawn.append(Markup('<line class="mean" x1="{0}" x2="{0}" y1="2" y2="20"/>').format(place(at)))
    return _svg("score-dots", label, drawn)


def leaning(value: Number, *, most: Number, label: str) -> Markup:
    """A bar from the middle, to the right for more than nothing, to the left for less; `most` reaches either end."""
    part = min(max(float(value) / float(most), -1.0), 1.0) * 50 if most else 0.0
    bar = Markup('<rect class="bar" x="{}" y="5" width="{}" height="12"/>').format(
        _per_cent(min(50.0, 50 + part)), _per_cent(max(abs(part), LEAST))
    )
    middle = Markup('<line class="mean" x1="50%" x2="50%" y1="1" y2="21"/>')
    return _svg("score-dots leaning", label, [Markup('<line x1="0" x2="100%" y1="11" y2="11"/>'), bar, middle])


def columns(rows: Sequence[tuple[str, Number]], *, label: str, shown: Sequence[str] = ()) -> Markup:
    """A column for each (name, value), such as a year, from zero; `shown` are the values as they are to be written."""
    most = max((float(value) for _, value in rows), default=0.0)
    marks = [Markup('<line class="grid" x1="0" x2="100%" y1="{0}" y2="{0}"/>').format(FLOOR)]
    slot = 100 / max(len(rows), 1)
    for place, ((name, value), text) in enumerate(zip_longest(rows, shown[: len(rows)])):
        height = max(float(value), 0.0) / most * (FLOOR - CEILING) if most > 0 else 0.0
        middle = _per_cent((place + 0.5) * slot)
        marks.append(
            Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>').format(
                "bar" if height else "bar-soft",
                _per_cent((place + 0.2) * slot),
                _number(FLOOR - max(height, 1.0)),
                _per_cent(0.6 * slot),
                _number(max(height, 1.0)),
            )
        )
        marks.append(
            Markup('<text class="value" x="{}" y="{}" text-anchor="middle">{}</text>').format(
                middle, _number(FLOOR - max(height, 1.0) - 6), value if text is None else text
            )
        )
        marks.append(Markup('<text x="{}" y="192" text-anchor="middle">{}</text>').format(middle, name))
    return _svg("chart", label, marks)


def small_columns(values: Sequence[Number | None], *, most: Number, label: str) -> Markup:
    """Columns without letters for one of many small pictures that share the scale `most`; None leaves a gap."""
    marks = []
    for place, value in enumerate(values):
        if value is None:
            continue
        height = max(float(value), 0.0) / float(most) * SMALL if most else 0.0
        marks.append(
            Markup('<rect class="{}" x="{}" y="{}" width="7" height="{}"/>').format(
                "bar" if height else "bar-soft",
                10 * place,
                _number(SMALL - max(height, 1.0)),
                _number(max(height, 1.0)),
            )
        )
    box = Markup('role="img" aria-label="{}" viewBox="0 0 {} {}" preserveAspectRatio="none"')
    return Markup("<svg {}>{}</svg>").format(box.format(label, 10 * max(len(values), 1), SMALL), Markup("").join(marks))


def bars(values: Sequence[Number | tuple[Number, Number]], *, whole: Number | None = None) -> list[Markup]:
    """A lying bar for each value, all on one scale, for the rows of a table that prints the figures.

    A pair (a, b) is drawn as a dark and a light part; `whole` is the full width, else the longest bar is.
    """
    pairs = [value if isinstance(value, tuple) else (value, 0) for value in values]
    parts = [(max(float(first), 0.0), max(float(second), 0.0)) for first, second in pairs]
    scale = max([float(whole or 0), *(first + second for first, second in parts)])
    return [_bar(first * 100 / scale, second * 100 / scale) if scale else _bar(0, 0) for first, second in parts]


class Span(Protocol):
    """Something that lasts from one day to another; a milestone is reached on its last day."""

    @property
    def starts_on(self) -> date: ...
    @property
    def ends_on(self) -> date: ...
    @property
    def milestone(self) -> bool: ...


def time_bars(rows: Sequence[Span], first: date, last: date) -> list[Markup]:
    """A bar for each row on the line from `first` to `last`, both included, the quarters marked; a disc at a milestone."""
    whole = max((last - first).days + 1, 1)
    quarters = Markup("").join(
        Markup('<line class="grid" x1="{0}" x2="{0}" y1="0" y2="100%"/>').format(_per_cent(part))
        for part in (25, 50, 75)
    )
    drawn = []
    for row in rows:
        start = (row.starts_on - first).days * 100 / whole
        width = max(((row.ends_on - row.starts_on).days + 1) * 100 / whole, LEAST)
        bar = Markup('<rect class="bar" x="{}" y="25%" width="{}" height="50%"/>').format(
            _per_cent(start), _per_cent(width)
        )
        end = Markup('<circle class="bar" cx="{}" cy="50%" r="7"/>').format(_per_cent(start + width))
        drawn.append(
            Markup('<svg class="time-bar" aria-hidden="true">{}{}{}</svg>').format(
                quarters, bar, end if row.milestone else Markup("")
            )
        )
    return drawn


def _bar(first: float, second: float) -> Markup:
    rects = []
    if first:
        rects.append(Markup('<rect class="bar" width="{}" height="100%"/>').format(_per_cent(max(first, LEAST))))
    if second:
        x, width = _after_gap(first, second)
        rects.append(
            Markup('<rect class="bar-soft" x="{}" width="{}" height="100%"/>').format(_per_cent(x), _per_cent(width))
        )
    return Markup('<svg class="money-bar thin" aria-hidden="true">{}</svg>').format(Markup("").join(rects))


def _after_gap(start: float, width: float) -> tuple[float, float]:
    if start:
        start, width = start + GAP, width - GAP
    return min(start, 100 - LEAST), max(width, LEAST)


def _fill(kind: str) -> Markup:
    return Markup('fill="url(#hatch)"') if kind == "reserved" else Markup('class="is-{}"').format(kind)


def _part(kind: str, x: float, width: float, *, height: int) -> Markup:
    place = Markup(' x="{}"').format(_per_cent(x)) if x else Markup("")
    if kind == "free":  # an outline: kept half a pixel inside
        return Markup('<rect class="is-free"{} y=".5" width="{}" height="{}"/>').format(
            place, _per_cent(max(width - 0.1, LEAST)), height
        )
    return Markup('<rect {}{} width="{}" height="100%"/>').format(_fill(kind), place, _per_cent(width))


def _svg(kind: str, label: str, marks: Sequence[Markup]) -> Markup:
    return Markup('<svg class="{}" role="img" aria-label="{}">{}</svg>').format(kind, label, Markup("").join(marks))


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _per_cent(value: float) -> str:
    return _number(value) + "%"
