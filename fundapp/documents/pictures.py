"""Charts as pictures for Word: values in, PNG out. Matplotlib is imported when drawing, in the document process."""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, NotRequired, TypedDict, cast

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Annotation, Text

TONES = ("#14532d", "#5c9a75", "#bcd6c5")
INK, SOFT = "#1c1f1d", "#5b635e"
DOTS, WIDTH, MOST = 200, 16.0, 60  # dots per inch, cm, labels


class Series(TypedDict):
    """One row of values, one for each label; None leaves a gap. `shown` replaces the figures written at the bars."""

    name: str
    values: list[float | int | None]
    shown: NotRequired[list[str]]


class Chart(TypedDict):
    """'columns' stand upright (years), 'bars' lie (names); up to three series side by side; `unit` is a subtitle."""

    kind: Literal["bars", "columns"]
    title: str
    labels: list[str]
    series: list[Series]
    unit: str


class ChartField(TypedDict):
    """A field of a letter that is a chart; `alt` says what it shows to those who cannot see it (default: its title)."""

    chart: Chart
    width_cm: NotRequired[float]
    alt: NotRequired[str]


def is_chart(value: object) -> bool:
    """Whether a field is a chart rather than a group of fields."""
    return isinstance(value, Mapping) and isinstance(value.get("chart"), Mapping) and "kind" in value["chart"]


def drawn(value: Any) -> Any:
    """The same fields with every chart turned into a picture field. Raises ValueError where a chart does not add up."""
    if is_chart(value):
        width = float(value.get("width_cm", WIDTH))
        chart = cast(Chart, value["chart"])
        png = base64.b64encode(draw(chart, width)).decode()
        return {"png": png, "width_cm": width, "alt": value.get("alt", chart.get("title", ""))}
    if isinstance(value, Mapping):
        return {key: drawn(inner) for key, inner in value.items()}
    return [drawn(inner) for inner in value] if isinstance(value, list | tuple) else value


def draw(chart: Chart, width_cm: float = WIDTH) -> bytes:
    """The chart as PNG, `width_cm` wide. Raises ValueError where a chart does not add up."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415 - 1.5 s, and only in this process
    from matplotlib.figure import Figure  # noqa: PLC0415

    _checked(chart, width_cm)
    lying, rows, sets = chart["kind"] == "bars", len(chart["labels"]), len(chart["series"])
    height = 1.7 + (0.42 * sets + 0.28) * rows if lying else 6.4
    figure = Figure(figsize=(width_cm / 2.54, height / 2.54), dpi=DOTS, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    thick = 0.8 / sets
    for number, series in enumerate(chart["series"]):
        places = [row + (number - (sets - 1) / 2) * thick for row in range(rows)]
        values = [value or 0 for value in series["values"]]
        place = axes.barh if lying else axes.bar
        bars = place(places, values, thick * 0.92, color=TONES[number], label=series["name"])
        axes.bar_label(bars, _written(series), padding=3, fontsize=8, color=INK)
    above = _quiet(axes, chart, lying)
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    box = axes.get_position()
    left = (0.002 - box.x0) / box.width  # the left edge of the picture, seen from the axes
    above[0].set_x(left)
    above[1].xy = (left, 1)
    out = io.BytesIO()
    figure.savefig(out, format="png")
    return out.getvalue()


def _quiet(axes: Axes, chart: Chart, lying: bool) -> tuple[Text, Annotation]:
    """No frame, no grid, no scale: the values stand at the bars. Gives title and unit."""
    for side, spine in axes.spines.items():
        spine.set_visible(side == ("left" if lying else "bottom"))
        spine.set_color(SOFT)
    rows = range(len(chart["labels"]))
    if lying:
        axes.set_yticks(rows, chart["labels"])
        axes.set_ylim(len(rows) - 0.45, -0.55)
        axes.set_xticks([])
        axes.margins(x=0.1)
    else:
        axes.set_xticks(rows, chart["labels"])
        axes.set_yticks([])
        axes.margins(y=0.12)
    axes.tick_params(length=0, labelsize=8.5, labelcolor=INK)
    title = axes.set_title(chart["title"], loc="left", fontsize=10, fontweight="bold", color=INK, pad=22)
    unit = axes.annotate(
        chart["unit"], (0, 1), (0, 7), xycoords="axes fraction", textcoords="offset points", fontsize=8.5, color=SOFT
    )
    if len(chart["series"]) > 1:
        axes.legend(
            loc="lower right", bbox_to_anchor=(1, 1), ncols=3, frameon=False, fontsize=8.5, labelcolor=INK,
            handlelength=0.9, handleheight=0.9, columnspacing=1.2, borderaxespad=0.2,
        )  # fmt: skip
    return title, unit


def _written(series: Series) -> list[str]:
    shown = series.get("shown")
    if shown is not None:
        return shown
    return [
        "" if value is None else f"{value:,}" if isinstance(value, int) else f"{value:,.1f}"
        for value in series["values"]
    ]


def _checked(chart: Chart, width_cm: float) -> None:
    rows = len(chart["labels"])
    if chart["kind"] not in ("bars", "columns") or not 4 <= width_cm <= 25:
        raise ValueError("a chart is 'bars' or 'columns' and 4 to 25 cm wide")
    if not 1 <= rows <= MOST or not 1 <= len(chart["series"]) <= len(TONES):
        raise ValueError(f"a chart has 1 to {MOST} labels and 1 to {len(TONES)} series")
    for series in chart["series"]:
        if len(series["values"]) != rows or len(series.get("shown", series["values"])) != rows:
            raise ValueError(f"the series '{series['name']}' of a chart has not one value for each label")
        if not all(value is None or math.isfinite(value) for value in series["values"]):
            raise ValueError(f"the series '{series['name']}' of a chart holds a value that is no number")
