"""The charts of free cross tables: stacked bars, small charts, heat tables, the map.

They stand beside the kinds of ``charts`` in the same style; ``paint`` draws on a sheet of theirs.
"""

from __future__ import annotations

import io
import math
import textwrap
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from django.utils.translation import override

from reports.numbers import format_value
from reports.render import charts, mapping, style
from reports.render.svg import plain_attributes

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing
    from matplotlib.figure import SubFigure

    from reports.types import Figure

Sheet = "Drawing | SubFigure"
ACROSS = 3
"""Small charts beside each other."""
_PANEL, _LINE, _CELL = 1.2, 0.27, 0.26
"""Inches: the height of a small chart, of a bar, of a row of a heat table."""
_TURNED = 9
"""From so many columns on their names stand upright."""
_LABELLED_YEARS = 6


def inline_svg(figure: Figure, language: str) -> str:
    """The chart as an element for a page of the site, each mark a link; no XML declaration.

    Letters stay text, which the page has the font for. Marks are not reached by the keyboard: the
    table beside the chart has the same links.
    """
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    with override(language), charts.matplotlib_style("text"):
        drawing = charts.sheet(charts.height(figure))
        charts.paint(drawing, figure, language)
        _lead(drawing, figure)
        output = io.BytesIO()
        FigureCanvasSVG(drawing).print_svg(output, metadata=charts.NO_METADATA)
        svg = plain_attributes(output.getvalue(), str(figure.title)).decode()
    element = svg[svg.index("<svg ") :].replace("<a ", '<a tabindex="-1" ')
    return element.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)


def height(figure: Figure) -> float:
    """Inches that the chart takes."""
    if figure.kind == "map":
        return mapping.height(figure)
    if figure.kind == "multiples":
        return _PANEL * math.ceil(len(figure.series) / ACROSS) + 0.1
    if figure.kind == "heat":
        return _CELL * len(figure.series) + _names_above(figure)
    return _LINE * len(figure.categories) + 0.3 + 0.2 * math.ceil(len(figure.series) / 3)


def paint(drawing: Drawing | SubFigure, figure: Figure, language: str) -> None:
    """Put the chart on a drawing or a part of one, ``language`` and the style being active."""
    KINDS[figure.kind](drawing, figure, language)


def _layers(drawing: Drawing | SubFigure, figure: Figure, language: str) -> None:
    """Lying bars whose parts make up a whole; parts too thin for a number go without."""
    axes = drawing.add_subplot()
    places = range(len(figure.categories))
    wholes = [sum(series.values[index] or 0 for series in figure.series) for index in places]
    longest = max(wholes, default=0)
    begin = [0.0] * len(figure.categories)
    for series, colour in charts.coloured(figure):
        values = [value or 0 for value in series.values]
        bars = axes.barh(
            places,
            values,
            left=begin,
            height=0.72,
            color=colour,
            edgecolor="#ffffff",
            linewidth=0.8,
        )
        labels = [
            _printed(figure, value, language) if value > longest * 0.06 else "" for value in values
        ]
        axes.bar_label(
            bars, labels, label_type="center", color=charts.readable_on(colour), fontsize=7
        )
        begin = [low + value for low, value in zip(begin, values, strict=True)]
    if figure.unit != "percent":
        for index, whole in zip(places, wholes, strict=True):
            axes.annotate(
                _printed(figure, whole, language),
                (whole, index),
                xytext=(3, 0),
                textcoords="offset points",
                va="center",
                fontsize=7,
            )
    axes.set_yticks(places, charts.categories(figure, 34))
    axes.invert_yaxis()
    axes.spines["bottom"].set_visible(False)
    axes.set_xticks([])
    axes.set_xlim(0, max(longest, 1e-9) * (1.02 if figure.unit == "percent" else 1.08))
    axes.margins(y=0.01)
    charts.legend(drawing, figure)


def _multiples(drawing: Drawing | SubFigure, figure: Figure, language: str) -> None:
    """A small chart for each series on one scale, so that they compare by eye."""
    down = math.ceil(len(figure.series) / ACROSS)
    grid: Any = drawing.subplots(down, ACROSS, sharey=True, squeeze=False)
    highest = max((value or 0 for each in figure.series for value in each.values), default=0)
    years = [str(each) for each in figure.categories]
    places = range(len(years))
    few = len(years) <= _LABELLED_YEARS
    for axes, series in zip(grid.flat, figure.series, strict=False):
        values = [value or 0 for value in series.values]
        bars = axes.bar(places, values, width=0.72, color=style.colour("chart-1"))
        labels = [
            style.DASH if value is None else _printed(figure, value, language)
            for value in series.values
        ]
        if few:
            axes.bar_label(bars, labels, padding=1.5, fontsize=6.5)
        name = "\n".join(textwrap.wrap(str(series.label), 31)[:2])
        axes.set_title(name, loc="left", fontsize=8, font=style.font_files()[1], pad=5)
        shown = places if few else [0, len(years) - 1]
        axes.set_xticks(list(shown), [years[index] for index in shown], fontsize=7)
        axes.set_xlim(-0.6, len(years) - 0.4)
        axes.set_ylim(0, max(highest, 1e-9) * 1.2)
        axes.spines["left"].set_visible(False)
        axes.set_yticks([] if few else [highest])
        if not few:
            axes.set_yticklabels([_printed(figure, highest, language)], fontsize=6.5)
            axes.grid(axis="y")
    for axes in list(grid.flat)[len(figure.series) :]:
        axes.set_axis_off()


