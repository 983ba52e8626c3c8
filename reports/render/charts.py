"""Figures of a report by Matplotlib: no pyplot, one style, the same bytes every time.

As SVG here; ``png`` puts the same drawing into a frame of its own.
"""

from __future__ import annotations

import io
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import cycle
from threading import Lock
from typing import TYPE_CHECKING, Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import override

from reports.numbers import format_value
from reports.render import style
from reports.render.svg import plain_attributes

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing
    from matplotlib.figure import SubFigure

    from reports.types import Figure, Series

WIDTH = 6.3
"""Inches: the measure of the printed page."""
NO_METADATA: dict[str, Any] = {"Date": None, "Creator": None, "Format": None, "Type": None}
"""Nothing that differs from run to run."""
_MARKERS = "osD^vP"
_DASHES: tuple[Any, ...] = ("-", "--", "-.", ":", (0, (5, 1)), (0, (1, 1)))
_DRAWING = Lock()
_EACH_LABELLED = 40
"""More marks than that and the numbers would cover each other."""
_MOST_PANELS, _BESIDE = 6, 5
"""Series that have charts of their own; categories of charts that stand beside each other."""


def render_svg(
    figure: Figure, language: str, text: Literal["outlines", "text"] = "outlines"
) -> bytes:
    """The chart as an SVG document, UTF-8.

    ``outlines`` turns letters into paths: right wherever the file is opened, also in an ``<img>``
    that cannot load the site's fonts. ``text`` keeps letters as text for the PDF, which embeds
    them.
    """
    with override(language), matplotlib_style(text):
        return plain_attributes(_draw(figure, language), str(figure.title))


@contextmanager
def matplotlib_style(text: str) -> Iterator[None]:
    """Matplotlib with this report's style; its settings are global, hence one drawing at a time."""
    import matplotlib
    from matplotlib import font_manager

    with _DRAWING:
        known = {entry.fname for entry in font_manager.fontManager.ttflist}
        for path in style.font_files():
            if str(path) not in known:
                font_manager.fontManager.addfont(path)
        with matplotlib.rc_context(_settings(text)):
            yield


def _settings(text: str) -> Any:
    ink, soft = style.colour("ink"), style.colour("ink-2")
    return {
        "svg.hashsalt": "zhinalys",
        "svg.fonttype": "path" if text == "outlines" else "none",
        "font.family": [style.FAMILY],
        "font.size": 8,
        "text.color": ink,
        "axes.edgecolor": style.colour("rule-strong"),
        "axes.linewidth": 0.6,
        "axes.labelcolor": soft,
        "axes.axisbelow": True,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.unicode_minus": True,
        "xtick.color": soft,
        "ytick.color": soft,
        "xtick.labelcolor": ink,
        "ytick.labelcolor": ink,
        "xtick.major.size": 0,
        "ytick.major.size": 0,
        "grid.color": style.colour("chart-grid"),
        "grid.linewidth": 0.6,
        "hatch.linewidth": 0.6,
        "legend.frameon": False,
        "legend.fontsize": 8,
        "legend.handlelength": 1.4,
        "lines.linewidth": 1.6,
        "lines.markersize": 4.5,
        "lines.solid_capstyle": "round",
    }


def _draw(figure: Figure, language: str) -> bytes:
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    drawing = sheet(height(figure))
    paint(drawing, figure, language)
    output = io.BytesIO()
    FigureCanvasSVG(drawing).print_svg(output, metadata=NO_METADATA)
    return output.getvalue()


def sheet(inches: float, margin: float = 0.02) -> Drawing:
    """An empty drawing of the page's measure and that height; ``margin`` at its sides, inches."""
    from matplotlib.figure import Figure as Drawing
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    layout = ConstrainedLayoutEngine(w_pad=margin, h_pad=0.04)
    return Drawing(figsize=(WIDTH, inches), layout=layout)


