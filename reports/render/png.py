"""A figure as a picture that goes alone: its title above it, where it comes from below."""

from __future__ import annotations

import io
import re
import textwrap
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from reports.render import charts, style
from reports.render.svg import plain_attributes
from reports.render.text import title_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing
    from matplotlib.figure import SubFigure

    from reports.types import Figure, Report

SCREEN, PAPER = 200, 300
"""Dots per inch: for the web and for a page that is printed."""
_TITLE, _SOURCE = 10.5, 7
_PER_LINE, _PER_SMALL_LINE = 72, 105
"""Letters that the drawing's width has room for."""


def figure_png(report: Report, figure: Figure, language: str) -> bytes:
    """The figure as PNG, 1260 pixels wide, with its title and its source in the picture.

    Whoever meets it apart from the report learns there whose it is, and whether the cards are a
    reconstruction. The title and the words for those who do not see it stand in the file, too.
    """
    with override(language):
        number = _("Figure %(number)s") % {"number": figure.number}
        title = f"{number}. {figure.title}" if figure.numbered else str(figure.title)
        return _png(figure, language, SCREEN, title, _sources(report, figure))


def plain_png(figure: Figure, language: str) -> bytes:
    """The chart alone as PNG, 1890 pixels wide, for a page that has the title beside it."""
    with override(language):
        return _png(figure, language, PAPER)


def alone_png(figure: Figure, language: str, title: str, sources: list[str]) -> bytes:
    """The figure as PNG, 1260 pixels wide, with a title above it and lines of text below."""
    with override(language):
        return _png(figure, language, SCREEN, title, sources)


def alone_svg(figure: Figure, language: str, title: str, sources: list[str]) -> bytes:
    """The same as an SVG document whose letters are outlines."""
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    with override(language), charts.matplotlib_style("outlines"):
        output = io.BytesIO()
        drawing = _framed(figure, language, title, sources)
        FigureCanvasSVG(drawing).print_svg(output, metadata=charts.NO_METADATA)
        return _numbered(plain_attributes(output.getvalue(), title))


def _numbered(svg: bytes) -> bytes:
    """The drawing with its clip paths numbered: Matplotlib names them after their size, which the
    layout of parts gives with a last bit that is not always the same."""
    names = dict.fromkeys(re.findall(rb'<clipPath id="(\w+)"', svg))
    for number, name in enumerate(names, start=1):
        svg = svg.replace(name, b"clip-%d" % number)
    return svg


def _sources(report: Report, figure: Figure) -> list[str]:
    name = f"{title_of(report)}. {report.period.name}"
    lines = [_("Source: %(source)s") % {"source": name}, str(settings.ORGANISATION)]
    if report.imprint:
        lines.append(report.imprint.address)
    if any(old for each in figure.series for old in each.published):
        dagger = _("Figure published in an earlier report, not computed from the cards.")
        lines.append(f"{style.DAGGER} {dagger}")
    if report.demonstration:
        lines.append(_("Demonstration: reconstructed cards."))
    return lines


def _png(
    figure: Figure, language: str, dpi: int, title: str = "", sources: list[str] | None = None
) -> bytes:
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    with charts.matplotlib_style("outlines"):
        if title:
            drawing = _framed(figure, language, title, sources or [])
        else:
            drawing = charts.sheet(charts.height(figure))
            charts.paint(drawing, figure, language)
        drawing.set_facecolor(style.colour("paper"))
        drawing.set_dpi(dpi)
        output = io.BytesIO()
        # Matplotlib's own version would change the bytes; the words are the figure's.
        words = {"Software": None, "Title": str(figure.title), "Description": str(figure.alt)}
        FigureCanvasAgg(drawing).print_png(output, metadata=words)
    return output.getvalue()


def _framed(figure: Figure, language: str, title: str, sources: list[str]) -> Drawing:
    """The chart between its title and where it comes from; the style being active."""
    heading = textwrap.wrap(title, _PER_LINE)
    small = [line for text in sources for line in textwrap.wrap(text, _PER_SMALL_LINE)]
    above, below = 0.2 * len(heading) + 0.16, 0.135 * len(small) + 0.2
    middle = charts.height(figure)
    drawing = charts.sheet(above + middle + below, margin=0.1)
    parts: Any = drawing.subfigures(3, 1, height_ratios=(above, middle, below))
    top, chart, foot = parts
    _write(top, heading, 1 - 0.12 / above, "ink", size=_TITLE, font=style.font_files()[1])
    charts.paint(chart, figure, language)
    _write(foot, small, 1 - 0.06 / below, "ink-2", size=_SOURCE)
    return drawing


def _write(part: SubFigure, lines: list[str], top: float, colour: str, **look: Any) -> None:
    """Lines in the upper left corner of a part; ``top``: how much of its height is below them."""
    text = "\n".join(lines)
    where: dict[str, Any] = {
        "ha": "left",
        "va": "top",
        "linespacing": 1.15,
        "color": style.colour(colour),
    }
    part.text(0.016, top, text, **where, **look)
