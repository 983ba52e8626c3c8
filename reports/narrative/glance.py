"""The period at a glance: the main figures, with what they mean and where they are told."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from reports.indicators import get
from reports.narrative.statistics import MAIN
from reports.narrative.story import Story
from reports.numbers import NARROW_NO_BREAK, NOTHING
from reports.types import TOTAL, Block, Cell, Text
from reports.wording import Number, of, say, together, written

#: The main figures in the order in which they are read, each with the record that defines it.
ORDER: tuple[tuple[str, str], ...] = (
    ("assemblies", "assemblies"),
    ("participants", "participants"),
    ("rally_activity_index", "rally_activity"),
    ("law_abidance_index", "law_abidance"),
    ("police_control_index", "police_control"),
    ("assemblies_with_detentions", "assemblies_with_detentions"),
    ("detained", "detained"),
    ("convicted", "convicted"),
    ("unsanctioned_reaching_court", "unsanctioned_reaching_court"),
)
#: Where more is told of a figure than where it stands.
FURTHER = {"participants": "18", "assemblies_with_detentions": "16", "detained": "16"}


def at_a_glance(story: Story) -> list[Block]:
    """A table of words: figure, value, the period before, meaning, table; nothing of an empty one.

    The numbers are cells of the tables; a value that the reader should take with its range has it
    behind it, in brackets.
    """
    places = {column: (label, table) for label, table, column in MAIN}
    previous = story.context.previous
    lines: list[tuple[Text, ...]] = []
    for column, indicator in ORDER:
        label, table = places[column]
        now, before = story.cell(table, TOTAL, column), story.before(table, TOTAL, column)
        if now is None:
            continue
        old: tuple[Text, ...] = (_value(before),) if previous is not None else ()
        meaning = get(indicator).under(story.context.terms).definition
        lines.append((label, _value(now), *old, meaning, _where(story, FURTHER.get(column, table))))
    if not lines or story.empty:
        return []
    period: tuple[Text, ...] = (story.period.name,)
    if previous is not None:
        period = (story.period.name, previous.name)
    items = (_("Figure"), *period, _("What it tells"), _("Where"))
    return [Block("grid", items=items, lines=tuple(lines))]


def _value(cell: Cell | None) -> Text:
    """The number as its table prints it, with its range if it has one that shows."""
    if cell is None:
        return NOTHING
    value = cell.value
    if value.low is None or value.high is None:
        return written(of(cell))
    low, high = (Number(each, cell.unit, cell.decimals) for each in (value.low, value.high))
    if str(low) == str(high):
        return written(of(cell))
    bounds = together((written(low), written(high)), "–")
    return say("%(n)s%(space)s(%(range)s)", n=of(cell), space=NARROW_NO_BREAK, range=bounds)


def _where(story: Story, code: str) -> Text:
    table = story.tables[code]
    return say(_("Table %(number)s"), number=table.number) if table.number else table.title