def paint(drawing: Drawing | SubFigure, figure: Figure, language: str) -> None:
    """Put the chart on a drawing or a part of one, ``language`` and the style being active."""
    from reports.render import plots

    if figure.kind in plots.KINDS and figure.series:
        plots.paint(drawing, figure, language)
    elif not figure.series:
        drawing.add_subplot().set_axis_off()
    elif _in_panels(figure):
        _panels(drawing, figure, language)
        _legend(drawing, figure)
    else:
        _KINDS[figure.kind](drawing.add_subplot(), figure, language)
        _legend(drawing, figure)


def height(figure: Figure) -> float:
    """Inches: a line for every bar, a fixed height for everything that stands upright."""
    from reports.render import plots

    if figure.kind in plots.KINDS:
        return plots.height(figure)
    if _in_panels(figure) and len(figure.categories) > _BESIDE:
        return 0.4 + 1.25 * len(figure.series)
    if figure.kind != "bars":
        return 2.15 if _in_panels(figure) else 2.4
    lines = len(figure.categories) * (
        0.245 if len(figure.series) == 1 else 0.2 * len(figure.series)
    )
    return max(1.2, lines + 0.3 + (0.25 if _has_legend(figure) else 0))


def _bars(axes: Axes, figure: Figure, language: str) -> None:
    """Lying bars, the first category on top, numbers at their ends."""
    thickness = 0.68 / len(figure.series)
    for at, (series, colour) in enumerate(_coloured(figure)):
        places = [
            index + (at - (len(figure.series) - 1) / 2) * thickness
            for index in range(len(figure.categories))
        ]
        published = _published(series)
        bars = axes.barh(
            places,
            [value or 0 for value in series.values],
            height=thickness * 0.94,
            color=[style.colour("chart-published") if old else colour for old in published],
        )
        axes.bar_label(bars, _labels(figure, series, language), padding=3)
    axes.set_yticks(range(len(figure.categories)), _categories(figure, 34))
    axes.invert_yaxis()
    axes.spines["bottom"].set_visible(False)
    axes.set_xticks([])
    axes.margins(x=0.08, y=0.01)
    axes.set_xlim(left=0)


def _in_panels(figure: Figure) -> bool:
    """Whether each series has a small chart of its own: several columns per category are not
    compared by eye, and need colours that a grey print loses."""
    return figure.kind == "columns" and 1 < len(figure.series) <= _MOST_PANELS


def _panels(drawing: Drawing | SubFigure, figure: Figure, language: str) -> None:
    """Small charts on one scale, beside each other, or on top of each other if they are wide."""
    from dataclasses import replace

    from matplotlib.font_manager import FontProperties

    # The file for measuring, the weight for text that stays text.
    strong = FontProperties(fname=str(style.font_files()[1]), weight=600, size=8)
    count = len(figure.series)
    beside = len(figure.categories) <= _BESIDE
    grid: Any = drawing.subplots(
        1 if beside else count, count if beside else 1, sharey=True, sharex=not beside
    )
    for at, (axes, series) in enumerate(zip(grid, figure.series, strict=True)):
        _columns(axes, replace(figure, series=(series,)), language)
        name = "\n".join(textwrap.wrap(str(series.label), 28 if beside else 80))
        axes.set_title(name, loc="left", fontproperties=strong, pad=8)
        if beside and at:
            axes.tick_params(axis="y", labelleft=False)
    # One scale: its room above must hold the number over the highest column of all.
    highest = max((value or 0 for each in figure.series for value in each.values), default=0)
    grid[0].set_ylim(0, max(highest, 1e-9) * 1.16)


