"""The report as HTML: the context that its templates share, and a file that stands alone."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import override

from reports.numbers import format_date
from reports.render.reading import imprint, reading
from reports.render.style import DASH, static_dir
from reports.render.tables import DrillBase
from reports.render.text import title_of
from reports.types import Figure, Picture, Report

STYLESHEETS = ("css/tokens.css", "css/fonts.css", "css/report.css")
_URL = re.compile(r'url\("\.\./([^"]+)"\)')


def context(
    report: Report,
    language: str,
    *,
    drill_base: DrillBase | None = None,
    figure_base: Callable[[Figure], str] | None = None,
    picture_base: Callable[[Picture], str] | None = None,
) -> dict[str, Any]:
    """What ``reports/_report.html`` and ``reports/print.html`` need; call it in that language.

    ``drill_base`` makes cells into links to the cards behind them; ``figure_base`` gives the
    address of a figure's SVG, ``picture_base`` that of a case's picture (without them drawings and
    pictures are put into the page).
    """
    title = title_of(report)
    dates = _dates(report, language)
    printed = [block for chapter in report.chapters for block in chapter.blocks]
    return {
        "report": report,
        "language": language,
        "language_name": dict(settings.LANGUAGES).get(language, language),
        "organisation": settings.ORGANISATION,
        "title": title,
        "subtitle": _("Report on the results of monitoring"),
        "document_title": f"{title}. {report.period.name}",
        "reading": reading(report, dates),
        "imprint_lines": imprint(report, language),
        "tables": [block.table for block in printed if block.table],
        "figures": [block.figure for block in printed if block.figure],
        "drill_base": drill_base,
        "figure_base": figure_base,
        "picture_base": picture_base,
        "anchors": _anchors(report),
    }


def _anchors(report: Report) -> frozenset[str]:
    """The ids of what prose may link to: chapters, and the tables and figures printed in them."""
    blocks = [block for chapter in report.chapters for block in chapter.blocks]
    return frozenset(
        [f"chapter-{chapter.code}" for chapter in report.chapters]
        + [f"table-{block.table.code}" for block in blocks if block.table]
        + [f"figure-{block.figure.number}" for block in blocks if block.figure]
    )


def render_html(report: Report, language: str) -> bytes:
    """One HTML file with its styles, fonts and drawings inside, UTF-8."""
    with override(language):
        css = "\n".join(_inlined(name) for name in STYLESHEETS)
        # Our own style sheets; "</" would end the element and stands in none of them.
        values = context(report, language) | {"css": mark_safe(css)}  # noqa: S308  (ours)
        return render_to_string("reports/standalone.html", values).encode()


def _inlined(name: str) -> str:
    """A style sheet whose files (fonts) are part of its text."""

    def embed(found: re.Match[str]) -> str:
        data = base64.b64encode((static_dir() / found[1]).read_bytes()).decode("ascii")
        return f'url("data:font/woff2;base64,{data}")'

    return _URL.sub(embed, (static_dir() / name).read_text(encoding="utf-8"))


def _dates(report: Report, language: str) -> str:
    period = report.period
    if period.start is None or period.end is None:
        return ""
    return f"{format_date(period.start, language)} {DASH} {format_date(period.end, language)}"