def _heat(drawing: Drawing | SubFigure, figure: Figure, language: str) -> None:
    """A table whose cells are the darker the more they hold; a dash where there is no value."""
    from matplotlib.patches import Rectangle

    axes = drawing.add_subplot()
    highest = max((value or 0 for each in figure.series for value in each.values), default=0)
    for row, series in enumerate(figure.series):
        for column, value in enumerate(series.values):
            colour = _shade((value or 0) / highest if highest else 0)
            axes.add_patch(
                Rectangle(
                    (column - 0.5, row - 0.5),
                    1,
                    1,
                    facecolor=colour,
                    edgecolor="#ffffff",
                    linewidth=1,
                )
            )
            text = style.DASH if value is None else _printed(figure, value, language)
            axes.text(
                column,
                row,
                text,
                ha="center",
                va="center_baseline",
                fontsize=7 if len(figure.categories) <= _TURNED * 2 else 6,
                color=charts.readable_on(colour) if value else style.colour("ink-3"),
            )
    axes.set_xlim(-0.5, len(figure.categories) - 0.5)
    axes.set_ylim(len(figure.series) - 0.5, -0.5)
    names = ["\n".join(textwrap.wrap(str(s.label), 34)) for s in figure.series]
    axes.set_yticks(range(len(names)), names)
    axes.xaxis.tick_top()
    turned = len(figure.categories) >= _TURNED
    axes.set_xticks(
        range(len(figure.categories)),
        _column_names(figure),
        rotation=90 if turned else 0,
        fontsize=7,
        va="bottom",
    )
    for spine in axes.spines.values():
        spine.set_visible(False)


def _map(drawing: Drawing | SubFigure, figure: Figure, language: str) -> None:
    mapping.paint(drawing.add_subplot(), figure, language)


KINDS: dict[str, Callable[[Any, Figure, str], None]] = {
    "layers": _layers,
    "multiples": _multiples,
    "heat": _heat,
    "map": _map,
}


def _printed(figure: Figure, value: float, language: str) -> str:
    unit = "count" if figure.unit == "percent" else figure.unit
    return format_value(value, unit, figure.decimals, language)


def _column_names(figure: Figure) -> list[str]:
    turned = len(figure.categories) >= _TURNED
    width = 24 if turned else max(7, 78 // max(len(figure.categories), 1))
    return ["\n".join(textwrap.wrap(str(each), width)[:3]) for each in figure.categories]


def _names_above(figure: Figure) -> float:
    """Inches that the names of the columns take."""
    names = _column_names(figure)
    if len(names) >= _TURNED:
        longest = max((len(line) for name in names for line in name.split("\n")), default=0)
        return 0.25 + 0.062 * longest
    return 0.2 + 0.14 * max((name.count("\n") + 1 for name in names), default=1)


def _shade(part: float) -> str:
    """A colour between paper and the first of the charts; ``part``: 0 to 1."""
    light, dark = style.colour("paper-3"), style.colour("chart-1")
    pairs = ((int(light[i : i + 2], 16), int(dark[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(low + (high - low) * part):02x}" for low, high in pairs)


def _lead(drawing: Drawing, figure: Figure) -> None:
    """Give every mark the address of what is behind it."""
    marks = _marks(drawing.axes, figure)
    for series, artists in zip(figure.series, marks, strict=False):
        for artist, url in zip(artists, series.urls, strict=False):
            if figure.kind == "map":
                artist.set_urls([url or None])
            else:
                artist.set_url(url or None)


def _marks(all_axes: Sequence[Axes], figure: Figure) -> list[list[Any]]:
    """The marks of every series, one for each category."""
    count = len(figure.categories)
    if figure.kind == "heat":
        patches = list(all_axes[0].patches)
        return [patches[start : start + count] for start in range(0, len(patches), count)]
    if figure.kind == "map":
        return [list(all_axes[0].collections)[:count]]
    if figure.kind == "lines":
        points = all_axes[0].lines
        # A line, then a point for each of its values.
        return [
            list(points[start + 1 : start + 1 + count])
            for start in range(0, len(points), count + 1)
        ]
    return [list(bars) for axes in all_axes for bars in axes.containers]