def _columns(axes: Axes, figure: Figure, language: str) -> None:
    """Standing bars, side by side where there are several series."""
    width = 0.72 / len(figure.series)
    few = len(figure.categories) * len(figure.series) <= _EACH_LABELLED
    for at, (series, colour) in enumerate(_coloured(figure)):
        places = [
            index + (at - (len(figure.series) - 1) / 2) * width
            for index in range(len(figure.categories))
        ]
        single = len(figure.series) == 1
        bars = axes.bar(
            places,
            [value or 0 for value in series.values],
            width=width * 0.94,
            color=[
                style.colour("chart-published") if old and single else colour
                for old in _published(series)
            ],
        )
        if few:
            axes.bar_label(bars, _labels(figure, series, language), padding=2, fontsize=7)
    _upright(axes, figure, language)


def _stacked(axes: Axes, figure: Figure, language: str) -> None:
    """Standing bars whose parts make up the whole; parts too thin for a number go without."""
    floor = [0.0] * len(figure.categories)
    highest = max(
        (
            sum(s.values[index] or 0 for s in figure.series)
            for index in range(len(figure.categories))
        ),
        default=0,
    )
    for series, colour in _coloured(figure):
        values = [value or 0 for value in series.values]
        bars = axes.bar(
            range(len(figure.categories)),
            values,
            width=0.62,
            bottom=floor,
            color=colour,
            edgecolor="#ffffff",
            linewidth=0.8,
        )
        labels = [
            label if value > highest * 0.07 else ""
            for label, value in zip(_labels(figure, series, language), values, strict=True)
        ]
        axes.bar_label(bars, labels, label_type="center", color=_on(colour), fontsize=7)
        floor = [low + value for low, value in zip(floor, values, strict=True)]
    _upright(axes, figure, language)
    axes.set_ylim(0, max(highest, 1e-9) * 1.03)
    if _names_itself(figure):
        _name_parts(axes, figure)


def _names_itself(figure: Figure) -> bool:
    """Whether the last column has room for the names of its parts beside them."""
    if figure.kind != "stacked" or not figure.series:
        return False
    last = [series.values[-1] if series.values else None for series in figure.series]
    whole = sum(value or 0 for value in last)
    return bool(whole) and all(value is not None and value >= whole * 0.09 for value in last)


def _name_parts(axes: Axes, figure: Figure) -> None:
    """The names of the series beside the parts of the last column, instead of a key."""
    floor, at = 0.0, len(figure.categories) - 1
    for series in figure.series:
        value = series.values[-1] or 0
        axes.annotate(
            "\n".join(textwrap.wrap(str(series.label), 18)),
            (at + 0.31, floor + value / 2),
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
            annotation_clip=False,
        )
        floor += value


def _lines(axes: Axes, figure: Figure, language: str) -> None:
    """Lines over the periods; a gap where there is no value, hollow points where published."""
    nan = float("nan")
    marks = zip(_coloured(figure), cycle(_MARKERS), cycle(_DASHES), strict=False)
    for (series, colour), marker, dash in marks:
        values = [nan if value is None else value for value in series.values]
        axes.plot(range(len(values)), values, color=colour, linestyle=dash)
        for index, old in enumerate(_published(series)):
            axes.plot(
                [index],
                [values[index]],
                marker=marker,
                color=colour,
                markerfacecolor=style.colour("paper") if old else colour,
                linestyle="none",
                clip_on=False,
                zorder=3,
            )
        if len(figure.series) == 1:
            _label_points(axes, values, _labels(figure, series, language))
    _upright(axes, figure, language)


def _label_points(axes: Axes, values: Sequence[float], labels: Sequence[str]) -> None:
    for index, (value, label) in enumerate(zip(values, labels, strict=True)):
        if value == value:  # not a gap
            axes.annotate(
                label,
                (index, value),
                xytext=(0, 6),
                textcoords="offset points",
                ha="center",
                fontsize=7,
            )


_KINDS = {"bars": _bars, "columns": _columns, "stacked": _stacked, "lines": _lines}


