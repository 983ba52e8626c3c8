"""The map: circles at cities, their area the value, over the outline of the country."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

from reports.numbers import format_value
from reports.render import atlas, charts, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from reports.types import Figure

_LARGEST = 900.0
"""The area of the largest circle, square points."""
_PER_LINE = 112
_LETTER, _TALL = 0.098, 0.26
"""How much of a degree of the map's plane a letter of a name is wide, and a line high, per point
of its size."""
_SIZE = 6.5
_NAMED = 22
"""Circles with a name, the largest first, where there is room."""


def height(figure: Figure) -> float:
    """Inches of the map and of what is said under it."""
    (left, low), (right, top) = atlas.extent()
    return charts.WIDTH * (top - low) / (right - left) + 0.13 * len(_note(figure)) + 0.1


def paint(axes: Axes, figure: Figure, language: str) -> None:
    """Outline, regions, circles from the largest to the smallest, names, what the lines are."""
    for line in atlas.lines():
        xs, ys = zip(*line.points, strict=True)
        colour = style.colour("ink-3" if line.outline else "chart-5")
        axes.plot(xs, ys, color=colour, linewidth=0.9 if line.outline else 0.7, zorder=1)
    values = figure.series[0].values
    known = [value or 0 for value in values]
    highest = max(known, default=0)
    order = sorted(range(len(values)), key=lambda index: -known[index])
    for index, (value, point) in enumerate(zip(values, figure.points, strict=True)):
        _circle(axes, atlas.project(*point), value, highest, zorder=2 + order.index(index) / 1000)
    _names(axes, figure, order, highest, language)
    (left, low), (right, top) = atlas.extent()
    axes.set_xlim(left - 0.3, right + 0.3)
    axes.set_ylim(low - 0.3, top + 0.3)
    axes.set_aspect("equal")
    axes.set_axis_off()
    axes.text(
        0,
        -0.01,
        "\n".join(_note(figure)),
        transform=axes.transAxes,
        va="top",
        fontsize=6.5,
        color=style.colour("ink-2"),
    )


def _note(figure: Figure) -> list[str]:
    return textwrap.wrap(str(figure.note), _PER_LINE)


def _circle(
    axes: Axes, at: atlas.Point, value: float | None, highest: float, zorder: float
) -> None:
    """A disc whose area is the value; a ring where the value is not known."""
    known = value is not None
    axes.scatter(
        [at[0]],
        [at[1]],
        s=max(_LARGEST * (value or 0) / highest if highest else 0, 9),
        facecolor=style.colour("chart-1") if known else "none",
        alpha=0.78 if known else 1,
        edgecolor=style.colour("paper" if known else "chart-1"),
        linewidth=0.7,
        zorder=zorder,
    )


def _names(axes: Axes, figure: Figure, order: list[int], highest: float, language: str) -> None:
    """Name and value beside the circles, as far as they do not cover each other."""
    values = figure.series[0].values
    discs = {}
    for index in order[:_NAMED]:
        (x, y), radius = atlas.project(*figure.points[index]), _radius(values[index], highest)
        discs[index] = (x - radius, y - radius, x + radius, y + radius)
    taken: list[tuple[float, float, float, float]] = []
    for index in order[:_NAMED]:
        value = values[index]
        printed = (
            style.DASH
            if value is None
            else format_value(value, figure.unit, figure.decimals, language)
        )
        text = f"{figure.categories[index]} {printed}"
        x, y = atlas.project(*figure.points[index])
        radius = _radius(value, highest)
        for align, dx, dy in (
            ("left", radius + 0.1, 0.0),
            ("right", -radius - 0.1, 0.0),
            ("center", 0.0, radius + 0.35),
            ("center", 0.0, -radius - 0.35),
        ):
            box = _box(text, x + dx, y + dy, align)
            others = [disc for other, disc in discs.items() if other != index]
            if not any(_meet(box, other) for other in (*taken, *others)):
                taken.append(box)
                look: dict[str, Any] = {
                    "ha": align,
                    "va": "center",
                    "fontsize": _SIZE,
                    "bbox": {
                        "facecolor": style.colour("paper"),
                        "edgecolor": "none",
                        "alpha": 0.7,
                        "pad": 0.6,
                    },
                }
                axes.text(x + dx, y + dy, text, zorder=4, **look)
                break


def _radius(value: float | None, highest: float) -> float:
    """Of a circle, in units of the map's plane."""
    (left, _low), (right, _top) = atlas.extent()
    area = max(_LARGEST * (value or 0) / highest if highest else 0, 9)
    inches = (area / 3.1416) ** 0.5 / 72
    return inches * (right - left + 0.6) / charts.WIDTH


def _box(text: str, x: float, y: float, align: str) -> tuple[float, float, float, float]:
    wide, tall = len(text) * _LETTER * _SIZE / 2.2, _TALL * _SIZE / 2.2
    left = {"left": x, "right": x - wide, "center": x - wide / 2}[align]
    return left, y - tall / 2, left + wide, y + tall / 2


def _meet(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
