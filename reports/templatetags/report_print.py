"""Tags of the report's pages and of its PDF."""

from __future__ import annotations

import base64
from typing import Any

from django import template
from django.utils.translation import get_language

from reports.render.tables import TableView, table_view
from reports.types import Figure, Table

register = template.Library()


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