def _upright(axes: Axes, figure: Figure, language: str) -> None:
    """What all charts with categories along the bottom have in common."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    count = len(figure.categories)
    room = 72 if _names_itself(figure) else 96
    axes.set_xticks(range(count), _categories(figure, max(8, room // max(count, 1))))
    axes.set_xlim(-0.6, count - 0.4)
    axes.yaxis.set_major_locator(MaxNLocator(5, integer=figure.decimals == 0, min_n_ticks=3))
    axes.yaxis.set_major_formatter(
        FuncFormatter(
            lambda value, _at: format_value(
                value, figure.unit, _decimals(axes.yaxis.get_majorticklocs()), language
            )
        )
    )
    axes.spines["left"].set_visible(False)
    axes.grid(axis="y")
    axes.margins(y=0.12)
    axes.set_ylim(bottom=0)


def _labels(figure: Figure, series: Series, language: str) -> list[str]:
    """The printed numbers of a series, a dash where there is none: a gap is not a zero."""
    return [
        style.DASH if value is None else format_value(value, figure.unit, figure.decimals, language)
        for value in series.values
    ]


def _decimals(ticks: Iterable[float]) -> int:
    """As few decimal places as tell all the ticks apart, at most two."""
    for places in (0, 1):
        if all(abs(tick - round(tick, places)) < 1e-9 for tick in ticks):
            return places
    return 2


def _legend(drawing: Drawing | SubFigure, figure: Figure) -> None:
    """Names of the series above the chart, and what the mark of a published figure means."""
    if not _has_legend(figure):
        return
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles: list[object] = []
    if len(figure.series) > 1 and not _in_panels(figure):
        marks = zip(_coloured(figure), cycle(_MARKERS), cycle(_DASHES), strict=False)
        for (series, colour), marker, dash in marks:
            look = (
                Line2D([], [], color=colour, marker=marker, linestyle=dash)
                if figure.kind == "lines"
                else Patch(color=colour)
            )
            look.set_label(str(series.label))
            handles.append(look)
    else:
        for colour, label in (
            (style.colour("chart-1"), _("computed from the cards")),
            (style.colour("chart-published"), _("published earlier")),
        ):
            handles.append(Patch(color=colour, label=label))
    drawing.legend(
        handles=handles, loc="outside upper left", ncols=min(len(handles), 3), borderaxespad=0.2
    )


def _has_legend(figure: Figure) -> bool:
    """One series needs a key only where computed and published columns stand side by side."""
    if _names_itself(figure):
        return False
    if len(figure.series) > 1 and not _in_panels(figure):
        return True
    mixed = {old for series in figure.series for old in _published(series)}
    return figure.kind in ("bars", "columns") and len(mixed) == 2


def _coloured(figure: Figure) -> Iterator[tuple[Series, str]]:
    return zip(figure.series, cycle(style.series_colours()), strict=False)


def _published(series: Series) -> Sequence[bool]:
    """A flag per value, also where the series carries none."""
    flags = series.published
    return flags or (False,) * len(series.values)


def _categories(figure: Figure, width: int) -> list[str]:
    """Names along the axis, broken into lines, with a dagger where all values are published."""
    names = []
    for index, category in enumerate(figure.categories):
        known = [each for each in figure.series if each.values[index] is not None]
        flags = [_published(each)[index] for each in known]
        mark = style.DAGGER if flags and all(flags) else ""
        # "2011–2012" has no space to be broken at.
        name = f"{category}{mark}"
        long = len(name) > width and " " not in name
        lines = name.replace("–", "– ") if long else name
        names.append("\n".join(textwrap.wrap(lines, width)) or mark)
    return names


def _on(colour: str) -> str:
    """Ink or paper, whichever reads better on a colour."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    dark = 0.299 * red + 0.587 * green + 0.114 * blue < 140
    return style.colour("paper") if dark else style.colour("ink")


# What the charts of ``plots`` share with these.
coloured, categories, legend, readable_on = _coloured, _categories, _legend, _on
