"""Tags of the report's pages and of its PDF."""

from __future__ import annotations

import base64
import re
from typing import Any

from django import template
from django.utils.translation import get_language

from reports.render.tables import TableView, table_view
from reports.types import Block, Figure, Period, Table
from reports.wording import in_words

register = template.Library()

_NUMBER = re.compile(r"[\d.,%\s\u2009\u202f\u00a0–-]+")


@register.simple_tag(takes_context=True)
def view_of(context: dict[str, Any], table: Table) -> TableView:
    """The table laid out in the active language; ``drill_base`` in the context makes links."""
    return table_view(table, get_language() or "ru", context.get("drill_base"))


@register.simple_tag(takes_context=True)
def figure_src(context: dict[str, Any], figure: Figure) -> str:
    """Where the drawing comes from: ``figure_base(figure)`` of the context, else the SVG itself."""
    if base := context.get("figure_base"):
        return str(base(figure))
    from reports.render.charts import render_svg

    svg = render_svg(figure, get_language() or "ru", context.get("chart_text", "outlines"))
    return "data:image/svg+xml;base64," + base64.b64encode(svg).decode("ascii")


@register.simple_tag
def numeric_columns(block: Block) -> list[bool]:
    """Which columns of a table of words hold nothing but numbers and dashes."""
    return [
        bool(block.lines) and all(_NUMBER.fullmatch(str(line[index])) for line in block.lines)
        for index in range(len(block.items))
    ]


@register.filter
def beside(texts: list[Any], others: list[Any]) -> list[tuple[Any, Any]]:
    """Pairs of two lists of the same length."""
    return list(zip(texts, others, strict=True))


@register.filter
def period_in_words(period: Period) -> str:
    """The period as it stands in a sentence (``wording.in_words``)."""
    return str(in_words(period))
