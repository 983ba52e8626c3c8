"""Tags of the report's pages and of its PDF.

Django loads the tags of every app with its first page: what these print with is imported where it
is used.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from reports.render.tables import TableView
    from reports.types import Block, CaseBox, Chapter, Figure, Period, Picture, Table, Text

register = template.Library()


@register.simple_tag
def numeric_columns(block: Block) -> list[bool]:
    """Which columns of a table of words hold nothing but numbers and dashes."""
    from reports.render import tables

    return tables.numeric_columns(block)


@register.simple_tag(takes_context=True)
def view_of(context: dict[str, Any], table: Table) -> TableView:
    """The table laid out in the active language; ``drill_base`` in the context makes links."""
    from reports.render.tables import table_view

    return table_view(table, get_language() or "ru", context.get("drill_base"))


@register.simple_tag(takes_context=True)
def figure_src(context: dict[str, Any], figure: Figure) -> str:
    """Where the drawing comes from: ``figure_base(figure)`` of the context, else the SVG itself."""
    if base := context.get("figure_base"):
        return str(base(figure))
    from reports.render.charts import render_svg

    svg = render_svg(figure, get_language() or "ru", context.get("chart_text", "outlines"))
    return "data:image/svg+xml;base64," + base64.b64encode(svg).decode("ascii")


@register.simple_tag(takes_context=True)
def picture_src(context: dict[str, Any], picture: Picture) -> str:
    """Where a picture comes from: ``picture_base(picture)`` of the context, else its own bytes."""
    if base := context.get("picture_base"):
        return str(base(picture))
    data = base64.b64encode(picture.content).decode("ascii")
    return f"data:{picture.content_type};base64,{data}"


@register.simple_tag(takes_context=True)
def prose(context: dict[str, Any], text: Text, level: int) -> SafeString:
    """Markdown as clean HTML; ``anchors`` of the context: where links in the report may lead."""
    from reports.render import markdown

    return markdown.prose(said(context, text), level=level, anchors=context.get("anchors"))


@register.simple_tag(takes_context=True)
def said(context: dict[str, Any], text: Text) -> str:
    """The text; on ``paper`` with no-break spaces where a line may not end."""
    from reports.render.typography import tie

    return tie(str(text)) if context.get("paper") else str(text)


@register.simple_tag
def when_and_where(box: CaseBox) -> str:
    """The city and the day of a case, as far as they are given: "Astana, 10 January 2018"."""
    from reports.numbers import format_date

    day = format_date(box.when, get_language() or "ru") if box.when else ""
    return ", ".join(filter(None, (str(box.where), day)))


@register.simple_tag(takes_context=True)
def files_of(context: dict[str, Any], figure: Figure) -> list[dict[str, str]]:
    """What may be taken away of a figure: ``figure_files(figure)`` of the context."""
    give = context.get("figure_files")
    return give(figure) if give else []


@register.filter
def beside(texts: list[Any], others: list[Any]) -> list[tuple[Any, Any]]:
    """Pairs of two lists of the same length."""
    return list(zip(texts, others, strict=True))


@register.filter
def period_in_words(period: Period) -> str:
    """The period as it stands in a sentence (``wording.in_words``)."""
    from reports.wording import in_words

    return str(in_words(period))


@register.inclusion_tag("reports/_page.html")
def page_of(target: str) -> dict[str, str]:
    """The page of a link's target, for the print style to fill in."""
    from reports.render import markdown

    before, after = markdown.page_words()
    return {"target": target, "before": before, "after": after}


@register.filter
def short(chapter: Chapter) -> bool:
    """Whether a chapter is kept on one page (``render.flow``)."""
    from reports.render import flow

    return flow.is_short(chapter)


@register.filter
def kept_whole(block: Block) -> bool:
    """Whether a table of words is kept on one page (``render.flow``)."""
    from reports.render import flow

    return flow.table_whole(flow.grid_lines(block))


@register.simple_tag
def question_of(figure: Figure) -> str:
    """The question that a figure of the report answers; "" if it has none of its own."""
    from reports.figures import QUESTIONS

    return str(QUESTIONS.get(figure.number, ""))


@register.filter
def has_published(figure: Figure) -> bool:
    """Whether a figure shows values of earlier reports."""
    return any(
        old and value is not None
        for series in figure.series
        for old, value in zip(series.published, series.values, strict=False)
    )


class Target(str):
    """The address of a table inside the report, and the table's number."""

    number = ""


@register.simple_tag(takes_context=True)
def table_of(context: dict[str, Any], figure: Figure) -> Target | None:
    """Where the numbers of a figure stand, if that table is printed and has a number."""
    for table in context.get("tables", ()):
        if table.code == figure.table and table.number:
            target = Target(f"#table-{table.code}")
            target.number = table.number
            return target
    return None


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """A main figure as its card shows it."""

    label: str
    value: str
    range: str
    before: str
    meaning: str
    where: str
    target: str


@register.simple_tag(takes_context=True)
def key_figures(context: dict[str, Any], block: Block) -> list[KeyFigure]:
    """What ``narrative.glance`` tells: label, value, perhaps the one before, meaning, table."""
    from reports.numbers import NOTHING

    places = {}
    for table in context.get("tables", ()):
        name = _("Table %(number)s") % {"number": table.number} if table.number else table.title
        places[str(name)] = f"#table-{table.code}"
    found = []
    for line in block.lines:
        label, whole, *before, meaning, where = map(str, line)
        value, _space, bounds = whole.partition("\u202f(")
        found.append(
            KeyFigure(
                label,
                value,
                f"({bounds}" if bounds else "",
                before[0].partition("\u202f(")[0] if before and before[0] != NOTHING else "",
                meaning,
                where,
                places.get(where, ""),
            )
        )
    return found
